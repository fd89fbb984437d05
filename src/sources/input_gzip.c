/*
 * input_gzip.c: members of gzip.
 *
 * Where ISA-L is there it decodes them, twice as fast as zlib. It does not hand out what stands just
 * before a fault; so when it finds one, zlib decodes the member again and says how far it is good.
 */
#include <stdlib.h>

#include "sources/input_internal.h"

#ifdef QUARRY_ISAL
#include <isa-l/igzip_lib.h>
#endif

bool gzip_open(Input *in) {
#ifdef QUARRY_ISAL
    in->fast = malloc(sizeof *in->fast);
    if (in->fast) isal_inflate_init(in->fast);
#endif
    in->has_gzip = inflateInit2(&in->gzip, 16 + MAX_WBITS) == Z_OK;
    return in->has_gzip;
}

void gzip_close(Input *in) {
    free(in->fast);
    if (in->has_gzip) inflateEnd(&in->gzip);
}

void gzip_begin(Input *in) {
#ifdef QUARRY_ISAL
    if (in->fast && !in->is_careful) {
        isal_inflate_reset(in->fast);
        in->fast->crc_flag = ISAL_GZIP;
        return;
    }
#endif
    (void)inflateReset(&in->gzip);
}

static bool is_at_fence(const Input *in) {
    return in->fence == INT64_MAX || input_position(in) == in->fence;
}

static bool fail_fence(Input *in) {
    return input_fail(in, "a gzip member does not end where its header says", NULL);
}

#ifdef QUARRY_ISAL
static bool step_fast(Input *in, char *out, size_t size, size_t *ret_n) {
    struct inflate_state *f = in->fast;
    size_t n = input_available(in);
    f->next_in = in->stored + in->begin;
    f->avail_in = (uint32_t)n;
    f->next_out = (uint8_t *)out;
    f->avail_out = (uint32_t)size;
    int code = isal_inflate(f);
    in->begin += n - f->avail_in;
    *ret_n = size - f->avail_out;
    in->is_inside = f->block_state != ISAL_BLOCK_FINISH;
    bool is_dry = in->is_inside && !n && !*ret_n;
    bool is_good = code == ISAL_DECOMP_OK && !is_dry && (in->is_inside || is_at_fence(in));
    return is_good || input_again(in);
}
#endif

bool gzip_step(Input *in, char *out, size_t size, size_t *ret_n) {
#ifdef QUARRY_ISAL
    if (in->fast && !in->is_careful) return step_fast(in, out, size, ret_n);
#endif
    size_t n = input_available(in);
    in->gzip.next_in = in->stored + in->begin;
    in->gzip.avail_in = (uInt)n;
    in->gzip.next_out = (Bytef *)out;
    in->gzip.avail_out = (uInt)size;
    int code = inflate(&in->gzip, Z_NO_FLUSH);
    in->begin += n - in->gzip.avail_in;
    *ret_n = size - in->gzip.avail_out;
    in->is_inside = code != Z_STREAM_END;
    if (!in->is_inside) return is_at_fence(in) || fail_fence(in);
    if (code != Z_OK && code != Z_BUF_ERROR)
        return input_fail(in, "damaged gzip data", in->gzip.msg ? in->gzip.msg : "no valid block");
    if (n || *ret_n) return true;
    return in->begin < in->end ? fail_fence(in) : input_fail(in, "ends inside a gzip member", NULL);
}
