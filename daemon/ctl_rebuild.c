/* sitantectl rebuild: a fresh store from the kept raw mails, and how it differs from the one in use.  Nothing is sent. */
#include "ctl.h"
#include "dry.h"
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX = 16, TICKETS_MAX = 50000, ROW_BYTES = 64 * 1024 };

struct rebuild {
	struct ctl *c;
	struct store *fresh;
	struct dry dry; /* its clock is that of the mail that is handled again */
	struct relay_job *jobs[JOBS_MAX];
	size_t n_jobs;
	uint64_t n_mails, n_missing, n_all;
	struct progress progress;
};

static size_t room(void *context)
{
	return JOBS_MAX - ((struct rebuild *)context)->n_jobs;
}

static int submit(void *context, struct relay_job *job)
{
	struct rebuild *b = context;
	if (b->n_jobs == JOBS_MAX)
		return -ENOBUFS;
	b->jobs[b->n_jobs++] = job;
	return 0;
}

/* Every mail counts as taken by the server: that is what it was when it was sent. */
static bool settle_jobs(void *context)
{
	struct rebuild *b = context;
	struct relay_result taken = { .outcome = RELAY_ACCEPTED, .code = 250, .text = "rebuilt" };
	size_t n = b->n_jobs;
	struct relay_job *jobs[JOBS_MAX];
	memcpy(jobs, b->jobs, sizeof(jobs));
	b->n_jobs = 0;
	for (size_t i = 0; i < n; i++)
		office_relay_done(b->dry.office, jobs[i], &taken);
	return n > 0;
}

/* --- mails ------------------------------------------------------------------------------------ */

static int copy_raw(struct rebuild *b, const struct ledger_row *row, struct error *err)
{
	char piece[16 * 1024];
	ssize_t n;
	int from = store_raw_open(b->c->store, row->uidvalidity, row->uid, err);
	if (from < 0)
		return 1; /* not kept any more */
	int to = store_raw_create(b->fresh, err);
	int r = to < 0 ? to : 0;
	while (r == 0 && (n = read(from, piece, sizeof(piece))) > 0)
		if (write(to, piece, (size_t)n) != n)
			r = error_set(err, -EIO, "writing a raw mail: %s", strerror(errno));
	if (r == 0)
		r = store_raw_keep(b->fresh, row->uidvalidity, &row->uid, &to, 1, err);
	if (to >= 0)
		(void)close(to);
	(void)close(from);
	return r;
}

/* Into the ledger as it came in, or with its disposition where no bytes were ever there. */
static int take_in(struct rebuild *b, const struct ledger_row *old, struct error *err)
{
	struct ledger_row row = *old;
	int64_t id = 0;
	int r = row.has_raw ? copy_raw(b, old, err) : 0;
	if (r < 0)
		return r;
	b->n_missing += r > 0;
	row.has_raw = row.has_raw && r == 0;
	row.moved = true;
	if (row.has_raw) {
		row.state = LEDGER_STORED;
		row.has_disposition = false;
		row.reason = NULL;
		row.reader_deaths = 0;
	}
	r = store_begin(b->fresh, __func__, err);
	if (r == 0)
		r = store_ledger_add(b->fresh, &row, &id, err);
	if (r == 0)
		r = store_commit(b->fresh, err);
	store_end(b->fresh);
	return r;
}

static int one_mail(struct rebuild *b, int64_t *after, struct error *err)
{
	AUTO_ARENA a = arena_new(ROW_BYTES);
	struct ledger_row row;
	if (!a)
		return error_set(err, -ENOMEM, "no memory");
	int r = store_begin(b->c->store, __func__, err);
	if (r == 0)
		r = store_ledger_after(b->c->store, *after, a, &row, err);
	store_end(b->c->store);
	if (r != 0)
		return r;
	*after = row.id;
	progress_at(&b->progress, ++b->n_mails, b->n_all);
	b->dry.now = row.handled_at.ms ? row.handled_at : row.internaldate;
	r = take_in(b, &row, err);
	if (r < 0)
		return r;
	office_wake(b->dry.office);
	return dry_drain(&b->dry, err);
}

static int play(struct rebuild *b, struct error *err)
{
	int64_t after = 0;
	int r = store_begin(b->fresh, __func__, err);
	if (r == 0)
		r = store_begin(b->c->store, __func__, err);
	if (r == 0)
		r = store_capabilities_copy(b->fresh, b->c->store, err);
	if (r == 0)
		r = store_ledger_size(b->c->store, &b->n_all, err);
	store_end(b->c->store);
	if (r == 0)
		r = store_commit(b->fresh, err);
	store_end(b->fresh);
	if (r == 0)
		r = dry_open(&b->dry, b->fresh, &b->c->plan->office, err);
	while (r == 0)
		r = one_mail(b, &after, err);
	dry_close(&b->dry);
	return r == STORE_NOT_FOUND ? 0 : r;
}

