/* The exclusion format, and the shipped exclusions asked of handmade rows. */
#include "hunt/exclude_internal.h"

#include "base/ticks.h"
#include "test.h"

static Arena *arena;
static ExclusionSet *shipped;

/* ------------------------------------------------------------------------- a row */

static Column columns[] = {
    {.id = 1, .type = TYPE_STRING, .name = {"RemoteUrl", 9}},
    {.id = 2, .type = TYPE_STRING, .name = {"RecipientEmailAddress", 21}},
    {.id = 3, .type = TYPE_STRING, .name = {"DeviceName", 10}},
    {.id = 4, .type = TYPE_STRING, .name = {"InitiatingProcessFileName", 25}}};
static Schema schema = {columns, 4};

static HuntRow row_of(Str url, const char *account, const char *device, const char *process) {
    Value *cells = ARENA_ARRAY(arena, Value, 4);
    cells[0] = value_str(url);
    cells[1] = value_str(str_of(account));
    cells[2] = value_str(str_of(device));
    cells[3] = value_str(str_of(process));
    return hunt_row(arena, NULL, &schema, cells);
}

/* The name of the first exclusion of the set that hides the row, or "". Protections apart. */
static Str hidden_by(const ExclusionSet *set, const HuntRow *row) {
    for (size_t i = 0; i < set->n_items; i++) {
        Str because;
        if (!set->items[i]->is_protection &&
            cond_eval(arena, set, set->items[i]->when, row, &because) == VERDICT_YES)
            return set->items[i]->name;
    }
    return STR_EMPTY;
}

static bool is_protected(const HuntRow *row) {
    Str by, reason;
    return row_is_protected(arena, shipped, row, STR_EMPTY, STR("SuspiciousUrlClicked"), 1, &by,
                            &reason);
}

#define URL(text, expected)                                                                        \
    do {                                                                                           \
        HuntRow row_ = row_of(STR(text), "ada@company.com", "pc", "outlook.exe");                  \
        CHECK_STR(hidden_by(shipped, &row_), expected);                                            \
    } while (0)

static void test_internal_hosts(void) {
    const char *const name = "internal-system-update";
    URL("https://internal.company.com/update/", name);
    URL("HTTPS://Portal.INTERNAL.company.com.:8443/update/", name);
    URL("https://nam02.safelinks.protection.outlook.com/"
        "?url=https%3A%2F%2Fportal.internal.company.com%2Fupdate%2F&data=x",
        name);
    URL("https://portal.azure.com/users/", "admin-portal");
    URL("https://x.admin.microsoft.com/", "admin-portal");
    URL("https://aad.portal.azure.com/roles/", "admin-portal");
    URL("https://vm.westeurope.cloudapp.azure.com/roles/", "");
    URL("https://dev.azure.com/somebody/users/", "");
    URL("https://azure.com/users/", "");
}

static void test_host_tricks(void) {
    URL("https://internal.company.com.evil.io/", "");
    URL("https://xinternal.company.com/", "");
    URL("https://evil.io/internal.company.com/update/", "");
    URL("https://evil.io/update/", "");
    URL("https://internal.company.com@evil.io/", "");
    URL("https://evil.io@internal.company.com/", "");
    URL("https://nam02.safelinks.protection.outlook.com.evil.io/"
        "?url=https%3A%2F%2Finternal.company.com%2F",
        "");
    URL("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Finternal.company.com%2F"
        "&url=https%3A%2F%2Fevil.io%2F",
        "");
    URL("https://xn--nternal-6ya.company.com/", "");
    URL("https://intern\xD0\xB0l.company.com/", "");
    URL("http://10.0.0.1/update/", "");
    URL("http://167772161/update/", "");
    URL("http://0x0a.0.0.1/update/", "");
    URL("https://evil.io\\@internal.company.com/", "");
    URL("https://internal.company.com\\update", "");
    URL("https://internal.company.com\t.evil.io/", "");
    URL("https://internal.company.com/\tx", "");
    URL("https://internal.company.com\0.evil.io/", "");
    URL("https://internal%2ecompany.com/", "");
    URL("https://internal.company.com/%2e%2e/x", "");
    URL("https://internal.company.com;.evil.io/", "");
    URL("https://internal.company.com/a;b", "");
    URL("https://evil.io?internal.company.com", "");
    URL("https://evil.io#internal.company.com", "");
    URL("ftp://internal.company.com/update/", "");
    URL("javascript://internal.company.com/%0aalert(1)", "");
    URL("https://protect-eu.mimecast.com/s/abc?domain=internal.company.com", "");
    URL("https://internal.company.com..", "");
    URL("https:internal.company.com/", "");
    URL("", "");
}

