#include "cache/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* ---- a counted value and a clock that stands still ---- */

typedef struct {
    atomic_int references;
    int number;
} Thing;

static atomic_int alive;

static Thing *
thing_new (int number)
{
    Thing *thing = g_new0 (Thing, 1);

    atomic_init (&thing->references, 1);
    thing->number = number;
    atomic_fetch_add (&alive, 1);
    return thing;
}

static gpointer
thing_ref (gpointer thing)
{
    atomic_fetch_add (&((Thing *)thing)->references, 1);
    return thing;
}

static void
thing_unref (gpointer thing)
{
    int before = atomic_fetch_sub (&((Thing *)thing)->references, 1);

    assert_true (before > 0);
    if (before > 1)
        return;
    atomic_fetch_sub (&alive, 1);
    g_free (thing);
}

typedef struct {
    Clock clock;
    gint64 time;
} FakeClock;

static gint64
fake_time (Clock *clock)
{
    return ((FakeClock *)clock)->time;
}

static FakeClock fake = { .clock = { fake_time, fake_time } };

static Cache *
make (gsize bytes, guint ttl)
{
    fake.time = 0;
    return cache_new (bytes, ttl, &fake.clock, thing_ref, thing_unref);
}

static void
put (Cache *cache, const char *key, int number, gsize size)
{
    Thing *thing = thing_new (number);
    gpointer value;

    if (cache_claim (cache, key, 0, &value) == CACHE_HIT)
        thing_unref (value);
    cache_fill (cache, key, thing, size);
    thing_unref (thing);
}

/* The number under the key, -1 if there is none. */
static int
get (Cache *cache, const char *key)
{
    gpointer value;
    int number;

    if (cache_peek (cache, key, &value) != CACHE_HIT)
        return -1;
    number = ((Thing *)value)->number;
    thing_unref (value);
    return number;
}

static void
nap (int ms)
{
    struct timespec time = { .tv_nsec = (long)ms * 1000000 };

    nanosleep (&time, NULL);
}

static void
free_all (Cache *cache)
{
    cache_free (cache);
    assert_int_equal (atomic_load (&alive), 0);
}

/* ---- one thread ---- */

static void
test_keeps_and_replaces (void **state)
{
    Cache *cache = make (1 << 20, 60);

    assert_int_equal (get (cache, "a"), -1);
    put (cache, "a", 1, 100);
    put (cache, "b", 2, 100);
    assert_int_equal (get (cache, "a"), 1);
    assert_int_equal (get (cache, "b"), 2);
    put (cache, "a", 3, 200);
    assert_int_equal (get (cache, "a"), 3);
    assert_int_equal (atomic_load (&alive), 2);
    free_all (cache);
}

static void
test_least_recently_used_goes_first (void **state)
{
    Cache *cache = make (4000, 60);

    put (cache, "a", 1, 1000);
    put (cache, "b", 2, 1000);
    put (cache, "c", 3, 1000);
    assert_int_equal (get (cache, "a"), 1); /* used: b is the oldest now */
    put (cache, "d", 4, 1000);
    assert_int_equal (get (cache, "b"), -1);
    assert_int_equal (get (cache, "a"), 1);
    assert_int_equal (get (cache, "c"), 3);
    assert_int_equal (get (cache, "d"), 4);
    put (cache, "e", 5, 2500); /* needs two places */
    assert_int_equal (get (cache, "a"), -1);
    assert_int_equal (get (cache, "c"), -1);
    assert_int_equal (get (cache, "d"), 4);
    assert_int_equal (get (cache, "e"), 5);
    free_all (cache);
}

static void
test_time_to_live (void **state)
{
    Cache *cache = make (1 << 20, 60);
    CacheStats stats;

    put (cache, "a", 1, 100);
    fake.time = 60 * G_USEC_PER_SEC - 1;
    assert_int_equal (get (cache, "a"), 1); /* being used does not prolong it */
    fake.time++;
    assert_int_equal (get (cache, "a"), -1);
    cache_stats (cache, &stats);
    assert_int_equal (stats.entries, 0);
    assert_int_equal (stats.bytes, 0);
    assert_int_equal (atomic_load (&alive), 0);
    free_all (cache);
}

static void
test_nothing_is_kept_without_ttl (void **state)
{
    Cache *cache = make (1 << 20, 0);

    put (cache, "a", 1, 100);
    assert_int_equal (get (cache, "a"), -1);
    assert_int_equal (atomic_load (&alive), 0);
    free_all (cache);
}

static void
test_too_large_is_not_kept (void **state)
{
    Cache *cache = make (4000, 60);

    put (cache, "a", 1, 1000);
    put (cache, "b", 2, 4000);
    put (cache, "c", 3, G_MAXSIZE);
    assert_int_equal (get (cache, "b"), -1);
    assert_int_equal (get (cache, "c"), -1);
    assert_int_equal (get (cache, "a"), 1); /* and drives nobody out */
    free_all (cache);
}

