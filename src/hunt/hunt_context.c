/*
 * hunt_context.c: what the data knows of a hit beyond its row: the process behind it and its
 * parent, and what the mail filter said of the message. Asked as KQL through the session, for many
 * rows at once. Values of rows become literals: every one is escaped here and nowhere else.
 */
#include "hunt/hunt_run.h"

#include "base/ticks.h"
#include "hunt/hunt_internal.h"

#define CHUNK 200          /* rows asked for by one query */
#define MAX_CONTEXT 200000 /* rows that a context query may give */
#define PROCESS_WINDOW (10 * TICKS_PER_MINUTE)

/* ------------------------------------------------------------------------ literals */

typedef struct TextSet {
    Str *items;
    size_t n, cap;
} TextSet;

static void add_text(Arena *arena, TextSet *set, Str text) {
    if (!text.len) return;
    for (size_t i = 0; i < set->n; i++)
        if (str_eq(set->items[i], text)) return;
    ARENA_PUSH(arena, set->items, set->n, set->cap, text);
}

static void put_list(Buf *out, const TextSet *set) {
    buf_putc(out, '(');
    for (size_t i = 0; i < set->n; i++) {
        if (i) buf_puts(out, ", ");
        kql_put_string(out, set->items[i]);
    }
    if (!set->n) buf_puts(out, "\"\"");
    buf_putc(out, ')');
}

static void put_time(Buf *out, int64_t ticks) {
    char text[32];
    size_t n = ticks_print_datetime(ticks, text);
    buf_printf(out, "datetime(%.*s)", (int)n, text);
}

/* ------------------------------------------------------------------------- queries */

bool hunt_has_table(Hunt *h, const char *name) {
    SchemaProvider p = dataset_provider(session_data(h->session));
    const TableRef *t = p.find(p.self, str_of(name));
    return t && t->presence == TABLE_PRESENT;
}

/* Runs a context query; what goes wrong is a warning, and the context stays unknown. */
static bool ask(Hunt *h, Buf *text, const char *what, Rows *ret) {
    Query *q = session_prepare(h->session, buf_str(text), NULL);
    Status status = q->status;
    if (status == OK) status = session_rows(h->session, q, h->r->arena, MAX_CONTEXT, ret);
    if (status != OK)
        hunt_warn(h, "%s could not be looked up: %.*s", what,
                  STR_ARG(q->diags.n ? q->diags.items[0].message : STR("no reason given")));
    query_free(q);
    buf_free(text);
    return status == OK;
}

static Str text_at(const Rows *rows, size_t row, uint32_t column) {
    const Value *v = &rows->cells[row * rows->schema.n + column];
    return v->is_null ? STR_EMPTY : v->u.s;
}

static int64_t ticks_at(const Rows *rows, size_t row, uint32_t column) {
    const Value *v = &rows->cells[row * rows->schema.n + column];
    return v->is_null ? -1 : v->u.l;
}

/* ------------------------------------------------------------------------- threats */

static void push_threat(Hunt *h, HuntRow *row, Str types, const char *source) {
    if (!types.len) return;
    ThreatFact *grown = ARENA_ARRAY(h->r->arena, ThreatFact, row->n_threats + 1);
    if (row->n_threats) memcpy(grown, row->threats, sizeof *grown * row->n_threats);
    grown[row->n_threats++] = (ThreatFact){types, str_of(source)};
    row->threats = grown;
}

static Str message_of(const Hunt *h, size_t row) {
    if (h->message_column == UINT32_MAX) return STR_EMPTY;
    return text_at(&h->r->rows, row, h->message_column);
}

