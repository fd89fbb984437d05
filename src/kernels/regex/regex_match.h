/*
 * regex_match.h: regular expressions as Kusto reads them, matched in linear time.
 *
 * Source: "Regex syntax". Patterns are rewritten to RE2's dialect (regex_syntax.h) and run by RE2.
 * A compiled pattern is immutable and may be used by many threads at once.
 */
#ifndef QUARRY_KERNELS_REGEX_MATCH_H
#define QUARRY_KERNELS_REGEX_MATCH_H

#include "base/base.h"

#define REGEX_MAX_PATTERN 65536 /* bytes of a pattern */
#define REGEX_MAX_GROUPS 64     /* groups that a search can report, the whole match included */

typedef struct Regex Regex;

typedef struct RegexSpan {
    size_t start, len;
    bool is_set; /* false: the group took no part in the match */
} RegexSpan;

/* NULL when the pattern is wrong or too large; *ret_error says why, in the arena. */
Regex *regex_compile(Arena *arena, Str pattern, Str *ret_error);
/* Accepts NULL. */
void regex_free(Regex *regex);

/* Number of capturing groups, the whole match not counted. */
unsigned regex_group_count(const Regex *regex);
/* The group's number, or -1. */
int regex_group_index(const Regex *regex, Str name);

/* Whether it matches anywhere. */
bool regex_matches(const Regex *regex, Str text);
/*
 * The leftmost match that starts at or after `from`; ^, \A and \b still see the whole text. spans[0]
 * is the match, spans[i] group i; n_spans is at most REGEX_MAX_GROUPS.
 */
bool regex_search(const Regex *regex, Str text, size_t from, RegexSpan *spans, unsigned n_spans);

/* All matches of a text from left to right, none overlapping; an empty one right behind another match
 * does not count. Start with {regex, text}. */
typedef struct RegexScan {
    const Regex *regex;
    Str text;
    size_t from, last_end;
    bool has_last, is_marked;
} RegexScan;
/* The next match; n_spans is at least 1. */
bool regex_each(RegexScan *scan, RegexSpan *spans, unsigned n_spans);

/*
 * Patterns that are not known beforehand: compiled once each, the last REGEX_CACHED of them kept.
 * A cache may be used by many threads at once.
 */
#define REGEX_CACHED 64
typedef struct RegexCache RegexCache;
RegexCache *regex_cache_new(void);
void regex_cache_free(RegexCache *cache); /* accepts NULL */
/* As regex_compile. What it returns must be given back with regex_cache_drop. */
const Regex *regex_cache_take(RegexCache *cache, Arena *arena, Str pattern, Str *ret_error);
void regex_cache_drop(const Regex *regex);

#endif
