/* test_step.c -- what may happen to a connection while a job is at it. */
#include "bench.h"

#include <pthread.h>

#define EXPIRED                                                                  \
    "{\"error\":{\"code\":401,\"message\":\"Request had invalid authentication " \
    "credentials.\",\"status\":\"UNAUTHENTICATED\"}}"
#define FORBIDDEN "{\"error\":{\"code\":403,\"message\":\"No.\",\"status\":\"PERMISSION_DENIED\"}}"

static void
refuse (Bench *bench, int at, int times, int status, const char *body)
{
    bench->google.fail_at = at;
    bench->google.fail_times = times;
    bench->google.fail_status = status;
    bench->google.fail_body = body;
}

static void
before_report (Bench *bench, void (*hook) (int n, gpointer user))
{
    bench->google.before_report = hook;
    bench->google.user = bench;
}

static void
sync_now (Bench *bench)
{
    ask_for_job (bench);
    assert_true (run_next (bench));
}

/* ---- its owner changes his mind ---- */

static void
delete_second (int n, gpointer user)
{
    if (n == 1)
        change (user, "DELETE FROM connections WHERE external_id = '2'");
}

static void
test_deleted_before_its_turn_is_not_waited_for (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    add_connection (bench, SECOND, "2");
    before_report (bench, delete_second);
    sync_now (bench);
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_word (bench, "SELECT message FROM sync_jobs", "1 account is up to date");
    assert_int_equal (bench->pauses, 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE status = 'pending'"), 0);
}

static void
pause_second (int n, gpointer user)
{
    if (n == 1)
        change (user, "UPDATE connections SET status = 'paused' WHERE external_id = '2'");
}

static void
test_paused_before_its_turn_is_not_read (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    add_connection (bench, SECOND, "2");
    before_report (bench, pause_second);
    sync_now (bench);
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily WHERE property_id = '2'"), 0);
    assert_int_equal (number (bench, "SELECT progress_total - progress_done FROM sync_jobs"), 0);
}

static void *
commit_in_a_moment (void *data)
{
    g_usleep (300000);
    assert_true (store_commit (data, NULL));
    return NULL;
}

typedef struct {
    Bench *bench;
    Store *other;
    pthread_t thread;
} Deletion;

static void
begin_to_delete (int n, gpointer user)
{
    Deletion *deletion = user;

    if (n != 10)
        return;
    assert_true (store_begin (deletion->other, NULL));
    must_do (deletion->other, sql_of ("DELETE FROM connections"), NO_PARAMS);
    must_do (deletion->other, sql_of ("DELETE FROM ga4_daily"), NO_PARAMS);
    assert_int_equal (pthread_create (&deletion->thread, NULL, commit_in_a_moment, deletion->other), 0);
}

/* The deletion is under way in another transaction when the second window is written. */
static void
test_deletion_leaves_no_numbers_behind (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Store) other = store_open (fixture_of (state)->url, NULL, NULL);
    Deletion deletion = { .bench = bench, .other = other };

    assert_non_null (other);
    bench->google.before_report = begin_to_delete;
    bench->google.user = &deletion;
    sync_now (bench);
    pthread_join (deletion.thread, NULL);
    assert_int_equal (number (bench, "SELECT count(*) FROM connections"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 0);
}

static void
give_new_credential (int n, gpointer user)
{
    if (n == 1)
        change (user, "UPDATE connections SET credential = 'new'");
}

static void
test_new_credential_is_not_blamed_for_the_old_one (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    before_report (bench, give_new_credential);
    refuse (bench, 1, 1, 403, FORBIDDEN);
    sync_now (bench);
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT status FROM connections", "connected");
    assert_word (bench, "SELECT credential FROM connections", "new");
}

/* ---- the platform's ways ---- */

static void
test_rotated_credential_is_the_one_used_next (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.rotates = TRUE;
    refuse (bench, 5, 1, 401, EXPIRED);
    sync_now (bench);
    assert_int_equal (bench->google.tokens, 2);
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    sync_now (bench); /* and what was stored is the newest */
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
}

static void
test_rotation_keeps_a_newer_credential (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    bench->google.rotates = TRUE;
    before_report (bench, give_new_credential);
    refuse (bench, 5, 1, 401, EXPIRED);
    sync_now (bench);
    assert_int_equal (bench->google.tokens, 2);
    assert_word (bench, "SELECT credential FROM connections", "new");
}

static void
test_absurd_wait_is_not_believed (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autoptr (Rows) rows = NULL;

    refuse (bench, 1, 1, 503, "");
    bench->google.fail_retry_after = "1000000000";
    sync_now (bench);
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    rows = must_ask (bench->store, sql_of ("SELECT not_before FROM sync_jobs"), NO_PARAMS);
    assert_true (rows_instant (rows, 0, 0) < g_get_real_time () + 7 * 3600 * SECOND_US);
}

static int last_report;
static Day yesterday;

static void
notice_before_totals (int n, gpointer user)
{
    Bench *bench = user;

    if (n == last_report)
        must_do (bench->store, &sql_jobs_notice,
                 PARAMS ({ "user", VALUE_OF_TEXT (ANNA) }, { "source", VALUE_OF_TEXT ("ga4") },
                         { "external_id", VALUE_OF_TEXT ("1") }, { "code", VALUE_OF_TEXT ("sampled") },
                         { "from", VALUE_OF_DAY (yesterday) }, { "to", VALUE_OF_DAY (yesterday) },
                         { "text", VALUE_OF_TEXT ("") }, { "now", VALUE_OF_INSTANT (0) }));
}

/* After a first run: how many reports a daily one takes. The last is of totals. */
static void
count_reports (Bench *bench)
{
    g_autoptr (Rows) rows = NULL;

    sync_now (bench);
    bench->google.reports = 0;
    sync_now (bench);
    last_report = bench->google.reports;
    bench->google.reports = 0;
    rows = must_ask (bench->store, sql_of ("SELECT complete_through FROM connections"), NO_PARAMS);
    yesterday = rows_day (rows, 0, 0);
}

static void
test_totals_keep_what_was_said_of_the_day (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    count_reports (bench);
    before_report (bench, notice_before_totals);
    sync_now (bench);
    assert_int_equal (bench->google.reports, last_report);
    assert_int_equal (number (bench, "SELECT count(*) FROM source_notices"), 1);
    bench->google.before_report = NULL;
    sync_now (bench); /* a re-read of the day says it anew, or not */
    assert_int_equal (number (bench, "SELECT count(*) FROM source_notices"), 0);
}

static void
test_refused_totals_still_end_at_the_end (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    count_reports (bench);
    refuse (bench, last_report, 1, 403, FORBIDDEN);
    sync_now (bench);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 3);
    assert_int_equal (number (bench, "SELECT max(progress_total - progress_done) FROM sync_jobs"), 0);
}

