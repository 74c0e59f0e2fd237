/* sitantectl person: the rights of a person under UU 27/2022: to have what is held of them, to have it mended, to have it erased.
 */
#include "ctl.h"
#include "doorbell.h"
#include "office/person.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { NAPS = 50, NAP_US = 100 * 1000 };

#define USAGE "person NIK|NIP|ADDRESS export [FILE] | correct FIELD VALUE | erase [--yes] [--force]"

static int find(struct ctl *c, struct store_person *p, struct error *err)
{
	int r = office_person_find(c->store, &c->plan->rules, c->argv[0], c->arena, p, err);
	if (r == STORE_NOT_FOUND)
		return ctl_fail(CTL_REFUSED, "nothing is held of that person");
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err->text);
	if (p->n_persons > 1 && p->n_keys == 0)
		return ctl_fail(CTL_REFUSED, "that address stands at %zu persons: name the NIK or NIP", p->n_persons);
	return 0;
}

/* For the audit chain: which tickets, and no word of the person. */
static const char *numbers(struct ctl *c, const struct store_person *p)
{
	AUTO_BUF b = BUF_INIT(400);
	for (size_t i = 0; i < p->n_tickets && b.n < 100; i++)
		if (!p->tickets[i].mentions)
			buf_addf(&b, " %s", p->tickets[i].number);
	return arena_printf(c->arena, "%zu tickets:%s", p->n_tickets, buf_cstr(&b));
}

/* --- export ---------------------------------------------------------------------------------------- */

static void certificates_put(struct ctl *c, struct json *j, const struct store_person *p)
{
	json_key(j, "certificates");
	json_array(j);
	for (size_t i = 0; i < p->n_certificates; i++) {
		const struct certificate *x = &p->certificates[i];
		json_object(j);
		for (int f = 0; f < N_FIELDS; f++)
			if (x->value[f])
				json_kv_str(j, applicant_field_word((enum applicant_field)f), x->value[f]);
		json_kv_str(j, "serial", x->serial);
		json_kv_str(j, "until", ctl_time(c, x->not_after));
		json_kv_str(j, "ticket", x->ticket);
		json_object_end(j);
	}
	json_array_end(j);
}

static void list_put(struct json *j, const char *key, const char *const *list, size_t n)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++)
		json_str(j, list[i]);
	json_array_end(j);
}

static void applicants_put(struct json *j, const struct store_person *p, const struct ticket *t)
{
	json_key(j, "data");
	json_array(j);
	for (size_t i = 0; i < t->n_applicants; i++) {
		if (!store_person_is(p, &t->applicants[i]))
			continue;
		json_object(j);
		for (int f = 0; f < N_FIELDS; f++)
			if (t->applicants[i].value[f])
				json_kv_str(j, applicant_field_word((enum applicant_field)f), t->applicants[i].value[f]);
		json_object_end(j);
	}
	json_array_end(j);
}

static bool theirs(const struct store_person *p, const char *address)
{
	for (size_t i = 0; i < p->n_keys; i++)
		if (str_eq_nocase(p->keys[i], address))
			return true;
	return false;
}

/* Of a ticket of several persons only what was written to or by this one: the rest is others' data. */
static int ticket_put(struct ctl *c, struct json *j, const struct store_person *p, const struct person_ticket *t,
		      struct error *err)
{
	struct ticket k;
	struct message_row *m = NULL;
	size_t n = 0;
	int r = store_ticket_load(c->store, t->id, c->arena, &k, err);
	if (r == 0)
		r = store_message_list(c->store, t->id, c->arena, &m, &n, err);
	if (r != 0)
		return r;
	json_object(j);
	json_kv_str(j, "number", k.number);
	json_kv_str(j, "state", ticket_state_word(k.state));
	json_kv_str(j, "opened_at", ctl_time(c, k.opened_at));
	json_kv_bool(j, "shared", t->shared || t->mentions);
	json_kv_str(j, "requester_name", theirs(p, k.requester_address) ? k.requester_name : NULL);
	json_kv_str(j, "requester_address", theirs(p, k.requester_address) ? k.requester_address : NULL);
	applicants_put(j, p, &k);
	json_key(j, "messages");
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		if ((t->shared || t->mentions) && !theirs(p, m[i].from) && !theirs(p, m[i].to))
			continue;
		json_object(j);
		json_kv_str(j, "at", ctl_time(c, m[i].at));
		json_kv_str(j, "direction", m[i].direction);
		json_kv_str(j, "kind", m[i].kind);
		json_kv_str(j, "from", m[i].from);
		json_kv_str(j, "to", m[i].to);
		json_kv_str(j, "subject", m[i].subject);
		json_kv_str(j, "text", m[i].text);
		json_object_end(j);
	}
	json_array_end(j);
	json_key(j, "events");
	json_array(j);
	for (size_t i = 0; i < k.n_events; i++) {
		json_object(j);
		json_kv_str(j, "at", ctl_time(c, k.events[i].at));
		json_kv_str(j, "what", event_what_word(k.events[i].what));
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	return 0;
}

