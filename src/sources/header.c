/*
 * header.c: the header row of CSV and TSV.
 *
 * The portals write the zone of a column's times behind its name: "TimeGenerated [UTC]", "...
 * [Local Time]". The bracket is no part of the name. What zone "local" was, only the user knows.
 */
#include "base/ticks.h"
#include "kernels/convert.h"
#include "sources/notes.h"
#include "sources/rows.h"
#include "sources/tables.h"

enum { MAX_CELLS = 4096 };

bool parse_zone(Str text, int64_t *ret) {
    if (str_eq_nocase(text, STR("UTC")) || str_eq_nocase(text, STR("Z"))) {
        *ret = 0;
        return true;
    }
    if (text.len < 2 || (text.ptr[0] != '+' && text.ptr[0] != '-')) return false;
    int64_t digits = 0;
    size_t n = 0, n_first = 0;
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == ':' && !n_first && n) {
            n_first = n;
            continue;
        }
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || n == 4) return false;
        digits = digits * 10 + (text.ptr[i] - '0');
        n++;
    }
    if (!n || (n_first && n - n_first != 2)) return false;
    int64_t hours = n <= 2 ? digits : digits / 100, minutes = n <= 2 ? 0 : digits % 100;
    if (hours > 14 || minutes > 59) return false;
    *ret = (hours * TICKS_PER_HOUR + minutes * TICKS_PER_MINUTE) * (text.ptr[0] == '-' ? -1 : 1);
    return true;
}

static void warn_local(DataSet *d, const SourceFile *f, Str zone, Diags *diags) {
    note_add(d, diags, f, STR_EMPTY, "QY205", "%.*s: times are marked [%.*s]; they are read as UTC",
             STR_ARG(f->path), STR_ARG(zone))
        ->hint = STR("say the zone with --timezone +02:00");
}

/* Cuts " [zone]" off the name and notes what it says. */
static void take_zone(DataSet *d, SourceFile *f, FileColumn *c, bool *warned, Diags *diags) {
    size_t open = str_find(c->name, STR(" ["), 0);
    if (open == SIZE_MAX || !str_ends_with(c->name, STR("]"))) return;
    Str zone = str_sub(c->name, open + 2, c->name.len - open - 3);
    c->name = str_sub(c->name, 0, open);
    c->declared = TYPE_DATETIME;
    f->envelope = "portal-csv";
    if (str_eq_nocase(zone, STR("UTC")) || str_eq_nocase(zone, STR("GMT"))) return;
    if (zone.len > 3 && str_eq_nocase(str_sub(zone, 0, 3), STR("UTC")) &&
        parse_zone(str_sub(zone, 3, zone.len), &c->zone_ticks))
        return;
    if (d->options.timezone && parse_zone(str_of(d->options.timezone), &c->zone_ticks)) return;
    if (!*warned) warn_local(d, f, zone, diags);
    *warned = true;
}

/* A number, a truth or a time: what no column is called. */
static bool is_value(Str cell) {
    int64_t ticks;
    double number;
    cell = str_trim(cell);
    if (!cell.len) return false;
    bool is_digit = cell.ptr[0] >= '0' && cell.ptr[0] <= '9';
    if (str_eq_nocase(cell, STR("true")) || str_eq_nocase(cell, STR("false"))) return true;
    return text_to_real(cell, &number) || (is_digit && ticks_parse_datetime(cell, &ticks));
}

/* No value among the cells, and most of them not empty (tools leave the index column unnamed). */
static bool looks_like_header(const Str *cells, uint32_t n) {
    uint32_t n_named = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (is_value(cells[i]) || memchr(cells[i].ptr, '\n', cells[i].len)) return false;
        n_named += str_trim(cells[i]).len > 0;
    }
    return n_named * 2 > n;
}

/* A name that stands twice gets a number, as a join would give it: Id, Id1. */
static void make_distinct(DataSet *d, SourceFile *f, uint32_t at, Diags *diags) {
    FileColumn *c = &f->columns[at];
    Str plain = c->name;
    unsigned suffix = 0;
    for (uint32_t i = 0; i < at && at < 1024; i++) {
        if (!str_eq(f->columns[i].name, c->name)) continue;
        c->name = arena_printf(d->arena, "%.*s%u", STR_ARG(plain), ++suffix);
        i = UINT32_MAX; /* from the start again */
    }
    if (!suffix) return;
    note_add(d, diags, f, STR_EMPTY, "QY212",
             "%.*s: the header names %.*s twice; this one is called %.*s", STR_ARG(f->path),
             STR_ARG(plain), STR_ARG(c->name));
}

void read_header(DataSet *d, SourceFile *f, Str row, Diags *diags) {
    Str *cells = ARENA_ARRAY(d->arena, Str, MAX_CELLS);
    uint32_t n = split_cells(row, f->delimiter, cells, MAX_CELLS, d->arena);
    if (n > MAX_CELLS) n = MAX_CELLS;
    bool warned = false;
    f->has_header = looks_like_header(cells, n);
    if (f->has_header) f->header = arena_str(d->arena, row);
    f->columns = ARENA_ARRAY(d->arena, FileColumn, n);
    f->n_columns = n;
    for (uint32_t i = 0; i < n; i++) {
        FileColumn *c = &f->columns[i];
        if (!f->has_header || !str_trim(cells[i]).len) {
            c->name = arena_printf(d->arena, "Column%u", i + 1);
            continue;
        }
        c->name = arena_str(d->arena, str_trim(cells[i]));
        take_zone(d, f, c, &warned, diags);
        make_distinct(d, f, i, diags);
    }
    if (f->has_header) return;
    note_add(d, diags, f, STR_EMPTY, "QY206",
             "%.*s: the first row names no columns; they are called Column1, Column2, ...",
             STR_ARG(f->path));
}
