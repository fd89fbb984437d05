/*
 * hunt_context.c: what the data knows of a hit beyond its row: the process behind it and its
 * parent. Asked as KQL through the session, for many
 * rows at once. Values of rows become literals: every one is escaped here and nowhere else.
 */
#include "hunt/hunt_run.h"

#include "base/ticks.h"
#include "hunt/hunt_internal.h"

#define CHUNK 200          /* rows asked for by one query */
#define MAX_CONTEXT 200000 /* rows that a context query may give */
#define MAX_FACTS 1000     /* processes that may be the one behind a row */
#define PROCESS_WINDOW (10 * TICKS_PER_MINUTE)

/* ------------------------------------------------------------------------ literals */

void text_list_add(Arena *arena, TextList *set, Str text) {
    if (!text.len) return;
    for (size_t i = 0; i < set->n; i++)
        if (str_eq(set->items[i], text)) return;
    ARENA_PUSH(arena, set->items, set->n, set->cap, text);
}

void text_list_put(Buf *out, const TextList *set) {
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

const char *const hunt_context_tables[] = {"EmailEvents",         "EmailPostDeliveryEvents",
                                           "UrlClickEvents",      "DeviceEvents",
                                           "DeviceProcessEvents", NULL};

bool hunt_has_table(Hunt *h, const char *name) {
    SchemaProvider p = dataset_provider(session_data(h->session));
    const TableRef *t = p.find(p.self, str_of(name));
    return t && t->presence == TABLE_PRESENT;
}

/* Strict runs end at the first look-up that fails, and every run that the user interrupts. */
static void fail(Hunt *h, Status status, Str code, Str message) {
    if (status != CANCELLED && !h->options->is_strict) return;
    h->failed = status;
    Diag *d = diag_add(&h->r->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY650", "%.*s",
                       STR_ARG(message));
    if (code.len) d->code = arena_str(h->r->arena, code);
}

bool hunt_ask(Hunt *h, Buf *text, const char *what, Rows *ret, Str *ret_why) {
    *ret = (Rows){0};
    /* a verdict comes often days after the click, a process starts before it */
    dataset_read_all_times(session_data(h->session), true);
    Query *q = session_prepare(h->session, buf_str(text), NULL);
    Status status = q->status;
    if (status == OK) status = session_rows(h->session, q, h->r->arena, MAX_CONTEXT, ret);
    dataset_read_all_times(session_data(h->session), false);
    if (status != OK) {
        const Diag *d = q->diags.n ? &q->diags.items[q->diags.n - 1] : NULL;
        *ret = (Rows){0};
        *ret_why = arena_printf(h->r->arena, "%s could not be looked up: %.*s", what,
                                STR_ARG(d ? d->message : STR("no reason given")));
        fail(h, status, d ? d->code : STR_EMPTY, *ret_why);
        if (h->failed == OK) hunt_warn(h, "%.*s", STR_ARG(*ret_why));
    }
    query_free(q);
    buf_free(text);
    return status == OK;
}

Str rows_text(const Rows *rows, size_t row, uint32_t column) {
    const Value *v = &rows->cells[row * rows->schema.n + column];
    return v->is_null ? STR_EMPTY : v->u.s;
}

static int64_t rows_ticks(const Rows *rows, size_t row, uint32_t column) {
    const Value *v = &rows->cells[row * rows->schema.n + column];
    return v->is_null ? -1 : v->u.l;
}

bool hunt_row_has_link(const HuntRow *row, Str key) {
    for (size_t i = 0; i < row->n_links; i++)
        if (str_eq(row->links[i].key, key)) return true;
    return false;
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
    TextList devices = {0};
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_devices; k++)
            text_list_add(h->r->arena, &devices, h->facts[i].devices[k]);
    buf_puts(q, "(DeviceId in~ ");
    text_list_put(q, &devices);
    buf_puts(q, " or DeviceName in~ ");
    text_list_put(q, &devices);
    buf_puts(q, ")");
}

