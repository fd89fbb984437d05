/*
 * hunt.c: a rule over a session: run, look up, exclude, protect. See hunt.h.
 */
#include "hunt/hunt.h"

#include <time.h>

#include "hunt/hunt_run.h"

void hunt_warn(Hunt *h, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str text = arena_vprintf(h->r->arena, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < h->r->n_warnings; i++)
        if (str_eq(h->r->warnings[i], text)) return;
    ARENA_PUSH(h->r->arena, h->r->warnings, h->r->n_warnings, h->r->warnings_cap, text);
}

/* ------------------------------------------------------------------------ the query */

/* A diagnostic of the query joins a list, with its span turned into a place in the rule's file. */
static void take_diag(HuntResult *r, Diags *list, const Diag *d) {
    char code[32];
    snprintf(code, sizeof code, "%.*s", STR_ARG(d->code));
    Span span = d->span;
    if (span.start || span.len || d->phase != PHASE_RUN) span = rule_query_span(r->file, span);
    Diag *mine = diag_add(list, d->severity, d->phase, span, code, "%.*s", STR_ARG(d->message));
    mine->code = arena_str(r->arena, d->code);
    mine->hint = arena_str(r->arena, d->hint);
}

static void take_diags(HuntResult *r, const Query *q) {
    for (size_t i = 0; i < q->diags.n; i++) take_diag(r, &r->diags, &q->diags.items[i]);
    for (size_t i = 0; i < q->advice.n; i++)
        if (q->advice.items[i].severity == SEVERITY_WARNING)
            take_diag(r, &r->advice, &q->advice.items[i]);
}

static int64_t count_rows(Hunt *h, Str table) {
    Buf text = {0};
    buf_puts(&text, "['");
    buf_put(&text, table);
    buf_puts(&text, "'] | count");
    int64_t n = -1;
    Rows rows;
    Query *q = session_prepare(h->session, buf_str(&text), NULL);
    if (q->status == OK && session_rows(h->session, q, h->r->arena, 1, &rows) == OK &&
        rows.n_rows == 1)
        n = rows.cells[0].u.l;
    query_free(q);
    buf_free(&text);
    return n;
}

static bool is_plain_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\'' || s.ptr[i] == '\\' || (unsigned char)s.ptr[i] < 0x20) return false;
    return s.len > 0;
}

static void add_table(Hunt *h, size_t *cap, Str name, Str connector, bool is_required) {
    HuntResult *r = h->r;
    for (size_t i = 0; i < r->n_tables; i++)
        if (str_eq(r->tables[i].name, name)) return;
    SchemaProvider p = dataset_provider(session_data(h->session));
    const TableRef *table = p.find(p.self, name);
    HuntTable t = {.name = arena_str(r->arena, name), .connector = connector, .rows = -1};
    if (!connector.len) t.connector = known_schemas_connector(session_schemas(h->session), name);
    t.presence = table ? table->presence : TABLE_MISSING;
    t.is_required = is_required;
    if (t.presence == TABLE_MISSING || t.presence == TABLE_EMPTY) t.rows = 0;
    if (t.presence == TABLE_MISSING)
        hunt_warn(h, "the table %.*s is missing from the data%s%.*s%s", STR_ARG(t.name),
                  t.connector.len ? " (connector " : "", STR_ARG(t.connector),
                  t.connector.len ? ")" : "");
    ARENA_PUSH(r->arena, r->tables, r->n_tables, *cap, t);
}

static void list_tables(Hunt *h, const Query *q) {
    size_t cap = 0;
    for (size_t i = 0; i < h->r->rule->n_tables; i++)
        add_table(h, &cap, h->r->rule->tables[i].table, h->r->rule->tables[i].connector, true);
    for (uint32_t i = 0; i < q->bound.n_tables; i++)
        add_table(h, &cap, q->bound.table_names[i], STR_EMPTY, false);
}

/* After the query, whose scans have most often seen all rows on their way; a table that it did not read
 * to the end is counted for itself. */
static void count_tables(Hunt *h) {
    SchemaProvider p = dataset_provider(session_data(h->session));
    for (size_t i = 0; i < h->r->n_tables && !h->options->skips_row_counts; i++) {
        HuntTable *t = &h->r->tables[i];
        if (t->presence == TABLE_MISSING || t->presence == TABLE_EMPTY) continue;
        const TableRef *table = p.find(p.self, t->name);
        if (!table || !dataset_row_count(session_data(h->session), table, &t->rows))
            t->rows = is_plain_name(t->name) ? count_rows(h, t->name) : -1;
        if (t->presence == TABLE_PRESENT && t->rows == 0) t->presence = TABLE_EMPTY;
    }
}

