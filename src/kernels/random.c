/*
 * random.c: xoshiro256++ (Blackman and Vigna), seeded by the system once a thread.
 */
#include "kernels/random.h"

#include <stdbool.h>
#include <sys/random.h>
#include <time.h>

static _Thread_local uint64_t state[4];
static _Thread_local bool is_seeded;

static uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

/* Without the system's random bytes the clock and the thread's own address have to do. */
static void seed(void) {
    is_seeded = true;
    if (getrandom(state, sizeof state, GRND_NONBLOCK) == (long)sizeof state) return;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t x = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32 ^ (uint64_t)(uintptr_t)state;
    for (int i = 0; i < 4; i++) {
        x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9) + UINT64_C(0x9E3779B97F4A7C15);
        state[i] = x | 1;
    }
}

uint64_t random_bits(void) {
    if (!is_seeded) seed();
    uint64_t result = rotate(state[0] + state[3], 23) + state[0], t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = rotate(state[3], 45);
    return result;
}
