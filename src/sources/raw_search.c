/*
 * raw_search.c: see raw_search.h.
 *
 * A run is found by its two rarest bytes at once, a vector of places at a time. The escape of a
 * control is taken to spell also what it is written as in a nested value: \u000A becomes \n.
 */
#include "sources/raw_search.h"

#include "base/vectors.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* ---------------------------------------------------------------------- runs */

static bool is_letter(unsigned char c) { return (unsigned char)((c | 0x20) - 'a') < 26; }

void raw_run_note(RawRun *run, unsigned char c) {
    if (c >= 0x80) {
        run->spelled.has_high = true;
        return;
    }
    run->spelled.ascii[c / 64] |= UINT64_C(1) << (c % 64);
    if (run->ignores_case && is_letter(c)) {
        unsigned char other = c ^ 0x20;
        run->spelled.ascii[other / 64] |= UINT64_C(1) << (other % 64);
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
static void choose_pair(RawRun *run) {
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

RawRun raw_run_make(Str text, bool ignores_case) {
    RawRun run = {.text = text, .ignores_case = ignores_case};
    for (size_t i = 0; i < text.len; i++) raw_run_note(&run, (unsigned char)text.ptr[i]);
    choose_pair(&run);
    return run;
}

/* ------------------------------------------------------------------ searching */

static unsigned char fold(unsigned char c) {
    return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

static bool equals_at(const RawRun *run, const char *at) {
    if (!run->ignores_case) return memcmp(run->text.ptr, at, run->text.len) == 0;
    for (size_t i = 0; i < run->text.len; i++)
        if (fold((unsigned char)run->text.ptr[i]) != fold((unsigned char)at[i])) return false;
    return true;
}

bool raw_run_is_at(const RawRun *run, Str raw, size_t at) {
    return raw.len - at >= run->text.len && equals_at(run, raw.ptr + at);
}

/* The first of the places base + bit where the run stands; SIZE_MAX at none. */
static size_t first_equal(const RawRun *run, const char *base, unsigned bits) {
    for (; bits; bits &= bits - 1)
        if (equals_at(run, base + (unsigned)__builtin_ctz(bits)))
            return (unsigned)__builtin_ctz(bits);
    return SIZE_MAX;
}

/*
 * The two loops over all bytes of the data come in two widths. Each moves *at on as far as whole
 * vectors reach and stops early at a find; the plain loop behind them does the rest.
 */
#ifdef __x86_64__
__attribute__((target("avx2"))) static bool contains_wide(const RawRun *run, const char *p,
                                                          size_t end, size_t *at) {
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
        size_t found = bits ? first_equal(run, p + i, bits) : SIZE_MAX;
        if (found == SIZE_MAX) continue;
        *at = i + found;
        return true;
    }
    *at = i;
    return false;
}

static bool contains_vectors(const RawRun *run, const char *p, size_t end, size_t *at) {
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
        size_t found = bits ? first_equal(run, p + i, bits) : SIZE_MAX;
        if (found == SIZE_MAX) continue;
        *at = i + found;
        return true;
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

#else
static bool contains_wide(const RawRun *run, const char *p, size_t end, size_t *at) {
    (void)run, (void)p, (void)end, (void)at;
    return false;
}
static bool contains_vectors(const RawRun *run, const char *p, size_t end, size_t *at) {
    return contains_wide(run, p, end, at);
}
static bool escape_wide(const char *p, size_t len, size_t *at) {
    (void)p, (void)len, (void)at;
    return false;
}
static bool escape_vectors(const char *p, size_t len, size_t *at) {
    return escape_wide(p, len, at);
}
#endif

size_t raw_run_find(const RawRun *run, Str raw, size_t from) {
    if (raw.len < run->text.len) return SIZE_MAX;
    size_t end = raw.len - run->text.len + 1, i = from;
    if (vectors_best() >= VECTORS_WIDE && contains_wide(run, raw.ptr, end, &i)) return i;
    if (contains_vectors(run, raw.ptr, end, &i)) return i;
    for (; i < end; i++) {
        unsigned char x = (unsigned char)raw.ptr[i + run->a];
        unsigned char y = (unsigned char)raw.ptr[i + run->b];
        if ((x | run->first_mask) == run->first && (y | run->second_mask) == run->second &&
            equals_at(run, raw.ptr + i))
            return i;
    }
    return SIZE_MAX;
}

/* The first backslash at or after `at` that u or / follows; raw.len when there is none. */
static size_t find_escape(Str raw, size_t at) {
    if (vectors_best() >= VECTORS_WIDE && escape_wide(raw.ptr, raw.len, &at)) return at;
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

static void add_byte(Spelled *set, int c) { set->ascii[c / 64] |= UINT64_C(1) << (c % 64); }

Spelled raw_spelled_at(Str raw, size_t at) {
    Spelled set = {{0, 0}, false};
    int c = spelled_at(raw, at);
    if (c >= 0x80) set.has_high = true;
    else add_byte(&set, c);
    for (size_t i = 0; c < 0x20 && control_spelling[i]; i++) add_byte(&set, control_spelling[i]);
    return set;
}

Spelled raw_spelled(Str raw) {
    Spelled set = {{0, 0}, false};
    for (size_t at = find_escape(raw, 0); at < raw.len; at = find_escape(raw, at + 1)) {
        Spelled one = raw_spelled_at(raw, at);
        set.ascii[0] |= one.ascii[0];
        set.ascii[1] |= one.ascii[1];
        set.has_high |= one.has_high;
    }
    return set;
}
