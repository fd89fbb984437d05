/*
 * discover.c: see discover.h.
 *
 * Folders are walked depth first with entries sorted by their bytes; names that start with a dot
 * are left out. Links are followed. A folder that is already being walked (a link back to a parent)
 * is not entered again, and a file that was found already, under whatever name, is not added again.
 */
#include "sources/discover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/notes.h"

enum { MAX_FOLDER_DEPTH = 64, MAX_FILES = 4000000, MAX_WARNINGS = 20 };

typedef struct FileId {
    uint64_t device, inode;
} FileId;

typedef struct Discovery {
    DataSet *data;
    Diags *diags;
    Arena *arena;
    FileId *seen; /* open addressing; inode 0 is free */
    size_t n_seen, cap_seen;
    FileId around[MAX_FOLDER_DEPTH]; /* the folders being walked */
    unsigned depth;
    Str bound_table;
    bool is_listed;
    bool keeps_unread; /* who names the tables tells of them */
    unsigned n_warnings;
} Discovery;

static const Span nowhere = {0, 0};

/* ------------------------------------------------------------------- messages */

static Status refuse(Discovery *x, const char *path, const char *why) {
    diag_add(x->diags, SEVERITY_ERROR, PHASE_RUN, nowhere, "QY200", "%s: %s", path, why);
    return INVALID;
}

static void warn(Discovery *x, const char *path, const char *why) {
    if (++x->n_warnings > MAX_WARNINGS) return;
    note_add(x->data, x->diags, NULL, STR_EMPTY, "QY201", "%s: %s", path, why);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_skipped(const DataSet *d, const char *path) {
    const DataOptions *o = &d->options;
    return o->n_skipped && bsearch(&path, o->skipped, o->n_skipped, sizeof *o->skipped, by_name);
}

/* An error for a path that was named; one that was found is told with its table, or as a warning. */
static Status complain(Discovery *x, const char *path, const char *why) {
    DataSet *d = x->data;
    if (!x->is_listed) return refuse(x, path, why);
    if (!x->keeps_unread) {
        warn(x, path, why);
    } else if (!is_skipped(d, path)) {
        UnreadPath u = {.path = arena_str(d->arena, str_of(path)),
                        .why = arena_str(d->arena, str_of(why)),
                        .table = STR_EMPTY};
        ARENA_PUSH(d->arena, d->unread, d->n_unread, d->cap_unread, u);
    }
    return OK;
}

/* ------------------------------------------------------------------ identities */

static FileId file_id(const struct stat *st) {
    return (FileId){(uint64_t)st->st_dev, (uint64_t)st->st_ino};
}

static size_t id_slot(const FileId *ids, size_t cap, FileId id) {
    size_t at = (size_t)(id.inode * 0x9E3779B97F4A7C15u ^ id.device * 0xC2B2AE3D27D4EB4Fu) >> 7;
    for (at &= cap - 1; ids[at].inode; at = (at + 1) & (cap - 1))
        if (ids[at].inode == id.inode && ids[at].device == id.device) break;
    return at;
}

/* True the first time. */
static bool see(Discovery *x, FileId id) {
    if (x->n_seen * 2 >= x->cap_seen) {
        size_t cap = x->cap_seen ? x->cap_seen * 2 : 256;
        FileId *wider = calloc(cap, sizeof *wider);
        if (!wider) abort();
        for (size_t i = 0; i < x->cap_seen; i++)
            if (x->seen[i].inode) wider[id_slot(wider, cap, x->seen[i])] = x->seen[i];
        free(x->seen);
        x->seen = wider;
        x->cap_seen = cap;
    }
    size_t at = id_slot(x->seen, x->cap_seen, id);
    if (x->seen[at].inode) return false;
    x->seen[at] = id;
    x->n_seen++;
    return true;
}

/* ----------------------------------------------------------------------- files */

static int by_range_path(const void *path, const void *range) {
    return strcmp(path, ((const FileRange *)range)->path);
}

static void take_range(const DataSet *d, SourceFile *f) {
    const DataOptions *o = &d->options;
    const FileRange *r =
        o->n_ranges ? bsearch(f->path.ptr, o->ranges, o->n_ranges, sizeof *o->ranges, by_range_path)
                    : NULL;
    if (!r) return;
    f->from = r->from;
    f->until = r->until;
}

static SourceFile *add_file(Discovery *x, const char *path, int fd, int64_t size) {
    DataSet *d = x->data;
    if (is_skipped(d, path)) return NULL;
    SourceFile *f = ARENA_NEW(d->arena, SourceFile);
    f->path = arena_str(d->arena, str_of(path));
    f->fd = fd;
    f->size = size;
    take_range(d, f);
    f->is_listed = x->is_listed;
    f->bound_table = x->bound_table;
    f->is_bound = x->bound_table.len > 0;
    ARENA_PUSH(d->arena, d->files, d->n_files, d->cap_files, f);
    return f;
}

/* What cannot be read twice (standard input, a pipe) goes to a nameless file first. */
static Status spool(Discovery *x, const char *path, int from) {
    const char *dir = getenv("TMPDIR");
    char name[4096];
    snprintf(name, sizeof name, "%s/quarry-input-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(name);
    if (fd < 0) return refuse(x, path, "no temporary file could be made for it");
    unlink(name);
    char *buffer = malloc(1 << 20);
    int64_t size = 0;
    ssize_t n = -1;
    while (buffer && (n = read(from, buffer, 1 << 20)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || write(fd, buffer, (size_t)n) != n) {
            n = -1;
            break;
        }
        size += n;
    }
    free(buffer);
    if (n < 0) {
        int code = errno;
        close(fd);
        return refuse(x, path, strerror(code));
    }
    add_file(x, path, fd, size);
    return OK;
}

static Status spool_path(Discovery *x, const char *path) {
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) return refuse(x, path, strerror(errno));
    Status status = spool(x, path, from);
    close(from);
    return status;
}

static Status visit_path(Discovery *x, const char *path);

static Status visit_entries(Discovery *x, const char *path, DIR *dir) {
    char **names = NULL;
    size_t n = 0, cap = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        ARENA_PUSH(x->arena, names, n, cap, arena_cstr(x->arena, str_of(e->d_name)));
    }
    if (n) qsort(names, n, sizeof *names, by_name);
    size_t len = strlen(path);
    const char *slash = len && path[len - 1] == '/' ? "" : "/";
    for (size_t i = 0; i < n; i++) {
        Str child = arena_printf(x->arena, "%s%s%s", path, slash, names[i]);
        TRY(visit_path(x, child.ptr));
    }
    return OK;
}

