/* test_engine.c -- the ticker's thread looks at the clock and starts what is due; see test_scheduler.c
 * for when that is. */
#include "tower.h"

#include "jobs/engine.h"

static gboolean
has_looked (Tower *tower)
{
    return ask_int (tower->store, SQL ("SELECT count(*) FROM app_settings WHERE key = 'next_sync'")) == 1;
}

/* An engine that starts at that moment and has looked once. */
static void
look_at (Tower *tower, const char *instant)
{
    Sealer *sealer = sealer_new (tower->config->secret_key, NULL);
    EngineOptions options = { .config = tower->config,
                              .clock = &tower->clock,
                              .random = random_system (),
                              .sealer = sealer,
                              .scheduled = TRUE };
    Engine *engine;

    tower_set (tower, tower_instant (instant));
    must_do (tower->store, SQL ("DELETE FROM app_settings WHERE key = 'next_sync'"), NO_PARAMS);
    engine = engine_start (&options, NULL);
    assert_non_null (engine);
    for (int i = 0; i < 1000 && !has_looked (tower); i++)
        g_usleep (5000);
    assert_true (has_looked (tower));
    engine_stop (engine);
    sealer_free (sealer);
}

static void
test_each_start_looks_once (void **state)
{
    g_autoptr (Tower) tower = tower_new (state, "00:15", "UTC");

    look_at (tower, "2026-03-01T12:00:00Z");
    assert_int_equal (n_jobs (tower), 0);
    look_at (tower, "2026-03-02T00:15:00Z");
    assert_int_equal (n_jobs (tower), 1);
    end_jobs (tower);
    look_at (tower, "2026-03-02T17:00:00Z");
    assert_int_equal (n_jobs (tower), 1);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_each_start_looks_once),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