static void
test_each_window_is_told (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    sync_now (bench);
    assert_true (bench->changes >= 3); /* two windows and the totals */
}

static void
test_database_speaks_to_the_log_only (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    g_autofree char *message = NULL;

    change (bench, "DROP TABLE ga4_channel_daily");
    sync_now (bench);
    message = word (bench, "SELECT message FROM sync_jobs");
    assert_non_null (strstr (message, "the numbers could not be stored"));
    assert_word (bench, "SELECT last_error FROM connections", "the numbers could not be stored");
}

/* The days that are read again (SYNC_DAYS) lose their rows, those before keep them. */
static void
test_window_is_replaced_by_nothing_too (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    static const char channels[] = "SELECT count(*) FROM ga4_channel_daily",
                      pages[] = "SELECT count(*) FROM ga4_landing_daily";
    gint64 again;

    sync_now (bench);
    assert_int_equal (number (bench, channels), BACKFILL);
    again = bench->config->sync_days;
    assert_true (again > 0 && again < BACKFILL);
    bench->google.without_rows = TRUE;
    sync_now (bench);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
    assert_int_equal (number (bench, channels), BACKFILL - again);
    assert_int_equal (number (bench, pages), BACKFILL - again);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily WHERE sessions = 0"), again);
}

/* ---- which days ---- */

/* How many windows of 30 days a connection takes that is complete through so many days ago (0: none
 * yet) and whose last success was so many days ago (-1: never). */
