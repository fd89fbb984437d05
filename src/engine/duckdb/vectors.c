/*
 * vectors.c: KQL values in and out of the embedded engine's vectors.
 *
 * Representation: bool BOOLEAN, int INTEGER, long, datetime and timespan BIGINT, real DOUBLE,
 * decimal HUGEINT, which orders, groups and joins as its bits do (base/decimal.h); string, guid and
 * dynamic VARCHAR.
 */
#include "base/utf8.h"
#include "engine/duckdb/engine_internal.h"

const char *type_sql(Type t) {
    switch (t) {
    case TYPE_BOOL: return "BOOLEAN";
    case TYPE_INT: return "INTEGER";
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return "BIGINT";
    case TYPE_REAL: return "DOUBLE";
    case TYPE_DECIMAL: return "HUGEINT";
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return "VARCHAR";
}

duckdb_logical_type type_to_duckdb(Type t) {
    switch (t) {
    case TYPE_BOOL: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case TYPE_INT: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case TYPE_REAL: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case TYPE_DECIMAL: return duckdb_create_logical_type(DUCKDB_TYPE_HUGEINT);
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

VectorReader vector_reader(duckdb_vector vector, Type type) {
    return (VectorReader){.type = type,
                          .data = duckdb_vector_get_data(vector),
                          .mask = duckdb_vector_get_validity(vector)};
}

VectorWriter vector_writer(duckdb_vector vector, Type type) {
    duckdb_vector_ensure_validity_writable(vector);
    return (VectorWriter){.type = type,
                          .vector = vector,
                          .data = duckdb_vector_get_data(vector),
                          .mask = duckdb_vector_get_validity(vector)};
}

void vector_put_text(VectorWriter *w, idx_t row, Str s, Arena *scratch) {
    if (!utf8_is_ascii(s)) s = utf8_repair(scratch, s);
    if (s.len <= SHORT_TEXT_MAX) { /* such a text stands in the vector itself, its rest zero */
        duckdb_string_t *text = (duckdb_string_t *)w->data + row;
        memset(text, 0, sizeof *text);
        text->value.inlined.length = (uint32_t)s.len;
        if (s.len) memcpy(text->value.inlined.inlined, s.ptr, s.len);
        return;
    }
    duckdb_vector_assign_string_element_len(w->vector, row, s.ptr, s.len);
}

void vector_put(VectorWriter *w, idx_t row, const Value *v, Arena *scratch) {
    if (v->is_null && w->type != TYPE_STRING) {
        vector_put_null(w, row);
        return;
    }
    switch (w->type) {
    case TYPE_BOOL: ((bool *)w->data)[row] = v->u.b; break;
    case TYPE_INT: ((int32_t *)w->data)[row] = v->u.i; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: ((int64_t *)w->data)[row] = v->u.l; break;
    case TYPE_REAL: ((double *)w->data)[row] = v->u.r; break;
    case TYPE_DECIMAL:
        memcpy((char *)w->data + row * sizeof(Decimal), &v->u.d, sizeof v->u.d);
        break;
    case TYPE_STRING: vector_put_text(w, row, v->is_null ? STR_EMPTY : v->u.s, scratch); break;
    case TYPE_GUID:
    case TYPE_DYNAMIC: vector_put_text(w, row, v->u.s, scratch); break;
    case TYPE_ERROR:
    case TYPE_COUNT: vector_put_null(w, row); break;
    }
}

bool value_from_duckdb(Arena *arena, duckdb_value v, Type type, Value *ret) {
    *ret = value_null(type);
    if (duckdb_is_null_value(v)) return true;
    ret->is_null = false;
    switch (type) {
    case TYPE_BOOL: ret->u.b = duckdb_get_bool(v); return true;
    case TYPE_INT: ret->u.i = duckdb_get_int32(v); return true;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: ret->u.l = duckdb_get_int64(v); return true;
    case TYPE_REAL: ret->u.r = duckdb_get_double(v); return true;
    case TYPE_DECIMAL: {
        duckdb_hugeint bits = duckdb_get_hugeint(v);
        ret->u.d.bits = (Int128)bits.upper * ((Int128)1 << 64) + (Int128)bits.lower;
        return true;
    }
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: {
        char *text = duckdb_get_varchar(v);
        if (!text) return false;
        ret->u.s = arena_str(arena, str_of(text));
        duckdb_free(text);
        return true;
    }
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}
