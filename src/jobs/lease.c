#include "jobs/lease.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "base/log.h"
#include "query/now.h"
#include "sql.h"

/* ---- claiming ---- */

static gboolean
give_up (Store *store, gint64 now, GError **error)
{
    Value instant = VALUE_OF_INSTANT (now);
    gint64 n =
        store_do (store, &sql_jobs_give_up,
                  PARAMS ({ "now", instant }, { "far", VALUE_OF_INSTANT (now + LEASE_FAR_US) },
                          { "most", VALUE_OF_INT (JOB_MAX_ATTEMPTS) },
                          { "message", VALUE_OF_TEXT ("The sync broke off several times and was given up") }),
                  error);

    if (n > 0)
        n = store_do (store, &sql_jobs_give_up_steps, PARAMS ({ "now", instant }), error);
    return n >= 0;
}

/* A job and its steps end together, or not yet. */
gboolean
lease_sweep (Store *store, gint64 now, GError **error)
{
    if (!store_begin (store, error))
        return FALSE;
    if (give_up (store, now, error) && store_commit (store, error))
        return TRUE;
    store_rollback (store);
    return FALSE;
}

static Lease *
lease_new (const Rows *rows, const char *token, gint64 now, gint64 sent)
{
    Lease *lease = g_new0 (Lease, 1);

    g_strlcpy (lease->id, rows_text (rows, 0, 0), UUID_TEXT);
    g_strlcpy (lease->token, token, UUID_TEXT);
    lease->source = g_strdup (rows_text (rows, 0, 1));
    lease->scope = g_strdup (rows_text (rows, 0, 2));
    lease->trigger = g_strdup (rows_text (rows, 0, 3));
    lease->attempt = (int)rows_int (rows, 0, 4);
    lease->days = (int)rows_int (rows, 0, 5);
    lease->began = rows_instant (rows, 0, 6);
    lease->done = (int)rows_int (rows, 0, 7);
    lease->total = (int)rows_int (rows, 0, 8);
    lease->run_until = now + limit_seconds (LIMIT_MAX_RUN) * SECOND_US;
    lease->deadline = sent + LEASE_SECONDS * SECOND_US;
    lease->stuck_at = sent + limit_seconds (LIMIT_MAX_RUN) * SECOND_US;
    lease->owners = 1;
    return lease;
}

gboolean
lease_claim (Store *store, Clock *clock, Random *random, const char *owner, gboolean asked, Lease **lease,
             GError **error)
{
    gint64 sent = clock_monotonic (clock), now = shared_now (store, clock, error);
    char token[UUID_TEXT];
    g_autoptr (Rows) rows = NULL;

    *lease = NULL;
    if (now == INSTANT_NONE || !lease_sweep (store, now, error))
        return FALSE;
    rows = store_ask (store, &sql_jobs_claim,
                      PARAMS ({ "now", VALUE_OF_INSTANT (now) },
                              { "far", VALUE_OF_INSTANT (now + LEASE_FAR_US) },
                              { "most", VALUE_OF_INT (JOB_MAX_ATTEMPTS) }, { "owner", VALUE_OF_TEXT (owner) },
                              { "asked", VALUE_OF_INT (asked) },
                              { "lease_token", VALUE_OF_TEXT (random_uuid (random, token)) },
                              { "lease_until", VALUE_OF_INSTANT (now + LEASE_SECONDS * SECOND_US) }),
                      error);
    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return TRUE;
    *lease = lease_new (rows, token, now, sent);
    if (failpoint (FAILPOINT_CLAIMED, error) &&
        ((*lease)->attempt == 1 || failpoint (FAILPOINT_TAKEOVER, error)))
        return TRUE;
    g_clear_pointer (lease, lease_free);
    return FALSE;
}

Lease *
lease_ref (Lease *lease)
{
    g_atomic_int_inc (&lease->owners);
    return lease;
}

void
lease_free (Lease *lease)
{
    if (!lease || !g_atomic_int_dec_and_test (&lease->owners))
        return;
    g_free (lease->source);
    g_free (lease->scope);
    g_free (lease->trigger);
    g_free (lease);
}

gboolean
lease_is_daily (const Lease *lease)
{
    return g_str_equal (lease->trigger, "daily") || g_str_equal (lease->trigger, "cron");
}

/* ---- going on, or not ---- */

void
lease_set_end (Lease *lease, LeaseEnd end)
{
    /* Who has lost it must not write, whatever else is true. */
    if (end == LEASE_LOST)
        g_atomic_int_set (&lease->end, LEASE_LOST);
    else
        g_atomic_int_compare_and_exchange (&lease->end, LEASE_HELD, end);
}

LeaseEnd
lease_end (Lease *lease)
{
    return (LeaseEnd)g_atomic_int_get (&lease->end);
}

static gboolean
has_run_out (Lease *lease, gint64 monotonic)
{
    return monotonic >= __atomic_load_n (&lease->deadline, __ATOMIC_RELAXED);
}

gboolean
lease_is_held (Lease *lease, Clock *clock)
{
    return lease_end (lease) == LEASE_HELD && !has_run_out (lease, clock_monotonic (clock));
}

static void
say_lost (const Lease *lease, const char *why)
{
    log_event (LOG_ERROR, "sync.lost", why, "job", lease->id, NULL);
}

