#include "base/base.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------------ text */

static char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool str_eq_nocase(Str a, Str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i])) return false;
    return true;
}

bool str_starts_with(Str s, Str prefix) {
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends_with(Str s, Str suffix) {
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

int str_compare(Str a, Str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* On a mismatch only the last star is tried again: linear for one star, never exponential. */
bool str_matches(Str s, Str pattern) {
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;
    while (n < s.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len && pattern.ptr[p] == s.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') p++;
    return p == pattern.len;
}

size_t str_find(Str s, Str needle, size_t from) {
    if (from > s.len) return SIZE_MAX;
    if (needle.len == 0) return from;
    if (needle.len > s.len - from) return SIZE_MAX;
    const char *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

static bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Str str_trim(Str s) {
    while (s.len && is_ascii_space(s.ptr[0])) s.ptr++, s.len--;
    while (s.len && is_ascii_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

__extension__ typedef unsigned __int128 Uint128;

static uint64_t hash_mix(uint64_t a, uint64_t b) {
    Uint128 product = (Uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t str_hash(Str s) {
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.len;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        h = hash_mix(h ^ word, 0xa0761d6478bd642fu);
    }
    if (i < s.len) {
        uint64_t word = 0;
        memcpy(&word, s.ptr + i, s.len - i);
        h = hash_mix(h ^ word, 0xe7037ed1a0b428dbu);
    }
    return hash_mix(h, 0x8ebc6af09c88c6e3u);
}

/* Optimal string alignment over three rolling rows; names longer than a row are never near. */
unsigned str_distance(Str a, Str b, unsigned limit) {
    enum { ROW = 128 };
    if (a.len >= ROW || b.len >= ROW) return str_eq_nocase(a, b) ? 0 : limit + 1;
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (gap > limit) return limit + 1;
    unsigned rows[3][ROW + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (unsigned j = 0; j <= b.len; j++) last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned best = now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = ascii_lower(a.ptr[i - 1]), y = ascii_lower(b.ptr[j - 1]);
            unsigned cost = last[j - 1] + (x != y);
            if (last[j] + 1 < cost) cost = last[j] + 1;
            if (now[j - 1] + 1 < cost) cost = now[j - 1] + 1;
            if (i > 1 && j > 1 && x == ascii_lower(b.ptr[j - 2]) &&
                ascii_lower(a.ptr[i - 2]) == y && before[j - 2] + 1 < cost)
                cost = before[j - 2] + 1;
            now[j] = cost;
            if (cost < best) best = cost;
        }
        if (best > limit) return limit + 1;
        unsigned *spare = before;
        before = last, last = now, now = spare;
    }
    return last[b.len] > limit ? limit + 1 : last[b.len];
}

/* ----------------------------------------------------------------- arena */

/*
 * Pages in a list, newest first. Each request is rounded up to 16 bytes. A request larger than a
 * quarter page gets a page of its own, behind the current one, so that the rest of that is not lost.
 */
typedef struct ArenaPage {
    struct ArenaPage *next;
    size_t size, used; /* of the bytes behind this header */
} ArenaPage;

enum { ARENA_ALIGN = 16, ARENA_PAGE = 64 << 10 };

struct Arena {
    ArenaPage *pages;
    size_t used;
};

static char *page_bytes(ArenaPage *page) {
    return (char *)page + ((sizeof *page + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1));
}

static void *must_alloc(void *memory) {
    if (!memory) {
        fputs("quarry: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static ArenaPage *page_new(size_t size) {
    ArenaPage *page = must_alloc(malloc(sizeof(ArenaPage) + ARENA_ALIGN + size));
    *page = (ArenaPage){.size = size};
    return page;
}

Arena *arena_new(void) { return must_alloc(calloc(1, sizeof(Arena))); }

void arena_free(Arena *arena) {
    if (!arena) return;
    for (ArenaPage *page = arena->pages, *next; page; page = next) {
        next = page->next;
        free(page);
    }
    free(arena);
}

void arena_reset(Arena *arena) {
    ArenaPage *keep = NULL;
    for (ArenaPage *page = arena->pages, *next; page; page = next) {
        next = page->next;
        if (!keep && page->size == ARENA_PAGE) {
            keep = page;
            keep->next = NULL;
            keep->used = 0;
        } else {
            free(page);
        }
    }
    arena->pages = keep;
    arena->used = 0;
}

void *arena_alloc_raw(Arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) must_alloc(NULL);
    size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (need == 0) need = ARENA_ALIGN;
    arena->used += need;
#ifdef QUARRY_ARENA_MALLOC
    bool is_own = true;
    need = size ? size : 1; /* exact, so that a step too far is seen */
#else
    bool is_own = need > ARENA_PAGE / 4;
#endif
    if (is_own) {
        ArenaPage *page = page_new(need);
        page->used = need;
        if (arena->pages) {
            page->next = arena->pages->next;
            arena->pages->next = page;
        } else {
            arena->pages = page;
        }
        return page_bytes(page);
    }
    ArenaPage *page = arena->pages;
    if (!page || page->size - page->used < need) {
        page = page_new(ARENA_PAGE);
        page->next = arena->pages;
        arena->pages = page;
    }
    void *memory = page_bytes(page) + page->used;
    page->used += need;
    return memory;
}

void *arena_alloc(Arena *arena, size_t size) {
    return memset(arena_alloc_raw(arena, size), 0, size);
}

size_t arena_used(const Arena *arena) { return arena->used; }

Str arena_str(Arena *arena, Str s) {
    char *copy = arena_alloc_raw(arena, s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return (Str){copy, s.len};
}

char *arena_cstr(Arena *arena, Str s) {
    char *copy = arena_alloc_raw(arena, s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

Str arena_vprintf(Arena *arena, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    if (len < 0) len = 0;
    char *text = arena_alloc_raw(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return (Str){text, (size_t)len};
}

Str arena_printf(Arena *arena, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str s = arena_vprintf(arena, fmt, ap);
    va_end(ap);
    return s;
}

void *arena_grow(Arena *arena, void *items, size_t n, size_t *cap, size_t need, size_t item_size) {
    size_t wider = *cap ? *cap * 2 : 8;
    if (wider < need) wider = need;
    char *grown = arena_alloc_raw(arena, wider * item_size);
    if (n) memcpy(grown, items, n * item_size);
    memset(grown + n * item_size, 0, (wider - n) * item_size);
    *cap = wider;
    return grown;
}

/* ---------------------------------------------------------------- buffer */

void buf_free(Buf *b) {
    free(b->ptr);
    *b = (Buf){0};
}

void buf_clear(Buf *b) { b->len = 0; }

void buf_reserve(Buf *b, size_t more) {
    if (more <= b->cap - b->len) return;
    if (more > SIZE_MAX / 4) must_alloc(NULL);
    size_t wider = b->cap * 2;
    if (wider < b->len + more) wider = b->len + more;
    if (wider < 64) wider = 64;
    b->ptr = must_alloc(realloc(b->ptr, wider));
    b->cap = wider;
}

void buf_put(Buf *b, Str s) {
    if (!s.len) return;
    buf_reserve(b, s.len);
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void buf_putc(Buf *b, char c) {
    buf_reserve(b, 1);
    b->ptr[b->len++] = c;
}

void buf_puts(Buf *b, const char *c) { buf_put(b, str_of(c)); }

void buf_vprintf(Buf *b, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    if (len > 0) {
        buf_reserve(b, (size_t)len + 1);
        vsnprintf(b->ptr + b->len, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buf_printf(Buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

/* ----------------------------------------------------------- diagnostics */

enum { DIAGS_MAX = 1000 };

void diags_init(Diags *d, Arena *arena) { *d = (Diags){.arena = arena}; }

int64_t clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

unsigned thread_count(unsigned wanted) {
    long cores = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

bool diags_are_late(const Diags *d) { return d->deadline_ms && clock_ms() >= d->deadline_ms; }

void diags_add_late(Diags *d) {
    diag_add(d, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY531",
             "the time limit was reached before the query ended");
}

Diag *diag_add(Diags *d, Severity severity, Phase phase, Span span, const char *code,
               const char *fmt, ...) {
    if (severity == SEVERITY_ERROR) d->n_errors++;
    va_list ap;
    va_start(ap, fmt);
    Diag diag = {.severity = severity,
                 .phase = phase,
                 .span = span,
                 .code = arena_str(d->arena, str_of(code)),
                 .message = arena_vprintf(d->arena, fmt, ap),
                 .hint = STR_EMPTY};
    va_end(ap);
    if (d->n == DIAGS_MAX) { /* counted, not kept */
        Diag *spare = ARENA_NEW(d->arena, Diag);
        *spare = diag;
        return spare;
    }
    ARENA_PUSH(d->arena, d->items, d->n, d->cap, diag);
    return &d->items[d->n - 1];
}

LineCol text_line_col(Str text, size_t offset) {
    if (offset > text.len) offset = text.len;
    LineCol at = {1, 1};
    for (size_t i = 0; i < offset; i++) {
        if (text.ptr[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            at.column++;
        }
    }
    return at;
}
