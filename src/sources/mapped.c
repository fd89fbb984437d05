/*
 * mapped.c: see mapped.h.
 *
 * A page that the file does not have any more is a SIGBUS. Its handler looks the address up among the
 * ranges that are open, puts zeros over the whole range and notes it; any other address is left to the
 * handler that was there before.
 */
#include "sources/mapped.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_RANGES = 256 };

typedef struct Range {
    atomic_bool is_used;
    atomic_uintptr_t first, behind; /* addresses; 0 and 0: none */
    atomic_bool is_broken;
} Range;

struct Mapped {
    Range *range;
    char *pages; /* of the mapping */
    size_t n_mapped;
    Str bytes;
};

static Range ranges[MAX_RANGES];
static struct sigaction before;

static void on_bus_error(int number, siginfo_t *info, void *context) {
    uintptr_t at = (uintptr_t)info->si_addr;
    for (size_t i = 0; i < MAX_RANGES; i++) {
        uintptr_t first = ranges[i].first, behind = ranges[i].behind;
        if (at < first || at >= behind) continue;
        ranges[i].is_broken = true;
        void *zeros = mmap((void *)first, behind - first, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros != MAP_FAILED) return;
    }
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
    else signal(SIGBUS, SIG_DFL); /* it comes again */
}

static void watch(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, &before) != 0) abort();
}

static Range *take_range(void) {
    for (size_t i = 0; i < MAX_RANGES; i++)
        if (!atomic_exchange(&ranges[i].is_used, true)) return &ranges[i];
    return NULL;
}

static void give_back(Range *r) {
    r->behind = 0;
    r->first = 0;
    r->is_broken = false;
    r->is_used = false;
}

Mapped *mapped_open(int fd, int64_t from, size_t size) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch);
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || from < 0 || from >= st.st_size) return NULL;
    if ((uint64_t)(st.st_size - from) < size) size = (size_t)(st.st_size - from);
    size_t lead = (size_t)(from % sysconf(_SC_PAGESIZE));
    Range *range = take_range();
    if (!range) return NULL;
    Mapped *m = calloc(1, sizeof *m);
    char *pages =
        m ? mmap(NULL, size + lead, PROT_READ, MAP_SHARED, fd, from - (int64_t)lead) : MAP_FAILED;
    if (pages == MAP_FAILED) {
        give_back(range);
        free(m);
        return NULL;
    }
    (void)madvise(pages, size + lead, MADV_SEQUENTIAL);
    *m = (Mapped){range, pages, size + lead, {pages + lead, size}};
    range->first = (uintptr_t)pages;
    range->behind = (uintptr_t)pages + m->n_mapped;
    return m;
}

void mapped_close(Mapped *m) {
    if (!m) return;
    give_back(m->range);
    (void)munmap(m->pages, m->n_mapped);
    free(m);
}

Str mapped_bytes(const Mapped *m) { return m->bytes; }

bool mapped_is_broken(const Mapped *m) { return m->range->is_broken; }
