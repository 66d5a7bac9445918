/* test_engine.c -- when the daily run starts. Each start of an engine looks at the clock once. */
#include "../store/both_engines.h"

#include "jobs/engine.h"
#include "model/source.h"
#include "query/job.h"
#include "sql.h"

typedef struct {
    Clock clock;
    gint64 time;
    Store *store;
    Config *config;
    Sealer *sealer;
} Tower;

static gint64
tower_now (Clock *clock)
{
    return ((Tower *)clock)->time;
}

static gint64
tower_monotonic (Clock *clock)
{
    return g_get_monotonic_time ();
}

static Tower *
tower_new (void **state)
{
    g_autofree char *database = g_strconcat ("DATABASE_URL=", fixture_of (state)->url, NULL);
    const char *environment[] = {
        database, "SECRET_KEY=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "SYNC_TIME=00:15", "SYNC_ZONE=UTC", NULL
    };
    Tower *tower = g_new0 (Tower, 1);
    g_autoptr (GError) error = NULL;

    tower->clock = (Clock){ .now = tower_now, .monotonic = tower_monotonic };
    tower->store = fixture_of (state)->store;
    assert_true (migrate (tower->store, migrations, NULL) > 0);
    tower->config = config_load (NULL, (char **)environment, &error);
    assert_fine (tower->config, error);
    tower->sealer = sealer_new (tower->config->secret_key, NULL);
    return tower;
}

static void
tower_free (Tower *tower)
{
    sealer_free (tower->sealer);
    config_free (tower->config);
    g_free (tower);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tower, tower_free)

static gint64
number (Tower *tower, const Sql *sql)
{
    g_autoptr (Rows) rows = must_ask (tower->store, sql, NO_PARAMS);

    return rows_int (rows, 0, 0);
}

static gboolean
has_looked (Tower *tower)
{
    g_autoptr (Rows) rows = must_ask (
        tower->store, SQL ("SELECT updated_at FROM app_settings WHERE key = 'next_sync'"), NO_PARAMS);

    return rows_count (rows) && rows_instant (rows, 0, 0) == tower->time;
}

/* An engine that starts at that moment and has looked once. */
static void
look_at (Tower *tower, const char *instant)
{
    EngineOptions options = { .config = tower->config,
                              .clock = &tower->clock,
                              .random = random_system (),
                              .sealer = tower->sealer,
                              .scheduled = TRUE };
    Engine *engine;

    assert_true (instant_parse (instant, &tower->time));
    engine = engine_start (&options, NULL);
    assert_non_null (engine);
    for (int i = 0; i < 1000 && !has_looked (tower); i++)
        g_usleep (5000);
    assert_true (has_looked (tower));
    engine_stop (engine);
}

static gint64
n_jobs (Tower *tower)
{
    return number (tower, SQL ("SELECT count(*) FROM sync_jobs"));
}

static void
end_jobs (Tower *tower)
{
    must_do (tower->store, SQL ("UPDATE sync_jobs SET status = 'success'"), NO_PARAMS);
}

static void
test_once_a_date_and_never_for_the_past (void **state)
{
    g_autoptr (Tower) tower = tower_new (state);

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
test_clock_that_was_ahead_at_first (void **state)
{
    g_autoptr (Tower) tower = tower_new (state);

    look_at (tower, "2030-03-01T12:00:00Z");
    look_at (tower, "2026-03-01T12:00:00Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T00:16:00Z");
    assert_int_equal (n_jobs (tower), 1);
}

static void
test_clock_that_was_ahead_for_a_while (void **state)
{
    g_autoptr (Tower) tower = tower_new (state);

    look_at (tower, "2026-03-01T12:00:00Z");
    look_at (tower, "2030-03-01T12:00:00Z");
    end_jobs (tower);
    look_at (tower, "2026-03-01T12:01:00Z");
    assert_int_equal (n_jobs (tower), 1);
    look_at (tower, "2026-03-02T00:16:00Z");
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
    g_autoptr (Tower) tower = tower_new (state);
    char id[UUID_TEXT];
    JobStart start;

    look_at (tower, "2026-03-01T12:00:00Z");
    cron (tower, "ga4", "2026-03-02", id, &start);
    assert_int_equal (start, JOB_STARTED);
    end_jobs (tower);
    look_at (tower, "2026-03-02T00:16:00Z");
    assert_int_equal (n_jobs (tower), 2);
    assert_int_equal (number (tower, SQL ("SELECT count(*) FROM sync_ledger WHERE run_date = '2026-03-02'")),
                      (int)G_N_ELEMENTS (source_infos));
}

static void
test_run_that_takes_more_than_a_day (void **state)
{
    g_autoptr (Tower) tower = tower_new (state);
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
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_once_a_date_and_never_for_the_past),
        BOTH (test_clock_that_was_ahead_at_first),
        BOTH (test_clock_that_was_ahead_for_a_while),
        BOTH (test_cron_for_one_source_leaves_the_others_to_the_timer),
        BOTH (test_run_that_takes_more_than_a_day),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
