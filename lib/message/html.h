/* HTML to the text that a person sees.  gumbo parses as HTML5 browsers do. */
#ifndef SITANTE_MESSAGE_HTML_H
#define SITANTE_MESSAGE_HTML_H

#include "base/buf.h"

struct html_facts {
	bool hidden;  /* invisible words were left out */
	size_t cells; /* table cells with content */
};

/* html: checked UTF-8.  Paragraphs become lines, table rows one line with cells parted by
 * " | ", list items "- ", quotes "> " a level.  Linear; too complex input loses its markup only. */
void html_to_text(struct span html, struct buf *out, struct html_facts *facts);

#endif
