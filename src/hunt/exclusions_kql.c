/*
 * exclusions_kql.c: exclusions as KQL to paste behind a rule in Sentinel.
 *
 * Negation is pushed to the leaves, so that what KQL cannot know is false on both sides: the text
 * hides at most what the program hides. What KQL cannot say stands in comments.
 */
#include "hunt/exclude_internal.h"
#include "hunt/hunt_internal.h"
#include "kernels/out.h"

typedef struct Writer {
    const ExclusionSet *set;
    Arena *arena;
    Buf out;
    const Plan *plan;     /* of the rule; NULL: not known */
    const Schema *result; /* of the plan, or NULL */
    Str *columns[ROLE_COUNT];
    size_t n[ROLE_COUNT];
} Writer;

/* Columns of the shipped rule's result. */
static const char *usual_column(Role role) {
    switch (role) {
    case ROLE_URL: return "RemoteUrl";
    case ROLE_TIME: return "UrlDeviceClickTime";
    case ROLE_DEVICE: return "DeviceId";
    case ROLE_ACCOUNT: return "RecipientEmailAddress";
    case ROLE_MESSAGE: return "NetworkMessageId";
    case ROLE_PROCESS: return "InitiatingProcessFileName";
    case ROLE_VERDICT: return "ThreatTypes";
    case ROLE_COUNT: break;
    }
    return "";
}

/* Links and messages as the hunt finds them. */
static const ExclusionRoles *roles_of(Writer *w) {
    return roles_of_result(w->arena, w->set->roles, w->result,
                           contents_of_result(w->arena, w->plan));
}

static void find_columns(Writer *w, const ExclusionRoles *roles, Role role) {
    size_t named = roles ? roles->n[role] : 0;
    if (w->result) {
        uint32_t *found = role_find(w->arena, roles, w->result, role, &w->n[role]);
        w->columns[role] = ARENA_ARRAY(w->arena, Str, w->n[role] + 1);
        size_t n = 0;
        /* a text before arrays and bags, of which none is a plain link */
        for (size_t i = 0; i < w->n[role]; i++)
            if (w->result->items[found[i]].type != TYPE_DYNAMIC)
                w->columns[role][n++] = w->result->items[found[i]].name;
        for (size_t i = 0; i < w->n[role]; i++)
            if (w->result->items[found[i]].type == TYPE_DYNAMIC)
                w->columns[role][n++] = w->result->items[found[i]].name;
        return;
    }
    w->n[role] = named ? named : 1;
    w->columns[role] = ARENA_ARRAY(w->arena, Str, w->n[role]);
    w->columns[role][0] = str_of(usual_column(role));
    for (size_t i = 0; i < named; i++) w->columns[role][i] = roles->names[role][i];
}

static bool has_column(const Writer *w, Str name) {
    for (uint32_t i = 0; w->result && i < w->result->n; i++)
        if (str_eq(w->result->items[i].name, name)) return true;
    return !w->result;
}

/* A column as a name that needs no care. */
static void put_column(Writer *w, Str name) {
    buf_puts(&w->out, "[");
    kql_put_string(&w->out, name);
    buf_puts(&w->out, "]");
}

/* ---------------------------------------------------------------------------- tests */

/* A glob as an anchored regular expression. */
static void put_glob(Buf *out, Str glob, bool is_case_sensitive) {
    Buf re = {0};
    buf_puts(&re, is_case_sensitive ? "^(?s:" : "^(?is:");
    for (size_t i = 0; i < glob.len; i++) {
        char c = glob.ptr[i];
        if (c == '*') {
            buf_puts(&re, ".*");
        } else if (c == '?') {
            buf_putc(&re, '.');
        } else if (c == '[') {
            buf_putc(&re, '[');
            if (i + 1 < glob.len && glob.ptr[i + 1] == '!') buf_putc(&re, '^'), i++;
            while (++i < glob.len && glob.ptr[i] != ']') buf_putc(&re, glob.ptr[i]);
            buf_putc(&re, ']');
        } else {
            if (c == '\\' && i + 1 < glob.len) c = glob.ptr[++i];
            if (strchr("\\.+*?()|[]{}^$", c)) buf_putc(&re, '\\');
            buf_putc(&re, c);
        }
    }
    buf_puts(&re, ")$");
    kql_put_string(out, buf_str(&re));
    buf_free(&re);
}

