/* test_run.c -- one job from claim to end, against a Google that fails on cue. */
#include "bench.h"

#define QUOTA                                                               \
    "{\"error\":{\"code\":429,\"message\":\"Exhausted property tokens per " \
    "hour.\",\"status\":\"RESOURCE_EXHAUSTED\"}}"
#define EXPIRED                                                                  \
    "{\"error\":{\"code\":401,\"message\":\"Request had invalid authentication " \
    "credentials.\",\"status\":\"UNAUTHENTICATED\"}}"
#define FORBIDDEN                                                                                \
    "{\"error\":{\"code\":403,\"message\":\"User does not have sufficient permissions for this " \
    "property.\",\"status\":\"PERMISSION_DENIED\"}}"

/* ---- the good case ---- */

static void
test_reads_back_far_once_then_a_little (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_word (bench, "SELECT message FROM sync_jobs", "1 account is up to date");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    assert_int_equal (number (bench, "SELECT sum(sessions) FROM ga4_daily"), BACKFILL * 100);
    assert_int_equal (number (bench, "SELECT progress_done FROM sync_jobs"), 3);
    assert_int_equal (number (bench, "SELECT progress_total FROM sync_jobs"), 3);
    assert_word (bench, "SELECT name FROM connections", "Shop");
    assert_int_equal (number (bench, "SELECT count(*) FROM connections WHERE lease_token IS NOT NULL"), 0);
    assert_int_equal (
        number (bench, "SELECT count(*) FROM app_settings WHERE key IN ('last_sync', 'ga4_last_success')"),
        2);
    /* Of sources without an account nobody says that they were read. */
    assert_int_equal (number (bench, "SELECT count(*) FROM app_settings WHERE key = 'meta_last_success'"), 0);
    assert_true (bench->changes > 0);

    bench->google.reports = 0;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
    /* Two days again: two reports, one batch of landing pages; one batch of totals or two. */
    assert_in_range (bench->google.reports, 4, 6);
}

/* ---- failures ---- */

static void
test_token_that_dies_midway_is_renewed_once (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.fail_at = 5;
    bench->google.fail_times = 1;
    bench->google.fail_status = 401;
    bench->google.fail_body = EXPIRED;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (bench->google.tokens, 2);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
}

static void
test_dead_grant_asks_for_a_new_connection (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.dead_grant = TRUE;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT status FROM connections", "reconnect");
    assert_int_equal (bench->google.tokens, 1);
    /* Google is not asked again until somebody mends it, but nobody says that all is well. */
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_int_equal (bench->google.tokens, 1);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'failed'"), 2);
}

static void
test_long_wait_goes_through_the_queue (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    /* The second window's first report: the first window is in by then. */
    bench->google.fail_at = 10;
    bench->google.fail_times = 1;
    bench->google.fail_status = 429;
    bench->google.fail_body = QUOTA;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_word (bench, "SELECT status FROM sync_steps", "pending");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 30);
    assert_int_equal (bench->pauses, 0);
    assert_false (run_next (bench)); /* not before its time */
    change (bench, "UPDATE sync_jobs SET not_before = '2020-01-01T00:00:00.000000Z'");
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), 1);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
}

static void
always_fail (Bench *bench, int status, const char *body)
{
    bench->google.fail_at = 1;
    bench->google.fail_times = 1000;
    bench->google.fail_status = status;
    bench->google.fail_body = body;
}

/* Run it again and again as if its waits were over, and say how often it took. */
static int
run_to_the_end (Bench *bench, int most)
{
    int n = 0;

    while (n < most && run_next (bench)) {
        n++;
        change (bench, "UPDATE sync_jobs SET not_before = NULL");
    }
    return n;
}

static void
test_endless_failure_ends (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    always_fail (bench, 503, "");
    ask_for_job (bench);
    assert_int_equal (run_to_the_end (bench, 100), JOB_MAX_ATTEMPTS);
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
}

/* Google counts its own failures, ten an hour: a whole job makes no more than six. */
static void
test_failing_platform_is_asked_few_times (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    always_fail (bench, 503, "");
    ask_for_job (bench);
    run_to_the_end (bench, 100);
    assert_in_range (bench->google.reports, JOB_MAX_ATTEMPTS, JOB_MAX_ATTEMPTS + 1);
}

