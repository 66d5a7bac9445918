/* test_lease.c -- who may write to a job, until when, and why he has to stop. */
#include "bench.h"
#include "query/now.h"

#define PAST "'2020-01-01T00:00:00.000000Z'"

/* A monotonic clock that is moved by hand. */
typedef struct {
    Clock clock;
    gint64 ahead;
} Skip;

static gint64
skip_now (Clock *clock)
{
    return g_get_real_time ();
}

static gint64
skip_monotonic (Clock *clock)
{
    return clock_monotonic (clock_system ()) + ((Skip *)clock)->ahead;
}

#define SKIP ((Skip){ { skip_now, skip_monotonic }, 0 })

static Lease *
claim (Bench *bench, Clock *clock)
{
    g_autoptr (GError) error = NULL;
    Lease *lease = NULL;
    gboolean ok = lease_claim (bench->store, clock, random_system (), "test", TRUE, &lease, &error);

    assert_fine (ok, error);
    return lease;
}

static Lease *
ask_and_claim (Bench *bench, Clock *clock)
{
    Lease *lease;

    ask_for_job (bench);
    lease = claim (bench, clock);
    assert_non_null (lease);
    return lease;
}

/* ---- whose turn it is ---- */

static void
test_silent_worker_is_replaced_before_new_work_begins (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) first = ask_and_claim (bench, clock_system ());
    g_autoptr (Lease) second = NULL;

    for (int i = 0; i < 3; i++) {
        g_autofree char *scope = g_strdup_printf ("2222222%d-2222-4222-8222-222222222222", i);
        JobRequest request = { .source = "ga4", .scope = scope, .trigger = "manual" };
        char id[UUID_TEXT];
        JobStart start;

        assert_true (job_start (bench->store, clock_system (), random_system (), &request, id, &start, NULL));
    }
    change (bench, "UPDATE sync_jobs SET created_at = " PAST " WHERE status = 'pending'");
    change (bench, "UPDATE sync_jobs SET lease_until = " PAST " WHERE status = 'running'");
    second = claim (bench, clock_system ());
    assert_string_equal (second->id, first->id);
    assert_int_equal (second->attempt, 2);
}

static void
test_nightly_run_goes_before_what_people_ask_for (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) first = NULL;
    JobRequest request = { .source = "all", .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    char id[UUID_TEXT];
    JobStart start;

    ask_for_job (bench);
    change (bench, "UPDATE sync_jobs SET created_at = " PAST);
    assert_true (job_start_daily (bench->store, clock_system (), random_system (), &request,
                                  day_of (2026, 11, 20), id, &start, NULL));
    assert_int_equal (start, JOB_STARTED);
    first = claim (bench, clock_system ());
    assert_string_equal (first->id, id);
}

static void
test_sweep_ends_what_was_cancelled_and_left (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());

    assert_true (job_cancel (bench->store, clock_system (), ANNA, FALSE, lease->id, NULL));
    assert_true (lease_sweep (bench->store, shared_now (bench->store, clock_system (), NULL), NULL));
    assert_word (bench, "SELECT status FROM sync_jobs", "running"); /* its worker is alive */
    change (bench, "UPDATE sync_jobs SET lease_until = " PAST);
    assert_true (lease_sweep (bench->store, shared_now (bench->store, clock_system (), NULL), NULL));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT message FROM sync_jobs", "Cancelled");
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), 1);
}

/* The cancel came between the worker's last look and its handing back. */
static void
test_handed_back_and_cancelled_is_not_begun_again (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());
    Progress progress = { .message = "later" };

    assert_true (job_cancel (bench->store, clock_system (), ANNA, FALSE, lease->id, NULL));
    assert_true (lease_hand_back (lease, bench->store, INSTANT_NONE, FALSE, &progress, NULL));
    assert_null (claim (bench, clock_system ()));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT message FROM sync_jobs", "Cancelled");
}

/* ---- why it ends ---- */

static void
test_cancelled_is_seen_and_can_still_be_written (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());
    Progress progress = { .message = "Cancelled" };

    assert_true (lease_look (lease, bench->store, NULL));
    assert_int_equal (lease_end (lease), LEASE_HELD);
    assert_true (job_cancel (bench->store, clock_system (), ANNA, FALSE, lease->id, NULL));
    assert_true (lease_look (lease, bench->store, NULL));
    assert_int_equal (lease_end (lease), LEASE_CANCELLED);
    assert_false (lease_is_held (lease, clock_system ()));
    assert_true (lease_renew (lease, bench->store, clock_system (), NULL));
    assert_true (lease_finish (lease, bench->store, clock_system (), FALSE, &progress, NULL));
}

