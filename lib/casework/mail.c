/* What a mail is, and who may do what with it.  Design "Who may do what by mail", "Threading";
 * rules M01-M30. */
#include "casework/casework_private.h"

#include <errno.h>
#include <stdio.h>

/* A field that may stand only once stands twice: readable, but without authority (M30). */
enum mail_proof work_proof(const struct work *w)
{
	if (w->m->proof == MAIL_PROOF_PASS && (w->m->duplicate_fields || w->m->n_from_fields != 1))
		return MAIL_PROOF_NONE;
	return w->m->proof;
}

bool kind_opens(enum request_kind k)
{
	return k != REQUEST_OTHER && k != REQUEST_AUTOMATIC;
}

bool kind_bears_certificate(enum request_kind k)
{
	return k == REQUEST_RENEWAL || k == REQUEST_ISSUANCE;
}

/* A staff address among several From mailboxes: a trick, never authority (T11). */
static const char *staff_among_many(const struct work *w)
{
	if (w->from)
		return NULL;
	for (size_t i = 0; i < w->m->n_from; i++) {
		int k = casework_staff(w->rules, w->m->from[i].spec);
		if (k >= 0)
			return w->rules->staff[k].address;
	}
	return NULL;
}

void mail_parked(struct work *w, const char *reason, const char *why)
{
	decide(w, DISPOSITION_PARKED, "parked", reason);
	if (w->in->ticket)
		(void)work_ticket(w, w->in->ticket);
	(void)work_event(w, EVENT_PARKED, w->in->received, "daemon", reason);
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .attach_files = true, .make_token = true };
	letter_say(w, &proto, "what", "Surat yang belum dapat ditempatkan");
	letter_say(w, &proto, "why", why);
	letter_say(w, &proto, "parked", "ya");
	letter_to_staff(w, &proto, w->in->ticket, TO_ASSIGNED, NULL);
}

void mail_forged(struct work *w)
{
	decide(w, DISPOSITION_FORGED, "forged", "staff address with dmarc=fail: filed as evidence");
	if (w->in->ticket)
		(void)work_ticket(w, w->in->ticket);
	const char *owner = w->staff >= 0 ? w->rules->staff[w->staff].address : w->from;
	(void)work_event(w, EVENT_FORGED, w->in->received, "daemon", say(w, "in the name of %s", owner ? owner : "?"));
	if (w->staff < 0 || w->in->warnings_hour > 0)
		return;
	struct letter *l = letter_add(w, LETTER_WARNING, w->rules->staff[w->staff]);
	letter_say(w, l, "forged", "ya");
	struct letter proto = { .kind = LETTER_NOTICE_OTHER };
	letter_say(w, &proto, "what", "Surat palsu atas nama petugas");
	letter_say(w, &proto, "why",
		   say(w,
		       "Sebuah surat memakai alamat %s, tetapi pemeriksaan keaslian (DMARC) gagal. "
		       "Isinya tidak dijalankan dan disimpan sebagai bukti.",
		       owner));
	letter_say(w, &proto, "hide_mail", "ya");
	letter_to_staff(w, &proto, NULL, TO_ALL_STAFF, owner);
}

void mail_unproven(struct work *w, const char *owner)
{
	decide(w, DISPOSITION_UNPROVEN, "unproven", "staff address without proof and without own token: filed");
	if (w->in->ticket)
		(void)work_ticket(w, w->in->ticket);
	(void)work_event(w, EVENT_UNPROVEN, w->in->received, "daemon", say(w, "in the name of %s", owner));
	int k = casework_staff(w->rules, owner);
	if (k < 0 || w->in->warnings_hour > 0)
		return;
	struct letter *l = letter_add(w, LETTER_WARNING, w->rules->staff[k]);
	letter_say(w, l, "unproven", "ya");
}

/* Its owner learns of it, once for all the keys of theirs that this mail holds. */
static void warn_of_leak(struct work *w, const char *owner)
{
	int k = casework_staff(w->rules, owner);
	(void)work_event(w, EVENT_TOKEN_REVOKED, w->in->received, "daemon", owner);
	for (size_t i = 0; k >= 0 && i < w->n_letters; i++)
		if (w->letters[i].kind == LETTER_WARNING && mail_address_eq(w->letters[i].to.address, owner))
			return;
	if (k < 0)
		return;
	struct letter *l = letter_add(w, LETTER_WARNING, w->rules->staff[k]);
	letter_say(w, l, "leaked", "ya");
	letter_say(w, l, "leaked_by", w->from ? w->from : "alamat yang tidak jelas");
}

