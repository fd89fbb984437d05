/* Tables of the data through the engine: own scans, Parquet, both together, faults. */
#include "../plan/build_plan.h"
#include "../sources/fixture.h"
#include "engine/engine.h"

static const QueryContext context = {.now_ticks = 0, .cluster = "local", .database = "quarry"};

/* A scan of the named columns, ids from 1. */
static Plan *scan_of(Fixture *x, const char *table, const char *columns) {
    const TableRef *t = fixture_table(x, table);
    uint32_t indexes[32], n = t ? column_list(t, columns, indexes) : 0;
    Plan *p = make_node(x->arena, PLAN_SCAN, n, NULL, NULL);
    p->u.scan.table = t;
    p->u.scan.table_name = str_of(table);
    p->u.scan.source_names = ARENA_ARRAY(x->arena, Str, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const TableColumn *c = &t->columns[indexes[i]];
        p->schema.items[i] = (Column){i + 1, c->type, c->name};
        p->u.scan.source_names[i] = c->source_name;
    }
    return p;
}

static Str run_plan(Fixture *x, const Plan *p) {
    EngineOptions options = {.n_threads = 2, .data = x->data};
    RunOptions run_options = {.query = &context};
    Engine *e = NULL;
    Run *run = NULL;
    ColumnBatch *batch;
    Buf out = {0};
    diags_init(&x->diags, x->arena);
    x->status = engine_open(&options, &x->diags, &e);
    if (x->status == OK) x->status = engine_run(e, p, &run_options, &x->diags, &run);
    while (x->status == OK && (x->status = run_next(run, &x->diags, &batch)) == OK && batch->n_rows)
        put_batch(x, &out, batch);
    run_free(run);
    engine_close(e);
    Str text = arena_str(x->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static const char *rows =
    "{\"Timestamp\":\"2026-07-22T10:43:01.1234567Z\",\"DeviceId\":\"evil\",\"ProcessId\":"
    "9223372036854775807,"
    "\"AdditionalFields\":{\"a\":1.50,\"b\":[null]},\"InitiatingProcessCommandLine\":\"\\u00e9\"}\n"
    "{\"DeviceId\":\"\\u0065vil\",\"ProcessId\":null}\n"
    "{\"DeviceId\":\"good\"}\n";
static const char *columns =
    "Timestamp,TimeGenerated,DeviceId,ProcessId,AdditionalFields,InitiatingProcessCommandLine,Type";

static void test_scan(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "DeviceEvents.json", rows);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    Plan *p = scan_of(&x, "DeviceEvents", columns);
    CHECK_STR(run_plan(&x, p),
              "2026-07-22T10:43:01.1234567Z|2026-07-22T10:43:01.1234567Z|evil|9223372036854775807|"
              "{\"a\":1.50,\"b\":[null]}|\xC3\xA9|DeviceEvents\n"
              "~|~|evil|~|~||DeviceEvents\n"
              "~|~|good|~|~||DeviceEvents\n");
    p = scan_of(&x, "DeviceEvents", "DeviceId");
    p->u.scan.early = make_equal(x.arena, make_column(x.arena, p, 1), make_string(x.arena, "evil"));
    CHECK_STR(run_plan(&x, p), "evil\nevil\n");
    /* two scans read them */
    CHECK_LONG(dataset_amount(x.data).lines, 3);
    CHECK_LONG(dataset_amount(x.data).bytes, (int64_t)strlen(rows));
    dataset_restart_amount(x.data);
    CHECK_LONG(dataset_amount(x.data).lines, 0);
    fixture_close(&x);
}

/* Texts that come again and again, differ in the middle alone, are short or not ASCII: each row has its
 * own. More rows than a batch has; a dynamic column with nulls between. */
static void test_repeated_texts(void) {
    static const char *const texts[] = {"prefix--one--suffix",
                                        "prefix--two--suffix",
                                        "prefix--six--suffix",
                                        "short",
                                        "",
                                        "twelve bytes",
                                        "thirteen byte",
                                        "prefix--\xC3\xA9t\xC3\xA9--suffix",
                                        "prefix--\xC3\xA8t\xC3\xA9--suffix"};
    Fixture x;
    fixture_open(&x);
    Buf in = {0}, wanted = {0};
    for (unsigned i = 0; i < 3 * BATCH_ROWS + 100; i++) {
        const char *text = texts[i * i % 31 % COUNT_OF(texts)];
        unsigned number = i % 50 < 25 ? i : i % 3;
        buf_printf(&in, "{\"DeviceName\":\"%s\",\"AccountName\":\"a number: %u\"", text, number);
        buf_printf(&wanted, "%s|a number: %u|", text, number);
        if (i % 3) {
            buf_printf(&in, ",\"AdditionalFields\":{\"key\":\"%s\"}}\n", text);
            buf_printf(&wanted, "{\"key\":\"%s\"}\n", text);
        } else {
            buf_puts(&in, "}\n");
            buf_puts(&wanted, "~\n");
        }
    }
    fixture_write(&x, "DeviceEvents.json", buf_str(&in));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    Plan *p = scan_of(&x, "DeviceEvents", "DeviceName,AccountName,AdditionalFields");
    CHECK(str_eq(run_plan(&x, p), buf_str(&wanted)));
    buf_free(&in);
    buf_free(&wanted);
    fixture_close(&x);
}

static void test_parquet(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "in/DeviceEvents.json", rows);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    Plan *p = scan_of(&x, "DeviceEvents", columns);
    Str direct = run_plan(&x, p);
    EngineOptions options = {.n_threads = 1, .data = x.data};
    RunOptions run_options = {.query = &context};
    Engine *e = NULL;
    CHECK(engine_open(&options, &x.diags, &e) == OK);
    const char *path = fixture_path(&x, "out/DeviceEvents.parquet");
    CHECK(engine_write_parquet(e, p, &run_options, path, &x.diags) == OK);
    engine_close(e);
    const char *paths[] = {path};
    CHECK(fixture_load(&x, (DataOptions){.paths = paths, .n_paths = 1}) == OK);
    const TableRef *t = fixture_table(&x, "DeviceEvents");
    CHECK(t && t->presence == TABLE_PRESENT && !table_has_scan(t) && table_parquet_files(t));
    CHECK_STR(run_plan(&x, scan_of(&x, "DeviceEvents", columns)), arena_cstr(x.arena, direct));
    DataOptions bounded = {.paths = paths, .n_paths = 1, .to_ticks = INT64_MAX};
    CHECK(ticks_parse_datetime(STR("2026-07-23"), &bounded.from_ticks));
    CHECK(fixture_load(&x, bounded) == OK);
    CHECK_STR(run_plan(&x, scan_of(&x, "DeviceEvents", "DeviceId")), "evil\ngood\n");
    /* both together */
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    p = make_sort(x.arena, scan_of(&x, "DeviceEvents", "DeviceId"), 1);
    CHECK_STR(run_plan(&x, p), "good\ngood\nevil\nevil\nevil\nevil\n");
    fixture_close(&x);
}

