/*
 * exclusions_cond.c: `when:` to a tree of conditions. See docs/exclusions.md.
 *
 * A mapping with several conditions asks for all of them. Depth is capped by the YAML tree's.
 */
#include "hunt/exclude_internal.h"

const char *const process_field_names[PROCESS_FIELDS] = {"file", "command_line", "parent",
                                                         "parent_command_line"};

static Str shown(Str s) { return str_sub(s, 0, 100); }

static ExclusionCond *new_cond(ExclusionLoader *l, CondKind kind, Span span) {
    ExclusionCond *c = ARENA_NEW(l->set->arena, ExclusionCond);
    *c = (ExclusionCond){.kind = kind, .span = span, .column = STR_EMPTY};
    return c;
}

/* -------------------------------------------------------------------------- tests */

static const struct {
    const char *key;
    TestKind kind;
} test_keys[] = {
    {"equals", TEST_IN},
    {"in", TEST_IN},
    {"list", TEST_IN},
    {"glob", TEST_GLOB},
    {"contains", TEST_CONTAINS},
    {"starts_with", TEST_STARTS_WITH},
    {"ends_with", TEST_ENDS_WITH},
    {"ip_within", TEST_IP_WITHIN},
    {"within", TEST_HOST_WITHIN},
};

/* "*.internal.company.com" and "internal.company.com" are one domain. */
static bool domain_value(ExclusionLoader *l, const YamlNode *node, Str *value) {
    Str text = str_starts_with(*value, STR("*.")) ? str_sub(*value, 2, value->len) : *value, host;
    uint32_t flags;
    if (text.len && !memchr(text.ptr, '*', text.len) && !memchr(text.ptr, '/', text.len) &&
        url_normalise_host(l->set->arena, text, &host, &flags) && !(flags & URL_FLAGS_SUSPECT)) {
        if (str_find(host, STR("."), 0) == SIZE_MAX && !(flags & URL_HOST_IS_IP))
            diag_add(&l->file->diags, SEVERITY_WARNING, PHASE_SEMANTICS, node->span, "QY642",
                     "\"%.*s\" is one label: a whole top-level domain, or a host without a domain",
                     STR_ARG(host));
        *value = host;
        return true;
    }
    exclusion_error(l, node->span,
                    "bad glob \"%.*s\": a domain is written company.com or "
                    "*.company.com",
                    STR_ARG(shown(*value)));
    return false;
}

static bool check_value(ExclusionLoader *l, TestKind kind, const YamlNode *node, Str *value) {
    size_t at;
    const char *what;
    IpRange range;
    switch (kind) {
    case TEST_GLOB:
        if (glob_check(*value, &at, &what)) return true;
        at = yaml_tree_offset(l->file->text, node, at);
        exclusion_error(l, (Span){(uint32_t)at, 1}, "bad glob \"%.*s\": %s", STR_ARG(shown(*value)),
                        what);
        return false;
    case TEST_IP_WITHIN:
        if (ip_range_parse(*value, &range)) return true;
        exclusion_error(l, node->span, "\"%.*s\" is no address range", STR_ARG(shown(*value)))
            ->hint = STR("write 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32");
        return false;
    case TEST_HOST_WITHIN: return domain_value(l, node, value);
    case TEST_IN:
    case TEST_CONTAINS:
    case TEST_STARTS_WITH:
    case TEST_ENDS_WITH: return true;
    }
    return true;
}

static void add_value(ExclusionLoader *l, TextTest *test, size_t *cap, const YamlNode *node) {
    Str value = node->kind == YNODE_SCALAR ? node->text : STR_EMPTY;
    bool is_blank = !str_trim(value).len;
    if (node->kind != YNODE_SCALAR || (is_blank && test->kind != TEST_IN)) {
        exclusion_error(l, node->span, "a text is wanted here");
        return;
    }
    if (check_value(l, test->kind, node, &value))
        ARENA_PUSH(l->set->arena, test->values, test->n, *cap, value);
}

