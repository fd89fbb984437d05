#include "fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ------------------------------------------------------------------- numbers */

static uint64_t mix(uint64_t x) { /* splitmix64 */
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static uint64_t next(Row *r) { return mix(r->random += UINT64_C(0x9E3779B97F4A7C15)); }
static uint64_t below(Row *r, uint64_t n) { return next(r) % n; }
/* True once in n times. */
static bool once_in(Row *r, uint64_t n) { return below(r, n) == 0; }
/* Small numbers are much more frequent, as with users, programs and hosts. */
static uint64_t skewed(Row *r, uint64_t n) {
    uint64_t limit = below(r, n) + 1;
    return below(r, limit);
}

/* -------------------------------------------------------------------- text */

void row_puts(Row *r, const char *text) {
    size_t n = strlen(text);
    memcpy(r->out + r->len, text, n);
    r->len += n;
}

static void put_char(Row *r, char c) { r->out[r->len++] = c; }

__attribute__((format(printf, 2, 3))) static void put_format(Row *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->out + r->len, 4096, format, args);
    va_end(args);
    r->len += n > 0 ? (size_t)n : 0;
}

/* The inside of a JSON string. */
static void put_escaped(Row *r, const char *text) {
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') put_char(r, '\\');
        if (*text == '/' && r->escapes_slashes) put_char(r, '\\');
        if (*text == '&' && r->escapes_slashes) row_puts(r, "\\u0026");
        else put_char(r, *text);
    }
}

static void put_text(Row *r, const char *text) {
    put_char(r, '"');
    put_escaped(r, text);
    put_char(r, '"');
}

static void put_hex(Row *r, unsigned digits) {
    put_char(r, '"');
    for (unsigned done = 0; done < digits;) {
        uint64_t bits = next(r);
        for (unsigned i = 0; i < 16 && done < digits; i++, done++, bits >>= 4)
            put_char(r, "0123456789abcdef"[bits & 15]);
    }
    put_char(r, '"');
}

static void put_guid_of(Row *r, const char *kind, uint64_t id) {
    uint64_t a = mix(id * 2 + (unsigned char)*kind * 1000003), b = mix(a);
    put_format(r, "\"%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-a%03" PRIx64 "-%012" PRIx64 "\"",
               a >> 32, (a >> 16) & 0xFFFF, a & 0xFFF, b >> 52, b & 0xFFFFFFFFFFFF);
}

/* Events begin on 2026-11-16, a month in which no date below passes the end. */
void row_put_time(Row *r, double seconds) {
    uint64_t ticks = (uint64_t)(seconds * 1e7), s = ticks / 10000000;
    put_format(r, "2026-11-%02" PRIu64 "T%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%07" PRIu64 "Z",
               16 + s / 86400, s / 3600 % 24, s / 60 % 60, s % 60, ticks % 10000000);
}

/* ------------------------------------------------------------- plain columns */

static void put_empty(Row *r) { row_puts(r, "\"\""); }
static void put_null(Row *r) { row_puts(r, "null"); }
static void put_false(Row *r) { row_puts(r, "false"); }
static void put_true(Row *r) { row_puts(r, "true"); }
static void put_zero(Row *r) { row_puts(r, "0"); }
static void put_md5(Row *r) { put_hex(r, 32); }
static void put_sha1(Row *r) { put_hex(r, 40); }
static void put_sha256(Row *r) { put_hex(r, 64); }
static void put_small(Row *r) { put_format(r, "%" PRIu64, below(r, 4)); }
static void put_number(Row *r) { put_format(r, "%" PRIu64, below(r, 65536)); }
static void put_size(Row *r) { put_format(r, "%" PRIu64, below(r, 8 << 20)); }
static void put_big(Row *r) { put_format(r, "%" PRIu64, next(r) >> 12); }
static void put_billed(Row *r) { put_format(r, "%" PRIu64, 2000 + below(r, 1500)); }
static void put_guid(Row *r) { put_guid_of(r, "x", next(r)); }
static void put_workspace(Row *r) { row_puts(r, "\"22222222-3333-4444-8555-666666666666\""); }
static void put_yes(Row *r) { row_puts(r, "\"True\""); }

