/* Mail from a staff member's address: how much it may do, confirmation, receipt.
 * Design "Who may do what by mail"; peers 4c; T01, T08, T13, T17. */
#include "casework/casework_private.h"

#include <errno.h>
#include <string.h>

enum power { POWER_ALL, POWER_LITTLE, POWER_CONFIRM, POWER_UNPROVEN, POWER_FORGED };

/* The table of the design: proof x (valid token of this person for this ticket). */
static const enum power powers[3][2] = {
	[MAIL_PROOF_NONE] = { [false] = POWER_UNPROVEN, [true] = POWER_CONFIRM },
	[MAIL_PROOF_PASS] = { [false] = POWER_LITTLE, [true] = POWER_ALL },
	[MAIL_PROOF_FAIL] = { [false] = POWER_FORGED, [true] = POWER_FORGED },
};

static bool own_token(const struct work *w)
{
	const struct token_facts *k = &w->in->token;
	return k->state == TOKEN_VALID && k->owner && mail_address_eq(k->owner, w->from) &&
	       (!w->in->ticket || w->in->how == MATCH_TOKEN);
}

/* T08: an old genuine mail sent again. */
static bool is_stale(const struct work *w)
{
	return w->m->has_date && w->in->received.ms - w->m->date.ms > CASEWORK_STALE_MS;
}

static const char *proof_text(const struct work *w, enum power p)
{
	if (w->in->confirmed)
		return "Dikonfirmasi: Bapak/Ibu telah membalas surat konfirmasi yang kami kirim ke "
		       "alamat terdaftar.";
	if (p == POWER_ALL)
		return "Terbukti penuh: alamat pengirim lolos pemeriksaan keaslian (DMARC) dan "
		       "surat membalas "
		       "pemberitahuan milik Bapak/Ibu.";
	if (p == POWER_LITTLE && own_token(w) && w->m->automatic_subject)
		return "Terbukti sebagian: alamat pengirim lolos pemeriksaan keaslian (DMARC), "
		       "tetapi subjeknya seperti balasan otomatis.";
	if (p == POWER_LITTLE && own_token(w))
		return "Terbukti sebagian: alamat pengirim lolos pemeriksaan keaslian (DMARC), "
		       "tetapi tanggal surat sudah "
		       "lewat dari tiga hari.";
	if (p == POWER_LITTLE)
		return "Terbukti sebagian: alamat pengirim lolos pemeriksaan keaslian (DMARC), "
		       "tetapi surat tidak membalas "
		       "pemberitahuan milik Bapak/Ibu.";
	return "Tidak terbukti: keaslian alamat pengirim tidak dapat dipastikan.";
}

static void receipt(struct errand *e, enum power p, const char *state_key)
{
	struct work *w = e->w;
	const struct letter *shown = NULL;
	for (size_t i = 0; i < w->n_letters; i++) {
		enum letter_kind k = w->letters[i].kind;
		if (k != LETTER_ASSISTANCE && k != LETTER_NOTIFICATION && k != LETTER_REFUSAL && k != LETTER_SMS &&
		    k != LETTER_SMS_RENEWED)
			continue;
		struct letter *copy = arena_alloc(w->a, sizeof(*copy));
		if (!copy) {
			work_fail(w, -ENOMEM);
			return;
		}
		*copy = w->letters[i];
		shown = copy;
	}
	struct letter *l = letter_add(w, LETTER_RECEIPT, w->rules->staff[w->staff]);
	if (!l)
		return;
	l->in_reply_to = w->m->message_id;
	l->automatic_reply = true;
	l->make_token = true;
	l->shows = shown;
	l->wants_document = w->out->receipt_by != NULL; /* it brings the printable receipt */
	if (e->wants_register) {
		l->file = w->in->register_csv;
		l->file_name = "register-sertifikat.csv";
		l->file_type = "text/csv";
	}
	letter_say(w, l, state_key, "ya");
	letter_say(w, l, "proof_level", proof_text(w, p));
	letter_say(w, l, "done", say_buf(w, &e->done));
	letter_say(w, l, "refused", say_buf(w, &e->refused));
	letter_say(w, l, "notes", say_buf(w, &e->remarks));
	letter_say(w, l, "shown", say_buf(w, &e->shown));
}

void errand_undo(struct errand *e)
{
	struct work *w = e->w;
	w->n_letters = 0;
	w->n_loose = 0;
	w->out->has_ticket = w->out->has_other = false;
	w->out->ticket = w->out->other = (struct ticket){ 0 };
	w->out->note = w->out->sms_to = w->out->sms_text = w->out->alive_address = w->out->asked_address = NULL;
	w->out->receipt_by = NULL;
	w->out->release_ledger_id = 0;
	w->out->certificates = NULL;
	w->out->n_certificates = 0;
	w->out->keep_import = w->out->drop_import = e->wants_register = false;
	e->t = NULL;
	buf_reset(&e->done);
	buf_reset(&e->shown);
	buf_reset(&e->remarks);
}

