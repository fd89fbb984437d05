/*
 * test.h: the unit tests' few macros. A program has one main that calls its test functions and
 * ends with `return test_finish();`, which prints "N passed, N failed".
 */
#ifndef QUARRY_TEST_H
#define QUARRY_TEST_H

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

static int test_passed, test_failed;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (condition) {                                                                           \
            test_passed++;                                                                         \
        } else {                                                                                   \
            test_failed++;                                                                         \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                \
        }                                                                                          \
    } while (0)

#define CHECK_STR(actual, expected) test_check_str(__FILE__, __LINE__, (actual), str_of(expected))
#define CHECK_LONG(actual, expected)                                                               \
    test_check_long(__FILE__, __LINE__, (long long)(actual), (long long)(expected))

static inline void test_check_str(const char *file, int line, Str actual, Str expected) {
    if (str_eq(actual, expected)) {
        test_passed++;
    } else {
        test_failed++;
        fprintf(stderr, "%s:%d: got      \"%.*s\"\n%s:%d: expected \"%.*s\"\n", file, line,
                STR_ARG(actual), file, line, STR_ARG(expected));
    }
}

static inline void test_check_long(const char *file, int line, long long actual,
                                   long long expected) {
    if (actual == expected) {
        test_passed++;
    } else {
        test_failed++;
        fprintf(stderr, "%s:%d: got %lld, expected %lld\n", file, line, actual, expected);
    }
}

static inline int test_finish(void) {
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
