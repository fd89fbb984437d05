/*
 * run_cases: runs the text cases of tests/cases.
 *
 * Usage: run_cases [--update] [--filter TEXT] FILE...
 * Each failure prints what was expected and what came. Ends with "N passed, N failed, N skipped".
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ticks.h"
#include "case_file.h"
#include "report/diag.h"
#include "session/session.h"

#define DEFAULT_NOW "2026-01-02T03:04:05Z"

typedef struct Runner {
    bool updates;
    const char *filter;
    size_t n_passed, n_failed;
    char work[PATH_MAX]; /* a private folder for the cases' input files */
    /* a session without data serves every case that sets nothing */
    Session *plain;
} Runner;

typedef struct CaseRun {
    Runner *r;
    Arena *arena;
    const char *path;
    TestCase *c;
    Session *session;
    Query *query;
    char *folder; /* the case's input files, or NULL */
} CaseRun;

/* ------------------------------------------------------------------------- input */

static bool write_file(const char *path, Str text) {
    FILE *f = fopen(path, "wb");
    if (!f) return false;
    bool ok = fwrite(text.ptr, 1, text.len, f) == text.len;
    return fclose(f) == 0 && ok;
}

static const char *input_path(CaseRun *k, const char **paths, uint32_t *n) {
    const char *slash = strrchr(k->path, '/');
    for (size_t i = 0; i < k->c->n_settings; i++) {
        Str s = k->c->settings[i];
        if (!str_starts_with(s, STR("load "))) continue;
        Str name = str_trim(str_sub(s, 5, s.len));
        Str dir = slash ? (Str){k->path, (size_t)(slash - k->path) + 1} : STR_EMPTY;
        paths[(*n)++] =
            arena_cstr(k->arena, arena_printf(k->arena, "%.*s%.*s", STR_ARG(dir), STR_ARG(name)));
    }
    for (size_t i = 0; i < k->c->n_parts; i++) {
        const CasePart *p = &k->c->parts[i];
        if (!str_is(p->name, "file")) continue;
        if (!p->argument.len || str_find(p->argument, STR("/"), 0) != SIZE_MAX)
            return "--- file wants a plain name";
        if (!k->folder) {
            k->folder =
                arena_cstr(k->arena, arena_printf(k->arena, "%s/case-%u", k->r->work, k->c->line));
            if (mkdir(k->folder, 0700) != 0) return strerror(errno);
            paths[(*n)++] = k->folder;
        }
        Str path = arena_printf(k->arena, "%s/%.*s", k->folder, STR_ARG(p->argument));
        if (!write_file(arena_cstr(k->arena, path), p->text)) return strerror(errno);
    }
    return NULL;
}

static void remove_input(CaseRun *k) {
    if (!k->folder) return;
    for (size_t i = 0; i < k->c->n_parts; i++) {
        const CasePart *p = &k->c->parts[i];
        if (!str_is(p->name, "file")) continue;
        Str path = arena_printf(k->arena, "%s/%.*s", k->folder, STR_ARG(p->argument));
        unlink(arena_cstr(k->arena, path));
    }
    rmdir(k->folder);
}

static const char *open_session(CaseRun *k) {
    const char **paths = ARENA_ARRAY(k->arena, const char *, k->c->n_settings + k->c->n_parts + 1);
    const char **disabled = ARENA_ARRAY(k->arena, const char *, k->c->n_settings + 1);
    size_t n_disabled = 0;
    SessionOptions so = {.n_threads = 2,
                         .data = {.paths = paths, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX}};
    const char *fault = input_path(k, paths, &so.data.n_paths);
    if (fault) return fault;
    so.has_data = so.data.n_paths > 0;
    const Str *now = case_setting(k->arena, k->c, "now");
    if (!ticks_parse_datetime(now ? *now : STR(DEFAULT_NOW), &so.now_ticks))
        return ":now is no date and time";
    for (size_t i = 0; i < k->c->n_settings; i++)
        if (str_starts_with(k->c->settings[i], STR("disable ")))
            disabled[n_disabled++] = arena_cstr(
                k->arena, str_trim(str_sub(k->c->settings[i], 8, k->c->settings[i].len)));
    so.disabled_rewrites = n_disabled ? disabled : NULL;
    bool is_plain = !so.has_data && !now && !n_disabled;
    if (is_plain && k->r->plain) {
        k->session = k->r->plain;
        return NULL;
    }
    Diags diags;
    diags_init(&diags, k->arena);
    if (session_open(&so, &diags, &k->session) != OK)
        return diags.n ? arena_cstr(k->arena, diags.items[0].message) : "the session did not open";
    if (is_plain) k->r->plain = k->session;
    return NULL;
}