static void put_time(Row *r) {
    put_char(r, '"');
    row_put_time(r, r->seconds);
    put_char(r, '"');
}
static void put_earlier(Row *r) {
    put_char(r, '"');
    row_put_time(r, r->seconds * (double)below(r, 1000) / 1000);
    put_char(r, '"');
}

static void put_ip(Row *r) { put_format(r, "\"198.51.100.%" PRIu64 "\"", below(r, 254) + 1); }
static void put_local_ip(Row *r) {
    put_format(r, "\"10.%" PRIu64 ".%" PRIu64 ".%" PRIu64 "\"", r->device % 200,
               r->device / 200 % 250, 1 + below(r, 250));
}

#define CHOICE(function, ...)                                                                      \
    static void function(Row *r) {                                                                 \
        static const char *const choices[] = {__VA_ARGS__};                                        \
        put_text(r, choices[skewed(r, COUNT(choices))]);                                           \
    }
#define CONSTANT(function, text)                                                                   \
    static void function(Row *r) { row_puts(r, "\"" text "\""); }

CONSTANT(put_source_system, "Microsoft 365 Defender")
CONSTANT(put_alert_info, "AlertInfo")
CONSTANT(put_alert_evidence, "AlertEvidence")
CONSTANT(put_email_events, "EmailEvents")
CONSTANT(put_identity_info, "IdentityInfo")
CONSTANT(put_device_events, "DeviceEvents")
CHOICE(put_severity, "Low", "Medium", "Informational", "High")
CHOICE(put_category, "SuspiciousActivity", "InitialAccess", "Execution", "Persistence", "Discovery")
CHOICE(put_technique, "", "[\"Phishing (T1566)\"]",
       "[\"PowerShell (T1059.001)\",\"Masquerading (T1036)\"]")
CHOICE(put_elevation, "TokenElevationTypeDefault", "TokenElevationTypeLimited",
       "TokenElevationTypeFull")
CHOICE(put_direction, "Inbound", "Intra-org", "Outbound")
CHOICE(put_delivery, "Delivered", "Junked", "Blocked")
CHOICE(put_location, "Inbox/folder", "Junk folder", "Quarantine", "On-premises/external")
CHOICE(put_threat, "", "", "", "Phish", "Spam", "Malware")
CHOICE(put_language, "en", "de", "fr", "ja")
CHOICE(put_department, "Sales", "Engineering", "Finance", "Legal", "Human Resources")
CHOICE(put_job, "Consultant", "Engineer", "Manager", "Clerk",
       "Director of Engineering & Operations")
CHOICE(put_city, "Z\xC3\xBCrich", "Oslo", "Lisbon", "S\xC3\xA3o Paulo", "Austin")
CHOICE(put_group, "Workstations", "Servers", "Kiosk", "Executive devices")
CHOICE(put_company, "Microsoft Corporation", "Google LLC", "Contoso Ltd.", "Mozilla Corporation")
CHOICE(put_product, "Microsoft\xC2\xAE Windows\xC2\xAE Operating System", "Google Chrome",
       "Firefox")
CHOICE(put_version, "10.0.26100.1", "131.0.6778.86", "115.17.0", "4.18.24090.11")

/* ------------------------------------------------------------ users and devices */

static void put_user_name(Row *r) { put_format(r, "\"user%" PRIu64 "\"", r->user); }
static void put_user_mail(Row *r) { put_format(r, "\"user%" PRIu64 "@contoso.example\"", r->user); }
static void put_user_display(Row *r) { put_format(r, "\"User Number %" PRIu64 "\"", r->user); }
static void put_user_id(Row *r) { put_guid_of(r, "u", r->user); }
static void put_user_sid(Row *r) {
    put_format(r, "\"S-1-5-21-1004336348-1177238915-682003330-%" PRIu64 "\"", 1100 + r->user);
}
static void put_user_dn(Row *r) {
    put_format(r, "\"CN=User Number %" PRIu64 ",OU=Staff,DC=contoso,DC=example\"", r->user);
}
static void put_user_other_mail(Row *r) {
    put_format(r, "[\"user%" PRIu64 "@mail.contoso.example\",\"u%" PRIu64 "@contoso.example\"]",
               r->user, r->user);
}
static void put_user_groups(Row *r) {
    put_format(r, "[\"All staff\",\"Floor %" PRIu64 "\",\"VPN users\"]", r->user % 12);
}
CONSTANT(put_domain, "contoso")
CONSTANT(put_mail_domain, "contoso.example")

