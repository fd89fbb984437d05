/*
 * scan.c: a table's files to batches, by several threads.
 *
 *   morsel (a file, or a part of one) -> records -> prefilter -> row -> typed columns
 *
 * Workers take morsels from a common list. A batch ends at BATCH_ROWS rows, or earlier when its
 * texts have grown large, so that memory stays bounded whatever the records hold. What is lost is
 * counted in the scan and merged into the data set's files when the scan is freed.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/ticks.h"
#include "sources/coerce.h"
#include "sources/key_probe.h"
#include "sources/loss_place.h"
#include "sources/morsels.h"
#include "sources/prefilter.h"
#include "sources/rows.h"

enum { BATCH_TEXT_BYTES = 8 << 20, LOOK_EVERY = 256 };

/* Rows of the table in a file; those passed over unread count, as they cannot be told apart. */
typedef struct RowCount {
    int64_t n_rows;
    uint32_t n_open; /* morsels that were taken and not read to their end */
    bool has_last;   /* no more will be taken */
    bool is_vague;   /* one of those passed over may hold several rows, or none */
} RowCount;

struct Scan {
    DataSet *data;
    const SourceTable *table;
    uint32_t *columns;
    uint32_t n_columns;
    ScanNeedle *needles; /* copies */
    Arena *arena;
    Prefilter *json_filter, *cell_filter;
    KeyProbe *probe;                        /* of JSON objects; NULL: none */
    int64_t from_ticks, to_ticks;           /* both of the times must not lie outside */
    int64_t data_from_ticks, data_to_ticks; /* of the data set */
    bool is_timed, is_data_timed;           /* bounds of the query, of --from and --to */
    bool wants_places;
    const volatile int *cancel;
    Morsels *morsels;
    pthread_mutex_t lock; /* over losses */
    Losses *losses;       /* by file of the table */
    RowCount *counts;     /* by file of the table */
};

struct ScanWorker {
    Scan *scan;
    Arena *arena; /* the batch's texts */
    ColumnBatch batch;
    RowLayout layout;
    RecordReader *reader; /* NULL between morsels */
    Morsel morsel;
    MorselRoom room;
    SourceFile *file;
    const Prefilter *filter;
    const KeyProbe *probe; /* for the present file */
    Record record;
    JsonCursor list;            /* records inside the record, still to be read */
    bool has_list, keeps_arena; /* the list's text lives in the arena */
    int64_t n_lines, n_bytes;   /* of this morsel */
    bool passed_array;          /* unread, where rows are objects */
    int64_t n_rows, n_passed;   /* of its lines: rows of the table, those passed over unread */
    int64_t n_put;              /* rows handed out */
    Buf error;
};

/* ------------------------------------------------------------------- opening */

static void copy_needles(Scan *s, const ScanSpec *spec) {
    s->needles = ARENA_ARRAY(s->arena, ScanNeedle, spec->n_needles + 1);
    for (uint32_t i = 0; i < spec->n_needles; i++) {
        const ScanNeedle *from = &spec->needles[i];
        s->needles[i] = *from;
        s->needles[i].any_of = ARENA_ARRAY(s->arena, Str, from->n + 1);
        for (uint32_t j = 0; j < from->n; j++)
            s->needles[i].any_of[j] = arena_str(s->arena, from->any_of[j]);
    }
    if (s->data->options.is_strict) return; /* each record is read, so that each fault is found */
    s->json_filter = prefilter_new(s->needles, spec->n_needles, true);
    s->cell_filter = prefilter_new(s->needles, spec->n_needles, false);
}

static bool is_bounded(int64_t from, int64_t to) { return from != INT64_MIN || to != INT64_MAX; }

Status scan_open(DataSet *d, const ScanSpec *spec, Scan **ret) {
    const SourceTable *table = spec->table->source;
    Scan *s = calloc(1, sizeof *s);
    if (!s) return INTERNAL;
    s->data = d;
    s->table = table;
    s->arena = arena_new();
    s->cancel = spec->cancel;
    s->from_ticks = spec->from_ticks;
    s->to_ticks = spec->to_ticks;
    s->is_timed = is_bounded(spec->from_ticks, spec->to_ticks);
    s->wants_places = spec->wants_places;
    dataset_time_bounds(d, &s->data_from_ticks, &s->data_to_ticks);
    s->is_data_timed = is_bounded(s->data_from_ticks, s->data_to_ticks);
    s->n_columns = spec->n_columns;
    s->columns = ARENA_ARRAY(s->arena, uint32_t, spec->n_columns + 1);
    if (s->n_columns) memcpy(s->columns, spec->columns, s->n_columns * sizeof *s->columns);
    pthread_mutex_init(&s->lock, NULL);
    copy_needles(s, spec);
    uint32_t n_files = table ? table->n_files : 0;
    s->losses = ARENA_ARRAY(s->arena, Losses, n_files + 1);
    s->counts = ARENA_ARRAY(s->arena, RowCount, n_files + 1);
    int64_t bytes;
    s->morsels = morsels_new(table, &d->options, &bytes);
    d->bytes_total += bytes;
    *ret = s;
    return OK;
}

