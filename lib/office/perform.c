/* A decision becomes rows: ticket, events, conversation, outgoing mails, tokens.  All inside
 * the unit of work that the caller opened. */
#include "office/office_private.h"

#include "sms/sms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	CONTENT_MAX = 6 * 1024 * 1024,   /* our own bytes of one outgoing mail */
	LETTER_BYTES = 64 * 1024 * 1024, /* arena of one letter: dropped before the next is written */
	ID_RANDOM_BYTES = 20,            /* 160 bits: a Message-ID may be a capability */
	SUBJECT_SHOWN_MAX = 1000,
};

struct task {
	struct office *o;
	const struct ledger_row *row;
	const struct incoming *in;
	struct decision *d;
	struct arena *a;
	struct error *err;
};

static int no_memory(struct task *t)
{
	return error_set(t->err, -ENOMEM, "no memory");
}

static struct ticket *ticket_of(struct task *t)
{
	return t->d->has_ticket ? &t->d->ticket : NULL;
}

static int64_t ticket_id_of(struct task *t)
{
	if (t->d->has_ticket)
		return t->d->ticket.id;
	return t->in && t->in->ticket ? t->in->ticket->id : 0;
}

static int32_t offset_at(const struct office *o, struct instant at)
{
	return zone_offset(calendar_zone(o->plan.rules->calendar), at);
}

int perform_reckoning(struct office *o, const struct ticket *k, struct error *err)
{
	const struct casework_rules *rules = o->plan.rules;
	struct instant due = { 0 }, late[4];
	struct tally tally;
	casework_tally(rules, k, o->now, &tally);
	int r = store_tally_save(o->store, k->id, &tally, err);
	bool has = casework_next_due(rules, k, o->now, &due);
	if (r == 0)
		r = store_ticket_due_set(o->store, k->id, has, due, err);
	casework_late(rules, k, o->now, late);
	return r == 0 ? store_ticket_late_set(o->store, k->id, late, err) : r;
}

/* Does the register of certificates hear of what happens now? */
static bool changes_register(const struct ticket *k)
{
	for (size_t i = k->n_events; i-- > 0 && k->events[i].id == 0;) {
		enum event_what e = k->events[i].what;
		if (e == EVENT_RENEWED || e == EVENT_REOPENED || e == EVENT_DATUM_SET)
			return true;
	}
	return false;
}

static int save_ticket(struct task *t, struct ticket *k, int year)
{
	bool of_register = changes_register(k);
	int r = store_ticket_save(t->o->store, k, year, t->a, t->err);
	if (r == 0 && of_register)
		r = register_of_ticket(t->o->store, t->o->plan.rules, k, t->a, t->err);
	t->o->next_due_check.ms = 0; /* it may be the first of all */
	return r == 0 ? perform_reckoning(t->o, k, t->err) : r;
}

static int save_tickets(struct task *t)
{
	int r = 0;
	if (t->d->has_ticket) {
		struct ticket *k = &t->d->ticket;
		int year = instant_civil(k->opened_at, offset_at(t->o, k->opened_at)).year;
		r = save_ticket(t, k, year);
	}
	if (r == 0 && t->d->has_other)
		r = save_ticket(t, &t->d->other, 0);
	return r;
}

static int save_guesses(struct task *t, const struct incoming *in)
{
	char iso[INSTANT_ISO_SIZE];
	int r = store_ledger_guesses(t->o->store, t->row->id, in->wrong_tokens, t->err);
	if (r != 0 || !t->d->guess_alarm)
		return r;
	instant_format_iso(t->o->now, 0, iso);
	office_note(t->o, OFFICE_ERROR, "tokens-guessed", t->row->id, NULL,
		    "%u or more guessed keys within an hour; the mail server's log tells where they come from",
		    in->wrong_tokens_hour + in->wrong_tokens);
	return store_fact_set(t->o->store, FACT_GUESS_ALARM, iso, t->err);
}

