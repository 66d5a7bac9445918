#include "jobs/run.h"

#include "base/fault.h"
#include "base/log.h"
#include "jobs/ending.h"
#include "jobs/reading.h"
#include "sources/driver.h"
#include "sql.h"

#include <string.h>

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
open_each (const Run *run, const GArray *targets, GError **error)
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

/* Together: a night has thousands of them. */
static gboolean
open_steps (const Run *run, const GArray *targets, GError **error)
{
    Store *store = run->context->store;

    if (!store_begin (store, error))
        return FALSE;
    if (open_each (run, targets, error) && store_commit (store, error))
        return TRUE;
    store_rollback (store);
    return FALSE;
}

/* What an earlier attempt has done is not done again. */
static gboolean
drop_done (const Run *run, GArray *targets, guint *done, GError **error)
{
    g_autoptr (GHashTable) succeeded = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (Rows) rows = store_ask (run->context->store, &sql_jobs_step_states,
                                       PARAMS ({ "job", VALUE_OF_TEXT (run->lease->id) }), error);
    guint left = 0;

    if (!rows)
        return FALSE;
    for (guint i = 0; i < rows_count (rows); i++)
        if (g_str_equal (rows_text (rows, i, 1), "success"))
            g_hash_table_add (succeeded, (gpointer)rows_text (rows, i, 0));
    *done = g_hash_table_size (succeeded);
    for (guint i = 0; i < targets->len; i++) {
        Target *target = &g_array_index (targets, Target, i);

        if (g_hash_table_contains (succeeded, target->id))
            target_clear (target);
        else
            g_array_index (targets, Target, left++) = *target;
    }
    if (left < targets->len) /* those at the end have moved, or are cleared */
        memset (&g_array_index (targets, Target, left), 0, (targets->len - left) * sizeof (Target));
    g_array_set_size (targets, left);
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
    return g_atomic_int_get (run->context->stop) || g_atomic_int_get (&run->state->over) ||
           run_is_broken_off (run);
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
    RunState *state = run->state;
    Progress progress = { .message = "Starting" };
    int planned = 0;

    for (guint i = 0; i < targets->len; i++) {
        Target *target = &g_array_index (targets, Target, i);

        target->planned = target->dead ? 0 : step_parts (run, target);
        planned += target->planned;
    }
    state->done = run->lease->done;
    state->total = run->lease->total ? run->lease->total : planned;
    if (run->lease->total && planned)
        share (targets, planned, state->total - state->done);
    progress.done = state->done;
    progress.total = state->total;
    return !state->total || lease_hold (run->lease, run->context->store, &progress, 0, error);
}

/* ---- from claim to end ---- */

static gboolean
run_all (Run *run, Tally *tally, GError **error)
{
    g_autoptr (GArray) targets = find_targets (run, error);

    return targets && open_steps (run, targets, error) && drop_done (run, targets, &tally->done, error) &&
           plan (run, targets, error) && reading_do (run, targets, tally, error);
}

/* Somebody who asks for a run wants to know how things are now: what was refused before he did is
 * asked again. What was refused to this job, at any attempt, holds. */
static gint64
asked_since (const Run *run)
{
    gint64 elapsed;

    if (!g_str_equal (run->lease->trigger, "manual"))
        return 0;
    elapsed = MAX (ending_now (run) - run->lease->began, 0); /* first: the database may take its time */
    return clock_monotonic (run->context->clock) - elapsed;
}

void
run_job (RunContext *context, Lease *lease)
{
    RunState state = { 0 };
    Run run = { .context = context, .lease = lease, .state = &state };
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
