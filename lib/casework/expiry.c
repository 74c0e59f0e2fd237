/* Certificates that end: when their holders are reminded, and of what.  What was said is kept with the certificate in the same
 * commit that queues the letter, so nobody is told twice, whatever stops between. */
#include "casework/casework_private.h"

#include <errno.h>
#include <string.h>

enum {
	AFTER_DAYS = 30,  /* the word after the end goes within so many days, or not at all */
	CLOSED_DAYS = 31, /* no office is closed for longer */
	MINUTES_AN_HOUR = 60,
};

const struct person *casework_expiry_admin(const struct casework_rules *rules, const struct certificate *c)
{
	const char *agency = c->value[FIELD_AGENCY];
	for (size_t i = 0; agency && i < rules->expiry.n_admins; i++)
		if (str_eq_nocase(rules->expiry.admins[i].agency, agency))
			return &rules->expiry.admins[i].to;
	return NULL;
}

const char *casework_expiry_to(const struct casework_rules *rules, const struct certificate *c)
{
	const struct person *admin = casework_expiry_admin(rules, c);
	const char *own = c->value[FIELD_EMAIL];
	return admin ? admin->address : own && mail_address_valid(own) ? own : NULL;
}

static int64_t open_day(const struct calendar *c, int64_t day, int step)
{
	for (int i = 0; i < CLOSED_DAYS && !calendar_date_is_open(c, civil_from_days(day)); i++)
		day += step;
	return day;
}

/* The working day of a reminder: its own day or the next one; where that would be too late, the one before. */
static int64_t day_of(const struct calendar *c, int64_t end, int days)
{
	int64_t day = open_day(c, end - days, 1);
	return days > 0 && day >= end ? open_day(c, end - days, -1) : day;
}

static struct instant opening(const struct calendar *c, int64_t day)
{
	struct civil_date d = civil_from_days(day);
	struct instant midnight = zone_instant(calendar_zone(c), (struct civil_time){ d.year, d.month, d.day, 0, 0, 0 });
	return calendar_due(c, midnight, (struct duration){ 0 });
}

/* After a long stop only the newest of several reminders that were due is said. */
bool casework_expiry_next(const struct casework_rules *rules, const struct certificate *x, struct instant now, struct instant *at,
			  int *days)
{
	const struct calendar *c = rules->calendar;
	const struct expiry_rules *e = &rules->expiry;
	int64_t today = civil_days(phrase_local_date(now, c)), end = civil_days(phrase_local_date(x->not_after, c)), day = 0;
	bool found = false;
	if (e->per_hour == 0 || x->successor || x->source == CERTIFICATE_SEEN || /* whose it is, nobody said */
	    !casework_expiry_to(rules, x))
		return false;
	for (size_t i = 0; i < e->n_days && today <= end; i++) { /* falling: a later one that is due replaces an earlier one */
		int64_t one = day_of(c, end, e->days[i]);
		if (e->days[i] >= x->reminded || (found && one > today))
			continue;
		day = one;
		*days = e->days[i];
		found = true;
	}
	int64_t after = open_day(c, end + 1, 1);
	if (!found && e->after && x->reminded > REMINDED_AFTER && today <= end + AFTER_DAYS) {
		day = after;
		*days = REMINDED_AFTER;
		found = true;
	}
	if (found)
		*at = day > today ? opening(c, day) : calendar_due(c, now, (struct duration){ 0 });
	return found && at->ms != INT64_MAX;
}

uint32_t casework_expiry_room(const struct casework_rules *rules, uint32_t last_hour, uint32_t last_minute)
{
	uint32_t hour = rules->expiry.per_hour, minute = (hour + MINUTES_AN_HOUR - 1) / MINUTES_AN_HOUR;
	uint32_t of_hour = hour > last_hour ? hour - last_hour : 0, of_minute = minute > last_minute ? minute - last_minute : 0;
	return of_hour < of_minute ? of_hour : of_minute;
}

/* --- the letter --------------------------------------------------------------------------- */

static const char *when(struct work *w, int64_t left)
{
	if (left <= 0)
		return "hari ini";
	return left == 1 ? "besok" : say(w, "%lld hari lagi", (long long)left);
}