static void test_processes(void) {
    Str link = STR("https://partner.example/a");
    HuntRow row = row_of(link, "ada@company.com", "pc", "syncdatajob.EXE");
    CHECK_STR(hidden_by(shipped, &row), "scheduled-sync-job");
    row = row_of(link, "ada@company.com", "SYNC-01.company.com", "outlook.exe");
    CHECK_STR(hidden_by(shipped, &row), "scheduled-sync-job");
    row = row_of(link, "ada@company.com", "pc", "cmd.exe");
    CHECK_STR(hidden_by(shipped, &row), "");
    row.processes[0].field[PROCESS_PARENT] = STR("svchost.exe");
    CHECK_STR(hidden_by(shipped, &row), "");
    row.processes[0].field[PROCESS_PARENT_COMMAND_LINE] = STR("svchost.exe -k DcomLaunch -p");
    CHECK_STR(hidden_by(shipped, &row), "");
    row.processes[0].field[PROCESS_PARENT_COMMAND_LINE] =
        STR("C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule");
    CHECK_STR(hidden_by(shipped, &row), "scheduled-sync-job");
    row.processes[0].field[PROCESS_PARENT] = STR("taskeng.exe");
    CHECK_STR(hidden_by(shipped, &row), "scheduled-sync-job");
    /* two processes may be the one: both must fit */
    ProcessFact two[2] = {row.processes[0], row.processes[0]};
    two[1].field[PROCESS_PARENT] = STR("explorer.exe");
    row.processes = two;
    row.n_processes = 2;
    CHECK_STR(hidden_by(shipped, &row), "");
}

static void test_it_staff(void) {
    Str link = STR("https://tools.example/a");
    HuntRow row = row_of(link, "it.admin@company.com", "pc", "powershell.exe");
    CHECK_STR(hidden_by(shipped, &row), "it-powershell");
    row = row_of(link, "ada@company.com", "pc", "powershell.exe");
    CHECK_STR(hidden_by(shipped, &row), "");
    row = row_of(link, "it.admin@company.com", "pc", "chrome.exe");
    CHECK_STR(hidden_by(shipped, &row), "");
    row = row_of(link, "ada@company.com", "it-ws-01.company.com", "pwsh.exe");
    CHECK_STR(hidden_by(shipped, &row), "it-powershell");
}

static void check_mimics(const char *url, bool expected) {
    Link link = link_read(arena, STR("RemoteUrl"), str_of(url));
    Str how = STR_EMPTY;
    bool is = link_mimics(arena, shipped, &link, &how);
    if (is != expected) fprintf(stderr, "%s: %.*s\n", url, STR_ARG(how));
    CHECK(is == expected);
}

static void test_look_alikes(void) {
    check_mimics("https://internal.company.com/", false);
    check_mimics("https://login.example/", false);
    check_mimics("https://portal.azure.com/?x=internal.company.com", false);
    check_mimics("https://azure.microsoft.com/", false);
    check_mimics("https://company.com/", false);
    check_mimics("https://internal.company.com.evil.io/", true);
    check_mimics("https://internal.company.evil.io/", true);
    check_mimics("https://internal-company-com.evil.io/", true);
    check_mimics("https://xinternal.company.com/", true);
    check_mimics("https://internal.c0mpany.com/", true);
    check_mimics("https://intemal.company.com/", true); /* rn and m look the same */
    check_mimics("https://internal.conpany.com/", true);
    check_mimics("https://internal.company.net/", true);
    check_mimics("https://intern\xD0\xB0l.company.com/", true);
    check_mimics("https://xn--nternal-6ya.company.com/", true);
    check_mimics("https://internal.company.com@evil.io/", true);
    check_mimics("https://evil.io/internal.company.com/update/", true);
    check_mimics("https://evil.io/?to=internal.company.com", true);
    check_mimics("https://evil.io/#internal.company.com", true);
}

static void test_protections(void) {
    HuntRow row = row_of(STR("https://internal.company.com/login"), "a@b.example", "pc", "x.exe");
    CHECK(!is_protected(&row));
    ThreatFact fact = {STR("Malware"), STR("EmailEvents")};
    row.threats = &fact;
    row.n_threats = 1;
    CHECK(!is_protected(&row));
    fact.types = STR("Malware, Phish");
    CHECK(is_protected(&row));
    row = row_of(STR("https://a.phishing.com/"), "a@b.example", "pc", "x.exe");
    CHECK(is_protected(&row));
    row = row_of(STR("https://notphishing.com/"), "a@b.example", "pc", "x.exe");
    CHECK(!is_protected(&row));
    row = row_of(STR("https://internal.company.com/a;b"), "a@b.example", "pc", "SyncDataJob.exe");
    CHECK_STR(hidden_by(shipped, &row), "scheduled-sync-job");
    CHECK(is_protected(&row)); /* an odd link is kept whatever else holds */
}

