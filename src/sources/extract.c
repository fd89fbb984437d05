/*
 * extract.c: see extract.h.
 *
 * Members of the record are walked here; values inside them are checked by json_value_len. Strings
 * are found and checked beforehand, for the whole text (structure.h); where that finds a fault the
 * strings are walked byte by byte, to tell what it is. UTF-8 is not checked on the way: a record
 * with bytes past ASCII is checked as a whole by the caller, once.
 *
 * Key look-up: position i of a record most often holds the key that position i of the last record
 * held. `expected` keeps those; on a miss the key is looked up by hash and the place learned anew.
 */
#include "sources/extract.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sources/plain_members.h"

/* -------------------------------------------------------------------- keys */

/* Of a key that is not wanted, and of one that nobody has named at all. */
enum { NO_SLOT = -1, STRANGER = -2 };

struct KeySet {
    Str *keys;
    int32_t *slots; /* of each key: where its value goes, or NO_SLOT */
    uint32_t n, cap, n_slots;
    bool knows_all;    /* a key that is not among these is told */
    uint32_t *buckets; /* a key's number + 1, or 0 */
    uint32_t mask;
    Structure structure; /* of the text walked last */
    LearnedKeys expected;
};

KeySet *key_set_new(void) {
    KeySet *k = aligned_alloc(_Alignof(KeySet), sizeof *k);
    if (!k) abort();
    memset(k, 0, sizeof *k);
    learned_keys_clear(&k->expected);
    return k;
}

void key_set_free(KeySet *k) {
    if (!k) return;
    free(k->keys);
    free(k->slots);
    free(k->buckets);
    structure_free(&k->structure);
    free(k);
}

uint32_t key_set_count(const KeySet *k) { return k->n_slots; }

static void insert_bucket(KeySet *k, uint32_t number) {
    uint32_t i = (uint32_t)str_hash(k->keys[number]) & k->mask;
    while (k->buckets[i]) i = (i + 1) & k->mask;
    k->buckets[i] = number + 1;
}

/* Where the key's slot stands; NULL when it was not added. */
static int32_t *find_slot(const KeySet *k, Str key) {
    if (!k->n) return NULL;
    for (uint32_t i = (uint32_t)str_hash(key) & k->mask; k->buckets[i]; i = (i + 1) & k->mask)
        if (str_eq(k->keys[k->buckets[i] - 1], key)) return &k->slots[k->buckets[i] - 1];
    return NULL;
}

static void grow(KeySet *k) {
    k->cap = k->cap ? k->cap * 2 : 32;
    k->keys = realloc(k->keys, k->cap * sizeof *k->keys);
    k->slots = realloc(k->slots, k->cap * sizeof *k->slots);
    free(k->buckets);
    k->mask = k->cap * 2 - 1;
    k->buckets = calloc(k->mask + 1, sizeof *k->buckets);
    if (!k->keys || !k->slots || !k->buckets) abort();
    for (uint32_t i = 0; i < k->n; i++) insert_bucket(k, i);
}

/* Where the slot of the key stands, which is added when it is new. */
static int32_t *add_key(KeySet *k, Str key) {
    int32_t *slot = find_slot(k, key);
    if (slot) return slot;
    if (k->n == k->cap) grow(k);
    k->keys[k->n] = key;
    k->slots[k->n] = NO_SLOT;
    insert_bucket(k, k->n);
    return &k->slots[k->n++];
}

uint32_t key_set_add(KeySet *k, Str key) {
    int32_t *slot = add_key(k, key);
    if (*slot == NO_SLOT) {
        *slot = (int32_t)k->n_slots++;
        learned_keys_clear(&k->expected);
    }
    return (uint32_t)*slot;
}

void key_set_know(KeySet *k, Str key) {
    (void)add_key(k, key);
    k->knows_all = true;
}

/* A key with escapes in it: compared with each. */
static const int32_t *find_escaped(const KeySet *k, Str raw) {
    for (uint32_t i = 0; i < k->n; i++)
        if (json_key_is(raw, k->keys[i])) return &k->slots[i];
    return NULL;
}

/* Looks a key up and learns it as the one at `position`: only a plain ASCII one, and no stranger, which
 * is to be met each time. */