static const char *until(struct work *w, const struct certificate *c)
{
	const char *d = phrase_date(phrase_local_date(c->not_after, w->rules->calendar), w->a);
	return d ? d : "?";
}

static const char *holder(const struct certificate *c)
{
	return c->value[FIELD_NAME] ? c->value[FIELD_NAME] : "tanpa nama";
}

static void single(struct work *w, struct letter *l, const struct certificate *c)
{
	int64_t left = certificate_days_left(w->rules->calendar, c, w->now);
	letter_say(w, l, "holder", holder(c));
	letter_say(w, l, "holder_agency", c->value[FIELD_AGENCY]);
	letter_say(w, l, "until", until(w, c));
	if (left < 0)
		letter_say(w, l, "ended", "ya");
	else
		letter_say(w, l, "when", when(w, left));
	letter_say(w, l, "headline",
		   left < 0 ? "Masa berlaku sertifikat elektronik Bapak/Ibu sudah berakhir"
			    : say(w, "Sertifikat elektronik Bapak/Ibu berakhir %s", when(w, left)));
}

static void listed(struct work *w, struct letter *l, const struct certificate *const *list, size_t n, const struct person *admin)
{
	AUTO_BUF b = BUF_INIT(CASEWORK_LIST_BYTES);
	for (size_t i = 0; i < n; i++) {
		int64_t left = certificate_days_left(w->rules->calendar, list[i], w->now);
		buf_addf(&b, "- %s%s%s: %s %s\n", holder(list[i]), list[i]->value[FIELD_POSITION] ? ", " : "",
			 list[i]->value[FIELD_POSITION] ? list[i]->value[FIELD_POSITION] : "",
			 left < 0 ? "sudah berakhir" : "berlaku sampai", until(w, list[i]));
	}
	letter_say(w, l, "holders", say_buf(w, &b));
	letter_say(w, l, "for_agency", admin ? list[0]->value[FIELD_AGENCY] : "berikut");
	letter_say(w, l, "headline", say(w, "%zu sertifikat elektronik perlu diperbaharui", n));
}

static void write_to(struct work *w, const struct expiry_facts *f, const struct certificate *const *list, size_t n)
{
	const struct person *admin = casework_expiry_admin(w->rules, list[0]);
	struct letter *l = letter_add(w, LETTER_EXPIRY, admin ? *admin : (struct person){ NULL, f->to });
	if (!l)
		return;
	if (n == 1 && !admin)
		single(w, l, list[0]);
	else
		listed(w, l, list, n, admin);
}

/* What becomes of one certificate; true: the letter is to be about it. */
static bool look_at(struct work *w, const struct expiry_facts *f, size_t i, struct reminded *out)
{
	const struct certificate *c = &f->certificates[i];
	struct certificate with = *c;
	int days = REMINDED_NEVER;
	*out = (struct reminded){ .id = c->id, .reminded = c->reminded, .to = casework_expiry_to(w->rules, c) };
	out->has_next = casework_expiry_next(w->rules, c, w->now, &out->next, &days);
	if (!f->to || !out->has_next || out->next.ms > w->now.ms || !mail_address_eq(out->to, f->to))
		return false;
	if (f->running[i] || f->dead || f->silent) { /* tomorrow things may stand differently */
		out->next = calendar_day_after(w->rules->calendar, w->now, 1);
		return false;
	}
	with.reminded = out->reminded = days;
	out->has_next = casework_expiry_next(w->rules, &with, w->now, &out->next, &days);
	out->said = true;
	return true;
}

int casework_expiry(const struct casework_rules *rules, const struct expiry_facts *f, struct instant now, struct arena *a,
		    struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	struct reminded *marks = arena_array(a, f->n ? f->n : 1, sizeof(*marks));
	const struct certificate **list = arena_array(a, f->n ? f->n : 1, sizeof(*list));
	size_t n = 0;
	if (!marks || !list)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++)
		if (look_at(&w, f, i, &marks[i]))
			list[n++] = &f->certificates[i];
	if (n > 0)
		write_to(&w, f, list, n);
	out->reminded = marks;
	out->n_reminded = f->n;
	return work_close(&w);
}
