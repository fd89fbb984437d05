/*
 * cells.c: a record is a row of CSV or TSV; a quoted cell may hold line ends.
 *
 * Source: RFC 4180. A quote opens a quoted cell only at the start of a cell, so that a stray quote
 * inside one harms nothing. A cell that holds a line end and is closed before anything but the
 * row's or the cell's end was not closed where it should have been: it has swallowed rows. `looked`
 * and the state below resume where the window ended.
 */
#include "sources/records_internal.h"

/* Where inside a row a look ended. */
typedef struct RowLook {
    size_t at, opened; /* the open cell's quote */
    bool in_quotes, cell_begins, is_broken;
} RowLook;

static bool may_follow_cell(char c, char delimiter) {
    return c == delimiter || c == '\n' || c == '\r';
}

/* Steps to the line end outside quotes: true with look->at on it, or when the quotes are seen to be wrong.
 * False when the text ends. */
static bool find_row_end(Str s, char delimiter, RowLook *look) {
    size_t i = look->at;
    while (i < s.len) {
        char c = s.ptr[i];
        if (look->in_quotes) {
            const char *quote = memchr(s.ptr + i, '"', s.len - i);
            i = quote ? (size_t)(quote - s.ptr) : s.len;
            if (i == s.len) break;
            if (i + 1 == s.len) break; /* doubled or closing: the next byte tells */
            if (s.ptr[i + 1] == '"') {
                i += 2;
                continue;
            }
            look->in_quotes = false;
            look->is_broken = !may_follow_cell(s.ptr[i + 1], delimiter) &&
                              memchr(s.ptr + look->opened, '\n', i - look->opened);
            if (look->is_broken) return true;
            i++;
            continue;
        }
        if (c == '\n') {
            look->at = i;
            return true;
        }
        if (c == '"' && look->cell_begins) {
            look->in_quotes = true;
            look->opened = i;
        }
        look->cell_begins = c == delimiter;
        i++;
    }
    look->at = i;
    return false;
}

static int64_t count_lines(Str s) {
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += s.ptr[i] == '\n';
    return n;
}

/* An open quote took other rows, or everything to the cap or the end: the row is its first line,
 * and reading goes on behind that. */
static RecordNext give_up_row(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    Str all = {w->bytes + w->begin, window_left(w)};
    const char *end = memchr(all.ptr, '\n', all.len);
    ret->text = str_sub(all, 0, end ? (size_t)(end - all.ptr) : all.len);
    ret->reason = "a quoted cell is not closed";
    w->begin += ret->text.len + (end != NULL);
    r->line++;
    return RECORD_BAD;
}

/* A row past the cap: its first bytes are kept, the rest up to the line's end is thrown away. */
static RecordNext drop_long_row(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    size_t left = window_left(w);
    buf_clear(&r->head);
    buf_put(&r->head, (Str){w->bytes + w->begin, left < HEAD_BYTES ? left : HEAD_BYTES});
    for (;;) {
        char *end = window_left(w) ? memchr(w->bytes + w->begin, '\n', window_left(w)) : NULL;
        w->begin = end ? (size_t)(end - w->bytes) + 1 : w->end;
        if (end || !window_more(w)) break;
    }
    r->line++;
    ret->text = buf_str(&r->head);
    ret->reason = "longer than 32 MiB";
    return RECORD_BAD;
}

/* A line before the header (sniff.c), and the header once more, as in files that were joined: no
 * records. A single cell may well be the value that its column is called. */
static bool is_no_record(RecordReader *r, const Record *record) {
    const SourceFile *f = r->file;
    Str row = record->text;
    if (!row.len || (f->has_preamble && record->line == 1)) return true;
    if (str_starts_with(row, STR("\xEF\xBB\xBF"))) row = str_sub(row, 3, row.len);
    bool may_be_again = r->is_past_header && f->header.len && f->n_columns > 1;
    bool is_again = may_be_again && str_eq(row, f->header);
    r->is_past_header = true;
    return is_again;
}

RecordNext cells_next(RecordReader *r, Record *ret) {
    Window *w = &r->window;
    for (;;) {
        RowLook look = {.cell_begins = true};
        bool has_end = false;
        *ret = (Record){.offset = w->base + (int64_t)w->begin, .line = r->line + 1};
        for (;;) {
            Str all = {w->bytes + w->begin, window_left(w)};
            has_end = find_row_end(all, r->file->delimiter, &look);
            if (has_end || look.at > MAX_RECORD_BYTES || !window_more(w)) break;
        }
        size_t left = window_left(w);
        if (!left) return RECORD_END;
        bool ends_quoted = look.in_quotes && look.at + 1 == left && w->bytes[w->end - 1] == '"';
        if (look.is_broken || (!has_end && look.in_quotes && !ends_quoted))
            return give_up_row(r, ret);
        if (!has_end && look.at > MAX_RECORD_BYTES) return drop_long_row(r, ret);
        size_t len = has_end ? look.at : left;
        ret->text = (Str){w->bytes + w->begin, len};
        w->begin += len + has_end;
        r->line += 1 + count_lines(ret->text);
        if (ret->text.len && ret->text.ptr[ret->text.len - 1] == '\r') ret->text.len--;
        if (!is_no_record(r, ret)) return RECORD_OK;
    }
}
