/*
 * changer.c: one change of a lake: its lock, its staging folder, its commit.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lake/lake_internal.h"
#include "sources/file_checksum.h"

#define LOCK_NAME ".quarry-lake.lock"
#define STAGING_NAME ".staging"

static Status fault(Diags *diags, Status status, const char *path, const char *why) {
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY241", "%s: %s", path, why);
    return status;
}

/* A folder that this user may not write to, or that takes no lock. */
static Status refuse(Diags *diags, const char *dir, const char *why) {
    Diag *d = diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY241",
                       "%s: this lake cannot be changed: its " LOCK_NAME " cannot be opened: %s",
                       dir, why);
    d->hint = STR("an import and the chores write to the lake's folder; nothing was changed, and "
                  "queries read the lake as it is");
    return DATA;
}

static Status make_folder(const char *path, Diags *diags) {
    struct stat st;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return OK;
    return fault(diags, DATA, path, strerror(errno));
}

/* ------------------------------------------------------------------ leftovers */

enum { MAX_DEPTH = 4 };

static const char *skip_digits(const char *s) {
    const char *end = s + strspn(s, "0123456789");
    return end > s ? end : NULL;
}

/* TABLE/day=2026-11-24/part-7-0001.parquet, .part-7-0001.terms and nothing else: files of others stay. */
static bool is_part_path(const char *path) {
    const char *s = strchr(path, '/');
    if (!s || strncmp(s, "/day=", 5) != 0) return false;
    s += 5;
    size_t day = strcspn(s, "/");
    if (day != 10 && !(day == 4 && strncmp(s, "none", 4) == 0)) return false;
    s += day;
    if (*s++ != '/') return false;
    bool is_hidden = *s == '.';
    s += is_hidden;
    if (strncmp(s, "part-", 5) != 0 || !(s = skip_digits(s + 5)) || *s != '-') return false;
    s = skip_digits(s + 1);
    return s && strcmp(s, is_hidden ? ".terms" : ".parquet") == 0;
}

/* Visits each file below a folder; `relative` is its path below the lake. */
static void walk(const char *path, const char *relative, unsigned depth,
                 void (*visit)(void *ctx, const char *path, const char *relative), void *ctx) {
    DIR *d = opendir(path);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char child[4096], below[4096];
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        int n = snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        int m = snprintf(below, sizeof below, "%s%s%s", relative, *relative ? "/" : "", e->d_name);
        if (n < 0 || (size_t)n >= sizeof child || m < 0 || (size_t)m >= sizeof below) continue;
        if (lstat(child, &st) != 0) continue;
        if (S_ISDIR(st.st_mode) && depth) walk(child, below, depth - 1, visit, ctx);
        else if (S_ISREG(st.st_mode)) visit(ctx, child, below);
    }
    closedir(d);
}

static void remove_file(void *ctx, const char *path, const char *relative) {
    (void)ctx;
    (void)relative;
    (void)unlink(path);
}

static void remove_staging(const char *path) {
    walk(path, "", MAX_DEPTH, remove_file, NULL);
    (void)rmdir(path);
}

static int by_text(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

typedef struct Sweep {
    Str *named; /* sorted: paths without their ending */
    size_t n, n_found;
    bool removes;
} Sweep;

static void sweep_file(void *ctx, const char *path, const char *relative) {
    Sweep *s = ctx;
    if (!is_part_path(relative)) return;
    char plain[4096]; /* without the dot that hides a filter */
    const char *name = strrchr(relative, '/') + 1;
    int n = snprintf(plain, sizeof plain, "%.*s%s", (int)(name - relative), relative,
                     *name == '.' ? name + 1 : name);
    if (n < 0 || (size_t)n >= sizeof plain) return;
    Str stem = {plain, (size_t)(strrchr(plain, '.') - plain)};
    if (s->n && bsearch(&stem, s->named, s->n, sizeof *s->named, by_text)) return;
    s->n_found++;
    if (s->removes) (void)unlink(path);
}

static size_t sweep(const Lake *lake, bool removes) {
    Arena *arena = arena_new();
    Sweep s = {.removes = removes};
    size_t cap = 0;
    for (size_t i = 0; i < lake->n_tables; i++)
        for (size_t p = 0; p < lake->tables[i].n; p++) {
            Str file = lake->tables[i].parts[p].file;
            ARENA_PUSH(arena, s.named, s.n, cap, str_sub(file, 0, file.len - strlen(".parquet")));
        }
    if (s.n) qsort(s.named, s.n, sizeof *s.named, by_text);
    walk(arena_cstr(arena, lake->dir), "", MAX_DEPTH, sweep_file, &s);
    arena_free(arena);
    return s.n_found;
}

/* Removes what the list does not name, unless somebody may be reading by an older list: then a later
 * change does. */
static void sweep_away(const Lake *lake) {
    int alone = lake_hold_alone(lake->dir.ptr);
    if (alone < 0) return;
    (void)sweep(lake, true);
    close(alone);
}

size_t lake_leftovers(const Lake *lake) { return sweep(lake, false); }

/* A new lake's list. Parts that no list names may be all that is left of a lake: they are not for
 * this process to sweep away. */
static Status begin_list(const Lake *lake, Diags *diags) {
    const char *dir = lake->dir.ptr;
    if (lake_leftovers(lake))
        return fault(diags, DATA, dir, "it holds parts of a lake, but no " LAKE_LIST);
    return lake_save(lake, diags);
}

/* ---------------------------------------------------------------- open, close */

Status changer_open(const char *dir, bool makes, Arena *arena, Diags *diags, LakeChanger *ret) {
    *ret = (LakeChanger){.arena = arena, .diags = diags, .lock = -1};
    if (makes) TRY(make_folder(dir, diags));
    else if (!lake_exists(dir)) return lake_load(arena, dir, diags, &ret->lake); /* tells why */
    Str lock = arena_printf(arena, "%s/" LOCK_NAME, dir);
    ret->lock = open(lock.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (ret->lock < 0) return refuse(diags, dir, strerror(errno));
    if (flock(ret->lock, LOCK_EX | LOCK_NB) != 0) {
        close(ret->lock);
        ret->lock = -1;
        return fault(diags, INVALID, dir, "another process is changing this lake");
    }
    ret->lake = (Lake){.arena = arena, .dir = arena_str(arena, str_of(dir))};
    /* only under the lock: another process may have made the lake a moment ago */
    Status status = makes && !lake_exists(dir) ? begin_list(&ret->lake, diags)
                                               : lake_load(arena, dir, diags, &ret->lake);
    ret->staging = arena_printf(arena, "%s/" STAGING_NAME, dir);
    if (status == OK) {
        remove_staging(ret->staging.ptr);
        sweep_away(&ret->lake);
        status = make_folder(ret->staging.ptr, diags);
    }
    if (status != OK) changer_close(ret);
    return status;
}

void changer_close(LakeChanger *c) {
    if (c->lock < 0) return;
    remove_staging(c->staging.ptr);
    close(c->lock); /* and with it the lock */
    c->lock = -1;
}

/* -------------------------------------------------------------------- commit */

static Status sync_path(const char *path, Diags *diags) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0) close(fd);
    return ok ? OK : fault(diags, DATA, path, strerror(why));
}

