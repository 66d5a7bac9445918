/* step.c -- sync one connection: authorize, then window after window.
 *
 * Oldest window first, so that "complete through" only ever moves forward and
 * an interrupted first run goes on where it was. */
#include "base/failpoint.h"
#include "base/fault.h"
#include "base/log.h"
#include "jobs/harvest.h"
#include "jobs/run.h"
#include "jobs/write.h"
#include "query/connection.h"
#include "sources/driver.h"
#include "sql.h"

#include <string.h>

#define TRIES               3  /* of one window, within this attempt of the job */
#define ROTATE_TRIES        30 /* a second each */
#define SHORT_WAIT_SECONDS  30 /* longer waits go through the queue */
#define REMOTE_WAIT_SECONDS 5  /* a platform that has failed gets a moment more */

typedef struct {
    Fetcher fetcher; /* the run's, seen through the step's eyes */
    Run *run;
    Target *target;
    const SourceDriver *driver;
    SourceContext source;
    SourcePace pace;
    Grant grant;
    Period days;            /* all that this step reads */
    int parts, done;        /* how many it has, and has done … */
    int counted;            /* … which is so much of the job's progress */
    gboolean remote_failed; /* the platform itself has failed once already */
} Step;

/* The date where the account lives. */
static Day
day_in_zone (const Run *run, const Target *target, gint64 instant)
{
    g_autoptr (GTimeZone) zone = zone_find (target->time_zone);

    if (!zone)
        zone = zone_find (run->context->config->sync_zone);
    return instant_day (instant, zone);
}

/* Yesterday there: the last day that is over. */
static Day
last_complete_day (const Run *run, const Target *target)
{
    return day_in_zone (run, target, clock_now (run->context->clock)) - 1;
}

/* How many of the last days are read again: as asked for, or as long as the source may still
 * change them. */
static int
look_back (const Run *run, const SourceDriver *driver)
{
    if (run->lease->days)
        return run->lease->days;
    return driver->look_back_days ? (int)driver->look_back_days : run->context->config->sync_days;
}

/* Has nothing been read since the last success? Then the days up to it were moving still when they
 * were read, however long ago that is. */
static gboolean
is_at_last_success (const Run *run, const Target *target)
{
    return target->last_success != INSTANT_NONE &&
           target->complete_through < day_in_zone (run, target, target->last_success);
}

/* From the last success, and further back where numbers may have moved since; never beyond what
 * the platform keeps, which it would refuse. */
static Period
days_to_read (const Run *run, const Target *target)
{
    const SourceDriver *driver = source_driver (target->source);
    Period days = { .to = last_complete_day (run, target) };
    Day next = MIN (target->complete_through + 1, days.to); /* a clock may have been ahead */
    int again = look_back (run, driver) - 1;

    if (target->complete_through == DAY_NONE)
        days.from = days.to - run->context->config->backfill_days + 1;
    else
        days.from = is_at_last_success (run, target) ? next - again : MIN (next, days.to - again);
    if (driver->history_days)
        days.from = MAX (days.from, days.to - (Day)driver->history_days + 1);
    days.from = MIN (days.from, days.to);
    return days;
}

static int
count_windows (const SourceDriver *driver, Period days)
{
    return (period_days (days) + (int)driver->window_days - 1) / (int)driver->window_days;
}

int
step_windows (const Run *run, const Target *target)
{
    const SourceDriver *driver = source_driver (target->source);

    return driver ? count_windows (driver, days_to_read (run, target)) : 0;
}

/* Numbers of whole periods are one more. */
static int
parts_of (const SourceDriver *driver, int windows)
{
    return windows + (driver->pull_totals ? 1 : 0);
}

int
step_parts (const Run *run, const Target *target)
{
    const SourceDriver *driver = source_driver (target->source);

    return driver ? parts_of (driver, step_windows (run, target)) : 0;
}

/* ---- reading ---- */

/* The platform gave a new credential, and the old one may be dead already: from now on it is the
 * target's, and a database that is away for a moment must not cost its owner the connection. One
 * that its owner has given meanwhile is left alone. */
