/*
 * bags.c: property bags searched and changed, and the paths in them.
 *
 * Source: the pages of bag_keys, bag_has_key, bag_remove_keys, bag_set_key and treepath. A key that
 * begins with "$." or "$[" is a path into nested bags; indexes do not count as steps of such paths.
 */
#include "kernels/dynamic/bags.h"
#include "kernels/dynamic/elements.h"
#include "kernels/dynamic/json_path.h"

static void bag_keys(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonCursor c;
    Str name, value;
    (void)n_args;
    if (!is_bag(&args[0]) || !json_enter(args[0].u.s, &c)) return;
    Out out = {.arena = call->scratch};
    out_putc(&out, '[');
    while (json_next(&c, &name, &value)) {
        out_put(&out, out.len > 1 ? STR(",\"") : STR("\""));
        out_put(&out, name); /* escaped as a canonical string is */
        out_putc(&out, '"');
    }
    out_putc(&out, ']');
    ret_text(ret, out_str(&out));
}

/* The steps that a key means; false for a path with an index or of another form. */
static bool key_path(Arena *arena, Str key, JsonPath *ret) {
    if (!json_path_looks(key)) {
        ret->steps = ARENA_NEW(arena, PathStep);
        ret->steps[0].name = key;
        ret->n = 1;
        return true;
    }
    if (!json_path_parse(arena, key, ret) || !ret->n) return false;
    for (size_t i = 0; i < ret->n; i++)
        if (ret->steps[i].is_index) return false;
    return true;
}

static void bag_has_key(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonPath path;
    if (n_args != 2 || args[0].is_null) return;
    ret_bool(ret, is_bag(&args[0]) && key_path(call->scratch, args[1].u.s, &path) &&
                      json_path_find(args[0].u.s, &path).len > 0);
}

/* ---------------------------------------------------------------- remove */

/* Paths that still lead into the bag at hand: the first `depth` steps are behind. */
typedef struct Paths {
    const JsonPath *at;
    size_t n, depth;
} Paths;

static void put_without(Arena *arena, Str bag, const Paths *paths, Out *out) {
    JsonCursor c;
    Str name, value;
    bool is_first = true;
    JsonPath *inner = ARENA_ARRAY(arena, JsonPath, paths->n + 1);
    out_putc(out, '{');
    for (bool more = json_enter(bag, &c); more && json_next(&c, &name, &value);) {
        size_t n_inner = 0;
        bool goes = false;
        for (size_t i = 0; i < paths->n && !goes; i++) {
            const JsonPath *path = &paths->at[i];
            if (!json_key_is(name, path->steps[paths->depth].name)) continue;
            goes = path->n == paths->depth + 1;
            inner[n_inner++] = *path;
        }
        if (goes) continue;
        out_put(out, is_first ? STR("\"") : STR(",\""));
        is_first = false;
        out_put(out, name);
        out_put(out, STR("\":"));
        Paths rest = {inner, n_inner, paths->depth + 1};
        if (n_inner && value.ptr[0] == '{')
            put_without(arena, value, &rest, out); /* as deep as a path has steps */
        else out_put(out, value);
    }
    out_putc(out, '}');
}

static void bag_remove_keys(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements keys;
    if (n_args != 2 || !is_bag(&args[0])) return;
    if (!elements_of(call->scratch, &args[1], &keys)) return;
    JsonPath *paths = ARENA_ARRAY(call->scratch, JsonPath, keys.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < keys.n; i++) {
        Str key = json_plain(call->scratch, keys.at[i]);
        if (key_path(call->scratch, key, &paths[n])) n++;
    }
    Out out = {.arena = call->scratch};
    Paths all = {paths, n, 0};
    put_without(call->scratch, args[0].u.s, &all, &out);
    ret_text(ret, out_str(&out));
}

/* ------------------------------------------------------------------- set */

/* Writes `bag` with the value at the steps from `depth` on; false when a step meets something that
 * is no bag. Names that are missing are added at the end. */
static bool put_with(Str bag, const JsonPath *path, size_t depth, Str new_value, Out *out) {
    JsonCursor c;
    Str name, value, wanted = path->steps[depth].name;
    bool is_last = depth + 1 == path->n, is_set = false, ok = true;
    size_t start = out->len;
    out_putc(out, '{');
    for (bool more = json_enter(bag, &c); ok && more && json_next(&c, &name, &value);) {
        out_put(out, out->len > start + 1 ? STR(",\"") : STR("\""));
        out_put(out, name);
        out_put(out, STR("\":"));
        bool is_here = json_key_is(name, wanted);
        is_set |= is_here;
        if (is_here && is_last) out_put(out, new_value);
        else if (is_here)
            ok = value.ptr[0] == '{' && put_with(value, path, depth + 1, new_value, out);
        else out_put(out, value);
    }
    if (ok && !is_set) {
        if (out->len > start + 1) out_putc(out, ',');
        out_json_string(out, wanted);
        out_putc(out, ':');
        if (is_last) out_put(out, new_value);
        else ok = put_with(STR("{}"), path, depth + 1, new_value, out);
    }
    out_putc(out, '}');
    return ok;
}

static void bag_set_key(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonPath path;
    if (n_args != 3 || !is_bag(&args[0])) return;
    if (!key_path(call->scratch, args[1].u.s, &path)) return;
    Out out = {.arena = call->scratch};
    Str value = json_of_value(call->scratch, &args[2]);
    if (put_with(args[0].u.s, &path, 0, value, &out)) ret_text(ret, out_str(&out));
}

/* -------------------------------------------------------------- treepath */

typedef struct Tree {
    KernelCall *call;
    Arena *arena;
    StrSet seen;
    Out out; /* the array of paths */
} Tree;

static void add_path(Tree *t, Str path) {
    if (!strset_add(&t->seen, path)) return;
    if (t->out.len > 1) out_putc(&t->out, ',');
    out_json_string(&t->out, path);
}

/* Every path below `value`: of members, and of all elements of an array as [0]. */
static void add_paths(Tree *t, Str value, Str path, unsigned depth) {
    JsonCursor c;
    Str name, inner;
    if (depth >= JSON_MAX_DEPTH || !json_enter(value, &c)) return;
    while (out_fits(t->call, &t->out) && json_next(&c, &name, &inner)) {
        Str below =
            c.is_object
                ? arena_printf(t->arena, "%.*s['%.*s']", STR_ARG(path),
                               STR_ARG(json_string(t->arena, (Str){name.ptr - 1, name.len + 2})))
                : arena_printf(t->arena, "%.*s[0]", STR_ARG(path));
        add_path(t, below);
        add_paths(t, inner, below, depth + 1);
    }
}

static void treepath(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    if (!is_bag(&args[0]) && !is_array(&args[0])) return;
    Tree tree = {.call = call,
                 .arena = call->scratch,
                 .seen = {.arena = call->scratch},
                 .out = {.arena = call->scratch}};
    out_putc(&tree.out, '[');
    add_paths(&tree, args[0].u.s, STR_EMPTY, 0);
    out_putc(&tree.out, ']');
    ret_text(ret, out_str(&tree.out));
}

const Kernel kernel_bag_keys = {.fn = bag_keys};
const Kernel kernel_bag_has_key = {.fn = bag_has_key};
const Kernel kernel_bag_remove_keys = {.fn = bag_remove_keys};
const Kernel kernel_bag_set_key = {.fn = bag_set_key};
const Kernel kernel_treepath = {.fn = treepath};
