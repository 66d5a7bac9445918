/* test_life.c -- a whole engine at work: leases that are kept and lost, cancel, and the end of the
 * process, each within its time. The platform answers when it is told to; limits are shortened. */
#include "bench.h"

#include "base/failpoint.h"
#include "jobs/engine.h"

#include <pthread.h>
#include <signal.h>

#define CANCEL_US (4 * SECOND_US) /* two, and as much again for a machine that is busy */

/* A Google that can be held up: as a real fetcher, it lets go when its job is to end. */
typedef struct {
    SmallGoogle google;
    const gint *cancel;
} HeldGoogle;

static gint held;    /* atomic: answers nothing */
static gint waiting; /* atomic: how many requests wait for an answer */
static gint let_go;  /* atomic: how many were ended by their flag */
static gint per_answer_ms;

static FetchResponse *
held_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    HeldGoogle *self = (HeldGoogle *)fetcher;

    g_usleep ((gulong)g_atomic_int_get (&per_answer_ms) * 1000);
    g_atomic_int_inc (&waiting);
    while (g_atomic_int_get (&held) && !g_atomic_int_get (self->cancel))
        g_usleep (5000);
    g_atomic_int_add (&waiting, -1);
    if (g_atomic_int_get (self->cancel)) {
        g_atomic_int_inc (&let_go);
        fault_set (error, FAULT_CANCELLED, "was not waited for");
        return NULL;
    }
    return small_fetch (fetcher, request, error);
}

static void
held_free (Fetcher *fetcher)
{
    g_free (fetcher);
}

static Fetcher *
held_new (const gint *cancel)
{
    HeldGoogle *self = g_new0 (HeldGoogle, 1);

    self->google.fetcher = (Fetcher){ .fetch = held_fetch, .free = held_free };
    self->cancel = cancel;
    return &self->google.fetcher;
}

typedef struct {
    Bench *bench;
    Config *config;
    Engine *engine;
} Life;

static void
start_engine (Life *life)
{
    g_autoptr (GError) error = NULL;
    EngineOptions options = { .config = life->config,
                              .clock = clock_system (),
                              .random = random_system (),
                              .sealer = life->bench->sealer,
                              .runners = 3, /* two for what is asked for, one for the nightly run */
                              .new_fetcher = held_new };

    life->engine = engine_start (&options, &error);
    assert_fine (life->engine, error);
}

static Life *
life_new (void **state)
{
    g_autofree char *database = g_strconcat ("DATABASE_URL=", fixture_of (state)->url, NULL);
    const char *environment[] = {
        database,
        "BACKFILL_DAYS=40",
        "GOOGLE_CLIENT_ID=c",
        "GOOGLE_CLIENT_SECRET=s",
        "SECRET_KEY=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        NULL
    };
    Life *life = g_new0 (Life, 1);
    g_autoptr (GError) error = NULL;

    g_atomic_int_set (&held, FALSE);
    g_atomic_int_set (&let_go, 0);
    g_atomic_int_set (&per_answer_ms, 0);
    limit_set (LIMIT_RETRY, 1);
    life->bench = bench_new (state);
    life->config = config_load (NULL, (char **)environment, &error);
    assert_fine (life->config, error);
    start_engine (life);
    return life;
}

static void
life_free (Life *life)
{
    g_atomic_int_set (&held, FALSE);
    engine_stop (life->engine);
    config_free (life->config);
    bench_free (life->bench);
    g_free (life);
    for (Limit one = 0; one < LIMITS; one++)
        limit_set (one, 0);
    failpoint_arm (NULL, NULL);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Life, life_free)

static gboolean
is_waiting (Life *life)
{
    return g_atomic_int_get (&waiting) > 0;
}

static gboolean
has_let_go (Life *life)
{
    return g_atomic_int_get (&let_go) > 0;
}

static gboolean
has_status (Life *life, const char *status)
{
    g_autofree char *is = word (life->bench, "SELECT status FROM sync_jobs");

    return g_str_equal (is, status);
}

static gboolean
has_ended (Life *life)
{
    return number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status IN ('failed', 'success')") == 1;
}

static gboolean
waits_for_a_retry (Life *life)
{
    return number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status = 'pending' AND attempt > 0") ==
           1;
}

/* Microseconds until it is so; fails if that takes longer. */
static gint64
wait_for (Life *life, gboolean (*so) (Life *life), gint64 most)
{
    gint64 begun = g_get_monotonic_time ();

    while (!so (life)) {
        if (g_get_monotonic_time () - begun > most)
            fail_msg ("it was not so within %" G_GINT64_FORMAT " ms", most / 1000);
        g_usleep (10000);
    }
    return g_get_monotonic_time () - begun;
}

