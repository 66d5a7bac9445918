#include "jobs/keeper.h"

#include "base/fault.h"
#include "base/log.h"
#include "jobs/prune.h"
#include "query/now.h"

#include <errno.h>
#include <pthread.h>

#define LOOK_US  (SECOND_US / 2)    /* between two looks for cancelled jobs */
#define WATCH_US (SECOND_US / 5)    /* between two looks at the clock */
#define IDLE_US  (5 * SECOND_US)    /* the same while nothing runs here */
#define SWEEP_US (20 * SECOND_US)   /* between two sweeps */
#define PRUNE_US (3600 * SECOND_US) /* the same for what is old; not in the first hour */
#define NEVER    G_GINT64_CONSTANT (0)

struct Keeper {
    KeeperOptions options;
    pthread_mutex_t lock; /* never held during a call to the database */
    pthread_cond_t changed;
    GPtrArray *leases;             /* under lock */
    guint64 added;                 /* under lock: how many there ever were */
    gboolean stopping;             /* under lock */
    gint64 halt_at;                /* under lock: monotonic, or NEVER */
    gint64 beaten, watched;        /* atomic: when each thread last came round */
    gint64 next_sweep, next_prune; /* monotonic; of the beat's thread */
    pthread_t beat, watch;
};

/* Until the time is over, or more is to be kept than was seen, or we are to stop. */
static void
keeper_wait (Keeper *keeper, guint64 seen, gint64 microseconds)
{
    gint64 end = g_get_monotonic_time () + microseconds;
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };

    pthread_mutex_lock (&keeper->lock);
    while (!keeper->stopping && seen == keeper->added)
        if (pthread_cond_timedwait (&keeper->changed, &keeper->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock (&keeper->lock);
}

static gboolean
is_stopping (Keeper *keeper)
{
    gboolean stopping;

    pthread_mutex_lock (&keeper->lock);
    stopping = keeper->stopping;
    pthread_mutex_unlock (&keeper->lock);
    return stopping;
}

/* What is kept now, to work on without the lock. */
static GPtrArray *
snapshot (Keeper *keeper, guint64 *seen)
{
    GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify)lease_free);

    pthread_mutex_lock (&keeper->lock);
    for (guint i = 0; i < keeper->leases->len; i++)
        g_ptr_array_add (leases, lease_ref (keeper->leases->pdata[i]));
    *seen = keeper->added;
    pthread_mutex_unlock (&keeper->lock);
    return leases;
}

static void
came_round (Keeper *keeper, gint64 *when)
{
    __atomic_store_n (when, clock_monotonic (keeper->options.clock), __ATOMIC_RELAXED);
}

static void
tell (Keeper *keeper)
{
    if (keeper->options.ended)
        keeper->options.ended (keeper->options.user);
}

/* ---- the thread that beats ---- */

/* Each call of a beat may take a ninth of a lease: two heartbeats that fail leave time for a third. */
static Store *
open_store (Keeper *keeper)
{
    int timeout_ms = MAX (1000, LEASE_SECONDS * 1000 / 9);
    StoreOptions options = { .durable = TRUE, .timeout_ms = timeout_ms };

    while (!is_stopping (keeper)) {
        g_autoptr (GError) error = NULL;
        Store *store = store_open (keeper->options.database_url, &options, &error);

        if (store)
            return store;
        log_event (LOG_ERROR, "sync.database", error->message, NULL);
        g_usleep (SECOND_US / 2);
    }
    return NULL;
}

static gboolean
is_due (Lease *lease, gint64 now)
{
    gint64 deadline = __atomic_load_n (&lease->deadline, __ATOMIC_RELAXED);

    return deadline - now <= (LEASE_SECONDS - HEARTBEAT_SECONDS) * SECOND_US;
}

/* The database is asked in vain once a round at most: the others would wait for their limits too. */
static gboolean
beat_round (Keeper *keeper, Store *store, GPtrArray *leases, GError **error)
{
    Clock *clock = keeper->options.clock;
    gboolean ended = FALSE, ok = TRUE;

    for (guint i = 0; ok && i < leases->len; i++) {
        Lease *lease = leases->pdata[i];
        LeaseEnd before = lease_end (lease);

        if (before != LEASE_HELD && before != LEASE_CANCELLED && before != LEASE_HALTED)
            continue;
        ok = is_due (lease, clock_monotonic (clock)) ? lease_renew (lease, store, clock, error)
                                                     : lease_look (lease, store, error);
        ended = ended || lease_end (lease) != before;
    }
    if (ended)
        tell (keeper);
    return ok;
}

/* Is it time again for something that is done now and then? */
static gboolean
is_time (gint64 *next, gint64 now, gint64 pause)
{
    if (now < *next)
        return FALSE;
    *next = now + pause;
    return TRUE;
}

static gboolean
sweep (Keeper *keeper, Store *store, GError **error)
{
    gint64 monotonic = clock_monotonic (keeper->options.clock), now;

    if (!is_time (&keeper->next_sweep, monotonic, SWEEP_US))
        return TRUE;
    now = shared_now (store, keeper->options.clock, error);
    return now != INSTANT_NONE && lease_sweep (store, now, error) &&
           (!is_time (&keeper->next_prune, monotonic, PRUNE_US) || prune_jobs (store, now, error));
}

