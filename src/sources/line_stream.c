/*
 * line_stream.c: see line_stream.h.
 *
 *   decoded:  ... | chunk: lines | tail: the begin of a line | ...
 *
 * The tail goes before the next stretch. A line past the cap ends its stretch, so that who reads it sees
 * that it is too long; the rest of it is passed over.
 */
#include "sources/line_stream.h"

#include <stdlib.h>

#include "sources/members_ahead.h"
#include "sources/records_internal.h"

/* Of bytes decoded ahead, for each thread and in all. */
enum { STEP = 128 << 10, ROOM = 32 << 20, MOST_ROOM = 256 << 20 };

struct LineStream {
    MembersAhead *in;
    size_t least;
    Buf tail;
    int64_t n_decoded;  /* bytes so far, the tail among them */
    bool skips;         /* up to the end of the present line */
    bool may_be_marked; /* by a byte order mark */
    bool is_over;
};

void line_chunk_free(LineChunk *c) {
    buf_free(&c->bytes);
    buf_free(&c->damage_text);
    *c = (LineChunk){0};
}

LineStream *line_stream_open(const SourceFile *f, int64_t from, size_t least, unsigned n_threads) {
    LineStream *s = calloc(1, sizeof *s);
    InputSource source = file_input(f, from);
    size_t room = n_threads < MOST_ROOM / ROOM ? (size_t)n_threads * ROOM : MOST_ROOM;
    if (!s) return NULL;
    s->in = ahead_open(&source, least, room);
    if (!s->in) {
        free(s);
        return NULL;
    }
    s->least = least;
    s->skips = from > 0;
    s->may_be_marked = from == 0;
    return s;
}

void line_stream_close(LineStream *s) {
    if (!s) return;
    ahead_close(s->in);
    buf_free(&s->tail);
    free(s);
}

/* The damaged piece is left behind, if that can be; what follows it begins a line. */
static void note_damage(LineStream *s, LineChunk *c) {
    buf_put(&c->damage_text, ahead_damage(s->in));
    c->damage =
        (RecordDamage){.reason = buf_str(&c->damage_text), .at = ahead_position(s->in), .n = 1};
    s->is_over = !ahead_resume(s->in);
    s->skips = false;
}

/* Where the bytes that were just added, from `old` on, end their last line; 0: they end none. */
static size_t behind_last_line(const LineChunk *c, size_t old) {
    const char *end = memrchr(c->bytes.ptr + old, '\n', c->bytes.len - old);
    return end ? (size_t)(end - c->bytes.ptr) + 1 : 0;
}

/* Passes over the rest of a line in the bytes at hand; true when there is more of it. */
static bool skip_line(LineStream *s, LineChunk *c) {
    const char *end = memchr(c->bytes.ptr + c->begin, '\n', c->bytes.len - c->begin);
    s->skips = !end;
    c->begin = end ? (size_t)(end - c->bytes.ptr) + 1 : c->bytes.len;
    return s->skips;
}

/* Decodes until there are enough whole lines; `*ret_lines` is where the last of them ends. False when
 * something else ends the stretch. */
static bool fill_chunk(LineStream *s, LineChunk *c, size_t *ret_lines) {
    for (;;) {
        size_t old = c->bytes.len, n = 0;
        buf_reserve(&c->bytes, STEP);
        Status status = ahead_read(s->in, c->bytes.ptr + old, STEP, &n);
        c->bytes.len += n;
        s->n_decoded += (int64_t)n;
        if (status != OK) note_damage(s, c);
        else s->is_over = n == 0;
        if (!n) return false;
        if (s->skips && skip_line(s, c)) {
            if (c->bytes.len >= s->least) return false;
            continue;
        }
        size_t lines = behind_last_line(c, old > c->begin ? old : c->begin);
        if (lines) *ret_lines = lines;
        if (*ret_lines > c->begin && c->bytes.len >= s->least) return true;
        if (*ret_lines <= c->begin && c->bytes.len - c->begin > MAX_RECORD_BYTES) {
            s->skips = true;
            return false;
        }
    }
}

bool line_stream_help(LineStream *s) { return ahead_help(s->in); }

bool line_stream_next(LineStream *s, LineChunk *ret) {
    size_t lines = 0;
    buf_clear(&ret->bytes);
    buf_clear(&ret->damage_text);
    ret->damage = (RecordDamage){0};
    ret->begin = 0;
    ret->from = ahead_position(s->in);
    ret->base = s->n_decoded - (int64_t)s->tail.len;
    buf_put(&ret->bytes, buf_str(&s->tail));
    buf_clear(&s->tail);
    if (fill_chunk(s, ret, &lines)) {
        buf_put(&s->tail, str_sub(buf_str(&ret->bytes), lines, ret->bytes.len));
        ret->bytes.len = lines;
    }
    ret->stored = ahead_position(s->in);
    bool is_marked = s->may_be_marked && str_starts_with(buf_str(&ret->bytes), STR("\xEF\xBB\xBF"));
    if (is_marked) ret->begin = 3;
    s->may_be_marked = false;
    return !s->is_over;
}

RecordReader *records_of_chunk(const SourceFile *f, LineChunk *chunk) {
    RecordReader *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->file = f;
    r->stop = -1;
    r->is_done = true;
    r->damage = chunk->damage;
    r->told = chunk->from;
    r->position = chunk->stored;
    r->window = (Window){.bytes = chunk->bytes.ptr,
                         .begin = chunk->begin,
                         .end = chunk->bytes.len,
                         .base = chunk->base,
                         .is_over = true};
    return r;
}
