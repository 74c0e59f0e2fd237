/* sitantectl import, certificates: the register of certificates, in and out.  A list is read by the sandboxed reader, as if
 * it had come by mail. */
#include "compose/compose.h"
#include "ctl.h"
#include "progress.h"
#include "doorbell.h"
#include "office/register.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LIST_MAX = LIMIT_SHEET_BYTES, MAIL_MAX = 2 * LIMIT_SHEET_BYTES };

/* --- a file as the mail that would bring it ------------------------------------------------------ */

static int file_read(const char *path, struct buf *out)
{
	char piece[16 * 1024];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && buf_status(out) == 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	int e = errno;
	if (fd >= 0)
		(void)close(fd);
	if (buf_status(out) != 0)
		return ctl_fail(CTL_REFUSED, "%s is larger than %d bytes", path, LIST_MAX);
	return n < 0 ? ctl_fail(CTL_REFUSED, "%s: %s", path, strerror(e)) : 0;
}

static int no_raw(void *context, uint64_t raw_id)
{
	(void)context;
	(void)raw_id;
	return -1;
}

static bool stream_to(const struct buf *content, const struct segment *segments, size_t n, int fd)
{
	struct compose_stream *s = NULL;
	char piece[16 * 1024];
	ssize_t k = -1;
	if (compose_stream_open(buf_span(content), segments, n, no_raw, NULL, &s) != 0)
		return false;
	while ((k = compose_stream_read(s, piece, sizeof(piece))) > 0)
		if (write(fd, piece, (size_t)k) != k)
			break;
	compose_stream_close(s);
	return k == 0;
}

static int mail_make(struct ctl *c, const char *path, const struct buf *file, int fd)
{
	static const unsigned char seed[16] = "sitantectl impor";
	AUTO_BUF content = BUF_INIT(MAIL_MAX);
	struct error err = { 0 };
	struct segment *segments = NULL;
	size_t n = 0;
	const char *slash = strrchr(path, '/'), *own = c->plan->rules.mailbox_address;
	struct compose_attachment list = {
		.name = slash ? slash + 1 : path, .type = "application/octet-stream", .memory = true, .bytes = buf_span(file)
	};
	struct compose_mail mail = { .from_address = own,
				     .to_address = own,
				     .subject = "impor",
				     .message_id = "sitantectl@localhost.invalid",
				     .date = clock_wall(),
				     .text = "/impor",
				     .attachments = &list,
				     .n_attachments = 1 };
	int r = compose_write(&mail, seed, &content, &segments, &n, c->arena, &err);
	return r == 0 && stream_to(&content, segments, n, fd) ? 0 : ctl_fail(CTL_REFUSED, "no memory for the list");
}

static int list_read(struct ctl *c, const char *path, struct reading *out)
{
	struct message_policy policy = { .own_id_domain = "" };
	AUTO_BUF file = BUF_INIT(LIST_MAX);
	int r = file_read(path, &file);
	int fd = r == 0 ? memfd_create("list", MFD_CLOEXEC) : -1;
	if (r == 0 && fd < 0)
		return ctl_fail(CTL_REFUSED, "no memory for the list");
	if (r == 0)
		r = mail_make(c, path, &file, fd);
	if (r == 0)
		r = ctl_read_fd(c, path, fd, &policy, out);
	if (fd >= 0)
		(void)close(fd);
	if (r != 0)
		return r;
	if (!out->has_roster)
		return ctl_fail(CTL_REFUSED, "%s is neither CSV nor XLSX (its name must end so)", path);
	return out->roster.problem ? ctl_fail(CTL_REFUSED, "%s: %s", path, out->roster.problem) : 0;
}

/* --- import ------------------------------------------------------------------------------------------ */

