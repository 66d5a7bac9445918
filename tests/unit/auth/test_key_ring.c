/* When the key set is fetched, and what other threads do meanwhile. */
#include "auth/key_ring.h"

#include "mint.h"

#include "auth/jwt.h"

#include <pthread.h>

#define THREADS 8

/* A provider that can be held up in the middle of an answer. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const char *keys; /* NULL: down */
    int asked, inside, most_inside;
    gboolean held;
} Provider;

typedef struct {
    MintClock clock;
    Provider provider;
    char *old_keys, *new_keys;
    KeyRing *ring;
    JwtVerifier *verifier;
} Fixture;

static char *
answer (gpointer user, GError **error)
{
    Provider *provider = user;
    char *keys;

    pthread_mutex_lock (&provider->lock);
    provider->asked++;
    provider->inside++;
    provider->most_inside = MAX (provider->most_inside, provider->inside);
    pthread_cond_broadcast (&provider->changed);
    while (provider->held)
        pthread_cond_wait (&provider->changed, &provider->lock);
    keys = g_strdup (provider->keys);
    provider->inside--;
    pthread_mutex_unlock (&provider->lock);
    if (!keys)
        fault_set (error, FAULT_TIMEOUT, "no answer within 10 s");
    return keys;
}

static void
hold (Provider *provider, gboolean held)
{
    pthread_mutex_lock (&provider->lock);
    provider->held = held;
    pthread_cond_broadcast (&provider->changed);
    pthread_mutex_unlock (&provider->lock);
}

static void
wait_until_inside (Provider *provider)
{
    pthread_mutex_lock (&provider->lock);
    while (!provider->inside)
        pthread_cond_wait (&provider->changed, &provider->lock);
    pthread_mutex_unlock (&provider->lock);
}

static int
set_up (void **state)
{
    Fixture *f = g_new0 (Fixture, 1);
    JwtOptions options = {
        .clock = &f->clock.clock, .has_key_set = TRUE, .fetch_keys = answer, .user = &f->provider
    };

    assert_true (sodium_init () >= 0);
    f->clock = MINT_CLOCK;
    f->old_keys = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"rsa-1\"}]}", rsa_members);
    f->new_keys = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"ec-1\"}]}", ec_members);
    pthread_mutex_init (&f->provider.lock, NULL);
    pthread_cond_init (&f->provider.changed, NULL);
    f->provider.keys = f->old_keys;
    f->ring = key_ring_new (&f->clock.clock, answer, &f->provider);
    f->verifier = jwt_verifier_new (&options);
    *state = f;
    return 0;
}

static int
tear_down (void **state)
{
    Fixture *f = *state;

    key_ring_free (f->ring);
    jwt_verifier_free (f->verifier);
    pthread_cond_destroy (&f->provider.changed);
    pthread_mutex_destroy (&f->provider.lock);
    g_free (f->old_keys);
    g_free (f->new_keys);
    g_free (f);
    return 0;
}

static gboolean
has (KeySet *set, const char *kid, const char *alg)
{
    gboolean known;

    return key_set_find (set, kid, alg, &known) != NULL;
}

static void
set_is_kept_for_an_hour (void **state)
{
    Fixture *f = *state;
    g_autoptr (KeySet) first = key_ring_get (f->ring, NULL), second = NULL, third = NULL;

    assert_non_null (first);
    mint_clock_pass (&f->clock, 3599);
    second = key_ring_get (f->ring, NULL);
    assert_ptr_equal (first, second);
    assert_int_equal (f->provider.asked, 1);
    f->provider.keys = f->new_keys;
    mint_clock_pass (&f->clock, 1);
    third = key_ring_get (f->ring, NULL);
    assert_int_equal (f->provider.asked, 2);
    assert_true (has (third, "ec-1", "ES256"));
    assert_false (has (third, "rsa-1", "RS256"));
}

