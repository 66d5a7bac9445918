/* key_set.h -- private to auth/: public keys of an identity provider, each bound
 * to one algorithm.
 *
 * A set is immutable and reference-counted; threads share it. */
#pragma once
#include <glib.h>

#define KEY_SET_MOST_BYTES (256 * 1024)
#define KEY_SET_MOST_KEYS  32

typedef struct KeySet KeySet;
typedef struct Key Key;

/* Of a JWK set's text. Taken are RSA keys of 2048 to 8192 bits as RS256 and P-256 keys as ES256; whatever
 * else is in it is passed over: other kinds (above all `oct`, which would be a shared
 * secret), keys that are not for verifying signatures, that name another algorithm, or whose
 * kid is not in our form. FAULT_REMOTE if it is no JWK set or is over the limits. */
KeySet *key_set_read (const char *text, GError **error);
KeySet *key_set_ref (KeySet *set);
void key_set_unref (KeySet *set);

/* At most 64 of A-Z a-z 0-9 . _ - */
gboolean kid_is_valid (const char *kid);
/* The key with exactly that kid; kid NULL: the only key of that algorithm. NULL if there is
 * none; *known says whether the set has the kid, if only for another algorithm. */
const Key *key_set_find (const KeySet *set, const char *kid, const char *alg, gboolean *known);
/* Is the token's signature by this key, with this key's algorithm? */
gboolean key_verify (const Key *key, const char *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeySet, key_set_unref)
