/* What a mail or its HTML would cost the libraries that read it whole, estimated in one pass.  T28, T30, T32. */
#ifndef SITANTE_MESSAGE_WEIGHT_H
#define SITANTE_MESSAGE_WEIGHT_H

#include "base/span.h"

enum weight { WEIGHT_FITS, WEIGHT_TOO_MUCH };

/* Parts, types and header blocks of a raw mail, inner ones too.  Never less than a MIME parser finds. */
enum weight weight_of_mail(struct span raw);
/* Tags, attributes of a tag, and how deep the tags stand in each other (never more than a parser's stack by what a
 * wrong end tag takes away). */
enum weight weight_of_html(struct span html);

#endif