/* Staff capabilities in the hands of somebody else: useless from now on. */
static void misuse(struct work *w)
{
	const struct incoming *in = w->in;
	struct digest *revoked = arena_array(w->a, in->n_tokens + 1, sizeof(*revoked));
	if (!revoked) {
		work_fail(w, -ENOMEM);
		return;
	}
	w->out->revoked = revoked;
	for (size_t i = 0; i < in->n_tokens; i++) {
		if (in->tokens[i].state != TOKEN_VALID)
			continue;
		revoked[w->out->n_revoked++] = in->tokens[i].hash;
		warn_of_leak(w, in->tokens[i].owner);
	}
	if (in->confirmation.is_answer && !in->confirmation.used && !in->confirmation.expired) {
		w->out->use_confirmation = true;
		warn_of_leak(w, in->confirmation.owner);
	}
}

/* T13: somebody tries keys.  No key can be found so (160 bits), but people should know. */
static void watch_guesses(struct work *w)
{
	const struct incoming *in = w->in;
	if (in->wrong_tokens == 0 || in->guess_alarm_hour || in->wrong_tokens_hour + in->wrong_tokens < CASEWORK_GUESSES_HOUR)
		return;
	w->out->guess_alarm = true;
	(void)work_loose_event(w, EVENT_ALARM, in->received, "daemon", "T13: too many guessed keys within an hour");
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .no_tag = true };
	letter_say(w, &proto, "what", "Ada yang menebak kunci pemberitahuan");
	letter_say(
		w, &proto, "why",
		"Dalam satu jam terakhir banyak surat datang dengan kunci pemberitahuan yang tidak pernah kami buat. Tidak ada "
		"yang dijalankan. Operator dapat melihat asalnya di log server surat.");
	letter_say(w, &proto, "hide_mail", "ya");
	letter_to_staff(w, &proto, NULL, TO_ALL_STAFF, NULL);
}

static void dispatch_outside(struct work *w)
{
	const struct incoming *in = w->in;
	bool resent = in->resent;
	if (resent) {
		decide(w, DISPOSITION_DUPLICATE, "duplicate", "M24: the same sender and text within ten minutes");
		return;
	}
	if (in->ticket && ticket_is_party(in->ticket, w->from) && work_proof(w) != MAIL_PROOF_FAIL)
		mail_answer(w);
	else if (in->ticket && work_proof(w) == MAIL_PROOF_FAIL)
		mail_parked(w, "names a ticket, dmarc=fail",
			    "Surat ini menyebut tiket, tetapi keaslian alamat pengirimnya gagal "
			    "dibuktikan (DMARC gagal).");
	else if (in->ticket)
		mail_parked(w, "names a ticket, but the sender is no party of it",
			    "Surat ini menyebut atau membalas tiket, tetapi pengirimnya bukan "
			    "pihak dalam tiket itu.");
	else
		mail_request(w);
}

/* The whole mail came back to us, or went round in circles: no letter, which would go round again.
 */
static void quarantine_loop(struct work *w, const char *reason)
{
	decide(w, DISPOSITION_QUARANTINED, "quarantined", reason);
	(void)work_event(w, EVENT_QUARANTINED, w->in->received, "daemon", reason);
}

/* A staff member who asks for a certificate of their own, or answers on their own request, is an
 * applicant: no command, no token, a proven or at least not failing From. */
bool mail_is_from_applicant_side(const struct work *w)
{
	const struct incoming *in = w->in;
	bool named = false;
	if (in->reading->commands.n_commands > 0 || in->token.state != TOKEN_NONE || in->confirmation.is_answer)
		return false;
	if (in->ticket)
		return in->how != MATCH_TAG && ticket_is_party(in->ticket, w->from) && work_proof(w) == MAIL_PROOF_PASS;
	for (size_t i = 0; i < w->q->n_applicants; i++)
		named = named || w->q->applicants[i].value[FIELD_NIK] || w->q->applicants[i].value[FIELD_NIP];
	return named && work_proof(w) == MAIL_PROOF_PASS && !w->m->is_reply && kind_opens(w->q->kind) &&
	       w->q->kind != REQUEST_QUESTION &&
	       !(w->m->subject && span_find_nocase(span_str(w->m->subject), 0, "[SITANTE-") < span_str(w->m->subject).n);
}

