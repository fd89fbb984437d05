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

enum { MAPPED_BYTES = 8 << 20, MAPPED_LINE = 1 << 20 };

/* The file's bytes in place from `at` on, of this reader's range. Empty: they cannot be had. */
static Str mapped_from(RecordReader *r, int64_t at) {
    MappedLines *m = &r->mapped;
    int64_t most = r->stop >= 0 ? r->stop - at : MAPPED_BYTES;
    if (most <= 0) return STR_EMPTY;
    Str bytes = m->range ? mapped_bytes(m->range) : STR_EMPTY;
    if (at < m->from || at >= m->from + (int64_t)bytes.len) {
        mapped_close(m->range);
        m->range = mapped_open(input_file(r->window.in), at, (size_t)most);
        m->from = at;
        m->is_wanted = m->range != NULL;
        if (!m->range) return STR_EMPTY;
        bytes = mapped_bytes(m->range);
    }
    return str_sub(bytes, (size_t)(at - m->from), (size_t)most);
}

/* The line at the reader's place, from the file's bytes in place; false: it is to be read. */
static bool take_mapped(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    MappedLines *m = &r->mapped;
    int64_t at = w->base + (int64_t)w->begin;
    Str text = str_sub(mapped_from(r, at), 0, MAPPED_LINE);
    if (!text.len) return false;
    if (!m->copy) m->copy = malloc(MAPPED_LINE + STRUCTURE_ROOM);
    bool is_sound;
    size_t len = m->copy ? structure_take_line(&m->structure, text, m->copy, &is_sound) : SIZE_MAX;
    if (len == SIZE_MAX) return false;
    if (mapped_is_broken(m->range)) {
        m->is_wanted = false;
        return false;
    }
    *ret = (Record){.text = {m->copy, len}, .structure = is_sound ? &m->structure : NULL};
    w->base = at + (int64_t)len + 1;
    w->begin = w->end = 0;
    input_go_to(w->in, w->base);
    return true;
}

/* The next line without its end; false at the end of the range or file. */
static bool take_line(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    int64_t start = w->base + (int64_t)w->begin;
    if (r->stop >= 0 && start >= r->stop) return false;
    *ret = (Record){0};
    for (;;) {
        size_t left = window_left(w);
        const char *from = w->bytes + w->begin;
        const char *end =
            left > r->looked ? memchr(from + r->looked, '\n', left - r->looked) : NULL;
        if (end) {
            ret->text = (Str){from, (size_t)(end - from)};
            w->begin += ret->text.len + 1;
            break;
        }
        if (r->mapped.is_wanted && !r->looked && !r->is_long && take_mapped(r, ret)) break;
        r->looked = left;
        if (left > MAX_RECORD_BYTES) drop_long(r, left);
        More more = records_more(r);
        if (more == MORE_BYTES) continue;
        left = window_left(w);
        if (!left && !r->is_long) {
            bool is_past = r->stop >= 0 && start >= r->stop;
            if (more == MORE_END || is_past) return false;
            continue;
        }
        ret->text = (Str){w->bytes + w->begin, left};
        w->begin = w->end;
        break;
    }
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

/* The line behind those that were passed over is copied; one that is not whole or very long is left
 * for lines_next to read. */
static uint64_t pass_mapped(RecordReader *r, const Prefilter *filter, const KeyProbe *probe) {
    Window *w = &r->window;
    int64_t at = w->base + (int64_t)w->begin;
    Str text = mapped_from(r, at);
    if (!text.len) return 0;
    uint64_t n_lines;
    size_t passed = pass_both(filter, probe, text, &n_lines);
    text = str_sub(text, passed, text.len - passed);
    const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    size_t len = end ? (size_t)(end - text.ptr) + 1 : 0;
    if (len > MAPPED_LINE) len = 0;
    bool is_placed = window_place(w, at + (int64_t)passed, str_sub(text, 0, len));
    if (is_placed && !mapped_is_broken(r->mapped.range)) {
        r->line += (int64_t)n_lines;
        return n_lines;
    }
    r->mapped.is_wanted = false;
    w->begin = w->end = 0; /* from there on it is read */
    w->base = at;
    input_go_to(w->in, at);
    return 0;
}

/* The line that reaches behind the window or the range is left for lines_next. */
static uint64_t pass_window(RecordReader *r, const Prefilter *filter) {
    Window *w = &r->window;
    size_t n_bytes = window_left(w);
    uint64_t n_lines;
    if (r->stop >= 0) {
        int64_t in_range = r->stop - (w->base + (int64_t)w->begin);
        if (in_range < (int64_t)n_bytes) n_bytes = in_range > 0 ? (size_t)in_range : 0;
    }
    if (!n_bytes) return 0;
    w->begin += prefilter_pass_lines(filter, (Str){w->bytes + w->begin, n_bytes}, &n_lines);
    r->line += (int64_t)n_lines;
    return n_lines;
}

uint64_t lines_pass(RecordReader *r, const Prefilter *filter, const KeyProbe *probe) {
    if (r->looked || r->is_long) return 0;
    if (r->mapped.is_wanted) return pass_mapped(r, filter, probe);
    return filter ? pass_window(r, filter) : 0;
}
