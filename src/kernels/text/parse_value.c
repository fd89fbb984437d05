/*
 * parse_value.c: text cut out by parse and parse-kv as a value of a column's type.
 */
#include "kernels/text/parse_value.h"

#include "kernels/dynamic/elements.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_at(Str s, size_t at) {
    size_t n = 0;
    while (at + n < s.len && is_digit(s.ptr[at + n])) n++;
    return n;
}

static size_t sign_at(Str s, size_t at) {
    return at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+') ? 1 : 0;
}

static size_t integer_prefix(Str s) {
    size_t sign = sign_at(s, 0), n = digits_at(s, sign);
    return n ? sign + n : 0;
}

/* [+-]digits[.digits][e[+-]digits], digits on one side of the point at least. */
static size_t real_prefix(Str s) {
    size_t at = sign_at(s, 0), whole = digits_at(s, at);
    at += whole;
    size_t fraction = at < s.len && s.ptr[at] == '.' ? digits_at(s, at + 1) : 0;
    if (fraction) at += 1 + fraction;
    if (!whole && !fraction) return 0;
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        size_t sign = sign_at(s, at + 1), exponent = digits_at(s, at + 1 + sign);
        if (exponent) at += 1 + sign + exponent;
    }
    return at;
}

static size_t word_prefix(Str s) {
    size_t n = 0;
    while (n < s.len && n < PARSED_MAX_PREFIX &&
           (is_digit(s.ptr[n]) || ((s.ptr[n] | 32) >= 'a' && (s.ptr[n] | 32) <= 'z')))
        n++;
    return n;
}

bool parsed_is_value(Arena *scratch, Str text, Type type, Value *ret) {
    Value given = value_str(text);
    if (type == TYPE_STRING) {
        *ret = given;
        return true;
    }
    if (type == TYPE_INT || type == TYPE_LONG) {
        Str bare = str_trim(text);
        if (!bare.len || integer_prefix(bare) != bare.len) return false;
    }
    *ret = value_convert(scratch, &given, type);
    return !ret->is_null || type == TYPE_DYNAMIC;
}

size_t parsed_prefix(Arena *scratch, Str text, Type type) {
    Value value;
    size_t len = 0;
    switch (type) {
    case TYPE_INT:
    case TYPE_LONG: len = integer_prefix(text); break;
    case TYPE_REAL:
    case TYPE_DECIMAL: len = real_prefix(text); break;
    case TYPE_BOOL: len = word_prefix(text); break;
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
        len = text.len < PARSED_MAX_PREFIX ? text.len : PARSED_MAX_PREFIX;
        while (len && !parsed_is_value(scratch, str_sub(text, 0, len), type, &value)) len--;
        return len;
    case TYPE_STRING:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: return 0;
    }
    return parsed_is_value(scratch, str_sub(text, 0, len), type, &value) ? len : 0;
}

void parsed_put(Out *out, const Value *value) {
    if (out->ptr[out->len - 1] != '[') out_putc(out, ',');
    if (!value || value->is_null) {
        out_put(out, STR("null"));
    } else if (value->type == TYPE_STRING) {
        out_json_string(out, value->u.s);
    } else {
        out_put(out, json_of_value(out->arena, value));
    }
}

Type parsed_type(Arena *arena, Str json_name) {
    if (json_kind(json_name) != JSON_STRING) return TYPE_ERROR;
    return type_from_name(json_string(arena, json_name));
}
