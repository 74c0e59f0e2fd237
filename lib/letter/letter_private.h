/* Shared by the files of letter/ only. */
#ifndef SITANTE_LETTER_PRIVATE_H
#define SITANTE_LETTER_PRIVATE_H

#include "letter/letter.h"

enum {
	LETTER_KEYS_MAX = 96,
	LETTER_NAME_BYTES = 200, /* of a display name that somebody chose */
	TEMPLATE_BYTES = 64 * 1024,
	TEMPLATE_LINES = 600,
	TEMPLATE_PIECES = 40, /* of one line */
	TEMPLATE_DEPTH = 8,   /* sections in sections */
	LETTER_TEXT_BYTES = 1024 * 1024,
	LETTER_QUOTE_BYTES = 16 * 1024,   /* of the applicant's text in a notice */
	LETTER_PERSONS_BYTES = 16 * 1024, /* of the persons in one list: the rest is counted */
	LETTER_COLUMNS = 76,
};

/* --- keys -------------------------------------------------------------------------------- */
/* How far a value may go.  A template for strangers that names a staff key does not load: the
 * first answer to a stranger holds no byte the stranger chose (M21), whatever an operator writes.
 */
enum key_level { KEY_SAFE, KEY_APPLICANT, KEY_STAFF };

enum {
	KEY_VERBATIM = 1, /* somebody's words: lines are kept, never wrapped */
	KEY_BLOCK = 2,    /* made by us: "label TAB value" lines are rows, "- " lines are items */
};

struct values { /* what one letter is about */
	const struct letter_set *set;
	const struct casework_rules *rules;
	const struct letter *letter;
	const struct ticket *ticket; /* NULL: none */
	const struct incoming *in;   /* NULL: none */
	struct instant now;
	struct arena *a;
	int depth;  /* a receipt shows another letter once, not deeper */
	int status; /* -ENOMEM, remembered */
	const char *cache[LETTER_KEYS_MAX];
	bool cached[LETTER_KEYS_MAX];
};

struct letter_key {
	const char *name;
	enum key_level level;
	int flags;
	const char *(*make)(struct values *v); /* NULL: given by the letter alone */
};

const struct letter_key *letter_key_find(struct span name); /* NULL: unknown */
const struct letter_key *letter_key_at(size_t i);           /* the i-th of all; NULL: there are no more */
/* NULL: no value.  Else checked text (no control characters but LF, TAB), never "". */
const char *letter_key_value(struct values *v, const struct letter_key *k);
enum key_level letter_level(enum letter_kind kind);

/* makers of values_report.c */
const char *value_steps(struct values *v);
const char *value_examined(struct values *v);
const char *value_result(struct values *v);
const char *value_report_persons(struct values *v);
const char *value_renewed(struct values *v);
const char *value_still_open(struct values *v);
/* helpers of values.c */
const char *value_say(struct values *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* NULL where empty; a buffer that met its cap gives what it holds. */
const char *value_buf(struct values *v, const struct buf *b);
/* True: the list is long enough; says how many more there are.  left: persons not listed yet. */
bool value_enough(struct buf *b, size_t left);
/* s as one clean line of at most LETTER_NAME_BYTES; NULL: nothing. */
void value_name(struct buf *b, const char *s);
void value_line(struct buf *b, const char *s); /* s as one clean line */
const char *value_masked(struct values *v, const char *digits);
const char *value_iso_date(struct values *v, const char *iso); /* in words; as written where it is none */
const char *value_sent_text(struct values *v);

/* --- templates ------------------------------------------------------------------------------ */
enum line_kind { LINE_TEXT, LINE_BLANK, LINE_HEADING, LINE_ITEM, LINE_QUOTE, LINE_ROW, LINE_IF, LINE_UNLESS, LINE_END };

struct piece {
	const char *literal;
	const struct letter_key *key;
}; /* one of the two */

struct template_line {
	enum line_kind kind;
	const char *label; /* LINE_ROW */
	const struct piece *pieces;
	size_t n_pieces;
	const struct letter_key *key; /* LINE_IF, LINE_UNLESS */
	size_t skip;                  /* those: index of their LINE_END */
};

struct template
{
	struct template_line subject;
	const struct template_line *lines;
	size_t n_lines;
};

struct letter_set {
	struct template templates[N_LETTERS];
};

/* 0; 1: err names the file's first fault; -ENOMEM. */
int template_parse(struct span text, const char *file, enum key_level level, struct arena *a, struct template *out,
		   struct error *err) MUST_USE;
/* 0; -ENOMEM.  want_html false: html stays NULL.  Too long: the text is cut short and html stays
 * NULL, for a letter that cannot be written would stop the mail it answers. */
int template_render(const struct template *t, struct values *v, bool want_html, struct letter_text *out) MUST_USE;

/* --- writers of one block after another --------------------------------------------------------
 */
struct page {
	struct buf text, html;
	enum line_kind open; /* HTML element that is open; LINE_BLANK: none */
	size_t columns;      /* of the text; 0: lines are never broken */
	bool gap;            /* an empty line is due in the text */
	bool begun;
};
void page_begin(struct page *p);
void page_block(struct page *p, enum line_kind kind, const char *label, const char *line, bool verbatim);
void page_gap(struct page *p);
void page_end(struct page *p);
void html_escape(struct buf *out, const char *s);

#endif
