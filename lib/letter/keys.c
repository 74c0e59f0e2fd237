/* All keys that templates may use, how far each may go, and where it comes from. */
#include "letter/letter_private.h"

#include <errno.h>
#include <string.h>

#include "letter/values.h"

static const struct letter_key keys[] = {
	/* safe before strangers */
	{ "agency", KEY_SAFE, 0, value_agency },
	{ "mailbox_name", KEY_SAFE, 0, value_mailbox_name },
	{ "mailbox_address", KEY_SAFE, 0, value_mailbox_address },
	{ "number", KEY_SAFE, 0, value_number },
	{ "kind", KEY_SAFE, 0, value_kind },
	{ "certificate", KEY_SAFE, 0, value_certificate },
	{ "received_at", KEY_SAFE, 0, value_received_at },
	{ "deadline", KEY_SAFE, 0, value_deadline },
	{ "held_until", KEY_SAFE, 0, value_held_until },
	{ "missing", KEY_SAFE, KEY_BLOCK, value_missing },
	{ "secret", KEY_SAFE, 0, value_secret },
	{ "confirmation_life", KEY_SAFE, 0, value_confirmation_life },
	{ "opened", KEY_SAFE, 0, NULL },
	{ "joined", KEY_SAFE, 0, NULL },
	{ "neutral", KEY_SAFE, 0, NULL },
	{ "commands", KEY_SAFE, 0, NULL },
	{ "proof_level", KEY_SAFE, 0, NULL },
	{ "sms", KEY_SAFE, 0, NULL },
	{ "paper", KEY_SAFE, 0, NULL },
	{ "findings", KEY_SAFE, 0, NULL },
	/* to the applicant of a ticket */
	{ "requester_name", KEY_APPLICANT, 0, value_requester_name },
	{ "text", KEY_APPLICANT, KEY_VERBATIM, NULL },
	{ "reason", KEY_APPLICANT, KEY_VERBATIM, NULL },
	{ "declined", KEY_APPLICANT, 0, NULL },
	{ "cancelled", KEY_APPLICANT, 0, NULL },
	{ "unanswered", KEY_APPLICANT, 0, NULL },
	{ "second", KEY_APPLICANT, 0, NULL },
	{ "cancel_days", KEY_APPLICANT, 0, NULL },
	{ "ask_mark", KEY_APPLICANT, 0, NULL },
	{ "renewed", KEY_APPLICANT, KEY_BLOCK, value_renewed },
	{ "still_open", KEY_APPLICANT, KEY_BLOCK, value_still_open },
	/* to the holder of a certificate that ends */
	{ "headline", KEY_APPLICANT, 0, NULL },
	{ "holder", KEY_APPLICANT, 0, NULL },
	{ "holder_agency", KEY_APPLICANT, 0, NULL },
	{ "until", KEY_APPLICANT, 0, NULL },
	{ "when", KEY_APPLICANT, 0, NULL },
	{ "ended", KEY_APPLICANT, 0, NULL },
	{ "holders", KEY_APPLICANT, KEY_BLOCK, NULL },
	{ "for_agency", KEY_APPLICANT, 0, NULL },
	{ "stopped", KEY_APPLICANT, 0, NULL },
	/* to staff: the mail */
	{ "recipient_name", KEY_STAFF, 0, value_recipient_name },
	{ "sender", KEY_STAFF, 0, value_sender },
	{ "sender_proof", KEY_STAFF, 0, value_sender_proof },
	{ "reply_to_differs", KEY_STAFF, 0, value_reply_to_differs },
	{ "subject", KEY_STAFF, 0, value_subject },
	{ "quoted", KEY_STAFF, KEY_VERBATIM, value_quoted },
	{ "quoted_cut", KEY_STAFF, 0, value_quoted_cut },
	{ "evidence", KEY_STAFF, KEY_BLOCK, value_evidence },
	{ "attachments", KEY_STAFF, KEY_BLOCK, value_attachments },
	{ "dangerous", KEY_STAFF, 0, value_dangerous },
	{ "unreadable", KEY_STAFF, 0, value_unreadable },
	{ "remarks", KEY_STAFF, 0, value_remarks },
	/* to staff: the ticket */
	{ "state", KEY_STAFF, 0, value_state },
	{ "requester", KEY_STAFF, 0, value_requester },
	{ "assigned", KEY_STAFF, 0, value_assigned },
	{ "applicants", KEY_STAFF, KEY_BLOCK, value_applicants },
	{ "opened_at", KEY_STAFF, 0, value_opened_at },
	{ "steps", KEY_STAFF, KEY_BLOCK, value_steps },
	{ "examined", KEY_STAFF, 0, value_examined },
	{ "result", KEY_STAFF, 0, value_result },
	{ "report_persons", KEY_STAFF, KEY_BLOCK, value_report_persons },
	{ "sent_text", KEY_STAFF, KEY_VERBATIM, value_sent_text },
	/* to staff: said by the decision */
	{ "period", KEY_STAFF, 0, NULL },
	{ "officer", KEY_STAFF, 0, NULL },
	{ "destroyed", KEY_STAFF, KEY_BLOCK, NULL },
	{ "destroyed_sum", KEY_STAFF, KEY_BLOCK, NULL },
	{ "digest", KEY_STAFF, 0, NULL },
	{ "ack_withheld", KEY_STAFF, 0, NULL },
	{ "filled", KEY_STAFF, 0, NULL },
	{ "notes", KEY_STAFF, 0, NULL },
	{ "last_today", KEY_STAFF, 0, NULL },
	{ "taken_up", KEY_STAFF, 0, NULL },
	{ "what", KEY_STAFF, 0, NULL },
	{ "why", KEY_STAFF, 0, NULL },
	{ "parked", KEY_STAFF, 0, NULL },
	{ "hide_mail", KEY_STAFF, 0, NULL },
	{ "done", KEY_STAFF, 0, NULL },
	{ "refused", KEY_STAFF, 0, NULL },
	{ "shown", KEY_STAFF, KEY_BLOCK, NULL },
	{ "carried_out", KEY_STAFF, 0, NULL },
	{ "printable", KEY_STAFF, 0, NULL },
	{ "refused_all", KEY_STAFF, 0, NULL },
	{ "repeated", KEY_STAFF, 0, NULL },
	{ "confirmation_used", KEY_STAFF, 0, NULL },
	{ "confirmation_expired", KEY_STAFF, 0, NULL },
	{ "confirmation_denied", KEY_STAFF, 0, NULL },
	{ "confirmation_not_yours", KEY_STAFF, 0, NULL },
	{ "forged", KEY_STAFF, 0, NULL },
	{ "unproven", KEY_STAFF, 0, NULL },
	{ "leaked", KEY_STAFF, 0, NULL },
	{ "leaked_by", KEY_STAFF, 0, NULL },
};

