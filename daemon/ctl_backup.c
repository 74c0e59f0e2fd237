/* sitantectl backup, restore: all of the store in one file, in the clear or encrypted by age or gpg; and back. */
#include "ctl.h"
#include "progress.h"
#include "store/person.h"

#include "base/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 4200, KEEP_MAX = 10000, STAMP_SIZE = 15, HEAD_BYTES = 32, BACKUPS_MAX = 20000 };
#define NAME_BEGINS "sitante-" /* of a file in a folder: sitante-20260105-013000.db, then .age or .gpg */

/* --- age and gpg -------------------------------------------------------------------------------- */

struct tool {
	const char *program, *package, *ending;
};
static const struct tool age = { "age", "age", ".age" }, gpg = { "gpg", "gnupg", ".gpg" };

static const struct tool *tool_of(const char *recipient)
{
	return strncmp(recipient, "age1", 4) == 0 || strncmp(recipient, "ssh-", 4) == 0 ? &age : &gpg;
}

/* Between two files that are open.  0; CTL_REFUSED: said why. */
static int tool_run(const struct tool *tool, const char *const *arguments, int in, int out)
{
	posix_spawn_file_actions_t to;
	pid_t pid = 0;
	int status = 0, r = posix_spawn_file_actions_init(&to);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&to, in, STDIN_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&to, out, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawnp(&pid, tool->program, &to, NULL, (char *const *)(uintptr_t)arguments, environ);
	(void)posix_spawn_file_actions_destroy(&to);
	if (r == ENOENT)
		return ctl_fail(CTL_REFUSED, "%s is not installed; nothing is written: apt install %s", tool->program,
				tool->package);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", tool->program, strerror(r));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return ctl_fail(CTL_REFUSED, "%s failed; nothing is written", tool->program);
}

static int encrypt(const char *recipient, int in, int out)
{
	const struct tool *tool = tool_of(recipient);
	const char *with_age[] = { "age", "--encrypt", "--recipient", recipient, NULL };
	/* whoever named the recipient trusts it; nobody is there to be asked */
	const char *with_gpg[] = { "gpg",           "--batch",  "--quiet",     "--no-tty",
				   "--trust-model", "always",   "--recipient", recipient,
				   "--encrypt",     "--output", "-",           NULL };
	return lseek(in, 0, SEEK_SET) == 0 ? tool_run(tool, tool == &age ? with_age : with_gpg, in, out)
					   : ctl_fail(CTL_REFUSED, "%s", strerror(errno));
}

/* What a file is encrypted by; NULL: by neither. */
static const struct tool *tool_that_made(int fd)
{
	unsigned char head[HEAD_BYTES + 1] = { 0 };
	if (pread(fd, head, HEAD_BYTES, 0) <= 0)
		return NULL;
	const char *text = (const char *)head;
	if (strncmp(text, "age-encryption.org/", 19) == 0 || strncmp(text, "-----BEGIN AGE", 14) == 0)
		return &age;
	/* RFC 9580 4.2: a packet's first bit is set; 5.1: it begins with an encrypted session key */
	bool packet = head[0] == 0x84 || head[0] == 0x85 || head[0] == 0x86 || head[0] == 0xc1;
	return packet || strncmp(text, "-----BEGIN PGP MESSAGE", 22) == 0 ? &gpg : NULL;
}

static int decrypt(struct ctl *c, const struct tool *tool, int in, int out)
{
	const char *with_age[] = { "age", "--decrypt", "--identity", c->identity, NULL };
	const char *with_gpg[] = { "gpg", "--quiet", "--decrypt", "--output", "-", NULL };
	if (tool == &age && !c->identity)
		return ctl_fail(CTL_USAGE, "it is encrypted by age: give --identity FILE with the key");
	return tool_run(tool, tool == &age ? with_age : with_gpg, in, out);
}

/* --- backup --------------------------------------------------------------------------------------- */

