/* For tests of the store: a raw mail with its ledger row. */
#ifndef SITANTE_TESTS_RAW_MAIL_H
#define SITANTE_TESTS_RAW_MAIL_H

#include "unit.h"

#include "store/store.h"

#include <string.h>
#include <unistd.h>

/* Its id in the ledger; not handled yet. */
static inline int64_t raw_mail_keep(struct store *s, uint32_t uid, const char *text, struct instant at)
{
	struct error err = { 0 };
	int64_t id = 0;
	struct ledger_row row = { .uidvalidity = 7,
				  .uid = uid,
				  .size = strlen(text),
				  .internaldate = at,
				  .sha256 = digest_sha256(span_str(text)),
				  .has_raw = true };
	int fd = store_raw_create(s, &err);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(store_raw_keep(s, 7, &uid, &fd, 1, &err), 0);
	(void)close(fd);
	assert_int_equal(store_begin(s, __func__, &err), 0);
	assert_int_equal(store_ledger_add(s, &row, &id, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	return id;
}

#endif