/* An earlier mail is read and decided anew, with a durable mark of why. */
static int handle_again(struct task *t, const char *word, int64_t ledger_id)
{
	char key[40];
	(void)snprintf(key, sizeof(key), "%s:%lld", word, (long long)ledger_id);
	int r = store_fact_set(t->o->store, key, "yes", t->err);
	if (r == 0)
		r = store_ledger_reset(t->o->store, ledger_id, t->err);
	return r > 0 ? 0 : r; /* > 0: its text is kept no more, nothing to do */
}

static int save_marks(struct task *t)
{
	struct store *s = t->o->store;
	struct decision *d = t->d;
	int r = 0;
	for (size_t i = 0; r == 0 && i < d->n_revoked; i++)
		r = store_token_revoke(s, &d->revoked[i], t->err);
	if (r == 0 && t->in && t->in->wrong_tokens > 0)
		r = save_guesses(t, t->in);
	if (r == 0 && d->mark_address_dead && d->dead_address)
		r = store_address_mark(s, d->dead_address, true, t->o->now, t->err);
	if (r == 0 && d->asked_address)
		r = store_asked_set(s, d->asked_address, t->o->now, t->err);
	if (r == 0 && d->alive_address)
		r = store_address_mark(s, d->alive_address, false, t->o->now, t->err);
	if (r == 0 && d->use_confirmation && t->in)
		r = store_confirmation_use(s, t->in->confirmation.id, t->err);
	if (r == 0 && d->soft_address)
		r = store_soft_bounce_add(s, d->soft_address, t->o->now, t->err);
	if (r == 0 && d->carry_out_ledger_id != 0)
		r = handle_again(t, "confirmed", d->carry_out_ledger_id);
	if (r == 0 && d->release_ledger_id != 0)
		r = handle_again(t, STORE_FACT_RELEASED, d->release_ledger_id);
	for (size_t i = 0; r == 0 && i < d->n_loose; i++)
		r = store_event_add(s, &d->loose[i], t->err);
	return r;
}

static int save_register(struct task *t)
{
	struct store *s = t->o->store;
	const struct decision *d = t->d;
	const char *owner = t->in && t->in->reading->message.n_from == 1 ? t->in->reading->message.from[0].spec : NULL;
	int r = register_save(s, d->certificates, d->n_certificates, t->a, t->err);
	for (size_t i = 0; r == 0 && i < d->n_reminded; i++) {
		const struct reminded *m = &d->reminded[i];
		r = store_certificate_due_set(s, m->id, m->reminded, m->has_next, m->next, m->to, t->err);
	}
	if (r == 0 && d->keep_import && owner) {
		AUTO_BUF roster = BUF_INIT(LIMIT_READING_BYTES);
		roster_encode(&t->in->reading->roster, &roster);
		r = buf_status(&roster) < 0
			    ? no_memory(t)
			    : store_import_keep(s, owner, t->in->reading->roster.name, buf_span(&roster), t->o->now, t->err);
	}
	if (r == 0 && d->drop_import && owner)
		r = store_import_drop(s, owner, t->err);
	if (r == 0 && d->silent_address)
		r = store_silent_set(s, d->silent_address, true, t->o->now, t->err);
	if (r == 0 && d->vocal_address)
		r = store_silent_set(s, d->vocal_address, false, t->o->now, t->err);
	if (d->n_certificates > 0 || d->vocal_address)
		t->o->next_due_check.ms = 0;
	return r;
}

