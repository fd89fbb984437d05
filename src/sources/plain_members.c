/*
 * plain_members.c: see plain_members.h.
 *
 * A name is compared with the learned one 64 bytes at once, whatever its length. Such a load may reach
 * behind the text: the text's last bytes are copied to where there are zeros behind them. The text ends with a
 * brace, so that at least one byte stands behind each string and number.
 */
#include "sources/plain_members.h"

void learned_key_set(LearnedKey *k, Str name, int32_t slot) {
    memset(k, 0, sizeof *k);
    if (!name.len || name.len + 2 >= LEARNED_TEXT) return;
    memcpy(k->text, name.ptr, name.len);
    memcpy(k->text + name.len, "\":", 2);
    k->len = (uint32_t)name.len + 2;
    k->past = UINT64_MAX << k->len;
    k->slot = slot;
}

#ifdef __x86_64__
#include <immintrin.h>

/* What may be read behind the quote before a name: the learned text and the digits of a number. */
enum { REACH = 128 };

static inline size_t word_len(const char *p) {
    if (memcmp(p, "null", 4) == 0 || memcmp(p, "true", 4) == 0) return 4;
    return memcmp(p, "false", 5) == 0 ? 5 : 0;
}

/* The first quote at or behind byte `at`. */
static inline size_t next_quote(const Structure *s, size_t at) {
    uint64_t bits;
    memcpy(&bits, (const char *)s->quotes + at / 8, sizeof bits);
    bits >>= at % 8;
    return bits ? at + (unsigned)__builtin_ctzll(bits) : structure_next(s, at);
}

static inline void put_field(PlainMembers *m, int32_t slot, size_t at, size_t len) {
    Str *field = &m->fields[slot];
    if (field->ptr) m->is_twice = true;
    *field = (Str){m->text.ptr + at, len};
}

/* `copy` holds the text's last REACH bytes and zeros: bytes there are looked at in it. */
#define PLAIN_MEMBERS(is_learned, number_len)                                                      \
    const size_t safe = m->text.len - REACH;                                                       \
    uint32_t i = *position;                                                                        \
    for (; i < LEARNED_KEYS; i++) {                                                                \
        const LearnedKey *k = &m->keys[i];                                                         \
        const char *text = at <= safe ? m->text.ptr + at : copy + (at - safe);                     \
        if (!is_learned(k, text + 1)) break;                                                       \
        size_t value = at + 1 + k->len, len;                                                       \
        text += 1 + k->len;                                                                        \
        if (*text == '"') len = next_quote(m->structure, value + 1) + 1 - value;                   \
        else if (!(len = number_len(text)) && !(len = word_len(text))) break;                      \
        const char *behind = m->text.ptr + value + len;                                            \
        bool is_last = *behind == '}';                                                             \
        if (!is_last && (*behind != ',' || behind[1] != '"')) break;                               \
        if (k->slot >= 0) put_field(m, k->slot, value, len);                                       \
        at = value + len + 1;                                                                      \
        if (!is_last) continue;                                                                    \
        at--;                                                                                      \
        m->at_end = true;                                                                          \
        break;                                                                                     \
    }                                                                                              \
    *position = i;                                                                                 \
    return at

#define WIDE_INLINE __attribute__((target("avx2,bmi"), always_inline)) static inline
#define WIDEST_INLINE __attribute__((target("avx512f,avx512bw,bmi"), always_inline)) static inline

WIDE_INLINE uint64_t equal_bytes(const char *a, const char *b) {
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)a);
    __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)b);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, y));
}

WIDE_INLINE bool is_learned_wide(const LearnedKey *k, const char *p) {
    uint64_t equal = equal_bytes(p, k->text) | equal_bytes(p + 32, k->text + 32) << 32;
    return (equal | k->past) == UINT64_MAX;
}

WIDEST_INLINE bool is_learned_widest(const LearnedKey *k, const char *p) {
    __m512i x = _mm512_loadu_si512((const void *)p);
    __m512i y = _mm512_loadu_si512((const void *)k->text);
    return _mm512_mask_cmpneq_epi8_mask(~k->past, x, y) == 0;
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

__attribute__((target("avx2,bmi"))) static size_t members_wide(PlainMembers *m, const char *copy,
                                                               size_t at, uint32_t *position) {
    PLAIN_MEMBERS(is_learned_wide, number_len);
}

__attribute__((target("avx512f,avx512bw,bmi"))) static size_t
members_widest(PlainMembers *m, const char *copy, size_t at, uint32_t *position) {
    PLAIN_MEMBERS(is_learned_widest, number_len);
}

size_t plain_members(PlainMembers *m, size_t at, uint32_t *position) {
    char copy[2 * REACH];
    bool is_widest = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi");
    m->at_end = false;
    if (m->text.len < REACH || m->text.ptr[at] != '"' || m->text.ptr[m->text.len - 1] != '}')
        return at;
    if (!is_widest && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))) return at;
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
