#include "jobs/reading.h"

#include "base/fault.h"
#include "base/log.h"
#include "query/now.h"
#include "sql.h"

#include <pthread.h>

#define BUSY_POLL_US (SECOND_US / 2)

/* What became of a target. */
typedef struct {
    gboolean read; /* else nobody wanted it, or its turn did not come */
    StepEnd end;
} Outcome;

typedef struct {
    Run *run;
    GArray *targets;
    Outcome *outcomes; /* in their order */
    gint next;         /* atomic: the target whose turn it is */
    pthread_mutex_t lock;
    GError *error; /* the first one; under lock */
} Reading;

/* ---- having the connection ---- */

/* Deleted or paused since the job began: nobody wants it read any more. */
static gboolean
is_unwanted (const Run *run, const Target *target, gboolean *unwanted, GError **error)
{
    g_autoptr (Rows) rows = store_ask (run->context->store, &sql_jobs_connection_status,
                                       PARAMS ({ "id", VALUE_OF_TEXT (target->id) }), error);

    *unwanted = rows && (!rows_count (rows) || g_str_equal (rows_text (rows, 0, 0), "paused"));
    return rows != NULL;
}

/* Wait until no other job has the connection, or it is unwanted. FALSE without error: we are to stop. */
static gboolean
take_connection (const Run *run, const Target *target, gboolean *unwanted, GError **error)
{
    RunContext *context = run->context;

    while (!run_is_stopped (run)) {
        gint64 now = shared_now (context->store, context->clock, error), n;

        if (now == INSTANT_NONE)
            return FALSE;
        n = store_do (context->store, &sql_jobs_connection_take,
                      PARAMS ({ "id", VALUE_OF_TEXT (target->id) },
                              { "lease_token", VALUE_OF_TEXT (run->lease->token) },
                              { "lease_until", VALUE_OF_INSTANT (now + LEASE_SECONDS * SECOND_US) },
                              { "far", VALUE_OF_INSTANT (now + LEASE_FAR_US) },
                              { "now", VALUE_OF_INSTANT (now) }),
                      error);
        *unwanted = FALSE;
        if (n != 0)
            return n > 0;
        if (!is_unwanted (run, target, unwanted, error) || *unwanted)
            return *unwanted;
        context->pause (context->pause_user, run->lease, BUSY_POLL_US);
    }
    return FALSE;
}

static void
release_connection (const Run *run, const Target *target)
{
    g_autoptr (GError) error = NULL;

    if (store_do (run->context->store, &sql_jobs_connection_release,
                  PARAMS ({ "id", VALUE_OF_TEXT (target->id) },
                          { "lease_token", VALUE_OF_TEXT (run->lease->token) }),
                  &error) < 0)
        log_event (LOG_WARNING, "sync.release", error->message, "connection", target->id, NULL);
}

static gboolean
mark_step (const Run *run, const Target *target, const StepEnd *end, GError **error)
{
    static const char *const states[] = { "success", "pending", "failed" };
    Store *store = run->context->store;

    return store_do (store, &sql_jobs_step_end,
                     PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) },
                             { "lease_token", VALUE_OF_TEXT (run->lease->token) },
                             { "connection", VALUE_OF_TEXT (target->id) },
                             { "status", VALUE_OF_TEXT (states[end->result]) },
                             { "message", VALUE_OF_TEXT (end->sentence) },
                             { "now", VALUE_OF_INSTANT (clock_now (run->context->clock)) }),
                     error) >= 0;
}

/* Another job may have had the connection until now: what it has read need not be read again, and
 * a credential that was renewed has died. */
static gboolean
refresh (const Run *run, Target *target, GError **error)
{
    g_autoptr (Rows) rows = store_ask (run->context->store, &sql_jobs_connection_now,
                                       PARAMS ({ "id", VALUE_OF_TEXT (target->id) }), error);

    if (!rows || !rows_count (rows)) /* deleted: nothing can be written, and that is where it is said */
        return rows != NULL;
    g_free (target->credential);
    target->credential = g_strdup (rows_text (rows, 0, 0));
    target->complete_through = rows_day (rows, 0, 1);
    target->last_success = rows_instant (rows, 0, 2);
    return TRUE;
}

/* ---- reading it ---- */

/* A dead credential is not tried again: asking would only repeat the refusal. */
static void
step (Run *run, Target *target, StepEnd *end)
{
    if (target->dead)
        *end = (StepEnd){ STEP_FAILED, g_strdup (target->dead), FAULT_RECONNECT, -1 };
    else
        step_run (run, target, end);
}

