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

Str hint_for_operator(const Parser *p, Str word) {
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
        {"inner", "the kind stands behind join: join kind=inner (Table) on Column"},
        {"left", "the kind stands behind join: join kind=leftouter (Table) on Column"},
        {"right", "the kind stands behind join: join kind=rightouter (Table) on Column"},
        {"full", "the kind stands behind join: join kind=fullouter (Table) on Column"},
        {"outer", "the kind stands behind join: join kind=fullouter (Table) on Column"},
        {"cross", "there is no cross join; extend a column of equal values and join on it"},
        {"match", "text is compared in where: | where x matches regex ..."},
        {"regex", "text is compared in where: | where x matches regex ..."},
        {"if", "a condition stands in where, a choice is iff(condition, then, else)"},
        {"case", "case(...) is a function: | extend x = case(condition, value, otherwise)"},
    };
    Str hint = find_hint(hints, COUNT_OF(hints), word);
    if (!hint.len && ahead_punct(p, 1, '('))
        hint = STR("functions stand within operators, as in | extend x = f(y)");
    return hint;
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
        {"regex", "a regular expression is compared by matches regex"},
        {"notin", "operators are negated by !: !in"},
        {"not_in", "operators are negated by !: !in"},
        {"notcontains", "operators are negated by !: !contains"},
        {"doesnotcontain", "operators are negated by !: !contains"},
        {"eq", "values are compared by == (or =~ to ignore case)"},
        {"ne", "values are compared by != (or !~ to ignore case)"},
        {"descending", "the order is written desc or asc"},
        {"ascending", "the order is written asc or desc"},
        {"desc", "the order is written desc, in lower case, behind its column"},
        {"asc", "the order is written asc, in lower case, behind its column"},
        {"when", "a choice is case(condition, value, ..., otherwise)"},
        {"then", "a choice is case(condition, value, ..., otherwise)"},
        {"else", "a choice is iff(condition, then, else)"},
        {"having", "a condition on groups stands behind them: | where ..."},
        {"group", "groups stand behind by: summarize count() by Column"},
        {"groupby", "groups stand behind by: summarize count() by Column"},
        {"over", "there are no windows of SQL; prev(), next(), row_number() and row_cumsum() "
                 "work on sorted rows"},
        {"offset", "there is no offset; rows are numbered by row_number() behind sort"},
    };
    Str hint = find_hint(hints, COUNT_OF(hints), word);
    if (!hint.len && previous_is(p, 1, "not"))
        hint = STR("not(...) has its condition in parentheses");
    return hint;
}

/* Operators that go by words, in the case in which they are written. */
static Str operator_in_lower_case(const Parser *p, Str word) {
    static const char *const words[] = {
        "contains",  "contains_cs", "has",  "has_cs",   "has_any",     "has_all",
        "hasprefix", "hassuffix",   "in",   "between",  "startswith",  "endswith",
        "!contains", "!has",        "!in",  "!between", "!startswith", "!endswith",
        "by",        "on",          "with", "matches",  "to",          "asc"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq_nocase(word, str_of(words[i])) && !str_is(word, words[i]))
            return arena_printf(p->diags->arena, "words of the language are in lower case: %s",
                                words[i]);
    return STR_EMPTY;
}

static bool is_first_word(const Parser *p, const char *word) {
    const Token *t = &p->tokens[0];
    return p->n_tokens && t->kind == TOKEN_NAME && str_eq_nocase(token_text(p, t), str_of(word));
}

/* The query is in another language from its first word on. */
static Str hint_for_language(const Parser *p) {
    if (is_first_word(p, "select"))
        return STR("this is SQL; in KQL: Table | where ... | project ...");
    if (p->at > 3) return STR_EMPTY;
    if (is_first_word(p, "union")) return STR("tables of a union are separated by commas");
    if (is_first_word(p, "from") || is_first_word(p, "index"))
        return STR("a query begins with its table: Table | where ... | project ...");
    if (is_first_word(p, "def") || is_first_word(p, "function") || is_first_word(p, "create"))
        return STR("a function is declared by let f = (x:long) { x + 1 };");
    return STR_EMPTY;
}

/* Whether the word stands in the operator before the token at hand. */
static bool has_word_before(const Parser *p, const Node *op, const char *word) {
    enum { MOST_TOKENS = 500 };
    size_t n = 0;
    for (size_t i = p->at; op && i-- > 0 && n < MOST_TOKENS && p->tokens[i].start >= op->span.start;
         n++)
        if (p->tokens[i].kind == TOKEN_NAME && str_is(token_text(p, &p->tokens[i]), word))
            return true;
    return false;
}

