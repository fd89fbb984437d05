/*
 * catalog.c: the rows of all families, found by name.
 *
 * The index is built once, on first use, and never changes: look-ups need no lock. Names are
 * case-sensitive, as in KQL. Operators, scalar functions, aggregates, plugins and tabular operators
 * have name spaces of their own.
 */
#include "catalog/catalog.h"

#include "base/nearest.h"

#include <pthread.h>
#include <stdlib.h>

#include "catalog/families.h"

#define DECLARE_FAMILY(table) extern const FnTable table __attribute__((weak));
CATALOG_FAMILIES(DECLARE_FAMILY)

#define LIST_FAMILY(table) &table,
static const FnTable *const families[] = {CATALOG_FAMILIES(LIST_FAMILY)};

/* Window functions are called like scalar ones and share their names. */
static FnKind name_space(FnKind kind) { return kind == FN_WINDOW ? FN_SCALAR : kind; }

typedef struct Slot {
    Str name;
    const FnDef *fn; /* NULL: free */
} Slot;

static struct {
    Slot *slots; /* open addressing; a power of two of them */
    size_t n_slots;
    const FnDef **rows;
    size_t n_rows;
} catalog;
static pthread_once_t catalog_once = PTHREAD_ONCE_INIT;

static bool next_alias(Str *rest, Str *ret_name) {
    while (rest->len) {
        size_t comma = str_find(*rest, STR(","), 0);
        size_t len = comma == SIZE_MAX ? rest->len : comma;
        *ret_name = str_trim(str_sub(*rest, 0, len));
        *rest = str_sub(*rest, len + 1, rest->len);
        if (ret_name->len) return true;
    }
    return false;
}

static size_t slot_start(FnKind kind, Str name) {
    return (size_t)(str_hash(name) + (uint64_t)kind * UINT64_C(0x9E3779B97F4A7C15));
}

/* The first row of a name wins, so that a family that runs hides a later row that does not yet. */
static void index_name(Str name, const FnDef *fn) {
    FnKind kind = name_space(fn->kind);
    for (size_t i = slot_start(kind, name);; i++) {
        Slot *slot = &catalog.slots[i & (catalog.n_slots - 1)];
        if (slot->fn && !(name_space(slot->fn->kind) == kind && str_eq(slot->name, name))) continue;
        if (!slot->fn) *slot = (Slot){name, fn};
        return;
    }
}

static void *need(void *memory) {
    if (!memory) abort();
    return memory;
}

static void catalog_build(void) {
    size_t n_names = 0;
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        const FnTable *table = families[f];
        if (!table) continue;
        catalog.n_rows += table->n;
        for (size_t i = 0; i < table->n; i++) {
            Str rest = str_of(table->rows[i].aliases), alias;
            n_names++;
            while (next_alias(&rest, &alias)) n_names++;
        }
    }
    catalog.rows = need(calloc(catalog.n_rows + 1, sizeof *catalog.rows));
    catalog.n_slots = 64;
    while (catalog.n_slots < n_names * 2) catalog.n_slots *= 2;
    catalog.slots = need(calloc(catalog.n_slots, sizeof *catalog.slots));

    size_t n = 0;
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        const FnTable *table = families[f];
        for (size_t i = 0; table && i < table->n; i++) {
            const FnDef *fn = &table->rows[i];
            Str rest = str_of(fn->aliases), alias;
            catalog.rows[n++] = fn;
            index_name(str_of(fn->name), fn);
            while (next_alias(&rest, &alias)) index_name(alias, fn);
        }
    }
}

static const FnDef *catalog_find(FnKind kind, Str name) {
    pthread_once(&catalog_once, catalog_build);
    for (size_t i = slot_start(kind, name);; i++) {
        const Slot *slot = &catalog.slots[i & (catalog.n_slots - 1)];
        if (!slot->fn) return NULL;
        if (name_space(slot->fn->kind) == kind && str_eq(slot->name, name)) return slot->fn;
    }
}

const FnDef *catalog_operator(Str symbol) { return catalog_find(FN_OPERATOR, symbol); }
const FnDef *catalog_scalar(Str name) { return catalog_find(FN_SCALAR, name); }
const FnDef *catalog_aggregate(Str name) { return catalog_find(FN_AGGREGATE, name); }
const FnDef *catalog_plugin(Str name) { return catalog_find(FN_PLUGIN, name); }
const FnDef *catalog_tabular(Str name) { return catalog_find(FN_TABULAR, name); }

size_t catalog_count(void) {
    pthread_once(&catalog_once, catalog_build);
    return catalog.n_rows;
}

const FnDef *catalog_row(size_t index) {
    return index < catalog_count() ? catalog.rows[index] : NULL;
}

