/*
 * type.c: names of the scalar types, and the text form of guid.
 */
#include "base/type.h"

#include <ctype.h>

static const char *const NAMES[TYPE_COUNT] = {
    [TYPE_ERROR] = "unknown", [TYPE_BOOL] = "bool",         [TYPE_INT] = "int",
    [TYPE_LONG] = "long",     [TYPE_REAL] = "real",         [TYPE_DECIMAL] = "decimal",
    [TYPE_STRING] = "string", [TYPE_DATETIME] = "datetime", [TYPE_TIMESPAN] = "timespan",
    [TYPE_GUID] = "guid",     [TYPE_DYNAMIC] = "dynamic",
};

/* Kusto's synonyms, and the .NET names that exported schemas use. */
static const struct {
    const char *name;
    Type type;
} SYNONYMS[] = {
    {"boolean", TYPE_BOOL},  {"sbyte", TYPE_BOOL},     {"int32", TYPE_INT},
    {"int64", TYPE_LONG},    {"double", TYPE_REAL},    {"sqldecimal", TYPE_DECIMAL},
    {"date", TYPE_DATETIME}, {"time", TYPE_TIMESPAN},  {"uuid", TYPE_GUID},
    {"uniqueid", TYPE_GUID}, {"object", TYPE_DYNAMIC},
};

const char *type_name(Type t) { return (unsigned)t < TYPE_COUNT ? NAMES[t] : NAMES[TYPE_ERROR]; }

Type type_from_name(Str name) {
    if (name.len > 7 && str_eq_nocase(str_sub(name, 0, 7), STR("System."))) {
        name = str_sub(name, 7, name.len);
    }
    for (Type t = TYPE_BOOL; t < TYPE_COUNT; t++) {
        if (str_eq_nocase(name, str_of(NAMES[t]))) return t;
    }
    for (size_t i = 0; i < COUNT_OF(SYNONYMS); i++) {
        if (str_eq_nocase(name, str_of(SYNONYMS[i].name))) return SYNONYMS[i].type;
    }
    return TYPE_ERROR;
}

/* ------------------------------------------------------------------ guid */

bool guid_parse(Str text, char out[GUID_TEXT_LEN]) {
    text = str_trim(text);
    if (text.len >= 2) {
        char first = text.ptr[0], last = text.ptr[text.len - 1];
        if ((first == '{' && last == '}') || (first == '(' && last == ')')) {
            text = str_sub(text, 1, text.len - 2);
        }
    }
    bool hyphens = text.len == GUID_TEXT_LEN;
    if (!hyphens && text.len != 32) return false;
    size_t from = 0;
    for (size_t to = 0; to < GUID_TEXT_LEN; to++) {
        if (to == 8 || to == 13 || to == 18 || to == 23) {
            if (hyphens && text.ptr[from++] != '-') return false;
            out[to] = '-';
            continue;
        }
        unsigned char c = (unsigned char)text.ptr[from++];
        if (!isxdigit(c)) return false;
        out[to] = (char)tolower(c);
    }
    return true;
}
