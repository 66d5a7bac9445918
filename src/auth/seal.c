/* The master key itself encrypts nothing: two subkeys are derived from it, one
 * for the cipher and one for the public key id that tells "another key" from
 * "altered". Nonces are random; 24 bytes make a repeat impossible in practice. */
#include "auth/seal.h"

#include "auth/base64url.h"
#include "auth/sodium_start.h"
#include "base/fault.h"

#include <string.h>

#define VERSION        "v1"
#define KEY            crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE          crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG            crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY_ID         8
#define LEAST_PHRASE   20
#define LEAST_DISTINCT 8 /* different bytes in a key or phrase; 32 random bytes have about 30 */

struct Sealer {
    guint8 *key; /* in guarded, locked memory */
    char *id;    /* base64url */
};

/* "aaaa…" and "0000…" are long but not secret. */
static gboolean
is_varied (const void *bytes, gsize n)
{
    gboolean seen[256] = { FALSE };
    guint distinct = 0;

    for (gsize i = 0; i < n; i++) {
        guint8 byte = ((const guint8 *)bytes)[i];

        distinct += !seen[byte];
        seen[byte] = TRUE;
    }
    return distinct >= LEAST_DISTINCT;
}

static gboolean
read_hex (const char *text, guint8 key[static KEY])
{
    gsize n;

    return strlen (text) == 2 * KEY && sodium_hex2bin (key, KEY, text, 2 * KEY, NULL, &n, NULL) == 0 &&
           n == KEY;
}

static gboolean
read_base64 (const char *text, guint8 key[static KEY])
{
    static const int variants[] = { sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                                    sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    gsize n;

    if (!g_str_is_ascii (text)) /* see base64url.c */
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
        if (sodium_base642bin (key, KEY, text, strlen (text), NULL, &n, NULL, variants[i]) == 0 && n == KEY)
            return TRUE;
    return FALSE;
}

/* The salt is fixed because the same phrase must give the same key on every
 * instance; what it costs to try phrases is argon2's work, not the salt. */
static gboolean
stretch (const char *phrase, guint8 key[static KEY])
{
    static const guint8 salt[crypto_pwhash_SALTBYTES] = "daymark master";

    return crypto_pwhash (key, KEY, phrase, strlen (phrase), salt, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static gboolean
read_master (const char *text, guint8 key[static KEY], GError **error)
{
    gboolean raw = read_hex (text, key) || read_base64 (text, key);

    if (!g_utf8_validate (text, -1, NULL))
        return fault_set (error, FAULT_INVALID, "SECRET_KEY is not text: give 64 hex digits");
    if (!raw && g_utf8_strlen (text, -1) < LEAST_PHRASE)
        return fault_set (
            error, FAULT_INVALID,
            "SECRET_KEY is too short: give 64 hex digits or a passphrase of at least %d characters",
            LEAST_PHRASE);
    if (raw ? !is_varied (key, KEY) : !is_varied (text, strlen (text)))
        return fault_set (error, FAULT_INVALID, "SECRET_KEY is too simple: it repeats a few characters");
    if (!raw && !stretch (text, key))
        return fault_set (error, FAULT_BUSY, "there is not enough memory to prepare SECRET_KEY");
    return TRUE;
}

static void
derive (const guint8 master[static KEY], const char *purpose, guint8 *out, gsize n)
{
    crypto_generichash (out, n, (const guint8 *)purpose, strlen (purpose), master, KEY);
}

Sealer *
sealer_new (const char *master, GError **error)
{
    guint8 key[KEY], id[crypto_generichash_BYTES_MIN];
    Sealer *sealer = NULL;

    sodium_start ();
    if (read_master (master, key, error)) {
        sealer = g_new0 (Sealer, 1);
        sealer->key = sodium_malloc (KEY);
        if (!sealer->key)
            g_error ("no locked memory for the master key");
        derive (key, "daymark seal v1", sealer->key, KEY);
        sodium_mprotect_readonly (sealer->key);
        derive (key, "daymark key id v1", id, sizeof id);
        sealer->id = base64url_encode (id, KEY_ID);
    }
    sodium_memzero (key, sizeof key);
    return sealer;
}

void
sealer_free (Sealer *sealer)
{
    if (!sealer)
        return;
    sodium_free (sealer->key); /* wipes it */
    g_free (sealer->id);
    g_free (sealer);
}

/* What is authenticated beside the ciphertext: the header and where the value belongs. */
static char *
binding (const Sealer *sealer, const char *context)
{
    return g_strconcat (VERSION "|", sealer->id, "|", context, NULL);
}

char *
sealer_seal (Sealer *sealer, const char *context, const char *plain)
{
    gsize n = strlen (plain);
    guint8 nonce[NONCE];
    g_autofree guint8 *cipher = g_malloc (n + TAG);
    g_autofree char *bound = binding (sealer, context);
    g_autofree char *nonce_text = NULL, *cipher_text = NULL;

    randombytes_buf (nonce, sizeof nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt (cipher, NULL, (const guint8 *)plain, n, (const guint8 *)bound,
                                                strlen (bound), NULL, nonce, sealer->key);
    nonce_text = base64url_encode (nonce, sizeof nonce);
    cipher_text = base64url_encode (cipher, n + TAG);
    return g_strjoin ("|", VERSION, sealer->id, nonce_text, cipher_text, NULL);
}

static char *
decrypt (const Sealer *sealer, const char *context, const char *nonce_text, const char *cipher_text)
{
    gsize n_nonce = 0, n = 0;
    g_autofree guint8 *nonce = base64url_decode (nonce_text, strlen (nonce_text), &n_nonce);
    g_autofree guint8 *cipher = base64url_decode (cipher_text, strlen (cipher_text), &n);
    g_autofree char *bound = binding (sealer, context);
    char *plain;

    if (!nonce || n_nonce != NONCE || !cipher || n < TAG)
        return NULL;
    plain = g_malloc0 (n - TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt ((guint8 *)plain, NULL, NULL, cipher, n,
                                                    (const guint8 *)bound, strlen (bound), nonce,
                                                    sealer->key) == 0)
        return plain;
    g_free (plain);
    return NULL;
}

char *
sealer_open (Sealer *sealer, const char *context, const char *sealed, GError **error)
{
    g_auto (GStrv) parts = g_strsplit (sealed, "|", 5);
    char *plain = NULL;

    if (g_strv_length (parts) != 4 || strcmp (parts[0], VERSION) != 0)
        fault_set (error, FAULT_DENIED, "a stored secret is not in a form that this version can read");
    else if (strcmp (parts[1], sealer->id) != 0)
        fault_set (error, FAULT_DENIED,
                   "a stored secret was sealed with another SECRET_KEY: start with that key, "
                   "or connect the account again");
    else if (!(plain = decrypt (sealer, context, parts[2], parts[3])))
        fault_set (error, FAULT_DENIED,
                   "a stored secret does not open: it was altered, or it belongs to another record");
    return plain;
}

void
secret_free (char *secret)
{
    if (secret)
        sodium_memzero (secret, strlen (secret));
    g_free (secret);
}
