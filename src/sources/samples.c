/*
 * samples.c: see assembly.h.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sources/assembly.h"
#include "sources/rows.h"
#include "sources/seen_rows.h"
#include "sources/sniff.h"
#include "sources/tables.h"

enum {
    SAMPLE_BYTES = 1 << 20,
    BRIEF_BYTES = 64 << 10, /* of files past the first few of a table */
    FULL_FILES = 16,
    PROBE_BYTES = 64 << 10,
    PROBES = 8,
    MAX_SAMPLE_READ = 64 << 20, /* when records do not come out of it */
    MAX_TABLES_A_FILE = 256,
    COUNT_EVERY = 256
};

/* The members that tell what a record is. */
static const char *const telling[] = {"category", "properties", "records", "Type", "TableName"};
enum { TELL_CATEGORY, TELL_PROPERTIES, TELL_RECORDS, TELL_TYPE, TELL_TABLE_NAME, TELL_COUNT };

void assembly_open(Assembly *a, DataSet *d, Diags *diags) {
    *a = (Assembly){.data = d, .diags = diags, .scratch = arena_new(), .scratch_rows = arena_new()};
    a->names = name_index_make(d->known, a->scratch);
    a->telling = seen_keys_new(telling, TELL_COUNT);
}

void assembly_close(Assembly *a) {
    seen_keys_free(a->telling);
    for (size_t i = 0; i < a->n; i++) {
        seen_keys_free(a->drafts[i]->keys);
        a->drafts[i]->keys = NULL; /* the draft stays with its table */
    }
    arena_free(a->scratch);
    arena_free(a->scratch_rows);
}

/* ---------------------------------------------------------------------- drafts */

Draft *draft_of(Assembly *a, Str name, NameBasis basis) {
    if (a->last && str_eq(a->last->table->ref.name, name)) return a->last;
    for (size_t i = 0; i < a->n; i++)
        if (str_eq(a->drafts[i]->table->ref.name, name)) return a->last = a->drafts[i];
    Draft *draft = ARENA_NEW(a->data->arena, Draft);
    draft->basis = basis;
    draft->seen.arena = a->data->arena;
    draft->table = ARENA_NEW(a->data->arena, SourceTable);
    draft->table->draft = draft;
    draft->table->ref.name = arena_str(a->data->arena, name);
    ARENA_PUSH(a->scratch, a->drafts, a->n, a->cap, draft);
    return a->last = draft;
}

static void bind_file(Assembly *a, Draft *draft) {
    SourceFile *f = a->file;
    SourceTable *t = draft->table;
    for (uint32_t i = 0; i < f->n_tables; i++)
        if (f->tables[i] == t) return;
    if (f->n_tables == MAX_TABLES_A_FILE) return;
    size_t n_tables = f->n_tables, n_files = t->n_files;
    ARENA_PUSH(a->data->arena, f->tables, n_tables, a->cap_tables, t);
    ARENA_PUSH(a->data->arena, t->files, n_files, draft->cap_files, f);
    f->n_tables = (uint32_t)n_tables;
    t->n_files = (uint32_t)n_files;
}

Draft *unnamed_draft(Assembly *a) {
    SourceFile *f = a->file;
    if (a->unnamed) return a->unnamed;
    if (f->is_bound) a->unnamed = draft_of(a, f->bound_table, NAME_CUSTOM);
    else if (a->path_name.basis == NAME_STEM && f->n_tables)
        a->unnamed = draft_of(a, f->tables[0]->ref.name, NAME_KNOWN);
    else a->unnamed = draft_of(a, a->path_name.name, a->path_name.basis);
    f->table = a->unnamed->table;
    bind_file(a, a->unnamed);
    return a->unnamed;
}

/* The draft for a table that a record names; the published spelling where there is one. */
static Draft *named_draft(Assembly *a, Str name) {
    if (a->file->is_bound) return unnamed_draft(a);
    Str known = name_index_find(a->names, name);
    Draft *draft = draft_of(a, known.len ? known : name, NAME_KNOWN);
    bind_file(a, draft);
    if (!a->file->table) a->file->table = draft->table;
    return draft;
}

bool is_table_name(const Assembly *a, Str name) {
    return name.len && (name_index_find(a->names, name).len || is_custom_name(name));
}

/* --------------------------------------------------------------------- samples */

static Str text_of(Assembly *a, Str raw) {
    return raw.len && raw.ptr[0] == '"' ? json_string(a->scratch_rows, raw) : STR_EMPTY;
}