static void put_device_id(Row *r) {
    put_format(r, "\"%016" PRIx64 "%016" PRIx64 "%08" PRIx64 "\"", mix(r->device),
               mix(r->device + 7), mix(r->device + 9) >> 32);
}
static void put_device_name(Row *r) {
    put_format(r, "\"ws-%05" PRIu64 ".contoso.example\"", r->device);
}

/* --------------------------------------------------------------- processes */

typedef struct Process {
    const char *file, *folder, *line;
} Process;

/* %s is a run of hexadecimal digits. */
static const Process processes[] = {
    {"chrome.exe", "C:\\Program Files\\Google\\Chrome\\Application",
     "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer "
     "--field-trial-handle=%s --lang=en-US --device-scale-factor=1 --num-raster-threads=4 "
     "--renderer-client-id=17 --time-ticks-at-unix-epoch=-1731736800 /prefetch:1"},
    {"svchost.exe", "C:\\Windows\\System32", "svchost.exe -k netsvcs -p -s Schedule /%s"},
    {"MsMpEng.exe", "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090.11-0",
     "\"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090.11-0\\MsMpEng.exe\" %s"},
    {"msedge.exe", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application",
     "\"msedge.exe\" --single-argument "
     "https://portal.contoso.example/home?session=%s&tab=mail&view=1"},
    {"outlook.exe", "C:\\Program Files\\Microsoft Office\\root\\Office16",
     "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\" /recycle /profile %s"},
    {"teams.exe", "C:\\Users\\Public\\AppData\\Local\\Microsoft\\Teams",
     "\"Teams.exe\" --type=gpu-process --gpu-preferences=%s --encoding-check --reporter-url=x"},
    {"powershell.exe", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0",
     "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\ops\\inventory.ps1 -Id %s"},
    {"cmd.exe", "C:\\Windows\\System32",
     "cmd.exe /c \"echo %s > C:\\Windows\\Temp\\probe.txt && exit\""},
    {"wscript.exe", "C:\\Windows\\System32", "wscript.exe //B C:\\ops\\logon.vbs %s"},
    {"git.exe", "C:\\Program Files\\Git\\cmd", "git.exe -c core.quotepath=false fetch origin %s"},
};

static void put_process_file(Row *r) { put_text(r, processes[r->process].file); }
static void put_process_folder(Row *r) { put_text(r, processes[r->process].folder); }

static void put_hex_word(Row *r, char *word, unsigned digits) {
    for (unsigned i = 0; i < digits; i++) word[i] = "0123456789abcdef"[below(r, 16)];
    word[digits] = 0;
}

/* Encoded commands, and lines that only look alike. */
static void put_powershell_line(Row *r) {
    char base64[201], line[400];
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned i = 0; i < sizeof base64 - 1; i++) base64[i] = digits[below(r, 64)];
    base64[sizeof base64 - 1] = 0;
    static const char *const forms[] = {"powershell.exe -nop -w hidden -enc %s",
                                        "powershell.exe -NonInteractive -EncodedCommand %s",
                                        "powershell.exe -Encoding utf8 -File %s.ps1"};
    snprintf(line, sizeof line, forms[below(r, COUNT(forms))], base64);
    put_text(r, line);
}

static void put_line(Row *r) {
    if (once_in(r, 400)) {
        put_powershell_line(r);
        return;
    }
    char word[65], line[1024];
    put_hex_word(r, word, 24 + (unsigned)below(r, 40));
    snprintf(line, sizeof line, processes[r->process].line, word);
    put_text(r, line);
}

static void put_child_line(Row *r) {
    unsigned own = r->process;
    r->process = (unsigned)skewed(r, COUNT(processes));
    if (r->evil && once_in(r, 2)) {
        char line[200];
        snprintf(line, sizeof line, "curl.exe -o C:\\Windows\\Temp\\%s.bin https://cdn.example/%s",
                 r->evil, r->evil);
        put_text(r, line);
    } else if (once_in(r, 3)) put_line(r);
    else put_empty(r);
    r->process = own;
}

