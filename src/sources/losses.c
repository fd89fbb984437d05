#include "sources/losses.h"

#include <stdlib.h>

static bool is_earlier(const LossExample *e, int64_t offset) { return !e || offset < e->offset; }

void losses_add(Losses *l, LossKind kind, const char *reason, Str record, int64_t offset,
                int64_t line) {
    l->counts[kind]++;
    if (!is_earlier(l->first[kind], offset)) return;
    if (!l->first[kind]) l->first[kind] = calloc(1, sizeof *l->first[kind]);
    LossExample *e = l->first[kind];
    if (!e) return;
    e->offset = offset;
    e->line = line;
    snprintf(e->reason, sizeof e->reason, "%s", reason);
    e->is_cut = record.len > LOSS_EXAMPLE_BYTES;
    e->n_bytes = (uint16_t)(e->is_cut ? (size_t)LOSS_EXAMPLE_BYTES : record.len);
    if (e->n_bytes) memcpy(e->bytes, record.ptr, e->n_bytes);
}

void losses_set_damage(Losses *l, Str reason, int64_t offset) {
    free(l->damage);
    l->damage = NULL;
    if (asprintf(&l->damage, "%.*s (at byte %lld of the file)", STR_ARG(reason),
                 (long long)offset) < 0)
        l->damage = NULL;
}

void losses_merge(Losses *into, Losses *from) {
    if (from->lines > into->lines) into->lines = from->lines;
    if (from->bytes > into->bytes) into->bytes = from->bytes;
    if (from->damage) {
        free(into->damage);
        into->damage = from->damage;
        from->damage = NULL;
    }
    for (int kind = 0; kind < LOSS_KINDS; kind++) {
        if (from->counts[kind] > into->counts[kind]) into->counts[kind] = from->counts[kind];
        LossExample *e = from->first[kind];
        if (!e || !is_earlier(into->first[kind], e->offset)) continue;
        free(into->first[kind]);
        into->first[kind] = e;
        from->first[kind] = NULL;
    }
}

static void keep_larger(int64_t *into, int64_t from) {
    if (from > *into) *into = from;
}

void amount_merge(Amount *into, const Losses *from, int64_t size) {
    keep_larger(&into->bytes, from->bytes < size ? from->bytes : size);
    keep_larger(&into->lines, from->lines);
    keep_larger(&into->skipped, from->counts[LOSS_LINE]);
}

void losses_free(Losses *l) {
    for (int kind = 0; kind < LOSS_KINDS; kind++) free(l->first[kind]);
    free(l->damage);
    *l = (Losses){0};
}

Str losses_show(Arena *arena, const LossExample *e) {
    Buf out = {0};
    for (unsigned i = 0; i < e->n_bytes; i++) {
        unsigned char c = (unsigned char)e->bytes[i];
        if (c >= 0x20 && c < 0x7F) buf_putc(&out, (char)c);
        else buf_printf(&out, "\\x%02x", c);
    }
    if (e->is_cut) buf_puts(&out, "...");
    Str shown = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return shown;
}

const char *loss_kind_name(LossKind kind) {
    switch (kind) {
    case LOSS_LINE: return "skipped";
    case LOSS_VALUE: return "not of their column's type and read as null";
    case LOSS_TEXT: return "with damaged text, read with U+FFFD in its place";
    case LOSS_CELLS: return "with more or fewer cells than the header";
    case LOSS_TWICE: return "with a key that stands twice, of which the last value was read";
    case LOSS_FOREIGN: return "of a table that the start of the file did not show";
    case LOSS_KINDS: break;
    }
    return "";
}