gboolean
lease_watch (Lease *lease, Clock *clock)
{
    LeaseEnd before = lease_end (lease);
    gint64 now = clock_monotonic (clock);

    if (before != LEASE_LOST && has_run_out (lease, now)) {
        lease_set_end (lease, LEASE_LOST);
        say_lost (lease, "the lease ran out before it could be renewed, so this worker stops");
    } else if (now >= lease->stuck_at) {
        lease_set_end (lease, LEASE_STUCK);
    }
    return lease_end (lease) != before;
}

gboolean
lease_look (Lease *lease, Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (
        store, &sql_jobs_look,
        PARAMS ({ "id", VALUE_OF_TEXT (lease->id) }, { "lease_token", VALUE_OF_TEXT (lease->token) }), error);

    if (!rows)
        return FALSE;
    if (rows_count (rows) && rows_int (rows, 0, 0))
        lease_set_end (lease, LEASE_CANCELLED);
    return TRUE;
}

/* The job's own row; *renewed: it is still ours. */
static gboolean
renew (Lease *lease, Store *store, gint64 until, gboolean *renewed, GError **error)
{
    gint64 n = store_do (store, &sql_jobs_renew,
                         PARAMS ({ "id", VALUE_OF_TEXT (lease->id) },
                                 { "lease_token", VALUE_OF_TEXT (lease->token) },
                                 { "lease_until", VALUE_OF_INSTANT (until) }),
                         error);

    *renewed = n > 0;
    return n >= 0;
}

/* Those that are being written are waited for; if that takes too long, there is a next time. */
static gboolean
renew_connections (Lease *lease, Store *store, gint64 until, GError **error)
{
    return store_do (store, &sql_jobs_renew_connections,
                     PARAMS ({ "lease_token", VALUE_OF_TEXT (lease->token) },
                             { "lease_until", VALUE_OF_INSTANT (until) }),
                     error) >= 0;
}

gboolean
lease_renew (Lease *lease, Store *store, Clock *clock, GError **error)
{
    gint64 sent = clock_monotonic (clock), now = shared_now (store, clock, error);
    gint64 until = now + LEASE_SECONDS * SECOND_US;
    gboolean renewed;

    if (now == INSTANT_NONE || !failpoint (FAILPOINT_HEARTBEAT, error))
        return FALSE;
    if (now >= lease->run_until) {
        lease_set_end (lease, LEASE_STUCK);
        return TRUE;
    }
    if (!renew (lease, store, until, &renewed, error))
        return FALSE;
    if (!renewed) {
        lease_set_end (lease, LEASE_LOST);
        return TRUE;
    }
    __atomic_store_n (&lease->deadline, sent + LEASE_SECONDS * SECOND_US, __ATOMIC_RELAXED);
    return renew_connections (lease, store, until, error) && lease_look (lease, store, error);
}

/* ---- writing ---- */

/* One row must have changed: else the job is no longer ours. */
static gboolean
fenced (Lease *lease, gint64 changed, GError **error)
{
    if (changed < 0)
        return FALSE;
    if (changed > 0)
        return TRUE;
    lease_set_end (lease, LEASE_LOST);
    return fault_set (error, FAULT_FENCED, "the job was taken over by another worker");
}

gboolean
lease_hold (Lease *lease, Store *store, const Progress *progress, gint64 rows, GError **error)
{
    Value id = VALUE_OF_TEXT (lease->id), token = VALUE_OF_TEXT (lease->token), n = VALUE_OF_INT (rows);
    gint64 changed = progress
                         ? store_do (store, &sql_jobs_hold,
                                     PARAMS ({ "id", id }, { "lease_token", token }, { "rows", n },
                                             { "done", VALUE_OF_INT (progress->done) },
                                             { "total", VALUE_OF_INT (progress->total) },
                                             { "message", VALUE_OF_TEXT (progress->message) }),
                                     error)
                         : store_do (store, &sql_jobs_fence,
                                     PARAMS ({ "id", id }, { "lease_token", token }, { "rows", n }), error);

    return fenced (lease, changed, error);
}

gboolean
lease_finish (Lease *lease, Store *store, Clock *clock, gboolean success, const Progress *progress,
              GError **error)
{
    Value now = VALUE_OF_INSTANT (clock_now (clock));

    return fenced (lease,
                   store_do (store, &sql_jobs_finish,
                             PARAMS ({ "id", VALUE_OF_TEXT (lease->id) },
                                     { "lease_token", VALUE_OF_TEXT (lease->token) },
                                     { "status", VALUE_OF_TEXT (success ? "success" : "failed") },
                                     { "now", now }, { "done", VALUE_OF_INT (progress->done) },
                                     { "total", VALUE_OF_INT (progress->total) },
                                     { "message", VALUE_OF_TEXT (progress->message) }),
                             error),
                   error);
}

gboolean
lease_hand_back (Lease *lease, Store *store, gint64 not_before, gboolean give_attempt_back,
                 const Progress *progress, GError **error)
{
    return fenced (
        lease,
        store_do (
            store, &sql_jobs_hand_back,
            PARAMS ({ "id", VALUE_OF_TEXT (lease->id) }, { "lease_token", VALUE_OF_TEXT (lease->token) },
                    { "not_before", not_before == INSTANT_NONE ? VALUE_NONE : VALUE_OF_INSTANT (not_before) },
                    { "attempts", VALUE_OF_INT (give_attempt_back ? 1 : 0) },
                    { "done", VALUE_OF_INT (progress->done) }, { "total", VALUE_OF_INT (progress->total) },
                    { "message", VALUE_OF_TEXT (progress->message) }),
            error),
        error);
}
