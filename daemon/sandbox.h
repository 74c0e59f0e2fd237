/* The walls around whatever reads strangers' bytes: no file, no socket, no program, little memory and time.
 *
 * Two halves, so that a zygote does the first once and each child inherits it.  Whatever fails ends the process with
 * SANDBOX_TROUBLE: nothing is ever read outside of the walls.
 */
#ifndef SITANTE_DAEMON_SANDBOX_H
#define SITANTE_DAEMON_SANDBOX_H

enum { SANDBOX_TROUBLE = 3 }; /* exit status */

/* No new rights, no path (Landlock), limits, the system calls' filter worked out but not in force. */
void sandbox_prepare(unsigned address_space_mib);
/* From now on: memory, reading and writing of open descriptors, ending; all else kills. */
void sandbox_enter(unsigned cpu_seconds);

#endif
