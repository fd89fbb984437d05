/*
 * zone.c: zone files (TZif, RFC 8536) and the table of those that were read.
 *
 * A file holds the times at which the offset changed, then, from version 2 on, a rule for all later
 * times. A version 2 file repeats its data with 64-bit times; only those are read.
 */
#include "kernels/time/zone.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>

#include "kernels/time/zone_rule.h"

struct Zone {
    Zone *next;
    Str name;
    size_t n;         /* changes */
    int64_t *at;      /* UTC seconds, ascending */
    int32_t *offsets; /* from then on */
    int32_t first;    /* before all changes */
    bool has_rule;
    ZoneRule rule;
};

enum { FILE_MAX = 1 << 18, NAME_MAX_LEN = 64 };

static const char *zone_folder(void) {
    const char *folder = getenv("TZDIR");
    return folder && folder[0] == '/' ? folder : "/usr/share/zoneinfo";
}

/* Letters, digits, '_', '+', '-' and single slashes: nothing that could leave the folder. */
static bool is_zone_name(Str name) {
    if (!name.len || name.len > NAME_MAX_LEN) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
        bool is_slash = c == '/' && i && i + 1 < name.len && name.ptr[i - 1] != '/';
        if (!is_letter && !is_slash && c != '_' && c != '+' && c != '-') return false;
    }
    return true;
}

/* ------------------------------------------------------------------ TZif */

static uint64_t read_big(const char *p, unsigned n) {
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++) value = value << 8 | (unsigned char)p[i];
    return value;
}

typedef struct Header {
    uint64_t n_utc, n_standard, n_leaps, n_times, n_types, n_chars;
} Header;

enum { HEADER_LEN = 44 };

static bool read_header(Str file, size_t at, Header *ret, char *ret_version) {
    if (file.len < HEADER_LEN || at > file.len - HEADER_LEN) return false;
    const char *p = file.ptr + at;
    if (memcmp(p, "TZif", 4) != 0) return false;
    *ret_version = p[4];
    *ret = (Header){read_big(p + 20, 4), read_big(p + 24, 4), read_big(p + 28, 4),
                    read_big(p + 32, 4), read_big(p + 36, 4), read_big(p + 40, 4)};
    return ret->n_types > 0;
}

/* Bytes behind a header; the counts are 32 bits each, so that the sum can not overflow. */
static uint64_t data_len(const Header *h, uint64_t time_len) {
    return h->n_times * (time_len + 1) + h->n_types * 6 + h->n_chars + h->n_leaps * (time_len + 4) +
           h->n_standard + h->n_utc;
}

/* Times, then a type number for each, then the types: offset, daylight flag, name. */
static bool read_changes(Arena *arena, Str file, size_t at, const Header *h, Zone *zone) {
    const char *times = file.ptr + at, *numbers = times + h->n_times * 8;
    const char *types = numbers + h->n_times;
    zone->n = (size_t)h->n_times;
    zone->at = ARENA_ARRAY(arena, int64_t, zone->n + 1);
    zone->offsets = ARENA_ARRAY(arena, int32_t, zone->n + 1);
    zone->first = (int32_t)(uint32_t)read_big(types, 4);
    for (size_t i = 0; i < zone->n; i++) {
        unsigned type = (unsigned char)numbers[i];
        if (type >= h->n_types) return false;
        zone->at[i] = (int64_t)read_big(times + i * 8, 8);
        zone->offsets[i] = (int32_t)(uint32_t)read_big(types + type * 6, 4);
        if (i && zone->at[i] <= zone->at[i - 1]) return false;
    }
    return true;
}

static bool read_zone(Arena *arena, Str file, Zone *zone) {
    Header h;
    char version;
    if (!read_header(file, 0, &h, &version) || version < '2') return false;
    uint64_t skip = HEADER_LEN + data_len(&h, 4);
    if (skip > file.len || !read_header(file, (size_t)skip, &h, &version)) return false;
    size_t at = (size_t)skip + HEADER_LEN;
    uint64_t len = data_len(&h, 8);
    if (len > file.len - at || !read_changes(arena, file, at, &h, zone)) return false;
    Str footer = str_sub(file, at + (size_t)len, file.len);
    if (footer.len < 2 || footer.ptr[0] != '\n') return true;
    size_t end = str_find(footer, STR("\n"), 1);
    if (end == SIZE_MAX) return true;
    zone->has_rule = zone_rule_parse(str_sub(footer, 1, end - 1), &zone->rule);
    return true;
}

