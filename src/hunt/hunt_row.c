/*
 * hunt_row.c: what a result row says of links, accounts, devices and the process behind it.
 *
 * Which column means what is told by the exclusion file (`columns:`) or, where it says nothing, by
 * the names that the Defender and Sentinel tables use.
 */
#include <ctype.h>

#include "base/json.h"
#include "base/utf8.h"
#include "hunt/exclude_internal.h"

const char *const role_names[ROLE_NAMED] = {"url",     "time",    "device",
                                            "account", "message", "process"};

static const char *const time_columns[] = {"UrlDeviceClickTime", "ClickTime", "Timestamp",
                                           "TimeGenerated", NULL};
static const char *const device_columns[] = {"DeviceId", "DeviceName", "Computer", "HostName",
                                             NULL};
static const char *const account_columns[] = {"RecipientEmailAddress",
                                              "RecipientObjectId",
                                              "OnPremSid",
                                              "AccountUpn",
                                              "AccountUPN",
                                              "AccountName",
                                              "AccountSid",
                                              "AccountSID",
                                              "AccountObjectId",
                                              "UserPrincipalName",
                                              "InitiatingProcessAccountName",
                                              "InitiatingProcessAccountUpn",
                                              "InitiatingProcessAccountSid",
                                              "InitiatingProcessAccountObjectId",
                                              NULL};
static const char *const message_columns[] = {"NetworkMessageId", NULL};
static const char *const verdict_columns[] = {"ThreatTypes", NULL};
static const char *const process_columns[] = {"InitiatingProcessFileName", NULL};

const char *const *role_columns(Role role) {
    static const char *const none[] = {NULL};
    switch (role) {
    case ROLE_TIME: return time_columns;
    case ROLE_DEVICE: return device_columns;
    case ROLE_ACCOUNT: return account_columns;
    case ROLE_MESSAGE: return message_columns;
    case ROLE_PROCESS: return process_columns;
    case ROLE_VERDICT: return verdict_columns;
    case ROLE_URL:
    case ROLE_COUNT: break;
    }
    return none;
}

/* -------------------------------------------------------------------------- columns */

static bool fits_role(const Column *column, Role role) {
    if (role == ROLE_TIME) return column->type == TYPE_DATETIME;
    if (column->type == TYPE_DYNAMIC)
        return role == ROLE_URL || role == ROLE_MESSAGE || role == ROLE_VERDICT;
    return column->type == TYPE_STRING || column->type == TYPE_GUID;
}

static bool holds_nocase(Str name, const char *part) {
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= name.len; i++)
        if (str_eq_nocase(str_sub(name, i, n), str_of(part))) return true;
    return false;
}

/* "uri" as a word of the name: RequestURI, uri_s, UriPath; not Security. */
static bool has_word_uri(Str name) {
    if (str_ends_with(name, STR("_s")) || str_ends_with(name, STR("_d"))) name.len -= 2;
    if (name.len && (name.ptr[name.len - 1] | 0x20) == 's') name.len--;
    return (name.len >= 3 && str_eq_nocase(str_sub(name, name.len - 3, 3), STR("uri"))) ||
           str_eq_nocase(str_sub(name, 0, 3), STR("uri")) ||
           str_find(name, STR("Uri"), 0) != SIZE_MAX || str_find(name, STR("_uri"), 0) != SIZE_MAX;
}

static bool is_named_link(Str name) {
    return holds_nocase(name, "url") || holds_nocase(name, "link") || has_word_uri(name);
}

typedef struct Found {
    uint32_t *items;
    size_t n;
} Found;

static void add_named(Found *found, const Schema *schema, Role role, Str name) {
    for (uint32_t c = 0; c < schema->n; c++) {
        if (!str_eq(schema->items[c].name, name) || !fits_role(&schema->items[c], role)) continue;
        for (size_t i = 0; i < found->n; i++)
            if (found->items[i] == c) return;
        found->items[found->n++] = c;
    }
}

uint32_t *role_find(Arena *arena, const ExclusionRoles *roles, const Schema *schema, Role role,
                    size_t *ret_n) {
    Found found = {.items = ARENA_ARRAY(arena, uint32_t, schema->n + 1)};
    if (roles && roles->n[role]) {
        for (size_t i = 0; i < roles->n[role]; i++)
            add_named(&found, schema, role, roles->names[role][i]);
    } else if (role == ROLE_URL) {
        for (uint32_t c = 0; c < schema->n; c++)
            if (fits_role(&schema->items[c], role) && is_named_link(schema->items[c].name))
                found.items[found.n++] = c;
    } else {
        for (const char *const *name = role_columns(role); *name; name++)
            add_named(&found, schema, role, str_of(*name));
        /* a result with one datetime column says when it happened, whatever the name */
        uint32_t only = 0, n = 0;
        for (uint32_t c = 0; c < schema->n; c++)
            if (schema->items[c].type == TYPE_DATETIME) only = c, n++;
        if (role == ROLE_TIME && !found.n && n == 1) found.items[found.n++] = only;
    }
    *ret_n = found.n;
    return found.items;
}

