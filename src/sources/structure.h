/*
 * structure.h: where the strings of a JSON text begin and end, found 64 bytes at a time.
 *
 * One pass over the text's bytes makes a bit a byte: 1 for a quote that opens or closes a string.
 * On the way all that can be wrong inside a string is checked: control characters and escapes.
 */
#ifndef QUARRY_SOURCES_STRUCTURE_H
#define QUARRY_SOURCES_STRUCTURE_H

#include "base/base.h"

typedef struct Structure {
    uint64_t *quotes; /* bit i of word i / 64; a word of zeros behind them */
    size_t cap;       /* words there is room for */
    bool has_unicode; /* \u escapes */
    /* All bytes past ASCII stand in [high_from, high_end), which may reach behind the text; the end
     * is 0 when there are none. */
    size_t high_from, high_end;
    bool has_room; /* STRUCTURE_ROOM bytes behind the text may be read, whatever they are */
} Structure;

enum { STRUCTURE_ROOM = 128 };

/* False when a string holds a control character or a wrong escape, or is not closed: such a text is no
 * JSON. A backslash outside of strings is for the caller to see: up to it the quotes are right. Room for
 * the bits is kept between calls. */
bool structure_find(Structure *s, Str text);
/* The same of the line that `text` begins with, whose end is found on the way. Returns its length without
 * the LF; SIZE_MAX when none stands in the whole blocks of 64 bytes. *ret_is_sound is what structure_find
 * returns. */
size_t structure_take_line(Structure *s, Str text, bool *ret_is_sound);
void structure_free(Structure *s);

/* The first quote at or behind byte `at`; there must be one. */
static inline size_t structure_next(const Structure *s, size_t at) {
    size_t word = at / 64;
    unsigned shift = at % 64;
    uint64_t bits = s->quotes[word] >> shift | s->quotes[word + 1] << 1 << (63 - shift);
    if (bits) return at + (unsigned)__builtin_ctzll(bits);
    do word++;
    while (!s->quotes[word]);
    return word * 64 + (unsigned)__builtin_ctzll(s->quotes[word]);
}

#endif