static gboolean
rotate (Step *step, char *sealed, GError **error)
{
    RunContext *context = step->run->context;
    g_autofree char *old = g_steal_pointer (&step->target->credential);

    step->target->credential = sealed;
    for (int try = 0;; try++) {
        g_autoptr (GError) local = NULL;

        if (failpoint (FAILPOINT_ROTATED, &local) &&
            store_do (context->store, &sql_jobs_connection_rotate,
                      PARAMS ({ "id", VALUE_OF_TEXT (step->target->id) }, { "old", VALUE_OF_TEXT (old) },
                              { "credential", VALUE_OF_TEXT (sealed) }),
                      &local) >= 0)
            return TRUE;
        if (!fault_is_transient (local) || try == ROTATE_TRIES) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
        context->pause (context->pause_user, step->run->lease, SECOND_US);
    }
}

/* The credential itself never leaves this function. */
static gboolean
authorize (Step *step, GError **error)
{
    RunContext *context = step->run->context;
    const char *id = step->target->id;
    char *credential = connection_open (context->sealer, id, step->target->credential, error);
    gboolean ok;

    if (!credential)
        return FALSE;
    grant_clear (&step->grant);
    ok = step->driver->authorize (&step->source, credential, clock_now (context->clock), &step->grant, error);
    secret_free (credential);
    step->source.payer = step->grant.payer;
    return ok &&
           (!step->grant.credential ||
            rotate (step, connection_seal (context->sealer, id, step->grant.credential), error)) &&
           failpoint (FAILPOINT_TOKEN, error);
}

/* Each answer of the platform passes here. */
static FetchResponse *
fetch_for_step (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    Step *step = (Step *)fetcher;
    g_autoptr (FetchResponse) response = NULL;

    if (run_is_broken_off (step->run)) {
        fault_set (error, FAULT_CANCELLED, "stopped");
        return NULL;
    }
    response = fetcher_fetch (step->run->context->fetcher, request, error);
    return response && failpoint (FAILPOINT_PAGE, error) ? g_steal_pointer (&response) : NULL;
}

typedef gboolean (*Question) (Step *step, gpointer data, GError **error);

