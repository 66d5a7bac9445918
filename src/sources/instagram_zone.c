#include "sources/instagram_zone.h"

#define DAY_SECONDS 86400

static GTimeZone *
pacific (void)
{
    GTimeZone *zone = zone_find (INSTAGRAM_ZONE);

    g_assert (zone); /* the start of the program checks that there is zone data */
    return zone;
}

gint64
instagram_midnight (Day day)
{
    g_autoptr (GTimeZone) zone = pacific ();
    gint64 local = (gint64)day * DAY_SECONDS;
    int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_STANDARD, local);

    return (local - g_time_zone_get_offset (zone, interval)) * SECOND_US;
}

/* Twelve hours earlier is inside of that day, whether the clocks were changed or the
 * platform has its midnight an hour off. */
Day
instagram_day_before (gint64 end)
{
    return instagram_day_of (end - DAY_SECONDS / 2 * SECOND_US);
}

Day
instagram_day_of (gint64 instant)
{
    g_autoptr (GTimeZone) zone = pacific ();

    return instant_day (instant, zone);
}