static void add_list(ExclusionLoader *l, TextTest *test, size_t *cap, const YamlNode *node) {
    const YamlNode *list = NULL;
    for (size_t i = 0; l->lists && i < l->lists->n; i++)
        if (node->kind == YNODE_SCALAR && str_eq(l->lists->keys[i]->text, node->text))
            list = l->lists->items[i];
    if (!list) {
        exclusion_error(l, node->span, "the file has no list \"%.*s\"",
                        STR_ARG(shown(node->kind == YNODE_SCALAR ? node->text : STR_EMPTY)))
            ->hint = STR("lists stand under \"lists\" at the top of the file");
        return;
    }
    if (yaml_tree_is_null(list)) return;
    for (size_t i = 0; list->kind == YNODE_SEQUENCE && i < list->n; i++)
        add_value(l, test, cap, list->items[i]);
    if (list->kind == YNODE_SCALAR) add_value(l, test, cap, list);
}

/* One key of a mapping of tests: `in: [a, b]`, `list: sync-hosts`. */
static TextTest load_test(ExclusionLoader *l, size_t key, const YamlNode *node) {
    TextTest test = {.kind = test_keys[key].kind};
    size_t cap = 0;
    bool names_lists = !strcmp(test_keys[key].key, "list");
    size_t n = node->kind == YNODE_SEQUENCE ? node->n : 1;
    if (node->kind == YNODE_SEQUENCE && !n)
        exclusion_error(l, node->span, "an empty list matches nothing");
    for (size_t i = 0; i < n; i++) {
        const YamlNode *item = node->kind == YNODE_SEQUENCE ? node->items[i] : node;
        if (names_lists) add_list(l, &test, &cap, item);
        else add_value(l, &test, &cap, item);
    }
    return test;
}

static void push_test(ExclusionLoader *l, Tests *tests, TextTest test) {
    TextTest *grown = ARENA_ARRAY(l->set->arena, TextTest, tests->n + 1);
    if (tests->n) memcpy(grown, tests->items, sizeof *grown * tests->n);
    grown[tests->n++] = test;
    tests->items = grown;
}

static bool is_allowed(TestKind kind, uint32_t kinds) { return (kinds >> kind & 1) != 0; }

#define KINDS_TEXT                                                                                 \
    (1u << TEST_IN | 1u << TEST_GLOB | 1u << TEST_CONTAINS | 1u << TEST_STARTS_WITH |              \
     1u << TEST_ENDS_WITH)

/* Tests of a mapping, of a list (one of) or of one text (equal). `extra`: other keys that may stand
 * in the mapping; the caller reads them. */
static Tests load_tests(ExclusionLoader *l, const YamlNode *node, uint32_t kinds,
                        const char *const *extra) {
    Tests tests = {0};
    if (node->kind != YNODE_MAPPING) {
        bool is_host = is_allowed(TEST_HOST_WITHIN, kinds) && !is_allowed(TEST_CONTAINS, kinds);
        size_t key = is_host ? COUNT_OF(test_keys) - 1 : 1;
        push_test(l, &tests, load_test(l, key, node));
        return tests;
    }
    const char *allowed[COUNT_OF(test_keys) + 8];
    size_t n = 0;
    bool is_case_sensitive = false;
    for (size_t i = 0; i < COUNT_OF(test_keys); i++)
        if (is_allowed(test_keys[i].kind, kinds)) allowed[n++] = test_keys[i].key;
    for (size_t i = 0; extra && extra[i]; i++) allowed[n++] = extra[i];
    allowed[n++] = "case_sensitive";
    allowed[n] = NULL;
    if (!exclusion_keys_known(l, node, allowed)) return tests;
    const YamlNode *sensitive = yaml_tree_get(node, "case_sensitive");
    if (sensitive && !yaml_tree_bool(sensitive, &is_case_sensitive))
        exclusion_error(l, sensitive->span, "\"case_sensitive\" is true or false");
    for (size_t i = 0; i < COUNT_OF(test_keys); i++) {
        const YamlNode *value = yaml_tree_get(node, test_keys[i].key);
        if (!value) continue;
        TextTest test = load_test(l, i, value);
        test.is_case_sensitive = is_case_sensitive;
        push_test(l, &tests, test);
    }
    if (!tests.n)
        exclusion_error(l, node->span, "a test is missing here")->hint =
            STR("such as equals, in, list, glob, contains, starts_with, ends_with");
    return tests;
}

/* --------------------------------------------------------------------- conditions */

