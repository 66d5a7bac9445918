#include "jobs/scheduler.h"

#include "base/log.h"
#include "model/schedule.h"
#include "query/daily.h"
#include "query/job.h"
#include "sql.h"

#define CATCH_UP_DAYS  7   /* a date that is older when its turn comes was missed */
#define MISSED_MOST    400 /* dates noted at a time: a wrong clock may claim to have slept for ages */
#define STEP_LEAST     (60 * SECOND_US)
#define COMPLAIN_EVERY (600 * SECOND_US)

struct Scheduler {
    const Config *config;
    Clock *clock;
    Random *random;
    const char *tzdata;              /* as it was last logged */
    gint64 last_now, last_monotonic; /* at the last tick; 0: there was none */
    gint64 complained;               /* of the clocks, monotonic; 0: they agree */
    gint64 next;                     /* the next run, as it was last stored */
};

/* Again when the zones have changed. */
static void
log_schedule (Scheduler *scheduler)
{
    const Config *config = scheduler->config;
    const char *tzdata = zone_data_version ();
    g_autofree char *at = g_strdup_printf ("%02d:%02d", config->sync_time / 60, config->sync_time % 60);

    if (tzdata == scheduler->tzdata)
        return;
    scheduler->tzdata = tzdata;
    log_event (LOG_INFO, "sync.schedule", "the daily run is scheduled", "at", at, "zone", config->sync_zone,
               "tzdata", tzdata, NULL);
}

Scheduler *
scheduler_new (const Config *config, Clock *clock, Random *random)
{
    Scheduler *scheduler = g_new0 (Scheduler, 1);

    scheduler->config = config;
    scheduler->clock = clock;
    scheduler->random = random;
    log_schedule (scheduler);
    return scheduler;
}

void
scheduler_free (Scheduler *scheduler)
{
    g_free (scheduler);
}

/* ---- clocks ---- */

static char *
seconds_text (gint64 microseconds)
{
    return g_strdup_printf ("%+" G_GINT64_FORMAT " s", microseconds / SECOND_US);
}

/* Steps do no harm, but whoever wonders about the times in a log wants to know of them. */
static void
watch_steps (Scheduler *scheduler, gint64 now)
{
    gint64 monotonic = clock_monotonic (scheduler->clock);
    gint64 step = now - scheduler->last_now - (monotonic - scheduler->last_monotonic);

    if (scheduler->last_now && ABS (step) > STEP_LEAST) {
        g_autofree char *by = seconds_text (step);

        log_event (LOG_WARNING, "sync.clock_step", "the clock of this server has jumped", "by", by, NULL);
    }
    scheduler->last_now = now;
    scheduler->last_monotonic = monotonic;
}

static void
complain (Scheduler *scheduler, gint64 gap)
{
    gint64 monotonic = clock_monotonic (scheduler->clock);
    g_autofree char *ahead = seconds_text (gap);

    if (scheduler->complained && monotonic - scheduler->complained < COMPLAIN_EVERY)
        return;
    scheduler->complained = MAX (monotonic, 1);
    log_event (LOG_ERROR, "sync.clocks",
               "the clocks of this server and of its database disagree: no daily run starts until they agree",
               "database_ahead", ahead, NULL);
}

static gboolean
clocks_agree (Scheduler *scheduler, Store *store, gboolean *agree, GError **error)
{
    gint64 gap;

    if (!daily_clock_gap (store, scheduler->clock, &gap, error))
        return FALSE;
    *agree = ABS (gap) <= DAILY_CLOCK_GAP_MOST;
    if (!*agree)
        complain (scheduler, gap);
    else if (scheduler->complained) {
        scheduler->complained = 0;
        log_event (LOG_INFO, "sync.clocks", "the clocks agree again", NULL);
    }
    return TRUE;
}

/* ---- missed dates ---- */

/* Dates that nobody started, in one line however many they are. */
typedef struct {
    Day first, last;
    int n;
} Missed;

static void
log_missed (const Missed *missed, const Daily *daily)
{
    char first[DAY_TEXT], last[DAY_TEXT];
    g_autofree char *n = g_strdup_printf ("%d", missed->n);

    if (missed->n)
        log_event (LOG_WARNING, "sync.missed",
                   daily->newest - missed->first > CATCH_UP_DAYS
                       ? "daily runs were missed; the next one catches up with those of the last week"
                       : "daily runs were missed; the next one catches up",
                   "from", day_format (missed->first, first), "to", day_format (missed->last, last), "dates",
                   n, NULL);
}

