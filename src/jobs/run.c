#include "jobs/run.h"

#include "base/fault.h"
#include "base/log.h"
#include "jobs/ending.h"
#include "query/now.h"
#include "sources/driver.h"
#include "sql.h"

#include <string.h>

#define BUSY_POLL_US (SECOND_US / 2)

static void
target_clear (gpointer data)
{
    Target *target = data;

    g_free (target->id);
    g_free (target->user_id);
    g_free (target->external_id);
    g_free (target->name);
    g_free (target->time_zone);
    g_free (target->credential);
    g_free (target->dead);
}

static gboolean
is_covered (const char *source, GHashTable *claimed)
{
    return !claimed || g_hash_table_contains (claimed, source);
}

static GArray *
read_targets (const Rows *rows, GHashTable *claimed)
{
    GArray *targets = g_array_new (FALSE, TRUE, sizeof (Target));

    g_array_set_clear_func (targets, target_clear);
    for (guint i = 0; i < rows_count (rows); i++) {
        Target target = {
            .id = g_strdup (rows_text (rows, i, 0)),
            .user_id = g_strdup (rows_text (rows, i, 1)),
            .source = source_parse (rows_text (rows, i, 2)),
            .external_id = g_strdup (rows_text (rows, i, 3)),
            .name = g_strdup (rows_text (rows, i, 4)),
            .time_zone = g_strdup (rows_text (rows, i, 5)),
            .credential = g_strdup (rows_text (rows, i, 6)),
            .complete_through = rows_day (rows, i, 7),
            .last_success = rows_instant (rows, i, 10),
            .demo = rows_int (rows, i, 11) != 0,
            .dead =
                g_str_equal (rows_text (rows, i, 8), "reconnect")
                    ? g_strdup (rows_is_null (rows, i, 9) ? "it must be reconnected" : rows_text (rows, i, 9))
                    : NULL,
        };

        if (source_driver (target.source) && is_covered (rows_text (rows, i, 2), claimed))
            g_array_append_val (targets, target);
        else
            target_clear (&target);
    }
    return targets;
}

/* A daily run covers the sources whose date it has claimed; NULL means all asked for. */
static gboolean
claimed_sources (const Run *run, GHashTable **claimed, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    *claimed = NULL;
    if (!lease_is_daily (run->lease))
        return TRUE;
    rows = store_ask (run->context->store, &sql_jobs_ledger_sources,
                      PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) }), error);
    if (!rows)
        return FALSE;
    *claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rows_count (rows); i++)
        g_hash_table_add (*claimed, g_strdup (rows_text (rows, i, 0)));
    return TRUE;
}

static GArray *
find_targets (const Run *run, GError **error)
{
    g_autoptr (GHashTable) claimed = NULL;
    g_autoptr (Rows) rows = NULL;

    if (!claimed_sources (run, &claimed, error))
        return NULL;
    rows = store_ask (run->context->store, &sql_jobs_connections,
                      PARAMS ({ "scope", VALUE_OF_TEXT (run->lease->scope) },
                              { "source", VALUE_OF_TEXT (run->lease->source) }),
                      error);
    return rows ? read_targets (rows, claimed) : NULL;
}

static gboolean
open_steps (const Run *run, GArray *targets, GError **error)
{
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index (targets, Target, i);

        if (store_do (run->context->store, &sql_jobs_step_open,
                      PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) },
                              { "connection", VALUE_OF_TEXT (target->id) },
                              { "user", VALUE_OF_TEXT (target->user_id) }),
                      error) < 0)
            return FALSE;
    }
    return TRUE;
}

/* What an earlier attempt has done is not done again. */
static gboolean
drop_done (const Run *run, GArray *targets, guint *done, GError **error)
{
    g_autoptr (Rows) rows = store_ask (run->context->store, &sql_jobs_step_states,
                                       PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) }), error);

    *done = 0;
    if (!rows)
        return FALSE;
    for (guint r = 0; r < rows_count (rows); r++) {
        if (!g_str_equal (rows_text (rows, r, 1), "success"))
            continue;
        (*done)++;
        for (guint i = 0; i < targets->len; i++)
            if (g_str_equal (g_array_index (targets, Target, i).id, rows_text (rows, r, 0)))
                g_array_remove_index (targets, i--);
    }
    return TRUE;
}

gboolean
run_is_broken_off (const Run *run)
{
    return !lease_is_held (run->lease, run->context->clock);
}

gboolean
run_is_stopped (const Run *run)
{
    return g_atomic_int_get (run->context->stop) || run_is_broken_off (run);
}