static int everything_put(struct ctl *c, const struct store_person *p, struct buf *b, struct error *err)
{
	struct json j = json_open(b, true);
	int r = 0;
	json_object(&j);
	json_kv_str(&j, "asked_for", c->argv[0]);
	json_kv_str(&j, "at", ctl_time(c, clock_wall()));
	list_put(&j, "numbers_and_addresses", p->keys, p->n_keys);
	list_put(&j, "names", p->names, p->n_names);
	json_kv_bool(&j, "no_reminders", p->silent);
	json_kv_int(&j, "mails_without_a_ticket", (int64_t)p->n_loose);
	certificates_put(c, &j, p);
	json_key(&j, "tickets");
	json_array(&j);
	for (size_t i = 0; r == 0 && i < p->n_tickets; i++)
		r = ticket_put(c, &j, p, &p->tickets[i], err);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(b, '\n');
	return r;
}

static int person_export(struct ctl *c)
{
	struct store_person p;
	struct error err = { 0 };
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	c->output = c->argc == 3 ? c->argv[2] : NULL;
	int r = store_begin(c->store, __func__, &err);
	int found = r == 0 ? find(c, &p, &err) : 0;
	if (r == 0 && found == 0)
		r = everything_put(c, &p, &b, &err);
	if (r == 0 && found == 0)
		r = ctl_audit(c, &err, "person export, %s", numbers(c, &p));
	if (r == 0 && found == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (found != 0)
		return found;
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	r = ctl_deliver(c, &b);
	for (size_t i = 0; r == 0 && i < p.n_tickets && c->output; i++)
		if (!p.tickets[i].mentions && !p.tickets[i].shared)
			(void)ctl_fail(CTL_DONE, "the mails as they came: sitantectl export %s FILE", p.tickets[i].number);
	return r;
}

/* --- correct ------------------------------------------------------------------------------------------ */

static int person_correct(struct ctl *c)
{
	struct command_block block;
	struct store_person p;
	struct error err = { 0 };
	AUTO_BUF words = BUF_INIT(4000);
	size_t n = 0;
	if (c->argc < 4)
		return ctl_fail(CTL_USAGE, "person NIK|ADDRESS correct name|nik|nip|position|agency|email|phone VALUE");
	buf_add_str(&words, ctl_translated(COMMAND_ISI, c->argv[2]));
	for (int i = 3; i < c->argc; i++)
		buf_addf(&words, " %s", c->argv[i]);
	if (buf_status(&words) != 0 || command_make(COMMAND_ISI, buf_cstr(&words), "", c->arena, &block) != 0)
		return ctl_fail(CTL_REFUSED, "no memory, or a value that is too long");
	const struct command *v = &block.commands[0];
	if (v->error || v->nik || !v->value || v->field == FIELD_VALID_UNTIL)
		return ctl_fail(CTL_REFUSED, "%s", v->error ? v->error : "that is no datum of a person");
	int r = store_begin(c->store, __func__, &err);
	int found = r == 0 ? find(c, &p, &err) : 0;
	if (r == 0 && found == 0)
		r = store_person_correct(c->store, &p, v->field, v->value, arena_printf(c->arena, "operator %s", ctl_operator(c)),
					 clock_wall(), c->arena, &n, &err);
	if (r == 0 && found == 0)
		r = ctl_audit(c, &err, "person correct %s, %s", applicant_field_word(v->field), numbers(c, &p));
	if (r == 0 && found == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (found != 0)
		return found;
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	doorbell_ring(c->plan->settings->store.directory);
	(void)ctl_fail(CTL_DONE, "%zu tickets and certificates changed", n);
	return ctl_done(c);
}

/* --- erase ---------------------------------------------------------------------------------------------- */

/* Why it may not be; nothing is changed then. */
static int barred(struct ctl *c, const struct store_person *p)
{
	int r = 0;
	for (size_t i = 0; i < p->n_tickets; i++) {
		const struct person_ticket *t = &p->tickets[i];
		if (t->hold)
			r = ctl_fail(CTL_REFUSED, "%s is held (%s): sitantectl unhold %s first", t->number, t->hold, t->number);
		else if (t->open)
			r = ctl_fail(CTL_REFUSED, "%s is open: end it first (renew, refuse or cancel)", t->number);
		else if (t->unsent)
			r = ctl_fail(CTL_REFUSED, "a mail about %s has not left yet: see sitantectl outbox", t->number);
		else if (t->shared && !t->mentions && !c->force)
			r = ctl_fail(CTL_REFUSED, "%s is about others too: with --force its mails and texts go, their data stay",
				     t->number);
	}
	return r;
}

static void shown(struct ctl *c, const struct store_person *p, bool done, struct buf *b)
{
	struct json j = json_open(b, true);
	if (c->json) {
		json_object(&j);
		json_kv_bool(&j, "done", done);
		json_key(&j, "tickets");
		json_array(&j);
		for (size_t i = 0; i < p->n_tickets; i++)
			json_str(&j, p->tickets[i].number);
		json_array_end(&j);
		json_kv_int(&j, "certificates", (int64_t)p->n_certificates);
		json_kv_int(&j, "mails_without_a_ticket", (int64_t)p->n_loose);
		json_object_end(&j);
		buf_add_char(b, '\n');
		return;
	}
	for (size_t i = 0; i < p->n_tickets; i++)
		buf_addf(b, "%s  %s\n", p->tickets[i].number,
			 p->tickets[i].mentions ? "texts that name the person"
			 : p->tickets[i].shared ? "its texts and mails; the others' data stay"
						: "all texts, mails, data and documents");
	buf_addf(b, "%zu certificates of the register, %" PRIu64 " mails without a ticket\n", p->n_certificates, p->n_loose);
	buf_add_str(b, done ? "erased.  Not here, and to be looked after by hand: the mail server's folders, and backups made "
			      "until now; a\n"
			      "restored one needs --erasures with the file \"erasures\" of the store\n"
			    : "nothing is erased yet: with --yes it is\n");
}

/* The files, then what deletion leaves behind in index and log. */
static int sweep(struct ctl *c, struct error *err)
{
	int r = 0;
	while (r == 0) {
		struct keep_file f;
		r = store_begin(c->store, __func__, err);
		if (r == 0)
			r = store_keep_next(c->store, c->arena, &f, err);
		store_end(c->store);
		if (r == 0)
			r = store_keep_file(c->store, &f, err);
		if (r == 0)
			r = store_begin(c->store, __func__, err);
		if (r == 0)
			r = store_keep_gone(c->store, &f, err);
		if (r == 0)
			r = store_commit(c->store, err);
		store_end(c->store);
	}
	bool more = true;
	r = r == STORE_NOT_FOUND ? 0 : r;
	for (bool begin = true; r == 0 && more; begin = false) {
		r = store_begin(c->store, __func__, err);
		if (r == 0)
			r = store_search_merge(c->store, begin, &more, err);
		if (r == 0)
			r = store_commit(c->store, err);
		store_end(c->store);
	}
	return r;
}

static int log_empty(struct ctl *c, struct error *err)
{
	bool done = false;
	int r = 0;
	for (int i = 0; r == 0 && !done && i < NAPS; i++) {
		r = store_log_empty(c->store, &done, err);
		if (!done)
			(void)usleep(NAP_US);
	}
	if (r == 0 && !done)
		(void)ctl_fail(CTL_DONE, "the log of the database is in use: stop the daemon and start it to empty it");
	return r;
}

static int person_erase(struct ctl *c)
{
	struct store_person p;
	struct error err = { 0 };
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	if (office_person_is_ours(&c->plan->rules, c->argv[0]))
		return ctl_fail(CTL_REFUSED,
				"that address is staff's, the head's or ours: take it out of the configuration first");
	int r = store_begin(c->store, __func__, &err);
	int found = r == 0 ? find(c, &p, &err) : 0;
	if (r == 0 && found == 0)
		found = barred(c, &p);
	if (r == 0 && found == 0 && c->yes) {
		r = store_person_erase(c->store, &p, clock_wall(), &err);
		if (r == 0)
			r = ctl_audit(c, &err, "person erase, %s", numbers(c, &p));
		if (r == 0)
			r = store_commit(c->store, &err);
	}
	store_end(c->store);
	if (found != 0)
		return found;
	if (r == 0 && c->yes)
		r = store_begin(c->store, __func__, &err);
	if (r == 0 && c->yes)
		r = store_erasures_write(c->store, &err);
	store_end(c->store);
	if (r == 0 && c->yes)
		r = sweep(c, &err);
	if (r == 0 && c->yes)
		store_older_drop(c->store);
	if (r == 0 && c->yes)
		r = log_empty(c, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	if (c->yes)
		doorbell_ring(c->plan->settings->store.directory);
	shown(c, &p, c->yes, &b);
	return ctl_print(&b);
}

int ctl_person(struct ctl *c)
{
	if (c->argc < 2)
		return ctl_fail(CTL_USAGE, "usage: %s", USAGE);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	if (str_eq(c->argv[1], "export") && c->argc <= 3)
		return person_export(c);
	if (str_eq(c->argv[1], "correct"))
		return person_correct(c);
	if (str_eq(c->argv[1], "erase") && c->argc == 2)
		return person_erase(c);
	return ctl_fail(CTL_USAGE, "usage: %s", USAGE);
}
