/* Values of the procedure: agency, ticket, dates, persons, what is missing. */
#include "letter/letter_private.h"

#include "base/num.h"
#include "casework/phrase.h"
#include "letter/values.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *value_say(struct values *v, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : arena_alloc(v->a, (size_t)n + 1);
	if (!p) {
		v->status = -ENOMEM;
		return NULL;
	}
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap); /* measured above */
	va_end(ap);
	return p;
}

const char *value_buf(struct values *v, const struct buf *b)
{
	if (buf_status(b) == -ENOMEM)
		v->status = -ENOMEM;
	if (buf_status(b) == -ENOMEM || b->n == 0)
		return NULL;
	const char *s = arena_strndup(v->a, b->p, b->n);
	if (!s)
		v->status = -ENOMEM;
	return s;
}

void value_name(struct buf *b, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	if (n > LETTER_NAME_BYTES) {
		n = LETTER_NAME_BYTES;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--; /* not inside a character */
	}
	text_clean_line(b, span_of(s, n));
}

void value_line(struct buf *b, const char *s)
{
	text_clean_line(b, span_str(s));
}

bool value_enough(struct buf *b, size_t left)
{
	if (b->n < LETTER_PERSONS_BYTES)
		return false;
	buf_addf(b, "\n… dan %zu orang lagi\n", left);
	return true;
}

const char *value_masked(struct values *v, const char *digits)
{
	const char *s = NULL;
	if (mask_digits(digits, v->a, &s) < 0)
		v->status = -ENOMEM;
	return s ? s : "";
}

const char *value_iso_date(struct values *v, const char *iso)
{
	uint32_t y, m, d;
	bool is_date = strlen(iso) == 10 && num_parse_u32(span_of(iso, 4), 9999, &y) == 0 &&
		       num_parse_u32(span_of(iso + 5, 2), 12, &m) == 0 && num_parse_u32(span_of(iso + 8, 2), 31, &d) == 0;
	if (!is_date)
		return iso;
	return phrase_date((struct civil_date){ (int)y, (int)m, (int)d }, v->a);
}

const char *value_agency(struct values *v)
{
	return v->rules->agency;
}

const char *value_mailbox_name(struct values *v)
{
	return v->rules->mailbox_name;
}

const char *value_mailbox_address(struct values *v)
{
	return v->rules->mailbox_address;
}

const char *value_number(struct values *v)
{
	return v->ticket && !v->letter->no_tag ? v->ticket->number : NULL;
}

const char *value_kind(struct values *v)
{
	return v->ticket ? phrase_kind(v->ticket->kind) : NULL;
}

const char *value_certificate(struct values *v)
{
	bool yes = v->ticket && (v->ticket->kind == REQUEST_RENEWAL || v->ticket->kind == REQUEST_ISSUANCE);
	return yes ? "ya" : NULL;
}

const char *value_received_at(struct values *v)
{
	return v->in ? phrase_instant(v->in->received, v->rules->calendar, v->a) : NULL;
}

const char *value_opened_at(struct values *v)
{
	return v->ticket ? phrase_instant(v->ticket->opened_at, v->rules->calendar, v->a) : NULL;
}

/* By when the team examines: the standard of step 2 in working time from now. */
const char *value_deadline(struct values *v)
{
	struct instant due = calendar_due(v->rules->calendar, v->now, v->rules->standard[1]);
	if (due.ms == INT64_MAX || (v->ticket && v->ticket->is_held))
		return NULL;
	return phrase_instant(due, v->rules->calendar, v->a);
}

const char *value_held_until(struct values *v)
{
	if (!v->ticket || !v->ticket->is_held)
		return NULL;
	return phrase_date(phrase_local_date(v->ticket->held_until, v->rules->calendar), v->a);
}

const char *value_secret(struct values *v)
{
	return v->in && v->in->reading->request.secret_found ? "ya" : NULL;
}

const char *value_confirmation_life(struct values *v)
{
	return phrase_duration(v->rules->confirmation_life, v->a);
}

const char *value_requester_name(struct values *v)
{
	AUTO_BUF b = BUF_INIT(2048);
	if (!v->ticket || !v->ticket->requester_name)
		return NULL;
	value_name(&b, v->ticket->requester_name);
	return value_buf(v, &b);
}

const char *value_recipient_name(struct values *v)
{
	return v->letter->to.name ? v->letter->to.name : v->letter->to.address;
}

const char *value_state(struct values *v)
{
	return v->ticket ? phrase_state(v->ticket->state) : NULL;
}

