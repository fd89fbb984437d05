#include "sources/notes.h"

struct DataNote {
    Str text, table;
    const SourceFile *file;
};

Diag *note_add(DataSet *d, Diags *diags, const SourceFile *f, Str table, const char *code,
               const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    DataNote note = {
        .text = arena_vprintf(d->arena, fmt, ap), .table = arena_str(d->arena, table), .file = f};
    va_end(ap);
    ARENA_PUSH(d->arena, d->notes, d->n_notes, d->cap_notes, note);
    return diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, code, "%.*s",
                    STR_ARG(note.text));
}

size_t dataset_note_count(const DataSet *d) { return d->n_notes; }
Str dataset_note(const DataSet *d, size_t i) { return d->notes[i].text; }

bool dataset_note_is_about(const DataSet *d, size_t i, Str table) {
    const DataNote *note = &d->notes[i];
    const SourceFile *f = note->file;
    if (note->table.len) return str_eq(note->table, table);
    if (!f || (!f->n_tables && !f->table)) return true;
    for (uint32_t k = 0; k < f->n_tables; k++)
        if (str_eq(f->tables[k]->ref.name, table)) return true;
    return f->table && str_eq(f->table->ref.name, table);
}