static int32_t look_up(KeySet *k, uint32_t position, Str raw, bool is_escaped) {
    const int32_t *found = is_escaped ? find_escaped(k, raw) : find_slot(k, raw);
    if (!found && k->knows_all) return STRANGER;
    int32_t slot = found ? *found : NO_SLOT;
    if (position < LEARNED_KEYS) learned_key_set(&k->expected.of[position], raw, slot);
    return slot;
}

/* ------------------------------------------------------------------ strings */

/* A member whose object is walked into, for its own keys. */
typedef struct Inner {
    int32_t slot; /* of the outer keys */
    KeySet *keys;
    Str *fields;
} Inner;

typedef struct Walk {
    const char *p, *end, *start;
    const Structure *structure; /* NULL: strings are walked */
    const Inner *inner;         /* NULL: no member is walked into */
    unsigned traits;
    Str stranger; /* the first of them */
    const char *reason;
} Walk;

/* The first quote, backslash or control character at or after p. */
static const char *plain_end(const char *p, const char *end, unsigned *traits) {
    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < 0x20) return p;
        if (c >= 0x80) *traits |= TEXT_HAS_HIGH;
    }
    return end;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_short_escape(char c) {
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't';
}

static bool walk_escape(Walk *w) {
    if (w->end - w->p < 2) return false;
    if (w->p[1] == 'u') {
        if (w->end - w->p < 6) return false;
        for (int i = 2; i < 6; i++)
            if (!is_hex(w->p[i])) return false;
        w->traits |= TEXT_HAS_UNICODE;
        w->p += 6;
        return true;
    }
    if (!is_short_escape(w->p[1])) return false;
    w->p += 2;
    return true;
}

static bool fail(Walk *w, const char *reason) {
    if (!w->reason) w->reason = reason;
    return false;
}

static bool walk_string_bytes(Walk *w) {
    w->p++;
    for (;;) {
        w->p = plain_end(w->p, w->end, &w->traits);
        if (w->p == w->end) return fail(w, "ends in the middle of a record");
        if (*w->p == '"') {
            w->p++;
            return true;
        }
        if (*w->p != '\\')
            return fail(w, *w->p ? "a control character in a string" : "a NUL byte in a string");
        if (!walk_escape(w)) return fail(w, "not JSON: a wrong escape");
    }
}

/* From the opening quote to behind the closing one. */
static inline bool walk_string(Walk *w) {
    if (!w->structure) return walk_string_bytes(w);
    w->p = w->start + structure_next(w->structure, (size_t)(w->p - w->start) + 1) + 1;
    return true;
}

/* ------------------------------------------------------------------- values */

static inline void walk_blanks(Walk *w) {
    while (w->p < w->end && (*w->p == ' ' || *w->p == '\t' || *w->p == '\n' || *w->p == '\r'))
        w->p++;
}

/* Nesting of a text that may be broken, strings minded. */
static bool is_too_deep(const char *p, const char *end) {
    size_t depth = 0;
    for (; p < end; p++) {
        if (*p == '"') {
            for (p++; p < end && *p != '"'; p++)
                if (*p == '\\') p++;
            if (p >= end) return false;
        } else if (*p == '{' || *p == '[') {
            if (++depth > JSON_MAX_DEPTH) return true;
        } else if ((*p == '}' || *p == ']') && depth) {
            depth--;
        }
    }
    return false;
}

/* json_value_len has checked the UTF-8 too. */
static bool walk_nested(Walk *w) {
    Str rest = {w->p, (size_t)(w->end - w->p)};
    size_t len = json_value_len(rest);
    if (!len) {
        if (is_too_deep(w->p, w->end)) return fail(w, "nested too deep");
        return fail(w, "not JSON: a broken object or array");
    }
    for (const char *p = w->p, *end = w->p + len; p < end && !w->structure;) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        if (!slash) break;
        if (slash[1] == 'u') w->traits |= TEXT_HAS_UNICODE;
        p = slash + 2;
    }
    w->p += len;
    return true;
}

/* Length of the plain digits at p that a comma or brace ends; 0 when it is something else. */
static size_t short_number(const char *p, const char *end) {
    const char *digit = p;
    while (digit < end && *digit >= '0' && *digit <= '9') digit++;
    bool is_whole = digit > p && digit < end && (*digit == ',' || *digit == '}');
    return is_whole && (*p != '0' || digit == p + 1) ? (size_t)(digit - p) : 0;
}

