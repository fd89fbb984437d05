/*
 * rule_load.c: one rule file to a HuntRule.
 *
 * Public repositories hold these fields in several spellings and shapes; what is clearly meant is
 * taken, what is odd but harmless is a warning, and only what keeps the rule from being run (no
 * query, a field of the wrong shape) is an error.
 */
#include <ctype.h>

#include "base/ticks.h"
#include "base/utf8.h"
#include "hunt/hunt_internal.h"

typedef struct Loading {
    Arena *arena;
    RuleFile *file;
    HuntRule *rule;
} Loading;

static Diag *tell(Loading *l, Severity severity, Span span, const char *code, const char *what,
                  Str about) {
    return diag_add(&l->file->diags, severity, PHASE_SYNTAX, span, code, "%s%.*s%s", what,
                    STR_ARG(str_sub(about, 0, 120)), about.len ? "\"" : "");
}

/* A field that must be text when it is there. */
static Str text_field(Loading *l, const char *key) {
    YamlNode *node = yaml_tree_get(l->rule->fields, key);
    if (yaml_tree_is_null(node)) return STR_EMPTY;
    if (node->kind == YNODE_SCALAR) return str_trim(node->text);
    diag_add(&l->file->diags, SEVERITY_ERROR, PHASE_SYNTAX, node->span, "QY611",
             "\"%s\" must be text", key);
    return STR_EMPTY;
}

/* ------------------------------------------------------------------------ lists */

typedef struct Texts {
    Str *items;
    size_t n, cap;
    const YamlNode **nodes; /* where each stands */
    size_t n_nodes, nodes_cap;
} Texts;

static void push_text(Loading *l, Texts *list, Str text, const YamlNode *node) {
    text = str_trim(text);
    if (!text.len) return;
    ARENA_PUSH(l->arena, list->items, list->n, list->cap, text);
    ARENA_PUSH(l->arena, list->nodes, list->n_nodes, list->nodes_cap, node);
}

/* "a, b" and ["a", "b"] alike. */
static void push_texts(Loading *l, Texts *list, const char *key) {
    YamlNode *node = yaml_tree_get(l->rule->fields, key);
    if (yaml_tree_is_null(node)) return;
    if (node->kind == YNODE_SCALAR) {
        for (size_t at = 0; at <= node->text.len;) {
            size_t end = str_find(node->text, STR(","), at);
            if (end == SIZE_MAX) end = node->text.len;
            push_text(l, list, str_sub(node->text, at, end - at), node);
            at = end + 1;
        }
        return;
    }
    if (node->kind != YNODE_SEQUENCE) {
        tell(l, SEVERITY_WARNING, node->span, "QY612", "this must be a list of \"", str_of(key));
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        YamlNode *item = node->items[i];
        if (item->kind == YNODE_SCALAR) push_text(l, list, item->text, item);
        else
            tell(l, SEVERITY_WARNING, item->span, "QY612", "only text is read in the list \"",
                 str_of(key));
    }
}

static void load_tactics(Loading *l) {
    Texts list = {0};
    push_texts(l, &list, "tactics");
    for (size_t i = 0; i < list.n; i++) {
        Str name;
        if (!tactic_normalise(list.items[i], &name))
            tell(l, SEVERITY_WARNING, list.nodes[i]->span, "QY613", "no ATT&CK tactic is named \"",
                 name);
        list.items[i] = name;
    }
    l->rule->tactics = list.items;
    l->rule->n_tactics = list.n;
}

static bool all_digits(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

/* T1566 or T1566.002 */
static bool is_technique(Str s) {
    if (s.len < 5 || (s.ptr[0] != 'T' && s.ptr[0] != 't') || !all_digits(str_sub(s, 1, 4)))
        return false;
    return s.len == 5 || (s.len == 9 && s.ptr[5] == '.' && all_digits(str_sub(s, 6, 3)));
}

static bool holds(const Texts *list, size_t n, Str text) {
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(list->items[i], text)) return true;
    return false;
}

static void load_techniques(Loading *l) {
    Texts list = {0};
    push_texts(l, &list, "relevantTechniques");
    push_texts(l, &list, "techniques");
    push_texts(l, &list, "subTechniques");
    size_t kept = 0;
    for (size_t i = 0; i < list.n; i++) {
        if (!is_technique(list.items[i]))
            tell(l, SEVERITY_WARNING, list.nodes[i]->span, "QY614",
                 "an ATT&CK technique looks like T1566 or T1566.002, not like \"", list.items[i]);
        if (!holds(&list, kept, list.items[i])) list.items[kept++] = list.items[i];
    }
    l->rule->techniques = list.items;
    l->rule->n_techniques = kept;
}

