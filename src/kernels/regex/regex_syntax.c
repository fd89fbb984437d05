/*
 * regex_syntax.c: one pass over the pattern, with a stack of the flags that open groups set.
 *
 * Only what RE2 reads otherwise than Kusto is looked at; all else is copied, and RE2 judges it.
 *
 * RE2's \b knows ASCII words alone, and it has no \b{start}. So there is a third way to write a
 * pattern, for marked texts: there, before each character and at the end, stand two copies of a mark
 * that says what kind of place it is (see regex_syntax.h). A boundary matches one mark, and whatever
 * matches a character passes over the marks before it:
 *
 *   \bé.   ->   [SE] (?:M*é) (?:M*[^\nM])      M: any mark; S, E: start and end of a word
 *
 * Two copies, so that two boundaries may stand at one place.
 *
 * Source: "Regex syntax".
 */
#include "kernels/regex/regex_syntax.h"

#include "base/utf8.h"
#include "kernels/regex/regex_syntax_internal.h"

bool regex_refuse(Rewriter *r, const char *what) {
    *r->ret_error = arena_printf(r->arena, "regular expression '%.*s': %s", STR_ARG(r->in), what);
    return false;
}

static bool is_marked(const Rewriter *r) { return r->texts == REGEX_MARKED_TEXTS; }

/* ^ and $ of lines that end in \r, \n or both would have to look at what they do not match. */
static bool has_crlf_lines(const Rewriter *r) { return r->flags.has_crlf && r->flags.is_multiline; }

/* Around what matches one character. */
static void begin_atom(Rewriter *r) {
    if (is_marked(r)) buf_puts(r->out, "(?:[" REGEX_MARKS "]*");
}
static void end_atom(Rewriter *r) {
    if (is_marked(r)) buf_putc(r->out, ')');
}

static bool put_atom(Rewriter *r, bool (*put)(Rewriter *)) {
    begin_atom(r);
    if (!put(r)) return false;
    end_atom(r);
    return true;
}

/* ------------------------------------------------------------- escapes */

/* \uXXXX, \UXXXXXXXX, \u{X...}, \U{X...}: RE2 has \x{X...} only. */
bool regex_put_code_point(Rewriter *r) {
    size_t digits = peek(r, 1) == 'u' ? 4 : 8, from = r->at + 2, len = digits;
    if (peek(r, 2) == '{') {
        from++;
        size_t close = str_find(r->in, STR("}"), from);
        if (close == SIZE_MAX) return regex_refuse(r, "missing }");
        len = close - from;
        r->at = close + 1;
    } else {
        r->at = from + digits;
    }
    Str hex = str_sub(r->in, from, len);
    bool is_bad = hex.len != len || len == 0 || len > 8;
    for (size_t i = 0; i < hex.len && !is_bad; i++)
        is_bad = !strchr("0123456789abcdefABCDEF", hex.ptr[i]);
    if (is_bad) return regex_refuse(r, "invalid escape sequence");
    buf_printf(r->out, "\\x{%.*s}", STR_ARG(hex));
    return true;
}

static bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Boundaries by the marks that they match; `plain`: what RE2 has for it, or NULL. */
static const struct {
    const char *name, *marks, *plain;
} boundaries[] = {
    {"\\b{start-half}", MARK_START MARK_OUTSIDE, NULL}, /* behind no word character */
    {"\\b{end-half}", MARK_END MARK_OUTSIDE, NULL},     /* before none */
    {"\\b{start}", MARK_START, NULL},
    {"\\b{end}", MARK_END, NULL},
    {"\\<", MARK_START, NULL},
    {"\\>", MARK_END, NULL},
    {"\\b", MARK_START MARK_END, "\\b"},
    {"\\B", MARK_INSIDE MARK_OUTSIDE, "\\B"},
};

/* Which boundary stands here; COUNT_OF(boundaries) when none does. */
static size_t boundary_at(const Rewriter *r) {
    size_t i = 0;
    while (i < COUNT_OF(boundaries) && !looks_at(r, boundaries[i].name)) i++;
    return i;
}

/* The start of the text or line must be
 * looked for before a mark is passed over. */
