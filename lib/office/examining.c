/* Signed PDFs and certificates of the mails in the window through the examiner, one mail at a time: each in a process that is
 * started for it.  What it dies on is told so; the mail is decided all the same. */
#include "office/office_private.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct office_reading *examined(struct office *o)
{
	for (size_t i = 0; i < o->n_window; i++)
		if (o->window[i].state == READING_EXAMINED)
			return &o->window[i];
	return NULL;
}

void examining_drop(struct office *o, struct office_reading *e)
{
	if (e->state == READING_EXAMINED)
		program_kill(&o->examiner);
	arena_free(e->evidence.arena);
	e->evidence = (struct office_evidence){ 0 };
}

/* What is to be examined, out of the reading; values of it live as long as the evidence. */
static int choose(struct office *o, struct office_reading *e, struct error *err)
{
	struct reading reading = { 0 };
	struct office_evidence *v = &e->evidence;
	v->arena = arena_new(OFFICE_DECISION_BYTES);
	if (!v->arena)
		return error_set(err, -ENOMEM, "no memory");
	int r = reader_result(o->reader, e->slot, v->arena, &reading, err);
	if (r != READER_READ)
		return r < 0 ? r : 1; /* told when it is decided */
	v->request = (struct examiner_request){ .at = e->row.internaldate, .roots = o->plan.roots, .n_roots = o->plan.n_roots };
	return examiner_choose(&reading.message, v->arena, &v->request.files, &v->request.n_files);
}

static int start(struct office *o, struct office_reading *e, struct error *err)
{
	int r = choose(o, e, err);
	if (r != 0)
		return r < 0 ? r : 0;
	int fd = store_raw_open(o->store, e->row.uidvalidity, e->row.uid, err);
	r = fd < 0 ? fd : examiner_start(&e->evidence.request, fd, &o->examiner, err);
	if (fd >= 0)
		(void)close(fd); /* read-only */
	if (r == 0)
		e->state = READING_EXAMINED;
	return r;
}

/* The examiner does not start: said of each file. */
static void nobody_looked(struct office_reading *e)
{
	struct office_evidence *v = &e->evidence;
	v->files = v->request.n_files ? arena_array(v->arena, v->request.n_files, sizeof(*v->files)) : NULL;
	for (size_t i = 0; v->files && i < v->request.n_files; i++) {
		const struct examiner_file *f = &v->request.files[i];
		v->files[v->n++] = (struct evidence_file){ .name = f->name,
							   .attachment = f->attachment,
							   .kind = f->kind,
							   .state = EVIDENCE_FAILED,
							   .reason = "the examiner did not start" };
	}
}

/* The next mail whose files wait; without an examiner it is decided all the same. */
void examining_start(struct office *o)
{
	for (size_t i = 0; i < o->n_window && !examined(o); i++) {
		struct office_reading *e = &o->window[i];
		struct error err = { 0 };
		if (e->state != READING_WAITS)
			continue;
		e->since_ms = clock_monotonic_ms();
		if (start(o, e, &err) < 0) {
			office_note(o, OFFICE_ERROR, "examiner-gone", e->row.id, NULL, "%s", err.text);
			nobody_looked(e);
		}
		if (e->state == READING_WAITS)
			e->state = READING_READ;
	}
}

int office_examiner_fd(const struct office *o)
{
	return o->examiner.pid > 0 ? o->examiner.done : -1;
}

void office_examiner_ready(struct office *o)
{
	struct office_reading *e = examined(o);
	struct error err = { 0 };
	if (!e)
		return;
	struct office_evidence *v = &e->evidence;
	int r = examiner_finish(&o->examiner, &v->request, v->arena, &v->files, &err);
	v->n = r == 0 ? v->request.n_files : 0;
	if (r < 0 || err.code != 0)
		office_note(o, OFFICE_WARNING, "examiner-died", e->row.id, NULL, "%s", r < 0 ? "no memory" : err.text);
	e->state = READING_READ;
	e->since_ms = clock_monotonic_ms();
	examining_start(o);
	if (!o->store_fault)
		reading_settle(o);
}

void examining_watch(struct office *o)
{
	struct office_reading *e = examined(o);
	if (e && clock_monotonic_ms() - e->since_ms >= LIMIT_EXAMINER_WALL_MS)
		(void)kill(o->examiner.pid, SIGKILL); /* its end is heard of like any other */
}
