/* literal.c: what a literal token is worth. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/ticks.h"
#include "base/utf8.h"
#include "syntax/parse_internal.h"

bool literal_is_obfuscated(Str text) {
    return text.len > 1 && (text.ptr[0] == 'h' || text.ptr[0] == 'H');
}

static unsigned hex_digit(char c) {
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10);
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* The code point of the escape whose first character behind `\` is at *at; moves *at past it. */
static uint32_t read_escape(Str s, size_t *at) {
    char c = s.ptr[(*at)++];
    switch (c) {
    case 'a': return 7;
    case 'b': return 8;
    case 'f': return 12;
    case 'n': return 10;
    case 'r': return 13;
    case 't': return 9;
    case 'v': return 11;
    case 'x':
    case 'u':
    case 'U': {
        unsigned want = c == 'x' ? 2 : c == 'u' ? 4 : 8;
        uint32_t cp = 0;
        for (unsigned i = 0; i < want && *at < s.len && is_hex(s.ptr[*at]); i++)
            cp = cp << 4 | hex_digit(s.ptr[(*at)++]);
        return cp;
    }
    default: break;
    }
    if (c >= '0' && c <= '7') {
        uint32_t cp = (uint32_t)(c - '0');
        for (unsigned i = 0;
             i < (c <= '3' ? 2u : 1u) && *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '7'; i++)
            cp = cp * 8 + (uint32_t)(s.ptr[(*at)++] - '0');
        return cp;
    }
    return (unsigned char)c;
}

/* A high surrogate joins with the \u low surrogate behind it. */
static uint32_t join_surrogate(Str s, size_t *at, uint32_t cp) {
    if (cp < 0xd800 || cp > 0xdbff || *at + 6 > s.len || s.ptr[*at] != '\\' ||
        s.ptr[*at + 1] != 'u')
        return cp;
    size_t next = *at + 1;
    uint32_t low = read_escape(s, &next);
    if (low < 0xdc00 || low > 0xdfff) return cp;
    *at = next;
    return 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
}

static Str unescape(Arena *arena, Str body) {
    if (body.len == 0 || !memchr(body.ptr, '\\', body.len)) return body;
    char *out = arena_alloc_raw(arena, body.len + 4);
    size_t n = 0;
    for (size_t i = 0; i < body.len;) {
        if (body.ptr[i] != '\\' || i + 1 >= body.len) {
            out[n++] = body.ptr[i++];
            continue;
        }
        i++;
        if ((unsigned char)body.ptr[i] >= 0x80) continue;
        uint32_t cp = read_escape(body, &i);
        cp = join_surrogate(body, &i, cp);
        n += utf8_encode(cp, out + n);
    }
    return (Str){out, n};
}

static Str undouble(Arena *arena, Str body, char quote) {
    if (body.len == 0 || !memchr(body.ptr, quote, body.len)) return body;
    char *out = arena_alloc_raw(arena, body.len);
    size_t n = 0;
    for (size_t i = 0; i < body.len; i++) {
        out[n++] = body.ptr[i];
        if (body.ptr[i] == quote) i++;
    }
    return (Str){out, n};
}

static Str string_value(Arena *arena, Str s) {
    if (literal_is_obfuscated(s)) s = str_sub(s, 1, s.len);
    if (str_starts_with(s, STR("```")) || str_starts_with(s, STR("~~~"))) {
        bool closed = s.len >= 6 && str_ends_with(s, str_sub(s, 0, 3));
        return str_sub(s, 3, s.len - (closed ? 6 : 3));
    }
    bool verbatim = s.len && s.ptr[0] == '@';
    if (verbatim) s = str_sub(s, 1, s.len);
    if (!s.len) return s;
    char quote = s.ptr[0];
    bool closed = s.len >= 2 && s.ptr[s.len - 1] == quote;
    Str body = str_sub(s, 1, s.len - (closed ? 2 : 1));
    return verbatim ? undouble(arena, body, quote) : unescape(arena, body);
}

Str literal_string(Parser *p, const Token *token) {
    return string_value(p->arena, token_text(p, token));
}

static bool parse_long(Str s, int64_t *ret) {
    bool negative = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = str_sub(s, 1, s.len);
    bool hex = s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] | 32) == 'x';
    if (hex) s = str_sub(s, 2, s.len);
    if (!s.len || s.len > 64) return false;
    uint64_t v = 0, limit = hex ? UINT64_MAX : (uint64_t)INT64_MAX + negative;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!(c >= '0' && c <= '9') && !(hex && is_hex(c))) return false;
        unsigned base = hex ? 16 : 10, digit = hex_digit(c);
        if (v > (limit - digit) / base) return false;
        v = v * base + digit;
    }
    *ret = (int64_t)(negative ? 0 - v : v);
    return true;
}

