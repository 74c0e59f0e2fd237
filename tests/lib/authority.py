"""An authority shaped like the one that really issues: a root, an issuing authority, people, a time-stamp authority.
Made with openssl for each run; every date may be set."""
import os
import subprocess
import time

PERSON = "keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=critical,CA:FALSE\n"
ISSUER = "keyUsage=critical,keyCertSign,cRLSign\nbasicConstraints=critical,CA:TRUE\n"
STAMPER = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nbasicConstraints=critical,CA:FALSE\n"
RESPONDER = "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nbasicConstraints=critical,CA:FALSE\n"
COMMON = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
DAY = 86400


def openssl(*argv, data=None, check=True):
    r = subprocess.run(("openssl",) + argv, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and r.returncode:
        raise RuntimeError("openssl %s: %s" % (" ".join(argv), r.stderr.decode(errors="replace")))
    return r.stdout


def stamp(seconds):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds))


class Holder:
    """A certificate with its key, and the certificates above it."""

    def __init__(self, base, chain):
        self.key, self.pem, self.chain = base + ".key", base + ".pem", chain

    def der(self):
        return openssl("x509", "-in", self.pem, "-outform", "DER")

    def field(self, name):
        return openssl("x509", "-in", self.pem, "-noout", "-" + name).decode().strip().split("=", 1)[1]


class Authority:
    def __init__(self, folder):
        self.folder, self.n, self.now = folder, 0, int(time.time())
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def key(self, path, kind):
        if kind.startswith("rsa"):
            openssl("genrsa", "-out", path, kind[3:])
        else:
            openssl("ecparam", "-genkey", "-noout", "-name", kind, "-out", path)

    def issue(self, name, subject, issuer=None, kind="rsa2048", extensions=PERSON, begin=None, end=None, digest="sha256",
              serial=None, key=None):
        """Dates: seconds; without: what the real authority gives, 730 days less a second."""
        base = self.path(name)
        begin = self.now - 3600 if begin is None else begin
        end = begin + 730 * DAY - 1 if end is None else end
        self.n += 1
        if key:
            with open(key) as f, open(base + ".key", "w") as to:
                to.write(f.read())
        else:
            self.key(base + ".key", kind)
        csr = openssl("req", "-new", "-utf8", "-key", base + ".key", "-subj", subject, "-config", self.config(), "-" + digest)
        with open(base + ".csr", "wb") as f:
            f.write(csr)
        with open(base + ".ext", "w") as f:
            f.write(extensions + COMMON)
        with open(self.path("index"), "w"):
            pass
        with open(self.path("serial"), "w") as f:
            f.write(serial or "5a%030x" % (self.now * 1000 + self.n))
        own = ["-selfsign", "-keyfile", base + ".key"] if issuer is None else ["-cert", issuer.pem, "-keyfile", issuer.key]
        openssl("ca", "-batch", "-notext", "-config", self.config(), "-in", base + ".csr", "-out", base + ".pem", "-extfile",
                base + ".ext", "-startdate", stamp(begin), "-enddate", stamp(end), "-md", digest, *own)
        return Holder(base, [] if issuer is None else [issuer] + issuer.chain)

    def config(self):
        path = self.path("ca.cnf")
        if not os.path.exists(path):
            with open(path, "w") as f:
                f.write("[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=utf8only\n[dn]\n[ca]\ndefault_ca=a\n[a]\ndatabase=%s\nserial=%s\n"
                        "new_certs_dir=%s\ndefault_md=sha256\npolicy=p\nunique_subject=no\nemail_in_dn=yes\n[p]\ncountryName=optional\n"
                        "organizationName=optional\norganizationalUnitName=optional\ncommonName=optional\nemailAddress=optional\n"
                        % (self.path("index"), self.path("serial"), self.folder))
        return path

    def two_levels(self, word, root_cn, issuer_cn):
        far = self.now + 3000 * DAY
        root = self.issue(word + "-root", "/C=ID/O=Kementerian Uji/CN=" + root_cn, extensions=ISSUER, begin=self.now - 1000 * DAY,
                          end=far, digest="sha384")
        return root, self.issue(word + "-issuer", "/C=ID/O=Badan Uji/CN=" + issuer_cn, root, extensions=ISSUER,
                                begin=self.now - 900 * DAY, end=far, digest="sha384")

    def index(self, rows):
        """rows: (certificate, when it was revoked or None).  What openssl ca keeps of what it issued."""
        path = self.path("index-%d" % self.n)
        self.n += 1
        with open(path, "w") as f:
            for c, when in rows:
                f.write("%s\t%s\t%s\t%s\tunknown\t/CN=x\n" % ("R" if when else "V", stamp(self.now + 900 * DAY)[2:],
                                                              stamp(when)[2:] if when else "", c.field("serial")))
        with open(path + ".attr", "w") as f:
            f.write("unique_subject = no\n")
        return path

    def crl(self, issuer, rows, at=None, extensions="", digest="sha256"):
        """A list of what is revoked (DER), made at, which is an hour ago without."""
        base, at = self.path("crl-%d" % self.n), self.now - 3600 if at is None else at
        with open(base + ".cnf", "w") as f:
            f.write("[ca]\ndefault_ca=a\n[a]\ndatabase=%s\ndefault_md=%s\n%s[e]\n%s\n"
                    % (self.index(rows), digest, "crl_extensions=e\n" if extensions else "", extensions))
        pem = openssl("ca", "-gencrl", "-config", base + ".cnf", "-cert", issuer.pem, "-keyfile", issuer.key, "-crl_lastupdate", stamp(at),
                      "-crl_nextupdate", stamp(at + 7 * DAY))
        return openssl("crl", "-outform", "DER", data=pem)

    def ocsp(self, issuer, person, rows, responder=None):
        """An answer of now (DER), by the issuer itself or by a responder."""
        base, by = self.path("ocsp-%d" % self.n), responder or issuer
        openssl("ocsp", "-issuer", issuer.pem, "-cert", person.pem, "-no_nonce", "-reqout", base + ".req")
        openssl("ocsp", "-index", self.index(rows), "-CA", issuer.pem, "-rsigner", by.pem, "-rkey", by.key, "-reqin", base + ".req",
                "-respout", base + ".resp", *([] if responder else ["-resp_no_certs"]))
        with open(base + ".resp", "rb") as f:
            return f.read()

    def stamp_token(self, stamper, data, hash_name="sha256"):
        """A token of RFC 3161 over data, made by openssl ts now."""
        base = self.path("ts-%d" % self.n)
        self.n += 1
        with open(base + ".cnf", "w") as f:
            f.write("[t]\nserial=%s\ndefault_policy=1.3.6.1.4.1.99999.1\ndigests=sha256,sha384,sha512\nsigner_digest=sha256\n"
                    "ess_cert_id_alg=sha256\n" % (base + ".serial"))
        with open(base + ".data", "wb") as f:
            f.write(data)
        with open(base + ".chain", "w") as f:
            for c in stamper.chain:
                with open(c.pem) as pem:
                    f.write(pem.read())
        openssl("ts", "-query", "-data", base + ".data", "-" + hash_name, "-cert", "-out", base + ".tsq")
        openssl("ts", "-reply", "-config", base + ".cnf", "-section", "t", "-queryfile", base + ".tsq", "-signer", stamper.pem, "-inkey",
                stamper.key, "-chain", base + ".chain", "-token_out", "-out", base + ".token")
        with open(base + ".token", "rb") as f:
            return f.read()
