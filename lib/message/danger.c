#include "message/danger.h"

#include "base/text.h"

#include <string.h>

#define N_OF(table) (sizeof(table) / sizeof(*(table)))

bool danger_name(const char *name)
{
	static const char *const ends[] = {
		".exe",         ".com",   ".scr",  ".pif",    ".bat",     ".cmd",     ".js",
		".jse",         ".mjs",   ".vbs",  ".vbe",    ".vb",      ".wsf",     ".wsh",
		".wsc",         ".ws",    ".ps1",  ".psm1",   ".msi",     ".msp",     ".hta",
		".jar",         ".lnk",   ".reg",  ".cpl",    ".inf",     ".scf",     ".sct",
		".docm",        ".xlsm",  ".pptm", ".dotm",   ".xltm",    ".potm",    ".ppam",
		".ppsm",        ".sldm",  ".xlam", ".xlsb",   ".xll",     ".html",    ".htm",
		".xhtml",       ".shtml", ".mht",  ".svg",    ".iso",     ".img",     ".vhd",
		".vhdx",        ".apk",   ".sh",   ".bash",   ".py",      ".pl",      ".dll",
		".sys",         ".ocx",   ".chm",  ".url",    ".one",     ".msc",     ".gadget",
		".application", ".appx",  ".deb",  ".rpm",    ".desktop", ".command", ".settingcontent-ms",
		".iqy",         ".slk",   ".rdp",  ".website"
	};
	size_t n = strlen(name);
	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	for (size_t i = 0; i < N_OF(ends); i++) {
		size_t k = strlen(ends[i]);
		if (n >= k && span_eq_nocase(span_of(name + n - k, k), span_str(ends[i])))
			return true;
	}
	return false;
}

bool danger_type(const char *type)
{
	static const char *const types[] = { "application/x-msdownload",
					     "application/x-msdos-program",
					     "application/x-dosexec",
					     "application/x-executable",
					     "application/x-sharedlib",
					     "application/x-sh",
					     "application/x-shellscript",
					     "application/javascript",
					     "application/x-javascript",
					     "application/ecmascript",
					     "text/javascript",
					     "text/ecmascript",
					     "text/html",
					     "application/xhtml-xml",
					     "image/svg-xml",
					     "application/hta",
					     "application/x-ms-shortcut",
					     "application/x-msi",
					     "application/java-archive",
					     "text/x-python",
					     "text/x-shellscript",
					     "text/vbscript",
					     "application/vnd.ms-htmlhelp",
					     "application/x-bat" };
	for (size_t i = 0; i < N_OF(types); i++) {
		size_t n = strlen(types[i]); /* '-' stands for any sign between words: "image/svg+xml" */
		bool same = strlen(type) == n;
		for (size_t k = 0; same && k < n; k++)
			same = type[k] == types[i][k] || (types[i][k] == '-' && strchr("+_.", type[k]) != NULL);
		if (same)
			return true;
	}
	return strstr(type, "macroenabled") != NULL;
}

/* --- content --------------------------------------------------------------------------------- */

struct mark {
	const char *bytes;
	size_t n;
};
#define MARK(s)                                                                                                                  \
	{                                                                                                                        \
		s, sizeof(s) - 1                                                                                                 \
	}

