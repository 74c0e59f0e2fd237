/* ECMA-376 part 1, SpreadsheetML: the first visible sheet, its strings, and which numbers are dates. */
#include "sheet/xlsx_part.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STYLES_MAX = 4096, FORMATS_MAX = 512, DAY_1900 = -25569, DAY_1904 = -24107, BUILTIN_MAX = 164 };

struct book {
	struct arena *a;
	unzFile zip;
	uint64_t budget;
	bool stop;
	int status;
	bool since_1904;
	const char *sheet_id, *sheet_part; /* r:id of the sheet, and its file */
	/* shared strings */
	const char **strings;
	size_t n_strings, cap_strings;
	bool in_phonetic;
	/* styles */
	bool in_xfs;
	bool date_style[STYLES_MAX];
	size_t n_styles;
	uint32_t date_format[FORMATS_MAX]; /* ids of own formats that show a date */
	size_t n_formats;
	/* sheet */
	struct sheet_builder *out;
	uint32_t line;
	size_t column;
	char type;
	size_t style;
	bool in_value;
	struct buf text;
};

static uint32_t number(const char *s, uint32_t max, uint32_t otherwise)
{
	uint32_t v;
	return s && num_parse_u32(span_str(s), max, &v) == 0 ? v : otherwise;
}

static void no_end(void *context, const char *name)
{
	(void)context;
	(void)name;
}

static void no_text(void *context, const char *s, int n)
{
	(void)context;
	(void)s;
	(void)n;
}

/* --- which sheet --------------------------------------------------------------------------- */

static void book_start(void *context, const char *name, const char **at)
{
	struct book *b = context;
	if (str_eq(name, "workbookPr")) {
		const char *v = part_attribute(at, "date1904");
		b->since_1904 = str_eq(v, "1") || str_eq(v, "true");
	}
	const char *state = part_attribute(at, "state");
	if (!str_eq(name, "sheet") || b->sheet_id || (state && !str_eq(state, "visible")))
		return;
	for (const char **p = at; p[0]; p += 2) /* "r:id", not "sheetId" */
		if (strlen(p[0]) > 3 && str_eq(p[0] + strlen(p[0]) - 3, ":id"))
			b->sheet_id = arena_strdup(b->a, p[1]);
}

static void relation_start(void *context, const char *name, const char **at)
{
	struct book *b = context;
	const char *target = part_attribute(at, "Target");
	if (!str_eq(name, "Relationship") || !target || b->sheet_part || !b->sheet_id ||
	    !str_eq(part_attribute(at, "Id"), b->sheet_id))
		return;
	b->sheet_part = target[0] == '/' ? arena_strdup(b->a, target + 1) : arena_printf(b->a, "xl/%s", target);
}

/* --- strings ------------------------------------------------------------------------------- */

static void string_keep(struct book *b)
{
	if (b->n_strings == b->cap_strings) {
		size_t cap = b->cap_strings ? b->cap_strings * 2 : 64;
		const char **grown =
			cap <= LIMIT_SHEET_STRINGS ? arena_grow(b->a, b->strings, b->cap_strings, cap, sizeof(*grown)) : NULL;
		if (!grown) {
			b->status = arena_status(b->a) ? arena_status(b->a) : -ENOBUFS;
			b->stop = true;
			return;
		}
		b->strings = grown;
		b->cap_strings = cap;
	}
	b->strings[b->n_strings] = arena_strndup(b->a, buf_cstr(&b->text), b->text.n);
	if (!b->strings[b->n_strings]) {
		b->status = arena_status(b->a);
		b->stop = true;
		return;
	}
	b->n_strings++;
}

static void strings_start(void *context, const char *name, const char **at)
{
	struct book *b = context;
	(void)at;
	if (str_eq(name, "si"))
		buf_reset(&b->text);
	else if (str_eq(name, "rPh"))
		b->in_phonetic = true;
	else if (str_eq(name, "t"))
		b->in_value = !b->in_phonetic;
}

