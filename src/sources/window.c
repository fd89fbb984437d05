/*
 * window.c: see window.h.
 *
 * A chunk and what is left before it fit the cache of a core, so that what is looked at twice is read
 * from memory once. A large buffer stands in one huge page, if the system has them: copying into it
 * costs no walk through tables of small ones.
 */
#include "sources/window.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    PAGE = 4096,
    HUGE_PAGE = 2 << 20,
    OWN_CHUNK = 128 << 10,
    LENT_CHUNK = 1 << 20,
    BEHIND = 128 /* that may be read past the end */
};

void window_buffer_free(WindowBuffer *b) {
    free(b->bytes);
    *b = (WindowBuffer){0};
}

void window_open(Window *w, Input *in, int64_t at, WindowBuffer *buffer) {
    *w = (Window){.in = in,
                  .base = at,
                  .until = -1,
                  .chunk = buffer ? LENT_CHUNK : OWN_CHUNK,
                  .buffer = buffer};
    if (buffer) w->bytes = buffer->bytes;
}

void window_close(Window *w) {
    if (w->buffer && w->buffer->cap > HUGE_PAGE) window_buffer_free(w->buffer);
    window_buffer_free(&w->own);
}

static size_t rounded(size_t n, size_t to) { return (n + to - 1) / to * to; }

/* What the window holds goes to where it belongs, with room for a chunk behind it. */
static bool move_to(Window *w, size_t begin) {
    WindowBuffer *b = w->buffer;
    const size_t left = window_left(w), need = begin + left + w->chunk + BEHIND;
    if (need > b->cap) {
        const size_t unit = w->chunk == LENT_CHUNK ? HUGE_PAGE : PAGE;
        const size_t cap = rounded(need > 2 * b->cap ? need : 2 * b->cap, unit);
        char *wider = aligned_alloc(unit, cap);
        if (!wider) return false;
        if (unit == HUGE_PAGE) (void)madvise(wider, cap, MADV_HUGEPAGE);
        if (left) memcpy(wider + begin, w->bytes + w->begin, left);
        free(b->bytes);
        *b = (WindowBuffer){wider, cap};
        w->bytes = wider;
    } else if (left && begin != w->begin) memmove(w->bytes + begin, w->bytes + w->begin, left);
    w->base += (int64_t)w->begin - (int64_t)begin;
    w->begin = begin;
    w->end = begin + left;
    return true;
}

/* Little that is left moves to the front, where the cache has the memory; much of it only when there is
 * no room behind it. */
static bool make_room(Window *w) {
    if (!w->buffer) w->buffer = &w->own;
    const size_t left = window_left(w);
    if (left > w->chunk / 4 && window_has_room(w, w->chunk + BEHIND)) return true;
    const size_t in_page = (size_t)((w->base + (int64_t)w->end) % PAGE);
    return move_to(w, rounded(left, PAGE) + in_page - left);
}

/* Up to the end of a page of the file, and not much further than what is wanted. */
static size_t bytes_to_read(const Window *w) {
    const int64_t next = w->base + (int64_t)w->end;
    int64_t most = (int64_t)w->chunk - next % PAGE;
    if (w->until < 0) return (size_t)most;
    int64_t wanted = next < w->until ? w->until - next + PAGE : OWN_CHUNK;
    wanted += PAGE - (next + wanted) % PAGE;
    return (size_t)(wanted < most ? wanted : most);
}

bool window_more(Window *w) {
    if (w->is_over) return false;
    size_t n = 0;
    if (!make_room(w) || input_read(w->in, w->bytes + w->end, bytes_to_read(w), &n) != OK ||
        n == 0) {
        w->is_over = true;
        return false;
    }
    w->end += n;
    return true;
}
