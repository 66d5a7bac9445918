/* seal.h -- secrets at rest: XChaCha20-Poly1305 under the master key.
 *
 * A sealed text is "v1|<key id>|<nonce>|<ciphertext>" in base64url. The
 * context (table|row id|column) is authenticated with it, so a sealed value
 * moved to another row does not open. Keys are wiped when freed. */
#pragma once
#include <glib.h>

typedef struct Sealer Sealer;

/* master: 32 bytes as 64 hex digits or base64, or a passphrase of at least 20 characters
 * (stretched by argon2id with a fixed salt). FAULT_INVALID if it is weaker. */
Sealer *sealer_new (const char *master, GError **error);
void sealer_free (Sealer *sealer);
char *sealer_seal (Sealer *sealer, const char *context, const char *plain);
/* FAULT_DENIED if it was altered, moved, or sealed with another key; the sentence says
 * which of these can be told. The caller frees it with secret_free. */
char *sealer_open (Sealer *sealer, const char *context, const char *sealed, GError **error);
void secret_free (char *secret); /* wipes, then frees; NULL is fine */
/* The master key in that file, created (0600, random, 64 hex digits) if it is not there. */
char *sealer_key_file (const char *path, GError **error);

/* Changing that key in two steps, so that a crash at any moment leaves both where they are
 * needed: the next key waits in "<path>.next", on the disk, until what it seals is committed. */
gboolean sealer_key_next_exists (const char *path);
/* Put key, or a random one if it is NULL, there; what it is, as sealer_key_file gives it.
 * FAULT_CONFLICT if one is waiting already. */
char *sealer_key_next_write (const char *path, const char *key, GError **error);
/* The one that is there. */
char *sealer_key_next_read (const char *path, GError **error);
/* It takes the place of the key in path, whose old content is gone. */
gboolean sealer_key_next_adopt (const char *path, GError **error);
/* It was never used. */
gboolean sealer_key_next_drop (const char *path, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sealer, sealer_free)
