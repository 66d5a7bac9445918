#include "cache/shard.h"

#include <string.h>
#include <time.h>

struct Entry {
    Entry *newer, *older;
    gpointer value;
    gsize cost;
    gint64 expires;
    char key[];
};

/* One key that is being computed. It leaves the table when its value is there
 * or nobody is left who could compute it; the last to let go frees it. */
typedef struct {
    pthread_cond_t changed;
    gpointer value;  /* set once: for all who wait */
    guint computing; /* more than one after a time-out */
    guint waiting;
    gboolean vacant; /* abandoned: the next to wake takes over */
    gboolean in_table;
    char key[];
} Flight;

/* What an entry costs beside its value and key: itself, two hash table slots
 * (GHashTable is at most half empty) and the heads of two allocations. */
#define ENTRY_COST (sizeof (Entry) + 2 * (2 * sizeof (gpointer) + sizeof (guint)) + 4 * sizeof (gpointer))

void
shard_init (Shard *shard)
{
    pthread_mutex_init (&shard->lock, NULL);
    shard->entries = g_hash_table_new (g_str_hash, g_str_equal);
    shard->flights = g_hash_table_new (g_str_hash, g_str_equal);
}

/* ---- entries; all under the lock ---- */

static void
unlink_entry (Shard *shard, Entry *entry)
{
    *(entry->newer ? &entry->newer->older : &shard->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &shard->oldest) = entry->newer;
    entry->newer = entry->older = NULL;
}

static void
put_first (Shard *shard, Entry *entry)
{
    entry->newer = NULL;
    entry->older = shard->newest;
    *(entry->older ? &entry->older->newer : &shard->oldest) = entry;
    shard->newest = entry;
}

/* Out of the shard, into a chain that is freed without the lock: the last
 * reference to a value may do a lot of work. */
static void
drop (Shard *shard, Entry *entry, Entry **chain)
{
    unlink_entry (shard, entry);
    g_hash_table_remove (shard->entries, entry->key);
    shard->bytes -= entry->cost;
    entry->older = *chain;
    *chain = entry;
}

static void
free_chain (Shard *shard, Entry *chain)
{
    while (chain) {
        Entry *entry = chain;

        chain = entry->older;
        shard->unref (entry->value);
        g_free (entry);
    }
}

static gboolean
find (Shard *shard, const char *key, gpointer *value, Entry **expired)
{
    Entry *entry = g_hash_table_lookup (shard->entries, key);

    if (entry && entry->expires <= clock_monotonic (shard->clock)) {
        drop (shard, entry, expired);
        entry = NULL;
    }
    if (!entry)
        return FALSE;
    unlink_entry (shard, entry);
    put_first (shard, entry);
    *value = shard->ref (entry->value);
    shard->stats.hits++;
    return TRUE;
}

static void
keep (Shard *shard, const char *key, gpointer value, gsize cost, gint64 most, Entry **dropped)
{
    gsize n = strlen (key) + 1;
    Entry *entry = g_malloc (sizeof *entry + n);

    while (shard->bytes > shard->max_bytes - cost) {
        drop (shard, shard->oldest, dropped);
        shard->stats.evictions++;
    }
    *entry = (Entry){ .value = shard->ref (value),
                      .cost = cost,
                      .expires = clock_monotonic (shard->clock) + MIN (shard->ttl, most) };
    memcpy (entry->key, key, n);
    g_hash_table_insert (shard->entries, entry->key, entry);
    put_first (shard, entry);
    shard->bytes += cost;
}

/* ---- flights; all under the lock ---- */

static Flight *
take_off (Shard *shard, const char *key)
{
    gsize n = strlen (key) + 1;
    Flight *flight = g_malloc0 (sizeof *flight + n);
    pthread_condattr_t monotonic;

    pthread_condattr_init (&monotonic);
    pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init (&flight->changed, &monotonic);
    pthread_condattr_destroy (&monotonic);
    memcpy (flight->key, key, n);
    flight->computing = 1;
    flight->in_table = g_hash_table_insert (shard->flights, flight->key, flight);
    return flight;
}

/* Out of the table: who comes now starts anew. */
static void
land (Shard *shard, Flight *flight)
{
    if (flight->in_table)
        g_hash_table_remove (shard->flights, flight->key);
    flight->in_table = FALSE;
}

/* Returns the value to be freed outside the lock, if this was the last one. */
static gpointer
let_go (Flight *flight)
{
    gpointer value = flight->value;

    if (flight->in_table || flight->waiting > 0)
        return NULL;
    pthread_cond_destroy (&flight->changed);
    g_free (flight);
    return value;
}

