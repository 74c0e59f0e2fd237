"""What `sitantectl examine` says of files made here, good and bad, beside what pdfsig (poppler, NSS) says of the PDFs.

Every PDF has a row: our verdict must be the expected one, and where pdfsig comes to another conclusion about whether the
document may be relied on, the row must say why; a reason without a difference fails too.  The table is printed.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from authority import DAY, ISSUER, PERSON, RESPONDER, STAMPER, Authority, openssl  # noqa: E402
from cms import sequence, sign, stamp_token, tlv  # noqa: E402
from pdf import Pdf  # noqa: E402

BUILD = os.environ["SITANTE_BUILD"]
CONFIG = """
agency = "Dinas Komunikasi dan Informatika Kabupaten Natuna";
mailbox = { name = "SITANTE"; address = "sitante@natunakab.go.id"; };
imap = { host = "localhost"; user = "sitante"; password_file = "password"; };
smtp = { host = "localhost"; };
store = { directory = "var"; };
staff = ( { name = "Petugas Satu"; address = "satu@natunakab.go.id"; } );
head = { name = "Kepala Tim"; address = "kepala@natunakab.go.id"; };
authentication = { authserv_id = "mail.natunakab.go.id"; };
certificates = { roots = "roots"; };
"""
NAME = "/C=ID/O=Pemerintah Kabupaten Natuna/CN=BUDI SANTOSO/emailAddress=budi@natunakab.go.id"
OTHER = "/C=ID/O=Pemerintah Kabupaten Natuna/CN=SITI AMINAH"

# why pdfsig comes to another conclusion
WINDOW = "pdfsig compares the range with the file's size only; bytes that nobody signed lie in the gap"
REVISION = "pdfsig says only that not the whole document is signed; here the two revisions are compared"
STAMP = "pdfsig looks at no time stamp and judges the certificate at today's date"
CLAIM = "pdfsig judges the certificate at today's date and does not hold the signer's own clock against it"
OLD_HASH = "NSS still verifies this hash, or a key this short"
NAMED = "pdfsig does not compare the certificate with the one that the signer named (RFC 5035)"
TOKEN = "pdfsig does not verify a stamp of the document"
KEPT = "an earlier signature left the issuer in NSS's store, where pdfsig finds it; the file alone does not prove it"
FEW = "pdfsig has no such limit"
REVOKED = "pdfsig reads no answer about revocation, neither in the file nor elsewhere (run without a network)"
STRICT = "NSS reads this value, which is not as PDF and PAdES want it"


class Bench:
    def __init__(self, folder):
        self.dir = folder
        self.cases = []
        a = self.authority = Authority(self.path("ca"))
        self.root, self.issuer = a.two_levels("id", "Root CA Uji DS G1", "BSRE UJI CA DS G1")
        self.budi = a.issue("budi", NAME, self.issuer)
        self.siti = a.issue("siti", OTHER, self.issuer)
        self.stamper = a.issue("stamper", "/C=ID/O=Badan Uji/CN=Timestamp Authority Uji", self.issuer, extensions=STAMPER,
                               begin=a.now - 800 * DAY, end=a.now + 400 * DAY)
        os.makedirs(self.path("roots"))
        shutil.copy(self.root.pem, self.path("roots/root.pem"))
        with open(self.path("sitante.conf"), "w") as f:
            f.write(CONFIG)
        with open(self.path("password"), "w") as f:
            f.write("rahasia\n")
        os.chmod(self.path("password"), 0o600)
        self.database()

    def path(self, name):
        return os.path.join(self.dir, name)

    def database(self):
        os.makedirs(self.path("nss"))
        subprocess.run(["certutil", "-N", "-d", "sql:" + self.path("nss"), "--empty-password"], check=True)
        subprocess.run(["certutil", "-A", "-d", "sql:" + self.path("nss"), "-n", "root", "-t", "CT,C,C", "-i", self.root.pem], check=True)
        openssl("pkcs12", "-export", "-in", self.siti.pem, "-inkey", self.siti.key, "-certfile", self.issuer.pem, "-name", "siti", "-out",
                self.path("siti.p12"), "-passout", "pass:uji")
        subprocess.run(["pk12util", "-i", self.path("siti.p12"), "-d", "sql:" + self.path("nss"), "-W", "uji", "-K", ""], check=True,
                       stdout=subprocess.DEVNULL)

    def file(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def examine(self, path):
        r = subprocess.run([os.path.join(BUILD, "daemon", "sitantectl"), "-c", self.path("sitante.conf"), "--json", "examine", path],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert r.returncode == 0, (path, r.returncode, r.stderr.decode(errors="replace"))
        return json.loads(r.stdout), r.stderr.decode(errors="replace")

    def pdfsig(self, path, *more):
        r = subprocess.run(["pdfsig", "-nssdir", "sql:" + self.path("nss"), *more, path], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, timeout=60)
        return r.stdout.decode(errors="replace")

    def row(self, name, data, expected, why="", covers=None, check=None, signatures=1):
        """expected: verdicts, one a signature, or the state of a file that has none."""
        self.cases.append((name, data.bytes if isinstance(data, Pdf) else data, expected, why, covers, check, signatures))


def told_by_pdfsig(out):
    """One word a signature: what pdfsig makes of it."""
    words = []
    for block in out.split("\nSignature #")[1:]:
        valid = "Signature Validation: Signature is Valid" in block
        trust = block.split("Certificate Validation: ", 1)[1].split("\n", 1)[0] if "Certificate Validation: " in block else ""
        whole = "Total document signed" in block and "Not total document signed" not in block
        if not valid:
            words.append(block.split("Signature Validation: ", 1)[1].split("\n", 1)[0].strip(". ").lower() if "Signature Validation: " in block else "unreadable")
        elif "Certificate is Trusted" not in trust:
            words.append(trust.strip(". ").lower())
        else:
            words.append("valid" if whole else "valid, not whole")
    return words or ["not signed"]


def signer(holder, **how):
    return lambda data: sign(holder, data, **how)


def good(b):
    a, budi = b.authority, b.budi
    b.row("rsa 2048, sha-256", Pdf().sign(signer(budi)), ["valid"], covers="all", check=lambda s: (
        s["signer"]["holder"] == "BUDI SANTOSO" and s["signer"]["issuer"] == "BSRE UJI CA DS G1" and s["field"] == "Tanda1" and
        s["signer"]["serial"] == budi.field("serial").lstrip("0") and s["signer"]["email"] == "budi@natunakab.go.id" and
        s["algorithm"] == "RSA-SHA256" and s["revocation"] == "unknown"))
    for h in ("sha384", "sha512"):
        b.row("rsa 2048, " + h, Pdf().sign(signer(budi, hash_name=h)), ["valid"], covers="all")
    big = a.issue("besar", NAME, b.issuer, kind="rsa4096")
    b.row("rsa 4096, sha-256", Pdf().sign(signer(big)), ["valid"], covers="all")
    for curve, h in (("prime256v1", "sha256"), ("secp384r1", "sha384"), ("secp521r1", "sha512")):
        ec = a.issue("ec-" + curve, NAME, b.issuer, kind=curve)
        b.row("ecdsa %s, %s" % (curve, h), Pdf().sign(signer(ec, hash_name=h)), ["valid"], covers="all")
    b.row("no signed attributes", Pdf().sign(signer(budi, attributes=False)), ["valid"], covers="all")
    b.row("own clock in the signature", Pdf().sign(signer(budi, at=a.now - 60)), ["valid"])
    etsi = b"ETSI.CAdES.detached"
    b.row("PAdES B-B", Pdf().sign(signer(budi), subfilter=etsi), ["valid"], covers="all")
    token = lambda sig: a.stamp_token(b.stamper, sig)  # noqa: E731
    stamped = Pdf().sign(signer(budi, stamp=token), subfilter=etsi)
    b.row("PAdES B-T, stamp of openssl ts", stamped, ["valid"], covers="all",
          check=lambda s: s["stamp"] == "proven" and s["stamped_by"] == "Timestamp Authority Uji" and s["stamped_at"])
    lt = store(stamped.copy(), [b.issuer, b.stamper])
    b.row("PAdES B-LT: security store after it", lt, ["valid"], covers="revision", check=lambda s: s["revocation"] == "unjudged")
    archive = lt.copy().sign(lambda data: a.stamp_token(b.stamper, data), name=b"Cap", subfilter=b"ETSI.RFC3161", kind=b"DocTimeStamp")
    b.row("PAdES B-LTA: stamp of the document", archive, ["valid", "valid"], signatures=2,
          why=TOKEN, check=lambda s: s["stamp"] == "proven" or s["stamp_only"])
    b.row("issuer in the security store alone", store(Pdf().sign(signer(budi, certs=[budi])), [b.issuer]), ["valid"])
    b.row("openssl cms -cades signs", Pdf().sign(lambda d: openssl("cms", "-sign", "-binary", "-cades", "-signer", budi.pem, "-inkey", budi.key,
          "-certfile", b.issuer.pem, "-outform", "DER", "-md", "sha256", data=d)), ["valid"], covers="all")
    form = b" /AcroForm << /Fields [6 0 R] /SigFlags 1 >>"
    waiting = {6: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Tanda1) /Rect [0 0 0 0] /P 3 0 R >>"}
    for name, pdf, more in (("pdfsig signs", Pdf(), ("-add-signature",)), ("pdfsig signs an empty field", Pdf(form=form, extra=waiting), ("-sign", "Tanda1")),
                            ("pdfsig signs, -etsi", Pdf(form=form, extra=waiting), ("-sign", "Tanda1", "-etsi"))):
        b.row(name, by_pdfsig(b, pdf, *more), ["valid"], covers="all")
    two = Pdf().sign(signer(budi)).sign(signer(b.siti), name=b"Tanda2")
    b.row("two signatures", two, ["valid", "valid"], signatures=2)
    b.row("three signatures", two.copy().sign(signer(big), name=b"Tanda3"), ["valid"] * 3, signatures=3)
    b.row("ours, then pdfsig's", by_pdfsig(b, Pdf().sign(signer(budi)), "-add-signature"), ["valid", "valid"], signatures=2)
    b.row("object streams", Pdf(streams=True).sign(signer(budi), streams=True), ["valid"], covers="all")
    b.row("a field that waited for its signature", Pdf(form=form, extra=waiting).sign(signer(budi), field=6), ["valid"], covers="all")
    both = {**waiting, 7: waiting[6].replace(b"Tanda1", b"Tanda2")}
    b.row("two fields that waited", Pdf(form=form.replace(b"6 0 R", b"6 0 R 7 0 R"), extra=both).sign(signer(budi), field=6)
          .sign(signer(b.siti), field=7, name=b"Tanda2"), ["valid", "valid"], signatures=2)
    b.row("a field below another", Pdf().sign(signer(budi), parent=20, field=21), ["valid"], check=lambda s: s["field"] == "Induk.Tanda1")
    ended = a.issue("dulu", NAME, b.issuer, begin=a.now - 740 * DAY)
    then = a.now - 100 * DAY
    b.row("ended, but stamped in time", Pdf().sign(signer(ended, stamp=lambda s: stamp_token(b.stamper, s, then)), date=then), ["valid"], STAMP,
          check=lambda s: s["stamp"] == "proven")
    b.row("ended, but the document stamped in time", Pdf().sign(signer(ended), date=then)
          .sign(lambda d: stamp_token(b.stamper, d, then), name=b"Cap", subfilter=b"ETSI.RFC3161", kind=b"DocTimeStamp"), ["valid", "valid"], STAMP,
          signatures=2)
    b.row("a comment appended behind the end", changed(Pdf().sign(signer(budi)), lambda d: d + b"% nothing\n"), ["valid"], covers="revision")
    b.row("blanks behind the end", changed(Pdf().sign(signer(budi)), lambda d: d + b"\r\n\r\n"), ["valid"], covers="all")
    encrypted = by_qpdf(b, Pdf(), "--encrypt", "", "pemilik", "256", "--")
    b.row("encrypted without a password to open, unsigned", encrypted, "unsigned")


def store(pdf, certs, crls=(), ocsps=(b"\x30\x03\x0a\x01",)):
    n, objects, lists = pdf.next(), {}, b""
    for key, values in ((b"/Certs", [c.der() for c in certs]), (b"/CRLs", crls), (b"/OCSPs", ocsps)):
        refs = []
        for der in values:
            objects[n] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(der), der)
            refs.append(b"%d 0 R" % n)
            n += 1
        if refs:
            lists += b" %s [%s]" % (key, b" ".join(refs))
    objects[1] = pdf.objects[1][:-2] + b"/DSS <<" + lists + b" >> >>"
    return pdf.revise(objects)


def revocation(b):
    """What the file's own answers prove; pdfsig asks nobody and reads none of them."""
    a, budi, ca = b.authority, b.budi, b.issuer
    gone, then, list_at = a.now - 2 * DAY, a.now - 10 * DAY, a.now - DAY
    man = a.issue("dicabut", NAME, ca, begin=a.now - 100 * DAY)
    rows, clean = [(man, gone), (b.siti, None)], [(b.siti, None)]
    by_own_clock = Pdf().sign(signer(man, at=then), date=then)
    in_time = Pdf().sign(signer(man, stamp=lambda s: stamp_token(b.stamper, s, then)), date=then)
    too_late = Pdf().sign(signer(man, stamp=lambda s: stamp_token(b.stamper, s, a.now - 60)))
    listed = a.crl(ca, rows, list_at)
    day = lambda t: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t + 7 * 3600)) + "+07:00"  # noqa: E731
    told = lambda word, key=None, at=None: lambda s: s["revocation"] == word and (key is None or s[key] == day(at))  # noqa: E731

    def case(name, pdf, expected, check, why="", **what):
        b.row("revocation: " + name, store(pdf.copy(), [ca], **{"ocsps": (), **what}), [expected], why, check=check)

    case("a list names it", by_own_clock, "revoked", told("revoked", "revoked_at", gone), REVOKED, crls=[listed])
    case("a list names it, stamped in time", in_time, "valid", told("revoked", "revoked_at", gone), crls=[listed])
    case("a list names it, stamped after", too_late, "revoked", told("revoked"), REVOKED, crls=[listed])
    case("a list without it", by_own_clock, "valid", told("good", "not_revoked_at", list_at), crls=[a.crl(ca, clean, list_at)])
    case("an older list without it, a newer with it", by_own_clock, "revoked", told("revoked"), REVOKED,
         crls=[listed, a.crl(ca, clean, a.now - 20 * DAY)])
    case("a list of nobody", by_own_clock, "valid", told("good"), crls=[a.crl(ca, [], list_at)])
    case("the issuer's answer names it", by_own_clock, "revoked", told("revoked", "revoked_at", gone), REVOKED, ocsps=[a.ocsp(ca, man, rows)])
    case("the issuer's answer: not revoked", by_own_clock, "valid", told("good"), ocsps=[a.ocsp(ca, man, [(man, None)])])
    responder = a.issue("penjawab", "/C=ID/O=Badan Uji/CN=OCSP Uji", ca, extensions=RESPONDER)
    case("a responder's answer names it", by_own_clock, "revoked", told("revoked"), REVOKED, ocsps=[a.ocsp(ca, man, rows, responder)])
    case("a responder's answer: not known", by_own_clock, "valid", told("unjudged"), ocsps=[a.ocsp(ca, man, clean, responder)])
    case("the answer of a person", by_own_clock, "valid", told("unjudged"), ocsps=[a.ocsp(ca, man, rows, b.siti)])
    case("an answer about another", by_own_clock, "valid", told("unjudged"), ocsps=[a.ocsp(ca, b.siti, [(b.siti, gone)])])
    ended = a.issue("penjawab-lama", "/C=ID/O=Badan Uji/CN=OCSP Lama", ca, extensions=RESPONDER, begin=a.now - 90 * DAY, end=a.now - DAY)
    case("the answer of a responder that has ended", by_own_clock, "valid", told("unjudged"), ocsps=[a.ocsp(ca, man, rows, ended)])
    root2, twin = a.two_levels("kembar-cabut", "Root CA Uji DS G1", "BSRE UJI CA DS G1")
    case("a namesake's list", by_own_clock, "valid", told("unjudged"), crls=[a.crl(twin, rows, list_at)])
    case("a namesake's list, the namesake beside it", store(by_own_clock.copy(), [twin], ocsps=()), "valid", told("unjudged"),
         crls=[a.crl(twin, rows, list_at)])
    case("another issuer's list", by_own_clock, "valid", told("unjudged"), crls=[a.crl(b.root, rows, list_at)])
    case("a list of tomorrow", by_own_clock, "valid", told("unjudged"), crls=[a.crl(ca, rows, a.now + DAY)])
    case("a list with a byte altered", by_own_clock, "valid", told("unjudged"), crls=[listed[:-9] + bytes([listed[-9] ^ 1]) + listed[-8:]])
    case("a list cut short", by_own_clock, "valid", told("unjudged"), crls=[listed[:-20]])
    case("a list made with sha-1", by_own_clock, "valid", told("unjudged"), crls=[a.crl(ca, rows, list_at, digest="sha1")])
    case("a list of changes", by_own_clock, "valid", told("unjudged"), crls=[a.crl(ca, rows, list_at, "2.5.29.27=critical,ASN1:INTEGER:1")])
    case("forty lists", by_own_clock, "valid", told("unjudged"), crls=[a.crl(twin, [], list_at)] * 40)
    own = sequence(tlv(0xa0, sequence(listed)))
    case("a list in the signature itself", Pdf().sign(signer(man, at=then, answers=own), date=then), "revoked", told("revoked"), REVOKED)
    both = Pdf().sign(signer(man, at=then, answers=sequence(tlv(0xa1, sequence(a.ocsp(ca, man, [(man, None)]))))), date=then)
    case("an answer in the signature itself: not revoked", both, "valid", told("good"))
    case("good in the signature, revoked in the store", both, "revoked", told("revoked"), REVOKED, crls=[listed])
    case("rubbish in the signature", Pdf().sign(signer(budi, answers=b"\x30\x03\x02\x01\x05")), "valid", told("unjudged"))


