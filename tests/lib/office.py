"""A lab whose operator trusts an authority made for it, and what that authority's people sign."""
import os
import shutil

from authority import Authority
from cms import sign
from lab import Lab
from pdf import Pdf


class Office(Lab):
    def __enter__(self):
        lab = super().__enter__()
        self.authority = Authority(lab.path("ca-bsre"))
        self.root_holder, self.issuer = self.authority.two_levels("id", "Root CA Uji DS G1", "BSRE UJI CA DS G1")
        os.makedirs(lab.path("etc/roots"))
        shutil.copy(self.root_holder.pem, lab.path("etc/roots/root.pem"))
        shutil.copy(self.issuer.pem, lab.path("etc/roots/issuer.pem"))  # certificate files come without it
        lab.write_config('certificates = { roots = "roots"; };')
        return lab

    def issue(self, name, subject, begin=None):
        return self.authority.issue(name, "/C=ID/CN=" + subject, self.issuer, begin=begin)


def signed(holder, revoked=None):
    """A signed test document, as an attachment; revoked: a list of what is revoked that goes along (DER)."""
    pdf = Pdf().sign(lambda d: sign(holder, d))
    if revoked:
        n = pdf.next()
        pdf.revise({n: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(revoked), revoked),
                    1: pdf.objects[1][:-2] + b"/DSS << /CRLs [%d 0 R] >> >>" % n})
    return ("uji tanda tangan.pdf", "application/pdf", pdf.bytes)
