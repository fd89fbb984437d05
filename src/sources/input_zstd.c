/*
 * input_zstd.c: frames of zstd.
 *
 * At a fault libzstd does not tell how much it had put out before in the same call. So the frame is
 * then decoded again, a block a call: all blocks before the one that is damaged come out, wherever
 * reading began.
 */
#include "sources/input_internal.h"

/* A frame header is longer; a block's is as long. */
enum { FIRST_BYTES = 5, BLOCK_HEADER = 3 };

bool zstd_open(Input *in) {
    in->zstd = ZSTD_createDCtx();
    return in->zstd != NULL;
}

void zstd_close(Input *in) { ZSTD_freeDCtx(in->zstd); }

void zstd_begin(Input *in) {
    (void)ZSTD_DCtx_reset(in->zstd, ZSTD_reset_session_only);
    in->hint = FIRST_BYTES;
    in->n_given = 0;
    in->is_full = false;
}

/* How much to give, so that no more than one block or one header is completed by it. */
static size_t careful_bytes(const Input *in, size_t n) {
    size_t most = in->hint > BLOCK_HEADER ? in->hint - BLOCK_HEADER : in->hint;
    if (in->is_full) most = 0;
    return n < most ? n : most;
}

/* The fault is told of where the block begins, as far as that is at hand. */
static bool fail_block(Input *in, size_t code) {
    in->begin -= in->n_given < in->begin ? in->n_given : in->begin;
    return input_fail(in, "damaged zstd data", ZSTD_getErrorName(code));
}

bool zstd_step(Input *in, char *out, size_t size, size_t *ret_n) {
    size_t n = in->end - in->begin;
    if (in->is_careful) n = careful_bytes(in, n);
    bool is_dry = in->begin == in->end;
    ZSTD_inBuffer from = {in->stored + in->begin, n, 0};
    ZSTD_outBuffer to = {out, size, 0};
    size_t code = ZSTD_decompressStream(in->zstd, &to, &from);
    *ret_n = to.pos;
    if (ZSTD_isError(code)) return in->is_careful ? fail_block(in, code) : input_again(in);
    in->begin += from.pos;
    in->n_given = from.pos < in->hint ? in->n_given + from.pos : 0;
    in->hint = code;
    in->is_full = to.pos == to.size;
    in->is_inside = code != 0;
    if (is_dry && in->is_inside && !*ret_n) return input_fail(in, "ends inside a zstd frame", NULL);
    return true;
}
