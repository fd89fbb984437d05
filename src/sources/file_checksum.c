/*
 * file_checksum.c: see file_checksum.h.
 */
#include "sources/file_checksum.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef QUARRY_ISAL
#include <isa-l/crc.h>
#else
#include <zlib.h>
#endif

static uint32_t add(uint32_t sum, const unsigned char *bytes, size_t n) {
#ifdef QUARRY_ISAL
    return crc32_gzip_refl(sum, bytes, n);
#else
    return (uint32_t)crc32(sum, bytes, (uInt)n);
#endif
}

int64_t file_checksum(const char *path) {
    enum { STEP = 256 << 10 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = fd >= 0 ? malloc(STEP) : NULL;
    uint32_t sum = 0;
    ssize_t n = bytes ? 1 : -1;
    while (n > 0 && (n = read(fd, bytes, STEP)) > 0) sum = add(sum, bytes, (size_t)n);
    free(bytes);
    if (fd >= 0) close(fd);
    return n < 0 ? -1 : (int64_t)sum;
}
