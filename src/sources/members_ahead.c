/*
 * members_ahead.c: see members_ahead.h.
 *
 *   stored:    | segment: members ... | segment: ... | segment: ... |  not looked at
 *               read, by its input     decoded ahead: blocks are kept
 *
 * A segment is one member or several small ones. The first one is read: its blocks, and then what its input
 * decodes. It stops where the next one begins, if a member ends there; else that one was none, and the first
 * goes on behind it.
 */
#include "sources/members_ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "sources/input_internal.h"

/* Looked for at once, and in all ahead of the place that is read. */
enum { LOOK_BYTES = 4 << 20, LOOK_AHEAD = 64 << 20 };
enum { BLOCK_BYTES = 256 << 10, MAX_SEGMENTS = 32, DAMAGE_BYTES = 160 };

/* Decoded bytes, or a damage. */
typedef struct Block {
    struct Block *next;
    size_t n, taken;
    int64_t position; /* the input's, behind it */
    bool may_resume;  /* of a damage */
    char damage[DAMAGE_BYTES];
    char bytes[];
} Block;

typedef struct Segment {
    int64_t from, stop; /* where the next one begins; negative: nowhere yet */
    int64_t position;   /* its input's */
    Input *in;
    Block *blocks, **end;
    bool is_busy; /* a thread decodes */
    bool is_over; /* it has come to its stop, or to the end of what can be read */
    bool is_lost; /* that is a damage */
} Segment;

struct MembersAhead {
    InputSource source;
    bool owns_fd;
    size_t least, block_bytes, room;
    pthread_mutex_t lock; /* over what stands below, but for inputs of busy segments */
    pthread_cond_t idle;
    Segment *segments[MAX_SEGMENTS];
    size_t n, kept; /* bytes in blocks */
    Block *spare;   /* to be used again: memory that was touched costs nothing */
    int64_t looked; /* nothing that could begin a segment stands before */
    uint32_t n_trials;
    bool is_looking;
    /* of the thread that reads */
    int64_t position;
    bool is_damaged, may_resume;
    char damage[DAMAGE_BYTES];
};

/* --------------------------------------------------------------------- segments */

static Segment *segment_new(const InputSource *source, int64_t from) {
    Segment *s = calloc(1, sizeof *s);
    InputSource at = *source;
    int code;
    if (!s) return NULL;
    *s = (Segment){.from = from, .stop = -1, .position = from, .end = &s->blocks};
    at.from = from;
    if (input_open(&at, &s->in, &code) == OK) return s;
    free(s);
    return NULL;
}

static Block *take_off(Segment *s) {
    Block *b = s->blocks;
    s->blocks = b->next;
    if (!s->blocks) s->end = &s->blocks;
    return b;
}

static Block *block_new(MembersAhead *a) {
    Block *b = a->spare;
    if (b) a->spare = b->next;
    else b = malloc(sizeof *b + a->block_bytes);
    if (!b) abort();
    *b = (Block){0};
    return b;
}

static void block_free(MembersAhead *a, Block *b) {
    b->next = a->spare;
    a->spare = b;
}

static void segment_free(MembersAhead *a, Segment *s) {
    while (s->blocks) {
        Block *b = take_off(s);
        a->kept -= b->n - b->taken;
        block_free(a, b);
    }
    input_close(s->in);
    free(s);
}

static void remove_segment(MembersAhead *a, size_t i) {
    segment_free(a, a->segments[i]);
    a->n--;
    memmove(a->segments + i, a->segments + i + 1, (a->n - i) * sizeof *a->segments);
}

MembersAhead *ahead_open(const InputSource *source, size_t least, size_t room) {
    MembersAhead *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->source = *source;
    if (source->fd < 0) {
        a->source.fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        a->owns_fd = a->source.fd >= 0;
    }
    a->least = least;
    a->room = room;
    a->block_bytes = least < BLOCK_BYTES ? least : BLOCK_BYTES;
    a->position = source->from;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->idle, NULL);
    if (a->source.fd >= 0) a->segments[0] = segment_new(&a->source, source->from);
    if (a->segments[0]) {
        a->n = 1;
        return a;
    }
    ahead_close(a);
    return NULL;
}