static bool names_one(Arena *arena, const ExclusionRoles *roles, const Schema *schema, Role role) {
    size_t n = 0;
    if (roles && roles->n[role]) role_find(arena, roles, schema, role, &n);
    return n > 0;
}

/* By convention links, messages and verdicts are named so, or found to be made of such; messages and
 * verdicts have the usual name in theirs, as joins and aggregates make them (NetworkMessageId1,
 * set_NetworkMessageId). */
static bool is_usual(const Column *column, Role role, unsigned holds) {
    if (!fits_role(column, role)) return false;
    switch (role) {
    case ROLE_URL: return (holds & 1u << CONTENT_LINKS) || is_named_link(column->name);
    case ROLE_MESSAGE:
        return (holds & 1u << CONTENT_MESSAGES) || holds_nocase(column->name, message_columns[0]);
    case ROLE_VERDICT:
        return (holds & 1u << CONTENT_VERDICTS) || holds_nocase(column->name, verdict_columns[0]);
    case ROLE_TIME:
    case ROLE_DEVICE:
    case ROLE_ACCOUNT:
    case ROLE_PROCESS:
    case ROLE_COUNT: break;
    }
    return false;
}

unsigned *contents_of_result(Arena *arena, const Plan *p) {
    static const ColumnContent all[] = {CONTENT_LINKS, CONTENT_MESSAGES, CONTENT_VERDICTS};
    unsigned *holds = ARENA_ARRAY(arena, unsigned, p->schema.n + 1);
    for (uint32_t c = 0; c < p->schema.n; c++)
        for (size_t i = 0; i < COUNT_OF(all); i++)
            if (plan_column_holds(p, p->schema.items[c].id, all[i])) holds[c] |= 1u << all[i];
    return holds;
}

ExclusionRoles *roles_of_result(Arena *arena, const ExclusionRoles *roles, const Schema *schema,
                                const unsigned *holds) {
    static const Role wide[] = {ROLE_URL, ROLE_MESSAGE, ROLE_VERDICT};
    ExclusionRoles *own = ARENA_NEW(arena, ExclusionRoles);
    if (roles) *own = *roles;
    for (size_t i = 0; i < COUNT_OF(wide); i++) {
        Role role = wide[i];
        if (names_one(arena, roles, schema, role)) continue;
        own->n[role] = 0;
        own->names[role] = ARENA_ARRAY(arena, Str, schema->n + 1);
        for (uint32_t c = 0; c < schema->n; c++)
            if (is_usual(&schema->items[c], role, holds ? holds[c] : 0))
                own->names[role][own->n[role]++] = schema->items[c].name;
    }
    return own;
}

/* ---------------------------------------------------------------------------- links */

static const struct {
    uint32_t flag;
    const char *what;
} oddities[] = {
    {URL_OTHER_SCHEME, "its scheme is neither http nor https"},
    {URL_HAS_USERINFO, "it hides its host behind user@"},
    {URL_HAD_BACKSLASH, "it holds a backslash"},
    {URL_HAD_CONTROL, "it holds a control character"},
    {URL_ENCODED_HOST, "its host is percent-encoded"},
    {URL_HOST_WAS_WIDE, "its host holds letters that only look like ASCII"},
    {URL_MIXED_SCRIPT, "its host mixes scripts"},
    {URL_ODD_IP, "its host is an IP address in an odd spelling"},
    {URL_EMPTY_LABEL, "its host holds an empty label"},
    {URL_HOST_TOO_LONG, "its host is longer than a name can be"},
    {URL_ODD_HOST, "its host is no name that a host can have"},
    {URL_ODD_SLASHES, "its slashes are odd"},
    {URL_DOT_SEGMENTS, "its path holds dot segments"},
    {URL_ENCODED_SLASH, "its path holds an encoded slash"},
    {URL_PATH_PARAMETER, "its path holds a ';'"},
    {URL_BAD_UTF8, "it is not UTF-8"},
    {URL_UNSEEN, "it holds a blank or a character that is not seen"},
    {URL_SEVERAL, "it reads as several links, or holds a character that no link has"},
    {URL_AT_BEHIND_HOST, "a '@' follows its host without a slash"},
};

