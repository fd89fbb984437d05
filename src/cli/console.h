/*
 * console.h: what all verbs share: the terminal, signals, progress, the session, results to files.
 */
#ifndef QUARRY_CLI_CONSOLE_H
#define QUARRY_CLI_CONSOLE_H

#include "cli/options.h"
#include "session/session.h"

/* Exit codes of the command-line contract. */
enum { EXIT_OK = 0, EXIT_RUN = 1, EXIT_USAGE = 2, EXIT_HITS = 3, EXIT_INTERRUPTED = 130 };
int console_exit_code(Status status);
/* The worse of two exit codes, for verbs that go on after a failure: a wrong rule or query (2) is
 * told over a failed run (1), an interruption over both. */
int console_worse(int a, int b);

/* Warnings that were told, and those that --quiet kept back. */
typedef struct ToldList {
    Str *items;
    size_t n, cap;
} ToldList;

typedef struct Console {
    const Options *options;
    Arena *arena;
    ToldList *told; /* takes what console_warn and console_diags tell; NULL: nothing does */
    bool is_coloured_out, is_coloured_err, shows_progress;
    size_t width; /* of standard output when it is a terminal, else 0 */
} Console;

/* A program that ends leaves its memory to the system, unless somebody looks for what is lost. */
#ifdef QUARRY_ARENA_MALLOC
#define CONSOLE_LEAVES_MEMORY false
#else
#define CONSOLE_LEAVES_MEMORY true
#endif

/* Looks at terminal and environment, installs the signal handlers. */
void console_init(Console *c, const Options *options, Arena *arena);
/* Set by Ctrl-C; a second one ends the process at once. */
extern volatile int console_cancel;

/* "quarry: ..." on standard error. */
void console_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same for notes and warnings, unless --quiet. */
void console_warn(const Console *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
void console_note(const Console *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Diagnostics on standard error; with --quiet only errors. */
void console_diags(const Console *c, Str path, Str text, const Diags *d);

/* What the options say of a session; false with a message. */
bool console_session_options(Console *c, SessionOptions *ret);
/* Opens a session over the data that the options name (or none); diagnostics are printed. */
NODISCARD Status console_session(Console *c, bool needs_data, Session **ret);
/* After the last run: what scans skipped, as warnings; clears the progress line. */
void console_finish(Console *c, Session *s);
void console_clear_progress(const Console *c);

/* The whole of a file, or of standard input for "-", into the arena; false with a message. */
bool console_read_file(Arena *arena, const char *path, Str *ret);

/* Where a result goes: standard output, or --output. A regular file takes its name only once it is
 * whole, and the file behind a symbolic link is the one that is replaced; what stands under the name
 * and is no regular file (a device, a pipe) is written straight, and so is what standard output or
 * standard error leads to anyway (/dev/stdout). */
typedef struct Output {
    FILE *file;
    const char *path; /* as it was named; NULL: standard output */
    char *target;     /* the file behind all links, or NULL when it is written straight */
    char *partial;    /* the target's name while it is written, or NULL */
} Output;
/* `path` NULL: standard output. False with a message. */
bool output_open(const char *path, Output *ret);
/* Where a writer that opens its own file puts it. */
static inline const char *output_place(const Output *o) {
    return o->partial ? o->partial : o->path;
}
/* `keep` false: the partial file is removed. False with a message when it could not be written. */
bool output_close(Output *o, bool keep);

/* --format, or table at a terminal and ndjson in a pipe. */
ResultFormat console_format(const Console *c);
ResultStyle console_style(const Console *c);

#endif
