/* What time alone brings: a held request's day, reminders to staff, reminders to an applicant who does not
 * answer.  Levels done are events of the ticket, so nothing is said twice, whatever stops between. */
#include "casework/casework_private.h"

#include <stdio.h>
#include <string.h>

struct due {
	enum { DUE_NOTHING, DUE_TAKE_UP, DUE_APPLICANT, DUE_STAFF } what;
	int step, level;
	struct instant at;
};

enum { LEVEL_SHARE = 1, LEVEL_FULL = 2, LEVEL_DAILY = 3 };

/* Highest level said about this since what began it, and when. */
static int level_done(const struct ticket *t, const char *prefix, enum event_what begun_by, struct instant *at)
{
	int done = 0;
	for (size_t i = t->n_events; i-- > 0;) {
		const struct event *e = &t->events[i];
		if (e->what == begun_by || e->what == EVENT_REOPENED)
			break;
		if (e->what != EVENT_REMINDED || !str_starts(e->detail, prefix))
			continue;
		int level = e->detail[strlen(prefix)] - '0';
		if (level > done) {
			done = level;
			*at = e->at;
		} else if (level == done && e->at.ms > at->ms) {
			*at = e->at;
		}
	}
	return done;
}

static struct due applicant_due(const struct casework_rules *rules, const struct ticket *t)
{
	const struct reminder_rules *r = &rules->reminders;
	const uint32_t days[] = { r->first_days, r->second_days, r->cancel_days };
	struct due d = { .what = DUE_NOTHING };
	struct instant said = { 0 }, asked = t->opened_at;
	for (size_t i = 0; i < t->n_events; i++)
		if (t->events[i].what == EVENT_ASSISTED)
			asked = t->events[i].at;
	int done = level_done(t, "applicant ", EVENT_ASSISTED, &said);
	while (done < 3 && days[done] == 0)
		done++;
	if (done >= 3)
		return d;
	d = (struct due){ .what = DUE_APPLICANT, .level = done + 1 };
	d.at = calendar_day_after(rules->calendar, asked, (int)days[done]);
	if (said.ms != 0 && done > 0) { /* after a long silence of our own: a day between, at the least */
		struct instant next = calendar_day_after(rules->calendar, said, 1);
		d.at = next.ms > d.at.ms ? next : d.at;
	}
	return d;
}

static struct due step_due(const struct casework_rules *rules, const struct ticket *t, const struct step *s, struct instant now)
{
	char prefix[24];
	struct due d = { .what = DUE_STAFF, .step = s->step };
	struct instant said = { 0 };
	int64_t share = s->standard.ms * rules->reminders.share / 100;
	(void)snprintf(prefix, sizeof(prefix), "step %d level ", s->step);
	int done = level_done(t, prefix, s->step == 4 ? EVENT_NOTIFY_FAILED : EVENT_REOPENED, &said);
	if (done >= LEVEL_FULL) {
		d.level = LEVEL_DAILY;
		d.at = calendar_day_after(rules->calendar, said, 1);
		return d;
	}
	bool over = s->working.ms >= s->standard.ms;
	d.level = done >= LEVEL_SHARE || rules->reminders.share == 0 || over ? LEVEL_FULL : LEVEL_SHARE;
	int64_t left = (d.level == LEVEL_SHARE ? share : s->standard.ms) - s->working.ms;
	d.at = calendar_due(rules->calendar, now, (struct duration){ left > 0 ? left : 0 });
	return d;
}

static struct due next_due(const struct casework_rules *rules, const struct ticket *t, struct instant now)
{
	struct due d = { .what = DUE_NOTHING };
	struct step steps[4];
	if (!ticket_is_open(t))
		return d;
	if (t->is_held)
		return (struct due){ .what = DUE_TAKE_UP, .at = t->held_until };
	if (t->state == TICKET_WAITING)
		return t->requester_address ? applicant_due(rules, t) : d;
	casework_steps(rules, t, now, steps);
	for (int i = 0; i < 4; i++) {
		if (!steps[i].started || steps[i].finished || steps[i].running_as != SPAN_WORK)
			continue;
		struct due one = step_due(rules, t, &steps[i], now);
		if (d.what == DUE_NOTHING || one.at.ms < d.at.ms)
			d = one;
	}
	return d;
}