static void *
beat (void *data)
{
    Keeper *keeper = data;
    g_autoptr (Store) store = open_store (keeper);

    while (store && !is_stopping (keeper)) {
        guint64 seen;
        g_autoptr (GPtrArray) leases = snapshot (keeper, &seen);
        g_autoptr (GError) error = NULL;
        gint64 wait = leases->len ? LOOK_US : IDLE_US;

        came_round (keeper, &keeper->beaten);
        if (!beat_round (keeper, store, leases, &error) || !sweep (keeper, store, &error)) {
            log_event (LOG_ERROR, "sync.heartbeat", error->message, NULL);
            wait = HEARTBEAT_SECONDS * SECOND_US / 4;
        }
        keeper_wait (keeper, seen, wait);
    }
    return NULL;
}

/* ---- the thread that watches ---- */

/* Its end has been known for long, and still somebody holds it. */
static void
watch_worker (Keeper *keeper, Lease *lease, gint64 now)
{
    if (lease_end (lease) == LEASE_HELD || g_atomic_int_get (&lease->abandoned))
        return;
    if (!lease->overdue_at)
        lease->overdue_at = now + limit_seconds (LIMIT_GRACE) * SECOND_US;
    if (now < lease->overdue_at)
        return;
    g_atomic_int_set (&lease->abandoned, TRUE);
    log_event (LOG_ERROR, "sync.hangs", "a worker hangs and is left to itself", "job", lease->id, NULL);
    if (keeper->options.hangs)
        keeper->options.hangs (lease, keeper->options.user);
}

static void
watch_round (Keeper *keeper, GPtrArray *leases)
{
    Clock *clock = keeper->options.clock;
    gboolean ended = FALSE, halt;

    pthread_mutex_lock (&keeper->lock);
    halt = keeper->halt_at != NEVER && clock_monotonic (clock) >= keeper->halt_at;
    pthread_mutex_unlock (&keeper->lock);
    for (guint i = 0; i < leases->len; i++) {
        Lease *lease = leases->pdata[i];

        ended = lease_watch (lease, clock) || ended;
        if (halt && lease_end (lease) == LEASE_HELD) {
            lease_set_end (lease, LEASE_HALTED);
            ended = TRUE;
        }
        watch_worker (keeper, lease, clock_monotonic (clock));
    }
    if (ended)
        tell (keeper);
}

static void *
watch (void *data)
{
    Keeper *keeper = data;

    while (!is_stopping (keeper)) {
        guint64 seen;
        g_autoptr (GPtrArray) leases = snapshot (keeper, &seen);

        watch_round (keeper, leases);
        came_round (keeper, &keeper->watched);
        keeper_wait (keeper, seen, leases->len ? WATCH_US : IDLE_US);
    }
    return NULL;
}

/* ---- life ---- */

Keeper *
keeper_start (const KeeperOptions *options)
{
    Keeper *keeper = g_new0 (Keeper, 1);
    pthread_condattr_t attributes;

    keeper->options = *options;
    keeper->leases = g_ptr_array_new_with_free_func ((GDestroyNotify)lease_free);
    pthread_mutex_init (&keeper->lock, NULL);
    pthread_condattr_init (&attributes);
    pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
    pthread_cond_init (&keeper->changed, &attributes);
    pthread_condattr_destroy (&attributes);
    keeper->next_prune = clock_monotonic (options->clock) + PRUNE_US;
    came_round (keeper, &keeper->beaten);
    came_round (keeper, &keeper->watched);
    if (pthread_create (&keeper->beat, NULL, beat, keeper) != 0 ||
        pthread_create (&keeper->watch, NULL, watch, keeper) != 0)
        g_error ("cannot create a thread");
    return keeper;
}

void
keeper_add (Keeper *keeper, Lease *lease)
{
    pthread_mutex_lock (&keeper->lock);
    g_ptr_array_add (keeper->leases, lease_ref (lease));
    keeper->added++;
    pthread_cond_broadcast (&keeper->changed);
    pthread_mutex_unlock (&keeper->lock);
}

void
keeper_remove (Keeper *keeper, Lease *lease)
{
    pthread_mutex_lock (&keeper->lock);
    g_ptr_array_remove_fast (keeper->leases, lease);
    pthread_mutex_unlock (&keeper->lock);
}

void
keeper_halt (Keeper *keeper)
{
    gint64 grace = limit_seconds (LIMIT_GRACE) * SECOND_US;

    pthread_mutex_lock (&keeper->lock);
    if (keeper->halt_at == NEVER)
        keeper->halt_at = clock_monotonic (keeper->options.clock) + grace;
    pthread_mutex_unlock (&keeper->lock);
}

void
keeper_stop (Keeper *keeper)
{
    if (!keeper)
        return;
    pthread_mutex_lock (&keeper->lock);
    keeper->stopping = TRUE;
    pthread_cond_broadcast (&keeper->changed);
    pthread_mutex_unlock (&keeper->lock);
    pthread_join (keeper->beat, NULL);
    pthread_join (keeper->watch, NULL);
    g_ptr_array_unref (keeper->leases);
    pthread_cond_destroy (&keeper->changed);
    pthread_mutex_destroy (&keeper->lock);
    g_free (keeper);
}

gint64
keeper_last_round (Keeper *keeper)
{
    return MIN (__atomic_load_n (&keeper->beaten, __ATOMIC_RELAXED),
                __atomic_load_n (&keeper->watched, __ATOMIC_RELAXED));
}
