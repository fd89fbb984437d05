/*
 * units.h: kernels that convert between units of measurement.
 */
#ifndef QUARRY_KERNELS_UNITS_H
#define QUARRY_KERNELS_UNITS_H

#include "kernels/kernel.h"

extern const Kernel kernel_convert_angle, kernel_convert_energy, kernel_convert_force;
extern const Kernel kernel_convert_length, kernel_convert_mass, kernel_convert_speed;
extern const Kernel kernel_convert_temperature, kernel_convert_volume;

#endif
