/* What the renewal report is set with: letterhead, logo, register number. */
#include "settings/settings_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOGO_MAX = 1024 * 1024, LETTERHEAD_MAX = 6 };

static void logo_take(struct job *j, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 8 && st.st_size <= LOGO_MAX;
	unsigned char *bytes = good ? arena_alloc(j->s->arena, (size_t)st.st_size) : NULL;
	good = bytes && read(fd, bytes, (size_t)st.st_size) == st.st_size && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
	if (fd >= 0)
		(void)close(fd);
	if (good)
		j->s->report.logo = span_of(bytes, (size_t)st.st_size);
	else
		settings_fault(j, NULL, "report.logo", "%s must be a readable PNG file of at most 1 MiB", path);
}

void settings_report_check(struct job *j)
{
	const char *number = j->s->report.number;
	if (number && (!strstr(number, "{number}") || !strstr(number, "{year}")))
		settings_fault(j, NULL, "report.number", "must hold {number} and {year}, and {month} if you like");
	if (j->s->report.n_letterhead > LETTERHEAD_MAX)
		settings_fault(j, NULL, "report.letterhead", "has more than %d lines", LETTERHEAD_MAX);
	if (j->logo)
		logo_take(j, settings_beside(j, j->logo));
}
