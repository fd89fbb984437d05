/*
 * known_schemas.c: the published tables and their columns, searched where they lie.
 *
 * tables.tsv is sorted by the bytes of the table name, connectors.tsv by the data type; both are
 * mapped read-only. A look-up is a binary search over byte offsets: the middle offset is moved back
 * to the start of its line, so that nothing is read or indexed at start-up. Columns of a table
 * stand in documented order.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "semantics/semantics.h"
#include "semantics/twins.h"

#define MAX_FILE_BYTES (256u << 20)

typedef struct CachedTable {
    TableRef ref;
    struct CachedTable *next;
} CachedTable;

struct KnownSchemas {
    Str tables, connectors; /* mapped; without their header lines in the two below */
    Str table_lines, connector_lines;
    pthread_mutex_t lock; /* over the two below */
    Arena *arena;
    CachedTable *cache;
};

/* ------------------------------------------------------------------ lines */

/* Field `index` (from 0) of the line that starts at `at`. */
static Str line_field(Str text, size_t at, unsigned index) {
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    Str line = str_sub(text, at, end ? (size_t)(end - text.ptr) - at : text.len);
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    for (unsigned i = 0;; i++) {
        const char *tab = line.len ? memchr(line.ptr, '\t', line.len) : NULL;
        size_t len = tab ? (size_t)(tab - line.ptr) : line.len;
        if (i == index) return str_sub(line, 0, len);
        if (!tab) return STR_EMPTY;
        line = str_sub(line, len + 1, line.len);
    }
}

static size_t line_start(Str text, size_t at) {
    while (at > 0 && text.ptr[at - 1] != '\n') at--;
    return at;
}

static size_t line_next(Str text, size_t at) {
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

/* Start of the first line whose field is not before `key` (or, with `after`, is past it). */
static size_t line_search(Str text, unsigned field, Str key, bool after) {
    size_t low = 0, high = text.len;
    while (low < high) {
        size_t at = line_start(text, low + (high - low) / 2);
        int c = str_compare(line_field(text, at, field), key);
        if (c < 0 || (after && c == 0)) low = line_next(text, at);
        else high = at;
    }
    return low;
}

/* -------------------------------------------------------------- open, free */

static Status map_file(const char *dir, const char *name, Diags *diags, Str *ret) {
    Status status = DATA;
    void *memory;
    struct stat info;
    char *path = NULL;
    int fd = -1;
    if (asprintf(&path, "%s/%s", dir, name) < 0) abort();
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY020", "cannot read %s: %s",
                 path, strerror(errno));
    } else if (!S_ISREG(info.st_mode) || info.st_size <= 0 || info.st_size > MAX_FILE_BYTES) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY021",
                 "%s is no table of schemas: it is empty or too large", path);
    } else if ((memory = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) ==
               MAP_FAILED) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY020", "cannot map %s: %s", path,
                 strerror(errno));
    } else {
        *ret = (Str){memory, (size_t)info.st_size};
        status = OK;
    }
    if (fd >= 0) close(fd);
    free(path);
    return status;
}

static Status check_header(Str text, const char *header, const char *name, Diags *diags,
                           Str *ret_lines) {
    size_t first = line_next(text, 0);
    if (!str_is(str_trim(str_sub(text, 0, first)), header)) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY021",
                 "%s is damaged: its first line is not the expected header", name);
        return DATA;
    }
    *ret_lines = str_sub(text, first, text.len);
    return OK;
}

Status known_schemas_open(const char *dir, Diags *diags, KnownSchemas **ret) {
    KnownSchemas *k = calloc(1, sizeof *k);
    if (!k) abort();
    k->arena = arena_new();
    pthread_mutex_init(&k->lock, NULL);
    Status status = map_file(dir, "tables.tsv", diags, &k->tables);
    if (status == OK) status = map_file(dir, "connectors.tsv", diags, &k->connectors);
    if (status == OK)
        status =
            check_header(k->tables, "table\tcolumn\ttype", "tables.tsv", diags, &k->table_lines);
    if (status == OK)
        status = check_header(k->connectors, "connectorId\tdataType\tbasis", "connectors.tsv",
                              diags, &k->connector_lines);
    if (status != OK) {
        known_schemas_free(k);
        return status;
    }
    *ret = k;
    return OK;
}

static void unmap(Str text) {
    if (text.len) munmap((void *)(uintptr_t)text.ptr, text.len);
}

