/*
 * base.h: what every other file stands on.
 *
 * Text slices, arenas, status values, source spans and diagnostics. Nothing here knows of KQL,
 * of tables or of an engine. Everything is safe to use from many threads as long as one Arena or
 * one Diags belongs to one thread at a time.
 */
#ifndef QUARRY_BASE_H
#define QUARRY_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---------------------------------------------------------------- status */

/* How a call that can fail ended. What to tell the user travels apart, as a Diag. */
typedef enum Status {
    OK,          /* it worked */
    INVALID,     /* the query, rule or option is wrong: exit code 2 */
    UNSUPPORTED, /* the language allows it, this build does not: exit code 2 */
    DATA,        /* the input data is damaged or unreadable: exit code 1 */
    ENGINE,      /* the execution engine failed: exit code 1 */
    LIMIT,       /* a configured limit (memory, rows, time) was reached: exit code 1 */
    CANCELLED,   /* the user interrupted: exit code 130 */
    INTERNAL     /* a broken promise inside Quarry: exit code 1 */
} Status;

/* Passes a failure on to the caller. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        Status try_status_ = (call);                                                               \
        if (try_status_ != OK) return try_status_;                                                 \
    } while (0)

/* ------------------------------------------------------------------ text */

/* A slice of bytes, by convention UTF-8. Never assumed to end in NUL. */
typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
#define STR_EMPTY ((Str){"", 0})
/* For printf: printf("%.*s", STR_ARG(s)). Longer than INT_MAX is cut. */
#define STR_ARG(s) (int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), (s).ptr

static inline Str str_of(const char *c) { return (Str){c ? c : "", c ? strlen(c) : 0}; }
static inline Str str_sub(Str s, size_t from, size_t len) {
    if (from > s.len) from = s.len;
    if (len > s.len - from) len = s.len - from;
    return (Str){s.ptr + from, len};
}
static inline bool str_eq(Str a, Str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool str_is(Str a, const char *b) { return str_eq(a, str_of(b)); }
/* Equality that ignores the case of ASCII letters. */
bool str_eq_nocase(Str a, Str b);
bool str_starts_with(Str s, Str prefix);
bool str_ends_with(Str s, Str suffix);
/* Byte order, as memcmp: <0, 0, >0. */
int str_compare(Str a, Str b);
/* Whether all of `s` fits a pattern in which `*` stands for any run of bytes. */
bool str_matches(Str s, Str pattern);
/* Offset of the first occurrence at or after `from`, or SIZE_MAX. An empty needle is found at `from`. */
size_t str_find(Str s, Str needle, size_t from);
/* Without white space (ASCII) at both ends. */
Str str_trim(Str s);
/* 64-bit hash for tables and deduplication; stable across runs and machines (wyhash style). */
uint64_t str_hash(Str s);
/* Edit distance with adjacent swaps counted once, case ignored; stops at `limit` (returns limit + 1). */
unsigned str_distance(Str a, Str b, unsigned limit);

/* ----------------------------------------------------------------- arena */

/*
 * Memory that is released all at once. A request never fails for ordinary sizes: an arena page that
 * cannot be had ends the process (see design: caps at the door keep requests small). Debug builds
 * (QUARRY_ARENA_MALLOC) pass every request to malloc so that the sanitizers see each object.
 */
typedef struct Arena Arena;

Arena *arena_new(void);
/* Accepts NULL. */
void arena_free(Arena *arena);
/* Forgets all objects, keeps a page for reuse: for scratch memory in loops. */
void arena_reset(Arena *arena);
/* Zeroed memory, aligned for any type. */
void *arena_alloc(Arena *arena, size_t size);
/* Uninitialised memory, aligned for any type. */
void *arena_alloc_raw(Arena *arena, size_t size);
/* Bytes handed out so far: what a limit is checked against. */
size_t arena_used(const Arena *arena);

#define ARENA_NEW(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define ARENA_ARRAY(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(n)))

Str arena_str(Arena *arena, Str s);    /* a copy; the copy ends in NUL behind its length */
char *arena_cstr(Arena *arena, Str s); /* a copy as a C string */
Str arena_printf(Arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);
Str arena_vprintf(Arena *arena, const char *fmt, va_list ap);
/* Grows an array by doubling: returns a block with room for `need` items, the first `n` copied. */
void *arena_grow(Arena *arena, void *items, size_t n, size_t *cap, size_t need, size_t item_size);

/* Appends `item` to the array `items` with `n` used of `cap`, all lvalues. */
#define ARENA_PUSH(arena, items, n, cap, item)                                                     \
    do {                                                                                           \
        if ((n) == (cap))                                                                          \
            (items) = arena_grow((arena), (items), (n), &(cap), (n) + 1, sizeof *(items));         \
        (items)[(n)++] = (item);                                                                   \
    } while (0)

/* ---------------------------------------------------------------- buffer */

/* A growing byte string on the heap. Zero-initialise; free with buf_free. */
typedef struct Buf {
    char *ptr;
    size_t len, cap;
} Buf;

void buf_free(Buf *b);
void buf_clear(Buf *b); /* keeps the memory */
void buf_reserve(Buf *b, size_t more);
void buf_put(Buf *b, Str s);
void buf_putc(Buf *b, char c);
void buf_puts(Buf *b, const char *c);
void buf_printf(Buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(Buf *b, const char *fmt, va_list ap);
static inline Str buf_str(const Buf *b) { return (Str){b->ptr ? b->ptr : "", b->len}; }
/* ----------------------------------------------------------- diagnostics */

/* Bytes [start, start + len) of the text that a tree or plan came from. */
typedef struct Span {
    uint32_t start, len;
} Span;

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO } Severity;
typedef enum Phase { PHASE_SYNTAX, PHASE_SEMANTICS, PHASE_RUN } Phase;

/* One thing to tell the user. `code` is the reference language service's (KS...) where it has one,
 * else ours (QY...). All text lives in the arena of the Diags. */
typedef struct Diag {
    Severity severity;
    Phase phase;
    Span span;
    Str code, message, hint; /* hint may be empty */
} Diag;

typedef struct Diags {
    Arena *arena;
    Diag *items;
    size_t n, cap;
    size_t n_errors;
    int64_t deadline_ms; /* by clock_ms(): until when what they are about may take; 0: any time */
} Diags;

void diags_init(Diags *d, Arena *arena);
/* Milliseconds of a clock that is never set. */
int64_t clock_ms(void);
/* Threads to use: so many as are wanted; 0: one a core. */
unsigned thread_count(unsigned wanted);
/* True once the deadline has passed. Not free: to be asked now and then. */
bool diags_are_late(const Diags *d);
/* QY531, an error: the deadline has passed. */
void diags_add_late(Diags *d);
/* Adds a diagnostic and returns it, so that the caller can set the hint. Past 1,000 it only counts. */
Diag *diag_add(Diags *d, Severity severity, Phase phase, Span span, const char *code,
               const char *fmt, ...) PRINTF_LIKE(6, 7);

/* Line and column (both from 1; columns count code points) of a byte offset. */
typedef struct LineCol {
    uint32_t line, column;
} LineCol;
LineCol text_line_col(Str text, size_t offset);

#endif
