#include "jobs/scheduler.h"

#include "base/log.h"
#include "model/schedule.h"
#include "model/source.h"
#include "query/job.h"
#include "sql.h"

#include <string.h>

struct Scheduler {
    const Config *config;
    Clock *clock;
    Random *random;
    GTimeZone *zone;
};

Scheduler *
scheduler_new (const Config *config, Clock *clock, Random *random)
{
    Scheduler *scheduler = g_new0 (Scheduler, 1);

    scheduler->config = config;
    scheduler->clock = clock;
    scheduler->random = random;
    scheduler->zone = zone_find (config->sync_zone);
    return scheduler;
}

void
scheduler_free (Scheduler *scheduler)
{
    if (!scheduler)
        return;
    g_time_zone_unref (scheduler->zone);
    g_free (scheduler);
}

/* The date from which on this installation schedules: a new one, or one whose schedule was
 * edited, never fires for the past. */
static gboolean
scheduled_since (Scheduler *scheduler, Store *store, gint64 now, Day newest, Day *since, GError **error)
{
    const Config *config = scheduler->config;
    char text[DAY_TEXT];
    g_autofree char *want =
        g_strdup_printf ("%02d:%02d %s ", config->sync_time / 60, config->sync_time % 60, config->sync_zone);
    g_autofree char *value = g_strconcat (want, day_format (newest, text), NULL);
    g_autoptr (Rows) rows =
        store_ask (store, &sql_jobs_setting_get, PARAMS ({ "key", VALUE_OF_TEXT ("schedule_since") }), error);

    if (!rows)
        return FALSE;
    /* A date to come was written by a clock that was ahead. */
    if (rows_count (rows) && g_str_has_prefix (rows_text (rows, 0, 0), want) &&
        day_parse (rows_text (rows, 0, 0) + strlen (want), since) && *since <= newest)
        return TRUE;
    *since = newest;
    return store_do (store, &sql_jobs_setting_put,
                     PARAMS ({ "key", VALUE_OF_TEXT ("schedule_since") }, { "value", VALUE_OF_TEXT (value) },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0;
}

static gboolean
put_next_sync (Scheduler *scheduler, Store *store, const Schedule *schedule, gint64 now, GError **error)
{
    char text[INSTANT_TEXT];
    Day date;

    return store_do (store, &sql_jobs_setting_put,
                     PARAMS ({ "key", VALUE_OF_TEXT ("next_sync") },
                             { "value",
                               VALUE_OF_TEXT (instant_format (schedule_next (schedule, now, &date), text)) },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0;
}

static gboolean
start_daily (Scheduler *scheduler, Store *store, Day date, gboolean *started, GError **error)
{
    JobRequest request = { .source = "all", .scope = JOB_SCOPE_ALL, .trigger = "daily" };
    char id[UUID_TEXT], text[DAY_TEXT];
    JobStart start;

    if (!job_start_daily (store, scheduler->clock, scheduler->random, &request, date, id, &start, error))
        return FALSE;
    if (start == JOB_STARTED) {
        *started = TRUE;
        log_event (LOG_INFO, "sync.daily", "the daily run starts", "date", day_format (date, text), "job", id,
                   NULL);
    }
    return TRUE;
}

/* Of every source, also where a cron service was faster with one of them. */
static gboolean
is_started (Store *store, Day date, gboolean *started, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_jobs_ledger_count, PARAMS ({ "date", VALUE_OF_DAY (date) }), error);

    *started = rows && rows_int (rows, 0, 0) >= (gint64)G_N_ELEMENTS (source_infos);
    return rows != NULL;
}

gboolean
scheduler_tick (Scheduler *scheduler, Store *store, gboolean *started, GError **error)
{
    Schedule schedule = { .zone = scheduler->zone, .minutes = scheduler->config->sync_time };
    gint64 now = clock_now (scheduler->clock);
    Day newest = schedule_newest (&schedule, now), since;
    gboolean all;

    *started = FALSE;
    if (!scheduled_since (scheduler, store, now, newest, &since, error) ||
        !put_next_sync (scheduler, store, &schedule, now, error))
        return FALSE;
    if (newest <= since)
        return TRUE;
    return is_started (store, newest, &all, error) &&
           (all || start_daily (scheduler, store, newest, started, error));
}
