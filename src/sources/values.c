/*
 * values.c: records out of JSON that does not stand a line each: pretty-printed objects, arrays,
 * and the documents of services, in which an array of rows lies some levels deep.
 *
 * Only structure is looked at here (strings, brackets); the record's own text is checked where it
 * is read. A small machine of places walks down to the array of rows:
 *
 *   TOP -> ELEMENTS                          [row, row]              SHAPE_ROWS
 *   TOP -> DOCUMENT -> ELEMENTS              {"records":[row]}       SHAPE_MEMBER
 *   TOP -> DOCUMENT -> TABLES -> TABLE -> ELEMENTS                   SHAPE_TABLES
 *   TOP -> TABLES -> TABLE -> ELEMENTS       [{frame}, {frame}]      SHAPE_FRAMES
 *
 * After a document another may follow. Text that is no JSON at the top is a bad record up to the
 * end of its line; inside a document it ends the file, because nothing says where the next row
 * begins.
 */
#include "base/json.h"
#include "sources/records_internal.h"

enum { MAX_KEY_BYTES = 1 << 10, MAX_COLUMNS_BYTES = 4 << 20 };

/* ------------------------------------------------------------------ one value */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Walks on through [p, p + n); true when the value ends, with *ret_n the bytes that belong to it.
 */
static bool walk_value(ValueWalk *v, const char *p, size_t n, size_t *ret_n) {
    size_t i = 0;
    *ret_n = n;
    while (i < n) {
        char c = p[i];
        if (v->is_escaped) {
            v->is_escaped = false;
            i++;
        } else if (v->in_string) {
            while (i < n && p[i] != '"' && p[i] != '\\') i++;
            if (i == n) return false;
            v->is_escaped = p[i] == '\\';
            v->in_string = v->is_escaped;
            i++;
            if (!v->in_string && !v->depth) {
                *ret_n = i;
                return true;
            }
        } else if (v->in_atom && (is_blank(c) || strchr(",:]}", c))) {
            *ret_n = i;
            return true;
        } else if (v->in_atom) {
            i++;
        } else if (c == '"') {
            v->in_string = v->has_begun = true;
            i++;
        } else if (c == '{' || c == '[') {
            v->depth++;
            v->has_begun = true;
            i++;
        } else if (c == '}' || c == ']') {
            if (v->depth) v->depth--;
            i++;
            if (!v->depth) {
                *ret_n = i;
                return true;
            }
        } else {
            if (!v->depth && !is_blank(c)) v->in_atom = v->has_begun = true;
            i++;
        }
    }
    return false;
}

typedef enum Take { TAKE_OK, TAKE_LONG, TAKE_CUT } Take;

/* The value at the window's start, kept whole when not longer than `cap`. */
static Take take_value(RecordReader *r, size_t cap, Str *ret) {
    Window *w = &r->window;
    ValueWalk walk = {0};
    size_t seen = 0, n = 0;
    bool is_long = false, is_done = false;
    for (;;) {
        is_done = walk_value(&walk, w->bytes + w->begin + seen, window_left(w) - seen, &n);
        seen += n;
        if (is_done) break;
        if (is_long || seen > cap) {
            if (!is_long) {
                buf_clear(&r->head);
                buf_put(&r->head,
                        (Str){w->bytes + w->begin, seen < HEAD_BYTES ? seen : HEAD_BYTES});
            }
            is_long = true;
            w->begin += seen;
            seen = 0;
        }
        if (!window_more(w)) break;
    }
    *ret = is_long ? buf_str(&r->head) : (Str){w->bytes + w->begin, seen};
    w->begin += seen;
    if (is_long) return TAKE_LONG;
    return is_done || (walk.in_atom && !walk.depth) ? TAKE_OK : TAKE_CUT;
}

/* The next byte that is neither blank nor in `also`; 0 at the end. Stays on it. */
static char peek_past(RecordReader *r, const char *also) {
    Window *w = &r->window;
    for (;;) {
        while (w->begin < w->end) {
            char c = w->bytes[w->begin];
            if (!is_blank(c) && (!c || !strchr(also, c))) return c ? c : 1;
            w->begin++;
        }
        if (!window_more(w)) return 0;
    }
}