static bool parse_real(Arena *arena, Str s, double *ret) {
    Str t = str_trim(s);
    if (str_eq_nocase(t, STR("nan"))) return *ret = (double)NAN, true;
    if (str_eq_nocase(t, STR("inf")) || str_eq_nocase(t, STR("+inf")))
        return *ret = (double)INFINITY, true;
    if (str_eq_nocase(t, STR("-inf"))) return *ret = -(double)INFINITY, true;
    for (size_t i = 0; i < t.len; i++)
        if (!strchr("0123456789+-.eE", t.ptr[i]) || !t.ptr[i]) return false;
    char *end, *c = arena_cstr(arena, t);
    *ret = strtod(c, &end);
    return t.len && *end == '\0';
}

static bool parse_bool(Str s, bool *ret) {
    if (str_eq_nocase(s, STR("true")) || str_is(s, "1")) return *ret = true, true;
    if (str_eq_nocase(s, STR("false")) || str_is(s, "0")) return *ret = false, true;
    return false;
}

/* `inner` as a value of the type; false when it is malformed. */
static bool typed_value(Arena *arena, Type type, Str inner, Value *ret) {
    *ret = value_null(type);
    if (str_eq_nocase(inner, STR("null"))) return true;
    ret->is_null = false;
    int64_t l = 0;
    switch (type) {
    case TYPE_BOOL: return parse_bool(inner, &ret->u.b);
    case TYPE_INT:
        if (!parse_long(inner, &l) || l > INT32_MAX || l < INT32_MIN) return false;
        ret->u.i = (int32_t)l;
        return true;
    case TYPE_LONG: return parse_long(inner, &ret->u.l);
    case TYPE_REAL: return parse_real(arena, inner, &ret->u.r);
    case TYPE_DECIMAL: return decimal_from_text(inner, &ret->u.d);
    case TYPE_DATETIME:
        if (str_eq_nocase(inner, STR("now"))) return false;
        return ticks_parse_datetime(inner, &ret->u.l);
    case TYPE_TIMESPAN: return ticks_parse_timespan(inner, &ret->u.l);
    case TYPE_GUID: {
        char *out = arena_alloc(arena, GUID_TEXT_LEN + 1);
        if (!guid_parse(inner, out)) return false;
        ret->u.s = (Str){out, GUID_TEXT_LEN};
        return true;
    }
    case TYPE_ERROR:
    case TYPE_STRING:
    case TYPE_DYNAMIC:
    case TYPE_COUNT: break;
    }
    return false;
}

/* Blanks as pages have them (U+00A0, U+202F and others), pasted with a literal, are plain ones. */
static Str plain_blanks(Arena *arena, Str s) {
    char *out = arena_alloc_raw(arena, s.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        unsigned step;
        uint32_t cp = utf8_decode(s, at, &step);
        if (cp >= 0x80 && utf8_is_space(cp)) {
            out[len++] = ' ';
        } else {
            memcpy(out + len, s.ptr + at, step);
            len += step;
        }
        at += step;
    }
    return (Str){out, len};
}

static Str inner_text(Str text) {
    size_t open = str_find(text, STR("("), 0);
    return str_trim(str_sub(text, open + 1, text.len - open - 2));
}

static Str strip_quotes(Str s) {
    if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
        return str_sub(s, 1, s.len - 2);
    return s;
}

