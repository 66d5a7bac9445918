/* test_stop.c -- a job that has to end before it is done: cancelled, the process stops, it takes too
 * long, its worker's machine slept; or its credential changed hands at the wrong moment. */
#include "bench.h"

#include "base/failpoint.h"

#define FIRST_WINDOW 30 /* rows of ga4_daily when the first of two windows is written */
#define OTHER_JOB    "bbbbbbbb-0000-4000-8000-000000000001"

/* Do this when the second window is being read: at its first report. */
static void
in_second_window (Bench *bench, void (*act) (int n, gpointer user))
{
    bench->google.before_report = act;
    bench->google.user = bench;
}

static void
assert_job (Bench *bench, const char *status, const char *message, int attempt, int rows)
{
    assert_word (bench, "SELECT status FROM sync_jobs", status);
    assert_word (bench, "SELECT message FROM sync_jobs", message);
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), attempt);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), rows);
    assert_int_equal (number (bench, "SELECT count(*) FROM connections WHERE lease_token IS NOT NULL"), 0);
}

static void
cancel (Bench *bench)
{
    assert_true (job_cancel (bench->store, clock_system (), ANNA, FALSE, bench->job, NULL));
}

/* As the keeper does twice a second. */
static void
cancel_and_look (Bench *bench)
{
    cancel (bench);
    assert_true (lease_look (bench->lease, bench->store, NULL));
}

/* ---- cancelled ---- */

static void
cancel_at_tenth (int n, gpointer user)
{
    if (n == 10)
        cancel_and_look (user);
}

static void
test_cancel_in_a_fetch (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, cancel_at_tenth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_job (bench, "failed", "Cancelled", 1, FIRST_WINDOW);
    assert_int_equal (bench->google.reports, 10);
    assert_word (bench, "SELECT status FROM sync_steps", "failed");
    assert_word (bench, "SELECT status FROM connections", "connected"); /* nothing is wrong with it */
    bench->google.before_report = NULL;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
}

static void
test_cancel_in_a_pause (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    assert_true (failpoint_arm ("page:lost@6", NULL)); /* which is tried again in a moment */
    bench->in_pause = cancel_and_look;
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_true (failpoint_arm (NULL, NULL));
    assert_job (bench, "failed", "Cancelled", 1, 0);
    assert_int_equal (bench->pauses, 1);
    assert_int_equal (bench->google.requests, 6);
}

static void
test_cancel_while_another_job_has_the_connection (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    let_another_have_the_connection (bench);
    bench->in_pause = cancel_and_look;
    ask_for_job (bench);
    assert_true (run_next (bench));
    change (bench, "UPDATE connections SET lease_token = NULL");
    assert_job (bench, "failed", "Cancelled", 1, 0);
    assert_int_equal (bench->google.requests, 0);
}

static void
test_cancel_between_two_tries (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.fail_at = 10;
    bench->google.fail_times = 1;
    bench->google.fail_status = 503;
    bench->google.fail_body = "";
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    cancel (bench);
    assert_false (run_next (bench));
    assert_job (bench, "failed", "Cancelled", 1, FIRST_WINDOW);
    assert_word (bench, "SELECT status FROM sync_steps", "failed");
}

/* ---- the process stops ---- */

static void
stop_at_tenth (int n, gpointer user)
{
    if (n == 10)
        ((Bench *)user)->stop = TRUE;
}

static void
test_window_that_is_being_read_may_end (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, stop_at_tenth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_job (bench, "pending", "Interrupted; it goes on soon", 0, BACKFILL);
    assert_true (bench->google.reports > 10);
}

static void
stop_at_fourth (int n, gpointer user)
{
    if (n == 4)
        ((Bench *)user)->stop = TRUE;
}

static void
test_next_window_is_not_begun (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, stop_at_fourth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_job (bench, "pending", "Interrupted; it goes on soon", 0, FIRST_WINDOW);
    bench->stop = FALSE;
    assert_true (run_next (bench));
    assert_job (bench, "success", "1 account is up to date", 1, BACKFILL);
}

static void
halt_at_tenth (int n, gpointer user)
{
    if (n == 10)
        lease_set_end (((Bench *)user)->lease, LEASE_HALTED);
}

static void
test_grace_that_is_over_ends_the_window (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, halt_at_tenth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_job (bench, "pending", "Interrupted; it goes on soon", 0, FIRST_WINDOW);
    assert_int_equal (bench->google.reports, 10);
}

/* ---- too long, too late ---- */

static void
stick_at_tenth (int n, gpointer user)
{
    if (n == 10)
        lease_set_end (((Bench *)user)->lease, LEASE_STUCK);
}

static void
test_stuck_attempt_costs_one (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, stick_at_tenth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_job (bench, "pending", "It took too long and was broken off; it goes on soon", 1, FIRST_WINDOW);
    change (bench, "UPDATE sync_jobs SET not_before = NULL, attempt = 4");
    bench->google.reports = 9;
    assert_true (run_next (bench));
    assert_job (bench, "failed", "It took longer than 120 minutes, 5 times, and was given up", 5,
                FIRST_WINDOW);
    assert_word (bench, "SELECT status FROM sync_steps", "failed");
}

