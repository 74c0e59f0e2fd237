/* main() for builds without a fuzzing engine: every file once, and cut at many lengths. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	(void)printf("1..1\n");
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (!f || fseek(f, 0, SEEK_END) != 0)
			return 1;
		long n = ftell(f);
		rewind(f);
		uint8_t *p = malloc((size_t)n + 1);
		if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
			return 1;
		(void)fclose(f);
		(void)LLVMFuzzerTestOneInput(p, (size_t)n);
		for (long cut = n / 2; cut > 0; cut /= 2)
			(void)LLVMFuzzerTestOneInput(p, (size_t)cut);
		free(p);
	}
	(void)printf("ok 1 - %d seeds\n", argc - 1);
	return 0;
}