/* int(x): a name stands where a literal's value does. */
static bool is_expression(Str literal) {
    size_t open = str_find(literal, STR("("), 0);
    Str inner = open == SIZE_MAX ? STR_EMPTY : str_trim(str_sub(literal, open + 1, literal.len));
    char c = inner.len ? inner.ptr[0] : 0;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static Value malformed(Parser *p, const Token *t, Type type) {
    if (!p->panic) {
        Str shown = str_sub(token_text(p, t), 0, 60);
        Phase phase = type == TYPE_DYNAMIC ? PHASE_SYNTAX : PHASE_SEMANTICS;
        Diag *d = diag_add(p->diags, SEVERITY_ERROR, phase, token_span(t), "KS004",
                           "Malformed literal: %.*s", STR_ARG(shown));
        const char *name = type_name(type);
        if (d && is_expression(shown))
            d->hint = arena_printf(p->diags->arena,
                                   "a literal is expected; to%s(...) converts an expression", name);
        else if (d) d->hint = arena_printf(p->diags->arena, "this is no value of type %s", name);
    }
    return value_null(type);
}

Value literal_time_of_day(Parser *p, const Token *t, Str time) {
    Value v;
    bool is_fine = typed_value(p->arena, TYPE_TIMESPAN, time, &v) && !v.is_null && v.u.l >= 0 &&
                   v.u.l < TICKS_PER_DAY;
    return is_fine ? v : malformed(p, t, TYPE_DATETIME);
}

static Value typed_literal(Parser *p, const Token *t) {
    Str text = token_text(p, t);
    size_t open = str_find(text, STR("("), 0);
    Value v;
    if (open == SIZE_MAX) /* a guid that stands bare */
        return typed_value(p->arena, TYPE_GUID, text, &v) ? v : malformed(p, t, TYPE_GUID);
    Type type = type_from_name(str_trim(str_sub(text, 0, open)));
    if (str_is(str_trim(str_sub(text, 0, open)), "uuid")) type = TYPE_GUID;
    Str inner = strip_quotes(str_trim(plain_blanks(p->arena, inner_text(text))));
    return typed_value(p->arena, type, inner, &v) ? v : malformed(p, t, type);
}

/* One JSON-like value of dynamic(...): plain JSON, single quotes, and Kusto literals as text. */
static bool put_json(Parser *inner, Buf *out, unsigned depth);

static bool put_members(Parser *in, Buf *out, unsigned depth, bool is_object) {
    char close = is_object ? '}' : ']';
    buf_putc(out, is_object ? '{' : '[');
    advance(in);
    for (bool first = true; !at_punct(in, (unsigned)close); first = false) {
        if (!first) {
            if (!accept_punct(in, ',')) return false;
            buf_putc(out, ',');
        }
        if (is_object) {
            if (peek(in)->kind != TOKEN_STRING) return false;
            json_put_string(out, literal_string(in, peek(in)));
            advance(in);
            if (!accept_punct(in, ':')) return false;
            buf_putc(out, ':');
        }
        if (!put_json(in, out, depth + 1)) return false;
    }
    advance(in);
    buf_putc(out, close);
    return true;
}

/* datetime, timespan and guid stand in JSON as the text that tostring() gives. */
static bool put_typed(Parser *in, Buf *out, const Token *t) {
    char text[48];
    Value v = literal_value(in, t);
    if (v.is_null) return buf_puts(out, "null"), true;
    switch (v.type) {
    case TYPE_DATETIME: json_put_string(out, (Str){text, ticks_print_datetime(v.u.l, text)}); break;
    case TYPE_TIMESPAN: json_put_string(out, (Str){text, ticks_print_timespan(v.u.l, text)}); break;
    case TYPE_GUID: json_put_string(out, v.u.s); break;
    case TYPE_BOOL: buf_puts(out, v.u.b ? "true" : "false"); break;
    case TYPE_INT: buf_printf(out, "%d", v.u.i); break;
    case TYPE_LONG: buf_printf(out, "%lld", (long long)v.u.l); break;
    case TYPE_REAL: json_put_real(out, v.u.r); break;
    case TYPE_DECIMAL:
        diag_add(in->diags, SEVERITY_ERROR, PHASE_SEMANTICS, token_span(t), "KS215",
                 "Decimal values are not supported in dynamic objects.");
        return false;
    case TYPE_ERROR:
    case TYPE_STRING:
    case TYPE_DYNAMIC:
    case TYPE_COUNT: return false;
    }
    return true;
}

static bool put_scalar(Parser *in, Buf *out, const Token *t) {
    Str text = token_text(in, t);
    switch ((TokenKind)t->kind) {
    case TOKEN_LONG: {
        int64_t l;
        if (parse_long(text, &l)) buf_printf(out, "%lld", (long long)l);
        else if (json_is_valid(text)) buf_put(out, text); /* as in JSON that is read */
        else return false;
        return true;
    }
    case TOKEN_REAL: {
        double r;
        if (!parse_real(in->arena, text, &r)) return false;
        if (json_is_valid(text)) buf_put(out, text);
        else json_put_real(out, r);
        return true;
    }
    case TOKEN_TIMESPAN:
    case TOKEN_TYPED: return put_typed(in, out, t);
    case TOKEN_DYNAMIC: {
        Value v = literal_value(in, t);
        buf_put(out, v.is_null ? STR("null") : v.u.s);
        return true;
    }
    case TOKEN_NAME: {
        bool b;
        if (str_is(text, "null")) return buf_puts(out, "null"), true;
        if (text.len < 4 || !parse_bool(text, &b)) return false;
        buf_puts(out, b ? "true" : "false");
        return true;
    }
    case TOKEN_STRING:
    case TOKEN_END:
    case TOKEN_NOT_WORD:
    case TOKEN_PUNCT:
    case TOKEN_BAD: break;
    }
    return false;
}

/* Strings side by side are one, here as elsewhere. */
static bool put_strings(Parser *in, Buf *out) {
    Buf all = {0};
    for (; peek(in)->kind == TOKEN_STRING; advance(in)) buf_put(&all, literal_string(in, peek(in)));
    json_put_string(out, buf_str(&all));
    buf_free(&all);
    return true;
}

static bool put_json(Parser *in, Buf *out, unsigned depth) {
    if (depth > JSON_MAX_DEPTH || in->n_tokens == 0) return false;
    if (at_punct(in, '{')) return put_members(in, out, depth, true);
    if (at_punct(in, '[')) return put_members(in, out, depth, false);
    if (accept_punct(in, '-')) {
        if (peek(in)->kind != TOKEN_LONG && peek(in)->kind != TOKEN_REAL) return false;
        buf_putc(out, '-');
    }
    if (peek(in)->kind == TOKEN_STRING) return put_strings(in, out);
    if (!put_scalar(in, out, peek(in))) return false;
    advance(in);
    return true;
}

/* What was told of a part, told of the whole; else that it is malformed. */
static Value refused(Parser *p, const Token *t, const Diags *inner) {
    const Diag *told = inner->n ? &inner->items[0] : NULL;
    if (p->panic || !told || !str_is(told->code, "KS215")) return malformed(p, t, TYPE_DYNAMIC);
    diag_add(p->diags, SEVERITY_ERROR, told->phase, token_span(t), "KS215", "%.*s",
             STR_ARG(told->message));
    return value_null(TYPE_DYNAMIC);
}

/* dynamic(...) nested in itself costs a lexer each: their depth is capped with the tree's. */
static Value dynamic_literal(Parser *p, const Token *t) {
    Str body = inner_text(token_text(p, t));
    Value v = value_null(TYPE_DYNAMIC);
    if (str_is(body, "null")) return v;
    if (p->depth > 64) return malformed(p, t, TYPE_DYNAMIC);
    Diags inner_diags;
    diags_init(&inner_diags, p->arena);
    Parser in = {.arena = p->arena,
                 .text = body,
                 .diags = &inner_diags,
                 .depth = p->depth < 48 ? p->depth + 8 : 65};
    lex(&in);
    Buf out = {0};
    bool ok = put_json(&in, &out, 0) && peek(&in)->kind == TOKEN_END && inner_diags.n_errors == 0;
    if (ok) {
        v.is_null = false;
        v.u.s = json_canonical_str(p->arena, arena_str(p->arena, buf_str(&out)));
        ok = v.u.s.len > 0;
    }
    buf_free(&out);
    return ok ? v : refused(p, t, &inner_diags);
}

Value literal_value(Parser *p, const Token *t) {
    Str text = token_text(p, t);
    Value v = {0};
    switch ((TokenKind)t->kind) {
    case TOKEN_STRING: return value_str(utf8_repair(p->arena, literal_string(p, t)));
    case TOKEN_LONG:
        v = value_long(0);
        return parse_long(text, &v.u.l) ? v : malformed(p, t, TYPE_LONG);
    case TOKEN_REAL:
        v = value_real(0);
        return parse_real(p->arena, text, &v.u.r) ? v : malformed(p, t, TYPE_REAL);
    case TOKEN_TIMESPAN:
        v = value_ticks(TYPE_TIMESPAN, 0);
        return ticks_parse_timespan(text, &v.u.l) ? v : malformed(p, t, TYPE_TIMESPAN);
    case TOKEN_TYPED: return typed_literal(p, t);
    case TOKEN_DYNAMIC: return dynamic_literal(p, t);
    case TOKEN_NAME: {
        v = value_bool(false);
        if (!parse_bool(text, &v.u.b)) return value_null(TYPE_DYNAMIC);
        return v;
    }
    case TOKEN_END:
    case TOKEN_NOT_WORD:
    case TOKEN_PUNCT:
    case TOKEN_BAD: break;
    }
    return malformed(p, t, TYPE_DYNAMIC);
}
