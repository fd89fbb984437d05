/*
 * conversions.c: to<type>(), tohex, gettype, dynamic_to_json.
 *
 * Source: the documentation page of each function; what to<type>() accepts is in convert.c.
 */
#include "kernels/conversions.h"

#include <stdlib.h>

#include "base/json.h"
#include "kernels/out.h"

static void convert(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    *ret = value_convert(call->scratch, &args[0], ret->type);
}

static void into_dynamic(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    if (args[0].is_null) return;
    if (args[0].type == TYPE_DYNAMIC) {
        ret_text(ret, args[0].u.s);
        return;
    }
    Buf out = {0};
    value_put_json(&out, &args[0]);
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

/* Two's complement of the argument's width; the optional least length is 1..16. */
static void tohex(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    bool is_int = args[0].type == TYPE_INT;
    uint64_t bits = is_int ? (uint32_t)args[0].u.i : (uint64_t)args[0].u.l;
    int64_t wanted = 1;
    if (n_args > 1) wanted = args[1].type == TYPE_INT ? args[1].u.i : args[1].u.l;
    if (wanted < 1) wanted = 1;
    if (wanted > 16) wanted = 16;
    ret_text(ret, arena_printf(call->scratch, "%0*llx", (int)wanted, (unsigned long long)bits));
}

static void gettype(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    int64_t number;
    if (args[0].is_null) {
        ret_text(ret, args[0].type == TYPE_DYNAMIC ? STR("null") : str_of(type_name(args[0].type)));
        return;
    }
    if (args[0].type != TYPE_DYNAMIC) {
        ret_text(ret, str_of(type_name(args[0].type)));
        return;
    }
    switch (json_kind(args[0].u.s)) {
    case JSON_TRUE:
    case JSON_FALSE: ret_text(ret, STR("bool")); break;
    case JSON_LONG: /* the smallest type that holds it */
        number = 0;
        (void)json_long(args[0].u.s, &number);
        ret_text(ret, number >= INT32_MIN && number <= INT32_MAX ? STR("int") : STR("long"));
        break;
    case JSON_REAL: ret_text(ret, STR("real")); break;
    case JSON_STRING: ret_text(ret, STR("string")); break;
    case JSON_ARRAY: ret_text(ret, STR("array")); break;
    case JSON_OBJECT: ret_text(ret, STR("dictionary")); break;
    case JSON_NULL:
    case JSON_INVALID: ret_text(ret, STR("null")); break;
    }
}

/* ------------------------------------------------------- dynamic_to_json */

typedef struct Member {
    Str key, value;
} Member;

static int member_order(const void *a, const void *b) {
    return str_compare(((const Member *)a)->key, ((const Member *)b)->key);
}

/* Appends a value with the members of every bag sorted by name. The depth of JSON is capped. */
static void put_sorted(Arena *scratch, Str value, unsigned depth, Buf *out) {
    JsonCursor c;
    Str key, element;
    if (depth > JSON_MAX_DEPTH || !json_enter(value, &c)) {
        buf_put(out, value);
        return;
    }
    size_t n = 0, count = json_count(value);
    Member *members = ARENA_ARRAY(scratch, Member, count + 1);
    while (n < count && json_next(&c, &key, &element)) members[n++] = (Member){key, element};
    if (c.is_object) qsort(members, n, sizeof *members, member_order);
    buf_putc(out, c.is_object ? '{' : '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_putc(out, ',');
        if (c.is_object) {
            buf_putc(out, '"');
            buf_put(out, members[i].key);
            buf_puts(out, "\":");
        }
        put_sorted(scratch, members[i].value, depth + 1, out);
    }
    buf_putc(out, c.is_object ? '}' : ']');
}

static void dynamic_to_json(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    if (args[0].type != TYPE_DYNAMIC) {
        ret_text(ret, value_to_text(call->scratch, &args[0]));
        return;
    }
    if (args[0].is_null) return;
    Buf out = {0};
    put_sorted(call->scratch, args[0].u.s, 0, &out);
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

const Kernel kernel_convert = {.fn = convert};
const Kernel kernel_into_dynamic = {.fn = into_dynamic};
const Kernel kernel_tohex = {.fn = tohex};
const Kernel kernel_gettype = {.fn = gettype};
const Kernel kernel_dynamic_to_json = {.fn = dynamic_to_json};
