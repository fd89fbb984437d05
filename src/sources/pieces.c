/*
 * pieces.c: see pieces.h.
 *
 * Sources: RFC 8878, 3.1 (frames and blocks of zstd); the SAM format specification, 4.1 (BGZF).
 */
#include "sources/pieces.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* A frame that goes on for longer is not followed to its end, for the sake of who waits for it. */
enum { MOST_BYTES = 256 << 20, MOST_BLOCK = 128 << 10 };

/* The file's bytes [at, at + n); NULL when it does not have them. */
static const unsigned char *look_at(PieceLook *l, int64_t at, size_t n) {
    if (at < l->at || at + (int64_t)n > l->at + (int64_t)l->n) {
        ssize_t got;
        do got = pread(l->fd, l->bytes, sizeof l->bytes, (off_t)at);
        while (got < 0 && errno == EINTR);
        l->at = at;
        l->n = got > 0 ? (size_t)got : 0;
    }
    return l->n >= n && at + (int64_t)n <= l->at + (int64_t)l->n ? l->bytes + (at - l->at) : NULL;
}

static uint32_t little(const unsigned char *p, size_t n) {
    uint32_t v = 0;
    for (size_t i = n; i-- > 0;) v = v << 8 | p[i];
    return v;
}

/* ----------------------------------------------------------------------- zstd */

enum { BLOCK_RAW, BLOCK_RLE, BLOCK_COMPRESSED, BLOCK_RESERVED };

/* Behind the blocks of a frame; negative when one of them can be no block. */
static int64_t blocks_end(PieceLook *l, int64_t at) {
    for (int64_t from = at; at - from <= MOST_BYTES;) {
        const unsigned char *p = look_at(l, at, 3);
        uint32_t header = p ? little(p, 3) : 0, kind = header >> 1 & 3, size = header >> 3;
        if (!p || kind == BLOCK_RESERVED || size > MOST_BLOCK) return -1;
        at += 3 + (kind == BLOCK_RLE ? 1 : (int64_t)size);
        if (header & 1) return at;
    }
    return -1;
}

static int64_t frame_end(PieceLook *l, int64_t at) {
    static const unsigned char dictionary_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
    const unsigned char *p = look_at(l, at, 8);
    if (!p) return -1;
    uint32_t magic = little(p, 4);
    if ((magic & 0xFFFFFFF0) == 0x184D2A50) return at + 8 + little(p + 4, 4);
    if (magic != 0xFD2FB528) return -1;
    unsigned flags = p[4];
    bool is_single = flags & 0x20, has_checksum = flags & 0x04;
    int64_t header = 5 + !is_single + dictionary_bytes[flags & 3] + size_bytes[flags >> 6];
    if (is_single && flags >> 6 == 0) header++;
    int64_t end = blocks_end(l, at + header);
    return end < 0 ? -1 : end + (has_checksum ? 4 : 0);
}

/* ----------------------------------------------------------------------- gzip */

enum { GZIP_EXTRA = 4, GZIP_HEADER = 12 };

/* The size of a block is that of a subfield "BC" of its header. */
static int64_t block_end(PieceLook *l, int64_t at) {
    const unsigned char *p = look_at(l, at, GZIP_HEADER);
    if (!p || p[0] != 0x1F || p[1] != 0x8B || p[2] != 8 || !(p[3] & GZIP_EXTRA)) return -1;
    size_t n = little(p + 10, 2);
    p = look_at(l, at, GZIP_HEADER + n);
    for (size_t i = GZIP_HEADER; p && i + 4 <= GZIP_HEADER + n; i += 4 + little(p + i + 2, 2)) {
        bool is_size = p[i] == 'B' && p[i + 1] == 'C' && little(p + i + 2, 2) == 2;
        if (!is_size || i + 6 > GZIP_HEADER + n) continue;
        int64_t size = (int64_t)little(p + i + 4, 2) + 1;
        return size > (int64_t)(GZIP_HEADER + n) ? at + size : -1;
    }
    return -1;
}

/* ------------------------------------------------------------------------ all */

/* As piece_end, but for an end that may be behind the file's. */
static int64_t told_end(PieceLook *look, FileCodec codec, int64_t at) {
    switch (codec) {
    case CODEC_ZSTD: return frame_end(look, at);
    case CODEC_GZIP: return block_end(look, at);
    case CODEC_NONE: break;
    }
    return -1;
}

static int64_t file_end(const PieceLook *look) {
    struct stat st;
    return fstat(look->fd, &st) == 0 ? (int64_t)st.st_size : 0;
}

int64_t piece_end(PieceLook *look, FileCodec codec, int64_t at) {
    int64_t end = told_end(look, codec, at);
    return end <= file_end(look) ? end : -1;
}

int64_t pieces_end(PieceLook *look, FileCodec codec, int64_t from, int64_t least) {
    int64_t at = from;
    while (at - from < least) {
        at = told_end(look, codec, at);
        if (at < 0) return -1;
    }
    return at + least / 4 < file_end(look) ? at : -1; /* a small rest stays with it */
}
