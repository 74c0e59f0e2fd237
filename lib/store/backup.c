/* A backup is one SQLite file: the database, and the raw mails and the file key beside its own tables. */
#include "store/store_private.h"

#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_STEP = 1000, PIECE = 64 * 1024, KIB = 1024 };

static int fault(sqlite3 *db, struct error *err, const char *what)
{
	int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
	return error_set(err, store_errno(code), "%s: %s", what, db ? sqlite3_errmsg(db) : "no memory");
}

int store_database_run(sqlite3 *db, const char *sql, struct error *err)
{
	while (*sql) {
		sqlite3_stmt *q = NULL;
		int code = sqlite3_prepare_v2(db, sql, -1, &q, &sql);
		while (code == SQLITE_OK || code == SQLITE_ROW)
			code = sqlite3_step(q);
		(void)sqlite3_finalize(q);
		if (code != SQLITE_DONE)
			return fault(db, err, "backup");
	}
	return 0;
}

static void tell(const struct told *t, int64_t more)
{
	if (t->progress)
		t->progress(t->context, (int)((t->done + more) / KIB), (int)(t->total / KIB));
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t v = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q);
	return v;
}

static int64_t database_bytes(sqlite3 *db)
{
	return number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size");
}

/* --- a database copied ---------------------------------------------------------------------------------- */

static int open_new(const char *path, sqlite3 **out, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, -errno, "%s: %s", path, strerror(errno));
	(void)close(fd);
	return sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) == SQLITE_OK
		       ? 0
		       : fault(*out, err, path);
}

static int copy_pages(sqlite3 *from, sqlite3 *to, struct told *told, struct error *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int64_t size = database_bytes(from);
	int code;
	if (!b)
		return fault(to, err, "backup");
	do {
		code = sqlite3_backup_step(b, PAGES_STEP);
		int pages = sqlite3_backup_pagecount(b);
		tell(told, pages > 0 ? size / pages * (pages - sqlite3_backup_remaining(b)) : 0);
		if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
			(void)sqlite3_sleep(50);
	} while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
	(void)sqlite3_backup_finish(b);
	told->done += size;
	return code == SQLITE_DONE ? 0 : error_set(err, store_errno(code), "backup: %s", sqlite3_errstr(code));
}

int store_database_copy(sqlite3 *from, const char *path, struct told *told, sqlite3 **to, struct error *err)
{
	int r = open_new(path, to, err);
	if (r == 0)
		r = copy_pages(from, *to, told, err);
	return r == 0 ? store_database_run(*to, "PRAGMA journal_mode = DELETE", err) : r;
}

/* The same into a nameless file. */
static int copy_nameless(sqlite3 *from, int fd, struct told *told, sqlite3 **to, struct error *err)
{
	int r = nameless_open(fd, to, err);
	if (r == 0)
		r = copy_pages(from, *to, told, err);
	(void)sqlite3_close(*to);
	*to = NULL;
	return r == 0 ? nameless_open(fd, to, err) : r;
}

int store_path_sync(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 || fsync(fd) < 0 ? -errno : 0;
	if (fd >= 0)
		(void)close(fd);
	return r < 0 ? error_set(err, r, "%s: %s", path, strerror(-r)) : 0;
}

/* --- raw mails into the copy ---------------------------------------------------------------- */

/* 0: whole; 1: not what came in; -errno. */
static int stream_in(sqlite3 *to, int fd, int64_t id, uint64_t size, const unsigned char *want, struct error *err)
{
	static unsigned char piece[PIECE];
	sqlite3_blob *blob = NULL;
	struct digest_sum sum;
	uint64_t at = 0;
	ssize_t n = 0;
	if (sqlite3_blob_open(to, "main", "backup_raw", "content", id, 1, &blob) != SQLITE_OK)
		return fault(to, err, "backup of a raw mail");
	digest_sum_begin(&sum);
	int code = SQLITE_OK;
	while (code == SQLITE_OK && (n = pread(fd, piece, sizeof(piece), (off_t)at)) > 0 && at + (uint64_t)n <= size) {
		digest_sum_add(&sum, span_of(piece, (size_t)n));
		code = sqlite3_blob_write(blob, piece, (int)n, (int)at);
		at += (uint64_t)n;
	}
	struct digest got = digest_sum_done(&sum);
	if (sqlite3_blob_close(blob) != SQLITE_OK || code != SQLITE_OK)
		return fault(to, err, "backup of a raw mail");
	return n == 0 && at == size && memcmp(got.b, want, DIGEST_SIZE) == 0 ? 0 : 1;
}

