/*
 * quarry.h: the public C interface of Quarry.
 *
 * Opaque handles, no globals. A QuarrySession may be used by many threads at once; a QuarryResult
 * belongs to one thread at a time. Every string is UTF-8 and ends in NUL; lengths are given where a
 * value may hold NUL bytes.
 */
#ifndef QUARRY_H
#define QUARRY_H

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library: "0.1.0". */
const char *quarry_version(void);

#ifdef __cplusplus
}
#endif

#endif
