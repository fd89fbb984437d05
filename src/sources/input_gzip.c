/*
 * input_gzip.c: members of gzip.
 *
 * Where ISA-L is there it decodes them, twice as fast as zlib. It does not hand out what stands just
 * before a fault; so when it finds one, zlib decodes the member again and says how far it is good.
 */
#include <stdlib.h>
#include <unistd.h>

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

/* ------------------------------------------------- members behind a damaged one */

/* Trials are capped: hostile bytes may look like the begin of a member at each fourth place. */
enum { TRIAL_BYTES = 16 << 10, LOOK_BYTES = 256 << 10, HEAD_BYTES = 4, MOST_TRIALS = 10000 };

/* A member begins so, and other bytes seldom do: deflate, and no flag that is not defined. */
static bool may_begin_member(const unsigned char *p) {
    return p[0] == 0x1F && p[1] == 0x8B && p[2] == 8 && !(p[3] & 0xE0);
}

/* Whether some of what stands there decodes. */
static bool can_decode(int fd, int64_t at) {
    unsigned char from[TRIAL_BYTES], to[TRIAL_BYTES];
    ssize_t n = pread(fd, from, sizeof from, (off_t)at);
    z_stream z = {.next_in = from, .avail_in = n > 0 ? (uInt)n : 0};
    if (n <= 0 || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return false;
    int code;
    do {
        z.next_out = to;
        z.avail_out = sizeof to;
        code = inflate(&z, Z_NO_FLUSH);
    } while (code == Z_OK && z.avail_in);
    inflateEnd(&z);
    return code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END;
}

int64_t gzip_find_member(int fd, int64_t from, int64_t until, uint32_t *n_trials) {
    unsigned char *bytes = malloc(LOOK_BYTES);
    int64_t found = -1;
    ssize_t n = 0;
    while (bytes && found < 0 && from < until &&
           (n = pread(fd, bytes, LOOK_BYTES, (off_t)from)) >= HEAD_BYTES) {
        size_t last = (size_t)n - HEAD_BYTES;
        for (size_t i = 0; i <= last && found < 0; i++) {
            const unsigned char *p = memchr(bytes + i, 0x1F, last - i + 1);
            if (!p) break;
            i = (size_t)(p - bytes);
            if (!may_begin_member(p) || ++*n_trials > MOST_TRIALS) continue;
            if (can_decode(fd, from + (int64_t)i)) found = from + (int64_t)i;
        }
        from += n - (HEAD_BYTES - 1);
    }
    free(bytes);
    return found;
}
