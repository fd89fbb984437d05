/*
 * compress.c: gzip_* and zlib_* (de)compression behind base64, by zlib.
 *
 * Source: the functions' pages, RFC 1950 and 1952. Compressed bytes are not unique; as the pages'
 * examples show, a text that hardly shrinks is stored as it is, and the headers say neither level
 * nor system. What cannot be read is the empty text; so is what would grow beyond TEXT_MAX, the
 * size of a string value, because a few bytes can stand for very much.
 */
#include <zlib.h>

#include "base/utf8.h"
#include "kernels/out.h"
#include "kernels/text/base64.h"
#include "kernels/text/encodings.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

enum {
    TEXT_MAX = 1 << 20,
    STORED_MAX = 65535, /* bytes of one stored block */
    WORTH = 64,         /* fewer bytes less are not worth to be compressed */
    RAW = -15           /* zlib: no header, a window of 2^15 */
};

static void put_number(Out *out, uint32_t number, unsigned bytes, bool is_big_endian) {
    for (unsigned i = 0; i < bytes; i++)
        out_putc(out, (char)(number >> 8 * (is_big_endian ? bytes - 1 - i : i) & 255));
}

static uint32_t read_number(const char *p, bool is_big_endian) {
    uint32_t number = 0;
    for (unsigned i = 0; i < 4; i++)
        number = number << 8 | (unsigned char)p[is_big_endian ? i : 3 - i];
    return number;
}

/* -------------------------------------------------------------- compress */

static bool put_deflated(Out *out, Str text) {
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&z, (uLong)text.len);
    out_reserve(out, room);
    z.next_in = (Bytef *)(uintptr_t)text.ptr;
    z.avail_in = (uInt)text.len;
    z.next_out = (Bytef *)out->ptr + out->len;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (ok) out->len += z.total_out;
    (void)deflateEnd(&z);
    return ok;
}

static void put_stored(Out *out, Str text) {
    do {
        Str block = str_sub(text, 0, STORED_MAX);
        text = str_sub(text, block.len, SIZE_MAX);
        out_putc(out, text.len ? 0 : 1);
        put_number(out, (uint32_t)block.len, 2, false);
        put_number(out, ~(uint32_t)block.len & 0xffff, 2, false);
        out_put(out, block);
    } while (text.len);
}

static bool put_body(Out *out, Str text) {
    size_t start = out->len;
    if (text.len > UINT32_MAX / 2 || !put_deflated(out, text)) return false;
    if (out->len - start + WORTH < text.len) return true;
    out->len = start;
    put_stored(out, text);
    return true;
}

static const char gzip_header[10] = {0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0, (char)0xff};
static const char zlib_header[2] = {0x78, 0x01};

static void gzip_compress(ARGUMENTS) {
    (void)n_args;
    Str text = args[0].u.s;
    Out out = {.arena = call->scratch};
    out_put(&out, (Str){gzip_header, sizeof gzip_header});
    if (!put_body(&out, text)) return;
    put_number(&out, (uint32_t)crc32_z(0, (const Bytef *)text.ptr, text.len), 4, false);
    put_number(&out, (uint32_t)text.len, 4, false);
    ret_text(ret, base64_encode(call->scratch, out_str(&out)));
}

static void zlib_compress(ARGUMENTS) {
    (void)n_args;
    Str text = args[0].u.s;
    Out out = {.arena = call->scratch};
    out_put(&out, (Str){zlib_header, sizeof zlib_header});
    if (!put_body(&out, text)) return;
    put_number(&out, (uint32_t)adler32_z(1, (const Bytef *)text.ptr, text.len), 4, true);
    ret_text(ret, base64_encode(call->scratch, out_str(&out)));
}

/* ------------------------------------------------------------ decompress */

/* Inflates the deflate stream at the start of `bytes`; *ret_rest is what stands behind it. */
static bool inflate_all(Out *out, Str bytes, Str *ret_rest) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes.ptr, .avail_in = (uInt)bytes.len};
    int status = Z_OK;
    if (bytes.len > UINT32_MAX / 2 || inflateInit2(&z, RAW) != Z_OK) return false;
    while (status == Z_OK && out->len <= TEXT_MAX) {
        if (out->len == out->cap) out_reserve(out, 1);
        z.next_out = (Bytef *)out->ptr + out->len;
        z.avail_out = (uInt)(out->cap - out->len);
        status = inflate(&z, Z_NO_FLUSH);
        out->len = out->cap - z.avail_out;
    }
    *ret_rest = str_sub(bytes, bytes.len - z.avail_in, SIZE_MAX);
    (void)inflateEnd(&z);
    return status == Z_STREAM_END && out->len <= TEXT_MAX;
}

/* The page: the flags are zero, optional fields are not supported. */
static void gzip_decompress(ARGUMENTS) {
    Str bytes, rest;
    Out out = {.arena = call->scratch};
    (void)n_args;
    if (!base64_decode(call->scratch, args[0].u.s, &bytes)) return;
    if (bytes.len < sizeof gzip_header || memcmp(bytes.ptr, gzip_header, 4) != 0) return;
    bytes = str_sub(bytes, sizeof gzip_header, SIZE_MAX);
    if (!inflate_all(&out, bytes, &rest) || rest.len < 8) return;
    Str text = out_str(&out);
    if (read_number(rest.ptr, false) != crc32_z(0, (const Bytef *)text.ptr, text.len)) return;
    if (read_number(rest.ptr + 4, false) != text.len || !utf8_is_valid(text)) return;
    ret_text(ret, text);
}

/* Deflate with a window of 2^15 at most, a header that its own check confirms, no dictionary. */
static bool is_zlib_header(Str bytes) {
    if (bytes.len < 2) return false;
    unsigned method = (unsigned char)bytes.ptr[0], flags = (unsigned char)bytes.ptr[1];
    return (method & 15) == 8 && method >> 4 <= 7 && (method << 8 | flags) % 31 == 0 &&
           !(flags & 0x20);
}

static void zlib_decompress(ARGUMENTS) {
    Str bytes, rest;
    Out out = {.arena = call->scratch};
    (void)n_args;
    if (!base64_decode(call->scratch, args[0].u.s, &bytes) || !is_zlib_header(bytes)) return;
    bytes = str_sub(bytes, 2, SIZE_MAX);
    if (!inflate_all(&out, bytes, &rest) || rest.len < 4) return;
    Str text = out_str(&out);
    if (read_number(rest.ptr, true) != adler32_z(1, (const Bytef *)text.ptr, text.len)) return;
    if (utf8_is_valid(text)) ret_text(ret, text);
}

const Kernel kernel_gzip_compress = {.fn = gzip_compress};
const Kernel kernel_gzip_decompress = {.fn = gzip_decompress};
const Kernel kernel_zlib_compress = {.fn = zlib_compress};
const Kernel kernel_zlib_decompress = {.fn = zlib_decompress};