void scan_set_keys(Scan *s, const ScanKeyColumn *keys, uint32_t n) {
    if (!s->table || s->data->options.is_strict) return;
    s->probe = key_probe_new(&s->table->ref, keys, n);
}

/* Keeps how many rows a file has when all of it was seen, and not through the bounds of time. */
static void keep_count(const Scan *s, SourceFile *f, const RowCount *count) {
    if (count->n_open || !count->has_last || count->is_vague || dataset_is_bounded(s->data) ||
        f->n_tables != 1)
        return;
    f->has_row_count = true;
    f->n_rows = count->n_rows;
}

void scan_free(Scan *s) {
    if (!s) return;
    pthread_mutex_lock(&s->data->lock);
    for (uint32_t i = 0; s->table && i < s->table->n_files; i++) {
        SourceFile *f = s->table->files[i];
        keep_count(s, f, &s->counts[i]);
        if (f->same) f = f->same;
        amount_merge(&f->amount, &s->losses[i], file_size_now(f));
        losses_merge(&f->losses, &s->losses[i]);
        losses_free(&s->losses[i]);
    }
    pthread_mutex_unlock(&s->data->lock);
    prefilter_free(s->json_filter);
    prefilter_free(s->cell_filter);
    key_probe_free(s->probe);
    morsels_free(s->morsels);
    pthread_mutex_destroy(&s->lock);
    arena_free(s->arena);
    free(s);
}

unsigned scan_max_workers(const Scan *s) { return morsels_threads(s->morsels); }

/* -------------------------------------------------------------------- worker */

/* Tells the progress. */
static void count(ScanWorker *w) {
    int64_t n = w->reader ? records_take_bytes(w->reader) : 0;
    w->scan->data->bytes_read += n;
    w->n_bytes += n;
}

/* What was read of the morsel is the scan's. */
static void settle(ScanWorker *w) {
    Losses *l = &w->scan->losses[w->morsel.file];
    pthread_mutex_lock(&w->scan->lock);
    l->lines += w->n_lines;
    l->bytes += w->n_bytes;
    RowCount *rows = &w->scan->counts[w->morsel.file];
    rows->n_rows += w->n_rows;
    rows->is_vague |= w->passed_array || (w->n_passed > 0 && w->file->is_wrapped);
    pthread_mutex_unlock(&w->scan->lock);
    records_close(w->reader);
    w->reader = NULL;
}

