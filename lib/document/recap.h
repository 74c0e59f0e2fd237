/* The figures of a recap, from rows in any number.  Pure; quantiles by nearest rank, the median of an even
 * number is the mean of the two in the middle; index and bands as in PermenPANRB 14/2017. */
#ifndef SITANTE_DOCUMENT_RECAP_H
#define SITANTE_DOCUMENT_RECAP_H

#include "casework/tally.h"
#include "document/document.h"

enum { RECAP_TOTAL = 4, RECAP_MONTHS = 12, RECAP_KINDS = 6 };

struct recap_group {
	char *name;
	uint32_t received, done, refused, cancelled, open; /* open: at the end of the period */
};

struct recap_groups {
	struct recap_group *list;
	size_t n, cap;
};

struct recap_series { /* working seconds of one step, or of all four */
	int32_t *s;
	size_t n, cap;
	uint32_t within; /* the standard */
};

struct recap_figures { /* of one series */
	size_t n;
	double mean, median, p90, slowest; /* seconds */
	double share;                      /* within the standard, 0 to 1 */
};

struct recap {
	const struct recap_request *request;
	uint32_t received, done, refused, cancelled;
	uint32_t open_team, open_applicant, open_bsre; /* at the end of the period */
	struct recap_groups kinds, agencies, officers;
	struct recap_series steps[5]; /* [RECAP_TOTAL]: all four together */
	uint32_t within_90;           /* of the total series: 90 minutes */
	int64_t waiting_s, paused_s;
	uint32_t marks, mark_sum;
	uint32_t ending[3]; /* certificates that end within 30, 60, 90 days of now */
	uint32_t months[RECAP_MONTHS][RECAP_KINDS];
	bool failed; /* no memory */
};

void recap_open(struct recap *r, const struct recap_request *request);
void recap_close(struct recap *r);
void recap_add(struct recap *r, const struct tally *t);
/* Does this row belong into the register of the period: it came, or ended, or was renewed in it? */
bool recap_in_register(const struct recap_request *request, const struct tally *t);
void recap_figures(struct recap *r, int step, struct recap_figures *out);
double recap_index(const struct recap *r); /* 25 to 100; 0: no marks */
const char *recap_band(double index);      /* "A" .. "D", "-" */
const char *recap_kind_name(int kind);     /* column of months */
int recap_n_months(const struct recap_request *request);

#endif