const char *value_requester(struct values *v)
{
	const struct ticket *t = v->ticket;
	if (!t || !t->requester_address)
		return t ? "tanpa alamat email" : NULL;
	AUTO_BUF b = BUF_INIT(4096);
	value_name(&b, t->requester_name);
	buf_addf(&b, b.n > 0 ? " <%s>" : "%s", t->requester_address);
	return value_buf(v, &b);
}

const char *value_assigned(struct values *v)
{
	int k = v->ticket ? casework_staff(v->rules, v->ticket->assigned_to) : -1;
	if (k < 0)
		return v->ticket ? v->ticket->assigned_to : NULL;
	return v->rules->staff[k].name ? v->rules->staff[k].name : v->rules->staff[k].address;
}

/* --- persons ------------------------------------------------------------------------------- */
static void row(struct buf *b, const char *label, const char *value)
{
	buf_addf(b, "%s\t", label);
	value_line(b, value);
	buf_add_char(b, '\n');
}

static void person_rows(struct values *v, struct buf *b, const struct applicant *x)
{
	for (int i = 0; i < N_FIELDS; i++) {
		enum applicant_field f = (enum applicant_field)i;
		const char *value = x->value[f];
		if (value)
			row(b, phrase_field(f), f == FIELD_VALID_UNTIL ? value_iso_date(v, value) : value);
		else if (x->given[f])
			row(b, phrase_field(f), value_say(v, "%s (tidak sesuai format)", x->given[f]));
	}
	if (x->renewed_until.year) {
		const char *d = phrase_date(x->renewed_until, v->a);
		row(b, "Berlaku sampai", value_say(v, "%s%s", d ? d : "", x->renewed_until_assumed ? " (diasumsikan)" : ""));
	}
}

/* Staff see numbers whole. */
const char *value_applicants(struct values *v)
{
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 2);
	if (!v->ticket)
		return NULL;
	for (size_t i = 0; i < v->ticket->n_applicants; i++) {
		const struct applicant *x = &v->ticket->applicants[i];
		if (value_enough(&b, v->ticket->n_applicants - i))
			break;
		if (v->ticket->n_applicants > 1)
			buf_addf(&b, "%sPemohon ke-%zu (%s)\n", i ? "\n" : "", i + 1, phrase_applicant_state(x->state));
		person_rows(v, &b, x);
	}
	return value_buf(v, &b);
}

/* --- what is missing ------------------------------------------------------------------------ */
static void add_shape(struct buf *b, enum applicant_field f, const char *between)
{
	buf_addf(b, "%s%s (%s)", between, phrase_field(f), phrase_shape(f));
}

static bool group_met(const struct applicant *x, uint32_t group)
{
	for (int f = 0; f < N_FIELDS; f++)
		if ((group & (1u << f)) && x->value[f])
			return true;
	return false;
}

static bool group_malformed(const struct applicant *x, uint32_t group)
{
	for (int f = 0; f < N_FIELDS; f++)
		if ((group & (1u << f)) && x->given[f])
			return true;
	return false;
}

/* What one person lacks: never the malformed value itself, which a stranger may have chosen. */
static void add_missing(struct values *v, struct buf *b, const struct applicant *x, const char *who)
{
	for (int f = 0; f < N_FIELDS; f++)
		if (x->given[f] && !x->value[f])
			buf_addf(b, "- %s%s: yang tertulis belum sesuai; seharusnya %s\n", who,
				 phrase_field((enum applicant_field)f), phrase_shape((enum applicant_field)f));
	for (size_t g = 0; g < v->rules->n_required; g++) {
		uint32_t group = v->rules->required[g];
		bool first = true;
		if (group_met(x, group) || group_malformed(x, group))
			continue;
		buf_addf(b, "- %s", who);
		for (int f = 0; f < N_FIELDS; f++)
			if (group & (1u << f)) {
				add_shape(b, (enum applicant_field)f, first ? "" : " atau ");
				first = false;
			}
		buf_add_char(b, '\n');
	}
}

const char *value_missing(struct values *v)
{
	static const struct applicant nobody = { 0 };
	AUTO_BUF b = BUF_INIT(LETTER_TEXT_BYTES / 2);
	const struct ticket *t = v->ticket;
	if (!t || v->letter->no_tag || t->kind == REQUEST_QUESTION)
		return NULL;
	if (t->n_applicants == 0)
		add_missing(v, &b, &nobody, "");
	for (size_t i = 0; i < t->n_applicants && !value_enough(&b, t->n_applicants - i); i++) {
		const char *who = t->n_applicants > 1 ? value_say(v, "orang ke-%zu: ", i + 1) : "";
		add_missing(v, &b, &t->applicants[i], who ? who : "");
	}
	return value_buf(v, &b);
}
