/*
 * input.h: the bytes of one file, decompressed, from front to back.
 *
 * Memory is bounded whatever the file holds. Damage never hides what stands before it: input_read
 * hands out the good bytes first and fails on the call after.
 */
#ifndef QUARRY_INPUT_H
#define QUARRY_INPUT_H

#include "sources/sources.h"

/* How text is encoded below the compression; told by the byte order mark. */
typedef enum TextEncoding { TEXT_UTF8, TEXT_UTF16LE, TEXT_UTF16BE } TextEncoding;

typedef struct InputSource {
    const char *path; /* opened unless fd >= 0 */
    int fd; /* -1, or an open file that stays the caller's; read by position, may be shared */
    FileCodec codec;
    TextEncoding encoding;
    int64_t from; /* first stored byte; in compressed files a piece's first; TEXT_UTF8 only */
    int64_t
        until; /* of compressed files: where the piece begins at which reading stops; 0: at none */
} InputSource;

typedef struct Input Input;

/* DATA, with *ret_errno set, when the file cannot be opened. */
NODISCARD Status input_open(const InputSource *source, Input **ret, int *ret_errno);
void input_close(Input *in);
/* Up to `size` bytes; *ret_n is 0 at the end. DATA at damage: input_damage() tells. */
NODISCARD Status input_read(Input *in, char *out, size_t size, size_t *ret_n);
/* What is wrong; valid after a DATA. */
Str input_damage(const Input *in);
/* After a DATA: goes on with the piece (a zstd frame, a gzip member) behind the damaged one. False when
 * there is none, or when it cannot be told where it begins. */
bool input_resume(Input *in);
/* After an end: it is that of InputSource.until, and reading may go on behind it. */
bool input_is_at_stop(const Input *in);
void input_pass_stop(Input *in);
/* Sets InputSource.until anew, negative: none; reading goes on if it was at an end there. */
void input_stop_at(Input *in, int64_t until);
/* Bytes of the stored (compressed) file taken so far, from its start. */
int64_t input_position(const Input *in);
/* Of a plain file: its descriptor, and going on at another byte. */
int input_file(const Input *in);
void input_go_to(Input *in, int64_t position);
/* Codec by the file's first bytes. */
FileCodec codec_of(Str first_bytes);

#endif
