/* quarry import: exports into a lake. */
#include "base/json.h"
#include "cli/verbs.h"
#include "lake/lake_write.h"

static void print_json(const ImportReport *r) {
    Buf out = {0};
    buf_printf(&out,
               "{\"files\":%u,\"known\":%u,\"bytes_read\":%lld,\"lines_read\":%lld,"
               "\"lines_skipped\":%lld,\"datetimes_cut\":%lld,\"tables\":[",
               r->n_files, r->n_known, (long long)r->bytes_read, (long long)r->lines_read,
               (long long)r->lines_skipped, (long long)r->datetimes_cut);
    for (size_t i = 0; i < r->n_tables; i++) {
        const ImportedTable *t = &r->tables[i];
        buf_puts(&out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(&out, t->name);
        buf_printf(&out, ",\"rows\":%lld,\"parts\":%lld,\"bytes\":%lld}", (long long)t->rows,
                   (long long)t->parts, (long long)t->bytes);
    }
    buf_puts(&out, "]}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void print_text(const ImportReport *r) {
    const double mib = 1024.0 * 1024.0;
    for (size_t i = 0; i < r->n_tables; i++) {
        const ImportedTable *t = &r->tables[i];
        printf("%-32.*s %12lld rows in %lld part%s, %.1f MiB\n", STR_ARG(t->name),
               (long long)t->rows, (long long)t->parts, t->parts == 1 ? "" : "s",
               (double)t->bytes / mib);
    }
    printf("%u file%s imported, %u known already; %lld line%s read, %lld skipped\n", r->n_files,
           r->n_files == 1 ? "" : "s", r->n_known, (long long)r->lines_read,
           r->lines_read == 1 ? "" : "s", (long long)r->lines_skipped);
}

int verb_import(Console *c) {
    const Options *o = c->options;
    if (o->lakes.n != 1) {
        console_error("say where the lake is with one --lake DIR");
        return EXIT_USAGE;
    }
    SessionOptions so;
    if (!console_session_options(c, &so)) return EXIT_USAGE;
    so.data.n_lakes = 0;
    if (!o->data.n && !o->tables.n) {
        console_error("no data: say what to import with --data PATH");
        return EXIT_USAGE;
    }
    if (so.data.from_ticks != INT64_MIN || so.data.to_ticks != INT64_MAX) {
        console_error("an import takes exports whole, since it knows them again: --from and --to "
                      "are for reading");
        return EXIT_USAGE;
    }
    bool is_micros = o->timestamps && strcmp(o->timestamps, "micros") == 0;
    if (o->timestamps && !is_micros && strcmp(o->timestamps, "nanos") != 0) {
        console_error("--timestamps takes nanos or micros");
        return EXIT_USAGE;
    }
    Diags diags;
    diags_init(&diags, c->arena);
    ImportOptions options = {.session = &so,
                             .dir = o->lakes.items[0],
                             .has_times = o->timestamps != NULL,
                             .times = is_micros ? LAKE_MICROS : LAKE_NANOS,
                             .takes_again = o->takes_again,
                             .batch_bytes = o->batch_bytes};
    ImportReport report;
    Status status = lake_import(&options, c->arena, &diags, &report);
    console_clear_progress(c);
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    bool is_json = o->has_format && !o->is_text && o->format != RESULT_TABLE;
    if (status == OK && is_json) print_json(&report);
    else if (status == OK) print_text(&report);
    /* what was told as an error and ended nothing: files that could not be read */
    return status == OK && diags.n_errors ? EXIT_RUN : console_exit_code(status);
}