void exclusion_note_column(ExclusionLoader *l, Str name) {
    ExclusionSet *set = l->set;
    for (size_t i = 0; i < set->n_columns; i++)
        if (str_eq(set->columns[i], name)) return;
    size_t n = set->n_columns, cap = set->columns_cap;
    ARENA_PUSH(set->arena, set->columns, n, cap, name);
    bool *seen = ARENA_ARRAY(set->arena, bool, cap);
    if (set->n_columns) memcpy(seen, set->columns_seen, sizeof *seen * set->n_columns);
    set->columns_seen = seen;
    set->columns_cap = cap;
    set->n_columns = n;
}

static Str column_name(ExclusionLoader *l, const YamlNode *node) {
    if (!node) return STR_EMPTY;
    if (node->kind != YNODE_SCALAR || !str_trim(node->text).len) {
        exclusion_error(l, node->span, "\"column\" is the name of a result column");
        return STR_EMPTY;
    }
    Str name = str_trim(node->text);
    exclusion_note_column(l, name);
    return name;
}

/* `column: X` with its tests beside it in the same mapping. */
static ExclusionCond *load_column(ExclusionLoader *l, const YamlNode *mapping) {
    static const char *const extra[] = {"column", NULL};
    ExclusionCond *c = new_cond(l, COND_COLUMN, mapping->span);
    c->column = column_name(l, yaml_tree_get(mapping, "column"));
    c->tests = load_tests(l, mapping, KINDS_TEXT | 1u << TEST_IP_WITHIN, extra);
    return c;
}

static void note_domain(ExclusionSet *set, Str domain) {
    for (size_t i = 0; i < set->n_internal; i++)
        if (str_eq(set->internal[i], domain)) return;
    ARENA_PUSH(set->arena, set->internal, set->n_internal, set->internal_cap, domain);
}

/* What an exclusion trusts is worth imitating. */
static void note_domains(ExclusionLoader *l, const Tests *tests) {
    for (size_t i = 0; i < tests->n; i++)
        for (size_t k = 0; tests->items[i].kind == TEST_HOST_WITHIN && k < tests->items[i].n; k++)
            note_domain(l->set, tests->items[i].values[k]);
}

static ExclusionCond *load_url(ExclusionLoader *l, const YamlNode *node, CondKind kind,
                               bool is_protection) {
    static const char *const host_extra[] = {"column", NULL};
    static const char *const path_extra[] = {"column", "any_host", NULL};
    ExclusionCond *c = new_cond(l, kind, node->span);
    if (kind == COND_URL_HOST) {
        c->tests = load_tests(l, node, 1u << TEST_HOST_WITHIN | 1u << TEST_IP_WITHIN, host_extra);
        if (!is_protection) note_domains(l, &c->tests);
    } else {
        c->tests = load_tests(l, node, KINDS_TEXT, path_extra);
    }
    if (node->kind != YNODE_MAPPING) return c;
    c->column = column_name(l, yaml_tree_get(node, "column"));
    const YamlNode *any_host = kind == COND_URL_PATH ? yaml_tree_get(node, "any_host") : NULL;
    if (any_host && !yaml_tree_bool(any_host, &c->is_any_host))
        exclusion_error(l, any_host->span, "\"any_host\" is true or false");
    return c;
}

static ExclusionCond *load_process(ExclusionLoader *l, const YamlNode *node) {
    static const char *const keys[] = {"file", "command_line", "parent", "parent_command_line",
                                       NULL};
    ExclusionCond *c = new_cond(l, COND_PROCESS, node->span);
    if (node->kind != YNODE_MAPPING || !node->n) {
        exclusion_error(l, node->span,
                        "\"process\" is a mapping of file, command_line, parent, "
                        "parent_command_line");
        return c;
    }
    if (!exclusion_keys_known(l, node, keys)) return c;
    for (int f = 0; f < PROCESS_FIELDS; f++) {
        const YamlNode *value = yaml_tree_get(node, process_field_names[f]);
        if (value) c->process[f] = load_tests(l, value, KINDS_TEXT, NULL);
    }
    return c;
}

static ExclusionCond *load_protecting(ExclusionLoader *l, const YamlNode *node, CondKind kind,
                                      bool is_protection) {
    ExclusionCond *c = new_cond(l, kind, node->span);
    bool is_true = false;
    if (!is_protection)
        exclusion_error(l, node->span, "only a protection can ask for this")->hint =
            STR("an exclusion must not hide what was found to be phishing");
    if (kind == COND_THREAT_TYPES) c->tests = load_tests(l, node, KINDS_TEXT, NULL);
    else if (!yaml_tree_bool(node, &is_true) || !is_true)
        exclusion_error(l, node->span, "write mimics_internal: true");
    return c;
}

