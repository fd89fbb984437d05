/*
 * local_time.c: datetime_utc_to_local, datetime_local_to_utc, datetime_list_timezones.
 *
 * Source: their pages. A name that is written in the query and is no zone refuses the query; in a
 * column it gives null.
 */
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"
#include "kernels/time/datetime.h"
#include "kernels/time/zone.h"

static void *prepare_zone(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                          Str *ret_error) {
    if (n_args != 2 || !constant[1]) return NULL;
    const Zone *zone = zone_find(args[1].u.s);
    if (!zone)
        *ret_error =
            arena_printf(arena, "this system knows no time zone '%.*s'", STR_ARG(args[1].u.s));
    return (void *)(uintptr_t)zone; /* only read again */
}

static void release_zone(void *state) { (void)state; }

static const Zone *zone_of(const KernelCall *call, const Value *name) {
    return call->state ? call->state : zone_find(name->u.s);
}

static int64_t unix_seconds(int64_t ticks) {
    return ticks / TICKS_PER_SECOND - TICKS_UNIX_EPOCH / TICKS_PER_SECOND;
}

static void utc_to_local(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    const Zone *zone = n_args == 2 ? zone_of(call, &args[1]) : NULL;
    if (!zone) return;
    int64_t offset = zone_offset(zone, unix_seconds(args[0].u.l));
    ret_ticks(ret, (Int128)args[0].u.l + offset * TICKS_PER_SECOND);
}

static void local_to_utc(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    const Zone *zone = n_args == 2 ? zone_of(call, &args[1]) : NULL;
    if (!zone) return;
    int64_t offset = zone_offset_of_local(zone, unix_seconds(args[0].u.l));
    ret_ticks(ret, (Int128)args[0].u.l - offset * TICKS_PER_SECOND);
}

static void list_timezones(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)args;
    (void)n_args;
    Str *names = NULL;
    size_t n = zone_names(call->scratch, &names);
    if (!n) {
        kernel_fail(call, "this system has no time zones installed");
        return;
    }
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < n; i++) {
        if (i) out_putc(&out, ',');
        out_json_string(&out, names[i]);
    }
    ret_text(ret, out_close(&out));
}

const Kernel kernel_datetime_utc_to_local = {
    .fn = utc_to_local, .prepare = prepare_zone, .release = release_zone};
const Kernel kernel_datetime_local_to_utc = {
    .fn = local_to_utc, .prepare = prepare_zone, .release = release_zone};
const Kernel kernel_datetime_list_timezones = {.fn = list_timezones};
