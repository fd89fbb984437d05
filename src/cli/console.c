#include "cli/console.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "report/diag.h"

volatile int console_cancel;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    if (console_cancel) _exit(EXIT_INTERRUPTED);
    console_cancel = 1;
}

int console_exit_code(Status status) {
    switch (status) {
    case OK: return EXIT_OK;
    case INVALID:
    case UNSUPPORTED: return EXIT_USAGE;
    case CANCELLED: return EXIT_INTERRUPTED;
    case DATA:
    case ENGINE:
    case LIMIT:
    case INTERNAL: break;
    }
    return EXIT_RUN;
}

int console_worse(int a, int b) {
    static const int order[] = {EXIT_OK, EXIT_RUN, EXIT_USAGE, EXIT_INTERRUPTED};
    for (size_t i = COUNT_OF(order); i-- > 0;)
        if (a == order[i] || b == order[i]) return order[i];
    return a;
}

static bool is_coloured(const Options *o, int fd) {
    if (o->colour != COLOUR_AUTO) return o->colour == COLOUR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color && *no_color) return false;
    return isatty(fd) && !(term && !strcmp(term, "dumb"));
}

void console_init(Console *c, const Options *options, Arena *arena) {
    *c = (Console){.options = options, .arena = arena};
    c->is_coloured_out = is_coloured(options, STDOUT_FILENO) && !options->output;
    c->is_coloured_err = is_coloured(options, STDERR_FILENO);
    const char *term = getenv("TERM");
    c->shows_progress = isatty(STDERR_FILENO) && !options->no_progress && !options->is_quiet &&
                        !(term && strcmp(term, "dumb") == 0);
    struct winsize size;
    if (isatty(STDOUT_FILENO) && !options->output && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        c->width = size.ws_col;
    struct sigaction on = {.sa_handler = on_interrupt};
    sigemptyset(&on.sa_mask);
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    /* a reader that went away is a write error that we report by the exit code, not a death by signal */
    signal(SIGPIPE, SIG_IGN);
}

/* -------------------------------------------------------------------- messages */

static void message(const char *kind, const char *fmt, va_list ap) {
    fflush(stdout);
    fputs("quarry: ", stderr);
    fputs(kind, stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

void console_error(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    message("", fmt, ap);
    va_end(ap);
}

void console_note(const Console *c, const char *fmt, ...) {
    if (c->options->is_quiet) return;
    console_clear_progress(c);
    va_list ap;
    va_start(ap, fmt);
    message("", fmt, ap);
    va_end(ap);
}

static void keep_told(const Console *c, Str text) {
    if (c->told) ARENA_PUSH(c->arena, c->told->items, c->told->n, c->told->cap, text);
}

void console_warn(const Console *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str text = arena_vprintf(c->arena, fmt, ap);
    va_end(ap);
    keep_told(c, text);
    console_note(c, "warning: %.*s", STR_ARG(text));
}

/* Of a text that is wrong all over only the first faults help; each loss of data is told. */
void console_diags(const Console *c, Str path, Str text, const Diags *d) {
    enum { MAX_FAULTS = 50 };
    console_clear_progress(c);
    Buf out = {0};
    size_t n_faults = 0;
    for (size_t i = 0; i < d->n; i++) {
        const Diag *one = &d->items[i];
        if (one->severity != SEVERITY_INFO) keep_told(c, diag_line(c->arena, path, text, one));
        if (one->severity != SEVERITY_ERROR && c->options->is_quiet) continue;
        if (one->phase != PHASE_RUN && ++n_faults > MAX_FAULTS) continue;
        diag_put_text(&out, path, text, one, c->is_coloured_err);
    }
    if (n_faults > MAX_FAULTS) buf_printf(&out, "  … and %zu more\n", n_faults - MAX_FAULTS);
    if (out.len) {
        fflush(stdout);
        fwrite(out.ptr, 1, out.len, stderr);
    }
    buf_free(&out);
}

/* -------------------------------------------------------------------- progress */

static bool is_progress_shown; /* one terminal, one line */

void console_clear_progress(const Console *c) {
    if (c->shows_progress && is_progress_shown) fputs("\r\x1b[K", stderr);
    is_progress_shown = false;
}

static double seconds_since_start(void) {
    static struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!start.tv_sec) start = now;
    return (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
}

/* A line like " 42%  1.2 of 2.9 GiB, 410 MiB/s, 4 s left", ten times a second. */
static void show_progress(void *ctx, double share, const ScanStats *stats) {
    const Console *c = ctx;
    static double shown_at, began_at;
    static int64_t read_last;
    if (stats->bytes_read < read_last) began_at = seconds_since_start(); /* another pass begins */
    read_last = stats->bytes_read;
    double now = seconds_since_start() - began_at;
    if (!c->shows_progress || now < 0.5 || seconds_since_start() - shown_at < 0.1) return;
    shown_at = seconds_since_start();
    const double mib = 1024.0 * 1024.0;
    double read = (double)stats->bytes_read, total = (double)stats->bytes_total;
    if (total > 0) share = read / total;
    is_progress_shown = true;
    fputs("\r\x1b[K", stderr);
    if (share >= 0) fprintf(stderr, "%3.0f%%  ", share * 100 > 100 ? 100 : share * 100);
    fprintf(stderr, "%.1f", read / mib);
    if (total > 0) fprintf(stderr, " of %.1f", total / mib);
    fprintf(stderr, " MiB, %.0f MiB/s", read / mib / now);
    if (share > 0.01 && share < 1) fprintf(stderr, ", %.0f s left", now / share * (1 - share));
    fflush(stderr);
}

/* --------------------------------------------------------------------- session */

static bool read_bindings(Console *c, SessionOptions *so) {
    const TextList *t = &c->options->tables;
    TableBinding *bindings = ARENA_ARRAY(c->arena, TableBinding, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        const char *eq = strchr(t->items[i], '=');
        if (!eq || eq == t->items[i] || !eq[1]) {
            console_error("--table wants NAME=PATH, not \"%s\"", t->items[i]);
            return false;
        }
        bindings[i] = (TableBinding){
            .table = arena_cstr(c->arena, (Str){t->items[i], (size_t)(eq - t->items[i])}),
            .path = eq + 1};
    }
    so->data.tables = bindings;
    so->data.n_tables = (uint32_t)t->n;
    return true;
}

/* The last `=` parts the two: an address may hold one, and a path that does is given by a folder. */
static bool read_externals(Console *c, SessionOptions *so) {
    const TextList *t = &c->options->externals;
    ExternalBinding *externals = ARENA_ARRAY(c->arena, ExternalBinding, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        const char *item = t->items[i], *eq = strrchr(item, '=');
        if (eq == item || (eq && !eq[1]) || !item[0]) {
            console_error("--external wants URL=PATH or a folder, not \"%s\"", item);
            return false;
        }
        externals[i].path = eq ? eq + 1 : item;
        if (eq) externals[i].uri = arena_cstr(c->arena, (Str){item, (size_t)(eq - item)});
    }
    so->data.externals = externals;
    so->data.n_externals = (uint32_t)t->n;
    return true;
}

bool console_session_options(Console *c, SessionOptions *ret) {
    const Options *o = c->options;
    *ret = (SessionOptions){
        .data = {.paths = o->data.items,
                 .n_paths = (uint32_t)o->data.n,
                 .lakes = o->lakes.items,
                 .n_lakes = (uint32_t)o->lakes.n,
                 .watchlists = o->watchlists,
                 .timezone = o->timezone,
                 .is_strict = o->is_strict,
                 .from_ticks = o->from_ticks,
                 .to_ticks = o->to_ticks,
                 .n_threads = (unsigned)o->threads},
        .geoip = o->geoip,
        .schemas_dir = o->schemas,
        .n_threads = (unsigned)o->threads,
        .memory_bytes = o->memory_bytes,
        .timeout_ms = o->timeout_ms,
        .max_rows = o->max_rows,
        .now_ticks = o->now_ticks,
        .cancel = &console_cancel,
        .progress = c->shows_progress ? show_progress : NULL,
        .progress_ctx = c,
        .has_data = o->data.n || o->tables.n || o->watchlists || o->externals.n || o->lakes.n,
    };
    seconds_since_start();
    return read_bindings(c, ret) && read_externals(c, ret);
}

Status console_session(Console *c, bool needs_data, Session **ret) {
    const Options *o = c->options;
    SessionOptions so;
    if (!console_session_options(c, &so)) return INVALID;
    so.ends_with_program = CONSOLE_LEAVES_MEMORY;
    if (needs_data && !so.has_data) {
        console_error("no data: say where the telemetry is with --data PATH or --lake DIR");
        return INVALID;
    }
    if (o->disabled_rewrites.n) {
        TextList names = {0};
        for (size_t i = 0; i < o->disabled_rewrites.n; i++) {
            bool is_known = false;
            for (const Rewrite *r = plan_rewrites; r->name; r++)
                is_known |= !strcmp(r->name, o->disabled_rewrites.items[i]);
            if (!is_known) {
                console_error("there is no rewrite named \"%s\"", o->disabled_rewrites.items[i]);
                return INVALID;
            }
            options_push(c->arena, &names, o->disabled_rewrites.items[i]);
        }
        options_push(c->arena, &names, NULL);
        so.disabled_rewrites = names.items;
    }
    seconds_since_start();
    Diags diags;
    diags_init(&diags, c->arena);
    Status status = session_open(&so, &diags, ret);
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    return status;
}

void console_finish(Console *c, Session *s) {
    console_clear_progress(c);
    if (!session_data(s)) return;
    Diags diags;
    diags_init(&diags, c->arena);
    dataset_report_skips(session_data(s), &diags);
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    if (c->options->is_verbose) {
        ReadAmount read = dataset_amount(session_data(s));
        console_note(c, "%lld bytes and %lld lines read in %.2f s, %lld skipped",
                     (long long)read.bytes, (long long)read.lines, seconds_since_start(),
                     (long long)read.skipped);
    }
}

/* ------------------------------------------------------------------------ files */

bool console_read_file(Arena *arena, const char *path, Str *ret) {
    enum { MAX_BYTES = 64 << 20 };
    bool is_stdin = !strcmp(path, "-");
    struct stat st;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    if (!f || (!is_stdin && (fstat(fileno(f), &st) != 0 || S_ISDIR(st.st_mode)))) {
        if (f) errno = EISDIR;
        console_error("%s: %s", path, strerror(errno));
        if (f && !is_stdin) fclose(f);
        return false;
    }
    Buf b = {0};
    char block[16384];
    size_t n;
    while (b.len <= MAX_BYTES && (n = fread(block, 1, sizeof block, f)) > 0)
        buf_put(&b, (Str){block, n});
    bool failed = ferror(f) != 0, too_long = b.len > MAX_BYTES;
    if (!is_stdin) fclose(f);
    if (failed || too_long)
        console_error("%s: %s", path, failed ? "cannot be read" : "is longer than 64 MiB");
    else *ret = arena_str(arena, buf_str(&b));
    buf_free(&b);
    return !failed && !too_long;
}

/* ---------------------------------------------------------------------- results */

ResultFormat console_format(const Console *c) {
    if (c->options->has_format) return c->options->format;
    return isatty(STDOUT_FILENO) && !c->options->output ? RESULT_TABLE : RESULT_NDJSON;
}

ResultStyle console_style(const Console *c) {
    return (ResultStyle){.width = c->width, .is_coloured = c->is_coloured_out};
}
