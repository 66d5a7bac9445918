/* test_health.c -- what a monitor is told. The clock is the test's. */
#include "../jobs/tower.h"

#include "jobs/scheduler.h"
#include "query/health.h"
#include "query/job.h"

#define MORNING "2026-03-02T00:15:00Z"

static void
tick (Tower *tower, const char *instant)
{
    g_autoptr (Scheduler) scheduler = scheduler_new (tower->config, &tower->clock, random_system ());
    gboolean started;

    tower_set (tower, tower_instant (instant));
    assert_true (scheduler_tick (scheduler, tower->store, &started, NULL));
}

static Health
health_of (Tower *tower, const char *instant)
{
    g_autoptr (GError) error = NULL;
    Health health;
    gboolean ok;

    tower_set (tower, tower_instant (instant));
    ok = health_look (tower->store, tower->config, &tower->clock, &health, &error);
    assert_fine (ok, error);
    return health;
}

/* NULL: it is ready. */
static void
assert_judged (Tower *tower, const char *instant, gint64 tick_age, const char *problem)
{
    Health health = health_of (tower, instant);
    g_autoptr (GError) error = NULL;

    assert_int_equal (health_judge (&health, tick_age, &error), problem == NULL);
    if (problem) {
        assert_int_equal (fault_status (error), 503);
        assert_string_equal (fault_problem (error), problem);
    }
}

static void
test_scheduler_that_looks_no_more (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    tick (tower, "2026-03-01T12:00:00Z");
    assert_judged (tower, "2026-03-01T12:00:00Z", 120 * SECOND_US, NULL);
    assert_judged (tower, "2026-03-01T12:00:00Z", 121 * SECOND_US, "scheduler-silent");
}

static void
test_run_that_nobody_starts (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    assert_judged (tower, "2026-03-01T12:00:00Z", 0, NULL); /* nobody has scheduled here yet */
    tick (tower, "2026-03-01T12:00:00Z");
    assert_judged (tower, "2026-03-02T00:14:00Z", 0, NULL);
    assert_judged (tower, "2026-03-02T01:15:00Z", 0, NULL);
    assert_judged (tower, "2026-03-02T01:15:01Z", 0, "daily-run-late");
    assert_int_equal (health_of (tower, "2026-03-02T02:15:00Z").late, 2 * HOUR_US);
    tick (tower, "2026-03-02T02:15:00Z");
    assert_int_equal (health_of (tower, "2026-03-02T02:15:00Z").late, 0);
    assert_judged (tower, "2026-03-02T02:15:00Z", 0, NULL);
}

/* The date before it is still at work, for whatever reason: this one is late all the same. */
static void
test_run_that_another_holds_up (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    tick (tower, "2026-03-01T12:00:00Z");
    tick (tower, MORNING);
    must_do (tower->store,
             SQL ("UPDATE sync_jobs SET status = 'running', lease_until = '2026-03-03T09:00:00.000000Z', "
                  "claimed_at = '2026-03-03T00:00:00.000000Z'"),
             NO_PARAMS);
    tick (tower, "2026-03-03T00:20:00Z");
    assert_judged (tower, "2026-03-03T01:10:00Z", 0, NULL);
    assert_judged (tower, "2026-03-03T01:20:00Z", 0, "daily-run-late");
}

static void
test_run_that_no_worker_takes (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    tick (tower, "2026-03-01T12:00:00Z");
    tick (tower, MORNING);
    assert_judged (tower, "2026-03-02T01:15:00Z", 0, NULL);
    assert_judged (tower, "2026-03-02T01:15:01Z", 0, "daily-run-waits");
    assert_int_equal (health_of (tower, "2026-03-02T01:15:00Z").waits, HOUR_US);
    /* It waits for a platform until then, and is not to be blamed before. */
    must_do (tower->store, SQL ("UPDATE sync_jobs SET not_before = '2026-03-02T06:00:00.000000Z'"),
             NO_PARAMS);
    assert_judged (tower, "2026-03-02T05:00:00Z", 0, NULL);
    assert_int_equal (health_of (tower, "2026-03-02T05:00:00Z").waits, 0);
}

static void
test_clocks_that_disagree (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");
    gint64 now = tower_instant (MORNING);
    static const int apart[] = { 59, -59, 90, -90 };

    for (guint i = 0; i < G_N_ELEMENTS (apart); i++) {
        g_autoptr (GError) error = NULL;
        Health health;

        tower_set (tower, now);
        tower_set_database (tower, now + apart[i] * SECOND_US);
        assert_true (health_look (tower->store, tower->config, &tower->clock, &health, NULL));
        assert_int_equal (health.clock_gap, apart[i] * SECOND_US);
        assert_int_equal (health_judge (&health, 0, &error), ABS (apart[i]) < 60);
        if (error)
            assert_string_equal (fault_problem (error), "clocks-apart");
    }
}

static void
run_for (Tower *tower, const char *claimed, const char *lease)
{
    must_do (tower->store,
             SQL ("UPDATE sync_jobs SET status = 'running', claimed_at = :claimed, lease_until = :lease"),
             PARAMS ({ "claimed", VALUE_OF_INSTANT (tower_instant (claimed)) },
                     { "lease", VALUE_OF_INSTANT (tower_instant (lease)) }));
}

static void
test_jobs_that_are_stuck (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    tick (tower, "2026-03-01T12:00:00Z");
    tick (tower, MORNING);
    run_for (tower, "2026-03-02T00:16:00Z", "2026-03-02T01:01:30Z");
    assert_int_equal (health_of (tower, "2026-03-02T01:00:00Z").stuck, 0);
    assert_int_equal (health_of (tower, "2026-03-02T01:07:00Z").stuck, 1); /* silent */
    run_for (tower, "2026-03-02T00:16:00Z", "2026-03-02T02:30:30Z");
    assert_int_equal (health_of (tower, "2026-03-02T02:20:00Z").stuck, 0);
    assert_int_equal (health_of (tower, "2026-03-02T02:30:00Z").stuck, 1); /* beats, but for too long */
    end_jobs (tower);
    assert_int_equal (health_of (tower, "2026-03-02T02:30:00Z").stuck, 0);
}

static void
test_dates_that_were_missed (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");
    Health health;

    tick (tower, "2026-03-01T12:00:00Z");
    tick (tower, "2026-03-12T12:00:00Z");
    health = health_of (tower, "2026-03-12T12:00:00Z");
    assert_int_equal (health.missed, 3);
    assert_int_equal (health.caught_up, 7);
    assert_int_equal (health.late, 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_scheduler_that_looks_no_more), BOTH (test_run_that_nobody_starts),
        BOTH (test_run_that_another_holds_up),    BOTH (test_run_that_no_worker_takes),
        ON_PG (test_clocks_that_disagree),        BOTH (test_jobs_that_are_stuck),
        BOTH (test_dates_that_were_missed),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
