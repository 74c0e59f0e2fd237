/* Which outgoing mails were on their way to a server when the daemon was killed, and how far: a page of a file that
 * outlives the process, though not the machine.  It only narrows down what the outbox leaves in doubt: without it, or
 * after a power loss, every mail that was being sent counts as perhaps sent. */
#include "store/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

struct flight {             /* the office's slot of the same number */
	_Atomic int64_t id; /* of the outbox; 0: none */
	_Atomic uint32_t again;
	_Atomic uint32_t whole; /* every byte was given away: the final dot may have left */
};

void flight_open(struct store *s)
{
	const size_t n = LIMIT_SENDING * sizeof(struct flight);
	int fd = openat(s->dir, "sending", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* room first: a page that the disk has no room for would kill us when it is written */
	void *p = fd >= 0 && posix_fallocate(fd, 0, (off_t)n) == 0 ? mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
								   : MAP_FAILED;
	if (fd >= 0)
		(void)close(fd);
	s->flight = p == MAP_FAILED ? NULL : p;
}

void flight_close(struct store *s)
{
	if (s->flight)
		(void)munmap(s->flight, LIMIT_SENDING * sizeof(struct flight));
}

void store_flight_begin(struct store *s, size_t slot, int64_t id, bool again)
{
	if (!s->flight)
		return;
	struct flight *f = &s->flight[slot];
	atomic_store(&f->id, 0);
	atomic_store(&f->whole, 0);
	atomic_store(&f->again, again);
	atomic_store(&f->id, id);
}

void store_flight_whole(struct store *s, size_t slot)
{
	if (s->flight)
		atomic_store(&s->flight[slot].whole, 1);
}

enum flight_end flight_look(const struct store *s, int64_t id)
{
	for (size_t i = 0; s->flight && i < LIMIT_SENDING; i++) {
		struct flight *f = &s->flight[i];
		if (atomic_load(&f->id) != id)
			continue;
		bool again = atomic_load(&f->again) != 0;
		if (atomic_load(&f->whole))
			return again ? FLIGHT_LOST : FLIGHT_DOUBT;
		return again ? FLIGHT_DOUBT : FLIGHT_UNSENT;
	}
	return FLIGHT_DOUBT;
}
