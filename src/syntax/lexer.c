/* lexer.c: text to tokens and comments. Never fails: what is no token becomes TOKEN_BAD. */
#include "base/utf8.h"
#include "syntax/parse_internal.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
static bool is_word(char c) { return is_word_start(c) || is_digit(c); }

static char char_at(Str s, size_t at) { return at < s.len ? s.ptr[at] : '\0'; }
static bool text_at(Str s, size_t at, const char *what) {
    return str_starts_with(str_sub(s, at, s.len), str_of(what));
}

/* Words with a hyphen in them: one token when they stand whole. */
static const char *const hyphenated[] = {"assert-schema",
                                         "graph-mark-components",
                                         "graph-match",
                                         "graph-shortest-paths",
                                         "graph-to-table",
                                         "graph-where-nodes",
                                         "graph-where-edges",
                                         "granny-asc",
                                         "granny-desc",
                                         "macro-expand",
                                         "make-graph",
                                         "make-series",
                                         "materialized-view-combine",
                                         "mv-apply",
                                         "mv-expand",
                                         "parse-kv",
                                         "parse-where",
                                         "partitioned-by",
                                         "project-away",
                                         "project-by-names",
                                         "project-keep",
                                         "project-rename",
                                         "project-reorder",
                                         "project-smart",
                                         "sample-distinct",
                                         "top-hitters",
                                         "top-nested",
                                         NULL};

/* Types whose name with a parenthesis behind it is a literal up to the next `)`. */
/* clang-format off */
static const char *const typed[] = {"bool",     "boolean", "int",    "int32",    "long", "int64",
                                    "real",     "double",  "float",  "decimal",  "date", "datetime",
                                    "time",     "timespan", "guid",  "uuid",     "uniqueid", NULL};
/* clang-format on */

/* clang-format off */
static const char *const units[] = {
    "microseconds", "microsecond", "nanoseconds", "nanosecond", "milliseconds", "millisecond",
    "microsec",     "nanosec",     "millisec",    "micros",     "millis",       "nanos",
    "minutes",      "seconds",     "minute",      "second",     "micro",        "milli",
    "ticks",        "hours",       "nano",        "tick",       "hour",         "days",
    "day",          "min",         "sec",         "hrs",        "hr",           "ms",
    "d",            "h",           "m",           "s",          NULL};
/* clang-format on */

/* Bytes of white space at `at`, 0 when there is none. */
static size_t space_len(Str s, size_t at) {
    unsigned char c = (unsigned char)s.ptr[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0x80) return 0;
    unsigned len;
    uint32_t cp = utf8_decode(s, at, &len);
    bool space = cp == 0xa0 || cp == 0x1680 || cp == 0x180e || (cp >= 0x2000 && cp <= 0x200b) ||
                 cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000 ||
                 cp == 0xfeff;
    return space ? len : 0;
}

static void push_token(Parser *p, TokenKind kind, size_t start, size_t end, bool space) {
    if (p->n_tokens >= SYNTAX_MAX_NODES) {
        p->over_limit = true;
        return;
    }
    Token t = {.start = (uint32_t)start,
               .len = (uint32_t)(end - start),
               .kind = (uint8_t)kind,
               .space_before = space};
    if (kind == TOKEN_PUNCT) {
        unsigned char a = (unsigned char)p->text.ptr[start];
        t.punct = end - start == 2 ? PUNCT2(a, (unsigned char)p->text.ptr[start + 1]) : a;
    }
    ARENA_PUSH(p->arena, p->tokens, p->n_tokens, p->cap_tokens, t);
}

static bool alone_on_line(Str s, size_t at) {
    size_t line = at;
    while (line > 0 && s.ptr[line - 1] != '\n') line--;
    return str_trim(str_sub(s, line, at - line)).len == 0;
}

/* A line that starts with # is a directive to tools, no part of the query. Some write comments so. */
static void note_directive(Parser *p, Span line) {
    Str text = str_sub(p->text, line.start, line.len);
    if (str_starts_with(text, STR("#connect")) || str_starts_with(text, STR("#!"))) return;
    size_t n = 1;
    while (n < text.len && n < 40 && text.ptr[n] != ' ' && text.ptr[n] != '\t') n++;
    Diag *d = diag_add(p->diags, SEVERITY_WARNING, PHASE_SYNTAX, (Span){line.start, (uint32_t)n},
                       "KS250", "Unknown directive '%.*s': the line is passed over.",
                       STR_ARG(str_sub(text, 0, n)));
    d->hint = STR("a comment begins with //");
}

