/* Passwords and tokens: each one line in a file of its own. */
#include "settings/settings_private.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void settings_secret_wipe(char *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret, SETTINGS_SECRET_BYTES);
	free(secret);
}

/* systemd has put it there for this unit alone, with a mode of its own. */
static bool is_credential(const char *path)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	size_t n = credentials ? strlen(credentials) : 0;
	return n > 0 && strncmp(path, credentials, n) == 0 && path[n] == '/';
}

/* The file, open; -errno; 1: it is not to be taken. */
static int secret_open(const char *path, int *out, struct error *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "cannot read %s: %s", path, strerror(errno));
	int r = 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > SETTINGS_SECRET_BYTES)
		r = error_set(err, 1, "%s is no small file", path);
	else if (!is_credential(path) && (st.st_mode & 077) != 0)
		r = error_set(err, 1, "%s may be read by others (mode %04o); run: chmod 600 %s", path, st.st_mode & 07777u, path);
	if (r == 0)
		*out = fd;
	else
		(void)close(fd);
	return r;
}

int settings_secret(const char *path, char **out, struct error *err)
{
	int fd = -1, r = secret_open(path, &fd, err);
	if (r != 0)
		return r;
	char *text = calloc(1, SETTINGS_SECRET_BYTES + 1);
	ssize_t n = text ? read(fd, text, SETTINGS_SECRET_BYTES) : -1;
	(void)close(fd);
	if (!text)
		return error_set(err, -ENOMEM, "no memory");
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	if (n <= 0 || strlen(text) != (size_t)n || strpbrk(text, "\r\n")) {
		settings_secret_wipe(text);
		return error_set(err, 1, "%s must hold one line with the password", path);
	}
	*out = text;
	return 0;
}

/* Where a file of that name is looked for; NULL: no memory. */
static const char *place_of(struct job *j, const char *file)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	if (file[0] != '/' && credentials) {
		const char *path = arena_printf(j->s->arena, "%s/%s", credentials, file);
		if (path && access(path, F_OK) == 0)
			return path;
	}
	const char *path = arena_printf(j->s->arena, "%s/credentials/%s", j->directory, file);
	return file[0] == '/' || !path || access(path, F_OK) < 0 ? settings_beside(j, file) : path;
}

static void told(struct job *j, const char *key, const char *path, int r, const struct error *err)
{
	if (r == -ENOMEM)
		j->memory = true;
	else if (r < 0)
		settings_unreadable(j, key, path, -r);
	else if (r > 0)
		settings_fault(j, NULL, key, "%s", err->text);
}

char *settings_password(struct job *j, const char *key, const char *file)
{
	struct error err = { 0 };
	char *secret = NULL;
	const char *path = file ? place_of(j, file) : NULL;
	if (path)
		told(j, key, path, settings_secret(path, &secret, &err), &err);
	return secret;
}

const char *settings_secret_path(struct job *j, const char *key, const char *file)
{
	struct error err = { 0 };
	int fd = -1;
	const char *path = file ? place_of(j, file) : NULL;
	int r = path ? secret_open(path, &fd, &err) : 0;
	if (fd >= 0)
		(void)close(fd);
	told(j, key, path, r, &err);
	return path;
}
