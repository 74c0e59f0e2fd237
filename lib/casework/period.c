/* "2026-08", "triwulan 2026-1", "2026": the period of a recap. */
#include "casework/casework_private.h"

#include "base/num.h"

#include <stdio.h>

static int64_t month_s(int month)
{
	return civil_days((struct civil_date){ month / 12, month % 12 + 1, 1 }) * 86400;
}

static void set(struct period *p, int first, int n)
{
	p->from_s = month_s(first);
	p->to_s = month_s(first + n);
}

void period_month(int month, struct period *out)
{
	(void)snprintf(out->id, sizeof(out->id), "%04d-%02d", month / 12 % 10000, month % 12 + 1);
	(void)snprintf(out->title, sizeof(out->title), "%s %d", phrase_month(month % 12 + 1), month / 12);
	set(out, month, 1);
}

int period_read(const char *text, struct period *out)
{
	static const char *const roman[] = { "I", "II", "III", "IV" };
	struct span s = span_trim(span_str(text ? text : ""));
	uint32_t year = 0, part = 0;
	bool quarter = span_starts_nocase(s, "triwulan");
	if (quarter)
		s = span_trim(span_of(s.p + 8, s.n - 8));
	if (s.n < 4 || num_parse_u32(span_of(s.p, 4), 9990, &year) != 0 || year < 2000)
		return 1;
	if (!quarter && s.n == 4) {
		(void)snprintf(out->id, sizeof(out->id), "%u", year);
		(void)snprintf(out->title, sizeof(out->title), "Tahun %u", year);
		set(out, (int)year * 12, 12);
		return 0;
	}
	if (s.p[4] != '-' || s.n > 7 || num_parse_u32(span_of(s.p + 5, s.n - 5), quarter ? 4 : 12, &part) != 0 || part == 0)
		return 1;
	if (!quarter) {
		period_month((int)(year * 12 + part - 1), out);
		return 0;
	}
	(void)snprintf(out->id, sizeof(out->id), "triwulan %u-%u", year, part);
	(void)snprintf(out->title, sizeof(out->title), "Triwulan %s %u", roman[part - 1], year);
	set(out, (int)(year * 12 + (part - 1) * 3), 3);
	return 0;
}
