/* sitantectl try: what the daemon would send for a mail, and why.  It is played through on a copy of the store; nothing is
 * sent, and the store in use stays as it is. */
#include "compose/compose.h"
#include "ctl.h"
#include "dry.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 16 * 1024, OWN_UIDVALIDITY = 0xfffffffe, MAILS_MAX = 500 };

struct attempt {
	struct ctl *c;
	char folder[PATH_MAX], directory[PATH_MAX + 8];
	struct store *copy;
	struct dry dry;
	int64_t ledger_id, before; /* the newest outgoing mail that is none of this mail's */
};

static size_t no_room(void *context)
{
	(void)context;
	return 0; /* what would be sent stays in the outbox of the copy */
}

static int no_submit(void *context, struct relay_job *job)
{
	(void)context;
	(void)job;
	return -ENOBUFS;
}

static bool nothing_leaves(void *context)
{
	(void)context;
	return false;
}

/* --- the copy -------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* As it is, with no thought of having been restored. */
static int copy_store(struct attempt *t, struct error *err)
{
	struct backup_result n = { 0 };
	char file[PATH_MAX + 16];
	(void)snprintf(file, sizeof(file), "%s/copy", t->folder);
	int r = store_backup(t->c->store, file, NULL, NULL, &n, err);
	if (r == 0)
		r = store_restore(file, -1, t->directory, NULL, NULL, &n, err);
	(void)unlink(file);
	if (r == 0)
		r = store_open(t->directory, STORE_OFFICE, &t->copy, err);
	if (r == 0)
		r = store_begin(t->copy, __func__, err);
	if (r == 0)
		r = store_fact_set(t->copy, "restored", STORE_RESTORED_DONE, err);
	if (r == 0)
		r = store_commit(t->copy, err);
	if (t->copy)
		store_end(t->copy);
	return r;
}

