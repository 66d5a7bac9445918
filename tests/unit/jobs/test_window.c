/* test_window.c -- which days a run reads: after a time without runs, and after a clock that was wrong. */
#include "bench.h"

#include "base/date.h"

#define DAY_US (86400 * SECOND_US)

/* The bench's clock, which is moved by hand. */
typedef struct {
    Clock clock;
    gint64 ahead;
} Skip;

static gint64
skip_now (Clock *clock)
{
    return g_get_real_time () + ((Skip *)clock)->ahead;
}

static gint64
skip_monotonic (Clock *clock)
{
    return g_get_monotonic_time ();
}

static Skip skip = { .clock = { skip_now, skip_monotonic } };

static Bench *
bench_with_clock (void **state)
{
    Bench *bench = bench_new (state);

    skip.ahead = 0;
    bench->context.clock = &skip.clock;
    return bench;
}

/* With SQLite the clock of leases is that clock, too. */
static void
sync_at (Bench *bench, int days_ahead)
{
    JobRequest request = { .source = "ga4", .scope = ANNA, .trigger = "manual", .requested_by = ANNA };
    JobStart start;
    Lease *lease;

    skip.ahead = days_ahead * DAY_US;
    assert_true (job_start (bench->store, &skip.clock, random_system (), &request, bench->job, &start, NULL));
    assert_true (lease_claim (bench->store, &skip.clock, random_system (), "test", TRUE, &lease, NULL));
    assert_non_null (lease);
    run_job (&bench->context, lease);
    lease_free (lease);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"),
                      number (bench, "SELECT count(*) FROM sync_jobs"));
}

/* Every day from the first to the last is there. */
static gint64
n_gaps (Bench *bench)
{
    g_autoptr (Rows) rows =
        must_ask (bench->store, SQL ("SELECT date FROM ga4_daily ORDER BY date"), NO_PARAMS);
    gint64 gaps = 0;

    for (guint i = 1; i < rows_count (rows); i++)
        gaps += rows_day (rows, i, 0) - rows_day (rows, i - 1, 0) - 1;
    return gaps;
}

static Day
yesterday (void)
{
    g_autoptr (GTimeZone) zone = zone_find ("Europe/Berlin"); /* the account's */

    return instant_day (clock_now (&skip.clock), zone) - 1;
}

static Day
complete_through (Bench *bench)
{
    g_autoptr (Rows) rows =
        must_ask (bench->store, SQL ("SELECT complete_through FROM connections"), NO_PARAMS);

    return rows_day (rows, 0, 0);
}

/* Two days are read again each night; after ten days without a night, ten and those two. */
static void
test_ten_days_without_a_run (void **state)
{
    g_autoptr (Bench) bench = bench_with_clock (state);

    sync_at (bench, 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    sync_at (bench, 10);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL + 10);
    assert_int_equal (n_gaps (bench), 0);
    assert_int_equal (complete_through (bench), yesterday ());
}

/* Months ahead for one run, then right again and without a run for a while: nothing is left out. */
static void
test_clock_that_was_far_ahead (void **state)
{
    g_autoptr (Bench) bench = bench_with_clock (state);

    sync_at (bench, 0);
    sync_at (bench, 100);
    assert_int_equal (complete_through (bench), yesterday ());
    change (bench, "DELETE FROM ga4_daily"); /* what it has read of days to come is not worth much */
    sync_at (bench, 10);
    assert_int_equal (complete_through (bench), yesterday ());
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    assert_int_equal (n_gaps (bench), 0);
}

/* An hour over midnight, or an account that moves west, is no reason to read a year again. */
static void
test_one_day_ahead_is_believed (void **state)
{
    g_autoptr (Bench) bench = bench_with_clock (state);

    sync_at (bench, 1);
    change (bench, "DELETE FROM ga4_daily");
    sync_at (bench, 0);
    assert_in_range (number (bench, "SELECT count(*) FROM ga4_daily"), 1, 3);
    sync_at (bench, 2);
    assert_int_equal (complete_through (bench), yesterday ());
}

static void
assert_claimed (Bench *bench, gboolean claimed)
{
    g_autoptr (Lease) lease = NULL;

    assert_true (
        lease_claim (bench->store, bench->context.clock, random_system (), "test", TRUE, &lease, NULL));
    assert_int_equal (lease != NULL, claimed);
}

static void
test_nobody_waits_for_a_year_to_come (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    ask_for_job (bench);
    change (bench, "UPDATE sync_jobs SET created_at = '2060-01-01T00:00:00.000000Z', "
                   "not_before = '2060-01-01T00:00:00.000000Z'");
    assert_claimed (bench, TRUE);
    assert_claimed (bench, FALSE);
    change (bench, "UPDATE sync_jobs SET lease_until = '2060-01-01T00:00:00.000000Z'");
    assert_claimed (bench, TRUE);
    change (bench,
            "UPDATE connections SET lease_token = 'gone', lease_until = '2060-01-01T00:00:00.000000Z'");
    change (bench, "UPDATE sync_jobs SET status = 'pending', lease_token = NULL, lease_until = NULL");
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_ten_days_without_a_run),
        BOTH (test_clock_that_was_far_ahead),
        BOTH (test_one_day_ahead_is_believed),
        BOTH (test_nobody_waits_for_a_year_to_come),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
