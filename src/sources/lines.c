/*
 * lines.c: a record a line. Lines end with LF or CRLF; blank lines are no records.
 */
#include <stdlib.h>

#include "sources/records_internal.h"

static bool is_blank_line(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\r') return false;
    return true;
}

/* Throws away what is looked through of a line past the cap, but for its first bytes. */
static void drop_long(RecordReader *r, size_t n) {
    Window *w = &r->window;
    if (!r->is_long) {
        buf_clear(&r->head);
        buf_put(&r->head, (Str){w->bytes + w->begin, n < HEAD_BYTES ? n : HEAD_BYTES});
        r->is_long = true;
    }
    w->begin += n;
    r->looked = 0;
}

/* The line at the window's begin, with its structure, when all of it is there and a few bytes more. */
static bool take_structured(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    bool is_sound;
    Str text = {w->bytes + w->begin, window_left(w)};
    size_t len = structure_take_line(&r->structure, text, &is_sound);
    if (len == SIZE_MAX) return false;
    r->structure.has_room = window_has_room(w, STRUCTURE_ROOM);
    *ret = (Record){.text = {text.ptr, len}, .structure = is_sound ? &r->structure : NULL};
    w->begin += len + 1;
    return true;
}

/* The line that begins at `start`, for which the window is filled up as far as needed. */
static bool take_looked(RecordReader *r, int64_t start, Record *ret) {
    Window *w = &r->window;
    for (;;) {
        size_t left = window_left(w);
        const char *from = w->bytes + w->begin;
        const char *end =
            left > r->looked ? memchr(from + r->looked, '\n', left - r->looked) : NULL;
        if (end) {
            ret->text = (Str){from, (size_t)(end - from)};
            w->begin += ret->text.len + 1;
            return true;
        }
        r->looked = left;
        if (left > MAX_RECORD_BYTES) drop_long(r, left);
        More more = records_more(r);
        if (more == MORE_BYTES) continue;
        left = window_left(w);
        if (left || r->is_long) {
            ret->text = (Str){w->bytes + w->begin, left};
            w->begin = w->end;
            return true;
        }
        bool is_past = r->stop >= 0 && start >= r->stop;
        if (more == MORE_END || is_past) return false;
    }
}

/* The next line without its end; false at the end of the range or file. */
static bool take_line(RecordReader *r, Record *ret) {
    int64_t start = r->window.base + (int64_t)r->window.begin;
    if (r->stop >= 0 && start >= r->stop) return false;
    *ret = (Record){0};
    bool is_fresh = !r->looked && !r->is_long && r->file->shape == SHAPE_LINES;
    if (!(is_fresh && take_structured(r, ret)) && !take_looked(r, start, ret)) return false;
    r->looked = 0;
    ret->offset = start;
    ret->line = ++r->line;
    return true;
}

RecordNext lines_next(RecordReader *r, Record *ret) {
    while (take_line(r, ret)) {
        Str *line = &ret->text;
        if (line->len && line->ptr[line->len - 1] == '\r') line->len--;
        if (r->is_long || line->len > MAX_RECORD_BYTES) {
            if (r->is_long) *line = buf_str(&r->head);
            r->is_long = false;
            ret->reason = "longer than 32 MiB";
            return RECORD_BAD;
        }
        if (str_starts_with(*line,
                            STR("\xEF\xBB\xBF"))) { /* of a file that others were joined to */
            *line = str_sub(*line, 3, line->len);
            ret->structure = NULL;
        }
        if (!is_blank_line(*line)) return RECORD_OK;
    }
    return RECORD_END;
}

/* Passes over lines that hold none of the keys, at most so many. Returns their bytes. */
static size_t pass_keys(const KeyProbe *probe, Str text, uint64_t most, uint64_t *n_lines) {
    size_t at = 0;
    for (uint64_t n = 0; n < most && at < text.len; n++) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        if (!end) break;
        size_t behind = (size_t)(end - text.ptr) + 1;
        Str line = str_sub(text, at, behind - 1 - at);
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        bool is_record = line.len >= 2 && line.len <= MAX_RECORD_BYTES && line.ptr[0] == '{' &&
                         line.ptr[line.len - 1] == '}';
        if (!is_record || key_probe_passes(probe, line)) break;
        at = behind;
        ++*n_lines;
    }
    return at;
}

/* The bytes of lines that neither can match. A literal is the cheaper test: a line that has one is
 * asked for keys alone, and then it is looked for again. */
static size_t pass_both(const Prefilter *filter, const KeyProbe *probe, Str text, uint64_t *ret_n) {
    size_t at = 0;
    *ret_n = 0;
    for (size_t step = 1; step;) {
        uint64_t n_lines = 0;
        if (filter) at += prefilter_pass_lines(filter, str_sub(text, at, text.len - at), &n_lines);
        *ret_n += n_lines;
        Str rest = str_sub(text, at, text.len - at);
        step = probe ? pass_keys(probe, rest, filter ? 1 : UINT64_MAX, ret_n) : 0;
        at += step;
    }
    return at;
}

/* The line that reaches behind the window or the range is left for lines_next. */
uint64_t lines_pass(RecordReader *r, const Prefilter *filter, const KeyProbe *probe) {
    Window *w = &r->window;
    if (r->looked || r->is_long) return 0;
    size_t n_bytes = window_left(w);
    uint64_t n_lines;
    if (r->stop >= 0) {
        int64_t in_range = r->stop - (w->base + (int64_t)w->begin);
        if (in_range < (int64_t)n_bytes) n_bytes = in_range > 0 ? (size_t)in_range : 0;
    }
    if (!n_bytes) return 0;
    w->begin += pass_both(filter, probe, (Str){w->bytes + w->begin, n_bytes}, &n_lines);
    r->line += (int64_t)n_lines;
    return n_lines;
}
