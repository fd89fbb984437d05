/*
 * parse_internal.h: what lexer and parser share.
 *
 * The lexer turns the text into one array of tokens, ended by TOKEN_END; the parser walks it by
 * index. Words are told apart by their text: nearly all KQL keywords may be names somewhere.
 */
#ifndef QUARRY_PARSE_INTERNAL_H
#define QUARRY_PARSE_INTERNAL_H

#include "syntax/syntax.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NAME,     /* names, keywords (project-away too), in~ */
    TOKEN_NOT_WORD, /* !has, !in~, ... */
    TOKEN_LONG,
    TOKEN_REAL,
    TOKEN_TIMESPAN, /* 1d, 2.5h */
    TOKEN_STRING,
    TOKEN_TYPED,   /* datetime(...), long(...), guid(...) */
    TOKEN_DYNAMIC, /* dynamic(...) */
    TOKEN_PUNCT,
    TOKEN_BAD /* a diagnostic was given */
} TokenKind;

typedef struct Token {
    uint32_t start, len;
    uint8_t kind;
    bool space_before; /* blanks or a comment stand before it */
    uint16_t punct;    /* PUNCT: one or two characters */
} Token;

#define PUNCT2(a, b) (uint16_t)((unsigned)(a) << 8 | (unsigned)(b))
enum {
    PUNCT_EQ = '=' << 8 | '=',
    PUNCT_NE = '!' << 8 | '=',
    PUNCT_LTGT = '<' << 8 | '>',
    PUNCT_LE = '<' << 8 | '=',
    PUNCT_GE = '>' << 8 | '=',
    PUNCT_EQ_TILDE = '=' << 8 | '~',
    PUNCT_NOT_TILDE = '!' << 8 | '~',
    PUNCT_DOTS = '.' << 8 | '.',
    PUNCT_ARROW = '=' << 8 | '>'
};

typedef struct Parser {
    Arena *arena;
    Str text;
    size_t start; /* of the text, where the query begins */
    Diags *diags;
    Token *tokens;
    size_t n_tokens, cap_tokens;
    Comment *comments;
    size_t n_comments, cap_comments;
    size_t at;
    uint32_t depth;
    uint32_t n_nodes;
    uint32_t brackets; /* open ones before the current token */
    bool panic;        /* a fault was told: say no more until the next operator or statement */
    bool over_limit;   /* a cap was passed: nothing more is read */
} Parser;

typedef struct NodeList {
    Node **items;
    size_t n, cap;
} NodeList;

/* lexer.c: fills tokens and comments. */
void lex(Parser *p);

/* literal.c: the value of a literal token; a diagnostic and a null when it is malformed. */
Value literal_value(Parser *p, const Token *token);
/* The time of day in a token's text, as a timespan; null when reported. */
Value literal_time_of_day(Parser *p, const Token *t, Str time);
/* The text of a string token without quotes, escapes resolved. */
Str literal_string(Parser *p, const Token *token);
/* True for h"..." and its kin. */
bool literal_is_obfuscated(Str text);

