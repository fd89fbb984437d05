#include "kernels/digest.h"

#include <openssl/evp.h>

size_t digest_bytes(Digest digest, const void *data, size_t len,
                    unsigned char out[DIGEST_MAX_BYTES]) {
    const EVP_MD *algorithm = digest == DIGEST_MD5    ? EVP_md5()
                              : digest == DIGEST_SHA1 ? EVP_sha1()
                                                      : EVP_sha256();
    unsigned n = 0;
    return EVP_Digest(data, len, out, &n, algorithm, NULL) ? n : 0;
}
