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

#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef struct Run {
    Str text;
    size_t a, b;                     /* offsets of the two bytes that are looked for together */
    unsigned char first, first_mask; /* byte x may be the one at `a` when (x | mask) == first */
    unsigned char second, second_mask;
    bool ignores_case;
    uint64_t spelled[2]; /* ASCII bytes that an escape could spell a part of it with */
    bool has_high;
} Run;

typedef struct Condition {
    Run *runs; /* any of them */
    uint32_t n;
    bool is_json; /* escapes of JSON may spell them: not so in a plain cell */
} Condition;

struct Prefilter {
    Condition *conditions; /* all of them */
    uint32_t n;
    bool is_wide; /* the machine has 32-byte vectors */
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

static bool is_letter(unsigned char c) { return (unsigned char)((c | 0x20) - 'a') < 26; }

static void note_spelling(Run *run, unsigned char c) {
    if (c >= 0x80) {
        run->has_high = true;
        return;
    }
    run->spelled[c / 64] |= UINT64_C(1) << (c % 64);
    if (run->ignores_case && is_letter(c)) {
        unsigned char other = c ^ 0x20;
        run->spelled[other / 64] |= UINT64_C(1) << (other % 64);
    }
}

/* How rare a byte is in telemetry; letters that words rarely hold come first. */
static unsigned rarity(unsigned char c) {
    static const char common[] = "etaoinsrdlcu\"mpfhg.0123456789-_:/ ";
    if (c >= 'A' && c <= 'Z') return 3;
    const char *at = c ? strchr(common, c) : NULL;
    return at ? (at - common < 12 ? 1u : 2u) : 4;
}

/* The two rarest bytes, in order. */
static void choose_pair(Run *run) {
    size_t n = run->text.len;
    run->a = 0;
    run->b = n - 1;
    unsigned best = 0;
    for (size_t i = 0; i < n && i < 64; i++) {
        for (size_t j = i + 1; j < n && j < 64; j++) {
            unsigned char x = (unsigned char)run->text.ptr[i], y = (unsigned char)run->text.ptr[j];
            unsigned score = rarity(x) + rarity(y) + (x != y);
            if (score <= best) continue;
            best = score;
            run->a = i;
            run->b = j;
        }
    }
    run->first = (unsigned char)run->text.ptr[run->a];
    run->second = (unsigned char)run->text.ptr[run->b];
    if (!run->ignores_case) return;
    if (is_letter(run->first)) run->first |= run->first_mask = 0x20;
    if (is_letter(run->second)) run->second |= run->second_mask = 0x20;
}

static Run make_run(Str text, bool ignores_case, bool is_nested) {
    Run run = {.text = text, .ignores_case = ignores_case};
    static const char escape[] = "\\u/0123456789abcdefABCDEF";
    for (size_t i = 0; is_nested && escape[i]; i++) note_spelling(&run, (unsigned char)escape[i]);
    for (size_t i = 0; i < text.len; i++) note_spelling(&run, (unsigned char)text.ptr[i]);
    choose_pair(&run);
    return run;
}

/* ------------------------------------------------------------------ searching */

static unsigned char fold(unsigned char c) {
    return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

static bool equals_at(const Run *run, const char *at) {
    if (!run->ignores_case) return memcmp(run->text.ptr, at, run->text.len) == 0;
    for (size_t i = 0; i < run->text.len; i++)
        if (fold((unsigned char)run->text.ptr[i]) != fold((unsigned char)at[i])) return false;
    return true;
}

/* Whether the run stands at one of the places base + bit. */
static bool any_equals(const Run *run, const char *base, unsigned bits) {
    for (; bits; bits &= bits - 1)
        if (equals_at(run, base + (unsigned)__builtin_ctz(bits))) return true;
    return false;
}

/*
 * The two loops over all bytes of the data come in two widths. Each moves *at on as far as whole
 * vectors reach and stops early at a find; the plain loop behind them does the rest.
 */
#ifdef __x86_64__
__attribute__((target("avx2"))) static bool contains_wide(const Run *run, const char *p, size_t end,
                                                          size_t *at) {
    const __m256i first = _mm256_set1_epi8((char)run->first);
    const __m256i second = _mm256_set1_epi8((char)run->second);
    const __m256i first_mask = _mm256_set1_epi8((char)run->first_mask);
    const __m256i second_mask = _mm256_set1_epi8((char)run->second_mask);
    size_t i = *at;
    for (; i + 32 <= end; i += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + run->a));
        __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + run->b));
        __m256i hit = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(x, first_mask), first),
                                       _mm256_cmpeq_epi8(_mm256_or_si256(y, second_mask), second));
        unsigned bits = (unsigned)_mm256_movemask_epi8(hit);
        if (bits && any_equals(run, p + i, bits)) return true;
    }
    *at = i;
    return false;
}

