#include "base/json.h"
#include "report/diag.h"
#include "report/hunt_internal.h"

static void put_member(Buf *out, const char *name, Str value) {
    buf_printf(out, "\"%s\":", name);
    json_put_string(out, value);
}

static void put_or_null(Buf *out, const char *name, Str value) {
    if (value.len) put_member(out, name, value);
    else buf_printf(out, "\"%s\":null", name);
}

void hunt_put_list(Buf *out, const char *name, const Str *items, size_t n) {
    buf_printf(out, "\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_putc(out, ',');
        json_put_string(out, items[i]);
    }
    buf_putc(out, ']');
}

static void put_rule(Buf *out, const HuntResult *h) {
    const HuntRule *rule = h->file->read;
    buf_puts(out, "{");
    put_or_null(out, "id", rule ? rule->id : STR_EMPTY);
    buf_putc(out, ',');
    put_or_null(out, "name", rule ? rule->name : STR_EMPTY);
    buf_putc(out, ',');
    put_or_null(out, "version", rule ? rule->version : STR_EMPTY);
    buf_putc(out, ',');
    put_or_null(out, "severity", rule ? rule->severity : STR_EMPTY);
    buf_putc(out, ',');
    hunt_put_list(out, "tactics", rule ? rule->tactics : NULL, rule ? rule->n_tactics : 0);
    buf_putc(out, ',');
    hunt_put_list(out, "techniques", rule ? rule->techniques : NULL, rule ? rule->n_techniques : 0);
    buf_putc(out, ',');
    put_member(out, "file", h->file->path);
    buf_putc(out, '}');
}

static void put_tables(Buf *out, const HuntResult *h) {
    buf_putc(out, '[');
    for (size_t i = 0; i < h->n_tables; i++) {
        const HuntTable *t = &h->tables[i];
        buf_puts(out, i ? ",{" : "{");
        put_member(out, "name", t->name);
        buf_putc(out, ',');
        put_or_null(out, "connector", t->connector);
        buf_printf(out, ",\"status\":\"%s\",\"rows\":", hunt_presence_name(t->presence));
        if (t->rows < 0) buf_puts(out, "null");
        else buf_printf(out, "%lld", (long long)t->rows);
        buf_printf(out, ",\"required\":%s}", t->is_required ? "true" : "false");
    }
    buf_putc(out, ']');
}

static void put_suppressed(Buf *out, const HuntSuppressed *s) {
    put_member(out, "exclusion", s->exclusion);
    buf_putc(out, ',');
    put_member(out, "scenario", s->scenario);
    buf_putc(out, ',');
    put_member(out, "reason", s->reason);
    buf_putc(out, ',');
    put_or_null(out, "owner", s->owner);
    buf_putc(out, ',');
    put_member(out, "because", s->because);
}

static void put_protected(Buf *out, const HuntProtected *p) {
    put_member(out, "exclusion", p->exclusion);
    buf_putc(out, ',');
    put_member(out, "by", p->by);
    buf_putc(out, ',');
    put_member(out, "reason", p->reason);
}

static void put_rows(Buf *out, const HuntResult *h) {
    const Schema *schema = &h->rows.schema;
    buf_puts(out, ",\n \"hits\":[");
    for (size_t i = 0; i < h->n_hits; i++) {
        buf_puts(out, i ? ",\n  " : "\n  ");
        result_put_object(out, schema, hunt_row(h, h->hits[i]));
    }
    buf_puts(out, "],\n \"suppressed\":[");
    for (size_t i = 0; i < h->n_suppressed; i++) {
        buf_puts(out, i ? ",\n  {\"row\":" : "\n  {\"row\":");
        result_put_object(out, schema, hunt_row(h, h->suppressed[i].row));
        buf_putc(out, ',');
        put_suppressed(out, &h->suppressed[i]);
        buf_putc(out, '}');
    }
    buf_puts(out, "],\n \"protected\":[");
    for (size_t i = 0; i < h->n_protected; i++) {
        buf_puts(out, i ? ",\n  {\"row\":" : "\n  {\"row\":");
        result_put_object(out, schema, hunt_row(h, h->protected_rows[i].row));
        buf_putc(out, ',');
        put_protected(out, &h->protected_rows[i]);
        buf_putc(out, '}');
    }
    buf_puts(out, "],\n \"unwrapped\":[");
    for (size_t i = 0; i < h->n_unwrapped; i++) {
        const HuntUnwrapped *u = &h->unwrapped[i];
        buf_puts(out, i ? ",\n  {\"row\":" : "\n  {\"row\":");
        result_put_object(out, schema, hunt_row(h, u->row));
        buf_putc(out, ',');
        put_member(out, "service", u->service);
        buf_putc(out, ',');
        put_member(out, "wrapped_column", u->wrapped_column);
        buf_putc(out, ',');
        put_or_null(out, "bare_column", u->bare_column);
        buf_putc(out, ',');
        put_member(out, "url", u->url);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

void hunt_put_json(Buf *out, const HuntResult *h) {
    static const char *const states[] = {"ok",     "invalid", "unsupported", "data",
                                         "engine", "limit",   "cancelled",   "internal"};
    buf_puts(out, "{\"rule\":");
    put_rule(out, h);
    buf_printf(out, ",\n \"status\":\"%s\",\n \"tables\":", states[h->status]);
    put_tables(out, h);
    put_rows(out, h);
    buf_puts(out, ",\n ");
    hunt_put_list(out, "warnings", h->warnings, h->n_warnings);
    buf_puts(out, ",\n \"diagnostics\":");
    diags_put_json(out, h->file->text, &h->diags, &h->advice);
    buf_printf(out,
               ",\n \"stats\":{\"elapsed_ms\":%lld,\"bytes_read\":%lld,\"lines_read\":%lld,"
               "\"lines_skipped\":%lld}}",
               (long long)h->stats.elapsed_ms, (long long)h->stats.bytes_read,
               (long long)h->stats.lines_read, (long long)h->stats.lines_skipped);
}

static void put_line_head(Buf *out, const HuntResult *h, const char *outcome, size_t row) {
    buf_putc(out, '{');
    put_or_null(out, "rule", h->rule->id);
    buf_putc(out, ',');
    put_or_null(out, "name", h->rule->name);
    buf_printf(out, ",\"outcome\":\"%s\",\"row\":", outcome);
    result_put_object(out, &h->rows.schema, hunt_row(h, row));
}

void hunt_put_ndjson(Buf *out, const HuntResult *h) {
    if (!h->rule) return;
    for (size_t i = 0; i < h->n_hits; i++) {
        put_line_head(out, h, "hit", h->hits[i]);
        const HuntProtected *p = hunt_protection(h, h->hits[i]);
        if (p) {
            buf_puts(out, ",\"protected\":{");
            put_protected(out, p);
            buf_putc(out, '}');
        }
        buf_puts(out, "}\n");
    }
    for (size_t i = 0; i < h->n_suppressed; i++) {
        put_line_head(out, h, "suppressed", h->suppressed[i].row);
        buf_putc(out, ',');
        put_suppressed(out, &h->suppressed[i]);
        buf_puts(out, "}\n");
    }
}
