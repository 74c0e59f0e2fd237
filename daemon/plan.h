/* The configuration turned into what office, rules, letters and reader want. */
#ifndef SITANTE_DAEMON_PLAN_H
#define SITANTE_DAEMON_PLAN_H

#include "office/office.h"
#include "settings/settings.h"

struct plan { /* everything lives as long as the plan */
	struct arena *arena;
	struct settings *settings;
	struct letter_set *letters;
	struct casework_rules rules;
	struct message_policy policy;
	struct office_plan office;
};

/* Loads settings and templates.  0; 1: faults lists what is wrong, a line each; -errno. */
int plan_load(const char *config_path, struct plan **out, struct buf *faults) MUST_USE;
void plan_free(struct plan *p); /* NULL allowed */

#endif
