/*
 * input.c: plain, gzip (several members) and zstd (several frames), each as a stream.
 *
 * Three layers: stored bytes by pread, a decoder over them, and a change from UTF-16 where a byte
 * order mark asked for it. gzip files may be padded with NULs behind the last member, as tapes and
 * block devices leave them.
 *
 * Where ISA-L is there it decodes gzip, twice as fast as zlib. It does not hand out what stands just
 * before a fault; so when it finds one, zlib decodes the file again and says how far it is good.
 */
#include "sources/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/utf8.h"

#ifdef QUARRY_ISAL
#include <isa-l/igzip_lib.h>
#endif

enum { STORED_BYTES = 256 << 10, WIDE_BYTES = 32 << 10 };

struct Input {
    int fd;
    bool owns_fd;
    FileCodec codec;
    TextEncoding encoding;
    int64_t offset; /* of the next pread */
    unsigned char *stored;
    size_t begin, end; /* what is left in `stored` */
    bool is_over;      /* no stored bytes are left in the file */
    bool is_inside;    /* a member or frame is open */
    z_stream gzip;
    bool has_gzip;
#ifdef QUARRY_ISAL
    struct inflate_state *fast; /* NULL: zlib does it */
    int64_t n_decoded;          /* bytes handed out so far */
#endif
    ZSTD_DCtx *zstd;
    unsigned char wide[4]; /* a code unit or pair that a read has cut */
    size_t n_wide;
    const char *damage;
    char text[160];
};

/* ------------------------------------------------------------- open and close */

FileCodec codec_of(Str s) {
    const unsigned char *b = (const unsigned char *)s.ptr;
    if (s.len >= 2 && b[0] == 0x1F && b[1] == 0x8B) return CODEC_GZIP;
    if (s.len < 4) return CODEC_NONE;
    bool is_frame = b[0] == 0x28 && b[1] == 0xB5 && b[2] == 0x2F && b[3] == 0xFD;
    bool is_skippable = (b[0] & 0xF0) == 0x50 && b[1] == 0x2A && b[2] == 0x4D && b[3] == 0x18;
    return is_frame || is_skippable ? CODEC_ZSTD : CODEC_NONE;
}

static void open_fast(Input *in) {
#ifdef QUARRY_ISAL
    in->fast = malloc(sizeof *in->fast);
    if (!in->fast) return;
    isal_inflate_init(in->fast);
    in->fast->crc_flag = ISAL_GZIP;
#else
    (void)in;
#endif
}

static bool open_decoder(Input *in) {
    switch (in->codec) {
    case CODEC_NONE: return true;
    case CODEC_GZIP:
        open_fast(in);
        in->has_gzip = inflateInit2(&in->gzip, 16 + MAX_WBITS) == Z_OK;
        return in->has_gzip;
    case CODEC_ZSTD: in->zstd = ZSTD_createDCtx(); return in->zstd != NULL;
    }
    return false;
}

Status input_open(const InputSource *source, Input **ret, int *ret_errno) {
    Input *in = calloc(1, sizeof *in);
    *ret_errno = ENOMEM;
    if (!in) return DATA;
    *in = (Input){.fd = source->fd,
                  .codec = source->codec,
                  .encoding = source->encoding,
                  .offset = source->from};
    if (in->fd < 0) {
        in->fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        *ret_errno = errno;
        in->owns_fd = in->fd >= 0;
    }
    if (in->fd >= 0 && (in->codec != CODEC_NONE || in->encoding != TEXT_UTF8)) {
        in->stored = malloc(STORED_BYTES);
        *ret_errno = ENOMEM;
    }
    bool ok = in->fd >= 0 && open_decoder(in);
    if (ok && (in->codec != CODEC_NONE || in->encoding != TEXT_UTF8)) ok = in->stored != NULL;
    if (!ok) {
        input_close(in);
        return DATA;
    }
    *ret = in;
    return OK;
}

void input_close(Input *in) {
    if (!in) return;
#ifdef QUARRY_ISAL
    free(in->fast);
#endif
    if (in->has_gzip) inflateEnd(&in->gzip);
    ZSTD_freeDCtx(in->zstd);
    if (in->owns_fd) close(in->fd);
    free(in->stored);
    free(in);
}

Str input_damage(const Input *in) { return str_of(in->damage ? in->damage : ""); }

int64_t input_position(const Input *in) { return in->offset - (int64_t)(in->end - in->begin); }