/* parse_core.c: tokens, nodes, faults. */
const Token *peek(const Parser *p);
const Token *peek_ahead(const Parser *p, size_t n);
void advance(Parser *p);
Str token_text(const Parser *p, const Token *t);
Span token_span(const Token *t);
bool at_punct(const Parser *p, unsigned punct);
bool ahead_punct(const Parser *p, size_t n, unsigned punct);
bool at_word(const Parser *p, const char *word);
bool ahead_word(const Parser *p, size_t n, const char *word);
bool at_any_word(const Parser *p, const char *const *words);
bool accept_punct(Parser *p, unsigned punct);
bool accept_word(Parser *p, const char *word);
/* Says what is missing when it is not there. */
bool expect_punct(Parser *p, unsigned punct);
bool expect_word(Parser *p, const char *word);
bool word_in(Str word, const char *const *words);
/* A fault at the current token; the parser is in panic after it. Returns NULL while in panic. */
Diag *fault(Parser *p, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
Diag *fault_missing(Parser *p, const char *what);
/* Skips to what may follow an operator at bracket depth `outer` (| ; a closing bracket, the end) and
 * ends the panic. */
void resync(Parser *p, uint32_t outer);
/* False when the tree is too deep; each true needs a leave(). */
bool enter(Parser *p);
void leave(Parser *p);
Node *node_new(Parser *p, NodeKind kind);
Node *node_from(Parser *p, NodeKind kind, const Node *first);
Node *node_done(Parser *p, Node *n);
void node_set_name(Parser *p, Node *n, const Token *t);
void node_kids(Parser *p, Node *n, const NodeList *list);
void list_add(Parser *p, NodeList *list, Node *n);
Node *node_error(Parser *p);

/* parse_expr.c */
Node *parse_expression(Parser *p);  /* no pipe */
Node *parse_named(Parser *p);       /* [name =] expression; NAMED, NAMED_LIST or the expression */
Node *parse_invocation(Parser *p);  /* sign and postfix, no binary operators */
Node *parse_path(Parser *p);        /* names, calls, members */
Node *parse_entity_path(Parser *p); /* of tables: the last name may have stars */
Node *parse_literal(Parser *p);     /* signed ones too */
Node *parse_call(Parser *p);
bool at_name(const Parser *p); /* a word or ['...'] */
Node *parse_name(Parser *p);   /* any word, even reserved ones */
Node *parse_wildcard_name(Parser *p);
Node *parse_ordered(Parser *p);
void parse_list_of(Parser *p, NodeList *list, Node *(*item)(Parser *p));
Node *parse_list_node(Parser *p, Node *(*item)(Parser *p));

/* parse_hints.c: what was probably meant; empty when nothing is known. */
Str hint_for_operator(const Parser *p,
                      Str word); /* behind a pipe, where no operator has that name */
/* The current token does not belong where it stands; `op` is the operator before it, or NULL. */
Str hint_for_unexpected(Parser *p, const Node *op);
/* Another token than `punct`, which is shown as `found`. */
Str hint_for_missing(Parser *p, unsigned punct, Str found);
Str hint_for_missing_word(const Parser *p, const char *word);
Str hint_for_missing_value(const Parser *p);
Str hint_for_comma(const Parser *p); /* a comma behind a statement */

/* parse_table.c */
Node *parse_pipe(Parser *p);         /* source | op | op, or an expression */
Node *parse_subpipe_body(Parser *p); /* op | op */
Node *parse_subpipe(Parser *p);      /* ( op | op ) */
Node *parse_table_type(Parser *p);
Node *parse_type(Parser *p);
Node *parse_param(Parser *p);
Node *parse_typeof(Parser *p);
Node *parse_datatable(Parser *p);
Node *parse_externaldata(Parser *p);
Node *parse_inline_external_table(Parser *p);
Node *parse_wrapped_pipe(Parser *p, NodeKind kind);

/* parse_params.c */
void parse_params(Parser *p, Node *op, bool any_name);
void parse_with_properties(Parser *p, Node *op); /* ( name = value, ... ) */
void parse_render_properties(Parser *p, Node *op);

/* parse_operators*.c: the operator at the current word, or NULL when it is none. */
typedef Node *(*OperatorParser)(Parser *p, Node *op);
typedef struct OperatorRule {
    const char *word;
    NodeKind kind;
    OperatorParser parse;
} OperatorRule;
const OperatorRule *operator_find(Str word);
Node *parse_operator(Parser *p);
Str operator_nearest(Str word);

Node *op_aggregate_summarize(Parser *p, Node *op);
Node *op_make_series(Parser *p, Node *op);
Node *op_top(Parser *p, Node *op);
Node *op_top_hitters(Parser *p, Node *op);
Node *op_top_nested(Parser *p, Node *op);
Node *op_join(Parser *p, Node *op);
Node *op_union(Parser *p, Node *op);
Node *op_find(Parser *p, Node *op);
Node *op_search(Parser *p, Node *op);
Node *op_facet(Parser *p, Node *op);
Node *op_fork(Parser *p, Node *op);
Node *op_partition(Parser *p, Node *op);
Node *op_parse(Parser *p, Node *op);
Node *op_parse_kv(Parser *p, Node *op);
Node *op_scan(Parser *p, Node *op);
Node *op_mv_expand(Parser *p, Node *op);
Node *op_mv_apply(Parser *p, Node *op);
Node *op_graph_mark_components(Parser *p, Node *op);
Node *op_graph_pattern(Parser *p, Node *op);
Node *op_graph_to_table(Parser *p, Node *op);
Node *op_make_graph(Parser *p, Node *op);
Node *op_macro_expand(Parser *p, Node *op);

/* parse_query.c: all statements from the current token on; stops at the end or where another query begins. */
void parse_statements(Parser *p, NodeList *list);
/* Whether another query may begin at the current token: it stands first on its line after a blank line. */
bool at_next_query(const Parser *p);
/* The same where a fault was told and anything may stand first on a line: it looks like one. */
bool at_likely_query(const Parser *p);

/* parse_statements.c */
Node *parse_statement(Parser *p);
Node *parse_block(Parser *p);
Node *parse_entity_group(Parser *p);

#endif