/* A hunt is as blind where a table is empty as where it is missing. */
static void warn_of_empty(Hunt *h) {
    DataSet *d = session_data(h->session);
    SchemaProvider p = dataset_provider(d);
    for (size_t i = 0; i < h->r->n_tables; i++) {
        const HuntTable *t = &h->r->tables[i];
        if (t->presence != TABLE_EMPTY) continue;
        const TableRef *table = p.find(p.self, t->name);
        bool is_cut = table && table->presence == TABLE_PRESENT && dataset_is_bounded(d);
        hunt_warn(h, "the table %.*s holds no rows%s", STR_ARG(t->name),
                  is_cut ? " between --from and --to" : "");
    }
}

/* What the rule's file and its query are warned of stands with the findings, too: a twin that is read
 * in a column's place, say, can change a result. */
static void warn_of_diags(Hunt *h) {
    const Diags *d = &h->r->diags, *advice = &h->r->advice;
    for (size_t i = 0; i < d->n; i++)
        if (d->items[i].severity == SEVERITY_WARNING)
            hunt_warn(h, "%.*s", STR_ARG(d->items[i].message));
    for (size_t i = 0; i < advice->n; i++)
        hunt_warn(h, "line %u of the rule: %.*s",
                  text_line_col(h->r->file->text, advice->items[i].span.start).line,
                  STR_ARG(advice->items[i].message));
}

static bool reads_table(const Hunt *h, Str name) {
    for (size_t i = 0; i < h->r->n_tables; i++)
        if (str_eq(h->r->tables[i].name, name)) return true;
    return false;
}

/* What opening the data warned of, where it is about tables that the rule reads. */
static void warn_of_notes(Hunt *h) {
    const DataSet *d = session_data(h->session);
    for (size_t i = 0; i < dataset_note_count(d); i++) {
        bool is_about = dataset_note_is_about(d, i, STR_EMPTY);
        for (size_t k = 0; k < h->r->n_tables && !is_about; k++)
            is_about = dataset_note_is_about(d, i, h->r->tables[k].name);
        if (is_about) hunt_warn(h, "%.*s", STR_ARG(dataset_note(d, i)));
    }
}

/* What the data that the hunt reads has lost: files that cannot be read, records that were skipped. */
static void warn_of_losses(Hunt *h) {
    const DataSet *d = session_data(h->session);
    for (size_t i = 0; i < dataset_unread_count(d); i++) {
        UnreadPath u = dataset_unread(d, i);
        if (!u.table.len || reads_table(h, u.table))
            hunt_warn(h, "%.*s: %.*s", STR_ARG(u.path), STR_ARG(u.why));
    }
    Diags skips;
    diags_init(&skips, h->r->arena);
    for (size_t i = 0; i < h->r->n_tables; i++)
        dataset_report_table_skips(d, h->r->tables[i].name, &skips);
    for (size_t i = 0; h->options->exclusions && hunt_context_tables[i]; i++)
        if (!reads_table(h, str_of(hunt_context_tables[i])))
            dataset_report_table_skips(d, str_of(hunt_context_tables[i]), &skips);
    for (size_t i = 0; i < skips.n; i++) hunt_warn(h, "%.*s", STR_ARG(skips.items[i].message));
}

static void run_query(Hunt *h) {
    HuntResult *r = h->r;
    QueryOptions options = {.unwraps_urls = !h->options->keeps_wrappers, .has_one_result = true};
    Query *q = session_prepare(h->session, r->rule->query, &options);
    r->status = q->status;
    if (r->status == OK) {
        list_tables(h, q);
        if (q->n_results) h->holds = contents_of_result(r->arena, q->results[0].plan);
        r->status = session_rows(h->session, q, r->arena, h->options->max_rows, &r->rows);
    }
    take_diags(r, q);
    query_free(q);
    if (r->status == OK) count_tables(h);
    warn_of_empty(h);
}

/* ------------------------------------------------------------------------- unwrapped */

