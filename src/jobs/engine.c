#include "jobs/engine.h"

#include "base/failpoint.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mishap.h"
#include "fetch/fetch.h"
#include "jobs/keeper.h"
#include "jobs/run.h"
#include "jobs/scheduler.h"
#include "sql.h"

#include <errno.h>
#include <pthread.h>

#define POLL_US      (2 * SECOND_US)
#define TICK_US      (10 * SECOND_US)
#define GIVE_UP_US   (5 * SECOND_US) /* after the grace, whoever is not done hangs */
#define THREADS_MOST 32              /* with those that have replaced others */

struct Engine {
    EngineOptions options;
    char owner[UUID_TEXT]; /* random at each start: a name that comes back looks alive */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    guint64 wakes; /* under lock */
    guint asked;   /* runners that have, or are about to look for, what people asked for; under lock */
    Keeper *keeper;
    gint stopping;    /* atomic */
    gint64 last_tick; /* atomic */
    GArray *threads;  /* of pthread_t; under lock while the keeper lives */
    SourceMemory *memory;
};

/* Wait until somebody wakes us, the time is over, or we are to stop. */
static void
engine_wait (Engine *engine, gint64 microseconds, gboolean until_wake)
{
    gint64 end = g_get_monotonic_time () + microseconds;
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };
    guint64 seen;

    pthread_mutex_lock (&engine->lock);
    seen = engine->wakes;
    while (!g_atomic_int_get (&engine->stopping) && (!until_wake || seen == engine->wakes))
        if (pthread_cond_timedwait (&engine->wake, &engine->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock (&engine->lock);
}

/* A running job's pause: it ends early when the lease does. */
static void
pause_run (gpointer user, Lease *lease, gint64 microseconds)
{
    Engine *engine = user;
    gint64 end = g_get_monotonic_time () + microseconds;
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };

    pthread_mutex_lock (&engine->lock);
    while (!g_atomic_int_get (&engine->stopping) && lease_end (lease) == LEASE_HELD)
        if (pthread_cond_timedwait (&engine->wake, &engine->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock (&engine->lock);
}

/* A lease has ended: whoever pauses looks at his own. */
static void
on_lease_end (gpointer user)
{
    Engine *engine = user;

    pthread_mutex_lock (&engine->lock);
    pthread_cond_broadcast (&engine->wake);
    pthread_mutex_unlock (&engine->lock);
}

void
engine_wake (Engine *engine)
{
    pthread_mutex_lock (&engine->lock);
    engine->wakes++;
    pthread_cond_broadcast (&engine->wake);
    pthread_mutex_unlock (&engine->lock);
}

static Store *
open_store (Engine *engine, GError **error)
{
    return store_open (engine->options.config->database_url, &(StoreOptions){ .durable = TRUE }, error);
}

/* A store for a thread that lives as long as the engine: tries until it gets one. */
static Store *
open_store_patiently (Engine *engine)
{
    while (!g_atomic_int_get (&engine->stopping)) {
        g_autoptr (GError) error = NULL;
        Store *store = open_store (engine, &error);

        if (store)
            return store;
        log_event (LOG_ERROR, "sync.database", error->message, NULL);
        engine_wait (engine, POLL_US, FALSE);
    }
    return NULL;
}

/* ---- runners ---- */

/* A runner is kept for the nightly run, if there is more than one: it must not wait until somebody's
 * year has been read. */
static gboolean
take_place (Engine *engine)
{
    guint most = MAX (engine->options.runners, 2) - 1;
    gboolean free;

    pthread_mutex_lock (&engine->lock);
    free = engine->asked < most;
    engine->asked += free;
    pthread_mutex_unlock (&engine->lock);
    return free;
}

static void
leave_place (Engine *engine)
{
    pthread_mutex_lock (&engine->lock);
    engine->asked--;
    pthread_mutex_unlock (&engine->lock);
}

/* What can be taken now; NULL: nothing. *asked: it has a place, which is to be left. */
static Lease *
claim (Engine *engine, const RunContext *context, gboolean *asked)
{
    g_autoptr (GError) error = NULL;
    Lease *lease = NULL;
    gboolean place = take_place (engine);

    if (!lease_claim (context->store, context->clock, context->random, engine->owner, place, &lease, &error))
        log_event (LOG_ERROR, "sync.claim", error->message, NULL);
    *asked = place && lease && !lease_is_daily (lease);
    if (place && !*asked)
        leave_place (engine);
    return lease;
}

/* Claim and run one job; FALSE when there was none. *abandoned: this thread hung meanwhile, and has
 * a successor. */
static gboolean
run_next (Engine *engine, RunContext *context, gboolean *abandoned)
{
    gboolean asked;
    g_autoptr (Lease) lease = claim (engine, context, &asked);
    g_autoptr (Fetcher) fetcher = NULL;

    if (!lease)
        return FALSE;
    keeper_add (engine->keeper, lease);
    /* A fetcher a job: what ends the lease ends the request that is on its way, and no other. */
    context->fetcher = fetcher = context->new_fetcher (&lease->end);
    mishap_begin_job ();
    run_job (context, lease);
    mishap_end_job ();
    keeper_remove (engine->keeper, lease);
    /* This thread had hung, and has a successor. */
    *abandoned = g_atomic_int_get (&lease->abandoned);
    if (asked && !*abandoned)
        leave_place (engine); /* who found none meanwhile looks again soon, and we do now */
    return TRUE;
}

static void *
runner (void *data)
{
    Engine *engine = data;
    const EngineOptions *options = &engine->options;
    g_autoptr (Store) store = open_store_patiently (engine);
    gboolean abandoned = FALSE;
    RunContext context = {
        .store = store,
        .readers = (guint)options->config->sync_readers,
        .new_fetcher = options->new_fetcher,
        .memory = engine->memory,
        .config = options->config,
        .demo_config = options->demo_config,
        .sealer = options->sealer,
        .clock = options->clock,
        .random = options->random,
        .stop = &engine->stopping,
        .pause = pause_run,
        .pause_user = engine,
        .changed = options->changed,
        .user = options->user,
    };

    while (store && !abandoned && !g_atomic_int_get (&engine->stopping))
        if (!run_next (engine, &context, &abandoned))
            engine_wait (engine, POLL_US, TRUE);
    return NULL;
}

/* ---- the daily run ---- */

static void *
ticker (void *data)
{
    Engine *engine = data;
    const EngineOptions *options = &engine->options;
    g_autoptr (Store) store = open_store_patiently (engine);
    g_autoptr (Scheduler) scheduler = scheduler_new (options->config, options->clock, options->random);

    while (store && !g_atomic_int_get (&engine->stopping)) {
        g_autoptr (GError) error = NULL;
        gboolean started = FALSE;

        if (failpoint (FAILPOINT_TICK, &error) && scheduler_tick (scheduler, store, &started, &error))
            __atomic_store_n (&engine->last_tick, clock_monotonic (options->clock), __ATOMIC_RELAXED);
        else
            log_event (LOG_ERROR, "sync.tick", error->message, NULL);
        if (started)
            engine_wake (engine);
        engine_wait (engine, TICK_US, FALSE);
    }
    return NULL;
}

gint64
engine_last_tick (Engine *engine)
{
    gint64 tick = __atomic_load_n (&engine->last_tick, __ATOMIC_RELAXED);
    gint64 kept = keeper_last_round (engine->keeper);

    return engine->options.scheduled ? MIN (tick, kept) : kept;
}

/* ---- life ---- */

/* This process owns the SQLite file: whatever was running has no worker any more. */
static gboolean
take_back (Engine *engine, GError **error)
{
    g_autoptr (Store) store = open_store (engine, error);

    if (!store)
        return FALSE;
    if (store_engine (store) != STORE_SQLITE)
        return TRUE;
    return store_do (store, &sql_jobs_expire_all, PARAMS ({ "past", VALUE_OF_INSTANT (0) }), error) >= 0 &&
           store_do (store, &sql_jobs_expire_connections, NO_PARAMS, error) >= 0;
}

static void
start_thread (Engine *engine, void *(*body) (void *))
{
    pthread_t thread;

    pthread_mutex_lock (&engine->lock);
    if (!g_atomic_int_get (&engine->stopping) && engine->threads->len < THREADS_MOST) {
        if (pthread_create (&thread, NULL, body, engine) != 0)
            g_error ("cannot create a thread");
        g_array_append_val (engine->threads, thread);
    }
    pthread_mutex_unlock (&engine->lock);
}

/* A runner is lost for good, but its job has attempts left, and others wait. */
static void
on_hang (const Lease *lease, gpointer user)
{
    if (!lease_is_daily (lease))
        leave_place (user);
    start_thread (user, runner);
}

static gboolean
join_until (pthread_t thread, gint64 end)
{
    while (pthread_tryjoin_np (thread, NULL) != 0) {
        if (g_get_monotonic_time () >= end)
            return FALSE;
        g_usleep (5000);
    }
    return TRUE;
}

/* FALSE: some did not end in time. They hang, and nothing that they might touch can be freed. */
static gboolean
join_threads (Engine *engine)
{
    gint64 end = g_get_monotonic_time () + limit_seconds (LIMIT_GRACE) * SECOND_US + GIVE_UP_US;
    gboolean all = TRUE;

    for (guint i = 0; i < engine->threads->len; i++)
        all = join_until (g_array_index (engine->threads, pthread_t, i), end) && all;
    if (!all)
        log_event (LOG_ERROR, "sync.hangs", "a worker hangs and is not waited for", NULL);
    return all;
}

Engine *
engine_start (const EngineOptions *options, GError **error)
{
    Engine *engine = g_new0 (Engine, 1);
    pthread_condattr_t attributes;

    engine->options = *options;
    if (!options->new_fetcher)
        engine->options.new_fetcher = fetcher_new_curl;
    random_uuid (options->random, engine->owner);
    pthread_mutex_init (&engine->lock, NULL);
    pthread_condattr_init (&attributes);
    pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
    pthread_cond_init (&engine->wake, &attributes);
    pthread_condattr_destroy (&attributes);
    engine->threads = g_array_new (FALSE, FALSE, sizeof (pthread_t));
    engine->last_tick = clock_monotonic (options->clock);
    engine->memory = source_memory_new (options->clock);
    if (!take_back (engine, error)) {
        engine_stop (engine);
        return NULL;
    }
    engine->keeper = keeper_start (&(KeeperOptions){ .database_url = options->config->database_url,
                                                     .clock = options->clock,
                                                     .ended = on_lease_end,
                                                     .hangs = on_hang,
                                                     .user = engine });
    for (guint i = 0; i < options->runners; i++)
        start_thread (engine, runner);
    if (options->scheduled)
        start_thread (engine, ticker);
    return engine;
}

void
engine_halt (Engine *engine)
{
    g_atomic_int_set (&engine->stopping, TRUE);
    if (engine->keeper)
        keeper_halt (engine->keeper);
    engine_wake (engine);
}

void
engine_stop (Engine *engine)
{
    if (!engine)
        return;
    engine_halt (engine);
    if (!join_threads (engine))
        return;
    keeper_stop (engine->keeper);
    g_array_unref (engine->threads);
    source_memory_free (engine->memory);
    pthread_cond_destroy (&engine->wake);
    pthread_mutex_destroy (&engine->lock);
    g_free (engine);
}
