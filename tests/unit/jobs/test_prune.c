/* test_prune.c -- old jobs go, and only they; what was run stays run. */
#include "bench.h"

#include "jobs/prune.h"

#define NOW_TEXT "2026-06-01T12:00:00Z"

/* A job that ended (or was made) so many days before now. */
static void
add_job (Bench *bench, int n, const char *status, int days_ago)
{
    g_autofree char *id = g_strdup_printf ("cccccccc-0000-4000-8000-%012d", n);
    gint64 at;

    assert_true (instant_parse (NOW_TEXT, &at));
    at -= days_ago * 24 * 3600 * SECOND_US;
    must_do (bench->store,
             sql_of ("INSERT INTO sync_jobs (id, created_at, finished_at, source, scope, trigger, status)"
                     " VALUES (:id, :at, :at, 'ga4', 'x', 'cli', :status)"),
             PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "at", VALUE_OF_INSTANT (at) },
                     { "status", VALUE_OF_TEXT (status) }));
    must_do (bench->store, &sql_jobs_step_open,
             PARAMS ({ "job", VALUE_OF_TEXT (id) }, { "connection", VALUE_OF_TEXT (FIRST) },
                     { "user", VALUE_OF_TEXT (ANNA) }));
}

static void
prune (Bench *bench)
{
    g_autoptr (GError) error = NULL;
    gint64 now;
    gboolean ok = instant_parse (NOW_TEXT, &now) && prune_jobs (bench->store, now, &error);

    assert_fine (ok, error);
}

static void
test_old_and_over_goes (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    add_job (bench, 1, "success", 91);
    add_job (bench, 2, "failed", 1000);
    add_job (bench, 3, "success", 89);
    add_job (bench, 4, "running", 91);
    add_job (bench, 5, "pending", 91);
    prune (bench);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs"), 3);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps"), 3);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status IN ('running', 'pending')"),
                      2);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps s JOIN sync_jobs j ON j.id = s.job_id"),
                      3);
}

static void
test_many_go_too (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);

    must_begin (bench->store);
    for (int i = 0; i < 1203; i++)
        add_job (bench, i, "success", 100 + i);
    must_commit (bench->store);
    prune (bench);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps"), 0);
}

static void
test_pruned_date_is_never_run_again (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    JobRequest request = { .source = "all", .scope = JOB_SCOPE_ALL, .trigger = "daily" };
    char id[UUID_TEXT];
    JobStart start;
    Day date;

    assert_true (day_parse ("2026-01-10", &date));
    assert_true (
        job_start_daily (bench->store, clock_system (), random_system (), &request, date, id, &start, NULL));
    change (bench, "UPDATE sync_jobs SET status = 'success', finished_at = '2026-01-10T09:00:00.000000Z'");
    prune (bench);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs"), 0);
    assert_true (
        job_start_daily (bench->store, clock_system (), random_system (), &request, date, id, &start, NULL));
    assert_int_equal (start, JOB_DONE);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs"), 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_old_and_over_goes),
        BOTH (test_many_go_too),
        BOTH (test_pruned_date_is_never_run_again),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