/* Nothing of the errand stays but the answer. */
static void refuse_all(struct errand *e, enum power p)
{
	struct work *w = e->w;
	errand_undo(e);
	decide(w, DISPOSITION_REFUSED, "command", "a command or text is wrong: nothing was carried out");
	if (w->in->ticket) {
		(void)work_ticket(w, w->in->ticket);
		(void)work_event(w, EVENT_COMMAND_REFUSED, w->in->received, w->from,
				 e->asked_evidence ? EVIDENCE_ASKED
						   : say(w, "%zu fault%s", e->n_refused, e->n_refused == 1 ? "" : "s"));
	}
	receipt(e, p, "refused_all");
}

void errand_free(struct errand *e)
{
	buf_done(&e->done);
	buf_done(&e->refused);
	buf_done(&e->remarks);
	buf_done(&e->shown);
	buf_done(&e->to_applicant);
	buf_done(&e->note);
}

struct errand errand_open(struct work *w)
{
	return (struct errand){ .w = w,
				.done = BUF_INIT(CASEWORK_LIST_BYTES),
				.refused = BUF_INIT(CASEWORK_LIST_BYTES),
				.remarks = BUF_INIT(CASEWORK_LIST_BYTES),
				.shown = BUF_INIT(CASEWORK_LIST_BYTES),
				.to_applicant = BUF_INIT(CASEWORK_TEXT_BYTES * 2),
				.note = BUF_INIT(CASEWORK_TEXT_BYTES * 2),
				.only_small = true,
				.only_reading = true };
}

static void say_verbs(struct work *w, struct letter *l)
{
	AUTO_BUF b = BUF_INIT(2048);
	const struct command_block *c = &w->in->reading->commands;
	for (size_t i = 0; i < c->n_commands; i++)
		buf_addf(&b, "%s/%s", i ? ", " : "",
			 c->commands[i].verb == COMMAND_UNKNOWN ? "(tidak dikenal)" : command_verb_word(c->commands[i].verb));
	if (c->n_commands == 0)
		buf_add_str(&b, "balasan untuk pemohon (tanpa perintah)");
	letter_say(w, l, "commands", say_buf(w, &b));
}

/* T17: content fixed, no text of the mail, at most one an hour. */
static void ask_confirmation(struct work *w, enum power p, const char *sms)
{
	const struct incoming *in = w->in;
	if (in->ticket)
		(void)work_ticket(w, in->ticket);
	decide(w, DISPOSITION_CONFIRM, "command",
	       sms                 ? "a long short message: asked before it is sent"
	       : p == POWER_LITTLE ? "proven, without own token: confirmation asked"
				   : "own token, unproven: confirmation asked");
	(void)work_event(w, EVENT_CONFIRMATION_ASKED, in->received, w->rules->staff[w->staff].address, NULL);
	struct letter *l = letter_add(w, LETTER_CONFIRMATION, w->rules->staff[w->staff]);
	if (!l)
		return;
	l->make_confirmation = true;
	l->automatic_reply = true;
	l->in_reply_to = p == POWER_LITTLE || p == POWER_ALL ? w->m->message_id : NULL;
	letter_say(w, l, "sms", sms);
	letter_say(w, l, "proof_level", proof_text(w, p));
	say_verbs(w, l);
}

/* A confirmation is asked already within the hour. */
static void too_many_confirmations(struct errand *e, enum power p)
{
	e->n_refused++;
	buf_add_str(&e->refused, "Surat ini menunggu konfirmasi, tetapi permintaan konfirmasi ke "
				 "alamat Bapak/Ibu sudah dikirim "
				 "dalam satu jam terakhir. Balaslah pemberitahuan tiket yang "
				 "Bapak/Ibu terima: dengan begitu "
				 "perintah langsung dijalankan.\n");
	refuse_all(e, p);
}

static void already_done(struct errand *e, enum power p)
{
	struct work *w = e->w;
	errand_undo(e);
	decide(w, DISPOSITION_DUPLICATE, "duplicate", "T08: this token and content were carried out before");
	if (w->in->ticket) {
		(void)work_ticket(w, w->in->ticket);
		(void)work_event(w, EVENT_FILED, w->in->received, "daemon", "a staff mail came again: nothing done twice");
	}
	buf_reset(&e->refused);
	receipt(e, p, "repeated");
}

static void carry_out(struct errand *e, enum power p)
{
	struct work *w = e->w;
	bool assistance = w->in->reading->commands.n_commands == 0;
	if (e->opened)
		decide(w, DISPOSITION_OPENED, "letter", "a paper letter was entered");
	else
		decide(w, DISPOSITION_COMMAND, assistance ? "assistance" : "command", "staff mail carried out");
	w->out->use_token = w->in->token.state == TOKEN_VALID && own_token(w) && !e->only_reading;
	if (w->in->confirmed)
		(void)work_event(w, EVENT_CONFIRMED, w->now, w->from, NULL);
	receipt(e, p, "carried_out");
}

