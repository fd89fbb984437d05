/*
 * header.c: the header row of CSV and TSV.
 *
 * The portals write the zone of a column's times behind its name: "TimeGenerated [UTC]", "...
 * [Local Time]". The bracket is no part of the name. What zone "local" was, only the user knows.
 */
#include "base/ticks.h"
#include "sources/rows.h"
#include "sources/tables.h"

enum { MAX_CELLS = 4096 };

/* "+02:00", "-5", "+0530" as ticks east of UTC. */
static bool parse_offset(Str text, int64_t *ret) {
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
    (void)d;
    diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY205",
             "%.*s: times are marked [%.*s]; they are read as UTC", STR_ARG(f->path), STR_ARG(zone))
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
        parse_offset(str_sub(zone, 3, zone.len), &c->zone_ticks))
        return;
    if (d->options.timezone && parse_offset(str_of(d->options.timezone), &c->zone_ticks)) return;
    if (!*warned) warn_local(d, f, zone, diags);
    *warned = true;
}

/* A name, not a value: begins with a letter, `_`, `$` or `@`, and is short. */
static bool is_name(Str cell) {
    if (!cell.len || cell.len > 200) return false;
    unsigned char c = (unsigned char)cell.ptr[0];
    bool is_letter = (unsigned char)((c | 0x20) - 'a') < 26;
    return (is_letter || strchr("_$@", c) || c >= 0x80) && !memchr(cell.ptr, '\n', cell.len);
}

static bool looks_like_header(const Str *cells, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (!is_name(str_trim(cells[i]))) return false;
        if (str_eq_nocase(cells[i], STR("true")) || str_eq_nocase(cells[i], STR("false")))
            return false;
        for (uint32_t j = 0; j < i && n < 512; j++)
            if (str_eq(cells[i], cells[j])) return false;
    }
    return true;
}

void read_header(DataSet *d, SourceFile *f, Str row, Diags *diags) {
    Str *cells = ARENA_ARRAY(d->arena, Str, MAX_CELLS);
    uint32_t n = split_cells(row, f->delimiter, cells, MAX_CELLS, d->arena);
    if (n > MAX_CELLS) n = MAX_CELLS;
    bool warned = false;
    f->has_header = looks_like_header(cells, n);
    f->columns = ARENA_ARRAY(d->arena, FileColumn, n);
    f->n_columns = n;
    for (uint32_t i = 0; i < n; i++) {
        FileColumn *c = &f->columns[i];
        if (!f->has_header) {
            c->name = arena_printf(d->arena, "Column%u", i + 1);
            continue;
        }
        c->name = arena_str(d->arena, str_trim(cells[i]));
        take_zone(d, f, c, &warned, diags);
    }
    if (f->has_header) return;
    diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY206",
             "%.*s: the first row names no columns; they are called Column1, Column2, ...",
             STR_ARG(f->path));
}