static int save_incoming(struct task *t)
{
	int64_t ticket = ticket_id_of(t);
	if (!t->in || ticket == 0 || t->in->confirmed)
		return 0;
	const struct message *m = &t->in->reading->message;
	bool sms = t->in->sms.is_sms && t->in->sms.number;
	struct message_row row = { .ticket_id = ticket,
				   .ledger_id = t->row->id,
				   .direction = sms ? "sms" : "in",
				   .kind = t->d->message_kind ? t->d->message_kind : "mail",
				   .from = t->row->entered_by ? t->row->entered_by
					   : sms              ? t->in->sms.number
					   : m->n_from > 0    ? m->from[0].spec
							      : "",
				   .to = t->o->plan.rules->mailbox_address,
				   .subject = m->subject,
				   .message_id = m->message_id,
				   .at = t->in->received,
				   .state = "filed",
				   .text = sms ? t->in->sms.text : m->text };
	return store_message_add(t->o->store, &row, t->err);
}

static int save_evidence(struct task *t)
{
	int64_t ticket = ticket_id_of(t);
	int r = 0;
	for (size_t i = 0; t->in && ticket != 0 && !t->in->confirmed && r == 0 && i < t->in->n_evidence; i++)
		r = store_evidence_add(t->o->store, ticket, t->row->id, t->in->received, &t->in->evidence[i], t->err);
	if (r == 0 && t->in && ticket != 0 && !t->in->confirmed)
		r = register_seen(t->o->store, t->in->evidence, t->in->n_evidence, ticket, t->a, t->err);
	return r;
}

static int save_note(struct task *t)
{
	int64_t ticket = ticket_id_of(t);
	const char *from = t->d->author;
	int r = 0;
	if (ticket != 0 && t->d->note) {
		struct message_row row = { .ticket_id = ticket,
					   .ledger_id = t->row ? t->row->id : 0,
					   .direction = "note",
					   .kind = "note",
					   .from = from,
					   .at = t->o->now,
					   .state = "filed",
					   .text = t->d->note };
		r = store_message_add(t->o->store, &row, t->err);
	}
	if (r == 0 && ticket != 0 && t->d->sms_text) {
		struct message_row row = { .ticket_id = ticket,
					   .ledger_id = t->row ? t->row->id : 0,
					   .direction = "sms",
					   .kind = "sms",
					   .from = from,
					   .to = t->d->sms_to,
					   .at = t->o->now,
					   .state = "filed",
					   .text = t->d->sms_text };
		r = store_message_add(t->o->store, &row, t->err);
	}
	return r;
}

static const char *new_message_id(struct task *t)
{
	unsigned char random[ID_RANDOM_BYTES];
	AUTO_BUF id = BUF_INIT(400);
	if (random_bytes(random, sizeof(random)) < 0)
		return NULL;
	base32_add(&id, span_of(random, sizeof(random)));
	buf_addf(&id, "@%s", t->o->plan.id_domain);
	return buf_status(&id) == 0 ? arena_strdup(t->a, buf_cstr(&id)) : NULL;
}

static int collect_attachments(struct task *t, const struct letter *l, struct compose_attachment **out, size_t *out_n)
{
	size_t n = 0;
	*out_n = 0;
	*out = NULL;
	if (l->file_name) {
		*out = arena_array(t->a, 1, sizeof(**out));
		if (!*out)
			return no_memory(t);
		**out = (struct compose_attachment){
			.name = l->file_name, .type = l->file_type, .memory = true, .bytes = l->file
		};
		*out_n = 1;
		return 0;
	}
	if (!t->row || !t->row->has_raw || (!l->attach_files && !l->attach_original))
		return 0;
	size_t n_files = l->attach_files && t->in ? t->in->reading->message.n_attachments : 0;
	struct compose_attachment *list = arena_array(t->a, n_files + 1, sizeof(*list));
	if (!list)
		return no_memory(t);
	for (size_t i = 0; i < n_files; i++) {
		const struct mail_attachment *f = &t->in->reading->message.attachments[i];
		if (f->dangerous || f->encoding == MAIL_ENCODING_OTHER)
			continue; /* named to staff; only inside the original */
		list[n++] = (struct compose_attachment){ .name = f->name,
							 .type = f->type,
							 .raw_id = (uint64_t)t->row->id,
							 .raw_offset = f->raw_offset,
							 .raw_length = f->raw_length,
							 .encoding = f->encoding };
	}
	if (l->attach_original)
		list[n++] = (struct compose_attachment){ .name = "asli.eml",
							 .type = "application/octet-stream",
							 .raw_id = (uint64_t)t->row->id,
							 .raw_offset = 0,
							 .raw_length = t->row->size,
							 .encoding = MAIL_ENCODING_IDENTITY,
							 .whole_message = true };
	*out = list;
	*out_n = n;
	return 0;
}

