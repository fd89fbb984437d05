/*
 * geo_s2_cells.cc: S2's cells behind a C interface.
 */
#include <s2/mutable_s2shape_index.h>
#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2shape_index_buffered_region.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "kernels/geo/geo_s2.h"
}
#include "kernels/geo/geo_s2_shapes.h"

bool s2_ready(const char **) { return true; }

uint64_t s2_cell_at(Vec p, int level) { return S2CellId(s2_point(p)).parent(level).id(); }

bool s2_cell_of(const char *token, size_t len, uint64_t *ret) {
    if (!len || len > S2_MAX_TOKEN) return false;
    S2CellId cell = S2CellId::FromToken(absl::string_view(token, len));
    *ret = cell.id();
    return cell.is_valid();
}

void s2_cell_token(uint64_t cell, char ret[S2_MAX_TOKEN + 1]) {
    std::string token = S2CellId(cell).ToToken();
    memcpy(ret, token.c_str(), token.size() + 1);
}

Vec s2_cell_center(uint64_t cell) { return s2_vec(S2CellId(cell).ToPoint()); }

void s2_cell_corners(uint64_t cell, Vec ret[4]) {
    S2Cell c{S2CellId(cell)};
    for (int i = 0; i < 4; i++) ret[i] = s2_vec(c.GetVertex(i));
}

/* In the order that the page prints. At a corner of a face only three cells meet, and two of the eight
 * are one. */
size_t s2_cell_neighbors(uint64_t cell, uint64_t ret[8]) {
    static const int order[8] = {7, 0, 1, 2, 3, 5, 4, 6};
    std::vector<S2CellId> around;
    S2CellId id(cell);
    size_t n = 0;
    id.AppendAllNeighbors(id.level(), &around);
    for (size_t i = 0; i < 8; i++) {
        size_t at = around.size() == 8 ? static_cast<size_t>(order[i]) : i;
        if (at < around.size() && std::find(ret, ret + n, around[at].id()) == ret + n)
            ret[n++] = around[at].id();
    }
    return n;
}

/* From the six faces down, a level at a time. A cell that touches the region has a child that does,
 * so the cells of a level are no fewer than those above, and the limit holds all the way. */
static bool cells_of_level(const S2Region &region, int level, std::vector<S2CellId> *cells) {
    for (int face = 0; face < 6; face++)
        if (region.MayIntersect(S2Cell::FromFace(face))) cells->push_back(S2CellId::FromFace(face));
    for (int l = 0; l < level; l++) {
        std::vector<S2CellId> next;
        for (S2CellId cell : *cells)
            for (int i = 0; i < 4; i++)
                if (region.MayIntersect(S2Cell(cell.child(i)))) next.push_back(cell.child(i));
        if (next.size() > S2_MAX_CELLS) return false;
        cells->swap(next);
    }
    return true;
}

bool s2_cover(struct Arena *arena, const Shape *s, double radius, int level, Cells *ret) {
    MutableS2ShapeIndex index;
    std::vector<S2CellId> cells;
    if (!s2_index(s, &index)) return false;
    S2ShapeIndexBufferedRegion region(&index, S1Angle::Radians(radius));
    if (!cells_of_level(region, level, &cells)) return false;
    ret->n = cells.size();
    ret->at = static_cast<uint64_t *>(geo_alloc(arena, (ret->n + 1) * sizeof *ret->at));
    for (size_t i = 0; i < ret->n; i++) ret->at[i] = cells[i].id();
    return true;
}
