#include "sources/rows.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "sources/assembly.h"

enum { OUTER_CATEGORY, OUTER_PROPERTIES, OUTER_RECORDS, OUTER_COUNT };

/* -------------------------------------------------------------------- layout */

static const char *const time_names[2] = {"TimeGenerated", "Timestamp"};

/* Where values come from when the column's own name is absent: what the table says, else the twin.
 */
static Str twin_of(const RowLayout *l, const TableColumn *c) {
    if (c->source_name.len && !str_eq(c->source_name, c->name)) return c->source_name;
    return known_schemas_twin(l->table->ref.name, c->name);
}

static void place_by_keys(RowLayout *l, const uint32_t *columns) {
    for (uint32_t i = 0; i < l->n_places; i++) {
        const TableColumn *c = &l->table->ref.columns[columns[i]];
        Str twin = twin_of(l, c);
        l->places[i] = (FieldPlace){.own = key_set_add(l->row, c->name),
                                    .twin = twin.len ? key_set_add(l->row, twin) : NO_FIELD};
    }
    for (size_t i = 0; i < COUNT_OF(time_names); i++)
        l->times[i] =
            (FieldPlace){.own = key_set_add(l->row, str_of(time_names[i])), .twin = NO_FIELD};
    l->type_slot = key_set_add(l->row, STR("Type"));
    l->category_slot = key_set_add(l->row, STR("category"));
    l->properties_slot = key_set_add(l->row, STR("properties"));
}

/* What the records that were looked at hold, and what is published: a key besides is of no column. */
static void know_columns(RowLayout *l) {
    const Draft *seen = l->table->draft;
    if (!seen) return;
    for (size_t i = 0; i < seen->seen.n; i++) key_set_know(l->row, seen->seen.items[i].name);
    for (uint32_t i = 0; i < l->table->ref.n_columns; i++)
        key_set_know(l->row, l->table->ref.columns[i].name);
}

void row_layout_init(RowLayout *l, const SourceTable *table, const uint32_t *columns, uint32_t n) {
    static const char *const outer_keys[OUTER_COUNT] = {"category", "properties", "records"};
    *l = (RowLayout){.table = table, .outer = key_set_new(), .row = key_set_new(), .n_places = n};
    l->columns = columns;
    l->places = calloc(n + 1, sizeof *l->places);
    if (!l->places) abort();
    for (uint32_t i = 0; i < OUTER_COUNT; i++) key_set_add(l->outer, str_of(outer_keys[i]));
    place_by_keys(l, columns);
    know_columns(l);
    l->n_fields = key_set_count(l->row);
    l->fields = calloc(l->n_fields, sizeof *l->fields);
    if (!l->fields) abort();
}

void row_layout_free(RowLayout *l) {
    key_set_free(l->outer);
    key_set_free(l->row);
    free(l->places);
    free(l->fields);
    *l = (RowLayout){0};
}

static bool is_positional(const SourceFile *f) {
    return f->shape == SHAPE_CELLS || f->shape == SHAPE_TEXT || f->shape == SHAPE_TABLES ||
           f->shape == SHAPE_FRAMES;
}

static FieldPlace find_place(const RowLayout *l, Str name, Str twin) {
    FieldPlace place = {.own = NO_FIELD, .twin = NO_FIELD};
    for (uint32_t i = 0; i < l->file->n_columns; i++) {
        const FileColumn *c = &l->file->columns[i];
        if (str_eq(c->name, name)) place.own = i;
        if (twin.len && str_eq(c->name, twin)) place.twin = i;
    }
    uint32_t from = place.own != NO_FIELD ? place.own : place.twin;
    if (from != NO_FIELD) place.zone_ticks = l->file->columns[from].zone_ticks;
    return place;
}

void row_layout_file(RowLayout *l, const SourceFile *file) {
    bool was_positional = l->file && is_positional(l->file);
    l->file = file;
    if (!is_positional(file)) {
        if (was_positional) place_by_keys(l, l->columns);
        return;
    }
    for (uint32_t i = 0; i < l->n_places; i++) {
        const TableColumn *c = &l->table->ref.columns[l->columns[i]];
        l->places[i] = find_place(l, c->name, twin_of(l, c));
    }
    for (size_t i = 0; i < COUNT_OF(time_names); i++)
        l->times[i] = find_place(l, str_of(time_names[i]), STR_EMPTY);
    l->type_slot = find_place(l, STR("Type"), STR_EMPTY).own;
    if (file->n_columns <= l->n_fields) return;
    l->n_fields = file->n_columns;
    l->fields = realloc(l->fields, l->n_fields * sizeof *l->fields);
    if (!l->fields) abort();
}

