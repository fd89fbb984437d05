/*
 * hashes.c: hash, hash_many, hash_combine, hash_md5, hash_sha1, hash_sha256, new_guid.
 *
 * Source: their pages. hash() is XXH64 over the text of a string and over the eight bytes of a
 * number or of ticks, lowest first, which is what the pages' examples print. How several hashes are
 * combined Kusto does not say, only that the result is good within one query: here the two hashes'
 * sixteen bytes are hashed again. The other hashes read the value's text, in UTF-8.
 */
#include "kernels/text/hashes.h"

#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/random.h"
#include "kernels/text/digest.h"

/* ----------------------------------------------------------------- XXH64 */

static const uint64_t P1 = UINT64_C(0x9E3779B185EBCA87), P2 = UINT64_C(0xC2B2AE3D27D4EB4F),
                      P3 = UINT64_C(0x165667B19E3779F9), P4 = UINT64_C(0x85EBCA77C2B2AE63),
                      P5 = UINT64_C(0x27D4EB2F165667C5);

static uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

static uint64_t read_bytes(const char *p, unsigned n) {
    uint64_t value = 0;
    for (unsigned i = n; i-- > 0;) value = value << 8 | (unsigned char)p[i];
    return value;
}

static uint64_t lane(uint64_t sum, uint64_t input) { return rotate(sum + input * P2, 31) * P1; }

/* Whole blocks of 32 bytes, in four lanes. */
static uint64_t hash_blocks(const char **p, const char *end) {
    uint64_t lanes[4] = {P1 + P2, P2, 0, 0 - P1};
    for (; end - *p >= 32; *p += 32)
        for (int i = 0; i < 4; i++) lanes[i] = lane(lanes[i], read_bytes(*p + 8 * i, 8));
    uint64_t h =
        rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (int i = 0; i < 4; i++) h = (h ^ lane(0, lanes[i])) * P1 + P4;
    return h;
}

uint64_t xxhash64(Str bytes) {
    const char *p = bytes.ptr, *end = bytes.ptr + bytes.len;
    uint64_t h = bytes.len >= 32 ? hash_blocks(&p, end) : P5;
    h += bytes.len;
    for (; end - p >= 8; p += 8) h = rotate(h ^ lane(0, read_bytes(p, 8)), 27) * P1 + P4;
    for (; end - p >= 4; p += 4) h = rotate(h ^ read_bytes(p, 4) * P1, 23) * P2 + P3;
    for (; p < end; p++) h = rotate(h ^ (unsigned char)*p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

/* ------------------------------------------------------------------ hash */

static uint64_t hash_word(uint64_t word) {
    char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (char)(word >> (8 * i) & 0xff);
    return xxhash64((Str){bytes, 8});
}

static uint64_t hash_value(Arena *scratch, const Value *v) {
    uint64_t bits;
    if (v->is_null) return xxhash64(STR_EMPTY);
    switch (v->type) {
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return hash_word((uint64_t)arg_long(v));
    case TYPE_REAL: memcpy(&bits, &v->u.r, sizeof bits); return hash_word(bits);
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DECIMAL:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return xxhash64(value_to_text(scratch, v));
}

/* With `mod`: the remainder, 0 to mod - 1. */
static void hash(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    int64_t h = (int64_t)hash_value(call->scratch, &args[0]);
    int64_t mod = n_args > 1 ? arg_long(&args[1]) : 0;
    if (n_args == 1) ret_long(ret, h);
    else if (mod > 0) ret_long(ret, h % mod < 0 ? h % mod + mod : h % mod);
}

static uint64_t combine(uint64_t a, uint64_t b) {
    char bytes[16];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (char)(a >> (8 * i) & 0xff);
        bytes[8 + i] = (char)(b >> (8 * i) & 0xff);
    }
    return xxhash64((Str){bytes, 16});
}

static void hash_combine(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (!n_args) return;
    uint64_t h = (uint64_t)arg_long(&args[0]);
    for (uint32_t i = 1; i < n_args; i++) h = combine(h, (uint64_t)arg_long(&args[i]));
    ret_long(ret, (int64_t)h);
}

/* A null counts as a value of its own. */
static void hash_many(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (!n_args) return;
    uint64_t h = hash_value(call->scratch, &args[0]);
    for (uint32_t i = 1; i < n_args; i++) h = combine(h, hash_value(call->scratch, &args[i]));
    ret_long(ret, (int64_t)h);
}

/* --------------------------------------------------------------- digests */

static const char HEX[] = "0123456789abcdef";

static void put_digest(KernelCall *call, const Value *v, Digest digest, Value *ret) {
    unsigned char bytes[DIGEST_MAX_BYTES];
    Str text = value_to_text(call->scratch, v);
    size_t n = digest_bytes(digest, text.ptr, text.len, bytes);
    if (!n) {
        kernel_fail(call, "this system's cryptographic library refuses the algorithm");
        return;
    }
    char *out = arena_alloc_raw(call->scratch, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = HEX[bytes[i] >> 4];
        out[2 * i + 1] = HEX[bytes[i] & 15];
    }
    ret_text(ret, (Str){out, 2 * n});
}

static void *prepare_digest(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                            Str *ret_error) {
    const char *why;
    (void)args, (void)constant, (void)n_args;
    if (!digest_ready(&why)) *ret_error = arena_str(arena, str_of(why));
    return NULL;
}

#define DIGEST_OF(name, digest)                                                                    \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)n_args;                                                                              \
        put_digest(call, &args[0], digest, ret);                                                   \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = name, .prepare = prepare_digest};
DIGEST_OF(hash_md5, DIGEST_MD5)
DIGEST_OF(hash_sha1, DIGEST_SHA1)
DIGEST_OF(hash_sha256, DIGEST_SHA256)

/* -------------------------------------------------------------- new_guid */

/* Version 4, variant 1, the rest random. */
static void new_guid(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)args;
    (void)n_args;
    uint64_t words[2] = {random_bits(), random_bits()};
    words[0] = (words[0] & ~UINT64_C(0xF000)) | UINT64_C(0x4000);
    words[1] = (words[1] & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    char *out = arena_alloc_raw(call->scratch, GUID_TEXT_LEN);
    size_t at = 0;
    for (unsigned digit = 0; digit < 32; digit++) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) out[at++] = '-';
        out[at++] = HEX[words[digit / 16] >> (60 - 4 * (digit % 16)) & 15];
    }
    ret_text(ret, (Str){out, GUID_TEXT_LEN});
}

const Kernel kernel_hash = {.fn = hash};
const Kernel kernel_hash_combine = {.fn = hash_combine};
const Kernel kernel_hash_many = {.fn = hash_many};
const Kernel kernel_new_guid = {.fn = new_guid};