/* Answers of a machine to a mail have no return path (RFC 3834 3.3).  What must be known to have
 * arrived (notices of mail, assistance, notification, refusal, report) comes back to the mailbox when it bounces. */
static const char *envelope_from(const struct office *o, const struct letter *l)
{
	switch (l->kind) {
	case LETTER_ASSISTANCE:
	case LETTER_NOTIFICATION:
	case LETTER_REFUSAL:
	case LETTER_REMINDER:
	case LETTER_EXPIRY:
	case LETTER_RECAP:
	case LETTER_DESTRUCTION:
	case LETTER_REPORT:
	case LETTER_NOTICE_REQUEST: /* another staff member is told */
	case LETTER_NOTICE_ANSWER:
		return o->plan.rules->mailbox_address;
	case LETTER_ACKNOWLEDGEMENT:
	case LETTER_ANSWER_RECEIVED:
	case LETTER_NOTICE_OTHER:
	case LETTER_RECEIPT:
	case LETTER_CONFIRMATION:
	case LETTER_WARNING:
	case LETTER_SMS:
	case LETTER_SMS_RECEIVED:
	case LETTER_SMS_RENEWED:
	case LETTER_SMS_NOTICE:
	case N_LETTERS:
		break;
	}
	return "";
}

static enum compose_auto auto_word(const struct letter *l)
{
	if (l->kind == LETTER_ASSISTANCE)
		return COMPOSE_HUMAN;
	return l->automatic_reply ? COMPOSE_AUTO_REPLIED : COMPOSE_AUTO_GENERATED;
}

static int compose_letter(struct task *t, const struct letter *l, const char *id, const struct letter_text *text,
			  struct buf *content, struct outbox_row *row)
{
	unsigned char seed[16];
	struct compose_attachment *files;
	size_t n_files;
	int r = collect_attachments(t, l, &files, &n_files);
	if (r == 0)
		r = random_bytes(seed, sizeof(seed));
	if (r < 0)
		return error_set(t->err, r, "composing a mail");
	const struct casework_rules *rules = t->o->plan.rules;
	struct compose_mail mail = { .from_name = rules->mailbox_name,
				     .from_address = rules->mailbox_address,
				     .to_name = l->to.name,
				     .to_address = l->to.address,
				     .subject = text->subject,
				     .message_id = id,
				     .in_reply_to = l->in_reply_to,
				     .references = l->references,
				     .n_references = l->n_references,
				     .date = t->o->now,
				     .offset_s = offset_at(t->o, t->o->now),
				     .automatic = auto_word(l),
				     .text = text->text,
				     .html = text->html,
				     .attachments = files,
				     .n_attachments = n_files };
	r = compose_write(&mail, seed, content, &row->segments, &row->n_segments, t->a, t->err);
	row->content = buf_span(content);
	return r;
}

/* A short message is its text and nothing else. */
static int short_message(const struct letter_text *text, struct buf *content, struct outbox_row *row, struct arena *a)
{
	struct span s = span_trim(span_str(text->text));
	buf_add_span(content, s);
	row->segments = arena_array(a, 1, sizeof(*row->segments));
	if (!row->segments || buf_status(content) < 0)
		return -ENOMEM;
	row->segments[0] = (struct segment){ .kind = SEGMENT_BYTES, .length = s.n };
	row->n_segments = 1;
	row->content = buf_span(content);
	return 0;
}

static bool recipient_usable(const struct letter *l)
{
	return letter_kind_is_sms(l->kind) ? sms_number_is_mobile(l->to.address) : mail_address_valid(l->to.address);
}

