/*
 * regex_marks.c: marks go in, and offsets go both ways.
 *
 * The marks of character k begin at starts[k] + k * (bytes of all copies), so one sorted list serves
 * both directions.
 */
#include "kernels/regex/regex_marks.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "kernels/regex/regex_syntax.h"

enum { GAP = REGEX_MARK_COPIES * REGEX_MARK_BYTES };

#define CATEGORY(name) (1u << UTF8PROC_CATEGORY_##name)

/* What \w matches: letters, marks, decimal digits, connectors and the joiners. */
static bool is_word(uint32_t cp) {
    const uint32_t words = CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LM) |
                           CATEGORY(LO) | CATEGORY(MN) | CATEGORY(MC) | CATEGORY(ME) |
                           CATEGORY(ND) | CATEGORY(NL) | CATEGORY(PC);
    if (words >> utf8proc_category((utf8proc_int32_t)cp) & 1) return true;
    return cp == 0x200C || cp == 0x200D || (cp >= 0x24B6 && cp <= 0x24E9);
}

static uint32_t mark_between(bool before, bool behind) {
    if (before) return behind ? REGEX_MARK_INSIDE : REGEX_MARK_END;
    return behind ? REGEX_MARK_START : REGEX_MARK_OUTSIDE;
}

static void put_marks(MarkedText *m, uint32_t mark, size_t start) {
    char bytes[4];
    unsigned len = utf8_encode(mark, bytes);
    for (int i = 0; i < REGEX_MARK_COPIES; i++) buf_put(&m->text, (Str){bytes, len});
    if (m->n == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 256;
        size_t *grown = realloc(m->starts, cap * sizeof *grown);
        if (!grown) abort();
        m->starts = grown;
        m->cap = cap;
    }
    m->starts[m->n++] = start;
}

void marks_set(MarkedText *m, Str text) {
    buf_clear(&m->text);
    m->n = 0;
    bool before = false;
    unsigned len;
    for (size_t at = 0; at < text.len; at += len) {
        uint32_t cp = utf8_decode(text, at, &len);
        bool behind = is_word(cp), is_mark = cp >= REGEX_MARK_FIRST && cp <= REGEX_MARK_LAST;
        char other[4];
        put_marks(m, mark_between(before, behind), at);
        buf_put(&m->text,
                is_mark ? (Str){other, utf8_encode(REGEX_NO_MARK, other)} : str_sub(text, at, len));
        before = behind;
    }
    put_marks(m, mark_between(before, false), text.len);
}

void marks_free(MarkedText *m) {
    buf_free(&m->text);
    free(m->starts);
    *m = (MarkedText){0};
}

/* The last character whose start, each before it moved by `gap`, is at most `offset`. */
static size_t character_at(const MarkedText *m, size_t offset, size_t gap) {
    size_t low = 0, high = m->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (m->starts[middle] + middle * gap <= offset) low = middle;
        else high = middle;
    }
    return low;
}

size_t marks_before(const MarkedText *m, size_t offset) {
    size_t k = character_at(m, offset, 0);
    return m->starts[k] + k * GAP;
}

size_t marks_origin(const MarkedText *m, size_t offset) {
    size_t k = character_at(m, offset, GAP);
    size_t inside = offset - (m->starts[k] + k * GAP);
    return m->starts[k] + (inside > GAP ? inside - GAP : 0);
}
