/* Which files are found, which table each belongs to, which columns it has. */
#include <fcntl.h>

#include "fixture.h"

static const char *row = "{\"DeviceId\":\"d\"}\n";

static Str table_of(Fixture *x, const char *name) {
    for (uint32_t i = 0; i < dataset_file_count(x->data); i++)
        if (str_ends_with(dataset_file(x->data, i).path, str_of(name)))
            return dataset_file(x->data, i).table;
    return STR("no such file");
}

static void test_names(void) {
    static const struct {
        const char *path, *table;
    } cases[] = {
        {"a/DeviceEvents/2026/11/24.json", "DeviceEvents"},
        {"b/DeviceEvents-2026-11-24.ndjson", "DeviceEvents"},
        {"c/DeviceEvents.json", "DeviceEvents"},
        {"d/DeviceEvents_2026.json", "DeviceEvents"},
        {"e/insights-logs-advancedhunting-deviceevents/tenantId=1/PT1H.json", "DeviceEvents"},
        {"f/am-DeviceEvents/y=2026/PT05M.json", "DeviceEvents"},
        {"g/am-MyApp_CL/y=2026/PT05M.json", "MyApp_CL"},
        {"h/MyApp_CL-2026.json", "MyApp_CL"},
        {"i/deviceevents.json", "DeviceEvents"},
        {"j/DeviceEvents/part-1.json", "DeviceEvents"},
        {"k/AlertInfo/DeviceEvents.json", "DeviceEvents"}, /* the file's own name first */
        {"l/event/DeviceInfo.json", "DeviceInfo"},
        {"m/Event/1.json", "Event"},
        {"n/am-event/PT05M.json", "Event"},
        {"usage/some-thing-7.json", "some-thing"}, /* one word: spelled exactly */
    };
    Fixture x;
    fixture_open(&x);
    for (size_t i = 0; i < COUNT_OF(cases); i++) fixture_text(&x, cases[i].path, row);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(dataset_file_count(x.data), COUNT_OF(cases));
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(table_of(&x, cases[i].path), cases[i].table);
    CHECK_STR(fixture_messages(&x),
              "usage/some-thing-7.json: neither its records nor its path name a "
              "known table; it is read as some-thing\n");
    CHECK_STR(fixture_read(&x, "some-thing", "DeviceId"), "d\n");
    fixture_close(&x);
}

static void test_record_beats_path(void) {
    Fixture x;
    fixture_open(&x);
    const char *path =
        fixture_text(&x, "AlertInfo.json", "{\"Type\":\"SigninLogs\",\"Identity\":\"i\"}\n");
    fixture_text(&x, "EmailEvents.json",
                 "{\"Type\":\"phish\",\"Subject\":\"s\"}\n"); /* no table's name */
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(table_of(&x, "AlertInfo.json"), "SigninLogs");
    CHECK_STR(table_of(&x, "EmailEvents.json"), "EmailEvents");
    TableBinding binding = {"DeviceInfo", path};
    CHECK(fixture_load(&x, (DataOptions){.tables = &binding, .n_tables = 1}) == OK);
    CHECK_STR(table_of(&x, "AlertInfo.json"), "DeviceInfo");
    CHECK_STR(fixture_read(&x, "DeviceInfo", "Type,Identity"), "SigninLogs|i\n");
    fixture_close(&x);
}

static void test_paths(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "in/b.json", row);
    fixture_text(&x, "in/a.json", row);
    fixture_text(&x, "in/.hidden.json", row);
    fixture_text(&x, "in/readme.txt", "hello\n");
    fixture_text(&x, "in/empty.json", "");
    CHECK(symlink("..", fixture_path(&x, "in/loop")) == 0);
    CHECK(symlink("a.json", fixture_path(&x, "in/z-again.json")) == 0);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(dataset_file_count(x.data), 4);
    CHECK(str_ends_with(dataset_file(x.data, 0).path, STR("in/a.json")));
    Str told = fixture_messages(&x);
    CHECK(str_find(told, STR("in/readme.txt: neither JSON nor Parquet"), 0) != SIZE_MAX);
    CHECK(str_find(told, STR("in/empty.json: empty"), 0) != SIZE_MAX);
    const char *pattern[] = {fixture_path(&x, "in/*.json")};
    CHECK(fixture_load(&x, (DataOptions){.paths = pattern, .n_paths = 1}) == OK);
    CHECK_LONG(dataset_file_count(x.data), 3);
    const char *both[] = {fixture_path(&x, "in/a.json"), x.dir};
    CHECK(fixture_load(&x, (DataOptions){.paths = both, .n_paths = 2}) == OK);
    CHECK_LONG(dataset_file_count(x.data), 4); /* a.json once */
    fixture_close(&x);
}

