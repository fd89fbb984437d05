/*
 * regex_syntax.c: one pass over the pattern, with a stack of the flags that open groups set.
 *
 * Only what RE2 reads otherwise than Kusto is looked at; all else is copied, and RE2 judges it. The
 * Unicode classes are spelled out: \w is letters, marks, decimal digits, connectors and the joiners.
 * In a text of ASCII alone they shrink to RE2's own, which makes a smaller and faster program.
 *
 * Source: "Regex syntax".
 */
#include "kernels/regex_syntax.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "kernels/code_set.h"

/* What stands inside [...] for the Perl classes and their opposites. */
#define WORD_UNICODE "\\pL\\pM\\p{Nd}\\p{Nl}\\p{Pc}\\x{200c}\\x{200d}\\x{24b6}-\\x{24e9}"
#define NOT_WORD_UNICODE                                                                           \
    "\\pZ\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}\\p{Sc}\\p{Sk}\\p{Sm}\\x{a6}-\\x{a9}\\x{ae}-"   \
    "\\x{b0}\\x{2100}-\\x{24b5}\\x{2500}-\\x{2bff}\\x{1f000}-\\x{1faff}\\p{No}\\p{Cc}\\x{ad}"      \
    "\\x{200b}\\x{200e}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{206f}\\x{feff}\\p{Co}"
#define SPACE_UNICODE "\\t-\\r\\x{85}\\pZ"
#define SPACE_ASCII "\\t-\\r "
#define NOT_SPACE_UNICODE                                                                          \
    "\\x00-\\x08\\x0e-\\x1f\\x7f-\\x{84}\\x{86}-\\x{9f}\\pL\\pM\\pN\\pP\\pS\\p{Cf}\\p{Co}"
#define NOT_SPACE_ASCII "\\x00-\\x08\\x0e-\\x1f!-\\x{10ffff}"

#define MAX_GROUP_DEPTH 256
#define MAX_CLASS_DEPTH 32
#define MAX_SETS 64 /* working one out takes about 10 ms */

typedef struct GroupFlags {
    bool is_verbose, is_unicode, ignores_case;
} GroupFlags;

typedef struct Rewriter {
    Arena *arena;
    Str in;
    size_t at;
    bool is_ascii;
    Buf *out;
    GroupFlags flags;
    GroupFlags stack[MAX_GROUP_DEPTH];
    unsigned depth;
    unsigned n_sets; /* classes that were worked out */
    Str *ret_error;
} Rewriter;

static bool refuse(Rewriter *r, const char *what) {
    *r->ret_error = arena_printf(r->arena, "regular expression '%.*s': %s", STR_ARG(r->in), what);
    return false;
}

static bool at_end(const Rewriter *r) { return r->at >= r->in.len; }
static char peek(const Rewriter *r, size_t ahead) {
    return r->at + ahead < r->in.len ? r->in.ptr[r->at + ahead] : '\0';
}
static bool looks_at(const Rewriter *r, const char *text) {
    return str_starts_with(str_sub(r->in, r->at, SIZE_MAX), str_of(text));
}
static void copy(Rewriter *r, size_t n) {
    buf_put(r->out, str_sub(r->in, r->at, n));
    r->at += n;
}
static bool wants_ascii(const Rewriter *r) { return r->is_ascii || !r->flags.is_unicode; }

/* ------------------------------------------------------------- escapes */

/* \uXXXX, \UXXXXXXXX, \u{X...}, \U{X...}: RE2 has \x{X...} only. */
static bool put_code_point(Rewriter *r) {
    size_t digits = peek(r, 1) == 'u' ? 4 : 8, from = r->at + 2, len = digits;
    if (peek(r, 2) == '{') {
        from++;
        size_t close = str_find(r->in, STR("}"), from);
        if (close == SIZE_MAX) return refuse(r, "missing }");
        len = close - from;
        r->at = close + 1;
    } else {
        r->at = from + digits;
    }
    Str hex = str_sub(r->in, from, len);
    bool is_bad = hex.len != len || len == 0 || len > 8;
    for (size_t i = 0; i < hex.len && !is_bad; i++)
        is_bad = !strchr("0123456789abcdefABCDEF", hex.ptr[i]);
    if (is_bad) return refuse(r, "invalid escape sequence");
    buf_printf(r->out, "\\x{%.*s}", STR_ARG(hex));
    return true;
}

