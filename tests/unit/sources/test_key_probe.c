/* Keys looked up in raw records: what passes, and that the rest is dropped. */
#include "sources/key_probe.h"
#include "test.h"

static TableColumn columns[] = {
    {{"DeviceId", sizeof "DeviceId" - 1}, TYPE_STRING, {"DeviceId", sizeof "DeviceId" - 1}},
    {{"AccountSID", sizeof "AccountSID" - 1}, TYPE_STRING, {"OnPremSid", sizeof "OnPremSid" - 1}}};
static const TableRef table = {
    .name = {"Any", sizeof "Any" - 1}, .columns = columns, .n_columns = 2};

static bool passes(uint32_t column, const char *line) {
    static const char *const texts[] = {"one", "two", "three"};
    ScanKeys *keys = scan_keys_new();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Str text = str_of(texts[i]);
        scan_keys_add(keys, &text, 1);
    }
    scan_keys_seal(keys);
    CHECK(scan_keys_are_useful(keys));
    ScanKeyColumn wanted = {column, keys};
    KeyProbe *p = key_probe_new(&table, &wanted, 1);
    CHECK(p != NULL);
    bool ok = !p || key_probe_passes(p, str_of(line));
    key_probe_free(p);
    scan_keys_free(keys);
    return ok;
}

static void test_probe(void) {
    CHECK(passes(0, "{\"DeviceId\":\"two\"}"));
    CHECK(!passes(0, "{\"DeviceId\":\"four\"}"));
    CHECK(!passes(0, "{\"DeviceId\":\"\"}"));
    CHECK(!passes(0, "{\"Other\":\"two\"}"));
    CHECK(passes(0, "{\"DeviceId\" :\t\"three\"}"));
    CHECK(passes(0, "{\"DeviceId\":\"fo\\u0075r\"}"));
    CHECK(passes(0, "{\"DeviceId\":4}"));
    CHECK(passes(0, "{\"DeviceId\":null}"));
    CHECK(passes(0, "{\"DeviceId\":\"tw\xC3\xB6\"}"));
    CHECK(!passes(0, "{\"Text\":\"DeviceId\",\"x\":\"two\"}"));
    CHECK(!passes(0, "{\"Text\":\"{\\\"DeviceId\\\":\\\"two\\\"}\",\"DeviceId\":\"four\"}"));
    CHECK(passes(0, "{\"DeviceId\":\"four\",\"properties\":{\"DeviceId\":\"one\"}}"));
    CHECK(passes(0, "{\"Device\\u0049d\":\"four\"}")); /* a name may hide: I */
    CHECK(!passes(0, "{\"DeviceId\":\"four\",\"Text\":\"a \\u0026 b\"}"));
    CHECK(passes(0, "{\"DeviceId\":\"cut"));
    CHECK(passes(1, "{\"OnPremSid\":\"one\"}"));
    CHECK(passes(1, "{\"AccountSID\":\"one\",\"OnPremSid\":\"four\"}"));
    CHECK(!passes(1, "{\"AccountSID\":\"four\",\"OnPremSid\":\"five\"}"));
}

static void test_keys(void) {
    ScanKeys *keys = scan_keys_new();
    char text[16];
    CHECK(!scan_keys_are_useful(keys)); /* not sealed */
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(text, sizeof text, "key%d", i % 2500);
        Str key = {text, (size_t)n};
        scan_keys_add(keys, &key, 1);
    }
    scan_keys_seal(keys);
    CHECK(scan_keys_are_useful(keys));
    CHECK(scan_keys_hold(keys, STR("key0")) && scan_keys_hold(keys, STR("key2499")));
    CHECK(!scan_keys_hold(keys, STR("key2500")) && !scan_keys_hold(keys, STR_EMPTY));
    scan_keys_free(keys);
    keys = scan_keys_new();
    Str empty = STR_EMPTY;
    scan_keys_add(keys, &empty, 1);
    scan_keys_seal(keys);
    CHECK(!scan_keys_are_useful(keys));
    scan_keys_free(keys);
    keys = scan_keys_new();
    scan_keys_seal(keys);
    CHECK(scan_keys_are_useful(keys) && !scan_keys_hold(keys, STR("x"))); /* nothing matters */
    scan_keys_free(keys);
}

int main(void) {
    test_probe();
    test_keys();
    return test_finish();
}