/* A Parquet file without Type: the table's name stands in its place, as in the own scan. */
static void test_parquet_type(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "in/DeviceEvents.json", rows);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    EngineOptions options = {.n_threads = 1, .data = x.data};
    RunOptions run_options = {.query = &context};
    Engine *e = NULL;
    CHECK(engine_open(&options, &x.diags, &e) == OK);
    const char *path = fixture_path(&x, "out/DeviceEvents.parquet");
    CHECK(engine_write_parquet(e, scan_of(&x, "DeviceEvents", "DeviceId"), &run_options, path,
                               &x.diags) == OK);
    engine_close(e);
    const char *paths[] = {path};
    CHECK(fixture_load(&x, (DataOptions){.paths = paths, .n_paths = 1}) == OK);
    CHECK_STR(run_plan(&x, scan_of(&x, "DeviceEvents", "DeviceId,Type,ProcessId")),
              "evil|DeviceEvents|~\nevil|DeviceEvents|~\ngood|DeviceEvents|~\n");
    fixture_close(&x);
}

static void test_faults(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "DeviceEvents.json", "{\"DeviceId\":\"d\"}\nbroken\n");
    CHECK(fixture_load(&x, (DataOptions){.is_strict = true}) == OK);
    Str told = run_plan(&x, scan_of(&x, "DeviceEvents", "DeviceId"));
    CHECK_STR(told, "");
    CHECK(x.status == DATA);
    CHECK(str_find(fixture_messages(&x),
                   STR("DeviceEvents.json, line 2, byte 17: not a JSON object"), 0) != SIZE_MAX);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(run_plan(&x, scan_of(&x, "DeviceEvents", "DeviceId")), "d\n");
    CHECK_STR(
        fixture_skips(&x),
        "DeviceEvents.json: 1 of 2 lines skipped; first at line 2: not a JSON object (broken)\n");
    fixture_close(&x);
}

int main(void) {
    test_scan();
    test_repeated_texts();
    test_parquet();
    test_parquet_type();
    test_faults();
    return test_finish();
}
