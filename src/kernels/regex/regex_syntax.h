/*
 * regex_syntax.h: Kusto's regular expressions in RE2's dialect.
 *
 * The two differ where Kusto is Unicode aware (\d, \w, \s), in spelling ((?<name>...), \u0041,
 * verbose mode) and in operations on character classes. What RE2 cannot say is refused by name.
 */
#ifndef QUARRY_KERNELS_REGEX_SYNTAX_H
#define QUARRY_KERNELS_REGEX_SYNTAX_H

#include "base/base.h"

/* The kinds of texts that a pattern can be written for. */
typedef enum RegexTexts {
    REGEX_ASCII_TEXTS, /* ASCII alone: the classes can be the small ASCII ones and mean the same */
    REGEX_ANY_TEXTS,
    REGEX_MARKED_TEXTS /* any, with marks of word boundaries in them */
} RegexTexts;

/*
 * A marked text has two copies of a mark before each character and at its end: which kind of place
 * it is. They are private code points; where the text has these itself, another one stands.
 */
enum {
    REGEX_MARK_FIRST = 0x10FFFA,
    REGEX_MARK_START = REGEX_MARK_FIRST, /* a word starts */
    REGEX_MARK_END,                      /* a word ends */
    REGEX_MARK_INSIDE,                   /* between word characters */
    REGEX_MARK_OUTSIDE,                  /* between other characters */
    REGEX_MARK_LAST = REGEX_MARK_OUTSIDE,
    REGEX_MARK_COPIES = 2,
    REGEX_MARK_BYTES = 4,
    REGEX_NO_MARK = 0x10FFF9 /* stands for a mark that the text had */
};
/* For use inside [...]. */
#define MARK_START "\\x{10fffa}"
#define MARK_END "\\x{10fffb}"
#define MARK_INSIDE "\\x{10fffc}"
#define MARK_OUTSIDE "\\x{10fffd}"
#define REGEX_MARKS "\\x{10fffa}-\\x{10fffd}"

/* What a pattern says that RE2 cannot do on unmarked texts. */
typedef struct RegexNeeds {
    bool unicode_boundaries; /* \b: RE2's is right where all is ASCII */
    bool marks;              /* \b{start} and its kin: on every text */
} RegexNeeds;

/* Rewrites a pattern, appended to `out`. False when the pattern uses something that RE2 has not;
 * *ret_error then names it, in the arena. */
bool regex_to_re2(Arena *arena, Str pattern, RegexTexts texts, Buf *out, RegexNeeds *ret_needs,
                  Str *ret_error);

#endif
