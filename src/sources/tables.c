/*
 * tables.c: see tables.h.
 *
 * Each file is sampled: its first records, and of a large plain file some from all over it.
 * A record says its table itself (category, Type), else the path does. A file whose sample shows
 * several tables is read through once, so that none is missed. Known tables have their published
 * columns, and then what the sample showed besides.
 */
#include "sources/tables.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sources/extract.h"
#include "sources/guess.h"
#include "sources/infer.h"
#include "sources/naming.h"
#include "sources/notes.h"
#include "sources/parquet.h"
#include "sources/rows.h"
#include "sources/sniff.h"

enum {
    SAMPLE_BYTES = 1 << 20,
    BRIEF_BYTES = 64 << 10, /* of files past the first few of a table */
    FULL_FILES = 16,
    PROBE_BYTES = 64 << 10,
    PROBES = 8,
    MAX_SAMPLE_READ = 64 << 20, /* when records do not come out of it */
    MAX_TABLES_A_FILE = 256,
    MAX_WARNINGS = 20,
    MAX_GUESSES = 5
};

typedef struct Draft {
    SourceTable *table;
    SeenColumns seen;
    size_t cap_files, cap_parquet, cap_parts, cap_lakes;
    NameBasis basis;
    bool drops_table_name; /* az writes "TableName":"PrimaryResult" into each row */
} Draft;

/* The members that tell what a record is. */
static const char *const telling[] = {"category", "properties", "records", "Type", "TableName"};
enum { TELL_CATEGORY, TELL_PROPERTIES, TELL_RECORDS, TELL_TYPE, TELL_TABLE_NAME, TELL_COUNT };

typedef struct Assembly {
    DataSet *data;
    Diags *diags;
    Arena *scratch;
    Arena *scratch_rows; /* of one record */
    KeySet *telling;
    NameIndex *names;
    Draft **drafts;
    size_t n, cap;
    Draft *last;
    unsigned n_warnings, n_guesses, n_unread_told;
    /* the file in hand */
    SourceFile *file;
    PathName path_name;
    size_t cap_tables;
    int64_t n_bytes;
    Draft *unnamed;
    bool reached_end; /* the last sample went on to the file's end */
} Assembly;

/* ---------------------------------------------------------------------- drafts */

static Draft *draft_of(Assembly *a, Str name, NameBasis basis) {
    if (a->last && str_eq(a->last->table->ref.name, name)) return a->last;
    for (size_t i = 0; i < a->n; i++)
        if (str_eq(a->drafts[i]->table->ref.name, name)) return a->last = a->drafts[i];
    Draft *draft = ARENA_NEW(a->scratch, Draft);
    draft->basis = basis;
    draft->seen.arena = a->data->arena;
    draft->table = ARENA_NEW(a->data->arena, SourceTable);
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

/* The draft for rows that name no table themselves. */
static Draft *unnamed_draft(Assembly *a) {
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

/* Whether a Type column's value is a table's name, and not some other type of something. */
static bool is_table_name(const Assembly *a, Str name) {
    return name.len && (name_index_find(a->names, name).len || is_custom_name(name));
}

/* --------------------------------------------------------------------- samples */

static Str text_of(Assembly *a, Str raw) {
    return raw.len && raw.ptr[0] == '"' ? json_string(a->scratch_rows, raw) : STR_EMPTY;
}

static void note_row(Assembly *a, Str object, const Str *told) {
    SourceFile *f = a->file;
    Str type = text_of(a, told[TELL_TYPE]);
    if (is_table_name(a, type) && !f->is_bound) {
        f->by_type = true;
        if (!f->envelope[0] || str_is(str_of(f->envelope), "event-hub"))
            f->envelope = "log-analytics";
        seen_object(&named_draft(a, type)->seen, object);
        return;
    }
    Draft *draft = unnamed_draft(a);
    if (str_is(text_of(a, told[TELL_TABLE_NAME]), "PrimaryResult")) {
        f->envelope = "az-monitor";
        draft->drops_table_name = true;
    }
    seen_object(&draft->seen, object);
}

/* One object; a text that is none is passed over here and counted when it is scanned. */
static void note_record(Assembly *a, Str object, bool is_inside) {
    SourceFile *f = a->file;
    JsonCursor list;
    Str key, element, told[TELL_COUNT];
    Extract x = {.fields = told};
    if (!extract_object(a->telling, object, &x)) return;
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
            if (element.ptr[0] == '{') note_record(a, element, true);
        return;
    }
    note_row(a, object, told);
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
        if (records_open(f, 0, -1, &again, &code) != OK) return;
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
        Str text = str_trim(utf8_repair(a->scratch_rows, record->text));
        if (text.len && text.ptr[0] == '{') note_record(a, text, false);
    }
}