/* Long names of general categories; RE2 knows the short ones and the scripts. */
static const struct {
    const char *name, *category;
} categories[] = {{"letter", "L"},
                  {"alphabetic", "L"},
                  {"uppercase_letter", "Lu"},
                  {"uppercase", "Lu"},
                  {"lowercase_letter", "Ll"},
                  {"lowercase", "Ll"},
                  {"mark", "M"},
                  {"number", "N"},
                  {"decimal_number", "Nd"},
                  {"digit", "Nd"},
                  {"punctuation", "P"},
                  {"punct", "P"},
                  {"symbol", "S"},
                  {"separator", "Z"},
                  {"other", "C"}};

/* \p{Name}, \P{Name}, \p{^Name}, \pN */
static bool put_property(Rewriter *r, bool in_class) {
    size_t close = peek(r, 2) == '{' ? str_find(r->in, STR("}"), r->at) : SIZE_MAX;
    if (close == SIZE_MAX) {
        copy(r, 3);
        return true;
    }
    char letter = peek(r, 1);
    Str name = str_sub(r->in, r->at + 3, close - r->at - 3);
    size_t equals = str_find(name, STR("="), 0); /* script=Greek, gc=Lu */
    if (equals != SIZE_MAX) name = str_sub(name, equals + 1, SIZE_MAX);
    r->at = close + 1;
    if (str_eq_nocase(name, STR("ascii"))) {
        const char *members = letter == 'p' ? "\\x{0}-\\x{7f}" : "\\x{80}-\\x{10ffff}";
        buf_printf(r->out, in_class ? "%s" : "[%s]", members);
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(categories); i++)
        if (str_eq_nocase(name, str_of(categories[i].name))) name = str_of(categories[i].category);
    buf_printf(r->out, "\\%c{%.*s}", letter, STR_ARG(name));
    return true;
}

/* The members of the class \d, \w, \s or an opposite, for use inside [...]; NULL: no such class. */
static const char *class_members(const Rewriter *r, char letter) {
    bool ascii = wants_ascii(r);
    switch (letter) {
    case 'd': return ascii ? "0-9" : "\\p{Nd}";
    case 'D': return ascii ? "\\D" : "\\P{Nd}";
    case 'w': return ascii ? "\\w" : WORD_UNICODE;
    case 'W': return ascii ? "\\W" : NOT_WORD_UNICODE;
    case 's': return ascii ? SPACE_ASCII : SPACE_UNICODE;
    case 'S': return ascii ? NOT_SPACE_ASCII : NOT_SPACE_UNICODE;
    default: return NULL;
    }
}

static bool put_perl_class(Rewriter *r) {
    char letter = peek(r, 1);
    bool is_negated = letter == 'D' || letter == 'W' || letter == 'S';
    const char *members = class_members(r, is_negated ? (char)(letter + ('a' - 'A')) : letter);
    buf_printf(r->out, "[%s%s]", is_negated ? "^" : "", members);
    r->at += 2;
    return true;
}

static bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* \<, \>, \b{start}, \b{end}: a plain \b, where a word character beside it settles which one. */
static bool put_word_end(Rewriter *r, size_t len, bool is_start) {
    char before = r->at ? r->in.ptr[r->at - 1] : '\0';
    bool follows_escape = r->at > 1 && r->in.ptr[r->at - 2] == '\\';
    bool is_plain = is_start ? is_word_byte(peek(r, len)) : is_word_byte(before) && !follows_escape;
    if (!is_plain) return refuse(r, "\\< and \\> are supported beside a word character only");
    buf_puts(r->out, "\\b");
    r->at += len;
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
    case 'S': return put_perl_class(r);
    case 'p':
    case 'P': return put_property(r, false);
    case 'u':
    case 'U': return put_code_point(r);
    case 'C': return refuse(r, "invalid escape sequence: \\C");
    case '<': return put_word_end(r, 2, true);
    case '>': return put_word_end(r, 2, false);
    case 'b':
        if (looks_at(r, "\\b{start}")) return put_word_end(r, 9, true);
        if (looks_at(r, "\\b{end}")) return put_word_end(r, 7, false);
        if (looks_at(r, "\\b{")) return refuse(r, "half word boundaries are not supported");
        break;
    case 'Q': { /* RE2's quoting, kept whole */
        size_t end = str_find(r->in, STR("\\E"), r->at);
        copy(r, end == SIZE_MAX ? r->in.len - r->at : end + 2 - r->at);
        return true;
    }
    default: break;
    }
    copy(r, 2);
    return true;
}

/* ------------------------------------------------------------- classes */

