/*
 * bits.c: integers as 64 bits.
 *
 * Source: the pages of binary_and and its kin and of bitset_count_ones. Ints are widened to long
 * first, sign kept.
 */
#include "kernels/number.h"
#include "kernels/numeric.h"
#include "kernels/out.h"

#define BINARY(name, expression)                                                                   \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)call;                                                                                \
        if (n_args != 2) return;                                                                   \
        int64_t a = arg_long(&args[0]), b = arg_long(&args[1]);                                    \
        ret_long(ret, expression);                                                                 \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = name};
BINARY(binary_and, a &b)
BINARY(binary_or, a | b)
BINARY(binary_xor, a ^ b)

static void binary_not(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_long(ret, ~arg_long(&args[0]));
}

/* By shift % 64 bits; a negative shift is null. */
static void binary_shift_left(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 2 || arg_long(&args[1]) < 0) return;
    ret_long(ret, (int64_t)((uint64_t)arg_long(&args[0]) << (arg_long(&args[1]) % 64)));
}

/* The sign moves in from the left. */
static void binary_shift_right(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 2 || arg_long(&args[1]) < 0) return;
    ret_long(ret, arg_long(&args[0]) >> (arg_long(&args[1]) % 64));
}

static void bitset_count_ones(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_long(ret, __builtin_popcountll((uint64_t)arg_long(&args[0])));
}

const Kernel kernel_binary_not = {.fn = binary_not};
const Kernel kernel_binary_shift_left = {.fn = binary_shift_left};
const Kernel kernel_binary_shift_right = {.fn = binary_shift_right};
const Kernel kernel_bitset_count_ones = {.fn = bitset_count_ones};
