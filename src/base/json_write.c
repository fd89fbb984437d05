/*
 * json_write.c: canonical JSON, strings and reals.
 *
 * json_canonical checks and rewrites in one pass. Stretches that are canonical already are not
 * looked at again: they wait, as [copied, at) of the source, until something has to differ, and are
 * then copied at once; canonical text costs the check and one copy.
 *
 * Equal names: every member's name goes into one hash table for the whole text, with the number of
 * its object. When a name comes again, the earlier member is noted as a hole; the holes are closed
 * at the end. So many equal names cost no more than many different ones.
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/json_internal.h"
#include "base/utf8.h"

/* --------------------------------------------------------------- strings */

static void put_escaped(Buf *out, uint32_t cp) {
    static const char SHORT[] = "btn?fr"; /* 8..13; 11 has none */
    static const char HEX[] = "0123456789abcdef";
    char bytes[6] = {'\\', (char)cp, '0', '0', 0, 0};
    if (cp == '"' || cp == '\\') {
        buf_put(out, (Str){bytes, 2});
    } else if (cp >= 8 && cp <= 13 && cp != 11) {
        bytes[1] = SHORT[cp - 8];
        buf_put(out, (Str){bytes, 2});
    } else if (cp < 0x20) {
        bytes[1] = 'u';
        bytes[4] = HEX[cp >> 4];
        bytes[5] = HEX[cp & 15];
        buf_put(out, (Str){bytes, 6});
    } else {
        buf_put(out, (Str){bytes, utf8_encode(cp, bytes)});
    }
}

void json_put_string(Buf *out, Str s) {
    buf_reserve(out, s.len + 2);
    buf_putc(out, '"');
    for (size_t at = 0; at < s.len;) {
        size_t end = json_plain_run(s, at);
        buf_put(out, str_sub(s, at, end - at));
        at = end;
        if (at == s.len) break;
        unsigned step;
        uint32_t cp = utf8_decode(s, at, &step);
        put_escaped(out, cp);
        at += step;
    }
    buf_putc(out, '"');
}

