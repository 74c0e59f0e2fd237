/* DIR/doorbell, a datagram socket: sitantectl rings after it changed something in the store. */
#ifndef SITANTE_DAEMON_DOORBELL_H
#define SITANTE_DAEMON_DOORBELL_H

#include "base/error.h"

int doorbell_open(const char *directory, struct error *err) MUST_USE; /* fd or -errno */
void doorbell_drain(int fd);
void doorbell_close(int fd, const char *directory);
void doorbell_ring(const char *directory); /* nobody there: nothing */

#endif