/* -------------------------------------------------------------------------- format */

#define HEAD "exclusions:\n- name: n\n  scenario: s\n  reason: r\n  owner: o\n"

static void check_wrong(const char *text, const char *part, unsigned line, unsigned column) {
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_text(set, STR("x.yaml"), str_of(text)) == INVALID);
    CHECK_LONG(set->n_items, 0);
    const Diags *d = &set->files[0]->diags;
    CHECK(d->n_errors > 0);
    size_t i = 0;
    while (i < d->n && d->items[i].severity != SEVERITY_ERROR) i++;
    if (i < d->n) {
        if (str_find(d->items[i].message, str_of(part), 0) == SIZE_MAX)
            CHECK_STR(d->items[i].message, part);
        LineCol place = text_line_col(str_of(text), d->items[i].span.start);
        CHECK_LONG(place.line, line);
        CHECK_LONG(place.column, column);
    }
    exclusions_free(set);
}

static void test_wrong_files(void) {
    check_wrong(HEAD "  when: {device: {glob: 'pc-[0-'}}\n", "bad glob", 6, 29);
    check_wrong(HEAD "  when: {url_host: {within: ['int*.company.com']}}\n", "bad glob", 6, 30);
    check_wrong(HEAD "  expires: 2027-02-30\n  when: {device: pc}\n", "is no date", 6, 12);
    check_wrong(HEAD "  expires: soon\n  when: {device: pc}\n", "is no date", 6, 12);
    check_wrong(HEAD "  expries: 2027-02-03\n  when: {device: pc}\n", "is no key here", 6, 3);
    check_wrong(HEAD "  when: {url_path: {contains: /update/}}\n", "a path alone", 6, 20);
    check_wrong(HEAD "  when: {mimics_internal: true}\n", "only a protection", 6, 27);
    check_wrong(HEAD "  when: {device: {list: nowhere}}\n", "has no list", 6, 25);
    check_wrong(HEAD "  when: {column: X, ip_within: 10.0.0.0/33}\n", "no address range", 6, 32);
    check_wrong(HEAD "  rules: ['a[']\n  when: {device: pc}\n", "bad glob", 6, 11);
    check_wrong(HEAD, "has no \"when\"", 2, 3);
    check_wrong("exclusions:\n- name: n\n  when: {device: pc}\n", "has no \"scenario\"", 2, 3);
    check_wrong("other: 1\n", "is no key here", 1, 1);
    check_wrong("version: 2\nexclusions: []\n", "version 1", 1, 10);
}

static void test_wrong_file_leaves_nothing(void) {
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_text(set, STR("x"),
                              STR("columns: {url: [Foo]}\ninternal: [a.example]\n" HEAD)) ==
          INVALID);
    CHECK_LONG(set->n_items, 0);
    CHECK_LONG(set->n_internal, 0);
    CHECK(!set->roles || !set->roles->n[ROLE_URL]);
    exclusions_free(set);
}

static void test_expiry(void) {
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_text(set, STR("x"),
                              STR(HEAD "  expires: 2027-06-30\n  rules: [A*, id-7]\n"
                                       "  when: {device: pc}\n")) == OK);
    int64_t noon, next_day;
    CHECK(ticks_parse_datetime(STR("2027-06-30T12:00:00Z"), &noon));
    CHECK(ticks_parse_datetime(STR("2027-07-01T00:00:00Z"), &next_day));
    const Exclusion *x = set->items[0];
    CHECK(!exclusion_is_expired(x, noon));
    CHECK(!exclusion_is_expired(x, next_day - 1));
    CHECK(exclusion_is_expired(x, next_day));
    CHECK(exclusion_applies(x, STR_EMPTY, STR("Alpha")));
    CHECK(exclusion_applies(x, STR("ID-7"), STR("Beta")));
    CHECK(!exclusion_applies(x, STR("id-8"), STR("Beta")));
    exclusions_free(set);
}

static Verdict ask(const char *when, const HuntRow *row) {
    ExclusionSet *set = exclusions_new();
    Str text = arena_printf(arena, HEAD "  when: %s\n", when), because;
    Verdict v = VERDICT_UNKNOWN;
    if (exclusions_add_text(set, STR("x"), text) == OK)
        v = cond_eval(arena, set, set->items[0]->when, row, &because);
    else CHECK_STR(set->files[0]->diags.items[0].message, "no error");
    exclusions_free(set);
    return v;
}

