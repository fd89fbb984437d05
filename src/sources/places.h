/*
 * places.h: a database of where addresses are (MaxMind's format, .mmdb), for
 * geo_info_from_ip_address().
 */
#ifndef QUARRY_PLACES_H
#define QUARRY_PLACES_H

#include "base/base.h"

typedef struct Places Places;

/* Opens a file: INVALID with a diagnostic when it is missing or none of the format. Free with
 * places_close. Safe for many threads once open. */
NODISCARD Status places_open(const char *path, Diags *diags, Places **ret);
void places_close(Places *p);
/*
 * Where an IPv4 or IPv6 address is, as a JSON bag of country, state, city, latitude and longitude,
 * as far as the database says (QueryContext.place_of). False when it says nothing, or `ip` is no
 * address.
 */
bool places_look_up(void *places, Str ip, Arena *arena, Str *ret_json);

#endif
