/* Who was erased, and which mails: keyed hashes in the store and in the file DIR/erasures beside it, so that a store that comes
 * from an older backup can be told.  Nobody is known from them without the file key, and who has that has the store. */
#include "store/keep_private.h"
#include "store/person.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEY_BYTES = 400, FILE_MAX = 64 * 1024 * 1024 };

struct digest erasure_hash(const struct store *s, const char *key)
{
	char lower[KEY_BYTES];
	size_t n = 0;
	for (; key[n] && n < sizeof(lower) - 1; n++)
		lower[n] = (char)ascii_lower((unsigned char)key[n]);
	lower[n] = '\0';
	return person_hash(s, lower);
}

int erasure_add(struct store *s, const struct digest *hash, const char *kind, struct instant at, bool applied, struct error *err)
{
	sqlite3_stmt *q = stmt_get(
		s, "INSERT INTO erasure VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET applied = max(applied, excluded.applied)",
		err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash->b, DIGEST_SIZE);
	bind_text(q, 2, kind);
	bind_int(q, 3, at.ms);
	bind_int(q, 4, applied);
	return stmt_run(s, q, err);
}

static int put(struct store *s, struct buf *out, struct error *err)
{
	struct digest d;
	char hex[DIGEST_HEX_SIZE];
	int r;
	sqlite3_stmt *q = stmt_get(s, "SELECT hash, kind, at FROM erasure ORDER BY at, hash", err);
	if (!q)
		return err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		column_digest(q, 0, &d);
		digest_hex(&d, hex);
		buf_addf(out, "%s %s %lld\n", (const char *)sqlite3_column_text(q, 1), hex, (long long)column_int(q, 2));
	}
	return r < 0 ? r : buf_status(out);
}

static bool line_read(struct span line, bool *person, struct digest *hash, struct instant *at)
{
	size_t space = 0, digits;
	while (space < line.n && line.p[space] != ' ')
		space++;
	struct span kind = span_of(line.p, space), rest = span_of(line.p + space, line.n - space);
	*person = span_eq(kind, span_str(KEEP_PERSON));
	if ((!*person && !span_eq(kind, span_str("mail"))) || rest.n < 1 + DIGEST_SIZE * 2 + 2)
		return false;
	for (size_t i = 0; i < DIGEST_SIZE * 2; i++) {
		unsigned char c = rest.p[1 + i];
		int v = ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (v < 0)
			return false;
		hash->b[i / 2] = (unsigned char)(i % 2 ? hash->b[i / 2] | v : v << 4);
	}
	at->ms = 0;
	for (digits = 1 + DIGEST_SIZE * 2 + 1; digits < rest.n; digits++) {
		if (!ascii_is_digit(rest.p[digits]) || at->ms > INT64_MAX / 20)
			return false;
		at->ms = at->ms * 10 + rest.p[digits] - '0';
	}
	return rest.p[1 + DIGEST_SIZE * 2] == ' ';
}

static int take(struct store *s, struct span text, struct error *err)
{
	struct span line;
	struct digest hash = { 0 };
	struct instant at;
	bool person;
	int r = 0;
	while (r == 0 && span_next_line(&text, &line)) {
		if (!line_read(line, &person, &hash, &at))
			return error_set(err, STORE_MISSING, "this is no list of erasures");
		r = erasure_add(s, &hash, person ? KEEP_PERSON : "mail", at, false, err);
	}
	return r;
}

static int is_erased(struct store *s, const char *key, struct error *err)
{
	struct digest hash = erasure_hash(s, key);
	sqlite3_stmt *q = stmt_get(s, "SELECT 1 FROM erasure WHERE hash = ? AND kind = 'person' AND applied = 0", err);
	if (!q)
		return err->code;
	bind_blob(q, 1, hash.b, DIGEST_SIZE);
	int r = stmt_step(s, q, err);
	if (r > 0)
		stmt_end(q);
	return r;
}

