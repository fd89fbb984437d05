/*
 * window.h: the part of an input that is in memory, through which records are found.
 *
 *   bytes:   | given up | begin ... end |  room  |
 *
 * Bytes before `begin` are given up when room is needed. A byte of a plain file stands at an address
 * that is the same within a page as its offset in the file: the system copies pages to such addresses
 * about twice as fast as to others.
 */
#ifndef QUARRY_SOURCES_WINDOW_H
#define QUARRY_SOURCES_WINDOW_H

#include "sources/input.h"

/* Memory that one window after the other of a thread uses. Zero-initialise; free with
 * window_buffer_free. */
typedef struct WindowBuffer {
    char *bytes;
    size_t cap;
} WindowBuffer;
void window_buffer_free(WindowBuffer *b);

typedef struct Window {
    Input *in; /* NULL: all there is stands in `bytes`, which are somebody else's (line_stream.h) */
    char *bytes;
    size_t begin, end;
    int64_t base;  /* offset of bytes[0] in the decoded file */
    int64_t until; /* bytes from there on are hardly wanted; negative: not known */
    size_t chunk;  /* bytes read at once */
    WindowBuffer own, *buffer;
    bool is_over;
} Window;

/* Begins at byte `at` of the input, which stays the caller's. `buffer` must outlive the window, and no
 * other may use it meanwhile; with it much is read at once. NULL: the window has memory of its own. */
void window_open(Window *w, Input *in, int64_t at, WindowBuffer *buffer);
void window_close(Window *w); /* accepts one that was never opened */
/* More bytes behind `end`, keeping [begin, end), at another place maybe. False at the end of the input. */
bool window_more(Window *w);
static inline size_t window_left(const Window *w) { return w->end - w->begin; }
/* Whether so many bytes behind `end` may be read, whatever they are. */
static inline bool window_has_room(const Window *w, size_t n) {
    return w->buffer && w->end + n <= w->buffer->cap;
}

#endif
