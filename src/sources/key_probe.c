/*
 * key_probe.c: see key_probe.h.
 *
 * The name with its quotes is looked for, at any depth: "DeviceId". Where a plain string stands
 * behind it, the string is looked up; where anything else does, the record passes. Quotes inside
 * strings are escaped, so that the name of a member can not be mistaken for text. When no place holds
 * a key the record is dropped, unless an escape in it could spell a part of the name. A value that
 * is absent is the empty text, which no useful set of keys holds.
 */
#include "sources/key_probe.h"

#include <stdlib.h>

#include "semantics/semantics.h"
#include "sources/raw_search.h"

enum { MAX_COLUMNS = 8 };

typedef struct Probe {
    RawRun names[2]; /* the column's own and its twin's, with their quotes */
    uint32_t n_names;
    const ScanKeys *keys;
} Probe;

struct KeyProbe {
    Probe probes[MAX_COLUMNS]; /* all must hold */
    uint32_t n;
    Arena *arena; /* names */
};

static bool is_plain_name(Str name) {
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') return false;
    }
    return name.len > 0;
}

static void add_name(KeyProbe *p, Probe *probe, Str name) {
    Str quoted = arena_printf(p->arena, "\"%.*s\"", STR_ARG(name));
    probe->names[probe->n_names++] = raw_run_make(quoted, false);
}

/* False when the column's values cannot be found so. */
static bool make_probe(KeyProbe *p, const TableRef *table, const ScanKeyColumn *from,
                       Probe *probe) {
    const TableColumn *c = &table->columns[from->column];
    Str twin = c->source_name;
    if (!twin.len || str_eq(twin, c->name)) twin = known_schemas_twin(table->name, c->name);
    if (c->type != TYPE_STRING || scan_makes_column(c->name) || !is_plain_name(c->name) ||
        (twin.len && !is_plain_name(twin)))
        return false;
    *probe = (Probe){.keys = from->keys};
    add_name(p, probe, c->name);
    if (twin.len) add_name(p, probe, twin);
    return true;
}

KeyProbe *key_probe_new(const TableRef *table, const ScanKeyColumn *columns, uint32_t n) {
    KeyProbe *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->arena = arena_new();
    for (uint32_t i = 0; i < n && p->n < MAX_COLUMNS; i++)
        if (make_probe(p, table, &columns[i], &p->probes[p->n])) p->n++;
    if (p->n) return p;
    key_probe_free(p);
    return NULL;
}

void key_probe_free(KeyProbe *p) {
    if (!p) return;
    arena_free(p->arena);
    free(p);
}

static size_t skip_blanks(Str raw, size_t at) {
    while (at < raw.len && strchr(" \t\r\n", raw.ptr[at]) && raw.ptr[at]) at++;
    return at;
}

/* Whether the text behind a name is a member's value that may be a key. */
static bool may_be_key(const ScanKeys *keys, Str raw, size_t at) {
    at = skip_blanks(raw, at);
    if (at == raw.len || raw.ptr[at] != ':') return false; /* a value that is spelled as the name */
    at = skip_blanks(raw, at + 1);
    if (at == raw.len || raw.ptr[at] != '"') return true;
    size_t end = ++at;
    while (end < raw.len && raw.ptr[end] != '"') {
        unsigned char c = (unsigned char)raw.ptr[end];
        if (c == '\\' || c >= 0x80) return true; /* not what it becomes when it is read */
        end++;
    }
    return end == raw.len || scan_keys_hold(keys, str_sub(raw, at, end - at));
}

static bool probe_passes(const Probe *p, Str raw) {
    for (uint32_t i = 0; i < p->n_names; i++) {
        const RawRun *name = &p->names[i];
        for (size_t at = raw_run_find(name, raw, 0); at != SIZE_MAX;) {
            size_t behind = at + name->text.len;
            if (may_be_key(p->keys, raw, behind)) return true;
            at = raw_run_find(name, raw, behind);
        }
    }
    Spelled spelled = raw_spelled(raw);
    for (uint32_t i = 0; i < p->n_names; i++)
        if (spelled_meets(&p->names[i].spelled, &spelled)) return true;
    return false;
}

bool key_probe_passes(const KeyProbe *p, Str raw) {
    for (uint32_t i = 0; i < p->n; i++)
        if (!probe_passes(&p->probes[i], raw)) return false;
    return true;
}