static void
test_renewal_sees_a_cancel_too (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());

    assert_true (job_cancel (bench->store, clock_system (), ANNA, FALSE, lease->id, NULL));
    assert_true (lease_renew (lease, bench->store, clock_system (), NULL));
    assert_int_equal (lease_end (lease), LEASE_CANCELLED);
}

static gint64
lease_until (Bench *bench)
{
    g_autoptr (Rows) rows = must_ask (bench->store, sql_of ("SELECT lease_until FROM sync_jobs"), NO_PARAMS);

    return rows_instant (rows, 0, 0);
}

/* A window that takes its time holds its connection; the job is alive all the same. */
static void
test_busy_connection_does_not_cost_the_job (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Skip skip = SKIP;
    g_autoptr (Lease) lease = ask_and_claim (bench, &skip.clock);
    gint64 until = lease_until (bench), deadline = lease->deadline;
    g_autoptr (Store) heart =
        store_open (fixture_of (state)->url, &(StoreOptions){ .timeout_ms = 2000 }, NULL);
    g_autofree char *take =
        g_strdup_printf ("UPDATE connections SET lease_token = '%s', lease_until = now()", lease->token);
    g_autoptr (GError) error = NULL;

    change (bench, take);
    assert_true (store_begin (bench->store, NULL));
    change (bench, "UPDATE connections SET last_error = 'busy'");
    skip.ahead = 20 * SECOND_US;
    assert_false (lease_renew (lease, heart, &skip.clock, &error)); /* and it is tried again */
    assert_true (fault_is_transient (error));
    assert_int_equal (lease_end (lease), LEASE_HELD);
    assert_true (lease->deadline >= deadline + 20 * SECOND_US);
    store_rollback (bench->store);
    assert_true (lease_until (bench) > until);
}

static void
test_beating_heart_does_not_keep_a_stuck_job (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());
    gint64 until = lease_until (bench);

    assert_true (lease->run_until - shared_now (bench->store, clock_system (), NULL) > 7190 * SECOND_US);
    g_usleep (2000);
    assert_true (lease_renew (lease, bench->store, clock_system (), NULL));
    assert_true (lease_until (bench) > until);
    until = lease_until (bench);
    lease->run_until = shared_now (bench->store, clock_system (), NULL);
    assert_true (lease_renew (lease, bench->store, clock_system (), NULL));
    assert_int_equal (lease_end (lease), LEASE_STUCK);
    assert_true (lease_until (bench) == until);
}

static void
test_runs_out_without_a_database (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Skip skip = SKIP;
    g_autoptr (Lease) lease = ask_and_claim (bench, &skip.clock);

    skip.ahead = 89 * SECOND_US;
    assert_false (lease_watch (lease, &skip.clock));
    assert_true (lease_is_held (lease, &skip.clock));
    skip.ahead = 90 * SECOND_US;
    assert_false (lease_is_held (lease, &skip.clock)); /* also before anybody has looked */
    assert_true (lease_watch (lease, &skip.clock));
    assert_int_equal (lease_end (lease), LEASE_LOST);
    assert_false (lease_watch (lease, &skip.clock));
}

static void
test_stuck_by_the_own_clock (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Skip skip = SKIP;
    g_autoptr (Lease) lease = ask_and_claim (bench, &skip.clock);

    skip.ahead = 2 * 3600 * SECOND_US;
    lease->deadline += skip.ahead;
    assert_true (lease_watch (lease, &skip.clock));
    assert_int_equal (lease_end (lease), LEASE_STUCK);
}

static void
test_first_reason_stays_but_for_the_loss (void **state)
{
    Lease lease = { .owners = 1 };

    lease_set_end (&lease, LEASE_CANCELLED);
    lease_set_end (&lease, LEASE_HALTED);
    assert_int_equal (lease_end (&lease), LEASE_CANCELLED);
    lease_set_end (&lease, LEASE_LOST);
    assert_int_equal (lease_end (&lease), LEASE_LOST);
    lease_set_end (&lease, LEASE_CANCELLED);
    assert_int_equal (lease_end (&lease), LEASE_LOST);
}

/* ---- fencing ---- */

typedef gboolean (*Write) (Lease *lease, Bench *bench, GError **error);

static gboolean
tell (Lease *lease, Bench *bench, GError **error)
{
    return lease_hold (lease, bench->store, &(Progress){ 9, 9, "mine" }, 7, error);
}

