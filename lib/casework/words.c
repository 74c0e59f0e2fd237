/* Words of the procedure's enums: in the store, in JSON, in template file names. */
#include "casework/casework.h"

WORD_TABLE(ticket_state, ticket_state, [TICKET_RECEIVED] = "received", [TICKET_EXAMINING] = "examining",
	   [TICKET_WAITING] = "waiting", [TICKET_RENEWED] = "renewed", [TICKET_CLOSED] = "closed", [TICKET_REFUSED] = "refused",
	   [TICKET_CANCELLED] = "cancelled", [TICKET_MERGED] = "merged")

WORD_TABLE(applicant_state,
	   applicant_state, [APPLICANT_OPEN] = "open", [APPLICANT_RENEWED] = "renewed", [APPLICANT_REFUSED] = "refused")

WORD_TABLE(
	event_what,
	event_what, [EVENT_RECEIVED] = "received", [EVENT_ACKNOWLEDGED] = "acknowledged", [EVENT_ACK_WITHHELD] = "ack-withheld",
	[EVENT_ASSISTED] = "assisted", [EVENT_ANSWERED] = "answered", [EVENT_NOTED] = "noted", [EVENT_ASSIGNED] = "assigned",
	[EVENT_DATUM_SET] = "datum-set", [EVENT_KIND_SET] = "kind-set", [EVENT_RENEWED] = "renewed",
	[EVENT_REPORTED] = "reported", [EVENT_NOTIFIED] = "notified", [EVENT_NOTIFY_FAILED] = "notify-failed",
	[EVENT_CLOSED] = "closed", [EVENT_REFUSED] = "refused", [EVENT_CANCELLED] = "cancelled", [EVENT_MERGED] = "merged",
	[EVENT_REOPENED] = "reopened", [EVENT_HELD] = "held", [EVENT_TAKEN_UP] = "taken-up", [EVENT_SMS] = "sms",
	[EVENT_FILED] = "filed", [EVENT_COMMAND_REFUSED] = "command-refused", [EVENT_CONFIRMATION_ASKED] = "confirmation-asked",
	[EVENT_CONFIRMED] = "confirmed", [EVENT_UNPROVEN] = "unproven", [EVENT_FORGED] = "forged",
	[EVENT_TOKEN_REVOKED] = "token-revoked", [EVENT_MAIL_FAILED] = "mail-failed", [EVENT_MAIL_UNCERTAIN] = "mail-uncertain",
	[EVENT_BOUNCED] = "bounced", [EVENT_PARKED] = "parked", [EVENT_QUARANTINED] = "quarantined",
	[EVENT_OPERATOR] = "operator", [EVENT_ALARM] = "alarm", [EVENT_RELEASED] = "released", [EVENT_STAFF_TOLD] = "staff-told",
	[EVENT_NOTIFYING] = "notifying", [EVENT_PAUSED] = "paused", [EVENT_RESUMED] = "resumed", [EVENT_CORRECTED] = "corrected",
	[EVENT_REMINDED] = "reminded", [EVENT_MARKED] = "marked", [EVENT_IMPORTED] = "imported", [EVENT_HOLD_SET] = "hold-set",
	[EVENT_HOLD_ENDED] = "hold-ended", [EVENT_DESTROYED] = "destroyed")

WORD_TABLE(span_kind, span_kind, [SPAN_WORK] = "work", [SPAN_APPLICANT] = "applicant", [SPAN_BSRE] = "bsre")

WORD_TABLE(disposition,
	   disposition, [DISPOSITION_OPENED] = "opened", [DISPOSITION_JOINED] = "joined", [DISPOSITION_COMMAND] = "command",
	   [DISPOSITION_REFUSED] = "refused", [DISPOSITION_CONFIRM] = "confirm", [DISPOSITION_CONFIRMATION] = "confirmation",
	   [DISPOSITION_UNPROVEN] = "unproven", [DISPOSITION_FORGED] = "forged", [DISPOSITION_PARKED] = "parked",
	   [DISPOSITION_HELD] = "held", [DISPOSITION_OTHER] = "other", [DISPOSITION_AUTOMATIC] = "automatic",
	   [DISPOSITION_BOUNCE] = "bounce", [DISPOSITION_DUPLICATE] = "duplicate", [DISPOSITION_BASELINE] = "baseline",
	   [DISPOSITION_QUARANTINED] = "quarantined", [DISPOSITION_TOO_BIG] = "too-big", [DISPOSITION_GONE] = "gone")

WORD_TABLE(letter_kind, letter_kind, [LETTER_ACKNOWLEDGEMENT] = "acknowledgement", [LETTER_ANSWER_RECEIVED] = "answer-received",
	   [LETTER_NOTICE_REQUEST] = "notice-request", [LETTER_NOTICE_ANSWER] = "notice-answer",
	   [LETTER_NOTICE_OTHER] = "notice-other", [LETTER_ASSISTANCE] = "assistance", [LETTER_RECEIPT] = "receipt",
	   [LETTER_CONFIRMATION] = "confirmation", [LETTER_WARNING] = "warning", [LETTER_REPORT] = "report",
	   [LETTER_NOTIFICATION] = "notification", [LETTER_REFUSAL] = "refusal", [LETTER_RECAP] = "recap",
	   [LETTER_REMINDER] = "reminder", [LETTER_EXPIRY] = "expiry", [LETTER_DESTRUCTION] = "destruction", [LETTER_SMS] = "sms",
	   [LETTER_SMS_RECEIVED] = "sms-received", [LETTER_SMS_RENEWED] = "sms-renewed", [LETTER_SMS_NOTICE] = "sms-notice")

const char *letter_message_kind(enum letter_kind k)
{
	static const char *const kinds[N_LETTERS] = {
		[LETTER_ACKNOWLEDGEMENT] = "acknowledgement",
		[LETTER_ANSWER_RECEIVED] = "acknowledgement",
		[LETTER_NOTICE_REQUEST] = "staff-notice",
		[LETTER_NOTICE_ANSWER] = "staff-notice",
		[LETTER_NOTICE_OTHER] = "staff-notice",
		[LETTER_ASSISTANCE] = "assistance",
		[LETTER_RECEIPT] = "command-result",
		[LETTER_CONFIRMATION] = "command-result",
		[LETTER_WARNING] = "staff-notice",
		[LETTER_REPORT] = "report",
		[LETTER_NOTIFICATION] = "notification",
		[LETTER_REFUSAL] = "refusal",
		[LETTER_RECAP] = "report",
		[LETTER_REMINDER] = "reminder",
		[LETTER_EXPIRY] = "reminder",
		[LETTER_DESTRUCTION] = "report",
		[LETTER_SMS] = "assistance",
		[LETTER_SMS_RECEIVED] = "acknowledgement",
		[LETTER_SMS_RENEWED] = "notification",
		[LETTER_SMS_NOTICE] = "reminder",
	};
	return (size_t)k < N_LETTERS ? kinds[k] : "?";
}

bool letter_kind_is_sms(enum letter_kind k)
{
	return k == LETTER_SMS || k == LETTER_SMS_RECEIVED || k == LETTER_SMS_RENEWED || k == LETTER_SMS_NOTICE;
}

bool disposition_is_kept_back(enum disposition d)
{
	return d == DISPOSITION_QUARANTINED || d == DISPOSITION_HELD || d == DISPOSITION_TOO_BIG;
}
