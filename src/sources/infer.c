/*
 * infer.c: see infer.h.
 *
 * In doubt a column is dynamic (JSON) or string (cells): these hold any value. A whole number is
 * `long` and becomes `real` beside fractions, unless digits would be lost.
 */
#include "sources/infer.h"

#include "base/json.h"
#include "base/ticks.h"
#include "sources/coerce.h"

/* --------------------------------------------------------------------- columns */

static uint32_t *bucket_of(const SeenColumns *s, Str name) {
    size_t at = (size_t)str_hash(name) & (s->n_buckets - 1);
    while (s->buckets[at] && !str_eq(s->items[s->buckets[at] - 1].name, name))
        at = (at + 1) & (s->n_buckets - 1);
    return &s->buckets[at];
}

const SeenColumn *seen_find(const SeenColumns *s, Str name) {
    uint32_t at = s->n_buckets ? *bucket_of(s, name) : 0;
    return at ? &s->items[at - 1] : NULL;
}

static void grow_buckets(SeenColumns *s) {
    s->n_buckets = s->n_buckets ? s->n_buckets * 2 : 64;
    s->buckets = ARENA_ARRAY(s->arena, uint32_t, s->n_buckets);
    for (size_t i = 0; i < s->n; i++) *bucket_of(s, s->items[i].name) = (uint32_t)i + 1;
}

SeenColumn *seen_column(SeenColumns *s, Str name) {
    if (s->next >= s->n) s->next = 0;
    if (s->n && str_eq(s->items[s->next].name, name)) return &s->items[s->next++];
    if (s->n * 2 >= s->n_buckets) grow_buckets(s);
    uint32_t *bucket = bucket_of(s, name);
    if (!*bucket) {
        SeenColumn column = {.name = arena_str(s->arena, name),
                             .declared = TYPE_ERROR,
                             .has_loose_times = s->has_loose_times,
                             .least = INT64_MAX,
                             .most = INT64_MIN};
        ARENA_PUSH(s->arena, s->items, s->n, s->cap, column);
        *bucket = (uint32_t)s->n;
    }
    s->next = *bucket;
    return &s->items[*bucket - 1];
}

/* ---------------------------------------------------------------------- values */

enum { MAX_SEEN_COLUMNS = 5000, MAX_TIME_BYTES = 256 };

static bool starts_as(Str s, const char *shape) {
    size_t n = strlen(shape);
    if (s.len < n) return false;
    for (size_t i = 0; i < n; i++) {
        bool is_digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        if (shape[i] == '0' ? !is_digit : s.ptr[i] != shape[i]) return false;
    }
    return true;
}

/* "2026-11-24T10:44:33...": what exports write; other texts that could be dates stay texts. */
static bool is_iso_time(const SeenColumn *c, Str s) {
    int64_t ticks;
    bool is_loose = c->has_loose_times && (starts_as(s, "0000-00-00 00:00") ||
                                           (s.len == 10 && starts_as(s, "0000-00-00")));
    if (s.len && s.ptr[0] == '/') return coerce_millisecond_date(s, &ticks);
    return (is_loose || starts_as(s, "0000-00-00T00:00")) && ticks_parse_datetime(s, &ticks);
}

static unsigned see_long(SeenColumn *c, int64_t number) {
    if (number < c->least) c->least = number;
    if (number > c->most) c->most = number;
    bool is_big = number > INT64_C(9007199254740992) || number < -INT64_C(9007199254740992);
    return is_big ? SEEN_LONG | SEEN_BIG_LONG : SEEN_LONG;
}

/* Escapes are looked through: some writers put \u002B for the + of a zone. */
static unsigned see_string(const SeenColumn *c, Str raw) {
    if (raw.len <= 2) return 0;
    if (c->kinds & SEEN_TEXT) return SEEN_TEXT;
    Str inside = str_sub(raw, 1, raw.len - 2);
    if (inside.len > MAX_TIME_BYTES) return SEEN_TEXT;
    if (!memchr(inside.ptr, '\\', inside.len))
        return is_iso_time(c, inside) ? SEEN_TIME : SEEN_TEXT;
    Arena *scratch = arena_new();
    bool is_time = is_iso_time(c, json_string(scratch, raw));
    arena_free(scratch);
    return is_time ? SEEN_TIME : SEEN_TEXT;
}

/* Plain digits, so few that they fit; most numbers are such. */
static bool is_short_long(Str raw, int64_t *ret) {
    enum { MOST = 15 };
    if (!raw.len || raw.len > MOST || (raw.ptr[0] == '0' && raw.len > 1)) return false;
    int64_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] < '0' || raw.ptr[i] > '9') return false;
        n = n * 10 + (raw.ptr[i] - '0');
    }
    *ret = n;
    return true;
}

