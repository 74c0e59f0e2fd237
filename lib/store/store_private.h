#ifndef SITANTE_STORE_PRIVATE_H
#define SITANTE_STORE_PRIVATE_H

#include "store/store.h"

#include <sqlite3.h>

enum { STORE_BUSY_MS = 5000 }; /* how long another writer is waited for */
enum { STATEMENTS_MAX = 300, SEARCH_PLACE_BITS = 12 /* of a document: see schema.c */ };

struct store {
	sqlite3 *db;
	int dir, lock;
	char *path;
	bool own_lock;
	const char *inside; /* name of the open unit of work; NULL: none */
	unsigned char key[32];
	struct cached {
		const char *sql; /* the literal's address is its identity */
		sqlite3_stmt *stmt;
	} cache[STATEMENTS_MAX];
	size_t n_cached;
	struct flight *flight; /* flight.c; NULL: none */
};

/* flight.c */
enum flight_end {
	FLIGHT_UNSENT, /* it waits as before */
	FLIGHT_DOUBT,  /* perhaps sent: once more, with the same Message-ID */
	FLIGHT_LOST,   /* perhaps sent twice already: people look */
};
void flight_open(struct store *s);
void flight_close(struct store *s);
enum flight_end flight_look(const struct store *s, int64_t id); /* of a mail that was being sent at the last end */

/* A statement of this text, ready to bind; NULL with err set.  sql must be a string literal. */
sqlite3_stmt *stmt_get(struct store *s, const char *sql, struct error *err) MUST_USE;
/* Binding: 1-based; strings and blobs are borrowed until the reset. */
void bind_int(sqlite3_stmt *q, int i, int64_t v);
void bind_text(sqlite3_stmt *q, int i, const char *s);
void bind_blob(sqlite3_stmt *q, int i, const void *p, size_t n);
void bind_null(sqlite3_stmt *q, int i);
/* 1 a row; 0 done; negative.  After 0 or negative the statement is reset. */
int stmt_step(struct store *s, sqlite3_stmt *q, struct error *err) MUST_USE;
void stmt_end(sqlite3_stmt *q); /* reset early */
/* Resets after the only row that is wanted.  0; -ENOMEM: SQLite had no memory for a column of it, which looked empty then. */
int stmt_taken(struct store *s, sqlite3_stmt *q, struct error *err) MUST_USE;
/* Steps to the end and resets. */
int stmt_run(struct store *s, sqlite3_stmt *q, struct error *err) MUST_USE;
/* Columns, copied into a; NULL for NULL, and where there is no memory. */
const char *column_text(sqlite3_stmt *q, int i, struct arena *a);
int64_t column_int(sqlite3_stmt *q, int i);
void column_digest(sqlite3_stmt *q, int i, struct digest *out);
int store_error(struct store *s, struct error *err, const char *what);
int store_errno(int code); /* of an SQLite result */
/* Opening, in parts: folder (made for STORE_OFFICE), instance lock. */
int store_directory_open(struct store *s, enum store_open_mode mode, struct error *err) MUST_USE;
int store_lock_take(struct store *s, struct error *err) MUST_USE;

/* migrate.c: steps forward, after a copy DIR/older/step-N.db; the last two are kept, and none for longer than 90 days. */
int store_migrate(struct store *s, enum store_open_mode mode, struct error *err) MUST_USE;

/* nameless.c: the database in a file without a name, empty or a copy; fd borrowed until it is closed. */
int nameless_open(int fd, sqlite3 **out, struct error *err) MUST_USE;

/* backup.c: parts of a copy.  path must not exist; *to is the caller's to close, also after a failure. */
struct told {                     /* how far, in KiB, of all that is to be copied */
	store_progress *progress; /* NULL: nobody asks */
	void *context;
	int64_t done, total; /* bytes; of what is finished */
};
int store_database_copy(sqlite3 *from, const char *path, struct told *told, sqlite3 **to, struct error *err) MUST_USE;
int store_database_run(sqlite3 *db, const char *sql, struct error *err) MUST_USE; /* fixed statements, one after the other */
int store_path_sync(const char *path, struct error *err) MUST_USE;
#define STORE_MARK_RESTORED                                                                                                      \
	"INSERT INTO fact VALUES ('restored', '" STORE_RESTORED_NEW "') ON CONFLICT DO UPDATE SET value = excluded.value"

int event_insert(struct store *s, int64_t ticket_id, struct event *e, struct error *err) MUST_USE;
struct digest person_hash(const struct store *s, const char *number);

#endif
