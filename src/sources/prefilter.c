/*
 * prefilter.c: see prefilter.h.
 *
 * What is looked for is not the literal itself but its longest run of bytes that look the same in
 * raw text however the value was written. Left out of runs are
 *   - quotes, backslashes, controls: JSON and CSV escape them;
 *   - brackets, commas, colons: around them a nested value loses its blanks when it becomes text;
 *   - U+FFFD: it may stand for bytes that are no UTF-8, or for a lone surrogate;
 *   - when case is ignored, all past ASCII: its folding is not a matter of bytes.
 * A run can then only be hidden by \uXXXX or, when it holds a slash, by \/. A record with such an
 * escape passes if the escape spells a byte of the run (any byte past ASCII counts as one). In a
 * nested value the escape of a control is rewritten, \u000A to \n: it counts as spelling all that
 * may come of it. A literal without a run passes everything.
 *
 * Where text is read as JSON, an escape may spell a part of another one (\u005cu0041, \\u0\u00341):
 * such a record passes. A number and true, false, null may be written otherwise than they are shown (1e2,
 * 100): a run that such a token could hold counts as none.
 */
#include "sources/prefilter.h"

#include <stdlib.h>

#include "sources/line_pass.h"

typedef struct Condition {
    RawRun *runs; /* any of them */
    uint32_t n;
    bool is_json; /* escapes of JSON may spell them: not so in a plain cell */
} Condition;

struct Prefilter {
    Condition *conditions; /* all of them */
    uint32_t n;
    const Condition *lines; /* that passes over lines look for; NULL: none */
};

/* --------------------------------------------------------------------- runs */

static bool ends_run(const char *p, const char *end, bool ignores_case) {
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == 0x7F || strchr("\"\\{}[],:", c)) return true;
    if (c < 0x80) return false;
    return ignores_case || (end - p >= 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0);
}

/* Whether a JSON number or word could show these bytes: no other token is written in two ways. */
static bool fits_token(Str run) {
    bool is_number = true;
    for (size_t i = 0; i < run.len && is_number; i++)
        is_number = strchr("0123456789.+-eE", run.ptr[i]);
    static const char *const words[] = {"true", "false", "null", "Infinity", "NaN"};
    for (size_t w = 0; w < COUNT_OF(words) && !is_number; w++)
        for (size_t at = 0; at + run.len <= strlen(words[w]); at++)
            if (str_eq_nocase((Str){words[w] + at, run.len}, run)) return true;
    return is_number;
}

/* U+FFFD is cut out whole: its last two bytes are no run either. */
static Str longest_run(Str literal, bool ignores_case, bool is_nested) {
    const char *p = literal.ptr, *end = p + literal.len;
    Str best = STR_EMPTY;
    while (p < end) {
        if (ends_run(p, end, ignores_case)) {
            bool is_replacement = end - p >= 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0;
            p += is_replacement ? 3 : 1;
            continue;
        }
        const char *first = p;
        while (p < end && !ends_run(p, end, ignores_case)) p++;
        Str run = {first, (size_t)(p - first)};
        if (run.len > best.len && !(is_nested && fits_token(run))) best = run;
    }
    return best;
}

/* ----------------------------------------------------------------- testing */

static bool condition_holds(const Condition *c, Str raw) {
    for (uint32_t i = 0; i < c->n; i++)
        if (raw_run_find(&c->runs[i], raw, 0) != SIZE_MAX) return true;
    if (!c->is_json) return false;
    Spelled spelled = raw_spelled(raw);
    for (uint32_t i = 0; i < c->n; i++)
        if (spelled_meets(&c->runs[i].spelled, &spelled)) return true;
    return false;
}

bool prefilter_passes(const Prefilter *p, Str raw) {
    for (uint32_t i = 0; i < p->n; i++)
        if (!condition_holds(&p->conditions[i], raw)) return false;
    return true;
}

size_t prefilter_pass_lines(const Prefilter *p, Str text, uint64_t *ret_n) {
    *ret_n = 0;
    return p->lines ? line_pass(p->lines->runs, p->lines->n, text, ret_n) : 0;
}

/* -------------------------------------------------------------- making, freeing */

/* Each literal is a pass over the record; with more of them reading it whole is quicker. */
enum { MAX_RUNS = LINE_PASS_RUNS };

static RawRun make_run(Str text, const ScanNeedle *needle) {
    RawRun run = raw_run_make(text, needle->ignores_case);
    static const char escape[] = "\\u/0123456789abcdefABCDEF";
    for (size_t i = 0; needle->is_nested && escape[i]; i++)
        raw_run_note(&run, (unsigned char)escape[i]);
    return run;
}

/* False when it would drop nothing, one of the literals being without a run, or not pay. */
static bool make_condition(const ScanNeedle *needle, bool is_json, Condition *ret) {
    if (!needle->n || needle->n > MAX_RUNS) return false;
    RawRun *runs = calloc(needle->n ? needle->n : 1, sizeof *runs);
    if (!runs) abort();
    for (uint32_t i = 0; i < needle->n; i++) {
        Str text = longest_run(needle->any_of[i], needle->ignores_case, needle->is_nested);
        if (!text.len) {
            free(runs);
            return false;
        }
        runs[i] = make_run(text, needle);
    }
    *ret = (Condition){runs, needle->n, is_json || needle->is_nested};
    return true;
}

static size_t shortest_run(const Condition *c) {
    size_t least = SIZE_MAX;
    for (uint32_t i = 0; i < c->n; i++)
        if (c->runs[i].text.len < least) least = c->runs[i].text.len;
    return least;
}

/* The condition with the fewest runs; of several, the one with the longest. */
static const Condition *choose_for_lines(const Prefilter *p) {
    const Condition *best = NULL;
    for (uint32_t i = 0; i < p->n; i++) {
        const Condition *c = &p->conditions[i];
        if (!best || c->n < best->n || (c->n == best->n && shortest_run(c) > shortest_run(best)))
            best = c;
    }
    return best;
}

Prefilter *prefilter_new(const ScanNeedle *needles, uint32_t n, bool is_json) {
    Prefilter *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->conditions = calloc(n ? n : 1, sizeof *p->conditions);
    if (!p->conditions) abort();
    for (uint32_t i = 0; i < n; i++)
        if (make_condition(&needles[i], is_json, &p->conditions[p->n])) p->n++;
    if (is_json) p->lines = choose_for_lines(p);
    if (p->n) return p;
    prefilter_free(p);
    return NULL;
}

void prefilter_free(Prefilter *p) {
    if (!p) return;
    for (uint32_t i = 0; i < p->n; i++) free(p->conditions[i].runs);
    free(p->conditions);
    free(p);
}