static int raw_in(struct store *s, sqlite3 *to, sqlite3_stmt *row, sqlite3_stmt *add, sqlite3_stmt *away,
		  struct backup_result *out, struct error *err)
{
	int64_t id = sqlite3_column_int64(row, 0);
	uint64_t size = (uint64_t)sqlite3_column_int64(row, 3);
	struct error why = { 0 };
	int fd = store_raw_open(s, (uint32_t)sqlite3_column_int64(row, 1), (uint32_t)sqlite3_column_int64(row, 2), &why);
	out->n_raw++;
	if (fd < 0 || sqlite3_column_bytes(row, 4) != DIGEST_SIZE) {
		out->n_damaged++;
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	(void)sqlite3_reset(add);
	bind_int(add, 1, id);
	(void)sqlite3_bind_zeroblob64(add, 2, size);
	int r = sqlite3_step(add) == SQLITE_DONE ? stream_in(to, fd, id, size, sqlite3_column_blob(row, 4), err)
						 : fault(to, err, "backup of a raw mail");
	(void)close(fd);
	if (r > 0) {
		(void)sqlite3_reset(away);
		bind_int(away, 1, id);
		r = sqlite3_step(away) == SQLITE_DONE ? 0 : fault(to, err, "backup of a raw mail");
		out->n_damaged++;
	}
	return r;
}

static int raws_in(struct store *s, sqlite3 *to, struct told *told, struct backup_result *out, struct error *err)
{
	sqlite3_stmt *rows = NULL, *add = NULL, *away = NULL;
	int r = store_database_run(to, "BEGIN", err), code = SQLITE_ROW;
	if (r == 0 &&
	    (sqlite3_prepare_v2(
		     to,
		     "SELECT id, uidvalidity, uid, size, ifnull(kept_sha256, sha256) FROM ledger WHERE has_raw = 1 ORDER BY id",
		     -1, &rows, NULL) != SQLITE_OK ||
	     sqlite3_prepare_v2(to, "INSERT INTO backup_raw VALUES (?, ?)", -1, &add, NULL) != SQLITE_OK ||
	     sqlite3_prepare_v2(to, "DELETE FROM backup_raw WHERE id = ?", -1, &away, NULL) != SQLITE_OK))
		r = fault(to, err, "backup");
	while (r == 0 && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		r = raw_in(s, to, rows, add, away, out, err);
		told->done += sqlite3_column_int64(rows, 3);
		tell(told, 0);
	}
	if (r == 0 && code != SQLITE_DONE)
		r = fault(to, err, "backup");
	(void)sqlite3_finalize(rows);
	(void)sqlite3_finalize(add);
	(void)sqlite3_finalize(away);
	return r == 0 ? store_database_run(to, "COMMIT", err) : r;
}

static int key_in(struct store *s, sqlite3 *to, struct error *err)
{
	sqlite3_stmt *q = NULL;
	int r = store_database_run(to,
				   "CREATE TABLE backup_raw (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;"
				   "CREATE TABLE backup_key (key BLOB NOT NULL) STRICT;" STORE_MARK_RESTORED,
				   err);
	if (r < 0)
		return r;
	if (sqlite3_prepare_v2(to, "INSERT INTO backup_key VALUES (?)", -1, &q, NULL) != SQLITE_OK)
		return fault(to, err, "backup");
	bind_blob(q, 1, s->key, sizeof(s->key));
	r = sqlite3_step(q) == SQLITE_DONE ? 0 : fault(to, err, "backup");
	(void)sqlite3_finalize(q);
	return r;
}

/* path NULL: into the nameless fd. */
static int backup_to(struct store *s, const char *path, int fd, store_progress *progress, void *context,
		     struct backup_result *out, struct error *err)
{
	sqlite3 *to = NULL;
	struct told told = { .progress = progress, .context = context, .total = database_bytes(s->db) };
	*out = (struct backup_result){ 0 };
	told.total += number(s->db, "SELECT ifnull(sum(size), 0) FROM ledger WHERE has_raw = 1");
	int r = path ? store_database_copy(s->db, path, &told, &to, err) : copy_nameless(s->db, fd, &told, &to, err);
	if (r == 0)
		r = key_in(s, to, err);
	if (r == 0)
		r = raws_in(s, to, &told, out, err);
	(void)sqlite3_close(to);
	return r;
}

int store_backup(struct store *s, const char *path, store_progress *progress, void *context, struct backup_result *out,
		 struct error *err)
{
	int r = backup_to(s, path, -1, progress, context, out, err);
	return r == 0 ? store_path_sync(path, err) : r;
}

int store_backup_nameless(struct store *s, store_progress *progress, void *context, struct backup_result *out, int *fd,
			  struct error *err)
{
	*fd = store_nameless(s->path, err);
	if (*fd < 0)
		return *fd;
	int r = backup_to(s, NULL, *fd, progress, context, out, err);
	if (r < 0)
		(void)close(*fd);
	return r;
}

/* --- and out of it ------------------------------------------------------------------------------ */

static int open_backup(const char *path, int fd, sqlite3 **out, struct error *err)
{
	if (fd >= 0 && nameless_open(fd, out, err) < 0)
		return err->code;
	if (fd < 0 && sqlite3_open_v2(path, out, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return fault(*out, err, path);
	if (number(*out, "PRAGMA application_id") != SCHEMA_APPLICATION_ID ||
	    number(*out, "SELECT count(*) FROM backup_key WHERE length(key) = 32") != 1)
		return error_set(err, STORE_MISSING, "%s is no backup made by sitantectl backup", path);
	if (number(*out, "PRAGMA user_version") > schema_version)
		return error_set(err, STORE_TOO_NEW, "%s was made by a newer version; install that version", path);
	return 0;
}

static int key_out(struct store *s, sqlite3 *from, struct error *err)
{
	sqlite3_stmt *q = NULL;
	int fd = openat(s->dir, "key", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, errno == EEXIST ? STORE_EXISTS : -errno, "%s/key: %s", s->path, strerror(errno));
	bool ok = sqlite3_prepare_v2(from, "SELECT key FROM backup_key", -1, &q, NULL) == SQLITE_OK &&
		  sqlite3_step(q) == SQLITE_ROW &&
		  write(fd, sqlite3_column_blob(q, 0), sizeof(s->key)) == (ssize_t)sizeof(s->key) && fsync(fd) == 0;
	(void)sqlite3_finalize(q);
	(void)close(fd);
	return ok ? 0 : error_set(err, -EIO, "%s/key could not be written", s->path);
}

static int stream_out(sqlite3 *from, int64_t id, int fd, struct error *err)
{
	static unsigned char piece[PIECE];
	sqlite3_blob *blob = NULL;
	if (sqlite3_blob_open(from, "main", "backup_raw", "content", id, 0, &blob) != SQLITE_OK)
		return fault(from, err, "restoring a raw mail");
	int size = sqlite3_blob_bytes(blob), r = 0;
	for (int at = 0; r == 0 && at < size;) {
		int n = size - at < PIECE ? size - at : PIECE;
		if (sqlite3_blob_read(blob, piece, n, at) != SQLITE_OK)
			r = fault(from, err, "restoring a raw mail");
		else if (write(fd, piece, (size_t)n) != n)
			r = error_set(err, errno ? -errno : -EIO, "restoring a raw mail: %s", strerror(errno));
		at += n;
	}
	(void)sqlite3_blob_close(blob);
	return r;
}

/* One mail after the other, each durable. */
static int raw_out(struct store *s, sqlite3 *from, sqlite3_stmt *row, struct error *err)
{
	uint32_t uidvalidity = (uint32_t)sqlite3_column_int64(row, 1), uid = (uint32_t)sqlite3_column_int64(row, 2);
	int fd = store_raw_create(s, err);
	if (fd < 0)
		return fd;
	int r = stream_out(from, sqlite3_column_int64(row, 0), fd, err);
	if (r == 0)
		r = store_raw_keep(s, uidvalidity, &uid, &fd, 1, err);
	(void)close(fd);
	return r;
}

static int raws_out(struct store *s, sqlite3 *from, struct told *told, struct backup_result *out, struct error *err)
{
	sqlite3_stmt *rows = NULL;
	int r = 0, code = SQLITE_ROW;
	if (sqlite3_prepare_v2(from,
			       "SELECT b.id, l.uidvalidity, l.uid, length(b.content) FROM backup_raw b JOIN ledger l ON l.id = "
			       "b.id ORDER BY b.id",
			       -1, &rows, NULL) != SQLITE_OK)
		return fault(from, err, "restore");
	while (r == 0 && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		r = raw_out(s, from, rows, err);
		out->n_raw++;
		told->done += sqlite3_column_int64(rows, 3);
		tell(told, 0);
	}
	if (r == 0 && code != SQLITE_DONE)
		r = fault(from, err, "restore");
	(void)sqlite3_finalize(rows);
	int64_t all = number(from, "SELECT count(*) FROM ledger WHERE has_raw = 1");
	out->n_damaged = all > (int64_t)out->n_raw ? (uint64_t)all - out->n_raw : 0;
	return r;
}

/* The database under another name first: what has the right name is whole. */
static int database_out(struct store *s, sqlite3 *from, struct told *told, struct error *err)
{
	char temporary[4200], path[4200];
	sqlite3 *to = NULL;
	(void)snprintf(temporary, sizeof(temporary), "%s/sitante.db.new", s->path);
	(void)snprintf(path, sizeof(path), "%s/sitante.db", s->path);
	if (unlink(temporary) < 0 && errno != ENOENT)
		return error_set(err, -errno, "%s: %s", temporary, strerror(errno));
	int r = store_database_copy(from, temporary, told, &to, err);
	if (r == 0)
		r = store_database_run(
			to,
			"UPDATE ledger SET has_raw = 0 WHERE has_raw = 1 AND id NOT IN (SELECT id FROM backup_raw);"
			"DROP TABLE backup_raw; DROP TABLE backup_key; VACUUM",
			err);
	(void)sqlite3_close(to);
	if (r == 0)
		r = store_path_sync(temporary, err);
	if (r == 0 && rename(temporary, path) < 0)
		r = error_set(err, -errno, "%s: %s", path, strerror(errno));
	return r == 0 && fsync(s->dir) < 0 ? error_set(err, -errno, "%s: %s", s->path, strerror(errno)) : r;
}

int store_restore(const char *path, int fd, const char *directory, store_progress *progress, void *context,
		  struct backup_result *out, struct error *err)
{
	struct store s = { .dir = -1, .lock = -1, .path = (char *)(uintptr_t)directory };
	struct told told = { .progress = progress, .context = context };
	sqlite3 *from = NULL;
	*out = (struct backup_result){ 0 };
	int r = open_backup(path, fd, &from, err);
	if (r == 0)
		r = store_directory_open(&s, STORE_OFFICE, err);
	if (r == 0)
		r = store_lock_take(&s, err);
	if (r == 0 && faccessat(s.dir, "sitante.db", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		r = error_set(err, STORE_EXISTS, "there is a store in %s already; move it away first", directory);
	if (r == 0)
		told.total = database_bytes(from) + number(from, "SELECT ifnull(sum(length(content)), 0) FROM backup_raw");
	if (r == 0)
		r = key_out(&s, from, err);
	if (r == 0)
		r = raws_out(&s, from, &told, out, err);
	if (r == 0)
		r = database_out(&s, from, &told, err);
	(void)sqlite3_close(from);
	if (s.lock >= 0)
		(void)close(s.lock);
	if (s.dir >= 0)
		(void)close(s.dir);
	return r;
}
