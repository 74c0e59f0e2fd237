#include "exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file_name[] = "refresh-token", file_new[] = "refresh-token.new";

enum { ENDING_DAYS = 14, SLACK_MS = 3600 * 1000, KEPT_BYTES = LIMIT_TOKEN_BYTES + 1000 };

/* --- the file ------------------------------------------------------------------------------- */

static int lock_folder(struct exchange *x, struct error *err)
{
	const char *path = x->settings->store.directory;
	x->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->folder < 0)
		return error_set(err, EXCHANGE_FAULT, "a new refresh token could be kept nowhere: %s: %s", path, strerror(errno));
	if (flock(x->folder, LOCK_EX | LOCK_NB) == 0)
		return 0;
	int r = errno == EWOULDBLOCK ? EXCHANGE_BUSY : error_set(err, EXCHANGE_FAULT, "%s: %s", path, strerror(errno));
	(void)close(x->folder);
	x->folder = -1;
	return r;
}

/* What root writes with sitantectl belongs to whom the store belongs to. */
static bool hand_over(int folder, int fd)
{
	struct stat st;
	if (geteuid() != 0)
		return true;
	return fstat(folder, &st) == 0 && (st.st_uid == 0 || fchown(fd, st.st_uid, st.st_gid) == 0);
}

