/* A ZIP in memory, read by minizip: nothing else but zlib comes along with it, and the reader, which waits all
 * day, stays small.  Shared by xlsx*.c only. */
#ifndef SITANTE_SHEET_XLSX_ZIP_H
#define SITANTE_SHEET_XLSX_ZIP_H

#include "base/span.h"

#include <unzip.h>

struct zip_memory {
	struct span bytes; /* borrowed while the ZIP is open */
	size_t at;
	bool short_read; /* more was asked for than there is */
};

/* NULL: no ZIP, or no memory.  Closed by unzClose(); *m must live until then. */
unzFile zip_open(struct zip_memory *m, struct span bytes);

#endif
