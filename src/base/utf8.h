/*
 * utf8.h: code points, validation, simple case mapping and classes. Case and class data: utf8proc.
 */
#ifndef QUARRY_UTF8_H
#define QUARRY_UTF8_H

#include "base/base.h"

/* Decodes the code point at s[at]; sets *ret_len (1 for a bad byte, with U+FFFD returned). at < s.len. */
uint32_t utf8_decode(Str s, size_t at, unsigned *ret_len);
/* Writes a code point, returns 1..4. Surrogates and values past U+10FFFF are written as U+FFFD. */
unsigned utf8_encode(uint32_t cp, char out[4]);
bool utf8_is_valid(Str s);
/* No byte past 0x7f. Here, because it is asked of each text that goes into a result. */
static inline bool utf8_is_ascii(Str s) {
    uint64_t all = 0, word;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        all |= word;
    }
    for (; i < s.len; i++) all |= (unsigned char)s.ptr[i];
    return !(all & UINT64_C(0x8080808080808080));
}
/* `s` itself when valid, else a copy with each bad sequence replaced by U+FFFD. */
Str utf8_repair(Arena *arena, Str s);
/* Code points. */
size_t utf8_count(Str s);
/* Invariant lower/upper case, one code point to one. */
uint32_t utf8_lower(uint32_t cp);
uint32_t utf8_upper(uint32_t cp);
/* Each code point put through `map`; bad bytes stay as they are. */
Str utf8_map(Arena *arena, Str s, uint32_t (*map)(uint32_t));
Str utf8_to_lower(Arena *arena, Str s);
Str utf8_to_upper(Arena *arena, Str s);
/* Letter or decimal digit: what Kusto counts as part of a term. */
bool utf8_is_alnum(uint32_t cp);
bool utf8_is_space(uint32_t cp);
/* Equality and order ignoring case (ordinal, by upper case). */
bool utf8_eq_nocase(Str a, Str b);
int utf8_compare_nocase(Str a, Str b);

#endif
