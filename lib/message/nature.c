#include "message/nature.h"

#include "base/text.h"
#include "message/proof.h"

#include <errno.h>
#include <string.h>

struct judge {
	const struct header *h;
	const struct message_policy *policy;
	const struct nature_facts *facts;
	struct arena *a;
	struct message *m;
	bool memory;
};

static void keep_words(struct judge *j, const char *words)
{
	AUTO_BUF clean = BUF_INIT(4000);
	text_clean_line(&clean, span_str(words));
	j->m->nature_words = arena_strndup(j->a, buf_cstr(&clean), 300);
	j->memory = j->memory || !j->m->nature_words;
}

static void decide(struct judge *j, enum mail_nature nature, const char *rule, const char *words)
{
	if (j->m->nature != MAIL_HUMAN)
		return;
	j->m->nature = nature;
	j->m->nature_rule = rule;
	keep_words(j, words);
}

static void withhold(struct judge *j, const char *rule)
{
	if (!j->m->no_answer_rule)
		j->m->no_answer_rule = rule;
	j->m->may_answer = false;
}

static const char *plain(struct judge *j, const char *name, size_t i)
{
	const struct header_field *f = header_get(j->h, name, i);
	const char *s = f ? header_plain(f->value, j->a) : NULL;
	j->memory = j->memory || (f && !s);
	return s;
}

static bool first_word_is(const char *s, const char *word)
{
	size_t n = strlen(word);
	return str_starts_nocase(s, word) && (s[n] == '\0' || s[n] == ' ' || s[n] == ';' || s[n] == ',');
}

static void auto_submitted(struct judge *j)
{
	const char *s;
	for (size_t i = 0; (s = plain(j, "auto-submitted", i)); i++)
		if (!first_word_is(s, "no"))
			decide(j, MAIL_AUTOMATIC, "M01", *s ? s : "Auto-Submitted without a value");
}

static bool own_address(const struct judge *j, const char *spec)
{
	for (size_t i = 0; spec && i < j->policy->n_own_addresses; i++) {
		const char *own = j->policy->own_addresses[i];
		const char *at = strchr(own, '@'), *spec_at = strchr(spec, '@');
		size_t n = at ? (size_t)(at - own) : 0;
		if (mail_address_eq(own, spec))
			return true;
		/* name+detail@domain is the same mailbox */
		if (at && spec_at && str_eq_nocase(at, spec_at) && span_eq_nocase(span_of(own, n), span_of(spec, n)) &&
		    spec[n] == '+')
			return true;
	}
	return false;
}

static const char *from_spec(const struct judge *j)
{
	return j->m->n_from > 0 ? j->m->from[0].spec : NULL;
}

static void reports(struct judge *j)
{
	bool failed = j->m->n_deliveries == 0;
	if (j->facts->delivery_status) {
		for (size_t i = 0; i < j->m->n_deliveries; i++)
			failed = failed || str_eq(j->m->deliveries[i].action, "failed");
		decide(j, failed ? MAIL_BOUNCE : MAIL_DELAY, "M04", "delivery status notification");
	}
	if (j->facts->disposition)
		decide(j, MAIL_RECEIPT, "M08", "disposition notification");
	if (j->facts->feedback)
		decide(j, MAIL_COMPLAINT, "M09", "feedback report");
}

static bool local_is(const char *spec, const char *word, bool prefix)
{
	const char *at = spec ? strchr(spec, '@') : NULL;
	size_t n = strlen(word);
	if (!at || (size_t)(at - spec) < n || !span_eq_nocase(span_of(spec, n), span_str(word)))
		return false;
	return prefix || spec[n] == '@' || spec[n] == '+';
}

static bool local_ends(const char *spec, const char *word)
{
	const char *at = spec ? strchr(spec, '@') : NULL;
	size_t n = strlen(word);
	return at && (size_t)(at - spec) > n && span_eq_nocase(span_of(at - n, n), span_str(word));
}

