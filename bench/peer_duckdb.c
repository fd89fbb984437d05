/*
 * peer_duckdb.c: runs hand-written SQL over the same library that Quarry embeds.
 *
 *     peer_duckdb SQL-FILE THREADS
 *
 * Prints the result of the file's statement as CSV without a header, quoted where need be.
 */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    char *text = calloc(1, 1 << 16);
    if (text && fread(text, 1, (1 << 16) - 1, f) == 0) text[0] = 0;
    fclose(f);
    return text;
}

static void print_cell(const char *text) {
    if (!strpbrk(text, "\",\r\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_rows(duckdb_result *result) {
    idx_t n_columns = duckdb_column_count(result), n_rows = duckdb_row_count(result);
    for (idx_t row = 0; row < n_rows; row++) {
        for (idx_t column = 0; column < n_columns; column++) {
            char *text = duckdb_value_varchar(result, column, row);
            if (column) putchar(',');
            if (text) print_cell(text);
            duckdb_free(text);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv) {
    char *sql = argc == 3 ? read_file(argv[1]) : NULL;
    if (!sql) {
        fprintf(stderr, "usage: peer_duckdb SQL-FILE THREADS\n");
        return 2;
    }
    duckdb_config config;
    duckdb_database database;
    duckdb_connection connection;
    duckdb_result result;
    char *error = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess) return 1;
    (void)duckdb_set_config(config, "threads", argv[2]);
    (void)duckdb_set_config(config, "autoinstall_known_extensions", "false");
    if (duckdb_open_ext(NULL, &database, config, &error) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess) {
        fprintf(stderr, "%s\n", error ? error : "no connection");
        return 1;
    }
    duckdb_destroy_config(&config);
    int code = duckdb_query(connection, sql, &result) == DuckDBSuccess ? 0 : 1;
    if (code) fprintf(stderr, "%s\n", duckdb_result_error(&result));
    else print_rows(&result);
    duckdb_destroy_result(&result);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    free(sql);
    return code;
}
