/*
 * list_memo.h: what was made of a list that is no constant, but stays from row to row: a subquery
 * gives each row the same one.
 */
#ifndef QUARRY_KERNELS_LIST_MEMO_H
#define QUARRY_KERNELS_LIST_MEMO_H

#include "kernels/kernel.h"

typedef struct ListMemo {
    Str list;      /* as the batch holds it */
    void *made;    /* the kernel's own, in scratch; NULL until it is set */
    bool is_again; /* the row before had the same list */
} ListMemo;

/*
 * The memo of the call's one list, args[1]; NULL when there are several arguments or it is no
 * dynamic value. Text that is not tiny is the same when it stands in the same place: rows of a batch
 * that differ have theirs apart.
 */
static inline ListMemo *list_memo(KernelCall *call, const Value *args, uint32_t n_args) {
    enum { TINY = 32 };
    if (n_args != 2 || args[1].type != TYPE_DYNAMIC || args[1].is_null) return NULL;
    ListMemo *m = call->memo;
    Str list = args[1].u.s;
    if (!m) call->memo = m = ARENA_NEW(call->scratch, ListMemo);
    m->is_again = m->list.ptr && m->list.len == list.len &&
                  (m->list.ptr == list.ptr || (list.len <= TINY && str_eq(m->list, list)));
    if (!m->is_again) m->made = NULL;
    m->list = list;
    return m;
}

#endif
