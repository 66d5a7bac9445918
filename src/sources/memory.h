/* memory.h -- what a process remembers of the platforms between one sync and the next.
 *
 * A limit belongs to an account or to an app, not to the connection that ran into it: whoever
 * is read next must know. And some answers, such as what a property calls its fields, stay true
 * for hours. No right answer needs any of it: after a restart it is learnt again.
 *
 * One for all runners of a process; any thread may call. A key is a text of the driver's
 * ("ga4|property|123"); there are at most SOURCE_MEMORY_MOST. Where a memory is given it may be
 * NULL: that one remembers nothing. */
#pragma once
#include "base/clock.h"

#define SOURCE_MEMORY_MOST 2000

typedef struct SourceMemory SourceMemory;

SourceMemory *source_memory_new (Clock *clock);
void source_memory_free (SourceMemory *memory);

/* Nothing is to be asked of this for so many seconds; the latest end of several counts. */
void source_memory_close (SourceMemory *memory, const char *key, int seconds, const char *sentence);
/* FAULT_BUSY with that sentence and the seconds that are left, while it is closed. What was closed
 * before `since` (monotonic; 0: whenever that was) does not count. */
gboolean source_memory_is_open (SourceMemory *memory, const char *key, gint64 since, GError **error);
/* It failed once more. The failure that makes it `most` within an hour closes it, until the
 * first of them is an hour ago; most is at most SOURCE_MEMORY_STRIKES. */
#define SOURCE_MEMORY_STRIKES 10
void source_memory_strike (SourceMemory *memory, const char *key, guint most, const char *sentence);

/* Remember a table for so many seconds; from now on nobody may change it. */
void source_memory_keep (SourceMemory *memory, const char *key, GHashTable *table, int seconds);
/* A reference of the caller's own, or NULL. */
GHashTable *source_memory_recall (SourceMemory *memory, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SourceMemory, source_memory_free)
