/*
 * type.h: Kusto's scalar types and values.
 *
 * Source: the documentation's "Scalar data types" pages. How an engine stores a type is its own
 * business; here is what a value means.
 */
#ifndef QUARRY_TYPE_H
#define QUARRY_TYPE_H

#include "base/base.h"
#include "base/decimal.h"

typedef enum Type {
    TYPE_ERROR, /* of an expression that already has a diagnostic: later checks accept it in silence */
    TYPE_BOOL,     /* true, false, null */
    TYPE_INT,      /* 32 bit signed, null */
    TYPE_LONG,     /* 64 bit signed, null */
    TYPE_REAL,     /* IEEE double, null; nan and inf are values */
    TYPE_DECIMAL,  /* 34 significant digits (see decimal.h), null */
    TYPE_STRING,   /* UTF-8, never null */
    TYPE_DATETIME, /* ticks of 100 ns since 0001-01-01T00:00:00Z, null */
    TYPE_TIMESPAN, /* ticks of 100 ns, signed, null */
    TYPE_GUID,     /* 36 characters, lower case; null */
    TYPE_DYNAMIC,  /* JSON text (see json.h), null */
    TYPE_COUNT
} Type;

/* A set of types, for parameters: TYPE_BIT(TYPE_INT) | ... */
typedef uint32_t TypeSet;
#define TYPE_BIT(t) (1u << (unsigned)(t))
enum {
    TS_BOOL = 1u << TYPE_BOOL,
    TS_INT = 1u << TYPE_INT,
    TS_LONG = 1u << TYPE_LONG,
    TS_REAL = 1u << TYPE_REAL,
    TS_DECIMAL = 1u << TYPE_DECIMAL,
    TS_STRING = 1u << TYPE_STRING,
    TS_DATETIME = 1u << TYPE_DATETIME,
    TS_TIMESPAN = 1u << TYPE_TIMESPAN,
    TS_GUID = 1u << TYPE_GUID,
    TS_DYNAMIC = 1u << TYPE_DYNAMIC,
    TS_INTEGER = TS_INT | TS_LONG,
    TS_NUMBER = TS_INTEGER | TS_REAL | TS_DECIMAL,
    TS_TEMPORAL = TS_DATETIME | TS_TIMESPAN,
    TS_SUMMABLE = TS_NUMBER | TS_TIMESPAN,
    TS_TEXTUAL = TS_STRING | TS_DYNAMIC,
    TS_ANY = (1u << TYPE_COUNT) - 2u,
    TS_NOT_DYNAMIC = TS_ANY & ~(1u << TYPE_DYNAMIC)
};

/* "long", "datetime", ...; TYPE_ERROR is "unknown". */
const char *type_name(Type t);
/* Kusto's names and their synonyms: boolean, int32?, double, date, time, uniqueid, ... TYPE_ERROR if none. */
Type type_from_name(Str name);

#define GUID_TEXT_LEN 36
/* Reads a guid with hyphens or without, in braces or parentheses or bare, and writes its 36
 * characters in lower case. Blanks around are allowed. */
NODISCARD bool guid_parse(Str text, char out[GUID_TEXT_LEN]);

/* A scalar value. Text of STRING, GUID and DYNAMIC belongs to whoever made the value. */
typedef struct Value {
    Type type;
    bool is_null; /* never true for TYPE_STRING */
    union {
        bool b;    /* BOOL */
        int32_t i; /* INT */
        int64_t l; /* LONG, DATETIME, TIMESPAN */
        double r;  /* REAL */
        Decimal d; /* DECIMAL */
        Str s;     /* STRING, GUID, DYNAMIC */
    } u;
} Value;

/* The null of a type, for a string the empty one, in place: what runs for each row must not copy what it
 * has just written. */
static inline void value_clear(Value *v, Type t) {
    v->type = t;
    v->is_null = t != TYPE_STRING;
    v->u.s.ptr = "";
    v->u.s.len = 0;
}
static inline Value value_null(Type t) {
    Value v = {.type = t};
    value_clear(&v, t);
    return v;
}
static inline Value value_bool(bool b) { return (Value){.type = TYPE_BOOL, .u.b = b}; }
static inline Value value_int(int32_t i) { return (Value){.type = TYPE_INT, .u.i = i}; }
static inline Value value_long(int64_t l) { return (Value){.type = TYPE_LONG, .u.l = l}; }
static inline Value value_real(double r) { return (Value){.type = TYPE_REAL, .u.r = r}; }
static inline Value value_str(Str s) { return (Value){.type = TYPE_STRING, .u.s = s}; }
static inline Value value_ticks(Type t, int64_t l) { return (Value){.type = t, .u.l = l}; }
static inline Value value_text(Type t, Str s) { return (Value){.type = t, .u.s = s}; }
static inline Value value_decimal(Decimal d) {
    Value v = {.type = TYPE_DECIMAL};
    v.u.d = d;
    return v;
}

#endif