static ExclusionCond *load_group(ExclusionLoader *l, const YamlNode *node, CondKind kind,
                                 bool is_protection) {
    ExclusionCond *c = new_cond(l, kind, node->span);
    if (node->kind != YNODE_SEQUENCE || !node->n) {
        exclusion_error(l, node->span, "\"%s\" is a list of conditions, one at least",
                        kind == COND_ALL ? "all" : "any");
        return c;
    }
    c->args = ARENA_ARRAY(l->set->arena, ExclusionCond *, node->n);
    for (size_t i = 0; i < node->n; i++) {
        ExclusionCond *arg = cond_load(l, node->items[i], is_protection);
        if (arg) c->args[c->n_args++] = arg;
    }
    return c;
}

static ExclusionCond *load_not(ExclusionLoader *l, const YamlNode *node, bool is_protection) {
    ExclusionCond *c = new_cond(l, COND_NOT, node->span), *arg = cond_load(l, node, is_protection);
    c->args = ARENA_ARRAY(l->set->arena, ExclusionCond *, 1);
    if (arg) c->args[c->n_args++] = arg;
    return c;
}

static const char *const cond_keys[] = {
    "all",     "any",     "not",    "column",       "url_host",        "url_path",
    "process", "account", "device", "threat_types", "mimics_internal", NULL};

static ExclusionCond *load_key(ExclusionLoader *l, Str key, const YamlNode *value,
                               bool is_protection) {
    if (str_is(key, "all")) return load_group(l, value, COND_ALL, is_protection);
    if (str_is(key, "any")) return load_group(l, value, COND_ANY, is_protection);
    if (str_is(key, "not")) return load_not(l, value, is_protection);
    if (str_is(key, "url_host")) return load_url(l, value, COND_URL_HOST, is_protection);
    if (str_is(key, "url_path")) return load_url(l, value, COND_URL_PATH, is_protection);
    if (str_is(key, "process")) return load_process(l, value);
    if (str_is(key, "threat_types"))
        return load_protecting(l, value, COND_THREAT_TYPES, is_protection);
    if (str_is(key, "mimics_internal"))
        return load_protecting(l, value, COND_MIMICS, is_protection);
    ExclusionCond *c =
        new_cond(l, str_is(key, "account") ? COND_ACCOUNT : COND_DEVICE, value->span);
    c->tests = load_tests(l, value, KINDS_TEXT, NULL);
    return c;
}

ExclusionCond *cond_load(ExclusionLoader *l, const YamlNode *node, bool is_protection) {
    if (node->kind != YNODE_MAPPING || !node->n) {
        exclusion_error(l, node->span,
                        "a condition is a mapping such as url_host: {within: [...]}");
        return NULL;
    }
    if (yaml_tree_get(node, "column")) return load_column(l, node);
    if (!exclusion_keys_known(l, node, cond_keys)) return NULL;
    ExclusionCond *c = new_cond(l, COND_ALL, node->span);
    c->args = ARENA_ARRAY(l->set->arena, ExclusionCond *, node->n);
    for (size_t i = 0; i < node->n; i++) {
        ExclusionCond *arg = load_key(l, node->keys[i]->text, node->items[i], is_protection);
        if (arg) c->args[c->n_args++] = arg;
    }
    return c->n_args == 1 ? c->args[0] : c;
}

/* A path counts only beside a host that is asked for as well, or where the file says any_host. */
static void check_paths(ExclusionLoader *l, const ExclusionCond *c, bool has_host) {
    for (size_t i = 0; c->kind == COND_ALL && i < c->n_args; i++)
        if (c->args[i]->kind == COND_URL_HOST) has_host = true;
    if (c->kind == COND_URL_PATH && !has_host && !c->is_any_host)
        exclusion_error(l, c->span, "a path alone would exclude foreign hosts too")->hint =
            STR("put a url_host beside it, or say any_host: true inside url_path");
    for (size_t i = 0; i < c->n_args; i++) check_paths(l, c->args[i], has_host);
}

void cond_check_paths(ExclusionLoader *l, const ExclusionCond *c) { check_paths(l, c, false); }