static bool contains_vectors(const Run *run, const char *p, size_t end, size_t *at) {
    const __m128i first = _mm_set1_epi8((char)run->first);
    const __m128i second = _mm_set1_epi8((char)run->second);
    const __m128i first_mask = _mm_set1_epi8((char)run->first_mask);
    const __m128i second_mask = _mm_set1_epi8((char)run->second_mask);
    size_t i = *at;
    for (; i + 16 <= end; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i + run->a));
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(p + i + run->b));
        __m128i hit = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(x, first_mask), first),
                                    _mm_cmpeq_epi8(_mm_or_si128(y, second_mask), second));
        unsigned bits = (unsigned)_mm_movemask_epi8(hit);
        if (bits && any_equals(run, p + i, bits)) return true;
    }
    *at = i;
    return false;
}

/* A backslash that u or / follows. */
__attribute__((target("avx2"))) static bool escape_wide(const char *p, size_t len, size_t *at) {
    const __m256i slash = _mm256_set1_epi8('\\');
    const __m256i u = _mm256_set1_epi8('u'), solidus = _mm256_set1_epi8('/');
    size_t i = *at;
    for (; i + 33 <= len; i += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        unsigned bits = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, slash));
        if (!bits) continue;
        __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 1));
        bits &= (unsigned)_mm256_movemask_epi8(
            _mm256_or_si256(_mm256_cmpeq_epi8(y, u), _mm256_cmpeq_epi8(y, solidus)));
        if (bits) {
            *at = i + (unsigned)__builtin_ctz(bits);
            return true;
        }
    }
    *at = i;
    return false;
}

static bool escape_vectors(const char *p, size_t len, size_t *at) {
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i u = _mm_set1_epi8('u'), solidus = _mm_set1_epi8('/');
    size_t i = *at;
    for (; i + 17 <= len; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        unsigned bits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, slash));
        if (!bits) continue;
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1));
        bits &= (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(y, u), _mm_cmpeq_epi8(y, solidus)));
        if (bits) {
            *at = i + (unsigned)__builtin_ctz(bits);
            return true;
        }
    }
    *at = i;
    return false;
}

static bool is_wide_machine(void) { return __builtin_cpu_supports("avx2"); }
#else
static bool contains_wide(const Run *run, const char *p, size_t end, size_t *at) {
    (void)run, (void)p, (void)end, (void)at;
    return false;
}
static bool contains_vectors(const Run *run, const char *p, size_t end, size_t *at) {
    return contains_wide(run, p, end, at);
}
static bool escape_wide(const char *p, size_t len, size_t *at) {
    (void)p, (void)len, (void)at;
    return false;
}
static bool escape_vectors(const char *p, size_t len, size_t *at) {
    return escape_wide(p, len, at);
}
static bool is_wide_machine(void) { return false; }
#endif

static bool contains(const Run *run, Str raw, bool is_wide) {
    if (raw.len < run->text.len) return false;
    size_t end = raw.len - run->text.len + 1, i = 0;
    if (is_wide && contains_wide(run, raw.ptr, end, &i)) return true;
    if (contains_vectors(run, raw.ptr, end, &i)) return true;
    for (; i < end; i++) {
        unsigned char x = (unsigned char)raw.ptr[i + run->a];
        unsigned char y = (unsigned char)raw.ptr[i + run->b];
        if ((x | run->first_mask) == run->first && (y | run->second_mask) == run->second &&
            equals_at(run, raw.ptr + i))
            return true;
    }
    return false;
}