static void ask_messages(Hunt *h, size_t from, size_t to) {
    TextSet ids = {0};
    for (size_t i = from; i < to; i++) add_text(h->r->arena, &ids, message_of(h, i));
    if (!ids.n || !hunt_has_table(h, "EmailEvents")) return;
    Buf q = {0};
    buf_puts(&q, "EmailEvents | where NetworkMessageId in ");
    put_list(&q, &ids);
    buf_puts(&q, " and isnotempty(ThreatTypes) | distinct NetworkMessageId, ThreatTypes");
    Rows rows;
    if (!ask(h, &q, "what EmailEvents says of the messages", &rows)) return;
    for (size_t k = 0; k < rows.n_rows; k++)
        for (size_t i = from; i < to; i++)
            if (str_eq(message_of(h, i), text_at(&rows, k, 0)))
                push_threat(h, &h->facts[i], text_at(&rows, k, 1), "EmailEvents");
}

static bool row_has_link(const HuntRow *row, Str url) {
    for (size_t i = 0; i < row->n_links; i++)
        if (str_eq(row->links[i].text, url) || str_eq(row->links[i].unwrap.url, url)) return true;
    return false;
}

static void ask_clicks(Hunt *h, size_t from, size_t to) {
    TextSet ids = {0}, urls = {0};
    if (!hunt_has_table(h, "UrlClickEvents")) return;
    for (size_t i = from; i < to; i++) {
        add_text(h->r->arena, &ids, message_of(h, i));
        for (size_t k = 0; k < h->facts[i].n_links; k++) {
            add_text(h->r->arena, &urls, h->facts[i].links[k].text);
            add_text(h->r->arena, &urls, h->facts[i].links[k].unwrap.url);
        }
    }
    if (!ids.n && !urls.n) return;
    Buf q = {0};
    buf_puts(&q, "UrlClickEvents | where isnotempty(ThreatTypes) and (NetworkMessageId in ");
    put_list(&q, &ids);
    buf_puts(&q, " or Url in ");
    put_list(&q, &urls);
    buf_puts(&q, ") | distinct NetworkMessageId, Url, ThreatTypes");
    Rows rows;
    if (!ask(h, &q, "what UrlClickEvents says of the clicks", &rows)) return;
    for (size_t k = 0; k < rows.n_rows; k++) {
        Str id = text_at(&rows, k, 0), url = text_at(&rows, k, 1);
        for (size_t i = from; i < to; i++)
            if ((id.len && str_eq(message_of(h, i), id)) || row_has_link(&h->facts[i], url))
                push_threat(h, &h->facts[i], text_at(&rows, k, 2), "UrlClickEvents");
    }
}

/* ----------------------------------------------------------------------- processes */

/* Columns of the event query, in this order. */
enum { EV_DEVICE, EV_NAME, EV_TIME, EV_URL, EV_FILE, EV_LINE, EV_PARENT, EV_PID, EV_BORN };

static bool is_device_of(const HuntRow *row, Str id, Str name) {
    for (size_t i = 0; i < row->n_devices; i++)
        if ((id.len && str_eq_nocase(row->devices[i], id)) ||
            (name.len && str_eq_nocase(row->devices[i], name)))
            return true;
    return false;
}

static Str result_process(const HuntRow *row) {
    return row->n_processes ? row->processes[0].field[PROCESS_FILE] : STR_EMPTY;
}

static void put_devices(Hunt *h, Buf *q, size_t from, size_t to) {
    TextSet devices = {0};
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_devices; k++)
            add_text(h->r->arena, &devices, h->facts[i].devices[k]);
    buf_puts(q, "(DeviceId in~ ");
    put_list(q, &devices);
    buf_puts(q, " or DeviceName in~ ");
    put_list(q, &devices);
    buf_puts(q, ")");
}

static int64_t time_of(const Hunt *h, size_t row) {
    return h->time_column == UINT32_MAX ? -1 : ticks_at(&h->r->rows, row, h->time_column);
}

/* Earliest and latest time of the rows; false when none has one. */
static bool time_range(const Hunt *h, size_t from, size_t to, int64_t *low, int64_t *high) {
    *low = INT64_MAX;
    *high = -1;
    for (size_t i = from; i < to; i++) {
        int64_t t = time_of(h, i);
        if (t < 0) continue;
        if (t < *low) *low = t;
        if (t > *high) *high = t;
    }
    return *high >= 0;
}

