/* Evidence as JSON for machines, and as lines for an operator's terminal (English; what strangers wrote is escaped).
 * offset_s: of the zone that times are told in.  Pure. */
#ifndef SITANTE_EVIDENCE_SHOW_H
#define SITANTE_EVIDENCE_SHOW_H

#include "evidence/evidence.h"

void evidence_json(const struct evidence_file *f, int32_t offset_s, struct buf *out);
/* at: now */
void evidence_text(const struct evidence_file *f, struct instant at, int32_t offset_s, struct buf *out);

#endif