static void
sleep_at_tenth (int n, gpointer user)
{
    Bench *bench = user;

    if (n == 10)
        __atomic_store_n (&bench->lease->deadline, clock_monotonic (clock_system ()), __ATOMIC_RELAXED);
}

/* Nobody has taken the job yet, but somebody may have: not a row more is written. */
static void
test_worker_that_slept_past_its_lease_stops (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    in_second_window (bench, sleep_at_tenth);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "running");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), FIRST_WINDOW);
    assert_int_equal (bench->google.reports, 10);
}

/* ---- the database is away for a moment ---- */

static void
test_numbers_are_not_read_again_for_the_databases_sake (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    int reports;

    ask_for_job (bench);
    assert_true (run_next (bench));
    reports = bench->google.reports;
    change (bench, "DELETE FROM ga4_daily");
    change (bench, "UPDATE connections SET complete_through = NULL");
    bench->google.reports = 0;
    assert_true (failpoint_arm ("facts-inside:lost@1,facts-before:lost@3", NULL));
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_true (failpoint_arm (NULL, NULL));
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    assert_int_equal (bench->google.reports, reports);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
}

/* ---- credentials that change ---- */

static void
test_rotated_credential_is_stored_patiently (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.rotates = TRUE;
    bench->google.fail_at = 1;
    bench->google.fail_times = 1;
    bench->google.fail_status = 401;
    bench->google.fail_body =
        "{\"error\":{\"code\":401,\"message\":\"expired\",\"status\":\"UNAUTHENTICATED\"}}";
    assert_true (failpoint_arm ("rotated:lost@2", NULL));
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_true (failpoint_arm (NULL, NULL));
    assert_int_equal (bench->google.tokens, 2);
    assert_int_equal (bench->pauses, 1);
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
}

/* The platform has given a new credential and taken the old one; before it was stored the process
 * was gone. Nothing can bring it back, so the owner is told, and the platform is asked no more. */
static void
test_credential_lost_on_the_way_asks_for_a_new_connection (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.rotates = TRUE;
    assert_true (failpoint_arm ("rotated:eio", NULL));
    ask_for_job (bench);
    assert_true (run_next (bench)); /* as good as dead */
    assert_true (failpoint_arm (NULL, NULL));
    change (bench, "UPDATE sync_jobs SET status = 'pending', lease_token = NULL, attempt = 1");
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM connections", "reconnect");
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_int_equal (bench->google.tokens, 2);
    ask_for_job (bench);
    assert_true (run_next (bench));
    assert_int_equal (bench->google.tokens, 2);
}

/* A second job of the same account begins while the first one reads; it waits for a while. */
static void
run_another_meanwhile (int n, gpointer user)
{
    Bench *bench = user;
    RunContext context = bench->context;
    gint stop = FALSE;
    g_autoptr (Lease) lease = NULL;
    int tokens = bench->google.tokens, pauses = bench->pauses;

    if (n != 10)
        return;
    must_do (bench->store, &sql_jobs_insert,
             PARAMS ({ "id", VALUE_OF_TEXT (OTHER_JOB) }, { "now", VALUE_OF_INSTANT (0) },
                     { "source", VALUE_OF_TEXT ("all") }, { "scope", VALUE_OF_TEXT ("all") },
                     { "trigger", VALUE_OF_TEXT ("manual") }, { "requested_by", VALUE_NONE },
                     { "message", VALUE_NONE }, { "lock_key", VALUE_OF_TEXT ("all_manual:all") },
                     { "run_key", VALUE_NONE }, { "days", VALUE_NONE }));
    context.stop = &stop;
    bench->in_pause_stop = &stop;
    assert_true (lease_claim (bench->store, clock_system (), random_system (), "other", TRUE, &lease, NULL) &&
                 lease);
    assert_string_equal (lease->id, OTHER_JOB);
    run_job (&context, lease);
    assert_true (bench->pauses > pauses);
    assert_int_equal (bench->google.tokens, tokens);
}

static void
test_two_jobs_never_refresh_a_credential_at_once (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.rotates = TRUE;
    in_second_window (bench, run_another_meanwhile);
    ask_for_job (bench);
    assert_true (run_next (bench));
    bench->google.before_report = NULL;
    bench->in_pause_stop = NULL;
    assert_word (bench, "SELECT status FROM sync_jobs WHERE source = 'ga4'", "success");
    assert_word (bench, "SELECT status FROM sync_jobs WHERE source = 'all'", "pending");
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs WHERE source = 'all'", "success");
    assert_int_equal (bench->google.tokens, 2);
    assert_word (bench, "SELECT status FROM connections", "connected");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_cancel_in_a_fetch),
        BOTH (test_cancel_in_a_pause),
        BOTH (test_cancel_while_another_job_has_the_connection),
        BOTH (test_cancel_between_two_tries),
        BOTH (test_window_that_is_being_read_may_end),
        BOTH (test_next_window_is_not_begun),
        BOTH (test_grace_that_is_over_ends_the_window),
        BOTH (test_stuck_attempt_costs_one),
        BOTH (test_worker_that_slept_past_its_lease_stops),
        BOTH (test_numbers_are_not_read_again_for_the_databases_sake),
        BOTH (test_rotated_credential_is_stored_patiently),
        BOTH (test_credential_lost_on_the_way_asks_for_a_new_connection),
        BOTH (test_two_jobs_never_refresh_a_credential_at_once),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