static size_t skip_blanks(Parser *p, size_t at, bool *ret_space) {
    Str s = p->text;
    while (at < s.len) {
        size_t n = space_len(s, at);
        if (n) {
            at += n;
        } else if (text_at(s, at, "//") || (s.ptr[at] == '#' && alone_on_line(s, at))) {
            size_t end = at;
            while (end < s.len && s.ptr[end] != '\n' && s.ptr[end] != '\r') end++;
            Comment c = {{(uint32_t)at, (uint32_t)(end - at)}, alone_on_line(s, at)};
            if (s.ptr[at] == '#') note_directive(p, c.span);
            ARENA_PUSH(p->arena, p->comments, p->n_comments, p->cap_comments, c);
            at = end;
        } else {
            break;
        }
        *ret_space = true;
    }
    return at;
}

/* Where the string literal at `at` ends (`at` when there is none); *ret_closed false when it does not close. */
static size_t string_end(Str s, size_t at, bool *ret_closed) {
    size_t i = at;
    *ret_closed = true;
    if (char_at(s, i) == 'h' || char_at(s, i) == 'H') i++;
    if (text_at(s, i, "```") || text_at(s, i, "~~~")) {
        size_t end = str_find(s, str_sub(s, i, 3), i + 3);
        *ret_closed = end != SIZE_MAX;
        return *ret_closed ? end + 3 : s.len;
    }
    bool verbatim = char_at(s, i) == '@';
    if (verbatim) i++;
    char quote = char_at(s, i);
    if (quote != '"' && quote != '\'') return at;
    for (i++; i < s.len && s.ptr[i] != '\n' && s.ptr[i] != '\r'; i++) {
        if (s.ptr[i] == quote) {
            if (!verbatim || char_at(s, i + 1) != quote) return i + 1;
            i++;
        } else if (s.ptr[i] == '\\' && !verbatim && i + 1 < s.len && s.ptr[i + 1] != '\n') {
            i++;
        }
    }
    *ret_closed = false;
    return i;
}

static void lexical_fault(Parser *p, size_t start, size_t end, const char *code, const char *what,
                          const char *hint) {
    Span span = {(uint32_t)start, (uint32_t)(end - start)};
    Diag *d = diag_add(p->diags, SEVERITY_ERROR, PHASE_SYNTAX, span, code, "%s", what);
    if (d && hint) d->hint = str_of(hint);
}

/* Digits in base 8 or 16 at `at`, `most` at most. */
static unsigned count_digits(Str s, size_t at, bool is_octal, unsigned most) {
    unsigned n = 0;
    while (n < most && is_hex(char_at(s, at + n)) && (!is_octal || char_at(s, at + n) <= '7')) n++;
    return n;
}

/* Length of the escape whose backslash stands at `at`; 0 when there is no such escape. */
static unsigned escape_len(Str s, size_t at) {
    char c = char_at(s, at + 1);
    unsigned want = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (want) return count_digits(s, at + 2, false, want) == want ? 2 + want : 0;
    if (c >= '0' && c <= '7') return 1 + count_digits(s, at + 1, true, c <= '3' ? 3 : 2);
    return c != '\0' && strchr("\"'\\abfnrtv", c) ? 2 : 0;
}

/* "c:\Windows" holds no escape \W: mostly a path that wants @"...". */
static void check_escapes(Parser *p, size_t start, size_t end) {
    Str s = str_sub(p->text, 0, end);
    if (s.ptr[start] == 'h' || s.ptr[start] == 'H') start++;
    if (s.ptr[start] != '"' && s.ptr[start] != '\'') return;
    for (size_t i = start + 1; i + 1 < end;) {
        unsigned n = s.ptr[i] == '\\' ? escape_len(s, i) : 1;
        if (!n) {
            lexical_fault(p, i, i + 2, "KS003", "Malformed string literal",
                          "a backslash before this character is no escape: write \\\\, or put @ "
                          "before the string");
            return;
        }
        i += n;
    }
}

/* Where dynamic( ... ) ends, brackets and strings respected; 0 when it does not close. */
static size_t dynamic_end(Str s, size_t open) {
    size_t depth = 0;
    for (size_t i = open; i < s.len;) {
        bool closed;
        size_t end = string_end(s, i, &closed);
        if (end > i) {
            i = end;
            continue;
        }
        if (text_at(s, i, "//")) {
            while (i < s.len && s.ptr[i] != '\n') i++;
            continue;
        }
        char c = s.ptr[i++];
        if (c == '(' || c == '[' || c == '{') depth++;
        if ((c == ')' || c == ']' || c == '}') && --depth == 0) return c == ')' ? i : 0;
        if (c == ';' && depth == 0) return 0;
    }
    return 0;
}

