/*
 * A hunt over a session that is played: the queries are answered here, so that context, exclusions,
 * protections, unwrapped links and warnings are tested apart from parser and engine.
 */
#include "hunt/hunt.h"

#include "base/ticks.h"
#include "test.h"

#define CLICK INT64_C(638995000000000000)

static Arena *arena;
static QueryContext context = {.now_ticks = CLICK + TICKS_PER_DAY};
static bool is_strict, has_clicks_table, has_process_tables = true;
static const char *failing; /* the table whose look-up fails, or NULL */
static Str asked[16];       /* the queries, in order */
static size_t n_asked;

/* ------------------------------------------------------------------ the played session */

const QueryContext *session_context(const Session *s) {
    (void)s;
    return &context;
}
DataSet *session_data(Session *s) {
    (void)s;
    return NULL;
}
const KnownSchemas *session_schemas(const Session *s) {
    (void)s;
    return NULL;
}
ReadAmount dataset_amount(DataSet *d) {
    (void)d;
    return (ReadAmount){0};
}
void dataset_restart_amount(DataSet *d) { (void)d; }
bool dataset_is_bounded(const DataSet *d) {
    (void)d;
    return false;
}
void dataset_read_all_times(DataSet *d, bool all) { (void)d, (void)all; }
size_t dataset_note_count(const DataSet *d) {
    (void)d;
    return 0;
}
Str dataset_note(const DataSet *d, size_t i) {
    (void)d, (void)i;
    return STR_EMPTY;
}
bool dataset_note_is_about(const DataSet *d, size_t i, Str table) {
    (void)d, (void)i, (void)table;
    return false;
}
bool dataset_row_count(DataSet *d, const TableRef *table, int64_t *ret) {
    (void)d, (void)table, (void)ret;
    return false;
}
size_t dataset_unread_count(const DataSet *d) {
    (void)d;
    return 0;
}
UnreadPath dataset_unread(const DataSet *d, size_t i) {
    (void)d, (void)i;
    return (UnreadPath){0};
}
void dataset_report_table_skips(const DataSet *d, Str table, Diags *diags) {
    (void)d, (void)table, (void)diags;
}
void dataset_report_table_lost(const DataSet *d, Str table, Diags *diags) {
    (void)d, (void)table, (void)diags;
}
Str known_schemas_connector(const KnownSchemas *k, Str table) {
    (void)k, (void)table;
    return STR("SomeConnector");
}

static const TableRef *find_table(void *self, Str name) {
    static TableRef present = {.presence = TABLE_PRESENT}, missing = {.presence = TABLE_MISSING};
    (void)self;
    if (str_is(name, "UrlClickEvents")) return has_clicks_table ? &present : &missing;
    if (str_starts_with(name, STR("Device"))) return has_process_tables ? &present : &missing;
    return str_is(name, "EmailEvents") || str_is(name, "T") ? &present : &missing;
}
SchemaProvider dataset_provider(DataSet *d) {
    (void)d;
    return (SchemaProvider){.find = find_table};
}

Query *session_prepare(Session *s, Str text, const QueryOptions *options) {
    (void)s;
    Query *q = ARENA_NEW(arena, Query);
    q->text = arena_str(arena, text);
    diags_init(&q->diags, arena);
    if (n_asked < COUNT_OF(asked)) asked[n_asked++] = q->text;
    if (str_starts_with(text, STR("T"))) CHECK(options && options->unwraps_urls);
    size_t bad = str_find(text, STR("Nope"), 0);
    if (bad != SIZE_MAX) {
        diag_add(&q->diags, SEVERITY_ERROR, PHASE_SEMANTICS, (Span){(uint32_t)bad, 4}, "KS142",
                 "no column is named Nope");
        q->status = INVALID;
    }
    return q;
}
void query_free(Query *q) { (void)q; }

/* A table: a type letter a column ("s" text, "t" time, "l" long), then the cells. */
typedef struct Table {
    Rows rows;
    size_t cap, used;
} Table;

