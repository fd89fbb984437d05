/*
 * geo_hash.c: geohashes: cells of a grid named by text.
 *
 * Source: the pages of geo_point_to_geohash and its kin. A name's characters are five bits each, and
 * the bits belong to longitude and latitude in turn, longitude first.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"

#define MAX_LENGTH 18

static const char DIGITS[] = "0123456789bcdefghjkmnpqrstuvwxyz";

/* Column and row of a cell in the grid of its length. */
typedef struct Cell {
    uint64_t x, y;
    unsigned x_bits, y_bits;
} Cell;

static bool cell_of(Str hash, Cell *ret) {
    *ret = (Cell){0};
    if (!hash.len || hash.len > MAX_LENGTH) return false;
    for (size_t i = 0; i < hash.len; i++) {
        const char *digit = memchr(DIGITS, hash.ptr[i], 32);
        if (!digit) return false;
        for (unsigned bit = 16; bit; bit >>= 1) {
            uint64_t one = ((unsigned)(digit - DIGITS) & bit) != 0;
            if ((ret->x_bits + ret->y_bits) % 2 == 0) ret->x = ret->x << 1 | one, ret->x_bits++;
            else ret->y = ret->y << 1 | one, ret->y_bits++;
        }
    }
    return true;
}

static Str hash_of(Arena *arena, const Cell *cell) {
    size_t n = (cell->x_bits + cell->y_bits) / 5;
    char *text = arena_alloc_raw(arena, n + 1);
    unsigned x_left = cell->x_bits, y_left = cell->y_bits;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = 0;
        for (unsigned bit = 0; bit < 5; bit++) {
            bool is_x = (5 * i + bit) % 2 == 0;
            uint64_t one = is_x ? cell->x >> --x_left : cell->y >> --y_left;
            digit = digit << 1 | (unsigned)(one & 1);
        }
        text[i] = DIGITS[digit];
    }
    return (Str){text, n};
}

/* Which of 2^bits parts of [low, low + width] a value lies in; the upper end belongs to the last. */
static uint64_t part_of(double value, double low, double width, unsigned bits) {
    double parts = ldexp(1, (int)bits), at = floor((value - low) / width * parts);
    return at >= parts ? (uint64_t)parts - 1 : (uint64_t)at;
}

static void point_to_geohash(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec p;
    if (n_args < 2 || !geo_point_of(&args[0], &args[1], &p)) return;
    if (n_args > 2 && args[2].is_null) return;
    int64_t length = n_args > 2 ? arg_long(&args[2]) : 5;
    if (length < 1 || length > MAX_LENGTH) return;
    unsigned bits = 5 * (unsigned)length;
    Cell cell = {.x_bits = (bits + 1) / 2, .y_bits = bits / 2};
    cell.x = part_of(arg_real(&args[0]), -180, 360, cell.x_bits);
    cell.y = part_of(arg_real(&args[1]), -90, 180, cell.y_bits);
    ret_text(ret, hash_of(call->scratch, &cell));
}

/* Degrees of the border `at` cells from the lower end. */
static double longitude_of(const Cell *c, double at) {
    return at * ldexp(360, -(int)c->x_bits) - 180;
}
static double latitude_of(const Cell *c, double at) {
    return at * ldexp(180, -(int)c->y_bits) - 90;
}

static void geohash_to_central_point(KernelCall *call, const Value *args, uint32_t n_args,
                                     Value *ret) {
    Cell c;
    (void)n_args;
    if (!cell_of(args[0].u.s, &c)) return;
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Point\",\"coordinates\":["));
    out_degrees(&out, longitude_of(&c, (double)c.x + 0.5));
    out_putc(&out, ',');
    out_degrees(&out, latitude_of(&c, (double)c.y + 0.5));
    out_put(&out, STR("]}"));
    ret_text(ret, out_str(&out));
}

static void geohash_to_polygon(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    static const int corners[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    Cell c;
    (void)n_args;
    if (!cell_of(args[0].u.s, &c)) return;
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Polygon\",\"coordinates\":[["));
    for (int i = 0; i < 5; i++) {
        out_put(&out, i ? STR(",[") : STR("["));
        out_degrees(&out, longitude_of(&c, (double)c.x + corners[i][0]));
        out_putc(&out, ',');
        out_degrees(&out, latitude_of(&c, (double)c.y + corners[i][1]));
        out_putc(&out, ']');
    }
    out_put(&out, STR("]]}"));
    ret_text(ret, out_str(&out));
}

/* In the order that the page prints. The grid goes around the globe; at the poles it ends. */
static void geohash_neighbors(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    static const int steps[8][2] = {{-1, -1}, {-1, 1}, {1, -1}, {0, 1},
                                    {-1, 0},  {1, 1},  {1, 0},  {0, -1}};
    Cell c;
    (void)n_args;
    if (!cell_of(args[0].u.s, &c)) return;
    uint64_t last_x = (UINT64_C(1) << c.x_bits) - 1, last_y = (UINT64_C(1) << c.y_bits) - 1;
    Out out = out_open(call->scratch);
    for (int i = 0; i < 8; i++) {
        Cell next = c;
        if ((steps[i][1] < 0 && c.y == 0) || (steps[i][1] > 0 && c.y == last_y)) continue;
        next.x = (c.x + (uint64_t)(int64_t)steps[i][0]) & last_x;
        next.y = c.y + (uint64_t)(int64_t)steps[i][1];
        Buf quoted = {0};
        json_put_string(&quoted, hash_of(call->scratch, &next));
        out_element(&out, buf_to_arena(call->scratch, &quoted));
    }
    ret_text(ret, out_close(&out));
}

const Kernel kernel_geo_point_to_geohash = {.fn = point_to_geohash};
const Kernel kernel_geo_geohash_to_central_point = {.fn = geohash_to_central_point};
const Kernel kernel_geo_geohash_to_polygon = {.fn = geohash_to_polygon};
const Kernel kernel_geo_geohash_neighbors = {.fn = geohash_neighbors};
