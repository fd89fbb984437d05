#include "lake/survey.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "kernels/text/digest.h"

bool survey_is_pipe(Str path) {
    struct stat st;
    return str_is(path, "-") || (stat(path.ptr, &st) == 0 && !S_ISREG(st.st_mode));
}

/* Of the file's first bytes, in hexadecimal; empty when they cannot be read. */
static Str digest_of(Arena *arena, Str path, int64_t len) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_MAX_BYTES];
    size_t n = digest_file(DIGEST_SHA256, path.ptr, (size_t)len, bytes);
    if (!n) return STR_EMPTY;
    char *text = arena_alloc_raw(arena, 2 * n);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (Str){text, 2 * n};
}

static Str base_name(Str path) {
    size_t at = path.len;
    while (at && path.ptr[at - 1] != '/') at--;
    return str_sub(path, at, path.len - at);
}

/* -------------------------------------------------------- what the lake knows */

typedef struct Known {
    const LakeSource **by_digest, **by_name;
    size_t n;
} Known;

static const LakeSource *source_at(const void *slot) { return *(const LakeSource *const *)slot; }

static int digest_order(const void *a, const void *b) {
    return str_compare(source_at(a)->digest, source_at(b)->digest);
}

static int name_order(const void *a, const void *b) {
    const LakeSource *x = source_at(a), *y = source_at(b);
    int order = str_compare(base_name(x->name), base_name(y->name));
    return order ? order : (x->size < y->size) - (x->size > y->size); /* the longest first */
}

static Known know(Arena *arena, const Lake *lake) {
    Known k = {ARENA_ARRAY(arena, const LakeSource *, lake->n_sources + 1),
               ARENA_ARRAY(arena, const LakeSource *, lake->n_sources + 1), lake->n_sources};
    for (size_t i = 0; i < k.n; i++) k.by_digest[i] = k.by_name[i] = &lake->sources[i];
    if (!k.n) return k;
    qsort(k.by_digest, k.n, sizeof *k.by_digest, digest_order);
    qsort(k.by_name, k.n, sizeof *k.by_name, name_order);
    return k;
}

static bool is_known(const Known *k, const LakeSource *s) {
    return k->n && bsearch(&s, k->by_digest, k->n, sizeof *k->by_digest, digest_order);
}

/* The longest file of the same name that this one begins with; NULL when there is none. */
static const LakeSource *grown_from(Arena *arena, const Known *k, const LakeSource *s) {
    size_t low = 0, high = k->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(base_name(k->by_name[middle]->name), base_name(s->name)) < 0)
            low = middle + 1;
        else high = middle;
    }
    for (; low < k->n && str_eq(base_name(k->by_name[low]->name), base_name(s->name)); low++) {
        const LakeSource *old = k->by_name[low];
        bool begins = old->size > 0 && old->size < s->size &&
                      str_eq(digest_of(arena, s->name, old->size), old->digest);
        if (begins) return old;
    }
    return NULL;
}

/* --------------------------------------------------------------------- files */

/* Whether a line ends with the first `len` bytes, or right behind them. */
static bool ends_line(Str path, int64_t len) {
    char around[2] = {0, 0};
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? pread(fd, around, 2, len - 1) : 0;
    if (fd >= 0) close(fd);
    return n > 0 && (around[0] == '\n' || around[1] == '\n' || around[1] == '\r');
}

/* Of a text that ends inside a line: its length up to that line, when the line is no record as it stands. */
static int64_t without_cut_line(int fd, int64_t size) {
    enum { MOST = 1 << 20 }; /* a longer line is left to who reads it */
    size_t n = size < MOST ? (size_t)size : MOST;
    char *tail = malloc(n + 1);
    int64_t whole = size;
    if (tail && n && pread(fd, tail, n, size - (int64_t)n) == (ssize_t)n && tail[n - 1] != '\n') {
        size_t line = n;
        while (line && tail[line - 1] != '\n') line--;
        bool is_whole = json_is_valid(str_trim((Str){tail + line, n - line}));
        if (line && !is_whole) whole = size - (int64_t)(n - line);
    }
    free(tail);
    return whole;
}

/* A program may be writing the last line still: it is left for the next import. In a strict run it is read,
 * and is an error. */
static void leave_cut_line(SurveyedFile *f, Diags *diags) {
    int fd = open(f->source.name.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    int64_t whole = without_cut_line(fd, f->source.size);
    close(fd);
    if (whole == f->source.size) return;
    f->source.size = whole;
    diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY238",
             "%.*s: its last line ends in the middle of a record and is left for the next import "
             "(at byte %lld)",
             STR_ARG(f->source.name), (long long)whole);
}

/* Of a file that has grown: takes what is new, where its first record can be found. */
static void take_rest(SurveyedFile *f, const LakeSource *old, Diags *diags) {
    f->is_taken = f->is_by_line && ends_line(f->source.name, old->size);
    if (f->is_taken) {
        f->from = old->size;
        return;
    }
    Diag *d = diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY236",
                       "%.*s has grown since it was imported, and what is new in it cannot be told "
                       "from what is in the lake: it is left out",
                       STR_ARG(f->source.name));
    d->hint = STR("export to new files, or take all of it once more with --again");
}

/* Of files with the same bytes the first is taken. */
static void leave_out_twins(Arena *arena, Survey *s) {
    const LakeSource **order = ARENA_ARRAY(arena, const LakeSource *, s->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->files[i].is_taken && s->files[i].source.digest.len) order[n++] = &s->files[i].source;
    if (n) qsort(order, n, sizeof *order, digest_order);
    for (size_t from = 0, to; from < n; from = to) {
        const LakeSource *first = order[from];
        for (to = from + 1; to < n && str_eq(order[to]->digest, first->digest); to++)
            if (order[to] < first) first = order[to];
        for (size_t i = from; i < to; i++) {
            if (order[i] == first) continue;
            ((SurveyedFile *)(uintptr_t)order[i])->is_taken = false; /* its first member */
            s->n_known++;
        }
    }
}

Survey survey_files(Arena *arena, const DataSet *data, const Lake *lake, bool takes_again,
                    bool is_strict, Diags *diags) {
    Known known = know(arena, lake);
    Survey s = {.n = dataset_file_count(data)};
    s.files = ARENA_ARRAY(arena, SurveyedFile, s.n + 1);
    for (uint32_t i = 0; i < s.n; i++) {
        FileInfo info = dataset_file(data, i);
        SurveyedFile *f = &s.files[i];
        f->source = (LakeSource){.name = arena_str(arena, info.path), .size = info.size};
        f->is_by_line = info.is_by_line;
        f->is_taken = info.table.len > 0;
        if (!f->is_taken || survey_is_pipe(f->source.name)) continue;
        if (f->is_by_line && !is_strict) leave_cut_line(f, diags);
        f->source.digest = digest_of(arena, f->source.name, f->source.size);
        if (takes_again || !f->source.digest.len) continue;
        const LakeSource *old = NULL;
        bool is_old = is_known(&known, &f->source);
        if (!is_old) old = grown_from(arena, &known, &f->source);
        if (is_old) f->is_taken = false;
        if (old) take_rest(f, old, diags);
        s.n_known += is_old;
    }
    leave_out_twins(arena, &s);
    return s;
}
