/* Databases in files without a name: SQLite's files are names, so it gets a way of its own to a descriptor.  No locks (nobody
 * else can open such a file), no journal beside it, no log. */
#include "store/store_private.h"

#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "nameless-"

struct nameless {
	sqlite3_file base; /* first: SQLite sees no more of it */
	int fd;            /* borrowed */
};

static int fd_of(sqlite3_file *f)
{
	return ((struct nameless *)f)->fd;
}

static int on_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int on_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	ssize_t got = 0;
	for (ssize_t more = 1; got < n && more > 0; got += more > 0 ? more : 0) {
		more = pread(fd_of(f), (char *)to + got, (size_t)(n - got), at + got);
		if (more < 0)
			return SQLITE_IOERR_READ;
	}
	if (got < n)
		memset((char *)to + got, 0, (size_t)(n - got));
	return got < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int on_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	for (ssize_t done = 0, more; done < n; done += more) {
		more = pwrite(fd_of(f), (const char *)from + done, (size_t)(n - done), at + done);
		if (more <= 0)
			return more < 0 && errno != ENOSPC && errno != EDQUOT ? SQLITE_IOERR_WRITE : SQLITE_FULL;
	}
	return SQLITE_OK;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return ftruncate(fd_of(f), size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int on_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return SQLITE_OK; /* it is gone after a crash anyway */
}

static int on_size(sqlite3_file *f, sqlite3_int64 *out)
{
	struct stat st;
	if (fstat(fd_of(f), &st) < 0)
		return SQLITE_IOERR_FSTAT;
	*out = st.st_size;
	return SQLITE_OK;
}

static int on_lock(sqlite3_file *f, int how)
{
	(void)f;
	(void)how;
	return SQLITE_OK;
}

static int on_look_for_lock(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int on_control(sqlite3_file *f, int what, void *argument)
{
	(void)f;
	(void)what;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int on_nothing(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static const sqlite3_io_methods methods = { .iVersion = 1,
					    .xClose = on_close,
					    .xRead = on_read,
					    .xWrite = on_write,
					    .xTruncate = on_truncate,
					    .xSync = on_sync,
					    .xFileSize = on_size,
					    .xLock = on_lock,
					    .xUnlock = on_lock,
					    .xCheckReservedLock = on_look_for_lock,
					    .xFileControl = on_control,
					    .xSectorSize = on_nothing,
					    .xDeviceCharacteristics = on_nothing };

static int on_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
	(void)vfs;
	struct nameless *n = (struct nameless *)f;
	n->base.pMethods = NULL;
	if (!name || !(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	uint32_t fd = 0;
	if (num_parse_u32(span_str(name + strlen(PREFIX)), INT_MAX, &fd) != 0)
		return SQLITE_CANTOPEN;
	n->fd = (int)fd;
	n->base.pMethods = &methods;
	if (out_flags)
		*out_flags = flags;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*out = 0; /* neither journal nor log */
	return SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
	(void)vfs;
	return snprintf(out, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

int store_nameless(const char *directory, struct error *err)
{
	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "%s: %s", directory, strerror(errno));
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : error_set(err, -errno, "%s: %s", directory, strerror(errno));
}

int nameless_open(int fd, sqlite3 **out, struct error *err)
{
	static sqlite3_vfs vfs;
	static const unsigned char no_log[2] = { 1, 1 };
	enum { VERSIONS_AT = 18 }; /* file format: write and read version */
	char name[40];
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL); /* time and chance are its own */
	struct stat st;
	if (!vfs.zName && usual) {
		vfs = *usual;
		vfs.zName = "sitante-nameless";
		vfs.pNext = NULL;
		vfs.szOsFile = (int)sizeof(struct nameless);
		vfs.xOpen = on_open;
		vfs.xDelete = on_delete;
		vfs.xAccess = on_access;
		vfs.xFullPathname = on_full_name;
		if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
			vfs.zName = NULL;
	}
	/* a copy of a database with a log says so in its header: here there is none */
	if (fstat(fd, &st) < 0 || (st.st_size > 0 && pwrite(fd, no_log, sizeof(no_log), VERSIONS_AT) != (ssize_t)sizeof(no_log)))
		return error_set(err, -errno, "a nameless file: %s", strerror(errno));
	(void)snprintf(name, sizeof(name), PREFIX "%d", fd);
	if (!vfs.zName || sqlite3_open_v2(name, out, SQLITE_OPEN_READWRITE, vfs.zName) != SQLITE_OK)
		return error_set(err, -EIO, "a nameless file: %s", *out ? sqlite3_errmsg(*out) : "no way to it");
	return store_database_run(*out, "PRAGMA journal_mode = OFF; PRAGMA temp_store = MEMORY", err);
}
