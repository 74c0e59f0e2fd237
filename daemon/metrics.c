#include "metrics.h"

#include "status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { AT_MOST_EVERY_MS = 10 * 1000, UNCHANGED_EVERY_MS = 45 * 1000, BYTES_MAX = 256 * 1024 };

static const char *const step_words[4] = { "receive", "examine", "report", "notify" };

struct page {
	struct buf *b;
	struct buf label; /* the mailbox, escaped */
	const char *name;
};

static void label_escape(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '\\' || *s == '"')
			buf_add_char(b, '\\');
		if (*s == '\n')
			buf_add_str(b, "\\n");
		else
			buf_add_char(b, *s);
	}
}

/* What the next samples are of.  type: "gauge", "counter", "histogram". */
static void family(struct page *p, const char *name, const char *type, const char *help)
{
	p->name = name;
	buf_addf(p->b, "# HELP sitante_%s %s\n# TYPE sitante_%s %s\n", name, help, name, type);
}

static void begin(struct page *p, const char *suffix, const char *key, const char *word)
{
	buf_addf(p->b, "sitante_%s%s{mailbox=\"%s\"", p->name, suffix, buf_cstr(&p->label));
	if (key)
		buf_addf(p->b, ",%s=\"%s\"", key, word);
}

static void sample(struct page *p, const char *key, const char *word, uint64_t value)
{
	begin(p, "", key, word);
	buf_addf(p->b, "} %" PRIu64 "\n", value);
}

/* Seconds since 1970; nothing where there is no such time. */
static void moment(struct page *p, const char *key, const char *word, struct instant t)
{
	if (t.ms > 0)
		sample(p, key, word, (uint64_t)(t.ms / 1000));
}

static void put_daemon(struct page *p, const struct metrics_writer *w, const struct office_health *h, struct instant now)
{
	family(p, "info", "gauge", "Version of the running daemon.");
	sample(p, "version", SITANTE_VERSION, 1);
	family(p, "start_time_seconds", "gauge", "When the daemon started.");
	moment(p, NULL, NULL, w->started);
	family(p, "written_time_seconds", "gauge", "When this file was written.");
	moment(p, NULL, NULL, now);
	family(p, "mailbox_connected", "gauge", "1 where the mailbox is open.");
	sample(p, NULL, NULL, h->connected);
	family(p, "last_cycle_time_seconds", "gauge", "When the mailbox was last listed completely.");
	moment(p, NULL, NULL, h->last_list);
	family(p, "relay_down", "gauge", "1 where the SMTP server or the gateway of short messages takes nothing.");
	sample(p, NULL, NULL, h->relay_down);
	family(p, "store_fault", "gauge", "1 where the store cannot be written and intake stands.");
	sample(p, NULL, NULL, h->store_fault);
	family(p, "mails_unaccounted", "gauge", "Mails on the server without a disposition, when last compared.");
	sample(p, NULL, NULL, h->unaccounted);
	family(p, "mails_handled_total", "counter", "Mails decided since the start.");
	sample(p, NULL, NULL, h->handled);
	family(p, "mails_sent_total", "counter", "Messages that a server took since the start.");
	sample(p, NULL, NULL, h->sent);
	family(p, "mails_unsent_total", "counter", "Outgoing messages that failed for good or are uncertain, since the start.");
	sample(p, NULL, NULL, h->unsent);
	family(p, "mails_quarantined_total", "counter", "Mails that went into quarantine since the start.");
	sample(p, NULL, NULL, h->quarantined);
}

