/* clock.h -- a seam: what time it is. Tests put their own clock here.
 *
 * A Clock is shared by all threads and never freed while they run. */
#pragma once
#include <glib.h>

typedef struct Clock Clock;
struct Clock {
    gint64 (*now) (Clock *clock); /* microseconds since 1970, UTC; may step */
    gint64 (*monotonic) (
        Clock *clock); /* microseconds, never goes back; counts also while the machine sleeps */
};

Clock *clock_system (void);

static inline gint64
clock_now (Clock *clock)
{
    return clock->now (clock);
}

static inline gint64
clock_monotonic (Clock *clock)
{
    return clock->monotonic (clock);
}
