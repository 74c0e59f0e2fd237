/* Lists of tickets: each condition is a stream of ticket ids in one order, by an index; what stands in all of them is found
 * by letting each jump to where the others are.  So the limit counts what all conditions hold for, and no table is read. */
#include "store/store_private.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

enum {
	LIST_DEFAULT = 1000,
	LIST_MAX = 100000,
	WORDS_MAX = 12,   /* of a search; further ones must stand in the same text as the last */
	STREAMS_MAX = 20, /* state, open, staff, overdue, agency, words */
	STEPS_BEFORE_JUMP = 64,
};

struct stream {
	sqlite3_stmt *q;
	int bits; /* the row is a document: its ticket's id above so many */
	bool started;
	/* Full-text index alone: is there a text of this one ticket?  Asked upwards, which costs a tenth of a jump downwards;
	 * behind: answered so, the stream itself stands further up. */
	sqlite3_stmt *probe;
	bool behind;
	int64_t at;
	bool has_opened;
	int64_t opened;
};

struct find {
	struct store *s;
	const struct ticket_filter *f;
	struct stream streams[STREAMS_MAX];
	size_t n;
	struct error *err;
};

/* Two orders of one statement. */
struct list_sql {
	const char *down, *up;
};
#define BOTH(head)                                                                                                               \
	{                                                                                                                        \
		head " id <= ?1 ORDER BY id DESC", head " id >= ?1 ORDER BY id"                                                  \
	}

static const struct list_sql sql_all = BOTH("SELECT id, opened_at FROM ticket WHERE");
static const struct list_sql sql_state = BOTH("SELECT id, opened_at FROM ticket WHERE state = ?2 AND");
static const struct list_sql sql_open = BOTH("SELECT id, opened_at FROM ticket WHERE open = 1 AND");
static const struct list_sql sql_staff = BOTH("SELECT id, opened_at FROM ticket WHERE assigned_to = ?2 COLLATE NOCASE AND");
static const struct list_sql sql_nobody = BOTH("SELECT id, opened_at FROM ticket WHERE open = 1 AND assigned_to IS NULL AND");
#define LATE "ifnull(late1, ifnull(late2, ifnull(late3, late4))) IS NOT NULL AND"
static const struct list_sql sql_late[] = {
	BOTH("SELECT id, opened_at FROM ticket WHERE " LATE " (late1 <= ?2 OR late2 <= ?2 OR late3 <= ?2 OR late4 <= ?2) AND"),
	BOTH("SELECT id, opened_at FROM ticket WHERE " LATE " late1 <= ?2 AND"),
	BOTH("SELECT id, opened_at FROM ticket WHERE " LATE " late2 <= ?2 AND"),
	BOTH("SELECT id, opened_at FROM ticket WHERE " LATE " late3 <= ?2 AND"),
	BOTH("SELECT id, opened_at FROM ticket WHERE " LATE " late4 <= ?2 AND"),
};
static const struct list_sql sql_words = { "SELECT rowid FROM search WHERE search MATCH ?2 AND rowid <= ?1 ORDER BY rowid DESC",
					   "SELECT rowid FROM search WHERE search MATCH ?2 AND rowid >= ?1 ORDER BY rowid" };
static const struct list_sql sql_opd = {
	"SELECT rowid FROM search_opd WHERE search_opd MATCH ?2 AND rowid <= ?1 ORDER BY rowid DESC",
	"SELECT rowid FROM search_opd WHERE search_opd MATCH ?2 AND rowid >= ?1 ORDER BY rowid"
};

/* --- streams ------------------------------------------------------------------------------------ */

static struct stream *stream_open(struct find *f, const struct list_sql *sql)
{
	struct stream *t = &f->streams[f->n];
	const char *text = f->f->oldest_first ? sql->up : sql->down;
	*t = (struct stream){ 0 };
	if (sqlite3_prepare_v2(f->s->db, text, -1, &t->q, NULL) != SQLITE_OK) {
		(void)store_error(f->s, f->err, text);
		return NULL;
	}
	f->n++;
	t->has_opened = sqlite3_column_count(t->q) > 1;
	return t;
}

static void find_close(struct find *f)
{
	for (size_t i = 0; i < f->n; i++) {
		(void)sqlite3_finalize(f->streams[i].q);
		(void)sqlite3_finalize(f->streams[i].probe);
	}
}

