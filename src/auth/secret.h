/* secret.h -- random tokens, their stored form, and comparison without a timing leak. */
#pragma once
#include "base/random.h"

#include <glib.h>

#define SECRET_HASH_TEXT 65 /* buffer for the hash in hex */

/* "dm_" and 256 bits in base64url; the caller frees it. */
char *secret_new (Random *random, const char *prefix);
/* What is stored of it, and the key under which it is remembered: BLAKE2b-256 in hex. */
const char *secret_hash (const char *secret, gsize n, char text[static SECRET_HASH_TEXT]);
/* Equal? Hashes both sides first, so that neither length nor prefix shows in the time. */
gboolean secret_equal (const char *a, const char *b);
/* Call once before threads start: libsodium, no core dumps of this process. */
void secret_setup (void);