/* Two links of a row that are one behind their wrappers, or a wrapped one that stands alone. */
static void find_unwrapped(Hunt *h) {
    HuntResult *r = h->r;
    size_t cap = 0;
    for (size_t i = 0; i < r->rows.n_rows; i++) {
        const HuntRow *row = &h->facts[i];
        for (size_t k = 0; k < row->n_links; k++) {
            const Link *wrapped = &row->links[k], *bare = NULL;
            if (!wrapped->unwrap.depth || wrapped->is_inside) continue;
            bool met_as_it_is = false;
            for (size_t m = 0; m < row->n_links; m++) {
                const Link *other = &row->links[m];
                if (m == k || other->is_inside || !str_eq(other->unwrap.url, wrapped->unwrap.url))
                    continue;
                if (str_eq(other->text, wrapped->text)) met_as_it_is = true;
                else bare = other;
            }
            if (!bare && (met_as_it_is || row->n_links > 1)) continue;
            HuntUnwrapped u = {.row = i,
                               .service = str_of(wrapped->unwrap.service),
                               .wrapped_column = wrapped->column,
                               .bare_column = bare ? bare->column : STR_EMPTY,
                               .url = wrapped->unwrap.url};
            ARENA_PUSH(r->arena, r->unwrapped, r->n_unwrapped, cap, u);
            break;
        }
    }
}

/* ------------------------------------------------------------------------ exclusions */

static bool speaks_of(const Hunt *h, const Exclusion *x) {
    return exclusion_applies(x, h->r->rule->id, h->r->rule->name);
}

static bool asks_process(const Hunt *h) {
    const ExclusionSet *set = h->options->exclusions;
    for (size_t i = 0; i < set->n_items; i++)
        if (speaks_of(h, set->items[i]) && cond_asks(set->items[i]->when, COND_PROCESS))
            return true;
    return false;
}

/* Marks the columns that conditions name and this result has. */
static void see_columns(const Hunt *h) {
    const ExclusionSet *set = h->options->exclusions;
    for (size_t i = 0; i < set->n_columns; i++)
        for (uint32_t c = 0; c < h->r->rows.schema.n; c++)
            if (str_eq(set->columns[i], h->r->rows.schema.items[c].name))
                __atomic_store_n(&set->columns_seen[i], true, __ATOMIC_RELAXED);
}

typedef struct Lists {
    size_t hits_cap, suppressed_cap, protected_cap;
    size_t *expired; /* per entry: rows that it would have hidden */
    size_t *hidden;  /* per entry: rows that it hid */
} Lists;

/* The first exclusion in force that the row meets, or NULL. */
static const Exclusion *find_exclusion(Hunt *h, const HuntRow *row, Lists *lists, Str *because) {
    const ExclusionSet *set = h->options->exclusions;
    if (!lists->expired || !lists->hidden) return NULL; /* no exclusions were given */
    int64_t now = session_context(h->session)->now_ticks;
    for (size_t i = 0; i < set->n_items; i++) {
        const Exclusion *x = set->items[i];
        if (x->is_protection || !speaks_of(h, x) ||
            cond_eval(h->r->arena, set, x->when, row, because) != VERDICT_YES)
            continue;
        if (exclusion_is_expired(x, now)) {
            lists->expired[i]++;
            continue;
        }
        lists->hidden[i]++;
        return x;
    }
    return NULL;
}

/* Protected, or perhaps so: what could not be looked up hides nothing. */
static bool is_kept(const Hunt *h, const HuntRow *row, Str *by, Str *reason) {
    if (row_is_protected(h->r->arena, h->options->exclusions, row, h->r->rule->id, h->r->rule->name,
                         session_context(h->session)->now_ticks, by, reason))
        return true;
    *by = STR("verdict-unknown");
    *reason = row->unknown_verdict;
    return row->unknown_verdict.len > 0;
}

static void judge_row(Hunt *h, size_t index, Lists *lists) {
    HuntResult *r = h->r;
    const HuntRow *row = &h->facts[index];
    Str because = STR_EMPTY, by, reason;
    const Exclusion *x = h->options->exclusions ? find_exclusion(h, row, lists, &because) : NULL;
    if (x && is_kept(h, row, &by, &reason)) {
        HuntProtected p = {.row = index, .exclusion = x->name, .by = by, .reason = reason};
        ARENA_PUSH(r->arena, r->protected_rows, r->n_protected, lists->protected_cap, p);
        x = NULL;
    }
    if (!x) {
        ARENA_PUSH(r->arena, r->hits, r->n_hits, lists->hits_cap, index);
        return;
    }
    HuntSuppressed s = {.row = index,
                        .exclusion = x->name,
                        .scenario = x->scenario,
                        .reason = x->reason,
                        .owner = x->owner,
                        .because = because};
    ARENA_PUSH(r->arena, r->suppressed, r->n_suppressed, lists->suppressed_cap, s);
}