static void put_queues(struct page *p, const struct store_figures *f)
{
	const struct {
		const char *word;
		const struct queue_figures *q;
	} queues[] = { { "unread", &f->unread },
		       { "unmoved", &f->unmoved },
		       { "quarantine", &f->quarantined },
		       { "outbox", &f->outbox[OUTBOX_QUEUED] } };
	family(p, "queue_length", "gauge", "Mails that wait: to be read, to be moved on the server, in quarantine, to be sent.");
	for (size_t i = 0; i < sizeof(queues) / sizeof(*queues); i++)
		sample(p, "queue", queues[i].word, queues[i].q->n);
	family(p, "queue_oldest_time_seconds", "gauge", "Since when the oldest of them waits; no sample where none does.");
	for (size_t i = 0; i < sizeof(queues) / sizeof(*queues); i++)
		moment(p, "queue", queues[i].word, queues[i].q->oldest);
	family(p, "outbox", "gauge", "Outgoing messages that are not done, by state.");
	for (int i = 0; i <= OUTBOX_HELD; i++)
		if (i != OUTBOX_SENT)
			sample(p, "state", outbox_state_word((enum outbox_state)i), f->outbox[i].n);
}

static void put_tickets(struct page *p, const struct store_figures *f)
{
	family(p, "tickets", "gauge", "Tickets by state.");
	for (int i = 0; i < N_TICKET_STATES; i++)
		sample(p, "state", ticket_state_word((enum ticket_state)i), f->tickets[i]);
	family(p, "oldest_open_ticket_time_seconds", "gauge", "When the oldest open ticket was opened; no sample where none is.");
	moment(p, NULL, NULL, f->oldest_open);
	family(p, "tickets_overdue", "gauge", "Open tickets that are over the standard of a step now.");
	for (int i = 0; i < 4; i++)
		sample(p, "step", step_words[i], f->step[i].overdue);
}

static void put_steps(struct page *p, const struct store_figures *f)
{
	family(p, "step_seconds", "histogram", "Working time of finished steps.");
	for (int k = 0; k < 4; k++) {
		uint64_t n = 0;
		for (int i = 0; i < N_STEP_BUCKETS; i++) {
			n += f->step[k].bucket[i].n;
			begin(p, "_bucket", "step", step_words[k]);
			if (i < N_STEP_BUCKETS - 1)
				buf_addf(p->b, ",le=\"%" PRId64 "\"} %" PRIu64 "\n", f->step[k].bucket[i].up_to_s, n);
			else
				buf_addf(p->b, ",le=\"+Inf\"} %" PRIu64 "\n", n);
		}
		begin(p, "_sum", "step", step_words[k]);
		buf_addf(p->b, "} %" PRIu64 "\n", f->step[k].seconds);
		begin(p, "_count", "step", step_words[k]);
		buf_addf(p->b, "} %" PRIu64 "\n", n);
	}
	family(p, "steps_late_total", "counter", "Finished steps that took longer than the standard.");
	for (int k = 0; k < 4; k++)
		sample(p, "step", step_words[k], f->step[k].late);
}

/* What the store says is left out where it cannot be asked: store_fault tells of that. */
static void put(struct buf *b, const struct metrics_writer *w, const struct office_health *h, struct instant now)
{
	struct page p = { .b = b, .label = BUF_INIT(2000) };
	struct store_figures f;
	struct error err = { 0 };
	label_escape(&p.label, w->mailbox);
	put_daemon(&p, w, h, now);
	int r = store_begin(w->store, __func__, &err);
	if (r == 0)
		r = store_figures(w->store, now, &f, &err);
	store_end(w->store);
	if (r == 0) {
		put_queues(&p, &f);
		put_tickets(&p, &f);
		put_steps(&p, &f);
	}
	buf_done(&p.label);
}

int64_t metrics_write(struct metrics_writer *w, const struct office_health *h, struct instant now, bool changed)
{
	int64_t since = clock_monotonic_ms() - w->written_ms;
	if (!w->path)
		return -1;
	w->changed = w->changed || changed || !w->any;
	if (w->any && since < (w->changed ? AT_MOST_EVERY_MS : UNCHANGED_EVERY_MS))
		return w->changed ? AT_MOST_EVERY_MS - since : -1;
	AUTO_BUF b = BUF_INIT(BYTES_MAX);
	put(&b, w, h, now);
	if (buf_status(&b) == 0)
		status_put(w->path, 0644, buf_span(&b));
	w->any = true;
	w->changed = false;
	w->written_ms = clock_monotonic_ms();
	return -1;
}

void metrics_remove(const struct metrics_writer *w)
{
	if (w->path)
		(void)unlink(w->path);
}