static Str read_file(Arena *arena, Str name) {
    Str path = arena_printf(arena, "%s/%.*s", zone_folder(), STR_ARG(name)), text = STR_EMPTY;
    FILE *file = fopen(path.ptr, "rbe");
    if (!file) return text;
    char *bytes = arena_alloc_raw(arena, FILE_MAX);
    size_t n = fread(bytes, 1, FILE_MAX, file);
    (void)fclose(file);
    return n < FILE_MAX ? (Str){bytes, n} : text;
}

/* ----------------------------------------------------------------- table */

static struct {
    pthread_mutex_t lock;
    Arena *arena; /* of all zones */
    Zone *first;
} zones = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const Zone *load_zone(Str name) {
    Arena *work = arena_new();
    Str file = read_file(work, name);
    Zone read = {0}, *zone = NULL;
    if (file.len && read_zone(zones.arena, file, &read)) {
        zone = ARENA_NEW(zones.arena, Zone);
        *zone = read;
        zone->name = arena_str(zones.arena, name);
        zone->next = zones.first;
        zones.first = zone;
    }
    arena_free(work);
    return zone;
}

const Zone *zone_find(Str name) {
    if (!is_zone_name(name)) return NULL;
    pthread_mutex_lock(&zones.lock);
    if (!zones.arena) zones.arena = arena_new();
    const Zone *zone = zones.first;
    while (zone && !str_eq(zone->name, name)) zone = zone->next;
    if (!zone) zone = load_zone(name);
    pthread_mutex_unlock(&zones.lock);
    return zone;
}

/* --------------------------------------------------------------- offsets */

int32_t zone_offset(const Zone *zone, int64_t utc) {
    if (zone->has_rule && (!zone->n || utc >= zone->at[zone->n - 1]))
        return zone_rule_offset(&zone->rule, utc);
    size_t low = 0, high = zone->n; /* changes before `low` are at or before utc */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= utc) low = middle + 1;
        else high = middle;
    }
    return low ? zone->offsets[low - 1] : zone->first;
}

int32_t zone_offset_of_local(const Zone *zone, int64_t local) {
    enum { DAY = 86400 };
    int32_t before = zone_offset(zone, local - DAY), after = zone_offset(zone, local + DAY);
    int32_t larger = before > after ? before : after, smaller = before > after ? after : before;
    if (zone_offset(zone, local - larger) == larger) return larger;
    return zone_offset(zone, local - smaller) == smaller ? smaller : larger;
}

/* ----------------------------------------------------------------- names */

typedef struct Names {
    Arena *arena;
    Str *items;
    size_t n, cap;
} Names;

static bool is_zone_file(const char *path) {
    char magic[4];
    FILE *file = fopen(path, "rbe");
    if (!file) return false;
    bool ok = fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
    (void)fclose(file);
    return ok;
}

/* Folders hold zones or folders, America/Indiana/Knox being as deep as it goes. */
static void add_names(Names *names, Str folder, unsigned depth) {
    Str path = arena_printf(names->arena, "%s/%.*s", zone_folder(), STR_ARG(folder));
    DIR *dir = opendir(path.ptr);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        Str name = str_of(entry->d_name);
        bool is_copy = str_is(name, "posix") || str_is(name, "right") || str_is(name, "posixrules");
        if (!is_zone_name(name) || (!depth && (is_copy || str_is(name, "localtime")))) continue;
        Str whole = folder.len ? arena_printf(names->arena, "%.*s/%s", STR_ARG(folder), name.ptr)
                               : arena_str(names->arena, name);
        Str file = arena_printf(names->arena, "%s/%.*s", zone_folder(), STR_ARG(whole));
        if (is_zone_file(file.ptr))
            ARENA_PUSH(names->arena, names->items, names->n, names->cap, whole);
        else if (depth < 3) add_names(names, whole, depth + 1);
    }
    (void)closedir(dir);
}

static int name_order(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

size_t zone_names(Arena *arena, Str **ret) {
    Names names = {.arena = arena};
    add_names(&names, STR_EMPTY, 0);
    if (names.n) qsort(names.items, names.n, sizeof *names.items, name_order);
    *ret = names.items;
    return names.n;
}
