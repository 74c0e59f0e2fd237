/* sitantectl letter: a paper letter that an operator enters.  The data and the scan become the mail that staff would have sent
 * with /surat; it is read by the sandboxed reader, decided by /surat's own rules and kept as every mail is. */
#include "ctl.h"

#include "compose/compose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAIL_MAX = LIMIT_MAIL_BYTES, TEXT_MAX = LIMIT_TEXT_BYTES };

static const char usage[] = "letter [--date \"YYYY-MM-DD HH.MM\"] [--number N] [--sender \"NAME <ADDRESS>\"] [--scan FILE] "
			    "[LABEL=VALUE ...] [FILE|-]";

/* --- the data as text --------------------------------------------------------------------------- */

static bool is_line(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 32)
			return false;
	return true;
}

static int line_add(struct buf *b, const char *label, const char *value)
{
	if (!value)
		return 0;
	if (!is_line(value) || !utf8_valid(span_str(value)))
		return ctl_fail(CTL_USAGE, "%s: the value must be one line of UTF-8 text", label);
	buf_addf(b, "%s %s\n", label, value);
	return 0;
}

/* "nama=Budi Santoso" */
static int word_add(struct buf *b, const char *word)
{
	char label[40];
	size_t n = strcspn(word, "=");
	if (n == 0 || n > sizeof(label) - 3 || !is_line(word))
		return ctl_fail(CTL_USAGE, "%s is no LABEL=VALUE", word);
	(void)snprintf(label, sizeof(label), "%.*s:", (int)n, word);
	return line_add(b, label, word + n + 1);
}

