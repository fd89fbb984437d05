/*
 * plain_members.c: see plain_members.h.
 *
 * A name is compared with the learned one 64 bytes at once, whatever its length. Such a load may reach
 * behind the text: where that must not be, the text's last bytes are copied to where there are zeros behind
 * them. No name or value goes on there, as the text ends with a brace outside of strings.
 *
 * Where a member begins is known when the value before it has been walked: each step waits for the one
 * before. So two chains of steps are walked at once. The second begins in the middle, at the quote
 * before which as many stand as in the object before, if the name there is the right one. What it finds
 * counts when the first chain comes upon that very place.
 */
#include "sources/plain_members.h"

#include "base/vectors.h"

static void forget(LearnedKey *k) {
    memset(k, 0, sizeof *k);
    memcpy(k->text, "\"\x01", 2); /* strings hold no control characters */
    k->bytes = 3;
    k->len = 2;
    k->inside = 3;
}

void learned_keys_clear(LearnedKeys *k) {
    memset(k, 0, sizeof *k);
    for (uint32_t i = 0; i < LEARNED_KEYS; i++) forget(&k->of[i]);
}

void learned_key_set(LearnedKey *k, Str name, int32_t slot) {
    forget(k);
    if (!name.len || name.len + 3 >= LEARNED_TEXT) return;
    memcpy(k->text + 1, name.ptr, name.len);
    memcpy(k->text + 1 + name.len, "\":", 2);
    k->len = (uint32_t)name.len + 3;
    k->inside = k->len + 1;
    k->bytes = ~(UINT64_MAX << k->len);
    k->slot = slot;
    k->is_known = true;
}

#ifdef __x86_64__
#include <immintrin.h>

/* What may be read behind the quote before a name: the learned text and the digits of a number. */
enum { REACH = STRUCTURE_ROOM };

#define UNUSUAL(condition) __builtin_expect(condition, 0)

#define WIDE __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define WIDE_INLINE __attribute__((target("avx2,bmi,bmi2,popcnt"), always_inline)) static inline
#define WIDEST __attribute__((target("avx512f,avx512bw,bmi,bmi2,popcnt")))
#define WIDEST_INLINE                                                                              \
    __attribute__((target("avx512f,avx512bw,bmi,bmi2,popcnt"), always_inline)) static inline

/* ----------------------------------------------------------------- counting */

/* How many quotes stand before byte `at`. */
WIDE static uint32_t count_quotes(const Structure *s, size_t at) {
    uint32_t n = 0;
    for (size_t w = 0; w < at / 64; w++) n += (uint32_t)__builtin_popcountll(s->quotes[w]);
    uint64_t before = (UINT64_C(1) << (at % 64)) - 1;
    return n + (uint32_t)__builtin_popcountll(s->quotes[at / 64] & before);
}

/* The quote before which so many stand; SIZE_MAX when there are fewer. */
WIDE static size_t find_quote(const Structure *s, size_t text_len, uint32_t n_before) {
    uint32_t n = 0;
    for (size_t w = 0; w <= text_len / 64; w++) {
        uint64_t bits = s->quotes[w];
        uint32_t behind = n + (uint32_t)__builtin_popcountll(bits);
        if (behind > n_before) {
            bits = _pdep_u64(UINT64_C(1) << (n_before - n), bits);
            return w * 64 + (unsigned)__builtin_ctzll(bits);
        }
        n = behind;
    }
    return SIZE_MAX;
}

/* ------------------------------------------------------------------- fields */

__attribute__((noinline)) static void put_field(PlainMembers *m, int32_t slot, Str value) {
    Str *field = &m->fields[slot];
    if (field->ptr) m->is_twice = true;
    *field = value;
}

/* A chain of steps. */
typedef struct Chain {
    size_t at;  /* behind the last member's comma; at the end, behind the closing brace */
    uint32_t i; /* the number of the next member */
    bool has_ended;
} Chain;

enum { AHEAD_FIELDS = 64 };

/* The second chain, and what it has found. */
typedef struct Ahead {
    Chain begin, chain;
    uint32_t n;
    int32_t slots[AHEAD_FIELDS];
    Str values[AHEAD_FIELDS];
} Ahead;

__attribute__((noinline)) static void put_ahead(Ahead *a, int32_t slot, Str value) {
    a->slots[a->n] = slot;
    a->values[a->n++] = value;
}

/* The first chain goes on where the second has come to. */
static void adopt(PlainMembers *m, Chain *c, const Ahead *a) {
    for (uint32_t i = 0; i < a->n; i++) put_field(m, a->slots[i], a->values[i]);
    *c = a->chain;
}

/* -------------------------------------------------------------------- steps */

