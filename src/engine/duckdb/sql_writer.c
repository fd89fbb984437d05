#include "engine/duckdb/sql_writer.h"

#include <inttypes.h>
#include <math.h>

#include "engine/duckdb/engine_internal.h"

void sql_ident(Buf *out, Str name) {
    buf_putc(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"') buf_putc(out, '"');
        buf_putc(out, name.ptr[i] ? name.ptr[i] : '_');
    }
    buf_putc(out, '"');
}

static void put_quoted(Buf *out, Str text) {
    buf_putc(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') buf_putc(out, '\'');
        buf_putc(out, text.ptr[i]);
    }
    buf_putc(out, '\'');
}

/* A text with NUL is written as a scalar subquery: the engine then does not fold it into a constant
 * argument, which would pass through a C string and be cut at the NUL. */
void sql_text(Buf *out, Str text) {
    if (!text.len || !memchr(text.ptr, 0, text.len)) {
        put_quoted(out, text);
        return;
    }
    buf_puts(out, "(SELECT ");
    while (true) {
        const char *nul = text.len ? memchr(text.ptr, 0, text.len) : NULL;
        size_t len = nul ? (size_t)(nul - text.ptr) : text.len;
        put_quoted(out, str_sub(text, 0, len));
        if (!nul) break;
        buf_puts(out, " || chr(0) || ");
        text = str_sub(text, len + 1, text.len);
    }
    buf_putc(out, ')');
}

void sql_column(Buf *out, ColumnId id) { buf_printf(out, "c%" PRIu32, id); }

void sql_long(Buf *out, int64_t value) {
    if (value >= 0) buf_printf(out, "%" PRId64 "::BIGINT", value);
    else buf_printf(out, "'%" PRId64 "'::BIGINT", value);
}

void sql_missing(Buf *out, Type type) {
    if (type == TYPE_STRING) {
        buf_puts(out, "''");
        return;
    }
    buf_puts(out, "NULL::");
    buf_puts(out, type_sql(type));
}

static void put_real(Buf *out, double r) {
    if (isnan(r)) buf_puts(out, "'NaN'::DOUBLE");
    else if (isinf(r)) buf_puts(out, r < 0 ? "'-Infinity'::DOUBLE" : "'Infinity'::DOUBLE");
    else buf_printf(out, "'%.17g'::DOUBLE", r);
}

static void put_decimal(Buf *out, Decimal d) {
    char digits[48];
    size_t n = sizeof digits;
    Uint128 rest = d.bits < 0 ? -(Uint128)d.bits : (Uint128)d.bits;
    do digits[--n] = (char)('0' + (int)(rest % 10));
    while (rest /= 10);
    if (d.bits < 0) digits[--n] = '-';
    buf_putc(out, '\'');
    buf_put(out, (Str){digits + n, sizeof digits - n});
    buf_puts(out, "'::HUGEINT");
}

void sql_literal(Buf *out, const Value *v) {
    if (v->is_null && v->type != TYPE_STRING) {
        sql_missing(out, v->type);
        return;
    }
    switch (v->type) {
    case TYPE_BOOL: buf_puts(out, v->u.b ? "true" : "false"); break;
    case TYPE_INT:
        if (v->u.i >= 0) buf_printf(out, "%" PRId32 "::INTEGER", v->u.i);
        else buf_printf(out, "'%" PRId32 "'::INTEGER", v->u.i);
        break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: sql_long(out, v->u.l); break;
    case TYPE_REAL: put_real(out, v->u.r); break;
    case TYPE_DECIMAL: put_decimal(out, v->u.d); break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: sql_text(out, v->is_null ? STR_EMPTY : v->u.s); break;
    case TYPE_ERROR:
    case TYPE_COUNT: buf_puts(out, "NULL"); break;
    }
}
