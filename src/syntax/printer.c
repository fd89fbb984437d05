/*
 * printer.c: formatted KQL.
 *
 * The tokens are written again in their order, so that nothing can be lost and the result reparses to
 * the same tree; the tree decides where lines break: at statements, pipes and blocks always, at
 * nested pipes, and/or and list items when the construct written on one line is too wide. Widths are
 * counted from the tokens, not from the given layout, so that formatting twice changes nothing.
 */
#include "syntax/parse_internal.h"

typedef struct Mark {
    bool breaks, tight, spaced; /* a new line before it; no blank; a blank */
    uint16_t level;
} Mark;

typedef struct Printer {
    const Syntax *syntax;
    Parser lexed;
    Mark *marks;
    uint32_t *ends; /* columns if all stood on one line, up to and with each token */
    unsigned indent, width;
    Buf out;
    uint32_t comment;
} Printer;

/* The first token that starts at or after `offset`. */
static size_t token_at(const Printer *w, uint32_t offset) {
    size_t low = 0, high = w->lexed.n_tokens - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (w->lexed.tokens[mid].start < offset) low = mid + 1;
        else high = mid;
    }
    return low;
}

static bool is_punct(const Token *t, unsigned c) { return t->kind == TOKEN_PUNCT && t->punct == c; }

static void break_at(Printer *w, size_t token, unsigned level) {
    if (token >= w->lexed.n_tokens) return;
    w->marks[token].breaks = true;
    w->marks[token].level = (uint16_t)(level > 60 ? 60 : level);
}

/* Brackets, commas, dots and binary operators have fixed blanks; for the rest one blank where one stood. */
static bool blank_before(const Printer *w, size_t i) {
    const Token *t = &w->lexed.tokens[i], *before = &w->lexed.tokens[i - 1];
    if (w->marks[i].tight || is_punct(t, ',') || is_punct(t, ';') || is_punct(t, ')') ||
        is_punct(t, ']'))
        return false;
    if (is_punct(before, '(') || is_punct(before, '[')) return false;
    if (w->marks[i].spaced) return true;
    if (is_punct(before, ',') || is_punct(before, ';') || is_punct(before, '{') || is_punct(t, '}'))
        return true;
    if (is_punct(t, '|') || is_punct(before, '|')) return true;
    return t->space_before;
}

static size_t flat_width(const Printer *w, const Node *n) {
    size_t first = token_at(w, n->span.start), last = token_at(w, n->span.start + n->span.len);
    if (last <= first) return 0;
    return w->ends[last - 1] - (first ? w->ends[first - 1] : 0);
}

static void mark_node(Printer *w, const Node *n, unsigned level);

static void mark_kids(Printer *w, const Node *n, unsigned level) {
    for (uint32_t i = 0; i < n->n_params; i++) mark_node(w, n->params[i], level);
    for (uint32_t i = 0; i < n->n; i++)
        if (n->kids[i]) mark_node(w, n->kids[i], level);
}

static void mark_pipe(Printer *w, const Node *n, unsigned level) {
    size_t first = token_at(w, n->span.start), last = token_at(w, n->span.start + n->span.len);
    bool parens = first > 0 && is_punct(&w->lexed.tokens[first - 1], '(') &&
                  is_punct(&w->lexed.tokens[last], ')');
    if (parens && n->n <= 2 && flat_width(w, n) <= w->width / 2) {
        mark_kids(w, n, level);
        return;
    }
    if (parens) {
        break_at(w, last, level);
        break_at(w, first, ++level);
    }
    for (uint32_t i = 0; i < n->n; i++) {
        size_t t = token_at(w, n->kids[i]->span.start);
        if (i > 0 && is_punct(&w->lexed.tokens[t - 1], '|')) break_at(w, t - 1, level);
        mark_node(w, n->kids[i], level);
    }
}

static void mark_block(Printer *w, const Node *n, unsigned level) {
    for (uint32_t i = 0; i < n->n; i++) break_at(w, token_at(w, n->kids[i]->span.start), level + 1);
    size_t end = token_at(w, n->span.start + n->span.len);
    if (n->n && end > 0) break_at(w, end - 1, level);
    mark_kids(w, n, level + 1);
}

/* Items from the second on each on a line, when the whole is too wide. */
static void mark_items(Printer *w, const Node *n, uint32_t from, uint32_t step, unsigned level) {
    if (flat_width(w, n) > w->width)
        for (uint32_t i = from; i < n->n; i += step)
            if (n->kids[i]) break_at(w, token_at(w, n->kids[i]->span.start), level + 1);
    mark_kids(w, n, level + 1);
}

/* One blank before the operator and one behind it. */
static void mark_binary(Printer *w, const Node *n) {
    size_t t = token_at(w, n->name_span.start);
    w->marks[t].spaced = true;
    w->marks[t + 1].spaced = true;
}

static void mark_logical(Printer *w, const Node *n, unsigned level) {
    if (flat_width(w, n) > w->width) break_at(w, token_at(w, n->name_span.start), level + 1);
    mark_kids(w, n, level);
}

