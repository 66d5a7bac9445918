/* test_job.c -- starting jobs: what is unique, for how long, and who sees what. */
#include "../store/both_engines.h"

#include "query/job.h"
#include "query/job_view.h"
#include "sql.h"

#include <pthread.h>

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

static gint64
active_sources (Store *store)
{
    return ask_int (store, SQL ("SELECT count(*) FROM sync_ledger WHERE finished_at IS NULL"));
}

/* One source is late: the others don't wait for it, and it never runs twice at once. */
static void
test_daily_runs_of_a_source_never_overlap (void **state)
{
    Store *store = migrated (state);
    char ga4[UUID_TEXT], all[UUID_TEXT], again[UUID_TEXT], late[UUID_TEXT];

    assert_int_equal (start_daily (store, "ga4", "2026-11-20", ga4), JOB_STARTED);
    assert_int_equal (start_daily (store, "all", "2026-11-21", all), JOB_STARTED);
    assert_int_equal (active_sources (store), 3);
    assert_int_equal (start_daily (store, "all", "2026-11-21", again), JOB_RUNNING);
    assert_int_equal (start_daily (store, "ga4", "2026-11-21", again), JOB_RUNNING);
    assert_string_equal (again, ga4);
    assert_int_equal (start_daily (store, "meta", "2026-11-22", again), JOB_RUNNING);
    assert_string_equal (again, all);
    end_job (store, ga4, "failed");
    assert_int_equal (start_daily (store, "all", "2026-11-21", late), JOB_STARTED);
    assert_int_equal (ask_int (store, SQL ("SELECT count(*) FROM sync_ledger WHERE run_date = '2026-11-21'")),
                      3);
    assert_int_equal (active_sources (store), 3);
    end_job (store, late, "success");
    end_job (store, all, "success");
    assert_int_equal (start_daily (store, "all", "2026-11-21", again), JOB_DONE);
}

/* Whatever ends a job frees its sources; nobody has to think of it. */
static void
test_end_of_any_kind_frees_the_sources (void **state)
{
    Store *store = migrated (state);
    char id[UUID_TEXT];

    assert_int_equal (start_daily (store, "all", "2026-11-20", id), JOB_STARTED);
    end_job (store, id, "running");
    assert_int_equal (active_sources (store), 3);
    end_job (store, id, "failed");
    assert_int_equal (active_sources (store), 0);
    assert_int_equal (start_daily (store, "all", "2026-11-21", id), JOB_STARTED);
    must_do (store, SQL ("DELETE FROM sync_jobs"), NO_PARAMS);
    assert_int_equal (active_sources (store), 0);
    assert_int_equal (start_daily (store, "all", "2026-11-21", id), JOB_DONE);
    assert_int_equal (start_daily (store, "all", "2026-11-22", id), JOB_STARTED);
    assert_true (job_cancel (store, clock_system (), ANNA, TRUE, id, NULL));
    assert_int_equal (active_sources (store), 0);
}

static void
test_database_refuses_a_second_run_of_a_source (void **state)
{
    Store *store = migrated (state);
    g_autoptr (GError) error = NULL;
    char id[UUID_TEXT];

    assert_int_equal (start_daily (store, "all", "2026-11-20", id), JOB_STARTED);
    assert_int_equal (store_do (store,
                                SQL ("INSERT INTO sync_ledger (source, run_date, job_id) VALUES"
                                     " ('ga4', '2026-11-21', '33333333-3333-4333-8333-333333333333')"),
                                NO_PARAMS, &error),
                      -1);
    assert_fault (error, FAULT_CONFLICT);
}

/* ---- many ask at once ---- */

#define RACERS 4
#define DAYS   12

typedef struct {
    const char *url;
    guint seed;
    int started; /* jobs that this one was told it had started */
} Racer;

static gint racing; /* atomic */

/* As a scheduler and a cron service do, in any order and again and again. */
static void *
race (void *data)
{
    static const char *const sources[] = { "all", "ga4", "meta", "instagram", "all" };
    Racer *racer = data;
    g_autoptr (Store) store = store_open (racer->url, NULL, NULL);
    g_autoptr (GRand) dice = g_rand_new_with_seed (racer->seed);
    Day first;

    assert_true (day_parse ("2026-11-01", &first));
    for (int n = 0; n < DAYS * 12; n++) {
        JobRequest request = { .source = sources[g_rand_int_range (dice, 0, G_N_ELEMENTS (sources))],
                               .scope = JOB_SCOPE_ALL,
                               .trigger = "cron" };
        g_autoptr (GError) error = NULL;
        char id[UUID_TEXT];
        JobStart result;
        gboolean ok = job_start_daily (store, clock_system (), random_system (), &request, first + n / 12, id,
                                       &result, &error);

        assert_fine (ok, error);
        racer->started += result == JOB_STARTED;
        g_usleep (2000);
    }
    return NULL;
}

/* Jobs end some time after they have begun. */
static void *
end_jobs (void *url)
{
    g_autoptr (Store) store = store_open (url, NULL, NULL);

    while (g_atomic_int_get (&racing)) {
        must_do (store,
                 SQL ("UPDATE sync_jobs SET status = 'success' WHERE id ="
                      " (SELECT id FROM sync_jobs WHERE status = 'pending' ORDER BY id LIMIT 1)"),
                 NO_PARAMS);
        g_usleep (3000);
    }
    return NULL;
}

