#include "model/schedule.h"

#define DAY_SECONDS 86400

/* The instant that a wall clock showing `local` stands for, under one reading
 * (standard or daylight) of an ambiguous time; a skipped time moves to the end of the gap. */
static gint64
read_wall (GTimeZone *zone, GTimeType reading, gint64 local)
{
    int interval = g_time_zone_adjust_time (zone, reading, &local);

    return local - g_time_zone_get_offset (zone, interval);
}

gint64
schedule_due (const Schedule *schedule, Day date)
{
    gint64 local = (gint64)date * DAY_SECONDS + schedule->minutes * 60;
    gint64 standard = read_wall (schedule->zone, G_TIME_TYPE_STANDARD, local);
    gint64 daylight = read_wall (schedule->zone, G_TIME_TYPE_DAYLIGHT, local);
    gint64 due = MIN (standard, daylight) * SECOND_US;

    return instant_day (due, schedule->zone) == date ? due : INSTANT_NONE;
}

gint64
schedule_next (const Schedule *schedule, gint64 now, Day *date)
{
    gint64 due;

    /* The day before today too: in a zone that repeats midnight, a date can come back. */
    *date = instant_day (now, schedule->zone) - 1;
    while ((due = schedule_due (schedule, *date)) <= now)
        (*date)++;
    return due;
}

Day
schedule_newest (const Schedule *schedule, gint64 now)
{
    Day date = instant_day (now, schedule->zone) + 1;
    gint64 due;

    while ((due = schedule_due (schedule, date)) == INSTANT_NONE || due > now)
        date--;
    return date;
}
