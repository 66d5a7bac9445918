/* schedule.h -- the daily run: one wall-clock time in one zone, once a date.
 *
 * A date's run is the first moment at which the clocks show HH:MM of that date
 * or later: when they skip HH:MM, it is the moment they resume (which is the
 * next midnight where they skip the end of a date: Nuuk, from 23:00); when they
 * show it twice, the first. A date that a zone never had (Apia, 2011-12-30) has none.
 * Pure: no clock, no thread. */
#pragma once
#include "base/date.h"

typedef struct {
    GTimeZone *zone; /* borrowed */
    int minutes;     /* after midnight */
} Schedule;

/* When that date's run is due; INSTANT_NONE if the zone skips the whole date. */
gint64 schedule_due (const Schedule *schedule, Day date);
/* The first run strictly after now, and its date. */
gint64 schedule_next (const Schedule *schedule, gint64 now, Day *date);
/* The newest date whose run is due at or before now. */
Day schedule_newest (const Schedule *schedule, gint64 now);