static bool put_boundary(Rewriter *r) {
    size_t i = boundary_at(r);
    bool is_ascii = !r->flags.is_unicode;
    if (is_ascii && (is_marked(r) || !boundaries[i].plain))
        return regex_refuse(r, "ASCII word boundaries beside others");
    r->at += strlen(boundaries[i].name);
    if (!is_ascii) r->needs.unicode_boundaries = true;
    if (!boundaries[i].plain) r->needs.marks = true;
    if (!is_marked(r)) {
        buf_puts(r->out, boundaries[i].plain ? boundaries[i].plain : "\\b");
        return true;
    }
    if (peek(r, 0) == '^' && !has_crlf_lines(r)) copy(r, 1);
    else if (looks_at(r, "\\A")) copy(r, 2);
    buf_printf(r->out, "[%s]", boundaries[i].marks);
    return true;
}

/* $ and \z; a boundary behind them must be looked for before the last marks are passed over. */
static bool put_end(Rewriter *r, size_t len) {
    Str end = str_sub(r->in, r->at, len);
    r->at += len;
    if (is_marked(r) && boundary_at(r) < COUNT_OF(boundaries) && !put_boundary(r)) return false;
    begin_atom(r);
    buf_put(r->out, end);
    end_atom(r);
    return true;
}

/* \x41, \x{41}, \101, \n, \.: one escape that RE2 reads as we do. */
static bool copy_escape(Rewriter *r) {
    size_t len = 2;
    char c = peek(r, 1);
    size_t close = c == 'x' && peek(r, 2) == '{' ? str_find(r->in, STR("}"), r->at) : SIZE_MAX;
    if (close != SIZE_MAX) len = close + 1 - r->at;
    else if (c == 'x') len = 4;
    bool is_octal = c >= '0' && c <= '7';
    while (is_octal && len < 4 && peek(r, len) >= '0' && peek(r, len) <= '7') len++;
    copy(r, len > r->in.len - r->at ? r->in.len - r->at : len);
    return true;
}

/* RE2's quoting, kept whole. */
static bool copy_quoted(Rewriter *r) {
    if (is_marked(r)) return regex_refuse(r, "\\Q beside a word boundary");
    size_t end = str_find(r->in, STR("\\E"), r->at);
    copy(r, end == SIZE_MAX ? r->in.len - r->at : end + 2 - r->at);
    return true;
}

/* An escape outside a class. */
static bool put_escape(Rewriter *r) {
    switch (peek(r, 1)) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 's':
    case 'S': return put_atom(r, regex_put_perl_class);
    case 'p':
    case 'P': return put_atom(r, regex_put_property);
    case 'u':
    case 'U': return put_atom(r, regex_put_code_point);
    case 'C': return regex_refuse(r, "invalid escape sequence: \\C");
    case 'b':
    case 'B':
    case '<':
    case '>': return put_boundary(r);
    case 'A': copy(r, 2); return true;
    case 'z': return put_end(r, 2);
    case 'Q': return copy_quoted(r);
    default: return put_atom(r, copy_escape);
    }
}

/* -------------------------------------------------------------- groups */

static bool open_group(Rewriter *r) {
    if (r->depth == MAX_GROUP_DEPTH) return regex_refuse(r, "groups nest too deeply");
    r->stack[r->depth++] = r->flags;
    return true;
}

/* (?flags) and (?flags:...): RE2 knows i, m, s, U; x, u and R are settled here. */
static bool put_flags(Rewriter *r) {
    GroupFlags flags = r->flags;
    Buf kept = {0};
    bool is_on = true, has_kept = false, is_bad = false;
    size_t i = r->at + 2;
    for (; i < r->in.len && r->in.ptr[i] != ':' && r->in.ptr[i] != ')' && !is_bad; i++) {
        char c = r->in.ptr[i];
        switch (c) {
        case '-':
            is_on = false;
            buf_putc(&kept, '-');
            break;
        case 'x': flags.is_verbose = is_on; break;
        case 'u': flags.is_unicode = is_on; break;
        case 'R': flags.has_crlf = is_on; break;
        case 'i':
        case 'm':
        case 's':
        case 'U':
            if (c == 'i') flags.ignores_case = is_on;
            if (c == 's') flags.dot_is_all = is_on;
            if (c == 'm') flags.is_multiline = is_on;
            buf_putc(&kept, c);
            has_kept = true;
            break;
        default: is_bad = true; break;
        }
    }
    if (kept.len && kept.ptr[kept.len - 1] == '-') kept.len--;
    bool opens = i < r->in.len && r->in.ptr[i] == ':';
    bool ok = !is_bad && i < r->in.len;
    if (ok && opens) ok = open_group(r);
    if (ok) {
        if (opens || has_kept)
            buf_printf(r->out, "(?%.*s%c", STR_ARG(buf_str(&kept)), opens ? ':' : ')');
        r->flags = flags;
        r->at = i + 1;
    }
    buf_free(&kept);
    return ok ||
           (r->ret_error->len ? false : regex_refuse(r, "invalid or unsupported group or flag"));
}

