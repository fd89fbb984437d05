/* digest_late.c: the functions of digest.h by way of the module that holds them. */
#include "base/module.h"
#include "kernels/text/digest.h"

static Module module = {.file = "libquarry-digest.so", .symbol = "quarry_digest"};

bool digest_ready(const char **ret_why) {
    *ret_why = module.why;
    return module_table(&module) != NULL;
}

size_t digest_bytes(Digest digest, const void *data, size_t len,
                    unsigned char out[DIGEST_MAX_BYTES]) {
    const DigestTable *table = module_table(&module);
    return table ? table->bytes(digest, data, len, out) : 0;
}

size_t digest_file(Digest digest, const char *path, size_t len,
                   unsigned char out[DIGEST_MAX_BYTES]) {
    const DigestTable *table = module_table(&module);
    return table ? table->file(digest, path, len, out) : 0;
}