/* Whether so much is written that all of the file system is better written out at once. */
static bool is_much(const DraftList *parts) {
    enum { MANY_FILES = 16 };
    return parts->n > MANY_FILES;
}

static Status sync_all(const char *path, Diags *diags) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && syncfs(fd) == 0;
    int why = errno;
    if (fd >= 0) close(fd);
    return ok ? OK : fault(diags, DATA, path, strerror(why));
}

static Status move(const char *from, const char *to, bool is_synced, Diags *diags) {
    if (!is_synced) TRY(sync_path(from, diags));
    return rename(from, to) == 0 ? OK : fault(diags, DATA, to, strerror(errno));
}

/* A table's name is the data's: it must not lead out of the lake, nor hide in it. */
static Str folder_name(Arena *arena, Str table) {
    char *name = arena_cstr(arena, table);
    for (char *c = name; *c; c++)
        if (*c == '/' || (unsigned char)*c < 0x20) *c = '_';
    return *name == '.' || !*name ? arena_printf(arena, "_%s", name) : str_of(name);
}

static Status place(LakeChanger *c, DraftPart *d, bool is_synced) {
    Arena *a = c->arena;
    Str table = folder_name(a, d->table);
    Str folder = arena_printf(a, "%.*s/%.*s", STR_ARG(c->lake.dir), STR_ARG(table));
    TRY(make_folder(folder.ptr, c->diags));
    folder = arena_printf(a, "%.*s/day=%.*s", STR_ARG(folder), STR_ARG(d->part.day));
    TRY(make_folder(folder.ptr, c->diags));
    d->part.file = arena_printf(a, "%.*s/day=%.*s/part-%lld-%04u.parquet", STR_ARG(table),
                                STR_ARG(d->part.day), (long long)c->lake.serial + 1, ++c->n_made);
    d->part.has_terms = d->terms.len > 0;
    d->part.checksum = file_checksum(d->parquet.ptr);
    if (d->terms.len)
        TRY(move(d->terms.ptr, lake_path(a, &c->lake, &d->part, ".terms").ptr, is_synced,
                 c->diags));
    TRY(move(d->parquet.ptr, lake_path(a, &c->lake, &d->part, ".parquet").ptr, is_synced,
             c->diags));
    if (!is_synced) TRY(sync_path(folder.ptr, c->diags));
    LakeTable *t = lake_table(&c->lake, d->table);
    ARENA_PUSH(a, t->parts, t->n, t->cap, d->part);
    return OK;
}

/* The parts that stay, in their order; tables without a part are gone. */
static void take_out(LakeChanger *c, bool (*is_replaced)(void *ctx, const LakePart *p), void *ctx) {
    Lake *l = &c->lake;
    size_t n_tables = 0;
    for (size_t i = 0; i < l->n_tables; i++) {
        LakeTable *t = &l->tables[i];
        size_t n = 0;
        for (size_t p = 0; p < t->n; p++)
            if (!is_replaced(ctx, &t->parts[p])) t->parts[n++] = t->parts[p];
        t->n = n;
        if (n) l->tables[n_tables++] = *t;
    }
    l->n_tables = n_tables;
}

Status changer_commit(LakeChanger *c, DraftList *parts, const LakeSource *sources, size_t n_sources,
                      bool (*is_replaced)(void *ctx, const LakePart *p), void *ctx) {
    Lake *l = &c->lake;
    if (is_replaced) take_out(c, is_replaced, ctx);
    bool is_synced = is_much(parts);
    if (is_synced) TRY(sync_all(c->staging.ptr, c->diags));
    for (size_t i = 0; i < parts->n; i++) TRY(place(c, &parts->items[i], is_synced));
    if (is_synced) TRY(sync_all(c->staging.ptr, c->diags));
    for (size_t i = 0; i < n_sources; i++)
        ARENA_PUSH(l->arena, l->sources, l->n_sources, l->cap_sources, sources[i]);
    l->serial++;
    c->n_made = 0;
    TRY(lake_save(l, c->diags));
    if (is_replaced) sweep_away(l);
    return OK;
}
