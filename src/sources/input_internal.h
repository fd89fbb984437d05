/*
 * input_internal.h: what the files of the decoders share.
 *
 * A decoder works a piece at a time (a gzip member, a zstd frame): input.c says where one begins and
 * what of it was handed out, so that it can be decoded again from there.
 */
#ifndef QUARRY_INPUT_INTERNAL_H
#define QUARRY_INPUT_INTERNAL_H

#include <zlib.h>
#include <zstd.h>

#include "sources/input.h"
#include "sources/pieces.h"

struct inflate_state;

struct Input {
    int fd;
    bool owns_fd;
    FileCodec codec;
    TextEncoding encoding;
    int64_t offset; /* of the next pread */
    int64_t until;  /* no piece is begun from here on; negative: all are */
    unsigned char *stored;
    size_t begin, end; /* what is left in `stored` */
    bool is_over;      /* no stored bytes are left in the file */
    bool is_inside;    /* a piece is open */
    bool is_at_stop;   /* the next piece begins at `until` or behind it */
    bool is_past_stop; /* reading goes on behind what was `until` */
    int64_t piece;     /* where the piece begins that is open or was read last */
    int64_t n_piece;   /* bytes of it that came out of the decoder, once */
    int64_t n_again;   /* bytes that come out again: they were handed out */
    int64_t fence;     /* where the piece must end; INT64_MAX: anywhere */
    bool is_careful;   /* it is decoded again, so that all before a fault comes out */
    z_stream gzip;
    bool has_gzip;
    uint32_t n_trials;          /* of gzip_find_member */
    struct inflate_state *fast; /* NULL: zlib does it */
    ZSTD_DCtx *zstd;
    size_t hint;           /* careful: the bytes up to the end of the block, and the next header */
    size_t n_given;        /* careful: bytes of the block that were given before */
    bool is_full;          /* careful: there may be more to come out of the bytes taken */
    unsigned char wide[4]; /* a code unit or pair that a read has cut */
    size_t n_wide;
    bool is_past_mark; /* the byte order mark of UTF-16 is behind */
    const char *damage;
    char text[160];
    PieceLook look;
};

/* Stored bytes at hand that belong to the open piece. */
static inline size_t input_available(const Input *in) {
    int64_t room = in->fence - input_position(in);
    size_t n = in->end - in->begin;
    return room < (int64_t)n ? (size_t)room : n;
}

bool gzip_open(Input *in);
void gzip_close(Input *in);
/* Gets ready for a piece, from its first byte. */
void gzip_begin(Input *in);
/* One decoded stretch of the open piece, into out[0, size): is_inside ends with the piece. False at
 * damage, with what came out before it in *ret_n. */
bool gzip_step(Input *in, char *out, size_t size, size_t *ret_n);

/* The first byte at or behind `from` at which a member can be decoded; -1: none was found that begins before
 * `until` or a little behind it. Trials are counted on in *n_trials, and are made up to a cap. */
int64_t gzip_find_member(int fd, int64_t from, int64_t until, uint32_t *n_trials);

bool zstd_open(Input *in);
void zstd_close(Input *in);
void zstd_begin(Input *in);
bool zstd_step(Input *in, char *out, size_t size, size_t *ret_n);

/* Sets what is wrong. Returns false, to be passed on. */
bool input_fail(Input *in, const char *what, const char *why);
/* Decodes the piece again, with care: a fault was met that may have hidden what stands before it.
 * Returns true, to be passed on. */
bool input_again(Input *in);

#endif
