#include "port/examiner.h"

#include "base/limits.h"

#include <errno.h>

enum { REQUEST_MAX = LIMIT_ROOT_BYTES + 256 * 1024, NAME_BYTES = 1000 };

#define PROGRAM "sitante-examiner"

void examiner_encode(const struct examiner_request *q, struct buf *out)
{
	wire_put_i64(out, q->at.ms);
	wire_put_u32(out, (uint32_t)q->n_roots);
	for (size_t i = 0; i < q->n_roots; i++)
		wire_put_bytes(out, q->roots[i]);
	wire_put_u32(out, (uint32_t)q->n_files);
	for (size_t i = 0; i < q->n_files; i++) {
		const struct examiner_file *f = &q->files[i];
		wire_put_str(out, f->name);
		wire_put_u8(out, (uint8_t)f->kind);
		wire_put_u32(out, f->attachment);
		wire_put_u8(out, f->bare);
		wire_put_u64(out, f->where.size);
		wire_put_u64(out, f->where.raw_offset);
		wire_put_u64(out, f->where.raw_length);
		wire_put_u8(out, (uint8_t)f->where.encoding);
	}
}

int examiner_decode(struct span s, struct arena *a, struct examiner_request *out)
{
	struct wire w = wire_open(s);
	struct examiner_request q = { .at = { wire_i64(&w) } };
	q.n_roots = wire_count(&w, LIMIT_ROOT_FILES);
	struct span *roots = arena_array(a, q.n_roots + 1, sizeof(*roots));
	for (size_t i = 0; i < q.n_roots && roots && !w.bad; i++)
		roots[i] = wire_bytes(&w, LIMIT_ROOT_BYTES);
	q.roots = roots;
	q.n_files = wire_count(&w, LIMIT_EVIDENCE_FILES);
	q.files = arena_array(a, q.n_files + 1, sizeof(*q.files));
	for (size_t i = 0; i < q.n_files && q.files && !w.bad; i++) {
		struct examiner_file *f = &q.files[i];
		f->name = wire_str(&w, a, NAME_BYTES);
		f->kind = (enum evidence_kind)wire_u8_max(&w, N_EVIDENCE_KINDS - 1);
		f->attachment = wire_count(&w, LIMIT_ATTACHMENTS);
		f->bare = wire_u8_max(&w, 1);
		f->where.size = wire_u64(&w);
		f->where.raw_offset = wire_u64(&w);
		f->where.raw_length = wire_u64(&w);
		f->where.encoding = (enum mail_encoding)wire_u8_max(&w, MAIL_ENCODING_OTHER);
		w.bad = w.bad || !f->name;
	}
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (!wire_done(&w))
		return 1;
	*out = q;
	return 0;
}

int examiner_choose(const struct message *m, struct arena *a, struct examiner_file **out, size_t *n)
{
	struct examiner_file *files = arena_array(a, LIMIT_EVIDENCE_FILES, sizeof(*files));
	enum evidence_kind kind;
	*n = 0;
	if (!files)
		return -ENOMEM;
	for (size_t i = 0; i < m->n_attachments && *n < LIMIT_EVIDENCE_FILES; i++)
		if (evidence_is_likely(m->attachments[i].name, m->attachments[i].type, &kind))
			files[(*n)++] = (struct examiner_file){ .name = m->attachments[i].name,
								.kind = kind,
								.attachment = (uint32_t)i,
								.where = m->attachments[i] };
	*out = files;
	return 0;
}

int examiner_start(const struct examiner_request *q, int fd, struct program_child *c, struct error *err)
{
	AUTO_BUF request = BUF_INIT(REQUEST_MAX);
	*c = PROGRAM_CHILD_NONE;
	examiner_encode(q, &request);
	int r = buf_status(&request);
	return r == 0 ? program_start(PROGRAM, NULL, buf_span(&request), fd, c, err)
		      : error_set(err, r, "too many trusted roots");
}

int examiner_finish(struct program_child *c, const struct examiner_request *q, struct arena *a, struct evidence_file **out,
		    struct error *err)
{
	AUTO_BUF result = BUF_INIT(LIMIT_READING_BYTES);
	int ended = program_finish(c, &result, err), r = 0;
	struct wire w = wire_open(buf_span(&result));
	struct evidence_file *list = arena_array(a, q->n_files + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < q->n_files && r >= 0; i++) {
		if (r == 0)
			r = evidence_decode(&w, a, &list[i]);
		if (r == 0 && (list[i].attachment != q->files[i].attachment || list[i].kind != q->files[i].kind))
			r = 1;
		if (r > 0)
			list[i] = (struct evidence_file){ .name = q->files[i].name,
							  .attachment = q->files[i].attachment,
							  .kind = q->files[i].kind,
							  .state = EVIDENCE_FAILED,
							  .reason = "the examination did not come to an end" };
	}
	if (r > 0 && ended == 0)
		error_set(err, 1, "the examiner's answer is no right value");
	*out = list;
	return r < 0 ? r : 0;
}
