/*
 * geo_points.c: distances and directions between points, circles.
 *
 * Source: the pages of geo_distance_2points, geo_azimuth, geo_angle and geo_point_in_circle.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"

/* The distance on the spheroid WGS 84, by Vincenty's series. Nearly antipodal points, where the series
 * does not come to rest, take the value of the last step. */
static double spheroid_distance(const double p[4]) {
    const double a = 6378137, f = 1 / 298.257223563, b = a * (1 - f);
    double l = (p[2] - p[0]) * GEO_PI / 180, lambda = l;
    double u1 = atan((1 - f) * tan(p[1] * GEO_PI / 180)),
           u2 = atan((1 - f) * tan(p[3] * GEO_PI / 180));
    double sin_sigma = 0, cos_sigma = 1, sigma = 0, cos2_alpha = 1, cos_2m = 0;
    for (int step = 0; step < 200; step++) {
        double x = cos(u2) * sin(lambda);
        double y = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda);
        sin_sigma = sqrt(x * x + y * y);
        if (sin_sigma == 0) return 0;
        cos_sigma = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda);
        sigma = atan2(sin_sigma, cos_sigma);
        double sin_alpha = cos(u1) * cos(u2) * sin(lambda) / sin_sigma;
        cos2_alpha = 1 - sin_alpha * sin_alpha;
        cos_2m = cos2_alpha > 0 ? cos_sigma - 2 * sin(u1) * sin(u2) / cos2_alpha : 0;
        double c = f / 16 * cos2_alpha * (4 + f * (4 - 3 * cos2_alpha)), before = lambda;
        lambda =
            l + (1 - c) * f * sin_alpha *
                    (sigma + c * sin_sigma * (cos_2m + c * cos_sigma * (2 * cos_2m * cos_2m - 1)));
        if (fabs(lambda - before) < 1e-13) break;
    }
    double u = cos2_alpha * (a * a - b * b) / (b * b);
    double big_a = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768));
    double big_b = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128));
    double square = 2 * cos_2m * cos_2m - 1;
    double delta =
        big_b * sin_sigma *
        (cos_2m + big_b / 4 *
                      (cos_sigma * square - big_b / 6 * cos_2m * (4 * sin_sigma * sin_sigma - 3) *
                                                (4 * cos_2m * cos_2m - 3)));
    return b * big_a * (sigma - delta);
}

static void distance_2points(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec a, b;
    (void)call;
    if (n_args < 4 || !geo_point_of(&args[0], &args[1], &a) ||
        !geo_point_of(&args[2], &args[3], &b))
        return;
    bool on_spheroid = n_args > 4 && !args[4].is_null && args[4].u.b;
    double p[4];
    for (int i = 0; i < 4; i++) p[i] = arg_real(&args[i]);
    ret_real(ret, on_spheroid ? spheroid_distance(p) : vec_angle(a, b) * EARTH_RADIUS_METERS);
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
