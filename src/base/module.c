/* module.c: see module.h. */
#include "base/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Beside the program in a build tree, else where an installation has the program's libraries. */
static void *open_module(const Module *m) {
    static const char *const places[] = {"", "../lib/quarry/"};
    char exe[PATH_MAX], path[2 * PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[len > 0 ? len : 0] = 0;
    char *slash = strrchr(exe, '/');
    if (slash) slash[1] = 0;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        int n = snprintf(path, sizeof path, "%s%s%s", exe, places[i], m->file);
        if (slash && n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0)
            return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return NULL;
}

static const void *load(Module *m) {
    (void)dlerror();
    void *handle = open_module(m);
    const void *table = handle ? dlsym(handle, m->symbol) : NULL;
    if (table) return table;
    const char *why = dlerror();
    if (why) snprintf(m->why, sizeof m->why, "%s cannot be loaded: %s", m->file, why);
    else snprintf(m->why, sizeof m->why, "%s is not beside the program", m->file);
    return NULL;
}

const void *module_table(Module *m) {
    const void *table = atomic_load_explicit(&m->table, memory_order_acquire);
    if (table) return table;
    pthread_mutex_lock(&lock);
    table = atomic_load_explicit(&m->table, memory_order_relaxed);
    if (!table && !m->why[0]) {
        table = load(m);
        atomic_store_explicit(&m->table, table, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return table;
}
