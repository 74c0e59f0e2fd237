/* Raw mails as files: raw/UIDVALIDITY/UID-div-1000/UID.eml.  Names never come from a mail. */
#include "store/keep_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void store_room(const struct store *s, uint64_t *left, uint64_t *all)
{
	struct statvfs v;
	*left = *all = UINT64_MAX;
	if (fstatvfs(s->dir, &v) < 0)
		return;
	*left = (uint64_t)v.f_bavail * v.f_frsize;
	*all = (uint64_t)v.f_blocks * v.f_frsize;
}

int store_raw_create(struct store *s, struct error *err)
{
	int fd = openat(s->dir, "raw", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : error_set(err, -errno, "store: new raw file: %s", strerror(errno));
}

static void folder_name(char out[40], uint32_t uidvalidity, uint32_t uid)
{
	(void)snprintf(out, 40, "raw/%u/%u", uidvalidity, uid / 1000);
}

/* What root makes with sitantectl belongs to whom the store belongs to, as SQLite does with its own files. */
int raw_hand_over(struct store *s, int fd)
{
	struct stat st;
	if (geteuid() != 0)
		return 0;
	if (fstat(s->dir, &st) < 0)
		return -errno;
	bool own = st.st_uid == 0 && st.st_gid == getegid(); /* the unit of a daemon forbids the call */
	return own || fchown(fd, st.st_uid, st.st_gid) == 0 ? 0 : -errno;
}

/* Opens the folder of a mail, made and synced where missing. */
static int folder_open(struct store *s, uint32_t uidvalidity, uint32_t uid, bool make, struct error *err)
{
	char path[40], upper[24];
	folder_name(path, uidvalidity, uid);
	int fd = openat(s->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 || errno != ENOENT || !make)
		return fd >= 0 ? fd : error_set(err, -errno, "store: %s: %s", path, strerror(errno));
	(void)snprintf(upper, sizeof(upper), "raw/%u", uidvalidity);
	if ((mkdirat(s->dir, upper, 0700) < 0 && errno != EEXIST) || (mkdirat(s->dir, path, 0700) < 0 && errno != EEXIST))
		return error_set(err, -errno, "store: %s: %s", path, strerror(errno));
	static const char *const above[] = { "raw", NULL };
	const char *folders[] = { above[0], upper };
	for (size_t i = 0; i < 2; i++) {
		int up = openat(s->dir, folders[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (up < 0 || raw_hand_over(s, up) < 0 || fsync(up) < 0) {
			int e = -errno;
			if (up >= 0)
				(void)close(up);
			return error_set(err, e, "store: %s: %s", folders[i], strerror(-e));
		}
		(void)close(up);
	}
	fd = openat(s->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && raw_hand_over(s, fd) == 0)
		return fd;
	int e = -errno;
	if (fd >= 0)
		(void)close(fd);
	return error_set(err, e, "store: %s: %s", path, strerror(-e));
}

static int link_name(int folder, int fd, uint32_t uid)
{
	char from[40], name[24], stale[32];
	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	(void)snprintf(name, sizeof(name), "%u.eml", uid);
	if (linkat(AT_FDCWD, from, folder, name, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	/* left by a kill between this step and the ledger's commit: replaced in one step */
	(void)snprintf(stale, sizeof(stale), "%u.new", uid);
	(void)unlinkat(folder, stale, 0);
	if (linkat(AT_FDCWD, from, folder, stale, AT_SYMLINK_FOLLOW) < 0 || renameat(folder, stale, folder, name) < 0)
		return -errno;
	return 0;
}

int store_raw_keep(struct store *s, uint32_t uidvalidity, const uint32_t *uids, const int *fds, size_t n, struct error *err)
{
	int folder = -1, r = 0;
	uint32_t group = 0;
	for (size_t i = 0; i < n; i++) /* the first one waits for the disk, the others ride along */
		if (raw_hand_over(s, fds[i]) < 0 || fsync(fds[i]) < 0)
			return error_set(err, -errno, "store: raw mail: %s", strerror(errno));
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (folder < 0 || uids[i] / 1000 != group) {
			if (folder >= 0 && fsync(folder) < 0)
				r = -errno;
			if (folder >= 0)
				(void)close(folder);
			group = uids[i] / 1000;
			folder = r == 0 ? folder_open(s, uidvalidity, uids[i], true, err) : -1;
			if (folder < 0)
				return r < 0 ? error_set(err, r, "store: raw folder: %s", strerror(-r)) : folder;
		}
		r = link_name(folder, fds[i], uids[i]);
	}
	if (r == 0 && folder >= 0 && fsync(folder) < 0)
		r = -errno;
	if (folder >= 0)
		(void)close(folder);
	return r < 0 ? error_set(err, r, "store: keeping a raw mail: %s", strerror(-r)) : 0;
}

int store_raw_open(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err)
{
	char path[72];
	(void)snprintf(path, sizeof(path), "raw/%u/%u/%u.eml", uidvalidity, uid / 1000, uid);
	int fd = openat(s->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 ? fd : error_set(err, -errno, "store: %s: %s", path, strerror(errno));
}

/* --- taken away ------------------------------------------------------------------------------- */

int keep_raw_remove(struct store *s, uint32_t uidvalidity, uint32_t uid, struct error *err)
{
	char name[24];
	int folder = folder_open(s, uidvalidity, uid, false, err);
	if (folder < 0)
		return folder;
	(void)snprintf(name, sizeof(name), "%u.eml", uid);
	int r = unlinkat(folder, name, 0) < 0 || fsync(folder) < 0 ? -errno : 0;
	(void)close(folder);
	return r < 0 ? error_set(err, r, "store: taking away a raw mail: %s", strerror(-r)) : 0;
}

enum { BLANK_PIECE = 64 * 1024 };

/* Every byte but the ends of lines, so that the mail keeps its shape and every other part its place. */
static int blank_range(int fd, uint64_t at, uint64_t length)
{
	unsigned char piece[BLANK_PIECE];
	while (length > 0) {
		ssize_t n = pread(fd, piece, length < sizeof(piece) ? (size_t)length : sizeof(piece), (off_t)at);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (ssize_t i = 0; i < n; i++)
			if (piece[i] != '\r' && piece[i] != '\n')
				piece[i] = ' ';
		if (pwrite(fd, piece, (size_t)n, (off_t)at) != n)
			return errno ? -errno : -EIO;
		at += (uint64_t)n;
		length -= (uint64_t)n;
	}
	return 0;
}

static int digest_of(int fd, struct digest *out)
{
	unsigned char piece[BLANK_PIECE];
	struct digest_sum sum;
	uint64_t at = 0;
	ssize_t n;
	digest_sum_begin(&sum);
	while ((n = pread(fd, piece, sizeof(piece), (off_t)at)) > 0) {
		digest_sum_add(&sum, span_of(piece, (size_t)n));
		at += (uint64_t)n;
	}
	*out = digest_sum_done(&sum);
	return n < 0 ? -errno : 0;
}

int keep_raw_blank(struct store *s, struct keep_file *f, struct error *err)
{
	char path[72];
	(void)snprintf(path, sizeof(path), "raw/%u/%u/%u.eml", f->uidvalidity, f->uid / 1000, f->uid);
	int fd = openat(s->dir, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int r = fd < 0 ? -errno : 0;
	for (size_t i = 0; r == 0 && i < f->n_ranges; i++)
		r = blank_range(fd, f->ranges[i].at, f->ranges[i].length);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0)
		r = digest_of(fd, &f->left);
	if (fd >= 0)
		(void)close(fd);
	return r < 0 ? error_set(err, r, "store: taking files out of a raw mail: %s", strerror(-r)) : 0;
}