static void put_child_file(Row *r) { put_text(r, processes[skewed(r, COUNT(processes))].file); }
static void put_parent_file(Row *r) {
    static const char *const files[] = {"explorer.exe", "services.exe", "svchost.exe", "cmd.exe"};
    put_text(r, files[skewed(r, COUNT(files))]);
}

/* ------------------------------------------------------------------- links */

static void link_of_alert(uint64_t alert, char *out, size_t size) {
    snprintf(out, size,
             "https://login-%" PRIu64 ".phish.example/session?id=%" PRIx64 "&next=%%2Fhome", alert,
             mix(alert) >> 40);
}

static void put_alert_link(Row *r) {
    char link[200];
    link_of_alert(r->alert, link, sizeof link);
    put_text(r, link);
}

static void put_link(Row *r) {
    char link[200];
    if (r->is_planted) link_of_alert(r->alert, link, sizeof link);
    else if (r->evil)
        snprintf(link, sizeof link, "https://%s.example/download/%" PRIu64, r->evil,
                 below(r, 1000));
    else if (r->is_click || once_in(r, 8))
        snprintf(link, sizeof link,
                 "https://site-%" PRIu64 ".example/page/%" PRIu64
                 "?utm_source=mail&utm_id=%" PRIu64,
                 skewed(r, 5000), below(r, 100000), below(r, 1000));
    else link[0] = 0;
    put_text(r, link);
}

/* -------------------------------------------------------------- device events */

static void put_action(Row *r) {
    static const char *const actions[] = {"NamedPipeEvent",
                                          "PowerShellCommand",
                                          "DnsQueryResponse",
                                          "ClrUnbackedModuleLoaded",
                                          "GetClipboardData",
                                          "ScreenshotTaken",
                                          "ProcessPrimaryTokenModified",
                                          "ReadProcessMemoryApiCall",
                                          "ShellLinkCreateFileEvent",
                                          "UsbDriveMounted",
                                          "AntivirusDetection",
                                          "SmartScreenUrlWarning",
                                          "ScheduledTaskCreated",
                                          "OtherAlertRelatedActivity",
                                          "LdapSearch",
                                          "NtAllocateVirtualMemoryApiCall",
                                          "AsrOfficeChildProcessAudited",
                                          "ExploitGuardNetworkProtectionAudited",
                                          "DriverLoad",
                                          "ServiceInstalled"};
    put_text(r, r->is_click ? "BrowserLaunchedToOpenUrl" : actions[skewed(r, COUNT(actions))]);
}

/* JSON inside a JSON string, as Defender writes it. */
static void put_additional(Row *r) {
    char text[700], word[33];
    put_hex_word(r, word, 32);
    const char *state = once_in(r, 300) ? "Quarantine" : once_in(r, 20) ? "quarantined" : "none";
    snprintf(text, sizeof text,
             "{\"ApiName\":\"%s\",\"BytesToCopy\":%" PRIu64
             ",\"PipeName\":\"\\\\Device\\\\NamedPipe\\\\mojo.%s\","
             "\"NamedPipeEnd\":\"Server\",\"ThreadId\":%" PRIu64 ",\"DesiredAccess\":%" PRIu64 ","
             "\"Remediation\":{\"State\":\"%s\",\"Engine\":\"1.1.24090\"},\"Tags\":[\"a\",\"b\"],"
             "\"Note\":\"%s\"}",
             once_in(r, 2) ? "NtCreateFile" : "ReadProcessMemory", below(r, 1 << 20), word,
             below(r, 30000), below(r, 1 << 24), state, r->evil ? r->evil : "");
    put_text(r, text);
}

