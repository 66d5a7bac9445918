/* key_ring.h -- private to auth/: the key set in use, and when it is fetched anew.
 *
 * One thread fetches, outside the lock; the others go on with the last good
 * set, and wait only while there has never been one. A set is good for an
 * hour; a failed refresh keeps the last one. Thread-safe. */
#pragma once
#include "auth/key_set.h"
#include "base/clock.h"

typedef struct KeyRing KeyRing;

KeyRing *key_ring_new (Clock *clock, char *(*fetch) (gpointer user, GError **error), gpointer user);
void key_ring_free (KeyRing *ring);
/* The set to use now; unref it. FAULT_LOST if there has never been one. */
KeySet *key_ring_get (KeyRing *ring, GError **error);
/* A set newer than the one that lacks a key: fetched at most once in five minutes, because
 * anybody can make up key ids. FAULT_DENIED if there is nothing newer to be had,
 * FAULT_LOST if that cannot be told now. */
KeySet *key_ring_get_newer (KeyRing *ring, const KeySet *old, GError **error);