/* ------------------------------------------------------------------------ output */

static void put_cell(Buf *out, Arena *arena, const Value *v) {
    if (v->is_null) {
        buf_puts(out, "(null)");
        return;
    }
    Str text = value_to_text(arena, v);
    if (!text.len) buf_puts(out, "(empty)");
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '\n': buf_puts(out, "\\n"); break;
        case '\r': buf_puts(out, "\\r"); break;
        case '\t': buf_puts(out, "\\t"); break;
        case '\0': buf_puts(out, "\\0"); break;
        default: buf_putc(out, text.ptr[i]);
        }
    }
}

static int compare_lines(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* What stands before the name of each of several results. */
#define RESULT_MARK "== "

static Str table_text(CaseRun *k, const Rows *rows, bool is_sorted) {
    Buf out = {0};
    for (uint32_t c = 0; c < rows->schema.n; c++)
        buf_printf(&out, "%s%.*s:%s", c ? " | " : "", STR_ARG(rows->schema.items[c].name),
                   type_name(rows->schema.items[c].type));
    buf_putc(&out, '\n');
    Str *lines = ARENA_ARRAY(k->arena, Str, rows->n_rows + 1);
    for (size_t r = 0; r < rows->n_rows; r++) {
        Buf line = {0};
        for (uint32_t c = 0; c < rows->schema.n; c++) {
            if (c) buf_puts(&line, " | ");
            put_cell(&line, k->arena, &rows->cells[r * rows->schema.n + c]);
        }
        lines[r] = arena_str(k->arena, buf_str(&line));
        buf_free(&line);
    }
    if (is_sorted) qsort(lines, rows->n_rows, sizeof *lines, compare_lines);
    for (size_t r = 0; r < rows->n_rows; r++) buf_printf(&out, "%.*s\n", STR_ARG(lines[r]));
    Str text = arena_str(k->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static Str diags_text(CaseRun *k, Severity severity) {
    Buf out = {0};
    for (size_t i = 0; i < k->query->diags.n; i++)
        if (k->query->diags.items[i].severity == severity)
            diag_put_text(&out, STR("query"), k->query->text, &k->query->diags.items[i], false);
    Str text = arena_str(k->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

/* ----------------------------------------------------------------------- compare */

static void fail(CaseRun *k, const char *what, Str expected, Str actual) {
    printf("%s:%u: %.*s\n  %s\n", k->path, k->c->line, STR_ARG(k->c->title), what);
    if (expected.len || actual.len)
        printf("--expected--\n%.*s--actual--\n%.*s------\n", STR_ARG(expected), STR_ARG(actual));
}

static void put_sorted(Buf *out, Str *lines, size_t n) {
    qsort(lines, n, sizeof *lines, compare_lines);
    for (size_t i = 0; i < n; i++) buf_printf(out, "%.*s\n", STR_ARG(lines[i]));
}

/* Lines of an unordered table in sorted order, the heading first; of several tables each by itself. */
static Str sorted_text(Arena *arena, Str text) {
    size_t n = 0;
    Str *lines = ARENA_ARRAY(arena, Str, text.len + 1);
    Buf out = {0};
    bool is_heading = true;
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.len;
        Str line = str_sub(text, at, end - at);
        at = end + 1;
        bool is_name = str_starts_with(line, STR(RESULT_MARK));
        if (is_name || is_heading) {
            put_sorted(&out, lines, n);
            n = 0;
            buf_printf(&out, "%.*s\n", STR_ARG(line));
            is_heading = is_name;
        } else {
            lines[n++] = line;
        }
    }
    put_sorted(&out, lines, n);
    Str ret = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return ret;
}

static bool check_part(CaseRun *k, CasePart *part, Str actual, bool is_unordered) {
    Str expected = part->text;
    if (is_unordered) expected = sorted_text(k->arena, expected);
    if (str_eq(str_trim(expected), str_trim(actual))) return true;
    if (k->r->updates) {
        part->text = actual;
        return true;
    }
    fail(k, part->name.len ? arena_cstr(k->arena, part->name) : "table", expected, actual);
    return false;
}

/* The results of the query as text; false when one did not run. */
static bool results_text(CaseRun *k, bool is_sorted, Str *ret) {
    Query *q = k->query;
    Buf out = {0};
    bool ok = q->status == OK;
    for (uint32_t i = 0; ok && i < q->n_results; i++) {
        Rows rows;
        ok = session_result_rows(k->session, q, i, k->arena, 100000, &rows) == OK;
        if (!ok) break;
        if (q->n_results > 1) buf_printf(&out, RESULT_MARK "%.*s\n", STR_ARG(q->results[i].name));
        buf_put(&out, table_text(k, &rows, is_sorted));
    }
    *ret = arena_str(k->arena, buf_str(&out));
    buf_free(&out);
    return ok;
}

static bool check_rows(CaseRun *k, CasePart *part) {
    bool is_unordered = case_setting(k->arena, k->c, "unordered") != NULL;
    Str text;
    if (!results_text(k, is_unordered, &text)) {
        fail(k, "did not run", part->text, diags_text(k, SEVERITY_ERROR));
        return false;
    }
    return check_part(k, part, text, is_unordered);
}

static bool check_error(CaseRun *k, CasePart *part) {
    Str text;
    if (results_text(k, false, &text)) {
        fail(k, "should have failed", part->text, text);
        return false;
    }
    return check_part(k, part, diags_text(k, SEVERITY_ERROR), false);
}

static bool check_parts(CaseRun *k) {
    bool ok = true, is_checked = false;
    for (size_t i = 0; i < k->c->n_parts; i++) {
        CasePart *p = &k->c->parts[i];
        if (str_is(p->name, "file")) continue;
        is_checked = true;
        if (!p->name.len) ok = check_rows(k, p) && ok;
        else if (str_is(p->name, "error")) ok = check_error(k, p) && ok;
        else if (str_is(p->name, "warning"))
            ok = check_part(k, p, diags_text(k, SEVERITY_WARNING), false) && ok;
        else if (str_is(p->name, "info"))
            ok = check_part(k, p, diags_text(k, SEVERITY_INFO), false) && ok;
        else if (str_is(p->name, "plan") && k->query->plan)
            ok = check_part(k, p, plan_print(k->arena, k->query->plan), false) && ok;
        else {
            fail(k, str_is(p->name, "plan") ? "has no plan" : "unknown part", p->name,
                 diags_text(k, SEVERITY_ERROR));
            ok = false;
        }
    }
    if (!is_checked) fail(k, "expects nothing", STR_EMPTY, STR_EMPTY);
    return ok && is_checked;
}

static void run_case(Runner *r, const char *path, TestCase *c) {
    CaseRun k = {.r = r, .arena = arena_new(), .path = path, .c = c};
    const char *fault = open_session(&k);
    bool ok = !fault;
    if (fault) {
        fail(&k, fault, STR_EMPTY, STR_EMPTY);
    } else {
        QueryOptions options = {.unwraps_urls = case_setting(k.arena, c, "unwrap") != NULL,
                                .binds_only = case_setting(k.arena, c, "check") != NULL};
        k.query = session_prepare(k.session, c->query, &options);
        ok = check_parts(&k);
        query_free(k.query);
    }
    if (ok) r->n_passed++;
    else r->n_failed++;
    if (k.session != r->plain) session_close(k.session);
    remove_input(&k);
    /* with --update, the parts' new texts live in the arena until the file is written */
    if (!r->updates) arena_free(k.arena);
}

/* ------------------------------------------------------------------------- files */

static bool read_file(Arena *arena, const char *path, Str *ret) {
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    Buf b = {0};
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0) buf_put(&b, (Str){block, n});
    fclose(f);
    *ret = arena_str(arena, buf_str(&b));
    buf_free(&b);
    return true;
}

static void run_file(Runner *r, const char *path) {
    Arena *arena = arena_new();
    Str text;
    if (!read_file(arena, path, &text)) {
        printf("%s: %s\n", path, strerror(errno));
        r->n_failed++;
        arena_free(arena);
        return;
    }
    CaseFile f = case_file_parse(arena, text);
    if (!f.n) {
        printf("%s: holds no case\n", path);
        r->n_failed++;
    }
    for (size_t i = 0; i < f.n; i++)
        if (!r->filter || str_find(f.cases[i].title, str_of(r->filter), 0) != SIZE_MAX)
            run_case(r, path, &f.cases[i]);
    if (r->updates) {
        Buf out = {0};
        case_file_print(&out, &f);
        if (!str_eq(buf_str(&out), text) && !write_file(path, buf_str(&out)))
            printf("%s: %s\n", path, strerror(errno));
        buf_free(&out);
    }
    arena_free(arena);
}

int main(int argc, char **argv) {
    Runner r = {0};
    const char *tmp = getenv("TMPDIR");
    snprintf(r.work, sizeof r.work, "%s/quarry-cases-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(r.work)) {
        perror("mkdtemp");
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--update")) r.updates = true;
        else if (!strcmp(argv[i], "--filter") && i + 1 < argc) r.filter = argv[++i];
        else run_file(&r, argv[i]);
    }
    session_close(r.plain);
    rmdir(r.work);
    printf("%zu passed, %zu failed, 0 skipped\n", r.n_passed, r.n_failed);
    return r.n_failed || !r.n_passed;
}
