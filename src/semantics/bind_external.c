/*
 * bind_external.c: externaldata and inline_external_table.
 *
 * Source: "externaldata operator", "inline_external_table operator", "Data mappings". Without a
 * mapping, columns are taken by position from cells and by name from JSON. A mapping for cells
 * gives positions (Ordinal), one for JSON gives paths ($.a.b): then the first member is read as
 * dynamic and the rest of the path taken from it.
 */
#include "base/json.h"
#include "kernels/convert.h"
#include "semantics/bind_scope.h"

/* Where the mapping finds a column; all empty without one. */
typedef struct Mapped {
    Str path;        /* "$.a.b", or empty */
    int64_t ordinal; /* -1: not said */
} Mapped;

typedef struct Reading {
    ExternalSpec spec;
    TableColumn *columns; /* of the file */
    size_t n, cap;
} Reading;

static uint32_t file_column(Binder *b, Reading *r, Str name, Type type) {
    for (uint32_t i = 0; i < r->n; i++)
        if (str_eq(r->columns[i].name, name)) return i;
    TableColumn c = {.name = name, .type = type, .source_name = name};
    ARENA_PUSH(b->arena, r->columns, r->n, r->cap, c);
    return (uint32_t)r->n - 1;
}

/* ------------------------------------------------------------------- mapping */

static Str member_text(Binder *b, Str object, const char *key) {
    Str raw = json_get(object, str_of(key));
    return raw.len && raw.ptr[0] == '"' ? json_string(b->arena, raw) : raw;
}

/* The mapping of one column: [{"Column":"x","Properties":{"Path":"$.x"}}], or with the keys in
 * lower case and without Properties, as older mappings are written. */
static bool find_mapping(Binder *b, Str mapping, Str name, Mapped *ret) {
    JsonCursor c;
    Str key, element;
    *ret = (Mapped){.ordinal = -1};
    if (!json_enter(mapping, &c) || c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        Str column = member_text(b, element, "Column");
        if (!column.len) column = member_text(b, element, "column");
        if (!str_eq(column, name)) continue;
        Str at = json_get(element, STR("Properties"));
        if (!at.len) at = element;
        ret->path = member_text(b, at, "Path");
        if (!ret->path.len) ret->path = member_text(b, at, "path");
        Str ordinal = member_text(b, at, "Ordinal");
        if (!text_to_long(ordinal, &ret->ordinal)) ret->ordinal = -1;
        return true;
    }
    return false;
}

/* "$.a.b" and "$['a'].b" to members, at most `max`; 0 when it is no such path. */
static uint32_t split_path(Binder *b, Str path, Str *members, uint32_t max) {
    uint32_t n = 0;
    size_t at = 1;
    if (!path.len || path.ptr[0] != '$') return 0;
    while (at < path.len && n < max) {
        bool is_quoted = at + 3 < path.len && path.ptr[at] == '[' &&
                         (path.ptr[at + 1] == '\'' || path.ptr[at + 1] == '"');
        if (!is_quoted && path.ptr[at] != '.') return 0;
        size_t start = at + (is_quoted ? 2 : 1), end = start;
        while (end < path.len && (is_quoted ? path.ptr[end] != path.ptr[at + 1]
                                            : path.ptr[end] != '.' && path.ptr[end] != '['))
            end++;
        members[n++] = arena_str(b->arena, str_sub(path, start, end - start));
        at = is_quoted ? end + 2 : end;
    }
    return n;
}

/* ------------------------------------------------------------------- options */

static bool text_option(Binder *b, const Node *n, const char *name, Str *ret) {
    const Node *value = node_param(n, name);
    *ret = STR_EMPTY;
    if (!value) return true;
    if (value->kind == NODE_NAME) {
        *ret = value->text;
        return true;
    }
    return bind_constant_string(b, value, ret);
}

static bool read_uris(Binder *b, const Node *list, ExternalSpec *spec) {
    spec->uris = ARENA_ARRAY(b->arena, Str, list->n);
    for (uint32_t i = 0; i < list->n; i++)
        if (!bind_constant_string(b, list->kids[i], &spec->uris[spec->n_uris++])) return false;
    if (spec->n_uris) return true;
    bind_error(b, list, "KS111", "externaldata needs at least one name to read from.");
    return false;
}

static const TableRef *open_table(Binder *b, const Node *n, Reading *r) {
    const SchemaProvider *s = b->options->schemas;
    Str error = arena_printf(b->arena, "'%.*s' is mapped to no file", STR_ARG(r->spec.uris[0]));
    r->spec.columns = r->columns;
    r->spec.n_columns = (uint32_t)r->n;
    const TableRef *t = s->external ? s->external(s->self, &r->spec, b->arena, &error) : NULL;
    if (t) return t;
    Diag *d = bind_error(b, n->n > 1 ? n->kids[1] : n, "QY320", "%.*s.", STR_ARG(error));
    if (str_ends_with(error, STR("no file")))
        d->hint = STR("externaldata reads local files alone: say which with --external URL=PATH");
    return NULL;
}