/* --------------------------------------------------------------------- places */

static RecordNext end_with(RecordReader *r, const char *error) {
    r->error = error;
    r->window.begin = r->window.end;
    r->window.is_over = true;
    return RECORD_END;
}

static RecordNext cut_off(RecordReader *r) {
    return end_with(r, "the file ends in the middle of a JSON document");
}

static RecordNext no_json(RecordReader *r) {
    return end_with(r, "the JSON document is broken; what follows could not be read");
}

/* A member's name (raw, copied into `key`) with its colon. False when there is none. */
static bool take_key(RecordReader *r, char *key, size_t *ret_len) {
    Str text;
    if (r->window.bytes[r->window.begin] != '"') return false;
    if (take_value(r, MAX_KEY_BYTES, &text) == TAKE_CUT) return false;
    *ret_len = text.len >= 2 && text.len <= HEAD_BYTES ? text.len - 2 : 0;
    if (*ret_len) memcpy(key, text.ptr + 1, *ret_len);
    if (peek_past(r, "") != ':') return false;
    r->window.begin++;
    return peek_past(r, "") != 0;
}

static bool key_is_one_of(Str key, const char *const *names) {
    for (size_t i = 0; names[i]; i++)
        if (str_is(key, names[i])) return true;
    return false;
}

static const char *const table_arrays[] = {"tables", "Tables", NULL};
static const char *const row_arrays[] = {"rows", "Rows", NULL};
static const char *const column_arrays[] = {"columns", "Columns", "schema", "Schema", NULL};

static void enter(RecordReader *r, Place place) {
    r->window.begin++;
    r->has_rows |= place == PLACE_ELEMENTS || place == PLACE_TABLES;
    if (place == PLACE_ELEMENTS) r->outer = r->place;
    r->place = place;
}

static bool holds_columns_here(const RecordReader *r) {
    return r->place == PLACE_DOCUMENT ? r->file->shape == SHAPE_MEMBER : r->is_primary;
}

/* Whether a frame's rows are the result: its kind says so, or it goes on with such a table. */
static void note_kind(RecordReader *r, Str key, Str value) {
    if (str_is(key, "TableKind")) r->is_primary = str_is(value, "\"PrimaryResult\"");
    if (str_is(key, "FrameType") && !str_is(value, "\"TableFragment\"")) r->is_primary = false;
}

/* "error":{..} of a document, "HasErrors":true of a frame: the rows are not all there are. */
static void note_error(RecordReader *r, Str key, Str value) {
    bool is_error = r->place == PLACE_DOCUMENT && str_is(key, "error") && value.ptr[0] == '{';
    bool has_errors = r->place == PLACE_TABLE && str_is(key, "HasErrors") && str_is(value, "true");
    if (is_error || has_errors) r->is_partial = true;
}

/* A member's value that leads to no rows: kept when it names columns, else passed over. */
static bool pass_member(RecordReader *r, Str key) {
    bool is_columns = key_is_one_of(key, column_arrays) && !r->columns.len && holds_columns_here(r);
    bool is_frame = r->place == PLACE_TABLE && r->file->shape == SHAPE_FRAMES;
    Str value;
    Take take = take_value(r, is_columns ? MAX_COLUMNS_BYTES : MAX_KEY_BYTES, &value);
    if (take == TAKE_CUT) return false;
    if (is_columns && take == TAKE_OK) buf_put(&r->columns, value);
    if (is_frame && take == TAKE_OK) note_kind(r, key, value);
    note_error(r, key, value);
    return true;
}