static void strings_end(void *context, const char *name)
{
	struct book *b = context;
	if (str_eq(name, "si"))
		string_keep(b);
	else if (str_eq(name, "rPh"))
		b->in_phonetic = false;
	else if (str_eq(name, "t"))
		b->in_value = false;
}

static void value_text(void *context, const char *s, int n)
{
	struct book *b = context;
	if (b->in_value && n > 0)
		buf_add(&b->text, s, (size_t)n);
}

/* --- styles: which formats show a date ------------------------------------------------------- */

/* ECMA-376 18.8.30: d, m, y outside quotes and brackets. */
static bool shows_date(const char *code)
{
	bool quoted = false, bracket = false;
	for (const char *p = code; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
			continue;
		}
		quoted ^= *p == '"';
		bracket = *p == '[' ? true : *p == ']' ? false : bracket;
		int c = ascii_lower((unsigned char)*p);
		if (!quoted && !bracket && (c == 'd' || c == 'y'))
			return true;
	}
	return false;
}

static bool builtin_date(uint32_t id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58);
}

static bool date_format(const struct book *b, uint32_t id)
{
	if (id < BUILTIN_MAX && builtin_date(id))
		return true;
	for (size_t i = 0; i < b->n_formats; i++)
		if (b->date_format[i] == id)
			return true;
	return false;
}

static void styles_start(void *context, const char *name, const char **at)
{
	struct book *b = context;
	uint32_t id = number(part_attribute(at, "numFmtId"), UINT32_MAX, 0);
	if (str_eq(name, "numFmt")) {
		const char *code = part_attribute(at, "formatCode");
		if (code && b->n_formats < FORMATS_MAX && shows_date(code))
			b->date_format[b->n_formats++] = id;
	} else if (str_eq(name, "cellXfs")) {
		b->in_xfs = true;
	} else if (b->in_xfs && str_eq(name, "xf") && b->n_styles < STYLES_MAX) {
		b->date_style[b->n_styles++] = date_format(b, id);
	}
}

static void styles_end(void *context, const char *name)
{
	struct book *b = context;
	if (str_eq(name, "cellXfs"))
		b->in_xfs = false;
}

/* --- cells ----------------------------------------------------------------------------------- */

/* "AB12": column 27; SIZE_MAX where it is none. */
static size_t column_of(const char *ref)
{
	size_t c = 0;
	const char *p = ref;
	for (; p && ascii_is_alpha((unsigned char)*p) && c < 100000; p++)
		c = c * 26 + (size_t)(ascii_upper((unsigned char)*p) - 'A' + 1);
	return c > 0 ? c - 1 : SIZE_MAX;
}

static void cells_start(void *context, const char *name, const char **at)
{
	struct book *b = context;
	if (str_eq(name, "row")) {
		b->line = number(part_attribute(at, "r"), UINT32_MAX, b->line + 1);
		b->column = SIZE_MAX; /* the cell before the first */
	} else if (str_eq(name, "c")) {
		const char *t = part_attribute(at, "t");
		size_t column = column_of(part_attribute(at, "r"));
		b->column = column != SIZE_MAX ? column : b->column + 1;
		b->type = str_eq(t, "s") ? 's' : t && !str_eq(t, "n") ? 't' : 'n';
		b->style = number(part_attribute(at, "s"), STYLES_MAX - 1, 0);
		buf_reset(&b->text);
	} else if (str_eq(name, "v") || str_eq(name, "t")) {
		b->in_value = true;
	}
}

/* Days since the book's epoch, time of day cut off. */
static bool date_text(const struct book *b, char out[32])
{
	struct span s = buf_span(&b->text);
	const unsigned char *dot = s.n ? memchr(s.p, '.', s.n) : NULL;
	uint32_t serial;
	if (b->style >= b->n_styles || !b->date_style[b->style])
		return false;
	if (num_parse_u32(span_of(s.p, dot ? (size_t)(dot - s.p) : s.n), 2958465, &serial) != 0 || serial < 61)
		return false; /* before March 1900 the format has a day that never was */
	struct civil_date d = civil_from_days((int64_t)serial + (b->since_1904 ? DAY_1904 : DAY_1900));
	(void)snprintf(out, 32, "%04d-%02d-%02d", d.year, d.month, d.day);
	return true;
}

