/*
 * access.c: members of property bags and elements of arrays.
 *
 * Source: "The dynamic data type", dynamic object accessors. A name picks a member of a bag, an
 * index an element of an array, a negative index counts from the end; anything else is null.
 *
 * One rule goes further than Kusto: exports write dynamic columns in two ways, as JSON or as a
 * string that holds JSON (AdditionalFields of the Defender tables). Where the value is such a
 * string, the member or element of the value in it is given. Kusto, whose ingestion has parsed the
 * column, never sees such a string there; of any other string a member is null here as there.
 */
#include "kernels/dynamic/access.h"

#include "kernels/out.h"

/* The bag or array that a JSON string spells; empty when it spells none. */
static Str held_container(Arena *arena, Str string) {
    Str text = str_trim(json_string(arena, string));
    bool opens = text.len >= 2 && (text.ptr[0] == '{' || text.ptr[0] == '[');
    return opens && json_is_valid(text) ? text : STR_EMPTY;
}

static Str by_name(Str container, Str name, bool is_canonical) {
    return is_canonical ? json_get_first(container, name) : json_get(container, name);
}

/* A dynamic index is the name or the number that it holds. */
static Str pick(Arena *arena, Str container, const Value *index, bool is_canonical) {
    int64_t position;
    switch (index->type) {
    case TYPE_STRING: return by_name(container, index->u.s, is_canonical);
    case TYPE_LONG: return json_at(container, index->u.l);
    case TYPE_INT: return json_at(container, index->u.i);
    case TYPE_BOOL: return json_at(container, index->u.b);
    case TYPE_DYNAMIC:
        if (json_kind(index->u.s) == JSON_STRING)
            return by_name(container, json_string(arena, index->u.s), is_canonical);
        return json_long(index->u.s, &position) ? json_at(container, position) : STR_EMPTY;
    case TYPE_REAL:
    case TYPE_DECIMAL:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return STR_EMPTY;
}

Str dynamic_element(Arena *arena, Str base, const Value *index) {
    bool is_canonical = base.len && base.ptr[0] != '"';
    if (!is_canonical) base = held_container(arena, base);
    Str found = pick(arena, base, index, is_canonical);
    if (!found.len || json_kind(found) == JSON_NULL) return STR_EMPTY;
    return is_canonical ? found : json_canonical_str(arena, found);
}

static void element(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    Str found = dynamic_element(call->scratch, args[0].u.s, &args[1]);
    if (found.len) ret_text(ret, found);
}

const Kernel kernel_member = {.fn = element};
const Kernel kernel_element = {.fn = element};

/* --------------------------------------------------------- several at once */

/* Where a path begins: a dynamic value as it is; of a text what parse_json() makes of it, which is
 * not written out for that. Empty when nothing can be inside. */
static Str path_root(const Value *base, bool *ret_canonical) {
    *ret_canonical = base->type == TYPE_DYNAMIC;
    if (base->is_null) return STR_EMPTY;
    if (*ret_canonical) return base->u.s;
    Str text = str_trim(base->u.s);
    bool may_hold =
        text.len >= 2 && (text.ptr[0] == '{' || text.ptr[0] == '[' || text.ptr[0] == '"');
    return may_hold && json_is_valid(text) ? text : STR_EMPTY;
}

/* The value at the end of the path args[1], args[2], ...; empty when there is none or it is null. */
static Str path_end(Arena *arena, const Value *args, uint32_t n_args, bool *ret_canonical) {
    Str at = path_root(&args[0], ret_canonical);
    for (uint32_t i = 1; i < n_args && at.len; i++) {
        if (args[i].is_null) return STR_EMPTY;
        if (at.ptr[0] == '"') {
            at = held_container(arena, at);
            *ret_canonical = false;
        }
        if (at.len) at = pick(arena, at, &args[i], *ret_canonical);
    }
    return at.len && json_kind(at) == JSON_NULL ? STR_EMPTY : at;
}

static void path(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    bool is_canonical;
    Str found = path_end(call->scratch, args, n_args, &is_canonical);
    if (found.len && !is_canonical) found = json_canonical_str(call->scratch, found);
    if (found.len) ret_text(ret, found);
}

static void path_text(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    bool is_canonical;
    Str found = path_end(call->scratch, args, n_args, &is_canonical);
    bool is_string = found.len && found.ptr[0] == '"';
    if (is_string) found = json_string(call->scratch, found);
    else if (found.len && !is_canonical) found = json_canonical_str(call->scratch, found);
    ret_text(ret, found);
}

const Kernel kernel_path = {.fn = path};
const Kernel kernel_path_text = {.fn = path_text};
