#include "sources/lake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "sources/safe_path.h"

enum { MAX_LIST_BYTES = 1 << 30 };

static Status fault(Diags *diags, Status status, Str path, const char *why) {
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY240", "%.*s: %s", STR_ARG(path),
             why);
    return status;
}

/* --------------------------------------------------------------------- parts */

LakeTable *lake_table(Lake *lake, Str name) {
    for (size_t i = 0; i < lake->n_tables; i++)
        if (str_eq(lake->tables[i].name, name)) return &lake->tables[i];
    LakeTable t = {.name = arena_str(lake->arena, name)};
    ARENA_PUSH(lake->arena, lake->tables, lake->n_tables, lake->cap_tables, t);
    return &lake->tables[lake->n_tables - 1];
}

static bool is_same_schema(const LakeSchema *s, const LakeColumn *columns, uint32_t n) {
    if (s->n != n) return false;
    for (uint32_t i = 0; i < n; i++)
        if (s->columns[i].type != columns[i].type || !str_eq(s->columns[i].name, columns[i].name))
            return false;
    return true;
}

uint32_t lake_schema(Lake *lake, const LakeColumn *columns, uint32_t n) {
    for (size_t i = 0; i < lake->n_schemas; i++)
        if (is_same_schema(&lake->schemas[i], columns, n)) return (uint32_t)i;
    LakeSchema s = {.columns = ARENA_ARRAY(lake->arena, LakeColumn, n), .n = n};
    for (uint32_t i = 0; i < n; i++)
        s.columns[i] = (LakeColumn){arena_str(lake->arena, columns[i].name), columns[i].type};
    ARENA_PUSH(lake->arena, lake->schemas, lake->n_schemas, lake->cap_schemas, s);
    return (uint32_t)lake->n_schemas - 1;
}

Str lake_path(Arena *arena, const Lake *lake, const LakePart *part, const char *ending) {
    Str stem = str_sub(part->file, 0, part->file.len - strlen(".parquet"));
    size_t name = stem.len;
    while (name && stem.ptr[name - 1] != '/') name--;
    bool is_hidden = strcmp(ending, ".terms") == 0;
    return arena_printf(arena, "%.*s/%.*s%s%.*s%s", STR_ARG(lake->dir), (int)name, stem.ptr,
                        is_hidden ? "." : "", (int)(stem.len - name), stem.ptr + name, ending);
}

/* ------------------------------------------------------------------- reading */

static Str text_of(Arena *arena, Str object, const char *key) {
    return json_string(arena, json_get(object, str_of(key)));
}

static bool number_of(Str object, const char *key, int64_t *ret) {
    return json_long(json_get(object, str_of(key)), ret);
}

/* A part's name must not lead out of the lake, whoever wrote the list. */
static bool is_part_path(Str file) {
    return path_stays_inside(file) && str_ends_with(file, STR(".parquet"));
}

static bool read_part(Lake *lake, Str json, LakePart *ret) {
    int64_t schema;
    *ret = (LakePart){.file = text_of(lake->arena, json, "file"),
                      .day = text_of(lake->arena, json, "day")};
    if (!is_part_path(ret->file) || !number_of(json, "rows", &ret->rows) ||
        !number_of(json, "bytes", &ret->bytes) || !number_of(json, "schema", &schema))
        return false;
    if (schema < 0 || (uint64_t)schema >= lake->n_schemas) return false;
    ret->schema = (uint32_t)schema;
    ret->has_times = number_of(json, "from", &ret->from) && number_of(json, "to", &ret->to);
    ret->has_terms = json_kind(json_get(json, STR("terms"))) == JSON_TRUE;
    if (json_kind(json_get(json, STR("ticks"))) == JSON_TRUE) ret->times = LAKE_TICKS;
    else if (json_kind(json_get(json, STR("micros"))) == JSON_TRUE) ret->times = LAKE_MICROS;
    if (!number_of(json, "crc32", &ret->checksum)) ret->checksum = -1;
    return true;
}