static Status visit_folder(Discovery *x, const char *path, const struct stat *st) {
    FileId id = file_id(st);
    for (unsigned i = 0; i < x->depth; i++)
        if (x->around[i].inode == id.inode && x->around[i].device == id.device) return OK;
    if (x->depth == MAX_FOLDER_DEPTH) {
        warn(x, path, "folders nest too deep here; left out");
        return OK;
    }
    DIR *dir = opendir(path);
    if (!dir) return complain(x, path, strerror(errno));
    bool was_listed = x->is_listed;
    x->around[x->depth++] = id;
    x->is_listed = true;
    Status status = visit_entries(x, path, dir);
    x->is_listed = was_listed;
    x->depth--;
    closedir(dir);
    return status;
}

static Status visit_path(Discovery *x, const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) return complain(x, path, strerror(errno));
    if (S_ISDIR(st.st_mode)) return visit_folder(x, path, &st);
    if (!S_ISREG(st.st_mode)) {
        if (!x->is_listed) return spool_path(x, path);
        warn(x, path, "neither a file nor a folder; left out");
        return OK;
    }
    if (access(path, R_OK) != 0) return complain(x, path, strerror(errno));
    if (x->data->n_files >= MAX_FILES) return refuse(x, path, "too many files");
    FileId id = file_id(&st);
    SourceFile *f = see(x, id) ? add_file(x, path, -1, (int64_t)st.st_size) : NULL;
    if (!f) return OK;
    f->device = id.device;
    f->inode = id.inode;
    return OK;
}

/* ------------------------------------------------------------------- arguments */

static Status visit_pattern(Discovery *x, const char *pattern) {
    glob_t found;
    memset(&found, 0, sizeof found);
    int code = glob(pattern, 0, NULL, &found);
    Status status = OK;
    if (code != 0) {
        status = refuse(x, pattern, code == GLOB_NOMATCH ? "no file matches" : "cannot be read");
    } else {
        x->is_listed = true;
        for (size_t i = 0; status == OK && i < found.gl_pathc; i++)
            status = visit_path(x, found.gl_pathv[i]);
        x->is_listed = false;
    }
    globfree(&found);
    return status;
}

static Status visit_argument(Discovery *x, const char *path) {
    struct stat st;
    x->is_listed = false;
    if (!path[0]) return refuse(x, "\"\"", "an empty path");
    if (strcmp(path, "-") == 0) return spool(x, "-", STDIN_FILENO);
    if (stat(path, &st) != 0 && strpbrk(path, "*?[")) return visit_pattern(x, path);
    return visit_path(x, path);
}

static int by_path(const void *a, const void *b) {
    const SourceFile *x = *(SourceFile *const *)a, *y = *(SourceFile *const *)b;
    return str_compare(x->path, y->path);
}

static void finish(Discovery *x) {
    if (x->n_warnings > MAX_WARNINGS)
        note_add(x->data, x->diags, NULL, STR_EMPTY, "QY201", "%u more paths were left out",
                 x->n_warnings - MAX_WARNINGS);
    arena_free(x->arena);
    free(x->seen);
}

Status discover_files(DataSet *d, Diags *diags) {
    Discovery x = {.data = d, .diags = diags, .arena = arena_new(), .keeps_unread = true};
    Status status = OK;
    for (uint32_t i = 0; status == OK && i < d->options.n_tables; i++) {
        x.bound_table = arena_str(d->arena, str_of(d->options.tables[i].table));
        status = visit_argument(&x, d->options.tables[i].path);
    }
    x.bound_table = STR_EMPTY;
    for (uint32_t i = 0; status == OK && i < d->options.n_paths; i++)
        status = visit_argument(&x, d->options.paths[i]);
    finish(&x);
    if (d->n_files) qsort(d->files, d->n_files, sizeof *d->files, by_path);
    return status;
}

Status discover_watchlists(DataSet *d, Diags *diags, SourceFile ***ret, size_t *ret_n) {
    DataSet apart = {.arena = d->arena,
                     .options = d->options,
                     .notes = d->notes,
                     .n_notes = d->n_notes,
                     .cap_notes = d->cap_notes};
    Discovery x = {.data = &apart, .diags = diags, .arena = arena_new()};
    Status status = visit_argument(&x, d->options.watchlists);
    finish(&x);
    if (apart.n_files) qsort(apart.files, apart.n_files, sizeof *apart.files, by_path);
    d->notes = apart.notes;
    d->n_notes = apart.n_notes;
    d->cap_notes = apart.cap_notes;
    *ret = apart.files;
    *ret_n = apart.n_files;
    return status;
}