static int plain_open(struct find *f, const struct list_sql *sql, const char *text)
{
	struct stream *t = stream_open(f, sql);
	if (t && text)
		(void)sqlite3_bind_text(t->q, 2, text, -1, SQLITE_TRANSIENT); /* a failure shows at the step */
	return t ? 0 : f->err->code;
}

static int late_open(struct find *f)
{
	int step = f->f->step >= 1 && f->f->step <= 4 ? f->f->step : 0;
	struct stream *t = stream_open(f, &sql_late[step]);
	if (t)
		(void)sqlite3_bind_int64(t->q, 2, f->f->now.ms);
	return t ? 0 : f->err->code;
}

/* 1 a row; 0 none; negative. */
static int step(struct find *f, struct stream *t)
{
	int r = sqlite3_step(t->q);
	if (r != SQLITE_ROW)
		return r == SQLITE_DONE ? 0 : store_error(f->s, f->err, sqlite3_sql(t->q));
	t->at = sqlite3_column_int64(t->q, 0) >> t->bits;
	t->opened = t->has_opened ? sqlite3_column_int64(t->q, 1) : 0;
	return 1;
}

static bool beyond(const struct find *f, const struct stream *t, int64_t want)
{
	return f->f->oldest_first ? t->at >= want : t->at <= want;
}

/* Does the ticket stand in the stream?  1, 0, negative. */
static int probe(struct find *f, struct stream *t, int64_t id)
{
	(void)sqlite3_reset(t->probe);
	(void)sqlite3_bind_int64(t->probe, 1, id << t->bits);
	(void)sqlite3_bind_int64(t->probe, 3, (id << t->bits) + (INT64_C(1) << t->bits) - 1);
	int r = sqlite3_step(t->probe);
	return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : store_error(f->s, f->err, sqlite3_sql(t->probe));
}

static int jump(struct find *f, struct stream *t, int64_t want)
{
	int64_t last = (INT64_C(1) << t->bits) - 1;
	(void)sqlite3_reset(t->q);
	(void)sqlite3_bind_int64(t->q, 1, f->f->oldest_first ? want << t->bits : (want << t->bits) + last);
	t->started = true;
	t->behind = false;
	return step(f, t);
}

/* Moves on to the first ticket at or beyond want.  1 there is one; 0 none; negative. */
static int stream_to(struct find *f, struct stream *t, int64_t want)
{
	int r = 1;
	if (t->started && beyond(f, t, want))
		return 1;
	for (int i = 0; t->started && !t->behind && i < STEPS_BEFORE_JUMP; i++) {
		r = step(f, t);
		if (r <= 0 || beyond(f, t, want))
			return r;
	}
	if (t->started && t->probe && (r = probe(f, t, want)) != 0) {
		t->behind = true;
		t->at = want;
		return r;
	}
	return jump(f, t, want);
}

/* --- words --------------------------------------------------------------------------------------- */

static bool has_letters(struct span w)
{
	for (size_t i = 0; i < w.n; i++)
		if (ascii_is_alnum(w.p[i]))
			return true;
	return false;
}

/* As a quoted FTS phrase, so that no syntax gets through. */
static void phrase_add(struct buf *out, struct span w)
{
	buf_add_str(out, out->n ? " \"" : "\"");
	for (size_t k = 0; k < w.n; k++)
		if (w.p[k] == '"')
			buf_add_str(out, "\"\"");
		else
			buf_add_char(out, (char)w.p[k]);
	buf_add_char(out, '"');
}

static bool word_next(struct span *rest, struct span *out)
{
	size_t i = 0;
	while (rest->n > 0 && ascii_is_space(*rest->p))
		*rest = span_of(rest->p + 1, rest->n - 1);
	while (i < rest->n && !ascii_is_space(rest->p[i]))
		i++;
	*out = span_of(rest->p, i);
	*rest = span_of(rest->p + i, rest->n - i);
	return i > 0;
}

static int text_open(struct find *f, const struct list_sql *sql, const char *ask, int bits, const struct buf *match)
{
	if (buf_status(match) != 0)
		return error_set(f->err, -EINVAL, "too many words");
	struct stream *t = stream_open(f, sql);
	if (!t)
		return f->err->code;
	t->bits = bits;
	(void)sqlite3_bind_text(t->q, 2, buf_cstr(match), (int)match->n, SQLITE_TRANSIENT); /* a failure shows at the step */
	if (f->f->oldest_first)
		return 0;
	if (sqlite3_prepare_v2(f->s->db, ask, -1, &t->probe, NULL) != SQLITE_OK)
		return store_error(f->s, f->err, ask);
	(void)sqlite3_bind_text(t->probe, 2, buf_cstr(match), (int)match->n, SQLITE_TRANSIENT);
	return 0;
}