static bool read_table(Lake *lake, Str name, Str parts) {
    JsonCursor c;
    Str key, element;
    LakeTable *t = lake_table(lake, name);
    if (!json_enter(parts, &c) || c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        LakePart part;
        if (!read_part(lake, element, &part)) return false;
        ARENA_PUSH(lake->arena, t->parts, t->n, t->cap, part);
    }
    return true;
}

static bool read_schema(Lake *lake, Str json) {
    JsonCursor c;
    Str key, element;
    LakeSchema s = {0};
    size_t n = 0, cap = 0;
    if (!json_enter(json, &c) || c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        LakeColumn column = {json_string(lake->arena, json_at(element, 0)),
                             type_from_name(json_string(lake->arena, json_at(element, 1)))};
        if (!column.name.len || column.type == TYPE_ERROR) return false;
        ARENA_PUSH(lake->arena, s.columns, n, cap, column);
    }
    s.n = (uint32_t)n;
    ARENA_PUSH(lake->arena, lake->schemas, lake->n_schemas, lake->cap_schemas, s);
    return true;
}

static bool read_sources(Lake *lake, Str json) {
    JsonCursor c;
    Str key, element;
    if (!json_enter(json, &c) || c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        LakeSource s = {.digest = text_of(lake->arena, element, "sha256"),
                        .name = text_of(lake->arena, element, "name")};
        if (!s.digest.len || !number_of(element, "size", &s.size)) return false;
        ARENA_PUSH(lake->arena, lake->sources, lake->n_sources, lake->cap_sources, s);
    }
    return true;
}

static bool read_list(Lake *lake, Str text) {
    JsonCursor c;
    Str key, element;
    int64_t version;
    if (!json_is_valid(text) || !number_of(text, "version", &version) || version != 1) return false;
    if (!number_of(text, "serial", &lake->serial)) return false;
    if (str_is(text_of(lake->arena, text, "timestamps"), "micros")) lake->times = LAKE_MICROS;
    if (!json_enter(json_get(text, STR("schemas")), &c) || c.is_object) return false;
    while (json_next(&c, &key, &element))
        if (!read_schema(lake, element)) return false;
    if (!json_enter(json_get(text, STR("tables")), &c) || !c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        Str name = json_string(lake->arena, (Str){key.ptr - 1, key.len + 2}); /* with its quotes */
        if (!read_table(lake, name, element)) return false;
    }
    return read_sources(lake, json_get(text, STR("sources")));
}

bool lake_exists(const char *dir) {
    char path[4096];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/" LAKE_LIST, dir);
    return n > 0 && (size_t)n < sizeof path && stat(path, &st) == 0;
}

static int hold(const char *dir, int flags, int how) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/" LAKE_READERS, dir);
    if (n < 0 || (size_t)n >= sizeof path) return -1;
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (fd < 0 || flock(fd, how) == 0) return fd;
    close(fd);
    return -1;
}

int lake_hold(const char *dir) { return hold(dir, O_RDONLY, LOCK_SH); }

int lake_hold_alone(const char *dir) { return hold(dir, O_RDONLY | O_CREAT, LOCK_EX | LOCK_NB); }

Status lake_load(Arena *arena, const char *dir, Diags *diags, Lake *ret) {
    *ret = (Lake){.arena = arena, .dir = arena_str(arena, str_of(dir))};
    Str path = arena_printf(arena, "%s/" LAKE_LIST, dir);
    FILE *f = fopen(path.ptr, "rb");
    if (!f && errno == ENOENT)
        return fault(diags, INVALID, ret->dir, "no lake: it holds no " LAKE_LIST);
    if (!f) return fault(diags, DATA, path, strerror(errno));
    Buf text = {0};
    char block[1 << 16];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0 && text.len < MAX_LIST_BYTES;)
        buf_put(&text, (Str){block, n});
    bool is_read = !ferror(f);
    fclose(f);
    bool ok = is_read && read_list(ret, arena_str(arena, buf_str(&text)));
    buf_free(&text);
    return ok ? OK : fault(diags, DATA, path, "damaged: it is no list of a lake's parts");
}

