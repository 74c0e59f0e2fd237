/* What is seen of a revision, as one hash: two revisions with the same hash show the same. */
#include "evidence/pdf_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 4096, IDS_MAX = 4 * 1024 * 1024 };

struct walk {
	qpdf_data q;
	struct digest_sum sum;
	const int *skip;
	size_t n_skip, n_objects;
	uint32_t *seen; /* by object number: its place in the order of the walk, 0: not yet */
	bool failed;
};

static void put(struct walk *w, const char *s)
{
	digest_sum_add(&w->sum, span_of(s, strlen(s) + 1));
}

static bool is_skipped(struct walk *w, qpdf_oh oh)
{
	int id = qpdf_oh_get_object_id(w->q, oh), parent = 0;
	if (w->n_skip > 0 && qpdf_oh_is_dictionary(w->q, oh) && qpdf_oh_has_key(w->q, oh, "/Parent"))
		parent = qpdf_oh_get_object_id(w->q, qpdf_oh_get_key(w->q, oh, "/Parent"));
	for (size_t i = 0; i < w->n_skip; i++)
		if (w->skip[i] == id || w->skip[i] == parent)
			return true;
	return false;
}

static bool is_list_of_fields(const char *key)
{
	return str_eq(key, "/Annots") || str_eq(key, "/Fields") || str_eq(key, "/Kids");
}

/* An array that holds nothing but what is skipped, or nothing at all. */
static bool all_skipped(struct walk *w, qpdf_oh array)
{
	int n = qpdf_oh_is_array(w->q, array) ? qpdf_oh_get_array_n_items(w->q, array) : -1;
	for (int i = 0; i < n; i++)
		if (!is_skipped(w, qpdf_oh_get_array_item(w->q, array, i)))
			return false;
	return n >= 0;
}

static size_t keys_of(struct walk *w, qpdf_oh dictionary, char **keys)
{
	size_t n = 0;
	qpdf_oh_begin_dict_key_iter(w->q, dictionary);
	while (qpdf_oh_dict_more_keys(w->q)) {
		const char *key = qpdf_oh_dict_next_key(w->q);
		if (n == KEYS_MAX || !(keys[n] = strdup(key))) {
			w->failed = true;
			break;
		}
		n++;
	}
	return n;
}

/* A form with nothing in it but fields that are skipped is no form. */
static bool is_bare_form(struct walk *w, qpdf_oh form)
{
	return qpdf_oh_is_dictionary(w->q, form) && all_skipped(w, qpdf_oh_get_key(w->q, form, "/Fields")) &&
	       !qpdf_oh_has_key(w->q, form, "/XFA") && !qpdf_oh_has_key(w->q, form, "/NeedAppearances") &&
	       !qpdf_oh_has_key(w->q, form, "/CO");
}

static bool key_is_skipped(struct walk *w, const char *key, qpdf_oh value, bool catalogue)
{
	static const char *const proofs[] = { "/DSS", "/Extensions", "/Metadata", "/Version", "/Perms" };
	if (str_eq(key, "/Parent") || str_eq(key, "/SigFlags"))
		return true;
	if (is_list_of_fields(key) && all_skipped(w, value))
		return true;
	for (size_t i = 0; catalogue && i < sizeof(proofs) / sizeof(*proofs); i++)
		if (str_eq(key, proofs[i]))
			return true;
	return catalogue && str_eq(key, "/AcroForm") && is_bare_form(w, value);
}

static void walk_object(struct walk *w, qpdf_oh oh, unsigned depth, bool catalogue, bool fields);

static void walk_dictionary(struct walk *w, qpdf_oh dictionary, unsigned depth, bool catalogue)
{
	char **keys = calloc(KEYS_MAX, sizeof(*keys));
	w->failed = w->failed || !keys;
	size_t n = keys ? keys_of(w, dictionary, keys) : 0;
	put(w, "<<");
	for (size_t i = 0; i < n && !w->failed; i++) {
		qpdf_oh value = qpdf_oh_get_key(w->q, dictionary, keys[i]);
		if (!key_is_skipped(w, keys[i], value, catalogue)) {
			put(w, keys[i]);
			walk_object(w, value, depth + 1, false, is_list_of_fields(keys[i]));
		}
		qpdf_oh_release(w->q, value);
	}
	put(w, ">>");
	for (size_t i = 0; i < n; i++)
		free(keys[i]);
	free(keys);
}

static void walk_array(struct walk *w, qpdf_oh array, unsigned depth, bool fields)
{
	int n = qpdf_oh_get_array_n_items(w->q, array);
	put(w, "[");
	for (int i = 0; i < n && !w->failed; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(w->q, array, i);
		if (!fields || !is_skipped(w, item))
			walk_object(w, item, depth + 1, false, false);
		qpdf_oh_release(w->q, item);
	}
	put(w, "]");
}

static void walk_stream(struct walk *w, qpdf_oh stream, unsigned depth)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	qpdf_oh dictionary = qpdf_oh_get_dict(w->q, stream);
	walk_dictionary(w, dictionary, depth, false);
	if (qpdf_oh_get_stream_data(w->q, stream, qpdf_dl_none, NULL, &bytes, &n) & QPDF_ERRORS)
		w->failed = true;
	put(w, "stream");
	digest_sum_add(&w->sum, span_of(bytes, n));
	free(bytes);
	qpdf_oh_release(w->q, dictionary);
}

/* An object that was met before is told by its place in the walk alone: numbers may differ, and there are circles. */
static bool met_before(struct walk *w, qpdf_oh oh)
{
	char text[32];
	int id = qpdf_oh_get_object_id(w->q, oh);
	if (++w->n_objects > LIMIT_PDF_OBJECTS || id < 0 || id >= IDS_MAX)
		w->failed = true;
	if (w->failed || id == 0)
		return w->failed;
	bool before = w->seen[id] != 0;
	if (!before)
		w->seen[id] = (uint32_t)w->n_objects;
	(void)snprintf(text, sizeof(text), "%u", w->seen[id]);
	put(w, text);
	return before;
}

static void walk_object(struct walk *w, qpdf_oh oh, unsigned depth, bool catalogue, bool fields)
{
	if (depth > LIMIT_PDF_DEPTH * 10)
		w->failed = true;
	if (w->failed || met_before(w, oh))
		return;
	if (qpdf_oh_is_dictionary(w->q, oh))
		walk_dictionary(w, oh, depth, catalogue);
	else if (qpdf_oh_is_array(w->q, oh))
		walk_array(w, oh, depth, fields);
	else if (qpdf_oh_is_stream(w->q, oh))
		walk_stream(w, oh, depth);
	else
		put(w, qpdf_oh_unparse_resolved(w->q, oh));
}

bool pdf_content(struct pdf *p, const int *skip, size_t n_skip, struct digest *out)
{
	struct walk w = { .q = p->q, .skip = skip, .n_skip = n_skip, .seen = calloc(IDS_MAX, sizeof(uint32_t)) };
	digest_sum_begin(&w.sum);
	w.failed = !w.seen;
	walk_object(&w, qpdf_get_root(p->q), 0, true, false);
	*out = digest_sum_done(&w.sum);
	free(w.seen);
	return !w.failed;
}