static const char *test_operator(const TextTest *t) {
    switch (t->kind) {
    case TEST_CONTAINS: return t->is_case_sensitive ? "contains_cs" : "contains";
    case TEST_STARTS_WITH: return t->is_case_sensitive ? "startswith_cs" : "startswith";
    case TEST_ENDS_WITH: return t->is_case_sensitive ? "endswith_cs" : "endswith";
    case TEST_GLOB: return "matches regex";
    case TEST_IN:
    case TEST_IP_WITHIN:
    case TEST_HOST_WITHIN: break;
    }
    return "==";
}

static void put_value_test(Writer *w, const TextTest *t, const char *what, Str value) {
    Buf *o = &w->out;
    if (t->kind == TEST_HOST_WITHIN) {
        buf_printf(o, "%s == ", what);
        kql_put_string(o, value);
        buf_printf(o, " or %s endswith \".%.*s\"", what, STR_ARG(value));
    } else if (t->kind == TEST_IP_WITHIN) {
        bool is_v6 = str_find(value, STR(":"), 0) != SIZE_MAX;
        /* null for what is no address, and a null in a condition drops its row */
        buf_printf(o, "coalesce(%s(%s, ", is_v6 ? "ipv6_is_in_range" : "ipv4_is_in_range", what);
        kql_put_string(o, value);
        buf_puts(o, "), false)");
    } else {
        buf_printf(o, "%s %s ", what, test_operator(t));
        if (t->kind == TEST_GLOB) put_glob(o, value, t->is_case_sensitive);
        else kql_put_string(o, value);
    }
}

static void put_test(Writer *w, const TextTest *t, const char *what) {
    Buf *o = &w->out;
    if (!t->n) {
        buf_puts(o, "false");
        return;
    }
    if (t->kind == TEST_IN) buf_printf(o, "%s %s (", what, t->is_case_sensitive ? "in" : "in~");
    for (size_t i = 0; i < t->n; i++) {
        if (i) buf_puts(o, t->kind == TEST_IN ? ", " : " or ");
        if (t->kind == TEST_IN) kql_put_string(o, t->values[i]);
        else put_value_test(w, t, what, t->values[i]);
    }
    if (t->kind == TEST_IN) buf_putc(o, ')');
}

/* All tests of a value, in parentheses. */
static void put_tests(Writer *w, const Tests *tests, const char *what) {
    buf_putc(&w->out, '(');
    for (size_t i = 0; i < tests->n; i++) {
        buf_puts(&w->out, i ? ") and (" : "(");
        put_test(w, &tests->items[i], what);
    }
    buf_puts(&w->out, tests->n ? "))" : "false)");
}

/* --------------------------------------------------------------------------- leaves */

/* `guard and tests`, or `guard and not(tests)`. */
static void put_guarded(Writer *w, const char *guard, const Tests *tests, const char *what,
                        bool is_negated) {
    buf_printf(&w->out, "(%s and %s", guard, is_negated ? "not" : "");
    put_tests(w, tests, what);
    buf_putc(&w->out, ')');
}

static void put_named(Writer *w, const Tests *tests, Str column, bool is_negated) {
    Buf what = {0};
    buf_puts(&what, "tostring([");
    kql_put_string(&what, column);
    buf_puts(&what, "])");
    buf_putc(&what, 0);
    Buf guard = {0};
    buf_printf(&guard, "isnotempty(%s)", what.ptr);
    buf_putc(&guard, 0);
    put_guarded(w, guard.ptr, tests, what.ptr, is_negated);
    buf_free(&what);
    buf_free(&guard);
}

/* Tests of any column of a role; denied only where every one is known and fits none of them. */
static void put_role(Writer *w, const Tests *tests, Role role, bool is_negated) {
    buf_putc(&w->out, '(');
    for (size_t i = 0; i < w->n[role]; i++) {
        if (i) buf_puts(&w->out, is_negated ? " and " : " or ");
        put_named(w, tests, w->columns[role][i], is_negated);
    }
    buf_puts(&w->out, w->n[role] ? ")" : "false)");
}