/* An old value must not outlive a new one that is too large to be kept. */
static void
test_too_large_removes_the_old (void **state)
{
    Cache *cache = make (4000, 60);

    put (cache, "a", 1, 1000);
    put (cache, "a", 2, 5000);
    assert_int_equal (get (cache, "a"), -1);
    free_all (cache);
}

static void
test_bound_under_churn (void **state)
{
    static const gsize bounds[] = { 1000, 300000, 5 * 1024 * 1024 };

    for (guint b = 0; b < G_N_ELEMENTS (bounds); b++) {
        Cache *cache = make (bounds[b], 60);
        guint32 random = 1;
        CacheStats stats;

        for (guint i = 0; i < 20000; i++) {
            char key[40];
            gsize size;

            random = random * 1664525u + 1013904223u;
            size = (random >> 8) % (bounds[b] / 20);
            g_snprintf (key, sizeof key, "key-%u", (random >> 4) % 3000);
            put (cache, key, 1, size);
            if (i % 16 == 0) {
                cache_stats (cache, &stats);
                assert_true (stats.bytes <= bounds[b]);
                assert_int_equal (atomic_load (&alive), stats.entries);
            }
        }
        cache_stats (cache, &stats);
        assert_true (stats.evictions > 1000);
        assert_true (stats.bytes > bounds[b] / 2); /* and it is used */
        free_all (cache);
    }
}

/* The keys alone must count: values of size 0 cannot fill the memory. */
static void
test_bookkeeping_counts (void **state)
{
    Cache *cache = make (10000, 60);
    CacheStats stats;

    for (guint i = 0; i < 1000; i++) {
        char key[16];

        g_snprintf (key, sizeof key, "%u", i);
        put (cache, key, 1, 0);
    }
    cache_stats (cache, &stats);
    assert_true (stats.entries < 100);
    assert_true (stats.bytes <= 10000);
    free_all (cache);
}

static void
test_stats (void **state)
{
    Cache *cache = make (1 << 20, 60);
    CacheStats stats;

    put (cache, "a", 1, 100);
    get (cache, "a");
    get (cache, "a");
    get (cache, "b");
    cache_stats (cache, &stats);
    assert_int_equal (stats.hits, 2);
    assert_int_equal (stats.misses, 1); /* a miss is a computation */
    assert_int_equal (stats.entries, 1);
    assert_true (stats.bytes > 100);
    free_all (cache);
}

/* ---- many threads ---- */

typedef struct {
    Cache *cache;
    gsize size;
    int fail_first; /* so many computations are abandoned */
    int timeout_ms;
    atomic_int ready, computing, most, computed, hits;
} Race;

static void
note_most (Race *race, int now)
{
    int most = atomic_load (&race->most);

    while (now > most && !atomic_compare_exchange_weak (&race->most, &most, now))
        ;
}

static void
compute (Race *race)
{
    Thing *thing;
    int nth = atomic_fetch_add (&race->computed, 1);

    note_most (race, atomic_fetch_add (&race->computing, 1) + 1);
    nap (30);
    atomic_fetch_sub (&race->computing, 1);
    if (nth < race->fail_first) {
        cache_abandon (race->cache, "key");
        return;
    }
    thing = thing_new (7);
    cache_fill (race->cache, "key", thing, race->size);
    thing_unref (thing);
}

static void *
racer (void *user)
{
    Race *race = user;
    gpointer value = NULL;

    atomic_fetch_add (&race->ready, 1);
    while (atomic_load (&race->ready) < 64)
        nap (1);
    if (cache_claim (race->cache, "key", race->timeout_ms, &value) == CACHE_HIT) {
        assert_int_equal (((Thing *)value)->number, 7);
        atomic_fetch_add (&race->hits, 1);
        thing_unref (value);
    } else {
        compute (race);
    }
    return NULL;
}

static void
run_race (Race *race)
{
    pthread_t threads[64];

    for (guint i = 0; i < 64; i++)
        assert_int_equal (pthread_create (&threads[i], NULL, racer, race), 0);
    for (guint i = 0; i < 64; i++)
        pthread_join (threads[i], NULL);
}

static void
test_one_computation (void **state)
{
    Race race = { .cache = make (1 << 20, 60), .size = 100, .timeout_ms = 5000 };

    run_race (&race);
    assert_int_equal (race.computed, 1);
    assert_int_equal (race.hits, 63);
    free_all (race.cache);
}

static void
test_abandon_hands_over_to_one (void **state)
{
    Race race = { .cache = make (1 << 20, 60), .size = 100, .timeout_ms = 5000, .fail_first = 5 };

    run_race (&race);
    assert_int_equal (race.computed, 6);
    assert_int_equal (race.most, 1); /* never two at a time */
    assert_int_equal (race.hits, 58);
    free_all (race.cache);
}

