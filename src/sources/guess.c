#include "sources/guess.h"

enum { MIN_COLUMNS = 4 };

typedef struct Guess {
    const KnownSchemas *known;
    const SeenColumns *seen;
    Arena *scratch;
    Str best;
    size_t best_fit;
    uint32_t best_width;
} Guess;

static void weigh(void *ctx, Str name) {
    Guess *g = ctx;
    TableColumn *columns;
    uint32_t n;
    size_t fit = 0;
    arena_reset(g->scratch);
    if (!known_schemas_table(g->known, g->scratch, name, &columns, &n)) return;
    for (uint32_t i = 0; i < n; i++) fit += seen_find(g->seen, columns[i].name) != NULL;
    bool is_better = fit > g->best_fit || (fit == g->best_fit && n < g->best_width);
    if (fit * 10 < g->seen->n * 9 || !is_better) return;
    g->best = name;
    g->best_fit = fit;
    g->best_width = n;
}

Str guess_table(const KnownSchemas *known, Arena *arena, const SeenColumns *seen) {
    if (!known || seen->n < MIN_COLUMNS) return STR_EMPTY;
    Guess g = {.known = known, .seen = seen, .scratch = arena_new(), .best = STR_EMPTY};
    known_schemas_match(known, STR("*"), weigh, &g);
    arena_free(g.scratch);
    return arena_str(arena, g.best);
}