def by_pdfsig(b, pdf, *more):
    src, to = b.file("in.pdf", pdf.bytes), b.path("out.pdf")
    r = subprocess.run(["pdfsig", "-nssdir", "sql:" + b.path("nss"), "-nick", "siti", *more, src, to],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert r.returncode == 0, r.stdout
    with open(to, "rb") as f:
        return f.read()


def by_qpdf(b, pdf, *how):
    src, to = b.file("in.pdf", pdf.bytes), b.path("out.pdf")
    subprocess.run(["qpdf", *how, src, to], check=True)
    with open(to, "rb") as f:
        return f.read()


def changed(pdf, how):
    other = pdf.copy()
    other.bytes = how(other.bytes)
    return other


def replaced(pdf, old, new, count=1):
    assert old in pdf.bytes and len(old) == len(new)
    return changed(pdf, lambda d: d.replace(old, new, count))


def bad_bytes(b):
    budi, plain = b.budi, Pdf().sign(signer(b.budi))
    b.row("a byte of the page altered", replaced(plain, b"Uji tanda", b"Uji tamda"), ["altered"])
    b.row("a byte behind the signature altered", changed(plain, lambda d: d[:-40] + d[-40:].replace(b"Root 1", b"Root 2") if b"Root 1" in d[-40:]
          else d.replace(b"/F 132", b"/F 133")), ["altered"])
    bits = bytes([plain.bytes[plain.cms_at + 2400] ^ 1])
    b.row("a bit of the signature altered", changed(plain, lambda d: d[:plain.cms_at + 2400] + (b"0" if bits not in b"0123456789abcdef" else bits)
          + d[plain.cms_at + 2401:]), [("altered", "malformed")])
    b.row("the hash of another document", Pdf().sign(signer(budi, digest=hashlib.sha256(b"lain").digest())), ["altered"])
    b.row("signed with another key", Pdf().sign(signer(budi, key=b.siti.key)), ["altered"])
    b.row("another certificate than the one named", Pdf().sign(signer(budi, ess_of=b.siti)), ["altered"], NAMED)
    b.row("sha-1", Pdf().sign(signer(budi, hash_name="sha1")), ["weak"], OLD_HASH)
    b.row("md5", Pdf().sign(signer(budi, hash_name="md5")), ["weak"])
    short = b.authority.issue("pendek", NAME, b.issuer, kind="rsa1024")
    b.row("rsa 1024", Pdf().sign(signer(short)), ["weak"], OLD_HASH)
    b.row("adbe.pkcs7.sha1", Pdf().sign(lambda d: sign(budi, hashlib.sha1(d).digest(), content=hashlib.sha1(d).digest()), subfilter=b"adbe.pkcs7.sha1"),
          ["weak"])
    b.row("adbe.x509.rsa_sha1", Pdf().sign(signer(budi), subfilter=b"adbe.x509.rsa_sha1"), ["weak"])
    b.row("an unknown kind", Pdf().sign(signer(budi), subfilter=b"uji.lain"), ["malformed"])
    b.row("two signers in one value", Pdf().sign(signer(budi, signers=2)), ["malformed"], STRICT)
    b.row("no certificate in the value", Pdf().sign(signer(budi, certs=[])), ["malformed"])
    b.row("rubbish for a signature", Pdf().sign(lambda d: b"\x30\x82\x01\x00" + b"x" * 256), ["malformed"])
    b.row("an empty signature", Pdf().sign(lambda d: b""), ["malformed"])
    b.row("BER of unknown length", Pdf().sign(lambda d: b"\x30\x80" + sign(budi, d)[4:] + b"\0\0"), ["valid"])
    b.row("BER of unknown length without an end", Pdf().sign(lambda d: b"\x30\x80" + b"\x30\x80" * 2000), ["malformed"])


def bad_people(b):
    a, old = b.authority, b.authority.now - 740 * DAY
    ended = a.issue("habis", NAME, b.issuer, begin=old)
    b.row("ended", Pdf().sign(signer(ended)), ["expired"])
    b.row("ended, by its own clock signed in time", Pdf().sign(signer(ended, at=a.now - 100 * DAY), date=a.now - 100 * DAY), ["expired"])
    b.row("ended, stamped too late", Pdf().sign(signer(ended, stamp=lambda s: stamp_token(b.stamper, s, a.now - DAY))), ["expired"])
    later = a.issue("nanti", NAME, b.issuer, begin=a.now + 5 * DAY)
    b.row("not valid yet", Pdf().sign(signer(later)), ["not-yet"])
    b.row("signed before it was valid, by its own clock", Pdf().sign(signer(b.budi, at=a.now - 30 * DAY), date=a.now - 30 * DAY), ["not-yet"], CLAIM)
    root2, issuer2 = a.two_levels("lain", "Root CA Lain", "CA Lain")
    b.row("another root", Pdf().sign(signer(a.issue("asing", NAME, issuer2))), ["untrusted"])
    twin_root, twin = a.two_levels("kembar", "Root CA Uji DS G1", "BSRE UJI CA DS G1")
    b.row("another root of the same names", Pdf().sign(signer(a.issue("kembaran", NAME, twin))), ["untrusted"])
    b.row("signed by itself", Pdf().sign(signer(a.issue("sendiri", NAME))), ["untrusted"])
    b.row("no issuer given", Pdf().sign(signer(b.budi, certs=[b.budi])), ["untrusted"], KEPT)
    b.row("issued by a person", Pdf().sign(signer(a.issue("anak", NAME, b.siti), certs=None)),
          ["untrusted"])
    b.row("the authority itself signs", Pdf().sign(signer(b.issuer)), ["wrong-kind"])
    enc = a.issue("sandi", NAME, b.issuer, extensions="keyUsage=critical,keyEncipherment\nbasicConstraints=critical,CA:FALSE\n")
    b.row("a certificate for encryption", Pdf().sign(signer(enc)), ["wrong-kind"])
    weak = a.issue("sha1", NAME, b.issuer, digest="sha1")
    b.row("a certificate issued with sha-1", Pdf().sign(signer(weak)), ["untrusted"], OLD_HASH)
    past = a.issue("ca-habis", "/C=ID/O=Badan Uji/CN=CA Habis", b.root, extensions=ISSUER, begin=a.now - 900 * DAY, end=a.now - DAY)
    b.row("the issuer has ended", Pdf().sign(signer(a.issue("yatim", NAME, past))), ["expired"])
    b.row("a stamp of another signature", Pdf().sign(signer(b.budi, stamp=lambda s: stamp_token(b.stamper, b"lain", a.now - 60))), ["valid"],
          check=lambda s: s["stamp"] == "wrong")
    cap2 = a.issue("cap-lain", "/CN=Cap Lain", issuer2, extensions=STAMPER, begin=old)
    b.row("ended, stamped by an unknown authority", Pdf().sign(signer(ended, stamp=lambda s: stamp_token(cap2, s, a.now - 100 * DAY))), ["expired"],
          check=lambda s: s["stamp"] == "untrusted")
    b.row("ended, stamped by a person", Pdf().sign(signer(ended, stamp=lambda s: stamp_token(b.siti, s, a.now - 60))), ["expired"],
          check=lambda s: s["stamp"] != "proven")


def bad_revisions(b):
    """Changes after the signature: the shadow attacks' hide, replace, and hide and replace, and their cousins."""
    budi = b.budi
    plain = Pdf().sign(signer(budi))

    def later(name, objects, pdf=plain, why=REVISION, **how):
        b.row(name, pdf.copy().revise(objects, **how), ["rewritten"], why, covers="part")

    n = plain.next()
    other = b"BT /F1 18 Tf 72 700 Td (Setuju dibayar 1.000.000.000) Tj ET"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(other), other)
    page = plain.objects[3]
    later("a page appended", {2: b"<< /Type /Pages /Kids [3 0 R %d 0 R] /Count 2 >>" % n, n: page.replace(b"/Annots", b"/NoAnnots")})
    later("the page's content replaced (shadow: replace)", {4: stream})
    later("the page points at other content", {n: stream, 3: page.replace(b"/Contents 4 0 R", b"/Contents %d 0 R" % n)})
    later("a font replaced", {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"})
    later("an annotation laid over it", {n: b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (palsu) /DA (/F1 9 Tf) >>",
          3: page.replace(b"/Annots [", b"/Annots [%d 0 R " % n)})
    later("another catalogue", {n: plain.objects[1].replace(b"2 0 R", b"%d 0 R" % (n + 1)), n + 1: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 2),
          n + 2: page.replace(b"4 0 R", b"%d 0 R" % (n + 3)).replace(b"/Parent 2 0 R", b"/Parent %d 0 R" % (n + 1)), n + 3: stream}, root=n)
    later("the signature's own look replaced", plain.changed(plain.own, b"/Rect [0 0 0 0]", b"/Rect [0 0 500 800]"))
    later("a field for a signature laid over it", {n: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Kosong) /Rect [0 0 500 800] /P 3 0 R >>",
          **plain.with_field(b"%d 0 R" % n)}, why="")
    hidden = Pdf(extra={6: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(other), other)}).sign(signer(budi))
    later("prepared content shown (shadow: hide)", {3: hidden.objects[3].replace(b"/Contents 4 0 R", b"/Contents 6 0 R")}, hidden)
    form = Pdf(form=b" /AcroForm << /Fields [6 0 R] >>", extra={6: b"<< /FT /Tx /T (Jumlah) /V (1) /Subtype /Widget /Type /Annot /Rect [9 9 99 99] >>"})
    later("a form's value changed", {6: form.objects[6].replace(b"(1)", b"(1000000)")}, form.copy().sign(signer(budi)))
    late = plain.copy().revise({4: stream}).sign(signer(b.siti), name=b"Tanda2")
    b.row("changed, then signed by another", late, ["rewritten", "valid"], REVISION, signatures=2)
    b.row("a false second signature", plain.copy().sign(lambda d: b"\x30\x03\x02\x01\x00", name=b"Tanda2"), ["valid", "malformed"], signatures=2)
    script = plain.objects[1][:-2] + b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"
    later("a script appended", {1: script})