bool row_text_is_null(Str raw) {
    return !raw.len || (raw.len == 4 && memcmp(raw.ptr, "null", 4) == 0);
}

Str row_value(const RowLayout *l, const FieldPlace *place) {
    bool is_cell = file_has_cells(l->file);
    Str own = place->own == NO_FIELD ? (Str){0} : l->fields[place->own];
    if (place->twin == NO_FIELD || (is_cell ? own.len > 0 : !row_text_is_null(own))) return own;
    Str twin = l->fields[place->twin];
    return twin.ptr ? twin : own;
}

/* --------------------------------------------------------------------- cells */

/* A cell in quotes: from behind the opening one. Sets *ret_at behind the cell. */
static Str quoted_cell(Str row, size_t at, char delimiter, Arena *arena, size_t *ret_at) {
    size_t first = at, n_doubled = 0;
    while (at < row.len) {
        const char *quote = memchr(row.ptr + at, '"', row.len - at);
        if (!quote) {
            at = row.len;
            break;
        }
        at = (size_t)(quote - row.ptr);
        if (at + 1 >= row.len || row.ptr[at + 1] != '"') break;
        n_doubled++;
        at += 2;
    }
    Str raw = str_sub(row, first, at - first);
    size_t behind = at < row.len ? at + 1 : at, end = behind;
    while (end < row.len && row.ptr[end] != delimiter) end++;
    *ret_at = end;
    if (!n_doubled && end == behind) return raw;
    char *out = arena_alloc_raw(arena, raw.len + (end - behind) + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        out[len++] = raw.ptr[i];
        if (raw.ptr[i] == '"') i++;
    }
    memcpy(out + len, row.ptr + behind, end - behind); /* text behind the closing quote is kept */
    return (Str){out, len + (end - behind)};
}

uint32_t split_cells(Str row, char delimiter, Str *cells, uint32_t max, Arena *arena) {
    uint32_t n = 0;
    size_t at = 0;
    for (;; at++) {
        Str cell;
        if (at < row.len && row.ptr[at] == '"') {
            cell = quoted_cell(row, at + 1, delimiter, arena, &at);
        } else {
            const char *end = at < row.len ? memchr(row.ptr + at, delimiter, row.len - at) : NULL;
            size_t len = end ? (size_t)(end - row.ptr) - at : row.len - at;
            cell = str_sub(row, at, len);
            at += len;
        }
        if (n < max) cells[n] = cell;
        n++;
        if (at >= row.len) return n;
    }
}

static RowNext read_cells(RowLayout *l, RowText *row) {
    uint32_t width = l->file->n_columns, n = 1;
    if (!utf8_is_valid(row->text)) {
        row->text = utf8_repair(row->arena, row->text);
        row->is_damaged = true;
    }
    if (l->file->shape == SHAPE_TEXT) l->fields[0] = row->text;
    else n = split_cells(row->text, l->file->delimiter, l->fields, width, row->arena);
    for (uint32_t i = n; i < width; i++) l->fields[i] = (Str){0};
    row->has_other_width = n != width && !l->file->is_ragged;
    return ROW_OK;
}

/* ---------------------------------------------------------------------- JSON */

static bool walk(RowLayout *l, KeySet *keys, Str text, Extract *x) {
    if (keys != l->outer) return extract_object(keys, text, x);
    return extract_envelope(keys, text, OUTER_PROPERTIES, l->row, l->fields, x);
}

/* Walks the text for the keys of a row, or for those of an envelope and of the row inside it; text
 * that is no UTF-8 is repaired and walked again. */
static bool read_object(RowLayout *l, KeySet *keys, Str *fields, RowText *row) {
    Extract x = {.fields = fields, .structure = row->structure};
    bool ok = walk(l, keys, row->text, &x);
    if (extract_is_broken(ok, &x, row->text)) {
        row->text = utf8_repair(row->arena, row->text);
        row->structure = x.structure = NULL;
        row->is_damaged = true;
        ok = walk(l, keys, row->text, &x);
    }
    if (ok && (x.traits & TEXT_HAS_TWICE)) row->has_twice = true;
    if (ok && (x.traits & TEXT_HAS_UNICODE) && has_lone_surrogate(row->text))
        row->is_damaged = true;
    row->stranger = ok ? x.stranger : STR_EMPTY;
    row->reason = x.reason;
    return ok;
}

