/* Sketches: exact while small, within the documented error when large, the same however merged. */
#include <math.h>

#include "kernels/aggregates/hll.h"
#include "kernels/aggregates/tdigest.h"
#include "test.h"

static uint64_t hash_of(uint64_t i) { return hll_hash((Str){(const char *)&i, sizeof i}); }

/* Three sigmas of "Estimation accuracy". */
static void test_hll_accuracy(void) {
    static const double errors[] = {0.016, 0.008, 0.004, 0.0028, 0.002};
    for (int accuracy = 0; accuracy <= 4; accuracy++) {
        Hll h;
        hll_begin(&h, accuracy);
        uint64_t n = 0;
        for (uint64_t wanted = 10; wanted <= 1000000; wanted *= 10) {
            for (; n < wanted; n++) hll_add(&h, hash_of(n));
            double error = fabs((double)hll_count(&h) / (double)wanted - 1);
            CHECK(error <= 3 * errors[accuracy]);
        }
        hll_free(&h);
    }
}

static void test_hll_is_exact_while_small(void) {
    static const uint64_t promised[] = {100, 1000, 8000, 8000, 8000};
    for (int accuracy = 0; accuracy <= 4; accuracy++) {
        Hll h;
        hll_begin(&h, accuracy);
        for (int turn = 0; turn < 2; turn++)
            for (uint64_t i = 0; i < promised[accuracy]; i++) hll_add(&h, hash_of(i));
        CHECK(hll_count(&h) == (int64_t)promised[accuracy]);
        hll_free(&h);
    }
}

static void add_range(Hll *h, uint64_t from, uint64_t to) {
    for (uint64_t i = from; i < to; i++) hll_add(h, hash_of(i));
}

/* Merging says the same as adding all to one; printed and read again, too. */
static void test_hll_merge(void) {
    static const uint64_t ends[] = {0, 10, 1500, 5000};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        for (size_t j = 0; j < COUNT_OF(ends); j++) {
            Hll all, a, b;
            hll_begin(&all, 1);
            hll_begin(&a, 1);
            hll_begin(&b, 1);
            add_range(&a, 0, ends[i]);
            add_range(&b, 5, ends[j]);
            add_range(&all, 0, ends[i]);
            add_range(&all, 5, ends[j]);
            Buf text = {0};
            Hll read;
            hll_print(&b, &text);
            CHECK(hll_parse(buf_str(&text), &read));
            CHECK(hll_merge(&a, &read));
            CHECK(hll_count(&a) == hll_count(&all));
            buf_free(&text);
            hll_free(&all);
            hll_free(&a);
            hll_free(&b);
            hll_free(&read);
        }
    }
    Hll a, b;
    hll_begin(&a, 1);
    hll_begin(&b, 2);
    CHECK(!hll_merge(&a, &b));
}

static void test_hll_text(void) {
    static const char *const bad[] = {"",
                                      "null",
                                      "[]",
                                      "[[1024,14],[]]",
                                      "[[1024,15],[],[]]",
                                      "[[1024],[],[]]",
                                      "[[1024,14],[1],[]]",
                                      "[[1024,14],[\"x\"],[]]",
                                      "[[1024,14],[],[\"AAA\"]]",
                                      "[[1024,14],[],{}]",
                                      "[[1024,14],{},[]]"};
    Hll h;
    for (size_t i = 0; i < COUNT_OF(bad); i++) CHECK(!hll_parse(str_of(bad[i]), &h));
    CHECK(hll_parse(STR("[[1024,14],[\"-5\",\"7\",\"7\"],[]]"), &h));
    CHECK(hll_count(&h) == 2);
    hll_free(&h);
}

/* ---------------------------------------------------------------- digests */

enum { MANY = 200000 };

/* All of 0 .. MANY - 1 once, in a scattered order. */
static int64_t scattered(int64_t i) { return (i * 7919) % MANY; }

static void check_ranks(const TDigest *t) {
    static const double percents[] = {0, 0.1, 1, 25, 50, 75, 99, 99.9, 100};
    for (size_t i = 0; i < COUNT_OF(percents); i++) {
        Value v = tdigest_percentile(t, percents[i]);
        double at = 100 * ((double)v.u.l + 1) / MANY, rank = 0;
        CHECK(fabs(at - percents[i]) <= 0.2);
        CHECK(tdigest_rank(t, &v, &rank));
        CHECK(fabs(100 * rank / MANY - at) <= 0.4);
    }
    CHECK(tdigest_percentile(t, 0).u.l == 0);
    CHECK(tdigest_percentile(t, 100).u.l == MANY - 1);
    CHECK(tdigest_total(t) == MANY);
    CHECK(t->n < 2100);
}

static void test_digest_error(void) {
    TDigest t = {0}, halves[2] = {{0}, {0}};
    for (int64_t i = 0; i < MANY; i++) {
        Value v = value_long(scattered(i));
        tdigest_add(&t, &v, 1);
        tdigest_add(&halves[i & 1], &v, 1);
    }
    tdigest_tidy(&t);
    check_ranks(&t);
    CHECK(tdigest_merge(&halves[0], &halves[1]));
    tdigest_tidy(&halves[0]);
    check_ranks(&halves[0]);
    Buf text = {0};
    TDigest read;
    tdigest_print(&t, &text);
    CHECK(tdigest_parse(buf_str(&text), &read));
    check_ranks(&read);
    buf_free(&text);
    tdigest_free(&read);
    tdigest_free(&t);
    tdigest_free(&halves[0]);
    tdigest_free(&halves[1]);
}

static void test_digest_text(void) {
    static const char *const bad[] = {"",
                                      "[]",
                                      "[[7],[],[]]",
                                      "[7,[1],[1]]",
                                      "[[7],[1],[1,2]]",
                                      "[[7],[1],[\"x\"]]",
                                      "[[7],[true],[1]]",
                                      "[[7],[1,\"2026-01-01T00:00:00Z\"],[1,1]]",
                                      "[[7],[\"no time\"],[1]]",
                                      "[[7],{},{}]"};
    TDigest t;
    for (size_t i = 0; i < COUNT_OF(bad); i++) CHECK(!tdigest_parse(str_of(bad[i]), &t));
    CHECK(tdigest_parse(STR("[[7],[3,1.5],[1,2]]"), &t));
    Buf text = {0};
    tdigest_print(&t, &text);
    CHECK_STR(buf_str(&text), "[[7],[1.5,3.0],[2,1]]");
    buf_free(&text);
    tdigest_free(&t);
}

int main(void) {
    test_hll_accuracy();
    test_hll_is_exact_while_small();
    test_hll_merge();
    test_hll_text();
    test_digest_error();
    test_digest_text();
    return test_finish();
}