static int prepare(struct attempt *t, struct error *err)
{
	const char *tmp = getenv("TMPDIR");
	const struct settings *s = t->c->plan->settings;
	(void)snprintf(t->folder, sizeof(t->folder), "%s/sitante-try-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
	if (!mkdtemp(t->folder))
		return error_set(err, -errno, "%.150s: %s", t->folder, strerror(errno));
	(void)snprintf(t->directory, sizeof(t->directory), "%s/store", t->folder);
	int r = store_open(s->store.directory, STORE_TOOL, &t->c->store, err);
	if (r == STORE_MISSING) {
		*err = (struct error){ 0 };
		r = store_open(t->directory, STORE_OFFICE, &t->copy, err);
	} else if (r == 0) {
		r = copy_store(t, err);
	}
	return r == 0 ? dry_open(&t->dry, t->copy, &t->c->plan->office, err) : r;
}

/* --- the mail --------------------------------------------------------------------------------------- */

static int raw_in(struct attempt *t, const char *path, uint64_t *size, struct error *err)
{
	static char piece[PIECE];
	uint32_t uid = 1;
	ssize_t n = -1;
	int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return error_set(err, -errno, "%.150s: %s", path, strerror(errno));
	int to = store_raw_create(t->copy, err), r = to < 0 ? to : 0;
	while (r == 0 && (n = read(from, piece, sizeof(piece))) > 0) {
		*size += (uint64_t)n;
		if (*size > LIMIT_MAIL_BYTES)
			r = error_set(err, -EFBIG, "larger than %d MiB: the daemon does not fetch it, and names it to staff",
				      LIMIT_MAIL_BYTES >> 20);
		else if (write(to, piece, (size_t)n) != n)
			r = error_set(err, -EIO, "a copy of the mail: %s", strerror(errno));
	}
	if (r == 0 && n < 0)
		r = error_set(err, -EIO, "%.150s: %s", path, strerror(errno));
	if (r == 0)
		r = store_raw_keep(t->copy, OWN_UIDVALIDITY, &uid, &to, 1, err);
	if (to >= 0)
		(void)close(to);
	(void)close(from);
	return r;
}

static int outbox(struct attempt *t, struct outbox_row **rows, size_t *n, struct error *err)
{
	int r = store_begin(t->copy, __func__, err);
	if (r == 0)
		r = store_outbox_list(t->copy, true, t->c->arena, rows, n, err);
	store_end(t->copy);
	return r;
}

/* As if it had just come in. */
static int play(struct attempt *t, const char *path, struct error *err)
{
	struct outbox_row *rows = NULL;
	size_t n = 0;
	uint64_t size = 0;
	int r = dry_drain(&t->dry, err); /* whatever else was due */
	if (r == 0)
		r = outbox(t, &rows, &n, err);
	for (size_t i = 0; i < n; i++)
		t->before = rows[i].id > t->before ? rows[i].id : t->before;
	if (r == 0)
		r = raw_in(t, path, &size, err);
	struct ledger_row row = { .uidvalidity = OWN_UIDVALIDITY,
				  .uid = 1,
				  .size = size,
				  .internaldate = t->dry.now,
				  .state = LEDGER_STORED,
				  .has_raw = true,
				  .moved = true };
	if (r == 0)
		r = store_begin(t->copy, __func__, err);
	if (r == 0)
		r = store_ledger_add(t->copy, &row, &t->ledger_id, err);
	if (r == 0)
		r = store_commit(t->copy, err);
	store_end(t->copy);
	if (r != 0)
		return r;
	office_wake(t->dry.office);
	return dry_drain(&t->dry, err);
}

/* --- what came of it ------------------------------------------------------------------------------------ */

static int open_raw(void *context, uint64_t raw_id)
{
	struct attempt *t = context;
	struct ledger_row row;
	struct error err = { 0 };
	int r = store_begin(t->copy, __func__, &err);
	if (r == 0)
		r = store_ledger_get(t->copy, (int64_t)raw_id, t->c->arena, &row, &err);
	store_end(t->copy);
	return r == 0 ? store_raw_open(t->copy, row.uidvalidity, row.uid, &err) : -1;
}

/* The finished mail, read as its recipient reads it. */
static int read_back(struct attempt *t, const struct outbox_row *row, struct reading *out)
{
	static char piece[PIECE];
	const struct message_policy policy = { .own_id_domain = "" };
	struct compose_stream *stream = NULL;
	ssize_t n = -1;
	int fd = memfd_create("mail", MFD_CLOEXEC), r = fd < 0 ? -1 : 0;
	if (r == 0)
		r = compose_stream_open(row->content, row->segments, row->n_segments, open_raw, t, &stream);
	while (r == 0 && (n = compose_stream_read(stream, piece, sizeof(piece))) > 0)
		r = write(fd, piece, (size_t)n) == n ? 0 : -1;
	if (stream)
		compose_stream_close(stream);
	r = r == 0 && n == 0 && lseek(fd, 0, SEEK_SET) == 0 ? ctl_read_fd(t->c, "a mail of ours", fd, &policy, out) : CTL_REFUSED;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

/* The text as the conversation of its ticket keeps it; NULL: none. */
static const char *kept_text(struct attempt *t, const struct outbox_row *row)
{
	struct message_row *list = NULL;
	struct error err = { 0 };
	size_t n = 0;
	int r = row->ticket_id ? store_begin(t->copy, __func__, &err) : STORE_NOT_FOUND;
	if (r == 0)
		r = store_message_list(t->copy, row->ticket_id, t->c->arena, &list, &n, &err);
	if (row->ticket_id)
		store_end(t->copy);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (list[i].outbox_id == row->id)
			return list[i].text;
	return NULL;
}

static void put_mail(struct attempt *t, const struct outbox_row *row, struct json *j, struct buf *b)
{
	struct reading read = { 0 };
	bool sms = letter_kind_is_sms(row->kind);
	const char *text = kept_text(t, row);
	if (!sms && read_back(t, row, &read) == 0 && !text)
		text = read.message.text_full;
	if (sms && !text)
		text = arena_strndup(t->c->arena, row->content.p, row->content.n);
	if (!t->c->json) {
		buf_addf(b, "\n--- %s to %s%s\nSubject: %s\n", letter_kind_word(row->kind), row->to_address,
			 row->state == OUTBOX_HELD ? " (held: over a cap, waits for outbox retry)" : "", row->subject);
		for (size_t i = 0; i < read.message.n_attachments; i++)
			buf_addf(b, "Attached: %s\n", read.message.attachments[i].name);
		buf_addf(b, "\n%s\n", text ? text : "(cannot be shown)");
		return;
	}
	json_object(j);
	json_kv_str(j, "kind", letter_kind_word(row->kind));
	json_kv_str(j, "to", row->to_address);
	json_kv_str(j, "subject", row->subject);
	json_kv_bool(j, "held", row->state == OUTBOX_HELD);
	json_key(j, "attachments");
	json_array(j);
	for (size_t i = 0; i < read.message.n_attachments; i++)
		json_str(j, read.message.attachments[i].name);
	json_array_end(j);
	json_kv_str(j, "text", text);
	json_object_end(j);
}

static int put_mails(struct attempt *t, struct json *j, struct buf *b, size_t *out_n, struct error *err)
{
	struct outbox_row *rows = NULL;
	size_t n = 0;
	int r = outbox(t, &rows, &n, err);
	for (size_t i = 0; r == 0 && i < n && *out_n < MAILS_MAX; i++) {
		struct outbox_row row;
		if (rows[i].id <= t->before)
			continue;
		++*out_n;
		r = store_begin(t->copy, __func__, err);
		if (r == 0)
			r = store_outbox_get(t->copy, rows[i].id, true, t->c->arena, &row, err);
		store_end(t->copy);
		if (r == 0)
			put_mail(t, &row, j, b);
	}
	return r;
}

static int tell(struct attempt *t, const char *path, struct error *err)
{
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	struct json j = json_open(&b, true);
	struct ledger_row row;
	struct reading came = { 0 };
	size_t n = 0;
	int r = store_begin(t->copy, __func__, err);
	if (r == 0)
		r = store_ledger_get(t->copy, t->ledger_id, t->c->arena, &row, err);
	store_end(t->copy);
	if (r == 0 && ctl_read_mail(t->c, path, &t->c->plan->policy, &came) != 0)
		came.message.proof_reason = "it cannot be read";
	if (r != 0)
		return r;
	const char *disposition = row.has_disposition ? disposition_word(row.disposition) : "undecided";
	if (t->c->json) {
		json_object(&j);
		json_kv_str(&j, "disposition", disposition);
		json_kv_str(&j, "why", row.reason);
		json_kv_str(&j, "proof", mail_proof_word(came.message.proof));
		json_kv_str(&j, "proof_reason", came.message.proof_reason);
		json_key(&j, "mails");
		json_array(&j);
	} else {
		buf_addf(&b, "would be: %s\nwhy:      %s\nsender:   proof %s (%s)\n", disposition, row.reason ? row.reason : "-",
			 mail_proof_word(came.message.proof), came.message.proof_reason);
	}
	r = put_mails(t, &j, &b, &n, err);
	if (t->c->json) {
		json_array_end(&j);
		json_object_end(&j);
	} else if (n == 0) {
		buf_add_str(&b, "No mail would be sent.\n");
	}
	buf_add_str(&b, t->c->json ? "\n" : "");
	return r == 0 ? ctl_print(&b) : r;
}

int ctl_try(struct ctl *c)
{
	struct error err = { 0 };
	struct attempt t = { .c = c, .dry = { .relay = { no_room, no_submit, NULL }, .settle = nothing_leaves } };
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "try wants one FILE: a raw mail");
	int r = ctl_plan(c);
	if (r != 0)
		return r;
	t.dry.now = clock_wall();
	/* the copy is taken away again, whatever happens at the terminal */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	r = prepare(&t, &err);
	if (r == 0)
		r = play(&t, c->argv[0], &err);
	if (r == 0)
		r = tell(&t, c->argv[0], &err);
	dry_close(&t.dry);
	store_close(t.copy);
	if (*t.folder)
		(void)nftw(t.folder, remove_one, 20, FTW_DEPTH | FTW_PHYS);
	return *err.text ? ctl_fail(CTL_REFUSED, "%s", err.text) : r;
}
