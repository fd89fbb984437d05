/*
 * context.c: current_...(), estimate_data_size, extent_...() and assert.
 *
 * Source: their pages. There is no directory here to ask: the principal is the local user, written
 * "localuser=NAME" where Kusto writes "aaduser=ID;TENANT", and a member of nothing but itself.
 */
#include "kernels/context.h"

#include <pwd.h>
#include <unistd.h>

#include "kernels/dynamic/elements.h"

static void current_cluster_endpoint(KernelCall *call, const Value *args, uint32_t n_args,
                                     Value *ret) {
    (void)args;
    (void)n_args;
    ret_text(ret, str_of(call->query->cluster));
}

static void current_database(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)args;
    (void)n_args;
    ret_text(ret, str_of(call->query->database));
}

/* The name of the user that runs the process, or its number when it has none. */
static Str user_name(Arena *arena) {
    enum { ROOM = 4096 };
    char *buffer = arena_alloc_raw(arena, ROOM);
    struct passwd entry, *found = NULL;
    if (getpwuid_r(geteuid(), &entry, buffer, ROOM, &found) == 0 && found && found->pw_name)
        return arena_str(arena, str_of(found->pw_name));
    return arena_printf(arena, "%lu", (unsigned long)geteuid());
}

static Str principal_name(Arena *arena) {
    return arena_printf(arena, "localuser=%.*s", STR_ARG(user_name(arena)));
}

static void current_principal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)args;
    (void)n_args;
    ret_text(ret, principal_name(call->scratch));
}

static void current_principal_details(KernelCall *call, const Value *args, uint32_t n_args,
                                      Value *ret) {
    (void)args;
    (void)n_args;
    Str user = user_name(call->scratch);
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"UserPrincipalName\":"));
    out_json_string(&out, user);
    out_put(&out, STR(",\"IdentityProvider\":\"local\",\"Authority\":\"\",\"Mfa\":\"False\","
                      "\"Type\":\"localuser\",\"DisplayName\":"));
    out_json_string(&out, user);
    out_put(&out, STR(",\"ObjectId\":\"\",\"FQN\":"));
    out_json_string(&out, principal_name(call->scratch));
    out_putc(&out, '}');
    ret_text(ret, out_str(&out));
}

static void current_principal_is_member_of(KernelCall *call, const Value *args, uint32_t n_args,
                                           Value *ret) {
    Str self = principal_name(call->scratch);
    bool found = false;
    for (uint32_t i = 0; i < n_args; i++) {
        Elements groups;
        if (elements_of(call->scratch, &args[i], &groups))
            for (size_t k = 0; k < groups.n; k++)
                found |= str_eq(json_plain(call->scratch, groups.at[k]), self);
        else found |= str_eq(arg_text(call->scratch, &args[i]), self);
    }
    ret_bool(ret, found);
}

/* Bytes of a value: its width, or the length of its text; a dynamic value has the text and a head
 * of its own. */
static int64_t size_of(const Value *v) {
    enum { DYNAMIC_HEAD = 8 };
    if (v->is_null) return 0;
    switch (v->type) {
    case TYPE_BOOL: return 1;
    case TYPE_INT: return 4;
    case TYPE_LONG:
    case TYPE_REAL:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return 8;
    case TYPE_DECIMAL:
    case TYPE_GUID: return 16;
    case TYPE_STRING: return (int64_t)v->u.s.len;
    case TYPE_DYNAMIC: return (int64_t)v->u.s.len + DYNAMIC_HEAD;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}

static void estimate_data_size(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    int64_t total = 0;
    (void)call;
    for (uint32_t i = 0; i < n_args; i++) total += size_of(&args[i]);
    ret_long(ret, total);
}

static void extent_id(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)args;
    (void)n_args;
    ret_text(ret, STR("00000000-0000-0000-0000-000000000000"));
}

static void extent_tags(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)args;
    (void)n_args;
    (void)ret;
}

/* ---------------------------------------------------------------- assert */

static bool holds(const Value *condition) { return !condition->is_null && condition->u.b; }

static Str assert_message(Arena *arena, const Value *message) {
    return arena_printf(arena, "assert() has failed with message: '%.*s'", STR_ARG(message->u.s));
}

static void *prepare_assert(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                            Str *ret_error) {
    if (n_args == 2 && constant[0] && constant[1] && !holds(&args[0]))
        *ret_error = assert_message(arena, &args[1]);
    return NULL;
}

static void assert_condition(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    if (holds(&args[0])) ret_bool(ret, true);
    else kernel_fail(call, "%s", assert_message(call->scratch, &args[1]).ptr);
}

const Kernel kernel_current_cluster_endpoint = {.fn = current_cluster_endpoint};
const Kernel kernel_current_database = {.fn = current_database};
const Kernel kernel_current_principal = {.fn = current_principal};
const Kernel kernel_current_principal_details = {.fn = current_principal_details};
const Kernel kernel_current_principal_is_member_of = {.fn = current_principal_is_member_of};
const Kernel kernel_estimate_data_size = {.fn = estimate_data_size};
const Kernel kernel_extent_id = {.fn = extent_id};
const Kernel kernel_extent_tags = {.fn = extent_tags};
const Kernel kernel_assert = {.fn = assert_condition, .prepare = prepare_assert};

static void geo_info(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str json;
    const QueryContext *q = call->query;
    if (q->place_of && q->place_of(q->places, args[0].u.s, call->scratch, &json))
        ret_text(ret, json);
}
const Kernel kernel_geo_info = {geo_info, NULL, NULL};
