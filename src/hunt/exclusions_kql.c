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
    const Schema *result; /* NULL: not known */
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
    case ROLE_COUNT: break;
    }
    return "";
}

static void find_columns(Writer *w, Role role) {
    const ExclusionRoles *roles = w->set->roles;
    size_t named = roles ? roles->n[role] : 0;
    if (w->result) {
        uint32_t *found = role_find(w->arena, roles, w->result, role, &w->n[role]);
        w->columns[role] = ARENA_ARRAY(w->arena, Str, w->n[role] + 1);
        for (size_t i = 0; i < w->n[role]; i++)
            w->columns[role][i] = w->result->items[found[i]].name;
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
        char guard[64], what[64];
        if (f == PROCESS_FILE) {
            put_role(w, &c->process[f], ROLE_PROCESS, is_negated);
        } else if (!lists[f]) {
            buf_puts(&w->out, "false"); /* a parent's command line: see the head */
        } else {
            snprintf(guard, sizeof guard, "array_length(%s) == 1", lists[f]);
            snprintf(what, sizeof what, "tostring(%s[0])", lists[f]);
            put_guarded(w, guard, &c->process[f], what, is_negated);
        }
    }
    buf_putc(&w->out, ')');
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
    case COND_THREAT_TYPES: buf_puts(&w->out, is_negated ? "false" : "QuarryPhish"); return;
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
                "    and not(QuarryHost matches regex ");
    kql_put_string(o, str_of(wrapper_hosts));
    buf_putc(o, ')');
    for (size_t i = 1; i < w->n[ROLE_URL]; i++) {
        buf_puts(o, "\n    and tostring(column_ifexists(");
        kql_put_string(o, w->columns[ROLE_URL][i]);
        buf_puts(o, ", QuarryUrl)) in (QuarryUrl, \"\")");
    }
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
    buf_puts(o, "// Only rows with a plain link are hidden: http or https, a host name without "
                "punycode, no percent\n// sign, user name or gateway's wrapper; columns of links "
                "that differ keep their row. Links near an\n// internal name are kept more often "
                "than by the hunt. Not said in KQL: a parent's command line, the\n// process of "
                "DeviceProcessEvents, verdicts on a wrapped form of the link.\n");
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

static void put_lookups(Writer *w) {
    Buf *o = &w->out;
    bool has_process = w->n[ROLE_DEVICE] && w->n[ROLE_TIME];
    buf_puts(o, "| extend QuarryMessage = ");
    put_role_text(w, ROLE_MESSAGE);
    if (has_process) {
        buf_puts(o, ", QuarryDevice = ");
        put_role_text(w, ROLE_DEVICE);
        buf_puts(o, ", QuarryTime = todatetime(");
        put_column(w, w->columns[ROLE_TIME][0]);
        buf_putc(o, ')');
    }
    buf_puts(
        o,
        "\n| lookup kind=leftouter (union isfuzzy=true EmailEvents, UrlClickEvents "
        "| where ThreatTypes contains \"phish\" | distinct NetworkMessageId | project "
        "QuarryMessage = NetworkMessageId, QuarryPhish = true) on QuarryMessage\n"
        "| lookup kind=leftouter (union isfuzzy=true UrlClickEvents, (datatable(Url: string, "
        "ThreatTypes: string)[]) | where ThreatTypes contains \"phish\" | distinct Url | project "
        "QuarryUrl = Url, QuarryPhishUrl = true) on QuarryUrl\n"
        "| extend QuarryPhish = coalesce(QuarryPhish, false) or coalesce(QuarryPhishUrl, false)\n");
    if (!has_process) {
        buf_puts(o, "| extend QuarryParents = dynamic([]), QuarryLines = dynamic([])\n");
        return;
    }
    /* what names a device otherwise than by its id, names it as DeviceName does */
    bool is_id = str_eq_nocase(w->columns[ROLE_DEVICE][0], STR("DeviceId"));
    buf_printf(o,
               "| lookup kind=leftouter (DeviceEvents | summarize QuarryParents = "
               "make_set(tolower(InitiatingProcessParentFileName)), QuarryLines = "
               "make_set(InitiatingProcessCommandLine) by QuarryDevice = %s, QuarryTime = "
               "Timestamp) on QuarryDevice, QuarryTime\n",
               is_id ? "DeviceId" : "DeviceName");
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

Str exclusions_kql(Arena *arena, const ExclusionSet *set, const Schema *result, Str rule_id,
                   Str rule_name, int64_t now_ticks) {
    Writer w = {.set = set, .arena = arena, .result = result};
    for (Role role = 0; role < ROLE_COUNT; role++) find_columns(&w, role);
    put_comment(&w.out, "Exclusions and protections for ", rule_name.len ? rule_name : rule_id);
    put_head(&w);
    put_lookups(&w);
    buf_puts(&w.out, "| extend QuarryProtected = (\n");
    put_entries(&w, rule_id, rule_name, now_ticks, true);
    buf_puts(
        &w.out,
        w.n[ROLE_URL] ? "    or QuarryPhish or QuarryMimics or not(QuarryPlain))\n"
                      : "    or QuarryPhish)\n");
    buf_puts(&w.out, "| extend QuarryExcluded = (\n");
    put_entries(&w, rule_id, rule_name, now_ticks, false);
    buf_puts(
        &w.out,
        "    )\n| where coalesce(QuarryProtected, true) or not(coalesce(QuarryExcluded, false))\n"
        "| project-away Quarry*\n");
    return buf_to_arena(arena, &w.out);
}