static void
check_windows (Bench *bench, Source source, int backfill, int complete, int success, int wanted)
{
    Lease lease = { 0 };
    Run run = { .context = &bench->context, .lease = &lease };
    gint64 now = clock_now (bench->context.clock);
    g_autoptr (GTimeZone) utc = zone_find ("UTC");
    Target target = { .source = source,
                      .time_zone = (char *)"UTC",
                      .complete_through = complete ? instant_day (now, utc) - complete : DAY_NONE,
                      .last_success = success < 0 ? INSTANT_NONE : now - success * 86400 * SECOND_US };

    bench->config->backfill_days = (guint)backfill;
    assert_int_equal (step_windows (&run, &target), wanted);
}

static void
test_first_run_ends_where_the_platform_does (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    check_windows (bench, SOURCE_META, 395, 0, -1, 14);
    check_windows (bench, SOURCE_META, 1119, 0, -1, 38);
    check_windows (bench, SOURCE_META, 1120, 0, -1, 38);
    check_windows (bench, SOURCE_META, 1200, 0, -1, 38); /* 37 months at most */
    check_windows (bench, SOURCE_INSTAGRAM, 60, 0, -1, 2);
    check_windows (bench, SOURCE_INSTAGRAM, 1100, 0, -1, 3); /* 89 days */
    check_windows (bench, SOURCE_INSTAGRAM, 1100, 500, 499, 3);
}

static void
test_days_that_were_moving_are_read_again (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    check_windows (bench, SOURCE_META, 395, 1, 0, 1);   /* 28 days */
    check_windows (bench, SOURCE_META, 395, 2, 1, 1);   /* the same, a day later */
    check_windows (bench, SOURCE_META, 395, 4, 3, 1);   /* 28 and two that were not read */
    check_windows (bench, SOURCE_META, 395, 5, 4, 2);   /* 31 days */
    check_windows (bench, SOURCE_META, 395, 30, 29, 2); /* 27 that were moving, and 29 new ones */
    check_windows (bench, SOURCE_META, 395, 36, 35, 3);
    /* A first run that was broken off goes on where it was: what it has read had stopped moving. */
    check_windows (bench, SOURCE_META, 395, 36, -1, 2);
    check_windows (bench, SOURCE_META, 395, 300, -1, 10);
    check_windows (bench, SOURCE_META, 395, 36, 200, 2);
    check_windows (bench, SOURCE_INSTAGRAM, 395, 28, 27, 1); /* 3 and 27 */
    check_windows (bench, SOURCE_INSTAGRAM, 395, 29, 28, 2);
}

/* ---- nothing is left open ---- */

static void
test_failed_job_has_no_open_step (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    refuse (bench, 1, 1000, 503, "");
    bench->google.fail_retry_after = "100";
    ask_for_job (bench);
    for (int i = 0; i < JOB_MAX_ATTEMPTS; i++) {
        assert_true (run_next (bench));
        change (bench, "UPDATE sync_jobs SET not_before = NULL");
    }
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT status FROM sync_steps", "failed");
}

static void
test_given_up_job_has_no_open_step (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    ask_for_job (bench);
    must_do (bench->store, &sql_jobs_step_open,
             PARAMS ({ "job", VALUE_OF_TEXT (bench->job) }, { "connection", VALUE_OF_TEXT (FIRST) },
                     { "user", VALUE_OF_TEXT (ANNA) }));
    change (bench, "UPDATE sync_steps SET status = 'running'");
    change (bench, "UPDATE sync_jobs SET status = 'running', attempt = 5,"
                   " lease_until = '2020-01-01T00:00:00.000000Z'");
    assert_false (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT status FROM sync_steps", "failed");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_first_run_ends_where_the_platform_does),
        BOTH (test_days_that_were_moving_are_read_again),
        BOTH (test_deleted_before_its_turn_is_not_waited_for),
        BOTH (test_paused_before_its_turn_is_not_read),
        BOTH (test_deletion_leaves_no_numbers_behind),
        BOTH (test_new_credential_is_not_blamed_for_the_old_one),
        BOTH (test_rotated_credential_is_the_one_used_next),
        BOTH (test_rotation_keeps_a_newer_credential),
        BOTH (test_absurd_wait_is_not_believed),
        BOTH (test_totals_keep_what_was_said_of_the_day),
        BOTH (test_refused_totals_still_end_at_the_end),
        BOTH (test_each_window_is_told),
        BOTH (test_database_speaks_to_the_log_only),
        BOTH (test_window_is_replaced_by_nothing_too),
        BOTH (test_failed_job_has_no_open_step),
        BOTH (test_given_up_job_has_no_open_step),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
