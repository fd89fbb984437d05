/*
 * coerce.c: see coerce.h.
 *
 * Integers are read as digits, never through a double, so that 64-bit ids stay exact, whether the
 * export wrote them as numbers or as strings. A dynamic column takes a string that holds an object
 * or array as that value: Defender exports AdditionalFields as text, Sentinel as an object.
 */
#include "sources/coerce.h"

#include <math.h>

#include "base/json.h"
#include "base/ticks.h"
#include "kernels/convert.h"

void coerce_null(ColumnVector *v, uint32_t row) {
    v->valid[row] = v->type == TYPE_STRING;
    switch (v->type) {
    case TYPE_BOOL: v->u.b[row] = 0; break;
    case TYPE_INT: v->u.i[row] = 0; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: v->u.l[row] = 0; break;
    case TYPE_REAL: v->u.r[row] = 0; break;
    case TYPE_DECIMAL: v->u.d[row] = DECIMAL_ZERO; break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: v->u.s[row] = STR_EMPTY; break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
}

static void set_text(ColumnVector *v, uint32_t row, Str s) {
    v->u.s[row] = s;
    v->valid[row] = 1;
}

/* ------------------------------------------------------------------- numbers */

/* Digits, or a number without a fraction such as 1.0 and 1e3. */
static bool whole_number(Str text, int64_t *ret) {
    double real;
    if (json_long(text, ret)) return true;
    if (!json_real(text, &real) || !(fabs(real) < 9007199254740992.0) || real != floor(real))
        return false;
    *ret = (int64_t)real;
    return true;
}

/* What strings may hold besides: a sign, leading zeros, 0x digits. */
static bool whole_text(Str text, int64_t *ret) {
    if (whole_number(text, ret)) return true;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.') return false;
    return text_to_long(text, ret);
}

static bool set_long(ColumnVector *v, uint32_t row, int64_t number) {
    if (v->type == TYPE_INT) {
        if (number < INT32_MIN || number > INT32_MAX) return false;
        v->u.i[row] = (int32_t)number;
    } else {
        v->u.l[row] = number;
    }
    v->valid[row] = 1;
    return true;
}

static bool set_bool(ColumnVector *v, uint32_t row, bool b) {
    v->u.b[row] = b;
    v->valid[row] = 1;
    return true;
}

static bool set_real(ColumnVector *v, uint32_t row, double r) {
    v->u.r[row] = r;
    v->valid[row] = 1;
    return true;
}

static bool set_ticks(ColumnVector *v, uint32_t row, int64_t ticks) {
    v->u.l[row] = ticks;
    v->valid[row] = 1;
    return true;
}

static bool set_decimal(ColumnVector *v, uint32_t row, Str text) {
    if (!decimal_from_text(text, &v->u.d[row])) return false;
    v->valid[row] = 1;
    return true;
}

/* ------------------------------------------------------------------ dynamic */

static bool set_dynamic(ColumnVector *v, uint32_t row, Str json, Arena *arena) {
    Str canonical = json_canonical_str(arena, json);
    if (!canonical.len) return false;
    bool is_same = canonical.ptr >= json.ptr && canonical.ptr < json.ptr + json.len;
    set_text(v, row, is_same ? arena_str(arena, canonical) : canonical);
    return true;
}

static bool dynamic_from_text(ColumnVector *v, uint32_t row, Str text, Arena *arena) {
    Str trimmed = str_trim(text);
    bool is_container = trimmed.len && (trimmed.ptr[0] == '{' || trimmed.ptr[0] == '[');
    if (is_container && set_dynamic(v, row, trimmed, arena)) return true;
    Buf out = {0};
    json_put_string(&out, text);
    set_text(v, row, arena_str(arena, buf_str(&out)));
    buf_free(&out);
    return true;
}

/* -------------------------------------------------------------------- text */

/* True when the text ends in a zone: Z, UTC, GMT or an offset behind a time. */
static bool has_zone(Str text) {
    text = str_trim(text);
    if (!text.len) return false;
    char last = text.ptr[text.len - 1];
    if (last == 'Z' || last == 'z' || last == 'T' || last == 'C') return true;
    size_t colon = text.len;
    for (size_t i = 0; i < text.len && colon == text.len; i++)
        if (text.ptr[i] == ':') colon = i;
    for (size_t i = colon; i < text.len; i++)
        if (text.ptr[i] == '+' || text.ptr[i] == '-') return true;
    return false;
}

bool coerce_millisecond_date(Str text, int64_t *ret) {
    int64_t milliseconds, ticks;
    text = str_trim(text);
    if (!str_starts_with(text, STR("/Date(")) || !str_ends_with(text, STR(")/"))) return false;
    Str inside = str_sub(text, 6, text.len - 8);
    for (size_t i = 1; i < inside.len; i++) /* a zone, which only says how to show the time */
        if (inside.ptr[i] == '+' || inside.ptr[i] == '-') inside.len = i;
    if (!json_long(inside, &milliseconds) ||
        __builtin_mul_overflow(milliseconds, INT64_C(10000), &ticks) ||
        __builtin_add_overflow(ticks, INT64_C(621355968000000000), &ticks) || ticks < 0 ||
        ticks > TICKS_MAX_DATETIME)
        return false;
    *ret = ticks;
    return true;
}

static bool read_time(Str text, int64_t zone_ticks, int64_t *ret) {
    if (coerce_millisecond_date(text, ret)) return true;
    if (!ticks_parse_datetime(text, ret)) return false;
    if (zone_ticks && !has_zone(text)) {
        *ret -= zone_ticks;
        if (*ret < 0 || *ret > TICKS_MAX_DATETIME) return false;
    }
    return true;
}

static bool bool_from_text(ColumnVector *v, uint32_t row, Str text) {
    int64_t number;
    text = str_trim(text);
    if (str_eq_nocase(text, STR("true"))) return set_bool(v, row, true);
    if (str_eq_nocase(text, STR("false"))) return set_bool(v, row, false);
    return json_long(text, &number) && set_bool(v, row, number != 0);
}

static bool guid_from_text(ColumnVector *v, uint32_t row, Str text, Arena *arena) {
    char guid[GUID_TEXT_LEN];
    if (!guid_parse(text, guid)) return false;
    set_text(v, row, arena_str(arena, (Str){guid, sizeof guid}));
    return true;
}

/* The value of a text that is not empty, in the types that are not string. */
static bool typed_text(ColumnVector *v, uint32_t row, Str text, int64_t zone_ticks, Arena *arena) {
    int64_t number;
    double real;
    switch (v->type) {
    case TYPE_BOOL: return bool_from_text(v, row, text);
    case TYPE_INT:
    case TYPE_LONG: return whole_text(str_trim(text), &number) && set_long(v, row, number);
    case TYPE_REAL: return text_to_real(text, &real) && set_real(v, row, real);
    case TYPE_DECIMAL: return set_decimal(v, row, text);
    case TYPE_DATETIME: return read_time(text, zone_ticks, &number) && set_ticks(v, row, number);
    case TYPE_TIMESPAN: return ticks_parse_timespan(text, &number) && set_ticks(v, row, number);
    case TYPE_GUID: return guid_from_text(v, row, text, arena);
    case TYPE_DYNAMIC: return dynamic_from_text(v, row, text, arena);
    case TYPE_STRING:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

/* A cell is read as parse_json reads text: any JSON value, else a string. */
static void dynamic_from_cell(ColumnVector *v, uint32_t row, Str text, Arena *arena) {
    Value value = text_to_dynamic(arena, text);
    if (value.is_null) return;
    bool is_same = value.u.s.ptr >= text.ptr && value.u.s.ptr < text.ptr + text.len;
    set_text(v, row, is_same ? arena_str(arena, value.u.s) : value.u.s);
}

bool coerce_text(ColumnVector *v, uint32_t row, Str text, int64_t zone_ticks, Arena *arena) {
    coerce_null(v, row);
    if (v->type == TYPE_STRING) {
        set_text(v, row, text);
        return true;
    }
    if (!str_trim(text).len) return true;
    if (v->type == TYPE_DYNAMIC) {
        dynamic_from_cell(v, row, text, arena);
        return true;
    }
    if (typed_text(v, row, text, zone_ticks, arena)) return true;
    coerce_null(v, row);
    return false;
}

/* -------------------------------------------------------------------- JSON */

static Str plain_copy(Str raw, Arena *arena) {
    Str inside = str_sub(raw, 1, raw.len - 2);
    if (!inside.len) return STR_EMPTY;
    if (memchr(inside.ptr, '\\', inside.len)) return json_string(arena, raw);
    return arena_str(arena, inside);
}

static bool typed_number(ColumnVector *v, uint32_t row, Str raw, Arena *arena) {
    int64_t number;
    double real;
    switch (v->type) {
    case TYPE_BOOL: return json_long(raw, &number) && set_bool(v, row, number != 0);
    case TYPE_INT:
    case TYPE_LONG: return whole_number(raw, &number) && set_long(v, row, number);
    case TYPE_REAL:
        if (!json_real(raw, &real) || (isinf(real) && raw.ptr[raw.len - 1] != 'y')) return false;
        return set_real(v, row, real);
    case TYPE_DECIMAL: return set_decimal(v, row, raw);
    case TYPE_DYNAMIC:
    case TYPE_STRING: set_text(v, row, arena_str(arena, raw)); return true;
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

static bool typed_truth(ColumnVector *v, uint32_t row, bool truth) {
    switch (v->type) {
    case TYPE_BOOL: return set_bool(v, row, truth);
    case TYPE_INT:
    case TYPE_LONG: return set_long(v, row, truth);
    case TYPE_REAL: return set_real(v, row, truth);
    case TYPE_DYNAMIC:
    case TYPE_STRING: set_text(v, row, truth ? STR("true") : STR("false")); return true;
    case TYPE_DECIMAL:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

static bool typed_json(ColumnVector *v, uint32_t row, Str raw, Arena *arena) {
    switch (raw.ptr[0]) {
    case '"': {
        if (v->type == TYPE_STRING) {
            set_text(v, row, plain_copy(raw, arena));
            return true;
        }
        int64_t ticks;
        if (v->type == TYPE_DATETIME && ticks_parse_iso(str_sub(raw, 1, raw.len - 2), &ticks))
            return set_ticks(v, row, ticks);
        Str text = json_string(arena, raw);
        return !str_trim(text).len || typed_text(v, row, text, 0, arena);
    }
    case '{':
    case '[':
        return (v->type == TYPE_STRING || v->type == TYPE_DYNAMIC) &&
               set_dynamic(v, row, raw, arena);
    case 't': return typed_truth(v, row, true);
    case 'f': return typed_truth(v, row, false);
    case 'n': return true;
    default: return typed_number(v, row, raw, arena);
    }
}

bool coerce_json(ColumnVector *v, uint32_t row, Str raw, Arena *arena) {
    coerce_null(v, row);
    if (!raw.len || typed_json(v, row, raw, arena)) return true;
    coerce_null(v, row);
    return false;
}

bool coerce_time(Str raw, bool is_json, int64_t zone_ticks, Arena *arena, int64_t *ret) {
    if (!raw.len) return false;
    if (is_json && raw.ptr[0] != '"') return false;
    if (is_json && ticks_parse_iso(str_sub(raw, 1, raw.len - 2), ret)) return true;
    return read_time(is_json ? json_string(arena, raw) : raw, is_json ? 0 : zone_ticks, ret);
}
