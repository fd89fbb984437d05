/*
 * access.h: kernels of bag.member and value[index].
 */
#ifndef QUARRY_KERNELS_ACCESS_H
#define QUARRY_KERNELS_ACCESS_H

#include "kernels/kernel.h"

extern const Kernel kernel_member;  /* bag.name, bag['name'] */
extern const Kernel kernel_element; /* bag[name], array[index] */
/* Several of these one after the other, from a dynamic value or a text in JSON; as text: tostring()
 * of what stands at the end. */
extern const Kernel kernel_path;
extern const Kernel kernel_path_text;

/* The element that a name or an index (given as a value of any type that may stand in brackets)
 * picks: canonical JSON in `base` or in the arena; empty when there is none or it is null. */
Str dynamic_element(Arena *arena, Str base, const Value *index);

#endif