static Str hint_for_kind(const Parser *p, const Node *op) {
    bool is_call = peek(p)->kind == TOKEN_NAME && ahead_punct(p, 1, '(');
    if (op && op->kind == NODE_OP_SUMMARIZE && is_call && has_word_before(p, op, "by"))
        return STR("a comma is missing before it, or it stands before `by` if it is an aggregate: "
                   "summarize count() by Column");
    if (op && op->kind == NODE_OP_UNION) return STR("tables of a union are separated by commas");
    if (op && (op->kind == NODE_OP_JOIN || op->kind == NODE_OP_LOOKUP))
        return STR("is `on` missing before it?");
    if (op && op->kind == NODE_OP_SUMMARIZE) return STR("is a comma or `by` missing before it?");
    if (op && op->kind == NODE_OP_COUNT)
        return STR("groups are counted by summarize count() by ...");
    return STR("is an operator, a comma or a pipe missing before it?");
}

static bool may_rename(const Node *op) {
    return op && (op->kind == NODE_OP_PROJECT || op->kind == NODE_OP_EXTEND ||
                  op->kind == NODE_OP_SUMMARIZE || op->kind == NODE_OP_DISTINCT ||
                  op->kind == NODE_OP_MV_EXPAND || op->kind == NODE_OP_MV_APPLY);
}

static const OperatorRule *find_operator_nocase(Str word) {
    char lower[32];
    if (word.len >= sizeof lower) return NULL;
    for (size_t i = 0; i < word.len; i++)
        lower[i] =
            (char)(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? word.ptr[i] + 32 : word.ptr[i]);
    return operator_find((Str){lower, word.len});
}

/* A text or a number where none can stand. */
static Str hint_for_value(const Parser *p, const Node *op) {
    const Token *t = peek(p);
    if (t->kind == TOKEN_PUNCT) return STR_EMPTY;
    if (op && op->kind == NODE_OP_SUMMARIZE && has_word_before(p, op, "by"))
        return STR("a time is cut into pieces by bin(TimeGenerated, 1h)");
    return op ? STR("is an operator such as == or has missing before it?") : STR_EMPTY;
}

Str hint_for_unexpected(Parser *p, const Node *op) {
    const Token *t = peek(p);
    if (line_holds(p, t, "--") || line_holds(p, t, "/*"))
        return STR("a comment begins with // and ends with its line");
    if (t->kind != TOKEN_NAME && t->kind != TOKEN_NOT_WORD) return hint_for_value(p, op);
    Str word = token_text(p, t);
    bool is_by = str_is(word, "by");
    Str hint = is_by ? STR_EMPTY : operator_in_lower_case(p, word);
    if (!hint.len) hint = hint_for_word(p, word);
    if (hint.len) return hint;
    if (str_eq_nocase(word, STR("as")) && may_rename(op))
        return STR("a column's name stands before its value: Name = expression");
    const OperatorRule *rule = find_operator_nocase(word);
    bool is_aggregate = op && op->kind == NODE_OP_SUMMARIZE && ahead_punct(p, 1, '(');
    if (rule && !is_aggregate)
        return arena_printf(p->diags->arena, "an operator begins with a pipe: | %s", rule->word);
    hint = hint_for_language(p);
    if (hint.len) return hint;
    if (begins_line(p, t))
        return STR("statements are separated by ;, queries by a blank line; an operator begins "
                   "with a pipe");
    return op ? hint_for_kind(p, op) : STR_EMPTY;
}

/* A bracket that is open at the token at hand; NULL when there is none near. */
static const Token *open_bracket(const Parser *p) {
    enum { MOST_TOKENS = 2000 };
    size_t depth = 0;
    for (size_t i = p->at, n = 0; i-- > 0 && n < MOST_TOKENS; n++) {
        const Token *t = &p->tokens[i];
        if (t->kind != TOKEN_PUNCT) continue;
        if (t->punct == ')' || t->punct == ']' || t->punct == '}') depth++;
        bool opens = t->punct == '(' || t->punct == '[' || t->punct == '{';
        if (opens && depth-- == 0) return t;
    }
    return NULL;
}