static void check_refused(Fixture *x, const char *path, const char *message) {
    const char *paths[] = {path};
    CHECK(fixture_load(x, (DataOptions){.paths = paths, .n_paths = 1}) == INVALID);
    CHECK(x->data == NULL);
    CHECK(str_find(fixture_messages(x), str_of(message), 0) != SIZE_MAX);
}

static void test_refused(void) {
    Fixture x;
    fixture_open(&x);
    check_refused(&x, fixture_path(&x, "none"), "none: No such file or directory");
    check_refused(&x, fixture_path(&x, "none*.json"), "none*.json: no file matches");
    check_refused(&x, fixture_text(&x, "notes.txt", "hello\n"),
                  "notes.txt: neither JSON nor Parquet");
    check_refused(&x, fixture_text(&x, "c.avro", "Obj\x01xxxxxxx"), "Avro");
    check_refused(&x, fixture_write(&x, "b.json", STR("\0\0\0\1\2\3\4\5")),
                  "neither text nor Parquet");
    fixture_close(&x);
}

static void test_pipe(void) {
    Fixture x;
    fixture_open(&x);
    const char *path = fixture_path(&x, "pipe");
    CHECK(mkfifo(path, 0600) == 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(path, O_WRONLY);
        ssize_t n = write(fd, row, strlen(row));
        _exit(n > 0 ? 0 : 1);
    }
    TableBinding binding = {"DeviceInfo", path};
    CHECK(fixture_load(&x, (DataOptions){.tables = &binding, .n_tables = 1}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceInfo", "DeviceId"), "d\n");
    CHECK_STR(fixture_read(&x, "DeviceInfo", "DeviceId"), "d\n"); /* it can be read again */
    fixture_close(&x);
}

static const TableColumn *column(Fixture *x, const char *table, const char *name) {
    static const TableColumn none = {.type = TYPE_ERROR};
    const TableRef *t = fixture_table(x, table);
    uint32_t i = t ? column_index(t, str_of(name)) : UINT32_MAX;
    return i == UINT32_MAX ? &none : &t->columns[i];
}

static void test_columns(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "odd.json",
                 "{\"t\":\"2026-07-22T10:43:01Z\",\"l\":1,\"r\":1,\"b\":true,\"d\":{\"x\":1},\"s\":"
                 "\"x\",\"m\":1,\"n\":null,"
                 "\"big\":9007199254740993,\"w\":\"a\"}\n"
                 "{\"t\":\"2026-07-22T10:43:02Z\",\"l\":2,\"r\":1.5,\"b\":false,\"d\":[1],\"s\":"
                 "\"2026-07-22T10:43:01Z\","
                 "\"m\":\"x\",\"big\":0.5,\"w\":[1]}\n");
    fixture_text(&x, "MyApp_CL.csv", "Raw_s,Count_d,When_t,Plain\n5,1,2026-07-22T10:43:01Z,7\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK(column(&x, "odd", "t")->type == TYPE_DATETIME);
    CHECK(column(&x, "odd", "l")->type == TYPE_LONG);
    CHECK(column(&x, "odd", "r")->type == TYPE_REAL);
    CHECK(column(&x, "odd", "b")->type == TYPE_BOOL);
    CHECK(column(&x, "odd", "d")->type == TYPE_DYNAMIC);
    CHECK(column(&x, "odd", "s")->type == TYPE_STRING);
    CHECK(column(&x, "odd", "m")->type == TYPE_DYNAMIC);
    CHECK(column(&x, "odd", "n")->type == TYPE_STRING);
    CHECK(column(&x, "odd", "big")->type == TYPE_DYNAMIC);
    CHECK(column(&x, "odd", "w")->type == TYPE_DYNAMIC);
    CHECK_STR(fixture_read(&x, "odd", "m,big,w"), "1|9007199254740993|\"a\"\n\"x\"|0.5|[1]\n");
    CHECK(column(&x, "MyApp_CL", "Raw_s")->type == TYPE_STRING);
    CHECK(column(&x, "MyApp_CL", "Count_d")->type == TYPE_REAL);
    CHECK(column(&x, "MyApp_CL", "When_t")->type == TYPE_DATETIME);
    CHECK(column(&x, "MyApp_CL", "Plain")->type == TYPE_LONG);
    fixture_close(&x);
}

static void test_twins(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(
        &x, "IdentityInfo.json",
        "{\"Timestamp\":\"2026-07-22T10:43:01Z\",\"OnPremSid\":\"S-1\",\"AccountUpn\":\"u\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(column(&x, "IdentityInfo", "AccountSID")->source_name, "OnPremSid");
    CHECK_STR(column(&x, "IdentityInfo", "OnPremSid")->source_name, "OnPremSid");
    CHECK_STR(column(&x, "IdentityInfo", "TimeGenerated")->source_name, "Timestamp");
    CHECK_STR(fixture_read(&x, "IdentityInfo", "AccountSID,OnPremSid,AccountUPN"), "S-1|S-1|u\n");
    fixture_close(&x);
}

/* Whether a column is said to be absent: only when all of the data was looked at. */
static void test_absent(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json", "{\"AlertId\":\"1\"}\n");
    Buf b = {0};
    while (b.len < 3u << 20)
        buf_puts(&b, "{\"Subject\":\"a subject line, as long as subjects are\"}\n");
    buf_puts(&b, "{\"NetworkMessageId\":\"n\"}\n");
    while (b.len < 6u << 20)
        buf_puts(&b, "{\"Subject\":\"a subject line, as long as subjects are\"}\n");
    fixture_write(&x, "EmailEvents.json", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(column(&x, "AlertInfo", "AlertId")->source_name, "AlertId");
    CHECK_STR(column(&x, "AlertInfo", "Title")->source_name, "");
    CHECK_STR(column(&x, "AlertInfo", "Type")->source_name, "Type");
    CHECK_STR(column(&x, "EmailEvents", "NetworkMessageId")->source_name, "NetworkMessageId");
    Str all = fixture_read(&x, "EmailEvents", "NetworkMessageId");
    CHECK(str_find(all, STR("\nn\n"), 0) != SIZE_MAX);
    fixture_close(&x);
}

/* Exports of several tables in one file, one behind the other: all are found. */
static void test_many_tables(void) {
    static const char *const names[] = {"AlertInfo", "AlertEvidence", "EmailEvents", "DeviceInfo"};
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (int j = 0; j < 20000; j++)
            buf_printf(&b, "{\"category\":\"AdvancedHunting-%s\",\"properties\":{\"Id\":%d}}\r\n",
                       names[i], j);
    fixture_write(&x, "all.json", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(dataset_file(x.data, 0).table, "AlertInfo, AlertEvidence, EmailEvents, DeviceInfo");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CHECK(dataset_file_holds(x.data, 0, str_of(names[i])));
        CHECK(str_ends_with(fixture_read(&x, names[i], "Id"), STR("\n19998\n19999\n")));
    }
    CHECK(!dataset_file_holds(x.data, 0, STR("SigninLogs")));
    CHECK_STR(fixture_skips(&x), "");
    fixture_close(&x);
}

static void test_mixed_twins(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo-1.json",
                 "{\"AlertId\":\"1\",\"Timestamp\":\"2026-07-22T10:00:00Z\"}\n");
    fixture_text(&x, "AlertInfo-2.json",
                 "{\"AlertId\":\"2\",\"TimeGenerated\":\"2026-07-23T10:00:00Z\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId,Timestamp"),
              "1|2026-07-22T10:00:00.0000000Z\n2|2026-07-23T10:00:00.0000000Z\n");
    CHECK_STR(fixture_messages(&x),
              "AlertInfo: some records hold TimeGenerated and some Timestamp; each "
              "is read in place of the other\n");
    fixture_close(&x);
}

/* A body without a table's name is read by its stem; the hint says what it looks like. */
static void test_guess(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "results.json",
                 "{\"schema\":[{\"name\":\"UrlCount\",\"type\":\"Int32\"}],\"results\":["
                 "{\"NetworkMessageId\":\"n\",\"UrlCount\":1,\"AttachmentCount\":2,"
                 "\"InternetMessageId\":\"i\"}]}");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(x.diags.n, 1);
    CHECK(x.diags.n && str_starts_with(x.diags.items[0].hint,
                                       STR("its columns fit EmailEvents: --table EmailEvents=")));
    /* all that fit as well are named: both tables have these columns */
    fixture_text(
        &x, "results.json",
        "{\"Timestamp\":\"2026-07-22T10:00:00Z\",\"ActionType\":\"a\",\"RemoteUrl\":\"u\","
        "\"InitiatingProcessFileName\":\"f\",\"RemotePort\":1,\"LocalIP\":\"l\",\"ReportId\":1,"
        "\"DeviceName\":\"d\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK(x.diags.n && str_starts_with(x.diags.items[0].hint,
                                       STR("its columns fit DeviceNetworkEvents and DeviceEvents: "
                                           "bind it with --table NAME=")));
    fixture_close(&x);
}

