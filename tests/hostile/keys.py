"""Certificates of test servers: a right one, and those that must be refused."""
import os
import ssl
import subprocess
import tempfile

WRONG = ("other_name", "name_in_cn_only", "wildcard", "selfsigned", "unknown_ca")


class Keys:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        for name in ("ca", "stranger"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out",
                         name + ".pem", "-days", "30", "-subj", "/CN=" + name)
        self.ca = self.path("ca.pem")
        self.certificate("right", san="DNS:localhost,IP:127.0.0.1")
        self.certificate("other_name", san="DNS:other.example", subject="/CN=other.example")
        self.certificate("name_in_cn_only", san="DNS:other.example")
        self.certificate("wildcard", san="DNS:*.localhost,DNS:*")
        self.certificate("selfsigned", issuer=None)
        self.certificate("unknown_ca", issuer="stranger")
        self.certificate("client_only", usage="clientAuth")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, cwd=self.folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def certificate(self, name, san="DNS:localhost", subject="/CN=localhost", issuer="ca", usage="serverAuth"):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
        with open(self.path(name + ".ext"), "w") as f:
            f.write("extendedKeyUsage=%s\nsubjectAltName=%s\n" % (usage, san))
        signer = ["-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-CAcreateserial"] if issuer else ["-signkey", name + ".key"]
        self.openssl("x509", "-req", "-in", name + ".csr", *signer, "-days", "30", "-extfile", name + ".ext", "-out", name + ".pem")

    def context(self, name):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return c

    def old(self):
        """TLS 1.0 and 1.1 only."""
        c = self.context("right")
        c.minimum_version, c.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        c.set_ciphers("ALL:@SECLEVEL=0")
        return c