/* Wrappers carry the link that they wrap in their path: what is odd there is their form. */
#define WRAPPER_SUSPECT                                                                            \
    (URL_FLAGS_SUSPECT & ~(uint32_t)(URL_ENCODED_SLASH | URL_PATH_PARAMETER | URL_DOT_SEGMENTS))

Link link_read(Arena *arena, Str column, Str text) {
    Link link = {.column = column, .text = text, .unwrap = url_unwrap(arena, text)};
    bool is_parsed = url_parse(arena, link.unwrap.url, &link.url);
    uint32_t odd = (link.url.flags & URL_FLAGS_SUSPECT) |
                   (link.unwrap.wrapper_flags & (uint32_t)WRAPPER_SUSPECT);
    if (link.unwrap.is_ambiguous) {
        link.why_odd = STR("its wrapper names two targets");
    } else if (link.unwrap.is_opaque) {
        link.why_odd = STR("it is a wrapper whose target cannot be known");
    } else if (odd) {
        for (size_t i = 0; i < COUNT_OF(oddities) && !link.why_odd.len; i++)
            if (odd & oddities[i].flag) link.why_odd = str_of(oddities[i].what);
    } else if (!is_parsed) {
        link.why_odd = STR("a browser would refuse it");
    }
    link.is_plain = !link.why_odd.len;
    link.key = url_canonical(arena, link.unwrap.url);
    return link;
}

/* ------------------------------------------------------------------------------ row */

static Str cell_text(const Value *cell) {
    return cell->is_null || (cell->type != TYPE_STRING && cell->type != TYPE_GUID) ? STR_EMPTY
                                                                                   : cell->u.s;
}

static Str *texts_in_role(Arena *arena, const ExclusionRoles *roles, const Schema *schema,
                          const Value *cells, Role role, size_t *ret_n) {
    size_t n_columns, n = 0;
    uint32_t *columns = role_find(arena, roles, schema, role, &n_columns);
    Str *texts = ARENA_ARRAY(arena, Str, n_columns + 1);
    for (size_t i = 0; i < n_columns; i++) {
        Str text = cell_text(&cells[columns[i]]);
        if (text.len) texts[n++] = text;
    }
    *ret_n = n;
    return texts;
}

/* Texts inside of a dynamic value. */
typedef struct Texts {
    Arena *arena;
    Str *items;
    size_t n, cap, max;
    bool are_links;
    bool is_cut; /* there were more, or deeper ones */
} Texts;

enum { MAX_NESTING = 32 };

/* A bag holds more than links: what cannot be one (no dot or colon, or a path) says nothing of them. */
static bool may_be_link(Str text) {
    bool has_sign = false;
    for (size_t i = 0; i < text.len; i++)
        if (strchr(".:%\\", text.ptr[i]) || (text.ptr[i] & 0x80)) has_sign = true;
    bool is_path = text.ptr[0] == '/' && !(text.len > 1 && strchr("/\\", text.ptr[1]));
    return has_sign && !is_path;
}

static void add_text(Texts *t, Str text, bool is_in_bag) {
    if (!text.len || (t->are_links && is_in_bag && !may_be_link(text))) return;
    if (t->n == t->max) t->is_cut = true;
    else ARENA_PUSH(t->arena, t->items, t->n, t->cap, text);
}

static void add_texts_inside(Texts *t, Str json, bool is_in_bag, unsigned depth) {
    JsonCursor c;
    Str key, value;
    if (json_kind(json) == JSON_STRING) add_text(t, json_string(t->arena, json), is_in_bag);
    if (depth == MAX_NESTING && json_count(json)) t->is_cut = true;
    if (depth == MAX_NESTING || !json_enter(json, &c)) return;
    while (!t->is_cut && json_next(&c, &key, &value)) {
        if (c.is_object && str_find(key, STR("://"), 0) != SIZE_MAX) add_text(t, key, true);
        add_texts_inside(t, value, c.is_object, depth + 1);
    }
}

/* Links of a row while they grow. */
typedef struct Links {
    Arena *arena;
    Link *items;
    size_t n, cap;
} Links;

static void add_links_inside(Links *links, Str column, Str json) {
    Texts t = {.arena = links->arena, .are_links = true};
    t.max = links->n < ROW_MAX_LINKS ? ROW_MAX_LINKS - links->n : 0;
    add_texts_inside(&t, json, false, 0);
    for (size_t i = 0; i < t.n; i++) {
        Link link = link_read(links->arena, column, t.items[i]);
        link.is_inside = true;
        ARENA_PUSH(links->arena, links->items, links->n, links->cap, link);
    }
    if (!t.is_cut) return;
    Link rest = link_read(links->arena, column, STR_EMPTY);
    rest.is_plain = false;
    rest.is_inside = true;
    rest.why_odd = STR("it holds more, or deeper nested, than is looked at");
    ARENA_PUSH(links->arena, links->items, links->n, links->cap, rest);
}

