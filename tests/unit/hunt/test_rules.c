/* Rules: fields in all their public shapes, ids, folders, places. */
#include "hunt/rule.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/ticks.h"
#include "test.h"

static const char hunting_rule[] = "id: 0d6a40b3-0000-4000-8000-000000000001\n"
                                   "name: A hunt\n"
                                   "description: |\n"
                                   "  Two lines\n"
                                   "  of text.\n"
                                   "requiredDataConnectors:\n"
                                   "  - connectorId: MicrosoftThreatProtection\n"
                                   "    dataTypes:\n"
                                   "      - DeviceEvents\n"
                                   "      - Syslog (Cisco)\n"
                                   "  - connectorId: Other\n"
                                   "    dataTypes: []\n"
                                   "tactics:\n"
                                   "  - Initial access\n"
                                   "  - command_and-control\n"
                                   "  - TA0002\n"
                                   "relevantTechniques: [T1566, T1566.002]\n"
                                   "subTechniques:\n"
                                   "  - T1566.002\n"
                                   "query: |\n"
                                   "  // comment\n"
                                   "  DeviceEvents\n"
                                   "  | take 1\n"
                                   "entityMappings:\n"
                                   "  - entityType: Host\n"
                                   "    fieldMappings:\n"
                                   "      - identifier: FullName\n"
                                   "        columnName: DeviceName\n"
                                   "customDetails:\n"
                                   "  Kind: ActionType\n"
                                   "tags:\n"
                                   "  - Phish\n"
                                   "  - Schema: Email\n"
                                   "    SchemaVersion: 0.1\n"
                                   "version: 1.0.0\n"
                                   "metadata:\n"
                                   "  author: {name: Example}\n";

static void test_hunting_rule(void) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(set, STR("dir/a.yaml"), str_of(hunting_rule));
    CHECK_LONG(file->diags.n, 0);
    const HuntRule *r = file->rule;
    CHECK(r != NULL);
    if (!r) return;
    CHECK_STR(r->id, "0d6a40b3-0000-4000-8000-000000000001");
    CHECK_STR(r->name, "A hunt");
    CHECK_STR(r->version, "1.0.0");
    CHECK_STR(r->description, "Two lines\nof text.");
    CHECK_LONG(r->n_tables, 2);
    CHECK_STR(r->tables[0].table, "DeviceEvents");
    CHECK_STR(r->tables[0].connector, "MicrosoftThreatProtection");
    CHECK_STR(r->tables[1].table, "Syslog");
    CHECK_LONG(r->n_tactics, 3);
    CHECK_STR(r->tactics[0], "InitialAccess");
    CHECK_STR(r->tactics[1], "CommandAndControl");
    CHECK_STR(r->tactics[2], "Execution");
    CHECK_LONG(r->n_techniques, 2);
    CHECK_STR(r->techniques[1], "T1566.002");
    CHECK_STR(r->query, "// comment\nDeviceEvents\n| take 1\n");
    CHECK_LONG(r->n_entities, 1);
    CHECK_STR(r->entities[0].fields[0].column, "DeviceName");
    CHECK_STR(r->custom_details[0].value, "ActionType");
    CHECK_LONG(r->n_tags, 3);
    CHECK_STR(r->tags[0].value, "Phish");
    CHECK_STR(r->tags[2].name, "SchemaVersion");
    CHECK_LONG(r->frequency_ticks, -1);
    CHECK_STR(r->severity, "");
    CHECK(yaml_tree_get(yaml_tree_get(r->fields, "metadata"), "author") != NULL);
    rules_free(set);
}

