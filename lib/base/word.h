/* Enums and their words, once: WORD_TABLE(kind, request_kind, ...) in the .c file gives
 * kind_word() and kind_from_word(); the header declares them with WORD_DECLARE. */
#ifndef SITANTE_BASE_WORD_H
#define SITANTE_BASE_WORD_H

#include "base/text.h"

#include <stddef.h>

#define WORD_DECLARE(name, type)                                                                                                 \
	const char *name##_word(enum type v);                                                                                    \
	int name##_from_word(const char *s, enum type *out)

/* name##_word: "?" for a value out of range.  name##_from_word: 0, or 1 unknown. */
#define WORD_TABLE(name, type, ...)                                                                                              \
	static const char *const name##_words[] = { __VA_ARGS__ };                                                               \
	const char *name##_word(enum type v)                                                                                     \
	{                                                                                                                        \
		size_t i = (size_t)v;                                                                                            \
		return i < sizeof(name##_words) / sizeof(*name##_words) && name##_words[i] ? name##_words[i] : "?";              \
	}                                                                                                                        \
	int name##_from_word(const char *s, enum type *out)                                                                      \
	{                                                                                                                        \
		for (size_t i = 0; i < sizeof(name##_words) / sizeof(*name##_words); i++)                                        \
			if (s && name##_words[i] && str_eq(s, name##_words[i])) {                                                \
				*out = (enum type)i;                                                                             \
				return 0;                                                                                        \
			}                                                                                                        \
		return 1;                                                                                                        \
	}

#endif