int store_erasures_next(struct store *s, struct arena *a, const char **out, struct error *err)
{
	int r;
	*out = NULL;
	sqlite3_stmt *q =
		stmt_get(s,
			 "SELECT v1 FROM applicant WHERE v1 IS NOT NULL UNION SELECT v2 FROM applicant WHERE v2 IS NOT NULL "
			 "UNION SELECT v5 FROM applicant WHERE v5 IS NOT NULL UNION SELECT nik FROM certificate WHERE nik IS NOT "
			 "NULL UNION SELECT nip FROM certificate WHERE nip IS NOT NULL UNION SELECT email FROM certificate WHERE "
			 "email IS NOT NULL UNION SELECT requester_address FROM ticket WHERE requester_address IS NOT NULL UNION "
			 "SELECT address FROM party UNION SELECT address FROM silent",
			 err);
	if (!q)
		return err->code;
	while ((r = stmt_step(s, q, err)) > 0) {
		r = is_erased(s, (const char *)sqlite3_column_text(q, 0), err);
		if (r != 0) {
			*out = r > 0 ? column_text(q, 0, a) : NULL;
			stmt_end(q);
			break;
		}
	}
	return r < 0 ? r : r == 0 ? STORE_NOT_FOUND : *out ? 0 : error_set(err, -ENOMEM, "no memory");
}

int store_erasures_settle(struct store *s, const char *key, struct error *err)
{
	struct digest hash = erasure_hash(s, key);
	return erasure_add(s, &hash, KEEP_PERSON, (struct instant){ 0 }, true, err);
}

int store_erasures_applied(struct store *s, struct error *err)
{
	sqlite3_stmt *q = stmt_get(s, "UPDATE erasure SET applied = 1 WHERE applied = 0", err);
	return q ? stmt_run(s, q, err) : err->code;
}

static int file_read(int dir, const char *path, struct buf *out, struct error *err)
{
	char piece[16 * 1024];
	ssize_t n = 0;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT; /* mostly there is none: each caller says whether that is a fault */
	if (fd < 0)
		return error_set(err, -errno, "%s: %s", path, strerror(errno));
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	(void)close(fd);
	return n < 0 ? error_set(err, -EIO, "%s cannot be read", path) : buf_status(out);
}

static int file_write(struct store *s, const struct buf *b, struct error *err)
{
	int fd = openat(s->dir, "erasures.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && raw_hand_over(s, fd) == 0 && write(fd, b->p, b->n) == (ssize_t)b->n && fsync(fd) == 0;
	int e = errno;
	if (fd >= 0)
		(void)close(fd);
	if (ok && (renameat(s->dir, "erasures.new", s->dir, "erasures") < 0 || fsync(s->dir) < 0)) {
		ok = false;
		e = errno;
	}
	return ok ? 0 : error_set(err, e ? -e : -EIO, "store: erasures: %s", strerror(e));
}

int store_erasures_read(struct store *s, struct error *err)
{
	AUTO_BUF b = BUF_INIT(FILE_MAX);
	int r = file_read(s->dir, "erasures", &b, err);
	return r == -ENOENT ? 0 : r == 0 ? take(s, buf_span(&b), err) : r;
}

int store_erasures_write(struct store *s, struct error *err)
{
	AUTO_BUF b = BUF_INIT(FILE_MAX), was = BUF_INIT(FILE_MAX);
	int r = put(s, &b, err);
	if (r == 0)
		r = file_read(s->dir, "erasures", &was, err);
	if ((r < 0 && r != -ENOENT) || span_eq(buf_span(&b), buf_span(&was)))
		return r == -ENOENT ? 0 : r;
	return file_write(s, &b, err);
}

int store_erasures_import(const char *directory, const char *path, struct error *err)
{
	AUTO_BUF b = BUF_INIT(FILE_MAX);
	struct store s = { .dir = -1 };
	struct span rest, line;
	struct digest hash = { 0 };
	struct instant at;
	bool person;
	int r = file_read(AT_FDCWD, path, &b, err);
	if (r == -ENOENT)
		return error_set(err, r, "%s: %s", path, strerror(ENOENT));
	rest = buf_span(&b);
	while (r == 0 && span_next_line(&rest, &line))
		if (!line_read(line, &person, &hash, &at))
			r = error_set(err, STORE_MISSING, "%s is no list of erasures", path);
	if (r == 0)
		s.dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0)
		r = s.dir < 0 ? error_set(err, -errno, "%s: %s", directory, strerror(errno)) : file_write(&s, &b, err);
	if (s.dir >= 0)
		(void)close(s.dir);
	return r;
}
