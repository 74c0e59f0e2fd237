/* Brings an older store up to this version, after a copy of it; in one transaction, so that a full disk or a kill leaves the old
 * store whole. */
#include "store/person.h"
#include "store/store_private.h"

#include "base/num.h"
#include "store/schema.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define OLDER "older" /* the copies' folder in the store */
enum { COPIES_KEPT = 2, COPY_DAYS = 90, COPIES_MAX = 64, COPY_STEP_MAX = 100000, MIB = 1024 * 1024 };

static int pragma_int(struct store *s, const char *sql, int64_t *out, struct error *err)
{
	sqlite3_stmt *q;
	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
		return store_error(s, err, sql);
	int r = sqlite3_step(q) == SQLITE_ROW ? 0 : store_error(s, err, sql);
	if (r == 0)
		*out = sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q);
	return r;
}

/* --- copies ------------------------------------------------------------------------------------ */

/* "step-14.db": 14.  -1: not one of ours. */
static long copy_step(const char *name)
{
	size_t n = strlen(name);
	uint32_t step = 0;
	if (n < 9 || strncmp(name, "step-", 5) != 0 || strcmp(name + n - 3, ".db") != 0)
		return -1;
	return num_parse_u32(span_of(name + 5, n - 8), COPY_STEP_MAX, &step) == 0 ? (long)step : -1;
}

static int newest_first(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;
	return x < y ? 1 : x > y ? -1 : 0;
}

static void copies_clean(struct store *s, size_t keep)
{
	long steps[COPIES_MAX];
	size_t n = 0;
	char name[40];
	struct stat st;
	int fd = openat(s->dir, OLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d) {
		if (fd >= 0)
			(void)close(fd);
		return; /* there was no version before this one */
	}
	for (struct dirent *e; n < COPIES_MAX && (e = readdir(d));)
		if (copy_step(e->d_name) >= 0)
			steps[n++] = copy_step(e->d_name);
	qsort(steps, n, sizeof(*steps), newest_first);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "step-%ld.db", steps[i]);
		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    (i >= keep || st.st_mtime < clock_wall().ms / 1000 - COPY_DAYS * 24L * 3600))
			(void)unlinkat(fd, name, 0); /* one that stays is tried at the next start */
	}
	(void)closedir(d);
}

void store_older_drop(struct store *s)
{
	copies_clean(s, 0);
}

/* The store as it is, for the version before: marked as restored, so that it reads anew what came since. */
static int copy_keep(struct store *s, int64_t step, struct error *err)
{
	char path[4200], fresh[4300];
	sqlite3 *to = NULL;
	if (mkdirat(s->dir, OLDER, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, OLDER ": %s", strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/" OLDER "/step-%" PRId64 ".db", s->path, step);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (unlink(fresh) < 0 && errno != ENOENT)
		return error_set(err, -errno, "%s: %s", fresh, strerror(errno));
	int r = store_database_copy(s->db, fresh, &(struct told){ 0 }, &to, err);
	if (r == 0)
		r = store_database_run(to, STORE_MARK_RESTORED, err);
	(void)sqlite3_close(to);
	if (r == 0)
		r = store_path_sync(fresh, err);
	if (r == 0 && rename(fresh, path) < 0)
		r = error_set(err, -errno, "%s: %s", path, strerror(errno));
	if (r < 0)
		(void)unlink(fresh);
	(void)snprintf(path, sizeof(path), "%s/" OLDER, s->path);
	return r == 0 ? store_path_sync(path, err) : r;
}

/* --- steps --------------------------------------------------------------------------------------- */

static int run(struct store *s, const char *sql, struct error *err)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_error(s, err, "setting up");
}

static int steps_take(struct store *s, int64_t from, struct error *err)
{
	char mark[120];
	int r = run(s, "BEGIN EXCLUSIVE", err);
	for (int64_t i = from; r == 0 && i < schema_version; i++)
		r = run(s, schema_steps[i], err);
	(void)snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_APPLICATION_ID,
		       schema_version);
	if (r == 0)
		r = run(s, mark, err);
	if (r == 0)
		r = run(s, "COMMIT", err);
	if (r < 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL); /* a full disk has rolled back already */
	return r;
}

/* What to do, before what went wrong. */
static int stays(struct store *s, int64_t version, int r, struct error *err)
{
	struct statvfs v;
	struct error why = *err;
	if (r != -ENOSPC || statvfs(s->path, &v) < 0)
		return error_add(err, r, "the store stays as it was (schema %" PRId64 ")", version);
	return error_set(err, r,
			 "the store stays as it was (schema %" PRId64 "): no room in %s for a copy of it and the work on it, "
			 "%" PRIu64 " MiB are left; make room and start again (%.60s)",
			 version, s->path, (uint64_t)v.f_bavail * v.f_frsize / MIB, why.text);
}

int store_migrate(struct store *s, enum store_open_mode mode, struct error *err)
{
	int64_t version = 0, application = 0;
	int r = pragma_int(s, "PRAGMA user_version", &version, err);
	if (r == 0)
		r = pragma_int(s, "PRAGMA application_id", &application, err);
	if (r < 0)
		return r;
	if (version > schema_version)
		return error_set(
			err, STORE_TOO_NEW,
			"the store was written by a newer sitanted (schema %lld, this one knows %d); install that version",
			(long long)version, schema_version);
	if (version > 0 && application != SCHEMA_APPLICATION_ID)
		return error_set(err, -EIO, "sitante.db is no store of sitanted");
	if (mode == STORE_TOOL && version < schema_version)
		return error_set(err, STORE_MISSING,
				 "the store is of an older version: start sitanted once to bring it up to date");
	if (version > 0 && version < schema_version)
		r = copy_keep(s, version, err);
	if (r == 0 && version < schema_version)
		r = steps_take(s, version, err);
	if (r < 0)
		return stays(s, version, r, err);
	if (mode == STORE_OFFICE)
		copies_clean(s, COPIES_KEPT);
	return 0;
}
