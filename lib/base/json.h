/* The one writer of JSON: always valid UTF-8, control characters and bidi marks escaped. */
#ifndef SITANTE_BASE_JSON_H
#define SITANTE_BASE_JSON_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct json {
	struct buf *out;
	int depth;
	bool need_comma;
	bool after_key; /* a value stands on its key's line */
	bool pretty;    /* two spaces a level */
};

struct json json_open(struct buf *out, bool pretty);
void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_str(struct json *j, const char *s); /* NULL: null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* key and value at once */
void json_kv_str(struct json *j, const char *key, const char *s);
void json_kv_int(struct json *j, const char *key, int64_t v);
void json_kv_bool(struct json *j, const char *key, bool v);

#endif
