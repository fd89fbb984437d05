/*
 * syntax.h: KQL text to tree, and tree to formatted text.
 *
 * In: text of a query. Out: a tree with spans (ast.h) and diagnostics. Uses base only.
 */
#ifndef QUARRY_SYNTAX_H
#define QUARRY_SYNTAX_H

#include "base/base.h"
#include "syntax/ast.h"

/* Caps at the door: above these the parser says so and stops. */
#define SYNTAX_MAX_BYTES (8u << 20)
#define SYNTAX_MAX_DEPTH 1000
#define SYNTAX_MAX_NODES 4000000u

/*
 * Parses a query of one or more statements. Always gives a tree, if with NODE_ERROR parts; tells
 * faults in `diags` (several a query). Returns INVALID when there was an error, LIMIT when a cap was
 * passed, else OK. The text must outlive the tree.
 */
NODISCARD Status syntax_parse(Arena *arena, Str text, Diags *diags, Syntax *ret_syntax);

/* A text with more queries than this is taken as one, which is wrong from the second on. */
#define SYNTAX_MAX_QUERIES 1000

/*
 * Files hold several queries parted by blank lines, as the portals' editors do it: there a blank line ends a
 * query. A text that parses as one is one. Where it does not go on, at a word that stands first on its line
 * after a blank line (comments between do not matter) and may begin a query, the next query begins; its part
 * starts with that blank line, so that comments before a query are its own.
 *
 * *ret are the parts in order, at least one; together they are the whole text. Says nothing of faults:
 * those are told by syntax_parse_part.
 */
void syntax_split(Arena *arena, Str text, Span **ret, size_t *ret_n);
/* As syntax_parse, of one part of a text; spans are those of the text. */
NODISCARD Status syntax_parse_part(Arena *arena, Str text, Span part, Diags *diags,
                                   Syntax *ret_syntax);

typedef struct FormatOptions {
    unsigned indent; /* blanks a level; 0 means 4 */
    unsigned width;  /* wished line width; 0 means 100 */
} FormatOptions;

/* The tree as formatted KQL, comments kept. Formatting twice gives the same text. */
NODISCARD Status syntax_format(Arena *arena, const Syntax *syntax, const FormatOptions *options,
                               Str *ret_text);

/* Names that are keywords somewhere, for completion and highlighting; NULL-terminated. */
extern const char *const syntax_keywords[];

#endif
