"""PDFs written by hand, revision upon revision, so that each byte may be where a viewer, or an attacker, wants it."""
import re
import time

GAP = 16384  # bytes of a signature at most


class Pdf:
    """bytes, and the objects as they stand in the newest revision."""

    def __init__(self, text=b"Uji tanda tangan elektronik", streams=False, form=b"", extra=None):
        self.objects, self.bytes, self.start, self.top = {}, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 0, 0
        content = b"BT /F1 18 Tf 72 700 Td (" + text + b") Tj ET"
        first = {1: b"<< /Type /Catalog /Pages 2 0 R" + form + b" >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                 3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
                 4: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
                 5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
        first.update(extra or {})
        self.revise(first, streams=streams)

    def copy(self):
        other = Pdf.__new__(Pdf)
        other.__dict__.update(self.__dict__, objects=dict(self.objects))
        return other

    def next(self):
        return self.top + 1

    def revise(self, objects, streams=False, root=1, trailer=b""):
        """Appends a revision that sets these objects."""
        self.objects.update(objects)
        self.top = max([self.top] + list(objects))
        out, at = self.bytes, {}
        prev = b" /Prev %d" % self.start if self.start else b""
        packed = [n for n in objects if streams and b"stream" not in objects[n]]
        for n, body in objects.items():
            if n not in packed:
                at[n] = len(out)
                out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
        if not streams:
            self.start = len(out)
            out += b"xref\n" + (b"0 1\n0000000000 65535 f \n" if not prev else b"")
            for n in sorted(at):
                out += b"%d 1\n%010d 00000 n \n" % (n, at[n])
            out += b"trailer\n<< /Size %d /Root %d 0 R%s%s >>\n" % (self.top + 1, root, prev, trailer)
        else:
            out = self.with_streams(out, objects, packed, at, prev)
        self.bytes = out + b"startxref\n%d\n%%%%EOF\n" % self.start
        return self

    def with_streams(self, out, objects, packed, at, prev):
        holder, table = self.top + 1, self.top + 2
        self.top += 2
        bodies, offsets = b"", []
        for n in packed:
            offsets.append(b"%d %d" % (n, len(bodies)))
            bodies += objects[n] + b"\n"
        head = b" ".join(offsets) + b" "
        at[holder] = len(out)
        out += b"%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
            holder, len(packed), len(head), len(head) + len(bodies), head + bodies)
        self.start = at[table] = len(out)
        rows = {n: b"\1" + at[n].to_bytes(4, "big") + b"\0\0" for n in at}
        rows.update({n: b"\2" + holder.to_bytes(4, "big") + i.to_bytes(2, "big") for i, n in enumerate(packed)})
        if not prev:
            rows[0] = b"\0\0\0\0\0\xff\xff"
        index = b" ".join(b"%d 1" % n for n in sorted(rows))
        data = b"".join(rows[n] for n in sorted(rows))
        return out + b"%d 0 obj\n<< /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root 1 0 R%s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
            table, index, self.top + 1, prev, len(data), data)

    def changed(self, n, old, new):
        assert old in self.objects[n], (n, old)
        return {n: self.objects[n].replace(old, new, 1)}

    def fields(self):
        found = re.search(rb"/Fields \[([^\]]*)\]", self.objects[1])
        return found.group(1) if found else b""

    def with_field(self, ref, root=1):
        """The catalogue and the page with one field more."""
        c, page = self.objects[1], self.objects[3]
        if b"/Fields [" in c:
            c = c.replace(b"/Fields [", b"/Fields [" + ref + b" ", 1)
        else:
            c = c[:-2] + b"/AcroForm << /Fields [" + ref + b"] /SigFlags 3 >> >>"
        page = page.replace(b"/Annots [", b"/Annots [" + ref + b" ", 1) if b"/Annots [" in page else page[:-2] + b"/Annots [" + ref + b"] >>"
        return {1: c, 3: page}

    def sign(self, make, name=b"Tanda1", subfilter=b"adbe.pkcs7.detached", streams=False, field=None, extra=b"", hole=None, kind=b"Sig",
             date=None, parent=None):
        """make: signed bytes -> CMS.  field: number of an empty field that is filled.  hole: what the range is made of."""
        value, own = self.next(), field or self.next() + 1
        day = time.strftime("D:%Y%m%d%H%M%S+00'00'", time.gmtime(date or time.time())).encode()
        objects = {value: b"<< /Type /%s /Filter /Adobe.PPKLite /SubFilter /%s /M (%s)%s /ByteRange [0 ********** ********** **********] "
                          b"/Contents <%s> >>" % (kind, subfilter, day, extra, b"0" * 2 * GAP)}
        if parent:
            objects[parent] = b"<< /T (Induk) /Kids [%d 0 R] >>" % own
            objects.update(self.with_field(b"%d 0 R" % parent))
        elif not field:
            objects.update(self.with_field(b"%d 0 R" % own))
        up = b" /Parent %d 0 R" % parent if parent else b""
        objects[own] = (b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /V %d 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R%s >>"
                        % (name, value, up))
        before = len(self.bytes)
        if streams:
            self.revise({value: objects.pop(value)})
            # the value stands outside of object streams, as it must
            self.revise(objects, streams=True)
        else:
            self.revise(objects)
        at = self.bytes.index(b"/Contents <", before) + 10
        end = self.bytes.index(b">", at) + 1
        numbers = (hole or (lambda a, b, n: (a, b, n - b)))(at, end, len(self.bytes))
        ranges = b"[0 %010d %010d %010d]" % numbers
        self.bytes = self.bytes.replace(b"[0 ********** ********** **********]", ranges, 1)
        data = self.bytes[:numbers[0]] + self.bytes[numbers[1]:numbers[1] + numbers[2]]
        cms = make(data).hex().encode()
        assert len(cms) <= 2 * GAP, len(cms)
        self.bytes = self.bytes[:at + 1] + cms + b"0" * (2 * GAP - len(cms)) + self.bytes[end - 1:]
        self.objects[value] = self.bytes[self.bytes.index(b"<< /Type /%s /Filter" % kind, before):end] + b" >>"
        self.cms_at, self.value, self.own, self.range = at + 1, value, own, numbers
        return self
