#include "query/job.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "model/source.h"
#include "sql.h"

#include <string.h>

static gboolean
find_id (Store *store, const Sql *sql, const Param *params, char id[static UUID_TEXT], GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, sql, params, error);

    id[0] = '\0';
    if (!rows)
        return FALSE;
    if (rows_count (rows))
        g_strlcpy (id, rows_text (rows, 0, 0), UUID_TEXT);
    return TRUE;
}

static gboolean
insert (Store *store, Clock *clock, const JobRequest *request, const char *id, const char *lock_key,
        const char *run_key, GError **error)
{
    return store_do (store, &sql_jobs_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "now", VALUE_OF_INSTANT (clock_now (clock)) },
                             { "source", VALUE_OF_TEXT (request->source) },
                             { "scope", VALUE_OF_TEXT (request->scope) },
                             { "trigger", VALUE_OF_TEXT (request->trigger) },
                             { "requested_by", VALUE_OF_TEXT (request->requested_by) },
                             { "message", VALUE_OF_TEXT ("Waiting to start") },
                             { "lock_key", VALUE_OF_TEXT (lock_key) }, { "run_key", VALUE_OF_TEXT (run_key) },
                             { "days", request->days ? VALUE_OF_INT (request->days) : VALUE_NONE }),
                     error) == 1;
}

static gboolean
refuse_during_daily (Store *store, Clock *clock, const JobRequest *request, GError **error)
{
    char daily[UUID_TEXT];

    if (!find_id (store, &sql_jobs_active_daily,
                  PARAMS ({ "source", VALUE_OF_TEXT (request->source) },
                          { "now", VALUE_OF_INSTANT (clock_now (clock)) }),
                  daily, error))
        return FALSE;
    if (!*daily)
        return TRUE;
    return fault_set_status (error, 409, "daily-run-active",
                             "The nightly sync is running. Your numbers will be fresh when it is done; "
                             "you can look around meanwhile.");
}

gboolean
job_start (Store *store, Clock *clock, Random *random, const JobRequest *request, char id[static UUID_TEXT],
           JobStart *start, GError **error)
{
    g_autofree char *lock_key = g_strdup_printf ("%s_manual:%s", request->source, request->scope);
    const Param *by_lock = PARAMS ({ "lock_key", VALUE_OF_TEXT (lock_key) });
    g_autoptr (GError) local = NULL;

    if (!refuse_during_daily (store, clock, request, error) ||
        !find_id (store, &sql_jobs_active_by_lock, by_lock, id, error))
        return FALSE;
    *start = JOB_RUNNING;
    if (*id)
        return TRUE;
    *start = JOB_STARTED;
    if (failpoint (FAILPOINT_ENQUEUE, &local) &&
        insert (store, clock, request, random_uuid (random, id), lock_key, NULL, &local))
        return failpoint (FAILPOINT_ENQUEUED, error);
    /* Somebody was faster between the look and the insert: theirs is the job. */
    if (fault_is (local, FAULT_CONFLICT) && find_id (store, &sql_jobs_active_by_lock, by_lock, id, NULL) &&
        *id) {
        *start = JOB_RUNNING;
        return TRUE;
    }
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* Claim the date for each source asked that is free. *claimed names them: "all", or "ga4+meta". */
static gboolean
claim_date (Store *store, const char *source, Day date, const char *job, char **claimed, GError **error)
{
    g_autoptr (GString) names = g_string_new (NULL);
    guint n_claimed = 0;

    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        gint64 n;

        if (strcmp (source, "all") != 0 && strcmp (source, source_infos[i].name) != 0)
            continue;
        n = store_do (store, &sql_jobs_ledger_claim,
                      PARAMS ({ "source", VALUE_OF_TEXT (source_infos[i].name) },
                              { "date", VALUE_OF_DAY (date) }, { "job", VALUE_OF_TEXT (job) }),
                      error);
        if (n < 0)
            return FALSE;
        if (n == 0)
            continue;
        n_claimed++;
        g_string_append_printf (names, "%s%s", names->len ? "+" : "", source_infos[i].name);
    }
    *claimed = g_strdup (n_claimed == G_N_ELEMENTS (source_infos) ? "all" : names->str);
    return TRUE;
}

/* The job that has the date, or that keeps it from starting; for "all", one that is still active
 * if any is. */
static gboolean
find_daily (Store *store, const char *source, Day date, char id[static UUID_TEXT], JobStart *start,
            GError **error)
{
    *start = JOB_DONE;
    id[0] = '\0';
    for (guint i = 0; i < G_N_ELEMENTS (source_infos) && *start == JOB_DONE; i++) {
        g_autoptr (Rows) rows = NULL;
        const char *status;

        if (strcmp (source, "all") != 0 && strcmp (source, source_infos[i].name) != 0)
            continue;
        rows = store_ask (
            store, &sql_jobs_ledger_find,
            PARAMS ({ "source", VALUE_OF_TEXT (source_infos[i].name) }, { "date", VALUE_OF_DAY (date) }),
            error);
        if (!rows)
            return FALSE;
        if (!rows_count (rows))
            continue;
        g_strlcpy (id, rows_text (rows, 0, 0), UUID_TEXT);
        status = rows_text (rows, 0, 1);
        if (g_strcmp0 (status, "pending") == 0 || g_strcmp0 (status, "running") == 0)
            *start = JOB_RUNNING;
    }
    return TRUE;
}

