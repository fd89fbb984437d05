/*
 * regex_syntax.h: Kusto's regular expressions in RE2's dialect.
 *
 * The two differ where Kusto is Unicode aware (\d, \w, \s), in spelling ((?<name>...), \u0041,
 * verbose mode) and in operations on character classes. What RE2 cannot say is refused by name.
 */
#ifndef QUARRY_KERNELS_REGEX_SYNTAX_H
#define QUARRY_KERNELS_REGEX_SYNTAX_H

#include "base/base.h"

/*
 * Rewrites a pattern, appended to `out`. `is_ascii`: for texts that hold ASCII alone, where the
 * classes can be the small ASCII ones and mean the same. False when the pattern uses something that
 * RE2 has not; *ret_error then names it, in the arena.
 */
bool regex_to_re2(Arena *arena, Str pattern, bool is_ascii, Buf *out, Str *ret_error);

#endif
