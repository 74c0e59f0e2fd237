/* A person goes: rows at once, files are said to go, and what must not come back with a backup is remembered by its hash. */
#include "store/keep_private.h"
#include "store/person.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IDS_MAX = 500 };

struct eraser {
	struct store *s;
	const struct store_person *p;
	struct instant now;
	struct error *err;
};

/* A statement with one key or name to bind. */
static int with_text(struct eraser *e, sqlite3_stmt *q, const char *v)
{
	if (!q)
		return e->err->code;
	bind_text(q, 1, v);
	return stmt_run(e->s, q, e->err);
}

static int with_id(struct eraser *e, sqlite3_stmt *q, int64_t id)
{
	return q ? run_with(e->s, q, id, e->err) : e->err->code;
}

/* Contents of the mails that are said to go: the mail server may still have them. */
static int mails_remember(struct eraser *e)
{
	sqlite3_stmt *q =
		stmt_get(e->s,
			 "INSERT OR IGNORE INTO erasure SELECT l.sha256, 'mail', ?, 1 FROM destruction d JOIN ledger l ON l.id = "
			 "d.ledger_id WHERE d.state = 0 AND d.class = 'person' AND l.sha256 IS NOT NULL",
			 e->err);
	return with_id(e, q, e->now.ms);
}

/* --- tickets ------------------------------------------------------------------------------------------ */

static int parties_forget(struct eraser *e, int64_t ticket_id)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < e->p->n_keys; i++) {
		sqlite3_stmt *q =
			stmt_get(e->s, "DELETE FROM party WHERE address = ?1 COLLATE NOCASE AND ticket_id = ?2", e->err);
		if (q)
			bind_int(q, 2, ticket_id);
		r = with_text(e, q, e->p->keys[i]);
		q = r == 0 ? stmt_get(e->s,
				      "UPDATE ticket SET requester_name = NULL, requester_address = NULL, request_id = NULL, "
				      "last_id = "
				      "NULL WHERE requester_address = ?1 COLLATE NOCASE AND id = ?2",
				      e->err)
			   : NULL;
		if (q)
			bind_int(q, 2, ticket_id);
		r = r == 0 ? with_text(e, q, e->p->keys[i]) : r;
	}
	return r;
}

static int ticket_erase(struct eraser *e, const struct person_ticket *t)
{
	AUTO_ARENA a = arena_new(64 * 1024 * 1024);
	struct ticket k = { 0 };
	int64_t ids[IDS_MAX];
	size_t n = 0;
	bool any = false;
	int r = a ? store_ticket_load(e->s, t->id, a, &k, e->err) : error_set(e->err, -ENOMEM, "no memory");
	for (size_t i = 0; r == 0 && i < k.n_applicants && n < IDS_MAX; i++)
		if (store_person_is(e->p, &k.applicants[i]))
			ids[n++] = k.applicants[i].id;
	if (r == 0)
		r = keep_mails_say(e->s, t->id, KEEP_PERSON, e->now, e->err);
	if (r == 0)
		r = keep_texts_empty(e->s, t->id, &any, e->err);
	if (r == 0 && t->shared)
		r = parties_forget(e, t->id);
	if (r == 0)
		r = keep_persons_empty(e->s, t->id, t->shared ? ids : NULL, n, &any, e->err);
	if (r == 0)
		r = with_id(e,
			    t->shared ? stmt_get(e->s, "UPDATE ticket SET gone = gone | 15 WHERE id = ?", e->err)
				      : stmt_get(e->s, "UPDATE ticket SET gone = 31 WHERE id = ?", e->err),
			    t->id);
	return r == 0 ? keep_row_add(e->s, KEEP_PERSON, t->id, 1, true, e->now, e->err) : r;
}

