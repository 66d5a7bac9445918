/* test_simulation.c -- a fixed set of seeds, on both engines. SEED=7 plays only that one, TRACE=1
 * prints all that happens; `./dev fuzz 60 simulation` looks for more. */
#include "../store/both_engines.h"

#include "verdict.h"

#ifdef __SANITIZE_THREAD__
#define SEEDS 1
#else
#define SEEDS 8
#endif

static void
play_seed (const Fixture *fixture, guint32 seed)
{
    g_autofree char *report = simulate (fixture->url, seed);

    if (!report)
        return;
    fprintf (stderr, "%s\n", report); /* too long for fail_msg */
    fail ();
}

/* Each test has one fresh database, and plays one seed in it. */
static void
test_seed (void **state)
{
    static guint32 played[2];
    const Fixture *fixture = fixture_of (state);
    const char *wanted = g_getenv ("SEED");

    play_seed (fixture, wanted ? (guint32)g_ascii_strtoull (wanted, NULL, 10) : ++played[fixture->engine]);
}

int
main (void)
{
    struct CMUnitTest tests[2 * SEEDS];
    const struct CMUnitTest both[] = { BOTH (test_seed) };
    int n = g_getenv ("SEED") ? 1 : SEEDS;

    for (int i = 0; i < n; i++) {
        tests[2 * i] = both[0];
        tests[2 * i + 1] = both[1];
    }
    return _cmocka_run_group_tests ("simulation", tests, (size_t)n * 2, NULL, NULL);
}