static int words_stream(struct find *f, const struct buf *match)
{
	return text_open(f, &sql_words,
			 "SELECT rowid FROM search WHERE search MATCH ?2 AND rowid BETWEEN ?1 AND ?3 ORDER BY rowid",
			 SEARCH_PLACE_BITS, match);
}

/* A stream a word, so that they may stand in different texts of one ticket; what has no letter of the alphabet cannot stand
 * alone and goes with the word before it. */
static int words_open(struct find *f, const char *words)
{
	struct span rest = span_str(words), w;
	AUTO_BUF match = BUF_INIT(8192);
	size_t n = 0;
	bool whole = false;
	int r = 0;
	while (r == 0 && word_next(&rest, &w)) {
		if (whole && has_letters(w) && n + 1 < WORDS_MAX) {
			r = words_stream(f, &match);
			buf_reset(&match);
			n++;
		}
		whole = whole || has_letters(w);
		phrase_add(&match, w);
	}
	return r == 0 ? words_stream(f, &match) : r;
}

static int opd_open(struct find *f, const char *words)
{
	struct span rest = span_str(words), w;
	AUTO_BUF match = BUF_INIT(8192);
	while (word_next(&rest, &w))
		phrase_add(&match, w);
	return text_open(f, &sql_opd,
			 "SELECT rowid FROM search_opd WHERE search_opd MATCH ?2 AND rowid BETWEEN ?1 AND ?3 ORDER BY rowid", 0,
			 &match);
}

static bool is_blank(const char *s)
{
	return span_trim(span_str(s)).n == 0;
}

/* --- what holds ------------------------------------------------------------------------------------ */

static int conditions_open(struct find *f)
{
	const struct ticket_filter *w = f->f;
	int r = 0;
	if (w->overdue)
		r = late_open(f);
	if (r == 0 && w->has_state)
		r = plain_open(f, &sql_state, ticket_state_word(w->state));
	if (r == 0 && w->staff)
		r = *w->staff ? plain_open(f, &sql_staff, w->staff) : plain_open(f, &sql_nobody, NULL);
	if (r == 0 && w->open_only)
		r = plain_open(f, &sql_open, NULL);
	if (r == 0 && w->opd)
		r = opd_open(f, w->opd);
	if (r == 0 && w->search)
		r = words_open(f, w->search);
	return r == 0 && f->n == 0 ? plain_open(f, &sql_all, NULL) : r;
}

