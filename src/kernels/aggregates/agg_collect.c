/*
 * agg_collect.c: make_set, make_list, make_bag and their kin.
 *
 * Nulls are left out, also those inside a dynamic value, but for make_list_with_nulls. A string is
 * never null, so an empty one is a value.
 */
#include "base/json.h"
#include "kernels/aggregates/aggregates.h"
#include "kernels/out.h"
#include "kernels/text/text_set.h"

enum { MAX_ITEMS = 1048576, MAX_ITEMS_SHORT = 128 };

static bool is_nothing(const Value *v) {
    return v->is_null || (v->type == TYPE_DYNAMIC && json_kind(v->u.s) == JSON_NULL);
}

/* What the maxSize argument says, or the default. */
static int64_t size_limit(const Value *args, uint32_t n_args, int64_t by_default) {
    if (n_args < 2 || args[1].is_null) return by_default;
    int64_t wanted = args[1].type == TYPE_INT ? args[1].u.i : args[1].u.l;
    if (wanted < 0) return 0;
    return wanted < MAX_ITEMS ? wanted : MAX_ITEMS;
}

/* ------------------------------------------------------------------- sets */

typedef struct SetState {
    TextSet set;   /* elements as JSON, strings as their plain text */
    Buf json;      /* an element while it is written */
    int64_t limit; /* set by the first row */
    bool is_plain, has_begun;
} SetState;

static void set_put(SetState *s, Str text) {
    if ((int64_t)s->set.n < s->limit) text_set_add(&s->set, text, STR_EMPTY);
}

static void set_put_elements(SetState *s, JsonCursor *c) {
    Str key, element;
    while (json_next(c, &key, &element)) {
        element = str_trim(element);
        if (json_kind(element) != JSON_NULL) set_put(s, element);
    }
}

static void set_update(SetState *s, const Value *args, uint32_t n_args, int64_t by_default) {
    const Value *v = &args[0];
    JsonCursor c;
    s->limit = size_limit(args, n_args, by_default);
    s->is_plain = v->type == TYPE_STRING;
    s->has_begun = true;
    if (is_nothing(v)) return;
    if (s->is_plain) {
        set_put(s, v->u.s);
    } else if (v->type == TYPE_DYNAMIC && json_kind(v->u.s) == JSON_ARRAY &&
               json_enter(v->u.s, &c)) {
        set_put_elements(s, &c);
    } else {
        buf_clear(&s->json);
        value_put_json(&s->json, v);
        set_put(s, buf_str(&s->json));
    }
}

static void set_update_long(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    set_update(state, args, n_args, MAX_ITEMS);
}

static void set_update_short(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    set_update(state, args, n_args, MAX_ITEMS_SHORT);
}

static void set_combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    SetState *a = into;
    const SetState *b = from;
    if (!b->has_begun) return;
    a->limit = b->limit;
    a->is_plain = b->is_plain;
    a->has_begun = true;
    for (size_t i = 0; i < b->set.n; i++) set_put(a, text_set_text(&b->set, i));
}

