#include "oauth/oauth.h"

enum {
	LASTS_MIN_S = 10, /* one that says less is not asked more often for it */
	LASTS_MAX_S = 86400,
	MARGIN_S = 300,
	FIRST_MS = 10 * 1000,
	LAST_MS = 15 * 60 * 1000,
	REFUSED_MS = 6 * 3600 * 1000,
	WANTED_MAX_S = 3600,
};

int64_t oauth_renew_after_ms(int64_t lasts_s)
{
	int64_t s = lasts_s < LASTS_MIN_S ? LASTS_MIN_S : lasts_s > LASTS_MAX_S ? LASTS_MAX_S : lasts_s;
	return (s - (s / 5 < MARGIN_S ? s / 5 : MARGIN_S)) * 1000;
}

int64_t oauth_retry_after_ms(uint32_t failures, enum oauth_outcome outcome, int64_t wanted_s)
{
	int64_t delay = FIRST_MS, wanted = (wanted_s < WANTED_MAX_S ? wanted_s : WANTED_MAX_S) * 1000;
	if (outcome == OAUTH_REFUSED)
		return REFUSED_MS;
	for (uint32_t i = 1; i < failures && delay < LAST_MS; i++)
		delay *= 2;
	delay = delay < LAST_MS ? delay : LAST_MS;
	return delay > wanted ? delay : wanted;
}