static void plan_json(const struct import_plan *p, bool done, struct buf *out)
{
	struct json j = json_open(out, true);
	json_object(&j);
	json_kv_bool(&j, "done", done);
	json_kv_bool(&j, "cut", p->roster->cut);
	json_key(&j, "rows");
	json_array(&j);
	for (size_t i = 0; i < p->roster->n_rows; i++) {
		json_object(&j);
		json_kv_int(&j, "line", p->roster->rows[i].line);
		json_kv_str(&j, "what", import_what_word(p->rows[i].what));
		json_kv_str(&j, "name", p->roster->rows[i].value[FIELD_NAME]);
		json_kv_str(&j, "why", p->rows[i].why);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

static int rows_save(struct ctl *c, const struct import_plan *p, struct error *err)
{
	int r = 0;
	struct progress p_shown = progress_begin("import", "rows");
	for (size_t i = 0; r == 0 && i < p->roster->n_rows; i++) {
		if (p->rows[i].what == IMPORT_ADD || p->rows[i].what == IMPORT_CHANGE)
			r = register_save(c->store, &p->rows[i].certificate, 1, c->arena, err);
		progress_at(&p_shown, i + 1, p->roster->n_rows);
	}
	progress_end(&p_shown);
	return r == 0 ? ctl_audit(c, err, "import: %zu added, %zu changed, %zu refused", p->n_of[IMPORT_ADD],
				  p->n_of[IMPORT_CHANGE], p->n_of[IMPORT_REFUSE])
		      : r;
}

static int plan_make(struct ctl *c, const struct roster *roster, struct import_plan *out, struct error *err)
{
	const struct known *known = NULL;
	int r = register_known(c->store, roster, c->arena, &known, err);
	return r == 0 ? casework_import(&c->plan->rules, roster, known, clock_wall(), c->arena, out) : r;
}

int ctl_import(struct ctl *c)
{
	struct reading reading = { 0 };
	struct import_plan p = { 0 };
	struct error err = { 0 };
	AUTO_BUF out = BUF_INIT(CTL_OUT_MAX);
	if (c->argc != 1)
		return ctl_fail(CTL_USAGE, "import wants one FILE, and --yes to do it");
	int r = ctl_store(c);
	if (r == 0)
		r = list_read(c, c->argv[0], &reading);
	if (r != 0)
		return r;
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = plan_make(c, &reading.roster, &p, &err);
	if (r == 0 && c->yes)
		r = rows_save(c, &p, &err);
	if (r == 0 && c->yes)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (r != 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : strerror(-r));
	if (c->yes)
		doorbell_ring(store_path(c->store));
	if (c->json)
		plan_json(&p, c->yes, &out);
	else
		casework_import_words(&p, &out);
	if (!c->json && !c->yes)
		buf_add_str(&out, "\nnothing is changed yet: add --yes\n");
	return ctl_print(&out);
}

/* --- certificates ---------------------------------------------------------------------------------------- */

struct listing {
	struct ctl *c;
	struct buf *out;
	struct json json;
	bool as_json;
};

static const char *shown(struct ctl *c, const char *digits)
{
	const char *masked = NULL;
	if (!digits || c->full)
		return digits;
	return mask_digits(digits, c->arena, &masked) == 0 ? masked : NULL;
}

static void row_json(struct listing *l, const struct certificate *x)
{
	struct instant next = { 0 };
	int days;
	bool has = casework_expiry_next(&l->c->plan->rules, x, clock_wall(), &next, &days);
	struct json *j = &l->json;
	json_object(j);
	json_kv_int(j, "id", x->id);
	for (int f = 0; f < N_FIELDS; f++)
		if (f != FIELD_VALID_UNTIL)
			json_kv_str(j, applicant_field_word((enum applicant_field)f),
				    f == FIELD_NIK || f == FIELD_NIP || f == FIELD_PHONE ? shown(l->c, x->value[f])
											 : x->value[f]);
	json_kv_str(j, "serial", x->serial);
	json_kv_str(j, "not_before", x->not_before.ms ? ctl_time(l->c, x->not_before) : NULL);
	json_kv_str(j, "not_after", ctl_time(l->c, x->not_after));
	json_kv_str(j, "source", certificate_source_word(x->source));
	json_kv_str(j, "ticket", x->ticket);
	json_key(j, "successor");
	if (x->successor)
		json_int(j, x->successor);
	else
		json_null(j);
	json_kv_str(j, "next_reminder", has ? ctl_time(l->c, next) : NULL);
	json_object_end(j);
}

static int row(void *context, const struct certificate *x)
{
	struct listing *l = context;
	struct certificate with = *x;
	if (l->as_json) {
		row_json(l, x);
		return buf_status(l->out);
	}
	with.value[FIELD_NIK] = shown(l->c, x->value[FIELD_NIK]);
	with.value[FIELD_NIP] = shown(l->c, x->value[FIELD_NIP]);
	with.value[FIELD_PHONE] = shown(l->c, x->value[FIELD_PHONE]);
	casework_certificate_csv(l->c->plan->rules.calendar, &with, l->out);
	return buf_status(l->out);
}

int ctl_certificates(struct ctl *c)
{
	AUTO_BUF out = BUF_INIT(CTL_OUT_MAX);
	struct error err = { 0 };
	struct listing l = { .c = c, .out = &out, .as_json = c->json || str_eq(c->format, "json") };
	if (c->argc != 0 || (c->format && !l.as_json && !str_eq(c->format, "csv")))
		return ctl_fail(CTL_USAGE, "certificates takes --format csv or json, --full, --output FILE");
	int r = ctl_store(c);
	if (r != 0)
		return r;
	l.json = json_open(&out, true);
	if (l.as_json)
		json_array(&l.json);
	else
		casework_certificate_csv(c->plan->rules.calendar, NULL, &out);
	r = store_begin(c->store, __func__, &err);
	if (r == 0)
		r = store_certificate_each(c->store, row, &l, &err);
	if (r == 0)
		r = ctl_audit(c, &err, "certificates%s", c->full ? " --full: with whole NIK and NIP" : "");
	if (r == 0)
		r = store_commit(c->store, &err);
	store_end(c->store);
	if (l.as_json) {
		json_array_end(&l.json);
		buf_add_char(&out, '\n');
	}
	return r == 0 ? ctl_deliver(c, &out) : ctl_fail(CTL_REFUSED, "%s", err.text[0] ? err.text : strerror(-r));
}