static void put_process(Writer *w, const ExclusionCond *c, bool is_negated) {
    static const char *const lists[PROCESS_FIELDS] = {NULL, "QuarryLines", "QuarryParents", NULL};
    bool is_first = true;
    buf_putc(&w->out, '(');
    for (int f = 0; f < PROCESS_FIELDS; f++) {
        if (!c->process[f].n) continue;
        buf_puts(&w->out, is_first ? "" : is_negated ? " or " : " and ");
        is_first = false;
        char guard[128], what[64];
        if (f == PROCESS_FILE) {
            put_role(w, &c->process[f], ROLE_PROCESS, is_negated);
        } else if (!lists[f]) {
            buf_puts(&w->out, "false"); /* a parent's command line: see the head */
        } else {
            snprintf(guard, sizeof guard, "array_length(%s) == 1 and isnotempty(tostring(%s[0]))",
                     lists[f], lists[f]);
            snprintf(what, sizeof what, "tostring(%s[0])", lists[f]);
            put_guarded(w, guard, &c->process[f], what, is_negated);
        }
    }
    buf_putc(&w->out, ')');
}

/* Only protections ask: yes wherever one of the types may fit, as they all stand in one text. */
static void put_threats(Writer *w, const ExclusionCond *c, bool is_negated) {
    Buf *o = &w->out;
    buf_puts(o, "(isnotempty(QuarryThreats)");
    for (size_t i = 0; i < c->tests.n && !is_negated; i++) {
        const TextTest *t = &c->tests.items[i];
        if (t->kind == TEST_GLOB) continue;
        buf_puts(o, " and (false");
        for (size_t k = 0; k < t->n; k++) {
            buf_puts(o, " or QuarryThreats contains ");
            kql_put_string(o, t->values[k]);
        }
        buf_putc(o, ')');
    }
    buf_putc(o, ')');
}

static void put_cond(Writer *w, const ExclusionCond *c, bool is_negated);

static void put_group(Writer *w, const ExclusionCond *c, bool is_negated) {
    bool is_and = (c->kind == COND_ALL) != is_negated;
    buf_putc(&w->out, '(');
    for (size_t i = 0; i < c->n_args; i++) {
        if (i) buf_puts(&w->out, is_and ? " and " : " or ");
        put_cond(w, c->args[i], is_negated);
    }
    buf_puts(&w->out, c->n_args ? ")" : "false)");
}

static void put_cond(Writer *w, const ExclusionCond *c, bool is_negated) {
    switch (c->kind) {
    case COND_ALL:
    case COND_ANY: put_group(w, c, is_negated); return;
    case COND_NOT:
        if (c->n_args) put_cond(w, c->args[0], !is_negated);
        return;
    case COND_COLUMN:
        if (has_column(w, c->column)) put_named(w, &c->tests, c->column, is_negated);
        else buf_puts(&w->out, "false");
        return;
    case COND_URL_HOST: put_guarded(w, "QuarryPlain", &c->tests, "QuarryHost", is_negated); return;
    case COND_URL_PATH: put_guarded(w, "QuarryPlain", &c->tests, "QuarryPath", is_negated); return;
    case COND_PROCESS: put_process(w, c, is_negated); return;
    case COND_ACCOUNT: put_role(w, &c->tests, ROLE_ACCOUNT, is_negated); return;
    case COND_DEVICE: put_role(w, &c->tests, ROLE_DEVICE, is_negated); return;
    case COND_THREAT_TYPES: put_threats(w, c, is_negated); return;
    case COND_MIMICS: buf_puts(&w->out, is_negated ? "false" : "QuarryMimics"); return;
    }
}

/* ----------------------------------------------------------------------------- whole */

static void put_comment(Buf *out, const char *what, Str text) {
    buf_printf(out, "// %s", what);
    for (size_t i = 0; i < text.len; i++)
        buf_putc(out, (unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i]);
    buf_putc(out, '\n');
}

/* Every wrapper's host; the words say more than those hosts, and hide less. */
static const char wrapper_hosts[] =
    "safelinks|statics\\.teams|^teams\\.microsoft|urldefense|cudasvc|secure-web|mimecast|clicktime|"
    "fireeye|sophos|trendmicro|avanan|checkpoint|awstrack|facebook|edgepilot|(^|\\.)google\\.";

/* Another column of links must hold that link too, or nothing; an array that link alone. */
static void put_other_link(Writer *w, Str column) {
    Buf *o = &w->out;
    if (str_eq(column, w->columns[ROLE_URL][0])) return;
    buf_puts(o, "\n    and tostring(column_ifexists(");
    kql_put_string(o, column);
    buf_puts(o, ", QuarryUrl)) in (QuarryUrl, \"\", \"[]\", strcat('[\"', QuarryUrl, '\"]'))");
}

