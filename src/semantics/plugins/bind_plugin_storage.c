/*
 * bind_plugin_storage.c: infer_storage_schema and infer_storage_schema_with_suggestions.
 *
 * Source: the pages of the two plugins. Containers are read as `externaldata` reads: only what the command
 * line maps them to. The second plugin advises to keep ids as strings and Unix times as datetimes. When
 * a whole number is a time the page does not say; here all that were read must fall in the years
 * 1990 to 2099 in one unit, so that counts are not taken for times of 1970.
 */
#include "base/json.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

/* ------------------------------------------------------------------- options */

static Str raw_option(Str options, const char *name) {
    JsonCursor c;
    Str key, value, found = STR_EMPTY;
    if (!json_enter(options, &c)) return STR_EMPTY;
    while (json_next(&c, &key, &value))
        if (str_eq_nocase(key, str_of(name))) found = value;
    return found;
}

static bool check_names(Binder *b, const Node *n, Str options) {
    static const char *const names[] = {"StorageContainers", "DataFormat", "FileExtension",
                                        "FileNamePrefix",    "Mode",       "InferenceOptions"};
    JsonCursor c;
    Str key, value;
    if (!json_enter(options, &c) || !c.is_object) {
        bind_error(b, n, "KS140", "A bag of options expected.");
        return false;
    }
    while (json_next(&c, &key, &value)) {
        size_t i = 0;
        while (i < COUNT_OF(names) && !str_eq_nocase(key, str_of(names[i]))) i++;
        if (i < COUNT_OF(names)) continue;
        bind_error(b, n, "KS140", "'%.*s' is no option of the plugin.", STR_ARG(key))->hint =
            STR("options are StorageContainers, DataFormat, FileExtension, FileNamePrefix, Mode "
                "and InferenceOptions");
        return false;
    }
    return true;
}

static bool text_option(Binder *b, const Node *n, Str options, const char *name, bool is_needed,
                        Str *ret) {
    Str raw = raw_option(options, name);
    *ret = STR_EMPTY;
    if (json_kind(raw) == JSON_STRING) *ret = json_string(b->arena, raw);
    bool is_absent = !raw.len || json_kind(raw) == JSON_NULL;
    if (ret->len || (!is_needed && (is_absent || json_kind(raw) == JSON_STRING))) return true;
    bind_error(b, n, "KS140", "The option %s must be a string.", name);
    return false;
}

static bool read_containers(Binder *b, const Node *n, Str options, StorageSpec *spec) {
    Str list = raw_option(options, "StorageContainers"), key, value;
    JsonCursor c;
    spec->containers = ARENA_ARRAY(b->arena, Str, json_count(list) + 1);
    bool ok = json_enter(list, &c) && !c.is_object;
    while (ok && json_next(&c, &key, &value)) {
        ok = json_kind(value) == JSON_STRING;
        if (ok) spec->containers[spec->n_containers++] = json_string(b->arena, value);
    }
    if (ok && spec->n_containers) return true;
    bind_error(b, n, "KS140", "The option StorageContainers must be an array of strings.");
    return false;
}

static bool read_mode(Binder *b, const Node *n, Str options, StorageSpec *spec) {
    static const char *const names[] = {
        [STORAGE_LAST] = "last", [STORAGE_ANY] = "any", [STORAGE_ALL] = "all"};
    Str mode;
    if (!text_option(b, n, options, "Mode", false, &mode)) return false;
    if (!mode.len) return true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        spec->mode = (StorageMode)i;
        if (str_eq_nocase(mode, str_of(names[i]))) return true;
    }
    bind_error(b, n, "KS140", "The option Mode is any, last or all.");
    return false;
}

static bool read_options(Binder *b, const Plugin *p, StorageSpec *spec) {
    const Node *n = plugin_argument(p, 0, "Options");
    Value v;
    if (!n || p->call->n != 1) {
        bind_error(b, p->call, "KS119", "The plugin %.*s needs 1 argument: a bag of options.",
                   STR_ARG(p->call->text));
        return false;
    }
    if (!bind_constant(b, n, &v)) return false;
    Str options = v.type == TYPE_DYNAMIC && !v.is_null ? v.u.s : STR_EMPTY;
    if (!check_names(b, n, options) || !read_containers(b, n, options, spec)) return false;
    Str inference = raw_option(options, "InferenceOptions");
    spec->has_header = json_kind(raw_option(inference, "UseFirstRowAsHeader")) == JSON_TRUE;
    return text_option(b, n, options, "DataFormat", true, &spec->format) &&
           text_option(b, n, options, "FileExtension", false, &spec->ending) &&
           text_option(b, n, options, "FileNamePrefix", false, &spec->prefix) &&
           read_mode(b, n, options, spec);
}

/* -------------------------------------------------------------------- results */

