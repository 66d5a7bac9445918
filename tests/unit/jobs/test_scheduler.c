/* test_scheduler.c -- when the daily run starts, and when it does not. The clock is the test's. */
#include "tower.h"

#include "jobs/scheduler.h"
#include "model/source.h"
#include "query/daily.h"
#include "query/job.h"
#include "sql.h"

/* A server that starts at that moment, looks, and goes on looking each minute for so long. */
static void
serve_us (Tower *tower, gint64 from, gint64 microseconds)
{
    g_autoptr (Scheduler) scheduler = scheduler_new (tower->config, &tower->clock, random_system ());

    for (gint64 at = from; at <= from + microseconds; at += MINUTE_US) {
        g_autoptr (GError) error = NULL;
        gboolean started, ok;

        tower_set (tower, at);
        ok = scheduler_tick (scheduler, tower->store, &started, &error);
        assert_fine (ok, error);
    }
}

static void
serve (Tower *tower, const char *from, int minutes)
{
    serve_us (tower, tower_instant (from), minutes * MINUTE_US);
}

static void
look_at (Tower *tower, const char *instant)
{
    serve (tower, instant, 0);
}

/* The server is up from the first to the second moment, and no job takes longer than a tick. */
static void
serve_until (Tower *tower, const char *from, const char *to)
{
    for (gint64 at = tower_instant (from); at <= tower_instant (to); at += 10 * MINUTE_US) {
        serve_us (tower, at, 0);
        end_jobs (tower);
    }
}

static gint64
n_ledger (Tower *tower, const char *date)
{
    Day day;
    g_autoptr (Rows) rows = NULL;

    assert_true (day_parse (date, &day));
    rows = must_ask (tower->store, SQL ("SELECT count(*) FROM sync_ledger WHERE run_date = :date"),
                     PARAMS ({ "date", VALUE_OF_DAY (day) }));
    return rows_int (rows, 0, 0);
}

static gint64
n_missed (Tower *tower)
{
    return ask_int (tower->store, SQL ("SELECT count(*) FROM sync_missed WHERE caught_up_by IS NULL"));
}

static gint64
n_caught_up (Tower *tower)
{
    return ask_int (tower->store, SQL ("SELECT count(*) FROM sync_missed WHERE caught_up_by IS NOT NULL"));
}

static void
set_schedule (Tower *tower, const char *time, const char *zone)
{
    config_free (tower->config);
    tower->config = tower_config (tower->url, time, zone);
}

#define N_SOURCES ((int)G_N_ELEMENTS (source_infos))
#define ZONE      "America/Los_Angeles" /* 00:15 there is 08:15 in UTC, in summer 07:15 */

/* ---- once a date ---- */

static void
test_once_a_date_and_never_for_the_past (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    look_at (tower, "2026-03-01T12:00:00Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T00:14:59Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T00:15:00Z");
    assert_int_equal (n_jobs (tower), 1);
    end_jobs (tower);
    look_at (tower, "2026-03-02T17:00:00Z");
    assert_int_equal (n_jobs (tower), 1);
    look_at (tower, "2026-03-06T09:00:00Z"); /* one for all that was missed */
    assert_int_equal (n_jobs (tower), 2);
}

