/* Who sits at the operator's tool, and the audit chain's word of what they saw or did. */
#include "ctl.h"

#include "base/num.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_CHARS = 40, ID_UNSET = 0xffffffff };

static bool name_good(const char *s)
{
	size_t n = s ? strlen(s) : 0;
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_alnum((unsigned char)s[i]) && !strchr("._-@", s[i]))
			return false;
	return n > 0 && n <= NAME_MAX_CHARS;
}

static const char *name_of(struct ctl *c, uint32_t uid)
{
	const struct passwd *pw = getpwuid((uid_t)uid);
	return pw && name_good(pw->pw_name) ? arena_strdup(c->arena, pw->pw_name) : arena_printf(c->arena, "uid-%u", uid);
}

/* The user that logged in, whoever they became since: kept by the kernel (audit), no variable. */
static bool login_uid(uint32_t *out)
{
	char text[32];
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	if (fd >= 0)
		(void)close(fd);
	return n > 0 && num_parse_u32(span_trim(span_of(text, (size_t)n)), ID_UNSET - 1, out) == 0;
}

/* "budi", or "budi as root" where the tool runs as somebody else.  sudo's word counts only where the
 * kernel knows no login and only root could have set it. */
const char *ctl_operator(struct ctl *c)
{
	uint32_t login, self = (uint32_t)getuid();
	const char *now = name_of(c, self), *who = now;
	const char *sudo = getenv("SUDO_USER");
	if (login_uid(&login) && login != self)
		who = name_of(c, login);
	else if (self == 0 && name_good(sudo))
		who = sudo;
	return str_eq(who, now) ? who : arena_printf(c->arena, "%s as %s", who ? who : "?", now ? now : "?");
}

int ctl_audit(struct ctl *c, struct error *err, const char *fmt, ...)
{
	char detail[160];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);
	AUTO_BUF clean = BUF_INIT(2000);
	text_escape(&clean, span_str(detail), sizeof(detail));
	struct event e = { .at = clock_wall(),
			   .what = EVENT_OPERATOR,
			   .detail = buf_cstr(&clean),
			   .who = arena_printf(c->arena, "operator %s", ctl_operator(c)) };
	return store_event_add(c->store, &e, err);
}

int ctl_audited(struct ctl *c, struct error *err, const char *what)
{
	int r = store_begin(c->store, __func__, err);
	if (r == 0)
		r = ctl_audit(c, err, "%s", what);
	if (r == 0)
		r = store_commit(c->store, err);
	store_end(c->store);
	return r;
}
