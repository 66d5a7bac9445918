/* cache.h -- bounded, sharded memory of ready answers, one computation a key.
 *
 * Values are opaque and counted by their own ref and unref. The sum of the
 * sizes given, keys and bookkeeping included, never exceeds the bound; the
 * least recently used go first. Any thread may call; no call computes or does
 * I/O, and only cache_claim may wait.
 *
 *   switch (cache_claim (cache, key, &value))
 *     CACHE_HIT    value is ours to unref
 *     CACHE_MINE   compute it, then cache_fill or cache_abandon, always one of them
 */
#pragma once
#include "base/clock.h"

#include <glib.h>

typedef struct Cache Cache;
typedef enum { CACHE_MISS, CACHE_HIT, CACHE_MINE } CacheState;

typedef struct {
    guint64 hits, misses, evictions, bytes, entries, waits;
} CacheStats;

/* ttl_seconds 0: nothing is ever kept (but one computation a key still holds). */
Cache *cache_new (gsize max_bytes, guint ttl_seconds, Clock *clock, gpointer (*ref) (gpointer),
                  void (*unref) (gpointer));
void cache_free (Cache *cache);

/* CACHE_HIT or CACHE_MISS, never waits: for an event loop. */
CacheState cache_peek (Cache *cache, const char *key, gpointer *value);
/* CACHE_HIT or CACHE_MINE; while another thread computes this key, waits for
 * it (at most timeout_ms, then CACHE_MINE: better twice than never). With a timeout below 0 it does
 * not wait: CACHE_MISS means that another thread computes it. */
CacheState cache_claim (Cache *cache, const char *key, int timeout_ms, gpointer *value);
/* Keep a reference to value under the key and wake those who wait. They get it
 * even if it is too large to be kept. */
void cache_fill (Cache *cache, const char *key, gpointer value, gsize size);
/* The same for a value that is some time old already: kept for at most that many microseconds. */
void cache_fill_for (Cache *cache, const char *key, gpointer value, gsize size, gint64 most);
/* The computation failed: those who wait compute for themselves, one at a time. */
void cache_abandon (Cache *cache, const char *key);
void cache_stats (Cache *cache, CacheStats *stats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cache, cache_free)
