/*
 * structure.c: see structure.h.
 *
 * A block of 64 bytes becomes two masks: quotes and backslashes. Which characters are escaped follows
 * from the runs of backslashes by one addition. Few blocks hold control characters or bytes past
 * ASCII: only there a running exclusive or of the quotes tells which bytes stand inside strings.
 */
#include "sources/structure.h"

#include <stdlib.h>

#include "base/vectors.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Of the 64 bytes at base: the quotes among them that no backslash stands before, and what stands
 * behind a backslash but is neither a quote nor a backslash. */
typedef struct Block {
    uint64_t quote, odd;
} Block;

/* The bytes that an odd run of backslashes stands before. *escapes is 1 when the first byte of the
 * block, then of the next one, is escaped. */
static inline uint64_t escaped_bytes(uint64_t slash, uint64_t *escapes) {
    const uint64_t even = UINT64_C(0x5555555555555555);
    slash &= ~*escapes;
    uint64_t follows = slash << 1 | *escapes;
    uint64_t odd_starts = slash & ~even & ~follows, even_ends;
    *escapes = __builtin_add_overflow(odd_starts, slash, &even_ends);
    return (even ^ (even_ends << 1)) & follows;
}

static inline Block block_of(uint64_t quote, uint64_t slash, uint64_t *escapes) {
    if (!(slash | *escapes)) return (Block){quote, 0};
    uint64_t escaped = escaped_bytes(slash, escapes);
    return (Block){quote & ~escaped, escaped & ~(quote | slash)};
}