static const char *shown_id(struct task *t, const struct letter *l, const char *id, const struct digest *hash)
{
	char hex[DIGEST_HEX_SIZE];
	if (!l->make_token && !l->make_confirmation)
		return id;
	digest_hex(hash, hex);
	return arena_printf(t->a, "sha256:%s", hex);
}

static int make_capability(struct task *t, const struct letter *l, const struct digest *hash)
{
	const struct casework_rules *rules = t->o->plan.rules;
	int r = 0;
	if (l->make_token)
		r = store_token_add(t->o->store, hash, l->to.address, ticket_id_of(t), instant_add(t->o->now, rules->token_life),
				    t->err);
	if (r == 0 && l->make_confirmation && t->row)
		r = store_confirmation_add(t->o->store, hash, l->to.address, t->row->id,
					   instant_add(t->o->now, rules->confirmation_life), t->err);
	return r;
}

static int queue_letter_with(struct task *t, const struct letter *l)
{
	struct letter_text text = { 0 };
	AUTO_BUF content = BUF_INIT(CONTENT_MAX);
	bool dead = false;
	if (!recipient_usable(l)) {
		office_note(t->o, OFFICE_ERROR, "bad-recipient", t->row ? t->row->id : 0, NULL,
			    "a %s has no usable recipient: not queued", letter_kind_word(l->kind));
		return 0;
	}
	int r = store_address_dead(t->o->store, l->to.address, &dead, t->err);
	if (r < 0)
		return r;
	if (dead) {
		office_note(t->o, OFFICE_WARNING, "dead-recipient", t->row ? t->row->id : 0, NULL,
			    "a %s was not queued: mail to its recipient bounced before", letter_kind_word(l->kind));
		return 0;
	}
	const char *id = new_message_id(t);
	if (!id)
		return no_memory(t);
	struct digest hash = digest_sha256(span_str(id));
	const struct ticket *ticket = ticket_of(t) ? ticket_of(t) : t->in ? t->in->ticket : NULL;
	r = letter_write(t->o->plan.letters, t->o->plan.rules, l, ticket, t->in, t->o->now, t->a, &text, t->err);
	struct outbox_row row = { .ticket_id = ticket_id_of(t),
				  .kind = l->kind,
				  .to_name = l->to.name,
				  .to_address = l->to.address,
				  .envelope_from = envelope_from(t->o, l),
				  .message_id = id,
				  .subject = text.subject,
				  .state = l->held ? OUTBOX_HELD : OUTBOX_QUEUED,
				  .queued_at = t->o->now,
				  .next_at = t->o->now,
				  .counts = l->counts,
				  .is_token = l->make_token || l->make_confirmation };
	if (r == 0)
		r = letter_kind_is_sms(l->kind) ? short_message(&text, &content, &row, t->a)
						: compose_letter(t, l, id, &text, &content, &row);
	if (r == 0)
		r = store_outbox_add(t->o->store, &row, t->err);
	if (r == 0)
		r = make_capability(t, l, &hash);
	for (size_t i = 0; r == 0 && l->kind == LETTER_EXPIRY && i < t->d->n_reminded; i++)
		if (t->d->reminded[i].said)
			r = store_reminder_add(t->o->store, row.id, t->d->reminded[i].id, t->err);
	if (r < 0)
		return r;
	if (l->held && letter_kind_is_sms(l->kind))
		office_note(t->o, OFFICE_WARNING, "sms-held", t->row ? t->row->id : 0, NULL,
			    "over the cap of short messages to one number (sms.number_day): message %lld is held; see sitantectl "
			    "outbox",
			    (long long)row.id);
	else if (l->held)
		office_note(t->o, OFFICE_WARNING, "acknowledgement-held", t->row ? t->row->id : 0, NULL,
			    "over a cap of automatic mails (caps): outgoing mail %lld is held; see sitantectl outbox",
			    (long long)row.id);
	if (row.ticket_id == 0)
		return 0;
	struct message_row said = { .ticket_id = row.ticket_id,
				    .outbox_id = row.id,
				    .direction = letter_kind_is_sms(l->kind) ? "sms" : "out",
				    .kind = letter_message_kind(l->kind),
				    .from = t->o->plan.rules->mailbox_address,
				    .to = l->to.address,
				    .subject = text.subject,
				    .message_id = shown_id(t, l, id, &hash),
				    .at = t->o->now,
				    .state = outbox_state_word(row.state),
				    .text = text.text };
	return store_message_add(t->o->store, &said, t->err);
}

