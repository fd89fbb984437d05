/*
 * value.c: values as text, as JSON and as KQL source, and their order.
 *
 * Source: "tostring", "The dynamic data type", the literal sections of the scalar type pages.
 */
#include <math.h>

#include "base/json.h"
#include "base/ticks.h"
#include "kernels/kernel.h"

void kernel_fail(KernelCall *call, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    if (!call->error.len) call->error = arena_vprintf(call->scratch, fmt, ap);
    va_end(ap);
}

/* ------------------------------------------------------------------ text */

enum { SHORT_TEXT = DECIMAL_TEXT_MAX };

/* Digits of a long into `out` (20 bytes at most); returns the length. */
static size_t print_long(int64_t value, char *out) {
    char digits[20];
    size_t n = 0, len = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) out[len++] = '-';
    while (n) out[len++] = digits[--n];
    return len;
}

static size_t print_real(double value, char *out) {
    Buf text = {.ptr = out,
                .cap = SHORT_TEXT}; /* a real is never longer than 26 bytes: no growth */
    json_put_real(&text, value);
    return text.len;
}

/* The short types, into a buffer of SHORT_TEXT bytes. */
static size_t print_short(const Value *v, char *out) {
    switch (v->type) {
    case TYPE_BOOL: memcpy(out, v->u.b ? "true" : "false", 5); return v->u.b ? 4 : 5;
    case TYPE_INT: return print_long(v->u.i, out);
    case TYPE_LONG: return print_long(v->u.l, out);
    case TYPE_REAL: return print_real(v->u.r, out);
    case TYPE_DECIMAL: return decimal_to_text(v->u.d, out);
    case TYPE_DATETIME: return ticks_print_datetime(v->u.l, out);
    case TYPE_TIMESPAN: return ticks_print_timespan(v->u.l, out);
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}

Str value_to_text(Arena *arena, const Value *v) {
    if (v->is_null) return STR_EMPTY;
    switch (v->type) {
    case TYPE_BOOL: return v->u.b ? STR("true") : STR("false");
    case TYPE_STRING:
    case TYPE_GUID: return v->u.s;
    case TYPE_DYNAMIC:
        if (v->u.s.len && v->u.s.ptr[0] == '"') return json_string(arena, v->u.s);
        return str_is(v->u.s, "null") ? STR_EMPTY : v->u.s;
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_REAL:
    case TYPE_DECIMAL:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: break;
    case TYPE_ERROR:
    case TYPE_COUNT: return STR_EMPTY;
    }
    char text[SHORT_TEXT];
    size_t len = print_short(v, text);
    return arena_str(arena, (Str){text, len});
}

void value_put_json(Buf *out, const Value *v) {
    if (v->is_null) {
        buf_put(out, STR("null"));
        return;
    }
    char text[SHORT_TEXT + 2];
    switch (v->type) {
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_REAL: buf_put(out, (Str){text, print_short(v, text)}); return;
    case TYPE_DECIMAL:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: { /* none of these characters needs an escape */
        size_t len = print_short(v, text + 1);
        text[0] = text[len + 1] = '"';
        buf_put(out, (Str){text, len + 2});
        return;
    }
    case TYPE_STRING:
    case TYPE_GUID: json_put_string(out, v->u.s); return;
    case TYPE_DYNAMIC: buf_put(out, v->u.s.len ? v->u.s : STR("null")); return;
    case TYPE_ERROR:
    case TYPE_COUNT: buf_put(out, STR("null")); return;
    }
}

/* ------------------------------------------------------------ KQL source */

/* A string literal in double quotes. */
static void put_kql_string(Buf *out, Str s) {
    static const char HEX[] = "0123456789abcdef";
    buf_putc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '"' || c == '\\') {
            buf_putc(out, '\\');
            buf_putc(out, c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            buf_putc(out, '\\');
            buf_putc(out, c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else if ((unsigned char)c < 0x20) {
            buf_puts(out, "\\u00");
            buf_putc(out, HEX[(unsigned char)c >> 4]);
            buf_putc(out, HEX[(unsigned char)c & 15]);
        } else {
            buf_putc(out, c);
        }
    }
    buf_putc(out, '"');
}

/* "1d", "36h", "5m", "90s", "250ms" where one unit says it, else timespan(...). */
static void put_kql_timespan(Buf *out, int64_t ticks) {
    static const struct {
        int64_t ticks;
        const char *unit;
    } UNITS[] = {{TICKS_PER_DAY, "d"},    {TICKS_PER_HOUR, "h"},         {TICKS_PER_MINUTE, "m"},
                 {TICKS_PER_SECOND, "s"}, {TICKS_PER_MILLISECOND, "ms"}, {1, "tick"}};
    char text[SHORT_TEXT];
    for (size_t i = 0; ticks > 0 && i < COUNT_OF(UNITS); i++) {
        int64_t n = ticks / UNITS[i].ticks;
        if (ticks % UNITS[i].ticks != 0 || n >= 1000) continue;
        buf_printf(out, "%lld%s", (long long)n, UNITS[i].unit);
        return;
    }
    size_t len = ticks_print_timespan(ticks, text);
    buf_printf(out, "timespan(%.*s)", (int)len, text);
}

static void put_kql_real(Buf *out, double value) {
    if (isnan(value)) {
        buf_puts(out, "real(nan)");
    } else if (isinf(value)) {
        buf_puts(out, value < 0 ? "real(-inf)" : "real(+inf)");
    } else {
        json_put_real(out, value);
    }
}

Str value_to_kql(Arena *arena, const Value *v) {
    Buf out = {0};
    char text[SHORT_TEXT];
    if (v->is_null) return arena_printf(arena, "%s(null)", type_name(v->type));
    switch (v->type) {
    case TYPE_LONG:
    case TYPE_BOOL: buf_put(&out, (Str){text, print_short(v, text)}); break;
    case TYPE_REAL: put_kql_real(&out, v->u.r); break;
    case TYPE_TIMESPAN: put_kql_timespan(&out, v->u.l); break;
    case TYPE_STRING: put_kql_string(&out, v->u.s); break;
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_DATETIME:
        buf_printf(&out, "%s(", type_name(v->type));
        buf_put(&out, (Str){text, print_short(v, text)});
        buf_putc(&out, ')');
        break;
    case TYPE_GUID:
    case TYPE_DYNAMIC:
        buf_printf(&out, "%s(", type_name(v->type));
        buf_put(&out, v->u.s);
        buf_putc(&out, ')');
        break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    Str source = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return source;
}

/* ----------------------------------------------------------------- order */

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* NaN stands before every number and equals itself, so that this is an order. */
static int compare_reals(double a, double b) {
    if (isnan(a) || isnan(b)) return isnan(b) - isnan(a);
    return COMPARE(a, b);
}

/* null < false < true < numbers < strings < arrays < objects. */
static int kind_rank(JsonKind kind) {
    switch (kind) {
    case JSON_INVALID:
    case JSON_NULL: return 0;
    case JSON_FALSE: return 1;
    case JSON_TRUE: return 2;
    case JSON_LONG:
    case JSON_REAL: return 3;
    case JSON_STRING: return 4;
    case JSON_ARRAY: return 5;
    case JSON_OBJECT: return 6;
    }
    return 0;
}

static int compare_numbers(Str a, Str b) {
    int64_t la, lb;
    double ra = 0, rb = 0;
    if (json_long(a, &la) && json_long(b, &lb)) return COMPARE(la, lb);
    if (!json_real(a, &ra)) ra = NAN;
    if (!json_real(b, &rb)) rb = NAN;
    return compare_reals(ra, rb);
}

static int compare_strings(Str a, Str b) {
    bool escaped = memchr(a.ptr, '\\', a.len) || memchr(b.ptr, '\\', b.len);
    if (!escaped) return str_compare(str_sub(a, 1, a.len - 2), str_sub(b, 1, b.len - 2));
    Arena *arena = arena_new();
    int order = str_compare(json_string(arena, a), json_string(arena, b));
    arena_free(arena);
    return order;
}

static int compare_json(Str a, Str b, unsigned depth);

static int compare_arrays(Str a, Str b, unsigned depth) {
    JsonCursor ca, cb;
    Str ea, eb;
    if (!json_enter(a, &ca) || !json_enter(b, &cb)) return 0;
    for (;;) {
        bool more_a = json_next(&ca, NULL, &ea), more_b = json_next(&cb, NULL, &eb);
        if (!more_a || !more_b) return (int)more_a - (int)more_b;
        int order = compare_json(ea, eb, depth);
        if (order) return order;
    }
}

/* Equal when the members are, in any order; otherwise by size and then text, so that it is an
 * order. */
static int compare_objects(Str a, Str b, unsigned depth) {
    size_t na = json_count(a), nb = json_count(b);
    if (na != nb) return COMPARE(na, nb);
    JsonCursor ca, cb;
    Str ka, kb, va, vb;
    if (!json_enter(a, &ca) || !json_enter(b, &cb)) return 0;
    while (json_next(&ca, &ka, &va)) {
        bool in_step = json_next(&cb, &kb, &vb) && str_eq(ka, kb);
        if (!in_step) { /* canonical names are equal as they are written */
            JsonCursor search;
            bool found = false;
            if (!json_enter(b, &search)) return 0;
            while (!found && json_next(&search, &kb, &vb)) found = str_eq(ka, kb);
            if (!found) return str_compare(a, b);
        }
        if (compare_json(va, vb, depth)) return str_compare(a, b);
    }
    return 0;
}

static int compare_json(Str a, Str b, unsigned depth) {
    if (str_eq(a, b)) return 0;
    JsonKind ka = json_kind(a), kb = json_kind(b);
    int ra = kind_rank(ka), rb = kind_rank(kb);
    if (ra != rb) return COMPARE(ra, rb);
    if (depth >= JSON_MAX_DEPTH) return str_compare(a, b);
    switch (ka) {
    case JSON_LONG:
    case JSON_REAL: return compare_numbers(a, b);
    case JSON_STRING: return compare_strings(a, b);
    case JSON_ARRAY: return compare_arrays(a, b, depth + 1);
    case JSON_OBJECT: return compare_objects(a, b, depth + 1);
    case JSON_INVALID:
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE: break;
    }
    return 0;
}

int value_compare(const Value *a, const Value *b) {
    switch (a->type) {
    case TYPE_BOOL: return COMPARE(a->u.b, b->u.b);
    case TYPE_INT: return COMPARE(a->u.i, b->u.i);
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return COMPARE(a->u.l, b->u.l);
    case TYPE_REAL: return compare_reals(a->u.r, b->u.r);
    case TYPE_DECIMAL: return decimal_compare(a->u.d, b->u.d);
    case TYPE_STRING:
    case TYPE_GUID: return str_compare(a->u.s, b->u.s);
    case TYPE_DYNAMIC: return compare_json(a->u.s, b->u.s, 0);
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}
