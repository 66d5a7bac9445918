/* test_year.c -- a year of nights on a clock that a test sets: several schedulers, each a thread with
 * its own connection, and a cron service that calls as often as it can. All of them look at the
 * same moment, a few moments a day, so that they always meet where it counts. */
#include "tower.h"

#include "jobs/scheduler.h"
#include "model/source.h"
#include "query/daily.h"
#include "query/job.h"
#include "sql.h"

#include <pthread.h>

#define SCHEDULERS_MOST 8
#define CRON_CALLS      3 /* at each moment */

#ifdef __SANITIZE_THREAD__
#define FROM "2026-02-20T00:00:00Z"
#define DAYS 30 /* with the night of 23 hours */
#else
#define FROM "2026-01-01T00:00:00Z"
#define DAYS 365
#endif

/* Minutes of UTC: around 00:15 in Los Angeles, in summer and in winter, and two moments far from it. */
static const int moments[] = { 0, 434, 435, 436, 494, 495, 496, 960 };

typedef struct {
    Tower *tower;
    const char *const *sources; /* that the cron service asks for in turn, NULL-terminated */
    pthread_barrier_t moment;   /* the time is set; and everybody has looked */
    gint over;                  /* atomic */
    gint starts;                /* atomic: runs that somebody was told he started */
} Year;

static Store *
own_store (Year *year)
{
    g_autoptr (GError) error = NULL;
    Store *store = store_open (year->tower->url, NULL, &error);

    assert_fine (store, error);
    return store;
}

static gboolean
next_moment (Year *year)
{
    pthread_barrier_wait (&year->moment);
    return !g_atomic_int_get (&year->over);
}

static void *
schedule (void *data)
{
    Year *year = data;
    g_autoptr (Store) store = own_store (year);
    g_autoptr (Scheduler) scheduler =
        scheduler_new (year->tower->config, &year->tower->clock, random_system ());

    while (next_moment (year)) {
        g_autoptr (GError) error = NULL;
        gboolean started;

        if (!scheduler_tick (scheduler, store, &started, &error))
            print_error ("tick: %s\n", error->message); /* the count of starts will not be right */
        g_atomic_int_add (&year->starts, started);
        pthread_barrier_wait (&year->moment);
    }
    return NULL;
}

/* As the route does it. */
static void
call_daily (Year *year, Store *store, const char *source)
{
    JobRequest request = { .source = source, .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    Clock *clock = &year->tower->clock;
    g_autoptr (GError) error = NULL;
    char id[UUID_TEXT];
    JobStart start = JOB_DONE;
    Day date;

    if (!daily_date (store, year->tower->config, clock, &date, &error) ||
        !job_start_daily (store, clock, random_system (), &request, date, id, &start, &error))
        print_error ("cron: %s\n", error->message);
    g_atomic_int_add (&year->starts, start == JOB_STARTED);
}

static void *
hammer (void *data)
{
    Year *year = data;
    g_autoptr (Store) store = own_store (year);
    guint next = 0;

    while (next_moment (year)) {
        for (int i = 0; i < CRON_CALLS; i++) {
            call_daily (year, store, year->sources[next++]);
            if (!year->sources[next])
                next = 0;
        }
        pthread_barrier_wait (&year->moment);
    }
    return NULL;
}

static void
live_through (Year *year, gint64 first)
{
    for (int day = 0; day < DAYS; day++)
        for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
            tower_set (year->tower, first + day * DAY_US + moments[i] * MINUTE_US + SECOND_US);
            pthread_barrier_wait (&year->moment);
            pthread_barrier_wait (&year->moment);
            if (moments[i] != 435 && moments[i] != 495) /* a run takes a while */
                end_jobs (year->tower);
        }
    g_atomic_int_set (&year->over, TRUE);
    pthread_barrier_wait (&year->moment);
}