/* Went round in circles, and a person took it out of quarantine: before staff it goes, nothing else comes of it. */
static void mail_released(struct work *w)
{
	mail_parked(w, "released from quarantine by a person",
		    "Surat ini dilepas dari karantina. SITANTE tidak memprosesnya secara otomatis; mohon dilihat.");
}

/* A staff member's mail of the time that the store has lost: its notice's token is lost as well, so that nothing is carried
 * out; its sender sends it again. */
static void mail_replayed_staff(struct work *w)
{
	decide(w, DISPOSITION_PARKED, "parked", "staff mail from before the store was restored: to be sent again");
	if (w->in->ticket)
		(void)work_ticket(w, w->in->ticket);
	(void)work_event(w, EVENT_PARKED, w->in->received, "daemon", w->out->reason);
	struct letter *l = letter_add(w, LETTER_NOTICE_OTHER, w->rules->staff[w->staff]);
	if (!l)
		return;
	l->make_token = true;
	letter_say(w, l, "what", "Surat petugas yang perlu dikirim ulang");
	letter_say(w, l, "why",
		   "Penyimpanan SITANTE dipulihkan dari cadangan. Surat Bapak/Ibu ini masuk sebelum pemulihan dan tidak "
		   "dijalankan lagi. Bila masih diperlukan, balas surat ini dengan perintah yang sama.");
}

/* Answers went out before the store was restored: none goes twice.  Staff get their notices anew, for the tokens. */
static void replay_letters(struct work *w)
{
	bool acknowledged = false;
	size_t kept = 0;
	for (size_t i = 0; i < w->n_letters; i++) {
		enum letter_kind k = w->letters[i].kind;
		acknowledged = acknowledged || k == LETTER_ACKNOWLEDGEMENT;
		if (k == LETTER_NOTICE_REQUEST || k == LETTER_NOTICE_ANSWER || k == LETTER_NOTICE_OTHER)
			w->letters[kept++] = w->letters[i];
	}
	w->n_letters = kept;
	if (acknowledged && w->out->has_ticket)
		(void)work_event(w, EVENT_ACKNOWLEDGED, w->in->received, "daemon", "before the store was restored");
}

static void dispatch(struct work *w)
{
	const struct incoming *in = w->in;
	const char *among = staff_among_many(w);
	if (in->released && (w->m->n_received > LIMIT_RECEIVED || w->m->nature == MAIL_OWN))
		mail_released(w);
	else if (w->m->n_received > LIMIT_RECEIVED)
		quarantine_loop(w, "M18: too many Received fields");
	else if (w->m->nature == MAIL_OWN)
		quarantine_loop(w, "M03/M19: one of our own mails came back");
	else if (in->duplicate && !in->confirmed)
		decide(w, DISPOSITION_DUPLICATE, "duplicate", "M25: same Message-ID and content were handled already");
	else if (in->sms.is_sms)
		mail_sms(w);
	else if (w->m->nature == MAIL_BOUNCE || w->m->nature == MAIL_DELAY || w->m->nature == MAIL_COMPLAINT)
		mail_bounce(w);
	else if (mail_is_scan(w))
		mail_scan(w);
	else if (w->m->nature != MAIL_HUMAN || w->q->kind == REQUEST_AUTOMATIC)
		mail_automatic(w);
	else if (among)
		mail_unproven(w, among);
	else if (mail_answers_reminder(w))
		mail_reminded(w);
	else if (w->staff >= 0 && in->replayed)
		mail_replayed_staff(w);
	else if (w->staff >= 0)
		mail_staff(w);
	else
		dispatch_outside(w);
}

int casework_mail(const struct casework_rules *rules, const struct incoming *in, struct instant now, struct arena *a,
		  struct decision *out)
{
	struct work w = work_open(rules, in, now, a, out);
	dispatch(&w);
	bool outside = w.staff < 0 && !in->sms.is_sms && w.m->nature == MAIL_HUMAN && out->disposition != DISPOSITION_DUPLICATE &&
		       out->disposition != DISPOSITION_UNPROVEN && out->disposition != DISPOSITION_QUARANTINED;
	if (outside)
		misuse(&w);
	watch_guesses(&w);
	if (in->replayed)
		replay_letters(&w);
	return work_close(&w);
}
