#include "kernels/text/term_filter.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "kernels/text/hashes.h"

enum {
    BLOCK_BYTES = 64,
    CHECK_BYTES =
        4, /* at the end of the head and of each block: damage is seen where it is asked */
    BLOCK_BITS = (BLOCK_BYTES - CHECK_BYTES) * 8,
    BITS_A_TERM = 12,
    PROBES = 6,
    HEAD_BYTES = 16,     /* magic, flags, three of nothing, number of blocks, check */
    MAX_TERMS = 4 << 20, /* past it the filter says yes to everything */
    RECENT_TERMS = 4096, /* a power of two */
    WAITING = 16
};
enum { HOLDS_ANYTHING = 1, HOLDS_ESCAPES = 2, HOLDS_FOLDING = 4 };

static const char magic[] = "QTF3";

/* --------------------------------------------------------------------- terms */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_term_byte(unsigned char c) {
    return (unsigned)((c | 0x20) - 'a') < 26 || (unsigned)(c - '0') < 10;
}

/* Of 64 bytes of a text, one bit each: letters and digits of ASCII; bytes outside ASCII. */
typedef struct TermMasks {
    uint64_t terms, high;
} TermMasks;

#ifdef __SSE2__
static inline void add_masks(TermMasks *m, const char *p, unsigned at) {
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i letter = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digit = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
    __m128i is_term = _mm_or_si128(is_letter, is_digit);
    m->terms |= (uint64_t)(unsigned)_mm_movemask_epi8(is_term) << at;
    m->high |= (uint64_t)(unsigned)_mm_movemask_epi8(x) << at;
}
#else
static inline void add_masks(TermMasks *m, const char *p, unsigned at) {
    for (unsigned i = 0; i < 16; i++) {
        m->terms |= (uint64_t)is_term_byte((unsigned char)p[i]) << (at + i);
        m->high |= (uint64_t)((unsigned char)p[i] >> 7) << (at + i);
    }
}
#endif

/* Zeros behind the text's end. */
static inline TermMasks term_masks(Str text, size_t base) {
    TermMasks m = {0, 0};
    size_t n = text.len - base < 64 ? text.len - base : 64, at = 0;
    for (; at + 16 <= n; at += 16) add_masks(&m, text.ptr + base + at, (unsigned)at);
    if (at == n) return m;
    char last[16] = {0};
    memcpy(last, text.ptr + base + at, n - at);
    add_masks(&m, last, (unsigned)at);
    return m;
}

/* The next run of ASCII letters and digits. A run that touches a letter outside ASCII is told, too:
 * it is no whole term, and never asked for. `high` gathers the bytes between runs. */
static bool next_run(Str s, size_t *at, Str *ret, bool *ret_is_whole, unsigned char *high) {
    size_t i = *at;
    for (; i < s.len && !is_term_byte((unsigned char)s.ptr[i]); i++)
        *high |= (unsigned char)s.ptr[i];
    if (i == s.len) return false;
    size_t start = i;
    while (i < s.len && is_term_byte((unsigned char)s.ptr[i])) i++;
    *ret = str_sub(s, start, i - start);
    *at = i;
    bool touches_before = start && (unsigned char)s.ptr[start - 1] >= 0x80;
    bool touches_behind = i < s.len && (unsigned char)s.ptr[i] >= 0x80;
    *ret_is_whole = !touches_before && !touches_behind;
    return true;
}

static uint64_t mix(uint64_t h) {
    h ^= h >> 33;
    h *= 0xFF51AFD7ED558CCDu;
    h ^= h >> 33;
    h *= 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 33);
}

static inline uint64_t load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* One to seven bytes as a number, zeros behind them. */
static inline uint64_t load_short(const char *p, size_t n) {
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        return first | (uint64_t)last << (8 * (n - 4));
    }
    return (uint8_t)p[0] | (uint64_t)(uint8_t)p[n / 2] << (8 * (n / 2)) |
           (uint64_t)(uint8_t)p[n - 1] << (8 * (n - 1));
}