/* Where the bracket stands that is not closed. */
static Str hint_for_closing(const Parser *p, Str found) {
    const Token *open = open_bracket(p);
    if (!open) return STR_EMPTY;
    LineCol at = text_line_col(p->text, open->start);
    return arena_printf(p->diags->arena, "found %.*s; the %c of line %u, column %u is not closed",
                        STR_ARG(found), p->text.ptr[open->start], at.line, at.column);
}

static bool is_comparing(const Parser *p) {
    static const char *const words[] = {"contains", "has",        "startswith",  "endswith",
                                        "!has",     "!contains",  "!startswith", "!endswith",
                                        "has_cs",   "contains_cs"};
    const Token *open = open_bracket(p), *before = open && open > p->tokens ? open - 1 : NULL;
    if (!before) return false;
    if (before->kind == TOKEN_PUNCT) return before->punct == PUNCT_EQ || before->punct == PUNCT_NE;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(token_text(p, before), words[i])) return true;
    return false;
}

Str hint_for_missing(Parser *p, unsigned punct, Str found) {
    const Token *t = peek(p), *before = previous(p, 1);
    if (punct == PUNCT_DOTS || (punct == '(' && previous_is(p, 1, "between")))
        return STR("a range is written between (low .. high)");
    if (punct == '=' && at_punct(p, ':'))
        return STR("a name gets its value by =, as in let x = 1;");
    if (punct == '=' && at_punct(p, '('))
        return STR("a function is declared by let f = (x:long) { x + 1 };");
    if (punct == '{') return STR("the body of a function stands in braces: (x:long) { x + 1 }");
    if (punct == ')' && at_punct(p, ',') && is_comparing(p))
        return STR("found `,`: several values stand behind in, has_any or has_all");
    if (punct == ')' && at_punct(p, ','))
        return STR("found `,`: a list of columns stands without parentheses");
    if (punct == ')' && t->kind == TOKEN_NAME && before && before->kind == TOKEN_LONG)
        return STR("a timespan is written in one word: 1d, 12h, 30m");
    bool closes = punct == ')' || punct == ']' || punct == '}';
    return closes ? hint_for_closing(p, found) : STR_EMPTY;
}

Str hint_for_missing_word(const Parser *p, const char *word) {
    if (strcmp(word, "by") != 0 || peek(p)->kind == TOKEN_PUNCT) return STR_EMPTY;
    if (previous_is(p, 1, "sort") || previous_is(p, 1, "order"))
        return STR("the order is written sort by Column desc");
    return previous_is(p, 2, "top") ? STR("the first rows are written top 10 by Column")
                                    : STR_EMPTY;
}

Str hint_for_missing_value(const Parser *p) {
    const Token *before = previous(p, 1);
    uint16_t last = before && before->kind == TOKEN_PUNCT ? before->punct : 0;
    if (at_punct(p, '=') && (last == PUNCT_EQ || last == '='))
        return STR("values are compared by == (or =~ to ignore case)");
    if (at_punct(p, '=') && last == ':') return STR("a name gets its value by =");
    if (last == ',' && (at_punct(p, ',') || at_punct(p, ')') || at_word(p, "by")))
        return STR("a comma too many stands before it");
    if (last == ';' && at_punct(p, '|'))
        return STR("the ; before it ends the statement: an operator follows its table");
    if ((last == '-' && at_punct(p, '>')) || (last == ':' && at_punct(p, ':')))
        return STR("a member is named behind a dot: x.y");
    if (at_punct(p, ':') && ahead_punct(p, 1, ':'))
        return STR("a member is named behind a dot: x.y");
    if (at_punct(p, '/')) return STR("a regular expression is a text: x matches regex \"...\"");
    if (at_punct(p, '[') && peek_ahead(p, 1)->kind == TOKEN_NAME)
        return STR("a name in brackets stands in quotation marks: ['a name']");
    return STR_EMPTY;
}

Str hint_for_comma(const Parser *p) {
    for (size_t n = 1; n <= 2; n++)
        if (previous_is(p, n, "in") || previous_is(p, n, "has_any") || previous_is(p, n, "has_all"))
            return STR("a list stands in parentheses: in (\"a\", \"b\")");
    if (previous_is(p, 2, "take") || previous_is(p, 2, "limit"))
        return STR("take has one number; rows are numbered by row_number() behind sort");
    if (previous(p, 1) && previous(p, 1) == p->tokens)
        return STR("tables are united by union A, B");
    return STR("statements are separated by ;");
}