Str catalog_nearest(FnKind kind, Str name) {
    Nearest near = nearest_to(name);
    const FnDef *fn = NULL;
    pthread_once(&catalog_once, catalog_build);
    for (size_t i = 0; i < catalog.n_slots; i++) {
        const Slot *slot = &catalog.slots[i];
        if (!slot->fn || name_space(slot->fn->kind) != name_space(kind)) continue;
        if (str_starts_with(slot->name, STR("__"))) continue;
        nearest_try(&near, slot->name);
        if (near.best.ptr == slot->name.ptr) fn = slot->fn;
    }
    return fn ? str_of(fn->name) : STR_EMPTY; /* the name of today, for an old one that is near */
}

/* ------------------------------------------------------------- signature */

static void put_type_set(Buf *out, TypeSet types) {
    static const struct {
        TypeSet set;
        const char *name;
    } named[] = {{TS_ANY, "scalar"},
                 {TS_NOT_DYNAMIC, "scalar but dynamic"},
                 {TS_NUMBER, "number"},
                 {TS_SUMMABLE, "number or timespan"},
                 {TS_INTEGER, "integer"},
                 {TS_TEXTUAL, "string or dynamic"},
                 {TS_TEMPORAL, "datetime or timespan"}};
    for (size_t i = 0; i < COUNT_OF(named); i++) {
        if (types != named[i].set) continue;
        buf_puts(out, named[i].name);
        return;
    }
    const char *separator = "";
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++) {
        if (!(types & TYPE_BIT(t))) continue;
        buf_printf(out, "%s%s", separator, type_name((Type)t));
        separator = " or ";
    }
}

static void put_param(Buf *out, const Param *p) {
    if (p->flags & PARAM_OPTIONAL) buf_putc(out, '[');
    buf_puts(out, p->name);
    buf_puts(out, ": ");
    if (p->flags & PARAM_TABLE) buf_puts(out, "table");
    else if (p->flags & (PARAM_AS_STRING | PARAM_AS_DYNAMIC)) buf_puts(out, "scalar");
    else put_type_set(out, p->types);
    if (p->flags & PARAM_STAR) buf_puts(out, " or *");
    if (p->flags & PARAM_REPEAT) buf_puts(out, ", ...");
    if (p->flags & PARAM_OPTIONAL) buf_putc(out, ']');
}

static const char *result_text(const FnDef *fn) {
    switch (fn->result) {
    case RESULT_FIXED: return type_name(fn->type);
    case RESULT_ARG0: return fn->params[0].name;
    case RESULT_ARG1: return fn->params[1].name;
    case RESULT_WIDEST: return "common type";
    case RESULT_ARITH: return "by operands";
    case RESULT_BIN: return fn->params[0].name;
    case RESULT_CUSTOM: return "by arguments";
    }
    return "unknown";
}

Str catalog_signature(Arena *arena, const FnDef *fn) {
    if (fn->syntax) return str_of(fn->syntax);
    Buf out = {0};
    buf_puts(&out, fn->name);
    buf_putc(&out, '(');
    for (size_t i = 0; i < FN_MAX_PARAMS && fn->params[i].name; i++) {
        if (i) buf_puts(&out, ", ");
        put_param(&out, &fn->params[i]);
    }
    buf_puts(&out, ")");
    if (fn->kind != FN_PLUGIN && fn->kind != FN_TABULAR && fn->kind != FN_FORM) {
        bool by_argument =
            fn->result == RESULT_ARG0 || fn->result == RESULT_ARG1 || fn->result == RESULT_BIN;
        buf_printf(&out, " : %s%s", by_argument ? "type of " : "", result_text(fn));
    }
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

/* -------------------------------------------------------------- lowering */

static bool form_fits(const SqlForm *form, const Type *args, uint32_t n_args) {
    uint32_t n_sets = 0;
    while (n_sets < COUNT_OF(form->args) && form->args[n_sets]) n_sets++;
    if (n_args != n_sets && !(n_sets == COUNT_OF(form->args) && n_args > n_sets)) return false;
    for (uint32_t i = 0; i < n_args; i++) {
        TypeSet set = form->args[i < n_sets ? i : n_sets - 1];
        if (!(set & TYPE_BIT(args[i]))) return false;
    }
    return true;
}

const char *catalog_sql(const FnDef *fn, const Type *args, uint32_t n_args, bool nulls_are_false) {
    for (const SqlForm *form = fn->forms; form && form->sql; form++) {
        if (!form_fits(form, args, n_args)) continue;
        return nulls_are_false && form->filter ? form->filter : form->sql;
    }
    if (!fn->sql) return NULL;
    for (uint32_t i = 0; fn->sql_types && i < n_args; i++)
        if (!(fn->sql_types & TYPE_BIT(args[i]))) return NULL;
    return fn->sql;
}
