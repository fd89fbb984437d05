/*
 * regex_class.c: character classes in RE2's dialect.
 *
 * The Unicode classes are spelled out: \w is letters, marks, decimal digits, connectors and the
 * joiners. In a text of ASCII alone they shrink to RE2's own, which makes a smaller and faster
 * program. What RE2 cannot say (operations, a negated class inside a class) is worked out as a set
 * of code points, and so is every class for marked texts: none may match a mark.
 *
 * Source: "Regex syntax" (Character classes, Perl character classes).
 */
#include "kernels/regex/regex_syntax_internal.h"
#include "kernels/text/code_set.h"

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

#define MAX_CLASS_DEPTH 32
#define MAX_SETS 64 /* working one out takes about 10 ms */

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

/* \p{Name}, \P{Name}, \p{^Name}, \pN as RE2 has it inside [...]. */
static void put_property(Rewriter *r) {
    size_t close = peek(r, 2) == '{' ? str_find(r->in, STR("}"), r->at) : SIZE_MAX;
    if (close == SIZE_MAX) {
        copy(r, 3);
        return;
    }
    char letter = peek(r, 1);
    Str name = str_sub(r->in, r->at + 3, close - r->at - 3);
    size_t equals = str_find(name, STR("="), 0); /* script=Greek, gc=Lu */
    if (equals != SIZE_MAX) name = str_sub(name, equals + 1, SIZE_MAX);
    r->at = close + 1;
    if (str_eq_nocase(name, STR("ascii"))) {
        buf_puts(r->out, letter == 'p' ? "\\x{0}-\\x{7f}" : "\\x{80}-\\x{10ffff}");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(categories); i++)
        if (str_eq_nocase(name, str_of(categories[i].name))) name = str_of(categories[i].category);
    buf_printf(r->out, "\\%c{%.*s}", letter, STR_ARG(name));
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

bool regex_put_perl_class(Rewriter *r) {
    char letter = peek(r, 1);
    bool is_negated = letter == 'D' || letter == 'W' || letter == 'S';
    const char *members = class_members(r, is_negated ? (char)(letter + ('a' - 'A')) : letter);
    const char *marks = is_negated && r->texts == REGEX_MARKED_TEXTS ? REGEX_MARKS : "";
    buf_printf(r->out, "[%s%s%s]", is_negated ? "^" : "", members, marks);
    r->at += 2;
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
    case 'P': put_property(r); return true;
    case 'u':
    case 'U': return regex_put_code_point(r);
    case 'b': /* no boundary inside a class */
    case 'B':
    case 'C': return regex_refuse(r, "invalid escape sequence in a character class");
    default: copy(r, 2); return true;
    }
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
    return regex_refuse(r, "missing ]");
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
        if (r->n_sets++ == MAX_SETS)
            return regex_refuse(r, "too many operations on character classes");
        if (!code_set_of_class(r->arena, whole, r->flags.ignores_case, &part))
            return regex_refuse(r, "invalid character class");
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
    if (depth == MAX_CLASS_DEPTH) return regex_refuse(r, "character classes nest too deeply");
    r->at++;
    bool is_negated = peek(r, 0) == '^';
    if (is_negated) r->at++;
    if (peek(r, 0) == ']') {
        buf_puts(r->out, "\\]");
        r->at++;
    }
    while (peek(r, 0) != ']') {
        if (at_end(r)) return regex_refuse(r, "missing ]");
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

/* A set as a class; no class matches a mark. */
static void put_set(Rewriter *r, CodeSet set) {
    CodeRange range = {REGEX_MARK_FIRST, REGEX_MARK_LAST};
    CodeSet marks = {.at = &range, .n = 1};
    if (r->texts == REGEX_MARKED_TEXTS) set = code_set_combine(r->arena, CODES_MINUS, &set, &marks);
    code_set_put(r->out, &set);
}

bool regex_put_class(Rewriter *r) {
    size_t at = r->at, len = r->out->len;
    CodeSet set;
    if (r->texts != REGEX_MARKED_TEXTS) {
        if (put_plain_class(r)) return true;
        if (r->ret_error->len) return false;
        r->at = at;
        r->out->len = len;
    }
    if (!read_class_set(r, 0, &set)) return false;
    put_set(r, set);
    return true;
}

bool regex_put_property(Rewriter *r) {
    ClassSet c = {.op = CODES_UNION, .text_at = r->out->len};
    if (r->texts != REGEX_MARKED_TEXTS) {
        buf_putc(r->out, '[');
        put_property(r);
        buf_putc(r->out, ']');
        return true;
    }
    put_property(r);
    if (!end_part(r, &c)) return false;
    put_set(r, c.done);
    return true;
}
