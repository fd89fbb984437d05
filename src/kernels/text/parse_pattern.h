/*
 * parse_pattern.h: the kernels behind the operators parse, parse-where and parse-kv.
 *
 *   __parse(source: string, pattern: dynamic, constant) : dynamic
 *   __parse_kv(source: string, spec: dynamic, constant) : dynamic
 *
 * How the binder lowers `T | parse kind=K flags=F source with PART...`:
 *   1. a PROJECT that adds one column p = __parse(tostring(source), PATTERN), so that a row is parsed
 *      once whatever the number of columns;
 *   2. for parse-where: a FILTER isnotnull(p);
 *   3. a PROJECT that drops p and sets the i-th column of the pattern (from 0, stars and texts not
 *      counted) to to<type>(p[i]): the null of the type ("" for string) when p is null. For a column
 *      of type dynamic it is p[i] itself.
 *
 * PATTERN is a bag, written as JSON:
 *   {"kind": "simple" | "relaxed" | "regex",   default simple
 *    "flags": "Ui",                            regex only; may be left out
 *    "parts": [ "text",                        a string: the text (or regex) of the pattern
 *               null,                          `*`
 *               ["long"], ... ]}               a column of this type (canonical name; string when the
 *                                              query gives none)
 * e.g. * "id=" x:long "," *  is  {"parts": [null, "id=", ["long"], ",", null]}.
 *
 * What a pattern means ("parse operator"):
 *   simple, relaxed: the texts are found one after the other, each at its first place behind the one
 *     before, case matters. A column holds what stands between its neighbours. A pattern that does
 *     not begin with `*` must match at the start of the source, one that does not end with `*` or a
 *     column at its end. A column of another type than string that is followed by `*` or by a column
 *     takes the longest text that is a value of its type.
 *   simple: a column that does not hold a value of its type makes the whole row unmatched;
 *   relaxed: it becomes null.
 *   regex: `*` is .*? whatever the flags, a string column (.*), an integer column (-?\d+); the match
 *     begins at the start of the source and may end before its end. Types as in simple.
 *   A string column before `*` is refused, as is a pattern without a column or with an unknown type.
 *
 * The result is null when the source does not match, else an array with an element for each column,
 * null where relaxed says so.
 *
 * `T | parse-kv source as (KEY: TYPE, ...) with (...)` is lowered alike; nothing filters. SPEC:
 *   {"keys": [["name", "long"], ...],          wanted keys and their types, in the query's order
 *    "pair": ",", "kv": ":",                   the delimiters, or neither
 *    "quote": ["\"", "()"], "escape": ["\\"],  each given option, in order; may be left out
 *    "greedy": true}
 *   or {"keys": ..., "regex": "..."} with just two groups, key and value.
 * The result is an array with an element for each key, null where the key does not occur or its
 * value is none of the type; it is never null itself.
 */
#ifndef QUARRY_KERNELS_PARSE_PATTERN_H
#define QUARRY_KERNELS_PARSE_PATTERN_H

#include "kernels/kernel.h"

#define PARSE_MAX_PARTS 256
#define PARSE_MAX_KEYS 256

extern const Kernel kernel_parse_pattern, kernel_parse_kv;

#endif