static inline bool walk_value(Walk *w, Str *ret) {
    const char *first = w->p;
    if (w->p == w->end) return fail(w, "ends in the middle of a record");
    if (*w->p == '"') {
        if (!walk_string(w)) return false;
    } else if (*w->p == '{' || *w->p == '[') {
        if (!walk_nested(w)) return false;
    } else {
        size_t len = short_number(w->p, w->end);
        if (!len) len = json_value_len((Str){w->p, (size_t)(w->end - w->p)});
        if (!len) return fail(w, "not JSON");
        w->p += len;
    }
    *ret = (Str){first, (size_t)(w->p - first)};
    return true;
}

/* Behind the whole value only blanks may stand. */
static bool walk_end(Walk *w) {
    walk_blanks(w);
    return w->p == w->end || fail(w, "text behind the record");
}

/* ',' or the closing bracket. */
static inline bool walk_separator(Walk *w, char closing, bool *ret_ends) {
    walk_blanks(w);
    if (w->p == w->end) return fail(w, "ends in the middle of a record");
    *ret_ends = *w->p == closing;
    if (*ret_ends) return true;
    if (*w->p != ',') return fail(w, "not JSON");
    w->p++;
    walk_blanks(w);
    return true;
}

static bool has_escape(Str s) { return s.len && memchr(s.ptr, '\\', s.len) != NULL; }

static bool has_high(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return true;
    return false;
}

/* A member's name with its quotes; *ret_slot is where its value goes. */
static inline bool walk_name(KeySet *k, Walk *w, uint32_t position, int32_t *ret_slot) {
    const char *name = w->p + 1;
    const LearnedKey *e = &k->expected.of[position < LEARNED_KEYS ? position : 0];
    size_t len = e->len - 1; /* without the colon */
    if (position < LEARNED_KEYS && e->is_known && (size_t)(w->end - w->p) >= len &&
        memcmp(w->p, e->text, len) == 0) {
        *ret_slot = e->slot;
        w->p += len;
        return true;
    }
    if (!walk_string(w)) return false;
    Str key = {name, (size_t)(w->p - name) - 1};
    bool is_escaped = has_escape(key);
    *ret_slot = look_up(k, is_escaped || has_high(key) ? LEARNED_KEYS : position, key, is_escaped);
    if (*ret_slot == STRANGER) {
        *ret_slot = NO_SLOT;
        if (!w->stranger.ptr) w->stranger = key;
    }
    return true;
}

static bool walk_object(KeySet *k, Walk *w, Str *fields);

/* The object of the member that is walked into. */
static bool walk_inner(Walk *w, Str *ret) {
    const Inner *inner = w->inner;
    const char *first = w->p;
    w->inner = NULL;
    memset(inner->fields, 0, inner->keys->n_slots * sizeof *inner->fields);
    bool ok = walk_object(inner->keys, w, inner->fields);
    w->inner = inner;
    *ret = (Str){first, (size_t)(w->p - first)};
    return ok;
}

static inline bool walk_member(KeySet *k, Walk *w, uint32_t position, Str *fields) {
    int32_t slot;
    if (w->p == w->end) return fail(w, "ends in the middle of a record");
    if (*w->p != '"') return fail(w, "not JSON");
    if (!walk_name(k, w, position, &slot)) return false;
    walk_blanks(w);
    if (w->p == w->end) return fail(w, "ends in the middle of a record");
    if (*w->p != ':') return fail(w, "not JSON");
    w->p++;
    walk_blanks(w);
    Str value;
    bool is_inner = w->inner && slot == w->inner->slot && w->p < w->end && *w->p == '{';
    if (is_inner ? !walk_inner(w, &value) : !walk_value(w, &value)) return false;
    if (slot == NO_SLOT) return true;
    if (fields[slot].ptr) w->traits |= TEXT_HAS_TWICE;
    fields[slot] = value;
    return true;
}

/* The members from *position on that are as most are; whether the last of them ends the object. */
static bool walk_plain_members(KeySet *k, Walk *w, Str *fields, uint32_t *position) {
    PlainMembers m = {.keys = &k->expected,
                      .structure = w->structure,
                      .text = {w->start, (size_t)(w->end - w->start)},
                      .fields = fields};
    if (!w->structure || w->p == w->end) return false;
    w->p = w->start + plain_members(&m, (size_t)(w->p - w->start), position);
    if (m.is_twice) w->traits |= TEXT_HAS_TWICE;
    return m.at_end;
}