static void test_bounds(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "{\"AlertId\":\"1\",\"Timestamp\":\"2026-07-22T10:00:00Z\"}\n"
                 "{\"AlertId\":\"2\",\"Timestamp\":\"2026-07-23T10:00:00Z\"}\n"
                 "{\"AlertId\":\"3\"}\n"
                 "{\"AlertId\":\"4\",\"Timestamp\":\"2026-07-21T10:00:00Z\",\"TimeGenerated\":"
                 "\"2026-07-23T11:00:00Z\"}\n");
    int64_t from = 0, to = 0;
    CHECK(ticks_parse_datetime(STR("2026-07-22T12:00:00Z"), &from) &&
          ticks_parse_datetime(STR("2026-07-24"), &to));
    CHECK(fixture_load(&x, (DataOptions){.from_ticks = from, .to_ticks = to}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "2\n3\n4\n");
    CHECK(fixture_load(&x, (DataOptions){.from_ticks = INT64_MIN, .to_ticks = INT64_MAX}) == OK);
    x.spec.from_ticks = from;
    x.spec.to_ticks = to;
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "2\n3\n4\n");
    fixture_close(&x);
}

static void test_zones(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.csv",
                 "Timestamp [Local Time],AlertId\n\"7/22/2026, 9:00:00.000 "
                 "AM\",1\n2026-07-22T09:00:00Z,2\n");
    CHECK(fixture_load(&x, (DataOptions){.timezone = "+02:00"}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "Timestamp,AlertId"),
              "2026-07-22T07:00:00.0000000Z|1\n2026-07-22T09:00:00.0000000Z|2\n");
    CHECK_STR(fixture_messages(&x), "");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_messages(&x),
              "AlertInfo.csv: times are marked [Local Time]; they are read as UTC\n");
    CHECK_STR(fixture_read(&x, "AlertInfo", "Timestamp"),
              "2026-07-22T09:00:00.0000000Z\n2026-07-22T09:00:00.0000000Z\n");
    CHECK(fixture_load(&x, (DataOptions){.timezone = "Berlin"}) == INVALID);
    CHECK_STR(fixture_messages(&x), "\"Berlin\" is no time zone\n");
    fixture_close(&x);
}

