#include "kernels/text/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

bool digest_ready(const char **ret_why) {
    (void)ret_why;
    return true;
}

static const EVP_MD *algorithm_of(Digest digest) {
    return digest == DIGEST_MD5 ? EVP_md5() : digest == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256();
}

size_t digest_bytes(Digest digest, const void *data, size_t len,
                    unsigned char out[DIGEST_MAX_BYTES]) {
    const EVP_MD *algorithm = algorithm_of(digest);
    unsigned n = 0;
    return EVP_Digest(data, len, out, &n, algorithm, NULL) ? n : 0;
}

size_t digest_file(Digest digest, const char *path, size_t len,
                   unsigned char out[DIGEST_MAX_BYTES]) {
    enum { BLOCK = 1 << 20 };
    FILE *f = fopen(path, "rb");
    unsigned char *block = malloc(BLOCK);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = f && block && context && EVP_DigestInit_ex(context, algorithm_of(digest), NULL);
    for (size_t left = len; ok && left;) {
        size_t n = fread(block, 1, left < BLOCK ? left : BLOCK, f);
        ok = n && EVP_DigestUpdate(context, block, n);
        left -= n;
    }
    unsigned size = 0;
    ok = ok && EVP_DigestFinal_ex(context, out, &size);
    EVP_MD_CTX_free(context);
    free(block);
    if (f) fclose(f);
    return ok ? size : 0;
}