bool casework_next_due(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct instant *at)
{
	struct due d = next_due(rules, t, now);
	*at = d.at;
	return d.what != DUE_NOTHING;
}

void casework_late(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct instant out[4])
{
	struct step steps[4];
	casework_steps(rules, t, now, steps);
	for (int i = 0; i < 4; i++) {
		const struct step *s = &steps[i];
		int64_t left = s->standard.ms - s->working.ms;
		bool runs = s->started && !s->finished;
		out[i] = (struct instant){ 0 };
		if (runs && left < 0)
			out[i] = now;
		else if (runs && s->running_as == SPAN_WORK)
			out[i].ms = calendar_due(rules->calendar, now, (struct duration){ left }).ms + 1; /* then it is met yet */
	}
}

static void take_up(struct work *w, const struct ticket *ticket)
{
	struct ticket *t = work_ticket(w, ticket);
	t->is_held = false;
	if (!work_event(w, EVENT_TAKEN_UP, w->now, "daemon", NULL))
		return; /* renewed meanwhile: only the mark goes */
	struct letter proto = { .kind = LETTER_NOTICE_REQUEST, .make_token = true };
	letter_say(w, &proto, "taken_up", "ya");
	letter_to_staff(w, &proto, t, TO_ALL_STAFF, NULL);
}

/* A letter that is entered late is late at once, in step 1 before its receipt can have left. */
static const char *since_letter(struct work *w, const struct ticket *t, const struct due *d)
{
	bool early = ticket_is_paper(t) && d->step == 1 && d->level < LEVEL_DAILY;
	const char *in = early ? phrase_instant(t->opened_at, w->rules->calendar, w->a) : NULL;
	return in ? say(w,
			" Permohonan ini surat kertas yang masuk %s; waktunya dihitung sejak saat itu, bukan sejak dicatat di "
			"SITANTE. Langkah ini selesai sendiri begitu tanda terimanya terkirim, sehingga tidak ada yang perlu "
			"dikerjakan kecuali pemberitahuan ini terulang.",
			in)
		  : NULL;
}

static void remind_staff(struct work *w, const struct ticket *ticket, const struct due *d)
{
	static const char *const names[4] = { "penerimaan", "pemeriksaan", "penerbitan", "pemberitahuan" };
	struct ticket *t = work_ticket(w, ticket);
	struct step steps[4];
	casework_steps(w->rules, t, w->now, steps);
	const struct step *s = &steps[d->step - 1];
	const char *took = phrase_duration(s->working, w->a), *standard = phrase_duration(s->standard, w->a);
	const char *letter = since_letter(w, t, d);
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .make_token = true };
	if (!work_event(w, EVENT_REMINDED, w->now, "daemon", say(w, "step %d level %d", d->step, d->level)))
		return;
	letter_say(w, &proto, "what", d->level == LEVEL_SHARE ? "Waktu standar hampir habis" : "Waktu standar terlampaui");
	letter_say(w, &proto, "why",
		   say(w, "Langkah %d (%s) tiket ini sudah berjalan %s dari standar %s jam kerja.%s", d->step, names[d->step - 1],
		       took ? took : "?", standard ? standard : "?",
		       letter         ? letter
		       : d->step == 2 ? " Mohon dilanjutkan. Bila sedang menunggu BSrE, balas surat ini dengan: /tunggu bsre"
				      : " Mohon diperiksa apa yang menghambatnya."));
	letter_to_staff(w, &proto, t, d->level >= LEVEL_DAILY ? TO_ALL_STAFF : TO_ASSIGNED, NULL);
	if (d->level < LEVEL_DAILY || !w->rules->head.address || casework_staff(w->rules, w->rules->head.address) >= 0)
		return;
	struct letter *l = letter_add(w, LETTER_NOTICE_OTHER, w->rules->head);
	if (!l)
		return;
	l->values = proto.values;
	l->n_values = proto.n_values;
}

static void cancel_unanswered(struct work *w, struct ticket *t)
{
	if (!work_event(w, EVENT_CANCELLED, w->now, "daemon", "no answer from the applicant"))
		return;
	struct letter *l = letter_add(w, LETTER_REFUSAL, requester(t));
	letter_thread(l, t, w);
	letter_say(w, l, "unanswered", "ya");
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .make_token = true };
	letter_say(w, &proto, "what", "Tiket ditutup karena tidak dijawab");
	letter_say(
		w, &proto, "why",
		say(w,
		    "Pemohon tidak menjawab selama %u hari kerja dan sudah diingatkan. Tiket ini ditutup; pemohon sudah diberi "
		    "tahu dengan baik. Bila pemohon menghubungi kembali, balas surat ini dengan: /buka",
		    w->rules->reminders.cancel_days));
	letter_to_staff(w, &proto, t, TO_ASSIGNED, NULL);
}

