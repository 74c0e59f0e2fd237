#include "store/store_private.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_NAPS = 50, LOCK_NAP_MS = 20 };

WORD_TABLE(outbox_state, outbox_state, [OUTBOX_QUEUED] = "queued", [OUTBOX_SENDING] = "sending", [OUTBOX_SENT] = "sent",
	   [OUTBOX_FAILED] = "failed", [OUTBOX_UNCERTAIN] = "uncertain", [OUTBOX_HELD] = "held")

/* --- statements ------------------------------------------------------------------------- */

int store_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_NOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

int store_error(struct store *s, struct error *err, const char *what)
{
	int code = sqlite3_extended_errcode(s->db);
	return error_set(err, store_errno(code), "store: %s: %s", what, sqlite3_errmsg(s->db));
}

sqlite3_stmt *stmt_get(struct store *s, const char *sql, struct error *err)
{
	for (size_t i = 0; i < s->n_cached; i++)
		if (s->cache[i].sql == sql)
			return s->cache[i].stmt;
	sqlite3_stmt *q = NULL;
	if (s->n_cached == STATEMENTS_MAX) {
		error_set(err, -ENOBUFS, "store: more statements than the table has room for");
		return NULL;
	}
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL) != SQLITE_OK) {
		(void)store_error(s, err, sql);
		return NULL;
	}
	s->cache[s->n_cached].sql = sql;
	s->cache[s->n_cached++].stmt = q;
	return q;
}

void bind_int(sqlite3_stmt *q, int i, int64_t v)
{
	(void)sqlite3_bind_int64(q, i, v); /* a failure shows at the step */
}

void bind_text(sqlite3_stmt *q, int i, const char *s)
{
	(void)(s ? sqlite3_bind_text(q, i, s, -1, SQLITE_STATIC) : sqlite3_bind_null(q, i));
}

void bind_blob(sqlite3_stmt *q, int i, const void *p, size_t n)
{
	(void)sqlite3_bind_blob64(q, i, p ? p : "", n, SQLITE_STATIC);
}

void bind_null(sqlite3_stmt *q, int i)
{
	(void)sqlite3_bind_null(q, i);
}

void stmt_end(sqlite3_stmt *q)
{
	(void)sqlite3_reset(q);
	(void)sqlite3_clear_bindings(q);
}

int stmt_taken(struct store *s, sqlite3_stmt *q, struct error *err)
{
	int r = sqlite3_reset(q) == SQLITE_OK ? 0 : store_error(s, err, sqlite3_sql(q));
	(void)sqlite3_clear_bindings(q);
	return r;
}

int stmt_step(struct store *s, sqlite3_stmt *q, struct error *err)
{
	int r = sqlite3_step(q);
	if (r == SQLITE_ROW)
		return 1;
	r = r == SQLITE_DONE ? 0 : store_error(s, err, sqlite3_sql(q));
	stmt_end(q);
	return r;
}

int stmt_run(struct store *s, sqlite3_stmt *q, struct error *err)
{
	int r;
	while ((r = stmt_step(s, q, err)) > 0)
		;
	return r;
}

const char *column_text(sqlite3_stmt *q, int i, struct arena *a)
{
	if (sqlite3_column_type(q, i) == SQLITE_NULL)
		return NULL;
	const unsigned char *text = sqlite3_column_text(q, i);
	return text ? arena_strndup(a, text, (size_t)sqlite3_column_bytes(q, i)) : NULL;
}

int64_t column_int(sqlite3_stmt *q, int i)
{
	return sqlite3_column_int64(q, i);
}

void column_digest(sqlite3_stmt *q, int i, struct digest *out)
{
	memset(out, 0, sizeof(*out));
	const void *blob = sqlite3_column_blob(q, i);
	if (blob && sqlite3_column_bytes(q, i) == DIGEST_SIZE)
		memcpy(out->b, blob, DIGEST_SIZE);
}

/* --- opening ------------------------------------------------------------------------------ */

static int plain_exec(struct store *s, const char *sql, struct error *err)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return store_error(s, err, "setting up");
}

