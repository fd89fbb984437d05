/*
 * lost_values.c: values of Parquet files that are none of their column's type, as sources.h promises.
 *
 * The embedded engine reads these files; its conversions come here with what they could not convert. A run
 * counts for itself, as a scan does.
 */
#include <stdlib.h>

#include "sources/dataset_internal.h"

struct LostValues {
    DataSet *data;
    pthread_mutex_t lock;
    Losses *by_file; /* as data->files; NULL: nothing lost */
};

LostValues *lost_values_new(DataSet *d) {
    LostValues *l = calloc(1, sizeof *l);
    if (!l) abort();
    l->data = d;
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

static size_t find_file(const DataSet *d, Str path) {
    size_t low = 0, high = d->n_files;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_compare(d->files[mid]->path, path);
        if (order == 0) return mid;
        if (order < 0) low = mid + 1;
        else high = mid;
    }
    return SIZE_MAX;
}

static void keep(LostValues *l, const LostValue *v, const char *reason) {
    size_t at = find_file(l->data, v->path);
    if (at == SIZE_MAX) return;
    pthread_mutex_lock(&l->lock);
    if (!l->by_file) l->by_file = calloc(l->data->n_files, sizeof *l->by_file);
    if (!l->by_file) abort();
    losses_add(&l->by_file[at], LOSS_VALUE, reason, v->text, (LossPlace){.offset = v->row});
    pthread_mutex_unlock(&l->lock);
}

Status lost_values_add(LostValues *l, const LostValue *v, Buf *ret_error) {
    char reason[LOSS_REASON_BYTES];
    value_reason(reason, v->column, v->type, v->text);
    if (!l->data->options.is_strict) {
        keep(l, v, reason);
        return OK;
    }
    buf_printf(ret_error, "%.*s, row %lld: %s", STR_ARG(v->path), (long long)v->row + 1, reason);
    return DATA;
}

void lost_values_free(LostValues *l) {
    if (!l) return;
    pthread_mutex_lock(&l->data->lock);
    for (size_t i = 0; l->by_file && i < l->data->n_files; i++) {
        losses_merge(&l->data->files[i]->losses, &l->by_file[i]);
        losses_free(&l->by_file[i]);
    }
    pthread_mutex_unlock(&l->data->lock);
    pthread_mutex_destroy(&l->lock);
    free(l->by_file);
    free(l);
}