/* ----------------------------------------------------------- tables and entities */

/* "Syslog (Cisco)" -> "Syslog" */
static Str without_qualifier(Str table) {
    size_t at = str_find(table, STR("("), 0);
    return at == SIZE_MAX ? table : str_trim(str_sub(table, 0, at));
}

static void load_tables(Loading *l) {
    HuntRule *r = l->rule;
    size_t cap = 0;
    YamlNode *list = yaml_tree_get(r->fields, "requiredDataConnectors");
    if (yaml_tree_is_null(list)) return;
    if (list->kind != YNODE_SEQUENCE) {
        tell(l, SEVERITY_WARNING, list->span, "QY612",
             "this must be a list of connectors with \"connectorId\" and \"dataTypes\"", STR_EMPTY);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        YamlNode *id = yaml_tree_get(list->items[i], "connectorId");
        YamlNode *types = yaml_tree_get(list->items[i], "dataTypes");
        Str connector = id && id->kind == YNODE_SCALAR ? str_trim(id->text) : STR_EMPTY;
        if (!types) continue;
        size_t n = types->kind == YNODE_SEQUENCE ? types->n : 1;
        for (size_t k = 0; k < n; k++) {
            YamlNode *type = types->kind == YNODE_SEQUENCE ? types->items[k] : types;
            if (type->kind != YNODE_SCALAR || yaml_tree_is_null(type)) continue;
            RuleTable t = {without_qualifier(str_trim(type->text)), connector};
            if (t.table.len) ARENA_PUSH(l->arena, r->tables, r->n_tables, cap, t);
        }
    }
}

static Str scalar_of(const YamlNode *mapping, const char *key) {
    YamlNode *node = yaml_tree_get(mapping, key);
    return node && node->kind == YNODE_SCALAR ? str_trim(node->text) : STR_EMPTY;
}

static void load_entities(Loading *l) {
    HuntRule *r = l->rule;
    size_t cap = 0;
    YamlNode *list = yaml_tree_get(r->fields, "entityMappings");
    if (!list || list->kind != YNODE_SEQUENCE) return;
    for (size_t i = 0; i < list->n; i++) {
        RuleEntity e = {.type = scalar_of(list->items[i], "entityType")};
        size_t fields_cap = 0;
        YamlNode *fields = yaml_tree_get(list->items[i], "fieldMappings");
        for (size_t k = 0; fields && fields->kind == YNODE_SEQUENCE && k < fields->n; k++) {
            RuleEntityField f = {scalar_of(fields->items[k], "identifier"),
                                 scalar_of(fields->items[k], "columnName")};
            if (f.column.len) ARENA_PUSH(l->arena, e.fields, e.n_fields, fields_cap, f);
        }
        if (e.type.len) ARENA_PUSH(l->arena, r->entities, r->n_entities, cap, e);
    }
}

static void push_pairs(Loading *l, const YamlNode *mapping, RulePair **items, size_t *n,
                       size_t *cap) {
    for (size_t i = 0; i < mapping->n; i++) {
        if (mapping->items[i]->kind != YNODE_SCALAR) continue;
        RulePair pair = {mapping->keys[i]->text, str_trim(mapping->items[i]->text)};
        ARENA_PUSH(l->arena, *items, *n, *cap, pair);
    }
}

static void load_details_and_tags(Loading *l) {
    HuntRule *r = l->rule;
    size_t details_cap = 0, tags_cap = 0;
    YamlNode *details = yaml_tree_get(r->fields, "customDetails");
    if (details && details->kind == YNODE_MAPPING)
        push_pairs(l, details, &r->custom_details, &r->n_custom_details, &details_cap);
    YamlNode *tags = yaml_tree_get(r->fields, "tags");
    for (size_t i = 0; tags && tags->kind == YNODE_SEQUENCE && i < tags->n; i++) {
        YamlNode *tag = tags->items[i];
        if (tag->kind == YNODE_MAPPING) push_pairs(l, tag, &r->tags, &r->n_tags, &tags_cap);
        if (tag->kind != YNODE_SCALAR || yaml_tree_is_null(tag)) continue;
        RulePair word = {STR_EMPTY, str_trim(tag->text)};
        ARENA_PUSH(l->arena, r->tags, r->n_tags, tags_cap, word);
    }
}

/* ---------------------------------------------------------------------- schedule */