void json_put_real(Buf *out, double value) {
    if (isnan(value)) {
        buf_put(out, STR("NaN"));
        return;
    }
    if (isinf(value)) {
        buf_put(out, value < 0 ? STR("-Infinity") : STR("Infinity"));
        return;
    }
    char text[40];
    int len = 0;
    if (fabs(value) < 1e15 && value == floor(value)) {
        len = snprintf(text, sizeof text, "%s%lld.0", signbit(value) ? "-" : "",
                       (long long)fabs(value));
        buf_put(out, (Str){text, (size_t)len});
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        len = snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    buf_put(out, (Str){text, (size_t)len});
    if (!memchr(text, '.', (size_t)len) && !memchr(text, 'e', (size_t)len)) buf_puts(out, ".0");
}

/* ----------------------------------------------------------------- names */

typedef struct Name {
    uint32_t hash, object; /* object 0: the slot is free */
    size_t member,
        key_end; /* where the member (its quote) starts and its name ends, in the output */
} Name;

typedef struct Hole {
    size_t from, to;
} Hole;

enum { FIRST_NAMES = 64 };

typedef struct Writer {
    Buf *out;
    size_t start; /* of the value in out */
    Str text;
    size_t copied; /* source bytes before this are in out, or dropped */
    Name first[FIRST_NAMES], *names;
    size_t n_names, cap_names;
    Hole *holes;
    size_t n_holes, cap_holes;
} Writer;

/* Copies what waits, up to `at`, and drops the source up to `next`. */
static void flush(Writer *w, size_t at, size_t next) {
    buf_put(w->out, str_sub(w->text, w->copied, at - w->copied));
    w->copied = next;
}

/* Where source byte `at` will stand in the output when all that waits is copied. */
static size_t position(const Writer *w, size_t at) { return w->out->len + (at - w->copied); }

static Name *name_slot(Name *names, size_t cap, uint32_t hash) {
    size_t i = hash & (cap - 1);
    while (names[i].object) i = (i + 1) & (cap - 1);
    return &names[i];
}

static void names_grow(Writer *w) {
    size_t cap = w->cap_names * 4;
    Name *wider = calloc(cap, sizeof *wider);
    if (!wider) abort();
    for (size_t i = 0; i < w->cap_names; i++) {
        if (w->names[i].object) *name_slot(wider, cap, w->names[i].hash) = w->names[i];
    }
    if (w->names != w->first) free(w->names);
    w->names = wider;
    w->cap_names = cap;
}

static void hole_add(Writer *w, size_t from, size_t to) {
    if (w->n_holes == w->cap_holes) {
        w->cap_holes = w->cap_holes ? w->cap_holes * 2 : 16;
        w->holes = realloc(w->holes, w->cap_holes * sizeof *w->holes);
        if (!w->holes) abort();
    }
    w->holes[w->n_holes++] = (Hole){from, to};
}

/* Notes the member whose name is source bytes [key, key_end), quotes included and canonical. */
static void name_add(Writer *w, uint32_t object, size_t member, size_t member_end, Str key) {
    uint32_t hash = (uint32_t)(str_hash(key) ^ object * UINT64_C(0x9E3779B97F4A7C15));
    if (w->n_names * 2 >= w->cap_names) names_grow(w);
    for (size_t i = hash & (w->cap_names - 1);; i = (i + 1) & (w->cap_names - 1)) {
        Name *name = &w->names[i];
        if (!name->object) {
            *name = (Name){hash, object, member, member_end};
            w->n_names++;
            return;
        }
        if (name->hash != hash || name->object != object) continue;
        size_t len = name->key_end - name->member;
        if (len != key.len) continue;
        /* the earlier member may still wait in the source; after this it stands in the output */
        if (member > w->out->len) {
            size_t behind = w->copied + (member - w->out->len);
            flush(w, behind, behind);
        }
        if (memcmp(w->out->ptr + name->member, key.ptr, len) != 0) continue;
        Str earlier = {w->out->ptr + name->key_end + 1, member - name->key_end - 1};
        size_t value = json_value_len(earlier);
        hole_add(w, name->member, name->key_end + 1 + value + 1);
        name->member = member;
        name->key_end = member_end;
        return;
    }
}

static int hole_order(const void *a, const void *b) {
    const Hole *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

static void close_holes(Writer *w) {
    if (!w->n_holes) return;
    qsort(w->holes, w->n_holes, sizeof *w->holes, hole_order);
    char *bytes = w->out->ptr;
    size_t to = w->holes[0].from, from = to;
    for (size_t i = 0; i < w->n_holes; i++) {
        if (w->holes[i].to <= from) continue; /* inside one that is closed */
        if (w->holes[i].from > from) {
            memmove(bytes + to, bytes + from, w->holes[i].from - from);
            to += w->holes[i].from - from;
        }
        from = w->holes[i].to;
    }
    memmove(bytes + to, bytes + from, w->out->len - from);
    w->out->len = to + (w->out->len - from);
}

/* ------------------------------------------------------------- canonical */

/* Rewrites the escapes of the checked string [at, end). */
static void put_canonical_string(Writer *w, size_t at, size_t end) {
    Str text = str_sub(w->text, 0, end - 1);
    flush(w, at + 1, at + 1);
    for (at++; at < text.len;) {
        const char *slash = memchr(text.ptr + at, '\\', text.len - at);
        size_t stop = slash ? (size_t)(slash - text.ptr) : text.len;
        flush(w, stop, stop);
        at = stop;
        if (at == text.len) break;
        uint32_t cp;
        at += json_escape(text, at, &cp);
        put_escaped(w->out, cp);
        w->copied = at;
    }
}

static size_t take_string(Writer *w, size_t at) {
    bool foreign;
    size_t end = json_check_string(w->text, at, &foreign);
    if (end && foreign) put_canonical_string(w, at, end);
    return end;
}

/* Drops the blanks at `at`. */
static size_t take_blanks(Writer *w, size_t at) {
    if (at < w->text.len && !json_is_blank(w->text.ptr[at])) return at;
    size_t end = json_skip_blanks(w->text, at);
    if (end != at) flush(w, at, end);
    return end;
}

/* A member's name with its colon; the next thing is its value. */
static size_t take_key(Writer *w, size_t at, uint32_t object) {
    at = take_blanks(w, at);
    if (at >= w->text.len || w->text.ptr[at] != '"') return 0;
    size_t member = position(w, at), first = at;
    at = take_string(w, at);
    if (!at) return 0;
    size_t member_end = position(w, at);
    if (w->copied > first) { /* an escape: the name is read back from the output */
        flush(w, at, at);
        Str key = {w->out->ptr + member, member_end - member};
        name_add(w, object, member, member_end, key);
    } else {
        name_add(w, object, member, member_end, str_sub(w->text, first, at - first));
    }
    at = take_blanks(w, at);
    return at < w->text.len && w->text.ptr[at] == ':' ? at + 1 : 0;
}

/* The whole value; its end in the source, or 0. */
static size_t take_value(Writer *w) {
    uint32_t objects[JSON_MAX_DEPTH + 1]; /* number of the open object, 0 for an array */
    uint32_t n_objects = 0;
    unsigned depth = 0;
    size_t at = 0;
    objects[0] = 0;
    for (;;) {
        at = take_blanks(w, at);
        if (at >= w->text.len) return 0;
        char c = w->text.ptr[at];
        if (c == '"') {
            at = take_string(w, at);
        } else if (c == '{' || c == '[') {
            if (depth == JSON_MAX_DEPTH || n_objects == UINT32_MAX) return 0;
            objects[++depth] = c == '{' ? ++n_objects : 0;
            at = take_blanks(w, at + 1);
            bool is_empty = at < w->text.len && w->text.ptr[at] == (c == '{' ? '}' : ']');
            if (!is_empty) {
                if (c == '{') at = take_key(w, at, objects[depth]);
                if (!at) return 0;
                continue;
            }
        } else {
            at = json_check_atom(w->text, at);
        }
        if (!at) return 0;
        for (;;) { /* behind a value, or before the bracket that ends an empty container */
            if (!depth) return at;
            at = take_blanks(w, at);
            if (at >= w->text.len) return 0;
            c = w->text.ptr[at++];
            if (c == ',') break;
            if (c != (objects[depth] ? '}' : ']')) return 0;
            depth--;
        }
        if (objects[depth]) at = take_key(w, at, objects[depth]);
        if (!at) return 0;
    }
}

/* Leaves in *ret_kept the part of `text` that is the canonical value as it stands; nothing is then
 * written. Empty when the value was written to `out`. */
static bool rewrite(Str text, Buf *out, Str *ret_kept) {
    Writer w = {.out = out, .start = out->len, .text = text, .cap_names = FIRST_NAMES};
    w.names = w.first;
    size_t end = take_value(&w);
    bool ok = end && json_skip_blanks(text, end) == text.len;
    *ret_kept = STR_EMPTY;
    if (!ok) {
        out->len = w.start;
    } else if (out->len == w.start && !w.n_holes) {
        *ret_kept = str_sub(text, w.copied, end - w.copied); /* w.copied: blanks in front */
    } else {
        flush(&w, end, end);
        close_holes(&w);
    }
    if (w.names != w.first) free(w.names);
    free(w.holes);
    return ok;
}

bool json_canonical(Str text, Buf *out) {
    Str kept;
    if (!rewrite(text, out, &kept)) return false;
    buf_put(out, kept);
    return true;
}

Str json_canonical_str(Arena *arena, Str text) {
    Buf out = {0};
    Str kept, made = STR_EMPTY;
    if (rewrite(text, &out, &kept)) made = kept.len ? kept : arena_str(arena, buf_str(&out));
    buf_free(&out);
    return made;
}