/* Reads records from `from` on until `limit` bytes of them are seen; negative: all. */
static void sample(Assembly *a, int64_t from, int64_t limit) {
    RecordReader *r;
    Record record;
    int code;
    int64_t stop = from > 0 ? from + limit : -1;
    if (records_open(a->file, from, stop, &r, &code) != OK) return;
    a->n_bytes = 0;
    a->reached_end = false;
    bool is_header = a->file->shape == SHAPE_CELLS && from == 0;
    while (limit < 0 || a->n_bytes < limit) {
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
    take_columns(a, r);
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

static void sample_file(Assembly *a) {
    SourceFile *f = a->file;
    sample(a, 0, SAMPLE_BYTES);
    bool is_read = a->reached_end;
    if (!is_read && file_is_divisible(f) && f->size > 4 * SAMPLE_BYTES) {
        for (int64_t i = 1; i < PROBES; i++) sample(a, f->size / PROBES * i, PROBE_BYTES);
        sample(a, f->size - PROBE_BYTES, PROBE_BYTES);
    }
    if (!is_read && (f->n_tables > 1 || (f->is_wrapped && f->member))) {
        sample(a, 0, -1);
        is_read = true;
    }
    bool is_whole = is_read || f->n_columns > 0; /* declared, or a header */
    if (!f->n_tables) (void)unnamed_draft(a);
    note_declared(a);
    for (uint32_t i = 0; i < f->n_tables && !is_whole; i++) f->tables[i]->is_in_part = true;
    if (f->is_wrapped || !f->member || f->shape != SHAPE_LINES) return;
    f->member = NULL;
}

/* ------------------------------------------------------------------------ files */

/* Nothing of the path can be read. One that names a table would be missed in silence by whoever
 * asks that table: it is an error, and the rest of the data is read. */
static Status tell_unread(Assembly *a, UnreadPath *u, PathName name, const char *code) {
    bool is_missed = name.basis != NAME_STEM;
    if (is_missed) u->table = name.name;
    if (++a->n_unread_told <= MAX_WARNINGS || (is_missed && a->data->options.is_strict))
        diag_add(a->diags, is_missed ? SEVERITY_ERROR : SEVERITY_WARNING, PHASE_RUN, (Span){0, 0},
                 code, "%.*s: %.*s", STR_ARG(u->path), STR_ARG(u->why));
    return is_missed && a->data->options.is_strict ? DATA : OK;
}

/* What discovery found and could not read. */
static Status tell_unread_paths(Assembly *a) {
    for (size_t i = 0; i < a->data->n_unread; i++) {
        UnreadPath *u = &a->data->unread[i];
        PathName name = path_table_name(a->names, a->data->arena, u->path);
        TRY(tell_unread(a, u, name, "QY201"));
    }
    return OK;
}

/* A file that was named is refused; one that was found is left out, and told. */
static Status refuse_kind(Assembly *a, const char *why) {
    SourceFile *f = a->file;
    bool is_empty = strcmp(why, "empty") == 0;
    if (is_empty) {
        bool is_named = a->path_name.basis != NAME_STEM;
        Str table = f->is_bound ? f->bound_table : is_named ? a->path_name.name : STR_EMPTY;
        if (++a->n_warnings <= MAX_WARNINGS)
            note_add(a->data, a->diags, NULL, table, "QY202", "%.*s: %s", STR_ARG(f->path), why);
        return OK;
    }
    if (f->is_listed) {
        DataSet *d = a->data;
        UnreadPath u = {
            .path = f->path, .why = arena_str(d->arena, str_of(why)), .table = STR_EMPTY};
        ARENA_PUSH(d->arena, d->unread, d->n_unread, d->cap_unread, u);
        return tell_unread(a, &d->unread[d->n_unread - 1], a->path_name, "QY202");
    }
    diag_add(a->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY202", "%.*s: %s",
             STR_ARG(f->path), why);
    return INVALID;
}

/* What to say to --table; of tables that no path or record names, the columns may tell. */
static Str binding_hint(Assembly *a) {
    Str names[MAX_GUESSED], path = a->file->path;
    uint32_t n = 0;
    if (a->n_guesses++ < MAX_GUESSES)
        n = guess_tables(a->data->known, a->data->arena, &a->unnamed->seen, names);
    if (!n) return STR("bind it with --table NAME=PATH");
    Arena *arena = a->diags->arena;
    if (n == 1)
        return arena_printf(arena, "its columns fit %.*s: --table %.*s=%.*s", STR_ARG(names[0]),
                            STR_ARG(names[0]), STR_ARG(path));
    Str list = names[0];
    for (uint32_t i = 1; i < n; i++)
        list = arena_printf(arena, "%.*s%s%.*s", STR_ARG(list), i + 1 < n ? ", " : " and ",
                            STR_ARG(names[i]));
    return arena_printf(arena, "its columns fit %.*s: bind it with --table NAME=%.*s",
                        STR_ARG(list), STR_ARG(path));
}

static void warn_stem(Assembly *a) {
    const SourceFile *f = a->file;
    if (f->is_bound || !a->unnamed || a->unnamed->basis != NAME_STEM) return;
    if (++a->n_warnings > MAX_WARNINGS) return;
    note_add(a->data, a->diags, NULL, STR_EMPTY, "QY203",
             "%.*s: neither its records nor its path name a known table; it is read as %.*s",
             STR_ARG(f->path), STR_ARG(a->unnamed->table->ref.name))
        ->hint = binding_hint(a);
}

/* Two files may say different types of a column: then it is a string, which holds both. */
static void note_parquet_column(SeenColumn *c, Type declared) {
    bool is_number = c->declared == TYPE_INT || c->declared == TYPE_LONG;
    if (c->declared == TYPE_ERROR || c->declared == declared) c->declared = declared;
    else if (is_number && (declared == TYPE_INT || declared == TYPE_LONG)) c->declared = TYPE_LONG;
    else c->declared = TYPE_STRING;
}

/* One more Parquet file of a table; `part` and `lake` when it is a lake's. */
static void push_parquet(Assembly *a, Draft *draft, const char *path, const LakePart *part,
                         const Lake *lake) {
    SourceTable *t = draft->table;
    size_t n = t->n_parquet, n_parts = n, n_lakes = n;
    ARENA_PUSH(a->data->arena, t->parquet, n, draft->cap_parquet, path);
    ARENA_PUSH(a->data->arena, t->parts, n_parts, draft->cap_parts, part);
    ARENA_PUSH(a->data->arena, t->lakes, n_lakes, draft->cap_lakes, lake);
    t->n_parquet = (uint32_t)n;
}

/* What a value of the type is seen as; 0: its kind says less than its type. */
static unsigned kind_of_type(Type t) {
    switch (t) {
    case TYPE_BOOL: return SEEN_BOOL;
    case TYPE_LONG: return SEEN_LONG;
    case TYPE_REAL: return SEEN_REAL;
    case TYPE_DATETIME: return SEEN_TIME;
    case TYPE_STRING: return SEEN_TEXT;
    case TYPE_DYNAMIC: return SEEN_NESTED;
    case TYPE_INT:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
    case TYPE_DECIMAL:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}

/* A lake's parts say together what the exports say that they came of: the same types follow. */
static void note_lake_column(SeenColumn *c, Type type) {
    unsigned kind = kind_of_type(type);
    if (kind && c->declared == TYPE_ERROR) c->kinds |= kind;
    else if (!kind && c->kinds) c->kinds |= type == TYPE_INT ? SEEN_LONG : SEEN_TEXT;
    else note_parquet_column(c, type);
}

static void add_lake_table(Assembly *a, const Lake *lake, const LakeTable *t) {
    Draft *draft = draft_of(a, t->name, NAME_KNOWN);
    for (size_t i = 0; i < t->n; i++) {
        const LakePart *part = &t->parts[i];
        const LakeSchema *schema = &lake->schemas[part->schema];
        push_parquet(a, draft, lake_path(a->data->arena, lake, part, ".parquet").ptr, part, lake);
        draft->seen.n_rows += part->rows;
        bool is_same = i && t->parts[i - 1].schema == part->schema;
        for (uint32_t c = 0; c < schema->n && !is_same; c++)
            note_lake_column(seen_column(&draft->seen, schema->columns[c].name),
                             schema->columns[c].type);
    }
}

static void add_lake(Assembly *a, const Lake *lake) {
    for (size_t i = 0; i < lake->n_tables; i++) add_lake_table(a, lake, &lake->tables[i]);
}

static Status load_lake(Assembly *a, const char *dir) {
    DataSet *d = a->data;
    Lake *lake = ARENA_NEW(d->arena, Lake);
    int held = lake_hold(dir);
    if (held >= 0) ARENA_PUSH(d->arena, d->held, d->n_held, d->cap_held, held);
    TRY(lake_load(a->data->arena, dir, a->diags, lake));
    add_lake(a, lake);
    return OK;
}

static Status add_parquet(Assembly *a) {
    SourceFile *f = a->file;
    ParquetFooter footer;
    const char *why;
    if (f->fd >= 0) return refuse_kind(a, "Parquet is read from files alone, not from a pipe");
    if (!parquet_read_footer(a->data->arena, f->path.ptr, &footer, &why))
        return refuse_kind(a, why);
    Draft *draft;
    if (f->is_bound) draft = draft_of(a, f->bound_table, NAME_CUSTOM);
    else if (is_table_name(a, footer.type_value))
        draft = draft_of(a, footer.type_value, NAME_KNOWN);
    else draft = draft_of(a, a->path_name.name, a->path_name.basis);
    push_parquet(a, draft, f->path.ptr, NULL, NULL);
    f->table = draft->table;
    a->unnamed = draft;
    draft->seen.n_rows += footer.n_rows;
    for (uint32_t i = 0; i < footer.n_columns; i++)
        note_parquet_column(seen_column(&draft->seen, footer.columns[i].name),
                            footer.columns[i].declared);
    warn_stem(a);
    return OK;
}

static Status add_file(Assembly *a, SourceFile *f) {
    const char *why;
    a->file = f;
    a->cap_tables = 0;
    a->unnamed = NULL;
    a->path_name = path_table_name(a->names, a->data->arena, f->path);
    if (str_is(f->path, "-")) a->path_name.name = STR("stdin");
    sniff_file(f, &why);
    if (why) {
        TRY(refuse_kind(a, why));
        bool is_empty = strcmp(why, "empty") == 0;
        if (is_empty && (f->is_bound || a->path_name.basis != NAME_STEM)) (void)unnamed_draft(a);
        return OK;
    }
    if (f->shape == SHAPE_PARQUET) return add_parquet(a);
    sample_file(a);
    warn_stem(a);
    return OK;
}

/* ---------------------------------------------------------------------- columns */

static bool is_known_column(const TableColumn *columns, uint32_t n, Str name) {
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(columns[i].name, name)) return true;
    return false;
}

static Type type_of_seen(Str table, const SeenColumn *c) {
    bool has_suffixes = is_custom_name(table) || str_is(table, "AzureDiagnostics");
    Type by_suffix = has_suffixes && c->declared == TYPE_ERROR ? suffix_type(c->name) : TYPE_ERROR;
    if (by_suffix != TYPE_ERROR && !(c->kinds & SEEN_NESTED)) return by_suffix;
    return seen_type(c);
}

static void add_seen_columns(Assembly *a, const Draft *draft, size_t *n, size_t *cap) {
    TableRef *ref = &draft->table->ref;
    uint32_t n_known = ref->n_columns;
    for (size_t i = 0; i < draft->seen.n; i++) {
        const SeenColumn *c = &draft->seen.items[i];
        if (!c->name.len || is_known_column(ref->columns, n_known, c->name)) continue;
        if (draft->drops_table_name && str_is(c->name, "TableName")) continue;
        TableColumn column = {c->name, type_of_seen(ref->name, c), c->name};
        ARENA_PUSH(a->data->arena, ref->columns, *n, *cap, column);
    }
}

static void note_seen(Arena *arena, const Draft *draft) {
    SourceTable *t = draft->table;
    t->saw_all = !t->is_in_part && !draft->seen.is_full;
    t->is_seen = ARENA_ARRAY(arena, bool, t->ref.n_columns + 1);
    for (uint32_t i = 0; i < t->ref.n_columns; i++)
        t->is_seen[i] = seen_find(&draft->seen, t->ref.columns[i].name) != NULL;
}

/* A column that the data lacks takes the values of its twin, when the data holds that. That the
 * data lacks it is only sure when all of it was looked at. */
static void map_twins(const Draft *draft) {
    TableRef *ref = &draft->table->ref;
    bool is_sure = draft->table->saw_all;
    for (uint32_t i = 0; i < ref->n_columns; i++) {
        TableColumn *c = &ref->columns[i];
        if (seen_find(&draft->seen, c->name)) continue;
        Str twin = known_schemas_twin(ref->name, c->name);
        if (twin.len && seen_find(&draft->seen, twin)) c->source_name = twin;
        else if (is_sure && !str_is(c->name, "Type")) c->source_name = STR_EMPTY;
    }
}

/* Some records hold one of two twins and some the other: each answers for both, and that is said.
 */
static void warn_mixed_twins(Assembly *a, const Draft *draft) {
    const SeenColumns *seen = &draft->seen;
    Str table = draft->table->ref.name;
    for (size_t i = 0; i < seen->n; i++) {
        const SeenColumn *c = &seen->items[i];
        Str name = known_schemas_twin(table, c->name);
        if (!name.len || str_compare(c->name, name) > 0) continue;
        const SeenColumn *twin = seen_find(seen, name);
        bool is_mixed = twin && c->n && twin->n && c->n < seen->n_rows && twin->n < seen->n_rows;
        if (!is_mixed || draft->table->n_parquet) continue;
        note_add(a->data, a->diags, NULL, table, "QY208",
                 "%.*s: some records hold %.*s and some %.*s; each is read in place of the other",
                 STR_ARG(table), STR_ARG(c->name), STR_ARG(name));
    }
}

static void finish_table(Assembly *a, Draft *draft) {
    DataSet *d = a->data;
    SourceTable *t = draft->table;
    TableRef *ref = &t->ref;
    size_t n, cap;
    t->is_known = d->known && known_schemas_table(d->known, d->arena, ref->name, &ref->columns,
                                                  &ref->n_columns);
    n = cap = ref->n_columns;
    add_seen_columns(a, draft, &n, &cap);
    ref->n_columns = (uint32_t)n;
    ref->is_open = str_is(ref->name, "AzureDiagnostics") || (!t->is_known && !n);
    ref->presence = draft->seen.n_rows ? TABLE_PRESENT : TABLE_EMPTY;
    ref->source = t;
    note_seen(d->arena, draft);
    map_twins(draft);
    warn_mixed_twins(a, draft);
    size_t n_parquet = t->n_parquet;
    ARENA_PUSH(d->arena, t->parquet, n_parquet, draft->cap_parquet, NULL);
    ARENA_PUSH(d->arena, d->tables, d->n_tables, d->cap_tables, t);
}

static int by_table_name(const void *a, const void *b) {
    const SourceTable *x = *(SourceTable *const *)a, *y = *(SourceTable *const *)b;
    return str_compare(x->ref.name, y->ref.name);
}

Status make_tables(DataSet *d, Diags *diags) {
    Assembly a = {.data = d, .diags = diags, .scratch = arena_new(), .scratch_rows = arena_new()};
    Status status = OK;
    a.names = name_index_make(d->known, a.scratch);
    a.telling = key_set_new();
    for (size_t i = 0; i < COUNT_OF(telling); i++) (void)key_set_add(a.telling, str_of(telling[i]));
    status = tell_unread_paths(&a);
    for (size_t i = 0; status == OK && i < d->n_files; i++) status = add_file(&a, d->files[i]);
    for (uint32_t i = 0; status == OK && i < d->options.n_lakes; i++)
        status = load_lake(&a, d->options.lakes[i]);
    if (status == OK && d->options.lake_list) add_lake(&a, d->options.lake_list);
    for (size_t i = 0; i < a.n; i++) finish_table(&a, a.drafts[i]);
    if (d->n_tables) qsort(d->tables, d->n_tables, sizeof *d->tables, by_table_name);
    if (a.n_warnings > MAX_WARNINGS)
        note_add(d, diags, NULL, STR_EMPTY, "QY204", "%u more warnings about files",
                 a.n_warnings - MAX_WARNINGS);
    if (a.n_unread_told > MAX_WARNINGS)
        diag_add(diags, dataset_lacks_files(d) ? SEVERITY_ERROR : SEVERITY_WARNING, PHASE_RUN,
                 (Span){0, 0}, "QY204", "%u more files cannot be read",
                 a.n_unread_told - MAX_WARNINGS);
    key_set_free(a.telling);
    arena_free(a.scratch);
    arena_free(a.scratch_rows);
    return status;
}