/* A row of a draft; `keys` read it, `x` is what they found. */
static void note_members(Draft *draft, SeenKeys *keys, const Extract *x, Str object) {
    if (!draft->keys) draft->keys = seen_keys_new(telling, TELL_COUNT);
    if (keys == draft->keys) seen_keys_note(keys, &draft->seen, x, object);
    else seen_object(&draft->seen, object);
}

static void note_row(Assembly *a, Str object, SeenKeys *keys, const Extract *x) {
    SourceFile *f = a->file;
    const Str *told = x->fields;
    Str type = text_of(a, told[TELL_TYPE]);
    if (is_table_name(a, type) && !f->is_bound) {
        f->by_type = true;
        if (!f->envelope[0] || str_is(str_of(f->envelope), "event-hub"))
            f->envelope = "log-analytics";
        note_members(named_draft(a, type), keys, x, object);
        return;
    }
    Draft *draft = unnamed_draft(a);
    if (str_is(text_of(a, told[TELL_TABLE_NAME]), "PrimaryResult")) {
        f->envelope = "az-monitor";
        draft->drops_table_name = true;
    }
    note_members(draft, keys, x, object);
}

/* One object; a text that is none is passed over here and counted when it is scanned. */
static void note_record(Assembly *a, Str object, const Structure *structure, bool is_inside) {
    SourceFile *f = a->file;
    JsonCursor list;
    Str key, element;
    Extract x = {.structure = structure};
    SeenKeys *keys = a->last && a->last->keys ? a->last->keys : a->telling;
    bool ok = seen_keys_read(keys, object, &x);
    if (extract_is_broken(ok, &x, object)) {
        object = utf8_repair(a->scratch_rows, object);
        x = (Extract){0};
        ok = seen_keys_read(keys, object, &x);
    }
    if (!ok) return;
    const Str *told = x.fields;
    Str category = category_table(told[TELL_CATEGORY]), properties = told[TELL_PROPERTIES];
    if (category.len && properties.len && properties.ptr[0] == '{') {
        f->is_wrapped = true;
        f->envelope = "streaming-api";
        seen_object(&named_draft(a, category)->seen, properties);
        return;
    }
    Str records = f->member && !is_inside ? told[TELL_RECORDS] : STR_EMPTY;
    if (f->shape == SHAPE_LINES && records.len && json_enter(records, &list) && !list.is_object) {
        f->is_wrapped = true;
        while (json_next(&list, &key, &element))
            if (element.ptr[0] == '{') note_record(a, element, NULL, true);
        return;
    }
    note_row(a, object, keys, &x);
}

static void note_values(Assembly *a, Str row, bool is_cells) {
    SourceFile *f = a->file;
    Str *values = ARENA_ARRAY(a->scratch_rows, Str, f->n_columns + 1);
    uint32_t n = 0, type_at = f->n_columns;
    if (is_cells) {
        n = split_cells(row, f->delimiter, values, f->n_columns, a->scratch_rows);
    } else {
        Extract x = {.fields = values};
        if (!extract_array(row, f->n_columns, &x, &n)) return;
    }
    if (n > f->n_columns) n = f->n_columns;
    for (uint32_t i = 0; i < n; i++)
        if (str_is(f->columns[i].name, "Type")) type_at = i;
    Str type = STR_EMPTY;
    if (type_at < n)
        type = is_cells ? values[type_at] : json_string(a->scratch_rows, values[type_at]);
    bool is_named = !f->is_bound && is_table_name(a, type);
    f->by_type |= is_named;
    Draft *draft = is_named ? named_draft(a, type) : unnamed_draft(a);
    draft->seen.n_rows++;
    for (uint32_t i = 0; i < n; i++) {
        SeenColumn *c = seen_column(&draft->seen, f->columns[i].name);
        if (f->columns[i].declared != TYPE_ERROR) c->declared = f->columns[i].declared;
        is_cells ? seen_cell(c, values[i]) : seen_json(c, values[i]);
    }
}

/* Columns that the document declares; a document may declare them behind its rows. */
static void take_columns(Assembly *a, RecordReader *r) {
    SourceFile *f = a->file;
    if (f->n_columns || f->shape == SHAPE_CELLS) return;
    if (!records_columns(r).len && (f->shape == SHAPE_TABLES || f->shape == SHAPE_FRAMES)) {
        RecordReader *again;
        int code;
        if (records_open(f, 0, -1, NULL, &again, &code) != OK) return;
        records_skip_rows(again);
        read_declared_columns(a->data->arena, records_columns(again), &f->columns, &f->n_columns);
        records_close(again);
        return;
    }
    read_declared_columns(a->data->arena, records_columns(r), &f->columns, &f->n_columns);
}

