/* sitantectl examine: the testing application for one file, in the same walls as a mail's. */
#include "ctl.h"

#include "evidence/show.h"
#include "port/examiner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int run(struct ctl *c, const struct examiner_request *q, int fd, struct evidence_file **out)
{
	struct program_child child;
	struct error err = { 0 };
	if (examiner_start(q, fd, &child, &err) < 0)
		return ctl_fail(CTL_REFUSED, "%s", err.text);
	struct pollfd p = { .fd = child.done, .events = POLLIN };
	if (poll(&p, 1, LIMIT_EXAMINER_WALL_MS) == 0)
		(void)kill(child.pid, SIGKILL); /* its end tells what was examined until then */
	if (examiner_finish(&child, q, c->arena, out, &err) < 0)
		return ctl_fail(CTL_REFUSED, "no memory");
	return err.code == 0 ? 0 : ctl_fail(0, "%s", err.text);
}

int ctl_examine(struct ctl *c)
{
	AUTO_BUF b = BUF_INIT(CTL_OUT_MAX);
	struct evidence_file *f = NULL;
	int r = c->argc == 1 ? ctl_plan(c) : ctl_fail(CTL_USAGE, "examine wants one FILE");
	if (r != 0)
		return r;
	const char *slash = strrchr(c->argv[0], '/');
	struct examiner_file file = { .name = slash ? slash + 1 : c->argv[0], .bare = true };
	const struct settings *s = c->plan->settings;
	struct examiner_request q = { .at = clock_wall(),
				      .roots = s->certificates.roots,
				      .n_roots = s->certificates.n_roots,
				      .files = &file,
				      .n_files = 1 };
	if (!evidence_is_likely(file.name, "", &file.kind))
		return ctl_fail(CTL_USAGE, "%s: no PDF and no certificate file by its name", c->argv[0]);
	int fd = open(c->argv[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ctl_fail(CTL_REFUSED, "%s: %s", c->argv[0], strerror(errno));
	r = run(c, &q, fd, &f);
	(void)close(fd);
	if (r != 0)
		return r;
	int32_t offset = zone_offset(calendar_zone(c->plan->rules.calendar), q.at);
	if (c->json)
		evidence_json(f, offset, &b);
	else
		evidence_text(f, q.at, offset, &b);
	return ctl_print(&b);
}
