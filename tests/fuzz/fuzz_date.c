/* A date that is read is a real one, and is read the same again from its ISO form. */
#include "fuzz.h"

#include "request/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[300], iso[40];
	struct civil_date d, again;
	size_t n = size < sizeof(text) - 1 ? size : sizeof(text) - 1;
	memcpy(text, data, n);
	text[n] = '\0';
	if (date_read(text, &d) != 0)
		return 0;
	(void)snprintf(iso, sizeof(iso), "%04d-%02d-%02d", d.year, d.month, d.day);
	if (!civil_date_valid(d) || date_read(iso, &again) != 0 || again.year != d.year || again.month != d.month ||
	    again.day != d.day)
		abort();
	return 0;
}