const Config *
run_config (const Run *run, const Target *target, GError **error)
{
    const RunContext *context = run->context;

    if (!target->demo)
        return context->config;
    if (context->demo_config)
        return context->demo_config (context->user, error);
    fault_set (error, FAULT_DENIED, "demo data is read by the server only");
    return NULL;
}

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
run_step (Run *run, Target *target, Tally *tally, GError **error)
{
    RunContext *context = run->context;
    g_autofree char *sentence = NULL;
    StepEnd end;

    if (store_do (context->store, &sql_jobs_step_start,
                  PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) },
                          { "lease_token", VALUE_OF_TEXT (run->lease->token) },
                          { "connection", VALUE_OF_TEXT (target->id) },
                          { "now", VALUE_OF_INSTANT (clock_now (context->clock)) }),
                  error) < 0)
        return FALSE;
    step (run, target, &end);
    sentence = end.sentence;
    if (context->changed)
        context->changed (target->user_id, context->user);
    if (end.result == STEP_BROKEN_OFF) {
        tally->broken_off = TRUE;
        return TRUE;
    }
    tally_count (tally, target, &end);
    return mark_step (run, target, &end, error);
}

/* The total was told once, and stays: what is to be read this time shares what was not done then. */
static void
share (GArray *targets, int planned, int left)
{
    gint64 upto = 0;

    for (guint i = 0; i < targets->len; i++) {
        Target *target = &g_array_index (targets, Target, i);
        gint64 before = left * upto / planned;

        upto += target->planned;
        target->planned = (int)(left * upto / planned - before);
    }
}

/* What earlier attempts have done counts on. */
static gboolean
plan (Run *run, GArray *targets, GError **error)
{
    Progress progress = { .message = "Starting" };
    int planned = 0;

    for (guint i = 0; i < targets->len; i++) {
        Target *target = &g_array_index (targets, Target, i);

        target->planned = target->dead ? 0 : step_parts (run, target);
        planned += target->planned;
    }
    run->done = run->lease->done;
    run->total = run->lease->total ? run->lease->total : planned;
    if (run->lease->total && planned)
        share (targets, planned, run->total - run->done);
    progress.done = run->done;
    progress.total = run->total;
    return !run->total || lease_hold (run->lease, run->context->store, &progress, 0, error);
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

static gboolean
take_and_run (Run *run, Target *target, Tally *tally, GError **error)
{
    gboolean unwanted, ok;

    if (!take_connection (run, target, &unwanted, error)) {
        tally->broken_off = TRUE;
        return !*error;
    }
    if (unwanted) {
        run->done += target->planned;
        return TRUE;
    }
    ok = refresh (run, target, error) && run_step (run, target, tally, error);
    release_connection (run, target);
    return ok;
}

static gboolean
run_steps (Run *run, GArray *targets, Tally *tally, GError **error)
{
    if (!plan (run, targets, error))
        return FALSE;
    for (guint i = 0; i < targets->len && !tally->broken_off; i++)
        if (!take_and_run (run, &g_array_index (targets, Target, i), tally, error))
            return FALSE;
    return TRUE;
}

/* ---- from claim to end ---- */

static gboolean
run_all (Run *run, Tally *tally, GError **error)
{
    g_autoptr (GArray) targets = find_targets (run, error);

    return targets && open_steps (run, targets, error) && drop_done (run, targets, &tally->done, error) &&
           run_steps (run, targets, tally, error);
}

/* Somebody who asks for a run wants to know how things are now: what was refused before he did is
 * asked again. What was refused to this job, at any attempt, holds. */
static gint64
asked_since (const Run *run)
{
    if (!g_str_equal (run->lease->trigger, "manual"))
        return 0;
    return clock_monotonic (run->context->clock) - MAX (ending_now (run) - run->lease->began, 0);
}

void
run_job (RunContext *context, Lease *lease)
{
    Run run = { .context = context, .lease = lease };
    g_autoptr (GString) failures = g_string_new (NULL);
    Tally tally = { .failures = failures };
    g_autoptr (GError) error = NULL;

    run.since = asked_since (&run);
    log_event (LOG_INFO, "sync.started", "the sync has started", "job", lease->id, "source", lease->source,
               "trigger", lease->trigger, NULL);
    if (run_all (&run, &tally, &error) && ending_write (&run, &tally, &error))
        return;
    if (!error)
        return;
    log_event (LOG_ERROR, "sync.broken", error->message, "job", lease->id, NULL);
    /* A database that is away, or full, comes back: then the lease has ended and the job is taken
     * up again. What would fail again ends here. */
    if (!fault_is_transient (error) && !fault_is (error, FAULT_FENCED) && !fault_is (error, FAULT_FULL))
        ending_finish (&run, FALSE, "The sync broke off: see the server's log", NULL);
}
