/*
 * encodings.h: kernels that write text in another form and read it back: base64, percent signs,
 * compressed text, punycode.
 */
#ifndef QUARRY_KERNELS_ENCODINGS_H
#define QUARRY_KERNELS_ENCODINGS_H

#include "kernels/kernel.h"

/* base64.c */
extern const Kernel kernel_base64_encode_tostring, kernel_base64_decode_tostring;
extern const Kernel kernel_base64_encode_fromarray, kernel_base64_decode_toarray;
extern const Kernel kernel_base64_encode_fromguid, kernel_base64_decode_toguid;

/* url_encode.c */
extern const Kernel kernel_url_encode, kernel_url_encode_component, kernel_url_decode;

/* compress.c */
extern const Kernel kernel_gzip_compress, kernel_gzip_decompress;
extern const Kernel kernel_zlib_compress, kernel_zlib_decompress;

/* punycode.c */
extern const Kernel kernel_punycode_from_string, kernel_punycode_to_string;
extern const Kernel kernel_punycode_domain_from_string, kernel_punycode_domain_to_string;

#endif
