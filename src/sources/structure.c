/*
 * structure.c: see structure.h.
 *
 * A block of 64 bytes becomes four masks: quotes, backslashes, control characters, bytes past ASCII.
 * Which characters are escaped follows from the runs of backslashes by one addition; which bytes
 * stand inside strings, from the quotes by a running exclusive or. Both carry from block to block.
 */
#include "sources/structure.h"

#include <stdlib.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef struct Block {
    uint64_t quote, slash, control, high;
    uint64_t plain;   /* characters that alone may stand behind a backslash: \n, but not \u */
    uint64_t escaped; /* bytes behind an odd run of backslashes */
    uint64_t inside;  /* from each first to each second quote, if none was open */
} Block;

/* What the blocks before leave behind. */
typedef struct Carry {
    uint64_t escapes;   /* 1: the first byte of the next block is escaped */
    uint64_t in_string; /* all ones: the next block begins inside a string */
} Carry;

/* The bytes that an odd run of backslashes stands before. */
static inline uint64_t escaped_bytes(uint64_t slash, Carry *carry) {
    const uint64_t even = UINT64_C(0x5555555555555555);
    slash &= ~carry->escapes;
    uint64_t follows = slash << 1 | carry->escapes;
    uint64_t odd_starts = slash & ~even & ~follows, even_ends;
    carry->escapes = __builtin_add_overflow(odd_starts, slash, &even_ends);
    return (even ^ (even_ends << 1)) & follows;
}

/* Bit i of the result: the exclusive or of bits 0 to i. */
static inline uint64_t running_xor(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Whether the escape whose second character is text[at] is one of JSON's. */
static bool is_escape(Structure *s, Str text, size_t at) {
    switch (text.ptr[at]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return true;
    case 'u': break;
    default: return false;
    }
    s->has_unicode = true;
    if (text.len - at < 5) return false;
    for (size_t i = 1; i < 5; i++)
        if (!is_hex(text.ptr[at + i])) return false;
    return true;
}

static bool are_escapes(Structure *s, Str text, size_t base, uint64_t escaped) {
    for (; escaped; escaped &= escaped - 1) {
        size_t at = base + (unsigned)__builtin_ctzll(escaped);
        if (at >= text.len || !is_escape(s, text, at)) return false;
    }
    return true;
}

/* One block into the next word of bits; false when the text is no JSON. */
static inline bool add_block(Structure *s, Str text, size_t base, const Block *b, Carry *carry) {
    uint64_t inside = b->inside ^ carry->in_string, escaped = b->escaped, quote = b->quote;
    carry->in_string = (uint64_t)((int64_t)inside >> 63);
    s->quotes[base / 64] = quote;
    if (b->high) {
        if (!s->high_end) s->high_from = base;
        s->high_end = base + 64;
    }
    if ((b->control & inside) | (b->slash & ~inside)) return false;
    escaped &= ~b->plain;
    return !escaped || are_escapes(s, text, base, escaped);
}

/* The last bytes, with blanks behind them. */
static inline void pad(char out[64], Str text, size_t base) {
    memset(out, ' ', 64);
    if (base < text.len) memcpy(out, text.ptr + base, text.len - base);
}

#define CLASSIFY(classify, running, p)                                                             \
    classify(p, &b);                                                                               \
    b.escaped = escaped_bytes(b.slash, &carry);                                                    \
    b.quote &= ~b.escaped;                                                                         \
    b.inside = running(b.quote)

#define FIND_BLOCKS(classify, running)                                                             \
    Carry carry = {0, 0};                                                                          \
    Block b;                                                                                       \
    size_t base = 0;                                                                               \
    for (; base + 64 <= text.len; base += 64) {                                                    \
        CLASSIFY(classify, running, text.ptr + base);                                              \
        if (!add_block(s, text, base, &b, &carry)) return false;                                   \
    }                                                                                              \
    char last[64];                                                                                 \
    pad(last, text, base);                                                                         \
    CLASSIFY(classify, running, last);                                                             \
    return add_block(s, text, base, &b, &carry) && !carry.in_string

#ifdef __x86_64__
/* A byte is one of " / \ b f n r t when the entries of its two halves have a bit in common. */
static const unsigned char plain_low[16] = {
    [2] = 1 | 4 | 8, [4] = 8, [6] = 4, [12] = 2, [14] = 4, [15] = 1};
static const unsigned char plain_high[16] = {[2] = 1, [5] = 2, [6] = 4, [7] = 8};

__attribute__((target("avx2"), always_inline)) static inline __m256i not_plain(__m256i x) {
    const __m256i half = _mm256_set1_epi8(15);
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)plain_low));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)plain_high));
    low = _mm256_shuffle_epi8(low, _mm256_and_si256(x, half));
    high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), half));
    return _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
}