static bool put_named_group(Rewriter *r, size_t name_at) {
    size_t end = str_find(r->in, STR(">"), name_at);
    if (end == SIZE_MAX || end == name_at) return regex_refuse(r, "invalid group name");
    buf_puts(r->out, "(?P<");
    for (size_t i = name_at; i < end; i++) /* RE2's names are narrower: letters, digits, _ */
        buf_putc(r->out, is_word_byte(r->in.ptr[i]) ? r->in.ptr[i] : '_');
    buf_putc(r->out, '>');
    r->at = end + 1;
    return open_group(r);
}

static bool put_group(Rewriter *r) {
    if (peek(r, 1) != '?') {
        copy(r, 1);
        return open_group(r);
    }
    if (looks_at(r, "(?P<")) return put_named_group(r, r->at + 4);
    if (looks_at(r, "(?=") || looks_at(r, "(?!") || looks_at(r, "(?<=") || looks_at(r, "(?<!"))
        return regex_refuse(r, "look-around is not part of the syntax");
    if (looks_at(r, "(?<")) return put_named_group(r, r->at + 3);
    return put_flags(r);
}

/* ----------------------------------------------------------- characters */

/* With the flag R neither half of a line's end is a character of the line. */
static bool put_dot(Rewriter *r) {
    const char *but = r->flags.dot_is_all ? "" : r->flags.has_crlf ? "\\r\\n" : "\\n";
    if (is_marked(r)) buf_printf(r->out, "[^%s%s]", but, REGEX_MARKS);
    else if (r->flags.has_crlf && *but) buf_printf(r->out, "[^%s]", but);
    else buf_putc(r->out, '.');
    r->at++;
    return true;
}

static bool copy_character(Rewriter *r) {
    unsigned len;
    (void)utf8_decode(r->in, r->at, &len);
    copy(r, len);
    return true;
}

/* The length of {n}, {n,} or {n,m} here, or 0. */
static size_t repetition_length(const Rewriter *r) {
    size_t i = 1;
    while (peek(r, i) >= '0' && peek(r, i) <= '9') i++;
    if (i == 1) return 0;
    if (peek(r, i) == ',') i++;
    while (peek(r, i) >= '0' && peek(r, i) <= '9') i++;
    return peek(r, i) == '}' ? i + 1 : 0;
}

static bool put_one(Rewriter *r) {
    char c = peek(r, 0);
    size_t len = c == '{' ? repetition_length(r) : 1;
    if (is_blank(r, c)) {
        r->at++;
        return true;
    }
    if ((c == '^' || c == '$') && has_crlf_lines(r))
        return regex_refuse(r, "^ and $ with the flags R and m together are not yet supported");
    switch (c) {
    case '\\': return put_escape(r);
    case '[': return put_atom(r, regex_put_class);
    case '.': return put_atom(r, put_dot);
    case '$': return put_end(r, 1);
    case '(': return put_group(r);
    case ')':
        if (r->depth) r->flags = r->stack[--r->depth];
        copy(r, 1);
        return true;
    case '{':
        if (!len) return put_atom(r, copy_character);
        copy(r, len);
        return true;
    case '^':
    case '|':
    case '*':
    case '+':
    case '?': copy(r, 1); return true;
    default: break;
    }
    if (r->flags.is_verbose && c == '#') {
        size_t line_end = str_find(r->in, STR("\n"), r->at);
        r->at = line_end == SIZE_MAX ? r->in.len : line_end + 1;
        return true;
    }
    return put_atom(r, copy_character);
}

bool regex_to_re2(Arena *arena, Str pattern, RegexTexts texts, Buf *out, RegexNeeds *ret_needs,
                  Str *ret_error) {
    Rewriter *r = ARENA_NEW(arena, Rewriter);
    r->arena = arena;
    r->in = pattern;
    r->texts = texts;
    r->out = out;
    r->flags.is_unicode = true;
    r->ret_error = ret_error;
    if (!utf8_is_valid(pattern)) return regex_refuse(r, "not valid UTF-8");
    while (!at_end(r))
        if (!put_one(r)) return false;
    *ret_needs = r->needs;
    return true;
}
