/*
 * see_whole.c: all records of a table that has no published schema, by several threads.
 *
 * Opening looks at samples. A value that they did not show would be null where it is of another type, and a
 * column would be missing: so the first query that names such a table looks at the rest. Each thread gathers
 * what its morsels hold in a data set of its own, and what it saw joins what was known before.
 */
#include <stdlib.h>

#include "sources/assembly.h"
#include "sources/morsels.h"
#include "sources/tables.h"

enum { MAX_THREADS = 64 };

typedef struct Look {
    DataSet *data;
    const SourceTable *table;
    Morsels *morsels;
} Look;

typedef struct Looker {
    Look *look;
    pthread_t thread;
    DataSet data; /* its arena, and what the first one knows */
    Assembly assembly;
    Arena *scratch;
    MorselRoom room;
    Diags diags; /* said when the file was opened */
} Looker;

static void open_looker(Looker *w, Look *look) {
    DataSet *d = look->data;
    *w = (Looker){.look = look, .scratch = arena_new()};
    w->data = (DataSet){.arena = arena_new(), .options = d->options, .known = d->known};
    diags_init(&w->diags, w->scratch);
    assembly_open(&w->assembly, &w->data, &w->diags);
    w->assembly.counted = d;
}

static void close_looker(Looker *w) {
    assembly_close(&w->assembly);
    morsel_room_free(&w->room);
    arena_free(w->data.arena);
    arena_free(w->scratch);
}

/* The file as it stands, but bound to no tables: those of this thread take its records. */
static void look_at(Looker *w, const Morsel *m) {
    Assembly *a = &w->assembly;
    const SourceFile *of = w->look->table->files[m->file];
    SourceFile file = *of;
    RecordReader *r;
    int code;
    file.tables = NULL;
    file.n_tables = 0;
    file.table = NULL;
    a->file = &file;
    a->cap_tables = 0;
    a->path_name = (PathName){.name = of->table ? of->table->ref.name : w->look->table->ref.name,
                              .basis = NAME_KNOWN};
    a->unnamed = NULL;
    if (morsel_open(&file, m, &w->room, &r, &code) != OK) return;
    sample_records(a, r, m->from);
    records_close(r);
}

static void *run_looker(void *arg) {
    Looker *w = arg;
    const volatile int *cancel = w->look->data->options.cancel;
    Morsel m;
    while (!(cancel && *cancel) && morsels_take(w->look->morsels, &m, &w->room)) look_at(w, &m);
    return NULL;
}

static void merge(SeenColumns *into, const SeenColumns *from) {
    into->n_rows += from->n_rows;
    into->is_full |= from->is_full;
    for (size_t i = 0; i < from->n; i++) {
        const SeenColumn *c = &from->items[i];
        SeenColumn *known = seen_column(into, c->name);
        known->kinds |= c->kinds;
        if (c->least < known->least) known->least = c->least;
        if (c->most > known->most) known->most = c->most;
        known->n += c->n;
        known->is_text_only |= c->is_text_only;
    }
}

static void take(SourceTable *t, const Looker *w) {
    for (size_t i = 0; i < w->assembly.n; i++) {
        const Draft *d = w->assembly.drafts[i];
        if (str_eq(d->table->ref.name, t->ref.name)) merge(&t->draft->seen, &d->seen);
    }
}

static void look(DataSet *d, SourceTable *t) {
    int64_t bytes;
    Look l = {.data = d, .table = t, .morsels = morsels_new(t, &d->options, &bytes)};
    unsigned n = morsels_threads(l.morsels), n_started = 1;
    if (n > MAX_THREADS) n = MAX_THREADS;
    d->bytes_total += bytes;
    Looker *lookers = calloc(n, sizeof *lookers);
    if (!lookers) abort();
    for (unsigned i = 0; i < n; i++) open_looker(&lookers[i], &l);
    while (n_started < n &&
           pthread_create(&lookers[n_started].thread, NULL, run_looker, &lookers[n_started]) == 0)
        n_started++;
    lookers[0].assembly.tells = true;
    run_looker(&lookers[0]);
    for (unsigned i = 1; i < n_started; i++) pthread_join(lookers[i].thread, NULL);
    d->bytes_total -= bytes; /* the scan that follows reads them anew */
    for (unsigned i = 0; i < n; i++) d->bytes_read -= lookers[i].assembly.n_counted;
    pthread_mutex_lock(&d->lock); /* its arena is in use by others */
    for (unsigned i = 0; i < n; i++) take(t, &lookers[i]);
    set_columns(d, t);
    pthread_mutex_unlock(&d->lock);
    for (unsigned i = 0; i < n; i++) close_looker(&lookers[i]);
    free(lookers);
    morsels_free(l.morsels);
}

void see_whole(DataSet *d, SourceTable *t) {
    pthread_mutex_lock(&d->whole_lock);
    if (t->is_sampled && !t->is_known) {
        t->is_sampled = t->is_in_part = false;
        look(d, t);
    }
    pthread_mutex_unlock(&d->whole_lock);
}
