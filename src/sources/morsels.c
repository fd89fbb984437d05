/*
 * morsels.c: see morsels.h.
 */
#include "sources/morsels.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/pieces.h"

/* Of plain bytes; of compressed ones, which are several times as many when they are read; and of bytes
 * decoded from them for another thread, which fit the cache of a core. A compressed file that is smaller
 * than that is not worth more than one thread. */
enum { RANGE_BYTES = 8 << 20, PIECES_BYTES = 2 << 20, CHUNK_BYTES = 1 << 20 };

/* What is still to be handed out of a file. */
typedef struct FileCursor {
    int64_t at, size;
    bool is_open; /* `at` is valid */
    bool is_cut;  /* in pieces */
    PieceLook look;
    LineStream *stream; /* of all from `at` on; NULL: none */
} FileCursor;

struct Morsels {
    const SourceTable *table;
    unsigned n_threads;
    int64_t piece_bytes, chunk_bytes;
    uint32_t n_files, next; /* the file that the next morsel is of */
    uint32_t n_taken;
    int64_t n_about;      /* morsels */
    FileCursor cursor;    /* in that file */
    pthread_mutex_t lock; /* over the cursor */
    pthread_mutex_t help_lock;
    pthread_cond_t is_alone;
    LineStream *helped; /* the cursor's */
    unsigned n_helping; /* threads that are in it without the lock */
};

int64_t file_size_now(const SourceFile *f) {
    struct stat st;
    int failed = f->fd >= 0 ? fstat(f->fd, &st) : stat(f->path.ptr, &st);
    return failed ? f->size : (int64_t)st.st_size;
}

static bool is_ranged(const SourceFile *f) { return file_is_divisible(f) && f->until > 0; }
static int64_t first_byte(const SourceFile *f) { return is_ranged(f) ? f->from : 0; }
static int64_t behind_last(const SourceFile *f) {
    return is_ranged(f) ? f->until : file_size_now(f);
}

static bool may_be_shared(const Morsels *m, const SourceFile *f, int64_t size) {
    return m->n_threads > 1 && file_has_pieces(f) && size > m->chunk_bytes;
}

static bool may_be_cut(const Morsels *m, const SourceFile *f, int64_t size) {
    return may_be_shared(m, f, size) && size > 2 * m->piece_bytes;
}

Morsels *morsels_new(const SourceTable *table, const DataOptions *options, int64_t *ret_bytes) {
    Morsels *m = calloc(1, sizeof *m);
    if (!m) abort();
    m->table = table;
    m->n_threads = thread_count(options->n_threads);
    m->piece_bytes = options->piece_bytes ? options->piece_bytes : PIECES_BYTES;
    m->chunk_bytes = options->piece_bytes ? options->piece_bytes : CHUNK_BYTES;
    m->n_files = table ? table->n_files : 0;
    m->cursor.look.fd = -1;
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->help_lock, NULL);
    pthread_cond_init(&m->is_alone, NULL);
    *ret_bytes = 0;
    for (uint32_t i = 0; table && i < table->n_files; i++) {
        const SourceFile *f = table->files[i];
        int64_t size = behind_last(f) - first_byte(f);
        int64_t n = file_is_divisible(f)        ? size / RANGE_BYTES
                    : may_be_shared(m, f, size) ? size / m->chunk_bytes
                                                : 1;
        m->n_about += n > 0 ? n : 1;
        *ret_bytes += size;
    }
    return m;
}

static void set_helped(Morsels *m, LineStream *s) {
    pthread_mutex_lock(&m->help_lock);
    m->helped = s;
    while (!s && m->n_helping) pthread_cond_wait(&m->is_alone, &m->help_lock);
    pthread_mutex_unlock(&m->help_lock);
}

static void close_cursor(Morsels *m, FileCursor *c, const SourceFile *f) {
    set_helped(m, NULL);
    if (c->look.fd >= 0 && c->look.fd != f->fd) close(c->look.fd);
    line_stream_close(c->stream);
    *c = (FileCursor){.look = {.fd = -1}};
}

