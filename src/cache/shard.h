/* shard.h -- one part of the cache, under one lock.
 *
 * Entries stand in a list, the most recently used first. A flight is a key that
 * somebody computes; those who wait for it sleep on the flight's condition. */
#pragma once
#include "cache/cache.h"

#include <pthread.h>

typedef struct Entry Entry;

typedef struct {
    pthread_mutex_t lock;
    GHashTable *entries; /* key -> Entry */
    GHashTable *flights; /* key -> Flight */
    Entry *newest, *oldest;
    gsize bytes, max_bytes;
    gint64 ttl; /* microseconds; 0 keeps nothing */
    Clock *clock;
    gpointer (*ref) (gpointer);
    void (*unref) (gpointer);
    CacheStats stats; /* bytes and entries are filled in when asked */
} Shard;

/* lock, entries and flights are made here; the other fields are the caller's. */
void shard_init (Shard *shard);
void shard_clear (Shard *shard);
CacheState shard_peek (Shard *shard, const char *key, gpointer *value);
CacheState shard_claim (Shard *shard, const char *key, int timeout_ms, gpointer *value);
void shard_fill (Shard *shard, const char *key, gpointer value, gsize size, gint64 most);
void shard_abandon (Shard *shard, const char *key);
void shard_add_stats (Shard *shard, CacheStats *sum);