/* ------------------------------------------------------------------- writing */

static void put_text(Buf *out, const char *key, Str value) {
    buf_printf(out, ",\"%s\":", key);
    json_put_string(out, value);
}

static void put_part(Buf *out, const LakePart *p) {
    buf_puts(out, "{\"file\":");
    json_put_string(out, p->file);
    put_text(out, "day", p->day);
    buf_printf(out, ",\"rows\":%lld,\"bytes\":%lld,\"schema\":%u", (long long)p->rows,
               (long long)p->bytes, p->schema);
    if (p->has_times)
        buf_printf(out, ",\"from\":%lld,\"to\":%lld", (long long)p->from, (long long)p->to);
    if (p->times != LAKE_NANOS)
        buf_puts(out, p->times == LAKE_TICKS ? ",\"ticks\":true" : ",\"micros\":true");
    if (p->checksum >= 0) buf_printf(out, ",\"crc32\":%lld", (long long)p->checksum);
    buf_printf(out, ",\"terms\":%s}", p->has_terms ? "true" : "false");
}

static void put_schemas(Buf *out, const Lake *lake) {
    for (size_t i = 0; i < lake->n_schemas; i++) {
        buf_puts(out, i ? ",\n[" : "\n[");
        for (uint32_t c = 0; c < lake->schemas[i].n; c++) {
            buf_puts(out, c ? ",[" : "[");
            json_put_string(out, lake->schemas[i].columns[c].name);
            buf_printf(out, ",\"%s\"]", type_name(lake->schemas[i].columns[c].type));
        }
        buf_putc(out, ']');
    }
}

static void put_list(Buf *out, const Lake *lake) {
    buf_printf(out, "{\"version\":1,\"serial\":%lld,\n", (long long)lake->serial);
    if (lake->times == LAKE_MICROS) buf_puts(out, "\"timestamps\":\"micros\",\n");
    buf_puts(out, "\"schemas\":[");
    put_schemas(out, lake);
    buf_puts(out, "],\n\"tables\":{");
    for (size_t i = 0; i < lake->n_tables; i++) {
        const LakeTable *t = &lake->tables[i];
        buf_puts(out, i ? ",\n" : "\n");
        json_put_string(out, t->name);
        buf_puts(out, ":[");
        for (size_t p = 0; p < t->n; p++) {
            buf_puts(out, p ? ",\n" : "\n");
            put_part(out, &t->parts[p]);
        }
        buf_putc(out, ']');
    }
    buf_puts(out, "},\n\"sources\":[");
    for (size_t i = 0; i < lake->n_sources; i++) {
        buf_printf(out, "%s{\"size\":%lld", i ? ",\n" : "\n", (long long)lake->sources[i].size);
        put_text(out, "sha256", lake->sources[i].digest);
        put_text(out, "name", lake->sources[i].name);
        buf_putc(out, '}');
    }
    buf_puts(out, "]}\n");
}

static bool write_all(int fd, Str text) {
    for (size_t at = 0; at < text.len;) {
        ssize_t n = write(fd, text.ptr + at, text.len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += (size_t)n;
    }
    return true;
}

static void sync_folder(const char *dir) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

Status lake_save(const Lake *lake, Diags *diags) {
    Arena *arena = arena_new();
    Str path = arena_printf(arena, "%.*s/" LAKE_LIST, STR_ARG(lake->dir));
    Str draft = arena_printf(arena, "%.*s.new", STR_ARG(path));
    Buf text = {0};
    put_list(&text, lake);
    int fd = open(draft.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && write_all(fd, buf_str(&text)) && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0) ok = false;
    ok = ok && rename(draft.ptr, path.ptr) == 0;
    int why = errno;
    if (ok) sync_folder(arena_cstr(arena, lake->dir));
    else (void)unlink(draft.ptr);
    Status status = ok ? OK : fault(diags, DATA, path, strerror(why));
    buf_free(&text);
    arena_free(arena);
    return status;
}
