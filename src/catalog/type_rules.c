/*
 * type_rules.c: which types go together, and what comes out.
 *
 * Source: "Numerical operators", "Datetime / timespan arithmetic", "Logical operators" and the
 * signatures of the reference language service's operators.
 */
#include "catalog/catalog.h"

static bool is_number(Type t) { return (TYPE_BIT(t) & TS_NUMBER) != 0; }

/* Types are declared in the order of their width: int, long, real, decimal. */
static Type wider(Type a, Type b) { return a > b ? a : b; }

static Type promoted(Type t) { return t == TYPE_INT ? TYPE_LONG : t; }

static Type arith_with_dynamic(char op, Type a, Type b) {
    if (a == TYPE_DYNAMIC && b == TYPE_DYNAMIC) return TYPE_DYNAMIC;
    Type other = a == TYPE_DYNAMIC ? b : a;
    if (is_number(other)) return promoted(other);
    if (op == '+' && (other == TYPE_DATETIME || other == TYPE_TIMESPAN)) return other;
    if (op == '-' && other == TYPE_DATETIME) return TYPE_TIMESPAN;
    if (op == '-' && other == TYPE_TIMESPAN) return TYPE_TIMESPAN;
    return TYPE_ERROR;
}

static Type arith_temporal(char op, Type a, Type b) {
    bool a_is_date = a == TYPE_DATETIME, b_is_date = b == TYPE_DATETIME;
    bool a_is_span = a == TYPE_TIMESPAN, b_is_span = b == TYPE_TIMESPAN;
    switch (op) {
    case '+':
        if (a_is_span && b_is_span) return TYPE_TIMESPAN;
        /* the sum of two dates is there to be halved: the moment between them */
        return (a_is_date || a_is_span) && (b_is_date || b_is_span) ? TYPE_DATETIME : TYPE_ERROR;
    case '-':
        if ((a_is_span && b_is_span) || (a_is_date && b_is_date)) return TYPE_TIMESPAN;
        return (a_is_date && b_is_span) || (a_is_span && b_is_date) ? TYPE_DATETIME : TYPE_ERROR;
    case '*':
        if (a_is_span && (b_is_span || is_number(b))) return TYPE_TIMESPAN;
        if (is_number(a) && b_is_span) return TYPE_TIMESPAN;
        return (a_is_date && is_number(b)) || (is_number(a) && b_is_date) ? TYPE_DATETIME
                                                                          : TYPE_ERROR;
    case '/':
        if ((a_is_span && b_is_span) || (a_is_date && (b_is_date || b_is_span))) return TYPE_REAL;
        if (!is_number(b)) return TYPE_ERROR;
        return a_is_span ? TYPE_TIMESPAN : a_is_date ? TYPE_DATETIME : TYPE_ERROR;
    case '%':
        if (a_is_span && (b_is_span || is_number(b))) return TYPE_TIMESPAN;
        if (a_is_date && (b_is_date || b_is_span)) return TYPE_TIMESPAN;
        return a_is_date && is_number(b) ? TYPE_DATETIME : TYPE_ERROR;
    default: return TYPE_ERROR;
    }
}

Type catalog_arith_type(Str op, Type a, Type b) {
    if (op.len != 1) return TYPE_ERROR;
    if (is_number(a) && is_number(b)) return promoted(wider(a, b));
    if (a == TYPE_DYNAMIC || b == TYPE_DYNAMIC) return arith_with_dynamic(op.ptr[0], a, b);
    return arith_temporal(op.ptr[0], a, b);
}

Type catalog_common_type(Type a, Type b) {
    if (a == b) return a;
    if (a == TYPE_ERROR || b == TYPE_ERROR) return TYPE_ERROR;
    if (a == TYPE_DYNAMIC) return b;
    if (b == TYPE_DYNAMIC) return a;
    return is_number(a) && is_number(b) ? wider(a, b) : TYPE_ERROR;
}

static Type equality_type(Type a, Type b) {
    if (a == TYPE_DYNAMIC || b == TYPE_DYNAMIC) {
        Type other = a == TYPE_DYNAMIC ? b : a;
        return is_number(other) || other == TYPE_BOOL ? TYPE_DYNAMIC : other;
    }
    if (a == TYPE_BOOL || b == TYPE_BOOL) {
        Type other = a == TYPE_BOOL ? b : a;
        if (is_number(other)) return other;
    }
    /* Text is read as the other type: a guid or datetime written as a string. */
    if (a == TYPE_STRING) return b;
    if (b == TYPE_STRING) return a;
    return TYPE_ERROR;
}

Type catalog_compare_type(Str op, Type a, Type b) {
    bool is_equality = str_eq(op, STR("==")) || str_eq(op, STR("!="));
    TypeSet ordered = TS_NUMBER | TS_BOOL | TS_TEMPORAL | TS_DYNAMIC;
    if (a == TYPE_ERROR || b == TYPE_ERROR) return TYPE_ERROR;
    if (!is_equality && !((TYPE_BIT(a) & ordered) && (TYPE_BIT(b) & ordered))) return TYPE_ERROR;
    if (a == b) return a;
    if (is_number(a) && is_number(b)) return wider(a, b);
    if (is_equality) return equality_type(a, b);
    if ((a == TYPE_DYNAMIC && is_number(b)) || (is_number(a) && b == TYPE_DYNAMIC))
        return TYPE_DYNAMIC;
    if (a == TYPE_BOOL && is_number(b)) return b;
    return is_number(a) && b == TYPE_BOOL ? a : TYPE_ERROR;
}

bool catalog_converts_implicitly(Type from, Type to) {
    if (from == to || from == TYPE_ERROR || to == TYPE_ERROR) return true;
    if (from == TYPE_DYNAMIC) return to == TYPE_STRING;
    return is_number(from) && is_number(to) && from < to;
}