/* ISO 8601: P[nD][T[nH][nM][nS]] */
static bool iso_duration(Str s, int64_t *ret) {
    int64_t ticks = 0, number = -1;
    bool is_time = false, has_part = false;
    for (size_t i = 1; i < s.len; i++) {
        int c = toupper((unsigned char)s.ptr[i]);
        if (c >= '0' && c <= '9') {
            number = (number < 0 ? 0 : number * 10) + (c - '0');
            if (number > 1000000) return false;
            continue;
        }
        if (c == 'T' && number < 0 && !is_time) {
            is_time = true;
            continue;
        }
        int64_t unit = !is_time && c == 'W'   ? 7 * TICKS_PER_DAY
                       : !is_time && c == 'D' ? TICKS_PER_DAY
                       : is_time && c == 'H'  ? TICKS_PER_HOUR
                       : is_time && c == 'M'  ? TICKS_PER_MINUTE
                       : is_time && c == 'S'  ? TICKS_PER_SECOND
                                              : 0;
        if (!unit || number < 0) return false;
        ticks += number * unit;
        number = -1;
        has_part = true;
    }
    *ret = ticks;
    return has_part && number < 0;
}

bool rule_duration(Str text, int64_t *ret_ticks) {
    text = str_trim(text);
    if (text.len && (text.ptr[0] == 'P' || text.ptr[0] == 'p'))
        return iso_duration(text, ret_ticks);
    return text.len && ticks_parse_timespan(text, ret_ticks) && *ret_ticks >= 0;
}

static int64_t duration_field(Loading *l, const char *key) {
    Str text = text_field(l, key);
    int64_t ticks;
    if (!text.len) return -1;
    if (rule_duration(text, &ticks)) return ticks;
    tell(l, SEVERITY_WARNING, yaml_tree_get(l->rule->fields, key)->span, "QY615",
         "a duration looks like 1h or PT1H, not like \"", text);
    return -1;
}

static void load_trigger(Loading *l) {
    static const struct {
        const char *spelling, *name;
    } operators[] = {{"gt", "gt"}, {"greaterthan", "gt"}, {"lt", "lt"}, {"lessthan", "lt"},
                     {"eq", "eq"}, {"equal", "eq"},       {"ne", "ne"}, {"notequal", "ne"}};
    HuntRule *r = l->rule;
    Str operator_text = text_field(l, "triggerOperator");
    for (size_t i = 0; i < COUNT_OF(operators); i++)
        if (str_eq_nocase(operator_text, str_of(operators[i].spelling)))
            r->trigger_operator = str_of(operators[i].name);
    if (operator_text.len && !r->trigger_operator.len)
        tell(l, SEVERITY_WARNING, yaml_tree_get(r->fields, "triggerOperator")->span, "QY616",
             "a trigger operator is gt, lt, eq or ne, not \"", operator_text);
    Str threshold = text_field(l, "triggerThreshold");
    if (!threshold.len) return;
    if (!all_digits(threshold) || threshold.len > 15) {
        tell(l, SEVERITY_WARNING, yaml_tree_get(r->fields, "triggerThreshold")->span, "QY616",
             "a trigger threshold is a whole number, not \"", threshold);
        return;
    }
    for (size_t i = 0; i < threshold.len; i++)
        r->trigger_threshold = r->trigger_threshold * 10 + (threshold.ptr[i] - '0');
}

/* -------------------------------------------------------------------------- file */

static HuntRule *new_rule(Arena *arena, const RuleFile *file) {
    HuntRule *r = ARENA_NEW(arena, HuntRule);
    *r = (HuntRule){.path = file->path, .frequency_ticks = -1, .period_ticks = -1};
    r->id = r->name = r->description = r->version = r->kind = r->status = r->severity = STR_EMPTY;
    r->trigger_operator = r->query = STR_EMPTY;
    return r;
}

/* A key that is "query" but for a slip, with a text like KQL: NULL when there is none. */
static const YamlNode *misspelt_query(const YamlNode *root) {
    for (size_t i = 0; i < root->n; i++) {
        const YamlNode *key = root->keys[i], *value = root->items[i];
        if (value->kind == YNODE_SCALAR && str_distance(key->text, STR("query"), 2) <= 2 &&
            (memchr(value->text.ptr, '|', value->text.len) ||
             memchr(value->text.ptr, '\n', value->text.len)))
            return key;
    }
    return NULL;
}

/* Whether a mapping was meant to be a rule: keys that other YAML has as well (version, kind,
 * description) do not count. */
