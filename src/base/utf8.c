/*
 * utf8.c: decoding, validation and simple case mapping. ASCII takes a short way everywhere.
 */
#include "base/utf8.h"
#include "base/vectors.h"

#include <utf8proc.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { REPLACEMENT = 0xFFFD };

uint32_t utf8_decode(Str s, size_t at, unsigned *ret_len) {
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    *ret_len = 1;
    if (p[0] < 0x80) return p[0];
    if (p[0] < 0xC2 || p[0] > 0xF4) return REPLACEMENT;
    unsigned need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (left < need || (p[1] & 0xC0) != 0x80) return REPLACEMENT;
    uint32_t cp = p[0] & (0xFFu >> (need + 1));
    cp = cp << 6 | (p[1] & 0x3Fu);
    if (need == 2) {
        *ret_len = 2;
        return cp;
    }
    if ((p[2] & 0xC0) != 0x80) return REPLACEMENT;
    cp = cp << 6 | (p[2] & 0x3Fu);
    if (need == 3) {
        if (cp < 0x800 || (cp >= 0xD800 && cp <= 0xDFFF)) return REPLACEMENT;
        *ret_len = 3;
        return cp;
    }
    if ((p[3] & 0xC0) != 0x80) return REPLACEMENT;
    cp = cp << 6 | (p[3] & 0x3Fu);
    if (cp < 0x10000 || cp > 0x10FFFF) return REPLACEMENT;
    *ret_len = 4;
    return cp;
}

unsigned utf8_encode(uint32_t cp, char out[4]) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) cp = REPLACEMENT;
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Offset of the first byte at or after `at` that is not ASCII, or s.len. */
static size_t skip_ascii(Str s, size_t at) {
    for (; at + 8 <= s.len; at += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + at, 8);
        word &= UINT64_C(0x8080808080808080);
        if (!word) continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        return at + (unsigned)__builtin_ctzll(word) / 8;
#else
        break;
#endif
    }
    while (at < s.len && (unsigned char)s.ptr[at] < 0x80) at++;
    return at;
}

/* Offset of the first bad byte, or s.len. */
static size_t first_bad(Str s) {
    size_t at = skip_ascii(s, 0);
    while (at < s.len) {
        unsigned len;
        /* a good code point past ASCII, U+FFFD itself included, is longer than one byte */
        utf8_decode(s, at, &len);
        if (len == 1 && (unsigned char)s.ptr[at] >= 0x80) return at;
        at += len;
        if (len == 1) at = skip_ascii(s, at);
    }
    return s.len;
}

/* ---------------------------------------------------------- many bytes at once */

#ifdef __x86_64__
/*
 * What is wrong about two neighbours shows in three halves of them: the high and the low one of the first
 * and the high one of the second. Each has a set of faults that it allows; one that all three allow is
 * there. Whether a second or third continuation must follow is told by the bytes before these.
 */
enum {
    LEAD_THEN_NO_TAIL = 1, /* 11...... not before 10...... */
    ASCII_THEN_TAIL = 2,   /* 0....... 10...... */
    LONG_3 = 4,            /* 11100000 100..... */
    LARGE = 8,             /* 11110100 1001.... and more; 11110101 and above */
    SURROGATE = 16,        /* 11101101 101..... */
    LONG_2 = 32,           /* 1100000. 10...... */
    LONG_4 = 64,           /* 11110000 1000....; also 11110101 and above with that */
    TAIL_THEN_TAIL = 128,  /* 10...... 10......: right where a third or fourth byte is due */
    ANY_LOW = LEAD_THEN_NO_TAIL | ASCII_THEN_TAIL | TAIL_THEN_TAIL
};

#define WIDE_INLINE __attribute__((target("avx2"), always_inline)) static inline

WIDE_INLINE __m256i look_up(const unsigned char table[16], __m256i halves) {
    __m128i once = _mm_loadu_si128((const __m128i *)(const void *)table);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(once), halves);
}

WIDE_INLINE __m256i high_half(__m256i x) {
    return _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
}

