/*
 * geo_points.c: distances and directions between points, circles.
 *
 * Source: the pages of geo_distance_2points, geo_azimuth, geo_angle and geo_point_in_circle.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"
#include "kernels/geo/geo_spheroid.h"

static void distance_2points(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec a, b;
    (void)call;
    if (n_args < 4 || !geo_point_of(&args[0], &args[1], &a) ||
        !geo_point_of(&args[2], &args[3], &b))
        return;
    bool on_spheroid = n_args > 4 && !args[4].is_null && args[4].u.b;
    double meters = vec_angle(a, b) * EARTH_RADIUS_METERS, azimuth;
    if (on_spheroid) (void)spheroid_way(place_of(a), place_of(b), &meters, &azimuth);
    ret_real(ret, meters);
}

/* False where there is no direction: the same point, or the opposite one. */
static bool azimuth_of(Vec from, Vec to, double *ret) {
    Vec pole = {0, 0, 1};
    double apart = vec_angle(from, to);
    if (apart < 1e-15 || apart > GEO_PI - 1e-15) return false;
    Vec to_north = vec_sub(pole, vec_scale(from, from.z));
    Vec ahead = vec_sub(to, vec_scale(from, vec_dot(to, from)));
    double angle = atan2(-vec_dot(from, vec_cross(to_north, ahead)), vec_dot(to_north, ahead));
    *ret = angle < 0 ? angle + 2 * GEO_PI : angle + 0.0; /* no negative zero */
    return true;
}

static void azimuth(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec a, b;
    double angle;
    (void)call;
    if (n_args == 4 && geo_point_of(&args[0], &args[1], &a) &&
        geo_point_of(&args[2], &args[3], &b) && azimuth_of(a, b, &angle))
        ret_real(ret, angle);
}

/* From the way back to the first point, clockwise, to the way on to the third. */
static void angle(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec a, b, c;
    double back, on;
    (void)call;
    if (n_args != 6 || !geo_point_of(&args[0], &args[1], &a) ||
        !geo_point_of(&args[2], &args[3], &b) || !geo_point_of(&args[4], &args[5], &c))
        return;
    if (!azimuth_of(b, a, &back) || !azimuth_of(b, c, &on)) return;
    double turn = on - back;
    ret_real(ret, turn < 0 ? turn + 2 * GEO_PI : turn);
}

static void point_in_circle(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec p, center;
    (void)call;
    if (n_args != 5 || !geo_point_of(&args[0], &args[1], &p) ||
        !geo_point_of(&args[2], &args[3], &center) || args[4].is_null)
        return;
    double radius = arg_real(&args[4]);
    if (radius > 0) ret_bool(ret, vec_angle(p, center) * EARTH_RADIUS_METERS <= radius);
}

const Kernel kernel_geo_distance_2points = {.fn = distance_2points};
const Kernel kernel_geo_azimuth = {.fn = azimuth};
const Kernel kernel_geo_angle = {.fn = angle};
const Kernel kernel_geo_point_in_circle = {.fn = point_in_circle};