static void cell_end(struct book *b)
{
	char date[32];
	struct span text = buf_span(&b->text);
	enum sheet_cell_kind kind = SHEET_TEXT;
	uint32_t index;
	if (b->type == 's') {
		bool known = num_parse_u32(text, UINT32_MAX, &index) == 0 && index < b->n_strings;
		text = known ? span_str(b->strings[index]) : span_of("", 0);
	} else if (b->type == 'n' && date_text(b, date)) {
		text = span_str(date);
		kind = SHEET_DATE;
	} else if (b->type == 'n') {
		kind = SHEET_NUMBER;
	}
	sheet_cell_put(b->out, b->column, text, kind);
}

static void cells_end(void *context, const char *name)
{
	struct book *b = context;
	if (str_eq(name, "v") || str_eq(name, "t"))
		b->in_value = false;
	else if (str_eq(name, "c"))
		cell_end(b);
	else if (str_eq(name, "row"))
		b->stop = !sheet_row_end(b->out, b->line);
	else if (str_eq(name, "sheetData"))
		b->stop = true;
}

/* --- the whole -------------------------------------------------------------------------------- */

static int part(struct book *b, const char *name, const struct part_handlers *h, struct error *err)
{
	b->stop = b->in_value = false;
	int r = part_parse(b->zip, name, h, b, &b->budget, &b->stop, err);
	return r < 0 || r == SHEET_DAMAGED ? r : b->status;
}

static int read_parts(struct book *b, struct error *err)
{
	static const struct part_handlers book_h = { book_start, no_end, no_text };
	static const struct part_handlers relations_h = { relation_start, no_end, no_text };
	static const struct part_handlers strings_h = { strings_start, strings_end, value_text };
	static const struct part_handlers styles_h = { styles_start, styles_end, no_text };
	static const struct part_handlers cells_h = { cells_start, cells_end, value_text };
	int r = part(b, "xl/workbook.xml", &book_h, err);
	if (r == 0)
		r = part(b, "xl/_rels/workbook.xml.rels", &relations_h, err);
	if (r == 0)
		r = part(b, "xl/sharedStrings.xml", &strings_h, err);
	if (r == 0)
		r = part(b, "xl/styles.xml", &styles_h, err);
	if (r == 0 && unzLocateFile(b->zip, b->sheet_part ? b->sheet_part : "xl/worksheets/sheet1.xml", 1) != UNZ_OK)
		return error_set(err, SHEET_DAMAGED, "the workbook has no sheet");
	if (r == 0)
		r = part(b, b->sheet_part ? b->sheet_part : "xl/worksheets/sheet1.xml", &cells_h, err);
	return r;
}

bool xlsx_is(struct span bytes)
{
	return bytes.n > 4 && memcmp(bytes.p, "PK\x03\x04", 4) == 0;
}

int xlsx_read(struct span bytes, struct sheet_builder *out, struct error *err)
{
	struct zip_memory memory;
	unzFile zip = zip_open(&memory, bytes);
	if (!zip)
		return error_set(err, SHEET_DAMAGED, "no workbook: its ZIP cannot be opened");
	struct book *b = calloc(1, sizeof(*b));
	int r = -ENOMEM;
	if (b) {
		*b = (struct book){ .a = out->a,
				    .zip = zip,
				    .budget = LIMIT_SHEET_UNPACKED_BYTES,
				    .out = out,
				    .text = BUF_INIT(LIMIT_SHEET_CELL_BYTES) };
		r = read_parts(b, err);
		buf_done(&b->text);
		free(b);
	}
	(void)unzClose(zip);
	return r;
}