static void mark_param(Printer *w, const Node *n, unsigned level) {
    size_t t = token_at(w, n->name_span.start + n->name_span.len);
    if (is_punct(&w->lexed.tokens[t], '=')) {
        w->marks[t].tight = true;
        w->marks[t + 1].tight = true;
    }
    mark_kids(w, n, level);
}

static void mark_node(Printer *w, const Node *n, unsigned level) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* most kinds have no layout of their own */
    switch (n->kind) {
    case NODE_PIPE:
    case NODE_SUBPIPE: mark_pipe(w, n, level); break;
    case NODE_BLOCK: mark_block(w, n, level); break;
    case NODE_NAMED_PARAM: mark_param(w, n, level); break;
    case NODE_BINARY:
        mark_binary(w, n);
        if (str_is(n->text, "and") || str_is(n->text, "or")) mark_logical(w, n, level);
        else mark_kids(w, n, level);
        break;
    case NODE_DATATABLE: mark_items(w, n, 1, n->kids[0]->n ? n->kids[0]->n : 1, level); break;
    case NODE_CALL: mark_items(w, n, 0, 1, level); break;
    case NODE_LIST:
    case NODE_IN:
    case NODE_OP_EXTEND:
    case NODE_OP_PROJECT:
    case NODE_OP_PROJECT_AWAY:
    case NODE_OP_PROJECT_KEEP:
    case NODE_OP_PROJECT_RENAME:
    case NODE_OP_PROJECT_REORDER:
    case NODE_OP_UNION:
    case NODE_OP_DISTINCT: mark_items(w, n, 1, 1, level); break;
    default: mark_kids(w, n, level); break;
    }
#pragma GCC diagnostic pop
}

static void new_line(Printer *w, unsigned level) {
    if (w->out.len) buf_putc(&w->out, '\n');
    for (unsigned i = 0; i < level * w->indent; i++) buf_putc(&w->out, ' ');
}

/* The comments that stand before `token`; true when there were any. */
static bool print_comments(Printer *w, const Token *token, unsigned level) {
    bool any = false;
    for (; w->comment < w->lexed.n_comments; w->comment++) {
        const Comment *c = &w->lexed.comments[w->comment];
        if (c->span.start > token->start) break;
        if (c->owns_line || any || !w->out.len) new_line(w, level);
        else buf_putc(&w->out, ' ');
        buf_put(&w->out, str_trim(str_sub(w->lexed.text, c->span.start, c->span.len)));
        any = true;
    }
    return any;
}

static void print_tokens(Printer *w) {
    unsigned line = 0;
    for (size_t i = 0; i < w->lexed.n_tokens; i++) {
        const Token *t = &w->lexed.tokens[i];
        if (w->marks[i].breaks) line = w->marks[i].level;
        unsigned level = w->marks[i].breaks ? line : line + 1;
        bool last = t->kind == TOKEN_END;
        bool commented = print_comments(w, t, last ? 0 : level);
        if (last) break;
        if (commented || w->marks[i].breaks) new_line(w, level);
        else if (i > 0 && blank_before(w, i)) buf_putc(&w->out, ' ');
        buf_put(&w->out, token_text(&w->lexed, t));
    }
    if (w->out.len) buf_putc(&w->out, '\n');
}

static void measure(Printer *w) {
    uint32_t column = 0;
    for (size_t i = 0; i < w->lexed.n_tokens; i++) {
        if (i > 0 && blank_before(w, i)) column++;
        column += w->lexed.tokens[i].len;
        w->ends[i] = column;
    }
}

static void mark_statements(Printer *w) {
    const Node *root = w->syntax->root;
    for (uint32_t i = 0; i < root->n; i++) {
        mark_node(w, root->kids[i], 0);
        break_at(w, token_at(w, root->kids[i]->span.start), 0);
    }
}

Status syntax_format(Arena *arena, const Syntax *syntax, const FormatOptions *options,
                     Str *ret_text) {
    Diags ignored;
    diags_init(&ignored, arena);
    Printer w = {.syntax = syntax,
                 .indent = options && options->indent ? options->indent : 4,
                 .width = options && options->width ? options->width : 100};
    if (w.indent > 16) w.indent = 16;
    w.lexed =
        (Parser){.arena = arena, .text = syntax->text, .start = syntax->start, .diags = &ignored};
    lex(&w.lexed);
    if (w.lexed.over_limit) return LIMIT;
    if (ignored.n_errors) return INVALID;
    w.marks = ARENA_ARRAY(arena, Mark, w.lexed.n_tokens + 2);
    w.ends = ARENA_ARRAY(arena, uint32_t, w.lexed.n_tokens);
    mark_statements(
        &w); /* all widths are 0 yet: finds the blanks that go, which widths depend on */
    measure(&w);
    mark_statements(&w);
    print_tokens(&w);
    *ret_text = arena_str(arena, buf_str(&w.out));
    buf_free(&w.out);
    return OK;
}