static int64_t time_of(const Hunt *h, size_t row) {
    return h->time_column == UINT32_MAX ? -1 : rows_ticks(&h->r->rows, row, h->time_column);
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

static bool ask_events(Hunt *h, size_t from, size_t to, Rows *ret) {
    int64_t low, high;
    Str why;
    if (!hunt_has_table(h, "DeviceEvents") || !time_range(h, from, to, &low, &high)) return true;
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
    buf_puts(&q, " | project DeviceId, DeviceName, Timestamp, __url_unwrap(RemoteUrl),"
                 " InitiatingProcessFileName,"
                 " InitiatingProcessCommandLine, InitiatingProcessParentFileName,"
                 " tolong(InitiatingProcessId), InitiatingProcessCreationTime");
    return hunt_ask(h, &q, "the process behind the hits", ret, &why);
}

/* Columns of the creation query. */
enum { CR_DEVICE, CR_NAME, CR_TIME, CR_FILE, CR_PID, CR_BORN, CR_LINE, CR_PARENT, CR_PARENT_LINE };

static bool ask_creations(Hunt *h, size_t from, size_t to, Rows *ret) {
    int64_t low, high;
    Str why;
    if (!hunt_has_table(h, "DeviceProcessEvents") || !time_range(h, from, to, &low, &high))
        return true;
    TextList files = {0};
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_processes; k++)
            text_list_add(h->r->arena, &files, h->facts[i].processes[k].field[PROCESS_FILE]);
    if (!files.n) return true;
    Buf q = {0};
    buf_puts(&q, "DeviceProcessEvents | where Timestamp <= ");
    put_time(&q, high);
    buf_puts(&q, " and FileName in~ ");
    text_list_put(&q, &files);
    buf_puts(&q, " and ");
    put_devices(h, &q, from, to);
    buf_puts(&q, " | project DeviceId, DeviceName, Timestamp, FileName, tolong(ProcessId),"
                 " ProcessCreationTime, ProcessCommandLine, InitiatingProcessFileName,"
                 " InitiatingProcessCommandLine");
    return hunt_ask(h, &q, "the parent of the process behind the hits", ret, &why);
}

/* How a process of an event was found, for its creation. */
typedef struct Born {
    int64_t pid, time; /* -1: not known */
} Born;