/* Offset of the ']' that ends the class which opens at `open`, or SIZE_MAX. */
static size_t class_end(Str in, size_t open) {
    size_t i = open + 1;
    if (i < in.len && in.ptr[i] == '^') i++;
    if (i < in.len && in.ptr[i] == ']') i++;
    for (; i < in.len; i++) {
        if (in.ptr[i] == '\\') i++;
        else if (in.ptr[i] == ']') return i;
    }
    return SIZE_MAX;
}

static bool put_posix_class(Rewriter *r) {
    size_t end = peek(r, 1) == ':' ? str_find(r->in, STR(":]"), r->at) : SIZE_MAX;
    if (end != SIZE_MAX) copy(r, end + 2 - r->at);
    return end != SIZE_MAX;
}

/* A '[' inside a class: a POSIX class, a class of its own that joins in, or (when nothing closes
 * it) the bracket itself. False for a negated class. */
static bool put_inner_bracket(Rewriter *r, unsigned *depth) {
    if (put_posix_class(r)) return true;
    size_t end = class_end(r->in, r->at);
    if (end == SIZE_MAX || str_find(r->in, STR("]"), end + 1) == SIZE_MAX) {
        buf_puts(r->out, "\\[");
        r->at++;
        return true;
    }
    if (peek(r, 1) == '^') return false;
    (*depth)++;
    r->at++;
    return true;
}

static bool put_class_escape(Rewriter *r) {
    const char *members = class_members(r, peek(r, 1));
    if (members) {
        buf_puts(r->out, members);
        r->at += 2;
        return true;
    }
    switch (peek(r, 1)) {
    case 'p':
    case 'P': return put_property(r, true);
    case 'u':
    case 'U': return put_code_point(r);
    case 'b': /* no boundary inside a class */
    case 'B':
    case 'C': return refuse(r, "invalid escape sequence in a character class");
    default: copy(r, 2); return true;
    }
}

static bool is_blank(const Rewriter *r, char c) {
    return r->flags.is_verbose && c && strchr(" \t\r\n\v\f", c);
}

static CodeSetOp class_operation(char c) {
    return c == '&' ? CODES_BOTH : c == '-' ? CODES_MINUS : CODES_EITHER;
}

/* && -- ~~, but not two signs that end the class. */
static bool at_class_operation(const Rewriter *r) {
    char c = peek(r, 0);
    return (c == '&' || c == '-' || c == '~') && peek(r, 1) == c && peek(r, 2) != ']';
}

/* What RE2 can say as one class. False without a message when it cannot: there is an operation, or a
 * negated class inside. */
static bool put_plain_class(Rewriter *r) {
    unsigned depth = 1;
    copy(r, 1);
    if (peek(r, 0) == '^') copy(r, 1);
    if (peek(r, 0) == ']') {
        buf_puts(r->out, "\\]");
        r->at++;
    }
    while (!at_end(r)) {
        char c = peek(r, 0);
        if (c == ']') {
            r->at++;
            if (--depth) continue;
            buf_putc(r->out, ']');
            return true;
        }
        if (at_class_operation(r)) return false;
        if (c == '\\') {
            if (!put_class_escape(r)) return false;
        } else if (c == '[') {
            if (!put_inner_bracket(r, &depth)) return false;
        } else if (is_blank(r, c)) {
            r->at++;
        } else {
            copy(r, 1);
        }
    }
    return refuse(r, "missing ]");
}

/* ------------------------------------------------- classes as sets of code points */

/* A class while it is worked out: operations go from left to right, and bind less than union. */
typedef struct ClassSet {
    CodeSet done;   /* up to the last operation */
    CodeSetOp op;   /* which that is */
    CodeSet nested; /* classes inside the part behind it; the rest of the part is text in `out` */
    size_t text_at; /* from here */
} ClassSet;

/* Takes the part that ends here in. */
static bool end_part(Rewriter *r, ClassSet *c) {
    CodeSet part = {0};
    Str text = str_sub(buf_str(r->out), c->text_at, SIZE_MAX);
    if (text.len) {
        bool is_caret = text.ptr[0] == '^';
        Str whole = arena_printf(r->arena, "[%s%.*s]", is_caret ? "\\" : "", STR_ARG(text));
        if (r->n_sets++ == MAX_SETS) return refuse(r, "too many operations on character classes");
        if (!code_set_of_class(r->arena, whole, r->flags.ignores_case, &part))
            return refuse(r, "invalid character class");
    }
    r->out->len = c->text_at;
    part = code_set_combine(r->arena, CODES_UNION, &part, &c->nested);
    c->done = code_set_combine(r->arena, c->op, &c->done, &part);
    c->nested = (CodeSet){0};
    return true;
}