/* Bit i of the result: the exclusive or of bits 0 to i. From each first to each second quote. */
static inline uint64_t running_xor(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

static inline void note_high(Structure *s, size_t base, uint64_t high) {
    if (!high) return;
    if (!s->high_end) s->high_from = base;
    s->high_end = base + 64;
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

static bool are_escapes(Structure *s, Str text, size_t base, uint64_t odd) {
    for (; odd; odd &= odd - 1) {
        size_t at = base + (unsigned)__builtin_ctzll(odd);
        if (at >= text.len || !is_escape(s, text, at)) return false;
    }
    return true;
}

/* The last bytes, with blanks behind them. */
static inline void pad(char out[64], Str text, size_t base) {
    memset(out, ' ', 64);
    if (base < text.len) memcpy(out, text.ptr + base, text.len - base);
}

/* Ones when a block begins inside a string, so many quotes standing before it. */
static inline uint64_t all_inside(uint64_t n_quotes) { return -(n_quotes & 1); }

/* The loop over blocks without a call in it, so that vectors stay in registers: it ends where one needs
 * more than the masks of its quotes. */
#define WHILE_USUAL(X, text)                                                                       \
    for (uint64_t *out = quotes + base / 64;; base += 64) {                                        \
        if (base + 64 > (text).len) break;                                                         \
        x = load_##X((text).ptr + base);                                                           \
        b = block_of(quote_##X(x), slash_##X(x), &escapes);                                        \
        *out++ = b.quote;                                                                          \
        if (is_rare_##X(x) | ((b.odd | odd) != 0)) break;                                          \
        n_quotes += (unsigned)__builtin_popcountll(b.quote);                                       \
    }

#define FIND(X)                                                                                    \
    uint64_t *const quotes = s->quotes;                                                            \
    uint64_t escapes = 0, n_quotes = 0;                                                            \
    const uint64_t odd = 0;                                                                        \
    bool is_last = false;                                                                          \
    Bytes_##X x;                                                                                   \
    Block b;                                                                                       \
    char last[64];                                                                                 \
    for (size_t base = 0; !is_last; base += 64) {                                                  \
        WHILE_USUAL(X, text);                                                                      \
        is_last = base + 64 > text.len;                                                            \
        if (is_last) {                                                                             \
            pad(last, text, base);                                                                 \
            x = load_##X(last);                                                                    \
            b = block_of(quote_##X(x), slash_##X(x), &escapes);                                    \
            quotes[base / 64] = b.quote;                                                           \
        }                                                                                          \
        note_high(s, base, high_##X(x));                                                           \
        if (control_##X(x) & (running_xor(b.quote) ^ all_inside(n_quotes))) return false;          \
        if (b.odd && !are_escapes(s, text, base, b.odd & ~plain_##X(x))) return false;             \
        n_quotes += (unsigned)__builtin_popcountll(b.quote);                                       \
    }                                                                                              \
    return !(n_quotes & 1)

/* Escapes are looked at one block later, when the line's end is known if it is near. */
#define TAKE(X)                                                                                    \
    uint64_t *const quotes = s->quotes;                                                            \
    uint64_t escapes = 0, n_quotes = 0, odd = 0, end = 0;                                          \
    bool is_sound = true;                                                                          \
    Bytes_##X x;                                                                                   \
    Block b;                                                                                       \
    size_t base = 0;                                                                               \
    for (; !end; base += 64) {                                                                     \
        WHILE_USUAL(X, text);                                                                      \
        if (base + 64 > text.len) return SIZE_MAX;                                                 \
        end = newline_##X(x);                                                                      \
        const uint64_t before = (end & -end) - 1;                                                  \
        quotes[base / 64] = b.quote &= before;                                                     \
        note_high(s, base, high_##X(x) & before);                                                  \
        const uint64_t inside = running_xor(b.quote) ^ all_inside(n_quotes);                       \
        if (control_##X(x) & before & inside) is_sound = false;                                    \
        n_quotes += (unsigned)__builtin_popcountll(b.quote);                                       \
        if (odd && !are_escapes(s, (Str){text.ptr, base + 64}, base - 64, odd)) is_sound = false;  \
        odd = b.odd & (before | (end & -end)) & ~plain_##X(x);                                     \
    }                                                                                              \
    const size_t len = base - 64 + (unsigned)__builtin_ctzll(end);                                 \
    quotes[base / 64] = 0;                                                                         \
    if (odd && !are_escapes(s, (Str){text.ptr, len}, base - 64, odd)) is_sound = false;            \
    *ret_is_sound = is_sound && !(n_quotes & 1);                                                   \
    return len

#ifdef __x86_64__
/* A byte is one of " / \ b f n r t when the entries of its two halves have a bit in common. */
static const unsigned char plain_low[16] = {
    [2] = 1 | 4 | 8, [4] = 8, [6] = 4, [12] = 2, [14] = 4, [15] = 1};
static const unsigned char plain_high[16] = {[2] = 1, [5] = 2, [6] = 4, [7] = 8};

#define WIDE __attribute__((target("avx2,bmi,popcnt")))
#define WIDE_INLINE __attribute__((target("avx2,bmi,popcnt"), always_inline)) static inline

typedef struct Bytes_wide {
    __m256i low, high;
} Bytes_wide;

WIDE_INLINE uint64_t mask_of(__m256i low, __m256i high) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

WIDE_INLINE Bytes_wide load_wide(const char *p) {
    return (Bytes_wide){_mm256_loadu_si256((const __m256i *)(const void *)p),
                        _mm256_loadu_si256((const __m256i *)(const void *)(p + 32))};
}

WIDE_INLINE uint64_t equal_wide(Bytes_wide x, char c) {
    const __m256i wanted = _mm256_set1_epi8(c);
    return mask_of(_mm256_cmpeq_epi8(x.low, wanted), _mm256_cmpeq_epi8(x.high, wanted));
}

WIDE_INLINE uint64_t quote_wide(Bytes_wide x) { return equal_wide(x, '"'); }
WIDE_INLINE uint64_t slash_wide(Bytes_wide x) { return equal_wide(x, '\\'); }
WIDE_INLINE uint64_t newline_wide(Bytes_wide x) { return equal_wide(x, '\n'); }
WIDE_INLINE uint64_t high_wide(Bytes_wide x) { return mask_of(x.low, x.high); }

/* As signed bytes, those past ASCII are less than a blank too. */
WIDE_INLINE bool is_rare_wide(Bytes_wide x) {
    const __m256i blank = _mm256_set1_epi8(' ');
    __m256i rare =
        _mm256_or_si256(_mm256_cmpgt_epi8(blank, x.low), _mm256_cmpgt_epi8(blank, x.high));
    return !_mm256_testz_si256(rare, rare);
}

WIDE_INLINE uint64_t control_wide(Bytes_wide x) {
    const __m256i last = _mm256_set1_epi8(0x1F);
    return mask_of(_mm256_cmpeq_epi8(_mm256_min_epu8(x.low, last), x.low),
                   _mm256_cmpeq_epi8(_mm256_min_epu8(x.high, last), x.high));
}

WIDE_INLINE __m256i not_plain(__m256i x) {
    const __m256i half = _mm256_set1_epi8(15);
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)plain_low));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)plain_high));
    low = _mm256_shuffle_epi8(low, _mm256_and_si256(x, half));
    high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), half));
    return _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
}

WIDE_INLINE uint64_t plain_wide(Bytes_wide x) {
    return ~mask_of(not_plain(x.low), not_plain(x.high));
}

WIDE static bool find_wide(Structure *s, Str text) { FIND(wide); }

WIDE static size_t take_wide(Structure *s, Str text, bool *ret_is_sound) { TAKE(wide); }

#define WIDEST __attribute__((target("avx512f,avx512bw,bmi,popcnt")))
#define WIDEST_INLINE                                                                              \
    __attribute__((target("avx512f,avx512bw,bmi,popcnt"), always_inline)) static inline

typedef __m512i Bytes_widest;

/* The masks are wanted where all arithmetic is done on them. */
WIDEST_INLINE uint64_t general(__mmask64 mask) {
    uint64_t bits = mask;
    __asm__("" : "+r"(bits));
    return bits;
}

WIDEST_INLINE Bytes_widest load_widest(const char *p) {
    return _mm512_loadu_si512((const void *)p);
}

WIDEST_INLINE uint64_t equal_widest(Bytes_widest x, char c) {
    return general(_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(c)));
}

WIDEST_INLINE uint64_t quote_widest(Bytes_widest x) { return equal_widest(x, '"'); }
WIDEST_INLINE uint64_t slash_widest(Bytes_widest x) { return equal_widest(x, '\\'); }
WIDEST_INLINE uint64_t newline_widest(Bytes_widest x) { return equal_widest(x, '\n'); }
WIDEST_INLINE uint64_t high_widest(Bytes_widest x) { return _mm512_movepi8_mask(x); }

WIDEST_INLINE bool is_rare_widest(Bytes_widest x) {
    return _mm512_cmplt_epi8_mask(x, _mm512_set1_epi8(' ')) != 0;
}

WIDEST_INLINE uint64_t control_widest(Bytes_widest x) {
    return _mm512_cmple_epu8_mask(x, _mm512_set1_epi8(0x1F));
}

WIDEST_INLINE uint64_t plain_widest(Bytes_widest x) {
    const __m512i half = _mm512_set1_epi8(15);
    __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)plain_low));
    __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)plain_high));
    low = _mm512_shuffle_epi8(low, _mm512_and_si512(x, half));
    high = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(x, 4), half));
    return _mm512_test_epi8_mask(low, high);
}