static void test_utf16(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    buf_put(&b, STR("\xFF\xFE"));
    for (const char *p = "AlertId,Title\r\n1,x"; *p; p++) {
        buf_putc(&b, *p);
        buf_putc(&b, 0);
    }
    buf_put(&b, (Str){"\x3D\xD8\x00\xDE\n\0", 6});
    fixture_write(&x, "AlertInfo.csv", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId,Title"), "1|x\xF0\x9F\x98\x80\n");
    fixture_close(&x);
}

static void count_table(void *ctx, const TableRef *t) {
    (void)t;
    ++*(int *)ctx;
}

static void test_provider(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "data/DeviceInfo.json", row);
    fixture_text(&x, "data/DeviceEvents.json", row);
    fixture_text(&x, "lists/VIPs.csv", "User,Note\nu1,a\nu2,b\n");
    const char *paths[] = {fixture_path(&x, "data")};
    CHECK(fixture_load(&x, (DataOptions){.paths = paths,
                                         .n_paths = 1,
                                         .watchlists = fixture_path(&x, "lists")}) == OK);
    SchemaProvider p = dataset_provider(x.data);
    CHECK(p.find(p.self, STR("DeviceInfo"))->presence == TABLE_PRESENT);
    CHECK(p.find(p.self, STR("EmailEvents"))->presence == TABLE_MISSING);
    CHECK(p.find(p.self, STR("Nothing")) == NULL);
    int n = 0;
    p.match(p.self, STR("Device*"), count_table, &n);
    CHECK_LONG(n, 2);
    CHECK_STR(p.nearest(p.self, STR("DeviceInf")), "DeviceInfo");
    CHECK_STR(p.nearest(p.self, STR("EmailEvnts")), "EmailEvents");
    const TableRef *list = p.watchlist(p.self, STR("VIPs"));
    CHECK(list && list->n_columns == 3);
    CHECK(p.watchlist(p.self, STR("none")) == NULL);
    if (list) {
        uint32_t all[] = {0, 1, 2};
        ScanSpec spec = {.table = list,
                         .columns = all,
                         .n_columns = 3,
                         .from_ticks = INT64_MIN,
                         .to_ticks = INT64_MAX};
        Scan *s = NULL;
        ScanWorker *w = NULL;
        ColumnBatch *b = NULL;
        CHECK(scan_open(x.data, &spec, &s) == OK && scan_worker_open(s, &w) == OK &&
              scan_next(w, &b) == OK);
        CHECK(b && b->n_rows == 2);
        if (b) CHECK_STR(b->columns[2].u.s[1], "u2");
        scan_worker_free(w);
        scan_free(s);
    }
    fixture_close(&x);
}

int main(void) {
    test_names();
    test_record_beats_path();
    test_paths();
    test_refused();
    test_pipe();
    test_columns();
    test_twins();
    test_absent();
    test_many_tables();
    test_mixed_twins();
    test_guess();
    test_bounds();
    test_zones();
    test_utf16();
    test_provider();
    return test_finish();
}
