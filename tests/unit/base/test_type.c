#include "base/type.h"
#include "test.h"

static void test_names(void) {
    CHECK_STR(str_of(type_name(TYPE_DATETIME)), "datetime");
    CHECK_STR(str_of(type_name(TYPE_ERROR)), "unknown");
    CHECK(type_from_name(STR("boolean")) == TYPE_BOOL);
    CHECK(type_from_name(STR("Date")) == TYPE_DATETIME);
    CHECK(type_from_name(STR("System.Object")) == TYPE_DYNAMIC);
    CHECK(type_from_name(STR("System.Int64")) == TYPE_LONG);
    CHECK(type_from_name(STR("uniqueid")) == TYPE_GUID);
    CHECK(type_from_name(STR("unknown")) == TYPE_ERROR);
    CHECK(type_from_name(STR("")) == TYPE_ERROR);
}

static void test_guid(void) {
    char out[GUID_TEXT_LEN];
    CHECK(guid_parse(STR(" {74BE27DE-1E4E-49D9-B579-FE0B331D3642} "), out));
    CHECK_STR(((Str){out, sizeof out}), "74be27de-1e4e-49d9-b579-fe0b331d3642");
    CHECK(guid_parse(STR("74be27de1e4e49d9b579fe0b331d3642"), out));
    CHECK_STR(((Str){out, sizeof out}), "74be27de-1e4e-49d9-b579-fe0b331d3642");
    CHECK(!guid_parse(STR("74be27de-1e4e-49d9-b579-fe0b331d364"), out));
    CHECK(!guid_parse(STR("74be27de-1e4e-49d9-b579+fe0b331d3642"), out));
    CHECK(!guid_parse(STR("{}"), out));
}

int main(void) {
    test_names();
    test_guid();
    return test_finish();
}
