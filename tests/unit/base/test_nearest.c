/* test_nearest.c: slips of real names find the name; what is like nothing finds nothing. */
#include "base/nearest.h"
#include "test.h"

static const char *const known[] = {
    "DeviceName",    "DeviceId",      "FileName",   "InitiatingProcessFileName",
    "FolderPath",    "SHA1",          "SHA256",     "ProcessCommandLine",
    "ProcessId",     "Timestamp",     "ActionType", "InitiatingProcessCommandLine",
    "AccountName",   "AccountDomain", "RemoteUrl",  "RemoteIP",
    "TimeGenerated", "TenantId",      "Type",       "UserPrincipalName",
    "tan",           "log",           "not",        "case",
    "iff",           "toupper",       "startofday", "parse_json",
};

static Str nearest(const char *wanted) {
    Nearest n = nearest_to(str_of(wanted));
    for (size_t i = 0; i < COUNT_OF(known); i++) nearest_try(&n, str_of(known[i]));
    return n.best;
}

static void slips(void) {
    static const char *const pairs[][2] = {
        {"DeviceNme", "DeviceName"},
        {"DeviceNmae", "DeviceName"},
        {"devicename", "DeviceName"},
        {"DeviceNames", "DeviceName"},
        {"Device_Name", "DeviceName"},
        {"DevicId", "DeviceId"},
        {"Filname", "FileName"},
        {"FileNam", "FileName"},
        {"FolderPth", "FolderPath"},
        {"FoldrPath", "FolderPath"},
        {"SHA265", "SHA256"},
        {"sha-1", "SHA1"},
        {"ProcessComandLine", "ProcessCommandLine"},
        {"ProcessCommandlin", "ProcessCommandLine"},
        {"CommandLine", "ProcessCommandLine"},
        {"InitiatingProcesFileName", "InitiatingProcessFileName"},
        {"InitatingProcessFilName", "InitiatingProcessFileName"},
        {"InitiatingProcessComandLine", "InitiatingProcessCommandLine"},
        {"Timestmap", "Timestamp"},
        {"TimeStamps", "Timestamp"},
        {"TimeGenrated", "TimeGenerated"},
        {"ActionTyp", "ActionType"},
        {"AcountName", "AccountName"},
        {"AccountDomian", "AccountDomain"},
        {"RemoteURl_", "RemoteUrl"},
        {"RemotIP", "RemoteIP"},
        {"TennantId", "TenantId"},
        {"UserPrincpalName", "UserPrincipalName"},
        {"PrincipalName", "UserPrincipalName"},
        {"toupr", "toupper"},
        {"startofdy", "startofday"},
        {"parsejson", "parse_json"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) CHECK_STR(nearest(pairs[i][0]), pairs[i][1]);
}

static void absurd(void) {
    static const char *const words[] = {"Team", "foo",  "bar",   "x",     "nope",    "name",
                                        "User", "Host", "data",  "xyzzy", "Hash",    "qwertyuiop",
                                        "",     "to",   "count", "on",    "Severity"};
    for (size_t i = 0; i < COUNT_OF(words); i++) CHECK_STR(nearest(words[i]), "");
}

static void ties(void) {
    Nearest n = nearest_to(STR("RemoteIB"));
    nearest_try(&n, STR("RemoteID"));
    nearest_try(&n, STR("RemoteIA"));
    CHECK_STR(n.best, "RemoteIA");
    n = nearest_to(STR("Account"));
    nearest_try(&n, STR("TheAccount"));
    nearest_try(&n, STR("AccountSid"));
    CHECK_STR(n.best, "AccountSid");
}

int main(void) {
    slips();
    absurd();
    ties();
    return test_finish();
}
