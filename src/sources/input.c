/*
 * input.c: plain, gzip (several members) and zstd (several frames), each as a stream.
 *
 * Three layers: stored bytes by pread, a decoder over them (input_gzip.c, input_zstd.c), and a change
 * from UTF-16 where a byte order mark asked for it. gzip files may be padded with NULs behind the last
 * member, as tapes and block devices leave them.
 */
#include "sources/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "sources/input_internal.h"

/* Behind the stop only the rest of a line is wanted. */
enum { STORED_BYTES = 256 << 10, REST_BYTES = 32 << 10, WIDE_BYTES = 32 << 10 };

/* ------------------------------------------------------------- open and close */

FileCodec codec_of(Str s) {
    const unsigned char *b = (const unsigned char *)s.ptr;
    if (s.len >= 2 && b[0] == 0x1F && b[1] == 0x8B) return CODEC_GZIP;
    if (s.len < 4) return CODEC_NONE;
    bool is_frame = b[0] == 0x28 && b[1] == 0xB5 && b[2] == 0x2F && b[3] == 0xFD;
    bool is_skippable = (b[0] & 0xF0) == 0x50 && b[1] == 0x2A && b[2] == 0x4D && b[3] == 0x18;
    return is_frame || is_skippable ? CODEC_ZSTD : CODEC_NONE;
}

static bool open_decoder(Input *in) {
    switch (in->codec) {
    case CODEC_NONE: return true;
    case CODEC_GZIP: return gzip_open(in);
    case CODEC_ZSTD: return zstd_open(in);
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
                  .offset = source->from,
                  .until = source->until > 0 ? source->until : -1,
                  .fence = INT64_MAX};
    if (in->fd < 0) {
        in->fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        *ret_errno = errno;
        in->owns_fd = in->fd >= 0;
    }
    if (in->fd >= 0 && (in->codec != CODEC_NONE || in->encoding != TEXT_UTF8)) {
        in->stored = malloc(STORED_BYTES);
        *ret_errno = ENOMEM;
    }
    in->look.fd = in->fd;
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
    gzip_close(in);
    zstd_close(in);
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
    size_t n, size = in->is_past_stop ? REST_BYTES : STORED_BYTES;
    int64_t before_stop = in->until - in->offset;
    if (before_stop > 0 && before_stop < (int64_t)size) size = (size_t)before_stop;
    in->begin = in->end = 0;
    if (!read_stored(in, in->stored, size, &n)) return false;
    in->end = n;
    in->is_over = n == 0;
    return true;
}

/* --------------------------------------------------------------------- pieces */

bool input_fail(Input *in, const char *what, const char *why) {
    snprintf(in->text, sizeof in->text, "%s%s%s", what, why ? ": " : "", why ? why : "");
    in->damage = in->text;
    return false;
}

/* The decoder is at a piece's first byte. */
static void begin_decoder(Input *in) {
    in->is_inside = true;
    if (in->codec == CODEC_GZIP) gzip_begin(in);
    else zstd_begin(in);
}

static void go_back(Input *in, int64_t to) {
    in->offset = to;
    in->begin = in->end = 0;
    in->is_over = false;
}

bool input_again(Input *in) {
    go_back(in, in->piece);
    in->is_careful = true;
    in->n_again = in->n_piece;
    begin_decoder(in);
    return true;
}

/* Between pieces: what is left is padding, or begins a member. */
static bool check_gzip_start(Input *in) {
    while (in->begin < in->end && in->stored[in->begin] == 0) {
        in->begin++;
        if (!fill_stored(in)) return false;
    }
    in->piece = input_position(in);
    if (in->begin == in->end || in->stored[in->begin] == 0x1F) return true;
    return input_fail(in, "bytes behind a gzip member that are no gzip", NULL);
}

static int64_t fence_of(Input *in) {
    bool may_tell = in->end - in->begin < 4 || in->stored[in->begin + 3] & 4;
    int64_t end = may_tell ? piece_end(&in->look, CODEC_GZIP, in->piece) : -1;
    return end < 0 ? INT64_MAX : end;
}

/* Begins the next piece, if there is one to begin: is_inside tells. False at damage. */
static bool begin_piece(Input *in) {
    in->is_at_stop = in->until >= 0 && input_position(in) >= in->until;
    if (in->is_at_stop) return true;
    in->piece = input_position(in);
    if (in->codec == CODEC_GZIP && !check_gzip_start(in)) return false;
    in->is_at_stop = in->until >= 0 && in->piece >= in->until; /* behind padding */
    if (in->is_at_stop || in->begin == in->end) return true;
    in->is_careful = false;
    in->n_piece = in->n_again = 0;
    in->fence = in->codec == CODEC_GZIP ? fence_of(in) : INT64_MAX;
    begin_decoder(in);
    return true;
}

/* Takes off what was handed out before. */
static size_t take_again(Input *in, char *out, size_t n) {
    size_t again = (int64_t)n < in->n_again ? n : (size_t)in->n_again;
    if (again) memmove(out, out + again, n - again);
    in->n_again -= (int64_t)again;
    in->n_piece += (int64_t)(n - again);
    return n - again;
}

/* One decoded stretch; *ret_n 0 at the end. False at damage, with what came out before it in
 * *ret_n. */
static bool read_decoded(Input *in, char *out, size_t size, size_t *ret_n) {
    *ret_n = 0;
    if (in->codec == CODEC_NONE) return read_stored(in, out, size, ret_n);
    if (size > (1u << 30)) size = 1u << 30;
    while (*ret_n == 0) {
        if (!fill_stored(in)) return false;
        if (!in->is_inside && !begin_piece(in)) return false;
        if (!in->is_inside) return true;
        bool was_careful = in->is_careful;
        bool ok = in->codec == CODEC_GZIP ? gzip_step(in, out, size, ret_n)
                                          : zstd_step(in, out, size, ret_n);
        if (in->is_careful && !was_careful) *ret_n = 0;
        *ret_n = take_again(in, out, *ret_n);
        if (!ok) return false;
    }
    return true;
}

bool input_is_at_stop(const Input *in) { return in->is_at_stop; }

void input_stop_at(Input *in, int64_t until) {
    in->until = until;
    in->is_at_stop = false;
}

void input_pass_stop(Input *in) {
    in->is_past_stop |= in->until >= 0;
    in->until = -1;
    in->is_at_stop = false;
}

bool input_resume(Input *in) {
    if (!in->damage || in->encoding != TEXT_UTF8) return false;
    enum { LEAST_MEMBER = 18 };
    int64_t end = piece_end(&in->look, in->codec, in->piece);
    if (end < 0 && in->codec == CODEC_GZIP)
        end = gzip_find_member(in->fd, in->piece + LEAST_MEMBER, INT64_MAX, &in->n_trials);
    if (end < 0) return false;
    go_back(in, end);
    in->is_inside = false;
    in->damage = NULL;
    return true;
}

/* ----------------------------------------------------------------- UTF-16 */

static uint32_t unit_at(const Input *in, const unsigned char *p) {
    return in->encoding == TEXT_UTF16LE ? (uint32_t)(p[0] | p[1] << 8)
                                        : (uint32_t)(p[0] << 8 | p[1]);
}

/* Code units in [p, p + n) as UTF-8; returns the bytes taken, so that a cut pair waits. A byte order
 * mark is one at the beginning only: elsewhere it is a character of the text. */
static size_t widen(Input *in, const unsigned char *p, size_t n, bool is_last, char *out,
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
        if (unit != 0xFEFF || in->is_past_mark) len += utf8_encode(unit, out + len);
        in->is_past_mark = true;
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