/* ----------------------------------------------------------------- the table */

/* The scan's column i as a column of the result. */
static Expr *mapped_value(Binder *b, const Plan *scan, uint32_t at, const Str *members,
                          uint32_t n_members, Type type, Span span) {
    Expr *e = expr_column(b, &scan->schema.items[at], span);
    for (uint32_t i = 1; i < n_members; i++) {
        Expr *args[2] = {e, expr_of_value(b, value_text(TYPE_STRING, members[i]), span)};
        e = expr_call_typed(b, catalog_operator(STR("[]")), args, 2, TYPE_DYNAMIC, span);
    }
    return expr_convert(b, e, type);
}

enum { MAX_PATH_MEMBERS = 32, MAX_ORDINAL = 4095 };

typedef struct MappedColumn {
    uint32_t at; /* of the file's columns */
    Str members[MAX_PATH_MEMBERS];
    uint32_t n_members;
} MappedColumn;

static bool map_column(Binder *b, const Node *n, Str mapping, const Column *c, Reading *r,
                       MappedColumn *ret) {
    Mapped m;
    if (!find_mapping(b, mapping, c->name, &m) || (!m.path.len && m.ordinal < 0)) {
        bind_error(b, n, "QY321", "The mapping of externaldata says nothing of the column '%.*s'.",
                   STR_ARG(c->name));
        return false;
    }
    if (m.path.len) {
        ret->n_members = split_path(b, m.path, ret->members, MAX_PATH_MEMBERS);
        bool is_deep = ret->n_members > 1;
        if (ret->n_members) {
            ret->at = file_column(b, r, ret->members[0], is_deep ? TYPE_DYNAMIC : c->type);
            return true;
        }
        (void)bind_unsupported(
            b, n, "The path '%.*s' of a mapping\na path is $.name, $.name.inner or $['name']",
            STR_ARG(m.path));
        return false;
    }
    if (m.ordinal > MAX_ORDINAL) {
        bind_error(b, n, "QY321", "A mapping counts at most %d columns.", MAX_ORDINAL + 1);
        return false;
    }
    /* cells before it that the query does not want have to be there to be counted */
    for (int64_t i = (int64_t)r->n; i < m.ordinal; i++)
        (void)file_column(b, r, arena_printf(b->arena, "$%lld", (long long)i), TYPE_STRING);
    ret->at = (uint32_t)m.ordinal;
    if (m.ordinal == (int64_t)r->n) (void)file_column(b, r, c->name, c->type);
    else r->columns[ret->at].type = c->type;
    return true;
}

static Plan *bind_mapped(Binder *b, const Node *n, Reading *r, const Schema *schema, Str mapping) {
    MappedColumn *columns = ARENA_ARRAY(b->arena, MappedColumn, schema->n);
    for (uint32_t i = 0; i < schema->n; i++)
        if (!map_column(b, n, mapping, &schema->items[i], r, &columns[i])) return NULL;
    if (b->options->binds_only) return plan_empty(b, *schema, n->span);
    const TableRef *table = open_table(b, n, r);
    if (!table) return NULL;
    Plan *scan = bind_scan(b, table, n->span);
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < schema->n; i++)
        projection_add(&p, schema->items[i].name,
                       mapped_value(b, scan, columns[i].at, columns[i].members,
                                    columns[i].n_members, schema->items[i].type, n->span));
    return projection_finish(&p, scan, false, n->span);
}

static bool is_disabled(Binder *b, const Node *n) {
    if (b->settings.has_no_external)
        bind_error(b, n, "QY226",
                   "External data is disabled by set request_external_data_disabled.");
    return b->settings.has_no_external;
}

static Plan *read_plainly(Binder *b, const Node *n, Reading *r, const Schema *schema) {
    if (b->options->binds_only) return plan_empty(b, *schema, n->span);
    for (uint32_t i = 0; i < schema->n; i++)
        (void)file_column(b, r, schema->items[i].name, schema->items[i].type);
    const TableRef *table = open_table(b, n, r);
    return table ? bind_scan(b, table, n->span) : NULL;
}