static void remind_applicant(struct work *w, const struct ticket *ticket, int level)
{
	const struct reminder_rules *r = &w->rules->reminders;
	struct ticket *t = work_ticket(w, ticket);
	if (level == 3) {
		cancel_unanswered(w, t);
		return;
	}
	if (!work_event(w, EVENT_REMINDED, w->now, "daemon", say(w, "applicant %d", level)))
		return;
	struct letter *l = letter_add(w, LETTER_REMINDER, requester(t));
	letter_thread(l, t, w);
	if (level == 2)
		letter_say(w, l, "second", "ya");
	if (r->cancel_days > 0)
		letter_say(w, l, "cancel_days", say(w, "%u", r->cancel_days));
}

int casework_due(const struct casework_rules *rules, const struct ticket *ticket, struct instant now, struct arena *a,
		 struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	struct due d = next_due(rules, ticket, now);
	if (d.what == DUE_NOTHING || d.at.ms > now.ms)
		return work_close(&w);
	if (d.what == DUE_TAKE_UP)
		take_up(&w, ticket);
	else if (d.what == DUE_APPLICANT)
		remind_applicant(&w, ticket, d.level);
	else
		remind_staff(&w, ticket, &d);
	return work_close(&w);
}

/* --- the morning's digest --------------------------------------------------------------------- */

static void digest_list(struct work *w, const struct digest_facts *f, struct buf *b)
{
	enum { SHOWN = 60 };
	buf_addf(b, "Tiket terbuka\t%zu%s\n", f->n_open, f->more_open ? " atau lebih" : "");
	if (f->parked > 0)
		buf_addf(b, "Surat yang belum dapat ditempatkan\t%u sejak ringkasan terakhir\n", f->parked);
	if (f->dead > 0)
		buf_addf(b, "Alamat yang suratnya kembali\t%u\n", f->dead);
	if (f->quarantined > 0)
		buf_addf(b, "Surat yang dikarantina\t%u (operator: sitantectl quarantine)\n", f->quarantined);
	if (f->n_open > 0)
		buf_add_char(b, '\n');
	for (size_t i = 0; i < f->n_open && i < SHOWN; i++) {
		const struct ticket *t = f->open[i];
		const char *since = phrase_date(phrase_local_date(t->opened_at, w->rules->calendar), w->a);
		int k = casework_staff(w->rules, t->assigned_to);
		buf_addf(b, "- %s: %s%s, masuk %s, petugas: %s\n", t->number ? t->number : "?",
			 t->is_held ? "belum waktunya" : phrase_state(t->state), ticket_waits_bsre(t) ? " (menunggu BSrE)" : "",
			 since ? since : "?", k >= 0 && w->rules->staff[k].name ? w->rules->staff[k].name : "belum ada");
	}
	if (f->n_open > SHOWN)
		buf_addf(b, "- dan %zu tiket lagi; kirim /daftar untuk melihat semuanya\n", f->n_open - SHOWN);
}

int casework_digest(const struct casework_rules *rules, const struct digest_facts *f, struct instant now, struct arena *a,
		    struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	AUTO_BUF b = BUF_INIT(CASEWORK_LIST_BYTES);
	if (f->n_open == 0 && f->parked == 0 && f->dead == 0 && f->quarantined == 0)
		return work_close(&w);
	digest_list(&w, f, &b);
	const char *today = phrase_date(phrase_local_date(now, rules->calendar), a);
	struct letter proto = { .kind = LETTER_NOTICE_OTHER };
	letter_say(&w, &proto, "what", say(&w, "Ringkasan pagi, %s", today ? today : "?"));
	letter_say(&w, &proto, "why", "Selamat pagi. Berikut yang masih terbuka hari ini, dari yang paling lama.");
	letter_say(&w, &proto, "shown", say_buf(&w, &b));
	letter_to_staff(&w, &proto, NULL, TO_ALL_STAFF, NULL);
	return work_close(&w);
}
