/* certificate.h -- the files of TLS_CERT and TLS_KEY, and what becomes of them while the server runs. */
#pragma once
#include "base/config.h"
#include "http/http.h"

/* Both texts; NULL and TRUE if none are configured. The caller frees the certificate, and wipes the key with
 * secret_free. */
gboolean certificate_read (const Config *config, char **certificate, char **key, GError **error);

typedef struct CertificateWatch CertificateWatch;

/* Both are borrowed. */
CertificateWatch *certificate_watch_new (const Config *config, HttpServer *server);
void certificate_watch_free (CertificateWatch *watch);
/* Every few seconds: files that have changed, and have not changed again since the last look, are put in use,
 * as whoever renews them writes one after the other. told: at once, whether they have changed or not. What is
 * not in order is logged, and the old certificate stays in use. */
void certificate_watch_look (CertificateWatch *watch, gboolean told);