static bool read_class_set(Rewriter *r, unsigned depth, CodeSet *ret);

static bool read_class_item(Rewriter *r, unsigned depth, ClassSet *c) {
    CodeSet inner;
    char sign = peek(r, 0);
    if (sign == '\\') return put_class_escape(r);
    if (sign == '[' && !put_posix_class(r)) {
        if (!read_class_set(r, depth + 1, &inner)) return false;
        c->nested = code_set_combine(r->arena, CODES_UNION, &c->nested, &inner);
    } else if (is_blank(r, sign)) {
        r->at++;
    } else if (sign != '[') {
        copy(r, 1);
    }
    return true;
}

static bool read_class_set(Rewriter *r, unsigned depth, CodeSet *ret) {
    ClassSet c = {.op = CODES_UNION, .text_at = r->out->len};
    if (depth == MAX_CLASS_DEPTH) return refuse(r, "character classes nest too deeply");
    r->at++;
    bool is_negated = peek(r, 0) == '^';
    if (is_negated) r->at++;
    if (peek(r, 0) == ']') {
        buf_puts(r->out, "\\]");
        r->at++;
    }
    while (peek(r, 0) != ']') {
        if (at_end(r)) return refuse(r, "missing ]");
        if (at_class_operation(r)) {
            if (!end_part(r, &c)) return false;
            c.op = class_operation(peek(r, 0));
            r->at += 2;
        } else if (!read_class_item(r, depth, &c)) {
            return false;
        }
    }
    r->at++;
    if (!end_part(r, &c)) return false;
    *ret = is_negated ? code_set_combine(r->arena, CODES_NOT, &c.done, NULL) : c.done;
    return true;
}

static bool put_class(Rewriter *r) {
    size_t at = r->at, len = r->out->len;
    CodeSet set;
    if (put_plain_class(r)) return true;
    if (r->ret_error->len) return false;
    r->at = at;
    r->out->len = len;
    if (!read_class_set(r, 0, &set)) return false;
    code_set_put(r->out, &set);
    return true;
}

/* -------------------------------------------------------------- groups */

static bool open_group(Rewriter *r) {
    if (r->depth == MAX_GROUP_DEPTH) return refuse(r, "groups nest too deeply");
    r->stack[r->depth++] = r->flags;
    return true;
}

/* (?flags) and (?flags:...): RE2 knows i, m, s, U; x and u are settled here. */
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
        case 'i':
        case 'm':
        case 's':
        case 'U':
            if (c == 'i') flags.ignores_case = is_on;
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
    return ok || (r->ret_error->len ? false : refuse(r, "invalid or unsupported group or flag"));
}

static bool put_named_group(Rewriter *r, size_t name_at) {
    size_t end = str_find(r->in, STR(">"), name_at);
    if (end == SIZE_MAX || end == name_at) return refuse(r, "invalid group name");
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
        return refuse(r, "look-around is not part of the syntax");
    if (looks_at(r, "(?<")) return put_named_group(r, r->at + 3);
    return put_flags(r);
}

static bool put_one(Rewriter *r) {
    char c = peek(r, 0);
    switch (c) {
    case '\\': return put_escape(r);
    case '[': return put_class(r);
    case '(': return put_group(r);
    case ')':
        if (r->depth) r->flags = r->stack[--r->depth];
        copy(r, 1);
        return true;
    default: break;
    }
    if (is_blank(r, c)) {
        r->at++;
    } else if (r->flags.is_verbose && c == '#') {
        size_t line_end = str_find(r->in, STR("\n"), r->at);
        r->at = line_end == SIZE_MAX ? r->in.len : line_end + 1;
    } else {
        copy(r, 1);
    }
    return true;
}

bool regex_to_re2(Arena *arena, Str pattern, bool is_ascii, Buf *out, Str *ret_error) {
    Rewriter *r = ARENA_NEW(arena, Rewriter);
    r->arena = arena;
    r->in = pattern;
    r->is_ascii = is_ascii;
    r->out = out;
    r->flags.is_unicode = true;
    r->ret_error = ret_error;
    if (!utf8_is_valid(pattern)) return refuse(r, "not valid UTF-8");
    while (!at_end(r))
        if (!put_one(r)) return false;
    return true;
}