/* A creation that may be that of a fact: by id, or by name within the window before the hit. */
static bool is_creation_of(const Rows *c, size_t k, const ProcessFact *fact, Born born,
                           int64_t hit_time) {
    int64_t pid = rows_ticks(c, k, CR_PID), time = rows_ticks(c, k, CR_TIME);
    int64_t created = rows_ticks(c, k, CR_BORN);
    if (!str_eq_nocase(rows_text(c, k, CR_FILE), fact->field[PROCESS_FILE]) || time > hit_time)
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

/* Facts that grow; past the most that are looked at, the rest is one of which nothing is known. */
typedef struct Facts {
    Arena *arena;
    ProcessFact *items;
    size_t n, cap;
} Facts;

static void add_fact(Facts *f, ProcessFact fact) {
    if (f->n > MAX_FACTS) return;
    if (f->n == MAX_FACTS) fact = (ProcessFact){.source = STR("more processes than are looked at")};
    for (int i = 0; i < PROCESS_FIELDS && f->n == MAX_FACTS; i++) fact.field[i] = STR_EMPTY;
    ARENA_PUSH(f->arena, f->items, f->n, f->cap, fact);
}

/* Both say something, and not the same. */
static bool contradicts(const ProcessFact *a, const ProcessFact *b, int field) {
    Str x = a->field[field], y = b->field[field];
    return x.len && y.len && !str_eq_nocase(x, y);
}

/* What a fact and the creation of its process say together: one fact, or two where they contradict
 * each other. */
static void add_joined(Facts *facts, const ProcessFact *fact, const Rows *c, size_t k) {
    ProcessFact created = {.source = STR("DeviceProcessEvents")}, joined = *fact;
    created.field[PROCESS_FILE] = fact->field[PROCESS_FILE];
    created.field[PROCESS_COMMAND_LINE] = rows_text(c, k, CR_LINE);
    created.field[PROCESS_PARENT] = rows_text(c, k, CR_PARENT);
    created.field[PROCESS_PARENT_COMMAND_LINE] =
        created.field[PROCESS_PARENT].len ? rows_text(c, k, CR_PARENT_LINE) : STR_EMPTY;
    bool other_line = contradicts(fact, &created, PROCESS_COMMAND_LINE);
    bool other_parent = contradicts(fact, &created, PROCESS_PARENT);
    joined.source = arena_printf(facts->arena, "%.*s, DeviceProcessEvents", STR_ARG(fact->source));
    fill(&joined, PROCESS_COMMAND_LINE, created.field[PROCESS_COMMAND_LINE]);
    fill(&joined, PROCESS_PARENT, created.field[PROCESS_PARENT]);
    if (other_parent) joined.source = fact->source;
    else fill(&joined, PROCESS_PARENT_COMMAND_LINE, created.field[PROCESS_PARENT_COMMAND_LINE]);
    add_fact(facts, joined);
    if (!other_line && !other_parent) return;
    fill(&created, PROCESS_COMMAND_LINE, joined.field[PROCESS_COMMAND_LINE]);
    fill(&created, PROCESS_PARENT, joined.field[PROCESS_PARENT]);
    add_fact(facts, created);
}

/* Each fact is joined with all creations that fit; without any it stays as it is. */
static void join_creations(Hunt *h, HuntRow *row, const Born *born, const Rows *c,
                           int64_t hit_time) {
    Facts facts = {.arena = h->r->arena};
    for (size_t i = 0; i < row->n_processes; i++) {
        const ProcessFact *fact = &row->processes[i];
        size_t before = facts.n;
        for (size_t k = 0; k < c->n_rows; k++)
            if (is_device_of(row, rows_text(c, k, CR_DEVICE), rows_text(c, k, CR_NAME)) &&
                is_creation_of(c, k, fact, born[i], hit_time))
                add_joined(&facts, fact, c, k);
        if (facts.n == before) add_fact(&facts, *fact);
    }
    row->processes = facts.items;
    row->n_processes = facts.n;
}

/* Whether an event may be the one behind a row. */
static bool is_event_of(const Hunt *h, size_t index, const Rows *ev, size_t k) {
    const HuntRow *row = &h->facts[index];
    Str file = result_process(row);
    return rows_ticks(ev, k, EV_TIME) == time_of(h, index) &&
           is_device_of(row, rows_text(ev, k, EV_DEVICE), rows_text(ev, k, EV_NAME)) &&
           (!file.len || str_eq_nocase(file, rows_text(ev, k, EV_FILE))) &&
           (!row->n_links || hunt_row_has_link(row, rows_text(ev, k, EV_URL)));
}

/* Events at the row's time on its device that may be the one behind it. */
static Born *join_events(Hunt *h, size_t index, const Rows *ev) {
    HuntRow *row = &h->facts[index];
    Facts facts = {.arena = h->r->arena};
    Born *born = NULL;
    size_t n_born = 0, born_cap = 0;
    for (size_t k = 0; k < ev->n_rows && facts.n <= MAX_FACTS; k++) {
        if (!is_event_of(h, index, ev, k)) continue;
        ProcessFact fact = {.source = STR("DeviceEvents")};
        fact.field[PROCESS_FILE] = rows_text(ev, k, EV_FILE);
        fact.field[PROCESS_COMMAND_LINE] = rows_text(ev, k, EV_LINE);
        fact.field[PROCESS_PARENT] = rows_text(ev, k, EV_PARENT);
        fact.field[PROCESS_PARENT_COMMAND_LINE] = STR_EMPTY;
        Born b = {rows_ticks(ev, k, EV_PID), rows_ticks(ev, k, EV_BORN)};
        add_fact(&facts, fact);
        ARENA_PUSH(h->r->arena, born, n_born, born_cap, b);
    }
    if (facts.n) {
        row->processes = facts.items;
        row->n_processes = facts.n;
        return born;
    }
    born = ARENA_ARRAY(h->r->arena, Born, row->n_processes + 1);
    for (size_t i = 0; i < row->n_processes; i++) born[i] = (Born){-1, -1};
    return born;
}

/* A look-up that fails leaves the process named in the result: half of what is recorded may be the
 * half that lets a row pass. */
static void ask_processes(Hunt *h, size_t from, size_t to) {
    Rows events = {0}, creations = {0};
    Born **born = ARENA_ARRAY(h->r->arena, Born *, to - from + 1);
    HuntRow *before = ARENA_ARRAY(h->r->arena, HuntRow, to - from + 1);
    memcpy(before, h->facts + from, sizeof *before * (to - from));
    bool is_known = ask_events(h, from, to, &events);
    for (size_t i = from; is_known && i < to; i++) born[i - from] = join_events(h, i, &events);
    is_known = is_known && ask_creations(h, from, to, &creations);
    for (size_t i = from; i < to; i++) {
        if (!is_known) h->facts[i] = before[i - from];
        else if (creations.n_rows && time_of(h, i) >= 0)
            join_creations(h, &h->facts[i], born[i - from], &creations, time_of(h, i));
    }
}

/* So many rows that their texts make a query of a fair size; one at least. */
static size_t chunk_end(const Hunt *h, size_t from) {
    size_t to = from, n_texts = 0;
    while (to < h->r->rows.n_rows && to - from < CHUNK && n_texts < 5 * CHUNK) {
        n_texts += h->facts[to].n_links + h->facts[to].n_messages;
        to++;
    }
    return to;
}

void hunt_look_up(Hunt *h, bool asks_process) {
    if (asks_process && !hunt_has_table(h, "DeviceEvents") &&
        !hunt_has_table(h, "DeviceProcessEvents"))
        hunt_warn(h, "neither DeviceEvents nor DeviceProcessEvents is there: exclusions that ask "
                     "for a parent process or a command line cannot be met");
    hunt_check_verdicts(h);
    for (size_t from = 0, to; from < h->r->rows.n_rows && h->failed == OK; from = to) {
        to = chunk_end(h, from);
        hunt_ask_verdicts(h, from, to);
        if (asks_process && h->failed == OK) ask_processes(h, from, to);
    }
    hunt_check_losses(h);
}
