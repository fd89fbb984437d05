/*
 * loss_place.c: see loss_place.h.
 *
 * Threads that share a file do not know how many lines stand before their part. Only few losses are
 * told: of those the lines are counted by reading the file once more from its start.
 */
#include "sources/loss_place.h"

#include <stdlib.h>

enum { STEP = 256 << 10 };

typedef struct LineCount {
    Input *in;
    char *bytes;
    int64_t offset, line; /* behind what was read */
    bool is_in_line;      /* the last byte ends none */
} LineCount;

/* Up to `most` bytes more. A damaged piece ends a line. False at the end of the file or the stop. */
static bool count_on(LineCount *c, int64_t most) {
    size_t n = 0, size = most < STEP ? (size_t)most : STEP;
    while (input_read(c->in, c->bytes, size, &n) != OK) {
        if (!input_resume(c->in)) return false;
        c->line += c->is_in_line;
        c->is_in_line = false;
    }
    for (size_t i = 0; i < n; i++) c->line += c->bytes[i] == '\n';
    if (n) c->is_in_line = c->bytes[n - 1] != '\n';
    c->offset += (int64_t)n;
    return n > 0;
}

bool loss_place_count(const SourceFile *f, LossPlace *at) {
    LineCount c = {.line = 1, .bytes = malloc(STEP)};
    int code;
    InputSource source = file_input(f, 0);
    source.until = at->piece;
    if (!c.bytes || input_open(&source, &c.in, &code) != OK) {
        free(c.bytes);
        return false;
    }
    while (at->piece && count_on(&c, STEP)) {
    }
    bool is_there = !at->piece || input_is_at_stop(c.in);
    int64_t target = c.offset + at->offset;
    input_pass_stop(c.in);
    while (is_there && c.offset < target) is_there = count_on(&c, target - c.offset);
    input_close(c.in);
    free(c.bytes);
    bool is_cut = c.is_in_line && f->codec != CODEC_NONE; /* by damage just before */
    if (is_there) *at = (LossPlace){.offset = target, .line = c.line + is_cut};
    return is_there;
}
