#include "engine/duckdb/scan_hints.h"

typedef struct Hints {
    Arena *arena;
    const Plan *scan;
    ScanNeedle *needles;
    size_t n, cap;
} Hints;

static void push_needle(Hints *h, const ScanTexts *texts, Str *any_of, size_t n) {
    ScanNeedle needle = {any_of, (uint32_t)n, texts->ignores_case, texts->is_nested};
    ARENA_PUSH(h->arena, h->needles, h->n, h->cap, needle);
}

static void add_needles(Hints *h, const Expr *e) {
    ScanTexts texts;
    if (!scan_texts_find(h->arena, h->scan, e, SCAN_TEXTS_DEPTH, &texts)) return;
    if (!texts.are_all) push_needle(h, &texts, texts.items, texts.n);
    for (size_t i = 0; texts.are_all && i < texts.n; i++)
        push_needle(h, &texts, &texts.items[i], 1);
}

/* ------------------------------------------------------------------- entry */

enum { HINTS_MAX = 256 };

static void visit_conjunct(Hints *h, const Expr *e) {
    if (h->n >= HINTS_MAX) return;
    if (is_named(e, "and")) {
        for (uint32_t i = 0; i < e->n_args; i++) visit_conjunct(h, e->args[i]);
        return;
    }
    add_needles(h, e);
}

void scan_hints_find(Arena *arena, const Plan *scan, ScanSlot *slot) {
    Hints h = {.arena = arena, .scan = scan};
    if (scan->u.scan.early) visit_conjunct(&h, scan->u.scan.early);
    slot->needles = h.needles;
    slot->n_needles = (uint32_t)h.n;
    scan_time_bounds(scan, NULL, &slot->from_ticks, &slot->to_ticks);
}
