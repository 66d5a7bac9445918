/* test_job.c -- starting jobs: what is unique, for how long, and who sees what. */
#include "../store/both_engines.h"

#include "query/job.h"
#include "sql.h"

#define ANNA "11111111-1111-4111-8111-111111111111"
#define BERT "22222222-2222-4222-8222-222222222222"

static Store *
migrated (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;
    int applied = migrate (store, migrations, &error);

    assert_fine (applied > 0, error);
    return store;
}

static JobRequest
manual (const char *source, const char *user)
{
    return (JobRequest){ .source = source, .scope = user, .trigger = "manual", .requested_by = user };
}

static JobStart
start (Store *store, const JobRequest *request, char id[static UUID_TEXT])
{
    g_autoptr (GError) error = NULL;
    JobStart result = JOB_DONE;
    gboolean ok = job_start (store, clock_system (), random_system (), request, id, &result, &error);

    assert_fine (ok, error);
    return result;
}

static JobStart
start_daily (Store *store, const char *source, const char *date, char id[static UUID_TEXT])
{
    JobRequest request = { .source = source, .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    g_autoptr (GError) error = NULL;
    JobStart result = JOB_DONE;
    Day day;
    gboolean ok = day_parse (date, &day) && job_start_daily (store, clock_system (), random_system (),
                                                             &request, day, id, &result, &error);

    assert_fine (ok, error);
    return result;
}

static void
end_job (Store *store, const char *id, const char *status)
{
    g_autoptr (GError) error = NULL;
    gint64 n = store_do (store, SQL ("UPDATE sync_jobs SET status = :status WHERE id = :id"),
                         PARAMS ({ "status", VALUE_OF_TEXT (status) }, { "id", VALUE_OF_TEXT (id) }), &error);

    assert_fine (n == 1, error);
}

static void
test_second_call_gives_the_same_job (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA), bert = manual ("ga4", BERT);
    char first[UUID_TEXT], second[UUID_TEXT];

    assert_int_equal (start (store, &anna, first), JOB_STARTED);
    assert_int_equal (start (store, &anna, second), JOB_RUNNING);
    assert_string_equal (first, second);
    assert_int_equal (start (store, &bert, second), JOB_STARTED);
    assert_string_not_equal (first, second);
    end_job (store, first, "failed");
    assert_int_equal (start (store, &anna, second), JOB_STARTED);
    assert_string_not_equal (first, second);
}

static void
test_a_date_is_started_once_for_ever (void **state)
{
    Store *store = migrated (state);
    char first[UUID_TEXT], again[UUID_TEXT];

    assert_int_equal (start_daily (store, "ga4", "2026-11-20", first), JOB_STARTED);
    assert_int_equal (start_daily (store, "ga4", "2026-11-20", again), JOB_RUNNING);
    assert_string_equal (first, again);
    end_job (store, first, "failed");
    assert_int_equal (start_daily (store, "ga4", "2026-11-20", again), JOB_DONE);
    assert_string_equal (first, again);
    assert_int_equal (start_daily (store, "ga4", "2026-11-21", again), JOB_STARTED);
}

/* "all" takes what nobody has; the rest stays with who claimed it. */
static void
test_all_takes_what_is_left (void **state)
{
    Store *store = migrated (state);
    char ga4[UUID_TEXT], all[UUID_TEXT], meta[UUID_TEXT];
    g_autoptr (Rows) rows = NULL;

    assert_int_equal (start_daily (store, "ga4", "2026-11-20", ga4), JOB_STARTED);
    assert_int_equal (start_daily (store, "all", "2026-11-20", all), JOB_STARTED);
    assert_int_equal (start_daily (store, "meta", "2026-11-20", meta), JOB_RUNNING);
    assert_string_equal (meta, all);
    rows = store_ask (store, &sql_jobs_ledger_sources, PARAMS ({ "job", VALUE_OF_TEXT (all) }), NULL);
    assert_int_equal (rows_count (rows), 2);
    assert_string_equal (rows_text (rows, 0, 0), "instagram");
    assert_string_equal (rows_text (rows, 1, 0), "meta");
}

/* While the run of another date is not over, it is the answer, and nothing is left behind. */
static void
test_overlap_is_rolled_back (void **state)
{
    Store *store = migrated (state);
    char first[UUID_TEXT], second[UUID_TEXT];
    g_autoptr (Rows) rows = NULL;

    assert_int_equal (start_daily (store, "ga4", "2026-11-20", first), JOB_STARTED);
    assert_int_equal (start_daily (store, "ga4", "2026-11-21", second), JOB_RUNNING);
    assert_string_equal (second, first);
    rows = store_ask (store, SQL ("SELECT count(*) FROM sync_ledger"), NO_PARAMS, NULL);
    assert_int_equal (rows_int (rows, 0, 0), 1);
}

static void
test_manual_waits_for_the_night (void **state)
{
    Store *store = migrated (state);
    JobRequest ga4 = manual ("ga4", ANNA), meta = manual ("meta", ANNA), all = manual ("all", ANNA);
    char id[UUID_TEXT];
    g_autoptr (GError) error = NULL;
    JobStart result;

    assert_int_equal (start_daily (store, "ga4", "2026-11-20", id), JOB_STARTED);
    assert_false (job_start (store, clock_system (), random_system (), &ga4, id, &result, &error));
    assert_int_equal (fault_status (error), 409);
    g_clear_error (&error);
    assert_false (job_start (store, clock_system (), random_system (), &all, id, &result, &error));
    assert_int_equal (fault_status (error), 409);
    assert_int_equal (start (store, &meta, id), JOB_STARTED);
    /* One that waits for hours holds nobody up. */
    must_do (store,
             SQL ("UPDATE sync_jobs SET not_before = '2999-01-01T00:00:00.000000Z' WHERE trigger = 'cron'"),
             NO_PARAMS);
    assert_int_equal (start (store, &ga4, id), JOB_STARTED);
}

static gboolean
sees (Store *store, const char *user, const char *id, char **text)
{
    g_autoptr (GString) out = g_string_new (NULL);
    Json json = JSON_INTO (out);
    gboolean final;

    if (!job_describe (store, user, id, &json, &final, NULL))
        return FALSE;
    *text = g_string_free (g_steal_pointer (&out), FALSE);
    return TRUE;
}

static void
test_others_see_only_what_is_theirs (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA);
    char own[UUID_TEXT], daily[UUID_TEXT];
    g_autofree char *mine = NULL, *of_all = NULL, *nothing = NULL;

    assert_int_equal (start (store, &anna, own), JOB_STARTED);
    assert_int_equal (start_daily (store, "meta", "2026-11-20", daily), JOB_STARTED);
    assert_true (
        store_do (store, SQL ("UPDATE sync_jobs SET message = 'Bert''s shop failed'"), NO_PARAMS, NULL) == 2);
    assert_true (sees (store, ANNA, own, &mine));
    assert_non_null (strstr (mine, "Bert's shop"));
    assert_false (sees (store, BERT, own, &nothing));
    assert_true (sees (store, ANNA, daily, &of_all));
    assert_null (strstr (of_all, "Bert's shop"));
    assert_null (strstr (of_all, "rows_written"));
    assert_false (sees (store, ANNA, "zzz", &nothing));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_second_call_gives_the_same_job), BOTH (test_a_date_is_started_once_for_ever),
        BOTH (test_all_takes_what_is_left),         BOTH (test_overlap_is_rolled_back),
        BOTH (test_manual_waits_for_the_night),     BOTH (test_others_see_only_what_is_theirs),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