static int file_add(struct buf *b, const char *path)
{
	char piece[8192];
	ssize_t n = 0;
	bool standard = str_eq(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t from = b->n;
	while (fd >= 0 && buf_status(b) == 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	int e = errno;
	if (fd >= 0 && !standard)
		(void)close(fd);
	if (fd < 0 || n < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(e));
	if (buf_status(b) != 0)
		return ctl_fail(CTL_REFUSED, "%s: larger than %d bytes; give a scan or a list with --scan", path, TEXT_MAX);
	return utf8_valid(span_of(b->p + from, b->n - from))
		       ? 0
		       : ctl_fail(CTL_REFUSED, "%s: no UTF-8 text; give a scan or a list with --scan", path);
}

static int text_make(struct ctl *c, struct buf *b)
{
	buf_add_str(b, "/surat\n");
	int r = line_add(b, "tanggal", c->date);
	if (r == 0)
		r = line_add(b, "nomor surat", c->number);
	if (r == 0)
		r = line_add(b, "dari", c->sender);
	buf_add_char(b, '\n');
	for (int i = 0; r == 0 && i < c->argc; i++)
		r = strchr(c->argv[i], '=') ? word_add(b, c->argv[i]) : file_add(b, c->argv[i]);
	return r;
}

/* --- scans --------------------------------------------------------------------------------------- */

static const char *type_of(const char *name)
{
	static const char *const types[][2] = {
		{ ".pdf", "application/pdf" }, { ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },     { ".png", "image/png" },
		{ ".tif", "image/tiff" },      { ".tiff", "image/tiff" },
		{ ".csv", "text/csv" },        { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (str_eq_nocase(dot, types[i][0]))
			return types[i][1];
	return "application/octet-stream";
}

static int scan_load(struct ctl *c, const char *path, struct compose_attachment *out)
{
	struct stat st;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), e = errno;
	bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
	if (fd >= 0 && !good)
		e = EINVAL;
	bool fits = good && st.st_size <= MAIL_MAX;
	unsigned char *bytes = fits ? arena_alloc(c->arena, (size_t)st.st_size) : NULL;
	size_t at = 0;
	ssize_t n = 1;
	while (bytes && at < (size_t)st.st_size && (n = read(fd, bytes + at, (size_t)st.st_size - at)) > 0)
		at += (size_t)n;
	if (fd >= 0)
		(void)close(fd);
	if (!good)
		return ctl_fail(CTL_REFUSED, "%s: %s", path, fd < 0 ? strerror(e) : "no file, or an empty one");
	if (!fits)
		return ctl_fail(CTL_REFUSED, "%s: larger than %d MiB", path, MAIL_MAX / 1024 / 1024);
	if (!bytes || at < (size_t)st.st_size)
		return ctl_fail(CTL_REFUSED, "%s: cannot be read whole", path);
	*out = (struct compose_attachment){ .name = name, .type = type_of(name), .memory = true, .bytes = span_of(bytes, at) };
	return 0;
}

/* --- the mail -------------------------------------------------------------------------------------- */

static int no_raw(void *context, uint64_t id)
{
	(void)context;
	(void)id;
	return -1; /* every attachment is in memory */
}

/* Streams it into fd; size and digest of what was written. */
static int mail_write(struct ctl *c, const struct compose_mail *m, int fd, struct office_letter *out)
{
	AUTO_BUF content = BUF_INIT(MAIL_MAX);
	struct segment *segments = NULL;
	struct compose_stream *stream = NULL;
	struct digest_sum sum;
	struct error err = { 0 };
	unsigned char seed[16];
	char piece[64 * 1024];
	size_t n_segments = 0;
	ssize_t n = 0;
	int r = random_bytes(seed, sizeof(seed));
	if (r == 0)
		r = compose_write(m, seed, &content, &segments, &n_segments, c->arena, &err);
	if (r == 0)
		r = compose_stream_open(buf_span(&content), segments, n_segments, no_raw, NULL, &stream);
	if (r == -ENOBUFS)
		return ctl_fail(CTL_REFUSED, "data and scans together are too large: %d MiB as a mail", MAIL_MAX / 1024 / 1024);
	digest_sum_begin(&sum);
	while (r == 0 && (n = compose_stream_read(stream, piece, sizeof(piece))) > 0) {
		digest_sum_add(&sum, span_of(piece, (size_t)n));
		out->size += (uint64_t)n;
		if (write(fd, piece, (size_t)n) != n)
			r = error_set(&err, -errno, "writing the letter: %s", strerror(errno));
	}
	compose_stream_close(stream);
	out->sha256 = digest_sum_done(&sum);
	return r == 0 && n == 0 ? 0 : ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "the letter cannot be made");
}

static int mail_make(struct ctl *c, struct office_letter *out)
{
	const struct casework_rules *rules = &c->plan->rules;
	struct compose_attachment files[CTL_SCANS];
	struct instant now = clock_wall();
	unsigned char random[20];
	AUTO_BUF text = BUF_INIT(TEXT_MAX);
	AUTO_BUF id = BUF_INIT(400);
	int r = text_make(c, &text);
	for (size_t i = 0; r == 0 && i < c->n_scans; i++)
		r = scan_load(c, c->scans[i], &files[i]);
	if (r != 0)
		return r;
	if (random_bytes(random, sizeof(random)) < 0)
		return ctl_fail(CTL_REFUSED, "no random bytes");
	base32_add(&id, span_of(random, sizeof(random)));
	buf_addf(&id, "@%s", c->plan->office.id_domain);
	struct compose_mail m = { .from_name = out->who,
				  .from_address = "sitantectl@localhost", /* an own address would make it a mail that came back */
				  .to_name = rules->mailbox_name,
				  .to_address = rules->mailbox_address,
				  .subject = "Surat permohonan",
				  .message_id = buf_cstr(&id),
				  .date = now,
				  .offset_s = zone_offset(calendar_zone(rules->calendar), now),
				  .automatic = COMPOSE_HUMAN,
				  .text = buf_cstr(&text),
				  .attachments = files,
				  .n_attachments = c->n_scans };
	return mail_write(c, &m, out->fd, out);
}

static int letter_read(struct ctl *c, int fd, struct reading *out)
{
	char path[40];
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int r = ctl_read_mail(c, path, &c->plan->policy, out);
	if (r != 0)
		return r;
	const struct command_block *b = &out->commands;
	return b->n_commands == 1 && b->commands[0].verb == COMMAND_SURAT
		       ? 0
		       : ctl_fail(CTL_REFUSED,
				  "a line of the data begins with a command of its own: only a letter's data may stand there");
}

int ctl_letter(struct ctl *c)
{
	struct office_ordered ordered;
	struct office_ports ports = { .note = ctl_say_note };
	struct reading reading = { 0 };
	struct error err = { 0 };
	if (c->argc == 0 && c->n_scans == 0)
		return ctl_fail(CTL_USAGE, "usage: %s", usage);
	int r = ctl_store(c);
	if (r != 0)
		return r;
	struct office_letter letter = { .who = arena_printf(c->arena, "operator %s", ctl_operator(c)),
					.reading = &reading,
					.fd = store_raw_create(c->store, &err) };
	if (letter.fd < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	r = mail_make(c, &letter);
	if (r == 0)
		r = letter_read(c, letter.fd, &reading);
	if (r == 0) {
		r = office_letter(c->store, &c->plan->office, &ports, &letter, clock_wall(), c->arena, &ordered, &err);
		r = r == 0                      ? ctl_ordered(c, &ordered)
		    : r == OFFICE_ORDER_REFUSED ? ctl_order_refused(ordered.answer.refused, usage)
						: ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : "no memory");
	}
	(void)close(letter.fd);
	return r;
}
