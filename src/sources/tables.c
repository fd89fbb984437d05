/*
 * tables.c: see tables.h.
 *
 * Known tables have their published columns, and then what the samples of their files showed besides.
 */
#include "sources/tables.h"

#include <stdlib.h>
#include <strings.h>

#include "sources/assembly.h"
#include "sources/guess.h"
#include "sources/notes.h"
#include "sources/parquet.h"
#include "sources/sniff.h"

enum { MAX_WARNINGS = 20, MAX_GUESSES = 5 };

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
    if (declared == TYPE_ERROR) return;
    if (c->declared == TYPE_ERROR || c->declared == declared) c->declared = declared;
    else if (is_number && (declared == TYPE_INT || declared == TYPE_LONG)) c->declared = TYPE_LONG;
    else c->declared = TYPE_STRING;
}

/* One more Parquet file of a table; `part` and `lake` when it is a lake's. */
static void push_parquet(Assembly *a, Draft *draft, const char *path, ParquetNames names,
                         const LakePart *part, const Lake *lake) {
    SourceTable *t = draft->table;
    size_t n = t->n_parquet, n_parts = n, n_lakes = n, n_names = n;
    ARENA_PUSH(a->data->arena, t->parquet, n, draft->cap_parquet, path);
    ARENA_PUSH(a->data->arena, t->parts, n_parts, draft->cap_parts, part);
    ARENA_PUSH(a->data->arena, t->lakes, n_lakes, draft->cap_lakes, lake);
    ARENA_PUSH(a->data->arena, t->names, n_names, draft->cap_names, names);
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
        push_parquet(a, draft, lake_path(a->data->arena, lake, part, ".parquet").ptr,
                     (ParquetNames){0}, part, lake);
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

/* Once a table: its other files will be of the same writer. */
static void warn_cut_times(Assembly *a, Draft *draft, Str column) {
    if (!column.len || draft->told_cut_times) return;
    draft->told_cut_times = true;
    note_add(a->data, a->diags, a->file, STR_EMPTY, "QY249",
             "%.*s: times in nanoseconds with a zone, as %.*s, are read to the microsecond",
             STR_ARG(a->file->path), STR_ARG(column))
        ->hint = STR("write them without a zone, and all seven digits are read");
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
    push_parquet(a, draft, f->path.ptr, (ParquetNames){footer.columns, footer.n_columns}, NULL,
                 NULL);
    f->table = draft->table;
    a->unnamed = draft;
    warn_cut_times(a, draft, footer.cut_column);
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

static void add_seen_columns(Arena *arena, const Draft *draft, size_t *n, size_t *cap) {
    TableRef *ref = &draft->table->ref;
    uint32_t n_known = ref->n_columns;
    for (size_t i = 0; i < draft->seen.n; i++) {
        const SeenColumn *c = &draft->seen.items[i];
        if (!c->name.len || is_known_column(ref->columns, n_known, c->name)) continue;
        if (draft->drops_table_name && str_is(c->name, "TableName")) continue;
        TableColumn column = {c->name, type_of_seen(ref->name, c), c->name};
        ARENA_PUSH(arena, ref->columns, *n, *cap, column);
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

void set_columns(DataSet *d, SourceTable *t) {
    TableRef *ref = &t->ref;
    const Draft *draft = t->draft;
    ref->columns = NULL;
    ref->n_columns = 0;
    t->is_known = d->known && known_schemas_table(d->known, d->arena, ref->name, &ref->columns,
                                                  &ref->n_columns);
    size_t n = ref->n_columns, cap = n;
    add_seen_columns(d->arena, draft, &n, &cap);
    ref->n_columns = (uint32_t)n;
    ref->is_open = str_is(ref->name, "AzureDiagnostics") || (!t->is_known && !n);
    ref->presence = draft->seen.n_rows ? TABLE_PRESENT : TABLE_EMPTY;
    ref->source = t;
    note_seen(d->arena, draft);
    map_twins(draft);
}

static int by_name_in_any_case(const void *a, const void *b) {
    const TableColumn *x = *(TableColumn *const *)a, *y = *(TableColumn *const *)b;
    size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
    int order = strncasecmp(x->name.ptr, y->name.ptr, n);
    return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static bool has_case_twins(const TableRef *t) {
    const TableColumn **sorted = calloc(t->n_columns + 1, sizeof *sorted);
    bool found = false;
    if (!sorted) abort();
    for (uint32_t i = 0; i < t->n_columns; i++) sorted[i] = &t->columns[i];
    if (t->n_columns) qsort(sorted, t->n_columns, sizeof *sorted, by_name_in_any_case);
    for (uint32_t i = 1; i < t->n_columns; i++)
        found |= str_eq_nocase(sorted[i - 1]->name, sorted[i]->name);
    free(sorted);
    return found;
}

static void finish_table(Assembly *a, Draft *draft) {
    DataSet *d = a->data;
    SourceTable *t = draft->table;
    set_columns(d, t);
    if (t->n_parquet) t->has_case_twins = has_case_twins(&t->ref);
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
    Assembly a;
    assembly_open(&a, d, diags);
    Status status = tell_unread_paths(&a);
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
    assembly_close(&a);
    return status;
}