static gboolean
run_step (Run *run, Target *target, Outcome *outcome, GError **error)
{
    RunContext *context = run->context;

    if (store_do (context->store, &sql_jobs_step_start,
                  PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) },
                          { "lease_token", VALUE_OF_TEXT (run->lease->token) },
                          { "connection", VALUE_OF_TEXT (target->id) },
                          { "now", VALUE_OF_INSTANT (clock_now (context->clock)) }),
                  error) < 0)
        return FALSE;
    step (run, target, &outcome->end);
    outcome->read = TRUE;
    if (context->changed)
        context->changed (target->user_id, context->user);
    return outcome->end.result == STEP_BROKEN_OFF || mark_step (run, target, &outcome->end, error);
}

static gboolean
take_and_run (Run *run, Target *target, Outcome *outcome, GError **error)
{
    gboolean unwanted, ok;

    if (!take_connection (run, target, &unwanted, error)) {
        *outcome = (Outcome){ TRUE, { .result = STEP_BROKEN_OFF } };
        return !*error;
    }
    if (unwanted) {
        g_atomic_int_add (&run->state->done, target->planned);
        return TRUE;
    }
    ok = refresh (run, target, error) && run_step (run, target, outcome, error);
    release_connection (run, target);
    return ok;
}

/* ---- side by side ---- */

static void
stop_all (Reading *reading, GError *error)
{
    g_atomic_int_set (&reading->run->state->over, TRUE);
    pthread_mutex_lock (&reading->lock);
    if (!reading->error)
        reading->error = g_steal_pointer (&error);
    pthread_mutex_unlock (&reading->lock);
    g_clear_error (&error);
}

/* One target after the other, until none is left or somebody cannot go on. */
static void
read_on (Reading *reading, Run *run)
{
    while (!g_atomic_int_get (&run->state->over)) {
        guint i = (guint)g_atomic_int_add (&reading->next, 1);
        GError *error = NULL;

        if (i >= reading->targets->len)
            return;
        if (!take_and_run (run, &g_array_index (reading->targets, Target, i), &reading->outcomes[i],
                           &error) ||
            reading->outcomes[i].end.result == STEP_BROKEN_OFF)
            stop_all (reading, error);
    }
}

/* One who helps the runner. Without a database there is one reader fewer. */
static void *
help (void *data)
{
    Reading *reading = data;
    const Run *first = reading->run;
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store =
        store_open (first->context->config->database_url, &(StoreOptions){ .durable = TRUE }, &error);
    g_autoptr (Fetcher) fetcher = first->context->new_fetcher (&first->lease->end);
    RunContext context = *first->context;
    Run run = *first;

    if (!store) {
        log_event (LOG_WARNING, "sync.reader", error->message, "job", first->lease->id, NULL);
        return NULL;
    }
    context.store = store;
    context.fetcher = fetcher;
    run.context = &context;
    read_on (reading, &run);
    return NULL;
}

static void
read_all (Reading *reading)
{
    guint n = MIN (MAX (reading->run->context->readers, 1), reading->targets->len), started = 0;
    g_autofree pthread_t *helpers = g_new (pthread_t, MAX (n, 1));

    while (started + 1 < n && pthread_create (&helpers[started], NULL, help, reading) == 0)
        started++;
    read_on (reading, reading->run);
    while (started > 0)
        pthread_join (helpers[--started], NULL);
}

/* In the order of the targets, whoever came first. */
static void
count (const Reading *reading, Tally *tally)
{
    for (guint i = 0; i < reading->targets->len; i++) {
        Outcome *outcome = &reading->outcomes[i];

        if (outcome->read && outcome->end.result == STEP_BROKEN_OFF)
            tally->broken_off = TRUE;
        else if (outcome->read)
            tally_count (tally, &g_array_index (reading->targets, Target, i), &outcome->end);
        g_free (outcome->end.sentence);
    }
}

gboolean
reading_do (Run *run, GArray *targets, Tally *tally, GError **error)
{
    g_autofree Outcome *outcomes = g_new0 (Outcome, MAX (targets->len, 1));
    Reading reading = { .run = run, .targets = targets, .outcomes = outcomes };

    pthread_mutex_init (&reading.lock, NULL);
    read_all (&reading);
    pthread_mutex_destroy (&reading.lock);
    count (&reading, tally);
    if (reading.error)
        g_propagate_error (error, reading.error);
    return !reading.error;
}