static void
begin (Life *life)
{
    ask_for_job (life->bench);
    engine_wake (life->engine);
}

static void
begin_and_hold (Life *life)
{
    g_atomic_int_set (&held, TRUE);
    begin (life);
    wait_for (life, is_waiting, 10 * SECOND_US);
}

static void
cancel (Life *life)
{
    assert_true (job_cancel (life->bench->store, clock_system (), ANNA, FALSE, life->bench->job, NULL));
}

static void
assert_cancelled (Life *life)
{
    assert_word (life->bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (life->bench, "SELECT message FROM sync_jobs", "Cancelled");
    assert_int_equal (number (life->bench, "SELECT count(*) FROM connections WHERE lease_token IS NOT NULL"),
                      0);
}

/* ---- cancel, within two seconds ---- */

static void
test_cancel_in_a_fetch (void **state)
{
    g_autoptr (Life) life = life_new (state);

    begin_and_hold (life);
    cancel (life);
    wait_for (life, has_ended, CANCEL_US);
    assert_cancelled (life);
    assert_int_equal (let_go, 1);
}

static void
test_cancel_while_it_waits_for_a_retry (void **state)
{
    g_autoptr (Life) life = life_new (state);

    limit_set (LIMIT_RETRY, 600);
    assert_true (failpoint_arm ("token:lost", NULL));
    begin (life);
    wait_for (life, waits_for_a_retry, 10 * SECOND_US);
    cancel (life);
    assert_cancelled (life); /* at once */
}

static void
test_cancel_while_another_has_the_connection (void **state)
{
    g_autoptr (Life) life = life_new (state);

    let_another_have_the_connection (life->bench);
    begin (life);
    while (!has_status (life, "running"))
        g_usleep (10000);
    g_usleep (300000);
    cancel (life);
    wait_for (life, has_ended, CANCEL_US);
    change (life->bench, "UPDATE connections SET lease_token = NULL");
    assert_cancelled (life);
}

static gboolean
is_retrying (Life *life)
{
    return number (life->bench, "SELECT count(*) FROM sync_steps WHERE status = 'running'") == 1;
}

static void
test_cancel_in_a_pause (void **state)
{
    g_autoptr (Life) life = life_new (state);

    /* Each window is tried again after one second, and then after two. */
    assert_true (failpoint_arm ("facts-before:lost", NULL));
    begin (life);
    wait_for (life, is_retrying, 10 * SECOND_US);
    g_usleep (1200000);
    cancel (life);
    wait_for (life, has_ended, CANCEL_US);
    assert_cancelled (life);
}

static void
test_cancel_ends_no_other_job (void **state)
{
    g_autoptr (Life) life = life_new (state);
    char first[UUID_TEXT];
    JobRequest request = { .source = "ga4", .scope = "all", .trigger = "cli" };
    JobStart start;

    add_connection (life->bench, SECOND, "2");
    change (life->bench, "UPDATE connections SET user_id = '22222222-2222-4222-8222-222222222222'"
                         " WHERE external_id = '2'");
    begin_and_hold (life);
    g_strlcpy (first, life->bench->job, sizeof first);
    request.scope = "22222222-2222-4222-8222-222222222222";
    assert_true (job_start (life->bench->store, clock_system (), random_system (), &request, life->bench->job,
                            &start, NULL));
    engine_wake (life->engine);
    while (g_atomic_int_get (&waiting) < 2)
        g_usleep (10000);
    g_strlcpy (life->bench->job, first, UUID_TEXT);
    cancel (life);
    while (number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status = 'failed'") < 1)
        g_usleep (10000);
    assert_int_equal (g_atomic_int_get (&let_go), 1);
    g_atomic_int_set (&held, FALSE);
    while (number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'") < 1)
        g_usleep (10000);
}

/* ---- leases ---- */

static void
test_heartbeat_keeps_a_long_job (void **state)
{
    g_autoptr (Life) life = life_new (state);

    limit_set (LIMIT_LEASE, 3);
    limit_set (LIMIT_HEARTBEAT, 1);
    begin_and_hold (life);
    g_usleep (5 * SECOND_US);
    g_atomic_int_set (&held, FALSE);
    wait_for (life, has_ended, 10 * SECOND_US);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 1);
}

static void
test_max_run_ends_what_beats (void **state)
{
    g_autoptr (Life) life = life_new (state);

    limit_set (LIMIT_LEASE, 9);
    limit_set (LIMIT_HEARTBEAT, 1);
    limit_set (LIMIT_MAX_RUN, 2);
    begin_and_hold (life);
    wait_for (life, has_let_go, 4 * SECOND_US);
    wait_for (life, waits_for_a_retry, SECOND_US);
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 1);
    change (life->bench, "UPDATE sync_jobs SET attempt = 4, not_before = NULL");
    engine_wake (life->engine);
    wait_for (life, has_ended, 6 * SECOND_US);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (life->bench, "SELECT message FROM sync_jobs",
                 "It took longer than 0 minutes, 5 times, and was given up");
}

/* A thread that hangs where no flag is looked at: its lease is not renewed for ever, and another
 * worker does the work. */
static void
test_hanging_thread_is_replaced (void **state)
{
    g_autoptr (Life) life = life_new (state);

    limit_set (LIMIT_LEASE, 2);
    limit_set (LIMIT_HEARTBEAT, 1);
    limit_set (LIMIT_MAX_RUN, 2);
    assert_true (failpoint_arm ("page:pause@3", NULL));
    begin (life);
    wait_for (life, has_ended, 12 * SECOND_US);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 2);
    assert_int_equal (number (life->bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
    raise (SIGCONT); /* and when it comes to, it finds that it has nothing to say */
    g_usleep (500000);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 2);
}

/* More threads hang than there are runners, one for each attempt: in the end the job is given up,
 * and the next one still finds a worker. */
static void
test_job_that_hangs_every_thread_is_given_up (void **state)
{
    g_autoptr (Life) life = life_new (state);

    limit_set (LIMIT_LEASE, 2); /* and no heartbeat before it is over */
    limit_set (LIMIT_GRACE, 1);
    assert_true (failpoint_arm ("page:pause", NULL));
    begin (life);
    wait_for (life, has_ended, 60 * SECOND_US);
    assert_word (life->bench, "SELECT message FROM sync_jobs",
                 "The sync broke off several times and was given up");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), JOB_MAX_ATTEMPTS);
    limit_set (LIMIT_LEASE, 0);
    limit_set (LIMIT_GRACE, 0);
    assert_true (failpoint_arm (NULL, NULL));
    begin (life);
    while (number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'") < 1)
        g_usleep (10000);
    raise (SIGCONT);
    g_usleep (200000);
    assert_int_equal (number (life->bench, "SELECT count(*) FROM sync_jobs WHERE status = 'failed'"), 1);
}