static Table table_new(const char *types, const char *const *names) {
    Table t = {0};
    t.rows.schema.n = (uint32_t)strlen(types);
    t.rows.schema.items = ARENA_ARRAY(arena, Column, t.rows.schema.n);
    for (uint32_t i = 0; i < t.rows.schema.n; i++)
        t.rows.schema.items[i] = (Column){.id = i + 1,
                                          .type = types[i] == 's'   ? TYPE_STRING
                                                  : types[i] == 't' ? TYPE_DATETIME
                                                                    : TYPE_LONG,
                                          .name = names ? str_of(names[i]) : STR("x")};
    return t;
}
static void put(Table *t, Value v) {
    size_t n = t->used;
    ARENA_PUSH(arena, t->rows.cells, n, t->cap, v);
    t->used = n;
    t->rows.n_rows = n / t->rows.schema.n;
}
static void text(Table *t, const char *s) { put(t, value_str(str_of(s))); }
static void when(Table *t, int64_t ticks) { put(t, value_ticks(TYPE_DATETIME, ticks)); }

static const char *const result_names[] = {
    "UrlDeviceClickTime", "RemoteUrl", "UrlClickedByUserSid",
    "NetworkMessageId",   "DeviceId",  "InitiatingProcessFileName"};
static const struct {
    const char *mail, *clicked, *message, *device, *process;
} hits[] = {
    {"https://a.example/", "https://a.example/", "m0", "d0", "outlook.exe"},
    {"https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fw.example%2F&data=x",
     "https://w.example/", "m1", "d1", "outlook.exe"},
    {"https://internal.company.com/update/", "https://internal.company.com/update/", "m2", "d2",
     "outlook.exe"},
    {"https://internal.company.com/login", "https://internal.company.com/login", "m3", "d3",
     "outlook.exe"},
    {"https://s.example/", "https://s.example/", "m4", "d4", "cmd.exe"},
    {"https://q.example/\"\\", "https://q.example/\"\\", "m5\" or true", "d5", "cmd.exe"},
    {"https://internal.company.com/c", "https://internal.company.com/c", "m6", "d6", "outlook.exe"},
};

static Rows result_rows(void) {
    Table t = table_new("tsssss", result_names);
    for (size_t i = 0; i < COUNT_OF(hits); i++) {
        when(&t, CLICK + (int64_t)i);
        text(&t, hits[i].mail), text(&t, hits[i].clicked), text(&t, hits[i].message);
        text(&t, hits[i].device), text(&t, hits[i].process);
    }
    return t.rows;
}

/* Device event of hit i: its parent is svchost.exe, its process 100 + i. */
static Rows event_rows(void) {
    Table t = table_new("sstssssl"
                        "t",
                        NULL);
    for (size_t i = 4; i < 6; i++) {
        text(&t, hits[i].device), text(&t, "");
        when(&t, CLICK + (int64_t)i);
        text(&t, hits[i].clicked), text(&t, hits[i].process), text(&t, "cmd /c x");
        text(&t, "svchost.exe");
        put(&t, value_long(100 + (int64_t)i));
        put(&t, value_null(TYPE_DATETIME));
    }
    return t.rows;
}

static Rows creation_rows(void) {
    Table t = table_new("sstsltsss", NULL);
    for (size_t i = 4; i < 6; i++) {
        text(&t, hits[i].device), text(&t, "");
        when(&t, CLICK - TICKS_PER_HOUR);
        text(&t, hits[i].process);
        put(&t, value_long(100 + (int64_t)i));
        put(&t, value_null(TYPE_DATETIME));
        text(&t, "cmd /c x"), text(&t, "svchost.exe");
        text(&t, i == 4 ? "svchost.exe -k netsvcs -p -s Schedule" : "svchost.exe -k DcomLaunch");
    }
    return t.rows;
}

static Rows threat_rows(const char *types, const char *const *cells, size_t n) {
    Table t = table_new(types, NULL);
    for (size_t i = 0; i < n; i++) text(&t, cells[i]);
    return t.rows;
}