def bad_ranges(b):
    budi = b.budi
    copy = Pdf().sign(signer(budi))
    n, v = copy.next(), copy.objects[copy.value]

    def hole(name, f, why="", expected="malformed"):
        b.row(name, Pdf().sign(signer(budi), hole=f), [expected], why)

    hole("the gap begins too early", lambda a, e, n: (a - 30, e, n - e), WINDOW)
    hole("the gap ends too late", lambda a, e, n: (a, e + 40, n - e - 40), WINDOW)
    hole("only the first half is signed", lambda a, e, n: (a, e, 10), REVISION)
    for name, old in (("null", b"null      "), ("negative", b"-000000001"), ("beyond the file", b"0009999999")):
        wanted = b"[0 %010d " % copy.range[0]
        b.row("range: " + name, changed(copy, lambda d, w=wanted, o=old: d.replace(w, b"[0 " + o + b" ", 1)), ["malformed"])
    b.row("range: not from the start", changed(copy, lambda d: d.replace(b"/ByteRange [0 ", b"/ByteRange [9 ", 1)), ["malformed"])
    b.row("range: missing", changed(copy, lambda d: d.replace(b"/ByteRange [", b"/ByteRangi [", 1)), ["malformed"])
    b.row("range: all zero", changed(copy, lambda d: d.replace(b"[0 %010d %010d %010d]" % copy.range, b"[0 0000000000 0000000000 0000000000]", 1)),
          ["malformed"])
    # wrapping: the old signature's value in a new revision, which shows something else
    other = b"<< /Length 22 >>\nstream\nBT /F1 9 Tf (x) Tj ET  \nendstream"
    b.row("signature wrapping: the value copied to a new object", copy.copy().revise({n: v, 4: other,
          **copy.changed(copy.own, b"/V %d 0 R" % copy.value, b"/V %d 0 R" % n)}), ["rewritten"], REVISION)
    b.row("signature wrapping: the value replaced in place", copy.copy().revise({copy.value: v.replace(b"/M (D:", b"/M (D;"), 4: other}),
          ["rewritten"], REVISION)
    b.row("the value's content emptied later", copy.copy().revise({copy.value: v[:v.index(b"/Contents")] + b"/Contents <> >>"}), ["malformed"])
    b.row("the value without content", copy.copy().revise({copy.value: v[:v.index(b"/Contents")] + b">>"}), ["malformed"])
    b.row("the signature removed later", copy.copy().revise(copy.changed(copy.own, b"/V %d 0 R" % copy.value, b"/W %d 0 R" % copy.value)), "unsigned")


