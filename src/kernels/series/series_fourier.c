/*
 * series_fourier.c: the discrete Fourier transform of a series.
 *
 * Source: the series_fft and series_ifft pages. Lengths that are powers of two go by halves; any other
 * length is a convolution of such a length (Bluestein).
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

static const double PI = 3.14159265358979323846;

static void swap(double *a, double *b) {
    double t = *a;
    *a = *b;
    *b = t;
}

static void reverse_bits(double *re, double *im, size_t n) {
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) swap(&re[i], &re[j]), swap(&im[i], &im[j]);
    }
}

/* n is a power of two; sign -1 forward, 1 back, without the division by n. */
static void by_halves(double *re, double *im, size_t n, double sign) {
    reverse_bits(re, im, n);
    for (size_t width = 2; width <= n; width <<= 1) {
        double step = sign * 2 * PI / (double)width;
        for (size_t k = 0; k < width / 2; k++) {
            double c = cos(step * (double)k), s = sin(step * (double)k);
            for (size_t i = k; i < n; i += width) {
                size_t j = i + width / 2;
                double x = re[j] * c - im[j] * s, y = re[j] * s + im[j] * c;
                re[j] = re[i] - x;
                im[j] = im[i] - y;
                re[i] += x;
                im[i] += y;
            }
        }
    }
}

/* exp(sign * i * pi * k^2 / n), k^2 taken modulo 2n so that the angle stays exact. */
static void chirp(size_t k, size_t n, double sign, double *ret_c, double *ret_s) {
    double angle = sign * PI * (double)(k * k % (2 * n)) / (double)n;
    *ret_c = cos(angle);
    *ret_s = sin(angle);
}

static void by_convolution(Arena *arena, double *re, double *im, size_t n, double sign) {
    size_t m = 1;
    while (m < 2 * n - 1) m <<= 1;
    double *ar = ARENA_ARRAY(arena, double, m), *ai = ARENA_ARRAY(arena, double, m);
    double *br = ARENA_ARRAY(arena, double, m), *bi = ARENA_ARRAY(arena, double, m);
    for (size_t k = 0; k < n; k++) {
        double c, s;
        chirp(k, n, sign, &c, &s);
        ar[k] = re[k] * c - im[k] * s;
        ai[k] = re[k] * s + im[k] * c;
        br[k] = c;
        bi[k] = -s;
        if (k) br[m - k] = c, bi[m - k] = -s;
    }
    by_halves(ar, ai, m, -1);
    by_halves(br, bi, m, -1);
    for (size_t k = 0; k < m; k++) {
        double x = ar[k] * br[k] - ai[k] * bi[k], y = ar[k] * bi[k] + ai[k] * br[k];
        ar[k] = x;
        ai[k] = y;
    }
    by_halves(ar, ai, m, 1);
    for (size_t k = 0; k < n; k++) {
        double c, s, x = ar[k] / (double)m, y = ai[k] / (double)m;
        chirp(k, n, sign, &c, &s);
        re[k] = x * c - y * s;
        im[k] = x * s + y * c;
    }
}

void fourier(Arena *arena, double *re, double *im, size_t n, bool inverse) {
    double sign = inverse ? 1 : -1;
    if (n < 2) return;
    if ((n & (n - 1)) == 0) by_halves(re, im, n, sign);
    else by_convolution(arena, re, im, n, sign);
    for (size_t i = 0; inverse && i < n; i++) re[i] /= (double)n, im[i] /= (double)n;
}

static void transform(KernelCall *call, const Value *args, uint32_t n_args, bool inverse,
                      Value *ret) {
    Series re, im;
    if (!series_of(call, &args[0], &re) || !series_is_finite(&re)) return;
    if (n_args > 1 && !args[1].is_null) {
        if (!series_of(call, &args[1], &im) || im.n != re.n || !series_is_finite(&im)) return;
    } else {
        im = series_zeros(call->scratch, re.n);
    }
    fourier(call->scratch, re.at, im.at, re.n, inverse);
    MemberOut m = members_open(call->scratch, false);
    members_series(&m, "real", re.at, re.n);
    members_series(&m, "imag", im.at, im.n);
    ret_text(ret, members_close(&m));
}

static void fft(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    transform(call, args, n_args, false, ret);
}

static void ifft(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    transform(call, args, n_args, true, ret);
}

const Kernel kernel_series_fft = {.fn = fft};
const Kernel kernel_series_ifft = {.fn = ifft};
