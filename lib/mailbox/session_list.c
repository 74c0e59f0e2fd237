/* Listing, and what every FETCH has in common. */
#include "mailbox/session_private.h"

#include "base/instant.h"

#include <errno.h>

enum {
	LIST_WINDOW = 20000,
	LIST_BYTES = 4 * 1024 * 1024, /* libetpan needs ten times as much; a window's mails need half of it */
};

static int64_t instant_of(const struct mailimap_date_time *d)
{
	struct civil_time c = { d->dt_year, d->dt_month, d->dt_day, d->dt_hour, d->dt_min, d->dt_sec };
	int zone = d->dt_zone, sign = zone < 0 ? -1 : 1;
	zone *= sign;
	if (!civil_date_valid((struct civil_date){ c.year, c.month, c.day }) || c.hour > 23 || c.minute > 59 || c.second > 60 ||
	    c.hour < 0 || c.minute < 0 || c.second < 0 || zone > 1500)
		return 0;
	return instant_from_civil(c, sign * (zone / 100 * 3600 + zone % 100 * 60)).ms;
}

struct session_item session_item_of(const struct mailimap_msg_att *att)
{
	struct session_item x = { 0 };
	for (clistiter *i = clist_begin(att->att_list); i; i = clist_next(i)) {
		struct mailimap_msg_att_item *it = clist_content(i);
		if (it->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
			continue;
		struct mailimap_msg_att_static *v = it->att_data.att_static;
		if (v->att_type == MAILIMAP_MSG_ATT_UID)
			x.listed.uid = v->att_data.att_uid;
		else if (v->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
			x.listed.size = v->att_data.att_rfc822_size;
		else if (v->att_type == MAILIMAP_MSG_ATT_INTERNALDATE && v->att_data.att_internal_date)
			x.listed.internaldate_ms = instant_of(v->att_data.att_internal_date);
		else if (v->att_type == MAILIMAP_MSG_ATT_BODY_SECTION && v->att_data.att_body_section) {
			x.has_body = true;
			x.body = v->att_data.att_body_section->sec_body_part;
			x.n_body = x.body ? v->att_data.att_body_section->sec_length : 0;
		}
	}
	return x;
}

static struct mailimap_fetch_type *fetch_type(struct mailimap_fetch_att *const *atts, size_t n)
{
	struct mailimap_fetch_type *t = mailimap_fetch_type_new_fetch_att_list_empty();
	for (size_t i = 0; t && i < n; i++)
		if (!atts[i] || mailimap_fetch_type_new_fetch_att_list_add(t, atts[i]) != MAILIMAP_NO_ERROR) {
			mailimap_fetch_type_free(t);
			return NULL;
		}
	return t;
}

int session_ask(struct session *s, const struct session_question *q, clist **list, struct error *err)
{
	struct mailimap_fetch_type *type = fetch_type(q->atts, q->n_atts);
	int r = -ENOMEM;
	*list = NULL;
	if (type && q->set) {
		session_budget(s, q->ms, q->bytes);
		r = mailimap_uid_fetch(s->imap, q->set, type, list);
		if (r != MAILIMAP_NO_ERROR)
			*list = NULL; /* libetpan has freed what it points to */
		r = r == MAILIMAP_NO_ERROR ? 0 : session_lost(s, err, q->what, r);
	}
	session_look(s);
	if (type)
		mailimap_fetch_type_free(type);
	if (q->set)
		mailimap_set_free(q->set);
	return r;
}

static int list_window(struct session *s, uint32_t from, uint32_t to, int (*fn)(void *, const struct session_listed *),
		       void *context, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_rfc822_size(),
					      mailimap_fetch_att_new_internaldate() };
	struct session_question q = { mailimap_set_new_interval(from, to), atts, 3, SESSION_FETCH_MS, LIST_BYTES, "listing" };
	clist *list;
	int r = session_ask(s, &q, &list, err);
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0; i = clist_next(i)) {
		struct session_item x = session_item_of(clist_content(i));
		if (x.listed.uid < from || (to != 0 && x.listed.uid > to))
			continue; /* "n:*" always gives the last mail; others were not asked for */
		if (x.listed.uid >= s->uidnext)
			s->uidnext = x.listed.uid + 1;
		r = fn(context, &x.listed);
	}
	if (list)
		mailimap_fetch_list_free(list);
	return r;
}

int session_list(struct session *s, uint32_t from, int (*fn)(void *context, const struct session_listed *m), void *context,
		 struct error *err)
{
	uint32_t at = from ? from : 1;
	uint32_t span = s->uidnext > at ? s->uidnext - at : 0;
	uint32_t window = span / 64 > LIST_WINDOW ? span / 64 : LIST_WINDOW;
	int r = 0;
	while (r == 0 && s->uidnext > at && s->uidnext - at > window) {
		r = list_window(s, at, at + window - 1, fn, context, err);
		at += window;
	}
	return r == 0 ? list_window(s, at, 0, fn, context, err) : r;
}

struct mailimap_set *session_set_of(const uint32_t *uids, size_t n)
{
	struct mailimap_set *set = mailimap_set_new_empty();
	for (size_t i = 0; set && i < n; i++)
		if (uids[i] == 0 || mailimap_set_add_single(set, uids[i]) != MAILIMAP_NO_ERROR) {
			mailimap_set_free(set);
			return NULL;
		}
	return set;
}