static void test_scheduled_rule(void) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(set, STR("b.yml"),
                                    STR("name: b\nkind: Scheduled\n"
                                        "severity: High\nqueryFrequency: 1d\n"
                                        "queryPeriod: PT1H30M\n"
                                        "triggerOperator: GreaterThan\n"
                                        "triggerThreshold: 5\n"
                                        "tactics: Impact, Discovery\n"
                                        "query: 'T | take 1'\n"));
    const HuntRule *r = file->rule;
    CHECK(r && !file->diags.n);
    if (!r) return;
    CHECK(r->frequency_ticks == TICKS_PER_DAY);
    CHECK(r->period_ticks == 90 * TICKS_PER_MINUTE);
    CHECK_STR(r->trigger_operator, "gt");
    CHECK_LONG(r->trigger_threshold, 5);
    CHECK_LONG(r->n_tactics, 2);
    CHECK_STR(r->kind, "Scheduled");
    CHECK_STR(r->query, "T | take 1");
    rules_free(set);
}

static void check_wrong(const char *path, const char *text, const char *part, unsigned line) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(set, str_of(path), str_of(text));
    CHECK(!file->rule);
    CHECK(file->diags.n_errors > 0);
    if (file->diags.n) {
        Diag d = file->diags.items[0];
        if (str_find(d.message, str_of(part), 0) == SIZE_MAX) CHECK_STR(d.message, part);
        CHECK_LONG(text_line_col(file->text, d.span.start).line, line);
    }
    rules_free(set);
}

static void test_wrong_rules(void) {
    check_wrong("a.yaml", "# top\nid: x\nname: y\n", "has no query", 2);
    check_wrong("a.yaml", "name: y\nquery: |\n  \n", "query is empty", 2);
    check_wrong("a.yaml", "name: y\nquery:\n", "query is empty", 2);
    check_wrong("a.yaml", "name: y\nquery: [a]\n", "must be text", 2);
    check_wrong("a.yaml", "name:\n  - y\nquery: T\n", "\"name\" must be text", 2);
    check_wrong("a.yaml", "- a\n", "a mapping of keys", 1);
    check_wrong("a.yaml", "name: y\nquery: 'T\n", "does not parse", 3);
    check_wrong("a.kql", " \n\n", "no query", 1);
    check_wrong("a.kql", "T \xFF", "not UTF-8", 1);
}

static void test_warnings(void) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(
        set, STR("w.yaml"),
        STR("query: T\ntactics: [Nonsense]\nrelevantTechniques: [X1]\nqueryFrequency: soon\n"
            "triggerOperator: about\n"));
    CHECK(file->rule != NULL);
    CHECK_LONG(file->diags.n, 4);
    CHECK_LONG(file->diags.n_errors, 0);
    CHECK_STR(file->diags.items[0].message, "no ATT&CK tactic is named \"Nonsense\"");
    CHECK_STR(file->rule->tactics[0], "Nonsense");
    CHECK_STR(file->rule->name, "w");
    rules_free(set);
}

static void test_query_places(void) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(set, STR("a.yaml"), str_of(hunting_rule));
    Str query = file->rule->query;
    size_t at = str_find(query, STR("take"), 0);
    Span span = rule_query_span(file, (Span){(uint32_t)at, 4});
    CHECK_STR(str_sub(file->text, span.start, span.len), "take");
    LineCol place = text_line_col(file->text, span.start);
    CHECK_LONG(place.line, 23);
    CHECK_LONG(place.column, 5);
    span = rule_query_span(file, (Span){(uint32_t)query.len, 0});
    CHECK(span.start <= file->text.len);
    RuleFile *kql = rules_add_text(set, STR("x/my-hunt.kql"), STR("\xEF\xBB\xBFT | take 1"));
    CHECK_STR(kql->rule->name, "my-hunt");
    CHECK_STR(kql->rule->query, "T | take 1");
    span = rule_query_span(kql, (Span){4, 4});
    CHECK_STR(str_sub(kql->text, span.start, span.len), "take");
    rules_free(set);
}