static Plan *one_text(Binder *b, const Plugin *p, const char *name, Str text) {
    Column *column = ARENA_NEW(b->arena, Column);
    *column = (Column){.id = bind_fresh_column(b), .type = TYPE_STRING, .name = str_of(name)};
    Schema schema = {column, 1};
    if (b->options->binds_only) return plan_empty(b, schema, p->op->span);
    Plan *plan = plan_node(b, PLAN_VALUES, p->op->span, NULL, NULL);
    plan->schema = schema;
    plan->u.values.cells = ARENA_NEW(b->arena, Value);
    plan->u.values.cells[0] = value_str(text);
    plan->u.values.n_rows = 1;
    return plan;
}

/* False when reported. A check reads no files: then there are no columns. */
static bool find_columns(Binder *b, const Plugin *p, StorageColumn **ret, uint32_t *ret_n) {
    StorageSpec spec = {0};
    const SchemaProvider *s = b->options->schemas;
    *ret_n = 0;
    if (p->input) {
        bind_error(b, p->call, "KS111",
                   "The plugin %.*s takes no rows: nothing may stand before it.",
                   STR_ARG(p->call->text));
        return false;
    }
    if (b->settings.has_no_external) {
        bind_error(b, p->call, "QY226",
                   "External data is disabled by set request_external_data_disabled.");
        return false;
    }
    if (!read_options(b, p, &spec)) return false;
    if (b->options->binds_only) return true;
    Str error = arena_printf(b->arena, "'%.*s' is mapped to no file", STR_ARG(spec.containers[0]));
    if (s->storage && s->storage(s->self, &spec, b->arena, ret, ret_n, &error)) return true;
    Diag *d = bind_error(b, p->call->kids[0], "QY320", "%.*s.", STR_ARG(error));
    if (str_ends_with(error, STR("mapped to no file")))
        d->hint = STR("only local files are read: say where they are with --external URL=PATH");
    return false;
}

static bool is_identifier(Str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (!i || c < '0' || c > '9')) return false;
    }
    return s.len > 0;
}

Plan *plugin_infer_storage_schema(Binder *b, const Plugin *p) {
    StorageColumn *columns;
    uint32_t n;
    Buf text = {0};
    if (!find_columns(b, p, &columns, &n)) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_puts(&text, ", ");
        if (is_identifier(columns[i].name)) buf_put(&text, columns[i].name);
        else template_put_name(&text, columns[i].name);
        buf_printf(&text, ":%s", type_name(columns[i].type));
    }
    Str schema = arena_str(b->arena, buf_str(&text));
    buf_free(&text);
    return one_text(b, p, "CslSchema", schema);
}

/* ----------------------------------------------------------------- suggestions */

#define UNIX_1990 INT64_C(631152000)
#define UNIX_2100 INT64_C(4102444800)

/* The mapping that makes times of all the column's numbers, or NULL. */
static const char *time_mapping(const StorageColumn *c) {
    static const struct {
        const char *name;
        int64_t a_second;
    } units[] = {{"DateTimeFromUnixSeconds", 1},
                 {"DateTimeFromUnixMilliseconds", 1000},
                 {"DateTimeFromUnixMicroseconds", 1000000},
                 {"DateTimeFromUnixNanoseconds", 1000000000}};
    if (c->type != TYPE_LONG || c->least > c->most) return NULL;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (c->least / units[i].a_second >= UNIX_1990 && c->most / units[i].a_second < UNIX_2100)
            return units[i].name;
    return NULL;
}

static bool is_identity(const StorageColumn *c) {
    return c->type == TYPE_LONG && c->name.len >= 2 &&
           str_eq_nocase(str_sub(c->name, c->name.len - 2, 2), STR("id"));
}

static void put_column(const char *key, Str name, Type type, Buf *out) {
    bool is_numeric = (TYPE_BIT(type) & TS_NUMBER) != 0;
    bool is_summable = is_numeric || (TYPE_BIT(type) & TS_TEMPORAL) != 0;
    buf_printf(out, "\"%s\":{\"Name\":", key);
    json_put_string(out, name);
    buf_printf(out, ",\"CslType\":{\"type\":\"%s\",\"IsNumeric\":%s,\"IsSummable\":%s}},",
               type_name(type), is_numeric ? "true" : "false", is_summable ? "true" : "false");
}

Plan *plugin_infer_storage_schema_with_suggestions(Binder *b, const Plugin *p) {
    StorageColumn *columns;
    uint32_t n;
    Buf text = {0};
    if (!find_columns(b, p, &columns, &n)) return NULL;
    buf_puts(&text, "{\"Columns\":[");
    for (uint32_t i = 0; i < n; i++) {
        const StorageColumn *c = &columns[i];
        bool is_id = is_identity(c);
        const char *mapping = is_id ? NULL : time_mapping(c);
        Type advised = is_id ? TYPE_STRING : mapping ? TYPE_DATETIME : c->type;
        buf_puts(&text, i ? ",{" : "{");
        put_column("OriginalColumn", c->name, c->type, &text);
        put_column("RecommendedColumn", c->name, advised, &text);
        buf_printf(&text, "\"ApplicableTransformationMapping\":\"%s\"}",
                   mapping ? mapping : "None");
    }
    buf_puts(&text, "]}");
    Str schema = arena_str(b->arena, buf_str(&text));
    buf_free(&text);
    return one_text(b, p, "SuggestedTableSchema", schema);
}