static void set_finish(KernelCall *call, void *state, Value *ret) {
    const SetState *s = state;
    Buf out = {0};
    buf_putc(&out, '[');
    for (size_t i = 0; i < s->set.n; i++) {
        if (i) buf_putc(&out, ',');
        if (s->is_plain) json_put_string(&out, text_set_text(&s->set, i));
        else buf_put(&out, text_set_text(&s->set, i));
    }
    buf_putc(&out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static void set_destroy(void *state) {
    SetState *s = state;
    text_set_free(&s->set);
    buf_free(&s->json);
}

const AggKernel agg_set = {sizeof(SetState), set_update_long, set_combine, set_finish, set_destroy};
const AggKernel agg_set_short = {sizeof(SetState), set_update_short, set_combine, set_finish,
                                 set_destroy};

/* ------------------------------------------------------------------ lists */

typedef struct ListState {
    Buf json; /* the elements, joined by commas */
    int64_t n, limit;
} ListState;

static void list_put_text(ListState *s, Str element) {
    if (s->n++) buf_putc(&s->json, ',');
    buf_put(&s->json, element);
}

/* An array adds its elements, as it does to a set: the pages of geo_h3cell_rings and
 * geo_point_in_polygon count on it. */
static void list_put_elements(ListState *s, JsonCursor *c, bool keeps_nulls) {
    Str key, element;
    while (s->n < s->limit && json_next(c, &key, &element)) {
        element = str_trim(element);
        if (keeps_nulls || json_kind(element) != JSON_NULL) list_put_text(s, element);
    }
}

static void list_put(ListState *s, const Value *v, bool keeps_nulls) {
    JsonCursor c;
    if (s->n >= s->limit) return;
    if (v->type == TYPE_DYNAMIC && !v->is_null && json_kind(v->u.s) == JSON_ARRAY) {
        if (json_enter(v->u.s, &c)) list_put_elements(s, &c, keeps_nulls);
        return;
    }
    if (s->n++) buf_putc(&s->json, ',');
    value_put_json(&s->json, v);
}

static void list_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    ListState *s = state;
    s->limit = size_limit(args, n_args, MAX_ITEMS);
    if (!is_nothing(&args[0])) list_put(s, &args[0], false);
}

static void list_update_short(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    ListState *s = state;
    s->limit = size_limit(args, n_args, MAX_ITEMS_SHORT);
    if (!is_nothing(&args[0])) list_put(s, &args[0], false);
}

static void list_update_with_nulls(KernelCall *call, void *state, const Value *args,
                                   uint32_t n_args) {
    (void)call;
    (void)n_args;
    ListState *s = state;
    s->limit = MAX_ITEMS;
    list_put(s, &args[0], true);
}

/* Both lists do not fit: element by element. */
static void list_add_some(ListState *a, const ListState *b) {
    Buf array = {0};
    JsonCursor c;
    Str key, element;
    buf_putc(&array, '[');
    buf_put(&array, buf_str(&b->json));
    buf_putc(&array, ']');
    bool has_more = json_enter(buf_str(&array), &c);
    while (has_more && a->n < a->limit && json_next(&c, &key, &element)) list_put_text(a, element);
    buf_free(&array);
}

static void list_combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    ListState *a = into;
    const ListState *b = from;
    if (!b->n) return;
    a->limit = b->limit;
    if (a->n + b->n > a->limit) {
        list_add_some(a, b);
        return;
    }
    if (a->n) buf_putc(&a->json, ',');
    buf_put(&a->json, buf_str(&b->json));
    a->n += b->n;
}

static void list_finish(KernelCall *call, void *state, Value *ret) {
    const ListState *s = state;
    Out out = {.arena = call->scratch};
    out_putc(&out, '[');
    out_put(&out, buf_str(&s->json));
    out_putc(&out, ']');
    ret_text(ret, out_str(&out));
}

static void list_destroy(void *state) { buf_free(&((ListState *)state)->json); }

const AggKernel agg_list = {sizeof(ListState), list_update, list_combine, list_finish,
                            list_destroy};
const AggKernel agg_list_short = {sizeof(ListState), list_update_short, list_combine, list_finish,
                                  list_destroy};
const AggKernel agg_list_with_nulls = {sizeof(ListState), list_update_with_nulls, list_combine,
                                       list_finish, list_destroy};

/* ------------------------------------------------------------------- bags */

typedef struct BagState {
    TextSet members; /* keys as written, each with its value; the first value of a key stays */
    int64_t limit;
} BagState;

static void bag_put(BagState *s, Str key, Str value) {
    if ((int64_t)s->members.n < s->limit) text_set_add(&s->members, key, value);
}

static void bag_update(BagState *s, const Value *args, uint32_t n_args, int64_t by_default) {
    JsonCursor c;
    Str key, value;
    s->limit = size_limit(args, n_args, by_default);
    if (args[0].is_null || args[0].type != TYPE_DYNAMIC) return;
    if (json_kind(args[0].u.s) != JSON_OBJECT || !json_enter(args[0].u.s, &c)) return;
    while (json_next(&c, &key, &value)) bag_put(s, key, str_trim(value));
}

static void bag_update_long(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    bag_update(state, args, n_args, MAX_ITEMS);
}

static void bag_update_short(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    bag_update(state, args, n_args, MAX_ITEMS_SHORT);
}

static void bag_combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    BagState *a = into;
    const BagState *b = from;
    if (!b->members.n) return;
    a->limit = b->limit;
    for (size_t i = 0; i < b->members.n; i++)
        bag_put(a, text_set_text(&b->members, i), text_set_extra(&b->members, i));
}

static void bag_finish(KernelCall *call, void *state, Value *ret) {
    const BagState *s = state;
    Out out = {.arena = call->scratch};
    out_putc(&out, '{');
    for (size_t i = 0; i < s->members.n; i++) {
        out_put(&out, i ? STR(",\"") : STR("\""));
        out_put(&out, text_set_text(&s->members, i));
        out_put(&out, STR("\":"));
        out_put(&out, text_set_extra(&s->members, i));
    }
    out_putc(&out, '}');
    ret_text(ret, out_str(&out));
}

static void bag_destroy(void *state) { text_set_free(&((BagState *)state)->members); }

const AggKernel agg_bag = {sizeof(BagState), bag_update_long, bag_combine, bag_finish, bag_destroy};
const AggKernel agg_bag_short = {sizeof(BagState), bag_update_short, bag_combine, bag_finish,
                                 bag_destroy};