__attribute__((target("avx2"), always_inline)) static inline void classify_wide(const char *p,
                                                                                Block *b) {
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
    const __m256i control = _mm256_set1_epi8(0x1F);
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
#define MASK(of_x, of_y)                                                                           \
    ((uint64_t)(uint32_t)_mm256_movemask_epi8(of_x) |                                              \
     (uint64_t)(uint32_t)_mm256_movemask_epi8(of_y) << 32)
    b->quote = MASK(_mm256_cmpeq_epi8(x, quote), _mm256_cmpeq_epi8(y, quote));
    b->slash = MASK(_mm256_cmpeq_epi8(x, slash), _mm256_cmpeq_epi8(y, slash));
    b->control = MASK(_mm256_cmpeq_epi8(_mm256_min_epu8(x, control), x),
                      _mm256_cmpeq_epi8(_mm256_min_epu8(y, control), y));
    b->high = MASK(x, y);
    b->plain = ~MASK(not_plain(x), not_plain(y));
#undef MASK
}

/* A product without carries by all ones is the running exclusive or. */
__attribute__((target("pclmul"), always_inline)) static inline uint64_t
running_xor_wide(uint64_t bits) {
    __m128i all = _mm_set1_epi8((char)0xFF);
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), all, 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

__attribute__((target("avx2,pclmul,bmi"))) static bool find_wide(Structure *s, Str text) {
    FIND_BLOCKS(classify_wide, running_xor_wide);
}

#define WIDEST __attribute__((target("avx512f,avx512bw,avx512vl,pclmul,bmi")))
#define WIDEST_INLINE                                                                              \
    __attribute__((target("avx512f,avx512bw,avx512vl,pclmul,bmi"), always_inline)) static inline

/* The masks are wanted where all arithmetic is done on them. */
WIDEST_INLINE uint64_t general(__mmask64 mask) {
    uint64_t bits = mask;
    __asm__("" : "+r"(bits));
    return bits;
}

WIDEST_INLINE void classify_widest(const char *p, Block *b) {
    __m512i x = _mm512_loadu_si512((const void *)p);
    b->quote = general(_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"')));
    b->slash = general(_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\')));
    b->control = general(_mm512_cmple_epu8_mask(x, _mm512_set1_epi8(0x1F)));
    b->high = general(_mm512_movepi8_mask(x));
    const __m512i half = _mm512_set1_epi8(15);
    __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)plain_low));
    __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)plain_high));
    low = _mm512_shuffle_epi8(low, _mm512_and_si512(x, half));
    high = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(x, 4), half));
    b->plain = general(_mm512_test_epi8_mask(low, high));
}

WIDEST static bool find_widest(Structure *s, Str text) {
    FIND_BLOCKS(classify_widest, running_xor_wide);
}

static inline void classify(const char *p, Block *b) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    *b = (Block){0};
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        b->quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, quote)) << i;
        b->slash |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, slash)) << i;
        b->control |=
            (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, control), x)) << i;
        b->high |= (uint64_t)(unsigned)_mm_movemask_epi8(x) << i;
    }
}

static bool is_wide_machine(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul");
}
static bool is_widest_machine(void) {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("pclmul");
}
#else
static inline void classify(const char *p, Block *b) {
    *b = (Block){0};
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i];
        b->quote |= (uint64_t)(c == '"') << i;
        b->slash |= (uint64_t)(c == '\\') << i;
        b->control |= (uint64_t)(c < 0x20) << i;
        b->high |= (uint64_t)(c >> 7) << i;
    }
}
static bool find_wide(Structure *s, Str text) {
    (void)s, (void)text;
    return false;
}
static bool find_widest(Structure *s, Str text) { return find_wide(s, text); }
static bool is_wide_machine(void) { return false; }
static bool is_widest_machine(void) { return false; }
#endif

static bool find_plain(Structure *s, Str text) { FIND_BLOCKS(classify, running_xor); }

bool structure_find(Structure *s, Str text) {
    size_t n_words = text.len / 64 + 1;
    if (n_words + 1 > s->cap) {
        free(s->quotes);
        s->cap = n_words * 2 + 1;
        s->quotes = malloc(s->cap * sizeof *s->quotes);
        if (!s->quotes) abort();
    }
    s->quotes[n_words] = 0;
    s->has_unicode = false;
    s->high_from = s->high_end = 0;
    if (is_widest_machine()) return find_widest(s, text);
    return is_wide_machine() ? find_wide(s, text) : find_plain(s, text);
}

void structure_free(Structure *s) { free(s->quotes); }
