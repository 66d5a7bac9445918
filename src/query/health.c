#include "query/health.h"

#include "base/fault.h"
#include "sql.h"

#define SILENT_US (5 * 60 * SECOND_US)           /* a lease that ended so long ago has no taker */
#define LONG_US   ((2 * 3600 + 600) * SECOND_US) /* whoever works longer should have been stopped */

/* How long ago, 0 for never and for what a clock that was ahead has written. */
static gint64
age (const Rows *rows, guint column, gint64 now)
{
    return rows_is_null (rows, 0, column) ? 0 : MAX (now - rows_instant (rows, 0, column), 0);
}

gboolean
health_look (Store *store, const Config *config, Clock *clock, Health *health, GError **error)
{
    gint64 now = clock_now (clock);
    g_autoptr (Rows) rows = NULL;

    *health = (Health){ 0 };
    if (!daily_look (store, config, now, &health->daily, error) ||
        !daily_clock_gap (store, clock, &health->clock_gap, error))
        return FALSE;
    rows = store_ask (store, &sql_query_health,
                      PARAMS ({ "silent", VALUE_OF_INSTANT (now - SILENT_US) },
                              { "long", VALUE_OF_INSTANT (now - LONG_US) }),
                      error);
    if (!rows)
        return FALSE;
    health->late = daily_is_due (&health->daily) ? now - health->daily.due : 0;
    health->waits = age (rows, 0, now);
    health->daily_waits = age (rows, 1, now);
    health->stuck = rows_int (rows, 0, 2);
    health->missed = rows_int (rows, 0, 3);
    health->caught_up = rows_int (rows, 0, 4);
    return TRUE;
}

gboolean
health_judge (const Health *health, gint64 tick_age, GError **error)
{
    gint64 gap = ABS (health->clock_gap);
    char date[DAY_TEXT];

    if (tick_age > HEALTH_TICK_MOST)
        return fault_set_status (error, 503, "scheduler-silent",
                                 "the scheduler has not looked for %" G_GINT64_FORMAT " seconds",
                                 tick_age / SECOND_US);
    if (gap > DAILY_CLOCK_GAP_MOST)
        return fault_set_status (error, 503, "clocks-apart",
                                 "the clocks of this server and of its database are %" G_GINT64_FORMAT
                                 " seconds apart: no daily run starts until they agree",
                                 gap / SECOND_US);
    if (health->late > DAILY_LATE_US)
        return fault_set_status (error, 503, "daily-run-late",
                                 "the daily run of %s is %" G_GINT64_FORMAT " minutes late",
                                 day_format (health->daily.newest, date), health->late / SECOND_US / 60);
    if (health->daily_waits > DAILY_LATE_US)
        return fault_set_status (error, 503, "daily-run-waits",
                                 "a daily run has waited for a worker for %" G_GINT64_FORMAT " minutes",
                                 health->daily_waits / SECOND_US / 60);
    return TRUE;
}
