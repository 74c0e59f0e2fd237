/* The certificates that are trusted as issuers: a folder of files, read as they are. */
#include "settings/settings_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* false: it cannot be taken. */
static bool take(struct job *j, int folder, const char *name, size_t *left)
{
	struct stat st;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool file = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	size_t n = file ? (size_t)st.st_size : 0;
	unsigned char *bytes = file && n <= *left ? arena_alloc(j->s->arena, n + 1) : NULL;
	bool good = bytes && j->s->certificates.n_roots < LIMIT_ROOT_FILES && read(fd, bytes, n) == (ssize_t)n;
	if (fd >= 0)
		(void)close(fd);
	if (good) {
		*left -= n;
		j->roots[j->s->certificates.n_roots++] = span_of(bytes, n);
	}
	return good || (fd >= 0 && !file); /* a folder within is none of ours */
}

void settings_roots_check(struct job *j)
{
	const char *path = j->roots_folder ? settings_beside(j, j->roots_folder) : NULL;
	size_t left = LIMIT_ROOT_BYTES;
	DIR *d = path ? opendir(path) : NULL;
	bool good = d;
	if (!path)
		return;
	j->roots = arena_array(j->s->arena, LIMIT_ROOT_FILES, sizeof(*j->roots));
	j->s->certificates.roots = j->roots;
	for (struct dirent *e; good && j->roots && (e = readdir(d));)
		if (e->d_name[0] != '.')
			good = take(j, dirfd(d), e->d_name, &left);
	if (d)
		(void)closedir(d);
	if (!good)
		settings_fault(j, NULL, "certificates.roots", "%s must be a folder of at most %d readable files, 1 MiB together",
			       path, LIMIT_ROOT_FILES);
}
