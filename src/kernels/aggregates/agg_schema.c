/*
 * agg_schema.c: buildschema().
 *
 * A schema is a tree. A place that has seen one kind of value is printed as that kind, several as
 * an array of kinds; objects and arrays are one container, whose member `indexer` stands for the
 * elements of arrays. Kinds are named as gettype() names them and stand in the order in which they
 * came.
 *
 * Source: the page of buildschema().
 */
#include <stdlib.h>

#include "base/json.h"
#include "kernels/aggregates/aggregates.h"
#include "kernels/out.h"
#include "kernels/text/text_set.h"

enum { MAX_PLACES = 1048576 };

typedef enum Kind {
    KIND_NULL,
    KIND_BOOL,
    KIND_LONG,
    KIND_DOUBLE,
    KIND_STRING,
    KIND_CONTAINER
} Kind;
static const char *const kind_names[] = {"null", "bool", "long", "double", "string"};
enum { N_KINDS = KIND_CONTAINER + 1 };

typedef struct Place Place;
struct Place {
    uint8_t kinds[N_KINDS], n_kinds; /* in the order of their arrival */
    TextSet names;                   /* of members, as written in JSON */
    Place **members;                 /* beside the names */
    size_t cap;
    Place *elements; /* of arrays, or NULL */
};

typedef struct SchemaState {
    Place *root;
    size_t n_places;
} SchemaState;

static Place *place_new(KernelCall *call, SchemaState *s) {
    if (s->n_places == MAX_PLACES) {
        kernel_fail(call, "the values have more than %d properties", MAX_PLACES);
        return NULL;
    }
    Place *p = calloc(1, sizeof *p);
    if (!p) abort();
    s->n_places++;
    return p;
}

/* As deep as JSON may be. */
static void place_free(Place *p) {
    if (!p) return;
    for (size_t i = 0; i < p->names.n; i++) place_free(p->members[i]);
    place_free(p->elements);
    text_set_free(&p->names);
    free(p->members);
    free(p);
}

static void add_kind(Place *p, Kind kind) {
    for (uint8_t i = 0; i < p->n_kinds; i++)
        if (p->kinds[i] == kind) return;
    p->kinds[p->n_kinds++] = (uint8_t)kind;
}

/* The member of that name, made when it is new; NULL after an error. */
static Place *member_of(KernelCall *call, SchemaState *s, Place *p, Str name) {
    size_t at = p->members ? text_set_find(&p->names, name) : SIZE_MAX;
    if (at != SIZE_MAX) return p->members[at];
    Place *member = place_new(call, s);
    if (!member) return NULL;
    if (!p->members || p->names.n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 4;
        p->members = realloc(p->members, p->cap * sizeof *p->members);
        if (!p->members) abort();
    }
    p->members[p->names.n] = member;
    text_set_add(&p->names, name, STR_EMPTY);
    return member;
}

static Place *elements_of(KernelCall *call, SchemaState *s, Place *p) {
    if (!p->elements) p->elements = place_new(call, s);
    return p->elements;
}

/* ----------------------------------------------------------------- values */

static void add_value(KernelCall *call, SchemaState *s, Place *p, Str json);

static void add_container(KernelCall *call, SchemaState *s, Place *p, Str json) {
    JsonCursor c;
    Str key, value;
    if (!json_enter(json, &c)) return;
    add_kind(p, KIND_CONTAINER);
    if (!c.is_object && !elements_of(call, s, p)) return;
    while (json_next(&c, &key, &value)) {
        Place *inner = c.is_object ? member_of(call, s, p, key) : p->elements;
        if (!inner) return;
        add_value(call, s, inner, value);
    }
}

static void add_value(KernelCall *call, SchemaState *s, Place *p, Str json) {
    switch (json_kind(json)) {
    case JSON_NULL: add_kind(p, KIND_NULL); return;
    case JSON_FALSE:
    case JSON_TRUE: add_kind(p, KIND_BOOL); return;
    case JSON_LONG: add_kind(p, KIND_LONG); return;
    case JSON_REAL: add_kind(p, KIND_DOUBLE); return;
    case JSON_STRING: add_kind(p, KIND_STRING); return;
    case JSON_ARRAY:
    case JSON_OBJECT: add_container(call, s, p, json); return;
    case JSON_INVALID: return;
    }
}

static void update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)n_args;
    SchemaState *s = state;
    if (args[0].is_null || json_kind(args[0].u.s) == JSON_NULL) return;
    if (!s->root) s->root = place_new(call, s);
    add_value(call, s, s->root, args[0].u.s);
}

static void join(KernelCall *call, SchemaState *s, Place *into, const Place *from) {
    for (uint8_t i = 0; i < from->n_kinds; i++) add_kind(into, (Kind)from->kinds[i]);
    for (size_t i = 0; i < from->names.n; i++) {
        Place *member = member_of(call, s, into, text_set_text(&from->names, i));
        if (!member) return;
        join(call, s, member, from->members[i]);
    }
    if (from->elements && elements_of(call, s, into)) join(call, s, into->elements, from->elements);
}

static void combine(KernelCall *call, void *into, const void *from) {
    SchemaState *a = into;
    const SchemaState *b = from;
    if (!b->root) return;
    if (!a->root) a->root = place_new(call, a);
    join(call, a, a->root, b->root);
}

/* ------------------------------------------------------------------- text */

static void put_place(const Place *p, Out *out);

static void put_members(const Place *p, Out *out) {
    out_putc(out, '{');
    for (size_t i = 0; i < p->names.n; i++) {
        out_put(out, i ? STR(",\"") : STR("\""));
        out_put(out, text_set_text(&p->names, i));
        out_put(out, STR("\":"));
        put_place(p->members[i], out);
    }
    if (p->elements) {
        if (p->names.n) out_putc(out, ',');
        out_put(out, STR("\"`indexer`\":"));
        put_place(p->elements, out);
    }
    out_putc(out, '}');
}

static void put_place(const Place *p, Out *out) {
    if (p->n_kinds != 1) out_putc(out, '[');
    for (uint8_t i = 0; i < p->n_kinds; i++) {
        if (i) out_putc(out, ',');
        if (p->kinds[i] == KIND_CONTAINER) {
            put_members(p, out);
            continue;
        }
        out_putc(out, '"');
        out_put(out, str_of(kind_names[p->kinds[i]]));
        out_putc(out, '"');
    }
    if (p->n_kinds != 1) out_putc(out, ']');
}

static void finish(KernelCall *call, void *state, Value *ret) {
    const SchemaState *s = state;
    if (!s->root) return;
    Out out = {.arena = call->scratch};
    put_place(s->root, &out);
    ret_text(ret, out_str(&out));
}

static void destroy(void *state) { place_free(((SchemaState *)state)->root); }

const AggKernel agg_schema = {sizeof(SchemaState), update, combine, finish, destroy};
