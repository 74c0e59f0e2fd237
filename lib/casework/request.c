/* A mail that asks for something new: a ticket, an acknowledgement where one may go, notices.
 * SOP step 1; M20-M22; issue 3. */
#include "casework/casework_private.h"

#include "base/num.h"

#include <errno.h>
#include <string.h>

static bool on_ticket(const struct ticket *t, const struct applicant_data *d)
{
	for (size_t i = 0; i < t->n_applicants; i++) {
		const struct applicant *x = &t->applicants[i];
		if ((d->value[FIELD_NIK] && str_eq(x->value[FIELD_NIK], d->value[FIELD_NIK])) ||
		    (d->value[FIELD_NIP] && str_eq(x->value[FIELD_NIP], d->value[FIELD_NIP])))
			return true;
	}
	return false;
}

bool request_all_on_ticket(const struct ticket *t, const struct request *q)
{
	for (size_t i = 0; i < q->n_applicants; i++)
		if (!on_ticket(t, &q->applicants[i]))
			return false;
	return q->n_applicants > 0;
}

/* One person has one open renewal: who has one already is left out of the new ticket. */
size_t request_add_applicants(struct work *w, struct ticket *t)
{
	const struct ticket *other = w->q->kind == REQUEST_RENEWAL ? w->in->same_person : NULL;
	size_t left_out = 0;
	for (size_t i = 0; i < w->q->n_applicants; i++) {
		const struct applicant_data *d = &w->q->applicants[i];
		if (other && on_ticket(other, d)) {
			left_out++;
			continue;
		}
		if (on_ticket(t, d))
			continue; /* the same person twice in one mail */
		struct applicant *x = ticket_add_applicant(w, t);
		if (!x)
			break;
		memcpy(x->value, d->value, sizeof(x->value));
		memcpy(x->given, d->given, sizeof(x->given));
		if (x->value[FIELD_EMAIL])
			ticket_add_party(w, t, x->value[FIELD_EMAIL]);
	}
	return left_out;
}

static bool read_iso_date(const char *s, struct civil_date *out)
{
	uint32_t y, m, d;
	if (!s || strlen(s) != 10 || s[4] != '-' || s[7] != '-' || num_parse_u32(span_of(s, 4), 9999, &y) != 0 ||
	    num_parse_u32(span_of(s + 5, 2), 12, &m) != 0 || num_parse_u32(span_of(s + 8, 2), 31, &d) != 0)
		return false;
	*out = (struct civil_date){ (int)y, (int)m, (int)d };
	return civil_date_valid(*out);
}

/* Held only where every person is too early; until the first of their days. */
void hold_if_early(struct work *w, struct ticket *t)
{
	int64_t today = civil_days(phrase_local_date(w->now, w->rules->calendar)), first = INT64_MAX;
	if (t->kind != REQUEST_RENEWAL || w->rules->window_days <= 0)
		return;
	for (size_t i = 0; i < t->n_applicants; i++) {
		struct civil_date until;
		if (!read_iso_date(t->applicants[i].value[FIELD_VALID_UNTIL], &until))
			return;
		int64_t day = civil_days(until) - w->rules->window_days;
		if (day <= today)
			return;
		first = day < first ? day : first;
	}
	if (first == INT64_MAX)
		return;
	struct civil_date d = civil_from_days(first);
	t->is_held = true;
	t->held_until = zone_instant(calendar_zone(w->rules->calendar), (struct civil_time){ d.year, d.month, d.day, 0, 0, 0 });
	(void)work_event(w, EVENT_HELD, w->now, "daemon", say(w, "%04d-%02d-%02d", d.year, d.month, d.day));
}

static void acknowledge(struct work *w, const char *key)
{
	struct letter *l = letter_add(w, LETTER_ACKNOWLEDGEMENT, (struct person){ NULL, w->from });
	if (!l)
		return;
	l->in_reply_to = w->m->message_id;
	l->automatic_reply = true;
	l->counts = true;
	l->held = over_caps(w);
	letter_say(w, l, key, "ya");
	if (str_eq(key, "opened"))
		sms_notice(w, &w->out->ticket, true);
}

/* The original goes along only where it must: unreadable or barred parts; never with a secret in
 * it. */
static bool wants_original(const struct work *w)
{
	bool dangerous = false;
	for (size_t i = 0; i < w->m->n_attachments; i++)
		dangerous = dangerous || w->m->attachments[i].dangerous || w->m->attachments[i].encoding == MAIL_ENCODING_OTHER;
	return !w->q->secret_found && (dangerous || w->m->encrypted || w->m->text_cut);
}

/* M29: who opens ticket after ticket gets no more; the last one says so to staff. */
static uint32_t flood_limit(const struct work *w)
{
	uint32_t home = w->rules->caps.home_address_hour;
	return sender_is_home(w) && home > CASEWORK_FLOOD_TICKETS ? home : CASEWORK_FLOOD_TICKETS;
}

static void tell_staff(struct work *w, const char *ack_why, size_t left_out)
{
	struct letter proto = {
		.kind = LETTER_NOTICE_REQUEST, .make_token = true, .attach_files = true, .attach_original = wants_original(w)
	};
	letter_say(w, &proto, "ack_withheld", ack_why);
	if (w->in->traffic.opened_hour + 1 >= flood_limit(w))
		letter_say(w, &proto, "last_today",
			   "Alamat ini membuka terlalu banyak tiket dalam satu jam. Surat "
			   "berikutnya dalam jam ini ditahan tanpa tiket dan tanpa "
			   "pemberitahuan, sampai operator melepasnya.");
	if (left_out > 0)
		letter_say(w, &proto, "joined",
			   say(w,
			       "%zu orang dalam surat ini tidak dimasukkan karena pembaharuannya "
			       "sedang berjalan di tiket %s.",
			       left_out, w->in->same_person->number ? w->in->same_person->number : "?"));
	letter_to_staff(w, &proto, NULL, TO_ALL_STAFF, NULL);
}