Status session_rows(Session *s, Query *q, Arena *a, size_t max_rows, Rows *ret_rows) {
    (void)s, (void)a, (void)max_rows;
    static const char *const mails[] = {"m3", "Malware, Phish", "m4", "Malware"};
    static const char *const clicks[] = {"m6", "https://internal.company.com/c", "Phish"};
    *ret_rows = (Rows){0};
    if (failing && str_starts_with(q->text, str_of(failing))) {
        diag_add(&q->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY310", "too many rows");
        return LIMIT;
    }
    if (str_starts_with(q->text, STR("T"))) *ret_rows = result_rows();
    if (str_starts_with(q->text, STR("EmailEvents"))) *ret_rows = threat_rows("ss", mails, 4);
    if (str_starts_with(q->text, STR("UrlClick"))) *ret_rows = threat_rows("sss", clicks, 3);
    if (str_starts_with(q->text, STR("DeviceEvents"))) *ret_rows = event_rows();
    if (str_starts_with(q->text, STR("DeviceProcess"))) *ret_rows = creation_rows();
    if (str_starts_with(q->text, STR("['"))) {
        Table t = table_new("l", NULL);
        put(&t, value_long(42));
        *ret_rows = t.rows;
    }
    return OK;
}

/* --------------------------------------------------------------------------- tests */

static const char rule_text[] =
    "name: SuspiciousUrlClicked\nrequiredDataConnectors:\n- connectorId: C\n  dataTypes: [T, "
    "Absent]\nquery: |\n  T\n  | where x == 1\n";

static RuleSet *rules; /* results point into it: freed last */

static HuntResult *hunt(const char *text_of_rule, ExclusionSet *set) {
    RuleFile *file = rules_add_text(rules, STR("r.yaml"), str_of(text_of_rule));
    HuntOptions options = {.exclusions = set, .is_strict = is_strict};
    n_asked = 0;
    return hunt_run(NULL, file, &options);
}

static ExclusionSet *shipped(void) {
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_path(set, "content/exclusions/suspicious-url-clicked.yaml") == OK);
    return set;
}

static bool warns(const HuntResult *r, const char *part) {
    for (size_t i = 0; i < r->n_warnings; i++)
        if (str_find(r->warnings[i], str_of(part), 0) != SIZE_MAX) return true;
    return false;
}

static void test_without_exclusions(void) {
    HuntResult *r = hunt(rule_text, NULL);
    CHECK(r->status == OK);
    CHECK_LONG(r->n_hits, COUNT_OF(hits));
    CHECK_LONG(r->n_suppressed + r->n_protected, 0);
    CHECK_LONG(r->n_tables, 2);
    CHECK_LONG(r->tables[0].rows, 42);
    CHECK(r->tables[0].presence == TABLE_PRESENT && r->tables[0].is_required);
    CHECK(r->tables[1].presence == TABLE_MISSING);
    CHECK_STR(r->tables[1].connector, "C");
    CHECK(warns(r, "the table Absent is missing from the data (connector C)"));
    CHECK_LONG(r->n_unwrapped, 1);
    CHECK_LONG(r->unwrapped[0].row, 1);
    CHECK_STR(r->unwrapped[0].wrapped_column, "RemoteUrl");
    CHECK_STR(r->unwrapped[0].bare_column, "UrlClickedByUserSid");
    CHECK_STR(r->unwrapped[0].url, "https://w.example/");
    hunt_result_free(r);
}

static void test_with_exclusions(void) {
    ExclusionSet *set = shipped();
    has_clicks_table = false;
    HuntResult *r = hunt(rule_text, set);
    CHECK(r->status == OK);
    CHECK_LONG(r->n_suppressed, 3); /* 2: internal; 4: Task Scheduler; 6: internal */
    CHECK_LONG(r->suppressed[0].row, 2);
    CHECK_STR(r->suppressed[0].exclusion, "internal-system-update");
    CHECK_STR(r->suppressed[0].because, "host internal.company.com is within internal.company.com");
    CHECK_LONG(r->suppressed[1].row, 4);
    CHECK_STR(r->suppressed[1].exclusion, "scheduled-sync-job");
    CHECK_LONG(r->suppressed[2].row, 6);
    CHECK_LONG(r->n_protected, 1);
    CHECK_LONG(r->protected_rows[0].row, 3);
    CHECK_STR(r->protected_rows[0].by, "phish-that-mimics-internal");
    CHECK_STR(r->protected_rows[0].reason, "EmailEvents says Malware, Phish");
    CHECK_LONG(r->n_hits, 4); /* 0, 1, 3, 5 */
    CHECK_LONG(r->hits[2], 3);
    CHECK(warns(r, "is broad"));
    hunt_result_free(r);
    exclusions_free(set);
}

static void test_clicks_table(void) {
    ExclusionSet *set = shipped();
    has_clicks_table = true;
    HuntResult *r = hunt(rule_text, set);
    CHECK_LONG(r->n_suppressed, 2);
    CHECK_LONG(r->n_protected, 2);
    CHECK_LONG(r->protected_rows[1].row, 6);
    CHECK_STR(r->protected_rows[1].reason, "UrlClickEvents says Phish");
    hunt_result_free(r);
    exclusions_free(set);
}