static gboolean
note_missed (Store *store, const Daily *daily, Day date, gint64 now, Missed *missed, GError **error)
{
    gboolean late = daily->newest - date > CATCH_UP_DAYS;
    gint64 n = store_do (store, &sql_jobs_missed_note,
                         PARAMS ({ "date", VALUE_OF_DAY (date) },
                                 { "by", late ? VALUE_NONE : VALUE_OF_DAY (daily->newest) },
                                 { "now", VALUE_OF_INSTANT (now) }),
                         error);

    if (n > 0) {
        missed->first = missed->n ? missed->first : date;
        missed->last = date;
        missed->n++;
    }
    return n >= 0;
}

/* Never a run for each missed date: one reads all their days. But they are on record. */
static gboolean
note_range (Scheduler *scheduler, Store *store, const Daily *daily, Missed *missed, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (scheduler->config->sync_zone);
    Schedule schedule = { .zone = zone, .minutes = scheduler->config->sync_time };
    gint64 now = clock_now (scheduler->clock);
    Day first = MAX (MAX (daily->last, daily->since) + 1, daily->newest - MISSED_MOST);

    for (Day date = first; date < daily->newest; date++)
        if (schedule_due (&schedule, date) != INSTANT_NONE &&
            !note_missed (store, daily, date, now, missed, error))
            return FALSE;
    return store_do (store, &sql_jobs_missed_forget, PARAMS ({ "date", VALUE_OF_DAY (daily->newest) }),
                     error) >= 0;
}

static gboolean
note_all_missed (Scheduler *scheduler, Store *store, const Daily *daily, GError **error)
{
    Missed missed = { 0 };

    if (!store_begin (store, error))
        return FALSE;
    if (!note_range (scheduler, store, daily, &missed, error) || !store_commit (store, error)) {
        store_rollback (store);
        return FALSE;
    }
    log_missed (&missed, daily);
    return TRUE;
}

/* ---- the daily run ---- */

static void
log_start (const Daily *daily, gint64 now, const char *job)
{
    char date[DAY_TEXT], due[INSTANT_TEXT];
    const char *why = now - daily->due > DAILY_LATE_US ? "it was not started in time" : "it is due";

    log_event (LOG_INFO, "sync.daily", "the daily run starts", "date", day_format (daily->newest, date),
               "due", instant_format (daily->due, due), "why", why, "job", job, NULL);
}

static gboolean
start_daily (Scheduler *scheduler, Store *store, const Daily *daily, gboolean *started, GError **error)
{
    JobRequest request = { .source = "all", .scope = JOB_SCOPE_ALL, .trigger = "daily" };
    char id[UUID_TEXT];
    JobStart start;

    if (!job_start_daily (store, scheduler->clock, scheduler->random, &request, daily->newest, id, &start,
                          error))
        return FALSE;
    *started = start == JOB_STARTED;
    if (*started)
        log_start (daily, clock_now (scheduler->clock), id);
    return TRUE;
}

static gboolean
put_next_sync (Scheduler *scheduler, Store *store, gint64 now, GError **error)
{
    char text[INSTANT_TEXT];
    gint64 next;

    if (!daily_next (store, scheduler->config, now, &next, error))
        return FALSE;
    if (next == scheduler->next)
        return TRUE;
    if (store_do (store, &sql_jobs_setting_put,
                  PARAMS ({ "key", VALUE_OF_TEXT ("next_sync") },
                          { "value", VALUE_OF_TEXT (instant_format (next, text)) },
                          { "now", VALUE_OF_INSTANT (now) }),
                  error) < 0)
        return FALSE;
    scheduler->next = next;
    return TRUE;
}

static gboolean
run_schedule (Scheduler *scheduler, Store *store, gint64 now, gboolean *started, GError **error)
{
    Daily daily;

    if (!daily_look (store, scheduler->config, now, &daily, error) ||
        (daily.since == DAY_NONE && !daily_begin (store, scheduler->config, now, &daily, error)))
        return FALSE;
    return !daily_is_due (&daily) || (note_all_missed (scheduler, store, &daily, error) &&
                                      start_daily (scheduler, store, &daily, started, error));
}

gboolean
scheduler_tick (Scheduler *scheduler, Store *store, gboolean *started, GError **error)
{
    gint64 now = clock_now (scheduler->clock);
    gboolean agree;

    *started = FALSE;
    watch_steps (scheduler, now);
    log_schedule (scheduler);
    if (!clocks_agree (scheduler, store, &agree, error))
        return FALSE;
    return !agree || (run_schedule (scheduler, store, now, started, error) &&
                      put_next_sync (scheduler, store, now, error));
}
