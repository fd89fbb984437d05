/*
 * line_pass.c: see line_pass.h.
 *
 * A block of 64 bytes becomes three masks: ends of lines, places where a run may begin, escapes.
 * Most blocks have none of the three. Borders of lines need not be known to look for runs, as no run
 * holds a control character.
 */
#include "sources/line_pass.h"

#include "base/vectors.h"

#ifdef __x86_64__
#include <immintrin.h>

typedef struct Marks {
    uint64_t ends, runs, escapes;
} Marks;

/* Where the pass stands. */
typedef struct Pass {
    const RawRun *runs;
    uint32_t n_runs;
    Str text;
    size_t line; /* the present line's first byte */
    uint64_t n_lines;
} Pass;

/* The line that ends at `at` begins and ends as a record, and so does the next begin. */
static bool passes_end(Pass *p, size_t at) {
    const char *text = p->text.ptr;
    size_t last = at;
    if (last > p->line && text[last - 1] == '\r') last--;
    if (last < p->line + 2 || text[last - 1] != '}') return false;
    p->line = at + 1;
    p->n_lines++;
    return at + 1 == p->text.len || text[at + 1] == '{';
}

static bool is_run_at(const Pass *p, size_t at) {
    for (uint32_t i = 0; i < p->n_runs; i++)
        if (raw_run_is_at(&p->runs[i], p->text, at)) return true;
    return false;
}

static bool may_spell(const Pass *p, size_t at) {
    Spelled spelled = raw_spelled_at(p->text, at);
    for (uint32_t i = 0; i < p->n_runs; i++)
        if (spelled_meets(&p->runs[i].spelled, &spelled)) return true;
    return false;
}

/* The marks of one block in their order; false where the pass ends. */
static bool pass_marks(Pass *p, size_t base, const Marks *m) {
    for (uint64_t all = m->ends | m->runs | m->escapes; all; all &= all - 1) {
        uint64_t bit = all & -all;
        size_t at = base + (unsigned)__builtin_ctzll(all);
        if ((m->ends & bit) && !passes_end(p, at)) return false;
        if ((m->runs & bit) && is_run_at(p, at)) return false;
        if ((m->escapes & bit) && may_spell(p, at)) return false;
    }
    return true;
}

/* ------------------------------------------------------------------- vectors */

/* The pass, once for each width X of vectors: Run_X is a run whose bytes are spread over them, and
 * mark_X makes the masks of a block, false when it has no mark. */
