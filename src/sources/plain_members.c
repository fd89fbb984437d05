/*
 * plain_members.c: see plain_members.h.
 *
 * A name is compared with the learned one 64 bytes at once, whatever its length. Such a load may reach
 * behind the text: the text's last bytes are copied to where there are zeros behind them. The text ends with a
 * brace, so that at least one byte stands behind each string and number.
 *
 * Where a member begins is known when the value before it has been walked: each step would wait for the
 * one before. Most values are as long as the one that stood there last. That length, once compared
 * with the true one, is what the next step goes on with, so that a machine that guesses how the comparison
 * ends need not wait.
 */
#include "sources/plain_members.h"

static void forget(LearnedKeys *k, uint32_t position) {
    memset(k->text[position], 0, LEARNED_TEXT);
    memcpy(k->text[position], "\"\x01", 2); /* strings hold no control characters */
    k->of[position].bytes = 3;
    k->of[position].len = 2;
    k->of[position].inside = 3;
    k->of[position].is_known = false;
}

void learned_keys_clear(LearnedKeys *k) {
    memset(k, 0, sizeof *k);
    for (uint32_t i = 0; i < LEARNED_KEYS; i++) forget(k, i);
}

void learned_key_set(LearnedKeys *k, uint32_t position, Str name, int32_t slot) {
    forget(k, position);
    if (!name.len || name.len + 3 >= LEARNED_TEXT) return;
    char *text = k->text[position];
    memcpy(text + 1, name.ptr, name.len);
    memcpy(text + 1 + name.len, "\":", 2);
    k->of[position].len = (uint32_t)name.len + 3;
    k->of[position].inside = (uint32_t)name.len + 4;
    k->of[position].bytes = ~(UINT64_MAX << k->of[position].len);
    k->of[position].slot = slot;
    k->of[position].is_known = true;
}

#ifdef __x86_64__
#include <immintrin.h>

/* What may be read behind the quote before a name: the learned text and the digits of a number. */
enum { REACH = 128 };

static inline size_t word_len(const char *p) {
    if (memcmp(p, "null", 4) == 0 || memcmp(p, "true", 4) == 0) return 4;
    return memcmp(p, "false", 5) == 0 ? 5 : 0;
}

#define UNUSUAL(condition) __builtin_expect(condition, 0)

/* The first quote at or behind byte `at`. */
static inline size_t next_quote(const Structure *s, const uint64_t *quotes, size_t at) {
    uint64_t bits;
    memcpy(&bits, (const char *)quotes + at / 8, sizeof bits);
    bits >>= at % 8;
    if (UNUSUAL(!bits)) return structure_next(s, at);
    return at + (unsigned)__builtin_ctzll(bits);
}

static inline void put_field(PlainMembers *m, int32_t slot, size_t from, size_t behind) {
    Str *field = &m->fields[slot];
    if (field->ptr) m->is_twice = true;
    *field = (Str){m->text.ptr + from, behind - from};
}

/* `copy` holds the text's last REACH bytes and zeros: bytes there are looked at in it. */
#define PLAIN_MEMBERS(is_learned, number_len)                                                      \
    const char *const start = m->text.ptr;                                                         \
    const size_t safe = m->text.len - REACH;                                                       \
    const uint64_t *const quotes = m->structure->quotes;                                           \
    const LearnedKeys *const keys = m->keys;                                                       \
    uint32_t i = *position;                                                                        \
    for (; i < LEARNED_KEYS; i++) {                                                                \
        const char *text = start + at;                                                             \
        if (UNUSUAL(at > safe)) text = copy + (at - safe);                                         \
        if (UNUSUAL(!is_learned(keys, i, text))) break;                                            \
        const size_t value = at + keys->of[i].len;                                                 \
        size_t behind;                                                                             \
        text += keys->of[i].len;                                                                   \
        if (*text == '"') {                                                                        \
            behind = next_quote(m->structure, quotes, at + keys->of[i].inside) + 1;                \
        } else {                                                                                   \
            size_t len = number_len(text);                                                         \
            if (!len && !(len = word_len(text))) break;                                            \
            behind = value + len;                                                                  \
        }                                                                                          \
        const char next = start[behind];                                                           \
        if (UNUSUAL(next != ',' && next != '}')) break;                                            \
        if (keys->of[i].slot >= 0) put_field(m, keys->of[i].slot, value, behind);                  \
        at = behind + 1;                                                                           \
        if (UNUSUAL(next == '}')) {                                                                \
            m->at_end = true;                                                                      \
            at = behind;                                                                           \
            break;                                                                                 \
        }                                                                                          \
    }                                                                                              \
    *position = i;                                                                                 \
    return at

#define WIDE_INLINE __attribute__((target("avx2,bmi,bmi2"), always_inline)) static inline
#define WIDEST_INLINE                                                                              \
    __attribute__((target("avx512f,avx512bw,bmi,bmi2"), always_inline)) static inline

WIDE_INLINE uint64_t equal_bytes(const char *a, const char *b) {
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)a);
    __m256i y = _mm256_load_si256((const __m256i *)(const void *)b);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, y));
}

WIDE_INLINE bool is_learned_wide(const LearnedKeys *k, uint32_t i, const char *p) {
    uint64_t equal = equal_bytes(p, k->text[i]) | equal_bytes(p + 32, k->text[i] + 32) << 32;
    return (~equal & k->of[i].bytes) == 0;
}

WIDEST_INLINE bool is_learned_widest(const LearnedKeys *k, uint32_t i, const char *p) {
    __m512i x = _mm512_loadu_si512((const void *)p);
    __m512i y = _mm512_load_si512((const void *)k->text[i]);
    return _mm512_mask_cmpneq_epi8_mask(k->of[i].bytes, x, y) == 0;
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

__attribute__((target("avx2,bmi,bmi2"))) static size_t
members_wide(PlainMembers *m, const char *copy, size_t at, uint32_t *position) {
    PLAIN_MEMBERS(is_learned_wide, number_len);
}

__attribute__((target("avx512f,avx512bw,bmi,bmi2"))) static size_t
members_widest(PlainMembers *m, const char *copy, size_t at, uint32_t *position) {
    PLAIN_MEMBERS(is_learned_widest, number_len);
}

size_t plain_members(PlainMembers *m, size_t at, uint32_t *position) {
    char copy[2 * REACH];
    bool is_wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    bool is_widest = is_wide && __builtin_cpu_supports("avx512bw");
    m->at_end = false;
    if (!is_wide || m->text.len < REACH || m->text.ptr[m->text.len - 1] != '}') return at;
    memcpy(copy, m->text.ptr + m->text.len - REACH, REACH);
    memset(copy + REACH, 0, REACH);
    return is_widest ? members_widest(m, copy, at, position) : members_wide(m, copy, at, position);
}
#else
size_t plain_members(PlainMembers *m, size_t at, uint32_t *position) {
    (void)position;
    m->at_end = false;
    return at;
}
#endif