/* Local parts that only machines write from (M14). */
static bool machine_name(const char *spec)
{
	static const char *const whole[] = { "mailer-daemon", "listserv",   "majordomo",  "root",       "daemon",
					     "noreply",       "no-reply",   "no_reply",   "donotreply", "do-not-reply",
					     "do_not_reply",  "autoreply",  "auto-reply", "bounce",     "bounces",
					     "tidakdibalas",  "post_master" };
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (local_is(spec, whole[i], false))
			return true;
	return local_is(spec, "owner-", true) || local_is(spec, "bounces+", true) || local_is(spec, "bounce+", true) ||
	       local_is(spec, "noreply-", true) || local_is(spec, "no-reply-", true) || local_is(spec, "bounces-", true) ||
	       local_is(spec, "bounce-", true) || local_ends(spec, "-owner") || local_ends(spec, "-request") ||
	       local_ends(spec, "-noreply") || local_ends(spec, "-no-reply") || local_ends(spec, "-bounces");
}

static bool subject_has(const struct judge *j, const char *const *words, bool at_start)
{
	struct span s = span_str(j->m->subject);
	for (; *words; words++)
		if (at_start ? span_starts_nocase(s, *words) : span_find_nocase(s, 0, *words) < s.n)
			return true;
	return false;
}

static const char *const bounce_subjects[] = { "undeliver",
					       "non-deliver",
					       "nondeliver",
					       "non deliver",
					       "delivery status notification",
					       "delivery notification",
					       "delivery failure",
					       "delivery failed",
					       "delivery has failed",
					       "delivery delayed",
					       "delayed mail",
					       "failed delivery",
					       "failed mail",
					       "mail delivery failed",
					       "mail delivery failure",
					       "mail delivery system",
					       "mail delivery delayed",
					       "mail could not be delivered",
					       "mail system error",
					       "message delivery failure",
					       "message undeliver",
					       "message status - undeliver",
					       "returned mail",
					       "failure notice",
					       "failure delivery",
					       "warning: could not send",
					       "warning: message",
					       "tidak terkirim",
					       "tidak dapat dikirim",
					       "gagal terkirim",
					       "pengiriman gagal",
					       "pengiriman tertunda",
					       "pemberitahuan status pengiriman",
					       "unzustellbar",
					       "non remis",
					       "no se puede entregar",
					       "non recapitabile",
					       "\xe3\x83\xa1\xe3\x83\x83\xe3\x82\xbb\xe3\x83\xbc",
					       NULL };
static const char *const delay_subjects[] = { "delay", "warning", "tertunda", NULL };
static const char *const auto_subjects[] = { "automatic reply",
					     "automatic response",
					     "automated reply",
					     "automated response",
					     "auto:",
					     "autoreply",
					     "auto reply",
					     "auto-reply",
					     "autoresponse",
					     "auto response",
					     "auto-response",
					     "autoresponder",
					     "out of office",
					     "out of the office",
					     "out-of-office",
					     "ooo:",
					     "away from",
					     "vacation",
					     "on leave",
					     "balasan otomatis",
					     "balas otomatis",
					     "jawaban otomatis",
					     "respon otomatis",
					     "respons otomatis",
					     "pesan otomatis",
					     "di luar kantor",
					     "sedang cuti",
					     "sedang di luar",
					     "jawapan automatik",
					     "balasan automatik",
					     "abwesenheit",
					     "automatische antwort",
					     "automatisch antwoord",
					     "r\xc3\xa9ponse automatique",
					     "absence du bureau",
					     "respuesta autom",
					     "fuera de la oficina",
					     "resposta autom",
					     "risposta automatica",
					     "fuori sede",
					     "otomatik yan",
					     "\xe8\x87\xaa\xe5\x8a\xa8\xe5\x9b\x9e\xe5\xa4\x8d",
					     "\xe8\x87\xaa\xe5\x8b\x95\xe8\xbf\x94\xe4\xbf\xa1",
					     "\xe8\x87\xaa\xe5\x8b\x95\xe5\xbf\x9c\xe7\xad\x94",
					     "\xd0\xb0\xd0\xb2\xd1\x82\xd0\xbe\xd0\xbe\xd1\x82\xd0\xb2\xd0\xb5\xd1\x82",
					     NULL };

/* The From field of a mail system: MAILER-DAEMON with or without an address; weak is a name that people may use as well. */
enum system { SYSTEM_NO, SYSTEM_WEAK, SYSTEM_SURE };