/* "Come back in an hour" is nobody's failure: it may say so more often than a job may fail. */
static void
test_quota_costs_no_attempt_for_a_day (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    always_fail (bench, 429, QUOTA);
    ask_for_job (bench);
    assert_int_equal (run_to_the_end (bench, 3 * JOB_MAX_ATTEMPTS), 3 * JOB_MAX_ATTEMPTS);
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), 0);
    change (bench, "UPDATE sync_jobs SET started_at = '2020-01-01T00:00:00.000000Z'");
    assert_int_equal (run_to_the_end (bench, 100), JOB_MAX_ATTEMPTS);
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
}

static void
test_one_bad_account_does_not_stop_the_other (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autofree char *message = NULL;

    add_connection (bench, SECOND, "2");
    bench->google.fail_at = 1;
    bench->google.fail_times = 1;
    bench->google.fail_status = 403;
    bench->google.fail_body = FORBIDDEN;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    message = word (bench, "SELECT message FROM sync_jobs");
    assert_true (g_str_has_prefix (message, "1 of 2 accounts are up to date."));
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily WHERE property_id = '1'"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily WHERE property_id = '2'"), BACKFILL);
    assert_word (bench, "SELECT status FROM connections WHERE external_id = '1'", "error");
    assert_word (bench, "SELECT status FROM connections WHERE external_id = '2'", "connected");
}

/* ---- stopping and being taken over ---- */

static void
stop_at_second_window (int n, gpointer user)
{
    Bench *bench = user;

    if (n == 10)
        g_atomic_int_set (&bench->stop, TRUE);
}

static void
test_stop_hands_the_job_back (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.before_report = stop_at_second_window;
    bench->google.user = bench;
    bench->google.fail_at = 10;
    bench->google.fail_times = 1;
    bench->google.fail_status = 503;
    bench->google.fail_body = "";
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 30);
    bench->stop = FALSE;
    bench->google.before_report = NULL;
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
}

static void
steal_the_job (int n, gpointer user)
{
    if (n == 10)
        change (user, "UPDATE sync_jobs SET lease_token = 'somebody else', message = 'theirs'");
}

static void
test_stale_worker_writes_nothing (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.before_report = steal_the_job;
    bench->google.user = bench;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "running");
    assert_word (bench, "SELECT message FROM sync_jobs", "theirs");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 30);
    assert_word (bench, "SELECT last_error FROM connections", "");
}

static void
delete_the_connection (int n, gpointer user)
{
    if (n == 10)
        change (user, "DELETE FROM connections");
}

static void
test_deleted_connection_gets_no_more_rows (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.before_report = delete_the_connection;
    bench->google.user = bench;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 30);
}

/* A worker that died without a word: its lease ends, the next one goes on; not for ever. */
static void
test_silent_workers_are_replaced_and_given_up (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    ask_for_job (bench);
    for (int i = 0; i < JOB_MAX_ATTEMPTS; i++) {
        g_autoptr (Lease) lease = NULL;

        assert_true (
            lease_claim (bench->store, clock_system (), random_system (), "dies", TRUE, &lease, NULL));
        assert_non_null (lease);
        assert_int_equal (lease->attempt, i + 1);
        change (bench, "UPDATE sync_jobs SET lease_until = '2020-01-01T00:00:00.000000Z'");
    }
    assert_false (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    ask_for_job (bench); /* and the dead one blocks nobody */
    assert_true (run_next (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 1);
}

/* Its days are the schedule's then, and whoever looks at them can read that. */
static void
test_unknown_zone_is_a_notice (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.zone = "Mars/Olympus";
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_true (number (bench,
                         "SELECT count(*) FROM source_notices WHERE code = 'zone_unknown' AND text LIKE "
                         "'%Mars/Olympus%America/Los_Angeles%'") > 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_reads_back_far_once_then_a_little),
        BOTH (test_token_that_dies_midway_is_renewed_once),
        BOTH (test_dead_grant_asks_for_a_new_connection),
        BOTH (test_long_wait_goes_through_the_queue),
        BOTH (test_endless_failure_ends),
        BOTH (test_failing_platform_is_asked_few_times),
        BOTH (test_quota_costs_no_attempt_for_a_day),
        BOTH (test_one_bad_account_does_not_stop_the_other),
        BOTH (test_unknown_zone_is_a_notice),
        BOTH (test_stop_hands_the_job_back),
        BOTH (test_stale_worker_writes_nothing),
        BOTH (test_deleted_connection_gets_no_more_rows),
        BOTH (test_silent_workers_are_replaced_and_given_up),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