static void ask_events(Hunt *h, size_t from, size_t to, Rows *ret) {
    int64_t low, high;
    if (!hunt_has_table(h, "DeviceEvents") || !time_range(h, from, to, &low, &high)) return;
    Buf q = {0};
    buf_puts(&q, "DeviceEvents | where Timestamp between (");
    put_time(&q, low);
    buf_puts(&q, " .. ");
    put_time(&q, high);
    buf_puts(&q, ") and Timestamp in (");
    for (size_t i = from, n = 0; i < to; i++) {
        if (time_of(h, i) < 0) continue;
        buf_puts(&q, n++ ? ", " : "");
        put_time(&q, time_of(h, i));
    }
    buf_puts(&q, ") and ");
    put_devices(h, &q, from, to);
    buf_puts(&q, " | project DeviceId, DeviceName, Timestamp, RemoteUrl, InitiatingProcessFileName,"
                 " InitiatingProcessCommandLine, InitiatingProcessParentFileName,"
                 " tolong(InitiatingProcessId), InitiatingProcessCreationTime");
    if (!ask(h, &q, "the process behind the hits", ret)) *ret = (Rows){0};
}

/* Columns of the creation query. */
enum { CR_DEVICE, CR_NAME, CR_TIME, CR_FILE, CR_PID, CR_BORN, CR_LINE, CR_PARENT, CR_PARENT_LINE };

static void ask_creations(Hunt *h, size_t from, size_t to, Rows *ret) {
    int64_t low, high;
    if (!hunt_has_table(h, "DeviceProcessEvents") || !time_range(h, from, to, &low, &high)) return;
    TextSet files = {0};
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_processes; k++)
            add_text(h->r->arena, &files, h->facts[i].processes[k].field[PROCESS_FILE]);
    if (!files.n) return;
    Buf q = {0};
    buf_puts(&q, "DeviceProcessEvents | where Timestamp <= ");
    put_time(&q, high);
    buf_puts(&q, " and FileName in~ ");
    put_list(&q, &files);
    buf_puts(&q, " and ");
    put_devices(h, &q, from, to);
    buf_puts(&q, " | project DeviceId, DeviceName, Timestamp, FileName, tolong(ProcessId),"
                 " ProcessCreationTime, ProcessCommandLine, InitiatingProcessFileName,"
                 " InitiatingProcessCommandLine");
    if (!ask(h, &q, "the parent of the process behind the hits", ret)) *ret = (Rows){0};
}

/* How a process of an event was found, for its creation. */
typedef struct Born {
    int64_t pid, time; /* -1: not known */
} Born;

/* A creation that may be that of a fact: by id, or by name within the window before the hit. */
static bool is_creation_of(const Rows *c, size_t k, const ProcessFact *fact, Born born,
                           int64_t hit_time) {
    int64_t pid = ticks_at(c, k, CR_PID), time = ticks_at(c, k, CR_TIME);
    int64_t created = ticks_at(c, k, CR_BORN);
    if (!str_eq_nocase(text_at(c, k, CR_FILE), fact->field[PROCESS_FILE]) || time > hit_time)
        return false;
    if (born.pid > 0 && pid > 0) {
        if (pid != born.pid) return false;
        return born.time < 0 || created < 0 || created == born.time;
    }
    return hit_time - time <= PROCESS_WINDOW;
}

static void fill(ProcessFact *fact, int field, Str text) {
    if (!fact->field[field].len) fact->field[field] = text;
}

