#include "base/num.h"

#include "base/text.h"

int num_parse_u64(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	if (s.n == 0)
		return 1;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return 1;
		if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return 1;
	}
	if (v > max)
		return 1;
	*out = v;
	return 0;
}

int num_parse_u32(struct span s, uint32_t max, uint32_t *out)
{
	uint64_t v;
	int r = num_parse_u64(s, max, &v);
	if (r == 0)
		*out = (uint32_t)v;
	return r;
}