const Field device_events_fields[] = {
    {"TenantId", put_workspace},
    {"AccountDomain", put_domain},
    {"AccountName", put_user_name},
    {"AccountSid", put_user_sid},
    {"ActionType", put_action},
    {"AdditionalFields", put_additional},
    {"AppGuardContainerId", put_empty},
    {"DeviceId", put_device_id},
    {"DeviceName", put_device_name},
    {"FileName", put_child_file},
    {"FileOriginIP", put_empty},
    {"FileOriginUrl", put_empty},
    {"FolderPath", put_process_folder},
    {"InitiatingProcessAccountDomain", put_domain},
    {"InitiatingProcessAccountName", put_user_name},
    {"InitiatingProcessAccountObjectId", put_user_id},
    {"InitiatingProcessAccountSid", put_user_sid},
    {"InitiatingProcessAccountUpn", put_user_mail},
    {"InitiatingProcessCommandLine", put_line},
    {"InitiatingProcessFileName", put_process_file},
    {"InitiatingProcessFolderPath", put_process_folder},
    {"InitiatingProcessId", put_number},
    {"InitiatingProcessLogonId", put_size},
    {"InitiatingProcessMD5", put_md5},
    {"InitiatingProcessParentFileName", put_parent_file},
    {"InitiatingProcessParentId", put_number},
    {"InitiatingProcessSHA1", put_sha1},
    {"InitiatingProcessSHA256", put_sha256},
    {"LocalIP", put_local_ip},
    {"LocalPort", put_number},
    {"LogonId", put_size},
    {"MachineGroup", put_group},
    {"MD5", put_md5},
    {"ProcessCommandLine", put_child_line},
    {"ProcessId", put_number},
    {"ProcessTokenElevation", put_elevation},
    {"RegistryKey", put_empty},
    {"RegistryValueData", put_empty},
    {"RegistryValueName", put_empty},
    {"RemoteDeviceName", put_empty},
    {"RemoteIP", put_ip},
    {"RemotePort", put_number},
    {"RemoteUrl", put_link},
    {"ReportId", put_big},
    {"SHA1", put_sha1},
    {"SHA256", put_sha256},
    {"FileSize", put_size},
    {"InitiatingProcessCreationTime", put_earlier},
    {"InitiatingProcessFileSize", put_size},
    {"InitiatingProcessParentCreationTime", put_earlier},
    {"InitiatingProcessVersionInfoCompanyName", put_company},
    {"InitiatingProcessVersionInfoFileDescription", put_product},
    {"InitiatingProcessVersionInfoInternalFileName", put_process_file},
    {"InitiatingProcessVersionInfoOriginalFileName", put_process_file},
    {"InitiatingProcessVersionInfoProductName", put_product},
    {"InitiatingProcessVersionInfoProductVersion", put_version},
    {"ProcessCreationTime", put_earlier},
    {"InitiatingProcessSessionId", put_small},
    {"IsInitiatingProcessRemoteSession", put_false},
    {"InitiatingProcessRemoteSessionDeviceName", put_empty},
    {"InitiatingProcessRemoteSessionIP", put_empty},
    {"CreatedProcessSessionId", put_small},
    {"IsProcessRemoteSession", put_false},
    {"ProcessRemoteSessionDeviceName", put_empty},
    {"ProcessRemoteSessionIP", put_empty},
    {"InitiatingProcessUniqueId", put_null},
    {"_BilledSize", put_billed},
    {"_IsBillable", put_yes},
    {"Timestamp", put_time},
    {"TimeGenerated", put_time},
    {"SourceSystem", put_source_system},
    {"Type", put_device_events},
    {0}};

/* -------------------------------------------------------------------- alerts */

static bool is_mail_alert(const Row *r) { return r->alert % 4 == 0; }
static void put_alert_id(Row *r) {
    put_format(r, "\"da%016" PRIx64 "_%" PRIu64 "\"", mix(r->alert), r->alert);
}
static void put_alert_title(Row *r) {
    put_text(r, is_mail_alert(r) ? "Email messages containing malicious URL removed after delivery"
                                 : "Suspicious process injection observed");
}
static void put_alert_service(Row *r) {
    put_text(r, is_mail_alert(r) ? "Microsoft Defender for Office 365"
                                 : "Microsoft Defender for Endpoint");
}

const Field alert_info_fields[] = {{"TenantId", put_workspace},
                                   {"AlertId", put_alert_id},
                                   {"Title", put_alert_title},
                                   {"Category", put_category},
                                   {"Severity", put_severity},
                                   {"ServiceSource", put_alert_service},
                                   {"DetectionSource", put_alert_service},
                                   {"AttackTechniques", put_technique},
                                   {"Timestamp", put_time},
                                   {"TimeGenerated", put_time},
                                   {"_BilledSize", put_billed},
                                   {"_IsBillable", put_yes},
                                   {"SourceSystem", put_source_system},
                                   {"Type", put_alert_info},
                                   {0}};

