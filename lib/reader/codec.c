#include "port/reader.h"

#include "base/limits.h"
#include "evidence/evidence.h"

#include <errno.h>

enum { POLICY_STRINGS_MAX = 100, POLICY_STRING_BYTES = 1000 };

void reading_encode(const struct reading *r, struct buf *out)
{
	bool evidence = false;
	enum evidence_kind kind;
	for (size_t i = 0; i < r->message.n_attachments; i++)
		evidence = evidence || evidence_is_likely(r->message.attachments[i].name, r->message.attachments[i].type, &kind);
	wire_put_u8(out, evidence);
	message_encode(&r->message, out);
	request_encode(&r->request, out);
	command_encode(&r->commands, out);
	wire_put_u8(out, r->has_roster);
	if (r->has_roster)
		roster_encode(&r->roster, out);
}

int reading_decode(struct span s, uint64_t raw_size, struct arena *a, struct reading *out)
{
	struct wire w = wire_open(s);
	(void)wire_u8_max(&w, 1);
	int r = message_decode(&w, raw_size, a, &out->message);
	if (r == 0)
		r = request_decode(&w, a, &out->request);
	if (r == 0)
		r = command_decode(&w, a, &out->commands);
	out->has_roster = r == 0 && wire_u8_max(&w, 1);
	if (r == 0 && out->has_roster)
		r = roster_decode(&w, a, &out->roster);
	return r != 0 ? r : wire_done(&w) ? 0 : 1;
}

static void put_list(struct buf *out, const char *const *list, size_t n)
{
	wire_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		wire_put_str(out, list[i]);
}

void policy_encode(const struct message_policy *p, struct buf *out)
{
	put_list(out, p->authserv_ids, p->n_authserv_ids);
	wire_put_u32(out, p->hops);
	wire_put_u8(out, p->below_border);
	wire_put_u8(out, p->missing_id);
	wire_put_u8(out, p->allow_dkim);
	wire_put_u8(out, p->allow_auth);
	put_list(out, p->own_addresses, p->n_own_addresses);
	wire_put_str(out, p->own_id_domain);
}

static const char **get_list(struct wire *w, struct arena *a, size_t *out_n)
{
	uint32_t n = wire_count(w, POLICY_STRINGS_MAX);
	const char **list = arena_array(a, n ? n : 1, sizeof(*list));
	w->bad = w->bad || !list;
	for (uint32_t i = 0; i < n && !w->bad; i++) {
		list[i] = wire_str(w, a, POLICY_STRING_BYTES);
		w->bad = w->bad || !list[i];
	}
	*out_n = w->bad ? 0 : n;
	return list;
}

int policy_decode(struct wire *w, struct arena *a, struct message_policy *out)
{
	struct message_policy p = { 0 };
	p.authserv_ids = get_list(w, a, &p.n_authserv_ids);
	p.hops = wire_u32(w);
	p.below_border = wire_u8_max(w, 1);
	p.missing_id = wire_u8_max(w, 1);
	p.allow_dkim = wire_u8_max(w, 1);
	p.allow_auth = wire_u8_max(w, 1);
	p.own_addresses = get_list(w, a, &p.n_own_addresses);
	p.own_id_domain = wire_str(w, a, POLICY_STRING_BYTES);
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = p;
	return 0;
}