static void hold_flood(struct work *w)
{
	decide(w, DISPOSITION_HELD, "held", "M29: this address opened too many tickets within the hour");
	(void)work_event(w, EVENT_PARKED, w->in->received, "daemon", w->out->reason);
}

static void open_ticket(struct work *w)
{
	const struct incoming *in = w->in;
	struct ticket fresh = { .state = TICKET_RECEIVED,
				.kind = w->q->kind,
				.requester_name = w->from_name,
				.requester_address = w->from,
				.opened_at = in->received,
				.request_id = w->m->message_id,
				.last_id = w->m->message_id };
	const char *reason = NULL;
	if (w->from && !mail_address_valid(w->from))
		fresh.requester_address = NULL;
	struct ticket *t = work_ticket(w, &fresh);
	if (fresh.requester_address)
		ticket_add_party(w, t, fresh.requester_address);
	(void)work_event(w, EVENT_RECEIVED, in->received, "applicant", NULL);
	size_t left_out = request_add_applicants(w, t);
	hold_if_early(w, t);
	const char *why = ack_barred(w, &reason);
	if (!why)
		acknowledge(w, "opened");
	if (!why && over_caps(w)) {
		reason = "M22: over the cap of automatic mails: held";
		why = "batas jumlah surat otomatis tercapai, sehingga tanda terimanya ditahan (operator dapat melepasnya)";
	}
	if (why)
		(void)work_event(w, EVENT_ACK_WITHHELD, w->now, "daemon", reason);
	tell_staff(w, why, left_out);
	answer_findings(w);
	decide(w, DISPOSITION_OPENED, "request", w->q->kind_rule);
}

/* Kind other: before staff once, no answer to the sender. */
static void put_before_staff(struct work *w)
{
	decide(w, DISPOSITION_OTHER, "other", "kind other: shown to staff, no answer");
	struct letter proto = {
		.kind = LETTER_NOTICE_OTHER, .attach_files = true, .attach_original = wants_original(w), .make_token = true
	};
	letter_say(w, &proto, "what", "Surat yang bukan permohonan");
	letter_say(w, &proto, "why", "Pengirim tidak diberi jawaban. Bila perlu dijawab, tulis langsung kepadanya.");
	letter_to_staff(w, &proto, NULL, TO_ALL_STAFF, NULL);
}

/* A second request about somebody whose renewal is open joins it.  The sender learns the number
 * only as a party of that ticket. */
void mail_same_person(struct work *w)
{
	const struct incoming *in = w->in;
	const char *reason = NULL;
	struct ticket *t = work_ticket(w, in->same_person);
	bool party = ticket_is_party(t, w->from);
	struct filled f = { BUF_INIT(4096), BUF_INIT(CASEWORK_LIST_BYTES) };
	if (party) {
		applicants_fill(w, t, &f);
		if (!work_event(w, EVENT_ANSWERED, in->received, "applicant", "a second request for the same person"))
			(void)work_event(w, EVENT_FILED, in->received, "applicant", "a second request for the same person");
		if (w->m->message_id && t->requester_address && mail_address_eq(t->requester_address, w->from))
			t->last_id = w->m->message_id;
	} else {
		(void)work_event(w, EVENT_FILED, in->received, "daemon",
				 "a second request for the same person, from an address that is no party");
	}
	if (!ack_barred(w, &reason)) {
		acknowledge(w, party ? "joined" : "neutral");
		if (w->n_letters > 0 && !party)
			w->letters[w->n_letters - 1].no_tag = true;
	}
	struct letter proto = {
		.kind = LETTER_NOTICE_ANSWER, .make_token = true, .attach_files = true, .attach_original = wants_original(w)
	};
	letter_say(w, &proto, "joined",
		   party ? "Permohonan kedua untuk orang yang sama: digabungkan ke tiket ini."
			 : "Permohonan kedua untuk orang yang sama, dari alamat lain yang bukan "
			   "pihak dalam tiket ini. "
			   "Datanya tidak dimasukkan; balasan atas surat ini dikirim kepada "
			   "pemohon tiket, bukan kepada "
			   "pengirim surat ini.");
	letter_say(w, &proto, "filled", say_buf(w, &f.names));
	letter_say(w, &proto, "notes", say_buf(w, &f.remarks));
	letter_to_staff(w, &proto, t, TO_ASSIGNED, NULL);
	decide(w, DISPOSITION_JOINED, "request", "a second request for a person with an open renewal");
	buf_done(&f.names);
	buf_done(&f.remarks);
}

void mail_request(struct work *w)
{
	const struct ticket *same = w->in->same_person;
	bool joins = same && ticket_is_open(same) && (w->q->kind == REQUEST_RENEWAL || w->q->kind == REQUEST_QUESTION) &&
		     request_all_on_ticket(same, w->q) && work_proof(w) != MAIL_PROOF_FAIL;
	if (!kind_opens(w->q->kind))
		put_before_staff(w);
	else if (joins)
		mail_same_person(w);
	else if (w->in->traffic.opened_hour >= flood_limit(w) && !w->in->released)
		hold_flood(w);
	else
		open_ticket(w);
}