static void
cron (Tower *tower, const char *source, const char *date, char id[static UUID_TEXT], JobStart *start)
{
    JobRequest request = { .source = source, .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    g_autoptr (GError) error = NULL;
    gboolean ok;
    Day day;

    assert_true (day_parse (date, &day));
    ok = job_start_daily (tower->store, &tower->clock, random_system (), &request, day, id, start, &error);
    assert_fine (ok, error);
}

static void
test_cron_for_one_source_leaves_the_others_to_the_timer (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");
    char id[UUID_TEXT];
    JobStart start;

    look_at (tower, "2026-03-01T12:00:00Z");
    cron (tower, "ga4", "2026-03-02", id, &start);
    assert_int_equal (start, JOB_STARTED);
    end_jobs (tower);
    look_at (tower, "2026-03-02T00:16:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_ledger (tower, "2026-03-02"), N_SOURCES);
}

static void
test_run_that_takes_more_than_a_day (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");
    char first[UUID_TEXT], id[UUID_TEXT];
    JobStart start;

    look_at (tower, "2026-03-01T12:00:00Z");
    cron (tower, "all", "2026-03-02", first, &start);
    assert_int_equal (start, JOB_STARTED);
    look_at (tower, "2026-03-03T00:16:00Z");
    assert_int_equal (n_jobs (tower), 1);
    cron (tower, "all", "2026-03-03", id, &start);
    assert_int_equal (start, JOB_RUNNING);
    assert_string_equal (id, first);
    end_jobs (tower);
    look_at (tower, "2026-03-03T05:00:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 0);
}

/* ---- the server was down ---- */

/* Runs on 1 March at 00:15, is stopped at 00:10 of the 2nd, and comes back. */
static Tower *
tower_stopped (void **state)
{
    Tower *tower = tower_new (state, "00:15", ZONE);

    serve_until (tower, "2026-02-28T20:00:00Z", "2026-03-02T08:10:00Z");
    assert_int_equal (n_jobs (tower), 1);
    return tower;
}

static void
test_down_for_ten_minutes (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    look_at (tower, "2026-03-02T08:20:00Z");
    assert_int_equal (n_jobs (tower), 2);
    serve_until (tower, "2026-03-02T08:21:00Z", "2026-03-03T08:10:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 0);
}

static void
test_down_until_the_afternoon (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    look_at (tower, "2026-03-02T22:00:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_ledger (tower, "2026-03-02"), N_SOURCES);
    serve_until (tower, "2026-03-02T22:01:00Z", "2026-03-03T08:10:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 0);
}

static void
test_down_for_three_days (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    serve_until (tower, "2026-03-05T20:00:00Z", "2026-03-06T08:10:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_ledger (tower, "2026-03-05"), N_SOURCES);
    assert_int_equal (n_missed (tower), 0);
    assert_int_equal (n_caught_up (tower), 3); /* 2, 3 and 4 March */
}

/* The newest date runs; of those before it, the ones within a week are caught up with it. */
static void
test_down_for_ten_days (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    serve_until (tower, "2026-03-12T20:00:00Z", "2026-03-13T07:10:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_ledger (tower, "2026-03-12"), N_SOURCES);
    assert_int_equal (n_missed (tower), 3);    /* 2 to 4 March */
    assert_int_equal (n_caught_up (tower), 7); /* 5 to 11 March */
    serve_until (tower, "2026-03-13T07:15:00Z", "2026-03-14T07:10:00Z");
    assert_int_equal (n_jobs (tower), 3);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 10);
}

/* ---- no run that nobody wants ---- */

static void
test_restarts_start_nothing (void **state)
{
    static const char *const restarts[] = { "2026-03-01T09:24:00Z", "2026-03-02T01:12:00Z",
                                            "2026-03-02T07:59:00Z" };
    g_autoptr (Tower) tower = tower_new (state, "00:15", ZONE);

    serve_until (tower, "2026-02-28T20:00:00Z", "2026-03-01T09:00:00Z");
    assert_int_equal (n_jobs (tower), 1);
    for (guint i = 0; i < G_N_ELEMENTS (restarts); i++)
        look_at (tower, restarts[i]); /* 01:24, 17:12 and 23:59 in Los Angeles */
    assert_int_equal (n_jobs (tower), 1);
}

static void
test_fresh_installation_a_minute_late (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", ZONE);

    serve (tower, "2026-03-01T08:16:00Z", 60);
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T08:15:00Z");
    assert_int_equal (n_jobs (tower), 1);
}

/* The new time of today has passed already: it begins tomorrow. */
static void
test_edited_time_does_not_fire_for_today (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "20:00", ZONE);

    serve_until (tower, "2026-03-01T12:00:00Z", "2026-03-01T22:00:00Z");
    set_schedule (tower, "06:00", ZONE);
    serve_until (tower, "2026-03-01T22:01:00Z", "2026-03-02T13:50:00Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T14:00:00Z");
    assert_int_equal (n_jobs (tower), 1);
}

static void
test_changed_zone_does_not_fire_for_the_past (void **state)
{
    static const char *const zones[] = { "Pacific/Kiritimati", "UTC", "Pacific/Niue", "Asia/Tokyo", ZONE };
    g_autoptr (Tower) tower = tower_new (state, "00:15", ZONE);
    gint64 at = tower_instant ("2026-03-01T12:00:00Z");

    serve_until (tower, "2026-02-28T20:00:00Z", "2026-03-01T11:50:00Z");
    assert_int_equal (n_jobs (tower), 1);
    for (guint i = 0; i < G_N_ELEMENTS (zones); i++, at += 2 * MINUTE_US) {
        set_schedule (tower, "00:15", zones[i]);
        serve_us (tower, at, MINUTE_US);
        assert_int_equal (n_jobs (tower), 1);
    }
    look_at (tower, "2026-03-02T08:15:00Z");
    assert_int_equal (n_jobs (tower), 2);
}

/* ---- what is said of the next run ---- */

static void
assert_next (Tower *tower, const char *now, const char *wanted)
{
    char text[INSTANT_TEXT];
    g_autoptr (GError) error = NULL;
    gint64 next;
    gboolean ok = daily_next (tower->store, tower->config, tower_instant (now), &next, &error);

    assert_fine (ok, error);
    assert_string_equal (instant_format (next, text), wanted);
}

/* After the run in Tokyo the zone moves west, where the same date comes once more: it has no second run. */
static void
test_next_run_is_one_that_will_come (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "Asia/Tokyo");

    serve_until (tower, "2026-03-01T12:00:00Z", "2026-03-01T15:20:00Z"); /* 2 March there */
    assert_int_equal (n_jobs (tower), 1);
    assert_next (tower, "2026-03-01T15:20:00Z", "2026-03-02T15:15:00Z");
    set_schedule (tower, "00:15", ZONE);
    look_at (tower, "2026-03-01T15:30:00Z"); /* 1 March here */
    assert_next (tower, "2026-03-01T15:30:00Z", "2026-03-03T08:15:00Z");
    serve_until (tower, "2026-03-02T08:00:00Z", "2026-03-03T08:10:00Z");
    assert_int_equal (n_jobs (tower), 1);
    look_at (tower, "2026-03-03T08:15:00Z");
    assert_int_equal (n_jobs (tower), 2);
}

static void
test_next_run_is_kept_as_a_setting (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", ZONE);
    g_autoptr (Rows) rows = NULL;

    serve (tower, "2026-03-01T12:00:00Z", 5);
    rows = must_ask (tower->store, SQL ("SELECT value, updated_at FROM app_settings WHERE key = 'next_sync'"),
                     NO_PARAMS);
    assert_string_equal (rows_text (rows, 0, 0), "2026-03-02T08:15:00Z");
    assert_int_equal (rows_instant (rows, 0, 1), tower_instant ("2026-03-01T12:00:00Z")); /* not each tick */
}

/* ---- clocks that go wrong ---- */

static void
test_clock_that_was_ahead_at_first (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    look_at (tower, "2030-03-01T12:00:00Z");
    look_at (tower, "2026-03-01T12:00:00Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T00:16:00Z");
    assert_int_equal (n_jobs (tower), 1);
}

/* Four years ahead for a minute: that date has had its run, and all others have theirs. */
static void
test_clock_that_was_ahead_for_a_while (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    look_at (tower, "2026-03-01T12:00:00Z");
    look_at (tower, "2030-03-01T12:00:00Z");
    assert_true (n_missed (tower) > 300);
    end_jobs (tower);
    look_at (tower, "2026-03-01T12:01:00Z");
    assert_int_equal (n_jobs (tower), 1);
    serve_until (tower, "2026-03-01T12:10:00Z", "2026-03-12T00:10:00Z");
    assert_int_equal (n_jobs (tower), 11);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 0);
}

/* As a machine without a battery boots, before it has asked for the time. */
static void
test_clock_that_starts_in_the_past (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    serve (tower, "2020-01-01T00:00:00Z", 2);
    assert_int_equal (n_jobs (tower), 1);
    serve_until (tower, "2026-03-02T20:00:00Z", "2026-03-03T08:10:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (n_missed (tower) + n_caught_up (tower), 0);
}

static void
test_hour_back_after_the_run (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    serve (tower, "2026-03-02T08:14:00Z", 2);
    assert_int_equal (n_jobs (tower), 2);
    end_jobs (tower);
    serve (tower, "2026-03-02T07:16:00Z", 120);
    assert_int_equal (n_jobs (tower), 2);
}

static void
test_hour_forward_and_back (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    serve (tower, "2026-03-02T08:10:00Z", 0);
    serve (tower, "2026-03-02T09:10:00Z", 3); /* over the run's time */
    assert_int_equal (n_jobs (tower), 2);
    end_jobs (tower);
    serve (tower, "2026-03-02T08:13:00Z", 90);
    assert_int_equal (n_jobs (tower), 2);
    look_at (tower, "2026-03-03T08:15:00Z");
    assert_int_equal (n_jobs (tower), 3);
}

static void
test_frozen_clock (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);

    for (int i = 0; i < 100; i++)
        look_at (tower, "2026-03-02T08:15:00Z");
    assert_int_equal (n_jobs (tower), 2);
    end_jobs (tower);
    for (int i = 0; i < 100; i++)
        look_at (tower, "2026-03-02T08:15:00Z");
    assert_int_equal (n_jobs (tower), 2);
}

/* The program's clock is right, the database's is not: nobody knows which date it is. */
static void
test_database_clock_apart (void **state)
{
    g_autoptr (Tower) tower = tower_stopped (state);
    g_autoptr (Scheduler) scheduler = scheduler_new (tower->config, &tower->clock, random_system ());
    gint64 now = tower_instant ("2026-03-02T08:20:00Z");
    static const int apart[] = { 90, -90, 61, -61, 100000000 };
    gboolean started;

    for (guint i = 0; i < G_N_ELEMENTS (apart); i++) {
        g_autoptr (GError) error = NULL;
        Day date;

        tower_set (tower, now);
        tower_set_database (tower, now + apart[i] * SECOND_US);
        assert_true (scheduler_tick (scheduler, tower->store, &started, NULL));
        assert_false (started);
        assert_false (daily_date (tower->store, tower->config, &tower->clock, &date, &error));
        assert_fault (error, FAULT_BUSY);
    }
    tower_set_database (tower, now + 59 * SECOND_US);
    assert_true (scheduler_tick (scheduler, tower->store, &started, NULL));
    assert_true (started);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_once_a_date_and_never_for_the_past),
        BOTH (test_cron_for_one_source_leaves_the_others_to_the_timer),
        BOTH (test_run_that_takes_more_than_a_day),
        BOTH (test_down_for_ten_minutes),
        BOTH (test_down_until_the_afternoon),
        BOTH (test_down_for_three_days),
        BOTH (test_down_for_ten_days),
        BOTH (test_restarts_start_nothing),
        BOTH (test_fresh_installation_a_minute_late),
        BOTH (test_edited_time_does_not_fire_for_today),
        BOTH (test_changed_zone_does_not_fire_for_the_past),
        BOTH (test_next_run_is_one_that_will_come),
        BOTH (test_next_run_is_kept_as_a_setting),
        BOTH (test_clock_that_was_ahead_at_first),
        BOTH (test_clock_that_was_ahead_for_a_while),
        BOTH (test_clock_that_starts_in_the_past),
        BOTH (test_hour_back_after_the_run),
        BOTH (test_hour_forward_and_back),
        BOTH (test_frozen_clock),
        ON_PG (test_database_clock_apart),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