static int key_load(struct store *s, bool fresh, struct error *err)
{
	int fd = openat(s->dir, "key", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		ssize_t n = read(fd, s->key, sizeof(s->key));
		(void)close(fd);
		return n == (ssize_t)sizeof(s->key)
			       ? 0
			       : error_set(err, -EIO, "store: the file key is damaged; restore it from a backup");
	}
	if (!fresh)
		return error_set(err, -EIO, "store: the file key is missing; restore it from a backup");
	int r = random_bytes(s->key, sizeof(s->key));
	if (r < 0)
		return error_set(err, r, "store: no random bytes");
	fd = openat(s->dir, "key", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, -errno, "store: key: %s", strerror(errno));
	bool ok = write(fd, s->key, sizeof(s->key)) == (ssize_t)sizeof(s->key) && fsync(fd) == 0;
	(void)close(fd);
	return ok && fsync(s->dir) == 0 ? 0 : error_set(err, -EIO, "store: the key could not be written");
}

int store_lock_take(struct store *s, struct error *err)
{
	s->lock = openat(s->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return error_set(err, -errno, "store: lock: %s", strerror(errno));
	/* A daemon that was killed while it started a child leaves the lock with that child until it has its own program. */
	const struct timespec nap = { .tv_nsec = LOCK_NAP_MS * 1000000L };
	int r = flock(s->lock, LOCK_EX | LOCK_NB);
	for (int i = 0; r < 0 && errno == EWOULDBLOCK && i < LOCK_NAPS; i++) {
		(void)nanosleep(&nap, NULL);
		r = flock(s->lock, LOCK_EX | LOCK_NB);
	}
	if (r < 0)
		return errno == EWOULDBLOCK
			       ? error_set(err, STORE_IN_USE, "another sitanted works on this store (%s); stop it first", s->path)
			       : error_set(err, -errno, "store: lock: %s", strerror(errno));
	return 0;
}

/* Nobody else's business: a looser mode is mended, or the store is not used. */
static int close_to_others(int fd, const char *path, struct error *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return error_set(err, -errno, "store: %s: %s", path, strerror(errno));
	if ((st.st_mode & 077) != 0 && fchmod(fd, 0700) < 0)
		return error_set(err, -errno, "store: %s may be read by others and cannot be closed to them: %s", path,
				 strerror(errno));
	return 0;
}

int store_directory_open(struct store *s, enum store_open_mode mode, struct error *err)
{
	if (mode == STORE_OFFICE && mkdir(s->path, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "store: %s: %s", s->path, strerror(errno));
	s->dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return error_set(err, errno == ENOENT ? STORE_MISSING : -errno, "store: %s: %s", s->path, strerror(errno));
	if (mode != STORE_OFFICE)
		return 0;
	if (mkdirat(s->dir, "raw", 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "store: raw: %s", strerror(errno));
	return close_to_others(s->dir, s->path, err);
}

static int database_open(struct store *s, enum store_open_mode mode, struct error *err)
{
	char path[4200];
	int on = 0;
	(void)snprintf(path, sizeof(path), "%s/sitante.db", s->path);
	if (mode == STORE_TOOL && access(path, F_OK) < 0)
		return error_set(err, STORE_MISSING, "no store in %s yet", s->path);
	bool fresh = access(path, F_OK) < 0;
	int flags = SQLITE_OPEN_READWRITE | (mode == STORE_OFFICE ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_NOFOLLOW;
	mode_t old = umask(0077);
	int code = sqlite3_open_v2(path, &s->db, flags, NULL);
	(void)umask(old);
	if (code != SQLITE_OK)
		return s->db ? store_error(s, err, path) : error_set(err, -ENOMEM, "no memory");
	(void)sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
	int r = plain_exec(s,
			   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			   "PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -1024;"
			   "PRAGMA temp_store = MEMORY;",
			   err);
	if (r == 0)
		r = store_migrate(s, mode, err);
	if (r == 0)
		r = key_load(s, fresh, err);
	return r;
}

int store_open(const char *directory, enum store_open_mode mode, struct store **out, struct error *err)
{
	struct store *s = calloc(1, sizeof(*s));
	if (!s)
		return error_set(err, -ENOMEM, "no memory");
	s->dir = s->lock = -1;
	s->path = strdup(directory);
	int r = s->path ? store_directory_open(s, mode, err) : error_set(err, -ENOMEM, "no memory");
	if (r == 0 && mode == STORE_OFFICE)
		r = store_lock_take(s, err);
	if (r == 0 && mode == STORE_OFFICE)
		flight_open(s);
	if (r == 0)
		r = database_open(s, mode, err);
	if (r != 0) {
		store_close(s);
		return r;
	}
	*out = s;
	return 0;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_cached; i++)
		(void)sqlite3_finalize(s->cache[i].stmt);
	(void)sqlite3_close(s->db);
	flight_close(s);
	if (s->lock >= 0)
		(void)close(s->lock);
	if (s->dir >= 0)
		(void)close(s->dir);
	explicit_bzero(s->key, sizeof(s->key));
	free(s->path);
	free(s);
}

/* --- units of work --------------------------------------------------------------------------- */

int store_begin(struct store *s, const char *where, struct error *err)
{
	if (s->inside)
		return error_set(err, -EDEADLK, "store: %s begins inside %s", where, s->inside);
	sqlite3_stmt *q = stmt_get(s, "BEGIN IMMEDIATE", err);
	int r = q ? stmt_run(s, q, err) : err ? err->code : -EIO;
	if (r < 0)
		return error_add(err, r, "%s", where);
	s->inside = where;
	return 0;
}

int store_commit(struct store *s, struct error *err)
{
	for (size_t i = 0; i < s->n_cached; i++) /* ours only: the full-text index keeps its own open */
		if (sqlite3_stmt_busy(s->cache[i].stmt))
			return error_set(err, -EDEADLK, "store: statement left open at commit: %s", s->cache[i].sql);
	sqlite3_stmt *q = stmt_get(s, "COMMIT", err);
	int r = q ? stmt_run(s, q, err) : -EIO;
	if (r == 0)
		s->inside = NULL;
	return r;
}

void store_end(struct store *s)
{
	struct error err = { 0 };
	if (!s->inside)
		return;
	for (size_t i = 0; i < s->n_cached; i++)
		if (sqlite3_stmt_busy(s->cache[i].stmt))
			stmt_end(s->cache[i].stmt);
	s->inside = NULL;
	if (sqlite3_get_autocommit(s->db))
		return; /* SQLite rolled back by itself (full disk) */
	sqlite3_stmt *q = stmt_get(s, "ROLLBACK", &err);
	if (q && stmt_run(s, q, &err) < 0)
		return; /* nothing is left to do about it */
}

static int marked(struct store *s, const char *sql, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, sql, err);
	return q ? stmt_run(s, q, err) : err->code;
}

int store_mark(struct store *s, struct error *err)
{
	return marked(s, "SAVEPOINT mark", err);
}

int store_mark_keep(struct store *s, struct error *err)
{
	return marked(s, "RELEASE mark", err);
}

int store_mark_undo(struct store *s, struct error *err)
{
	for (size_t i = 0; i < s->n_cached; i++)
		if (sqlite3_stmt_busy(s->cache[i].stmt))
			stmt_end(s->cache[i].stmt);
	int r = marked(s, "ROLLBACK TO mark", err);
	return r < 0 ? r : store_mark_keep(s, err);
}

/* --- facts -------------------------------------------------------------------------------------- */

int store_fact_get(struct store *s, const char *key, struct arena *a, const char **out, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "SELECT value FROM fact WHERE key = ?", err);
	if (!q)
		return err->code;
	bind_text(q, 1, key);
	int r = stmt_step(s, q, err);
	if (r <= 0)
		return r < 0 ? r : STORE_NOT_FOUND;
	*out = column_text(q, 0, a);
	stmt_end(q);
	return *out ? 0 : -ENOMEM;
}

int store_fact_set(struct store *s, const char *key, const char *value, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", err);
	if (!q)
		return err->code;
	bind_text(q, 1, key);
	bind_text(q, 2, value);
	return stmt_run(s, q, err);
}