WIDEST static bool find_widest(Structure *s, Str text) { FIND(widest); }

WIDEST static size_t take_widest(Structure *s, Str text, bool *ret_is_sound) { TAKE(widest); }
#else
static bool find_wide(Structure *s, Str text) {
    (void)s, (void)text;
    return false;
}
static bool find_widest(Structure *s, Str text) { return find_wide(s, text); }
static size_t take_wide(Structure *s, Str text, bool *ret_is_sound) {
    (void)s, (void)text, (void)ret_is_sound;
    return SIZE_MAX;
}
static size_t take_widest(Structure *s, Str text, bool *ret_is_sound) {
    return take_wide(s, text, ret_is_sound);
}
#endif

/* On other machines: the masks themselves. */
typedef struct Bytes_plain {
    uint64_t quote, slash, control, high;
} Bytes_plain;

static inline Bytes_plain load_plain(const char *p) {
    Bytes_plain x = {0};
#ifdef __x86_64__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i last = _mm_set1_epi8(0x1F);
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes);
        x.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote)) << i;
        x.slash |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, slash)) << i;
        x.control |= (uint64_t)(unsigned)_mm_movemask_epi8(control) << i;
        x.high |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i;
    }
#else
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i];
        x.quote |= (uint64_t)(c == '"') << i;
        x.slash |= (uint64_t)(c == '\\') << i;
        x.control |= (uint64_t)(c < 0x20) << i;
        x.high |= (uint64_t)(c >> 7) << i;
    }
#endif
    return x;
}

static inline uint64_t quote_plain(Bytes_plain x) { return x.quote; }
static inline uint64_t slash_plain(Bytes_plain x) { return x.slash; }
static inline uint64_t control_plain(Bytes_plain x) { return x.control; }
static inline uint64_t high_plain(Bytes_plain x) { return x.high; }
static inline uint64_t plain_plain(Bytes_plain x) {
    (void)x;
    return 0;
}
static inline bool is_rare_plain(Bytes_plain x) { return (x.control | x.high) != 0; }

static bool find_plain(Structure *s, Str text) { FIND(plain); }

/* Makes room for the bits of so many bytes, and forgets what was found. */
static void begin(Structure *s, size_t n_bytes) {
    size_t n_words = n_bytes / 64 + 2;
    if (n_words > s->cap) {
        free(s->quotes);
        s->cap = n_words * 2;
        s->quotes = malloc(s->cap * sizeof *s->quotes);
        if (!s->quotes) abort();
    }
    s->has_unicode = s->has_room = false;
    s->high_from = s->high_end = 0;
}

bool structure_find(Structure *s, Str text) {
    begin(s, text.len);
    s->quotes[text.len / 64 + 1] = 0;
    switch (vectors_best()) {
    case VECTORS_WIDEST: return find_widest(s, text);
    case VECTORS_WIDE: return find_wide(s, text);
    case VECTORS_PLAIN: break;
    }
    return find_plain(s, text);
}

size_t structure_take_line(Structure *s, Str text, bool *ret_is_sound) {
    begin(s, text.len);
    switch (vectors_best()) {
    case VECTORS_WIDEST: return take_widest(s, text, ret_is_sound);
    case VECTORS_WIDE: return take_wide(s, text, ret_is_sound);
    case VECTORS_PLAIN: break;
    }
    return SIZE_MAX;
}

void structure_free(Structure *s) { free(s->quotes); }
