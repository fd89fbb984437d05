/* quarry tables: what the data holds, or which tables are known. */
#include "base/json.h"
#include "cli/verbs.h"
#include "report/text.h"

typedef struct Listing {
    Console *c;
    Session *s;
    bool json;
    size_t n_shown;
    const char *pattern; /* NULL: all */
    int code;
} Listing;

static bool is_listed(const Listing *l, Str name) {
    return !l->pattern || str_matches(name, str_of(l->pattern));
}

static int64_t count_rows(Listing *l, Str table) {
    if (l->c->options->no_counts || console_cancel) return -1;
    Arena *arena = arena_new();
    Buf text = {0};
    /* the name comes from a file name or a record: written as a KQL string, never as syntax */
    Value name = value_str(table);
    buf_puts(&text, "table(");
    buf_put(&text, value_to_kql(arena, &name));
    buf_puts(&text, ") | count");
    Query *q = session_prepare(l->s, buf_str(&text), NULL);
    Rows rows;
    int64_t n = -1;
    Status status = session_rows(l->s, q, arena, 2, &rows);
    if (status == OK && rows.n_rows == 1) n = rows.cells[0].u.l;
    else console_diags(l->c, table, q->text, &q->diags);
    if (status != OK) l->code = console_worse(l->code, console_exit_code(status));
    query_free(q);
    buf_free(&text);
    arena_free(arena);
    return n;
}

