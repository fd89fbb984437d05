/*
 * fn_units.c: values in other units of measurement.
 */
#include "catalog/catalog.h"
#include "kernels/units.h"

#define UNITS                                                                                      \
    .kind = FN_SCALAR, .result = RESULT_FIXED, .type = TYPE_REAL, .nulls = NULLS_PROPAGATE,        \
    .category = "units",                                                                           \
    .params = {{"value", TS_NUMBER, 0, NULL},                                                      \
               {"from", TS_STRING, 0, "the unit of the value, as 'Kilometer'"},                    \
               {"to", TS_STRING, 0, "the unit wanted; null when one is not known"}}

static const FnDef rows[] = {
    {.name = "convert_angle",
     UNITS,
     .kernel = &kernel_convert_angle,
     .doc = "An angle in another unit.",
     .example = "convert_angle(0.5, 'Revolution', 'Degree')",
     .gives = "180.0"},
    {.name = "convert_energy",
     UNITS,
     .kernel = &kernel_convert_energy,
     .doc = "An energy in another unit.",
     .example = "convert_energy(2, 'KilowattHour', 'Kilojoule')",
     .gives = "7200.0"},
    {.name = "convert_force",
     UNITS,
     .kernel = &kernel_convert_force,
     .doc = "A force in another unit.",
     .example = "convert_force(1.2, 'Newton', 'Decanewton')",
     .gives = "0.12"},
    {.name = "convert_length",
     UNITS,
     .kernel = &kernel_convert_length,
     .doc = "A length in another unit.",
     .example = "convert_length(2, 'Kilometer', 'Meter')",
     .gives = "2000.0"},
    {.name = "convert_mass",
     UNITS,
     .kernel = &kernel_convert_mass,
     .doc = "A mass in another unit.",
     .example = "convert_mass(2, 'Tonne', 'Kilogram')",
     .gives = "2000.0"},
    {.name = "convert_speed",
     UNITS,
     .kernel = &kernel_convert_speed,
     .doc = "A speed in another unit.",
     .example = "convert_speed(5, 'KilometerPerSecond', 'MeterPerSecond')",
     .gives = "5000.0"},
    {.name = "convert_temperature",
     UNITS,
     .kernel = &kernel_convert_temperature,
     .doc = "A temperature in another unit.",
     .example = "convert_temperature(20, 'DegreeCelsius', 'Kelvin')",
     .gives = "293.15"},
    {.name = "convert_volume",
     UNITS,
     .kernel = &kernel_convert_volume,
     .doc = "A volume in another unit.",
     .example = "convert_volume(2, 'CubicMeter', 'Kiloliter')",
     .gives = "2.0"},
};

const FnTable fn_units = {rows, COUNT_OF(rows)};