/* Unproven, but with the own token: nothing is even tried; one confirmation an hour, and silence
 * for whoever sends the same again and again. */
static void confirm_first(struct work *w)
{
	if (w->in->token.used || w->in->confirmations_hour > 0)
		mail_unproven(w, w->rules->staff[w->staff].address);
	else
		ask_confirmation(w, POWER_CONFIRM, NULL);
}

static void run_errand(struct work *w, enum power p)
{
	struct errand e = errand_open(w);
	if (w->in->ticket)
		e.t = work_ticket(w, w->in->ticket);
	errand_run(&e, &w->in->reading->commands);
	if (w->in->token.used && own_token(w) && !e.only_reading) {
		already_done(&e, p);
	} else if (e.n_refused > 0) {
		refuse_all(&e, p);
	} else if (e.sms_ask && p == POWER_ALL) {
		const char *sms = e.sms_ask;
		errand_undo(&e);
		ask_confirmation(w, p, sms);
	} else if (p == POWER_ALL || e.only_small) {
		carry_out(&e, p);
	} else if (w->in->confirmations_hour > 0) {
		too_many_confirmations(&e, p);
	} else {
		errand_undo(&e);
		ask_confirmation(w, p, NULL);
	}
	if (buf_status(&e.done) == -ENOMEM || buf_status(&e.refused) == -ENOMEM || buf_status(&e.shown) == -ENOMEM)
		work_fail(w, -ENOMEM);
	errand_free(&e);
}

static void answer_confirmation(struct work *w, const char *key)
{
	struct letter *l = letter_add(w, LETTER_RECEIPT, w->rules->staff[w->staff]);
	if (!l)
		return;
	l->in_reply_to = w->m->message_id;
	l->automatic_reply = true;
	letter_say(w, l, key, "ya");
}

/* The answer to a confirmation mail: its secret Message-ID stands in it, and it comes from the
 * address that got it.  Carries out once (the mail itself answers with its receipt). */
void mail_confirmation(struct work *w)
{
	const struct confirmation_facts *c = &w->in->confirmation;
	bool owner = c->owner && mail_address_eq(c->owner, w->from);
	if (w->in->ticket)
		(void)work_ticket(w, w->in->ticket);
	decide(w, DISPOSITION_CONFIRMATION, "command", "answer to a confirmation mail");
	if (!owner) {
		w->out->reason = "a confirmation answered by somebody else: nothing is carried out";
		(void)work_event(w, EVENT_UNPROVEN, w->in->received, "daemon", "a colleague's confirmation was answered");
		if (work_proof(w) == MAIL_PROOF_PASS)
			answer_confirmation(w, "confirmation_not_yours");
		return;
	}
	if (c->used || c->expired) {
		w->out->reason = c->used ? "the confirmation was used before" : "the confirmation has expired";
		(void)work_event(w, EVENT_FILED, w->in->received, "daemon", w->out->reason);
		if (work_proof(w) == MAIL_PROOF_PASS || w->in->warnings_hour == 0)
			answer_confirmation(w, c->used ? "confirmation_used" : "confirmation_expired");
		return;
	}
	enum answer said = answer_read(w->m);
	if (said == ANSWER_ABSENT) {
		w->out->reason = "an absence notice confirms nothing";
		(void)work_event(w, EVENT_FILED, w->in->received, "daemon", w->out->reason);
		return;
	}
	w->out->use_confirmation = true;
	if (said == ANSWER_NO || said == ANSWER_STOP) {
		w->out->reason = "the owner said no: nothing is carried out";
		(void)work_event(w, EVENT_FILED, w->in->received, w->from, "confirmation refused by its owner");
		answer_confirmation(w, "confirmation_denied");
		return;
	}
	w->out->carry_out_ledger_id = c->ledger_id;
}

void mail_staff(struct work *w)
{
	enum mail_proof proof = work_proof(w);
	enum power p = powers[proof][own_token(w)];
	if (w->in->confirmed && proof != MAIL_PROOF_FAIL) {
		run_errand(w, POWER_ALL);
		return;
	}
	if (p == POWER_FORGED) {
		mail_forged(w);
		return;
	}
	if (w->in->confirmation.is_answer) {
		mail_confirmation(w);
		return;
	}
	if (mail_is_from_applicant_side(w)) {
		if (w->in->ticket)
			mail_answer(w);
		else
			mail_request(w);
		return;
	}
	if (p == POWER_ALL && (is_stale(w) || w->m->automatic_subject))
		p = POWER_LITTLE;
	if (p == POWER_UNPROVEN)
		mail_unproven(w, w->rules->staff[w->staff].address);
	else if (p == POWER_CONFIRM)
		confirm_first(w);
	else
		run_errand(w, p);
}
