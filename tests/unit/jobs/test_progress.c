/* test_progress.c -- what people see of a job: it never goes back, and is not written all the time. */
#include "bench.h"

#define SAMPLES 200

typedef struct {
    Clock clock;
    Bench *bench;
    gint64 now, ahead, step; /* monotonic time moves by a step with each report */
    struct {
        int done, total;
    } samples[SAMPLES];
    int n;
} Sampler;

static gint64
sampler_now (Clock *clock)
{
    return ((Sampler *)clock)->now;
}

static gint64
sampler_monotonic (Clock *clock)
{
    return ((Sampler *)clock)->ahead;
}

static void
sample (int n, gpointer user)
{
    Sampler *sampler = user;
    g_autoptr (Rows) rows = must_ask (
        sampler->bench->store, sql_of ("SELECT progress_done, progress_total FROM sync_jobs"), NO_PARAMS);

    assert_in_range (sampler->n, 0, SAMPLES - 1);
    sampler->samples[sampler->n].done = (int)rows_int (rows, 0, 0);
    sampler->samples[sampler->n++].total = (int)rows_int (rows, 0, 1);
    sampler->ahead += sampler->step;
}

static void
sampler_init (Sampler *sampler, Bench *bench, const char *now, gint64 step)
{
    *sampler = (Sampler){ { sampler_now, sampler_monotonic }, bench, .ahead = SECOND_US, .step = step };
    assert_true (instant_parse (now, &sampler->now));
    bench->google.before_report = sample;
    bench->google.user = sampler;
    bench->context.clock = &sampler->clock;
}

/* A lease by that clock, which says nothing of leases here. */
static void
run (Sampler *sampler)
{
    Bench *bench = sampler->bench;
    g_autoptr (Lease) lease = NULL;

    assert_true (lease_claim (bench->store, clock_system (), random_system (), "test", TRUE, &lease, NULL));
    assert_non_null (lease);
    lease->deadline = lease->stuck_at = G_MAXINT64;
    run_job (&bench->context, lease);
    sample (0, sampler);
}

static void
assert_never_back (const Sampler *sampler)
{
    for (int i = 1; i < sampler->n; i++) {
        assert_int_equal (sampler->samples[i].total, sampler->samples[0].total);
        assert_true (sampler->samples[i].done >= sampler->samples[i - 1].done);
        assert_true (sampler->samples[i].done <= sampler->samples[i].total);
    }
}

static int
steps_seen (const Sampler *sampler)
{
    int seen = 0;

    for (int i = 1; i < sampler->n; i++)
        seen += sampler->samples[i].done != sampler->samples[i - 1].done;
    return seen;
}

static void
test_moves_on_through_all_accounts (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Sampler sampler;

    add_connection (bench, SECOND, "2");
    sampler_init (&sampler, bench, "2026-03-02T23:30:00Z", 2 * SECOND_US);
    ask_for_job (bench);
    run (&sampler);
    assert_never_back (&sampler);
    assert_int_equal (sampler.samples[0].done, 0);
    assert_int_equal (sampler.samples[0].total, 6);
    assert_int_equal (sampler.samples[sampler.n - 1].done, 6);
    assert_true (steps_seen (&sampler) >= 5);
}

/* In Berlin it is tomorrow already: a day more than was planned, and with it a window more. */
static void
test_zone_that_is_learnt_does_not_turn_it_back (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Sampler sampler;

    change (bench, "UPDATE connections SET complete_through = '2026-01-30'");
    sampler_init (&sampler, bench, "2026-03-02T23:30:00Z", 2 * SECOND_US);
    ask_for_job (bench);
    run (&sampler);
    assert_never_back (&sampler);
    assert_int_equal (sampler.samples[0].total, 2);
    assert_int_equal (sampler.samples[sampler.n - 1].done, 2);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 31);
}

static void
test_failed_account_is_passed_by (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Sampler sampler;

    add_connection (bench, SECOND, "2");
    bench->google.fail_at = 1;
    bench->google.fail_times = 1;
    bench->google.fail_status = 403;
    bench->google.fail_body =
        "{\"error\":{\"code\":403,\"message\":\"User does not have sufficient permissions for"
        " this property.\",\"status\":\"PERMISSION_DENIED\"}}";
    sampler_init (&sampler, bench, "2026-03-02T23:30:00Z", 2 * SECOND_US);
    ask_for_job (bench);
    run (&sampler);
    assert_never_back (&sampler);
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_int_equal (sampler.samples[sampler.n - 1].done, 6);
}

static void
test_next_attempt_goes_on_from_there (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Sampler sampler;

    bench->google.fail_at = 10;
    bench->google.fail_times = 1;
    bench->google.fail_status = 503;
    bench->google.fail_body = "";
    sampler_init (&sampler, bench, "2026-03-02T23:30:00Z", 2 * SECOND_US);
    ask_for_job (bench);
    run (&sampler);
    assert_never_back (&sampler);
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_true (sampler.samples[sampler.n - 1].done > 0);
    change (bench, "UPDATE sync_jobs SET not_before = NULL");
    sampler.samples[0] = sampler.samples[sampler.n - 1];
    sampler.n = 1;
    run (&sampler);
    assert_never_back (&sampler); /* the same total, too */
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (sampler.samples[sampler.n - 1].done, sampler.samples[sampler.n - 1].total);
}

/* Time stands still: the start and the first window are told, and the exact end. */
static void
test_not_told_more_than_once_a_second (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Sampler sampler;

    add_connection (bench, SECOND, "2");
    sampler_init (&sampler, bench, "2026-03-02T23:30:00Z", 0);
    ask_for_job (bench);
    run (&sampler);
    assert_never_back (&sampler);
    assert_int_equal (steps_seen (&sampler), 2);
    assert_int_equal (sampler.samples[sampler.n - 2].done, 1);
    assert_int_equal (sampler.samples[sampler.n - 1].done, 6);
    assert_int_equal (number (bench, "SELECT rows_written FROM sync_jobs"),
                      number (bench, "SELECT sum(rows) FROM sync_steps"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_moves_on_through_all_accounts),    BOTH (test_zone_that_is_learnt_does_not_turn_it_back),
        BOTH (test_failed_account_is_passed_by),      BOTH (test_next_attempt_goes_on_from_there),
        BOTH (test_not_told_more_than_once_a_second),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
