/* Who gets which letter, and when a stranger may be answered at all. */
#include "casework/casework_private.h"

#include <errno.h>
#include <string.h>

struct letter *letter_add(struct work *w, enum letter_kind kind, struct person to)
{
	if (w->status < 0)
		return NULL;
	if (w->n_letters == w->cap_letters) {
		size_t cap = w->cap_letters ? w->cap_letters * 2 : 8;
		struct letter *grown = arena_grow(w->a, w->letters, w->n_letters, cap, sizeof(*grown));
		if (!grown) {
			work_fail(w, -ENOMEM);
			return NULL;
		}
		w->letters = grown;
		w->cap_letters = cap;
	}
	struct letter *l = &w->letters[w->n_letters++];
	*l = (struct letter){ .kind = kind, .to = to };
	return l;
}

void letter_say(struct work *w, struct letter *l, const char *key, const char *value)
{
	if (!l || !value || !*value)
		return;
	struct letter_value *grown = arena_array(w->a, l->n_values + 1, sizeof(*grown));
	if (!grown) {
		work_fail(w, -ENOMEM);
		return;
	}
	if (l->n_values > 0)
		memcpy(grown, l->values, l->n_values * sizeof(*grown));
	grown[l->n_values] = (struct letter_value){ key, value };
	l->values = grown;
	l->n_values++;
}

struct person requester(const struct ticket *t)
{
	return (struct person){ t->requester_name, t->requester_address };
}

/* Into the requester's own thread: what they see is one conversation. */
void letter_thread(struct letter *l, const struct ticket *t, struct work *w)
{
	if (!l)
		return;
	l->in_reply_to = t->last_id ? t->last_id : t->request_id;
	if (!t->request_id || str_eq(t->request_id, l->in_reply_to))
		return;
	const char **refs = arena_array(w->a, 1, sizeof(*refs));
	if (!refs) {
		work_fail(w, -ENOMEM);
		return;
	}
	refs[0] = t->request_id;
	l->references = refs;
	l->n_references = 1;
}

static void copy_to(struct work *w, const struct letter *proto, const struct person *to, const char *except)
{
	if (!to->address || (except && mail_address_eq(to->address, except)))
		return;
	struct letter *l = letter_add(w, proto->kind, *to);
	if (!l)
		return;
	*l = *proto;
	l->to = *to;
}

void letter_to_staff(struct work *w, const struct letter *proto, const struct ticket *t, enum letter_to to, const char *except)
{
	int assigned = t && to == TO_ASSIGNED ? casework_staff(w->rules, t->assigned_to) : -1;
	if (assigned >= 0 && !(except && mail_address_eq(w->rules->staff[assigned].address, except))) {
		copy_to(w, proto, &w->rules->staff[assigned], except);
		return;
	}
	for (size_t i = 0; i < w->rules->n_staff; i++)
		copy_to(w, proto, &w->rules->staff[i], except);
}

static bool is_own_address(const struct casework_rules *rules, const char *address)
{
	if (mail_address_eq(rules->mailbox_address, address))
		return true;
	for (size_t i = 0; i < rules->n_own_addresses; i++)
		if (mail_address_eq(rules->own_addresses[i], address))
			return true;
	return false;
}

static bool is_home(const struct casework_rules *rules, const char *address)
{
	const char *domain = mail_address_domain(address);
	size_t n = domain ? strlen(domain) : 0;
	for (size_t i = 0; domain && i < rules->n_home_domains; i++) {
		size_t h = strlen(rules->home_domains[i]);
		if (h == 0 || h > n || (h < n && domain[n - h - 1] != '.'))
			continue;
		if (str_eq_nocase(domain + (n - h), rules->home_domains[i]))
			return true;
	}
	return false;
}

static bool over(uint32_t sent, uint32_t cap)
{
	return cap > 0 && sent >= cap;
}

bool sender_is_home(const struct work *w)
{
	return w->from && work_proof(w) == MAIL_PROOF_PASS && is_home(w->rules, w->from);
}

/* M22 and the wider caps of proven home domains. */
bool over_caps(const struct work *w)
{
	const struct caps *c = &w->rules->caps;
	const struct traffic *t = &w->in->traffic;
	if (over(t->all_hour, c->hour) || over(t->ticket_day, c->ticket_day))
		return true;
	if (sender_is_home(w))
		return over(t->address_hour, c->home_address_hour);
	return over(t->address_hour, c->address_hour) || over(t->address_day, c->address_day) ||
	       over(t->domain_hour, c->domain_hour);
}

/* M20: From differs from the envelope sender, and nothing proves From. */
static bool doubtful_return(const struct work *w)
{
	const char *rp = w->m->return_path;
	return rp && *rp && !mail_address_eq(rp, w->from) && work_proof(w) != MAIL_PROOF_PASS;
}

const char *ack_barred(struct work *w, const char **reason)
{
	struct {
		bool bars;
		const char *reason, *why;
	} rows[] = {
		{ !w->from || !mail_address_valid(w->from), "no single sender address", "alamat pengirim tidak jelas" },
		{ w->from && is_own_address(w->rules, w->from), "M03: own address", "pengirimnya alamat SITANTE sendiri" },
		{ work_proof(w) == MAIL_PROOF_FAIL, "M17: dmarc=fail",
		  "keaslian alamat pengirim gagal dibuktikan (DMARC gagal)" },
		{ !w->m->may_answer, w->m->no_answer_rule ? w->m->no_answer_rule : "headers forbid an answer",
		  "tanda pada surat melarang jawaban otomatis" },
		{ w->from && doubtful_return(w), "M20: From differs from the return path, unproven",
		  "alamat pengirim berbeda dengan alamat pengembalian dan tidak terbukti" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].bars) {
			*reason = rows[i].reason;
			return rows[i].why;
		}
	return NULL;
}