void known_schemas_free(KnownSchemas *k) {
    if (!k) return;
    unmap(k->tables);
    unmap(k->connectors);
    arena_free(k->arena);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

/* ---------------------------------------------------------------- look-ups */

bool known_schemas_table(const KnownSchemas *k, Arena *arena, Str name, TableColumn **ret_columns,
                         uint32_t *ret_n) {
    Str text = k->table_lines;
    size_t first = line_search(text, 0, name, false), n = 0, cap = 0;
    TableColumn *columns = NULL;
    for (size_t at = first; at < text.len; at = line_next(text, at)) {
        if (!str_eq(line_field(text, at, 0), name)) break;
        Type type = type_from_name(line_field(text, at, 2));
        Str column = line_field(text, at, 1);
        if (type == TYPE_ERROR) type = TYPE_STRING;
        ARENA_PUSH(arena, columns, n, cap, ((TableColumn){column, type, column}));
    }
    if (n == 0 || n > UINT32_MAX) return false;
    *ret_columns = columns;
    *ret_n = (uint32_t)n;
    return true;
}

/* The table name at `at`; moves `at` to the first line of the next table, which is near. */
static Str next_table(Str text, size_t *at) {
    Str name = line_field(text, *at, 0), rest = str_sub(text, *at, text.len);
    size_t reach = 1024;
    while (reach < rest.len && str_eq(line_field(rest, line_start(rest, reach), 0), name))
        reach *= 2;
    if (reach < rest.len) rest.len = line_next(rest, reach);
    *at += line_search(rest, 0, name, true);
    return name;
}

void known_schemas_match(const KnownSchemas *k, Str pattern, void (*visit)(void *ctx, Str name),
                         void *ctx) {
    Str text = k->table_lines;
    size_t fixed = str_find(pattern, STR("*"), 0);
    Str prefix = str_sub(pattern, 0, fixed);
    size_t at = line_search(text, 0, prefix, false);
    while (at < text.len) {
        Str name = next_table(text, &at);
        if (!str_starts_with(name, prefix)) return;
        if (str_matches(name, pattern)) visit(ctx, name);
    }
}

Str known_schemas_nearest(const KnownSchemas *k, Str name) {
    Str text = k->table_lines;
    Nearest near = nearest_to(name);
    for (size_t at = 0; at < text.len;) nearest_try(&near, next_table(text, &at));
    return near.best;
}

Str known_schemas_twin(Str table, Str column) { return twin_find(table, column); }

/* Microsoft's own connectors that fill a table which others fill as well, the one to set up today
 * before the one that it took the place of. */
static const char *const own_connectors[] = {
    "MicrosoftThreatProtection",
    "WindowsSecurityEvents",
    "SecurityEvents",
    "WindowsForwardedEvents",
    "SyslogAma",
    "Syslog",
    "CefAma",
    "CEF",
    "AzureMonitor(IIS)",
    "ASimDnsActivityLogs",
    "WindowsFirewallAma",
    "MicrosoftDefenderThreatIntelligence",
    "AwsS3",
    "AWS",
    "GCPAuditLogsDefinition",
    "CustomlogsviaAMA",
};

static size_t own_rank(Str connector) {
    for (size_t i = 0; i < COUNT_OF(own_connectors); i++)
        if (str_is(connector, own_connectors[i])) return i;
    return COUNT_OF(own_connectors);
}

Str known_schemas_connector(const KnownSchemas *k, Str table) {
    Str text = k->connector_lines, own = STR_EMPTY, defined = STR_EMPTY, any = STR_EMPTY;
    size_t rank = COUNT_OF(own_connectors), n_defined = 0, n = 0;
    for (size_t at = line_search(text, 1, table, false); at < text.len; at = line_next(text, at)) {
        if (!str_eq(line_field(text, at, 1), table)) break;
        Str connector = line_field(text, at, 0);
        if (own_rank(connector) < rank) {
            rank = own_rank(connector);
            own = connector;
        }
        any = connector;
        n++;
        if (!str_is(line_field(text, at, 2), "connector")) continue;
        defined = connector;
        n_defined++;
    }
    if (own.len) return own;
    if (n_defined) return n_defined == 1 ? defined : STR_EMPTY;
    return n == 1 ? any : STR_EMPTY;
}

/* ---------------------------------------------------------------- provider */

/* Tables whose columns are not all published: others are named by their type suffix. */
static bool is_open_ended(Str name) { return str_eq(name, STR("AzureDiagnostics")); }

static const TableRef *cached_table(KnownSchemas *k, Str name) {
    TableColumn *columns;
    uint32_t n;
    for (CachedTable *c = k->cache; c; c = c->next)
        if (str_eq(c->ref.name, name)) return &c->ref;
    if (!known_schemas_table(k, k->arena, name, &columns, &n)) return NULL;
    CachedTable *c = ARENA_NEW(k->arena, CachedTable);
    c->ref = (TableRef){.name = arena_str(k->arena, name),
                        .columns = columns,
                        .n_columns = n,
                        .presence = TABLE_MISSING,
                        .is_open = is_open_ended(name)};
    c->next = k->cache;
    k->cache = c;
    return &c->ref;
}

static const TableRef *provider_find(void *self, Str name) {
    KnownSchemas *k = self;
    pthread_mutex_lock(&k->lock);
    const TableRef *table = cached_table(k, name);
    pthread_mutex_unlock(&k->lock);
    return table;
}

typedef struct MatchVisit {
    KnownSchemas *k;
    void (*visit)(void *ctx, const TableRef *table);
    void *ctx;
} MatchVisit;

static void visit_match(void *ctx, Str name) {
    MatchVisit *m = ctx;
    const TableRef *table = provider_find(m->k, name);
    if (table) m->visit(m->ctx, table);
}

static void provider_match(void *self, Str pattern, void (*visit)(void *ctx, const TableRef *table),
                           void *ctx) {
    MatchVisit m = {self, visit, ctx};
    known_schemas_match(self, pattern, visit_match, &m);
}

static Str provider_nearest(void *self, Str name) { return known_schemas_nearest(self, name); }

SchemaProvider known_schemas_provider(KnownSchemas *k) {
    return (SchemaProvider){
        .self = k, .find = provider_find, .match = provider_match, .nearest = provider_nearest};
}