static size_t value_width(Type t) {
    switch (t) {
    case TYPE_BOOL: return sizeof(uint8_t);
    case TYPE_INT: return sizeof(int32_t);
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return sizeof(int64_t);
    case TYPE_REAL: return sizeof(double);
    case TYPE_DECIMAL: return sizeof(Decimal);
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return sizeof(Str);
}

static bool make_batch(ScanWorker *w) {
    const Scan *s = w->scan;
    w->batch.n_columns = s->n_columns;
    w->batch.columns = calloc(s->n_columns + 1, sizeof *w->batch.columns);
    for (uint32_t i = 0; w->batch.columns && i < s->n_columns; i++) {
        ColumnVector *v = &w->batch.columns[i];
        v->type = s->table->ref.columns[s->columns[i]].type;
        v->valid = calloc(BATCH_ROWS, 1);
        v->u.b = calloc(BATCH_ROWS, value_width(v->type));
        if (!v->valid || !v->u.b) return false;
    }
    if (s->wants_places) w->batch.places = calloc(BATCH_ROWS, sizeof *w->batch.places);
    return w->batch.columns && (w->batch.places || !s->wants_places);
}

Status scan_worker_open(Scan *s, ScanWorker **ret) {
    ScanWorker *w = calloc(1, sizeof *w);
    if (!w) return INTERNAL;
    w->scan = s;
    w->arena = arena_new();
    if (!make_batch(w)) {
        scan_worker_free(w);
        return INTERNAL;
    }
    if (s->table) row_layout_init(&w->layout, s->table, s->columns, s->n_columns);
    *ret = w;
    return OK;
}

void scan_worker_free(ScanWorker *w) {
    if (!w) return;
    if (w->reader) { /* the query has enough */
        count(w);
        settle(w);
    }
    row_layout_free(&w->layout);
    morsel_room_free(&w->room);
    for (uint32_t i = 0; w->batch.columns && i < w->batch.n_columns; i++) {
        free(w->batch.columns[i].valid);
        free(w->batch.columns[i].u.b);
    }
    free(w->batch.columns);
    free(w->batch.places);
    arena_free(w->arena);
    buf_free(&w->error);
    free(w);
}

Str scan_error(const ScanWorker *w) { return buf_str(&w->error); }

/* ------------------------------------------------------------------- losses */

static bool is_strict(const ScanWorker *w) { return w->scan->data->options.is_strict; }

static Status tell_damage(ScanWorker *w, const RecordDamage *d) {
    buf_clear(&w->error);
    buf_printf(&w->error, "%.*s: %.*s (at byte %lld of the file)", STR_ARG(w->file->path),
               STR_ARG(d->reason), (long long)d->at);
    return DATA;
}

/* Counts a loss of the present record; DATA in strict mode. */
static Status lose(ScanWorker *w, LossKind kind, const char *reason) {
    const Record *r = &w->record;
    bool is_first = w->morsel.from == 0 && (!w->morsel.is_chunk || w->room.chunk.base == 0);
    LossPlace at = {.piece = file_has_pieces(w->file) ? w->morsel.from : 0,
                    .offset = r->offset,
                    .line = is_first ? r->line : 0};
    pthread_mutex_lock(&w->scan->lock);
    losses_add(&w->scan->losses[w->morsel.file], kind, reason, r->text, at);
    pthread_mutex_unlock(&w->scan->lock);
    if (!is_strict(w)) return OK;
    RecordDamage damage = records_damage(w->reader);
    if (damage.n) return tell_damage(w, &damage); /* not the record that is cut off by it */
    if (!is_first) (void)loss_place_count(w->file, &at);
    buf_clear(&w->error);
    buf_put(&w->error, w->file->path);
    if (at.line) buf_printf(&w->error, ", line %lld", (long long)at.line);
    buf_printf(&w->error, ", byte %lld: %s", (long long)at.offset, reason);
    return DATA;
}

/* Notes that some of a file, or all that is left of it, could not be read. */
static Status lose_part(ScanWorker *w, const RecordDamage *d) {
    LossPlace at = {.piece = w->morsel.from, .offset = d->at};
    pthread_mutex_lock(&w->scan->lock);
    losses_add_damage(&w->scan->losses[w->morsel.file], d->reason, at, d->n);
    pthread_mutex_unlock(&w->scan->lock);
    return is_strict(w) ? tell_damage(w, d) : OK;
}

static Status lose_rest(ScanWorker *w, const char *reason, int64_t at) {
    return lose_part(w, &(RecordDamage){.reason = str_of(reason), .at = at, .n = 1});
}

/* ------------------------------------------------------------------- morsels */

/* The header is the first row that could be read. */
static Status pass_header(ScanWorker *w) {
    RecordNext next;
    while ((next = records_next(w->reader, &w->record)) == RECORD_BAD) {
        w->n_lines++;
        TRY(lose(w, LOSS_LINE, w->record.reason));
    }
    return OK;
}

static bool take_morsel(ScanWorker *w) {
    Scan *s = w->scan;
    if (!morsels_take(s->morsels, &w->morsel, &w->room)) return false;
    pthread_mutex_lock(&s->lock);
    RowCount *rows = &s->counts[w->morsel.file];
    rows->n_open++;
    rows->has_last |= w->morsel.is_last;
    pthread_mutex_unlock(&s->lock);
    return true;
}

static Status open_morsel(ScanWorker *w) {
    const Morsel *m = &w->morsel;
    w->file = w->scan->table->files[m->file];
    w->filter = file_has_cells(w->file) ? w->scan->cell_filter : w->scan->json_filter;
    bool has_names = w->file->shape == SHAPE_LINES || w->file->shape == SHAPE_ROWS ||
                     w->file->shape == SHAPE_MEMBER;
    w->probe = has_names ? w->scan->probe : NULL;
    w->n_lines = w->n_bytes = w->n_rows = w->n_passed = 0;
    w->n_put = 0;
    w->passed_array = false;
    row_layout_file(&w->layout, w->file);
    int code;
    if (morsel_open(w->file, m, &w->room, &w->reader, &code) == OK) {
        return file_has_cells(w->file) && w->file->has_header ? pass_header(w) : OK;
    }
    char text[160];
    snprintf(text, sizeof text, "cannot be opened: %s",
             code == ESTALE ? "another file has taken its place" : strerror(code));
    return lose_rest(w, text, m->from);
}

static Status close_morsel(ScanWorker *w) {
    Status status = OK;
    count(w);
    RecordDamage damage = records_damage(w->reader);
    int64_t at = records_position(w->reader);
    if (damage.n && !damage.is_foreign) status = lose_part(w, &damage);
    if (status == OK && !damage.n && records_are_partial(w->reader))
        status = lose_rest(w, "the service told an error: its rows are not complete", at);
    int64_t size = records_file_size(w->reader);
    bool is_short = w->morsel.stop >= 0 ? at < w->morsel.stop : size >= 0 && size < w->file->size;
    if (status == OK && !damage.n && is_short)
        status = lose_rest(w, "the file became shorter while it was read",
                           size >= 0 && size < at ? size : at);
    settle(w);
    pthread_mutex_lock(&w->scan->lock);
    w->scan->counts[w->morsel.file].n_open--;
    pthread_mutex_unlock(&w->scan->lock);
    return status;
}

/* ---------------------------------------------------------------------- rows */

static bool is_outside(int64_t ticks, int64_t from, int64_t to) {
    return ticks < from || ticks > to;
}

/* Whether time bounds let the row in. A row without a readable time is let in by the query's
 * bounds, which are only a hint, and by --from and --to when it has no time at all. */
static bool is_in_time(ScanWorker *w) {
    const Scan *s = w->scan;
    if (!s->is_timed && !s->is_data_timed) return true;
    bool is_json = !file_has_cells(w->file), has_first = false, is_first = true;
    unsigned n_known = 0, n_out = 0;
    for (int i = 0; i < 2; i++) {
        const FieldPlace *place = &w->layout.times[i];
        int64_t ticks;
        Str raw = place->own == NO_FIELD ? (Str){0} : w->layout.fields[place->own];
        if (!coerce_time(raw, is_json, place->zone_ticks, w->arena, &ticks)) continue;
        n_known++;
        n_out += is_outside(ticks, s->from_ticks, s->to_ticks);
        if (!has_first) is_first = !is_outside(ticks, s->data_from_ticks, s->data_to_ticks);
        has_first = true;
    }
    if (s->is_data_timed && !is_first) return false;
    return !s->is_timed || !n_known || n_out < n_known;
}

static bool put_value(ScanWorker *w, ColumnVector *v, uint32_t row, Str raw, int64_t zone_ticks) {
    if (!file_has_cells(w->file)) return coerce_json(v, row, raw, w->arena);
    if (v->type == TYPE_STRING) raw = arena_str(w->arena, raw);
    return coerce_text(v, row, raw, zone_ticks, w->arena);
}

static Status lose_value(ScanWorker *w, uint32_t column, Str raw) {
    const TableColumn *c = &w->scan->table->ref.columns[w->scan->columns[column]];
    char reason[LOSS_REASON_BYTES];
    value_reason(reason, c->name, c->type, raw);
    return lose(w, LOSS_VALUE, reason);
}

/* Of a row's place: no morsel has more rows than that. */
enum { ROW_BITS = 36 };

static Status put_row(ScanWorker *w) {
    uint32_t row = w->batch.n_rows;
    for (uint32_t i = 0; i < w->batch.n_columns; i++) {
        ColumnVector *v = &w->batch.columns[i];
        const FieldPlace *place = &w->layout.places[i];
        Str raw = row_value(&w->layout, place);
        const TableColumn *c = &w->scan->table->ref.columns[w->scan->columns[i]];
        if (row_text_is_null(raw) && v->type == TYPE_STRING && str_is(c->name, "Type")) {
            v->u.s[row] = w->scan->table->ref.name;
            v->valid[row] = 1;
        } else if (!raw.ptr) {
            coerce_null(v, row);
        } else if (!put_value(w, v, row, raw, place->zone_ticks)) {
            TRY(lose_value(w, i, raw));
        }
    }
    if (w->batch.places) w->batch.places[row] = (int64_t)w->morsel.number << ROW_BITS | w->n_put;
    w->n_put++;
    w->batch.n_rows++;
    return OK;
}

static Status lose_stranger(ScanWorker *w, Str key) {
    char reason[LOSS_REASON_BYTES];
    snprintf(reason, sizeof reason, "%.*s is a new column", STR_ARG(str_sub(key, 0, 80)));
    return lose(w, LOSS_COLUMN, reason);
}

/* One record or element of a list: a row, a list, or a loss. */
static Status take_text(ScanWorker *w, Str text, const Structure *structure) {
    RowText row = {.text = text, .structure = structure, .arena = w->arena};
    switch (row_read(&w->layout, &row)) {
    case ROW_BAD: return lose(w, LOSS_LINE, row.reason ? row.reason : "not JSON");
    case ROW_FOREIGN: {
        char reason[LOSS_REASON_BYTES];
        snprintf(reason, sizeof reason, "a record of %.*s", STR_ARG(str_sub(row.foreign, 0, 80)));
        return lose(w, LOSS_FOREIGN, reason);
    }
    case ROW_OTHER: return OK;
    case ROW_LIST:
        if (w->has_list) return lose(w, LOSS_LINE, "a list of records inside a list");
        w->list = row.list;
        w->has_list = true;
        w->keeps_arena = row.is_damaged;
        return OK;
    case ROW_OK: break;
    }
    w->n_rows++;
    if (row.is_damaged) TRY(lose(w, LOSS_TEXT, "invalid UTF-8 or half a surrogate pair"));
    if (row.has_twice) TRY(lose(w, LOSS_TWICE, "a key stands twice"));
    if (row.stranger.len) TRY(lose_stranger(w, row.stranger));
    if (row.has_other_width) TRY(lose(w, LOSS_CELLS, "more or fewer cells than columns"));
    return is_in_time(w) ? put_row(w) : OK;
}

/* A record that the prefilter drops unread; one that is cut off goes on, to be counted. */
static bool is_dropped(const ScanWorker *w) {
    Str text = w->record.text;
    if ((!w->filter || prefilter_passes(w->filter, text)) &&
        (!w->probe || key_probe_passes(w->probe, text)))
        return false;
    if (file_has_cells(w->file) || !text.len) return true;
    char first = text.ptr[0], last = text.ptr[text.len - 1];
    return (first == '{' && last == '}') || (first == '[' && last == ']');
}

/* Counts records that were passed over. */
static void pass(ScanWorker *w, uint64_t n) {
    w->n_lines += (int64_t)n;
    w->n_passed += (int64_t)n;
    w->n_rows += (int64_t)n;
}

static Status take_record(ScanWorker *w, bool *ret_ends) {
    if (w->filter || w->probe) pass(w, records_pass(w->reader, w->filter, w->probe));
    RecordNext next = records_next(w->reader, &w->record);
    *ret_ends = next == RECORD_END;
    if (*ret_ends) return close_morsel(w);
    if (next == RECORD_OK && is_dropped(w)) {
        pass(w, 1);
        w->passed_array |= w->file->shape == SHAPE_LINES && w->record.text.ptr[0] == '[';
        return OK;
    }
    w->n_lines++;
    if (next == RECORD_BAD) return lose(w, LOSS_LINE, w->record.reason);
    return take_text(w, w->record.text, w->record.structure);
}

static Status take_element(ScanWorker *w) {
    Str key, element;
    w->has_list = json_next(&w->list, &key, &element);
    if (!w->has_list) return OK;
    Status status = take_text(w, element, NULL);
    w->has_list = true;
    return status;
}

static bool is_cancelled(const ScanWorker *w) { return w->scan->cancel && *w->scan->cancel; }

/* Until the batch is full or the scan is over. */
static Status fill_batch(ScanWorker *w) {
    for (unsigned i = 1; w->batch.n_rows < BATCH_ROWS; i++) {
        if (i % LOOK_EVERY == 0) {
            if (is_cancelled(w)) return CANCELLED;
            count(w);
        }
        if (arena_used(w->arena) > BATCH_TEXT_BYTES) {
            if (w->batch.n_rows) return OK;
            if (!w->has_list || !w->keeps_arena)
                arena_reset(w->arena); /* rows that were not kept */
        }
        if (w->has_list) {
            TRY(take_element(w));
        } else if (w->reader) {
            bool ends;
            TRY(take_record(w, &ends));
        } else {
            if (!take_morsel(w)) return OK;
            TRY(open_morsel(w));
        }
    }
    return OK;
}

Status scan_next(ScanWorker *w, ColumnBatch **ret_batch) {
    w->batch.n_rows = 0;
    if (!w->has_list || !w->keeps_arena) arena_reset(w->arena);
    *ret_batch = &w->batch;
    Status status = is_cancelled(w) ? CANCELLED : fill_batch(w);
    count(w);
    if (status == CANCELLED) {
        buf_clear(&w->error);
        buf_puts(&w->error, "interrupted");
    }
    return status;
}
