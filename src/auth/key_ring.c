#include "auth/key_ring.h"

#include "base/date.h"
#include "base/fault.h"

#include <pthread.h>

#define KEEP        (3600 * SECOND_US) /* a set is asked for again after an hour */
#define PAUSE       (300 * SECOND_US)  /* between two attempts, when there is a set */
#define FIRST_PAUSE (10 * SECOND_US)   /* between two attempts, when there has never been one */

struct KeyRing {
    Clock *clock;
    char *(*fetch) (gpointer user, GError **error);
    gpointer user;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t fetched;
    KeySet *set;             /* the last good one */
    gint64 set_at, tried_at; /* when an answer came, monotonic */
    gboolean fetching;
    gboolean failed; /* the last attempt */
};

KeyRing *
key_ring_new (Clock *clock, char *(*fetch) (gpointer user, GError **error), gpointer user)
{
    KeyRing *ring = g_new0 (KeyRing, 1);

    ring->clock = clock;
    ring->fetch = fetch;
    ring->user = user;
    ring->tried_at = clock_monotonic (clock) - PAUSE;
    pthread_mutex_init (&ring->lock, NULL);
    pthread_cond_init (&ring->fetched, NULL);
    return ring;
}

void
key_ring_free (KeyRing *ring)
{
    if (!ring)
        return;
    key_set_unref (ring->set);
    pthread_cond_destroy (&ring->fetched);
    pthread_mutex_destroy (&ring->lock);
    g_free (ring);
}

static gboolean
has_passed (KeyRing *ring, gint64 since, gint64 time)
{
    return clock_monotonic (ring->clock) - since >= time;
}

/* The caller holds the lock; it is free while the callback runs. */
static gboolean
fetch (KeyRing *ring, GError **error)
{
    g_autofree char *text = NULL;
    KeySet *set;

    ring->fetching = TRUE;
    pthread_mutex_unlock (&ring->lock);
    text = ring->fetch (ring->user, error);
    set = text ? key_set_read (text, error) : NULL;
    pthread_mutex_lock (&ring->lock);
    ring->fetching = FALSE;
    ring->tried_at = clock_monotonic (ring->clock);
    ring->failed = !set;
    if (set) {
        key_set_unref (ring->set);
        ring->set = set;
        ring->set_at = ring->tried_at;
    }
    pthread_cond_broadcast (&ring->fetched);
    return set != NULL;
}

/* fetch, with any failure told as FAULT_LOST: why the provider could not be read is its own sentence. */
static gboolean
fetch_or_lose (KeyRing *ring, GError **error)
{
    g_autoptr (GError) local = NULL;

    if (fetch (ring, &local))
        return TRUE;
    return fault_set (error, FAULT_LOST, "the keys of the identity provider could not be read: %s",
                      local ? local->message : "no reason given");
}

static gboolean
is_due (KeyRing *ring)
{
    return !ring->fetching && has_passed (ring, ring->set_at, KEEP) &&
           has_passed (ring, ring->tried_at, PAUSE);
}

KeySet *
key_ring_get (KeyRing *ring, GError **error)
{
    KeySet *set = NULL;

    pthread_mutex_lock (&ring->lock);
    while (!ring->set && ring->fetching)
        pthread_cond_wait (&ring->fetched, &ring->lock);
    if (ring->set && is_due (ring))
        fetch (ring, NULL);
    else if (!ring->set && has_passed (ring, ring->tried_at, FIRST_PAUSE))
        fetch_or_lose (ring, error);
    else if (!ring->set)
        fault_set_retry (error, FAULT_LOST, (int)(FIRST_PAUSE / SECOND_US),
                         "the keys of the identity provider could not be read a moment ago");
    if (ring->set)
        set = key_set_ref (ring->set);
    pthread_mutex_unlock (&ring->lock);
    return set;
}

/* Is there hope for a newer set? Called with the lock. */
static gboolean
renew (KeyRing *ring, const KeySet *old, GError **error)
{
    if (ring->set != old)
        return TRUE;
    if (ring->fetching)
        return fault_set_retry (error, FAULT_LOST, 1,
                                "the keys of the identity provider are being read again");
    if (has_passed (ring, ring->tried_at, PAUSE))
        return fetch_or_lose (ring, error);
    if (ring->failed)
        return fault_set_retry (
            error, FAULT_LOST, (int)(PAUSE / SECOND_US),
            "the token's key is new, and the keys of the identity provider could not be read");
    return fault_set (error, FAULT_DENIED, "the token's key is not one of the identity provider's");
}

KeySet *
key_ring_get_newer (KeyRing *ring, const KeySet *old, GError **error)
{
    KeySet *set = NULL;

    pthread_mutex_lock (&ring->lock);
    if (renew (ring, old, error))
        set = key_set_ref (ring->set);
    pthread_mutex_unlock (&ring->lock);
    return set;
}