static int one_int(struct find *f, sqlite3_stmt *q, int64_t v, int64_t *out)
{
	if (!q)
		return f->err->code;
	bind_int(q, 1, v);
	int r = stmt_step(f->s, q, f->err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_int(q, 0);
	stmt_end(q);
	return 0;
}

/* Was it opened when it should be?  1, 0, negative. */
static int age_fits(struct find *f, int64_t id)
{
	int64_t opened = 0;
	bool known = false;
	if (!f->f->has_older && !f->f->has_newer)
		return 1;
	for (size_t i = 0; i < f->n && !known; i++) {
		known = f->streams[i].has_opened;
		opened = f->streams[i].opened;
	}
	if (!known) {
		int r = one_int(f, stmt_get(f->s, "SELECT opened_at FROM ticket WHERE id = ?", f->err), id, &opened);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return (!f->f->has_older || opened <= f->f->older.ms) && (!f->f->has_newer || opened >= f->f->newer.ms);
}

/* Ids between which all tickets of the wanted age are, from indexes alone.  0; STORE_NOT_FOUND: there is none. */
static int age_bounds(struct find *f, int64_t *first, int64_t *last)
{
	const struct ticket_filter *w = f->f;
	int r = 0;
	if (w->has_older)
		r = one_int(f, stmt_get(f->s, "SELECT ifnull(max(id), 0) FROM ticket WHERE opened_at <= ?", f->err), w->older.ms,
			    last);
	if (r == 0 && w->has_newer)
		r = one_int(f, stmt_get(f->s, "SELECT ifnull(min(id), 0) FROM ticket WHERE opened_at >= ?", f->err), w->newer.ms,
			    first);
	return r;
}

/* The next ticket, from *id on, that stands in all streams: those that are cheap to ask agree before a text is looked at.
 * 1 and *id; 0; negative. */
static int next_common(struct find *f, int64_t *id)
{
	int64_t want = *id;
	for (size_t i = 0; i < f->n;) {
		struct stream *t = &f->streams[i];
		int r = stream_to(f, t, want);
		if (r <= 0)
			return r;
		i = t->at == want || i == 0 ? i + 1 : 0;
		want = t->at;
	}
	*id = want;
	return 1;
}

static int gather(struct find *f, int64_t *ids, size_t max, size_t *n)
{
	bool up = f->f->oldest_first;
	int64_t first = 0, last = INT64_MAX >> (SEARCH_PLACE_BITS + 1);
	bool plain = false;
	int r = 1;
	for (size_t i = 0; i < f->n; i++)
		plain = plain || f->streams[i].has_opened;
	if (!plain) { /* a plain stream skips faster than the bounds are found */
		r = age_bounds(f, &first, &last);
		if (r < 0)
			return r;
		r = 1;
	}
	int64_t id = up ? first : last;
	while (*n < max) {
		r = next_common(f, &id);
		if (r <= 0 || (up ? id > last : id < first))
			break;
		r = age_fits(f, id);
		if (r < 0)
			break;
		if (r > 0)
			ids[(*n)++] = id;
		id += up ? 1 : -1;
	}
	return r < 0 ? r : 0;
}

/* By age alone: the index of the times of opening is the order. */
static int by_age(struct store *s, const struct ticket_filter *w, int64_t *ids, size_t max, size_t *n, struct error *err)
{
	int r = 0;
	sqlite3_stmt *q =
		w->oldest_first
			? stmt_get(s, "SELECT id FROM ticket WHERE opened_at <= ? AND opened_at >= ? ORDER BY opened_at LIMIT ?",
				   err)
			: stmt_get(
				  s,
				  "SELECT id FROM ticket WHERE opened_at <= ? AND opened_at >= ? ORDER BY opened_at DESC LIMIT ?",
				  err);
	if (!q)
		return err->code;
	bind_int(q, 1, w->has_older ? w->older.ms : INT64_MAX);
	bind_int(q, 2, w->has_newer ? w->newer.ms : INT64_MIN);
	bind_int(q, 3, (int64_t)max);
	while (*n < max && (r = stmt_step(s, q, err)) > 0)
		ids[(*n)++] = column_int(q, 0);
	if (r > 0)
		stmt_end(q);
	return r < 0 ? r : 0;
}

static bool only_age(const struct ticket_filter *w)
{
	return (w->has_older || w->has_newer) && !w->has_state && !w->open_only && !w->search && !w->opd && !w->staff &&
	       !w->overdue;
}

static int find_ids(struct store *s, const struct ticket_filter *w, int64_t *ids, size_t max, size_t *n, struct error *err)
{
	struct find f = { .s = s, .f = w, .err = err };
	if (only_age(w))
		return by_age(s, w, ids, max, n, err);
	int r = conditions_open(&f);
	if (r == 0)
		r = gather(&f, ids, max, n);
	find_close(&f);
	return r;
}

int store_ticket_list(struct store *s, const struct ticket_filter *f, struct arena *a, struct ticket ***out, size_t *n,
		      struct error *err)
{
	size_t max = f->limit ? f->limit : LIST_DEFAULT, n_ids = 0;
	int64_t *ids = arena_array(a, max, sizeof(*ids));
	struct ticket **list = arena_array(a, max, sizeof(*list));
	*n = 0;
	*out = list;
	if (!ids || !list || max > LIST_MAX)
		return error_set(err, -ENOMEM, "no memory");
	if ((f->search && is_blank(f->search)) || (f->opd && is_blank(f->opd)))
		return 0;
	int r = find_ids(s, f, ids, max, &n_ids, err);
	for (; r == 0 && *n < n_ids; (*n)++) {
		list[*n] = arena_alloc(a, sizeof(**list));
		r = list[*n] ? store_ticket_load(s, ids[*n], a, list[*n], err) : -ENOMEM;
		if (r != 0)
			break;
	}
	return r;
}