/* Texts first: they are few, and what a row has of them is always looked at. */
static void add_links(Arena *arena, const ExclusionRoles *roles, HuntRow *row) {
    size_t n;
    uint32_t *columns = role_find(arena, roles, row->schema, ROLE_URL, &n);
    Links links = {.arena = arena};
    for (size_t i = 0; i < n; i++) {
        Str text = cell_text(&row->cells[columns[i]]);
        if (!text.len) continue;
        Link link = link_read(arena, row->schema->items[columns[i]].name, text);
        ARENA_PUSH(arena, links.items, links.n, links.cap, link);
    }
    for (size_t i = 0; i < n; i++) {
        const Value *cell = &row->cells[columns[i]];
        if (cell->type == TYPE_DYNAMIC && !cell->is_null)
            add_links_inside(&links, row->schema->items[columns[i]].name, cell->u.s);
    }
    row->links = links.items;
    row->n_links = links.n;
}

/* Every text of a role's columns, those in arrays and bags too. */
static Texts all_texts(Arena *arena, const ExclusionRoles *roles, const HuntRow *row, Role role) {
    size_t n;
    uint32_t *columns = role_find(arena, roles, row->schema, role, &n);
    Texts t = {.arena = arena, .max = ROW_MAX_LINKS};
    for (size_t i = 0; i < n; i++) {
        const Value *cell = &row->cells[columns[i]];
        if (cell->is_null) continue;
        if (cell->type == TYPE_DYNAMIC) add_texts_inside(&t, cell->u.s, false, 0);
        else add_text(&t, cell_text(cell), false);
    }
    return t;
}

enum { GUID_LEN = 36 };

static bool is_guid(Str s) {
    for (size_t i = 0; i < s.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? s.ptr[i] != '-' : !isxdigit((unsigned char)s.ptr[i])) return false;
    }
    return s.len == GUID_LEN;
}

/* A text is an id, or holds some, as strcat_array() and strcat() make them: these are GUIDs. */
static void add_messages(Arena *arena, const ExclusionRoles *roles, HuntRow *row) {
    Texts found = all_texts(arena, roles, row, ROLE_MESSAGE);
    Texts t = {.arena = arena, .max = ROW_MAX_LINKS, .is_cut = found.is_cut};
    for (size_t i = 0; i < found.n; i++) {
        Str text = found.items[i];
        add_text(&t, text, false);
        for (size_t at = 0; at + GUID_LEN <= text.len && text.len > GUID_LEN && !t.is_cut; at++) {
            if (!is_guid(str_sub(text, at, GUID_LEN))) continue;
            add_text(&t, str_sub(text, at, GUID_LEN), false);
            at += GUID_LEN - 1;
        }
    }
    row->messages = t.items;
    row->n_messages = t.n;
    if (t.is_cut) row->unknown_verdict = STR("it names more messages than are looked up");
}

static void add_verdicts(Arena *arena, const ExclusionRoles *roles, HuntRow *row) {
    Texts t = all_texts(arena, roles, row, ROLE_VERDICT);
    row->threats = ARENA_ARRAY(arena, ThreatFact, t.n + 1);
    for (size_t i = 0; i < t.n; i++)
        row->threats[row->n_threats++] = (ThreatFact){t.items[i], STR("the result")};
    if (t.is_cut) row->unknown_verdict = STR("it holds more verdicts than are looked at");
}

HuntRow hunt_row(Arena *arena, const ExclusionRoles *roles, const Schema *schema,
                 const Value *cells) {
    HuntRow row = {.schema = schema, .cells = cells};
    size_t n;
    row.unknown_verdict = STR_EMPTY;
    add_links(arena, roles, &row);
    add_messages(arena, roles, &row);
    add_verdicts(arena, roles, &row);
    row.accounts = texts_in_role(arena, roles, schema, cells, ROLE_ACCOUNT, &row.n_accounts);
    row.devices = texts_in_role(arena, roles, schema, cells, ROLE_DEVICE, &row.n_devices);
    Str *processes = texts_in_role(arena, roles, schema, cells, ROLE_PROCESS, &n);
    if (n) {
        row.processes = ARENA_NEW(arena, ProcessFact);
        row.n_processes = 1;
        for (int f = 0; f < PROCESS_FIELDS; f++) row.processes[0].field[f] = STR_EMPTY;
        row.processes[0].field[PROCESS_FILE] = processes[0];
        row.processes[0].source = STR("the result");
    }
    return row;
}