static inline uint64_t hash_word(uint64_t hash, uint64_t word) {
    hash = (hash ^ (word | 0x2020202020202020u)) * 0xC2B2AE3D27D4EB4Fu;
    return hash ^ hash >> 32;
}

/* Letters and digits of ASCII, case ignored; never 0. */
static inline uint64_t hash_term(Str term) {
    uint64_t hash = term.len * 0x9E3779B97F4A7C15u;
    const char *p = term.ptr;
    size_t left = term.len;
    for (; left >= 8; left -= 8, p += 8) hash = hash_word(hash, load8(p));
    if (left && term.len >= 8) hash = hash_word(hash, load8(p + left - 8) >> (64 - 8 * left));
    else if (left) hash = hash_word(hash, load_short(p, left));
    return hash ? hash : 1;
}

/* ---------------------------------------------------------------- collecting */

struct TermCollector {
    Arena *arena;    /* of the filter */
    uint64_t *slots; /* hashes, open addressing; 0 is free */
    uint64_t *terms; /* hashes that were added of late: most are again and again */
    size_t n, cap;
    uint64_t waiting[WAITING]; /* hashes whose places in `slots` were asked for */
    uint8_t n_waiting, flags;
};

static bool grow(TermCollector *s) {
    size_t cap = s->cap ? s->cap * 2 : 1024;
    uint64_t *slots = calloc(cap, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < s->cap; i++) {
        if (!s->slots[i]) continue;
        size_t at = s->slots[i] & (cap - 1);
        while (slots[at]) at = (at + 1) & (cap - 1);
        slots[at] = s->slots[i];
    }
    free(s->slots);
    s->slots = slots;
    s->cap = cap;
    return true;
}

static void add_hash(TermCollector *s, uint64_t hash) {
    if (s->flags & HOLDS_ANYTHING) return;
    if (s->n * 2 >= s->cap && (s->n >= MAX_TERMS || !grow(s))) {
        s->flags |= HOLDS_ANYTHING;
        return;
    }
    size_t at = hash & (s->cap - 1);
    for (; s->slots[at]; at = (at + 1) & (s->cap - 1))
        if (s->slots[at] == hash) return;
    s->slots[at] = hash;
    s->n++;
}

static void add_waiting(TermCollector *s) {
    for (unsigned i = 0; i < s->n_waiting; i++) add_hash(s, s->waiting[i]);
    s->n_waiting = 0;
}

static inline void add_term(TermCollector *s, Str term) {
    uint64_t hash = hash_term(term);
    if (!s->terms && !(s->terms = calloc(RECENT_TERMS, sizeof *s->terms))) abort();
    uint64_t *recent = &s->terms[hash & (RECENT_TERMS - 1)];
    if (*recent == hash) return;
    *recent = hash;
    if (s->cap) __builtin_prefetch(&s->slots[hash & (s->cap - 1)]);
    s->waiting[s->n_waiting++] = hash;
    if (s->n_waiting == WAITING) add_waiting(s);
}

/* Code points outside ASCII whose other case is inside: the Kelvin sign, long s, dotted capital i,
 * dotless i. tolower() and toupper() can make terms of them that the text does not show. */
static bool folds_to_ascii(Str s) {
    static const char *const points[] = {"\xE2\x84\xAA", "\xC5\xBF", "\xC4\xB0", "\xC4\xB1"};
    for (size_t i = 0; i < COUNT_OF(points); i++)
        if (str_find(s, str_of(points[i]), 0) != SIZE_MAX) return true;
    return false;
}

