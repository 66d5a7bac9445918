#include "base/clock.h"

static gint64
system_now (Clock *clock)
{
    return g_get_real_time ();
}

static gint64
system_monotonic (Clock *clock)
{
    return g_get_monotonic_time ();
}

Clock *
clock_system (void)
{
    static Clock system = { .now = system_now, .monotonic = system_monotonic };

    return &system;
}