/* Those who wait at that moment get the value; those who come later compute. */
static void
test_too_large_reaches_waiters (void **state)
{
    Race race = { .cache = make (4000, 60), .size = 5000, .timeout_ms = 5000 };
    CacheStats stats;

    run_race (&race);
    cache_stats (race.cache, &stats);
    assert_int_equal (stats.entries, 0);
    assert_int_equal (race.computed + race.hits, 64);
    assert_true (race.hits > 32);
    assert_int_equal (race.most, 1);
    free_all (race.cache);
}

static void
test_one_computation_without_ttl (void **state)
{
    Race race = { .cache = make (1 << 20, 0), .size = 100, .timeout_ms = 5000 };

    run_race (&race);
    assert_int_equal (race.most, 1);
    assert_true (race.hits > 32);
    free_all (race.cache);
}

/* Nobody waits longer than asked: all compute, and all is well afterwards. */
static void
test_time_out (void **state)
{
    Race race = { .cache = make (1 << 20, 60), .size = 100, .timeout_ms = 0 };
    gint64 start = g_get_monotonic_time ();

    run_race (&race);
    assert_true (g_get_monotonic_time () - start < 5 * G_USEC_PER_SEC);
    assert_true (race.most > 1);
    assert_int_equal (race.computed + race.hits, 64);
    assert_int_equal (get (race.cache, "key"), 7);
    free_all (race.cache);
}

static void
test_time_out_takes_its_time (void **state)
{
    Cache *cache = make (1 << 20, 60);
    gpointer value;
    gint64 start;

    assert_int_equal (cache_claim (cache, "a", 0, &value), CACHE_MINE);
    start = g_get_monotonic_time ();
    assert_int_equal (cache_claim (cache, "a", 60, &value), CACHE_MINE);
    assert_true (g_get_monotonic_time () - start >= 55000);
    cache_abandon (cache, "a"); /* the other one still computes: */
    start = g_get_monotonic_time ();
    assert_int_equal (cache_claim (cache, "a", 60, &value), CACHE_MINE);
    assert_true (g_get_monotonic_time () - start >= 55000);
    cache_abandon (cache, "a");
    cache_abandon (cache, "a");
    cache_abandon (cache, "a"); /* one too many does no harm */
    assert_int_equal (cache_claim (cache, "a", 5000, &value), CACHE_MINE);
    cache_abandon (cache, "a");
    free_all (cache);
}

static void *
churner (void *user)
{
    Cache *cache = user;
    guint32 random = (guint32)(guintptr)&cache;

    for (guint i = 0; i < 3000; i++) {
        char key[20];
        gpointer value;

        random = random * 1664525u + 1013904223u;
        g_snprintf (key, sizeof key, "%u", (random >> 8) % 50);
        if (random >> 28 == 0) {
            if (cache_peek (cache, key, &value) == CACHE_HIT)
                thing_unref (value);
        } else if (cache_claim (cache, key, (int)(random >> 20) % 3, &value) == CACHE_HIT) {
            thing_unref (value);
        } else if (random >> 30 == 0) {
            cache_abandon (cache, key);
        } else {
            Thing *thing = thing_new (1);

            cache_fill (cache, key, thing, (random >> 16) % 60000);
            thing_unref (thing);
        }
    }
    return NULL;
}

/* Everything at once; the sanitizers look on. */
static void
test_many_threads_churn (void **state)
{
    Cache *cache = cache_new (600000, 60, clock_system (), thing_ref, thing_unref);
    pthread_t threads[8];
    CacheStats stats;

    for (guint i = 0; i < 8; i++)
        assert_int_equal (pthread_create (&threads[i], NULL, churner, cache), 0);
    for (guint i = 0; i < 50; i++) {
        cache_stats (cache, &stats);
        assert_true (stats.bytes <= 600000);
        nap (1);
    }
    for (guint i = 0; i < 8; i++)
        pthread_join (threads[i], NULL);
    cache_stats (cache, &stats);
    assert_true (stats.bytes <= 600000);
    free_all (cache);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_keeps_and_replaces),
        cmocka_unit_test (test_least_recently_used_goes_first),
        cmocka_unit_test (test_time_to_live),
        cmocka_unit_test (test_nothing_is_kept_without_ttl),
        cmocka_unit_test (test_too_large_is_not_kept),
        cmocka_unit_test (test_too_large_removes_the_old),
        cmocka_unit_test (test_bound_under_churn),
        cmocka_unit_test (test_bookkeeping_counts),
        cmocka_unit_test (test_stats),
        cmocka_unit_test (test_one_computation),
        cmocka_unit_test (test_abandon_hands_over_to_one),
        cmocka_unit_test (test_too_large_reaches_waiters),
        cmocka_unit_test (test_one_computation_without_ttl),
        cmocka_unit_test (test_time_out),
        cmocka_unit_test (test_time_out_takes_its_time),
        cmocka_unit_test (test_many_threads_churn),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