static void test_unknown_stays_unknown(void) {
    HuntRow row = row_of(STR("https://a.example/update/x"), "ada@company.com", "pc-1", "a.exe");
    CHECK(ask("{column: DeviceName, glob: 'PC-?'}", &row) == VERDICT_YES);
    CHECK(ask("{column: DeviceName, glob: 'PC-?', case_sensitive: true}", &row) == VERDICT_NO);
    CHECK(ask("{column: Absent, equals: x}", &row) == VERDICT_UNKNOWN);
    CHECK(ask("{not: {column: Absent, equals: x}}", &row) == VERDICT_UNKNOWN);
    CHECK(ask("{not: {device: pc-2}}", &row) == VERDICT_YES);
    CHECK(ask("{not: {process: {parent: cron}}}", &row) == VERDICT_UNKNOWN);
    CHECK(ask("{any: [{process: {parent: cron}}, {device: pc-1}]}", &row) == VERDICT_YES);
    CHECK(ask("{all: [{process: {parent: cron}}, {device: pc-2}]}", &row) == VERDICT_NO);
    CHECK(ask("{url_path: {contains: /update/, any_host: true}}", &row) == VERDICT_YES);
    CHECK(ask("{url_host: a.example, url_path: {starts_with: /update/}}", &row) == VERDICT_YES);
    row = row_of(STR("https://u@a.example/"), "", "", "");
    CHECK(ask("{not: {url_host: b.example}}", &row) == VERDICT_UNKNOWN);
    row = row_of(STR("http://10.1.2.3/"), "", "", "");
    CHECK(ask("{url_host: {ip_within: 10.0.0.0/8}}", &row) == VERDICT_YES);
    CHECK(ask("{url_host: {ip_within: 10.2.0.0/16}}", &row) == VERDICT_NO);
}

static void test_warnings(void) {
    const Diags *d = &shipped->files[0]->diags;
    CHECK_LONG(d->n_errors, 0);
    CHECK_LONG(d->n, 1);
    CHECK(d->n && str_starts_with(d->items[0].message, STR("\"scheduled-sync-job\" is broad")));
    ExclusionSet *set = exclusions_new();
    CHECK(exclusions_add_text(set, STR("x"),
                              STR(HEAD "  when: {url_path: {contains: /up/, "
                                       "any_host: true}}\n")) == OK);
    CHECK_STR(set->files[0]->diags.items[0].code, "QY641");
    exclusions_free(set);
}

static void test_globs(void) {
    CHECK(glob_match(STR("task*"), STR("TASKENG"), false));
    CHECK(!glob_match(STR("task*"), STR("tas\u212Aeng"), false));
    CHECK(glob_match(STR("\u00E4*"), STR("\u00C4b"), false));
    CHECK(glob_match(STR("*.exe"), STR("A.EXE"), false));
    CHECK(!glob_match(STR("*.exe"), STR("A.EXE"), true));
    CHECK(glob_match(STR("a*b*c"), STR("a--b-b-c"), false));
    CHECK(!glob_match(STR("a*b*c"), STR("a--b-b-"), false));
    CHECK(glob_match(STR("[!a-c]?"), STR("d\xC3\xA4"), false));
    CHECK(!glob_match(STR("[a-c]"), STR("d"), false));
    CHECK(glob_match(STR("a\\*"), STR("a*"), false));
    CHECK(!glob_match(STR("a\\?"), STR("ab"), false));
    CHECK(glob_match(STR("*"), STR(""), false));
    size_t at;
    const char *what;
    CHECK(glob_check(STR("[]a]*\\["), &at, &what));
    CHECK(!glob_check(STR("ab[c"), &at, &what) && at == 2);
    CHECK(!glob_check(STR("ab\\"), &at, &what) && at == 2);
    CHECK(!glob_check(STR("[z-a]"), &at, &what));
    CHECK(!glob_check(STR(""), &at, &what));
}

int main(void) {
    arena = arena_new();
    shipped = exclusions_new();
    CHECK(exclusions_add_path(shipped, "content/exclusions/suspicious-url-clicked.yaml") == OK);
    test_internal_hosts();
    test_host_tricks();
    test_processes();
    test_it_staff();
    test_look_alikes();
    test_protections();
    test_wrong_files();
    test_wrong_file_leaves_nothing();
    test_expiry();
    test_unknown_stays_unknown();
    test_warnings();
    test_globs();
    Str kql = exclusions_kql(arena, shipped, NULL, STR_EMPTY, STR("SuspiciousUrlClicked"), 1);
    CHECK(str_find(kql, STR("QuarryHost endswith \".internal.company.com\""), 0) != SIZE_MAX);
    exclusions_free(shipped);
    arena_free(arena);
    return test_finish();
}