int input_file(const Input *in) { return in->fd; }

void input_go_to(Input *in, int64_t position) { in->offset = position; }

/* --------------------------------------------------------------- stored bytes */

static bool read_stored(Input *in, void *out, size_t size, size_t *ret_n) {
    ssize_t n;
    do n = pread(in->fd, out, size, (off_t)in->offset);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        snprintf(in->text, sizeof in->text, "cannot be read: %s", strerror(errno));
        in->damage = in->text;
        return false;
    }
    in->offset += n;
    *ret_n = (size_t)n;
    return true;
}

/* More stored bytes when none are left; false on a read error. */
static bool fill_stored(Input *in) {
    if (in->begin < in->end || in->is_over) return true;
    size_t n;
    in->begin = in->end = 0;
    if (!read_stored(in, in->stored, STORED_BYTES, &n)) return false;
    in->end = n;
    in->is_over = n == 0;
    return true;
}

/* ------------------------------------------------------------------- decoders */

/* Between members: true when nothing but padding is left or the next member begins. */
static bool check_gzip_start(Input *in) {
    while (in->begin < in->end && in->stored[in->begin] == 0) {
        in->begin++;
        if (!fill_stored(in)) return false;
    }
    if (in->begin == in->end || in->stored[in->begin] == 0x1F) return true;
    in->damage = "bytes behind a gzip member that are no gzip";
    return false;
}

#ifdef QUARRY_ISAL
static bool read_decoded(Input *in, char *out, size_t size, size_t *ret_n);

/* Goes over to zlib, from the file's start to behind what was handed out. */
static bool begin_again(Input *in, char *out, size_t size) {
    free(in->fast);
    in->fast = NULL;
    in->offset = 0;
    in->begin = in->end = 0;
    in->is_over = in->is_inside = false;
    for (int64_t left = in->n_decoded; left > 0;) {
        size_t n;
        if (!read_decoded(in, out, left < (int64_t)size ? (size_t)left : size, &n) || !n)
            return false;
        left -= (int64_t)n;
    }
    return true;
}

/* *ret_fails: there is a fault, or the end comes inside a member. */
static void step_fast(Input *in, char *out, size_t size, size_t *ret_n, bool *ret_fails) {
    struct inflate_state *f = in->fast;
    f->next_in = in->stored + in->begin;
    f->avail_in = (uint32_t)(in->end - in->begin);
    f->next_out = (uint8_t *)out;
    f->avail_out = (uint32_t)size;
    bool is_dry = f->avail_in == 0;
    int code = isal_inflate(f);
    in->begin = in->end - f->avail_in;
    *ret_n = size - f->avail_out;
    *ret_fails = code != ISAL_DECOMP_OK || (is_dry && *ret_n == 0);
    in->is_inside = f->block_state != ISAL_BLOCK_FINISH;
    if (in->is_inside || *ret_fails) return;
    isal_inflate_reset(f);
    f->crc_flag = ISAL_GZIP;
    *ret_fails = false;
}

/* As read_decoded: one decoded stretch, by the quick decoder as long as there is no fault. */
static bool read_fast(Input *in, char *out, size_t size, size_t *ret_n) {
    *ret_n = 0;
    while (*ret_n == 0) {
        bool fails = !fill_stored(in), is_dry = in->begin == in->end;
        if (!fails && !in->is_inside) fails = !check_gzip_start(in);
        is_dry = in->begin == in->end;
        if (!fails && is_dry && !in->is_inside) return true;
        if (!fails) step_fast(in, out, size, ret_n, &fails);
        if (!fails) continue;
        in->damage = NULL;
        return begin_again(in, out, size) && read_decoded(in, out, size, ret_n);
    }
    in->n_decoded += (int64_t)*ret_n;
    return true;
}
#endif

static bool step_gzip(Input *in, char *out, size_t size, size_t *ret_n) {
    in->gzip.next_in = in->stored + in->begin;
    in->gzip.avail_in = (uInt)(in->end - in->begin);
    in->gzip.next_out = (Bytef *)out;
    in->gzip.avail_out = (uInt)size;
    int code = inflate(&in->gzip, Z_NO_FLUSH);
    in->begin = in->end - in->gzip.avail_in;
    *ret_n = size - in->gzip.avail_out;
    in->is_inside = true;
    if (code == Z_STREAM_END) {
        in->is_inside = false;
        return inflateReset(&in->gzip) == Z_OK;
    }
    if (code == Z_OK || code == Z_BUF_ERROR) return true;
    snprintf(in->text, sizeof in->text, "damaged gzip data: %s",
             in->gzip.msg ? in->gzip.msg : "no valid block");
    in->damage = in->text;
    return false;
}

