/*
 * bag_make.c: property bags from names and values, from arrays and from other bags.
 *
 * Source: the pages of bag_pack, pack_all, bag_merge and bag_zip.
 */
#include "kernels/dynamic/bags.h"
#include "kernels/dynamic/elements.h"

/* ------------------------------------------------------------------ pack */

/* A bag that is written member by member; the last of equal names wins. */
typedef struct BagOut {
    Buf text;
    StrSet names;
    bool has_twins;
} BagOut;

static BagOut bag_open(Arena *arena) {
    BagOut bag = {.names = {.arena = arena}};
    buf_putc(&bag.text, '{');
    return bag;
}

static void bag_name(BagOut *bag, Str name) {
    if (bag->text.len > 1) buf_putc(&bag->text, ',');
    json_put_string(&bag->text, name);
    buf_putc(&bag->text, ':');
    bag->has_twins |= !strset_add(&bag->names, name);
}

static Str bag_close(Arena *arena, BagOut *bag) {
    buf_putc(&bag->text, '}');
    Str text = buf_to_arena(arena, &bag->text);
    return bag->has_twins ? json_canonical_str(arena, text) : text;
}

static bool is_filled(const Value *v) {
    if (v->type == TYPE_STRING) return v->u.s.len > 0;
    if (v->is_null) return false;
    return v->type != TYPE_DYNAMIC || !(str_is(v->u.s, "null") || str_is(v->u.s, "\"\""));
}

static void pack(KernelCall *call, const Value *args, uint32_t n_args, bool only_filled,
                 Value *ret) {
    BagOut bag = bag_open(call->scratch);
    for (uint32_t i = 0; i + 1 < n_args; i += 2) {
        if (only_filled && !is_filled(&args[i + 1])) continue;
        bag_name(&bag, arg_text(call->scratch, &args[i]));
        value_put_json(&bag.text, &args[i + 1]);
    }
    ret_text(ret, bag_close(call->scratch, &bag));
}

static void bag_pack(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    pack(call, args, n_args, false, ret);
}

static void bag_pack_filled(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    pack(call, args, n_args, true, ret);
}

static void *check_pairs(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                         Str *ret_error) {
    (void)arena;
    (void)args;
    (void)constant;
    if (n_args % 2) *ret_error = STR("a bag is packed from pairs of a name and a value");
    return NULL;
}

/* ----------------------------------------------------------- merge and zip */

/* Of equal names the one in the leftmost bag stays. Canonical names are equal as they are written.
 */
static void bag_merge(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    StrSet seen = {.arena = call->scratch};
    Out out = {.arena = call->scratch};
    out_putc(&out, '{');
    for (uint32_t i = 0; i < n_args; i++) {
        JsonCursor c;
        Str name, value;
        if (!is_bag(&args[i]) || !json_enter(args[i].u.s, &c)) return;
        while (json_next(&c, &name, &value)) {
            if (!strset_add(&seen, name)) continue;
            out_put(&out, out.len > 1 ? STR(",\"") : STR("\""));
            out_put(&out, name);
            out_put(&out, STR("\":"));
            out_put(&out, value);
        }
    }
    out_putc(&out, '}');
    ret_text(ret, out_str(&out));
}

static void bag_zip(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements names, values;
    if (n_args != 2 || !elements_of(call->scratch, &args[0], &names)) return;
    (void)elements_of(call->scratch, &args[1], &values); /* no array: all values are null */
    BagOut bag = bag_open(call->scratch);
    for (size_t i = 0; i < names.n; i++) {
        if (json_kind(names.at[i]) != JSON_STRING) continue;
        bag_name(&bag, json_string(call->scratch, names.at[i]));
        buf_put(&bag.text, i < values.n ? values.at[i] : STR("null"));
    }
    ret_text(ret, bag_close(call->scratch, &bag));
}

const Kernel kernel_bag_pack = {.fn = bag_pack, .prepare = check_pairs};
const Kernel kernel_bag_pack_filled = {.fn = bag_pack_filled, .prepare = check_pairs};
const Kernel kernel_bag_merge = {.fn = bag_merge};
const Kernel kernel_bag_zip = {.fn = bag_zip};
