/*
 * command_line.h: command lines taken apart.
 */
#ifndef QUARRY_KERNELS_COMMAND_LINE_H
#define QUARRY_KERNELS_COMMAND_LINE_H

#include "kernels/kernel.h"

extern const Kernel kernel_parse_command_line;

#endif
