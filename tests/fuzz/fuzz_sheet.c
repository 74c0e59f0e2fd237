/* Attached lists of any bytes: no list, damaged, or rows within the limits whose cells are one clean line each. */
#include "fuzz.h"

#include "base/limits.h"
#include "base/text.h"
#include "sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(128 * 1024 * 1024);
	struct sheet sheet = { 0 };
	struct error err = { 0 };
	if (!a)
		abort();
	int r = sheet_read(span_of(data, size), a, &sheet, &err);
	if (r != 0 && r != SHEET_NO_LIST && r != SHEET_DAMAGED)
		abort();
	if (r == 0 && sheet.n_rows > LIMIT_SHEET_ROWS)
		abort();
	for (size_t i = 0; r == 0 && i < sheet.n_rows; i++) {
		if (sheet.rows[i].n > LIMIT_SHEET_COLUMNS)
			abort();
		for (size_t k = 0; k < sheet.rows[i].n; k++) {
			const char *t = sheet.rows[i].cells[k].text;
			if (!t || strlen(t) > LIMIT_SHEET_CELL_BYTES || !utf8_valid(span_str(t)) || strpbrk(t, "\r\n\t\033"))
				abort();
		}
	}
	arena_free(a);
	return 0;
}