static void put_other_links(Writer *w) {
    static const char *const usual[] = {"UrlClickedByUserSid", "Url",       "Urls", "UrlChain",
                                        "FileOriginUrl",       "RequestURI"};
    bool is_known = w->result || (w->set->roles && w->set->roles->n[ROLE_URL]);
    for (size_t i = 1; i < w->n[ROLE_URL]; i++) put_other_link(w, w->columns[ROLE_URL][i]);
    for (size_t i = 0; i < COUNT_OF(usual) && !is_known; i++) put_other_link(w, str_of(usual[i]));
}

/* A row whose link is not plain is kept, so that nothing here has to read odd links as a browser
 * does: names only (the last label in letters), no percent sign, no characters that part a link. */
static void put_plain(Writer *w) {
    Buf *o = &w->out;
    buf_puts(o, "| extend QuarryHost = trim_end(@\"\\.\", tolower(extract("
                "@\"(?i)^https?://([a-z0-9.-]+)\", 1, QuarryUrl)))\n"
                "| extend QuarryPlain = QuarryUrl matches regex "
                "@\"(?i)^https?://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.){1,9}[a-z]{2,63}\\.?"
                "(:[0-9]{1,4}|:[1-5][0-9]{4})?([/?#][a-z0-9._~/?#=&+,:!$()*-]*)?$\"\n"
                "    and not(QuarryUrl matches regex @\"/\\.\\.?([/?#]|$)\")"
                " and not(QuarryHost contains \"xn--\") and strlen(QuarryHost) < 254"
                " and strlen(QuarryUrl) <= 65536\n"
                "    and not(QuarryUrl matches regex @\"(?i).https?:/\")\n"
                "    and not(QuarryHost matches regex ");
    kql_put_string(o, str_of(wrapper_hosts));
    buf_putc(o, ')');
    put_other_links(w);
    buf_putc(o, '\n');
}

/* The first column of a role as text, empty where the result has none. */
static void put_role_text(Writer *w, Role role) {
    if (!w->n[role]) {
        buf_puts(&w->out, "\"\"");
        return;
    }
    buf_puts(&w->out, "tostring(");
    put_column(w, w->columns[role][0]);
    buf_putc(&w->out, ')');
}

static void put_head(Writer *w) {
    Buf *o = &w->out;
    buf_puts(o,
             "// Only rows with a plain link are hidden: http or https, a host name without "
             "punycode, no percent\n// sign, user name, link inside or gateway's wrapper; "
             "columns of links that differ keep their row.\n// Links near an internal name, and "
             "flagged ones in other forms, are kept more often than by the hunt.\n// Not said in "
             "KQL: a parent's command line.\n");
    buf_puts(o, "| extend QuarryUrl = ");
    put_role_text(w, ROLE_URL);
    buf_puts(o, "\n");
    put_plain(w);
    buf_puts(o, "| extend QuarryPath = extract(@\"(?i)^https?://[^/?#]+([^?#]*)\", 1, QuarryUrl), "
                "QuarryBare = replace_regex(tolower(QuarryUrl), @\"[._-]\", \"\")\n"
                "| extend QuarryLook = replace_strings(QuarryBare, dynamic([\"0\", \"1\", \"i\", "
                "\"rn\", \"vv\"]), dynamic([\"o\", \"l\", \"l\", \"m\", \"w\"]))\n"
                "| extend QuarryMimics = ");
    kql_put_mimics(o, w->arena, w->set);
    buf_putc(o, '\n');
}

static const char clicks[] =
    "union isfuzzy=true UrlClickEvents, (datatable(Url: string, ThreatTypes: string)[]) | where "
    "isnotempty(ThreatTypes) | extend At = tolower(trim(@\"\\s+\", Url)) | extend AtHost = "
    "trim_end(@\"\\.\", extract(@\"^(?:https?://)?([^/?#:]+)\", 1, At)) | where ";

static void put_message_text(Writer *w, Str column) {
    buf_puts(&w->out, "tolower(trim(@'[\\[\\]\" ]+', tostring(");
    put_column(w, column);
    buf_puts(&w->out, ")))");
}

/* One message is looked up: a row that names several is kept. A text in which an id is not all there is
 * is longer than one, and in what is left of an array or bag of several there are quotes. */