static struct timespec
after (int ms)
{
    struct timespec time;

    clock_gettime (CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += (long)(ms % 1000) * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

/* Sleep until there is a value (CACHE_HIT), or the computation is ours. */
static CacheState
wait_for (Shard *shard, Flight *flight, int timeout_ms, gpointer *value, gpointer *last)
{
    struct timespec deadline = after (MAX (timeout_ms, 0));
    int code = 0;

    shard->stats.waits++;
    flight->waiting++;
    while (!flight->value && !flight->vacant && code == 0)
        code = pthread_cond_timedwait (&flight->changed, &shard->lock, &deadline);
    flight->waiting--;
    if (!flight->value) {
        flight->vacant = FALSE;
        flight->computing++;
        return CACHE_MINE;
    }
    *value = shard->ref (flight->value);
    shard->stats.hits++;
    *last = let_go (flight);
    return CACHE_HIT;
}

/* ---- the calls ---- */

CacheState
shard_peek (Shard *shard, const char *key, gpointer *value)
{
    Entry *expired = NULL;
    gboolean found;

    pthread_mutex_lock (&shard->lock);
    found = find (shard, key, value, &expired);
    pthread_mutex_unlock (&shard->lock);
    free_chain (shard, expired);
    return found ? CACHE_HIT : CACHE_MISS;
}

CacheState
shard_claim (Shard *shard, const char *key, int timeout_ms, gpointer *value)
{
    Entry *expired = NULL;
    gpointer last = NULL;
    CacheState state = CACHE_MINE;
    Flight *flight;

    pthread_mutex_lock (&shard->lock);
    if (find (shard, key, value, &expired))
        state = CACHE_HIT;
    else if ((flight = g_hash_table_lookup (shard->flights, key)))
        state = timeout_ms < 0 ? CACHE_MISS : wait_for (shard, flight, timeout_ms, value, &last);
    else
        take_off (shard, key);
    shard->stats.misses += state == CACHE_MINE;
    pthread_mutex_unlock (&shard->lock);
    free_chain (shard, expired);
    if (last)
        shard->unref (last);
    return state;
}

void
shard_fill (Shard *shard, const char *key, gpointer value, gsize size, gint64 most)
{
    gsize cost = size + strlen (key) + 1 + ENTRY_COST;
    Entry *dropped = NULL, *old;
    Flight *flight;

    pthread_mutex_lock (&shard->lock);
    if ((old = g_hash_table_lookup (shard->entries, key)))
        drop (shard, old, &dropped);
    if (shard->ttl > 0 && cost >= size && cost <= shard->max_bytes)
        keep (shard, key, value, cost, most, &dropped);
    if ((flight = g_hash_table_lookup (shard->flights, key))) {
        land (shard, flight);
        if (flight->waiting > 0) {
            flight->value = shard->ref (value);
            pthread_cond_broadcast (&flight->changed);
        }
        let_go (flight);
    }
    pthread_mutex_unlock (&shard->lock);
    free_chain (shard, dropped);
}

/* After a time-out several compute; only the last to give up hands over. */
void
shard_abandon (Shard *shard, const char *key)
{
    Flight *flight;

    pthread_mutex_lock (&shard->lock);
    flight = g_hash_table_lookup (shard->flights, key);
    if (flight && flight->computing > 0 && --flight->computing == 0) {
        if (flight->waiting > 0) {
            flight->vacant = TRUE;
            pthread_cond_signal (&flight->changed);
        } else {
            land (shard, flight);
            let_go (flight);
        }
    }
    pthread_mutex_unlock (&shard->lock);
}

void
shard_add_stats (Shard *shard, CacheStats *sum)
{
    pthread_mutex_lock (&shard->lock);
    sum->hits += shard->stats.hits;
    sum->misses += shard->stats.misses;
    sum->evictions += shard->stats.evictions;
    sum->waits += shard->stats.waits;
    sum->bytes += shard->bytes;
    sum->entries += g_hash_table_size (shard->entries);
    pthread_mutex_unlock (&shard->lock);
}

void
shard_clear (Shard *shard)
{
    Entry *chain = NULL;

    g_assert (g_hash_table_size (shard->flights) == 0);
    while (shard->oldest)
        drop (shard, shard->oldest, &chain);
    free_chain (shard, chain);
    g_hash_table_unref (shard->entries);
    g_hash_table_unref (shard->flights);
    pthread_mutex_destroy (&shard->lock);
}
