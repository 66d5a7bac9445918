/* version.h -- the version of each user's data, part of every cache key.
 *
 * It moves when a sync has written or a connection has changed, and old
 * answers are then never asked for again. Counts start at a random number, so
 * that a restart does not bring old versions back. Any thread may call. */
#pragma once
#include "base/random.h"

typedef struct Versions Versions;

Versions *versions_new (Random *random);
void versions_free (Versions *versions);
guint64 versions_get (Versions *versions, const char *user_id);
void versions_bump (Versions *versions, const char *user_id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Versions, versions_free)
