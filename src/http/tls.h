/* tls.h -- the certificate and key of a server, which can be replaced while it runs.
 *
 * Loops ask for the pair at each handshake, by the library; whoever has begun with one goes on
 * with it. So a pair that was replaced is kept until the end: a few kilobytes every other month. */
#pragma once
#include <glib.h>

typedef struct Tls Tls;

/* PEM texts; FAULT_INVALID if they cannot be read or do not belong together. */
Tls *tls_new (const char *certificate, const char *key, GError **error);
void tls_free (Tls *tls);
/* Any thread; on error the old pair stays. */
gboolean tls_replace (Tls *tls, const char *certificate, const char *key, GError **error);
/* When the certificate of new connections ends, in microseconds. */
gint64 tls_end (Tls *tls);
/* On a loop's thread, before its first turn: the pair of its server. */
void tls_use (Tls *tls);
/* For libmicrohttpd: a gnutls_certificate_retrieve_function3. */
gpointer tls_callback (void);