Str category_table(Str raw) {
    static const char prefix[] = "\"AdvancedHunting-";
    size_t n = sizeof prefix - 1;
    if (raw.len <= n + 1 || raw.ptr[raw.len - 1] != '"') return STR_EMPTY;
    if (!str_eq_nocase(str_sub(raw, 0, n), (Str){prefix, n})) return STR_EMPTY;
    return str_sub(raw, n, raw.len - n - 1);
}

/* Whose row it is, `name` being what the record says. */
static RowNext judge(const RowLayout *l, Str name, RowText *row) {
    const SourceFile *f = l->file;
    if (f->is_bound || !name.len) return f->table == l->table ? ROW_OK : ROW_OTHER;
    if (str_eq(name, l->table->ref.name) || str_eq_nocase(name, l->table->ref.name)) return ROW_OK;
    for (uint32_t i = 0; i < f->n_tables; i++)
        if (str_eq_nocase(name, f->tables[i]->ref.name)) return ROW_OTHER;
    row->foreign = name;
    return ROW_FOREIGN;
}

/* The table that the row's own Type column names, as text. */
static Str type_name_of(const RowLayout *l, const RowText *row) {
    if (!l->file->by_type || l->type_slot == NO_FIELD) return STR_EMPTY;
    Str raw = l->fields[l->type_slot];
    if (file_has_cells(l->file)) return raw.ptr ? raw : STR_EMPTY;
    return raw.len && raw.ptr[0] == '"' ? json_string(row->arena, raw) : STR_EMPTY;
}

static RowNext read_row(RowLayout *l, RowText *row) {
    if (!read_object(l, l->row, l->fields, row)) return ROW_BAD;
    return judge(l, type_name_of(l, row), row);
}

/* A record that may be an envelope, or a list of records. */
static RowNext read_enveloped(RowLayout *l, RowText *row) {
    Str outer[OUTER_COUNT];
    if (!read_object(l, l->outer, outer, row)) return ROW_BAD;
    Str records = outer[OUTER_RECORDS], properties = outer[OUTER_PROPERTIES];
    Str name = category_table(outer[OUTER_CATEGORY]);
    if (name.len && properties.len && properties.ptr[0] == '{') {
        return judge(l, name, row);
    }
    if (l->file->member && records.len && records.ptr[0] == '[') {
        return json_enter(records, &row->list) ? ROW_LIST : ROW_BAD;
    }
    return read_row(l, row);
}

static RowNext read_positions(RowLayout *l, RowText *row) {
    Extract x = {.fields = l->fields};
    uint32_t n;
    bool ok = extract_array(row->text, l->file->n_columns, &x, &n);
    if (extract_is_broken(ok, &x, row->text)) {
        row->text = utf8_repair(row->arena, row->text);
        row->is_damaged = true;
        ok = extract_array(row->text, l->file->n_columns, &x, &n);
    }
    row->reason = x.reason;
    if (!ok) return ROW_BAD;
    if ((x.traits & TEXT_HAS_UNICODE) && has_lone_surrogate(row->text)) row->is_damaged = true;
    row->has_other_width = n != l->file->n_columns;
    return ROW_OK;
}

/* A record of a file in which no envelope was seen so far. */
static RowNext read_bare(RowLayout *l, RowText *row) {
    RowNext next = read_row(l, row);
    if (next == ROW_BAD || !category_table(l->fields[l->category_slot]).len) return next;
    Str properties = l->fields[l->properties_slot];
    return properties.len && properties.ptr[0] == '{' ? read_enveloped(l, row) : next;
}

RowNext row_read(RowLayout *l, RowText *row) {
    RowNext next = ROW_OTHER;
    switch (l->file->shape) {
    case SHAPE_LINES:
    case SHAPE_MEMBER:
    case SHAPE_ROWS: return l->file->is_wrapped ? read_enveloped(l, row) : read_bare(l, row);
    case SHAPE_TEXT:
    case SHAPE_CELLS: next = read_cells(l, row); break;
    case SHAPE_TABLES:
    case SHAPE_FRAMES: next = read_positions(l, row); break;
    case SHAPE_NONE:
    case SHAPE_PARQUET: break;
    }
    return next == ROW_OK ? judge(l, type_name_of(l, row), row) : next;
}
