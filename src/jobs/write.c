#include "jobs/write.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "jobs/restate.h"
#include "sql.h"

#define TELL_US SECOND_US /* between two writes of a job's progress */

static char *
progress_sentence (const Writing *writing)
{
    char from[DAY_TEXT], to[DAY_TEXT];

    return g_strdup_printf ("Reading %s: %s, %s to %s", source_info (writing->target->source)->title,
                            writing->target->name ? writing->target->name : writing->target->external_id,
                            day_format (writing->window.from, from), day_format (writing->window.to, to));
}

static gboolean
is_wanted (const Writing *writing, GError **error)
{
    g_autoptr (Rows) rows = store_ask (writing->run->context->store, &sql_jobs_connection_status,
                                       PARAMS ({ "id", VALUE_OF_TEXT (writing->target->id) }), error);

    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return fault_set (error, FAULT_NOT_FOUND, "the connection was deleted meanwhile");
    if (g_str_equal (rows_text (rows, 0, 0), "paused"))
        return fault_set (error, FAULT_CONFLICT, "the connection was paused meanwhile");
    return TRUE;
}

/* Before anything else in the transaction: the row stays locked to its end, so a connection
 * that is being deleted takes these numbers with it, or they are not written. */
static gboolean
advance (const Writing *writing, Day to, GError **error)
{
    gint64 n = store_do (writing->run->context->store, &sql_jobs_connection_advance,
                         PARAMS ({ "id", VALUE_OF_TEXT (writing->target->id) }, { "to", VALUE_OF_DAY (to) },
                                 { "lease_token", VALUE_OF_TEXT (writing->run->lease->token) }),
                         error);

    if (n < 0 || !is_wanted (writing, error))
        return FALSE;
    return n > 0 || fault_set (error, FAULT_FENCED, "another job has the connection");
}

/* What was said of renewed days is said anew; NULL: only added to, as whole periods overlap them. */
static gboolean
write_notices (const Writing *writing, const Harvest *harvest, const Period *renewed, GError **error)
{
    const Target *target = writing->target;
    Store *store = writing->run->context->store;
    Value user = VALUE_OF_TEXT (target->user_id), external_id = VALUE_OF_TEXT (target->external_id);
    Value source = VALUE_OF_TEXT (source_name (target->source));

    if (renewed &&
        store_do (store, &sql_jobs_notices_clear,
                  PARAMS ({ "user", user }, { "source", source }, { "external_id", external_id },
                          { "from", VALUE_OF_DAY (renewed->from) }, { "to", VALUE_OF_DAY (renewed->to) }),
                  error) < 0)
        return FALSE;
    for (guint i = 0; harvest->notices && i < harvest->notices->len; i++) {
        const Notice *notice = &g_array_index (harvest->notices, Notice, i);

        if (store_do (store, &sql_jobs_notice,
                      PARAMS ({ "user", user }, { "source", source }, { "external_id", external_id },
                              { "code", VALUE_OF_TEXT (notice->code) },
                              { "from", VALUE_OF_DAY (notice->days.from) },
                              { "to", VALUE_OF_DAY (notice->days.to) },
                              { "text", VALUE_OF_TEXT (notice->text) },
                              { "now", VALUE_OF_INSTANT (clock_now (writing->run->context->clock)) }),
                      error) < 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_facts (const Writing *writing, const Harvest *harvest, Period window, gint64 *rows, GError **error)
{
    const Target *target = writing->target;
    Store *store = writing->run->context->store;
    Restated of = { .user_id = target->user_id,
                    .external_id = target->external_id,
                    .source = target->source,
                    .now = clock_now (writing->run->context->clock) };

    *rows = 0;
    for (guint i = 0; i < harvest->n_sets; i++) {
        const FactSet *facts = harvest->sets[i];

        if (!restate_note (store, &of, facts, window, error) ||
            !store_replace (store, target->user_id, target->external_id, window, facts, error))
            return FALSE;
        *rows += fact_set_rows (harvest->sets[i]);
    }
    return TRUE;
}

static gboolean
count_rows (const Writing *writing, gint64 rows, GError **error)
{
    return store_do (writing->run->context->store, &sql_jobs_step_rows,
                     PARAMS ({ "job", VALUE_OF_TEXT (writing->run->lease->id) },
                             { "connection", VALUE_OF_TEXT (writing->target->id) },
                             { "rows", VALUE_OF_INT (rows) }),
                     error) >= 0;
}

static void
tell_change (const Writing *writing)
{
    const RunContext *context = writing->run->context;

    if (context->changed)
        context->changed (writing->target->user_id, context->user);
}

static gboolean
write_all (const Writing *writing, const Harvest *harvest, gint64 *rows, GError **error)
{
    return advance (writing, writing->window.to, error) &&
           write_facts (writing, harvest, writing->window, rows, error) &&
           write_notices (writing, harvest, writing->totals ? NULL : &writing->window, error) &&
           count_rows (writing, *rows, error);
}

/* Windows are written more often than anybody wants to read of it. */
static gboolean
is_told_enough (const Run *run, gint64 now)
{
    gint64 told = __atomic_load_n (&run->state->told, __ATOMIC_RELAXED);

    return told && now - told < TELL_US;
}

static gboolean
hold (const Writing *writing, gint64 rows, gint64 now, GError **error)
{
    const Run *run = writing->run;
    g_autofree char *sentence = progress_sentence (writing);
    Progress progress = { .done = g_atomic_int_get (&run->state->done) + writing->more,
                          .total = run->state->total,
                          .message = sentence };

    return lease_hold (run->lease, run->context->store, is_told_enough (run, now) ? NULL : &progress, rows,
                       error);
}

static void
note_written (const Writing *writing, gint64 now)
{
    RunState *state = writing->run->state;

    g_atomic_int_add (&state->done, writing->more);
    if (!is_told_enough (writing->run, now))
        __atomic_store_n (&state->told, now, __ATOMIC_RELAXED);
    tell_change (writing);
}

gboolean
write_harvest (const Writing *writing, const Harvest *harvest, GError **error)
{
    const Run *run = writing->run;
    Store *store = run->context->store;
    gint64 rows, now = clock_monotonic (run->context->clock);

    if (!lease_is_held (run->lease, run->context->clock))
        return fault_set (error, FAULT_FENCED, "the lease ended before the numbers could be written");
    if (!failpoint (FAILPOINT_FACTS_BEFORE, error) || !store_begin (store, error))
        return FALSE;
    if (write_all (writing, harvest, &rows, error) && hold (writing, rows, now, error) &&
        failpoint (FAILPOINT_FACTS_INSIDE, error) && store_commit (store, error)) {
        note_written (writing, now);
        return failpoint (FAILPOINT_FACTS_AFTER, error);
    }
    store_rollback (store);
    return FALSE;
}
