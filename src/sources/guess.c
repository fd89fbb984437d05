#include "sources/guess.h"

enum { MIN_COLUMNS = 4 };

typedef struct Guess {
    const KnownSchemas *known;
    const SeenColumns *seen;
    Arena *scratch;
    size_t best_fit;
    uint32_t n;
    Str names[MAX_GUESSED];
    uint32_t widths[MAX_GUESSED]; /* ascending */
} Guess;

/* The narrowest come first: of what fits they have the fewest other columns. */
static void keep(Guess *g, Str name, uint32_t width) {
    uint32_t at = g->n < MAX_GUESSED ? g->n++ : MAX_GUESSED - 1;
    if (at == MAX_GUESSED - 1 && g->names[at].len && g->widths[at] <= width) return;
    for (; at > 0 && g->widths[at - 1] > width; at--) {
        g->names[at] = g->names[at - 1];
        g->widths[at] = g->widths[at - 1];
    }
    g->names[at] = name;
    g->widths[at] = width;
}

static void weigh(void *ctx, Str name) {
    Guess *g = ctx;
    TableColumn *columns;
    uint32_t n;
    size_t fit = 0;
    arena_reset(g->scratch);
    if (!known_schemas_table(g->known, g->scratch, name, &columns, &n)) return;
    for (uint32_t i = 0; i < n; i++) fit += seen_find(g->seen, columns[i].name) != NULL;
    if (fit * 10 < g->seen->n * 9 || fit < g->best_fit) return;
    if (fit > g->best_fit) {
        g->n = 0;
        memset(g->names, 0, sizeof g->names);
    }
    g->best_fit = fit;
    keep(g, name, n);
}

uint32_t guess_tables(const KnownSchemas *known, Arena *arena, const SeenColumns *seen,
                      Str ret[MAX_GUESSED]) {
    if (!known || seen->n < MIN_COLUMNS) return 0;
    Guess g = {.known = known, .seen = seen, .scratch = arena_new()};
    known_schemas_match(known, STR("*"), weigh, &g);
    arena_free(g.scratch);
    for (uint32_t i = 0; i < g.n; i++) ret[i] = arena_str(arena, g.names[i]);
    return g.n;
}
