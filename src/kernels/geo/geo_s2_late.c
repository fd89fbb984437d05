/* geo_s2_late.c: the functions of geo_s2.h by way of the module that holds them. */
#include "base/module.h"
#include "kernels/geo/geo_s2.h"

static Module module = {.file = "libquarry-s2.so", .symbol = "quarry_s2"};

/* The functions are called behind s2_ready alone. */
static const S2Table *table(void) { return module_table(&module); }

bool s2_ready(const char **ret_why) {
    const S2Table *t = table();
    *ret_why = module.why;
    if (t) __atomic_store_n(t->alloc, geo_alloc, __ATOMIC_RELAXED);
    return t != NULL;
}

uint64_t s2_cell_at(Vec p, int level) { return table()->cell_at(p, level); }

bool s2_cell_of(const char *token, size_t len, uint64_t *ret) {
    return table()->cell_of(token, len, ret);
}

void s2_cell_token(uint64_t cell, char ret[S2_MAX_TOKEN + 1]) { table()->cell_token(cell, ret); }

Vec s2_cell_center(uint64_t cell) { return table()->cell_center(cell); }

void s2_cell_corners(uint64_t cell, Vec ret[4]) { table()->cell_corners(cell, ret); }

size_t s2_cell_neighbors(uint64_t cell, uint64_t ret[8]) {
    return table()->cell_neighbors(cell, ret);
}

bool s2_cover(struct Arena *arena, const Shape *s, double radius, int level, Cells *ret) {
    return table()->cover(arena, s, radius, level, ret);
}

bool s2_intersect(struct Arena *arena, const Shape *a, const Shape *b, Places *ret) {
    return table()->intersect(arena, a, b, ret);
}

bool s2_union(struct Arena *arena, const Shape *s, Places *ret) {
    return table()->unite(arena, s, ret);
}

bool s2_buffer(struct Arena *arena, const Shape *s, double radius, double error, Places *ret) {
    return table()->buffer(arena, s, radius, error, ret);
}

bool s2_simplify(struct Arena *arena, const Shape *s, double tolerance, Places *ret) {
    return table()->simplify(arena, s, tolerance, ret);
}