static void test_ids(void) {
    RuleSet *set = rules_new();
    RuleFile *a = rules_add_text(set, STR("a.yaml"), STR("name: a\nid: ABC\nquery: T\n"));
    RuleFile *b = rules_add_text(set, STR("b.yaml"), STR("id: abc\nname: b\nquery: T\n"));
    RuleFile *c = rules_add_text(set, STR("c.yaml"), STR("id: abcd\nname: c\nquery: T\n"));
    RuleFile *d = rules_add_text(set, STR("d.yaml"), STR("name: d\nquery: T\n"));
    RuleFile *e = rules_add_text(set, STR("e.yaml"), STR("name: e\nquery: T\n"));
    rules_check_ids(set);
    CHECK(!a->rule && !b->rule && c->rule && d->rule && e->rule);
    CHECK_STR(a->diags.items[0].message, "the rule in b.yaml has the same id ABC");
    CHECK_LONG(text_line_col(a->text, a->diags.items[0].span.start).line, 2);
    CHECK_STR(b->diags.items[0].message, "the rule in a.yaml has the same id abc");
    CHECK(rules_find(set, STR("ABCD")) == c->rule);
    CHECK(rules_find(set, STR("D")) == d->rule);
    CHECK(rules_find(set, STR("nothing")) == NULL);
    rules_free(set);
}

static void write_file(const char *dir, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f) fputs(text, f), fclose(f);
}

static void test_folders(void) {
    char dir[] = "/tmp/quarry-rules-XXXXXX", sub[64], command[128];
    if (!mkdtemp(dir)) return;
    snprintf(sub, sizeof sub, "%s/sub", dir);
    CHECK(mkdir(sub, 0700) == 0);
    write_file(dir, "b.yaml", "id: 1\nquery: T\n");
    write_file(dir, "a.kql", "T");
    write_file(dir, "ci.yml", "jobs: [x]\n");
    write_file(dir, "broken.yaml", "tactics: [\n");
    write_file(dir, ".hidden.yaml", "query: T\n");
    write_file(dir, "note.md", "query: T\n");
    write_file(sub, "c.yaml", "id: 2\nquery: T\n");
    RuleSet *set = rules_new();
    Diags diags;
    diags_init(&diags, set->arena);
    CHECK(rules_add_path(set, dir, &diags) == OK);
    CHECK_LONG(set->n_files, 4);
    CHECK(str_ends_with(set->files[0]->path, STR("/a.kql")));
    CHECK(str_ends_with(set->files[1]->path, STR("/b.yaml")));
    CHECK(str_ends_with(set->files[2]->path, STR("/broken.yaml")) && !set->files[2]->rule);
    CHECK(str_ends_with(set->files[3]->path, STR("/sub/c.yaml")));
    CHECK(rules_add_path(set, sub, &diags) == OK); /* given twice */
    CHECK_LONG(set->n_files, 5);
    rules_check_ids(set);
    CHECK_LONG(set->n_files, 4);
    CHECK(set->files[3]->rule != NULL);
    CHECK(rules_add_path(set, "/nonexistent/x", &diags) == INVALID);
    CHECK_LONG(diags.n_errors, 1);
    rules_free(set);
    snprintf(command, sizeof command, "rm -r %s", dir);
    CHECK(system(command) == 0);
}

static void test_tactics(void) {
    Str name;
    CHECK(tactic_normalise(STR("Initial access"), &name));
    CHECK_STR(name, "InitialAccess");
    CHECK(tactic_normalise(STR("initial_access"), &name));
    CHECK_STR(name, "InitialAccess");
    CHECK(tactic_normalise(STR("TA0001"), &name));
    CHECK_STR(name, "InitialAccess");
    CHECK(tactic_normalise(STR("command and control"), &name));
    CHECK_STR(name, "CommandAndControl");
    CHECK(tactic_normalise(STR("Defence evasion"), &name));
    CHECK_STR(name, "DefenseEvasion");
    CHECK(tactic_normalise(STR("impair process control"), &name));
    CHECK_STR(name, "ImpairProcessControl");
    CHECK(!tactic_normalise(STR("access"), &name));
    CHECK_STR(name, "access");
    CHECK(!tactic_normalise(STR(""), &name));
    CHECK(!tactic_normalise(STR(" - "), &name));
}

int main(void) {
    test_hunting_rule();
    test_scheduled_rule();
    test_wrong_rules();
    test_warnings();
    test_query_places();
    test_ids();
    test_folders();
    test_tactics();
    return test_finish();
}