static gboolean
only_hold (Lease *lease, Bench *bench, GError **error)
{
    return lease_hold (lease, bench->store, NULL, 7, error);
}

static gboolean
succeed (Lease *lease, Bench *bench, GError **error)
{
    return lease_finish (lease, bench->store, clock_system (), TRUE, &(Progress){ 9, 9, "mine" }, error);
}

static gboolean
hand_back (Lease *lease, Bench *bench, GError **error)
{
    return lease_hand_back (lease, bench->store, INSTANT_NONE, TRUE, &(Progress){ 9, 9, "mine" }, error);
}

static const Write writes[] = { tell, only_hold, succeed, hand_back };

/* All of the row that a worker can write. */
static char *
row_of (Bench *bench)
{
    g_autoptr (Rows) rows =
        must_ask (bench->store,
                  sql_of ("SELECT status, message, progress_done, progress_total, rows_written, attempt,"
                          " lease_token, lease_until, finished_at, cancelled_at, not_before FROM sync_jobs"),
                  NO_PARAMS);
    GString *row = g_string_new (NULL);

    assert_int_equal (rows_count (rows), 1);
    for (guint i = 0; i < rows_columns (rows); i++)
        g_string_append_printf (row, "%s|", rows_is_null (rows, 0, i) ? "-" : rows_text (rows, 0, i));
    return g_string_free (row, FALSE);
}

static void
test_stale_worker_writes_nothing_of_the_job (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) stale = ask_and_claim (bench, clock_system ());
    g_autoptr (Lease) other = NULL;
    g_autofree char *before = NULL;

    change (bench, "UPDATE sync_jobs SET lease_until = " PAST);
    other = claim (bench, clock_system ());
    assert_string_equal (other->id, stale->id);
    before = row_of (bench);
    for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *after = NULL;

        stale->end = LEASE_HELD;
        assert_false (writes[i](stale, bench, &error));
        assert_fault (error, FAULT_FENCED);
        assert_int_equal (lease_end (stale), LEASE_LOST);
        after = row_of (bench);
        assert_string_equal (before, after);
    }
    stale->end = LEASE_HELD;
    assert_true (lease_renew (stale, bench->store, clock_system (), NULL));
    assert_int_equal (lease_end (stale), LEASE_LOST);
    assert_true (tell (other, bench, NULL));
}

/* Whoever tries, with whatever is left over in the row. */
static void
test_what_has_ended_never_changes (void **state)
{
    static const char *const ends[] = {
        "UPDATE sync_jobs SET status = 'success', cancelled_at = " PAST ", lease_until = " PAST,
        "UPDATE sync_jobs SET status = 'failed', cancelled_at = " PAST ", lease_until = " PAST,
    };
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Lease) lease = ask_and_claim (bench, clock_system ());

    for (guint n = 0; n < G_N_ELEMENTS (ends); n++) {
        g_autofree char *before = NULL, *after = NULL;

        change (bench, ends[n]);
        before = row_of (bench);
        for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
            assert_false (writes[i](lease, bench, NULL));
        assert_true (lease_renew (lease, bench->store, clock_system (), NULL));
        assert_true (job_cancel (bench->store, clock_system (), ANNA, TRUE, lease->id, NULL));
        assert_true (lease_sweep (bench->store, shared_now (bench->store, clock_system (), NULL), NULL));
        assert_null (claim (bench, clock_system ()));
        change (bench, "UPDATE sync_jobs SET attempt = 5");
        assert_null (claim (bench, clock_system ()));
        change (bench, "UPDATE sync_jobs SET attempt = 1");
        after = row_of (bench);
        assert_string_equal (before, after);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_silent_worker_is_replaced_before_new_work_begins),
        BOTH (test_nightly_run_goes_before_what_people_ask_for),
        BOTH (test_sweep_ends_what_was_cancelled_and_left),
        BOTH (test_handed_back_and_cancelled_is_not_begun_again),
        BOTH (test_cancelled_is_seen_and_can_still_be_written),
        BOTH (test_renewal_sees_a_cancel_too),
        ON_PG (test_busy_connection_does_not_cost_the_job),
        BOTH (test_beating_heart_does_not_keep_a_stuck_job),
        BOTH (test_runs_out_without_a_database),
        BOTH (test_stuck_by_the_own_clock),
        cmocka_unit_test (test_first_reason_stays_but_for_the_loss),
        BOTH (test_stale_worker_writes_nothing_of_the_job),
        BOTH (test_what_has_ended_never_changes),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
