#include "report/table.h"

#include <stdlib.h>

#include "report/text.h"

enum {
    SAMPLE_ROWS = 200, /* kept back for the widths */
    MAX_CELL = 60,     /* a wider cell is cut when a terminal is given */
    GAP = 2
};

struct TableWriter {
    const Schema *schema;
    ResultStyle style;
    Arena *kept_arena;
    Value *kept; /* SAMPLE_ROWS * schema->n */
    size_t n_kept, n_rows;
    size_t *widths;
    bool is_started, is_blocks;
};

static bool is_right_aligned(Type t) { return (TYPE_BIT(t) & (TS_NUMBER | TS_TIMESPAN)) != 0; }

TableWriter *table_open(const Schema *schema, const ResultStyle *style) {
    TableWriter *t = calloc(1, sizeof *t);
    if (!t) abort();
    t->kept_arena = arena_new();
    t->schema = schema;
    t->style = style ? *style : (ResultStyle){0};
    t->kept = ARENA_ARRAY(t->kept_arena, Value, SAMPLE_ROWS * (size_t)schema->n + 1);
    t->widths = ARENA_ARRAY(t->kept_arena, size_t, schema->n + 1);
    return t;
}

static size_t put_cell(Buf *out, Arena *scratch, const Value *v, size_t max_width) {
    return text_put_terminal(out, value_to_text(scratch, v), max_width);
}

static void measure(TableWriter *t) {
    Buf cell = {0};
    size_t max = t->style.width ? MAX_CELL : 0, total = 0;
    for (uint32_t c = 0; c < t->schema->n; c++) {
        size_t width = text_put_terminal(&cell, t->schema->items[c].name, max);
        for (size_t r = 0; r < t->n_kept; r++) {
            buf_clear(&cell);
            size_t w = put_cell(&cell, t->kept_arena, &t->kept[r * t->schema->n + c], max);
            if (w > width) width = w;
        }
        t->widths[c] = width;
        total += width + GAP;
    }
    buf_free(&cell);
    t->is_blocks = t->style.width && total > t->style.width + GAP && t->schema->n > 1;
}

static void put_blanks(Buf *out, size_t n) {
    while (n--) buf_putc(out, ' ');
}

static void put_heading(TableWriter *t, Buf *out) {
    for (uint32_t c = 0; c < t->schema->n; c++) {
        if (t->style.is_coloured) buf_puts(out, "\x1b[1m");
        bool right = is_right_aligned(t->schema->items[c].type);
        Buf name = {0};
        size_t w =
            text_put_terminal(&name, t->schema->items[c].name, t->style.width ? MAX_CELL : 0);
        size_t pad = t->widths[c] > w ? t->widths[c] - w : 0;
        if (right) put_blanks(out, pad);
        buf_put(out, buf_str(&name));
        buf_free(&name);
        if (t->style.is_coloured) buf_puts(out, "\x1b[0m");
        if (c + 1 < t->schema->n) put_blanks(out, (right ? 0 : pad) + GAP);
    }
    buf_putc(out, '\n');
    for (uint32_t c = 0; c < t->schema->n; c++) {
        for (size_t i = 0; i < t->widths[c]; i++) buf_puts(out, "─");
        if (c + 1 < t->schema->n) put_blanks(out, GAP);
    }
    buf_putc(out, '\n');
}

static void put_line(TableWriter *t, Arena *scratch, const Value *cells, Buf *out) {
    Buf cell = {0};
    for (uint32_t c = 0; c < t->schema->n; c++) {
        buf_clear(&cell);
        size_t w = put_cell(&cell, scratch, &cells[c], t->style.width ? t->widths[c] : 0);
        size_t pad = t->widths[c] > w ? t->widths[c] - w : 0;
        bool right = is_right_aligned(t->schema->items[c].type);
        if (right) put_blanks(out, pad);
        buf_put(out, buf_str(&cell));
        if (c + 1 < t->schema->n) put_blanks(out, (right ? 0 : pad) + GAP);
    }
    buf_free(&cell);
    buf_putc(out, '\n');
}

/* A row whose columns do not fit beside each other. */
static void put_block(TableWriter *t, Arena *scratch, const Value *cells, size_t number, Buf *out) {
    size_t label = 0;
    Buf text = {0};
    for (uint32_t c = 0; c < t->schema->n; c++) {
        buf_clear(&text);
        size_t w = text_put_terminal(&text, t->schema->items[c].name, MAX_CELL);
        if (w > label) label = w;
    }
    buf_printf(out, "── row %zu\n", number);
    for (uint32_t c = 0; c < t->schema->n; c++) {
        buf_clear(&text);
        size_t w = text_put_terminal(&text, t->schema->items[c].name, MAX_CELL);
        buf_puts(out, "  ");
        if (t->style.is_coloured) buf_puts(out, "\x1b[1m");
        buf_put(out, buf_str(&text));
        if (t->style.is_coloured) buf_puts(out, "\x1b[0m");
        put_blanks(out, label - w + GAP);
        put_cell(out, scratch, &cells[c], 0);
        buf_putc(out, '\n');
    }
    buf_free(&text);
}

static void put_row(TableWriter *t, Arena *scratch, const Value *cells, size_t number, Buf *out) {
    if (t->is_blocks) put_block(t, scratch, cells, number, out);
    else put_line(t, scratch, cells, out);
}

static void start(TableWriter *t, Buf *out) {
    t->is_started = true;
    measure(t);
    if (!t->is_blocks && t->schema->n) put_heading(t, out);
    for (size_t r = 0; r < t->n_kept; r++)
        put_row(t, t->kept_arena, &t->kept[r * t->schema->n], r + 1, out);
}

void table_row(TableWriter *t, const Value *cells, Buf *out) {
    t->n_rows++;
    if (!t->is_started && t->n_kept < SAMPLE_ROWS) {
        Value *kept = &t->kept[t->n_kept++ * t->schema->n];
        for (uint32_t c = 0; c < t->schema->n; c++) {
            kept[c] = cells[c];
            if (!cells[c].is_null && (TYPE_BIT(cells[c].type) & (TS_STRING | TS_GUID | TS_DYNAMIC)))
                kept[c].u.s = arena_str(t->kept_arena, cells[c].u.s);
        }
        return;
    }
    if (!t->is_started) start(t, out);
    Arena *scratch = arena_new();
    put_row(t, scratch, cells, t->n_rows, out);
    arena_free(scratch);
}

void table_close(TableWriter *t, Buf *out) {
    if (!t->is_started) start(t, out);
    buf_printf(out, "%s%zu row%s\n", t->n_rows ? "\n" : "", t->n_rows, t->n_rows == 1 ? "" : "s");
    arena_free(t->kept_arena);
    free(t);
}
