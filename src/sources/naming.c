/*
 * naming.c: see naming.h.
 *
 * Order: the file's own name, then its folders from the inside out, whichever first is a published
 * table; then whichever first is a custom one; then the stem. Containers of the services carry a
 * prefix and, some of them, only lower case: insights-logs-advancedhunting-deviceevents,
 * am-SigninLogs.
 */
#include "sources/naming.h"

struct NameIndex {
    const KnownSchemas *known;
    Arena *arena;
    Str *slots; /* NULL until the first look-up */
    size_t mask;
};

static Str lower(Arena *arena, Str s) {
    char *copy = arena_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z') copy[i] = (char)(copy[i] | 0x20);
    return (Str){copy, s.len};
}

static uint64_t hash_lower(Str s) {
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 'A' && c <= 'Z') c |= 0x20;
        h = (h ^ c) * 0x100000001B3u;
    }
    return h ^ h >> 29;
}

typedef struct Gather {
    Arena *arena;
    Str *names;
    size_t n, cap;
} Gather;

static void gather_name(void *ctx, Str name) {
    Gather *g = ctx;
    ARENA_PUSH(g->arena, g->names, g->n, g->cap, name);
}

NameIndex *name_index_make(const KnownSchemas *known, Arena *arena) {
    NameIndex *index = ARENA_NEW(arena, NameIndex);
    *index = (NameIndex){.known = known, .arena = arena};
    return index;
}

static void fill(NameIndex *index) {
    Gather g = {.arena = index->arena};
    if (index->known) known_schemas_match(index->known, STR("*"), gather_name, &g);
    size_t cap = 64;
    while (cap < g.n * 2) cap *= 2;
    index->slots = ARENA_ARRAY(index->arena, Str, cap);
    index->mask = cap - 1;
    for (size_t i = 0; i < g.n; i++) {
        size_t at = hash_lower(g.names[i]) & index->mask;
        while (index->slots[at].ptr) at = (at + 1) & index->mask;
        index->slots[at] = g.names[i];
    }
}

/* Two names may differ by case alone: the one spelled so wins. */
Str name_index_find(NameIndex *index, Str name) {
    Str found = STR_EMPTY;
    if (!index->slots) fill(index);
    for (size_t at = hash_lower(name) & index->mask; index->slots[at].ptr;
         at = (at + 1) & index->mask) {
        if (str_eq(index->slots[at], name)) return name;
        if (!found.len && str_eq_nocase(index->slots[at], name)) found = index->slots[at];
    }
    return found;
}

bool is_custom_name(Str name) { return name.len > 3 && str_ends_with(name, STR("_CL")); }

Str name_stem(Str s) {
    for (size_t i = 0; i < s.len; i++) {
        bool digit_follows = i + 1 < s.len && s.ptr[i + 1] >= '0' && s.ptr[i + 1] <= '9';
        bool is_mark = s.ptr[i] == '-' || s.ptr[i] == '_';
        if (i && (s.ptr[i] == '.' || (is_mark && digit_follows))) return str_sub(s, 0, i);
    }
    return s;
}

/* A component without the prefixes of storage containers; *ret_is_rule for an export rule's. */
static Str without_prefix(Arena *arena, Str s, bool *ret_is_rule) {
    static const char *const prefixes[] = {"insights-logs-advancedhunting-", "advancedhunting-",
                                           "am-"};
    Str small = lower(arena, s);
    *ret_is_rule = false;
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        Str prefix = str_of(prefixes[i]);
        if (!str_starts_with(small, prefix) || s.len == prefix.len) continue;
        *ret_is_rule = i == 2;
        return str_sub(s, prefix.len, s.len);
    }
    return s;
}

/* The last component of *path, which is cut off from it. */
static Str take_last(Str *path) {
    while (path->len && path->ptr[path->len - 1] == '/') path->len--;
    size_t at = path->len;
    while (at && path->ptr[at - 1] != '/') at--;
    Str last = str_sub(*path, at, path->len);
    path->len = at;
    return last;
}

/* A table of one word is spelled exactly: a folder `usage` or `event` need not be Usage or Event.
 */
static bool is_spelled_well(Str table, Str given) {
    size_t n_capitals = 0;
    for (size_t i = 0; i < table.len; i++) n_capitals += table.ptr[i] >= 'A' && table.ptr[i] <= 'Z';
    return n_capitals > 1 || str_eq(table, given);
}

static Str known_name(NameIndex *index, Arena *arena, Str component) {
    bool is_rule;
    Str bare = without_prefix(arena, component, &is_rule), stem = name_stem(bare);
    bool has_prefix = bare.len < component.len;
    Str found = name_index_find(index, stem);
    if (found.len && (has_prefix || is_spelled_well(found, stem))) return found;
    found = name_index_find(index, bare);
    return has_prefix || is_spelled_well(found, bare) ? found : STR_EMPTY;
}

static Str custom_name(Arena *arena, Str component) {
    bool is_rule;
    Str stem = name_stem(without_prefix(arena, component, &is_rule));
    return is_rule || is_custom_name(stem) ? stem : STR_EMPTY;
}

PathName path_table_name(NameIndex *index, Arena *arena, Str path) {
    for (Str rest = path; rest.len;) {
        Str name = known_name(index, arena, take_last(&rest));
        if (name.len) return (PathName){arena_str(arena, name), NAME_KNOWN};
    }
    for (Str rest = path; rest.len;) {
        Str name = custom_name(arena, take_last(&rest));
        if (name.len) return (PathName){arena_str(arena, name), NAME_CUSTOM};
    }
    Str rest = path, last = take_last(&rest);
    return (PathName){arena_str(arena, name_stem(last)), NAME_STEM};
}