static void put_messages(Writer *w) {
    Buf *o = &w->out;
    buf_puts(o, "| extend QuarryMessage = ");
    if (w->n[ROLE_MESSAGE]) put_message_text(w, w->columns[ROLE_MESSAGE][0]);
    else buf_puts(o, "\"\"");
    buf_puts(o, "\n| extend QuarryOneMessage = QuarryMessage matches regex @'^[^\"\\\\]{0,36}$'");
    for (size_t i = 1; i < w->n[ROLE_MESSAGE]; i++) {
        buf_puts(o, "\n    and ");
        put_message_text(w, w->columns[ROLE_MESSAGE][i]);
        buf_puts(o, " in (QuarryMessage, \"\")");
    }
    buf_puts(o, "\n");
}

/* Verdicts on a link count for its host and path, those on a wrapped one for each host inside: never
 * fewer rows than for the links that the hunt compares. */
static void put_verdicts(Writer *w) {
    Buf *o = &w->out;
    put_messages(w);
    buf_puts(o, "| extend QuarryKey = strcat(QuarryHost, trim_end(\"/+\", tolower(QuarryPath)))\n"
                "| lookup kind=leftouter (union isfuzzy=true EmailEvents, EmailPostDeliveryEvents, "
                "UrlClickEvents | where isnotempty(ThreatTypes) and isnotempty(NetworkMessageId) | "
                "summarize QuarryThreats = strcat_array(make_set(ThreatTypes), \", \") by "
                "QuarryMessage = tolower(NetworkMessageId)) on QuarryMessage\n"
                "| lookup kind=leftouter (");
    buf_puts(o, clicks);
    buf_puts(o, "not(AtHost matches regex ");
    kql_put_string(o, str_of(wrapper_hosts));
    buf_puts(o,
             ") | summarize QuarryThreatsOfLink = strcat_array(make_set(ThreatTypes), \", \") by "
             "QuarryKey = strcat(AtHost, trim_end(\"/+\", extract("
             "@\"^(?:https?://)?[^/?#]+([^?#]*)\", 1, At)))) on QuarryKey\n"
             "| lookup kind=leftouter (");
    buf_puts(o, clicks);
    buf_puts(o, "AtHost matches regex ");
    kql_put_string(o, str_of(wrapper_hosts));
    buf_puts(o, " | extend Once = replace_regex(At, @\"%(25)+\", \"%\")\n"
                "    | extend Forms = strcat(url_decode(Once), \" \", url_decode(replace_regex("
                "replace_string(Once, \"_\", \"/\"), @\"-(25)*([0-9a-f]{2})\", @\"%\\2\")))\n"
                "    | mv-expand Host = extract_all(@\"(?:https?:/*|[?&]d=)([a-z0-9.-]+)\", Forms) "
                "to typeof(string) | summarize QuarryThreatsOfHost = strcat_array("
                "make_set(ThreatTypes), \", \") by QuarryHost = trim_end(@\"\\.\", Host)) on "
                "QuarryHost\n"
                "| extend QuarryThreats = strcat_delim(\", \", ");
    for (size_t i = 0; i < w->n[ROLE_VERDICT]; i++) {
        buf_puts(o, "tostring(column_ifexists(");
        kql_put_string(o, w->columns[ROLE_VERDICT][i]);
        buf_puts(o, ", \"\")), ");
    }
    buf_puts(o, "QuarryThreats, QuarryThreatsOfLink, "
                "QuarryThreatsOfHost)\n"
                "| extend QuarryThreats = trim(\"[, ]+\", QuarryThreats)\n"
                "| extend QuarryPhish = QuarryThreats contains \"phish\"\n");
}