static size_t guid_len(Str s, size_t at) {
    static const unsigned char groups[] = {8, 4, 4, 4, 12};
    size_t i = at;
    for (size_t g = 0; g < COUNT_OF(groups); g++) {
        if (g && char_at(s, i++) != '-') return 0;
        for (unsigned k = 0; k < groups[g]; k++)
            if (!is_hex(char_at(s, i++))) return 0;
    }
    return is_word(char_at(s, i)) ? 0 : i - at;
}

static size_t lex_number(Parser *p, size_t at, bool space) {
    Str s = p->text;
    size_t i = at;
    if (char_at(s, i) == '0' && (char_at(s, i + 1) == 'x' || char_at(s, i + 1) == 'X') &&
        is_hex(char_at(s, i + 2))) {
        for (i += 2; is_hex(char_at(s, i));) i++;
        push_token(p, TOKEN_LONG, at, i, space);
        return i;
    }
    while (is_digit(char_at(s, i))) i++;
    bool real = false;
    if (char_at(s, i) == '.' && char_at(s, i + 1) != '.' && !is_word_start(char_at(s, i + 1))) {
        real = true;
        for (i++; is_digit(char_at(s, i));) i++;
    }
    for (size_t u = 0; is_word_start(char_at(s, i)) && units[u]; u++) {
        size_t end = i + strlen(units[u]);
        if (text_at(s, i, units[u]) && !is_word(char_at(s, end))) {
            push_token(p, TOKEN_TIMESPAN, at, end, space);
            return end;
        }
    }
    if (char_at(s, i) == 'e' || char_at(s, i) == 'E') {
        size_t e = i + 1;
        if (char_at(s, e) == '+' || char_at(s, e) == '-') e++;
        if (is_digit(char_at(s, e))) {
            while (is_digit(char_at(s, e))) e++;
            push_token(p, TOKEN_REAL, at, e, space);
            return e;
        }
    }
    if (!real && is_word_start(char_at(s, i))) { /* 3Dchart, 4688events */
        while (is_word(char_at(s, i))) i++;
        push_token(p, TOKEN_NAME, at, i, space);
        return i;
    }
    push_token(p, real ? TOKEN_REAL : TOKEN_LONG, at, i, space);
    return i;
}

static size_t lex_parenthesized(Parser *p, size_t at, size_t open, bool is_dynamic, bool space) {
    Str s = p->text;
    size_t end = is_dynamic ? dynamic_end(s, open) : str_find(s, STR(")"), open);
    if (!is_dynamic) end = end == SIZE_MAX ? 0 : end + 1;
    if (!end) {
        lexical_fault(p, open, open + 1, "KS001", "Missing: )", "this parenthesis is not closed");
        end = s.len;
        push_token(p, TOKEN_BAD, at, end, space);
        return end;
    }
    push_token(p, is_dynamic ? TOKEN_DYNAMIC : TOKEN_TYPED, at, end, space);
    return end;
}

/* The parenthesis of dynamic(...) may stand on a later line. */
static size_t skip_to_parenthesis(Str s, size_t at) {
    size_t i = at;
    while (i < s.len) {
        size_t n = space_len(s, i);
        if (!n && text_at(s, i, "//"))
            while (i + n < s.len && s.ptr[i + n] != '\n') n++;
        if (!n) break;
        i += n;
    }
    return char_at(s, i) == '(' ? i : at;
}

static size_t lex_word(Parser *p, size_t at, bool space) {
    Str s = p->text;
    size_t i = at;
    while (is_word(char_at(s, i))) i++;
    if (char_at(s, i) == '-') {
        for (size_t k = 0; hyphenated[k]; k++) {
            size_t end = at + strlen(hyphenated[k]);
            if (text_at(s, at, hyphenated[k]) && !is_word(char_at(s, end))) {
                push_token(p, TOKEN_NAME, at, end, space);
                return end;
            }
        }
    }
    Str word = str_sub(s, at, i - at);
    if (str_is(word, "in") && char_at(s, i) == '~' && !text_at(s, i, "~~~")) {
        push_token(p, TOKEN_NAME, at, i + 1, space);
        return i + 1;
    }
    bool is_dynamic = str_is(word, "dynamic");
    size_t open = is_dynamic ? skip_to_parenthesis(s, i) : i;
    while (open < s.len && (s.ptr[open] == ' ' || s.ptr[open] == '\t')) open++;
    if (char_at(s, open) == '(') {
        if (is_dynamic || word_in(word, typed))
            return lex_parenthesized(p, at, open, is_dynamic, space);
    }
    push_token(p, TOKEN_NAME, at, i, space);
    return i;
}

