/* Any bytes through each function that reads a foreign form of text: what comes out is sound, and
 * what an encoder writes its decoder reads back. */
#include "base/json.h"
#include "base/utf8.h"
#include "catalog/catalog.h"
#include "kernels/text/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const QueryContext context = {.cluster = "local", .database = "quarry"};

static Value call(Arena *arena, const char *name, Str text) {
    const FnDef *fn = catalog_scalar(str_of(name));
    KernelCall run = {.scratch = arena, .query = &context, .error = STR_EMPTY};
    Value argument = value_str(text), ret = value_null(fn->type);
    fn->kernel->fn(&run, &argument, 1, &ret);
    if (run.error.len) __builtin_trap();
    if (ret.type == TYPE_STRING && !utf8_is_valid(ret.u.s)) __builtin_trap();
    if (ret.type == TYPE_DYNAMIC && !ret.is_null) {
        Buf canonical = {0};
        if (!json_canonical(ret.u.s, &canonical)) __builtin_trap();
        if (!str_eq(buf_str(&canonical), ret.u.s)) __builtin_trap();
        buf_free(&canonical);
    }
    return ret;
}

static void round_trip(Arena *arena, const char *encode, const char *decode, Str text) {
    Str encoded = call(arena, encode, text).u.s;
    if (!str_eq(call(arena, decode, encoded).u.s, text)) __builtin_trap();
}

/* Compressed bytes as they would arrive: in base64, behind a good header. */
static void inflate_bytes(Arena *arena, const char *name, Str header, Str bytes) {
    Buf all = {0};
    buf_put(&all, header);
    buf_put(&all, bytes);
    call(arena, name, base64_encode(arena, buf_str(&all)));
    buf_free(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const parsers[] = {"parse_url",
                                          "parse_urlquery",
                                          "parse_path",
                                          "parse_csv",
                                          "parse_version",
                                          "parse_xml",
                                          "parse_user_agent",
                                          "base64_decode_tostring",
                                          "base64_decode_toarray",
                                          "base64_decode_toguid",
                                          "url_decode",
                                          "punycode_to_string",
                                          "punycode_domain_from_string",
                                          "gzip_decompress_from_base64_string",
                                          "zlib_decompress_from_base64_string"};
    Arena *arena = arena_new();
    Str bytes = {(const char *)data, size}, text = utf8_repair(arena, bytes);
    for (size_t i = 0; i < COUNT_OF(parsers); i++) call(arena, parsers[i], text);
    inflate_bytes(arena, "gzip_decompress_from_base64_string",
                  STR("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), bytes);
    inflate_bytes(arena, "zlib_decompress_from_base64_string", STR("\x78\x01"), bytes);
    round_trip(arena, "base64_encode_tostring", "base64_decode_tostring", text);
    round_trip(arena, "url_encode", "url_decode", text);
    round_trip(arena, "url_encode_component", "url_decode", text);
    round_trip(arena, "gzip_compress_to_base64_string", "gzip_decompress_from_base64_string", text);
    round_trip(arena, "zlib_compress_to_base64_string", "zlib_decompress_from_base64_string", text);
    if (utf8_count(text) <= 256 && text.len <= 256)
        round_trip(arena, "punycode_from_string", "punycode_to_string", text);
    arena_free(arena);
    return 0;
}