static void put_columns_json(Buf *out, const TableColumn *columns, uint32_t n) {
    buf_puts(out, "[");
    for (uint32_t i = 0; i < n; i++) {
        buf_puts(out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(out, columns[i].name);
        buf_printf(out, ",\"type\":\"%s\"}", type_name(columns[i].type));
    }
    buf_puts(out, "]");
}

/* `t`: the table of the data that the columns are of, or NULL. */
static void print_columns(const TableColumn *columns, uint32_t n, const TableRef *t) {
    for (uint32_t i = 0; i < n; i++) {
        Buf b = {0};
        text_put_terminal(&b, columns[i].name, 0);
        printf("  %-40.*s %s", (int)b.len, b.ptr ? b.ptr : "", type_name(columns[i].type));
        Str from = columns[i].source_name;
        if (t && from.len && !str_eq(columns[i].name, from))
            printf("  (read from %.*s)", STR_ARG(from));
        else if (t && !dataset_column_is_seen(t, i))
            printf(dataset_saw_all(t) ? "  (not in the data)"
                                      : "  (not seen where the data was looked at)");
        putchar('\n');
        buf_free(&b);
    }
}

static const char *const format_names[] = {"ndjson", "json", "csv", "tsv", "parquet"};
static const char *const codec_names[] = {"", ".gz", ".zst"};

static void put_files_json(Listing *l, Buf *out, Str table) {
    DataSet *d = session_data(l->s);
    bool is_first = true;
    buf_putc(out, '[');
    for (uint32_t i = 0; i < dataset_file_count(d); i++) {
        FileInfo f = dataset_file(d, i);
        if (!dataset_file_holds(d, i, table)) continue;
        buf_puts(out, is_first ? "{\"path\":" : ",{\"path\":");
        is_first = false;
        json_put_string(out, f.path);
        buf_printf(out, ",\"format\":\"%s%s\",\"envelope\":", format_names[f.format],
                   codec_names[f.codec]);
        json_put_string(out, f.envelope);
        buf_printf(out, ",\"bytes\":%lld}", (long long)f.size);
    }
    buf_putc(out, ']');
}

static void print_files(Listing *l, Str table) {
    DataSet *d = session_data(l->s);
    for (uint32_t i = 0; i < dataset_file_count(d); i++) {
        FileInfo f = dataset_file(d, i);
        if (!dataset_file_holds(d, i, table)) continue;
        Buf path = {0};
        text_put_terminal(&path, f.path, 0);
        printf("    %.*s  %s%s%s%.*s, %lld bytes\n", (int)path.len, path.ptr,
               format_names[f.format], codec_names[f.codec], f.envelope.len ? ", " : "",
               STR_ARG(f.envelope), (long long)f.size);
        buf_free(&path);
    }
}

static void show_table(Listing *l, const TableRef *t) {
    if (!is_listed(l, t->name)) return;
    l->n_shown++;
    int64_t rows = count_rows(l, t->name);
    uint32_t present = 0;
    for (uint32_t i = 0; i < t->n_columns; i++) present += dataset_column_is_seen(t, i);
    if (l->json) {
        Buf out = {0};
        buf_puts(&out, "{\"table\":");
        json_put_string(&out, t->name);
        if (rows < 0) buf_puts(&out, ",\"rows\":null,\"columns\":");
        else buf_printf(&out, ",\"rows\":%lld,\"columns\":", (long long)rows);
        put_columns_json(&out, t->columns, t->n_columns);
        buf_printf(&out, ",\"columns_seen\":%u,\"seen_whole\":%s,\"files\":", present,
                   dataset_saw_all(t) ? "true" : "false");
        put_files_json(l, &out, t->name);
        buf_puts(&out, "}\n");
        fwrite(out.ptr, 1, out.len, stdout);
        buf_free(&out);
        return;
    }
    Buf name = {0};
    text_put_terminal(&name, t->name, 0);
    printf("%.*s", (int)name.len, name.ptr);
    buf_free(&name);
    if (rows >= 0) printf("  %lld row%s", (long long)rows, rows == 1 ? "" : "s");
    printf("  %s%u of %u columns in the data\n", dataset_saw_all(t) ? "" : "at least ", present,
           t->n_columns);
    print_files(l, t->name);
    if (l->pattern && !strchr(l->pattern, '*')) print_columns(t->columns, t->n_columns, t);
}

static void show_known(void *ctx, Str name) {
    Listing *l = ctx;
    if (!is_listed(l, name)) return;
    l->n_shown++;
    bool shows_columns = l->json || (l->pattern && !strchr(l->pattern, '*'));
    TableColumn *columns = NULL;
    uint32_t n = 0;
    Arena *arena = arena_new();
    if (shows_columns && !known_schemas_table(session_schemas(l->s), arena, name, &columns, &n))
        n = 0;
    Str connector = known_schemas_connector(session_schemas(l->s), name);
    if (l->json) {
        Buf out = {0};
        buf_puts(&out, "{\"table\":");
        json_put_string(&out, name);
        buf_puts(&out, ",\"connector\":");
        if (connector.len) json_put_string(&out, connector);
        else buf_puts(&out, "null");
        buf_puts(&out, ",\"columns\":");
        put_columns_json(&out, columns, n);
        buf_puts(&out, "}\n");
        fwrite(out.ptr, 1, out.len, stdout);
        buf_free(&out);
    } else {
        printf("%.*s%s%.*s\n", STR_ARG(name), connector.len ? "  " : "", STR_ARG(connector));
        print_columns(columns, n, NULL);
    }
    arena_free(arena);
}

/* Why a file is not read was told when the data was opened. */
static bool is_unread(const DataSet *d, Str path) {
    for (size_t i = 0; i < dataset_unread_count(d); i++)
        if (str_eq(dataset_unread(d, i).path, path)) return true;
    return false;
}

static void show_unplaced(Listing *l) {
    DataSet *d = session_data(l->s);
    for (uint32_t i = 0; i < dataset_file_count(d); i++) {
        FileInfo f = dataset_file(d, i);
        if (!f.table.len && !is_unread(d, f.path))
            console_warn(l->c, "%.*s fits no table", STR_ARG(f.path));
    }
}

int verb_tables(Console *c) {
    Listing l = {.c = c,
                 .json = c->options->has_format && !c->options->is_text &&
                         c->options->format != RESULT_TABLE};
    if (c->options->args.n > 1) {
        console_error("one table name or pattern at a time");
        return EXIT_USAGE;
    }
    l.pattern = c->options->args.n ? c->options->args.items[0] : NULL;
    Status status = console_session(c, false, &l.s);
    if (status != OK) return console_exit_code(status);
    DataSet *d = session_data(l.s);
    if (d) {
        for (uint32_t i = 0; i < dataset_table_count(d); i++) show_table(&l, dataset_table(d, i));
        show_unplaced(&l);
        if (dataset_lacks_files(d)) l.code = EXIT_RUN;
    } else {
        known_schemas_match(session_schemas(l.s), STR("*"), show_known, &l);
    }
    if (l.pattern && !l.n_shown) {
        Str best = known_schemas_nearest(session_schemas(l.s), str_of(l.pattern));
        if (best.len && !d)
            console_error("no table \"%s\"; did you mean %.*s?", l.pattern, STR_ARG(best));
        else console_error("no table \"%s\"%s", l.pattern, d ? " in the data" : "");
        l.code = EXIT_USAGE;
    }
    console_finish(c, l.s);
    if (fflush(stdout) != 0) l.code = console_worse(l.code, EXIT_RUN);
    session_close(l.s);
    return l.code;
}
