/*
 * before_fault.c: several errors a query, also when one of them is of syntax.
 *
 * A tree behind a fault of syntax is a guess, and what is said of it may be a consequence of the fault: one
 * mistake would give two messages. The lines before it stand by themselves. They are bound alone, the last
 * pipe left off; when an operator begins there and ends behind the fault, the statements before it are.
 */
#include "session/before_fault.h"

#include "syntax/syntax.h"

enum {
    LONGEST_TEXT = 1 << 20, /* of a query that is bound a second time for its messages */
    MOST_ERRORS = 1000
};

static size_t first_fault(const Diags *diags, Span part) {
    size_t first = (size_t)part.start + part.len;
    for (size_t i = 0; i < diags->n; i++) {
        const Diag *d = &diags->items[i];
        if (d->severity == SEVERITY_ERROR && d->span.start < first) first = d->span.start;
    }
    return first;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* The end of what stands before `end`: blanks and a last pipe do not count. */
static size_t trimmed(Str text, size_t start, size_t end) {
    while (end > start && is_blank(text.ptr[end - 1])) end--;
    if (end > start && text.ptr[end - 1] == '|') end--;
    while (end > start && is_blank(text.ptr[end - 1])) end--;
    return end;
}

/* True when the piece parses: its errors are then in `found`. */
static bool bind_piece(Str text, Span piece, const BindOptions *options, Diags *found) {
    Arena *arena = found->arena;
    Diags faults;
    diags_init(&faults, arena);
    Syntax syntax;
    if (syntax_parse_part(arena, text, piece, &faults, &syntax) != OK) return false;
    BindOptions bind = *options;
    bind.rows = NULL;
    bind.binds_only = true;
    bind.advice = NULL;
    BoundQuery bound;
    Status status = bind_query(arena, &syntax, &bind, found, &bound);
    (void)status; /* what counts is what was found */
    return true;
}

/* `found` goes before what there is. */
static void put_before(Diags *diags, const Diags *found) {
    Diags all;
    diags_init(&all, diags->arena);
    for (size_t i = 0; i < found->n; i++)
        if (found->items[i].severity == SEVERITY_ERROR)
            ARENA_PUSH(all.arena, all.items, all.n, all.cap, found->items[i]);
    size_t n_before = all.n;
    for (size_t i = 0; i < diags->n && all.n < MOST_ERRORS; i++)
        ARENA_PUSH(all.arena, all.items, all.n, all.cap, diags->items[i]);
    all.n_errors = diags->n_errors + n_before;
    all.deadline_ms = diags->deadline_ms;
    *diags = all;
}

void bind_before_fault(Arena *arena, Str text, Span part, const BindOptions *options,
                       Diags *diags) {
    if (part.len > LONGEST_TEXT || diags_are_late(diags)) return;
    size_t end = first_fault(diags, part);
    while (end > part.start && text.ptr[end - 1] != '\n') end--;
    end = trimmed(text, part.start, end);
    Diags found;
    diags_init(&found, arena);
    found.deadline_ms = diags->deadline_ms;
    bool is_bound =
        end > part.start &&
        bind_piece(text, (Span){part.start, (uint32_t)(end - part.start)}, options, &found);
    while (!is_bound && end > part.start && text.ptr[end - 1] != ';') end--;
    if (!is_bound && end > part.start)
        bind_piece(text, (Span){part.start, (uint32_t)(end - part.start)}, options, &found);
    if (found.n_errors) put_before(diags, &found);
}