/* Inside a transaction: claim and insert, or find who has it. The keys name what was claimed:
 * when one source's run of yesterday is not over, the others start, and it follows with a key of
 * its own. */
static gboolean
start_daily (Store *store, Clock *clock, Random *random, const JobRequest *request, Day date,
             char id[static UUID_TEXT], JobStart *start, GError **error)
{
    char text[DAY_TEXT];
    g_autofree char *claimed = NULL, *lock_key = NULL, *run_key = NULL;

    if (!claim_date (store, request->source, date, random_uuid (random, id), &claimed, error))
        return FALSE;
    *start = JOB_STARTED;
    if (!*claimed)
        return find_daily (store, request->source, date, id, start, error);
    lock_key = g_strdup_printf ("%s_daily", claimed);
    run_key = g_strdup_printf ("%s_daily:%s", claimed, day_format (date, text));
    return insert (store, clock, request, id, lock_key, run_key, error);
}

gboolean
job_start_daily (Store *store, Clock *clock, Random *random, const JobRequest *request, Day date,
                 char id[static UUID_TEXT], JobStart *start, GError **error)
{
    if (!store_begin (store, error))
        return FALSE;
    if (start_daily (store, clock, random, request, date, id, start, error) &&
        failpoint (FAILPOINT_ENQUEUE, error) && store_commit (store, error))
        return failpoint (FAILPOINT_ENQUEUED, error);
    store_rollback (store);
    return FALSE;
}

gboolean
job_active (Store *store, const char *user_id, char id[static UUID_TEXT], GError **error)
{
    return find_id (store, &sql_jobs_active_of_user, PARAMS ({ "user", VALUE_OF_TEXT (user_id) }), id, error);
}

/* Nothing was cancelled: because it has ended, or may he not? */
static gboolean
explain_refusal (Store *store, const char *user_id, gboolean admin, const char *id, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_jobs_scope, PARAMS ({ "id", VALUE_OF_TEXT (id) }), error);
    const char *scope = rows && rows_count (rows) ? rows_text (rows, 0, 0) : NULL;

    if (!rows)
        return FALSE;
    if (scope && (admin || strcmp (scope, user_id) == 0))
        return TRUE;
    if (scope && strcmp (scope, JOB_SCOPE_ALL) == 0)
        return fault_set_status (error, 403, "not-yours", "only an admin may cancel a sync of all accounts");
    return fault_set (error, FAULT_NOT_FOUND, "there is no such job");
}

static gboolean
cancel (Store *store, Clock *clock, const char *user_id, gboolean admin, const char *id, GError **error)
{
    Value now = VALUE_OF_INSTANT (clock_now (clock));
    gint64 n = store_do (store, &sql_jobs_cancel,
                         PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "now", now },
                                 { "user", VALUE_OF_TEXT (user_id) }, { "admin", VALUE_OF_INT (admin) }),
                         error);

    if (n < 0)
        return FALSE;
    if (n == 0)
        return explain_refusal (store, user_id, admin, id, error);
    return store_do (store, &sql_jobs_steps_close, PARAMS ({ "job", VALUE_OF_TEXT (id) }, { "now", now }),
                     error) >= 0;
}

gboolean
job_cancel (Store *store, Clock *clock, const char *user_id, gboolean admin, const char *id, GError **error)
{
    if (!uuid_is_valid (id))
        return fault_set (error, FAULT_NOT_FOUND, "there is no such job");
    if (!store_begin (store, error))
        return FALSE;
    if (cancel (store, clock, user_id, admin, id, error) && store_commit (store, error))
        return TRUE;
    store_rollback (store);
    return FALSE;
}

gboolean
job_look (Store *store, const char *id, JobState *state, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_jobs_state, PARAMS ({ "id", VALUE_OF_TEXT (id) }), error);

    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return fault_set (error, FAULT_NOT_FOUND, "there is no such job");
    state->success = g_str_equal (rows_text (rows, 0, 0), "success");
    state->final = state->success || g_str_equal (rows_text (rows, 0, 0), "failed");
    state->message = g_strdup (rows_text (rows, 0, 1));
    state->done = (int)rows_int (rows, 0, 2);
    state->total = (int)rows_int (rows, 0, 3);
    state->rows = rows_int (rows, 0, 4);
    return TRUE;
}

void
job_state_clear (JobState *state)
{
    g_clear_pointer (&state->message, g_free);
}
