#include "casework/casework_private.h"

#include <errno.h>
#include <string.h>

bool ticket_is_open(const struct ticket *t)
{
	return t->state == TICKET_RECEIVED || t->state == TICKET_EXAMINING || t->state == TICKET_WAITING ||
	       t->state == TICKET_RENEWED;
}

int casework_staff(const struct casework_rules *rules, const char *address)
{
	for (size_t i = 0; address && i < rules->n_staff; i++)
		if (mail_address_eq(rules->staff[i].address, address))
			return (int)i;
	return -1;
}

int mask_digits(const char *s, struct arena *a, const char **out)
{
	char *copy = arena_strdup(a, s ? s : "");
	size_t n = 0, at = 0;
	if (!copy)
		return -ENOMEM;
	for (char *p = copy; *p; p++)
		n += ascii_is_digit((unsigned char)*p);
	bool phone = copy[0] == '+' || n < 14;
	for (char *p = copy; *p; p++) {
		if (!ascii_is_digit((unsigned char)*p))
			continue;
		if (at + 4 < n && !(phone && at < 4 && n >= 9))
			*p = '*';
		at++;
	}
	*out = copy;
	return 0;
}

/* Arrays of persons and parties have room for a power of two of them: adding five hundred one by
 * one must not copy them five hundred times. */
static size_t room(size_t n)
{
	size_t r = 4;
	while (r < n)
		r *= 2;
	return r;
}

static void *grow_one(struct work *w, void *old, size_t n, size_t size)
{
	if (old && room(n + 1) == room(n))
		return old;
	void *p = arena_grow(w->a, old, n, room(n + 1), size);
	if (!p)
		work_fail(w, -ENOMEM);
	return p;
}

static void *copy_array(struct arena *a, const void *p, size_t n, size_t size)
{
	void *to = arena_array(a, room(n), size);
	if (to && n > 0)
		memcpy(to, p, n * size);
	return to;
}

int ticket_copy(const struct ticket *from, struct arena *a, struct ticket *out)
{
	struct ticket t = *from;
	t.applicants = copy_array(a, from->applicants, from->n_applicants, sizeof(*t.applicants));
	t.parties = copy_array(a, from->parties, from->n_parties, sizeof(*t.parties));
	t.events = copy_array(a, from->events, from->n_events, sizeof(*t.events));
	if (!t.applicants || !t.parties || !t.events)
		return -ENOMEM;
	*out = t;
	return 0;
}

bool ticket_has_event(const struct ticket *t, enum event_what what)
{
	for (size_t i = 0; i < t->n_events; i++)
		if (t->events[i].what == what)
			return true;
	return false;
}

static bool is_listed(const struct ticket *t, const char *address)
{
	for (size_t i = 0; i < t->n_parties; i++)
		if (t->parties[i] && mail_address_eq(t->parties[i], address))
			return true;
	return false;
}

bool ticket_is_party(const struct ticket *t, const char *address)
{
	if (!address)
		return false;
	return (t->requester_address && mail_address_eq(t->requester_address, address)) || is_listed(t, address);
}

void ticket_add_party(struct work *w, struct ticket *t, const char *address)
{
	if (!mail_address_valid(address) || is_listed(t, address) || t->n_parties >= LIMIT_APPLICANTS + 1)
		return;
	const char **grown = grow_one(w, t->parties, t->n_parties, sizeof(*grown));
	if (!grown)
		return;
	grown[t->n_parties] = address;
	t->parties = grown;
	t->n_parties++;
}

struct applicant *ticket_add_applicant(struct work *w, struct ticket *t)
{
	struct applicant *grown;
	if (w->status < 0 || t->n_applicants >= LIMIT_APPLICANTS)
		return NULL;
	grown = grow_one(w, t->applicants, t->n_applicants, sizeof(*grown));
	if (!grown)
		return NULL;
	t->applicants = grown;
	return &grown[t->n_applicants++];
}

struct applicant *ticket_by_nik(struct ticket *t, const char *nik)
{
	for (size_t i = 0; nik && i < t->n_applicants; i++)
		if (str_eq(t->applicants[i].value[FIELD_NIK], nik))
			return &t->applicants[i];
	return NULL;
}

/* Notifications that were queued and of which nothing is known yet.  A bounce comes after the
 * server's yes, so it answers none. */
size_t ticket_pending_notifications(const struct ticket *t)
{
	size_t asked = 0, known = 0;
	for (size_t i = 0; i < t->n_events; i++) {
		const struct event *e = &t->events[i];
		bool bounce = e->what == EVENT_NOTIFY_FAILED && e->detail && str_starts(e->detail, "bounce");
		asked += e->what == EVENT_NOTIFYING;
		known += e->what == EVENT_NOTIFIED || (e->what == EVENT_NOTIFY_FAILED && !bounce);
	}
	return asked > known ? asked - known : 0;
}

/* One report a mail of staff, however many /terbit stand in it. */
size_t ticket_pending_reports(const struct ticket *t)
{
	size_t asked = 0, left = 0;
	const struct event *last = NULL;
	for (size_t i = 0; i < t->n_events; i++) {
		const struct event *e = &t->events[i];
		if (e->what == EVENT_REOPENED)
			asked = left = 0;
		left += e->what == EVENT_REPORTED || (e->what == EVENT_MAIL_FAILED && str_eq(e->detail, DROPPED_REPORT));
		if (e->what != EVENT_RENEWED)
			continue;
		asked += !last || last->ledger_id != e->ledger_id || last->at.ms != e->at.ms;
		last = e;
	}
	return asked > left ? asked - left : 0;
}

/* The newest word about the notification since the last renewal. */
static bool is_told(const struct ticket *t)
{
	for (size_t i = t->n_events; i-- > 0;) {
		enum event_what what = t->events[i].what;
		if (what == EVENT_NOTIFIED)
			return true;
		if (what == EVENT_NOTIFY_FAILED || what == EVENT_RENEWED || what == EVENT_REOPENED)
			break;
	}
	return false;
}

void ticket_close_if_done(struct work *w, struct instant at, const char *who)
{
	const struct ticket *t = &w->out->ticket;
	if (t->state == TICKET_RENEWED && ticket_all_renewed(t) && is_told(t) && ticket_pending_notifications(t) == 0 &&
	    ticket_pending_reports(t) == 0)
		(void)work_event(w, EVENT_CLOSED, at, who, NULL);
}
