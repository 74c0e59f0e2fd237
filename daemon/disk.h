/* Is the disk of the store nearly full? */
#ifndef SITANTE_DAEMON_DISK_H
#define SITANTE_DAEMON_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Less than 256 MiB or five percent is left; what cannot be asked is not full. */
bool disk_low(const char *directory, uint64_t *free_mib);

#endif
