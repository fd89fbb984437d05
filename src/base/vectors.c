/*
 * vectors.c: see vectors.h.
 */
#include "base/vectors.h"

#include <stdbool.h>

static Vectors cap = VECTORS_WIDEST;

static Vectors of_machine(void) {
#ifdef __x86_64__
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
        return VECTORS_PLAIN;
    bool has_widest = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    return has_widest ? VECTORS_WIDEST : VECTORS_WIDE;
#else
    return VECTORS_PLAIN;
#endif
}

Vectors vectors_best(void) {
    Vectors best = of_machine();
    return best < cap ? best : cap;
}

void vectors_cap(Vectors most) { cap = most; }
