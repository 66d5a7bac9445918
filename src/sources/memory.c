#include "sources/memory.h"

#include "base/date.h"
#include "base/fault.h"

#include <pthread.h>

#define HOUR_US (3600 * SECOND_US)

/* All instants are monotonic. */
typedef struct {
    gint64 closed_at, closed_until;
    char *sentence;
    gint64 strikes[SOURCE_MEMORY_STRIKES]; /* a ring; 0: none yet */
    guint n_strikes;
    gint64 kept_until;
    GHashTable *table;
} Entry;

struct SourceMemory {
    Clock *clock;
    pthread_mutex_t lock;
    GHashTable *entries; /* key -> Entry; under lock */
};

static void
entry_free (gpointer data)
{
    Entry *entry = data;

    g_free (entry->sentence);
    g_clear_pointer (&entry->table, g_hash_table_unref);
    g_free (entry);
}

SourceMemory *
source_memory_new (Clock *clock)
{
    SourceMemory *memory = g_new0 (SourceMemory, 1);

    memory->clock = clock;
    pthread_mutex_init (&memory->lock, NULL);
    memory->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
    return memory;
}

void
source_memory_free (SourceMemory *memory)
{
    if (!memory)
        return;
    g_hash_table_unref (memory->entries);
    pthread_mutex_destroy (&memory->lock);
    g_free (memory);
}

/* ---- entries; under the lock ---- */

static gboolean
is_over (gpointer key, gpointer value, gpointer user)
{
    const Entry *entry = value;
    gint64 now = *(gint64 *)user;

    for (guint i = 0; i < SOURCE_MEMORY_STRIKES; i++)
        if (entry->strikes[i] && entry->strikes[i] + HOUR_US > now)
            return FALSE;
    return entry->closed_until <= now && entry->kept_until <= now;
}

/* What is over makes room; if nothing is, what comes now is not remembered. */
static Entry *
make (SourceMemory *memory, const char *key)
{
    Entry *entry = g_hash_table_lookup (memory->entries, key);
    gint64 now = clock_monotonic (memory->clock);

    if (entry)
        return entry;
    if (g_hash_table_size (memory->entries) >= SOURCE_MEMORY_MOST)
        g_hash_table_foreach_remove (memory->entries, is_over, &now);
    if (g_hash_table_size (memory->entries) >= SOURCE_MEMORY_MOST)
        return NULL;
    entry = g_new0 (Entry, 1);
    g_hash_table_insert (memory->entries, g_strdup (key), entry);
    return entry;
}

static void
close_until (Entry *entry, gint64 now, gint64 until, const char *sentence)
{
    entry->closed_at = now;
    if (until <= entry->closed_until)
        return;
    entry->closed_until = until;
    g_free (entry->sentence);
    entry->sentence = g_strdup (sentence);
}

static void
strike (Entry *entry, gint64 now, guint most, const char *sentence)
{
    gint64 first;

    entry->strikes[entry->n_strikes++ % SOURCE_MEMORY_STRIKES] = now;
    if (entry->n_strikes < most)
        return;
    first = entry->strikes[(entry->n_strikes - most) % SOURCE_MEMORY_STRIKES];
    if (first + HOUR_US > now)
        close_until (entry, now, first + HOUR_US, sentence);
}

/* ---- from any thread ---- */

void
source_memory_close (SourceMemory *memory, const char *key, int seconds, const char *sentence)
{
    gint64 now;
    Entry *entry;

    if (!memory)
        return;
    now = clock_monotonic (memory->clock);
    pthread_mutex_lock (&memory->lock);
    entry = make (memory, key);
    if (entry)
        close_until (entry, now, now + seconds * SECOND_US, sentence);
    pthread_mutex_unlock (&memory->lock);
}

gboolean
source_memory_is_open (SourceMemory *memory, const char *key, gint64 since, GError **error)
{
    const Entry *entry;
    gint64 left = 0;

    if (!memory)
        return TRUE;
    pthread_mutex_lock (&memory->lock);
    entry = g_hash_table_lookup (memory->entries, key);
    if (entry && entry->closed_at >= since)
        left = entry->closed_until - clock_monotonic (memory->clock);
    if (left > 0)
        fault_set_retry (error, FAULT_BUSY, (int)((left + SECOND_US - 1) / SECOND_US), "%s", entry->sentence);
    pthread_mutex_unlock (&memory->lock);
    return left <= 0;
}

void
source_memory_strike (SourceMemory *memory, const char *key, guint most, const char *sentence)
{
    Entry *entry;

    if (!memory)
        return;
    pthread_mutex_lock (&memory->lock);
    entry = make (memory, key);
    if (entry)
        strike (entry, clock_monotonic (memory->clock), most, sentence);
    pthread_mutex_unlock (&memory->lock);
}

void
source_memory_keep (SourceMemory *memory, const char *key, GHashTable *table, int seconds)
{
    Entry *entry;

    if (!memory)
        return;
    pthread_mutex_lock (&memory->lock);
    entry = make (memory, key);
    if (entry) {
        g_clear_pointer (&entry->table, g_hash_table_unref);
        entry->table = g_hash_table_ref (table);
        entry->kept_until = clock_monotonic (memory->clock) + seconds * SECOND_US;
    }
    pthread_mutex_unlock (&memory->lock);
}

GHashTable *
source_memory_recall (SourceMemory *memory, const char *key)
{
    const Entry *entry;
    GHashTable *table = NULL;

    if (!memory)
        return NULL;
    pthread_mutex_lock (&memory->lock);
    entry = g_hash_table_lookup (memory->entries, key);
    if (entry && entry->table && entry->kept_until > clock_monotonic (memory->clock))
        table = g_hash_table_ref (entry->table);
    pthread_mutex_unlock (&memory->lock);
    return table;
}
