/*
 * bind_plugin_schema.c: schema_merge.
 *
 * Source: "schema_merge plugin". The input is rows of getschema of several tables. Integers and reals have
 * a common type; other types that differ are an error in the column's own row, as is a place that
 * differs when the order is to be kept.
 */
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

static const char text[] =
    "__T | summarize __at = max(ColumnOrdinal), __places = dcount(ColumnOrdinal),\n"
    "    __types = make_set(ColumnType), __other = countif(ColumnType !in ('int', 'long', 'real')),\n"
    "    __data = min(DataType) by ColumnName\n"
    "| sort by __at asc, ColumnName asc\n"
    "| serialize __row = tolong(row_number(0))\n"
    "| extend ColumnType = case(array_length(__types) == 1, tostring(__types[0]),\n"
    "    __other > 0, 'ERROR(types have nothing in common)',\n"
    "    set_has_element(__types, 'real'), 'real', 'long')\n"
    "| extend ColumnType = iff(__keeps and __places > 1, 'ERROR(columns are out of order)', ColumnType)\n"
    "| extend __bad = ColumnType startswith 'ERROR'\n"
    "| project ColumnName, ColumnOrdinal = iff(__bad, -1, __row),\n"
    "    DataType = case(__bad, strcat('ERROR(unknown CSL type:', ColumnType, ')'),\n"
    "      array_length(__types) == 1, __data, ColumnType == 'real', 'System.Double', 'System.Int64'),\n"
    "    ColumnType";

static bool check_column(Binder *b, const Plugin *p, const char *name, Type type) {
    const Column *c = bind_column_in(&p->input->schema, str_of(name));
    if (c && c->type == type) return true;
    bind_error(b, p->call, "KS142", "The plugin schema_merge needs the column %s of getschema.",
               name);
    return false;
}

Plan *plugin_schema_merge(Binder *b, const Plugin *p) {
    bool ok = check_column(b, p, "ColumnName", TYPE_STRING) &&
              check_column(b, p, "ColumnOrdinal", TYPE_LONG) &&
              check_column(b, p, "DataType", TYPE_STRING) &&
              check_column(b, p, "ColumnType", TYPE_STRING);
    if (!ok) return NULL;
    Node *yes = ARENA_NEW(b->arena, Node);
    *yes = (Node){.kind = NODE_LITERAL, .span = p->call->span, .value = value_bool(true)};
    const Node *given = plugin_argument(p, 0, "PreserveOrder");
    TemplateArg arg = {"__keeps", given ? given : yes};
    return bind_template(b, p->call, STR(text), p->input, &arg, 1);
}
