/*
 * parse_hints.c: what was meant where something unexpected stands.
 *
 * Habits of SQL and other languages, and slips that are common: each has its own hint. Words are
 * compared without case, since SQL is often written in capitals.
 */
#include "syntax/parse_internal.h"

typedef struct WordHint {
    const char *word;
    const char *hint;
} WordHint;

static Str find_hint(const WordHint *hints, size_t n, Str word) {
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(word, str_of(hints[i].word))) return str_of(hints[i].hint);
    return STR_EMPTY;
}

Str hint_for_operator(Str word) {
    static const WordHint hints[] = {
        {"select", "columns are chosen by project"},
        {"fields", "columns are chosen by project"},
        {"table", "columns are chosen by project"},
        {"rename", "columns are renamed by project-rename New = Old"},
        {"drop", "columns are left out by project-away"},
        {"group", "rows are grouped by summarize ... by ..."},
        {"groupby", "rows are grouped by summarize ... by ..."},
        {"aggregate", "rows are grouped by summarize ... by ..."},
        {"stats", "rows are grouped by summarize ... by ..."},
        {"having", "a condition, also one on groups, stands in where"},
        {"head", "the first rows of an order are top N by ...; any rows are take N"},
        {"first", "the first rows of an order are top N by ...; any rows are take N"},
        {"tail", "the last rows of an order are top N by ... asc"},
        {"dedup",
         "different values are given by distinct, whole rows by summarize arg_max(...) by"},
        {"unique", "different values are given by distinct"},
        {"eval", "columns are computed by extend"},
        {"let", "let stands before the query: let x = ...;"},
        {"rex", "text is taken apart by parse, or by extract(...) in extend"},
        {"from", "a query begins with its table: Table | where ..."},
        {"explode", "arrays are expanded by mv-expand"},
        {"bin", "bin(...) is a function, for instance in summarize ... by bin(...)"},
    };
    return find_hint(hints, COUNT_OF(hints), word);
}

/* Whether `mark` stands on the token's line before it. */
static bool line_holds(const Parser *p, const Token *t, const char *mark) {
    size_t from = t->start;
    while (from > 0 && p->text.ptr[from - 1] != '\n') from--;
    return str_find(str_sub(p->text, from, t->start - from), str_of(mark), 0) != SIZE_MAX;
}

static bool begins_line(const Parser *p, const Token *t) {
    size_t at = t->start;
    while (at > 0 && (p->text.ptr[at - 1] == ' ' || p->text.ptr[at - 1] == '\t')) at--;
    return at > 0 && p->text.ptr[at - 1] == '\n';
}

static const Token *previous(const Parser *p, size_t n) {
    return p->at >= n ? &p->tokens[p->at - n] : NULL;
}

static bool previous_is(const Parser *p, size_t n, const char *word) {
    const Token *t = previous(p, n);
    return t && t->kind == TOKEN_NAME && str_eq_nocase(token_text(p, t), str_of(word));
}

static Str hint_for_word(const Parser *p, Str word) {
    static const WordHint hints[] = {
        {"and", "logical operators are written in lower case: and"},
        {"or", "logical operators are written in lower case: or"},
        {"like", "text is compared by contains, startswith, endswith, has or matches regex"},
        {"ilike", "text is compared by contains, startswith, endswith, has or matches regex"},
        {"rlike", "text is compared by matches regex"},
        {"regexp", "text is compared by matches regex"},
        {"is", "isnull(x) tells whether a value is missing; of text, isempty(x)"},
        {"equals", "values are compared by == (or =~ to ignore case)"},
        {"not", "operators are negated by !: !in, !contains, !has, !startswith, !between"},
        {"matches", "a regular expression is compared by matches regex"},
        {"!has_any", "write not(... has_any (...))"},
        {"!has_all", "write not(... has_all (...))"},
        {"!matches", "write not(... matches regex ...)"},
    };
    Str hint = find_hint(hints, COUNT_OF(hints), word);
    if (!hint.len && previous_is(p, 1, "not"))
        hint = STR("not(...) has its condition in parentheses");
    return hint;
}

static Str hint_for_kind(const Node *op) {
    if (op && (op->kind == NODE_OP_JOIN || op->kind == NODE_OP_LOOKUP))
        return STR("is `on` missing before it?");
    if (op && op->kind == NODE_OP_SUMMARIZE) return STR("is a comma or `by` missing before it?");
    if (op && op->kind == NODE_OP_COUNT)
        return STR("groups are counted by summarize count() by ...");
    return STR("is an operator, a comma or a pipe missing before it?");
}

static bool may_rename(const Node *op) {
    return op && (op->kind == NODE_OP_PROJECT || op->kind == NODE_OP_EXTEND ||
                  op->kind == NODE_OP_SUMMARIZE || op->kind == NODE_OP_DISTINCT);
}

Str hint_for_unexpected(Parser *p, const Node *op) {
    const Token *t = peek(p);
    if (line_holds(p, t, "--") || line_holds(p, t, "/*"))
        return STR("a comment begins with // and ends with its line");
    if (t->kind != TOKEN_NAME && t->kind != TOKEN_NOT_WORD) return STR_EMPTY;
    Str word = token_text(p, t);
    Str hint = hint_for_word(p, word);
    if (hint.len) return hint;
    if (at_word(p, "as") && may_rename(op))
        return STR("a column's name stands before its value: Name = expression");
    const OperatorRule *rule = operator_find(word);
    if (rule)
        return arena_printf(p->diags->arena, "an operator begins with a pipe: | %s", rule->word);
    if (p->n_tokens && str_eq_nocase(token_text(p, &p->tokens[0]), STR("select")))
        return STR("this is SQL; in KQL: Table | where ... | project ...");
    if (begins_line(p, t))
        return STR("statements are separated by ;, queries by a blank line; an operator begins "
                   "with a pipe");
    return op ? hint_for_kind(op) : STR_EMPTY;
}

Str hint_for_missing(Parser *p, unsigned punct) {
    const Token *t = peek(p), *before = previous(p, 1);
    if (punct == PUNCT_DOTS && at_punct(p, ','))
        return STR("the two ends are separated by two dots: between (low .. high)");
    if (punct == ')' && at_punct(p, ','))
        return STR("found `,`: several values stand behind in, has_any or has_all");
    if (punct == ')' && t->kind == TOKEN_NAME && before && before->kind == TOKEN_LONG)
        return STR("a timespan is written in one word: 1d, 12h, 30m");
    return STR_EMPTY;
}

Str hint_for_comma(const Parser *p) {
    for (size_t n = 1; n <= 2; n++)
        if (previous_is(p, n, "in") || previous_is(p, n, "has_any") || previous_is(p, n, "has_all"))
            return STR("a list stands in parentheses: in (\"a\", \"b\")");
    return STR("statements are separated by ;");
}
