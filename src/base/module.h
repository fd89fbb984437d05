/*
 * module.h: parts of the program that are loaded at their first use.
 *
 * They bring libraries that few queries need and whose loading each start would pay for. A module is a
 * shared library of the program's own that exports one table of functions.
 */
#ifndef QUARRY_MODULE_H
#define QUARRY_MODULE_H

typedef struct Module {
    const char *file, *symbol; /* of its table */
    _Atomic(const void *) table;
    char why[512]; /* why it cannot be loaded */
} Module;

/* The module's table; NULL with m->why when it, or a library that it needs, is not there. */
const void *module_table(Module *m);

#endif
