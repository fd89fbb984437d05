/* quarry lake: what a lake holds, and the chores on it. */
#include "base/json.h"
#include "base/ticks.h"
#include "cli/verbs.h"
#include "lake/lake_write.h"

static const double mib = 1024.0 * 1024.0;

typedef struct Totals {
    int64_t rows, bytes, from, to;
    bool has_times;
} Totals;

static Totals totals_of(const LakeTable *t) {
    Totals s = {.from = INT64_MAX, .to = INT64_MIN};
    for (size_t i = 0; i < t->n; i++) {
        const LakePart *p = &t->parts[i];
        s.rows += p->rows;
        s.bytes += p->bytes;
        if (!p->has_times) continue;
        s.has_times = true;
        if (p->from < s.from) s.from = p->from;
        if (p->to > s.to) s.to = p->to;
    }
    return s;
}

static void print_table_json(const LakeTable *t, const Totals *s, bool is_first) {
    Buf out = {0};
    char text[64];
    buf_puts(&out, is_first ? "{\"name\":" : ",{\"name\":");
    json_put_string(&out, t->name);
    buf_printf(&out, ",\"rows\":%lld,\"parts\":%zu,\"bytes\":%lld", (long long)s->rows, t->n,
               (long long)s->bytes);
    if (s->has_times) {
        buf_printf(&out, ",\"from\":\"%.*s\"", (int)ticks_print_datetime(s->from, text), text);
        buf_printf(&out, ",\"to\":\"%.*s\"", (int)ticks_print_datetime(s->to, text), text);
    }
    buf_putc(&out, '}');
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void print_table(const LakeTable *t, const Totals *s) {
    char text[64];
    printf("%-32.*s %12lld rows in %zu part%s, %.1f MiB", STR_ARG(t->name), (long long)s->rows,
           t->n, t->n == 1 ? "" : "s", (double)s->bytes / mib);
    if (s->has_times) {
        (void)ticks_print_datetime(s->from, text);
        printf(", %.10s", text);
        (void)ticks_print_datetime(s->to, text);
        printf(" to %.10s", text);
    }
    putchar('\n');
}

static Status stats(const Console *c, const char *dir, Diags *diags) {
    Lake lake;
    bool is_json =
        c->options->has_format && !c->options->is_text && c->options->format != RESULT_TABLE;
    TRY(lake_load(c->arena, dir, diags, &lake));
    if (is_json) printf("{\"files\":%zu,\"tables\":[", lake.n_sources);
    for (size_t i = 0; i < lake.n_tables; i++) {
        Totals s = totals_of(&lake.tables[i]);
        if (is_json) print_table_json(&lake.tables[i], &s, i == 0);
        else print_table(&lake.tables[i], &s);
    }
    if (is_json) puts("]}");
    else
        printf("%zu table%s of %zu imported file%s\n", lake.n_tables, lake.n_tables == 1 ? "" : "s",
               lake.n_sources, lake.n_sources == 1 ? "" : "s");
    return OK;
}

static Status verify(Console *c, const char *dir, Diags *diags) {
    LakeCheck check;
    Status status = lake_verify(dir, c->arena, diags, &check);
    if (status == OK || check.n_parts)
        printf("%zu parts, %zu wrong, %zu leftover files, which the next change removes\n",
               check.n_parts, check.n_wrong, check.n_leftovers);
    return status;
}

static void print_change(const LakeChange *change, const char *what) {
    printf("%lld rows %s; %lld parts of %.1f MiB before, %lld of %.1f MiB now\n",
           (long long)change->rows, what, (long long)change->parts_before,
           (double)change->bytes_before / mib, (long long)change->parts_after,
           (double)change->bytes_after / mib);
}

static Status compact(Console *c, const char *dir, Diags *diags) {
    SessionOptions so;
    LakeChange change;
    if (!console_session_options(c, &so)) return INVALID;
    so.data.n_lakes = 0;
    TRY(lake_compact(&so, dir, c->arena, diags, &change));
    print_change(&change, "written anew");
    return OK;
}

static Status expire(Console *c, const char *dir, Diags *diags) {
    LakeChange change;
    if (c->options->before_ticks == 0) {
        console_error("say which rows go with --before DATETIME");
        return INVALID;
    }
    TRY(lake_expire(dir, c->options->before_ticks, c->arena, diags, &change));
    print_change(&change, "removed");
    return OK;
}

int verb_lake(Console *c) {
    const Options *o = c->options;
    const char *chore = o->args.n == 1 ? o->args.items[0] : "";
    if (o->lakes.n != 1 || o->args.n != 1) {
        console_error(
            "say what to do and where: quarry lake stats|verify|compact|expire --lake DIR");
        return EXIT_USAGE;
    }
    Diags diags;
    diags_init(&diags, c->arena);
    Status status = INVALID;
    if (!strcmp(chore, "stats")) status = stats(c, o->lakes.items[0], &diags);
    else if (!strcmp(chore, "verify")) status = verify(c, o->lakes.items[0], &diags);
    else if (!strcmp(chore, "compact")) status = compact(c, o->lakes.items[0], &diags);
    else if (!strcmp(chore, "expire")) status = expire(c, o->lakes.items[0], &diags);
    else console_error("a lake knows stats, verify, compact and expire, not \"%s\"", chore);
    console_clear_progress(c);
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    return console_exit_code(status);
}