const struct letter_key *letter_key_find(struct span name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (span_eq(name, span_str(keys[i].name)))
			return &keys[i];
	return NULL;
}

const struct letter_key *letter_key_at(size_t i)
{
	return i < sizeof(keys) / sizeof(*keys) ? &keys[i] : NULL;
}

/* A confirmation goes to a staff member, but a stranger can cause it: content fixed (T17). */
enum key_level letter_level(enum letter_kind kind)
{
	static const enum key_level levels[N_LETTERS] = {
		[LETTER_ACKNOWLEDGEMENT] = KEY_SAFE, [LETTER_ANSWER_RECEIVED] = KEY_SAFE,   [LETTER_CONFIRMATION] = KEY_SAFE,
		[LETTER_ASSISTANCE] = KEY_APPLICANT, [LETTER_NOTIFICATION] = KEY_APPLICANT, [LETTER_REFUSAL] = KEY_APPLICANT,
		[LETTER_REMINDER] = KEY_APPLICANT,   [LETTER_EXPIRY] = KEY_APPLICANT,       [LETTER_RECAP] = KEY_STAFF,
		[LETTER_NOTICE_REQUEST] = KEY_STAFF, [LETTER_NOTICE_ANSWER] = KEY_STAFF,    [LETTER_NOTICE_OTHER] = KEY_STAFF,
		[LETTER_SMS] = KEY_APPLICANT,        [LETTER_SMS_RECEIVED] = KEY_SAFE,      [LETTER_SMS_RENEWED] = KEY_SAFE,
		[LETTER_SMS_NOTICE] = KEY_SAFE,      [LETTER_RECEIPT] = KEY_STAFF,          [LETTER_WARNING] = KEY_STAFF,
		[LETTER_REPORT] = KEY_STAFF,         [LETTER_DESTRUCTION] = KEY_STAFF,
	};
	return (size_t)kind < N_LETTERS ? levels[kind] : KEY_SAFE;
}

_Static_assert(sizeof(keys) / sizeof(*keys) <= LETTER_KEYS_MAX, "values.cache is too small");

/* Control characters, bidi marks and broken UTF-8 never reach a page, wherever the value is from.
 */
static const char *clean(struct values *v, const char *s)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES);
	text_clean(&b, span_str(s));
	while (b.n > 0 && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == ' '))
		b.p[--b.n] = '\0';
	return value_buf(v, &b);
}

static const char *make(struct values *v, const struct letter_key *k)
{
	const char *s = NULL;
	if (k->level > letter_level(v->letter->kind))
		return NULL;
	for (size_t i = 0; !s && i < v->letter->n_values; i++)
		if (str_eq(v->letter->values[i].key, k->name))
			s = v->letter->values[i].value;
	if (!s && k->make)
		s = k->make(v);
	return s ? clean(v, s) : NULL;
}

const char *letter_key_value(struct values *v, const struct letter_key *k)
{
	size_t i = (size_t)(k - keys);
	if (!v->cached[i]) {
		v->cache[i] = make(v, k);
		v->cached[i] = true;
	}
	return v->cache[i];
}