/* Parents and command lines as both tables say: where they contradict each other, there are two. */
static void put_processes(Writer *w) {
    Buf *o = &w->out;
    if (!w->n[ROLE_DEVICE] || !w->n[ROLE_TIME]) {
        buf_puts(o, "| extend QuarryParents = dynamic([]), QuarryLines = dynamic([])\n");
        return;
    }
    /* what names a device otherwise than by its id, names it as DeviceName does */
    bool is_id = str_eq_nocase(w->columns[ROLE_DEVICE][0], STR("DeviceId"));
    buf_puts(o, "| extend QuarryDevice = ");
    put_role_text(w, ROLE_DEVICE);
    buf_puts(o, ", QuarryTime = todatetime(");
    put_column(w, w->columns[ROLE_TIME][0]);
    buf_printf(
        o,
        ")\n| lookup kind=leftouter (DeviceEvents | extend Pid = tolong(InitiatingProcessId), File "
        "= tolower(InitiatingProcessFileName)\n    | join kind=leftouter (union isfuzzy=true "
        "DeviceProcessEvents, (datatable(DeviceId: string, ProcessId: long, FileName: string, "
        "ProcessCommandLine: string, InitiatingProcessFileName: string)[]) | distinct DeviceId, "
        "Pid = tolong(ProcessId), File = tolower(FileName), Creator = "
        "tolower(InitiatingProcessFileName), Line = ProcessCommandLine) on DeviceId, Pid, File\n"
        "    | summarize Parents = make_set(tolower(InitiatingProcessParentFileName)), Lines = "
        "make_set(InitiatingProcessCommandLine), Creators = make_set_if(Creator, "
        "isnotempty(Creator)), Created = make_set_if(Line, isnotempty(Line)), Unknown = "
        "make_set_if(\"?\", isnull(Pid) or Pid <= 0) by QuarryDevice = %s, QuarryTime = Timestamp\n"
        "    | project QuarryDevice, QuarryTime, QuarryParents = set_union(Parents, Creators, "
        "Unknown), QuarryLines = set_union(Lines, Created, Unknown)) on QuarryDevice, QuarryTime\n",
        is_id ? "DeviceId" : "DeviceName");
}

static bool asks_more_than_file(const ExclusionCond *c) {
    for (int f = 0; c->kind == COND_PROCESS && f < PROCESS_FIELDS; f++)
        if (f != PROCESS_FILE && c->process[f].n) return true;
    for (size_t i = 0; i < c->n_args; i++)
        if (asks_more_than_file(c->args[i])) return true;
    return false;
}

static void put_lookups(Writer *w, Str rule_id, Str rule_name) {
    bool asks = false;
    for (size_t i = 0; i < w->set->n_items; i++)
        if (exclusion_applies(w->set->items[i], rule_id, rule_name) &&
            asks_more_than_file(w->set->items[i]->when))
            asks = true;
    put_verdicts(w);
    if (asks) put_processes(w);
}

static size_t put_entries(Writer *w, Str rule_id, Str rule_name, int64_t now, bool protections) {
    size_t n = 0;
    for (size_t i = 0; i < w->set->n_items; i++) {
        const Exclusion *x = w->set->items[i];
        if (x->is_protection != protections || exclusion_is_expired(x, now) ||
            !exclusion_applies(x, rule_id, rule_name))
            continue;
        put_comment(&w->out, "  ", x->name);
        buf_puts(&w->out, n++ ? "    or " : "    ");
        put_cond(w, x->when, false);
        buf_putc(&w->out, '\n');
    }
    if (!n) buf_puts(&w->out, "    false\n");
    return n;
}

Str exclusions_kql(Arena *arena, const ExclusionSet *set, const Plan *result, Str rule_id,
                   Str rule_name, int64_t now_ticks) {
    Writer w = {
        .set = set, .arena = arena, .plan = result, .result = result ? &result->schema : NULL};
    const ExclusionRoles *roles = result ? roles_of(&w) : set->roles;
    for (Role role = 0; role < ROLE_COUNT; role++) find_columns(&w, roles, role);
    put_comment(&w.out, "Exclusions and protections for ", rule_name.len ? rule_name : rule_id);
    put_head(&w);
    put_lookups(&w, rule_id, rule_name);
    buf_puts(&w.out, "| extend QuarryProtected = (\n");
    put_entries(&w, rule_id, rule_name, now_ticks, true);
    buf_puts(&w.out, w.n[ROLE_URL] ? "    or QuarryPhish or QuarryMimics or not(QuarryPlain)"
                                   : "    or QuarryPhish");
    buf_puts(&w.out, " or not(QuarryOneMessage))\n");
    buf_puts(&w.out, "| extend QuarryExcluded = (\n");
    put_entries(&w, rule_id, rule_name, now_ticks, false);
    buf_puts(
        &w.out,
        "    )\n| where coalesce(QuarryProtected, true) or not(coalesce(QuarryExcluded, false))\n"
        "| project-away Quarry*\n");
    return buf_to_arena(arena, &w.out);
}
