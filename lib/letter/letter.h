/* A decided letter to finished text: template files filled with escaped values.
 *
 * A template (conf/templates/NAME.tpl, NAME from letter_kind_word) is one light text that gives
 * both parts of the mail:
 *   first line "Subject: ..." (the tag "[SITANTE-2026-0001]" is put in front by this module),
 *   an empty line, then paragraphs; "- " list items; "Label : value" rows (a table in HTML);
 *   "# " a heading; "| " quotes somebody's text; {{key}} a value; {{?key}} ... {{/key}} on lines
 *   of their own: shown only where key has a value; {{!key}} ... {{/key}}: only where it has none.
 * A paragraph is one line, however long: the text part is wrapped here at 76 columns, somebody's own
 * words ({{text}}, {{reason}}, {{quoted}}) are not.
 * Values are data: put in once, never expanded again; in HTML escaped.  A value of several lines
 * keeps its lines.  Unknown keys, unbalanced sections, a missing Subject are faults found when the
 * set is loaded; so is a key in a letter that must not hold it (letter/keys.c: what may stand in
 * letters to strangers, to the applicant, to staff).  sitante-templates(5).
 */
#ifndef SITANTE_LETTER_LETTER_H
#define SITANTE_LETTER_LETTER_H

#include "casework/casework.h"

struct letter_set; /* all templates, parsed */

/* read(context, name, out): gives the bytes of the file "acknowledgement.tpl" and so on; 0 or -errno.
 * *out lives in a.
 * 0; 1: err names file, line and fault (the first of each file are all listed in faults when not NULL);
 * -ENOMEM. */
int letter_set_load(int (*read)(void *context, const char *name, struct buf *out), void *context, struct arena *a,
		    struct letter_set **out, struct buf *faults, struct error *err) MUST_USE;
/* read() for a directory path. */
int letter_read_file(void *directory_path, const char *name, struct buf *out);

struct letter_text {
	const char *subject, *text, *html;
};

/* in: the mail that it is about (NULL: none).  ticket: as it will be stored, number given; NULL: none.
 * 0; -ENOMEM.  A text longer than 1 MiB is cut short and comes without html (NULL: plain only). */
int letter_write(const struct letter_set *set, const struct casework_rules *rules, const struct letter *letter,
		 const struct ticket *ticket, const struct incoming *in, struct instant now, struct arena *a,
		 struct letter_text *out, struct error *err) MUST_USE;

#endif
