#include "sources/losses.h"

#include <stdlib.h>

static bool is_before(const LossPlace *a, const LossPlace *b) {
    return a->piece == b->piece ? a->offset < b->offset : a->piece < b->piece;
}

static bool is_earlier(const LossExample *e, const LossPlace *at) {
    return !e || is_before(at, &e->at);
}

void value_reason(char out[LOSS_REASON_BYTES], Str column, Type type, Str text) {
    bool is_cut = text.len > 40;
    snprintf(out, LOSS_REASON_BYTES, "%.*s is no %s: %.*s%s",
             (int)(column.len > 40 ? 40 : column.len), column.ptr, type_name(type),
             (int)(is_cut ? 40 : text.len), text.ptr, is_cut ? "..." : "");
}

void losses_add(Losses *l, LossKind kind, const char *reason, Str record, LossPlace at) {
    l->counts[kind]++;
    if (!is_earlier(l->first[kind], &at)) return;
    if (!l->first[kind]) l->first[kind] = calloc(1, sizeof *l->first[kind]);
    LossExample *e = l->first[kind];
    if (!e) return;
    e->at = at;
    snprintf(e->reason, sizeof e->reason, "%s", reason);
    e->is_cut = record.len > LOSS_EXAMPLE_BYTES;
    e->n_bytes = (uint16_t)(e->is_cut ? (size_t)LOSS_EXAMPLE_BYTES : record.len);
    if (e->n_bytes) memcpy(e->bytes, record.ptr, e->n_bytes);
}

void losses_add_damage(Losses *l, Str reason, LossPlace at, int64_t n) {
    l->n_damages += n;
    if (l->damage && !is_before(&at, &l->damage_at)) return;
    free(l->damage);
    l->damage = strndup(reason.ptr, reason.len);
    l->damage_at = at;
}

void losses_merge(Losses *into, Losses *from) {
    if (from->lines > into->lines) into->lines = from->lines;
    if (from->bytes > into->bytes) into->bytes = from->bytes;
    if (from->damage && from->n_damages >= into->n_damages) {
        free(into->damage);
        into->damage = from->damage;
        into->damage_at = from->damage_at;
        into->n_damages = from->n_damages;
        from->damage = NULL;
    }
    for (int kind = 0; kind < LOSS_KINDS; kind++) {
        if (from->counts[kind] > into->counts[kind]) into->counts[kind] = from->counts[kind];
        LossExample *e = from->first[kind];
        if (!e || !is_earlier(into->first[kind], &e->at)) continue;
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
    case LOSS_COLUMN:
        return "with a column that no record looked at before holds, which is not read";
    case LOSS_KINDS: break;
    }
    return "";
}
