#include "status.h"

#include "base/json.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AT_MOST_EVERY_MS = 1000 };

bool status_same(const struct office_health *a, const struct office_health *b)
{
	return a->connected == b->connected && a->listed == b->listed && a->store_fault == b->store_fault &&
	       a->no_room == b->no_room && a->relay_down == b->relay_down && a->trouble == b->trouble &&
	       a->handled == b->handled && a->sent == b->sent && a->last_list.ms == b->last_list.ms &&
	       a->connected_since.ms == b->connected_since.ms && str_eq(a->trouble_text, b->trouble_text);
}

static void put_time(struct json *j, const char *key, struct instant t, int32_t offset_s)
{
	char iso[INSTANT_ISO_SIZE];
	instant_format_iso(t, offset_s, iso);
	json_kv_str(j, key, t.ms ? iso : NULL);
}

static void put(struct buf *b, const struct status_writer *w, const struct office_health *h, struct instant now)
{
	struct json j = json_open(b, true);
	json_object(&j);
	json_kv_str(&j, "version", SITANTE_VERSION);
	json_kv_int(&j, "pid", getpid());
	put_time(&j, "started_at", w->started, w->offset_s);
	put_time(&j, "written_at", now, w->offset_s);
	json_kv_bool(&j, "connected", h->connected);
	put_time(&j, "connected_since", h->connected ? h->connected_since : (struct instant){ 0 }, w->offset_s);
	put_time(&j, "last_poll", h->last_list, w->offset_s);
	json_kv_str(&j, "mailbox_trouble", h->trouble ? h->trouble_text : NULL);
	json_kv_bool(&j, "store_fault", h->store_fault);
	json_kv_bool(&j, "no_room", h->no_room);
	json_kv_str(&j, "smtp_trouble", h->relay_down ? h->relay_text : NULL);
	json_kv_str(&j, "token_trouble", w->tokens);
	json_kv_str(&j, "ending", w->ending);
	json_kv_int(&j, "handled", (int64_t)h->handled);
	json_kv_int(&j, "sent", (int64_t)h->sent);
	json_object_end(&j);
	buf_add_char(b, '\n');
}

void status_put(const char *path, mode_t mode, struct span bytes)
{
	char temporary[PATH_MAX];
	(void)snprintf(temporary, sizeof(temporary), "%s.new", path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return;
	bool ok = fchmod(fd, mode) == 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
	(void)close(fd);
	if (!ok || rename(temporary, path) < 0)
		(void)unlink(temporary); /* a courtesy: the next change tries again */
}

static bool same_words(const char *words, const char last[200])
{
	return strncmp(words ? words : "", last, 199) == 0;
}

int64_t status_write(struct status_writer *w, const struct office_health *h, struct instant now)
{
	char path[PATH_MAX];
	if (w->any && status_same(&w->last, h) && same_words(w->tokens, w->last_tokens) && same_words(w->ending, w->last_ending))
		return -1;
	int64_t wait = w->written_ms + AT_MOST_EVERY_MS - clock_monotonic_ms();
	if (w->any && wait > 0)
		return wait;
	(void)snprintf(path, sizeof(path), "%s/status.json", w->directory);
	AUTO_BUF b = BUF_INIT(16 * 1024);
	put(&b, w, h, now);
	if (buf_status(&b) == 0)
		status_put(path, 0600, buf_span(&b));
	w->last = *h;
	(void)snprintf(w->last_tokens, sizeof(w->last_tokens), "%s", w->tokens ? w->tokens : "");
	(void)snprintf(w->last_ending, sizeof(w->last_ending), "%s", w->ending ? w->ending : "");
	w->any = true;
	w->written_ms = clock_monotonic_ms();
	return -1;
}

void status_remove(const struct status_writer *w)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/status.json", w->directory);
	(void)unlink(path);
}