static bool step_zstd(Input *in, char *out, size_t size, size_t *ret_n) {
    ZSTD_inBuffer from = {in->stored, in->end, in->begin};
    ZSTD_outBuffer to = {out, size, 0};
    size_t code = ZSTD_decompressStream(in->zstd, &to, &from);
    in->begin = from.pos;
    *ret_n = to.pos;
    in->is_inside = code != 0;
    if (!ZSTD_isError(code)) return true;
    snprintf(in->text, sizeof in->text, "damaged zstd data: %s", ZSTD_getErrorName(code));
    in->damage = in->text;
    return false;
}

/* One decoded stretch; *ret_n 0 at the end. False at damage, with what came out before it in
 * *ret_n. */
static bool read_decoded(Input *in, char *out, size_t size, size_t *ret_n) {
    *ret_n = 0;
    if (in->codec == CODEC_NONE) return read_stored(in, out, size, ret_n);
    if (size > (1u << 30)) size = 1u << 30;
#ifdef QUARRY_ISAL
    if (in->fast) return read_fast(in, out, size, ret_n);
#endif
    bool is_gzip = in->codec == CODEC_GZIP;
    while (*ret_n == 0) {
        if (!fill_stored(in)) return false;
        if (is_gzip && !in->is_inside && !check_gzip_start(in)) return false;
        bool is_dry = in->begin == in->end;
        if (is_dry && !in->is_inside) return true;
        bool ok = is_gzip ? step_gzip(in, out, size, ret_n) : step_zstd(in, out, size, ret_n);
        if (!ok) return false;
        if (is_dry && in->is_inside && *ret_n == 0) {
            in->damage = is_gzip ? "ends inside a gzip member" : "ends inside a zstd frame";
            return false;
        }
    }
    return true;
}

/* ----------------------------------------------------------------- UTF-16 */

static uint32_t unit_at(const Input *in, const unsigned char *p) {
    return in->encoding == TEXT_UTF16LE ? (uint32_t)(p[0] | p[1] << 8)
                                        : (uint32_t)(p[0] << 8 | p[1]);
}

/* Code units in [p, p + n) as UTF-8; returns the bytes taken, so that a cut pair waits. */
static size_t widen(const Input *in, const unsigned char *p, size_t n, bool is_last, char *out,
                    size_t *ret_n) {
    size_t at = 0, len = 0;
    while (at + 2 <= n) {
        uint32_t unit = unit_at(in, p + at);
        size_t step = 2;
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (at + 4 > n && !is_last) break;
            uint32_t low = at + 4 <= n ? unit_at(in, p + at + 2) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                step = 4;
            }
        }
        if (unit != 0xFEFF) len += utf8_encode(unit, out + len);
        at += step;
    }
    if (is_last && at < n) {
        len += utf8_encode(0xFFFD, out + len);
        at = n;
    }
    *ret_n = len;
    return at;
}

/* Three bytes of UTF-8 for two of UTF-16 at most. */
static Status read_wide(Input *in, char *out, size_t size, size_t *ret_n) {
    unsigned char raw[WIDE_BYTES];
    size_t room = size / 3 * 2;
    if (room > WIDE_BYTES) room = WIDE_BYTES;
    *ret_n = 0;
    while (*ret_n == 0) {
        size_t n = 0;
        memcpy(raw, in->wide, in->n_wide);
        if (!in->damage) (void)read_decoded(in, (char *)raw + in->n_wide, room - in->n_wide, &n);
        size_t have = in->n_wide + n;
        if (!have) return in->damage ? DATA : OK;
        size_t taken = widen(in, raw, have, n == 0, out, ret_n);
        in->n_wide = have - taken;
        memcpy(in->wide, raw + taken, in->n_wide);
    }
    return OK;
}

Status input_read(Input *in, char *out, size_t size, size_t *ret_n) {
    if (in->encoding != TEXT_UTF8) return read_wide(in, out, size, ret_n);
    *ret_n = 0;
    if (in->damage) return DATA;
    bool ok = read_decoded(in, out, size, ret_n);
    return ok || *ret_n ? OK : DATA;
}
