/* Results and their reasons.
 *
 * int results: 0 done; negative errno: the surroundings failed (memory, disk,
 * network), pass it up untouched; positive: an outcome that the callee's header
 * lists, handled by the caller and never passed on.
 * The reason travels in a caller-owned struct, without allocation.
 */
#ifndef SITANTE_BASE_ERROR_H
#define SITANTE_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

struct error {
	int code;
	char text[240]; /* "outer: inner: first cause", one line, UTF-8 */
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Writes the reason; control characters become '?'.  e may be NULL.  Returns code. */
int error_set(struct error *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Is this errno the machine's trouble of the moment (no memory, no descriptor, a disk that fails), which
 * may be over at the next try, and nobody's mistake? */
bool error_may_pass(int e);

/* Puts "context: " in front of the reason already there.  e may be NULL.  Returns code. */
int error_add(struct error *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