typedef enum Entity { ENTITY_URL, ENTITY_MAIL, ENTITY_USER, ENTITY_FILE } Entity;
static Entity entity_of(const Row *r) { return (Entity)(r->i % EVIDENCE_PER_ALERT); }

static uint64_t mail_of_alert(const Row *r) { return mix(r->alert + 11) % r->world->n_mails; }
static uint64_t user_of_mail(const Row *r, uint64_t mail) {
    return mix(mail + 5) % r->world->n_users;
}

static void put_entity(Row *r) {
    static const char *const names[] = {"Url", "MailMessage", "User", "File"};
    put_text(r, names[entity_of(r)]);
}
static void put_entity_link(Row *r) {
    if (entity_of(r) == ENTITY_URL) put_alert_link(r);
    else put_empty(r);
}
static void put_entity_message(Row *r) {
    if (entity_of(r) == ENTITY_MAIL) put_guid_of(r, "m", mail_of_alert(r));
    else put_empty(r);
}
static void put_entity_file(Row *r) {
    if (entity_of(r) == ENTITY_FILE) put_process_file(r);
    else put_empty(r);
}
CONSTANT(put_role, "Related")
CONSTANT(put_details, "{\\\"Asset\\\":false,\\\"CreatedBy\\\":\\\"sensor\\\",\\\"Roles\\\":[1,2]}")

const Field alert_evidence_fields[] = {{"TenantId", put_workspace},
                                       {"AccountDomain", put_domain},
                                       {"AccountName", put_user_name},
                                       {"AccountObjectId", put_user_id},
                                       {"AccountSid", put_user_sid},
                                       {"AccountUpn", put_user_mail},
                                       {"AdditionalFields", put_details},
                                       {"AlertId", put_alert_id},
                                       {"Application", put_empty},
                                       {"ApplicationId", put_null},
                                       {"AttackTechniques", put_technique},
                                       {"Categories", put_category},
                                       {"DetectionSource", put_alert_service},
                                       {"DeviceId", put_device_id},
                                       {"DeviceName", put_device_name},
                                       {"EmailSubject", put_empty},
                                       {"EntityType", put_entity},
                                       {"EvidenceDirection", put_empty},
                                       {"EvidenceRole", put_role},
                                       {"FileName", put_entity_file},
                                       {"FileSize", put_null},
                                       {"FolderPath", put_empty},
                                       {"LocalIP", put_empty},
                                       {"NetworkMessageId", put_entity_message},
                                       {"OAuthApplicationId", put_empty},
                                       {"ProcessCommandLine", put_empty},
                                       {"RegistryKey", put_empty},
                                       {"RegistryValueData", put_empty},
                                       {"RegistryValueName", put_empty},
                                       {"RemoteIP", put_ip},
                                       {"RemoteUrl", put_entity_link},
                                       {"ServiceSource", put_alert_service},
                                       {"SHA1", put_sha1},
                                       {"SHA256", put_sha256},
                                       {"ThreatFamily", put_empty},
                                       {"Title", put_alert_title},
                                       {"Severity", put_severity},
                                       {"CloudResource", put_empty},
                                       {"CloudPlatform", put_empty},
                                       {"ResourceType", put_empty},
                                       {"ResourceID", put_empty},
                                       {"SubscriptionId", put_empty},
                                       {"Timestamp", put_time},
                                       {"TimeGenerated", put_time},
                                       {"_BilledSize", put_billed},
                                       {"_IsBillable", put_yes},
                                       {"SourceSystem", put_source_system},
                                       {"Type", put_alert_evidence},
                                       {0}};

/* --------------------------------------------------------------------- mail */

static void put_message_id(Row *r) { put_guid_of(r, "m", r->i); }
static void put_internet_id(Row *r) {
    put_format(r, "\"<%016" PRIx64 "@mail.contoso.example>\"", mix(r->i + 3));
}
static void put_sender(Row *r) {
    put_format(r, "\"news-%" PRIu64 "@sender-%" PRIu64 ".example\"", skewed(r, 50), skewed(r, 900));
}
static void put_sender_domain(Row *r) {
    put_format(r, "\"sender-%" PRIu64 ".example\"", skewed(r, 900));
}
static void put_subject(Row *r) {
    char text[160];
    snprintf(text, sizeof text, "Invoice %" PRIu64 " for order \"%" PRIx64 "\" %s & more",
             below(r, 100000), next(r) >> 40, r->evil ? r->evil : "attached");
    put_text(r, text);
}
CONSTANT(put_authentication, "{\\\"SPF\\\":\\\"pass\\\",\\\"DKIM\\\":\\\"pass\\\",\\\"DMARC\\\":"
                             "\\\"bestguesspass\\\",\\\"CompAuth\\\":\\\"pass\\\"}")
