/* Each target is one function; with libFuzzer it is driven by it, without it the program replays the
 * files that it is given. */
#ifndef SITANTE_TESTS_FUZZ_H
#define SITANTE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