/* Nobody can renew anything: the whole table is locked by somebody else. */
static void
hang_database (Life *life)
{
    must_begin (life->bench->store);
    if (store_engine (life->bench->store) == STORE_POSTGRESQL)
        change (life->bench, "LOCK TABLE sync_jobs");
}

/* A call to the database has its limit, far below the lease's: there is time for more of them. */
static void
test_short_hang_of_the_database_is_survived (void **state)
{
    g_autoptr (Life) life = NULL;

    limit_set (LIMIT_LEASE, 9); /* the limit of a call follows from it when the engine starts: 1 s */
    limit_set (LIMIT_HEARTBEAT, 1);
    life = life_new (state);
    begin_and_hold (life);
    hang_database (life);
    g_usleep (5 * SECOND_US);
    store_rollback (life->bench->store);
    g_usleep (6 * SECOND_US); /* by now the first lease would be over */
    g_atomic_int_set (&held, FALSE);
    wait_for (life, has_ended, 20 * SECOND_US);
    assert_int_equal (g_atomic_int_get (&let_go), 0);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 1);
}

static void
test_worker_stops_when_the_database_hangs (void **state)
{
    g_autoptr (Life) life = life_new (state);
    gint64 took;

    limit_set (LIMIT_LEASE, 3);
    limit_set (LIMIT_HEARTBEAT, 1);
    begin_and_hold (life);
    hang_database (life);
    took = wait_for (life, has_let_go, 6 * SECOND_US);
    assert_true (took > SECOND_US);
    store_rollback (life->bench->store);
    g_atomic_int_set (&held, FALSE);
    wait_for (life, has_ended, 20 * SECOND_US);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 2);
}

static gint64 last_seen;

static gboolean
goes_round_again (Life *life)
{
    return engine_last_tick (life->engine) > last_seen;
}