/* From the opening brace to behind the closing one. */
static bool walk_object(KeySet *k, Walk *w, Str *fields) {
    w->p++;
    walk_blanks(w);
    bool ends = w->p < w->end && *w->p == '}';
    for (uint32_t i = 0; !ends; i++) {
        ends = walk_plain_members(k, w, fields, &i);
        if (ends) break;
        walk_blanks(w);
        if (!walk_member(k, w, i, fields)) return false;
        if (!walk_separator(w, '}', &ends)) return false;
    }
    w->p++;
    return true;
}

static bool walk_members(KeySet *k, Walk *w, Str *fields) {
    walk_blanks(w);
    if (w->p == w->end || *w->p != '{') return fail(w, "not a JSON object");
    return walk_object(k, w, fields) && walk_end(w);
}

static bool finish(const Walk *w, bool ok, Extract *x) {
    x->traits |= w->traits;
    x->stranger = w->stranger;
    Str text = {w->start, (size_t)(w->end - w->start)};
    x->high = text;
    if (w->structure)
        x->high = str_sub(text, w->structure->high_from,
                          w->structure->high_end - w->structure->high_from);
    x->reason = ok ? NULL : w->reason;
    x->failed_at = (size_t)(w->p - w->start);
    return ok;
}

static void use_structure(KeySet *k, Walk *w, const Extract *x) {
    Str text = {w->start, (size_t)(w->end - w->start)};
    w->structure = x->structure;
    if (!w->structure && structure_find(&k->structure, text)) w->structure = &k->structure;
    if (!w->structure) return;
    w->traits = (w->structure->high_end ? TEXT_HAS_HIGH : 0u) |
                (w->structure->has_unicode ? TEXT_HAS_UNICODE : 0u);
}

static bool extract(KeySet *k, Str text, const Inner *inner, Extract *x) {
    Walk w = {.p = text.ptr, .start = text.ptr, .end = text.ptr + text.len, .inner = inner};
    use_structure(k, &w, x);
    if (k->n_slots) memset(x->fields, 0, k->n_slots * sizeof *x->fields);
    return finish(&w, walk_members(k, &w, x->fields), x);
}

bool extract_object(KeySet *k, Str text, Extract *x) { return extract(k, text, NULL, x); }

bool extract_envelope(KeySet *outer, Str text, uint32_t slot, KeySet *keys, Str *fields,
                      Extract *x) {
    Inner inner = {(int32_t)slot, keys, fields};
    return extract(outer, text, &inner, x);
}

bool extract_array(Str text, uint32_t n_fields, Extract *x, uint32_t *ret_n) {
    Walk w = {.p = text.ptr, .start = text.ptr, .end = text.ptr + text.len};
    if (n_fields) memset(x->fields, 0, n_fields * sizeof *x->fields);
    *ret_n = 0;
    walk_blanks(&w);
    if (w.p == w.end || *w.p != '[') return finish(&w, fail(&w, "not a JSON array of cells"), x);
    w.p++;
    walk_blanks(&w);
    bool ends = w.p < w.end && *w.p == ']';
    while (!ends) {
        Str value;
        if (!walk_value(&w, &value)) return finish(&w, false, x);
        if (*ret_n < n_fields) x->fields[*ret_n] = value;
        ++*ret_n;
        if (!walk_separator(&w, ']', &ends)) return finish(&w, false, x);
    }
    w.p++;
    return finish(&w, walk_end(&w), x);
}

/* ---------------------------------------------------------------- surrogates */

static uint32_t hex4(const char *p) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
    return value;
}

/* Where the walk failed it may not have seen all of the text. */
bool extract_is_broken(bool is_ok, const Extract *x, Str text) {
    if (!is_ok) return !utf8_is_valid(text);
    return (x->traits & TEXT_HAS_HIGH) && !utf8_is_valid(x->high);
}

bool has_lone_surrogate(Str text) {
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (end - p >= 6) {
        p = memchr(p, '\\', (size_t)(end - p));
        if (!p || end - p < 6) return false;
        if (p[1] != 'u') {
            p += 2;
            continue;
        }
        uint32_t unit = hex4(p + 2);
        p += 6;
        if (unit < 0xD800 || unit > 0xDFFF) continue;
        bool is_pair = unit < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
                       hex4(p + 2) >= 0xDC00 && hex4(p + 2) <= 0xDFFF;
        if (!is_pair) return true;
        p += 6;
    }
    return false;
}
