/* sitantectl attachment, export: what people sent, for an operator, each time noted in the audit chain. */
#include "ctl.h"
#include "progress.h"

#include "base/num.h"
#include "base/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TAR_NUMBER_MASK 077777777777ull /* eleven octal digits: a mail is smaller by far */
enum { OUT_MAX = 512 * 1024 * 1024, TAR_BLOCK = 512, TAR_END_BLOCKS = 2, FILES_MAX = 5000 };

/* --- a ticket and its raw mails ------------------------------------------------------------- */

struct raws { /* the raw mails of a ticket */
	struct ledger_row *rows;
	size_t n;
};

static int raws_load(struct ctl *c, const struct ctl_ticket *t, void *context, struct error *err)
{
	struct raws *raws = context;
	struct ledger_row *rows = arena_array(c->arena, t->n_messages ? t->n_messages : 1, sizeof(*rows));
	size_t n = 0;
	if (!rows)
		return error_set(err, -ENOMEM, "no memory");
	for (size_t i = 0; i < t->n_messages; i++) {
		bool known = t->messages[i].ledger_id == 0;
		for (size_t k = 0; k < n; k++)
			known = known || rows[k].id == t->messages[i].ledger_id;
		if (known)
			continue;
		int r = store_ledger_get(c->store, t->messages[i].ledger_id, c->arena, &rows[n], err);
		if (r < 0)
			return r;
		n += r == 0 && rows[n].has_raw;
	}
	*raws = (struct raws){ rows, n };
	return 0;
}

/* A new file of the operator's own, or standard output where that is no terminal.  -1: said why. */
static int target_open(struct ctl *c, const char *path)
{
	if (!path && (c->json || isatty(STDOUT_FILENO) == 1)) {
		(void)ctl_fail(CTL_USAGE, "name a FILE to write to, or redirect the output to one");
		return -1;
	}
	if (!path)
		return dup(STDOUT_FILENO);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		(void)ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(errno));
	return fd;
}

