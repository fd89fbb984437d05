/*
 * hunt_verdicts.c: what the mail filter said of a hit's message and of its links.
 *
 * Messages are compared without case, links by where the innermost one leads, as joins spell it. A verdict that
 * could not be looked up may be the one that protects a row: such a row says why, and is kept.
 */
#include "hunt/hunt_run.h"

static const char *const message_tables[] = {"EmailEvents", "EmailPostDeliveryEvents"};
static const char clicks_table[] = "UrlClickEvents";

static void push_threat(Hunt *h, HuntRow *row, Str types, const char *source) {
    if (!types.len) return;
    for (size_t i = 0; i < row->n_threats; i++)
        if (str_eq(row->threats[i].types, types) && str_is(row->threats[i].source, source)) return;
    ThreatFact *grown = ARENA_ARRAY(h->r->arena, ThreatFact, row->n_threats + 1);
    if (row->n_threats) memcpy(grown, row->threats, sizeof *grown * row->n_threats);
    grown[row->n_threats++] = (ThreatFact){types, str_of(source)};
    row->threats = grown;
}

static bool has_message(const HuntRow *row, Str id) {
    for (size_t i = 0; i < row->n_messages; i++)
        if (str_eq_nocase(row->messages[i], id)) return true;
    return false;
}

/* What of a link leads somewhere: neither http or https nor the fragment change what is there. */
static Str place_of(Str link) {
    size_t hash = str_find(link, STR("#"), 0), at = str_find(link, STR("://"), 0);
    link = str_sub(link, 0, hash);
    Str scheme = str_sub(link, 0, at);
    bool is_web = str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"));
    return is_web && at < link.len ? str_sub(link, at + 3, link.len) : link;
}

static bool has_place(const HuntRow *row, Str place) {
    for (size_t i = 0; i < row->n_links; i++)
        if (str_eq(place_of(row->links[i].key), place)) return true;
    return false;
}

/* The rows that a verdict of the table may concern do not know it. */
static void mark_unknown(Hunt *h, size_t from, size_t to, Str why, bool asks_links) {
    for (size_t i = from; i < to; i++) {
        HuntRow *row = &h->facts[i];
        if (!row->unknown_verdict.len && (row->n_messages || (asks_links && row->n_links)))
            row->unknown_verdict = why;
    }
}

static void add_messages(Hunt *h, size_t from, size_t to, TextList *ids) {
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_messages; k++)
            text_list_add(h->r->arena, ids, h->facts[i].messages[k]);
}

static void ask_messages(Hunt *h, const char *table, size_t from, size_t to) {
    TextList ids = {0};
    add_messages(h, from, to, &ids);
    if (!ids.n || !hunt_has_table(h, table)) return;
    Buf q = {0};
    buf_printf(&q, "%s | where NetworkMessageId in~ ", table);
    text_list_put(&q, &ids);
    buf_puts(&q, " and isnotempty(ThreatTypes) | distinct NetworkMessageId, ThreatTypes");
    char what[64];
    snprintf(what, sizeof what, "what %s says of the messages", table);
    Rows rows;
    Str why;
    if (!hunt_ask(h, &q, what, &rows, &why)) {
        mark_unknown(h, from, to, why, false);
        return;
    }
    for (size_t k = 0; k < rows.n_rows; k++)
        for (size_t i = from; i < to; i++)
            if (has_message(&h->facts[i], rows_text(&rows, k, 0)))
                push_threat(h, &h->facts[i], rows_text(&rows, k, 1), table);
}

static void put_clicks_query(Buf *q, const TextList *ids, const TextList *links) {
    buf_printf(
        q,
        "%s | where isnotempty(ThreatTypes) | extend Link = "
        "replace_regex(__url_unwrap(Url), @'(?is)^(https?://)?([^#]*)(#.*)?$', @'\\2') | where ",
        clicks_table);
    if (ids->n) {
        buf_puts(q, "NetworkMessageId in~ ");
        text_list_put(q, ids);
    }
    if (links->n) {
        buf_puts(q, ids->n ? " or Link in " : "Link in ");
        text_list_put(q, links);
    }
    buf_puts(q, " | distinct NetworkMessageId, Link, ThreatTypes");
}

static void ask_clicks(Hunt *h, size_t from, size_t to) {
    TextList ids = {0}, links = {0};
    if (!hunt_has_table(h, clicks_table)) return;
    add_messages(h, from, to, &ids);
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < h->facts[i].n_links; k++)
            text_list_add(h->r->arena, &links, place_of(h->facts[i].links[k].key));
    if (!ids.n && !links.n) return;
    Buf q = {0};
    put_clicks_query(&q, &ids, &links);
    Rows rows;
    Str why;
    if (!hunt_ask(h, &q, "what UrlClickEvents says of the clicks", &rows, &why)) {
        mark_unknown(h, from, to, why, true);
        return;
    }
    for (size_t k = 0; k < rows.n_rows; k++) {
        Str id = rows_text(&rows, k, 0), link = rows_text(&rows, k, 1);
        for (size_t i = from; i < to; i++)
            if (has_message(&h->facts[i], id) || has_place(&h->facts[i], link))
                push_threat(h, &h->facts[i], rows_text(&rows, k, 2), clicks_table);
    }
}

/* A table's file of which nothing can be read may hold the verdict. */
static void mark_unread(Hunt *h, const char *table, bool asks_links) {
    const DataSet *d = session_data(h->session);
    for (size_t i = 0; i < dataset_unread_count(d); i++) {
        UnreadPath u = dataset_unread(d, i);
        if (!str_is(u.table, table)) continue;
        Str why = arena_printf(h->r->arena, "what %s says could not be looked up: %.*s: %.*s",
                               table, STR_ARG(u.path), STR_ARG(u.why));
        mark_unknown(h, 0, h->r->rows.n_rows, why, asks_links);
        hunt_warn(h, "%.*s", STR_ARG(why));
    }
}

void hunt_check_verdicts(Hunt *h) {
    for (size_t i = 0; i < COUNT_OF(message_tables); i++) mark_unread(h, message_tables[i], false);
    mark_unread(h, clicks_table, true);
}

/* Records that were lost on the way may be the verdict, too. */
static void mark_lost(Hunt *h, const char *table, bool asks_links) {
    Diags lost;
    diags_init(&lost, h->r->arena);
    dataset_report_table_lost(session_data(h->session), str_of(table), &lost);
    if (!lost.n) return;
    Str why = arena_printf(h->r->arena, "what %s says is not known in full: %.*s", table,
                           STR_ARG(lost.items[0].message));
    mark_unknown(h, 0, h->r->rows.n_rows, why, asks_links);
}

void hunt_check_losses(Hunt *h) {
    for (size_t i = 0; i < COUNT_OF(message_tables); i++) mark_lost(h, message_tables[i], false);
    mark_lost(h, clicks_table, true);
}

void hunt_ask_verdicts(Hunt *h, size_t from, size_t to) {
    for (size_t i = 0; i < COUNT_OF(message_tables); i++)
        ask_messages(h, message_tables[i], from, to);
    ask_clicks(h, from, to);
}