static unsigned hex_digit(char c) {
    return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The four digits of an escape by number; false when they are none. */
static bool escape_number(Str run, unsigned *ret) {
    *ret = 0;
    if (run.len < 5 || run.ptr[0] != 'u') return false;
    for (size_t i = 1; i < 5; i++) {
        unsigned digit = hex_digit(run.ptr[i]);
        if (digit > 15) return false;
        *ret = *ret * 16 + digit;
    }
    return true;
}

/*
 * A run behind a backslash may be an escape and a term: \nevil is both "nevil" and, read as JSON,
 * "evil"; \u0027evil is "u0027evil" and "evil". An escape of a letter or digit can spell any term
 * (\u0065vil), and one of a backslash any escape: that there are some is noted.
 */
static void add_escaped(TermCollector *s, Str run) {
    unsigned code;
    if (!escape_number(run, &code)) {
        if (run.len > 1) add_term(s, str_sub(run, 1, run.len - 1));
        return;
    }
    if (code == '\\' || (code < 0x80 && is_term_byte((unsigned char)code)))
        s->flags |= HOLDS_ESCAPES;
    if (code == 0x212A || code == 0x17F || code == 0x130 || code == 0x131)
        s->flags |= HOLDS_FOLDING;
    if (run.len > 5) add_term(s, str_sub(run, 5, run.len - 5));
}

static inline void add_run(TermCollector *s, Str text, size_t from, size_t to) {
    Str run = {text.ptr + from, to - from};
    add_term(s, run);
    if (from && text.ptr[from - 1] == '\\') add_escaped(s, run);
}

/* All runs, also those that touch a letter outside ASCII. */
void term_collector_add(TermCollector *s, Str text) {
    size_t start = SIZE_MAX; /* of a run that goes on from the block before */
    uint64_t high = 0;
    for (size_t base = 0; base < text.len; base += 64) {
        TermMasks m = term_masks(text, base);
        uint64_t left = m.terms;
        high |= m.high;
        if (start != SIZE_MAX) {
            if (left == UINT64_MAX) continue;
            unsigned end = (unsigned)__builtin_ctzll(~left);
            add_run(s, text, start, base + end);
            start = SIZE_MAX;
            left &= UINT64_MAX << end;
        }
        while (left) {
            unsigned from = (unsigned)__builtin_ctzll(left);
            uint64_t filled = left | (left - 1); /* and all before the run */
            if (filled == UINT64_MAX) {
                start = base + from;
                break;
            }
            unsigned end = (unsigned)__builtin_ctzll(~filled);
            add_run(s, text, base + from, base + end);
            left &= UINT64_MAX << end;
        }
    }
    if (start != SIZE_MAX) add_run(s, text, start, text.len);
    if (high && folds_to_ascii(text)) s->flags |= HOLDS_FOLDING;
}

/* -------------------------------------------------------------------- filter */

static size_t block_of(uint64_t hash, size_t n_blocks) {
    return (size_t)(((Uint128)mix(hash) * n_blocks) >> 64);
}

/* The bits of a term in its block, one by one. */
static unsigned next_bit(uint64_t *bits) {
    unsigned bit = (unsigned)(((*bits & 0xFFF) * BLOCK_BITS) >> 12);
    *bits = *bits >> 10;
    return bit;
}

static void set_bits(unsigned char *block, uint64_t hash) {
    uint64_t bits = mix(hash ^ 0x9E3779B97F4A7C15u);
    for (int i = 0; i < PROBES; i++) {
        unsigned bit = next_bit(&bits);
        block[bit / 8] |= (unsigned char)(1u << (bit % 8));
    }
}

static bool has_bits(const unsigned char *block, uint64_t hash) {
    uint64_t bits = mix(hash ^ 0x9E3779B97F4A7C15u);
    for (int i = 0; i < PROBES; i++) {
        unsigned bit = next_bit(&bits);
        if (!(block[bit / 8] & (1u << (bit % 8)))) return false;
    }
    return true;
}

/* What stands in the last bytes of `len` bytes when they are as they were written. */
static uint32_t check_of(const unsigned char *bytes, size_t len) {
    return (uint32_t)mix(xxhash64((Str){(const char *)bytes, len - CHECK_BYTES}) + len);
}

static void put_number(unsigned char *to, uint32_t n) {
    for (unsigned i = 0; i < 4; i++) to[i] = (unsigned char)(n >> (8 * i));
}

static uint32_t get_number(const unsigned char *from) {
    uint32_t n = 0;
    for (unsigned i = 0; i < 4; i++) n |= (uint32_t)from[i] << (8 * i);
    return n;
}

static void seal(unsigned char *bytes, size_t len) {
    put_number(bytes + len - CHECK_BYTES, check_of(bytes, len));
}

static bool is_sound(const unsigned char *bytes, size_t len) {
    return get_number(bytes + len - CHECK_BYTES) == check_of(bytes, len);
}

Str term_collector_filter(TermCollector *s) {
    add_waiting(s);
    bool is_open = s->flags & HOLDS_ANYTHING;
    size_t n_blocks = is_open ? 0 : (s->n * BITS_A_TERM + BLOCK_BITS - 1) / BLOCK_BITS;
    size_t len = HEAD_BYTES + n_blocks * BLOCK_BYTES;
    unsigned char *bytes = arena_alloc(s->arena, len), *blocks = bytes + HEAD_BYTES;
    memcpy(bytes, magic, 4);
    bytes[4] = s->flags;
    put_number(bytes + 8, (uint32_t)n_blocks);
    seal(bytes, HEAD_BYTES);
    for (size_t i = 0; i < s->cap && n_blocks; i++)
        if (s->slots[i])
            set_bits(blocks + block_of(s->slots[i], n_blocks) * BLOCK_BYTES, s->slots[i]);
    for (size_t i = 0; i < n_blocks; i++) seal(blocks + i * BLOCK_BYTES, BLOCK_BYTES);
    return (Str){(const char *)bytes, len};
}

TermCollector *term_collector_new(void) {
    TermCollector *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->arena = arena_new();
    return c;
}

void term_collector_free(TermCollector *c) {
    if (!c) return;
    free(c->slots);
    free(c->terms);
    arena_free(c->arena);
    free(c);
}

/* Number of blocks that a head tells; false when it is damaged or tells another length. */
static bool read_head(const unsigned char *head, int64_t len, uint32_t *ret) {
    *ret = get_number(head + 8);
    return memcmp(head, magic, 4) == 0 && is_sound(head, HEAD_BYTES) &&
           len == HEAD_BYTES + (int64_t)*ret * BLOCK_BYTES;
}

bool term_filter_open(TermFilter *f, int64_t len,
                      bool (*read)(void *ctx, int64_t at, void *to, size_t n), void *ctx) {
    unsigned char head[HEAD_BYTES];
    *f = (TermFilter){.read = read, .ctx = ctx};
    if (!read(ctx, 0, head, sizeof head) || !read_head(head, len, &f->n_blocks)) return false;
    f->flags = head[4];
    return true;
}

static bool may_hold_run(const TermFilter *f, Str run) {
    unsigned char block[BLOCK_BYTES];
    uint64_t hash = hash_term(run);
    if (!f->n_blocks) return false;
    int64_t at = HEAD_BYTES + (int64_t)block_of(hash, f->n_blocks) * BLOCK_BYTES;
    return !f->read(f->ctx, at, block, sizeof block) || has_bits(block, hash) ||
           !is_sound(block, BLOCK_BYTES);
}

/* Whether a number's text may hold the run: 1e3 in JSON is the text 1000.0, and 1e+300 is two. */
static bool may_be_number(Str run) {
    size_t i = 0, n_marks = 0;
    while (i < run.len && (is_digit(run.ptr[i]) || (run.ptr[i] | 0x20) == 'e'))
        n_marks += !is_digit(run.ptr[i++]);
    return i == run.len && n_marks <= 1;
}

bool term_filter_may_hold(const TermFilter *f, Str text, TermSource source) {
    unsigned char high = 0;
    if ((f->flags & HOLDS_ANYTHING) || (source.is_nested && (f->flags & HOLDS_ESCAPES)) ||
        (source.folds && (f->flags & HOLDS_FOLDING)))
        return true;
    size_t at = 0;
    Str run;
    bool is_whole;
    while (next_run(text, &at, &run, &is_whole, &high)) {
        if (!is_whole || (source.is_nested && may_be_number(run))) continue;
        if (!may_hold_run(f, run)) return false;
    }
    return true;
}