static bool write_all(int fd, const void *p, size_t n)
{
	const char *at = p;
	while (n > 0) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static int target_close(struct ctl *c, int fd, const char *path, bool whole)
{
	bool closed = close(fd) == 0;
	if (whole && closed)
		return ctl_done(c);
	if (path)
		(void)unlink(path);
	return ctl_fail(CTL_REFUSED, "%s could not be written", path ? path : "the output");
}

/* --- attachment ------------------------------------------------------------------------------- */

struct found { /* one attachment of a ticket */
	const struct ledger_row *row;
	const struct mail_attachment *file;
};

static int look_into(struct ctl *c, struct reader *reader, const struct ledger_row *row, struct found *list, size_t *n)
{
	struct reading reading = { 0 };
	struct error err = { 0 };
	int fd = store_raw_open(c->store, row->uidvalidity, row->uid, &err);
	int r = fd >= 0 ? reader_read(reader, fd, &c->plan->policy, c->arena, &reading, &err) : fd;
	if (fd >= 0)
		(void)close(fd);
	if (r != READER_READ)
		return ctl_fail(CTL_REFUSED, "mail %lld: %s", (long long)row->id, err.text);
	for (size_t i = 0; i < reading.message.n_attachments && *n < FILES_MAX; i++)
		list[(*n)++] = (struct found){ row, &reading.message.attachments[i] };
	return 0;
}

static int look(struct ctl *c, const struct ledger_row *rows, size_t n_rows, struct found **out, size_t *n)
{
	struct error err = { 0 };
	struct reader *reader = NULL;
	struct found *list = arena_array(c->arena, FILES_MAX, sizeof(*list));
	if (!list)
		return ctl_fail(CTL_REFUSED, "no memory");
	int r = reader_start(&reader, &err);
	if (r < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	for (size_t i = 0; r == 0 && i < n_rows; i++)
		r = look_into(c, reader, &rows[i], list, n);
	reader_stop(reader);
	*out = list;
	return r;
}

static int print_list(struct ctl *c, const struct found *list, size_t n)
{
	AUTO_BUF b = BUF_INIT(OUT_MAX);
	struct json j = json_open(&b, true);
	char hex[DIGEST_HEX_SIZE];
	if (c->json)
		json_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct mail_attachment *f = list[i].file;
		digest_hex(&f->sha256, hex);
		if (!c->json) {
			buf_addf(&b, "%-4zu mail %lld, %llu bytes, %s%s  ", i + 1, (long long)list[i].row->id,
				 (unsigned long long)f->size, f->type, f->dangerous ? ", DANGEROUS" : "");
			text_escape(&b, span_str(f->name), 400);
			buf_add_char(&b, '\n');
			continue;
		}
		json_object(&j);
		json_kv_int(&j, "n", (int64_t)i + 1);
		json_kv_int(&j, "mail", list[i].row->id);
		json_kv_str(&j, "name", f->name);
		json_kv_str(&j, "type", f->type);
		json_kv_int(&j, "size", (int64_t)f->size);
		json_kv_str(&j, "sha256", hex);
		json_kv_bool(&j, "dangerous", f->dangerous);
		json_object_end(&j);
	}
	if (c->json)
		json_array_end(&j);
	buf_add_str(&b, c->json ? "\n" : n ? "" : "no attachments\n");
	return ctl_print(&b);
}

/* The bytes must be those that the reader saw. */
static int decode(struct ctl *c, const struct found *f, struct buf *out, struct error *err)
{
	int fd = store_raw_open(c->store, f->row->uidvalidity, f->row->uid, err);
	if (fd < 0)
		return fd;
	void *p = mmap(NULL, f->row->size, PROT_READ, MAP_PRIVATE, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		return error_set(err, -errno, "mail %lld: %s", (long long)f->row->id, strerror(errno));
	struct span s = span_of((const unsigned char *)p + f->file->raw_offset, f->file->raw_length);
	if (f->file->encoding == MAIL_ENCODING_BASE64)
		base64_decode(out, s);
	else if (f->file->encoding == MAIL_ENCODING_QUOTED_PRINTABLE)
		quoted_printable_decode(out, s);
	else
		buf_add_span(out, s);
	(void)munmap(p, f->row->size);
	struct digest is = digest_sha256(buf_span(out));
	if (buf_status(out) != 0 || !digest_eq(&is, &f->file->sha256))
		return error_set(err, -EIO, "its encoding is damaged; take the whole mail with: sitantectl export");
	return 0;
}

static int write_one(struct ctl *c, const struct found *f, const char *path)
{
	struct error err = { 0 };
	AUTO_BUF bytes = BUF_INIT(OUT_MAX);
	if (f->file->dangerous || f->file->encoding == MAIL_ENCODING_OTHER)
		return ctl_fail(CTL_REFUSED, "a program, script or macro document, or a whole mail: only inside the original, "
					     "with: sitantectl export");
	int r = decode(c, f, &bytes, &err);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	int fd = target_open(c, path);
	if (fd < 0)
		return path ? CTL_REFUSED : CTL_USAGE;
	return target_close(c, fd, path, write_all(fd, bytes.p, bytes.n));
}

int ctl_attachment(struct ctl *c)
{
	struct ctl_ticket t = { 0 };
	struct raws raws = { 0 };
	struct found *list = NULL;
	size_t n = 0;
	uint32_t wanted = 0;
	bool number_right = c->argc < 2 || num_parse_u32(span_str(c->argv[1]), FILES_MAX, &wanted) == 0;
	if (c->argc < 1 || c->argc > 3 || !number_right)
		return ctl_fail(CTL_USAGE, "attachment wants a ticket NUMBER, then maybe which one and a FILE to write it to");
	const char *what = wanted ? arena_printf(c->arena, "attachment %u of", wanted) : "attachments of";
	int r = ctl_ticket_read(c, what, ctl_number(c->argv[0]), raws_load, &raws, &t);
	if (r == 0)
		r = look(c, raws.rows, raws.n, &list, &n);
	if (r != 0)
		return r;
	if (c->argc == 1)
		return print_list(c, list, n);
	if (wanted == 0 || wanted > n)
		return ctl_fail(CTL_REFUSED, "the ticket has %zu attachments", n);
	return write_one(c, &list[wanted - 1], c->argc == 3 ? c->argv[2] : NULL);
}

/* --- export: a tar of ticket.json and the raw mails ----------------------------------------------- */

/* POSIX ustar.  name: ours, short. */
static bool tar_header(int fd, const char *name, uint64_t size, int64_t mtime)
{
	char h[TAR_BLOCK] = { 0 };
	unsigned sum = 0;
	(void)snprintf(h, 100, "%s", name);
	(void)snprintf(h + 100, 8, "%07o", 0600u);
	(void)snprintf(h + 108, 8, "%07o", 0u);
	(void)snprintf(h + 116, 8, "%07o", 0u);
	(void)snprintf(h + 124, 12, "%011llo", (unsigned long long)(size & TAR_NUMBER_MASK));
	(void)snprintf(h + 136, 12, "%011llo", (unsigned long long)((uint64_t)(mtime > 0 ? mtime : 0) & TAR_NUMBER_MASK));
	memset(h + 148, ' ', 8);
	h[156] = '0';
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + 148, 8, "%06o", sum);
	return write_all(fd, h, sizeof(h));
}

static bool tar_pad(int fd, uint64_t size)
{
	static const char zeros[TAR_BLOCK];
	size_t over = (size_t)(size % TAR_BLOCK);
	return over == 0 || write_all(fd, zeros, TAR_BLOCK - over);
}

static bool tar_mail(struct ctl *c, int fd, const char *folder, const struct ledger_row *row)
{
	char piece[64 * 1024], name[100];
	struct error err = { 0 };
	uint64_t left = row->size;
	int raw = store_raw_open(c->store, row->uidvalidity, row->uid, &err);
	if (raw < 0)
		return false;
	(void)snprintf(name, sizeof(name), "%s/mail-%lld.eml", folder, (long long)row->id);
	bool ok = tar_header(fd, name, row->size, row->internaldate.ms / 1000);
	while (ok && left > 0) {
		ssize_t n = read(raw, piece, left < sizeof(piece) ? (size_t)left : sizeof(piece));
		ok = n > 0 && write_all(fd, piece, (size_t)n);
		left -= ok ? (uint64_t)n : 0;
	}
	(void)close(raw);
	return ok && tar_pad(fd, row->size);
}

int ctl_export(struct ctl *c)
{
	static const char zeros[TAR_BLOCK * TAR_END_BLOCKS];
	struct ctl_ticket t = { 0 };
	struct raws raws = { 0 };
	char folder[64], name[100];
	AUTO_BUF json = BUF_INIT(OUT_MAX);
	if (c->argc < 1 || c->argc > 2)
		return ctl_fail(CTL_USAGE, "export wants a ticket NUMBER and a FILE (tar) to write to");
	int r = ctl_ticket_read(c, "export", ctl_number(c->argv[0]), raws_load, &raws, &t);
	if (r != 0)
		return r;
	const char *path = c->argc == 2 ? c->argv[1] : NULL;
	int fd = target_open(c, path);
	if (fd < 0)
		return path ? CTL_REFUSED : CTL_USAGE;
	ctl_ticket_json(c, &json, &t);
	(void)snprintf(folder, sizeof(folder), "SITANTE-%.40s", t.ticket.number);
	(void)snprintf(name, sizeof(name), "%s/ticket.json", folder);
	bool ok = buf_status(&json) == 0 && tar_header(fd, name, json.n, t.ticket.opened_at.ms / 1000) &&
		  write_all(fd, json.p, json.n) && tar_pad(fd, json.n);
	struct progress p = progress_begin("export", "mails");
	for (size_t i = 0; ok && i < raws.n; i++) {
		ok = tar_mail(c, fd, folder, &raws.rows[i]);
		progress_at(&p, i + 1, raws.n);
	}
	progress_end(&p);
	return target_close(c, fd, path, ok && write_all(fd, zeros, sizeof(zeros)));
}
