#include "office/person.h"

#include <errno.h>

static size_t ours(const struct casework_rules *r, const char **out)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_staff; i++)
		out[n++] = r->staff[i].address;
	for (size_t i = 0; i < r->n_own_addresses; i++)
		out[n++] = r->own_addresses[i];
	for (size_t i = 0; i < r->expiry.n_admins; i++)
		out[n++] = r->expiry.admins[i].to.address;
	for (size_t i = 0; i < r->n_scanners; i++)
		out[n++] = r->scanners[i];
	out[n++] = r->head.address;
	out[n++] = r->keep_to.address;
	return n;
}

static size_t room(const struct casework_rules *r)
{
	return r->n_staff + r->n_own_addresses + r->expiry.n_admins + r->n_scanners + 2;
}

int office_person_find(struct store *s, const struct casework_rules *rules, const char *given, struct arena *a,
		       struct store_person *out, struct error *err)
{
	const char **list = arena_array(a, room(rules), sizeof(*list));
	if (!list)
		return error_set(err, -ENOMEM, "no memory");
	size_t n = ours(rules, list);
	return store_person_find(s, given, list, n, a, out, err);
}

bool office_person_is_ours(const struct casework_rules *rules, const char *given)
{
	AUTO_ARENA a = arena_new(1024 * 1024);
	const char **list = a ? arena_array(a, room(rules), sizeof(*list)) : NULL;
	size_t n = list ? ours(rules, list) : 0;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(list[i], given))
			return true;
	return false;
}
