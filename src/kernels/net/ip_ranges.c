/*
 * ip_ranges.c: ranges of addresses, gathered once for a constant list and then looked up by halving.
 */
#include "kernels/net/ip_ranges.h"

#include <stdlib.h>

#include "kernels/dynamic/elements.h"
#include "kernels/dynamic/list_memo.h"

static void add(Arena *arena, IpRanges *ranges, Str text, IpRangeReader read) {
    IpRange range;
    if (read(text, &range)) ARENA_PUSH(arena, ranges->at, ranges->n, ranges->cap, range);
    else ranges->has_bad = true;
}

static IpRanges *gather(Arena *arena, const Value *args, uint32_t n_args, IpRangeReader read) {
    IpRanges *ranges = ARENA_NEW(arena, IpRanges);
    for (uint32_t i = 1; i < n_args; i++) {
        Elements list;
        if (!is_array(&args[i])) {
            add(arena, ranges, arg_text(arena, &args[i]), read);
            continue;
        }
        if (!elements_of(arena, &args[i], &list)) continue;
        for (size_t k = 0; k < list.n; k++) add(arena, ranges, json_plain(arena, list.at[k]), read);
    }
    return ranges;
}

static int by_first(const void *left, const void *right) {
    const IpRange *a = left, *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* Sorts the ranges and joins those that meet, so that one alone can hold an address. */
static void sort(IpRanges *ranges) {
    size_t n = 0;
    if (ranges->n) qsort(ranges->at, ranges->n, sizeof *ranges->at, by_first);
    for (size_t i = 0; i < ranges->n; i++) {
        IpRange next = ranges->at[i];
        IpRange *before = n ? &ranges->at[n - 1] : NULL;
        if (!before || next.first > before->last) ranges->at[n++] = next;
        else if (next.last > before->last) before->last = next.last;
    }
    ranges->n = n;
    ranges->is_sorted = true;
}

void *ip_ranges_prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                        IpRangeReader read) {
    for (uint32_t i = 1; i < n_args; i++)
        if (!constant[i]) return NULL;
    IpRanges *ranges = gather(arena, args, n_args, read);
    sort(ranges);
    return ranges;
}

void ip_ranges_release(void *state) { (void)state; } /* all of it lives in the arena */

const IpRanges *ip_ranges_of(KernelCall *call, const Value *args, uint32_t n_args,
                             IpRangeReader read) {
    if (call->state) return call->state;
    ListMemo *memo = list_memo(call, args, n_args);
    IpRanges *ranges = memo && memo->made ? memo->made : gather(call->scratch, args, n_args, read);
    if (memo && memo->is_again && !ranges->is_sorted) sort(ranges);
    if (memo) memo->made = ranges;
    return ranges;
}

bool ip_ranges_hold(const IpRanges *ranges, Uint128 bits) {
    size_t low = 0, high = ranges->n;
    if (!ranges->is_sorted) {
        for (size_t i = 0; i < ranges->n; i++)
            if (bits >= ranges->at[i].first && bits <= ranges->at[i].last) return true;
        return false;
    }
    while (low < high) { /* the first range that starts behind the address */
        size_t middle = low + (high - low) / 2;
        if (ranges->at[middle].first <= bits) low = middle + 1;
        else high = middle;
    }
    return low && bits <= ranges->at[low - 1].last;
}
