/* The N-th allocation fails, for every N: a decision and its letters end in -ENOMEM or done, and
 * nothing leaks.  Linked with --wrap for malloc, calloc and realloc. */
#include "../casework/desk.h"

#include "letter/letter.h"

#include <errno.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static long countdown = -1; /* allocations until one fails; negative: none does */

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

static void as_request(struct desk *d)
{
	d->persons[1].value[FIELD_NIK] = NIK_2;
	d->persons[1].value[FIELD_EMAIL] = "siti@example.org";
	d->reading.request.n_applicants = 2;
}

static void as_answer(struct desk *d)
{
	d->in.ticket = &d->ticket;
	d->in.how = MATCH_REFERENCE;
	d->persons[0].value[FIELD_NIP] = NIP_1;
	d->persons[0].value[FIELD_AGENCY] = "Lain";
}

static void as_terbit(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_STATUS, "");
	(void)desk_command(d, COMMAND_CATAT, "Catatan");
	(void)desk_command(d, COMMAND_TERBIT, "Teks");
}

static void as_refused(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_TERBIT, "Teks");
	(void)desk_command(d, COMMAND_UNKNOWN, "");
}

static void as_forged(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_FAIL, TOKEN_VALID, SATU);
}

static const struct starved {
	const char *name;
	void (*make)(struct desk *d);
} rows[] = {
	{ "request", as_request }, { "answer", as_answer }, { "terbit", as_terbit },
	{ "refused", as_refused }, { "forged", as_forged },
};

/* Decides and writes; true: no allocation failed. */
static bool run(struct desk *d, const struct letter_set *set, long n)
{
	struct error err = { 0 };
	int r = -ENOMEM;
	countdown = n;
	struct arena *a = arena_new(16u * 1024 * 1024);
	if (a)
		r = casework_mail(&d->rules, &d->in, d->now, a, &d->out);
	for (size_t i = 0; r == 0 && i < d->out.n_letters; i++) {
		struct letter_text t = { 0 };
		const struct ticket *ticket = d->out.has_ticket ? &d->out.ticket : NULL;
		r = letter_write(set, &d->rules, &d->out.letters[i], ticket, &d->in, d->now, a, &t, &err);
		if (r == 0 && !t.text)
			r = 1;
	}
	bool failed = n >= 0 && countdown < 0;
	countdown = -1;
	arena_free(a);
	assert_true(r == 0 || r == -ENOMEM);
	if (!failed)
		assert_int_equal(r, 0);
	return !failed;
}

static void starved_row(void **state)
{
	const struct starved *row = *state;
	struct desk d;
	struct error err = { 0 };
	struct letter_set *set = NULL;
	char path[] = TEMPLATES;
	long n = 0;
	desk_open(&d);
	row->make(&d);
	assert_int_equal(letter_set_load(letter_read_file, path, d.a, &set, NULL, &err), 0);
	while (!run(&d, set, n))
		n++;
	assert_true(n > 10);
	desk_close(&d);
}

static void loading_starved(void **state)
{
	(void)state;
	bool done = false;
	for (long n = 0; !done; n++) {
		char path[] = TEMPLATES;
		struct error err = { 0 };
		struct letter_set *set = NULL;
		countdown = n;
		struct arena *a = arena_new(16u * 1024 * 1024);
		int r = a ? letter_set_load(letter_read_file, path, a, &set, NULL, &err) : -ENOMEM;
		done = countdown >= 0;
		countdown = -1;
		arena_free(a);
		assert_true(done ? r == 0 : r == 0 || r == -ENOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(loading_starved) };
	ADD_ROWS(rows, starved_row)
	ADD_TESTS(tests)
	return RUN_SUITE("casework and letter: no memory");
}
