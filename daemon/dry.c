#include "dry.h"

#include <errno.h>
#include <poll.h>

enum { STEPS_MAX = 10000 };

static int no_mailbox(void *context, struct span frame, const int *fds, size_t n)
{
	(void)context;
	(void)frame;
	(void)fds;
	(void)n;
	return -ENOTCONN;
}

static void no_note(void *context, const struct office_note *n)
{
	(void)context;
	(void)n; /* the outcome tells */
}

static struct instant then(void *context)
{
	return ((struct dry *)context)->now;
}

int dry_open(struct dry *d, struct store *store, const struct office_plan *plan, struct error *err)
{
	const struct office_ports ports = {
		.mailbox_send = no_mailbox,
		.note = no_note,
		.now = then,
		.context = d,
		.relay = { [RELAY_MAIL] = d->relay, [RELAY_SMS] = d->relay },
	};
	struct office_plan own = *plan;
	own.sms_gap.ms = 0; /* no gateway waits */
	return office_new(store, &own, &ports, d->now, &d->office, err);
}

void dry_close(struct dry *d)
{
	office_free(d->office);
	d->office = NULL;
}

int dry_drain(struct dry *d, struct error *err)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		struct office_health h;
		(void)office_turn(d->office, d->now);
		bool some = d->settle(d->context);
		office_health(d->office, &h);
		if (h.store_fault)
			return error_set(err, -EIO, "the fresh store cannot be written");
		struct pollfd p[3] = { { .fd = office_reader_fd(d->office), .events = POLLIN },
				       { .fd = office_document_fd(d->office), .events = POLLIN },
				       { .fd = office_examiner_fd(d->office), .events = POLLIN } };
		bool waits = p[0].fd >= 0 || p[1].fd >= 0 || p[2].fd >= 0;
		if (!waits && !some && !office_busy(d->office))
			return 0;
		if (!waits || poll(p, 3, LIMIT_READER_WALL_MS) <= 0)
			continue;
		if (p[0].revents)
			office_reader_ready(d->office);
		if (p[1].revents)
			office_document_ready(d->office);
		if (p[2].revents)
			office_examiner_ready(d->office);
	}
	return error_set(err, -EIO, "one mail keeps the office busy for ever");
}
