"""A signer of our own, so that every part of a CMS signature may be right or wrong (RFC 5652, 5035, 3161)."""
import hashlib
import time

from authority import openssl

OIDS = {"data": "1.2.840.113549.1.7.1", "signed": "1.2.840.113549.1.7.2", "type": "1.2.840.113549.1.9.3",
        "digest": "1.2.840.113549.1.9.4", "time": "1.2.840.113549.1.9.5", "cert2": "1.2.840.113549.1.9.16.2.47",
        "answers": "1.2.840.113583.1.1.8", "token": "1.2.840.113549.1.9.16.2.14", "tst": "1.2.840.113549.1.9.16.1.4", "rsa": "1.2.840.113549.1.1.1",
        "md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1",
        "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3",
        "ecdsa-sha256": "1.2.840.10045.4.3.2", "ecdsa-sha384": "1.2.840.10045.4.3.3", "ecdsa-sha512": "1.2.840.10045.4.3.4"}


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    size = bytes([n]) if n < 128 else bytes([0x80 + (n.bit_length() + 7) // 8]) + n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag]) + size + body


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(v):
    return tlv(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))


def octets(b):
    return tlv(4, b)


def oid(name):
    n = [int(x) for x in OIDS.get(name, name).split(".")]
    out = bytearray([n[0] * 40 + n[1]])
    for v in n[2:]:
        piece = [v & 127]
        while v > 127:
            v >>= 7
            piece.insert(0, 128 | v & 127)
        out += bytes(piece)
    return tlv(6, bytes(out))


def parts(der):
    """The elements within one element, whole."""
    def head(at):
        n = der[at + 1]
        if n < 128:
            return at + 2, n
        k = n & 127
        return at + 2 + k, int.from_bytes(der[at + 2:at + 2 + k], "big")
    at, n = head(0)
    end, out = at + n, []
    while at < end:
        body, m = head(at)
        out.append(der[at:body + m])
        at = body + m
    return out


def issuer_and_serial(cert):
    tbs = parts(parts(cert)[0])
    return sequence(tbs[3], tbs[1])


def algorithm(name):
    return sequence(oid(name), tlv(5)) if name in ("rsa", "md5", "sha1") else sequence(oid(name))


def attribute(name, value):
    return sequence(oid(name), tlv(0x31, value))


def utc(seconds):
    return tlv(0x17, time.strftime("%y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def sign(holder, data, hash_name="sha256", content=None, content_type="data", at=None, ess=True, ess_of=None, digest=None,
         key=None, certs=None, stamp=None, signers=1, attributes=True,
         answers=None):
    """data: what is signed; content: the same, carried along.  at: the signer's clock.  ess_of: the certificate that is
    named (the holder's).  digest: another than data's.  key: of whoever really signs.  stamp: signature -> token.
    answers: about revocation, as a signed attribute."""
    cert = holder.der()
    ec = b"EC PRIVATE" in open(holder.key, "rb").read()
    digest = hashlib.new(hash_name, data).digest() if digest is None else digest
    attrs = [attribute("type", oid(content_type)), attribute("digest", octets(digest))]
    if at is not None:
        attrs.append(attribute("time", utc(at)))
    if ess:
        named = hashlib.sha256(ess_of.der() if ess_of else cert).digest()
        attrs.append(attribute("cert2", sequence(sequence(sequence(octets(named))))))
    if answers is not None:
        attrs.append(attribute("answers", answers))
    attrs = sorted(attrs)
    signature = openssl("dgst", "-" + hash_name, "-sign", key or holder.key, data=tlv(0x31, *attrs) if attributes else data)
    unsigned = [tlv(0xa1, attribute("token", stamp(signature)))] if stamp else []
    info = sequence(integer(1), issuer_and_serial(cert), algorithm(hash_name), *([tlv(0xa0, *attrs)] if attributes else []),
                    algorithm("ecdsa-" + hash_name if ec else "rsa"), octets(signature), *unsigned)
    carried = [] if content is None else [tlv(0xa0, octets(content))]
    certs = [holder] + holder.chain[:1] if certs is None else certs
    given = [tlv(0xa0, *sorted(c.der() for c in certs))] if certs else []
    return sequence(oid("signed"), tlv(0xa0, sequence(
        integer(1 if content_type == "data" else 3), tlv(0x31, algorithm(hash_name)), sequence(oid(content_type), *carried), *given,
        tlv(0x31, *[info] * signers))))


def stamp_token(holder, data, at, hash_name="sha256"):
    """A time stamp of any time, which openssl ts would not give."""
    content = sequence(integer(1), oid("1.3.6.1.4.1.99999.1"), sequence(algorithm(hash_name), octets(hashlib.new(hash_name, data).digest())),
                       integer(77), tlv(0x18, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at)).encode()))
    return sign(holder, content, content=content, content_type="tst")
