/*
 * records.c: the common part of the three record readers.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sources/records_internal.h"

/* Behind the byte order mark, if there is one. */
static void skip_mark(Window *w) {
    while (window_left(w) < 3 && window_more(w)) {
    }
    if (window_left(w) >= 3 && memcmp(w->bytes + w->begin, "\xEF\xBB\xBF", 3) == 0) w->begin += 3;
}

/* Behind the line that the range's first byte belongs to: its owner is the range before. A range
 * inside one long line holds no line's start: it is not searched to the file's end. */
static void skip_partial(RecordReader *r) {
    Window *w = &r->window;
    for (;;) {
        char *end = window_left(w) ? memchr(w->bytes + w->begin, '\n', window_left(w)) : NULL;
        w->begin = end ? (size_t)(end - w->bytes) + 1 : w->end;
        bool is_past = r->stop >= 0 && w->base + (int64_t)w->begin >= r->stop;
        if (end || is_past || records_more(r) != MORE_BYTES) return;
    }
}

static void note_damage(RecordReader *r, bool is_foreign) {
    RecordDamage *d = &r->damage;
    if (!d->n++) {
        buf_put(&r->damage_text, input_damage(r->window.in));
        d->reason = buf_str(&r->damage_text);
        d->at = input_position(r->window.in);
        d->is_foreign = is_foreign;
    }
}

More records_more(RecordReader *r) {
    Window *w = &r->window;
    if (r->is_done) return MORE_END;
    if (window_more(w)) return MORE_BYTES;
    if (input_is_at_stop(w->in)) {
        r->stop = w->base + (int64_t)w->end + 1; /* the line that begins there is still its own */
        input_pass_stop(w->in);
        w->is_over = false;
        if (window_more(w)) return MORE_BYTES;
    }
    bool is_foreign = r->until > 0 && r->stop >= 0; /* then lines behind it are no more its own */
    r->is_done = true;
    if (!input_damage(w->in).len || (is_foreign && r->damage.n)) return MORE_END;
    note_damage(r, is_foreign);
    if (is_foreign || !input_resume(w->in)) return MORE_END;
    r->is_done = w->is_over = false;
    return MORE_BREAK;
}

/* Whether the path leads to another file than when it was found. */
static bool is_replaced(const SourceFile *f, const Input *in) {
    struct stat st;
    return f->fd < 0 && f->inode && fstat(input_file(in), &st) == 0 &&
           ((uint64_t)st.st_ino != f->inode || (uint64_t)st.st_dev != f->device);
}

Status records_open(const SourceFile *f, int64_t from, int64_t stop, WindowBuffer *buffer,
                    RecordReader **ret, int *ret_errno) {
    RecordReader *r = calloc(1, sizeof *r);
    *ret_errno = 0;
    if (!r) return DATA;
    r->file = f;
    r->stop = stop;
    int64_t at =
        from > 0 ? from - 1 : 0; /* the byte before tells whether a line begins at `from` */
    InputSource source = file_input(f, at);
    if (file_has_pieces(f)) {
        r->stop = -1;
        r->until = source.until = stop > 0 ? stop : 0;
        source.from = from;
        at = 0;
    }
    r->told = source.from;
    Input *in;
    if (input_open(&source, &in, ret_errno) != OK) {
        records_close(r);
        return DATA;
    }
    window_open(&r->window, in, at, buffer);
    if (file_is_divisible(f)) r->window.until = stop;
    if (is_replaced(f, r->window.in)) {
        *ret_errno = ESTALE;
        records_close(r);
        return DATA;
    }
    if (from > 0) skip_partial(r);
    else skip_mark(&r->window);
    *ret = r;
    return OK;
}

void records_close(RecordReader *r) {
    if (!r) return;
    structure_free(&r->structure);
    window_close(&r->window);
    input_close(r->window.in);
    buf_free(&r->head);
    buf_free(&r->columns);
    buf_free(&r->damage_text);
    free(r);
}

RecordNext records_next(RecordReader *r, Record *ret) {
    switch (r->file->shape) {
    case SHAPE_TEXT:
    case SHAPE_LINES: return lines_next(r, ret);
    case SHAPE_ROWS:
    case SHAPE_MEMBER:
    case SHAPE_TABLES:
    case SHAPE_FRAMES: return values_next(r, ret);
    case SHAPE_CELLS: return cells_next(r, ret);
    case SHAPE_NONE:
    case SHAPE_PARQUET: break;
    }
    return RECORD_END;
}

uint64_t records_pass(RecordReader *r, const Prefilter *filter, const KeyProbe *probe) {
    return r->file->shape == SHAPE_LINES ? lines_pass(r, filter, probe) : 0;
}

RecordDamage records_damage(const RecordReader *r) {
    if (r->damage.n || r->until > 0 || !r->window.in)
        return r->damage; /* what the input met later is not its own */
    Str reason = input_damage(r->window.in);
    if (!reason.len && r->error) reason = str_of(r->error);
    return (RecordDamage){
        .reason = reason, .at = records_position(r), .n = reason.len > 0, .is_foreign = false};
}

bool records_are_partial(const RecordReader *r) { return r->is_partial; }

int64_t records_position(const RecordReader *r) {
    return r->window.in ? input_position(r->window.in) : r->position;
}

int64_t records_file_size(const RecordReader *r) {
    struct stat st;
    return r->window.in && fstat(input_file(r->window.in), &st) == 0 ? (int64_t)st.st_size : -1;
}

int64_t records_take_bytes(RecordReader *r) {
    int64_t at = records_position(r);
    if (r->until > 0 && at > r->until) at = r->until; /* what is behind is told by who owns it */
    int64_t n = at - r->told;
    r->told = at;
    return n;
}

Str records_columns(const RecordReader *r) { return buf_str(&r->columns); }

void records_skip_rows(RecordReader *r) {
    Record record;
    r->skips_rows = true;
    while (records_next(r, &record) != RECORD_END) {
    }
}