static enum system system_name(struct judge *j)
{
	static const char *const weak[] = {
		"postmaster", "post_master", "post-master", "mail.delivery.system", "mail-daemon",        "maildaemon",
		"mdaemon",    "mailer",      "mailsystem",  "mail-delivery",        "bounce-notification"
	};
	static const char *const names[] = { "mail delivery", "mailer-daemon", "mailer daemon", "mail administrator", NULL };
	const char *spec = from_spec(j), *text = plain(j, "from", 0);
	if (local_is(spec, "mailer-daemon", false) || local_is(spec, "mailerdaemon", false) ||
	    (!spec && text && span_find_nocase(span_str(text), 0, "mailer-daemon") < strlen(text)))
		return SYSTEM_SURE;
	for (size_t i = 0; i < sizeof(weak) / sizeof(*weak); i++)
		if (local_is(spec, weak[i], false))
			return SYSTEM_WEAK;
	for (size_t i = 0; text && names[i]; i++)
		if (span_find_nocase(span_str(text), 0, names[i]) < strlen(text))
			return SYSTEM_WEAK;
	return SYSTEM_NO;
}

/* Failures told without a structure (M05).  One sign alone never decides but a name that only mail systems have: people
 * forward bounces, quote them, and write as postmaster. */
static void bounces_without_report(struct judge *j)
{
	const struct failure *f = &j->facts->failure;
	enum system name = system_name(j);
	bool null_path = j->m->return_path && !*j->m->return_path;
	bool subject = subject_has(j, bounce_subjects, true);
	bool words = f->sentence || f->transcript;
	bool delay = subject_has(j, delay_subjects, false) || (f->delay && !(f->status && *f->status == '5'));
	const char *why = header_get(j->h, "x-failed-recipients", 0)                 ? "X-Failed-Recipients"
			  : name == SYSTEM_SURE                                      ? "From: MAILER-DAEMON"
			  : name == SYSTEM_WEAK && (subject || null_path)            ? "From of a mail system"
			  : name == SYSTEM_WEAK && f->sentence && f->transcript      ? "a mail system's SMTP reply"
			  : null_path && (subject || (f->sentence && f->transcript)) ? "null sender and failure words"
			  : j->facts->report && (subject || words)                   ? "report without a kind"
										     : NULL;
	if (why)
		decide(j, delay ? MAIL_DELAY : MAIL_BOUNCE, "M05", why);
}

/* Hotmail's complaints came without RFC 5965's structure. */
static void complaints_without_report(struct judge *j)
{
	static const char *const subject[] = { "complaint about message from", NULL };
	if (mail_address_eq(from_spec(j), "staff@hotmail.com") && subject_has(j, subject, true))
		decide(j, MAIL_COMPLAINT, "M09", "complaint about message from");
}

struct marker {
	const char *name, *value; /* value: NULL any but no/false; else it must contain it */
	enum mail_nature nature;
	bool only_withhold;
	const char *rule;
};

