/*
 * context.h: kernels that say where and by whom a query runs.
 */
#ifndef QUARRY_KERNELS_CONTEXT_H
#define QUARRY_KERNELS_CONTEXT_H

#include "kernels/kernel.h"

extern const Kernel kernel_current_cluster_endpoint, kernel_current_database;
extern const Kernel kernel_current_principal, kernel_current_principal_details;
extern const Kernel kernel_current_principal_is_member_of;
extern const Kernel kernel_estimate_data_size;
extern const Kernel kernel_extent_id, kernel_extent_tags; /* local data is in no extent */
extern const Kernel kernel_assert;
extern const Kernel kernel_geo_info; /* null without a database of places */

#endif
