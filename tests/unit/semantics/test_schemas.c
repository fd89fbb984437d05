/* The known tables: look-up, patterns, twins, connectors. */
#include "semantics/semantics.h"
#include "test.h"

static const TableColumn *find_column(const TableColumn *columns, uint32_t n, const char *name) {
    for (uint32_t i = 0; i < n; i++)
        if (str_is(columns[i].name, name)) return &columns[i];
    return NULL;
}

static void test_table(const KnownSchemas *k, Arena *arena) {
    TableColumn *columns;
    uint32_t n;
    CHECK(known_schemas_table(k, arena, STR("AlertInfo"), &columns, &n));
    CHECK_STR(columns[0].name, "Timestamp");
    CHECK_STR(columns[1].name, "AlertId");
    CHECK(columns[0].type == TYPE_DATETIME && columns[1].type == TYPE_STRING);
    CHECK(known_schemas_table(k, arena, STR("IdentityInfo"), &columns, &n));
    CHECK(find_column(columns, n, "AccountSID") && find_column(columns, n, "OnPremSid"));
    CHECK(!find_column(columns, n, "accountsid"));
    CHECK(known_schemas_table(k, arena, STR("DeviceEvents"), &columns, &n));
    CHECK(find_column(columns, n, "AdditionalFields")->type == TYPE_DYNAMIC);
    CHECK(!known_schemas_table(k, arena, STR("deviceevents"), &columns, &n));
    CHECK(!known_schemas_table(k, arena, STR(""), &columns, &n));
    CHECK(!known_schemas_table(k, arena, STR("zzzzzz"), &columns, &n));
}

typedef struct Names {
    size_t n;
    Str last;
    bool is_sorted, has_both;
} Names;

static void count_name(void *ctx, Str name) {
    Names *names = ctx;
    if (names->n && str_compare(names->last, name) >= 0) names->is_sorted = false;
    if (str_is(name, "DeviceEvents")) names->has_both = true;
    names->last = name;
    names->n++;
}

static void test_match(const KnownSchemas *k) {
    Names names = {.is_sorted = true};
    known_schemas_match(k, STR("Device*Events"), count_name, &names);
    CHECK(names.n >= 7 && names.is_sorted && names.has_both);
    names = (Names){.is_sorted = true};
    known_schemas_match(k, STR("*"), count_name, &names);
    CHECK(names.n > 2000 && names.is_sorted);
    names = (Names){.is_sorted = true};
    known_schemas_match(k, STR("AlertInfo"), count_name, &names);
    CHECK_LONG(names.n, 1);
    names = (Names){.is_sorted = true};
    known_schemas_match(k, STR("*Nothing*Like*This"), count_name, &names);
    CHECK_LONG(names.n, 0);
}

/* Every line of the file is found again through its table's name. */
static void test_all_found(const KnownSchemas *k, Arena *arena) {
    FILE *f = fopen(SCHEMAS_DIR "/tables.tsv", "r");
    char line[1024];
    size_t bad = 0, n_lines = 0;
    CHECK(f != NULL);
    if (!f) return;
    CHECK(fgets(line, sizeof line, f) != NULL);
    Str last = STR_EMPTY;
    while (fgets(line, sizeof line, f)) {
        Str text = str_of(line), name = str_sub(text, 0, str_find(text, STR("\t"), 0));
        TableColumn *columns;
        uint32_t n;
        n_lines++;
        if (str_eq(name, last)) continue;
        last = arena_str(arena, name);
        if (!known_schemas_table(k, arena, name, &columns, &n)) bad++;
    }
    fclose(f);
    CHECK_LONG(bad, 0);
    CHECK(n_lines > 60000);
}

static void test_twins(const KnownSchemas *k) {
    CHECK_STR(known_schemas_twin(STR("IdentityInfo"), STR("AccountSID")), "OnPremSid");
    CHECK_STR(known_schemas_twin(STR("IdentityInfo"), STR("OnPremSid")), "AccountSID");
    CHECK_STR(known_schemas_twin(STR("IdentityInfo"), STR("AccountUPN")), "AccountUpn");
    CHECK_STR(known_schemas_twin(STR("AnyTable"), STR("TimeGenerated")), "Timestamp");
    CHECK_STR(known_schemas_twin(STR("AnyTable"), STR("Timestamp")), "TimeGenerated");
    CHECK_STR(known_schemas_twin(STR("DeviceEvents"), STR("AccountSID")), "");
    CHECK_STR(known_schemas_connector(k, STR("DeviceEvents")), "MicrosoftThreatProtection");
    CHECK_STR(known_schemas_connector(k, STR("NoSuchTable")), "");
    /* Microsoft's own among many, whatever the order and the basis of the lines */
    CHECK_STR(known_schemas_connector(k, STR("SecurityEvent")), "WindowsSecurityEvents");
    CHECK_STR(known_schemas_connector(k, STR("WindowsEvent")), "WindowsForwardedEvents");
    CHECK_STR(known_schemas_connector(k, STR("Syslog")), "SyslogAma");
    CHECK_STR(known_schemas_connector(k, STR("CommonSecurityLog")), "CefAma");
    CHECK_STR(known_schemas_connector(k, STR("IdentityInfo")), "MicrosoftThreatProtection");
    /* the only one */
    CHECK_STR(known_schemas_connector(k, STR("SigninLogs")), "AzureActiveDirectory");
    CHECK_STR(known_schemas_connector(k, STR("OfficeActivity")), "Office365");
    /* several makers */
    CHECK_STR(known_schemas_connector(k, STR("ASimWebSessionLogs")), "");
    CHECK_STR(known_schemas_connector(k, STR("AzureDiagnostics")), "");
    CHECK_STR(known_schemas_nearest(k, STR("AlertInf")), "AlertInfo");
    CHECK_STR(known_schemas_nearest(k, STR("DevicEvents")), "DeviceEvents");
    CHECK_STR(known_schemas_nearest(k, STR("qqqqqqqqqqqqqqqqqqqq")), "");
}

static void test_provider(KnownSchemas *k) {
    SchemaProvider p = known_schemas_provider(k);
    const TableRef *table = p.find(p.self, STR("EmailEvents"));
    CHECK(table && table->presence == TABLE_MISSING && !table->is_open && table->n_columns > 20);
    CHECK(p.find(p.self, STR("EmailEvents")) == table);
    CHECK(p.find(p.self, STR("Emailevents")) == NULL);
    table = p.find(p.self, STR("AzureDiagnostics"));
    CHECK(table && table->is_open);
}

static void test_missing(Arena *arena) {
    Diags diags;
    KnownSchemas *k = NULL;
    diags_init(&diags, arena);
    CHECK(known_schemas_open("/no/such/folder", &diags, &k) == DATA);
    CHECK(k == NULL && diags.n_errors == 1);
    known_schemas_free(NULL);
}

int main(void) {
    Arena *arena = arena_new();
    Diags diags;
    KnownSchemas *k = NULL;
    diags_init(&diags, arena);
    CHECK(known_schemas_open(SCHEMAS_DIR, &diags, &k) == OK);
    if (k) {
        test_table(k, arena);
        test_match(k);
        test_all_found(k, arena);
        test_twins(k);
        test_provider(k);
    }
    test_missing(arena);
    known_schemas_free(k);
    arena_free(arena);
    return test_finish();
}