/* Texts of other tickets that name the person: those alone, with the mails that they came and left in. */
static int mention_next(struct eraser *e, const char *key, int64_t *id, int64_t *ledger, int64_t *outbox)
{
	sqlite3_stmt *q = stmt_get(
		e->s,
		"SELECT id, ifnull(ledger_id, 0), ifnull(outbox_id, 0) FROM message WHERE id > ?2 AND (sender = ?1 COLLATE "
		"NOCASE OR recipient = ?1 COLLATE NOCASE OR instr(lower(ifnull(subject, '') || ' ' || ifnull(text, '')), "
		"lower(?1)) > 0) ORDER BY id LIMIT 1",
		e->err);
	if (!q)
		return e->err->code;
	bind_text(q, 1, key);
	bind_int(q, 2, *id);
	int r = stmt_step(e->s, q, e->err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*id = column_int(q, 0);
	*ledger = column_int(q, 1);
	*outbox = column_int(q, 2);
	stmt_end(q);
	return 0;
}

static int mail_say(struct eraser *e, int64_t ledger_id)
{
	sqlite3_stmt *q = stmt_get(
		e->s,
		"INSERT INTO destruction (at, class, ticket_id, ledger_id, n, state) SELECT ?2, 'person', ticket_id, id, 1, "
		"0 FROM ledger WHERE id = ?1 AND has_raw = 1 AND NOT EXISTS (SELECT 1 FROM destruction d WHERE d.ledger_id "
		"= ?1 AND d.state = 0 AND d.class = 'person')",
		e->err);
	if (q)
		bind_int(q, 2, e->now.ms);
	return with_id(e, q, ledger_id);
}

#define OUTBOX_FORGET                                                                                                            \
	"UPDATE outbox SET content = NULL, segments = NULL, subject = NULL, to_name = NULL, to_address = '-', last_text = "      \
	"NULL, "                                                                                                                 \
	"counts = 0, finished = 1, state = iif(finished = 1, state, 'failed') WHERE "

static int mentions_erase(struct eraser *e, const char *key)
{
	int64_t id = 0, ledger = 0, outbox = 0;
	int r = keep_index_marked(e->s, e->err);
	if (r < 0)
		return r;
	while ((r = mention_next(e, key, &id, &ledger, &outbox)) == 0) {
		r = keep_message_empty(e->s, id, e->err);
		if (r == 0 && ledger)
			r = mail_say(e, ledger);
		if (r == 0 && outbox)
			r = with_id(e, stmt_get(e->s, OUTBOX_FORGET "id = ?", e->err), outbox);
		if (r < 0)
			return r;
	}
	return r == STORE_NOT_FOUND ? 0 : r;
}

/* --- beside tickets ------------------------------------------------------------------------------------- */

static int address_forget(struct eraser *e, const char *key)
{
	struct store *s = e->s;
	sqlite3_stmt *const all[] = {
		stmt_get(s, OUTBOX_FORGET "to_address = ?1 COLLATE NOCASE", e->err),
		stmt_get(s, "DELETE FROM silent WHERE address = ?1", e->err),
		stmt_get(s, "DELETE FROM asked WHERE address = ?1", e->err),
		stmt_get(s, "DELETE FROM dead_address WHERE address = lower(?1)", e->err),
		stmt_get(s, "DELETE FROM soft_bounce WHERE address = lower(?1)", e->err),
		stmt_get(s, "DELETE FROM token WHERE owner = ?1 COLLATE NOCASE", e->err),
		stmt_get(s, "DELETE FROM confirmation WHERE owner = ?1 COLLATE NOCASE", e->err),
		stmt_get(s, "DELETE FROM import WHERE instr(roster, CAST(?1 AS BLOB)) > 0", e->err),
		stmt_get(s, "DELETE FROM event_detail WHERE instr(lower(detail), lower(?1)) > 0", e->err),
		stmt_get(s, "UPDATE ledger SET reason = NULL WHERE instr(lower(reason), lower(?1)) > 0", e->err),
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(*all); i++)
		r = with_text(e, all[i], key);
	return r;
}

static int sender_forget(struct eraser *e, const char *key)
{
	struct digest sender = digest_sha256(span_str(key));
	sqlite3_stmt *q = stmt_get(
		e->s,
		"INSERT INTO destruction (at, class, ledger_id, n, state) SELECT ?2, 'person', l.id, 1, 0 FROM seen s JOIN "
		"ledger l ON l.id = s.ledger_id WHERE s.sender = ?1 AND l.has_raw = 1 AND NOT EXISTS (SELECT 1 FROM "
		"destruction d WHERE d.ledger_id = l.id AND d.state = 0 AND d.class = 'person')",
		e->err);
	if (!q)
		return e->err->code;
	bind_blob(q, 1, sender.b, DIGEST_SIZE);
	bind_int(q, 2, e->now.ms);
	int r = stmt_run(e->s, q, e->err);
	q = r == 0 ? stmt_get(e->s, "DELETE FROM seen WHERE sender = ?", e->err) : NULL;
	if (!q)
		return r < 0 ? r : e->err->code;
	bind_blob(q, 1, sender.b, DIGEST_SIZE);
	return stmt_run(e->s, q, e->err);
}

/* 1: one of the keys stands in the file as it is; encoded parts are not looked into. */
static int raw_names(struct eraser *e, uint32_t uidvalidity, uint32_t uid)
{
	struct error none = { 0 };
	int fd = store_raw_open(e->s, uidvalidity, uid, &none), found = 0;
	struct stat st = { 0 };
	size_t size = fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
	void *p = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (fd >= 0)
		(void)close(fd);
	if (p == MAP_FAILED)
		return 0; /* one that is gone holds nothing */
	for (size_t i = 0; !found && i < e->p->n_keys; i++)
		found = span_find_nocase(span_of(p, size), 0, e->p->keys[i]) < size;
	(void)munmap(p, size);
	return found;
}

/* Mails that belong to no ticket and were perhaps never read: quarantined, parked, automatic. */
static int loose_erase(struct eraser *e)
{
	int64_t id = 0;
	int r;
	for (;;) {
		sqlite3_stmt *q =
			stmt_get(e->s,
				 "SELECT id, uidvalidity, uid FROM ledger WHERE ticket_id IS NULL AND has_raw = 1 AND id > ? "
				 "ORDER BY id LIMIT 1",
				 e->err);
		if (!q)
			return e->err->code;
		bind_int(q, 1, id);
		r = stmt_step(e->s, q, e->err);
		if (r <= 0)
			return r;
		id = column_int(q, 0);
		uint32_t uidvalidity = (uint32_t)column_int(q, 1), uid = (uint32_t)column_int(q, 2);
		stmt_end(q);
		r = raw_names(e, uidvalidity, uid) ? mail_say(e, id) : 0;
		if (r < 0)
			return r;
	}
}

/* Lists that were mailed to staff, head and admins name whom they were about; they can be made anew. */
static int lists_forget(struct eraser *e)
{
	sqlite3_stmt *const all[] = {
		stmt_get(e->s,
			 "UPDATE outbox SET content = NULL, segments = NULL, subject = NULL WHERE ticket_id IS NULL AND finished "
			 "= 1 AND "
			 "content IS NOT NULL",
			 e->err),
		stmt_get(e->s, "UPDATE report SET bytes = NULL WHERE kind = 'recap' AND bytes IS NOT NULL", e->err),
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = all[i] ? stmt_run(e->s, all[i], e->err) : e->err->code;
	return r;
}

static int certificates_erase(struct eraser *e)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < e->p->n_certificates; i++) {
		const struct certificate *c = &e->p->certificates[i];
		r = keep_certificate_erase(e->s, c->id, e->err);
		if (r == 0)
			r = keep_row_add(e->s, KEEP_PERSON, c->ticket_id, 1, true, e->now, e->err);
	}
	return r;
}

int store_person_erase(struct store *s, const struct store_person *p, struct instant now, struct error *err)
{
	struct eraser e = { s, p, now, err };
	int r = 0;
	for (size_t i = 0; r == 0 && i < p->n_tickets; i++)
		if (!p->tickets[i].mentions)
			r = ticket_erase(&e, &p->tickets[i]);
	if (r == 0)
		r = certificates_erase(&e);
	for (size_t i = 0; r == 0 && i < p->n_keys; i++) {
		struct digest hash = erasure_hash(s, p->keys[i]);
		r = mentions_erase(&e, p->keys[i]);
		if (r == 0)
			r = address_forget(&e, p->keys[i]);
		if (r == 0)
			r = sender_forget(&e, p->keys[i]);
		if (r == 0)
			r = erasure_add(s, &hash, KEEP_PERSON, now, true, err);
	}
	for (size_t i = 0; r == 0 && i < p->n_names; i++)
		r = with_text(&e, stmt_get(s, "DELETE FROM event_detail WHERE instr(lower(detail), lower(?1)) > 0", err),
			      p->names[i]);
	if (r == 0)
		r = loose_erase(&e);
	if (r == 0)
		r = lists_forget(&e);
	return r == 0 ? mails_remember(&e) : r;
}
