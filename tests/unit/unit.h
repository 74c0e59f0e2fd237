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
#define UNUSED __attribute__((unused))

/* One group a program (TAP knows one plan): rows, each as a test of its own name, and plain tests.
 */
static UNUSED struct CMUnitTest suite[400];
static UNUSED size_t n_suite;

#define ADD_ROWS(rows, function)                                                                                                 \
	for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(*(rows)); i_++) {                                                         \
		assert_true(n_suite < sizeof(suite) / sizeof(*suite));                                                           \
		suite[n_suite++] =                                                                                               \
			(struct CMUnitTest){ (rows)[i_].name, function, NULL, NULL, (void *)(uintptr_t) & (rows)[i_] };          \
	}
#define ADD_TESTS(tests)                                                                                                         \
	for (size_t i_ = 0; i_ < sizeof(tests) / sizeof(*(tests)); i_++) {                                                       \
		assert_true(n_suite < sizeof(suite) / sizeof(*suite));                                                           \
		suite[n_suite++] = (tests)[i_];                                                                                  \
	}
#define RUN_SUITE(name) _cmocka_run_group_tests(name, suite, n_suite, NULL, NULL)

#endif
