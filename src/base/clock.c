#include "base/clock.h"

#include <time.h>

static gint64
system_now (Clock *clock)
{
    return g_get_real_time ();
}

/* Not CLOCK_MONOTONIC, which stands still while the machine sleeps: a lease runs out in that time
 * too, by the database's clock, and a worker that wakes up must know it before it writes. */
static gint64
system_monotonic (Clock *clock)
{
    struct timespec now;

    clock_gettime (CLOCK_BOOTTIME, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

Clock *
clock_system (void)
{
    static Clock system = { .now = system_now, .monotonic = system_monotonic };

    return &system;
}