static bool is_meant(const YamlNode *root) {
    static const char *const marks[] = {"id",
                                        "name",
                                        "query",
                                        "tactics",
                                        "techniques",
                                        "relevantTechniques",
                                        "subTechniques",
                                        "requiredDataConnectors",
                                        "queryFrequency",
                                        "queryPeriod",
                                        "triggerOperator",
                                        "triggerThreshold",
                                        "entityMappings"};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (yaml_tree_get(root, marks[i])) return true;
    return misspelt_query(root) != NULL;
}

static void tell_no_query(Loading *l) {
    const YamlNode *root = l->rule->fields, *slip = misspelt_query(root);
    Diag *d = tell(l, SEVERITY_ERROR, slip ? slip->span : (Span){root->span.start, 0}, "QY610",
                   "the rule has no query", STR_EMPTY);
    d->hint =
        slip ? arena_printf(l->arena, "did you mean \"query\" by \"%.*s\"?", STR_ARG(slip->text))
             : STR("a rule holds its KQL under the key \"query\"");
}

static void load_query(Loading *l) {
    HuntRule *r = l->rule;
    YamlNode *query = yaml_tree_get(r->fields, "query");
    if (!query) {
        tell_no_query(l);
        return;
    }
    if (query->kind != YNODE_SCALAR) {
        tell(l, SEVERITY_ERROR, query->span, "QY611", "\"query\" must be text", STR_EMPTY)->hint =
            STR("write query: | and the KQL indented below it");
        return;
    }
    if (yaml_tree_is_null(query) || !str_trim(query->text).len) {
        tell(l, SEVERITY_ERROR, query->span, "QY610", "the rule's query is empty", STR_EMPTY);
        return;
    }
    r->query = query->text;
    r->query_node = query;
}

static void load_yaml(Loading *l) {
    HuntRule *r = l->rule;
    YamlNode *root;
    if (yaml_tree_load(l->arena, l->file->text, &l->file->diags, &root) != OK) return;
    l->file->is_other = root->kind != YNODE_MAPPING || !is_meant(root);
    if (root->kind != YNODE_MAPPING) {
        tell(l, SEVERITY_ERROR, root->span, "QY610",
             "a rule is a mapping of keys such as id, name and query", STR_EMPTY);
        return;
    }
    r->fields = root;
    load_query(l);
    r->id = text_field(l, "id");
    r->name = text_field(l, "name");
    r->description = text_field(l, "description");
    if (!r->description.len) r->description = text_field(l, "description-detailed");
    r->version = text_field(l, "version");
    r->kind = text_field(l, "kind");
    r->status = text_field(l, "status");
    r->severity = text_field(l, "severity");
    load_tactics(l);
    load_techniques(l);
    load_tables(l);
    load_entities(l);
    load_details_and_tags(l);
    r->frequency_ticks = duration_field(l, "queryFrequency");
    r->period_ticks = duration_field(l, "queryPeriod");
    load_trigger(l);
}

static void load_kql(Loading *l) {
    Str text = l->file->text;
    if (!utf8_is_valid(text) || (text.len && memchr(text.ptr, 0, text.len))) {
        tell(l, SEVERITY_ERROR, (Span){0, 0}, "QY610", "the file is not UTF-8 text", STR_EMPTY);
        return;
    }
    if (str_starts_with(text, STR("\xEF\xBB\xBF"))) text = str_sub(text, 3, text.len);
    if (!str_trim(text).len)
        tell(l, SEVERITY_ERROR, (Span){0, 0}, "QY610", "the file holds no query: it is empty",
             STR_EMPTY);
    l->rule->query = text;
}

void rule_load(Arena *arena, RuleFile *file) {
    Loading l = {arena, file, new_rule(arena, file)};
    if (str_ends_with(file->path, STR(".kql"))) load_kql(&l);
    else load_yaml(&l);
    if (!l.rule->name.len) l.rule->name = path_stem(file->path);
    file->read = l.rule;
    if (!file->diags.n_errors) file->rule = l.rule;
}

Span rule_query_span(const RuleFile *file, Span in_query) {
    const HuntRule *r = file->rule;
    if (!r) return (Span){0, 0};
    if (!r->query_node) {
        size_t skipped = (size_t)(r->query.ptr - file->text.ptr);
        return (Span){(uint32_t)(in_query.start + skipped), in_query.len};
    }
    size_t start = yaml_tree_offset(file->text, r->query_node, in_query.start);
    size_t end = start;
    if (in_query.len) {
        /* the last byte's place, and one more: the end of a span may be the start of a line */
        end = yaml_tree_offset(file->text, r->query_node, in_query.start + in_query.len - 1) + 1;
    }
    return (Span){(uint32_t)start, (uint32_t)(end > start ? end - start : 0)};
}