static const struct marker markers[] = {
	{ "list-id", NULL, MAIL_LIST, false, "M10" },
	{ "list-post", NULL, MAIL_LIST, false, "M10" },
	{ "list-unsubscribe", NULL, MAIL_LIST, false, "M10" },
	{ "list-help", NULL, MAIL_LIST, false, "M10" },
	{ "list-subscribe", NULL, MAIL_LIST, false, "M10" },
	{ "list-owner", NULL, MAIL_LIST, false, "M10" },
	{ "list-archive", NULL, MAIL_LIST, false, "M10" },
	{ "mailing-list", NULL, MAIL_LIST, false, "M10" },
	{ "x-mailing-list", NULL, MAIL_LIST, false, "M10" },
	{ "x-beenthere", NULL, MAIL_LIST, false, "M10" },
	{ "x-mailman-version", NULL, MAIL_LIST, false, "M10" },
	{ "x-mlserver", NULL, MAIL_LIST, false, "M10" },
	{ "x-ml-name", NULL, MAIL_LIST, false, "M10" },
	{ "precedence", "auto_reply", MAIL_AUTOMATIC, false, "M11" },
	{ "x-precedence", "auto_reply", MAIL_AUTOMATIC, false, "M11" },
	{ "precedence", "bulk", MAIL_LIST, true, "M11" },
	{ "precedence", "junk", MAIL_LIST, true, "M11" },
	{ "precedence", "list", MAIL_LIST, false, "M11" },
	{ "x-precedence", "bulk", MAIL_LIST, true, "M11" },
	{ "x-precedence", "junk", MAIL_LIST, true, "M11" },
	{ "x-precedence", "list", MAIL_LIST, true, "M11" },
	{ "x-auto-response-suppress", "all", MAIL_AUTOMATIC, true, "M12" },
	{ "x-auto-response-suppress", "oof", MAIL_AUTOMATIC, true, "M12" },
	{ "x-auto-response-suppress", "autoreply", MAIL_AUTOMATIC, true, "M12" },
	{ "x-autoreply", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-autorespond", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-autoresponder", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-autoresponse", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-autoreply-from", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-mail-autoreply", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-autogenerated", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-auto-reply", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-vacation", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-cron-env", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-apple-action", "vacation", MAIL_AUTOMATIC, false, "M13" },
	{ "x-ms-exchange-inbox-rules-loop", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-ms-exchange-generated-message-source", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-ms-exchange-message-is-ndr", NULL, MAIL_BOUNCE, false, "M13" },
	{ "x-loop", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-no-loop", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-otrs-loop", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-otobo-loop", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "x-rt-loop-prevention", NULL, MAIL_AUTOMATIC, false, "M13" },
	{ "delivered-to", "autoresponder", MAIL_AUTOMATIC, false, "M13" },
	{ "x-amazon-mail-relay-type", "notification", MAIL_AUTOMATIC, false, "M13" },
};

static void marked(struct judge *j)
{
	for (size_t i = 0; i < sizeof(markers) / sizeof(*markers); i++) {
		const struct marker *k = &markers[i];
		const char *s;
		for (size_t n = 0; n < 20 && (s = plain(j, k->name, n)); n++) {
			struct span v = span_str(s);
			bool hit = k->value ? span_find_nocase(v, 0, k->value) < v.n
					    : !str_eq_nocase(s, "no") && !str_eq_nocase(s, "false");
			if (!hit)
				continue;
			if (!k->only_withhold)
				decide(j, k->nature, k->rule, k->name);
			withhold(j, k->rule);
		}
	}
}

static void senders(struct judge *j)
{
	const char *from = from_spec(j);
	if (own_address(j, from) || (j->m->return_path && own_address(j, j->m->return_path)))
		decide(j, MAIL_OWN, "M03", "own address as sender");
	if (machine_name(from) || machine_name(j->m->return_path)) {
		withhold(j, "M14");
		if (machine_name(from))
			decide(j, MAIL_AUTOMATIC, "M14", from);
	}
	if (j->m->return_path && !*j->m->return_path) {
		withhold(j, "M02");
		decide(j, MAIL_AUTOMATIC, "M02", "Return-Path: <>");
	}
	if (!j->m->return_path && j->m->proof != MAIL_PROOF_PASS)
		withhold(j, "M02");
	if (j->m->return_path && *j->m->return_path && from && !mail_address_eq(j->m->return_path, from) &&
	    j->m->proof != MAIL_PROOF_PASS)
		withhold(j, "M20");
}

static void others(struct judge *j)
{
	j->m->automatic_subject = subject_has(j, auto_subjects, true) || subject_has(j, bounce_subjects, true);
	if (j->m->automatic_subject)
		withhold(j, "M15");
	if (!j->m->to_us)
		withhold(j, "M16");
	if (j->facts->dmarc_fail || j->m->proof == MAIL_PROOF_FAIL || proof_is_spam(j->h, j->policy))
		withhold(j, "M17");
	if (j->m->n_received > LIMIT_RECEIVED)
		withhold(j, "M18");
	if (j->facts->calendar_answer)
		withhold(j, "M28");
	if (j->m->duplicate_fields || j->m->n_from_fields != 1 || j->m->n_from != 1)
		withhold(j, "M30");
}

int nature_judge(const struct header *h, const struct message_policy *policy, const struct nature_facts *facts, struct arena *a,
		 struct message *out)
{
	struct judge j = { .h = h, .policy = policy, .facts = facts, .a = a, .m = out };
	out->nature = MAIL_HUMAN;
	out->may_answer = true;
	reports(&j);
	bounces_without_report(&j);
	complaints_without_report(&j);
	auto_submitted(&j);
	marked(&j);
	senders(&j);
	others(&j);
	if (out->nature != MAIL_HUMAN)
		withhold(&j, out->nature_rule);
	return j.memory ? -ENOMEM : 0;
}