/* A document of a decision, numbered and noted here, made later. */
static int document_add(struct task *t, enum kept_kind kind, const char *officer, const char *period, int64_t *id)
{
	struct report_row row = { .kind = kind, .made_at = t->o->now, .period = period, .officer = officer };
	struct civil_time now = instant_civil(t->o->now, offset_at(t->o, t->o->now));
	uint32_t n = 0;
	int r = 0;
	if (*id != 0)
		return 0;
	if (kind != KEPT_RECAP)
		row.ticket_id = ticket_id_of(t);
	if (kind == KEPT_REPORT) {
		r = store_report_number(t->o->store, now.year, &n, t->err);
		row.number = report_number_text(t->o->plan.report.number, n, (struct civil_date){ now.year, now.month, now.day },
						t->a);
	}
	if (r == 0)
		r = store_report_add(t->o->store, &row, t->err);
	*id = row.id;
	t->o->maybe_document = true;
	return r;
}

/* Letters that wait for their document: one document of a kind for all of a decision's. */
static int queue_document(struct task *t, const struct letter *l, int64_t ids[N_KEPT])
{
	enum kept_kind kind = l->kind == LETTER_REPORT ? KEPT_REPORT : l->kind == LETTER_RECEIPT ? KEPT_RECEIPT : KEPT_RECAP;
	const char *officer = t->d->receipt_by;
	for (size_t i = 0; kind == KEPT_REPORT && i < l->n_values; i++)
		if (str_eq(l->values[i].key, "officer"))
			officer = l->values[i].value;
	int r = document_add(t, kind, officer, l->period, &ids[kind]);
	return r == 0 ? store_report_letter_add(t->o->store, ids[kind], l, t->err) : r;
}

/* Each letter in an arena of its own: ten staff members with a megabyte of text each are no ten megabytes. */
static int queue_letter(struct task *t, const struct letter *l)
{
	AUTO_ARENA own = arena_new(LETTER_BYTES);
	struct task with = *t;
	if (!own)
		return no_memory(t);
	with.a = own;
	return queue_letter_with(&with, l);
}

int perform_decision(struct office *o, const struct ledger_row *row, const struct incoming *in, struct decision *d,
		     struct arena *a, struct error *err)
{
	struct task t = { .o = o, .row = row, .in = in, .d = d, .a = a, .err = err };
	int r = save_tickets(&t);
	if (r == 0)
		r = save_marks(&t);
	if (r == 0)
		r = save_register(&t);
	if (r == 0 && d->use_token && in)
		r = store_token_use(o->store, &in->token.hash, &in->content, err);
	if (r == 0)
		r = save_incoming(&t);
	if (r == 0)
		r = save_evidence(&t);
	if (r == 0)
		r = save_note(&t);
	int64_t documents[N_KEPT] = { 0 };
	for (size_t i = 0; r == 0 && i < d->n_letters; i++)
		r = d->letters[i].wants_document ? queue_document(&t, &d->letters[i], documents)
						 : queue_letter(&t, &d->letters[i]);
	if (r == 0 && d->receipt_by) /* kept, where no letter waits for it, too */
		r = document_add(&t, KEPT_RECEIPT, d->receipt_by, NULL, &documents[KEPT_RECEIPT]);
	return r;
}
