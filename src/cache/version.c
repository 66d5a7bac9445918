#include "cache/version.h"

#include <pthread.h>

struct Versions {
    pthread_rwlock_t lock;
    GHashTable *moved; /* user id -> guint64*, only of users whose data has changed */
    guint64 start;
    void (*written) (const char *user_id, gpointer user); /* may be NULL, as the next */
    void (*bumped) (const char *user_id, gpointer user);
    gpointer user;
};

Versions *
versions_new (Random *random)
{
    Versions *versions = g_new0 (Versions, 1);

    pthread_rwlock_init (&versions->lock, NULL);
    versions->moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    random_fill (random, &versions->start, sizeof versions->start);
    return versions;
}

void
versions_free (Versions *versions)
{
    if (!versions)
        return;
    pthread_rwlock_destroy (&versions->lock);
    g_hash_table_unref (versions->moved);
    g_free (versions);
}

guint64
versions_get (Versions *versions, const char *user_id)
{
    const guint64 *version;
    guint64 result;

    pthread_rwlock_rdlock (&versions->lock);
    version = g_hash_table_lookup (versions->moved, user_id);
    result = version ? *version : versions->start;
    pthread_rwlock_unlock (&versions->lock);
    return result;
}

void
versions_tell (Versions *versions, void (*written) (const char *user_id, gpointer user),
               void (*bumped) (const char *user_id, gpointer user), gpointer user)
{
    versions->written = written;
    versions->bumped = bumped;
    versions->user = user;
}

/* Under the lock. */
static void
move (Versions *versions, const char *user_id)
{
    guint64 *version = g_hash_table_lookup (versions->moved, user_id);

    if (!version) {
        version = g_new (guint64, 1);
        *version = versions->start;
        g_hash_table_insert (versions->moved, g_strdup (user_id), version);
    }
    (*version)++;
}

/* Each count only goes up, so no user's old version comes back. */
static void
move_all (Versions *versions)
{
    GHashTableIter iter;
    gpointer version;

    versions->start++;
    g_hash_table_iter_init (&iter, versions->moved);
    while (g_hash_table_iter_next (&iter, NULL, &version))
        (*(guint64 *)version)++;
}

void
versions_heard (Versions *versions, const char *user_id)
{
    pthread_rwlock_wrlock (&versions->lock);
    if (user_id)
        move (versions, user_id);
    else
        move_all (versions);
    pthread_rwlock_unlock (&versions->lock);
}

void
versions_bump (Versions *versions, const char *user_id)
{
    if (versions->written)
        versions->written (user_id, versions->user);
    versions_heard (versions, user_id);
    if (versions->bumped)
        versions->bumped (user_id, versions->user);
}
