/*
 * datetime_format.c: format_datetime and format_timespan.
 *
 * Source: the pages of both. A format is a row of elements (runs of one letter) and of the listed
 * delimiters; anything else is refused rather than printed in a way of our own.
 */
#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/time/datetime.h"

static bool is_delimiter(char c) { return c && strchr(" /-:,._[]", c) != NULL; }

/* Length of the run of one letter at `at`. */
static size_t run_length(Str format, size_t at) {
    size_t end = at;
    while (end < format.len && format.ptr[end] == format.ptr[at]) end++;
    return end - at;
}

static bool is_datetime_element(char c, size_t len) {
    switch (c) {
    case 'd':
    case 'h':
    case 'H':
    case 'm':
    case 'M':
    case 's': return len <= 2;
    case 'f':
    case 'F': return len <= 7;
    case 'y': return len <= 2 || len == 4;
    case 't': return len == 2;
    default: return false;
    }
}

static bool is_timespan_element(char c, size_t len) {
    switch (c) {
    case 'd': return len <= 8;
    case 'h':
    case 'H':
    case 'm':
    case 's': return len <= 2;
    case 'f':
    case 'F': return len <= 7;
    default: return false;
    }
}

static void *check_format(Arena *arena, Str format, bool (*is_element)(char, size_t),
                          Str *ret_error) {
    for (size_t at = 0; at < format.len;) {
        size_t len = run_length(format, at);
        if (!is_delimiter(format.ptr[at]) && !is_element(format.ptr[at], len)) {
            *ret_error = arena_printf(arena,
                                      "'%.*s' is neither an element nor a delimiter of a "
                                      "format",
                                      STR_ARG(str_sub(format, at, len)));
            return NULL;
        }
        at += len;
    }
    return NULL;
}

static void *check_datetime(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                            Str *ret_error) {
    if (n_args < 2 || !constant[1]) return NULL;
    return check_format(arena, args[1].u.s, is_datetime_element, ret_error);
}

static void *check_timespan(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                            Str *ret_error) {
    if (n_args < 2 || !constant[1]) return NULL;
    return check_format(arena, args[1].u.s, is_timespan_element, ret_error);
}

/* --------------------------------------------------------------- writing */

/* At least `width` digits, zeros in front. */
static void put_number(Out *out, uint64_t number, size_t width) {
    char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number || n < width);
    while (n) out_putc(out, digits[--n]);
}

/* The first `width` of the seven digits behind the point; F leaves zeros at the end away. */
static void put_fraction(Out *out, int fraction, size_t width, bool keeps_zeros) {
    uint64_t shown = (uint64_t)fraction;
    for (size_t i = width; i < 7; i++) shown /= 10;
    for (; !keeps_zeros && width && shown % 10 == 0; width--) shown /= 10;
    if (width) put_number(out, shown, width);
}

/* An F that prints nothing takes a point before it away. */
static void put_optional_fraction(Out *out, int fraction, size_t width) {
    size_t before = out->len;
    put_fraction(out, fraction, width, false);
    if (out->len == before && before && out->ptr[before - 1] == '.') out->len--;
}

static void put_datetime_element(Out *out, const CivilTime *c, char letter, size_t width) {
    switch (letter) {
    case 'd': put_number(out, (uint64_t)c->day, width); return;
    case 'M': put_number(out, (uint64_t)c->month, width); return;
    case 'y': put_number(out, (uint64_t)(width == 4 ? c->year : c->year % 100), width); return;
    case 'h': put_number(out, (uint64_t)((c->hour + 11) % 12 + 1), width); return;
    case 'H': put_number(out, (uint64_t)c->hour, width); return;
    case 'm': put_number(out, (uint64_t)c->minute, width); return;
    case 's': put_number(out, (uint64_t)c->second, width); return;
    case 'f': put_fraction(out, c->fraction, width, true); return;
    case 'F': put_optional_fraction(out, c->fraction, width); return;
    case 't': out_put(out, c->hour < 12 ? STR("AM") : STR("PM")); return;
    default: return;
    }
}

static void format_datetime(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    Str format = args[1].u.s;
    CivilTime c = ticks_to_civil(args[0].u.l);
    Out out = {.arena = call->scratch};
    for (size_t at = 0; at < format.len;) {
        size_t len = run_length(format, at);
        if (is_delimiter(format.ptr[at])) out_put(&out, str_sub(format, at, len));
        else put_datetime_element(&out, &c, format.ptr[at], len);
        at += len;
    }
    ret_text(ret, out_str(&out));
}

/* Elements say nothing of the sign. */
static void put_timespan_element(Out *out, uint64_t ticks, char letter, size_t width) {
    uint64_t seconds = ticks / (uint64_t)TICKS_PER_SECOND;
    int fraction = (int)(ticks % (uint64_t)TICKS_PER_SECOND);
    switch (letter) {
    case 'd': put_number(out, seconds / 86400, width); return;
    case 'h':
    case 'H': put_number(out, seconds / 3600 % 24, width); return;
    case 'm': put_number(out, seconds / 60 % 60, width); return;
    case 's': put_number(out, seconds % 60, width); return;
    case 'f': put_fraction(out, fraction, width, true); return;
    case 'F': put_fraction(out, fraction, width, false); return;
    default: return;
    }
}

static void format_timespan(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    Str format = args[1].u.s;
    int64_t ticks = args[0].u.l;
    uint64_t magnitude = ticks < 0 ? 0 - (uint64_t)ticks : (uint64_t)ticks;
    Out out = {.arena = call->scratch};
    for (size_t at = 0; at < format.len;) {
        size_t len = run_length(format, at);
        if (is_delimiter(format.ptr[at])) out_put(&out, str_sub(format, at, len));
        else put_timespan_element(&out, magnitude, format.ptr[at], len);
        at += len;
    }
    ret_text(ret, out_str(&out));
}

const Kernel kernel_format_datetime = {.fn = format_datetime, .prepare = check_datetime};
const Kernel kernel_format_timespan = {.fn = format_timespan, .prepare = check_timespan};
