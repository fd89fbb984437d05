/*
 * json_internal.h: what json.c and json_write.c share. Offsets are into one text; 0 means "not
 * valid".
 */
#ifndef QUARRY_JSON_INTERNAL_H
#define QUARRY_JSON_INTERNAL_H

#include "base/base.h"

static inline bool json_is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Offset of the first byte at or after `at` that is no blank, or text.len. */
size_t json_skip_blanks(Str text, size_t at);
/* Offset of the first byte at or after `at` that is a quote, a backslash, a control or not ASCII.
 */
size_t json_plain_run(Str text, size_t at);
/* Length of the escape sequence at text[at] (a surrogate pair counts as one), or 0. */
size_t json_escape(Str text, size_t at, uint32_t *ret_cp);
/* Behind the string that opens at text[at], checked. *ret_foreign: an escape in it is, or may be,
 * written otherwise than json_put_string writes it. */
size_t json_check_string(Str text, size_t at, bool *ret_foreign);
/* Behind the colon of the member name at text[at], checked. */
size_t json_check_key(Str text, size_t at, bool *ret_foreign);
/* Behind the number or word at text[at], checked. */
size_t json_check_atom(Str text, size_t at);

#endif