/* Each fact becomes one fact a creation that fits; without any it stays as it is. */
static void join_creations(Hunt *h, HuntRow *row, const Born *born, const Rows *c,
                           int64_t hit_time) {
    ProcessFact *facts = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < row->n_processes; i++) {
        size_t before = n;
        for (size_t k = 0; k < c->n_rows && n < 1000; k++) {
            ProcessFact fact = row->processes[i];
            if (!is_device_of(row, text_at(c, k, CR_DEVICE), text_at(c, k, CR_NAME)) ||
                !is_creation_of(c, k, &fact, born[i], hit_time))
                continue;
            Str parent = text_at(c, k, CR_PARENT);
            fill(&fact, PROCESS_COMMAND_LINE, text_at(c, k, CR_LINE));
            fill(&fact, PROCESS_PARENT, parent);
            if (str_eq_nocase(fact.field[PROCESS_PARENT], parent))
                fill(&fact, PROCESS_PARENT_COMMAND_LINE, text_at(c, k, CR_PARENT_LINE));
            fact.source = arena_printf(h->r->arena, "%.*s, DeviceProcessEvents",
                                       STR_ARG(row->processes[i].source));
            ARENA_PUSH(h->r->arena, facts, n, cap, fact);
        }
        if (n == before) ARENA_PUSH(h->r->arena, facts, n, cap, row->processes[i]);
    }
    row->processes = facts;
    row->n_processes = n;
}

/* Events at the row's time on its device that may be the one behind it. */
static Born *join_events(Hunt *h, size_t index, const Rows *ev) {
    HuntRow *row = &h->facts[index];
    Str file = result_process(row);
    ProcessFact *facts = NULL;
    Born *born = NULL;
    size_t n = 0, n_born = 0, cap = 0, born_cap = 0;
    for (size_t k = 0; k < ev->n_rows && n < 1000; k++) {
        if (ticks_at(ev, k, EV_TIME) != time_of(h, index) ||
            !is_device_of(row, text_at(ev, k, EV_DEVICE), text_at(ev, k, EV_NAME)) ||
            (file.len && !str_eq_nocase(file, text_at(ev, k, EV_FILE))) ||
            (row->n_links && !row_has_link(row, text_at(ev, k, EV_URL))))
            continue;
        ProcessFact fact = {.source = STR("DeviceEvents")};
        fact.field[PROCESS_FILE] = text_at(ev, k, EV_FILE);
        fact.field[PROCESS_COMMAND_LINE] = text_at(ev, k, EV_LINE);
        fact.field[PROCESS_PARENT] = text_at(ev, k, EV_PARENT);
        fact.field[PROCESS_PARENT_COMMAND_LINE] = STR_EMPTY;
        Born b = {ticks_at(ev, k, EV_PID), ticks_at(ev, k, EV_BORN)};
        ARENA_PUSH(h->r->arena, facts, n, cap, fact);
        ARENA_PUSH(h->r->arena, born, n_born, born_cap, b);
    }
    if (n) {
        row->processes = facts;
        row->n_processes = n;
        return born;
    }
    born = ARENA_ARRAY(h->r->arena, Born, row->n_processes + 1);
    for (size_t i = 0; i < row->n_processes; i++) born[i] = (Born){-1, -1};
    return born;
}

static void ask_processes(Hunt *h, size_t from, size_t to) {
    Rows events = {0}, creations = {0};
    Born **born = ARENA_ARRAY(h->r->arena, Born *, to - from + 1);
    ask_events(h, from, to, &events);
    for (size_t i = from; i < to; i++) born[i - from] = join_events(h, i, &events);
    ask_creations(h, from, to, &creations);
    for (size_t i = from; creations.n_rows && i < to; i++)
        if (time_of(h, i) >= 0)
            join_creations(h, &h->facts[i], born[i - from], &creations, time_of(h, i));
}

void hunt_look_up(Hunt *h, bool asks_process) {
    if (asks_process && !hunt_has_table(h, "DeviceEvents") &&
        !hunt_has_table(h, "DeviceProcessEvents"))
        hunt_warn(h, "neither DeviceEvents nor DeviceProcessEvents is there: exclusions that ask "
                     "for a parent process or a command line cannot be met");
    for (size_t from = 0; from < h->r->rows.n_rows; from += CHUNK) {
        size_t to = from + CHUNK < h->r->rows.n_rows ? from + CHUNK : h->r->rows.n_rows;
        ask_messages(h, from, to);
        ask_clicks(h, from, to);
        if (asks_process) ask_processes(h, from, to);
    }
}
