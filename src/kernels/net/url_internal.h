/*
 * url_internal.h: what url.c, url_host.c and url_unwrap.c share.
 */
#ifndef QUARRY_KERNELS_URL_INTERNAL_H
#define QUARRY_KERNELS_URL_INTERNAL_H

#include "kernels/net/url.h"

/* Reads the host of an http(s) URL (between userinfo and port, brackets included) into the form of
 * Url.host; adds to *flags. False when a browser refuses it. */
NODISCARD bool url_read_host(Arena *arena, Str text, Str *ret_host, uint32_t *flags);

/* Value of a hex digit, or -1. */
int url_hex_digit(char c);

#endif
