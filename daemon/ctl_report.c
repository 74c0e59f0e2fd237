/* sitantectl register, report: the register and recap of a period, made by the document process; and the renewal
 * report of a ticket, as it was made and is kept. */
#include "ctl.h"
#include "progress.h"

#include "base/program.h"
#include "document/document.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUT_MAX = 256 * 1024 * 1024, WAIT_MS = 500 };

static int format_read(struct ctl *c, enum recap_format *out)
{
	const char *f = c->format ? c->format : c->json ? "json" : "xlsx";
	*out = strcmp(f, "csv") == 0 ? RECAP_CSV : strcmp(f, "json") == 0 ? RECAP_JSON : RECAP_XLSX;
	return *out != RECAP_XLSX || strcmp(f, "xlsx") == 0 ? 0 : ctl_fail(CTL_USAGE, "%s is none of xlsx, csv, json", f);
}

int ctl_deliver(struct ctl *c, const struct buf *b)
{
	if (!c->output)
		return ctl_print(b);
	int fd = open(c->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", c->output, strerror(errno));
	bool good = write(fd, b->p, b->n) == (ssize_t)b->n && fsync(fd) == 0;
	(void)close(fd);
	return good ? CTL_DONE : ctl_fail(CTL_REFUSED, "%s: %s", c->output, strerror(errno));
}

/* The document process says nothing before it ends: how long it works is all that can be told. */
static void tell(const struct program_child *child)
{
	struct progress p = progress_begin("report", "s");
	struct pollfd done = { .fd = child->done, .events = POLLIN };
	do {
		progress_at(&p, (uint64_t)(clock_monotonic_ms() - p.began_ms) / 1000, 0);
	} while (p.terminal && poll(&done, 1, WAIT_MS) == 0);
	progress_end(&p);
}

static int make(struct ctl *c, const struct period *p, enum recap_format format)
{
	struct program_child child;
	struct error err = { 0 };
	AUTO_BUF request = BUF_INIT(64 * 1024);
	AUTO_BUF out = BUF_INIT(OUT_MAX);
	struct instant now = clock_wall();
	struct recap_request q = { .format = format,
				   .full = c->full,
				   .agency = c->plan->settings->agency,
				   .title = p->title,
				   .from_s = p->from_s,
				   .to_s = p->to_s,
				   .now_s = now.ms / 1000 + zone_offset(calendar_zone(c->plan->rules.calendar), now) };
	recap_encode(&q, &request);
	if (program_start(DOCUMENT_PROGRAM, store_path(c->store), buf_span(&request), -1, &child, &err) < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	tell(&child);
	if (program_finish(&child, &out, &err) != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	return ctl_deliver(c, &out);
}

static int run(struct ctl *c, const struct period *p)
{
	enum recap_format format;
	struct error err = { 0 };
	int r = format_read(c, &format);
	if (r == 0 && format == RECAP_XLSX && !c->output && isatty(1))
		return ctl_fail(CTL_USAGE, "a workbook is no text for a terminal: give --output FILE");
	if (r == 0)
		r = ctl_store(c);
	if (r != 0)
		return r;
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = ctl_audit(c, &err, "report %s%s", p->id, c->full ? " --full: with whole NIK and NIP" : "");
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	return r == 0 ? make(c, p, format) : ctl_fail(CTL_REFUSED, "%s", err.text);
}

/* "2026-0001", where a month has two digits. */
static bool is_ticket_number(const char *s)
{
	size_t n = strspn(s, "0123456789");
	return n == 4 && s[n] == '-' && strlen(s + n + 1) >= 4 && strspn(s + n + 1, "0123456789") == strlen(s + n + 1);
}

struct kept {
	enum kept_kind kind;
	struct buf pdf;
};

static int kept_load(struct ctl *c, const struct ctl_ticket *t, void *context, struct error *err)
{
	struct kept *k = context;
	const struct report_row *row = k->kind == KEPT_RECEIPT ? &t->receipt : &t->report;
	return row->id ? store_report_bytes(c->store, row->id, &k->pdf, err) : STORE_NOT_FOUND;
}

/* The PDF of a ticket as it was made. */
static int kept_give(struct ctl *c, enum kept_kind kind, const char *number)
{
	struct ctl_ticket t = { 0 };
	struct kept k = { kind, BUF_INIT(OUT_MAX) };
	if (!c->output && isatty(1))
		return ctl_fail(CTL_USAGE, "a PDF is no text for a terminal: give --output FILE");
	int r = ctl_ticket_read(c, kept_kind_word(kind), number, kept_load, &k, &t);
	if (r == 0)
		r = ctl_deliver(c, &k.pdf);
	buf_done(&k.pdf);
	return r;
}

int ctl_receipt(struct ctl *c)
{
	if (c->argc != 1 || !is_ticket_number(ctl_number(c->argv[0])))
		return ctl_fail(CTL_USAGE, "receipt wants one ticket NUMBER, for example 2026-0001");
	return kept_give(c, KEPT_RECEIPT, ctl_number(c->argv[0]));
}

int ctl_report(struct ctl *c)
{
	struct period p;
	if (c->argc == 1 && is_ticket_number(ctl_number(c->argv[0])))
		return kept_give(c, KEPT_REPORT, ctl_number(c->argv[0]));
	AUTO_BUF words = BUF_INIT(200);
	for (int i = 0; i < c->argc; i++)
		buf_addf(&words, "%s%s", i ? " " : "", c->argv[i]);
	if (period_read(buf_cstr(&words), &p) != 0)
		return ctl_fail(CTL_USAGE, "report wants a period (2026-08, \"triwulan 2026-1\" or 2026) or a ticket NUMBER");
	return run(c, &p);
}

int ctl_register(struct ctl *c)
{
	struct period p;
	if (c->argc != 0 || !c->year || strlen(c->year) != 4 || period_read(c->year, &p) != 0)
		return ctl_fail(CTL_USAGE, "register wants --year YYYY");
	return run(c, &p);
}