/* Expired entries say so, used or not; broad ones where they hid something. */
static void warn_of_entries(Hunt *h, const Lists *lists) {
    const ExclusionSet *set = h->options->exclusions;
    int64_t now = session_context(h->session)->now_ticks;
    for (size_t i = 0; i < set->n_items; i++) {
        const Exclusion *x = set->items[i];
        if (!speaks_of(h, x)) continue;
        if (exclusion_is_expired(x, now))
            hunt_warn(h, "the %s \"%.*s\" expired on %.*s and no longer applies%s",
                      x->is_protection ? "protection" : "exclusion", STR_ARG(x->name),
                      STR_ARG(x->expires),
                      lists->expired[i] ? ": rows that it would have hidden are hits" : "");
    }
    size_t n_own = h->r->n_warnings;
    for (size_t i = 0; i < set->n_items; i++) {
        const Exclusion *x = set->items[i];
        if (lists->hidden[i] && cond_is_path_only(x->when))
            hunt_warn(h, "the exclusion \"%.*s\" goes by the path alone, on any host",
                      STR_ARG(x->name));
        if (lists->hidden[i] && cond_is_broad(x->when))
            hunt_warn(h, "the exclusion \"%.*s\" is broad: a process name alone meets it",
                      STR_ARG(x->name));
    }
    h->r->n_known_warnings = h->r->n_warnings - n_own;
}

static uint32_t first_in_role(Hunt *h, Role role) {
    size_t n;
    uint32_t *found = role_find(h->r->arena, h->roles, &h->r->rows.schema, role, &n);
    return n ? found[0] : UINT32_MAX;
}

/* No row is shown that was not judged. */
static void end_with(Hunt *h, Status status) {
    h->r->status = status;
    h->r->rows.n_rows = 0;
    h->r->n_unwrapped = 0;
}

static void judge(Hunt *h) {
    HuntResult *r = h->r;
    const ExclusionSet *set = h->options->exclusions;
    h->roles = roles_of_result(r->arena, set ? set->roles : NULL, &r->rows.schema, h->holds);
    h->facts = ARENA_ARRAY(r->arena, HuntRow, r->rows.n_rows + 1);
    for (size_t i = 0; i < r->rows.n_rows; i++)
        h->facts[i] =
            hunt_row(r->arena, h->roles, &r->rows.schema, r->rows.cells + i * r->rows.schema.n);
    h->time_column = first_in_role(h, ROLE_TIME);
    if (!h->options->keeps_wrappers) find_unwrapped(h);
    Lists lists = {0};
    if (set) {
        see_columns(h);
        hunt_look_up(h, asks_process(h));
        if (h->failed != OK) {
            end_with(h, h->failed);
            return;
        }
        lists.expired = ARENA_ARRAY(r->arena, size_t, set->n_items + 1);
        lists.hidden = ARENA_ARRAY(r->arena, size_t, set->n_items + 1);
    }
    for (size_t i = 0; i < r->rows.n_rows; i++) judge_row(h, i, &lists);
    if (set) warn_of_entries(h, &lists);
}

/* ------------------------------------------------------------------------------ hunt */

static void copy_file_diags(HuntResult *r) {
    for (size_t i = 0; i < r->file->diags.n; i++) {
        const Diag *d = &r->file->diags.items[i];
        Diag *mine = diag_add(&r->diags, d->severity, d->phase, d->span, "QY610", "%.*s",
                              STR_ARG(d->message));
        mine->code = d->code;
        mine->hint = d->hint;
    }
}

HuntResult *hunt_run(Session *session, const RuleFile *file, const HuntOptions *options) {
    static const HuntOptions defaults = {0};
    Arena *arena = arena_new();
    HuntResult *r = ARENA_NEW(arena, HuntResult);
    r->arena = arena;
    r->file = file;
    r->rule = file->rule;
    diags_init(&r->diags, arena);
    diags_init(&r->advice, arena);
    copy_file_diags(r);
    Hunt h = {.session = session, .options = options ? options : &defaults, .r = r};
    if (!r->rule) {
        r->status = INVALID;
        warn_of_diags(&h);
        r->n_known_warnings = r->n_warnings;
        return r;
    }
    int64_t start = clock_ms();
    dataset_restart_amount(session_data(session));
    run_query(&h);
    if (r->status == OK) judge(&h);
    size_t n_told = r->n_warnings;
    warn_of_diags(&h);
    warn_of_notes(&h);
    warn_of_losses(&h);
    r->n_known_warnings += r->n_warnings - n_told;
    ReadAmount read = dataset_amount(session_data(session));
    r->stats = (HuntStats){.elapsed_ms = clock_ms() - start,
                           .bytes_read = read.bytes,
                           .lines_read = read.lines,
                           .lines_skipped = read.skipped};
    return r;
}

void hunt_result_free(HuntResult *r) {
    if (r) arena_free(r->arena);
}
