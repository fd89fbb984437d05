/* Each format and envelope, from bytes to rows. */
#include "fixture.h"

static void test_ndjson(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(
        &x, "DeviceEvents-2026-11-24.ndjson",
        "{\"Timestamp\":\"2026-07-22T10:43:01.1234567Z\",\"DeviceId\":\"d1\",\"ProcessId\":17,"
        "\"AdditionalFields\":\"{\\\"a\\\": 1}\",\"MachineGroup\":null}\n"
        "\n"
        "{\"DeviceId\":\"d\\u0032\",\"ProcessId\":\"18\",\"AdditionalFields\":{\"b\":[1, 2]}}\r\n"
        "{\"DeviceId\":\"d4\",\"ProcessId\":1.0}");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceEvents",
                           "Timestamp,DeviceId,ProcessId,AdditionalFields,MachineGroup"),
              "2026-07-22T10:43:01.1234567Z|d1|17|{\"a\":1}|\n"
              "~|d2|18|{\"b\":[1,2]}|\n"
              "~|d4|1|~|\n");
    CHECK_STR(fixture_skips(&x), "");
    /* Type is the table's name when the record has none; TimeGenerated is read from its twin */
    CHECK_STR(fixture_read(&x, "DeviceEvents", "Type,TimeGenerated"),
              "DeviceEvents|2026-07-22T10:43:01.1234567Z\nDeviceEvents|~\nDeviceEvents|~\n");
    CHECK_STR(fixture_table(&x, "DeviceEvents")
                  ->columns[column_index(fixture_table(&x, "DeviceEvents"), STR("TimeGenerated"))]
                  .source_name,
              "Timestamp");
    fixture_close(&x);
}

static void test_streaming_api(void) {
    Fixture x;
    fixture_open(&x);
    const char *one =
        "{\"time\":\"2026-07-22T10:44:33.4Z\",\"tenantId\":\"t\",\"category\":\"AdvancedHunting-"
        "DeviceEvents\","
        "\"properties\":{\"DeviceId\":\"d1\",\"ActionType\":\"A\"},\"Tenant\":\"x\"}\r\n"
        "{\"properties\":{\"DeviceId\":\"d2\"},\"category\":\"AdvancedHunting-DeviceEvents\"}\r\n";
    fixture_text(&x,
                 "insights-logs-advancedhunting-deviceevents/tenantId=t/y=2026/m=07/d=22/h=10/m=00/"
                 "PT1H.json",
                 one);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(dataset_table_count(x.data), 1);
    CHECK_STR(dataset_file(x.data, 0).envelope, "streaming-api");
    CHECK_STR(fixture_read(&x, "DeviceEvents", "DeviceId,ActionType"), "d1|A\nd2|\n");
    fixture_close(&x);
}

static void test_event_hub(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "capture.json",
                 "{\"records\":[{\"category\":\"AdvancedHunting-AlertInfo\",\"properties\":{"
                 "\"AlertId\":\"a1\"}},\n"
                 "{\"category\":\"AdvancedHunting-AlertEvidence\",\"properties\":{\"AlertId\":"
                 "\"a1\",\"RemoteUrl\":\"u\"}}]}");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(dataset_table_count(x.data), 2);
    CHECK_STR(dataset_file(x.data, 0).table, "AlertInfo, AlertEvidence");
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "a1\n");
    CHECK_STR(fixture_read(&x, "AlertEvidence", "AlertId,RemoteUrl"), "a1|u\n");
    CHECK_STR(fixture_skips(&x), "");
    /* a message a line */
    fixture_text(
        &x, "capture.json",
        "{\"records\":[{\"category\":\"AdvancedHunting-AlertInfo\",\"properties\":{\"AlertId\":"
        "\"a1\"}},"
        "{\"category\":\"AdvancedHunting-AlertInfo\",\"properties\":{\"AlertId\":\"a2\"}}]}\n"
        "{\"records\":[{\"category\":\"AdvancedHunting-EmailEvents\",\"properties\":{\"Subject\":"
        "\"s\"}}]}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "a1\na2\n");
    CHECK_STR(fixture_read(&x, "EmailEvents", "Subject"), "s\n");
    fixture_close(&x);
}

static void test_log_analytics(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "am-signinlogs/WorkspaceResourceId=/y=2026/m=07/d=22/h=10/m=40/PT05M.json",
                 "{\"TenantId\":\"w\",\"TimeGenerated\":\"2026-07-22T10:43:05.123Z\",\"Type\":"
                 "\"SigninLogs\","
                 "\"UserPrincipalName\":\"u@c.example\",\"Status\":{\"errorCode\":0}}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(dataset_file(x.data, 0).envelope, "log-analytics");
    CHECK_STR(fixture_read(&x, "SigninLogs", "TimeGenerated,UserPrincipalName,Status,Type"),
              "2026-07-22T10:43:05.1230000Z|u@c.example|{\"errorCode\":0}|SigninLogs\n");
    fixture_close(&x);
}

