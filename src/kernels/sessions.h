/*
 * sessions.h: the starts of sessions, for row_window_session().
 */
#ifndef QUARRY_KERNELS_SESSIONS_H
#define QUARRY_KERNELS_SESSIONS_H

#include "kernels/kernel.h"

/* Ticks of a run of rows, in order, joined by commas, and how long a session may be (null: any
 * length): the start of each row's session, in the same form. */
extern const Kernel kernel_session_starts;

#endif
