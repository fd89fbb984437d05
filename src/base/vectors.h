/*
 * vectors.h: which vector instructions this machine has. Code that uses them stands beside code that
 * does without, and asks here once a call.
 */
#ifndef QUARRY_BASE_VECTORS_H
#define QUARRY_BASE_VECTORS_H

typedef enum Vectors {
    VECTORS_PLAIN, /* what every machine of this kind has */
    VECTORS_WIDE,  /* x86-64: AVX2, BMI1, BMI2, POPCNT */
    VECTORS_WIDEST /* and AVX-512 F and BW */
} Vectors;

Vectors vectors_best(void);
/* From now on no more than these are told, so that a test reaches code which a good machine does not
 * run. Not while other threads work. */
void vectors_cap(Vectors most);

#endif