static void
test_many_ask_at_once (void **state)
{
    Fixture *fixture = fixture_of (state);
    Store *store = migrated (state);
    Racer racers[RACERS] = { 0 };
    pthread_t threads[RACERS], ender;
    int started = 0;

    g_atomic_int_set (&racing, TRUE);
    pthread_create (&ender, NULL, end_jobs, fixture->url);
    for (guint i = 0; i < RACERS; i++) {
        racers[i] = (Racer){ .url = fixture->url, .seed = i };
        pthread_create (&threads[i], NULL, race, &racers[i]);
    }
    for (guint i = 0; i < RACERS; i++) {
        pthread_join (threads[i], NULL);
        started += racers[i].started;
    }
    g_atomic_int_set (&racing, FALSE);
    pthread_join (ender, NULL);
    /* Each start is one job, each job has claimed something, and nothing was claimed twice. */
    assert_true (started > DAYS);
    assert_int_equal (ask_int (store, SQL ("SELECT count(*) FROM sync_jobs")), started);
    assert_int_equal (ask_int (store, SQL ("SELECT count(DISTINCT run_key) FROM sync_jobs")), started);
    assert_int_equal (ask_int (store, SQL ("SELECT count(DISTINCT job_id) FROM sync_ledger")), started);
    assert_int_equal (
        ask_int (store, SQL ("SELECT count(*) FROM sync_ledger l JOIN sync_jobs j ON j.id = l.job_id"
                             " WHERE (l.finished_at IS NULL) <> (j.status = 'pending')")),
        0);
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
    JobView view = { .job = id, .user = user };

    if (!job_view_read (store, &view, 1, NULL) || !view.text)
        return FALSE;
    *text = g_string_free (view.text, FALSE);
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

static gboolean
cancel (Store *store, const char *user, gboolean admin, const char *id, int status)
{
    g_autoptr (GError) error = NULL;
    gboolean ok = job_cancel (store, clock_system (), user, admin, id, &error);

    assert_int_equal (ok, status == 0);
    assert_int_equal (ok ? 0 : fault_status (error), status);
    return ok;
}

static void
assert_job (Store *store, const char *id, const char *wanted)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = store_ask (
        store, SQL ("SELECT status, message, cancelled_at, finished_at FROM sync_jobs WHERE id = :id"),
        PARAMS ({ "id", VALUE_OF_TEXT (id) }), &error);
    g_autofree char *got = NULL;

    assert_fine (rows && rows_count (rows) == 1, error);
    got = g_strdup_printf ("%s, %s, %s, %s", rows_text (rows, 0, 0), rows_text (rows, 0, 1),
                           rows_is_null (rows, 0, 2) ? "goes on" : "to end",
                           rows_is_null (rows, 0, 3) ? "open" : "over");
    assert_string_equal (got, wanted);
}

static void
test_cancel_ends_what_waits (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA);
    char id[UUID_TEXT], next[UUID_TEXT];

    assert_int_equal (start (store, &anna, id), JOB_STARTED);
    cancel (store, ANNA, FALSE, id, 0);
    assert_job (store, id, "failed, Cancelled, to end, over");
    assert_int_equal (start (store, &anna, next), JOB_STARTED);
    assert_string_not_equal (id, next);
    assert_job (store, next, "pending, Waiting to start, goes on, open");
}

static void
test_cancel_tells_what_runs (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA);
    char id[UUID_TEXT];

    assert_int_equal (start (store, &anna, id), JOB_STARTED);
    end_job (store, id, "running");
    cancel (store, ANNA, FALSE, id, 0);
    assert_job (store, id, "running, Being cancelled, to end, open");
}

static void
test_cancel_leaves_what_has_ended (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA);
    char id[UUID_TEXT];

    assert_int_equal (start (store, &anna, id), JOB_STARTED);
    end_job (store, id, "success");
    cancel (store, ANNA, FALSE, id, 0);
    assert_job (store, id, "success, Waiting to start, goes on, open");
}

static void
test_who_may_cancel (void **state)
{
    Store *store = migrated (state);
    JobRequest anna = manual ("ga4", ANNA);
    char own[UUID_TEXT], daily[UUID_TEXT];

    assert_int_equal (start (store, &anna, own), JOB_STARTED);
    assert_int_equal (start_daily (store, "meta", "2026-11-20", daily), JOB_STARTED);
    cancel (store, BERT, FALSE, own, 404);
    cancel (store, BERT, FALSE, "33333333-3333-4333-8333-333333333333", 404);
    cancel (store, BERT, TRUE, "33333333-3333-4333-8333-333333333333", 404);
    cancel (store, BERT, TRUE, "zzz", 404);
    cancel (store, ANNA, FALSE, daily, 403);
    assert_job (store, own, "pending, Waiting to start, goes on, open");
    assert_job (store, daily, "pending, Waiting to start, goes on, open");
    cancel (store, BERT, TRUE, own, 0);
    cancel (store, BERT, TRUE, daily, 0);
    assert_job (store, own, "failed, Cancelled, to end, over");
    assert_job (store, daily, "failed, Cancelled, to end, over");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_second_call_gives_the_same_job),
        BOTH (test_a_date_is_started_once_for_ever),
        BOTH (test_all_takes_what_is_left),
        BOTH (test_overlap_is_rolled_back),
        BOTH (test_manual_waits_for_the_night),
        BOTH (test_others_see_only_what_is_theirs),
        BOTH (test_daily_runs_of_a_source_never_overlap),
        BOTH (test_end_of_any_kind_frees_the_sources),
        BOTH (test_many_ask_at_once),
        BOTH (test_database_refuses_a_second_run_of_a_source),
        BOTH (test_cancel_ends_what_waits),
        BOTH (test_cancel_tells_what_runs),
        BOTH (test_cancel_leaves_what_has_ended),
        BOTH (test_who_may_cancel),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