/* One member of the document, a table or a frame. False when the text is broken. */
static bool step_member(RecordReader *r) {
    char bytes[HEAD_BYTES];
    size_t len = 0;
    if (!take_key(r, bytes, &len)) return false;
    Str key = {bytes, len};
    bool opens_array = r->window.bytes[r->window.begin] == '[';
    bool is_document = r->place == PLACE_DOCUMENT;
    if (opens_array && is_document && r->file->member && str_is(key, r->file->member)) {
        enter(r, PLACE_ELEMENTS);
    } else if (opens_array && is_document && r->file->shape == SHAPE_TABLES &&
               key_is_one_of(key, table_arrays)) {
        enter(r, PLACE_TABLES);
    } else if (opens_array && r->place == PLACE_TABLE && r->is_primary && !r->skips_rows &&
               key_is_one_of(key, row_arrays)) {
        enter(r, PLACE_ELEMENTS);
    } else {
        return pass_member(r, key);
    }
    return true;
}

static void enter_table(RecordReader *r) {
    enter(r, PLACE_TABLE);
    r->n_tables++;
    if (r->file->shape == SHAPE_TABLES) r->is_primary = r->n_tables == 1;
}

/* A value that is a record, with the place unchanged. */
static RecordNext take_record(RecordReader *r, Record *ret) {
    ret->offset = r->window.base + (int64_t)r->window.begin;
    Take take = take_value(r, MAX_RECORD_BYTES, &ret->text);
    if (take == TAKE_OK) return RECORD_OK;
    ret->reason =
        take == TAKE_LONG ? "longer than 32 MiB" : "the file ends in the middle of a record";
    return RECORD_BAD;
}

/* At the top: a value, a document to enter, or text that is no JSON. */
static RecordNext step_top(RecordReader *r, char c, Record *ret, bool *ret_is_record) {
    Shape shape = r->file->shape;
    *ret_is_record = false;
    if (c == '[' && (shape == SHAPE_ROWS || shape == SHAPE_FRAMES)) {
        enter(r, shape == SHAPE_ROWS ? PLACE_ELEMENTS : PLACE_TABLES);
        return RECORD_OK;
    }
    if (c == '{' && (shape == SHAPE_MEMBER || shape == SHAPE_TABLES)) {
        r->document = r->window.base + (int64_t)r->window.begin;
        r->has_rows = false;
        r->n_tables = 0;
        enter(r, PLACE_DOCUMENT);
        return RECORD_OK;
    }
    *ret_is_record = true;
    return take_record(r, ret);
}

static Place place_around(const RecordReader *r) {
    switch (r->place) {
    case PLACE_ELEMENTS: return r->outer;
    case PLACE_TABLE: return PLACE_TABLES;
    case PLACE_TABLES: return r->file->shape == SHAPE_TABLES ? PLACE_DOCUMENT : PLACE_TOP;
    case PLACE_DOCUMENT:
    case PLACE_TOP: break;
    }
    return PLACE_TOP;
}

static bool closes(Place place, char c) {
    bool is_array = place == PLACE_ELEMENTS || place == PLACE_TABLES;
    return c == (is_array ? ']' : '}');
}

RecordNext values_next(RecordReader *r, Record *ret) {
    *ret = (Record){0};
    for (;;) {
        char c = peek_past(r, r->place == PLACE_TOP ? ",\x1E" : ",");
        if (!c) return r->place == PLACE_TOP ? RECORD_END : cut_off(r);
        if (r->place == PLACE_TOP) {
            bool is_record;
            RecordNext next = step_top(r, c, ret, &is_record);
            if (is_record) return next;
        } else if (closes(r->place, c)) {
            bool is_document = r->place == PLACE_DOCUMENT;
            r->window.begin++;
            r->place = place_around(r);
            if (is_document && !r->has_rows && !r->skips_rows) {
                *ret = (Record){.offset = r->document, .reason = "a document without rows"};
                return RECORD_BAD;
            }
        } else if (r->place == PLACE_ELEMENTS) {
            if (c == '}' || c == ':') return no_json(r);
            RecordNext next = take_record(r, ret);
            if (!r->skips_rows) return next;
        } else if (r->place == PLACE_TABLES) {
            if (c != '{') return no_json(r);
            enter_table(r);
        } else if (!step_member(r)) {
            return r->window.begin == r->window.end ? cut_off(r) : no_json(r);
        }
    }
}
