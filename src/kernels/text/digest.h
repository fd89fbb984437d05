/*
 * digest.h: cryptographic digests, by OpenSSL.
 *
 * Knows nothing of base.h: the library's headers and it both name something ENGINE.
 */
#ifndef QUARRY_KERNELS_DIGEST_H
#define QUARRY_KERNELS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* To be asked first: false, with why, when the library cannot be loaded. */
bool digest_ready(const char **ret_why);

typedef enum Digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 } Digest;
enum { DIGEST_MAX_BYTES = 64 };

/* The digest's length, or 0 when the library refuses the algorithm. */
size_t digest_bytes(Digest digest, const void *data, size_t len,
                    unsigned char out[DIGEST_MAX_BYTES]);

/* The same of a file's first bytes; 0 also when it cannot be read or has fewer. */
size_t digest_file(Digest digest, const char *path, size_t len,
                   unsigned char out[DIGEST_MAX_BYTES]);

/* What the module that holds them exports. */
typedef struct DigestTable {
    size_t (*bytes)(Digest digest, const void *data, size_t len,
                    unsigned char out[DIGEST_MAX_BYTES]);
    size_t (*file)(Digest digest, const char *path, size_t len,
                   unsigned char out[DIGEST_MAX_BYTES]);
} DigestTable;

#endif