/* Rows 2, 4 and 6 would be hidden; what is not known of them may protect them. */
static void test_verdicts_that_cannot_be_looked_up(const char *table) {
    ExclusionSet *set = shipped();
    has_clicks_table = true;
    failing = table;
    HuntResult *r = hunt(rule_text, set);
    CHECK(r->status == OK);
    CHECK_LONG(r->n_suppressed, 0);
    CHECK_LONG(r->n_hits, COUNT_OF(hits));
    CHECK_LONG(r->protected_rows[0].row, 2);
    CHECK_STR(r->protected_rows[0].exclusion, "internal-system-update");
    CHECK_STR(r->protected_rows[0].by, "verdict-unknown");
    CHECK(str_find(r->protected_rows[0].reason, STR("could not be looked up: too many rows"), 0) !=
          SIZE_MAX);
    CHECK(warns(r, "could not be looked up: too many rows"));
    hunt_result_free(r);
    is_strict = true;
    r = hunt(rule_text, set);
    CHECK(r->status == LIMIT);
    CHECK_LONG(r->n_hits + r->n_suppressed + r->n_protected + r->rows.n_rows, 0);
    CHECK_LONG(r->diags.n_errors, 1);
    CHECK_STR(r->diags.items[0].code, "QY310");
    hunt_result_free(r);
    is_strict = false;
    failing = NULL;
    exclusions_free(set);
}

/* Without its creation, the event of row 4 says nothing of a parent's command line. */
static void test_processes_that_cannot_be_looked_up(void) {
    ExclusionSet *set = shipped();
    has_clicks_table = false;
    failing = "DeviceProcess";
    HuntResult *r = hunt(rule_text, set);
    CHECK(r->status == OK);
    CHECK_LONG(r->n_suppressed, 2);
    CHECK(warns(r, "the parent of the process behind the hits could not be looked up"));
    hunt_result_free(r);
    failing = NULL;
    exclusions_free(set);
}

static void test_literals_are_escaped(void) {
    ExclusionSet *set = shipped();
    HuntResult *r = hunt(rule_text, set);
    bool is_seen = false;
    for (size_t i = 0; i < n_asked; i++) {
        CHECK(str_find(asked[i], STR("m5\" or true"), 0) == SIZE_MAX);
        if (str_find(asked[i], STR("\"m5\\\" or true\""), 0) != SIZE_MAX) is_seen = true;
    }
    CHECK(is_seen);
    hunt_result_free(r);
    exclusions_free(set);
}

static void test_no_process_tables(void) {
    ExclusionSet *set = shipped();
    has_process_tables = false;
    HuntResult *r = hunt(rule_text, set);
    has_process_tables = true;
    for (size_t i = 0; i < r->n_suppressed; i++) CHECK(r->suppressed[i].row != 4);
    CHECK(warns(r, "neither DeviceEvents nor DeviceProcessEvents"));
    hunt_result_free(r);
    exclusions_free(set);
}

static void test_expired(void) {
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_text(set, STR("x"),
                              STR("exclusions:\n- {name: old, scenario: s, reason: r, owner: o, "
                                  "expires: 2001-01-01, when: {device: d0}}\n")) == OK);
    HuntResult *r = hunt(rule_text, set);
    CHECK_LONG(r->n_suppressed, 0);
    CHECK(warns(r, "the exclusion \"old\" expired on 2001-01-01"));
    CHECK(warns(r, "rows that it would have hidden are hits"));
    hunt_result_free(r);
    exclusions_free(set);
}

static void test_wrong_query(void) {
    const char *rule = "name: r\nquery: |\n  T\n  | where Nope == 1\n";
    HuntResult *r = hunt(rule, NULL);
    CHECK(r->status == INVALID);
    CHECK_LONG(r->diags.n_errors, 1);
    LineCol place = text_line_col(r->file->text, r->diags.items[0].span.start);
    CHECK_LONG(place.line, 4);
    CHECK_LONG(place.column, 11);
    CHECK_STR(r->diags.items[0].code, "KS142");
    hunt_result_free(r);
    r = hunt("name: r\n", NULL);
    CHECK(r->status == INVALID && !r->rule && r->diags.n_errors == 1);
    hunt_result_free(r);
}

int main(void) {
    arena = arena_new();
    rules = rules_new();
    test_without_exclusions();
    test_with_exclusions();
    test_clicks_table();
    test_verdicts_that_cannot_be_looked_up("EmailEvents");
    test_verdicts_that_cannot_be_looked_up("UrlClickEvents");
    test_processes_that_cannot_be_looked_up();
    test_literals_are_escaped();
    test_no_process_tables();
    test_expired();
    test_wrong_query();
    rules_free(rules);
    arena_free(arena);
    return test_finish();
}
