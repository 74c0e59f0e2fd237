#include "document/rows.h"

#include "base/cell.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEVEL = 2, /* a fifth larger than the usual level, in a third of its time */
	RAW_BITS = -15,
	MEMORY = 8,
	CHUNK = 64 * 1024,
	SHEET_MAX = 4 * 1024 * 1024, /* of the sheet around the rows */
	DIGITS = 20,
};

struct rows {
	FILE *file;
	z_stream deflate;
	bool deflating, failed;
	uint32_t row, sum; /* sum: CRC-32 of the rows as they are */
	uint64_t length;   /* of them in bytes */
	struct buf text, cell;
};

struct rows *rows_open(const char *path)
{
	struct rows *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->row = 1;
	r->sum = (uint32_t)crc32(0, NULL, 0);
	r->text = BUF_INIT(4 * CHUNK + 1024 * 1024);
	r->cell = BUF_INIT(CHUNK);
	r->file = fopen(path, "wb+");
	r->deflating = deflateInit2(&r->deflate, LEVEL, Z_DEFLATED, RAW_BITS, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
	if (r->file && r->deflating)
		return r;
	rows_done(r);
	return NULL;
}

void rows_done(struct rows *r)
{
	if (r->deflating)
		(void)deflateEnd(&r->deflate);
	if (r->file)
		(void)fclose(r->file);
	buf_done(&r->text);
	buf_done(&r->cell);
	free(r);
}

/* Compresses what waits; full: so that another stream may follow. */
static void press(struct rows *r, bool full)
{
	unsigned char out[CHUNK];
	r->failed = r->failed || buf_status(&r->text) != 0;
	if (r->failed)
		return;
	r->sum = (uint32_t)crc32(r->sum, (const unsigned char *)r->text.p, (uInt)r->text.n);
	r->length += r->text.n;
	r->deflate.next_in = (unsigned char *)r->text.p;
	r->deflate.avail_in = (uInt)r->text.n;
	do {
		r->deflate.next_out = out;
		r->deflate.avail_out = sizeof(out);
		r->failed = deflate(&r->deflate, full ? Z_FULL_FLUSH : Z_NO_FLUSH) == Z_STREAM_ERROR;
		size_t n = sizeof(out) - r->deflate.avail_out;
		r->failed = r->failed || fwrite(out, 1, n, r->file) != n;
	} while (!r->failed && r->deflate.avail_out == 0);
	buf_reset(&r->text);
}

/* --- cells --------------------------------------------------------------------------------------- */

static void add_count(struct buf *b, uint64_t v)
{
	char digits[DIGITS];
	size_t at = sizeof(digits);
	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

/* printf would take a third of the time, and asks the locale for its comma. */
static void add_millionths(struct buf *b, int64_t v)
{
	char digits[6];
	uint64_t whole = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, part = whole % 1000000;
	size_t n = sizeof(digits);
	if (v < 0)
		buf_add_char(b, '-');
	add_count(b, whole / 1000000);
	for (size_t i = n; i-- > 0; part /= 10)
		digits[i] = (char)('0' + part % 10);
	while (n > 0 && digits[n - 1] == '0')
		n--;
	if (n > 0)
		buf_add_char(b, '.');
	buf_add(b, digits, n);
}

static void add_xml(struct buf *b, struct span s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *entity = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : NULL;
		if (!entity)
			continue;
		buf_add(b, s.p + from, i - from);
		buf_add_str(b, entity);
		from = i + 1;
	}
	buf_add(b, s.p + from, s.n - from);
}

static void add_cell(struct rows *r, int column, int32_t style)
{
	buf_add_str(&r->text, "<c r=\"");
	buf_add_char(&r->text, (char)('A' + column));
	add_count(&r->text, r->row);
	buf_add_str(&r->text, "\" s=\"");
	add_count(&r->text, (uint64_t)style);
}

void rows_begin(struct rows *r, double height)
{
	r->row++;
	buf_add_str(&r->text, "<row r=\"");
	add_count(&r->text, r->row);
	if (height > 0) {
		buf_add_str(&r->text, "\" ht=\"");
		add_millionths(&r->text, (int64_t)(height * 1e6 + 0.5));
		buf_add_str(&r->text, "\" customHeight=\"1");
	}
	buf_add_str(&r->text, "\">");
}

void rows_text(struct rows *r, int column, int32_t style, const char *text)
{
	if (!text || !*text)
		return;
	buf_reset(&r->cell);
	cell_add_text(&r->cell, text);
	r->failed = r->failed || buf_status(&r->cell) != 0;
	add_cell(r, column, style);
	buf_add_str(&r->text, "\" t=\"inlineStr\"><is><t>");
	add_xml(&r->text, buf_span(&r->cell));
	buf_add_str(&r->text, "</t></is></c>");
}

void rows_number(struct rows *r, int column, int32_t style, int64_t millionths)
{
	add_cell(r, column, style);
	buf_add_str(&r->text, "\"><v>");
	add_millionths(&r->text, millionths);
	buf_add_str(&r->text, "</v></c>");
}

void rows_end(struct rows *r)
{
	buf_add_str(&r->text, "</row>");
	if (r->text.n >= CHUNK)
		press(r, false);
}

/* --- the package ----------------------------------------------------------------------------------- */

/* One piece of the sheet as a stream of its own. */
static bool put_piece(zipFile to, struct span s, bool last)
{
	unsigned char out[CHUNK];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)s.p, .avail_in = (uInt)s.n };
	bool good = deflateInit2(&z, LEVEL, Z_DEFLATED, RAW_BITS, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
	if (!good)
		return false;
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		good = deflate(&z, last ? Z_FINISH : Z_FULL_FLUSH) != Z_STREAM_ERROR &&
		       zipWriteInFileInZip(to, out, (unsigned)sizeof(out) - z.avail_out) == ZIP_OK;
	} while (good && z.avail_out == 0);
	(void)deflateEnd(&z);
	return good;
}