def bad_files(b):
    budi, plain = b.budi, Pdf().sign(signer(b.budi))
    b.row("nobody signed it", Pdf(), "unsigned")
    b.row("an empty signature field", Pdf(form=b" /AcroForm << /Fields [6 0 R] >>", extra={6: b"<< /FT /Sig /T (Tanda1) >>"}), "unsigned")
    b.row("encrypted with a password", by_qpdf(b, Pdf(), "--encrypt", "rahasia", "pemilik", "256", "--"), "encrypted")
    b.row("an empty file", b"", "damaged")
    b.row("no PDF at all", b"halo\n" * 100, "damaged")
    b.row("a picture with the name of a PDF", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "damaged")
    b.row("cut in the middle", plain.bytes[:len(plain.bytes) // 2], "damaged")
    b.row("cut before its end", plain.bytes[:-30], "damaged")
    b.row("the table of objects points nowhere", plain.bytes.replace(b"startxref\n%d" % plain.start, b"startxref\n%d" % (plain.start + 7)), "damaged")
    b.row("no page", Pdf().revise({2: b"<< /Type /Pages /Kids [] /Count 0 >>"}), "damaged")
    b.row("nested 100 000 deep", Pdf(extra={6: b"[" * 100000 + b"]" * 100000}, form=b" /AcroForm << /Fields 6 0 R >>"), "unsigned")
    b.row("fields in a circle", Pdf(extra={6: b"<< /T (a) /Kids [6 0 R] >>"}, form=b" /AcroForm << /Fields [6 0 R] >>"), "failed")
    b.row("pages in a circle", Pdf().revise({2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}), "damaged")
    loop = Pdf().revise({1: Pdf().objects[1]})
    b.row("tables in a circle", changed(loop, lambda d: d.replace(b"/Prev %d" % int(d.split(b"/Prev ")[1].split()[0]), b"/Prev %d" % loop.start)
          if len(b"%d" % loop.start) == len(d.split(b"/Prev ")[1].split()[0]) else d.replace(b"/Prev ", b"/Prev 9", 1)), "damaged")
    bomb = bomb_of(60)
    b.row("a bomb for an object stream", bomb, ("damaged", "failed", "unsigned"))
    many = Pdf(form=b" /AcroForm << /Fields [" + b" ".join(b"%d 0 R" % i for i in range(6, 46)) + b"] >>",
               extra={i: b"<< /FT /Sig /T (a) /V << /Contents <00> >> >>" for i in range(6, 46)})
    b.row("forty signatures", many, "failed")
    b.row("larger than is looked at", Pdf(extra={6: b"<< /Length %d >>\nstream\n%s\nendstream" % (17 << 20, b"x" * (17 << 20))}).sign(signer(budi)),
          "too-large", FEW)


def bomb_of(mib):
    import zlib
    packed = zlib.compress(b"6 0 " + b" " * (mib << 20))
    pdf = Pdf()
    at = len(pdf.bytes)
    body = pdf.bytes + b"7 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    table = len(body)
    rows = b"\2" + (7).to_bytes(4, "big") + b"\0\0" + b"\1" + at.to_bytes(4, "big") + b"\0\0" + b"\1" + table.to_bytes(4, "big") + b"\0\0"
    body += (b"8 0 obj\n<< /Type /XRef /W [1 4 2] /Index [6 3] /Size 9 /Root 1 0 R /Prev %d /Length %d >>\nstream\n%s\nendstream\nendobj\n"
             % (pdf.start, len(rows), rows))
    # the catalogue's form lies in the bomb
    first = Pdf(form=b" /AcroForm 6 0 R")
    body = body.replace(pdf.bytes, first.bytes, 1) if len(first.bytes) == len(pdf.bytes) else first.bytes + body[len(pdf.bytes):]
    shift = len(first.bytes) - len(pdf.bytes)
    rows2 = b"\2" + (7).to_bytes(4, "big") + b"\0\0" + b"\1" + (at + shift).to_bytes(4, "big") + b"\0\0" + b"\1" + (table + shift).to_bytes(4, "big") + b"\0\0"
    body = body.replace(rows, rows2).replace(b"/Prev %d" % pdf.start, b"/Prev %d" % first.start)
    return body + b"startxref\n%d\n%%%%EOF\n" % body.rindex(b"8 0 obj")


def table_line(*cells):
    return "| %s |\n" % " | ".join(c.replace("|", "\\|") for c in cells)


def write_table(rows, differ):
    """SITANTE_TABLE names a file: the table of all cases, for people."""
    with open(os.environ["SITANTE_TABLE"], "w") as f:
        f.write("%d PDFs; whether one may be relied on is answered otherwise than by pdfsig for %d, each explained.\n\n" % (len(rows), differ))
        f.write(table_line("case", "here", "pdfsig", "same answer", "why not") + table_line(*["---"] * 5))
        f.writelines(table_line(*r) for r in rows)


def run_pdfs(b):
    failed, number, differ, rows = 0, 0, 0, []
    print("# %-52s %-24s %s" % ("case", "here", "pdfsig"))
    for name, data, expected, why, covers, check, signatures in b.cases:
        number += 1
        path = b.file("case.pdf", data)
        value, said = b.examine(path)
        theirs = told_by_pdfsig(b.pdfsig(path))
        got = [s["verdict"] for s in value["signatures"]] if value["state"] == "examined" else value["state"]
        problems = []
        if isinstance(expected, list):
            right = isinstance(got, list) and len(got) == len(expected) and all(g == e or g in e and isinstance(e, tuple) for g, e in zip(got, expected))
        else:
            right = got == expected or (isinstance(expected, tuple) and got in expected)
        if not right:
            problems.append("expected %s" % (expected,))
        if covers and value["signatures"] and value["signatures"][0]["covers"] != covers:
            problems.append("covers %s, expected %s" % (value["signatures"][0]["covers"], covers))
        if check and not all(check(s) for s in value["signatures"]):
            problems.append("a detail is wrong: %s" % json.dumps(value["signatures"]))
        rely = isinstance(got, list) and all(g == "valid" for g in got)
        they = all(w.startswith("valid") for w in theirs)
        if rely != they and not why:
            problems.append("pdfsig differs, and nobody says why")
        if rely == they and why:
            problems.append("a reason for a difference that there is not")
        differ += rely != they
        rows.append((name, ", ".join(got) if isinstance(got, list) else got, ", ".join(theirs), "yes" if rely == they else "no", why))
        here = ", ".join(got) if isinstance(got, list) else got
        print("# %-52s %-24s %s%s" % (name, here, ", ".join(theirs), "; " + why if why else ""))
        for p in problems:
            print("#    %s; %s" % (p, [s["reason"] for s in value["signatures"]] or value["reason"]))
        print("%sok %d - %s" % ("not " if problems else "", number, name), flush=True)
        failed += bool(problems)
    print("# %d PDFs, %d judged otherwise than by pdfsig" % (number, differ))
    if os.environ.get("SITANTE_TABLE"):
        write_table(rows, differ)
    return failed, number


def certificate_files(b):
    pem = open(b.budi.pem, "rb").read()
    both = pem + open(b.issuer.pem, "rb").read()
    p7 = openssl("crl2pkcs7", "-nocrl", "-certfile", b.file("both.pem.txt", both))
    ended = b.authority.issue("habis2", NAME, b.issuer, begin=b.authority.now - 740 * DAY)
    key = open(b.budi.key, "rb").read()
    p12 = open(b.path("siti.p12"), "rb").read()
    return [
        ("budi.pem", pem, "examined", 1), ("budi.cer", b.budi.der(), "examined", 1), ("bundel.pem", both, "examined", 2),
        ("bundel.p7b", p7, "examined", 2), ("bundel.p7c", openssl("pkcs7", "-outform", "DER", data=p7), "examined", 2),
        ("habis.crt", open(ended.pem, "rb").read(), "examined", 1), ("kunci.pem", pem + key, "refused", 0),
        ("siti.p12", p12, "refused", 0), ("siti.pfx", b"not even one", "refused", 0), ("siti.cer", p12, "refused", 0),
        ("rusak.cer", b.budi.der()[:200], "damaged", 0), ("kosong.pem", b"", "damaged", 0), ("teks.crt", b"halo", "damaged", 0),
        ("banyak.pem", pem * 70, "failed", 0),
    ]


def run_certificates(b, number):
    failed = 0
    for name, data, state, n in certificate_files(b):
        number += 1
        value, _ = b.examine(b.file(name, data))
        good = value["state"] == state and len(value["certificates"]) == n
        if n and good:
            c = value["certificates"][0]
            good = c["holder"] in ("BUDI SANTOSO", "BSRE UJI CA DS G1") and c["not_after"].endswith("+07:00")
        if name == "budi.pem" and good:
            wanted = subprocess.run(["date", "-u", "-d", b.budi.field("enddate"), "+%s"], stdout=subprocess.PIPE).stdout.decode().strip()
            got = subprocess.run(["date", "-u", "-d", c["not_after"], "+%s"], stdout=subprocess.PIPE).stdout.decode().strip()
            good = wanted == got and int(got) - int(subprocess.run(["date", "-u", "-d", c["not_before"], "+%s"], stdout=subprocess.PIPE)
                                                    .stdout) == 730 * DAY - 1
        print("%sok %d - certificate file %s: %s%s" % ("" if good else "not ", number, name, value["state"],
                                                      "" if good else " " + json.dumps(value)), flush=True)
        failed += not good
    return failed, number


def main():
    missing = [p for p in ("pdfsig", "certutil", "pk12util", "qpdf", "openssl") if not shutil.which(p)]
    if missing:
        print("1..0 # SKIP not here: %s (tests/deps.sh)" % ", ".join(missing))
        return 0
    folder = tempfile.mkdtemp(prefix="sitante-evidence-")
    try:
        b = Bench(folder)
        for fill in (good, bad_bytes, bad_people, revocation, bad_revisions, bad_ranges, bad_files):
            fill(b)
        print("1..%d" % (len(b.cases) + len(certificate_files(b))))
        failed, number = run_pdfs(b)
        more, number = run_certificates(b, number)
        return 1 if failed + more else 0
    finally:
        if not os.environ.get("SITANTE_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