static void test_saved_bodies(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(
        &x, "DeviceInfo.json",
        "{\"@odata.context\":\"x\",\"schema\":[{\"name\":\"DeviceId\",\"type\":\"String\"},"
        "{\"name\":\"Extra\",\"type\":\"Int64\"}],\n\"results\":[{\"DeviceId\":\"d1\",\"Extra\":"
        "null}]}");
    fixture_text(&x, "EmailEvents.json",
                 "{\"Stats\":{\"x\":[1]},\"Schema\":[{\"Name\":\"Subject\",\"Type\":\"String\"}],"
                 "\"Results\":[{\"Subject\":\"one\"},{\"Subject\":\"two\"}]}");
    fixture_text(&x, "SigninLogs.json",
                 "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":"
                 "\"UserPrincipalName\",\"type\":\"string\"},"
                 "{\"name\":\"n_\",\"type\":\"long\"}],\"rows\":[[\"u\",1],[null,2]]}]}");
    fixture_text(&x, "AlertInfo.json",
                 "[{\"TableName\":\"PrimaryResult\",\"AlertId\":\"a\",\"Count\":\"3\"},\n"
                 " {\"TableName\":\"PrimaryResult\",\"AlertId\":\"b\",\"Count\":\"4\"}]\n");
    fixture_text(&x, "UrlClickEvents.json",
                 "{\"Tables\":[{\"TableName\":\"T\",\"Columns\":[{\"ColumnName\":\"Url\","
                 "\"DataType\":\"String\",\"ColumnType\":\"string\"}],"
                 "\"Rows\":[[\"https://a.example/"
                 "\"]]},{\"TableName\":\"QueryStatus\",\"Columns\":[],\"Rows\":[[1]]}]}");
    fixture_text(&x, "DeviceNetworkInfo.json",
                 "[{\"FrameType\":\"DataSetHeader\",\"Version\":\"v2.0\"},"
                 "{\"FrameType\":\"DataTable\",\"TableId\":0,\"TableKind\":\"QueryProperties\","
                 "\"Columns\":[{\"ColumnName\":\"z\",\"ColumnType\":\"int\"}],\"Rows\":[[1]]},"
                 "{\"FrameType\":\"DataTable\",\"TableId\":1,\"TableKind\":\"PrimaryResult\","
                 "\"TableName\":\"PrimaryResult\","
                 "\"Columns\":[{\"ColumnName\":\"DeviceId\",\"ColumnType\":\"string\"}],\"Rows\":[["
                 "\"d9\"],[\"d8\"]]},"
                 "{\"FrameType\":\"DataSetCompletion\",\"HasErrors\":false}]");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceInfo", "DeviceId,Extra"), "d1|~\n");
    CHECK_STR(fixture_read(&x, "EmailEvents", "Subject"), "one\ntwo\n");
    CHECK_STR(fixture_read(&x, "SigninLogs", "UserPrincipalName,n_"), "u|1\n|2\n");
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId,Count"), "a|3\nb|4\n");
    CHECK(column_index(fixture_table(&x, "AlertInfo"), STR("TableName")) == UINT32_MAX);
    CHECK_STR(fixture_read(&x, "UrlClickEvents", "Url"), "https://a.example/\n");
    CHECK_STR(fixture_read(&x, "DeviceNetworkInfo", "DeviceId"), "d9\nd8\n");
    CHECK_STR(fixture_messages(&x), "");
    CHECK_STR(fixture_skips(&x), "");
    fixture_close(&x);
}

static void test_cells(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "SigninLogs.csv",
                 "\xEF\xBB\xBF\"TimeGenerated [UTC]\",UserPrincipalName,Status,Note\r\n"
                 "\"10/25/2023, 9:43:21.990 AM\",u@c.example,\"{\"\"errorCode\"\": "
                 "0}\",\"two\nlines, \"\"quoted\"\"\"\r\n"
                 "\"10/25/2023, 9:43:21.990 PM\",,,\r\n");
    fixture_text(&x, "EmailEvents.tsv", "Subject\tRecipientEmailAddress\na, b\tr@c.example\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "SigninLogs", "TimeGenerated,UserPrincipalName,Status,Note"),
              "2023-10-25T09:43:21.9900000Z|u@c.example|{\"errorCode\":0}|two\nlines, \"quoted\"\n"
              "2023-10-25T21:43:21.9900000Z||~|\n");
    CHECK_STR(dataset_file(x.data, 1).envelope, "portal-csv");
    CHECK_STR(fixture_read(&x, "EmailEvents", "Subject,RecipientEmailAddress"),
              "a, b|r@c.example\n");
    CHECK_STR(fixture_messages(&x), "");
    fixture_close(&x);
}

/* What tools write as a header, and a file without one. */
static void test_headers(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "one.csv", ",Id,Id,% used\n0,a,b,5\n");
    fixture_text(&x, "two.csv", "a,5,2026-07-22T10:43:01Z\nb,6,2026-07-22T10:43:02Z\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "one", "Column1,Id,Id1,% used"), "0|a|b|5\n");
    CHECK_STR(fixture_read(&x, "two", "Column1,Column2,Column3"),
              "a|5|2026-07-22T10:43:01.0000000Z\nb|6|2026-07-22T10:43:02.0000000Z\n");
    CHECK(str_find(fixture_messages(&x), STR("two.csv: the first row names no columns"), 0) !=
          SIZE_MAX);
    fixture_close(&x);
}

static void test_pretty(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "{\n  \"AlertId\": \"a\",\n  \"Title\": \"t\"\n}\n{\n  \"AlertId\": \"b\"\n}\n");
    fixture_text(
        &x, "EmailEvents.json",
        "[\n  {\n    \"Subject\": \"]}\"\n  },\n  {\n    \"Subject\": \"\\\"{\"\n  }\n]\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId,Title"), "a|t\nb|\n");
    CHECK_STR(fixture_read(&x, "EmailEvents", "Subject"), "]}\n\"{\n");
    fixture_close(&x);
}

int main(void) {
    test_ndjson();
    test_streaming_api();
    test_event_hub();
    test_log_analytics();
    test_saved_bodies();
    test_cells();
    test_headers();
    test_pretty();
    return test_finish();
}