static void note_text(Assembly *a, const Record *record) {
    SourceFile *f = a->file;
    a->n_bytes += (int64_t)record->text.len;
    if (f->shape == SHAPE_CELLS) {
        note_values(a, record->text, true);
    } else if (f->shape == SHAPE_TABLES || f->shape == SHAPE_FRAMES) {
        note_values(a, record->text, false);
    } else {
        Str text = record->text;
        const Structure *structure = record->structure;
        if (text.len && text.ptr[0] != '{') {
            text = str_trim(text);
            structure = NULL;
        }
        if (text.len && text.ptr[0] == '{') note_record(a, text, structure, false);
    }
}

/* What was read since the last time counts. False when it was cancelled. */
static bool count_progress(Assembly *a, RecordReader *r) {
    const DataOptions *o = &a->data->options;
    int64_t n = records_take_bytes(r);
    a->n_counted += n;
    if (a->counted) a->counted->bytes_read += n;
    if (a->tells && o->progress) o->progress(o->progress_ctx, -1);
    return !(o->cancel && *o->cancel);
}

/* Reads records, from the stored byte `from` on, until `limit` bytes of them are seen; negative: all. */
static void sample_reader(Assembly *a, RecordReader *r, int64_t from, int64_t limit) {
    Record record;
    a->n_bytes = 0;
    a->reached_end = false;
    bool is_header = a->file->shape == SHAPE_CELLS && from == 0;
    for (unsigned i = 1; limit < 0 || a->n_bytes < limit; i++) {
        if (i % COUNT_EVERY == 0 && !count_progress(a, r)) break;
        RecordNext next = records_next(r, &record);
        a->reached_end = next == RECORD_END;
        if (a->reached_end) break;
        if (next == RECORD_BAD && limit >= 0 && records_position(r) - from > MAX_SAMPLE_READ) break;
        if (next == RECORD_BAD) continue;
        if (is_header && !a->file->n_columns) read_header(a->data, a->file, record.text, a->diags);
        if (is_header) {
            is_header = false;
            if (a->file->has_header) continue;
        }
        take_columns(a, r);
        note_text(a, &record);
        if (a->unnamed && a->unnamed->table->n_files > FULL_FILES && limit > BRIEF_BYTES)
            limit = BRIEF_BYTES;
        arena_reset(a->scratch_rows);
    }
    (void)count_progress(a, r);
    take_columns(a, r);
}

/* Reads records of [from, stop). */
static void sample(Assembly *a, int64_t from, int64_t stop, int64_t limit) {
    RecordReader *r;
    int code;
    if (records_open(a->file, from, stop, NULL, &r, &code) != OK) return;
    sample_reader(a, r, from, limit);
    records_close(r);
}

/* Declared types hold for the whole table, when nothing published says otherwise. */
static void note_declared(Assembly *a) {
    SourceFile *f = a->file;
    if (f->shape != SHAPE_MEMBER) return;
    for (uint32_t i = 0; i < f->n_columns; i++) {
        SeenColumn *c = seen_column(&unnamed_draft(a)->seen, f->columns[i].name);
        if (f->columns[i].declared != TYPE_ERROR) c->declared = f->columns[i].declared;
    }
}

void sample_file(Assembly *a) {
    SourceFile *f = a->file;
    sample(a, 0, -1, SAMPLE_BYTES);
    bool is_read = a->reached_end;
    if (!is_read && file_is_divisible(f) && f->size > 4 * SAMPLE_BYTES) {
        for (int64_t i = 1; i <= PROBES; i++) {
            int64_t at = i < PROBES ? f->size / PROBES * i : f->size - PROBE_BYTES;
            sample(a, at, at + PROBE_BYTES, PROBE_BYTES);
        }
    }
    if (!is_read && (f->n_tables > 1 || (f->is_wrapped && f->member))) {
        sample(a, 0, -1, -1);
        is_read = true;
    }
    bool is_whole = is_read || f->n_columns > 0; /* declared, or a header */
    if (!f->n_tables) (void)unnamed_draft(a);
    note_declared(a);
    for (uint32_t i = 0; i < f->n_tables; i++) {
        f->tables[i]->is_in_part |= !is_whole;
        f->tables[i]->is_sampled |= !is_read;
    }
    if (f->is_wrapped || !f->member || f->shape != SHAPE_LINES) return;
    f->member = NULL;
}

void sample_records(Assembly *a, RecordReader *r, int64_t from) { sample_reader(a, r, from, -1); }