static void
last_good_set_outlives_failures (void **state)
{
    static const char *const failures[] = { NULL, "", "<html>503</html>", "{\"keys\":7}" };
    Fixture *f = *state;

    key_set_unref (key_ring_get (f->ring, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
        g_autoptr (KeySet) set = NULL;

        f->provider.keys = failures[i];
        mint_clock_pass (&f->clock, 3600);
        set = key_ring_get (f->ring, NULL);
        assert_int_equal (f->provider.asked, 2 + (int)i);
        assert_true (has (set, "rsa-1", "RS256"));
    }
}

/* A provider that is down is not asked by every request. */
static void
failures_pause (void **state)
{
    Fixture *f = *state;

    key_set_unref (key_ring_get (f->ring, NULL));
    f->provider.keys = NULL;
    mint_clock_pass (&f->clock, 3600);
    for (int second = 0; second < 600; second++) {
        key_set_unref (key_ring_get (f->ring, NULL));
        mint_clock_pass (&f->clock, 1);
    }
    assert_int_equal (f->provider.asked, 3); /* at once, and after 300 s */
}

static void
first_failure_is_tried_again_soon (void **state)
{
    Fixture *f = *state;
    g_autoptr (GError) error = NULL, soon = NULL;
    g_autoptr (KeySet) set = NULL;

    f->provider.keys = NULL;
    assert_null (key_ring_get (f->ring, &error));
    assert_true (fault_is (error, FAULT_LOST));
    assert_non_null (strstr (error->message, "no answer within 10 s"));
    assert_null (key_ring_get (f->ring, &soon));
    assert_true (fault_is (soon, FAULT_LOST));
    assert_int_equal (fault_retry_after (soon), 10);
    assert_int_equal (f->provider.asked, 1);
    f->provider.keys = f->old_keys;
    mint_clock_pass (&f->clock, 10);
    set = key_ring_get (f->ring, NULL);
    assert_non_null (set);
    assert_int_equal (f->provider.asked, 2);
}

static void
newer_is_asked_once_in_five_minutes (void **state)
{
    Fixture *f = *state;
    g_autoptr (KeySet) set = key_ring_get (f->ring, NULL), newer = NULL, again = NULL;
    g_autoptr (GError) denied = NULL, lost = NULL, still = NULL;

    assert_null (key_ring_get_newer (f->ring, set, &denied));
    assert_true (fault_is (denied, FAULT_DENIED));
    f->provider.keys = NULL;
    mint_clock_pass (&f->clock, 300);
    assert_null (key_ring_get_newer (f->ring, set, &lost));
    assert_true (fault_is (lost, FAULT_LOST));
    assert_null (key_ring_get_newer (f->ring, set, &still)); /* not known, so not denied */
    assert_true (fault_is (still, FAULT_LOST));
    assert_int_equal (f->provider.asked, 2);
    f->provider.keys = f->new_keys;
    mint_clock_pass (&f->clock, 300);
    newer = key_ring_get_newer (f->ring, set, NULL);
    assert_true (has (newer, "ec-1", "ES256"));
    again = key_ring_get_newer (f->ring, set, NULL); /* another thread still had the old one */
    assert_ptr_equal (newer, again);
    assert_int_equal (f->provider.asked, 3);
}

static void *
verify_old (void *user)
{
    Fixture *f = user;
    g_auto (JwtClaims) claims = { 0 };

    return GINT_TO_POINTER (jwt_verify (f->verifier, made_rs256, &claims, NULL));
}

static void *
verify_new (void *user)
{
    Fixture *f = user;
    g_auto (JwtClaims) claims = { 0 };
    g_autoptr (GError) error = NULL;

    if (jwt_verify (f->verifier, made_es256, &claims, &error))
        return GINT_TO_POINTER (1);
    return GINT_TO_POINTER (fault_is (error, FAULT_LOST) ? -1 : 0);
}

static int
join (pthread_t thread)
{
    void *result = NULL;

    assert_int_equal (pthread_join (thread, &result), 0);
    return GPOINTER_TO_INT (result);
}

/* With nothing to go on, all wait for the one question. */
static void
first_fetch_is_shared (void **state)
{
    Fixture *f = *state;
    pthread_t threads[THREADS];

    hold (&f->provider, TRUE);
    for (int i = 0; i < THREADS; i++)
        pthread_create (&threads[i], NULL, verify_old, f);
    wait_until_inside (&f->provider);
    hold (&f->provider, FALSE);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal (join (threads[i]), 1);
    assert_int_equal (f->provider.asked, 1);
}

/* While one thread asks again, the others neither wait nor ask: old tokens pass,
 * new ones are told to come back. */
static void
refresh_blocks_nobody_else (void **state)
{
    Fixture *f = *state;
    pthread_t asking;

    assert_non_null (verify_old (f));
    f->provider.keys = f->new_keys;
    mint_clock_pass (&f->clock, 3600);
    hold (&f->provider, TRUE);
    pthread_create (&asking, NULL, verify_old, f);
    wait_until_inside (&f->provider);
    mint_clock_pass (&f->clock, 300); /* however long it takes */
    for (int i = 0; i < 10; i++) {
        assert_int_equal (GPOINTER_TO_INT (verify_old (f)), 1);
        assert_int_equal (GPOINTER_TO_INT (verify_new (f)), -1);
    }
    hold (&f->provider, FALSE);
    assert_int_equal (join (asking), 0); /* its key was withdrawn */
    assert_int_equal (GPOINTER_TO_INT (verify_new (f)), 1);
    assert_int_equal (f->provider.asked, 2);
}

static void *
hammer (void *user)
{
    Fixture *f = user;
    gintptr good = 0;

    for (int i = 0; i < 150; i++) {
        good += GPOINTER_TO_INT (verify_old (f)) == 1;
        (void)verify_new (f);
        mint_clock_pass (&f->clock, 40);
    }
    return (void *)good;
}

/* Threads, rotations and outages at once: for ThreadSanitizer above all. */
static void
threads_agree (void **state)
{
    Fixture *f = *state;
    g_autofree char *both = g_strdup_printf ("{\"keys\":[{%s,\"kid\":\"rsa-1\"},{%s,\"kid\":\"ec-1\"}]}",
                                             rsa_members, ec_members);
    pthread_t threads[THREADS];

    assert_non_null (verify_old (f));
    for (int i = 0; i < THREADS; i++)
        pthread_create (&threads[i], NULL, hammer, f);
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock (&f->provider.lock);
        f->provider.keys = i % 3 == 0 ? NULL : i % 3 == 1 ? both : f->old_keys;
        pthread_mutex_unlock (&f->provider.lock);
        g_usleep (500);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal (join (threads[i]), 150); /* rsa-1 was in every set */
    assert_int_equal (f->provider.most_inside, 1);
    assert_true (f->provider.asked <= THREADS * 150 * 40 / 300 + 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (set_is_kept_for_an_hour),
        TEST (last_good_set_outlives_failures),
        TEST (failures_pause),
        TEST (first_failure_is_tried_again_soon),
        TEST (newer_is_asked_once_in_five_minutes),
        TEST (first_fetch_is_shared),
        TEST (refresh_blocks_nobody_else),
        TEST (threads_agree),
    };

    return cmocka_run_group_tests_name ("key_ring", tests, NULL, NULL);
}
