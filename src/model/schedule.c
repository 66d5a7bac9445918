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

/* The first moment at which a clock of the zone shows that time of the date, or a later one. */
static gint64
first_moment (GTimeZone *zone, Day date, int minutes)
{
    gint64 local = (gint64)date * DAY_SECONDS + minutes * 60;
    gint64 standard = read_wall (zone, G_TIME_TYPE_STANDARD, local);
    gint64 daylight = read_wall (zone, G_TIME_TYPE_DAYLIGHT, local);

    return MIN (standard, daylight) * SECOND_US;
}

gint64
schedule_due (const Schedule *schedule, Day date)
{
    gint64 due = first_moment (schedule->zone, date, schedule->minutes);

    /* The rest of the date may be what the clocks skip (Nuuk, from 23:00); or all of it. */
    if (instant_day (due, schedule->zone) != date &&
        instant_day (first_moment (schedule->zone, date, 0), schedule->zone) != date)
        return INSTANT_NONE;
    return due;
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
