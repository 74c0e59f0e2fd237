/* One recap, in whatever form: rows go out as they come, figures at the end. */
#include "document/draw.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_CHUNK = 64 * 1024 };

struct recap_writer {
	const struct recap_request *q;
	struct recap figures;
	struct recap_book *book;
	struct buf text;
	int fd;
	size_t rows;
	bool failed;
};

const char *recap_masked(const struct recap_request *q, const char *digits, char out[40])
{
	size_t n = digits ? strlen(digits) : 0;
	if (n == 0 || n >= 40 || q->full)
		return digits;
	for (size_t i = 0; i <= n; i++)
		out[i] = i + 4 < n ? '*' : digits[i];
	return out;
}

static void flush(struct recap_writer *w, size_t above)
{
	size_t at = 0;
	if (w->text.n < above)
		return;
	while (at < w->text.n) {
		ssize_t n = write(w->fd, w->text.p + at, w->text.n - at);
		w->failed = w->failed || n <= 0;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	w->failed = w->failed || buf_status(&w->text) != 0;
	buf_reset(&w->text);
}

int recap_writer_open(const struct recap_request *q, const char *path, const char *folder, int fd, struct recap_writer **out,
		      struct error *err)
{
	struct recap_writer *w = calloc(1, sizeof(*w));
	if (!w)
		return error_set(err, 1, "no memory");
	*w = (struct recap_writer){ .q = q, .text = BUF_INIT(4 * 1024 * 1024), .fd = fd };
	recap_open(&w->figures, q);
	if (q->format == RECAP_XLSX)
		w->book = book_open(q, path, folder);
	else
		text_begin(q, &w->text);
	if (q->format == RECAP_XLSX && !w->book) {
		free(w);
		return error_set(err, 1, "the workbook cannot be begun");
	}
	*out = w;
	return 0;
}

void recap_writer_row(struct recap_writer *w, const struct tally *t)
{
	recap_add(&w->figures, t);
	if (!recap_in_register(w->q, t))
		return;
	if (w->book)
		book_row(w->book, t);
	else
		text_row(w->q, t, w->rows == 0, &w->text);
	w->rows++;
	flush(w, TEXT_CHUNK);
}

int recap_writer_close(struct recap_writer *w, struct error *err)
{
	if (w->book)
		w->failed = book_close(w->book, &w->figures) != 0 || w->failed;
	else
		text_end(w->q, &w->figures, &w->text);
	flush(w, 0);
	bool failed = w->failed || w->figures.failed;
	recap_close(&w->figures);
	buf_done(&w->text);
	free(w);
	return failed ? error_set(err, 1, "the recap cannot be written") : 0;
}