/* The first backslash at or after `at` that u or / follows; raw.len when there is none. */
static size_t find_escape(Str raw, size_t at, bool is_wide) {
    if (is_wide && escape_wide(raw.ptr, raw.len, &at)) return at;
    if (escape_vectors(raw.ptr, raw.len, &at)) return at;
    for (; at + 1 < raw.len; at++)
        if (raw.ptr[at] == '\\' && (raw.ptr[at + 1] == 'u' || raw.ptr[at + 1] == '/')) return at;
    return raw.len;
}

/* What the escape of a control becomes inside a nested value that is read as text: \n, \u001f, ...
 */
static const char control_spelling[] = "bfnrtu0123456789abcdef";

/* A character that an escape spells: U+0080 and above is one value. */
static int spelled_at(Str raw, size_t at) {
    int value = 0;
    if (raw.ptr[at + 1] == '/') return '/';
    if (raw.len - at < 6) return 0x80;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = raw.ptr[i];
        int digit = c >= '0' && c <= '9'                 ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : 16;
        if (digit == 16) return 0x80;
        value = value << 4 | digit;
    }
    return value < 0x80 ? value : 0x80;
}

static void add_byte(uint64_t set[2], int c) { set[c / 64] |= UINT64_C(1) << (c % 64); }

/* What escapes in the record spell, as a set: bit c for an ASCII byte, *ret_high for others. */
static void gather_spelled(Str raw, bool is_wide, uint64_t spelled[2], bool *ret_high) {
    spelled[0] = spelled[1] = 0;
    *ret_high = false;
    for (size_t at = find_escape(raw, 0, is_wide); at < raw.len;
         at = find_escape(raw, at + 1, is_wide)) {
        int c = spelled_at(raw, at);
        if (c >= 0x80) *ret_high = true;
        else add_byte(spelled, c);
        for (size_t i = 0; c < 0x20 && control_spelling[i]; i++)
            add_byte(spelled, control_spelling[i]);
    }
}

static bool condition_holds(const Prefilter *p, const Condition *c, Str raw) {
    for (uint32_t i = 0; i < c->n; i++)
        if (contains(&c->runs[i], raw, p->is_wide)) return true;
    if (!c->is_json) return false;
    uint64_t spelled[2];
    bool has_high;
    gather_spelled(raw, p->is_wide, spelled, &has_high);
    for (uint32_t i = 0; i < c->n; i++) {
        const Run *run = &c->runs[i];
        if ((run->spelled[0] & spelled[0]) || (run->spelled[1] & spelled[1])) return true;
        if (run->has_high && has_high) return true;
    }
    return false;
}

bool prefilter_passes(const Prefilter *p, Str raw) {
    for (uint32_t i = 0; i < p->n; i++)
        if (!condition_holds(p, &p->conditions[i], raw)) return false;
    return true;
}

/* -------------------------------------------------------------- making, freeing */

/* Each literal is a pass over the record; with more of them reading it whole is quicker. */
enum { MAX_RUNS = 8 };

/* False when it would drop nothing, one of the literals being without a run, or not pay. */
static bool make_condition(const ScanNeedle *needle, bool is_json, Condition *ret) {
    if (!needle->n || needle->n > MAX_RUNS) return false;
    Run *runs = calloc(needle->n ? needle->n : 1, sizeof *runs);
    if (!runs) abort();
    for (uint32_t i = 0; i < needle->n; i++) {
        Str text = longest_run(needle->any_of[i], needle->ignores_case, needle->is_nested);
        if (!text.len) {
            free(runs);
            return false;
        }
        runs[i] = make_run(text, needle->ignores_case, needle->is_nested);
    }
    *ret = (Condition){runs, needle->n, is_json || needle->is_nested};
    return true;
}

Prefilter *prefilter_new(const ScanNeedle *needles, uint32_t n, bool is_json) {
    Prefilter *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->is_wide = is_wide_machine();
    p->conditions = calloc(n ? n : 1, sizeof *p->conditions);
    if (!p->conditions) abort();
    for (uint32_t i = 0; i < n; i++)
        if (make_condition(&needles[i], is_json, &p->conditions[p->n])) p->n++;
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
