/*
 * needle.h: finding text in text as Kusto's string operators see it.
 *
 * A Needle is what is looked for, with what can be known of it beforehand. Looking never allocates.
 * Case is ignored code point by code point (simple upper case); no code point outside ASCII ever
 * equals one inside, so an ASCII needle is found by comparing bytes. A term is a maximal run of
 * letters and digits; `has` wants an end of the needle that is a letter or digit to be the end of a
 * term.
 *
 * Source: "String operators" (Understanding string terms).
 */
#ifndef QUARRY_KERNELS_NEEDLE_H
#define QUARRY_KERNELS_NEEDLE_H

#include "base/base.h"

typedef struct Needle {
    Str text;
    bool ignores_case;
    bool is_ascii;
    bool starts_term, ends_term; /* its first / last code point is a letter or digit */
    /* For the byte search: a byte b of the text may be the needle's first when (b | mask) == first.
     */
    unsigned char first, first_mask, last, last_mask;
} Needle;

/* Which ends of a match must be ends of a term. */
typedef enum TermEnds { TERM_NONE = 0, TERM_START = 1, TERM_END = 2, TERM_BOTH = 3 } TermEnds;

/* Refers to `text`, which must outlive it. */
Needle needle_make(Str text, bool ignores_case);
/* Offset of the first match at or after `from`, or SIZE_MAX; *ret_len is the match's length in `s`,
 * which may differ from the needle's when case is ignored. The empty needle matches at `from`. */
size_t needle_find(const Needle *n, Str s, size_t from, size_t *ret_len);
/* Whether some match stands at such ends of terms. The empty needle always does. */
bool needle_has(const Needle *n, Str s, TermEnds ends);
bool needle_is_prefix(const Needle *n, Str s);
bool needle_is_suffix(const Needle *n, Str s);
bool needle_equals(const Needle *n, Str s);

/* One code point folded for comparison without case. */
uint32_t fold_code_point(uint32_t cp);
/* Hash that is equal for texts which are equal without case. */
uint64_t hash_nocase(Str s);

/*
 * Many needles at once, for has_any over long lists: the text is read once, term by term, and each
 * term is looked up in a table of the needles' first terms.
 */
typedef struct NeedleSet NeedleSet;
/* Lives in the arena; the texts must outlive it. */
NeedleSet *needle_set_make(Arena *arena, const Str *texts, size_t n, bool ignores_case);
/* Whether any of them is in `s` as `has` sees it. */
bool needle_set_has_any(const NeedleSet *set, Str s);

#endif