static void
run_year (void **state, guint schedulers, const char *const *sources, Tower **tower, gint *starts)
{
    Year year = { .tower = tower_new (state, "00:15", "America/Los_Angeles"), .sources = sources };
    gint64 first = tower_instant (FROM);
    pthread_t threads[SCHEDULERS_MOST + 1];
    g_autoptr (Scheduler) before = scheduler_new (year.tower->config, &year.tower->clock, random_system ());
    gboolean started;

    *tower = year.tower;
    /* The installation is there, and had its run of the night before. */
    tower_set (year.tower, first - DAY_US);
    assert_true (scheduler_tick (before, year.tower->store, &started, NULL));
    assert_false (started);
    tower_set (year.tower, first - DAY_US + 495 * MINUTE_US + SECOND_US);
    assert_true (scheduler_tick (before, year.tower->store, &started, NULL));
    assert_true (started);
    end_jobs (year.tower);
    pthread_barrier_init (&year.moment, NULL, schedulers + 2);
    for (guint i = 0; i < schedulers; i++)
        assert_int_equal (pthread_create (&threads[i], NULL, schedule, &year), 0);
    assert_int_equal (pthread_create (&threads[schedulers], NULL, hammer, &year), 0);
    live_through (&year, first);
    for (guint i = 0; i <= schedulers; i++)
        pthread_join (threads[i], NULL);
    pthread_barrier_destroy (&year.moment);
    *starts = year.starts + started;
}

/* ---- what must have come of it ---- */

/* One run a date, none absent, 23, 24 or 25 hours apart. */
static void
check_nights (Tower *tower)
{
    g_autoptr (Rows) rows =
        must_ask (tower->store,
                  SQL ("SELECT l.run_date, min(j.created_at) AS begun FROM sync_ledger l "
                       "JOIN sync_jobs j ON j.id = l.job_id GROUP BY l.run_date ORDER BY l.run_date"),
                  NO_PARAMS);
    int longer = 0, shorter = 0;

    assert_int_equal (rows_count (rows), DAYS + 1);
    for (guint i = 1; i < rows_count (rows); i++) {
        gint64 apart = rows_instant (rows, i, 1) - rows_instant (rows, i - 1, 1);

        assert_int_equal (rows_day (rows, i, 0), rows_day (rows, i - 1, 0) + 1);
        assert_true (apart == 23 * HOUR_US || apart == 24 * HOUR_US || apart == 25 * HOUR_US);
        shorter += apart == 23 * HOUR_US;
        longer += apart == 25 * HOUR_US;
    }
    assert_int_equal (shorter, 1);
    assert_int_equal (longer, DAYS == 365 ? 1 : 0);
    assert_int_equal (ask_int (tower->store, SQL ("SELECT count(*) FROM sync_ledger")),
                      (DAYS + 1) * (int)G_N_ELEMENTS (source_infos));
    assert_int_equal (ask_int (tower->store, SQL ("SELECT count(*) FROM sync_missed")), 0);
}

static void
check_runs (Tower *tower, gint starts)
{
    assert_int_equal (n_jobs (tower), starts);
    assert_int_equal (ask_int (tower->store, SQL ("SELECT count(DISTINCT run_key) FROM sync_jobs")), starts);
}

/* ---- the tests ---- */

static const char *const all[] = { "all", NULL };
static const char *const each[] = { "ga4", "all", "instagram", "meta", NULL };

static void
check_year_of_all (void **state, guint schedulers)
{
    g_autoptr (Tower) tower = NULL;
    gint starts;

    run_year (state, schedulers, all, &tower, &starts);
    assert_int_equal (starts, DAYS + 1);
    check_runs (tower, starts);
    check_nights (tower);
}

static void
test_two_schedulers_and_cron (void **state)
{
    check_year_of_all (state, 2);
}

static void
test_eight_schedulers_and_cron (void **state)
{
    check_year_of_all (state, 8);
}

/* Where cron is faster with one source, the timer starts the others: jobs differ, dates don't. */
static void
test_cron_for_each_source (void **state)
{
    g_autoptr (Tower) tower = NULL;
    gint starts;

    run_year (state, 3, each, &tower, &starts);
    check_runs (tower, starts);
    check_nights (tower);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_two_schedulers_and_cron),
        BOTH (test_eight_schedulers_and_cron),
        BOTH (test_cron_for_each_source),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