static bool put_file(zipFile to, FILE *f)
{
	unsigned char piece[CHUNK];
	size_t n;
	bool good = fflush(f) == 0;
	rewind(f);
	while (good && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		good = zipWriteInFileInZip(to, piece, (unsigned)n) == ZIP_OK;
	return good && !ferror(f);
}

static bool put_sheet(struct rows *r, zipFile to, struct span sheet)
{
	size_t at = span_find_nocase(sheet, 0, "</sheetData>");
	press(r, true);
	if (r->failed || at == sheet.n)
		return false;
	struct span head = span_of(sheet.p, at), tail = span_of(sheet.p + at, sheet.n - at);
	uLong sum = crc32(crc32(0, NULL, 0), head.p, (uInt)head.n);
	sum = crc32_combine(sum, r->sum, (z_off_t)r->length);
	sum = crc32(sum, tail.p, (uInt)tail.n);
	return put_piece(to, head, false) && put_file(to, r->file) && put_piece(to, tail, true) &&
	       zipCloseFileInZipRaw64(to, sheet.n + r->length, sum) == ZIP_OK;
}

static bool read_entry(unzFile from, struct buf *out)
{
	char piece[4096];
	int n;
	while ((n = unzReadCurrentFile(from, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	return n == 0 && buf_status(out) == 0;
}

/* The entry that from stands at; the sheet gets its rows, others go over as they are. */
static bool put_entry(struct rows *r, unzFile from, zipFile to, const char *sheet)
{
	char name[256];
	unz_file_info64 i;
	AUTO_BUF bytes = BUF_INIT(SHEET_MAX);
	if (unzGetCurrentFileInfo64(from, &i, name, sizeof(name), NULL, 0, NULL, 0) != UNZ_OK || i.size_filename >= sizeof(name))
		return false;
	bool is_sheet = strcmp(name, sheet) == 0, raw = !is_sheet;
	zip_fileinfo info = { .dosDate = i.dosDate };
	if (unzOpenCurrentFile2(from, NULL, NULL, raw) != UNZ_OK)
		return false;
	bool good = read_entry(from, &bytes);
	good = unzCloseCurrentFile(from) == UNZ_OK && good &&
	       zipOpenNewFileInZip2_64(to, name, &info, NULL, 0, NULL, 0, NULL, (int)i.compression_method, LEVEL, 1, 0) == ZIP_OK;
	if (good && is_sheet)
		return put_sheet(r, to, buf_span(&bytes));
	return good && (bytes.n == 0 || zipWriteInFileInZip(to, bytes.p, (unsigned)bytes.n) == ZIP_OK) &&
	       zipCloseFileInZipRaw64(to, i.uncompressed_size, i.crc) == ZIP_OK;
}

int rows_pack(struct rows *r, const char *from, const char *entry, const char *to)
{
	unzFile in = unzOpen64(from);
	zipFile out = in ? zipOpen64(to, APPEND_STATUS_CREATE) : NULL;
	bool good = out && unzLocateFile(in, entry, 1) == UNZ_OK;
	for (int at = good ? unzGoToFirstFile(in) : UNZ_OK; good && at != UNZ_END_OF_LIST_OF_FILE; at = unzGoToNextFile(in))
		good = at == UNZ_OK && put_entry(r, in, out, entry);
	if (in)
		(void)unzClose(in);
	if (out)
		good = zipClose(out, NULL) == ZIP_OK && good;
	return good ? 0 : -1;
}
