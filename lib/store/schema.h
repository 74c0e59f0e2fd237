/* The schema as an append-only list of migrations: step i brings user_version from i to i+1.
 * Released steps are never edited. */
#ifndef SITANTE_STORE_SCHEMA_H
#define SITANTE_STORE_SCHEMA_H

extern const char *const schema_steps[];
extern const int schema_version; /* number of steps */

#define SCHEMA_APPLICATION_ID 0x53495441 /* "SITA" */

#endif
