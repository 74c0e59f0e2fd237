/* Strict numbers: whole input, no sign, no blanks, no overflow. */
#ifndef SITANTE_BASE_NUM_H
#define SITANTE_BASE_NUM_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

/* 0 and *out; 1 where s is not a decimal number or is above max. */
int num_parse_u64(struct span s, uint64_t max, uint64_t *out) MUST_USE;
int num_parse_u32(struct span s, uint32_t max, uint32_t *out) MUST_USE;

#endif