void ahead_close(MembersAhead *a) {
    if (!a) return;
    while (a->n) remove_segment(a, a->n - 1);
    for (Block *b; (b = a->spare);) {
        a->spare = b->next;
        free(b);
    }
    if (a->owns_fd) close(a->source.fd);
    pthread_cond_destroy(&a->idle);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

/* --------------------------------------------------------------------- decoding */

/* Called with the lock, which is given up meanwhile. A damage is passed over at once, as far as it can be;
 * `b` tells of it. */
static Status decode(MembersAhead *a, Segment *s, char *out, size_t size, Block *b) {
    s->is_busy = true;
    input_stop_at(s->in, s->stop);
    pthread_mutex_unlock(&a->lock);
    Status status = input_read(s->in, out, size, &b->n);
    b->position = input_position(s->in);
    if (status != OK) {
        snprintf(b->damage, sizeof b->damage, "%.*s", STR_ARG(input_damage(s->in)));
        b->may_resume = input_resume(s->in);
    }
    pthread_mutex_lock(&a->lock);
    s->is_busy = false;
    s->position = input_position(s->in);
    s->is_lost = status != OK && !b->may_resume;
    s->is_over = s->is_lost || (status == OK && !b->n);
    pthread_cond_broadcast(&a->idle);
    return status;
}

/* Decodes a block of a segment further on. */
static void decode_ahead(MembersAhead *a, Segment *s) {
    Block *b = block_new(a);
    a->kept += a->block_bytes; /* until it is known how many */
    Status status = decode(a, s, b->bytes, a->block_bytes, b);
    a->kept -= a->block_bytes - b->n;
    if (status == OK && !b->n) {
        block_free(a, b);
        return;
    }
    *s->end = b;
    s->end = &b->next;
}

/* --------------------------------------------------------------------- reading */

static Status note_damage(MembersAhead *a, const Block *b) {
    a->is_damaged = true;
    a->may_resume = b->may_resume;
    memcpy(a->damage, b->damage, sizeof a->damage);
    a->position = b->position;
    return DATA;
}

static Status take_block(MembersAhead *a, Segment *s, char *out, size_t size, size_t *ret_n) {
    Block *b = s->blocks;
    Status status = OK;
    *ret_n = b->n - b->taken < size ? b->n - b->taken : size;
    memcpy(out, b->bytes + b->taken, *ret_n);
    b->taken += *ret_n;
    a->kept -= *ret_n;
    if (b->taken < b->n) return OK;
    a->position = b->position;
    if (b->damage[0]) status = note_damage(a, b);
    block_free(a, take_off(s));
    return status;
}

static Status decode_first(MembersAhead *a, Segment *s, char *out, size_t size, size_t *ret_n) {
    Block b = {0};
    Status status = decode(a, s, out, size, &b);
    *ret_n = b.n;
    a->position = b.position;
    return status == OK ? OK : note_damage(a, &b);
}

/* The first segment is over: goes on with the one that begins where it ended, or with itself. False when
 * nothing follows. */
static bool go_on(MembersAhead *a) {
    Segment *s = a->segments[0];
    if (s->is_lost) return false;
    a->position = s->position;
    while (a->n > 1 && a->segments[1]->from < s->position) {
        if (a->segments[1]->is_busy) pthread_cond_wait(&a->idle, &a->lock);
        else remove_segment(a, 1); /* no member begins there */
    }
    if (a->n > 1 && a->segments[1]->from == s->position) {
        remove_segment(a, 0);
        return true;
    }
    if (!input_is_at_stop(s->in)) return false;
    s->stop = a->n > 1 ? a->segments[1]->from : -1;
    s->is_over = false;
    return true;
}

Status ahead_read(MembersAhead *a, char *out, size_t size, size_t *ret_n) {
    Status status = OK;
    bool has_more = true;
    *ret_n = 0;
    if (a->is_damaged) return DATA;
    pthread_mutex_lock(&a->lock);
    while (has_more && !*ret_n && status == OK) {
        Segment *s = a->segments[0];
        if (s->is_busy) pthread_cond_wait(&a->idle, &a->lock);
        else if (s->blocks) status = take_block(a, s, out, size, ret_n);
        else if (s->is_over) has_more = go_on(a);
        else status = decode_first(a, s, out, size, ret_n);
    }
    pthread_mutex_unlock(&a->lock);
    return status;
}

Str ahead_damage(const MembersAhead *a) { return str_of(a->is_damaged ? a->damage : ""); }

int64_t ahead_position(const MembersAhead *a) { return a->position; }

bool ahead_resume(MembersAhead *a) {
    if (!a->is_damaged || !a->may_resume) return false;
    a->is_damaged = false;
    return true;
}

/* --------------------------------------------------------------------- helping */

/* Adds a segment at a place that was found, unless the one before it may be past it. */
static bool add_segment(MembersAhead *a, int64_t from) {
    Segment *last = a->segments[a->n - 1];
    if (last->is_over || from <= last->position) return false;
    Segment *s = segment_new(&a->source, from);
    if (!s) return false;
    last->stop = from;
    a->segments[a->n++] = s;
    return true;
}

/* Called with the lock, which is given up meanwhile. A place that the last segment will have come to soon
 * is of no use. */
static bool look(MembersAhead *a) {
    const Segment *last = a->segments[a->n - 1];
    if (a->source.codec != CODEC_GZIP || a->is_looking || a->n == MAX_SEGMENTS || last->is_over)
        return false;
    int64_t from = last->from + (int64_t)a->least;
    int64_t soon = last->position + (int64_t)a->least / 2;
    int64_t limit = a->segments[0]->position + LOOK_AHEAD;
    if (from < soon) from = soon;
    if (from < a->looked) from = a->looked;
    if (from >= limit) return false;
    a->is_looking = true;
    pthread_mutex_unlock(&a->lock);
    int64_t found = gzip_find_member(a->source.fd, from, from + LOOK_BYTES, &a->n_trials);
    pthread_mutex_lock(&a->lock);
    a->is_looking = false;
    a->looked = found < 0 ? from + LOOK_BYTES : found + 1;
    return found >= 0 && add_segment(a, found);
}

bool ahead_help(MembersAhead *a) {
    Segment *s = NULL;
    pthread_mutex_lock(&a->lock);
    bool has_room = a->kept + a->block_bytes <= a->room;
    for (size_t i = 1; i < a->n && has_room && !s; i++)
        if (!a->segments[i]->is_busy && !a->segments[i]->is_over) s = a->segments[i];
    if (s) decode_ahead(a, s);
    bool has_done = s || (has_room && look(a));
    pthread_mutex_unlock(&a->lock);
    return has_done;
}