static void
test_dead_heartbeat_is_noticed (void **state)
{
    g_autoptr (Life) life = life_new (state);
    gint64 last;

    limit_set (LIMIT_LEASE, 3);
    limit_set (LIMIT_HEARTBEAT, 1);
    assert_true (failpoint_arm ("heartbeat:pause", NULL));
    begin_and_hold (life);
    wait_for (life, has_let_go, 5 * SECOND_US);
    last = engine_last_tick (life->engine);
    g_usleep (1500000);
    assert_true (engine_last_tick (life->engine) == last);
    assert_true (failpoint_arm (NULL, NULL));
    raise (SIGCONT);
    last_seen = last;
    wait_for (life, goes_round_again, 10 * SECOND_US);
}

/* ---- the end of the process ---- */

static void
stop (Life *life)
{
    engine_stop (life->engine);
    life->engine = NULL;
}

static void *
answer_soon (void *data)
{
    g_usleep (700000);
    g_atomic_int_set (&held, FALSE);
    return NULL;
}

static void
test_stop_lets_a_window_end (void **state)
{
    g_autoptr (Life) life = life_new (state);
    pthread_t thread;

    begin_and_hold (life);
    pthread_create (&thread, NULL, answer_soon, NULL);
    stop (life);
    pthread_join (thread, NULL);
    assert_int_equal (let_go, 0);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 0);
    start_engine (life);
    wait_for (life, has_ended, 10 * SECOND_US);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 1);
    assert_int_equal (number (life->bench, "SELECT count(*) FROM ga4_daily"), BACKFILL);
}

static void
test_stop_waits_no_longer_than_the_grace (void **state)
{
    g_autoptr (Life) life = life_new (state);
    gint64 begun;

    limit_set (LIMIT_GRACE, 1);
    begin_and_hold (life);
    begun = g_get_monotonic_time ();
    stop (life);
    assert_true (g_get_monotonic_time () - begun < 3 * SECOND_US);
    assert_int_equal (let_go, 1);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (life->bench, "SELECT attempt FROM sync_jobs"), 0);
}

/* ---- what people see ---- */

static gint sampling;

/* Reads the job as a browser would, all the time. */
static void *
sample_progress (void *data)
{
    Life *life = data;
    g_autoptr (Store) store = store_open (life->config->database_url, NULL, NULL);
    int done = 0, total = 0, seen = 0;

    while (g_atomic_int_get (&sampling)) {
        g_auto (JobState) job = { 0 };

        assert_true (job_look (store, life->bench->job, &job, NULL));
        assert_true (job.done >= done && job.done <= job.total);
        assert_true (!total || job.total == total);
        seen += job.done != done;
        done = job.done;
        total = job.total;
        g_usleep (2000);
    }
    return GINT_TO_POINTER (seen);
}

static void
test_polling_sees_it_move_on_only (void **state)
{
    g_autoptr (Life) life = life_new (state);
    pthread_t thread;
    void *seen;

    for (int i = 2; i < 8; i++) {
        g_autofree char *id = g_strdup_printf ("aaaaaaaa-0000-4000-8000-00000000000%d", i);
        g_autofree char *property = g_strdup_printf ("%d", i);

        add_connection (life->bench, id, property);
    }
    per_answer_ms = 400;
    begin (life);
    sampling = TRUE;
    pthread_create (&thread, NULL, sample_progress, life);
    wait_for (life, has_ended, 60 * SECOND_US);
    g_atomic_int_set (&sampling, FALSE);
    pthread_join (thread, &seen);
    assert_word (life->bench, "SELECT status FROM sync_jobs", "success");
    assert_true (GPOINTER_TO_INT (seen) > 3);
    assert_int_equal (number (life->bench, "SELECT progress_done FROM sync_jobs"), 21);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_cancel_in_a_fetch),
        BOTH (test_cancel_while_it_waits_for_a_retry),
        BOTH (test_cancel_while_another_has_the_connection),
        BOTH (test_cancel_in_a_pause),
        BOTH (test_cancel_ends_no_other_job),
        BOTH (test_heartbeat_keeps_a_long_job),
        BOTH (test_max_run_ends_what_beats),
        BOTH (test_hanging_thread_is_replaced),
        BOTH (test_job_that_hangs_every_thread_is_given_up),
        BOTH (test_short_hang_of_the_database_is_survived),
        BOTH (test_worker_stops_when_the_database_hangs),
        BOTH (test_dead_heartbeat_is_noticed),
        BOTH (test_stop_lets_a_window_end),
        BOTH (test_stop_waits_no_longer_than_the_grace),
        BOTH (test_polling_sees_it_move_on_only),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