static size_t lex_bad(Parser *p, size_t at, bool space) {
    unsigned len;
    uint32_t cp = utf8_decode(p->text, at, &len);
    bool is_doubled =
        (cp == '&' || cp == '|') && at + 1 < p->text.len && p->text.ptr[at + 1] == p->text.ptr[at];
    bool is_negated =
        cp == '~' && at > 0 && (p->text.ptr[at - 1] == '=' || p->text.ptr[at - 1] == '!');
    const char *hint = NULL;
    if (is_doubled) len = 2;
    if (cp == 0x201c || cp == 0x201d || cp == 0x201e)
        hint = "a typographic quotation mark, as pasted from a page: write \" instead";
    else if (cp == 0x2018 || cp == 0x2019)
        hint = "a typographic quotation mark, as pasted from a page: write ' instead";
    else if (cp == 0x2013 || cp == 0x2014) hint = "a dash, as pasted from a page: write - instead";
    else if (cp == '!') hint = "for negation write not(...), !=, !has, !in and so on";
    else if (cp == '&') hint = "write `and`";
    else if (cp == '|') hint = "write `or`";
    else if (cp == '`') hint = "a name with other characters than letters is written ['a name']";
    else if (cp == '?') hint = "a choice is iff(condition, then, else)";
    else if (is_negated) hint = "the operator that is unequal and ignores case is !~";
    else if (cp == '#') hint = "a comment begins with // and ends with its line";
    Str c = str_sub(p->text, at, len);
    Str what = cp < 0x20 || cp == 0x7f || cp == 0xfffd
                   ? arena_printf(p->diags->arena, "Unexpected: character U+%04X", (unsigned)cp)
                   : arena_printf(p->diags->arena, "Unexpected: %.*s", STR_ARG(c));
    Diag *d = diag_add(p->diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){(uint32_t)at, len}, "KS002",
                       "%.*s", STR_ARG(what));
    if (d && hint) d->hint = str_of(hint);
    push_token(p, TOKEN_BAD, at, at + len, space);
    return at + len;
}

static size_t lex_punct(Parser *p, size_t at, bool space) {
    static const char *const two[] = {"==", "!=", "<>", "<=", ">=", "=~", "!~", "..", "=>", NULL};
    Str s = p->text;
    if (s.ptr[at] == '!' && is_word_start(char_at(s, at + 1))) {
        size_t i = at + 1;
        while (is_word(char_at(s, i))) i++;
        if (str_is(str_sub(s, at, i - at), "!in") && char_at(s, i) == '~') i++;
        push_token(p, TOKEN_NOT_WORD, at, i, space);
        return i;
    }
    for (size_t k = 0; two[k]; k++) {
        if (text_at(s, at, two[k])) {
            push_token(p, TOKEN_PUNCT, at, at + 2, space);
            return at + 2;
        }
    }
    if (text_at(s, at, "||") || !strchr("*@|{}[](),:-.=><%+;/", s.ptr[at]) || s.ptr[at] == '\0')
        return lex_bad(p, at, space);
    push_token(p, TOKEN_PUNCT, at, at + 1, space);
    return at + 1;
}

void lex(Parser *p) {
    Str s = p->text;
    size_t at = p->start;
    while (!p->over_limit) {
        bool space = at == p->start, closed;
        at = skip_blanks(p, at, &space);
        if (at >= s.len) break;
        size_t end = string_end(s, at, &closed);
        if (end > at) {
            if (!closed)
                lexical_fault(p, at, end, "KS003", "Malformed string literal",
                              "the closing quotation mark is missing");
            else check_escapes(p, at, end);
            push_token(p, TOKEN_STRING, at, end, space);
            at = end;
            continue;
        }
        char c = s.ptr[at];
        size_t guid = is_hex(c) ? guid_len(s, at) : 0;
        if (guid) {
            push_token(p, TOKEN_TYPED, at, at + guid, space);
            at += guid;
        } else if (is_digit(c)) {
            at = lex_number(p, at, space);
        } else if (is_word_start(c)) {
            at = lex_word(p, at, space);
        } else {
            at = lex_punct(p, at, space);
        }
    }
    p->cap_tokens = 0; /* the end mark goes in even at the cap */
    Token end = {.start = (uint32_t)s.len, .kind = TOKEN_END, .space_before = true};
    Token *tokens = arena_alloc_raw(p->arena, (p->n_tokens + 1) * sizeof *tokens);
    if (p->n_tokens) memcpy(tokens, p->tokens, p->n_tokens * sizeof *tokens);
    tokens[p->n_tokens++] = end;
    p->tokens = tokens;
}