/* Programs, shortcuts, compiled help, scripts with an interpreter, Java and Android. */
static const struct mark heads[] = {
	MARK("MZ"),
	MARK("\x7f"
	     "ELF"),
	MARK("\xfe\xed\xfa\xce"),
	MARK("\xfe\xed\xfa\xcf"),
	MARK("\xce\xfa\xed\xfe"),
	MARK("\xcf\xfa\xed\xfe"),
	MARK("\xca\xfe\xba\xbe"),
	MARK("#!"),
	MARK("L\0\0\0\x01\x14\x02\0"),
	MARK("ITSF"),
	MARK("dex\n"),
	MARK("!<arch>\n"),
	MARK("\xed\xab\xee\xdb"),
	MARK("[InternetShortcut]"),
	MARK("REGEDIT4"),
	MARK("Windows Registry Editor"),
	MARK("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"), /* OneNote */
};
static const struct mark zip_head = MARK("PK\x03\x04"), ole_head = MARK("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
/* A macro project by its name in a zip's local header, and in an OLE folder (UTF-16). */
static const struct mark zip_macro = MARK("vbaProject.bin"), zip_java = MARK("META-INF/MANIFEST.MF"),
			 zip_macro_sheet = MARK("xl/macrosheets/"), ole_macro = MARK("_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"),
			 ole_macro_short = MARK("V\0B\0A\0\0\0");

static bool begins(struct span s, struct mark m)
{
	return s.n >= m.n && memcmp(s.p, m.bytes, m.n) == 0;
}

/* Pages and scripts begin with words, maybe behind a mark of their encoding and blanks. */
static bool begins_page(struct span s)
{
	static const char *const words[] = { "<!doctype html", "<html", "<script", "<svg", "<hta:", "<head", "<body", "<iframe" };
	struct span bom = span_of("\xef\xbb\xbf", 3);
	if (s.n >= bom.n && memcmp(s.p, bom.p, bom.n) == 0)
		s = span_of(s.p + bom.n, s.n - bom.n);
	s = span_trim(s);
	for (size_t i = 0; i < N_OF(words); i++)
		if (span_starts_nocase(s, words[i]))
			return true;
	return span_starts_nocase(s, "<?xml") && (span_find_nocase(s, 0, "<svg") < s.n || span_find_nocase(s, 0, "<html") < s.n);
}

static bool holds(struct span s, struct mark m)
{
	return s.p && s.n >= m.n && memmem(s.p, s.n, m.bytes, m.n) != NULL;
}

/* A program packed in a zip: a local header whose name ends like one. */
static bool holds_program(struct span s)
{
	enum { NAME_LENGTH_AT = 26, NAME_AT = 30, NAME_BYTES = 255 };
	const unsigned char *end = s.p + s.n, *at = s.p;
	while ((at = memmem(at, (size_t)(end - at), zip_head.bytes, zip_head.n)) != NULL) {
		char name[NAME_BYTES + 1];
		size_t room = (size_t)(end - at);
		size_t n = room > NAME_AT ? (size_t)at[NAME_LENGTH_AT] | (size_t)at[NAME_LENGTH_AT + 1] << 8 : 0;
		n = n > NAME_BYTES ? NAME_BYTES : n;
		if (room >= NAME_AT + n) {
			memcpy(name, at + NAME_AT, n);
			name[n] = '\0';
			if (n > 0 && danger_name(name))
				return true;
		}
		at += zip_head.n;
	}
	return false;
}

/* tail: bytes seen before and, behind them, as much of this piece as joins them; then the piece itself. */
static bool macro_in(const struct danger_scan *s, struct span part)
{
	if (s->zip)
		return holds(part, zip_macro) || holds(part, zip_java) || holds(part, zip_macro_sheet) || holds_program(part);
	return s->ole && (holds(part, ole_macro) || holds(part, ole_macro_short));
}

void danger_add(struct danger_scan *s, struct span piece)
{
	unsigned char seam[DANGER_KEPT * 2];
	size_t first = s->n_head, take = sizeof(s->head) - s->n_head < piece.n ? sizeof(s->head) - s->n_head : piece.n;
	memcpy(s->head + s->n_head, piece.p, take);
	s->n_head += take;
	if (first < zip_head.n + ole_head.n) {
		s->zip = begins(span_of(s->head, s->n_head), zip_head);
		s->ole = begins(span_of(s->head, s->n_head), ole_head);
	}
	if (s->zip || s->ole) {
		size_t join = piece.n < DANGER_KEPT ? piece.n : DANGER_KEPT;
		memcpy(seam, s->tail, s->n_tail);
		memcpy(seam + s->n_tail, piece.p, join);
		s->found = s->found || macro_in(s, span_of(seam, s->n_tail + join)) || macro_in(s, piece);
	}
	if (piece.n >= DANGER_KEPT) {
		memcpy(s->tail, piece.p + piece.n - DANGER_KEPT, DANGER_KEPT);
		s->n_tail = DANGER_KEPT;
	} else {
		size_t keep = DANGER_KEPT - piece.n < s->n_tail ? DANGER_KEPT - piece.n : s->n_tail;
		memmove(s->tail, s->tail + s->n_tail - keep, keep);
		memcpy(s->tail + keep, piece.p, piece.n);
		s->n_tail = keep + piece.n;
	}
}

bool danger_found(const struct danger_scan *s)
{
	struct span head = span_of(s->head, s->n_head);
	for (size_t i = 0; i < N_OF(heads); i++)
		if (begins(head, heads[i]))
			return true;
	return s->found || begins_page(head);
}