void morsels_free(Morsels *m) {
    if (!m) return;
    if (m->next < m->n_files) close_cursor(m, &m->cursor, m->table->files[m->next]);
    pthread_cond_destroy(&m->is_alone);
    pthread_mutex_destroy(&m->help_lock);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

unsigned morsels_threads(const Morsels *m) {
    unsigned n = m->n_about < m->n_threads ? (unsigned)m->n_about : m->n_threads;
    return n ? n : 1;
}

static void open_cursor(const Morsels *m, FileCursor *c, const SourceFile *f) {
    c->at = first_byte(f);
    c->size = behind_last(f);
    c->is_open = true;
    c->is_cut = may_be_cut(m, f, c->size);
    if (!c->is_cut) return;
    c->look = (PieceLook){.fd = f->fd >= 0 ? f->fd : open(f->path.ptr, O_RDONLY | O_CLOEXEC)};
    c->is_cut = c->look.fd >= 0;
}

/* Where the morsel stops that begins at the cursor; negative: at the file's end. */
static int64_t stop_of(const Morsels *m, FileCursor *c, const SourceFile *f) {
    if (c->is_cut) return pieces_end(&c->look, f->codec, c->at, m->piece_bytes);
    if (file_is_divisible(f) && c->size - c->at > 2 * RANGE_BYTES) return c->at + RANGE_BYTES;
    return is_ranged(f) ? c->size : -1;
}

/* The rest of the file goes to all threads, when there are not files enough for each. */
static void open_stream(Morsels *m, FileCursor *c, const SourceFile *f) {
    bool has_others = m->n_files - m->next >= m->n_threads;
    if (has_others || !may_be_shared(m, f, c->size - c->at)) return;
    c->stream = line_stream_open(f, c->at, (size_t)m->chunk_bytes, m->n_threads);
    if (c->stream) set_helped(m, c->stream);
}

static Morsel take_next(Morsels *m, FileCursor *c, const SourceFile *f, LineChunk *chunk) {
    int64_t stop = c->stream ? -1 : stop_of(m, c, f);
    if (stop < 0 && !c->stream) open_stream(m, c, f);
    Morsel next = {.file = m->next,
                   .number = m->n_taken++,
                   .from = c->at,
                   .stop = stop,
                   .is_chunk = c->stream != NULL,
                   .is_last = stop < 0 || stop == c->size};
    if (c->stream) next.is_last = !line_stream_next(c->stream, chunk);
    else c->at = stop;
    return next;
}

/* Does some of the work of the thread that has the cursor; false: there is none to share. */
static bool help(Morsels *m) {
    pthread_mutex_lock(&m->help_lock);
    LineStream *s = m->helped;
    if (s) m->n_helping++;
    pthread_mutex_unlock(&m->help_lock);
    if (!s) return false;
    bool has_done = line_stream_help(s);
    pthread_mutex_lock(&m->help_lock);
    if (!--m->n_helping) pthread_cond_signal(&m->is_alone);
    pthread_mutex_unlock(&m->help_lock);
    return has_done;
}

static void lock_cursor(Morsels *m) {
    while (pthread_mutex_trylock(&m->lock) != 0)
        if (!help(m)) {
            pthread_mutex_lock(&m->lock);
            return;
        }
}

bool morsels_take(Morsels *m, Morsel *ret, MorselRoom *room) {
    lock_cursor(m);
    bool is_there = m->next < m->n_files;
    if (is_there) {
        const SourceFile *f = m->table->files[m->next];
        if (!m->cursor.is_open) open_cursor(m, &m->cursor, f);
        *ret = take_next(m, &m->cursor, f, &room->chunk);
        if (ret->is_last) {
            close_cursor(m, &m->cursor, f);
            m->next++;
        }
    }
    pthread_mutex_unlock(&m->lock);
    return is_there;
}

void morsel_room_free(MorselRoom *room) {
    line_chunk_free(&room->chunk);
    window_buffer_free(&room->window);
}

Status morsel_open(const SourceFile *f, const Morsel *m, MorselRoom *room, RecordReader **ret,
                   int *ret_errno) {
    if (!m->is_chunk) return records_open(f, m->from, m->stop, &room->window, ret, ret_errno);
    *ret = records_of_chunk(f, &room->chunk);
    *ret_errno = ENOMEM;
    return *ret ? OK : DATA;
}
