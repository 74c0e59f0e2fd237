/* The calendar of the office: weekly hours, ranges with other hours, holidays, single days.  Later ones
 * win: a range over the week, a holiday over a range, a single day over all. */
#include "settings/settings_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLIDAYS_MAX = 256 * 1024 };

static void file_read(struct job *j, const char *path, struct buf *out)
{
	char piece[4096];
	ssize_t n = 0;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		settings_fault(j, NULL, "sop.holidays_file", "cannot read %s: %s", path, fd < 0 ? strerror(errno) : "no file");
	} else {
		while ((n = read(fd, piece, sizeof(piece))) > 0)
			buf_add(out, piece, (size_t)n);
		if (n < 0 || buf_status(out) != 0)
			settings_fault(j, NULL, "sop.holidays_file", "%s cannot be read, or is too large", path);
	}
	if (fd >= 0)
		(void)close(fd);
}

static void holidays_take(struct job *j, struct calendar_day_rule **out, size_t *n)
{
	AUTO_BUF b = BUF_INIT(HOLIDAYS_MAX);
	struct error err = { 0 };
	const char *path = settings_beside(j, j->holidays_file);
	*n = 0;
	if (!path)
		return;
	file_read(j, path, &b);
	if (calendar_read_holidays(buf_span(&b), j->s->arena, out, n, &err) != 0)
		settings_fault(j, NULL, "sop.holidays_file", "%s: %s", path, err.text);
}

static void week_take(struct job *j, struct calendar_plan *plan)
{
	static const char *const usual[] = { "Mon-Thu 07:30-16:00", "Fri 07:30-16:30" };
	struct error err = { 0 };
	const char *const *hours = j->n_working_hours ? j->working_hours : usual;
	size_t n = j->n_working_hours ? j->n_working_hours : 2;
	for (size_t i = 0; i < n; i++)
		if (calendar_read_hours(span_str(hours[i]), j->s->arena, plan->week, plan->n_week, &err) != 0)
			settings_fault(j, NULL, "sop.working_hours", "%s", err.text);
}

void settings_calendar_make(struct job *j, const struct zone *zone)
{
	struct calendar_plan plan = { .zone = zone };
	struct calendar_day_rule *from_file = NULL;
	size_t n_file = 0;
	struct error err = { 0 };
	week_take(j, &plan);
	holidays_take(j, &from_file, &n_file);
	struct calendar_day_rule *rules =
		arena_array(j->s->arena, n_file + j->n_other_hours + j->n_holidays + j->n_open_days + 1, sizeof(*rules));
	if (!rules) {
		j->memory = true;
		return;
	}
	for (size_t i = 0; i < j->n_other_hours; i++)
		if (calendar_read_range(span_str(j->other_hours[i]), j->s->arena, &rules[plan.n_rules++], &err) != 0)
			settings_fault(j, NULL, "sop.other_hours", "%s", err.text);
	for (size_t i = 0; i < n_file; i++)
		rules[plan.n_rules++] = from_file[i];
	for (size_t i = 0; i < j->n_holidays; i++)
		if (calendar_read_day(span_str(j->holidays[i]), j->s->arena, &rules[plan.n_rules++], &err) != 0 ||
		    !rules[plan.n_rules - 1].closed)
			settings_fault(j, NULL, "sop.holidays", "\"%s\" is no date; write 2026-08-17", j->holidays[i]);
	for (size_t i = 0; i < j->n_open_days; i++)
		if (calendar_read_day(span_str(j->open_days[i]), j->s->arena, &rules[plan.n_rules++], &err) != 0 ||
		    rules[plan.n_rules - 1].closed)
			settings_fault(j, NULL, "sop.open_days", "\"%s\": write date and hours: 2026-03-28 08:00-12:00",
				       j->open_days[i]);
	plan.rules = rules;
	if (zone && calendar_new(&plan, j->s->arena, &j->s->calendar, &err) != 0)
		settings_fault(j, NULL, "sop.working_hours", "%s", err.text);
}
