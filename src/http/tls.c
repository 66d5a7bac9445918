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

/* Whether they belong together, said by the library itself. */
static int
check (const gnutls_datum_t *certificate, const gnutls_datum_t *key)
{
    gnutls_certificate_credentials_t credentials;
    int code = gnutls_certificate_allocate_credentials (&credentials);

    if (code != 0)
        return code;
    code = gnutls_certificate_set_x509_key_mem (credentials, certificate, key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials (credentials);
    return code < 0 ? code : 0;
}

/* The first certificate of the chain is the server's. */
static int
read_end (const gnutls_datum_t *certificate, gint64 *end)
{
    gnutls_x509_crt_t first;
    int code = gnutls_x509_crt_init (&first);

    if (code != 0)
        return code;
    code = gnutls_x509_crt_import (first, certificate, GNUTLS_X509_FMT_PEM);
    *end = (gint64)gnutls_x509_crt_get_expiration_time (first) * SECOND_US;
    gnutls_x509_crt_deinit (first);
    return code;
}

static int
read_chain (Pair *pair, const gnutls_datum_t *certificate)
{
    unsigned n = CHAIN_MOST;
    int code = gnutls_pcert_list_import_x509_raw (pair->chain, &n, certificate, GNUTLS_X509_FMT_PEM, 0);

    pair->n = code == 0 ? n : 0;
    return code;
}

static int
read_key (Pair *pair, const gnutls_datum_t *key)
{
    int code = gnutls_privkey_init (&pair->key);

    return code ? code : gnutls_privkey_import_x509_raw (pair->key, key, GNUTLS_X509_FMT_PEM, NULL, 0);
}

static Pair *
pair_new (const char *certificate_text, const char *key_text, GError **error)
{
    gnutls_datum_t certificate = datum (certificate_text), key = datum (key_text);
    Pair *pair = g_new0 (Pair, 1);
    int code = check (&certificate, &key);

    if (code == 0)
        code = read_chain (pair, &certificate);
    if (code == 0)
        code = read_end (&certificate, &pair->end);
    if (code == 0)
        code = read_key (pair, &key);
    if (code == 0)
        return pair;
    pair_free (pair);
    fault_set (error, FAULT_INVALID, "TLS certificate and key are not in order: %s", gnutls_strerror (code));
    return NULL;
}

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
