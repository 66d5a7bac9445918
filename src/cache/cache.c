#include "cache/cache.h"

#include "cache/shard.h"

#define MAX_SHARDS  16
#define SHARD_BYTES (256 * 1024) /* a smaller shard would refuse ordinary answers */

struct Cache {
    guint n_shards;
    Shard shards[MAX_SHARDS];
};

Cache *
cache_new (gsize max_bytes, guint ttl_seconds, Clock *clock, gpointer (*ref) (gpointer),
           void (*unref) (gpointer))
{
    Cache *cache = g_new0 (Cache, 1);

    cache->n_shards = (guint)CLAMP (max_bytes / SHARD_BYTES, 1, MAX_SHARDS);
    for (guint i = 0; i < cache->n_shards; i++) {
        Shard *shard = &cache->shards[i];

        shard->max_bytes = max_bytes / cache->n_shards;
        shard->ttl = (gint64)ttl_seconds * G_USEC_PER_SEC;
        shard->clock = clock;
        shard->ref = ref;
        shard->unref = unref;
        shard_init (shard);
    }
    return cache;
}

void
cache_free (Cache *cache)
{
    if (!cache)
        return;
    for (guint i = 0; i < cache->n_shards; i++)
        shard_clear (&cache->shards[i]);
    g_free (cache);
}

/* The hash tables use the low bits of the same hash, so mix before choosing. */
static Shard *
shard_of (Cache *cache, const char *key)
{
    guint32 mixed = g_str_hash (key) * 2654435769u;

    return &cache->shards[(mixed >> 16) % cache->n_shards];
}

CacheState
cache_peek (Cache *cache, const char *key, gpointer *value)
{
    return shard_peek (shard_of (cache, key), key, value);
}

CacheState
cache_claim (Cache *cache, const char *key, int timeout_ms, gpointer *value)
{
    return shard_claim (shard_of (cache, key), key, timeout_ms, value);
}

void
cache_fill (Cache *cache, const char *key, gpointer value, gsize size)
{
    cache_fill_for (cache, key, value, size, G_MAXINT64);
}

void
cache_fill_for (Cache *cache, const char *key, gpointer value, gsize size, gint64 most)
{
    shard_fill (shard_of (cache, key), key, value, size, most);
}

void
cache_abandon (Cache *cache, const char *key)
{
    shard_abandon (shard_of (cache, key), key);
}

void
cache_stats (Cache *cache, CacheStats *stats)
{
    *stats = (CacheStats){ 0 };
    for (guint i = 0; i < cache->n_shards; i++)
        shard_add_stats (&cache->shards[i], stats);
}