Plan *bind_externaldata(Binder *b, const Node *n) {
    if (is_disabled(b, n)) return NULL;
    Schema schema;
    Str mapping, skips;
    Reading r = {0};
    if (!bind_schema(b, n->kids[0], &schema) || !read_uris(b, n->kids[1], &r.spec)) return NULL;
    if (!text_option(b, n, "format", &r.spec.format)) return NULL;
    if (!text_option(b, n, "ingestionMapping", &mapping)) return NULL;
    const Node *first = node_param(n, "ignoreFirstRecord");
    if (!first) first = node_param(n, "ignorefirstrecord");
    skips = first && first->kind == NODE_LITERAL ? first->text : STR_EMPTY;
    r.spec.skips_first = str_eq_nocase(skips, STR("true")) ||
                         (first && first->value.type == TYPE_BOOL && first->value.u.b);
    if (mapping.len) return bind_mapped(b, n, &r, &schema, mapping);
    return read_plainly(b, n, &r, &schema);
}

/* ---------------------------------------------------------- inline_external_table */

/* Names that namePrefix and fileExtension leave out are not read. */
static bool pick_names(Binder *b, const Node *n, ExternalSpec *spec) {
    Str prefix, ending;
    uint32_t kept = 0;
    if (!text_option(b, n, "namePrefix", &prefix) || !text_option(b, n, "fileExtension", &ending))
        return false;
    for (uint32_t i = 0; i < spec->n_uris; i++) {
        Str uri = spec->uris[i];
        size_t end = 0, start = 0;
        while (end < uri.len && uri.ptr[end] != '?' && uri.ptr[end] != ';') end++;
        for (size_t k = 0; k < end; k++)
            if (uri.ptr[k] == '/') start = k + 1;
        Str name = str_sub(uri, start, end - start);
        if (str_starts_with(name, prefix) && str_ends_with(name, ending)) spec->uris[kept++] = uri;
    }
    spec->n_uris = kept;
    return true;
}

/* All files have a header, or none. */
static bool read_headers(Binder *b, const Node *n, ExternalSpec *spec) {
    Str headers;
    if (!text_option(b, n, "includeHeaders", &headers)) return false;
    bool of_first = str_eq_nocase(headers, STR("FirstFile"));
    if (of_first && spec->n_uris > 1) {
        (void)bind_unsupported(
            b, n,
            "includeHeaders=FirstFile over several files\nread each file by an externaldata of its own, and union them");
        return false;
    }
    spec->skips_first = of_first || str_eq_nocase(headers, STR("All"));
    return true;
}

/* Partition columns are of the table, too, unless it has one of that name. */
static bool add_partitions(Binder *b, const Node *partitions, Schema *schema) {
    Column *columns = ARENA_ARRAY(b->arena, Column, schema->n + partitions->n + 1);
    memcpy(columns, schema->items, schema->n * sizeof *columns);
    schema->items = columns;
    for (uint32_t i = 0; i < partitions->n; i++) {
        const Node *c = partitions->kids[i];
        if (c->kind != NODE_COLUMN_DECL || !c->n) return false;
        if (bind_column_in(schema, c->text)) continue;
        columns[schema->n++] =
            (Column){.id = bind_fresh_column(b), .type = bind_type(b, c->kids[0]), .name = c->text};
    }
    return true;
}

Plan *bind_inline_external(Binder *b, const Node *n) {
    const Node *type = n->kids[0], *partitions = n->kids[2];
    Str kind = STR_EMPTY;
    Schema schema = {0};
    Reading r = {0};
    if (is_disabled(b, n)) return NULL;
    bind_param_word(n, "kind", &kind);
    bool is_delta = str_is(kind, "delta");
    if (!is_delta && !str_is(kind, "storage")) {
        bind_error(b, n, "KS140", "'%.*s' is not a kind of external table.", STR_ARG(kind))->hint =
            STR("the kinds are storage and delta");
        return NULL;
    }
    if (!type && !is_delta) {
        bind_error(b, n, "KS111",
                   "kind=storage needs the columns: inline_external_table (name:type, ...)");
        return NULL;
    }
    if (type && !bind_schema(b, type, &schema)) return NULL;
    if (partitions && !add_partitions(b, partitions, &schema)) return NULL;
    if (!read_uris(b, n->kids[1], &r.spec)) return NULL;
    if (b->options->binds_only) {
        Plan *p = plan_empty(b, schema, n->span);
        if (!type) bind_open(b, p);
        return p;
    }
    if (is_delta)
        return bind_unsupported(
            b, n,
            "inline_external_table of kind delta\nname the Parquet files of the table, with kind=storage");
    if (partitions)
        return bind_unsupported(
            b, n,
            "partition by of inline_external_table\nname the files; columns of their paths can be extended behind");
    if (!text_option(b, n, "dataformat", &r.spec.format)) return NULL;
    if (!read_headers(b, n, &r.spec) || !pick_names(b, n, &r.spec)) return NULL;
    if (!r.spec.n_uris) return plan_empty(b, schema, n->span);
    return read_plainly(b, n, &r, &schema);
}