CONSTANT(put_confidence, "{\\\"Spam\\\":\\\"Not spam\\\",\\\"Phish\\\":\\\"\\\"}")

const Field email_events_fields[] = {{"TenantId", put_workspace},
                                     {"AttachmentCount", put_small},
                                     {"AuthenticationDetails", put_authentication},
                                     {"BulkComplaintLevel", put_small},
                                     {"ConfidenceLevel", put_confidence},
                                     {"Connectors", put_empty},
                                     {"DetectionMethods", put_empty},
                                     {"DeliveryAction", put_delivery},
                                     {"DeliveryLocation", put_location},
                                     {"EmailAction", put_empty},
                                     {"EmailActionPolicy", put_empty},
                                     {"EmailActionPolicyGuid", put_empty},
                                     {"EmailClusterId", put_big},
                                     {"EmailDirection", put_direction},
                                     {"EmailLanguage", put_language},
                                     {"EmailSize", put_size},
                                     {"InternetMessageId", put_internet_id},
                                     {"LatestDeliveryAction", put_delivery},
                                     {"LatestDeliveryLocation", put_location},
                                     {"NetworkMessageId", put_message_id},
                                     {"OrgLevelAction", put_empty},
                                     {"OrgLevelPolicy", put_empty},
                                     {"RecipientEmailAddress", put_user_mail},
                                     {"RecipientObjectId", put_user_id},
                                     {"RecipientDomain", put_mail_domain},
                                     {"ReportId", put_guid},
                                     {"SenderDisplayName", put_department},
                                     {"SenderFromAddress", put_sender},
                                     {"SenderFromDomain", put_sender_domain},
                                     {"SenderIPv4", put_ip},
                                     {"SenderIPv6", put_empty},
                                     {"SenderMailFromAddress", put_sender},
                                     {"SenderMailFromDomain", put_sender_domain},
                                     {"SenderObjectId", put_empty},
                                     {"Subject", put_subject},
                                     {"ThreatNames", put_empty},
                                     {"ThreatTypes", put_threat},
                                     {"ThreatClassification", put_empty},
                                     {"UrlCount", put_small},
                                     {"UserLevelAction", put_empty},
                                     {"UserLevelPolicy", put_empty},
                                     {"AdditionalFields", put_empty},
                                     {"Cc", put_user_other_mail},
                                     {"To", put_user_other_mail},
                                     {"Context", put_empty},
                                     {"DistributionList", put_empty},
                                     {"ExchangeTransportRule", put_empty},
                                     {"ForwardingInformation", put_empty},
                                     {"IsFirstContact", put_false},
                                     {"LastEventExecutionTime", put_time},
                                     {"Timestamp", put_time},
                                     {"TimeGenerated", put_time},
                                     {"_BilledSize", put_billed},
                                     {"_IsBillable", put_yes},
                                     {"SourceSystem", put_source_system},
                                     {"Type", put_email_events},
                                     {0}};

/* ---------------------------------------------------------------- identities */

