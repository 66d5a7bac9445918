#include "http/tls.h"

#include "base/date.h"
#include "base/fault.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <string.h>

#define CHAIN_MOST 16

typedef struct {
    gnutls_pcert_st chain[CHAIN_MOST];
    unsigned n;
    gnutls_privkey_t key;
    gint64 end;
} Pair;

struct Tls {
    pthread_mutex_t lock;
    GPtrArray *pairs; /* of Pair; the last is the one in use */
};

/* The callback is given nothing of ours, but runs on the loop's thread. */
static _Thread_local Tls *in_use;

static gnutls_datum_t
datum (const char *text)
{
    return (gnutls_datum_t){ .data = (unsigned char *)text, .size = (unsigned)strlen (text) };
}

static void
pair_free (gpointer user)
{
    Pair *pair = user;

    for (unsigned i = 0; i < pair->n; i++)
        gnutls_pcert_deinit (&pair->chain[i]);
    if (pair->key)
        gnutls_privkey_deinit (pair->key);
    g_free (pair);
}

/* ---- reading ---- */

/* Do the first certificate, the server's own, and the key belong together? */
static int
compare (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    guint8 ids[2][64];
    size_t n[2] = { sizeof ids[0], sizeof ids[1] };
    int code = gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, ids[0], &n[0]);

    if (code == 0)
        code = gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, ids[1], &n[1]);
    if (code == 0 && (n[0] != n[1] || memcmp (ids[0], ids[1], n[0]) != 0))
        code = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
    return code;
}

/* Takes over the key. */
static int
take_key (Pair *pair, gnutls_x509_privkey_t key)
{
    int code = gnutls_privkey_init (&pair->key);

    if (code == 0)
        code = gnutls_privkey_import_x509 (pair->key, key, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
    if (code != 0)
        gnutls_x509_privkey_deinit (key);
    return code;
}

static int
read_key (Pair *pair, gnutls_x509_crt_t certificate, const char *text)
{
    gnutls_datum_t pem = datum (text);
    gnutls_x509_privkey_t key;
    int code = gnutls_x509_privkey_init (&key);

    if (code != 0)
        return code;
    code = gnutls_x509_privkey_import2 (key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (code == 0)
        code = compare (certificate, key);
    if (code == 0)
        return take_key (pair, key);
    gnutls_x509_privkey_deinit (key);
    return code;
}

static int
take_chain (Pair *pair, gnutls_x509_crt_t *chain, unsigned n)
{
    int code = n > CHAIN_MOST ? GNUTLS_E_SHORT_MEMORY_BUFFER
                              : gnutls_pcert_import_x509_list (pair->chain, chain, &n, 0);

    pair->n = code == 0 ? n : 0;
    pair->end = (gint64)gnutls_x509_crt_get_expiration_time (chain[0]) * SECOND_US;
    return code;
}

static int
read_pair (Pair *pair, const char *certificate, const char *key)
{
    gnutls_datum_t pem = datum (certificate);
    gnutls_x509_crt_t *chain;
    unsigned n;
    int code = gnutls_x509_crt_list_import2 (&chain, &n, &pem, GNUTLS_X509_FMT_PEM, 0);

    if (code < 0)
        return code;
    code = take_chain (pair, chain, n);
    if (code == 0)
        code = read_key (pair, chain[0], key);
    for (unsigned i = 0; i < n; i++)
        gnutls_x509_crt_deinit (chain[i]);
    gnutls_free (chain);
    return code;
}

static Pair *
pair_new (const char *certificate, const char *key, GError **error)
{
    Pair *pair = g_new0 (Pair, 1);
    int code = read_pair (pair, certificate, key);

    if (code == 0)
        return pair;
    pair_free (pair);
    fault_set (error, FAULT_INVALID, "TLS certificate and key are not in order: %s", gnutls_strerror (code));
    return NULL;
}

/* ---- keeping ---- */

Tls *
tls_new (const char *certificate, const char *key, GError **error)
{
    Pair *pair = pair_new (certificate, key, error);
    Tls *tls;

    if (!pair)
        return NULL;
    tls = g_new0 (Tls, 1);
    pthread_mutex_init (&tls->lock, NULL);
    tls->pairs = g_ptr_array_new_with_free_func (pair_free);
    g_ptr_array_add (tls->pairs, pair);
    return tls;
}

void
tls_free (Tls *tls)
{
    if (!tls)
        return;
    g_ptr_array_unref (tls->pairs);
    pthread_mutex_destroy (&tls->lock);
    g_free (tls);
}

gboolean
tls_replace (Tls *tls, const char *certificate, const char *key, GError **error)
{
    Pair *pair = pair_new (certificate, key, error);

    if (!pair)
        return FALSE;
    pthread_mutex_lock (&tls->lock);
    g_ptr_array_add (tls->pairs, pair);
    pthread_mutex_unlock (&tls->lock);
    return TRUE;
}

static Pair *
newest (Tls *tls)
{
    Pair *pair;

    pthread_mutex_lock (&tls->lock);
    pair = g_ptr_array_index (tls->pairs, tls->pairs->len - 1);
    pthread_mutex_unlock (&tls->lock);
    return pair;
}

gint64
tls_end (Tls *tls)
{
    return newest (tls)->end;
}

void
tls_use (Tls *tls)
{
    in_use = tls;
}

/* No flags: what is handed over stays ours. */
static int
retrieve (gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **chain,
          unsigned *n, gnutls_ocsp_data_st **stapled, unsigned *n_stapled, gnutls_privkey_t *key,
          unsigned *flags)
{
    Pair *pair = newest (in_use);

    *chain = pair->chain;
    *n = pair->n;
    *key = pair->key;
    *stapled = NULL;
    *n_stapled = 0;
    *flags = 0;
    return 0;
}

gpointer
tls_callback (void)
{
    gnutls_certificate_retrieve_function3 *callback = retrieve;

    return (gpointer)callback;
}
