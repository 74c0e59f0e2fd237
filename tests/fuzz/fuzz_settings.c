/* A configuration of any bytes: refused with words, or settings in which every address, port and duration is a right one. */
#include "fuzz.h"

#include "message/message.h"
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool good)
{
	if (!good)
		abort();
}

static void check(const struct settings *s)
{
	must(s->agency && s->timezone && mail_address_valid(s->mailbox.address));
	must(s->imap.port >= 1 && s->imap.port <= 65535 && s->smtp.port >= 1 && s->smtp.port <= 65535);
	must(s->folders.poll_seconds >= 1 && s->smtp_connections >= 1 && s->smtp_connections <= 4);
	must(s->n_staff >= 1);
	for (size_t i = 0; i < s->n_staff; i++)
		must(mail_address_valid(s->staff[i].address));
	must(!s->alarm.n_command || s->alarm.command[0][0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40];
	struct settings *s = NULL;
	AUTO_BUF faults = BUF_INIT(64 * 1024);
	int fd = memfd_create("sitante.conf", MFD_CLOEXEC);
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int r = settings_load(path, &s, &faults);
	must(r == 0 || r == 1);
	if (r == 0)
		check(s);
	else
		must(faults.n > 0);
	settings_free(s);
	(void)close(fd);
	return 0;
}
