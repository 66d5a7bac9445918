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
/* Something of his has changed here. */
void versions_bump (Versions *versions, const char *user_id);
/* It has changed elsewhere: the same, and nobody is told. NULL: something of anybody's may have. */
void versions_heard (Versions *versions, const char *user_id);
/* Whom to tell of each versions_bump: written before the version moves (may be NULL), bumped after it, so
 * that other instances hear of it. Before threads start. */
void versions_tell (Versions *versions, void (*written) (const char *user_id, gpointer user),
                    void (*bumped) (const char *user_id, gpointer user), gpointer user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Versions, versions_free)