void seen_json(SeenColumn *c, Str raw) {
    int64_t number;
    if (is_short_long(raw, &number)) {
        c->kinds |= see_long(c, number);
        c->n++;
        return;
    }
    switch (json_kind(raw)) {
    case JSON_NULL:
    case JSON_INVALID: return;
    case JSON_TRUE:
    case JSON_FALSE: c->kinds |= SEEN_BOOL; break;
    case JSON_LONG:
        if (json_long(raw, &number)) c->kinds |= see_long(c, number);
        break;
    case JSON_REAL: c->kinds |= SEEN_REAL; break;
    case JSON_STRING: c->kinds |= see_string(c, raw); break;
    case JSON_ARRAY:
    case JSON_OBJECT: c->kinds |= SEEN_NESTED; break;
    }
    c->n++;
}

/* "10/25/2023, 9:43:21.990 AM": as the portal writes times. */
static bool is_portal_time(Str s) {
    int64_t ticks;
    size_t slash = str_find(s, STR("/"), 0), colon = str_find(s, STR(":"), 0);
    return slash <= 2 && colon != SIZE_MAX && ticks_parse_datetime(s, &ticks);
}

void seen_cell(SeenColumn *c, Str text) {
    int64_t number;
    double real;
    c->is_text_only = true;
    text = str_trim(text);
    if (!text.len) return;
    c->n++;
    if (str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false")))
        c->kinds |= SEEN_BOOL;
    else if (json_long(text, &number)) c->kinds |= see_long(c, number);
    else if (text.ptr[0] != 'N' && text.ptr[0] != 'I' && text.len < 40 && json_real(text, &real))
        c->kinds |= SEEN_REAL;
    else if (is_iso_time(c, text) || is_portal_time(text)) c->kinds |= SEEN_TIME;
    else if ((text.ptr[0] == '{' || text.ptr[0] == '[') && json_is_valid(text))
        c->kinds |= SEEN_NESTED;
    else c->kinds |= SEEN_TEXT;
}

/* A member of the row at hand; when its key stood there before, that value is forgotten. */
static void see_member(SeenColumns *s, SeenColumn *c, Str value) {
    if (c->row == s->n_rows) {
        c->kinds = c->before.kinds;
        c->n = c->before.n;
        c->least = c->before.least;
        c->most = c->before.most;
    } else {
        c->row = s->n_rows;
        c->before.kinds = c->kinds;
        c->before.n = c->n;
        c->before.least = c->least;
        c->before.most = c->most;
    }
    seen_json(c, value);
}

void seen_object(SeenColumns *s, Str object) {
    JsonCursor cursor;
    Str key, value;
    Arena *scratch = NULL;
    s->n_rows++;
    if (!json_enter(object, &cursor) || !cursor.is_object) return;
    while (json_next(&cursor, &key, &value)) {
        if (memchr(key.ptr, '\\', key.len)) {
            if (!scratch) scratch = arena_new();
            key = json_string(scratch, (Str){key.ptr - 1, key.len + 2});
        }
        if (s->n < MAX_SEEN_COLUMNS || seen_find(s, key)) see_member(s, seen_column(s, key), value);
        else s->is_full = true;
    }
    arena_free(scratch);
}

/* ----------------------------------------------------------------------- types */

Type seen_type(const SeenColumn *c) {
    if (c->declared != TYPE_ERROR) return c->declared;
    bool is_big = (c->kinds & SEEN_BIG_LONG) != 0;
    Type doubt = c->is_text_only ? TYPE_STRING : TYPE_DYNAMIC;
    switch (c->kinds & ~(unsigned)SEEN_BIG_LONG) {
    case 0: return TYPE_STRING;
    case SEEN_BOOL: return TYPE_BOOL;
    case SEEN_LONG: return TYPE_LONG;
    case SEEN_REAL: return TYPE_REAL;
    case SEEN_LONG | SEEN_REAL: return is_big ? doubt : TYPE_REAL;
    case SEEN_TIME: return TYPE_DATETIME;
    case SEEN_TEXT:
    case SEEN_TEXT | SEEN_TIME: return TYPE_STRING;
    case SEEN_NESTED: return TYPE_DYNAMIC;
    default: return doubt;
    }
}

Type suffix_type(Str column) {
    static const struct {
        const char *suffix;
        Type type;
    } suffixes[] = {{"_s", TYPE_STRING},
                    {"_d", TYPE_REAL},
                    {"_b", TYPE_BOOL},
                    {"_t", TYPE_DATETIME},
                    {"_g", TYPE_STRING}};
    for (size_t i = 0; i < COUNT_OF(suffixes); i++)
        if (column.len > 2 && str_ends_with(column, str_of(suffixes[i].suffix)))
            return suffixes[i].type;
    return TYPE_ERROR;
}
