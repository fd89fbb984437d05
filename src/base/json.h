/*
 * json.h: reading and writing JSON text, without building a tree.
 *
 * A dynamic value is JSON text in canonical form: no blanks outside strings, members in the order
 * given, numbers as written (1 stays 1, 1.0 stays 1.0), strings escaped minimally, and the last of
 * two equal keys wins. Kernels and the scanner walk text with a JsonCursor; nothing is allocated
 * unless a string holds an escape. Hostile input: depth is capped, every byte is checked.
 */
#ifndef QUARRY_JSON_H
#define QUARRY_JSON_H

#include "base/base.h"

#define JSON_MAX_DEPTH 512

typedef enum JsonKind {
    JSON_INVALID,
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_LONG, /* an integer that fits 64 bits */
    JSON_REAL, /* any other number; also Kusto's NaN, Infinity, -Infinity in lax mode */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} JsonKind;

/* The kind of the value that starts `text` (blanks skipped), judged by its first bytes; a number is
 * looked at whole. Does not validate the rest. */
JsonKind json_kind(Str text);
/* Length of the one valid JSON value at the start of `text` (blanks before it included), or 0. */
size_t json_value_len(Str text);
/* True when `text` is exactly one valid value, blanks around it allowed. */
bool json_is_valid(Str text);

/* Steps over the members of an object or the elements of an array. The text must be valid. */
typedef struct JsonCursor {
    Str text;
    size_t at;
    bool is_object;
} JsonCursor;

/* Starts at an object or array; false for any other value. */
bool json_enter(Str text, JsonCursor *ret);
/* The next element; `ret_key` (raw: without quotes, escapes kept) is set for objects. False at the end. */
bool json_next(JsonCursor *c, Str *ret_key, Str *ret_value);
/* Number of elements or members, 0 for other values. */
size_t json_count(Str text);

/* The value of a member (last one of that name), or an empty Str when absent. `key` is plain text. */
Str json_get(Str object, Str key);
/* The same, but stops at the first one: for canonical text, where a name stands once. */
Str json_get_first(Str object, Str key);
/* The element at `index`, negative from the end; empty Str when absent. */
Str json_at(Str array, int64_t index);

/* The plain text of a JSON string (quotes given in `text`), unescaped. Lone surrogates become U+FFFD.
 * Points into `text` when there is no escape, else into the arena. */
Str json_string(Arena *arena, Str text);
/* True when the raw key (escapes kept) spells `plain`. */
bool json_key_is(Str raw, Str plain);
/* Numbers; false when the text is no number or (long) does not fit. */
bool json_long(Str text, int64_t *ret);
bool json_real(Str text, double *ret);

/* Rewrites any valid JSON into canonical form (see above), appended to `out`. False when invalid. */
NODISCARD bool json_canonical(Str text, Buf *out);
/* The same for one text: `text` itself, blanks around it cut off, when it is canonical already, else a
 * copy in the arena. An empty Str when invalid. */
Str json_canonical_str(Arena *arena, Str text);
/* Appends `s` as a JSON string, quotes included. Invalid UTF-8 becomes U+FFFD. */
void json_put_string(Buf *out, Str s);
/* Appends a double as Kusto prints it in JSON and in tostring(): shortest round-trip, always with a
 * point or exponent ("1.0", "0.1", "1e+300"), NaN, Infinity, -Infinity unquoted. */
void json_put_real(Buf *out, double value);

#endif
