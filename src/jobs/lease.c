#include "jobs/lease.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "sql.h"

gint64
lease_now (Store *store, Clock *clock, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (store_engine (store) == STORE_SQLITE)
        return clock_now (clock);
    rows = store_ask (store, &sql_jobs_now, NO_PARAMS, error);
    return rows ? rows_instant (rows, 0, 0) : INSTANT_NONE;
}

static gint64
next_deadline (Clock *clock)
{
    return clock_monotonic (clock) + LEASE_SECONDS * SECOND_US;
}

/* Jobs that killed their workers too often end here, before anybody takes them again. */
static gboolean
give_up (Store *store, gint64 now, GError **error)
{
    Value instant = VALUE_OF_INSTANT (now);
    gint64 n =
        store_do (store, &sql_jobs_give_up,
                  PARAMS ({ "now", instant }, { "most", VALUE_OF_INT (JOB_MAX_ATTEMPTS) },
                          { "message", VALUE_OF_TEXT ("The sync broke off several times and was given up") }),
                  error);

    if (n > 0)
        n = store_do (store, &sql_jobs_give_up_steps, PARAMS ({ "now", instant }), error);
    return n >= 0;
}

static Lease *
lease_new (const Rows *rows, const char *token, gint64 deadline)
{
    Lease *lease = g_new0 (Lease, 1);

    g_strlcpy (lease->id, rows_text (rows, 0, 0), UUID_TEXT);
    g_strlcpy (lease->token, token, UUID_TEXT);
    lease->source = g_strdup (rows_text (rows, 0, 1));
    lease->scope = g_strdup (rows_text (rows, 0, 2));
    lease->trigger = g_strdup (rows_text (rows, 0, 3));
    lease->attempt = (int)rows_int (rows, 0, 4);
    lease->days = (int)rows_int (rows, 0, 5);
    lease->deadline = deadline;
    return lease;
}

gboolean
lease_claim (Store *store, Clock *clock, Random *random, const char *owner, Lease **lease, GError **error)
{
    gint64 deadline = next_deadline (clock), now = lease_now (store, clock, error);
    char token[UUID_TEXT];
    g_autoptr (Rows) rows = NULL;

    *lease = NULL;
    if (now == INSTANT_NONE || !give_up (store, now, error))
        return FALSE;
    rows = store_ask (store, &sql_jobs_claim,
                      PARAMS ({ "now", VALUE_OF_INSTANT (now) }, { "owner", VALUE_OF_TEXT (owner) },
                              { "lease_token", VALUE_OF_TEXT (random_uuid (random, token)) },
                              { "lease_until", VALUE_OF_INSTANT (now + LEASE_SECONDS * SECOND_US) }),
                      error);
    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return TRUE;
    *lease = lease_new (rows, token, deadline);
    if (failpoint (FAILPOINT_CLAIMED, error) &&
        ((*lease)->attempt == 1 || failpoint (FAILPOINT_TAKEOVER, error)))
        return TRUE;
    g_clear_pointer (lease, lease_free);
    return FALSE;
}

void
lease_free (Lease *lease)
{
    if (!lease)
        return;
    g_free (lease->source);
    g_free (lease->scope);
    g_free (lease->trigger);
    g_free (lease);
}

gboolean
lease_renew (Lease *lease, Store *store, Clock *clock, GError **error)
{
    gint64 deadline = next_deadline (clock), now = lease_now (store, clock, error), n;
    Value until = VALUE_OF_INSTANT (now + LEASE_SECONDS * SECOND_US);

    if (now == INSTANT_NONE || !failpoint (FAILPOINT_HEARTBEAT, error))
        return FALSE;
    n = store_do (store, &sql_jobs_renew,
                  PARAMS ({ "id", VALUE_OF_TEXT (lease->id) },
                          { "lease_token", VALUE_OF_TEXT (lease->token) }, { "lease_until", until }),
                  error);
    if (n < 0)
        return FALSE;
    if (n == 0)
        g_atomic_int_set (&lease->lost, TRUE);
    else
        __atomic_store_n (&lease->deadline, deadline, __ATOMIC_RELAXED);
    return store_do (store, &sql_jobs_renew_connections,
                     PARAMS ({ "lease_token", VALUE_OF_TEXT (lease->token) }, { "lease_until", until }),
                     error) >= 0;
}

gboolean
lease_is_held (Lease *lease, Clock *clock)
{
    return !g_atomic_int_get (&lease->lost) &&
           clock_monotonic (clock) < __atomic_load_n (&lease->deadline, __ATOMIC_RELAXED);
}

/* One row must have changed: else the job is no longer ours. */
static gboolean
fenced (Lease *lease, gint64 changed, GError **error)
{
    if (changed < 0)
        return FALSE;
    if (changed > 0)
        return TRUE;
    g_atomic_int_set (&lease->lost, TRUE);
    return fault_set (error, FAULT_FENCED, "the job was taken over by another worker");
}

gboolean
lease_hold (Lease *lease, Store *store, int done, int total, gint64 rows, const char *message, GError **error)
{
    return fenced (lease,
                   store_do (store, &sql_jobs_hold,
                             PARAMS ({ "id", VALUE_OF_TEXT (lease->id) },
                                     { "lease_token", VALUE_OF_TEXT (lease->token) },
                                     { "done", VALUE_OF_INT (done) }, { "total", VALUE_OF_INT (total) },
                                     { "rows", VALUE_OF_INT (rows) }, { "message", VALUE_OF_TEXT (message) }),
                             error),
                   error);
}

gboolean
lease_finish (Lease *lease, Store *store, Clock *clock, gboolean success, const char *message, GError **error)
{
    Value now = VALUE_OF_INSTANT (clock_now (clock));

    return fenced (lease,
                   store_do (store, &sql_jobs_finish,
                             PARAMS ({ "id", VALUE_OF_TEXT (lease->id) },
                                     { "lease_token", VALUE_OF_TEXT (lease->token) },
                                     { "status", VALUE_OF_TEXT (success ? "success" : "failed") },
                                     { "now", now }, { "message", VALUE_OF_TEXT (message) }),
                             error),
                   error);
}

gboolean
lease_hand_back (Lease *lease, Store *store, gint64 not_before, gboolean give_attempt_back,
                 const char *message, GError **error)
{
    return fenced (
        lease,
        store_do (
            store, &sql_jobs_hand_back,
            PARAMS ({ "id", VALUE_OF_TEXT (lease->id) }, { "lease_token", VALUE_OF_TEXT (lease->token) },
                    { "not_before", not_before == INSTANT_NONE ? VALUE_NONE : VALUE_OF_INSTANT (not_before) },
                    { "attempts", VALUE_OF_INT (give_attempt_back ? 1 : 0) },
                    { "message", VALUE_OF_TEXT (message) }),
            error),
        error);
}