static bool write_file(int folder, struct span bytes)
{
	int fd = openat(folder, file_new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	bool good = fchmod(fd, 0600) == 0 && hand_over(folder, fd) && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n &&
		    fsync(fd) == 0;
	int e = errno;
	(void)close(fd);
	good = good && renameat(folder, file_new, folder, file_name) == 0 && fsync(folder) == 0;
	errno = e ? e : errno;
	return good;
}

static int write_kept(struct exchange *x, struct error *err)
{
	AUTO_BUF b = BUF_INIT(KEPT_BYTES);
	errno = 0;
	oauth_kept_write(&b, &x->kept);
	x->unkept = buf_status(&b) < 0 || !write_file(x->folder, buf_span(&b));
	int e = errno;
	if (b.p)
		explicit_bzero(b.p, b.n);
	return x->unkept ? error_set(err, 1, "the new refresh token cannot be stored: %s/%s: %s", x->settings->store.directory,
				     file_name, strerror(e ? e : ENOMEM))
			 : 0;
}

/* One that is missing or broken leaves the credential's. */
static bool read_kept(int folder, struct oauth_kept *out)
{
	char text[KEPT_BYTES];
	int fd = openat(folder, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (fd >= 0)
		(void)close(fd);
	bool good = n > 0 && oauth_kept_read(span_of(text, (size_t)n), out) == 0;
	explicit_bzero(text, sizeof(text));
	return good;
}

/* --- the exchange ------------------------------------------------------------------------------ */

static void forget(struct exchange *x)
{
	settings_secret_wipe(x->credential);
	settings_secret_wipe(x->secret);
	x->credential = x->secret = NULL;
	if (x->form.p)
		explicit_bzero(x->form.p, x->form.n);
	buf_reset(&x->form);
	if (!x->unkept)
		explicit_bzero(&x->kept, sizeof(x->kept));
	if (x->folder >= 0)
		(void)close(x->folder); /* and with it the lock */
	x->folder = -1;
}

/* The token to be used, and where its end is known from. */
static void choose(struct exchange *x)
{
	const struct settings *s = x->settings;
	struct digest origin = oauth_origin(s->oauth.token_url, s->oauth.client_id, x->credential);
	bool have = x->unkept || read_kept(x->folder, &x->kept);
	if (!have || !digest_eq(&x->kept.origin, &origin)) {
		x->unkept = false;
		x->kept = (struct oauth_kept){ .origin = origin };
		(void)snprintf(x->kept.token, sizeof(x->kept.token), "%s", x->credential);
	}
	x->rotated = !str_eq(x->kept.token, x->credential);
	x->refresh_ends = x->kept.ends_ms || x->rotated ? (struct instant){ x->kept.ends_ms } : s->oauth.expires;
}

static int secrets_read(struct exchange *x, struct error *err)
{
	const struct settings *s = x->settings;
	int r = settings_secret(s->oauth.refresh_token_path, &x->credential, err);
	if (r == 0 && s->oauth.client_secret_path)
		r = settings_secret(s->oauth.client_secret_path, &x->secret, err);
	if (r == 0 && !oauth_token_valid(x->credential))
		r = error_set(err, 1, "%s holds no token", s->oauth.refresh_token_path);
	return r == 0 ? 0 : EXCHANGE_FAULT;
}

int exchange_begin(struct exchange *x, struct fetch_request *out, struct error *err)
{
	const struct settings *s = x->settings;
	int r = lock_folder(x, err);
	if (r != 0)
		return r;
	r = secrets_read(x, err);
	if (r == 0) {
		choose(x);
		oauth_form(&x->form, &(struct oauth_client){ s->oauth.client_id, x->secret, s->oauth.scope }, x->kept.token);
		r = buf_status(&x->form) < 0 ? error_set(err, EXCHANGE_FAULT, "no memory") : 0;
	}
	if (r != 0)
		forget(x);
	else
		*out = (struct fetch_request){ .url = s->oauth.token_url,
					       .ca_file = s->oauth.ca_file,
					       .form = buf_span(&x->form) };
	return r;
}

static int keep_grant(struct exchange *x, struct instant now, const struct oauth_grant *g, struct error *err)
{
	bool fresh = g->refresh[0] && !str_eq(g->refresh, x->kept.token);
	int64_t ends = g->refresh_lasts_s ? now.ms + g->refresh_lasts_s * 1000 : fresh ? 0 : x->kept.ends_ms;
	int64_t moved = ends > x->kept.ends_ms ? ends - x->kept.ends_ms : x->kept.ends_ms - ends;
	if (!fresh && moved < SLACK_MS)
		return x->unkept ? write_kept(x, err) : 0;
	if (fresh) {
		(void)snprintf(x->kept.token, sizeof(x->kept.token), "%s", g->refresh);
		x->kept.since_ms = now.ms;
	}
	x->kept.ends_ms = ends;
	x->rotated = !str_eq(x->kept.token, x->credential);
	x->refresh_ends = ends || x->rotated ? (struct instant){ ends } : x->settings->oauth.expires;
	return write_kept(x, err);
}

int exchange_end(struct exchange *x, const struct fetch_answer *answer, struct instant now, struct oauth_grant *out,
		 struct error *err)
{
	const char *const secrets[] = { x->kept.token, x->secret, x->credential };
	AUTO_BUF words = BUF_INIT(4 * LIMIT_SMTP_REPLY_BYTES);
	if (answer->status)
		oauth_answer_read(answer->status, answer->body, out);
	else
		*out = (struct oauth_grant){ .outcome = OAUTH_LATER };
	oauth_mask(&words, span_str(answer->status ? out->words : answer->words), secrets, 3);
	(void)snprintf(out->words, sizeof(out->words), "%s", buf_cstr(&words));
	int r = out->outcome == OAUTH_GRANTED ? keep_grant(x, now, out, err) : 0;
	explicit_bzero(out->refresh, sizeof(out->refresh));
	forget(x);
	return r;
}

int exchange_keep(struct exchange *x, struct error *err)
{
	if (!x->unkept || x->folder >= 0)
		return 0;
	int r = lock_folder(x, err);
	if (r == 0)
		r = write_kept(x, err);
	forget(x);
	return r == 0 ? 0 : 1;
}

void exchange_close(struct exchange *x)
{
	x->unkept = false;
	forget(x);
	buf_done(&x->form);
}

/* --- what ends ------------------------------------------------------------------------------------ */

const char *exchange_ending(const struct settings *s, struct instant refresh_ends, struct instant now, char out[200])
{
	const struct {
		const char *what, *to_do;
		struct instant ends;
	} rows[] = { { "refresh token", "get a new one", refresh_ends },
		     { "client secret", "make a new one at the provider", s->oauth.secret_expires } };
	if (s->imap.auth == OAUTH_NONE && s->smtp.auth == OAUTH_NONE)
		return NULL;
	size_t first = rows[1].ends.ms && (!rows[0].ends.ms || rows[1].ends.ms < rows[0].ends.ms) ? 1 : 0;
	struct instant ends = rows[first].ends;
	if (ends.ms == 0 || ends.ms - now.ms > DAYS(ENDING_DAYS).ms)
		return NULL;
	struct civil_time c = instant_civil(ends, zone_offset(calendar_zone(s->calendar), ends));
	(void)snprintf(out, 200, "the %s for the mailbox %s on %04d-%02d-%02d: %s, see sitante.conf(5)", rows[first].what,
		       ends.ms < now.ms ? "ended" : "ends", c.year, c.month, c.day, rows[first].to_do);
	return out;
}
