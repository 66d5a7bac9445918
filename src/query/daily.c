#include "query/daily.h"

#include "base/fault.h"
#include "model/schedule.h"
#include "model/source.h"
#include "query/now.h"
#include "sql.h"

#include <string.h>

/* "00:15 Europe/Berlin ": another one is another schedule. */
static char *
schedule_name (const Config *config)
{
    return g_strdup_printf ("%02d:%02d %s ", config->sync_time / 60, config->sync_time % 60,
                            config->sync_zone);
}

/* A date to come was written by a clock that was ahead: not believed. */
static Day
read_since (const Config *config, const char *text, Day newest)
{
    g_autofree char *name = schedule_name (config);
    Day since;

    if (!text || !g_str_has_prefix (text, name) || !day_parse (text + strlen (name), &since) ||
        since > newest)
        return DAY_NONE;
    return since;
}

gboolean
daily_look (Store *store, const Config *config, gint64 now, Daily *daily, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (config->sync_zone);
    Schedule schedule = { .zone = zone, .minutes = config->sync_time };
    Day newest = schedule_newest (&schedule, now);
    g_autoptr (Rows) rows =
        store_ask (store, &sql_jobs_daily, PARAMS ({ "date", VALUE_OF_DAY (newest) }), error);

    if (!rows)
        return FALSE;
    *daily = (Daily){
        .newest = newest,
        .due = schedule_due (&schedule, newest),
        .since = read_since (config, rows_text (rows, 0, 0), newest),
        /* Of every source, also where a cron service was faster with one of them. */
        .started = rows_int (rows, 0, 1) >= (gint64)G_N_ELEMENTS (source_infos),
        .last = rows_day (rows, 0, 2),
    };
    return TRUE;
}

gboolean
daily_is_due (const Daily *daily)
{
    return daily->since != DAY_NONE && daily->newest > daily->since && !daily->started;
}

gboolean
daily_begin (Store *store, const Config *config, gint64 now, Daily *daily, GError **error)
{
    g_autofree char *name = schedule_name (config);
    char text[DAY_TEXT];
    g_autofree char *value = g_strconcat (name, day_format (daily->newest, text), NULL);

    daily->since = daily->newest;
    return store_do (store, &sql_jobs_setting_put,
                     PARAMS ({ "key", VALUE_OF_TEXT ("schedule_since") }, { "value", VALUE_OF_TEXT (value) },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0;
}

static gboolean
is_among (const Rows *dates, Day date)
{
    for (guint i = 0; i < rows_count (dates); i++)
        if (rows_day (dates, i, 0) == date)
            return TRUE;
    return FALSE;
}

gboolean
daily_next (Store *store, const Config *config, gint64 now, gint64 *next, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (config->sync_zone);
    Schedule schedule = { .zone = zone, .minutes = config->sync_time };
    g_autoptr (Rows) early = store_ask (store, &sql_jobs_ledger_ahead,
                                        PARAMS ({ "date", VALUE_OF_DAY (schedule_newest (&schedule, now)) },
                                                { "sources", VALUE_OF_INT (G_N_ELEMENTS (source_infos)) }),
                                        error);
    Day date;

    if (!early)
        return FALSE;
    do
        *next = now = schedule_next (&schedule, now, &date);
    while (is_among (early, date));
    return TRUE;
}

gboolean
daily_clock_gap (Store *store, Clock *clock, gint64 *gap, GError **error)
{
    gint64 before = clock_now (clock), theirs, after;

    *gap = 0;
    if (store_engine (store) == STORE_SQLITE)
        return TRUE;
    theirs = shared_now (store, clock, error);
    if (theirs == INSTANT_NONE)
        return FALSE;
    after = clock_now (clock);
    *gap = theirs < before ? theirs - before : theirs > after ? theirs - after : 0;
    return TRUE;
}

gboolean
daily_date (Store *store, const Config *config, Clock *clock, Day *date, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (config->sync_zone);
    Schedule schedule = { .zone = zone, .minutes = config->sync_time };
    gint64 gap;

    if (!daily_clock_gap (store, clock, &gap, error))
        return FALSE;
    if (ABS (gap) > DAILY_CLOCK_GAP_MOST)
        return fault_set (error, FAULT_BUSY,
                          "the clocks of this server and of its database are %" G_GINT64_FORMAT
                          " seconds apart: no daily run starts until they agree",
                          ABS (gap) / SECOND_US);
    *date = schedule_newest (&schedule, clock_now (clock));
    return TRUE;
}
