#include "message/filename.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

enum { GIVEN_MAX = 64 * 1024 };

/* Without a path before it. */
static const char *file_part(const char *given)
{
	const char *base = given;
	for (const char *p = base; *p; p++)
		if ((*p == '/' || *p == '\\') && p[1])
			base = p + 1;
	return base;
}

/* "CON", "com1.txt": files that some systems do not let anybody open. */
static bool is_device(const char *name)
{
	static const char *const names[] = { "con", "prn", "aux", "nul", "com", "lpt" };
	size_t n = strcspn(name, ". ");
	bool numbered = n == 4 && ascii_is_digit((unsigned char)name[3]);
	for (size_t i = 0; (n == 3 || numbered) && i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_nocase(span_of(name, 3), span_str(names[i])) && numbered == (i >= 4))
			return true;
	return false;
}

const char *filename_safe(const char *given, size_t max, struct arena *a)
{
	AUTO_BUF clean = BUF_INIT(GIVEN_MAX);
	text_clean_line(&clean, span_str(file_part(given)));
	const char *line = buf_cstr(&clean);
	line += strspn(line, ". ");
	char *name = arena_printf(a, "%s%s", is_device(line) ? "_" : "", line);
	if (!name)
		return NULL;
	for (char *p = name; *p; p++)
		if (strchr("/\\:*?\"<>|", *p))
			*p = '_';
	size_t n = strlen(name);
	if (n > max)
		for (n = max; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;)
			n--;
	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	name[n] = '\0';
	return name;
}
