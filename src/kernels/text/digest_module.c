/* digest_module.c: the module that brings OpenSSL. */
#include "kernels/text/digest.h"

extern const DigestTable quarry_digest;
__attribute__((visibility("default")))
const DigestTable quarry_digest = {digest_bytes, digest_file};