static int kept_say(struct ctl *c, const char *path, const struct backup_result *k)
{
	AUTO_BUF b = BUF_INIT(16 * 1024);
	if (c->json) {
		struct json j = json_open(&b, true);
		json_object(&j);
		json_kv_bool(&j, "done", true);
		json_kv_str(&j, "file", path);
		json_kv_int(&j, "raw_mails", (int64_t)(k->n_raw - k->n_damaged));
		json_kv_int(&j, "missing", (int64_t)k->n_damaged);
		json_object_end(&j);
		buf_add_char(&b, '\n');
	}
	int r = ctl_print(&b);
	if (k->n_damaged > 0)
		return ctl_fail(CTL_REFUSED, "done, but %" PRIu64 " raw mails are missing or damaged", k->n_damaged);
	return r;
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* FILE as it was given, or a name with the moment (UTC) in a folder. */
static const char *target(struct ctl *c)
{
	struct civil_time t = instant_civil(clock_wall(), 0);
	if (!is_folder(c->argv[0]))
		return c->argv[0];
	return arena_printf(c->arena, "%s/" NAME_BEGINS "%04d%02d%02d-%02d%02d%02d.db%s", c->argv[0], t.year, t.month, t.day,
			    t.hour, t.minute, t.second, c->encrypt ? tool_of(c->encrypt)->ending : "");
}

static bool is_backup(const char *name)
{
	size_t n = strlen(NAME_BEGINS);
	const char *rest = name + n + STAMP_SIZE;
	if (strncmp(name, NAME_BEGINS, n) != 0 || strspn(name + n, "0123456789-") != STAMP_SIZE || strncmp(rest, ".db", 3) != 0)
		return false;
	return rest[3] == '\0' || strcmp(rest + 3, age.ending) == 0 || strcmp(rest + 3, gpg.ending) == 0;
}

static int newest_first(const void *a, const void *b)
{
	return strcmp(*(const char *const *)b, *(const char *const *)a);
}

/* All but the newest so many go; what others put there stays. */
static int older_remove(struct ctl *c, size_t keep)
{
	const char **names = arena_array(c->arena, BACKUPS_MAX, sizeof(*names));
	size_t n = 0;
	int r = CTL_DONE;
	DIR *d = opendir(c->argv[0]);
	for (struct dirent *e; names && d && n < BACKUPS_MAX && (e = readdir(d));)
		if (is_backup(e->d_name) && (names[n] = arena_strdup(c->arena, e->d_name)))
			n++;
	if (n > 0)
		qsort(names, n, sizeof(*names), newest_first);
	for (size_t i = keep; i < n; i++)
		if (unlinkat(dirfd(d), names[i], 0) < 0)
			r = ctl_fail(CTL_REFUSED, "%s/%s: %s", c->argv[0], names[i], strerror(errno));
	if (d)
		(void)closedir(d);
	return d && names ? r : ctl_fail(CTL_REFUSED, "%s: %s", c->argv[0], strerror(errno));
}

static int synced(const char *path)
{
	AUTO_BUF folder = BUF_INIT(NAME_MAX_BYTES);
	const char *slash = strrchr(path, '/');
	buf_add(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	int fd = open(slash ? buf_cstr(&folder) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd >= 0 && fsync(fd) == 0 ? 0 : -errno;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int store_plain(struct ctl *c, const char *part, struct progress *p, struct backup_result *kept)
{
	struct error err = { 0 };
	int r = store_backup(c->store, part, progress_store, p, kept, &err);
	progress_end(p);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

static int store_encrypted(struct ctl *c, const char *part, struct progress *p, struct backup_result *kept)
{
	struct error err = { 0 };
	int clear = -1, out = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", part, strerror(errno));
	int r = store_backup_nameless(c->store, progress_store, p, kept, &clear, &err);
	progress_end(p);
	if (r == 0) {
		r = encrypt(c->encrypt, clear, out);
		(void)close(clear);
	} else {
		r = ctl_fail(CTL_REFUSED, "%s", err.text);
	}
	if (r == 0 && fsync(out) < 0)
		r = ctl_fail(CTL_REFUSED, "%s: %s", part, strerror(errno));
	(void)close(out);
	return r;
}

/* Under another name until it is whole, then under its own, never over another. */
static int write_whole(struct ctl *c, const char *path, struct backup_result *kept)
{
	struct progress p = progress_begin("backup", "KiB");
	const char *part = arena_printf(c->arena, "%s.part", path);
	if (!part)
		return ctl_fail(CTL_REFUSED, "no memory");
	if (access(path, F_OK) == 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(EEXIST));
	if (unlink(part) < 0 && errno != ENOENT) /* of one that was killed */
		return ctl_fail(CTL_REFUSED, "%s: %s", part, strerror(errno));
	int r = c->encrypt ? store_encrypted(c, part, &p, kept) : store_plain(c, part, &p, kept);
	if (r == 0 && (link(part, path) < 0 || synced(path) < 0))
		r = ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(errno));
	(void)unlink(part);
	return r;
}

int ctl_backup(struct ctl *c)
{
	struct error err = { 0 };
	struct backup_result kept;
	uint32_t keep = 0;
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "backup wants one FILE that does not exist yet, or a folder");
	if (c->keep && (!is_folder(c->argv[0]) || num_parse_u32(span_str(c->keep), KEEP_MAX, &keep) != 0 || keep == 0))
		return ctl_fail(CTL_USAGE, "--keep wants how many backups are to stay, and backup a folder");
	int r = ctl_store(c);
	if (r != 0)
		return r;
	const char *path = target(c);
	if (ctl_audited(c, &err, c->encrypt ? "backup --encrypt" : "backup") != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	r = path ? write_whole(c, path, &kept) : ctl_fail(CTL_REFUSED, "no memory");
	if (r == 0 && keep > 0)
		r = older_remove(c, keep);
	return r == 0 ? kept_say(c, path, &kept) : r;
}

/* --- restore ------------------------------------------------------------------------------------------ */

static int unpack(struct ctl *c, int clear, struct backup_result *kept)
{
	struct error err = { 0 };
	struct progress p = progress_begin("restore", "KiB");
	int r = store_restore(c->argv[0], clear, c->plan->settings->store.directory, progress_store, &p, kept, &err);
	progress_end(&p);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

/* Decrypted into a nameless file where the store will be. */
static int unpack_encrypted(struct ctl *c, const struct tool *tool, int in, struct backup_result *kept)
{
	struct error err = { 0 };
	int clear = store_nameless(c->plan->settings->store.directory, &err);
	if (clear < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	int r = decrypt(c, tool, in, clear);
	if (r == 0)
		r = unpack(c, clear, kept);
	(void)close(clear);
	return r;
}

/* Whoever was erased after the backup was made: the daemon erases them again when it starts. */
static int erasures_copy(struct ctl *c)
{
	struct error err = { 0 };
	if (!c->erasures)
		return ctl_fail(CTL_DONE,
				"who was erased since this backup is in it again, unless --erasures names the old store's "
				"file \"erasures\"");
	int r = store_erasures_import(c->plan->settings->store.directory, c->erasures, &err);
	return r == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text);
}

int ctl_restore(struct ctl *c)
{
	struct error err = { 0 };
	struct backup_result kept;
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "restore wants one FILE that sitantectl backup made");
	int r = ctl_plan(c);
	if (r != 0)
		return r;
	int in = open(c->argv[0], O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", c->argv[0], strerror(errno));
	const struct tool *tool = tool_that_made(in);
	r = tool ? unpack_encrypted(c, tool, in, &kept) : unpack(c, -1, &kept);
	(void)close(in);
	if (r == 0)
		r = erasures_copy(c);
	if (r != 0)
		return r;
	r = store_open(c->plan->settings->store.directory, STORE_TOOL, &c->store, &err);
	if (r == 0)
		r = ctl_audited(c, &err, "restore");
	if (r != 0 && r != STORE_MISSING) /* of an older version: the daemon brings it up to date */
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	return kept_say(c, c->argv[0], &kept);
}
