/* What every unit test includes, in the order that cmocka wants. */
#ifndef SITANTE_TESTS_UNIT_H
#define SITANTE_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* the order above is cmocka's */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

#endif