/* --- the difference ----------------------------------------------------------------------------- */

struct side {
	struct ticket **tickets;
	size_t n;
};

static int side_load(struct ctl *c, struct store *s, struct side *out, struct error *err)
{
	struct ticket_filter f = { .limit = TICKETS_MAX, .oldest_first = true };
	int r = store_begin(s, __func__, err);
	if (r == 0)
		r = store_ticket_list(s, &f, c->arena, &out->tickets, &out->n, err);
	store_end(s);
	return r;
}

static const struct ticket *find(const struct side *s, const char *number)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->tickets[i]->number, number))
			return s->tickets[i];
	return NULL;
}

/* What differs, in words; NULL: nothing. */
static const char *differs(struct ctl *c, const struct ticket *old, const struct ticket *fresh)
{
	if (!fresh)
		return "is not in the fresh store";
	if (old->state != fresh->state)
		return arena_printf(c->arena, "is %s, rebuilt %s", ticket_state_word(old->state),
				    ticket_state_word(fresh->state));
	if (old->kind != fresh->kind)
		return arena_printf(c->arena, "is a %s, rebuilt a %s", request_kind_word(old->kind),
				    request_kind_word(fresh->kind));
	if (old->n_applicants != fresh->n_applicants)
		return arena_printf(c->arena, "has %zu applicants, rebuilt %zu", old->n_applicants, fresh->n_applicants);
	if (!str_eq(old->assigned_to, fresh->assigned_to))
		return "is assigned to somebody else";
	return str_eq(old->requester_address, fresh->requester_address) ? NULL : "has another requester";
}

static size_t compare(struct ctl *c, const struct side *old, const struct side *fresh, struct json *j, struct buf *b)
{
	size_t n = 0;
	for (size_t k = 0; k < 2; k++) {
		const struct side *from = k == 0 ? old : fresh;
		for (size_t i = 0; i < from->n; i++) {
			const struct ticket *t = from->tickets[i];
			const char *what = k == 0                 ? differs(c, t, find(fresh, t->number))
					   : find(old, t->number) ? NULL
								  : "is only in the fresh store";
			if (!what)
				continue;
			n++;
			if (!c->json) {
				buf_addf(b, "%s %s\n", t->number, what);
				continue;
			}
			json_object(j);
			json_kv_str(j, "number", t->number);
			json_kv_str(j, "what", what);
			json_object_end(j);
		}
	}
	return n;
}

static int report(struct rebuild *b, struct error *err)
{
	struct ctl *c = b->c;
	struct side old = { 0 }, fresh = { 0 };
	AUTO_BUF out = BUF_INIT(CTL_OUT_MAX);
	int r = side_load(c, c->store, &old, err);
	if (r == 0)
		r = side_load(c, b->fresh, &fresh, err);
	if (r != 0)
		return r;
	struct json j = json_open(&out, true);
	if (c->json) {
		json_object(&j);
		json_kv_int(&j, "mails", (int64_t)b->n_mails);
		json_kv_int(&j, "missing", (int64_t)b->n_missing);
		json_kv_int(&j, "tickets", (int64_t)fresh.n);
		json_key(&j, "differences");
		json_array(&j);
	}
	size_t n = compare(c, &old, &fresh, &j, &out);
	if (c->json) {
		json_array_end(&j);
		json_object_end(&j);
		buf_add_char(&out, '\n');
	} else {
		buf_addf(&out, "%" PRIu64 " mails, %" PRIu64 " of them not kept; %zu tickets rebuilt, %zu differ\n", b->n_mails,
			 b->n_missing, fresh.n, n);
	}
	r = ctl_print(&out);
	return n > 0 ? CTL_REFUSED : r;
}

int ctl_rebuild(struct ctl *c)
{
	struct rebuild b = { .c = c, .progress = progress_begin("rebuild", "mails") };
	b.dry = (struct dry){ .now = clock_wall(), .relay = { room, submit, &b }, .settle = settle_jobs, .context = &b };
	struct error err = { 0 };
	char path[4200];
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "rebuild wants one DIR for the fresh store");
	(void)snprintf(path, sizeof(path), "%s/sitante.db", c->argv[0]);
	if (access(path, F_OK) == 0)
		return ctl_fail(CTL_REFUSED, "there is a store in %s already", c->argv[0]);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	r = ctl_audited(c, &err, "rebuild");
	if (r == 0)
		r = store_open(c->argv[0], STORE_OFFICE, &b.fresh, &err);
	if (r == 0)
		r = play(&b, &err);
	progress_end(&b.progress);
	r = r == 0 ? report(&b, &err) : ctl_fail(CTL_REFUSED, "%s", err.text);
	store_close(b.fresh);
	return r < 0 ? ctl_fail(CTL_REFUSED, "%s", err.text) : r;
}
