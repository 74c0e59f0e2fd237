/* Mails into files: small ones many in a command, large ones in pieces. */
#include "mailbox/session_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_BYTES = 512 * 1024, PIECE_BYTES = 1024 * 1024 };

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -(errno ? errno : EIO);
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Small mails, many in one command. */
static int fetch_group(struct session *s, const uint32_t *uids, const uint32_t *max, const int *fds, size_t n,
		       enum mailbox_fetch *results, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(),
					      mailimap_fetch_att_new_body_peek_section(mailimap_section_new(NULL)) };
	struct session_question q = { session_set_of(uids, n), atts, 2, SESSION_FETCH_MS, SESSION_ANSWER_BYTES, "fetching" };
	clist *list;
	for (size_t i = 0; i < n; i++)
		q.bytes += max[i];
	int r = session_ask(s, &q, &list, err);
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0; i = clist_next(i)) {
		struct session_item x = session_item_of(clist_content(i));
		for (size_t k = 0; k < n && r == 0; k++) {
			if (uids[k] != x.listed.uid || !x.has_body || results[k] != MAILBOX_FETCH_GONE)
				continue;
			results[k] = x.n_body > max[k] ? MAILBOX_FETCH_TOO_BIG : MAILBOX_FETCH_OK;
			if (results[k] == MAILBOX_FETCH_OK)
				r = write_all(fds[k], x.body, x.n_body);
			if (r < 0)
				r = error_set(err, -ENOSPC, "writing a fetched mail: %s", strerror(-r));
			break;
		}
	}
	if (list)
		mailimap_fetch_list_free(list);
	return r;
}

/* A large mail in pieces, so that it is never whole in memory. */
static int fetch_pieces(struct session *s, uint32_t uid, uint32_t max, int fd, enum mailbox_fetch *result, struct error *err)
{
	uint64_t at = 0;
	for (;;) {
		struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid(),
						      mailimap_fetch_att_new_body_peek_section_partial(
							      mailimap_section_new(NULL), (uint32_t)at, PIECE_BYTES) };
		struct session_question q = { mailimap_set_new_single(uid),       atts,      2, SESSION_FETCH_MS,
					      PIECE_BYTES + SESSION_ANSWER_BYTES, "fetching" };
		clist *list;
		size_t got = 0;
		bool there = false;
		int r = session_ask(s, &q, &list, err);
		for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i && r == 0 && !there; i = clist_next(i)) {
			struct session_item x = session_item_of(clist_content(i));
			there = x.listed.uid == uid && x.has_body;
			if (!there)
				continue;
			got = x.n_body;
			r = write_all(fd, x.body, x.n_body);
			if (r < 0)
				r = error_set(err, -ENOSPC, "writing a fetched mail: %s", strerror(-r));
		}
		if (list)
			mailimap_fetch_list_free(list);
		if (r < 0)
			return r;
		at += got;
		if (!there && at == 0) {
			*result = MAILBOX_FETCH_GONE;
			return 0;
		}
		if (at > max || got > PIECE_BYTES) {
			*result = MAILBOX_FETCH_TOO_BIG;
			return 0;
		}
		if (got < PIECE_BYTES) {
			*result = MAILBOX_FETCH_OK;
			return 0;
		}
	}
}

int session_fetch(struct session *s, const uint32_t *uids, const uint32_t *max, const int *fds, size_t n,
		  enum mailbox_fetch *results, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < n; i++)
		results[i] = MAILBOX_FETCH_GONE;
	for (size_t i = 0; r == 0 && i < n;) {
		size_t k = i;
		while (k < n && max[k] <= SMALL_BYTES)
			k++;
		if (k > i)
			r = fetch_group(s, uids + i, max + i, fds + i, k - i, results + i, err);
		else
			r = fetch_pieces(s, uids[k], max[k], fds[k], &results[k], err);
		i = k > i ? k : k + 1;
	}
	return r;
}