static inline size_t word_len(const char *p) {
    if (memcmp(p, "null", 4) == 0 || memcmp(p, "true", 4) == 0) return 4;
    return memcmp(p, "false", 5) == 0 ? 5 : 0;
}

__attribute__((noinline)) static size_t next_quote_far(const Structure *s, size_t at) {
    return structure_next(s, at);
}

/* The first quote at or behind byte `at`. */
static inline size_t next_quote(const Structure *s, const uint64_t *quotes, size_t at) {
    uint64_t bits;
    memcpy(&bits, (const char *)quotes + at / 8, sizeof bits);
    bits >>= at % 8;
    if (UNUSUAL(!bits)) return next_quote_far(s, at);
    return at + (unsigned)__builtin_ctzll(bits);
}

WIDE_INLINE uint64_t equal_bytes(const char *a, const char *b) {
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)a);
    __m256i y = _mm256_load_si256((const __m256i *)(const void *)b);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, y));
}

WIDE_INLINE bool is_learned_wide(const LearnedKey *k, const char *p) {
    uint64_t equal = equal_bytes(p, k->text) | equal_bytes(p + 32, k->text + 32) << 32;
    return (~equal & k->bytes) == 0;
}

WIDEST_INLINE bool is_learned_widest(const LearnedKey *k, const char *p) {
    __m512i x = _mm512_loadu_si512((const void *)p);
    __m512i y = _mm512_load_si512((const void *)k->text);
    return _mm512_mask_cmpneq_epi8_mask(k->bytes, x, y) == 0;
}

/* Length of the digits at p, without zeros before them; 0 when there are none or very many. */
WIDE_INLINE size_t number_len(const char *p) {
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)p);
    x = _mm256_sub_epi8(x, _mm256_set1_epi8('0'));
    __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(9)), x);
    uint32_t others = ~(uint32_t)_mm256_movemask_epi8(is_digit);
    size_t n = others ? (unsigned)__builtin_ctz(others) : 0;
    return *p == '0' && n != 1 ? 0 : n;
}

/* What is the same for all members of a text. */
typedef struct Row {
    const Structure *structure;
    const char *text, *copy; /* the copy holds the text's last REACH bytes and zeros */
    size_t safe;             /* members behind it are looked at in the copy */
} Row;

#define ROW(r)                                                                                     \
    const Structure *const structure = (r)->structure;                                             \
    const uint64_t *const quotes = structure->quotes;                                              \
    const char *const text = (r)->text;                                                            \
    const size_t safe = (r)->safe

/* What stands behind the value, which begins at p, of the member k at `at`; leaves the loop around it at
 * other values. */
#define FIND_BEHIND(behind, p, k, at)                                                              \
    size_t behind;                                                                                 \
    if (*(p) == '"') {                                                                             \
        behind = next_quote(structure, quotes, (at) + (k)->inside) + 1;                            \
    } else {                                                                                       \
        size_t len = number_len(p);                                                                \
        if (!len && !(len = word_len(p))) break;                                                   \
        behind = (at) + (k)->len + len;                                                            \
    }

#define VALUE(k, at, behind) ((Str){text + (at) + (k)->len, (behind) - (at) - (k)->len})

/* Passes over member k, from `at` on; leaves the loop around it at any other member, at the last one and
 * near the end of the text. */
