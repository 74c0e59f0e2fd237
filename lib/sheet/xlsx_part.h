/* One part of a workbook (a file in the ZIP), unpacked and fed to an XML parser.  Shared by xlsx*.c only. */
#ifndef SITANTE_SHEET_XLSX_PART_H
#define SITANTE_SHEET_XLSX_PART_H

#include "sheet/sheet_private.h"
#include "sheet/xlsx_zip.h"

#include <expat.h>

struct part_handlers {
	void (*start)(void *context, const char *name, const char **attributes); /* name without prefix */
	void (*end)(void *context, const char *name);
	void (*text)(void *context, const char *s, int n);
};

/* Parses the part.  0; SHEET_NO_LIST: there is none; SHEET_DAMAGED; -ENOMEM.  *budget: bytes that may yet be
 * unpacked, counted down.  *stop: set by a handler to end early, which is no damage. */
int part_parse(unzFile zip, const char *name, const struct part_handlers *h, void *context, uint64_t *budget, const bool *stop,
	       struct error *err) MUST_USE;
/* Value of an attribute by its name without prefix; NULL. */
const char *part_attribute(const char **attributes, const char *name);

#endif
