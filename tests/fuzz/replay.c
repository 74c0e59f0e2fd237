/* main() for builds without a fuzzing engine: every file once, cut at many lengths, and changed at random.
 * usage: TARGET [--mutate=N] [--seed=N] FILE...   N changed copies in all; the same seed makes the same copies. */
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 1000, SIZE_MAX_COPY = 4 * 1024 * 1024 };

struct seed {
	uint8_t *p;
	size_t n;
};

static struct seed seeds[FILES_MAX];
static size_t n_seeds;
static uint64_t state = 1;

static size_t pick(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (size_t)(state % below) : 0;
}

static int load(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f || n_seeds == FILES_MAX || fseek(f, 0, SEEK_END) != 0)
		return 1;
	long n = ftell(f);
	rewind(f);
	struct seed *s = &seeds[n_seeds++];
	s->n = (size_t)n;
	s->p = malloc(s->n + 1);
	size_t got = s->p ? fread(s->p, 1, s->n, f) : 0;
	(void)fclose(f);
	return got != s->n;
}

/* One change: a byte, a piece taken out, a piece twice, or a piece of another file put in. */
static size_t change(uint8_t *p, size_t n, size_t room)
{
	const struct seed *other = &seeds[pick(n_seeds)];
	size_t at = pick(n), len = pick(n - at < 64 ? n - at : 64), from = pick(other->n);
	switch (pick(4)) {
	case 0:
		p[at] = (uint8_t)pick(256);
		return n;
	case 1:
		memmove(p + at, p + at + len, n - at - len);
		return n - len;
	case 2:
		if (n + len > room)
			return n;
		memmove(p + at + len, p + at, n - at);
		return n + len;
	default:
		len = pick(other->n - from < 200 ? other->n - from : 200);
		if (n + len > room)
			return n;
		memmove(p + at + len, p + at, n - at);
		memcpy(p + at, other->p + from, len);
		return n + len;
	}
}

static void mutate(unsigned long copies)
{
	uint8_t *p = malloc(SIZE_MAX_COPY);
	for (unsigned long i = 0; p && i < copies; i++) {
		const struct seed *s = &seeds[i % n_seeds];
		size_t n = s->n < SIZE_MAX_COPY / 2 ? s->n : SIZE_MAX_COPY / 2;
		memcpy(p, s->p, n);
		for (size_t k = 1 + pick(8); k > 0 && n > 1; k--)
			n = change(p, n, SIZE_MAX_COPY);
		uint8_t *exact = malloc(n + 1); /* so that a byte too far is seen */
		if (exact)
			memcpy(exact, p, n);
		if (exact)
			(void)LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	free(p);
}

int main(int argc, char **argv)
{
	unsigned long copies = 0;
	(void)printf("1..1\n");
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--mutate=", 9) == 0)
			copies = strtoul(argv[i] + 9, NULL, 10);
		else if (strncmp(argv[i], "--seed=", 7) == 0)
			state = strtoull(argv[i] + 7, NULL, 10) | 1;
		else if (load(argv[i]) != 0)
			return 1;
	}
	for (size_t i = 0; i < n_seeds; i++) {
		(void)LLVMFuzzerTestOneInput(seeds[i].p, seeds[i].n);
		for (size_t cut = seeds[i].n / 2; cut > 0; cut /= 2)
			(void)LLVMFuzzerTestOneInput(seeds[i].p, cut);
	}
	if (n_seeds > 0)
		mutate(copies);
	for (size_t i = 0; i < n_seeds; i++)
		free(seeds[i].p);
	(void)printf("ok 1 - %zu seeds, %lu changed copies\n", n_seeds, copies);
	return 0;
}
