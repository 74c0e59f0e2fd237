#include "letter/letter_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int load_one(enum letter_kind k, int (*read)(void *context, const char *name, struct buf *out), void *context,
		    struct arena *a, struct letter_set *set, struct error *err)
{
	char name[64];
	AUTO_BUF text = BUF_INIT(TEMPLATE_BYTES + 1);
	(void)snprintf(name, sizeof(name), "%s.tpl", letter_kind_word(k)); /* our own short words */
	int r = read(context, name, &text);
	if (r < 0)
		return error_set(err, error_may_pass(-r) ? r : 1, "%s: cannot be read: %s", name, strerror(-r));
	if (buf_status(&text) == -ENOMEM)
		return error_set(err, -ENOMEM, "no memory");
	if (buf_status(&text) < 0)
		return error_set(err, 1, "%s: larger than %d bytes", name, TEMPLATE_BYTES);
	return template_parse(buf_span(&text), name, letter_level(k), a, &set->templates[k], err);
}

int letter_set_load(int (*read)(void *context, const char *name, struct buf *out), void *context, struct arena *a,
		    struct letter_set **out, struct buf *faults, struct error *err)
{
	struct letter_set *set = arena_alloc(a, sizeof(*set));
	bool bad = false;
	if (!set)
		return error_set(err, -ENOMEM, "no memory");
	for (int k = 0; k < N_LETTERS; k++) {
		struct error one = { 0 };
		int r = load_one((enum letter_kind)k, read, context, a, set, &one);
		if (r < 0)
			return error_set(err, r, "%s", one.text);
		if (r == 0)
			continue;
		if (!bad)
			(void)error_set(err, 1, "%s", one.text); /* its code is returned below */
		bad = true;
		if (faults)
			buf_addf(faults, "%s\n", one.text);
	}
	if (bad)
		return 1;
	*out = set;
	return 0;
}

int letter_read_file(void *directory_path, const char *name, struct buf *out)
{
	char path[4096], chunk[8192];
	int n = snprintf(path, sizeof(path), "%s/%s", (const char *)directory_path, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ssize_t got;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0 && buf_status(out) == 0)
		buf_add(out, chunk, (size_t)got);
	int r = got < 0 ? -errno : 0;
	(void)close(fd); /* read-only */
	return r;
}

static struct values values_of(const struct letter_set *set, const struct casework_rules *rules, const struct letter *letter,
			       const struct ticket *ticket, const struct incoming *in, struct instant now, struct arena *a)
{
	return (struct values){ .set = set, .rules = rules, .letter = letter, .ticket = ticket, .in = in, .now = now, .a = a };
}

/* The very text that the applicant gets, as the receipt shows it. */
const char *value_sent_text(struct values *v)
{
	const struct letter *l = v->letter->shows;
	struct letter_text t = { 0 };
	if (!l || v->depth > 0 || (size_t)l->kind >= N_LETTERS)
		return NULL;
	struct values inner = values_of(v->set, v->rules, l, v->ticket, v->in, v->now, v->a);
	inner.depth = 1;
	int r = template_render(&v->set->templates[l->kind], &inner, false, &t);
	if (r < 0) {
		v->status = r;
		return NULL;
	}
	return t.text;
}

int letter_write(const struct letter_set *set, const struct casework_rules *rules, const struct letter *letter,
		 const struct ticket *ticket, const struct incoming *in, struct instant now, struct arena *a,
		 struct letter_text *out, struct error *err)
{
	struct values v = values_of(set, rules, letter, ticket, in, now, a);
	if ((size_t)letter->kind >= N_LETTERS)
		return error_set(err, -EINVAL, "no such letter");
	int r = template_render(&set->templates[letter->kind], &v, true, out);
	return r < 0 ? error_set(err, r, "letter %s", letter_kind_word(letter->kind)) : 0;
}