/* Ask the platform; an access token that has died on the way is renewed once, where it can be. */
static gboolean
ask (Step *step, Question question, gpointer data, GError **error)
{
    g_autoptr (GError) local = NULL;

    if (question (step, data, &local))
        return TRUE;
    if (fault_is (local, FAULT_RECONNECT) && step->driver->renews)
        return authorize (step, error) && question (step, data, error);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

typedef struct {
    Period window;
    gboolean totals;
    Harvest *harvest; /* begins anew with each asking */
} Pull;

static gboolean
ask_facts (Step *step, gpointer data, GError **error)
{
    const Pull *pull = data;
    SourceSink sink = harvest_sink (pull->harvest);
    const char *token = step->grant.access_token, *account = step->target->external_id;

    harvest_clear (pull->harvest);
    if (!pull->totals)
        harvest_expect (pull->harvest, step->driver->by_day);
    return pull->totals
               ? step->driver->pull_totals (&step->source, token, account, pull->window.to, &sink, error)
               : step->driver->pull (&step->source, token, account, pull->window, &sink, error);
}

static gboolean
ask_account (Step *step, gpointer info, GError **error)
{
    return step->driver->describe (&step->source, step->grant.access_token, step->target->external_id, info,
                                   error);
}

/* The driver's pause: as long as it wants, unless we are to stop. */
static gboolean
pause_for (gpointer user, int seconds)
{
    const Step *step = user;
    RunContext *context = step->run->context;

    context->pause (context->pause_user, step->run->lease, seconds * SECOND_US);
    return !run_is_stopped (step->run);
}

/* A passing failure with a short wait is tried again here; a long one goes through the queue, and
 * so does the second failure of a platform, which counts them (Google Analytics: 10 an hour). */
static gboolean
worth_waiting (Step *step, const GError *error, int try)
{
    RunContext *context = step->run->context;
    gboolean remote = fault_is (error, FAULT_REMOTE),
             again = step->remote_failed || step->run->lease->attempt > 1;
    int seconds = fault_retry_after (error);

    step->remote_failed = step->remote_failed || remote;
    if (!fault_is_transient (error) || try + 1 >= TRIES || seconds > SHORT_WAIT_SECONDS ||
        (remote && again) || run_is_stopped (step->run))
        return FALSE;
    if (seconds < 0)
        seconds = (remote ? REMOTE_WAIT_SECONDS : 1) << try;
    log_event (LOG_WARNING, "sync.retry", error->message, "connection", step->target->id, NULL);
    context->pause (context->pause_user, step->run->lease, seconds * SECOND_US);
    return !run_is_stopped (step->run);
}

/* What the database says of itself is for the log, not for the owner of a connection. */
static void
hide_database (const Step *step, GError **error)
{
    int code = (*error)->code;

    if (!fault_is_transient (*error) && code != FAULT_INTERNAL)
        return;
    log_event (LOG_ERROR, "sync.write", (*error)->message, "connection", step->target->id, NULL);
    g_clear_error (error);
    fault_set (error, (FaultCode)code, "the numbers could not be stored");
}

/* How much of the job is done when n of this step's windows are. */
static int
progress_at (const Step *step, int n)
{
    return n >= step->parts ? step->target->planned : (int)((gint64)step->target->planned * n / step->parts);
}

/* What was read is not read again because the database was away for a moment. */
static gboolean
write_patiently (Step *step, const Writing *writing, const Harvest *harvest, GError **error)
{
    for (int try = 0;; try++) {
        g_autoptr (GError) local = NULL;

        if (write_harvest (writing, harvest, &local)) {
            step->done++;
            step->counted += writing->more;
            return TRUE;
        }
        hide_database (step, &local);
        if (!worth_waiting (step, local, try)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
    }
}

/* Days are where the account lives. Where that is nobody knows here, they are the schedule's, and
 * whoever looks at them has to know. */
static void
note_zone (const Step *step, Period window, Harvest *harvest)
{
    const char *zone = step->target->time_zone;
    g_autoptr (GTimeZone) known = zone_find (zone);
    SourceSink sink = harvest_sink (harvest);
    g_autofree char *text = NULL;

    if (known || !zone || !*zone)
        return;
    text = g_strdup_printf ("The account's time zone, \"%.60s\", is not known on the server, so its days are "
                            "taken to begin and end as in %s.",
                            zone, step->run->context->config->sync_zone);
    sink.notice (sink.user, "zone_unknown", window, text);
}

static gboolean
read_and_write (Step *step, Period window, gboolean totals, GError **error)
{
    const Writing writing = { step->run, step->target, window, totals,
                              progress_at (step, step->done + 1) - step->counted };

    for (int try = 0;; try++) {
        g_auto (Harvest) harvest = { 0 };
        Pull pull = { .window = window, .totals = totals, .harvest = &harvest };
        g_autoptr (GError) local = NULL;

        if (ask (step, ask_facts, &pull, &local)) {
            note_zone (step, window, &harvest);
            return write_patiently (step, &writing, &harvest, error);
        }
        if (!worth_waiting (step, local, try)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
    }
}

/* The last day of all that is in lies in the future: a clock that was ahead has read days that had
 * not been, so it is not known which ones are in, and everything is read as for a new connection.
 * (One day may also be an account that has moved to a zone further west.) */
static gboolean
doubt_future (Step *step, GError **error)
{
    Target *target = step->target;

    if (target->complete_through <= last_complete_day (step->run, target) + 1)
        return TRUE;
    log_event (LOG_WARNING, "sync.future", "the days of this account were read by a clock that was ahead",
               "connection", target->id, NULL);
    target->complete_through = DAY_NONE;
    return store_do (step->run->context->store, &sql_jobs_connection_doubt,
                     PARAMS ({ "id", VALUE_OF_TEXT (target->id) },
                             { "lease_token", VALUE_OF_TEXT (step->run->lease->token) }),
                     error) >= 0;
}

/* The account's own words: name, currency, zone. The days depend on the zone. */
static gboolean
describe (Step *step, GError **error)
{
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    Target *target = step->target;

    if (!ask (step, ask_account, &info, error))
        return FALSE;
    if (store_do (step->run->context->store, &sql_jobs_connection_describe,
                  PARAMS ({ "id", VALUE_OF_TEXT (target->id) }, { "name", VALUE_OF_TEXT (info.name) },
                          { "lease_token", VALUE_OF_TEXT (step->run->lease->token) },
                          { "currency", VALUE_OF_TEXT (info.currency) },
                          { "time_zone", VALUE_OF_TEXT (info.time_zone) },
                          { "expires_at", VALUE_OF_INSTANT (info.expires != INSTANT_NONE
                                                                ? info.expires
                                                                : step->grant.credential_expires) }),
                  error) < 0)
        return FALSE;
    if (info.time_zone) {
        g_free (target->time_zone);
        target->time_zone = g_strdup (info.time_zone);
    }
    if (!doubt_future (step, error))
        return FALSE;
    step->days = days_to_read (step->run, target);
    if (info.first_day != DAY_NONE)
        step->days.from = CLAMP (info.first_day, step->days.from, step->days.to);
    return TRUE;
}

/* Numbers of whole periods are an extra: where the platform refuses them, the daily ones stand
 * without (a widget then says that it sums days). What may pass is tried again like all else. */
static gboolean
read_totals (Step *step, GError **error)
{
    Period last = { step->days.to, step->days.to };
    g_autoptr (GError) local = NULL;

    if (read_and_write (step, last, TRUE, &local))
        return TRUE;
    if (fault_is (local, FAULT_DENIED)) {
        log_event (LOG_WARNING, "sync.totals", local->message, "connection", step->target->id, NULL);
        return TRUE;
    }
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* From one window to the next. */
static gboolean
may_go_on (const Step *step, GError **error)
{
    return !run_is_stopped (step->run) || fault_set (error, FAULT_CANCELLED, "stopped");
}

static gboolean
sync_connection (Step *step, GError **error)
{
    if (!authorize (step, error) || !describe (step, error))
        return FALSE;
    step->parts = parts_of (step->driver, count_windows (step->driver, step->days));
    for (Day from = step->days.from; from <= step->days.to; from += (Day)step->driver->window_days) {
        Period window = { from, MIN (from + (Day)step->driver->window_days - 1, step->days.to) };

        if (!may_go_on (step, error) || !read_and_write (step, window, FALSE, error))
            return FALSE;
    }
    return !step->driver->pull_totals || (may_go_on (step, error) && read_totals (step, error));
}

/* A full disk is tried again too: space may come back in a night. */
static StepResult
judge (const Step *step, const GError *error)
{
    if (run_is_stopped (step->run) || fault_is (error, FAULT_FENCED) || fault_is (error, FAULT_CANCELLED))
        return STEP_BROKEN_OFF;
    return fault_is_transient (error) || fault_is (error, FAULT_FULL) ? STEP_LATER : STEP_FAILED;
}

/* What the connection itself shows from now on. */
static gboolean
mark_connection (const Step *step, const GError *failure, GError **error)
{
    Store *store = step->run->context->store;
    Value id = VALUE_OF_TEXT (step->target->id), token = VALUE_OF_TEXT (step->run->lease->token);
    Value now = VALUE_OF_INSTANT (clock_now (step->run->context->clock));

    if (!failure)
        return store_do (store, &sql_jobs_connection_done,
                         PARAMS ({ "id", id }, { "lease_token", token }, { "now", now }), error) >= 0;
    return store_do (store, &sql_jobs_connection_failed,
                     PARAMS ({ "id", id }, { "lease_token", token },
                             { "credential", VALUE_OF_TEXT (step->target->credential) },
                             { "status",
                               VALUE_OF_TEXT (fault_is (failure, FAULT_RECONNECT) ? "reconnect" : "error") },
                             { "message", VALUE_OF_TEXT (failure->message) }),
                     error) >= 0;
}

void
step_run (Run *run, Target *target, StepEnd *end)
{
    Step step = { .run = run, .target = target, .driver = source_driver (target->source) };
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) marking = NULL;
    g_autoptr (GHashTable) notes = source_notes_new ();

    step.fetcher = (Fetcher){ .fetch = fetch_for_step };
    step.source = (SourceContext){ .fetcher = &step.fetcher,
                                   .config = run_config (run, target, &error),
                                   .pause = pause_for,
                                   .pause_user = &step,
                                   .pace = &step.pace,
                                   .memory = run->context->memory,
                                   .since = run->since,
                                   .notes = notes };
    *end = (StepEnd){ .result = STEP_DONE, .retry_after = -1 };
    if (!step.source.config || !sync_connection (&step, &error)) {
        end->result = judge (&step, error);
        end->sentence = g_strdup (error->message);
        end->fault = (FaultCode)error->code;
        end->retry_after = fault_retry_after (error);
    }
    grant_clear (&step.grant);
    if (end->result == STEP_BROKEN_OFF)
        return;
    g_atomic_int_add (&run->state->done, target->planned - step.counted);
    if (!mark_connection (&step, error, &marking))
        log_event (LOG_ERROR, "sync.mark", marking->message, "connection", target->id, NULL);
}