#define PASS_BLOCKS(X, n)                                                                          \
    for (size_t at = 0; at + 64 + reach <= p->text.len; at += 64) {                                \
        Marks m;                                                                                   \
        if (mark_##X(runs, n, p->text.ptr + at, &m) && !pass_marks(p, at, &m)) return;             \
    }

#define PASS(X)                                                                                    \
    Run_##X runs[LINE_PASS_RUNS];                                                                  \
    size_t reach = 1; /* how far behind a block its loads go */                                    \
    for (uint32_t i = 0; i < p->n_runs; i++) {                                                     \
        const RawRun *run = &p->runs[i];                                                           \
        runs[i] = (Run_##X){spread_##X((char)run->first),                                          \
                            spread_##X((char)run->first_mask),                                     \
                            spread_##X((char)run->second),                                         \
                            spread_##X((char)run->second_mask),                                    \
                            run->a,                                                                \
                            run->b};                                                               \
        if (run->b > reach) reach = run->b;                                                        \
    }                                                                                              \
    if (p->n_runs == 1) PASS_BLOCKS(X, 1)                                                          \
    else PASS_BLOCKS(X, p->n_runs)

#define WIDE __attribute__((target("avx2")))
#define WIDE_INLINE __attribute__((target("avx2"), always_inline)) static inline

typedef struct Run_wide {
    __m256i first, first_mask, second, second_mask;
    size_t a, b;
} Run_wide;

WIDE_INLINE __m256i spread_wide(char c) { return _mm256_set1_epi8(c); }

WIDE_INLINE __m256i load_wide(const char *p) {
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Ones where the two bytes of a run stand. */
WIDE_INLINE __m256i pair_at(const Run_wide *run, const char *p) {
    __m256i x = _mm256_or_si256(load_wide(p + run->a), run->first_mask);
    __m256i y = _mm256_or_si256(load_wide(p + run->b), run->second_mask);
    return _mm256_and_si256(_mm256_cmpeq_epi8(x, run->first), _mm256_cmpeq_epi8(y, run->second));
}

WIDE_INLINE __m256i run_at(const Run_wide *runs, uint32_t n, const char *p) {
    __m256i hits = pair_at(&runs[0], p);
    for (uint32_t i = 1; i < n; i++) hits = _mm256_or_si256(hits, pair_at(&runs[i], p));
    return hits;
}

/* A backslash that u or / follows. */
WIDE_INLINE __m256i escape_at(__m256i bytes, const char *p) {
    __m256i next = load_wide(p + 1);
    __m256i kind = _mm256_or_si256(_mm256_cmpeq_epi8(next, _mm256_set1_epi8('u')),
                                   _mm256_cmpeq_epi8(next, _mm256_set1_epi8('/')));
    return _mm256_and_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')), kind);
}

WIDE_INLINE uint64_t mask_of(__m256i low, __m256i high) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

WIDE_INLINE bool mark_wide(const Run_wide *runs, uint32_t n, const char *p, Marks *m) {
    const __m256i newline = _mm256_set1_epi8('\n');
    __m256i x = load_wide(p), y = load_wide(p + 32);
    __m256i end_x = _mm256_cmpeq_epi8(x, newline), end_y = _mm256_cmpeq_epi8(y, newline);
    __m256i escape_x = escape_at(x, p), escape_y = escape_at(y, p + 32);
    __m256i run_x = run_at(runs, n, p), run_y = run_at(runs, n, p + 32);
    __m256i any = _mm256_or_si256(
        _mm256_or_si256(_mm256_or_si256(end_x, end_y), _mm256_or_si256(escape_x, escape_y)),
        _mm256_or_si256(run_x, run_y));
    if (_mm256_testz_si256(any, any)) return false;
    *m = (Marks){mask_of(end_x, end_y), mask_of(run_x, run_y), mask_of(escape_x, escape_y)};
    return true;
}

WIDE static void pass_wide(Pass *p) { PASS(wide); }

#define WIDEST __attribute__((target("avx512f,avx512bw")))
#define WIDEST_INLINE __attribute__((target("avx512f,avx512bw"), always_inline)) static inline

typedef struct Run_widest {
    __m512i first, first_mask, second, second_mask;
    size_t a, b;
} Run_widest;

WIDEST_INLINE __m512i spread_widest(char c) { return _mm512_set1_epi8(c); }

WIDEST_INLINE __m512i load_widest(const char *p) { return _mm512_loadu_si512((const void *)p); }

WIDEST_INLINE __mmask64 pair_at_widest(const Run_widest *run, const char *p) {
    __m512i x = _mm512_or_si512(load_widest(p + run->a), run->first_mask);
    __m512i y = _mm512_or_si512(load_widest(p + run->b), run->second_mask);
    return _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(x, run->first), y, run->second);
}

WIDEST_INLINE bool mark_widest(const Run_widest *runs, uint32_t n, const char *p, Marks *m) {
    __m512i x = load_widest(p), next = load_widest(p + 1);
    __mmask64 end = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n'));
    __mmask64 slash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
    __mmask64 escape = _mm512_mask_cmpeq_epi8_mask(slash, next, _mm512_set1_epi8('u')) |
                       _mm512_mask_cmpeq_epi8_mask(slash, next, _mm512_set1_epi8('/'));
    __mmask64 run = pair_at_widest(&runs[0], p);
    for (uint32_t i = 1; i < n; i++) run |= pair_at_widest(&runs[i], p);
    *m = (Marks){end, run, escape};
    return (end | run | escape) != 0;
}

WIDEST static void pass_widest(Pass *p) { PASS(widest); }

size_t line_pass(const RawRun *runs, uint32_t n_runs, Str text, uint64_t *ret_n) {
    Pass p = {.runs = runs, .n_runs = n_runs, .text = text};
    bool can_pass = n_runs && n_runs <= LINE_PASS_RUNS && text.len && text.ptr[0] == '{';
    if (can_pass && vectors_best() == VECTORS_WIDEST) pass_widest(&p);
    else if (can_pass && vectors_best() == VECTORS_WIDE) pass_wide(&p);
    *ret_n = p.n_lines;
    return p.line;
}
#else
size_t line_pass(const RawRun *runs, uint32_t n_runs, Str text, uint64_t *ret_n) {
    (void)runs, (void)n_runs, (void)text;
    *ret_n = 0;
    return 0;
}
#endif
