/*
 * families.h: the families of catalog rows. Included by catalog.c alone.
 *
 * A family is one line here and one file fn_<family>.c that defines `const FnTable fn_<family>`.
 * The order is the order of the reference. A family that is not linked counts as empty, so that
 * a file can come and go without touching anything else.
 */
#ifndef QUARRY_FAMILIES_H
#define QUARRY_FAMILIES_H

#define CATALOG_FAMILIES(FAMILY)                                                                   \
    FAMILY(fn_operators)                                                                           \
    FAMILY(fn_string_operators)                                                                    \
    FAMILY(fn_access)                                                                              \
    FAMILY(fn_convert)                                                                             \
    FAMILY(fn_logic)                                                                               \
    FAMILY(fn_string)                                                                              \
    FAMILY(fn_regex)                                                                               \
    FAMILY(fn_parse)                                                                               \
    FAMILY(fn_encode)                                                                              \
    FAMILY(fn_url)                                                                                 \
    FAMILY(fn_ip)                                                                                  \
    FAMILY(fn_hash)                                                                                \
    FAMILY(fn_datetime)                                                                            \
    FAMILY(fn_geo)                                                                                 \
    FAMILY(fn_units)                                                                               \
    FAMILY(fn_math)                                                                                \
    FAMILY(fn_dynamic)                                                                             \
    FAMILY(fn_array)                                                                               \
    FAMILY(fn_series)                                                                              \
    FAMILY(fn_window)                                                                              \
    FAMILY(fn_sketches)                                                                            \
    FAMILY(fn_aggregates)                                                                          \
    FAMILY(fn_plugins)                                                                             \
    FAMILY(fn_tabular)                                                                             \
    FAMILY(fn_forms)                                                                               \
    FAMILY(fn_not_yet)

#endif