const Field identity_info_fields[] = {{"TenantId", put_workspace},
                                      {"AccountCloudSID", put_user_sid},
                                      {"AccountCreationTime", put_time},
                                      {"AccountDisplayName", put_user_display},
                                      {"AccountDomain", put_domain},
                                      {"AccountName", put_user_name},
                                      {"AccountObjectId", put_user_id},
                                      {"AccountSID", put_user_sid},
                                      {"AccountTenantId", put_workspace},
                                      {"AccountUPN", put_user_mail},
                                      {"AdditionalMailAddresses", put_user_other_mail},
                                      {"Applications", put_empty},
                                      {"AssignedRoles", put_user_groups},
                                      {"BlastRadius", put_severity},
                                      {"ChangeSource", put_empty},
                                      {"City", put_city},
                                      {"CompanyName", put_company},
                                      {"Country", put_city},
                                      {"DeletedDateTime", put_null},
                                      {"Department", put_department},
                                      {"EmployeeId", put_number},
                                      {"EntityRiskScore", put_null},
                                      {"ExtensionProperty", put_null},
                                      {"GivenName", put_user_name},
                                      {"GroupMembership", put_user_groups},
                                      {"InvestigationPriority", put_small},
                                      {"InvestigationPriorityPercentile", put_small},
                                      {"IsAccountEnabled", put_true},
                                      {"IsMFARegistered", put_true},
                                      {"IsServiceAccount", put_false},
                                      {"JobTitle", put_job},
                                      {"LastSeenDate", put_time},
                                      {"MailAddress", put_user_mail},
                                      {"Manager", put_user_display},
                                      {"OnPremisesDistinguishedName", put_user_dn},
                                      {"OnPremisesExtensionAttributes", put_empty},
                                      {"Phone", put_number},
                                      {"RelatedAccounts", put_null},
                                      {"RiskLevel", put_severity},
                                      {"RiskLevelDetails", put_empty},
                                      {"RiskState", put_empty},
                                      {"SAMAccountName", put_user_name},
                                      {"ServicePrincipals", put_null},
                                      {"SourceSystem", put_source_system},
                                      {"State", put_city},
                                      {"StreetAddress", put_empty},
                                      {"Surname", put_user_name},
                                      {"Tags", put_user_groups},
                                      {"TimeGenerated", put_time},
                                      {"UACFlags", put_empty},
                                      {"UserAccountControl", put_user_groups},
                                      {"UserState", put_empty},
                                      {"UserStateChangedOn", put_null},
                                      {"UserType", put_empty},
                                      {"_BilledSize", put_zero},
                                      {"_IsBillable", put_yes},
                                      {"Type", put_identity_info},
                                      {0}};

/* -------------------------------------------------------------------- rows */

/* A planted click each `stride` events; the half of them that are near misses have another user. */
static void plant_click(Row *r) {
    uint64_t n_mail_alerts = (r->world->n_alerts + 3) / 4,
             n_plants = n_mail_alerts < 40 ? n_mail_alerts : 40;
    uint64_t stride = r->world->n_events / (2 * n_plants + 1) + 1;
    if (r->i % stride != stride / 2) return;
    uint64_t plant = r->i / stride;
    r->is_click = r->is_planted = true;
    r->alert = plant / 2 * 4 % (n_mail_alerts * 4);
    r->user = user_of_mail(r, mail_of_alert(r)) + plant % 2;
    r->escapes_slashes = plant % 5 == 0;
    r->evil = NULL;
}

Row row_begin(const World *w, const char *table, uint64_t i, char *out) {
    Row r = {.world = w, .i = i, .out = out};
    r.random = mix(i * 31 + (unsigned char)table[0] * 65537 + (unsigned char)table[5]);
    bool is_event = strcmp(table, "DeviceEvents") == 0, is_mail = strcmp(table, "EmailEvents") == 0;
    uint64_t n_rows = is_event ? w->n_events : is_mail ? w->n_mails : w->n_alerts;
    double week = 7 * 86400;
    r.seconds = week * (double)(i % n_rows) / (double)n_rows + (double)below(&r, 10000000) / 1e7;
    r.user = skewed(&r, w->n_users);
    r.device = r.user * 3 + below(&r, 3);
    r.process = (unsigned)skewed(&r, COUNT(processes));
    r.is_click = is_event && once_in(&r, 50);
    r.escapes_slashes = once_in(&r, 200);
    static const char *const words[] = {"evil", "devil", "medieval", "Evil-twin", "evils"};
    if (once_in(&r, 200)) r.evil = words[below(&r, COUNT(words))];
    if (is_mail) r.user = user_of_mail(&r, i);
    if (strcmp(table, "IdentityInfo") == 0) r.user = i;
    if (strcmp(table, "AlertInfo") == 0) r.alert = i;
    if (strcmp(table, "AlertEvidence") == 0) r.alert = i / EVIDENCE_PER_ALERT;
    if (is_event) plant_click(&r);
    return r;
}