#define STEP(X, at, k, put)                                                                        \
    {                                                                                              \
        if (UNUSUAL(at > safe || !is_learned_##X(k, text + at))) break;                            \
        FIND_BEHIND(behind, text + at + (k)->len, k, at);                                          \
        if (UNUSUAL(text[behind] != ',')) break;                                                   \
        if ((k)->slot >= 0) {                                                                      \
            put((k)->slot, VALUE(k, at, behind));                                                  \
        }                                                                                          \
        at = behind + 1;                                                                           \
        (k)++;                                                                                     \
    }
#define PUT_FIELD(slot, value) put_field(m, slot, value)
#define PUT_AHEAD(slot, value)                                                                     \
    if (a->n == AHEAD_FIELDS) break;                                                               \
    put_ahead(a, slot, value)

/* The members up to number `stop`: first those that are easy, then those for which it is minded where the
 * text ends. */
#define WALK_ONE(X)                                                                                \
    ROW(r);                                                                                        \
    size_t at = c->at;                                                                             \
    const LearnedKey *const first = m->keys->of, *k = first + c->i, *const last = first + stop;    \
    while (k < last) STEP(X, at, k, PUT_FIELD)                                                     \
    while (k < last && !c->has_ended) {                                                            \
        const char *p = at > safe ? r->copy + (at - safe) : text + at;                             \
        if (!is_learned_##X(k, p)) break;                                                          \
        FIND_BEHIND(behind, p + k->len, k, at);                                                    \
        if (text[behind] != ',' && text[behind] != '}') break;                                     \
        c->has_ended = text[behind] == '}';                                                        \
        if (k->slot >= 0) put_field(m, k->slot, VALUE(k, at, behind));                             \
        at = behind + 1;                                                                           \
        k++;                                                                                       \
    }                                                                                              \
    c->at = at;                                                                                    \
    c->i = (uint32_t)(k - first)

/* A member and one of the second chain, until one of the two has to stop. The second one does not come to
 * the last learned name, as it begins behind half of them at most. */
#define WALK_BOTH(X)                                                                               \
    ROW(r);                                                                                        \
    size_t one = c->at, two = a->chain.at;                                                         \
    const LearnedKey *const first = m->keys->of, *const last = first + a->begin.i;                 \
    const LearnedKey *k = first + c->i, *l = last;                                                 \
    while (k < last) {                                                                             \
        STEP(X, one, k, PUT_FIELD)                                                                 \
        STEP(X, two, l, PUT_AHEAD)                                                                 \
    }                                                                                              \
    c->at = one;                                                                                   \
    c->i = (uint32_t)(k - first);                                                                  \
    a->chain.at = two;                                                                             \
    a->chain.i = (uint32_t)(l - first)

WIDE static void walk_one_wide(PlainMembers *m, const Row *r, Chain *c, uint32_t stop) {
    WALK_ONE(wide);
}
WIDEST static void walk_one_widest(PlainMembers *m, const Row *r, Chain *c, uint32_t stop) {
    WALK_ONE(widest);
}
WIDE static void walk_both_wide(PlainMembers *m, const Row *r, Chain *c, Ahead *a) {
    WALK_BOTH(wide);
}
WIDEST static void walk_both_widest(PlainMembers *m, const Row *r, Chain *c, Ahead *a) {
    WALK_BOTH(widest);
}

static void walk_one(PlainMembers *m, const Row *r, Chain *c, uint32_t stop) {
    if (c->has_ended) return;
    if (vectors_best() == VECTORS_WIDEST) walk_one_widest(m, r, c, stop);
    else walk_one_wide(m, r, c, stop);
}

static void walk_both(PlainMembers *m, const Row *r, Chain *c, Ahead *a) {
    if (vectors_best() == VECTORS_WIDEST) walk_both_widest(m, r, c, a);
    else walk_both_wide(m, r, c, a);
}

/* ------------------------------------------------------------------- entry */

/* Where the second chain may begin. */
static bool find_middle(const PlainMembers *m, const Row *r, Ahead *a) {
    const LearnedKeys *k = m->keys;
    if (!k->middle || k->n_quotes % 2) return false;
    size_t at = find_quote(m->structure, m->text.len, k->n_quotes);
    if (at > r->safe || memcmp(r->text + at, k->of[k->middle].text, k->of[k->middle].len) != 0)
        return false;
    a->n = 0;
    a->begin = a->chain = (Chain){.at = at, .i = k->middle};
    return true;
}

/* Walks the members, from the middle on by the second chain where that can be. */
static void walk(PlainMembers *m, const Row *r, Chain *c) {
    LearnedKeys *k = m->keys;
    Ahead a;
    bool is_ahead = c->i < k->middle && find_middle(m, r, &a);
    if (is_ahead) walk_both(m, r, c, &a);
    if (c->i < k->middle) walk_one(m, r, c, k->middle);
    if (c->i == k->middle && !c->has_ended) {
        if (is_ahead && a.begin.at == c->at) adopt(m, c, &a);
        else k->n_quotes = count_quotes(m->structure, c->at);
    }
    if (c->i >= k->middle) walk_one(m, r, c, LEARNED_KEYS);
    if (!c->has_ended || c->i / 2 == k->middle) return;
    k->middle = c->i / 2;
    k->n_quotes = 1; /* not known yet */
}

static void copy_end(Row *row, Str text, char copy[2 * REACH]) {
    memcpy(copy, text.ptr + text.len - REACH, REACH);
    memset(copy + REACH, 0, REACH);
    row->copy = copy;
    row->safe = text.len - REACH;
}

size_t plain_members(PlainMembers *m, size_t at, uint32_t *position) {
    char copy[2 * REACH];
    m->at_end = false;
    if (vectors_best() < VECTORS_WIDE || m->text.len < REACH || m->text.ptr[m->text.len - 1] != '}')
        return at;
    Row row = {.structure = m->structure, .text = m->text.ptr, .safe = m->text.len};
    if (!m->structure->has_room) copy_end(&row, m->text, copy);
    Chain c = {.at = at, .i = *position};
    walk(m, &row, &c);
    m->at_end = c.has_ended;
    *position = c.i - m->at_end;
    return c.at - m->at_end;
}
#else
size_t plain_members(PlainMembers *m, size_t at, uint32_t *position) {
    (void)position;
    m->at_end = false;
    return at;
}
#endif