/* Ones where something is wrong, x being the bytes and the others those one, two and three before. */
WIDE_INLINE __m256i faults(__m256i x, __m256i before1, __m256i before2, __m256i before3) {
    static const unsigned char first_high[16] = {ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 ASCII_THEN_TAIL,
                                                 TAIL_THEN_TAIL,
                                                 TAIL_THEN_TAIL,
                                                 TAIL_THEN_TAIL,
                                                 TAIL_THEN_TAIL,
                                                 LEAD_THEN_NO_TAIL | LONG_2,
                                                 LEAD_THEN_NO_TAIL,
                                                 LEAD_THEN_NO_TAIL | LONG_3 | SURROGATE,
                                                 LEAD_THEN_NO_TAIL | LARGE | LONG_4};
    static const unsigned char first_low[16] = {ANY_LOW | LONG_2 | LONG_3 | LONG_4,
                                                ANY_LOW | LONG_2,
                                                ANY_LOW,
                                                ANY_LOW,
                                                ANY_LOW | LARGE,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4 | SURROGATE,
                                                ANY_LOW | LARGE | LONG_4,
                                                ANY_LOW | LARGE | LONG_4};
    enum { TAIL = ASCII_THEN_TAIL | LONG_2 | TAIL_THEN_TAIL };
    static const unsigned char second_high[16] = {
        LEAD_THEN_NO_TAIL,     LEAD_THEN_NO_TAIL,        LEAD_THEN_NO_TAIL,
        LEAD_THEN_NO_TAIL,     LEAD_THEN_NO_TAIL,        LEAD_THEN_NO_TAIL,
        LEAD_THEN_NO_TAIL,     LEAD_THEN_NO_TAIL,        TAIL | LONG_3 | LONG_4,
        TAIL | LONG_3 | LARGE, TAIL | SURROGATE | LARGE, TAIL | SURROGATE | LARGE,
        LEAD_THEN_NO_TAIL,     LEAD_THEN_NO_TAIL,        LEAD_THEN_NO_TAIL,
        LEAD_THEN_NO_TAIL};
    __m256i wrong = look_up(first_high, high_half(before1));
    wrong = _mm256_and_si256(wrong,
                             look_up(first_low, _mm256_and_si256(before1, _mm256_set1_epi8(15))));
    wrong = _mm256_and_si256(wrong, look_up(second_high, high_half(x)));
    __m256i third = _mm256_subs_epu8(before2, _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(before3, _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(wrong, due);
}

/* The bytes n before those of x, which follow on those of `last`. */
#define BEFORE(n) _mm256_alignr_epi8(x, _mm256_permute2x128_si256(last, x, 0x21), 16 - (n))

/* Zeros stand before the first bytes and behind the last ones. */
__attribute__((target("avx2"))) static bool is_valid_wide(Str s) {
    __m256i wrong = _mm256_setzero_si256(), last = wrong, x;
    size_t at = 0;
    for (; at + 32 <= s.len; at += 32, last = x) {
        x = _mm256_loadu_si256((const __m256i *)(const void *)(s.ptr + at));
        wrong = _mm256_or_si256(wrong, faults(x, BEFORE(1), BEFORE(2), BEFORE(3)));
    }
    x = _mm256_setzero_si256();
    if (at < s.len) {
        char rest[32] = {0};
        memcpy(rest, s.ptr + at, s.len - at);
        x = _mm256_loadu_si256((const __m256i *)(const void *)rest);
    }
    wrong = _mm256_or_si256(wrong, faults(x, BEFORE(1), BEFORE(2), BEFORE(3)));
    return _mm256_testz_si256(wrong, wrong);
}

#else
static bool is_valid_wide(Str s) { return first_bad(s) == s.len; }
#endif

bool utf8_is_valid(Str s) {
    return vectors_best() >= VECTORS_WIDE ? is_valid_wide(s) : first_bad(s) == s.len;
}

Str utf8_repair(Arena *arena, Str s) {
    size_t at = first_bad(s);
    if (at == s.len) return s;
    Buf out = {0};
    buf_reserve(&out, s.len + 16);
    buf_put(&out, str_sub(s, 0, at));
    while (at < s.len) {
        unsigned len;
        char bytes[4];
        uint32_t cp = utf8_decode(s, at, &len);
        buf_put(&out, (Str){bytes, utf8_encode(cp, bytes)});
        at += len;
    }
    Str repaired = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return repaired;
}

size_t utf8_count(Str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

uint32_t utf8_lower(uint32_t cp) {
    if (cp < 0x80) return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

/* Unicode's simple mapping leaves U+00DF (sharp s) alone; utf8proc has U+1E9E for it. */
uint32_t utf8_upper(uint32_t cp) {
    if (cp < 0x80) return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
    if (cp == 0xDF) return cp;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp);
}

/* A mapped code point needs at most 3 bytes for 2 (U+0250 and kin) and 4 for 4: twice is enough. */
Str utf8_map(Arena *arena, Str s, uint32_t (*map)(uint32_t)) {
    size_t ascii = skip_ascii(s, 0);
    char *out = arena_alloc_raw(arena, ascii + (s.len - ascii) * 3 + 4);
    for (size_t i = 0; i < ascii; i++) out[i] = (char)map((unsigned char)s.ptr[i]);
    size_t len = ascii;
    for (size_t at = ascii; at < s.len;) {
        unsigned step;
        uint32_t cp = utf8_decode(s, at, &step);
        if (step == 1 && (unsigned char)s.ptr[at] >= 0x80) {
            out[len++] = s.ptr[at]; /* a bad byte stays as it is */
        } else {
            len += utf8_encode(map(cp), out + len);
        }
        at += step;
    }
    return (Str){out, len};
}

/* The bytes of a word of ASCII that are letters of one case, as their bit 5, which is what tells the
 * cases apart. */
static uint64_t case_bits(uint64_t word, char first) {
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t from = word + each * (uint64_t)(0x80 - first);
    uint64_t past = word + each * (uint64_t)(0x80 - first - 26);
    return ((from ^ past) & each * 0x80) >> 2;
}

/* ASCII text with the 26 letters from `first` in the other case: eight bytes at a time. */
static Str ascii_map(Arena *arena, Str s, char first) {
    char *out = arena_alloc_raw(arena, s.len + 1);
    size_t i = 0;
    for (uint64_t word; i + 8 <= s.len; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        word ^= case_bits(word, first);
        memcpy(out + i, &word, 8);
    }
    uint64_t rest = 0;
    if (i < s.len) memcpy(&rest, s.ptr + i, s.len - i);
    rest ^= case_bits(rest, first);
    if (i < s.len) memcpy(out + i, &rest, s.len - i);
    return (Str){out, s.len};
}

Str utf8_to_lower(Arena *arena, Str s) {
    if (utf8_is_ascii(s)) return ascii_map(arena, s, 'A');
    return utf8_map(arena, s, utf8_lower);
}

Str utf8_to_upper(Arena *arena, Str s) {
    if (utf8_is_ascii(s)) return ascii_map(arena, s, 'a');
    return utf8_map(arena, s, utf8_upper);
}

bool utf8_is_alnum(uint32_t cp) {
    if (cp < 0x80) {
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
    }
    switch ((int)utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND: return true;
    default: return false;
    }
}

bool utf8_is_space(uint32_t cp) {
    if (cp < 0x80) return cp == ' ' || (cp >= '\t' && cp <= '\r');
    if (cp == 0x85) return true;
    int category = (int)utf8proc_category((utf8proc_int32_t)cp);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

int utf8_compare_nocase(Str a, Str b) {
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        unsigned step_a, step_b;
        uint32_t ca = utf8_upper(utf8_decode(a, i, &step_a));
        uint32_t cb = utf8_upper(utf8_decode(b, j, &step_b));
        if (ca != cb) return ca < cb ? -1 : 1;
        i += step_a;
        j += step_b;
    }
    if (i < a.len) return 1;
    return j < b.len ? -1 : 0;
}

bool utf8_eq_nocase(Str a, Str b) {
    if (a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0)) return true;
    return utf8_compare_nocase(a, b) == 0;
}
