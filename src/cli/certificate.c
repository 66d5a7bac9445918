#include "cli/certificate.h"

#include "auth/seal.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/log.h"

#include <inttypes.h>
#include <sys/stat.h>

struct CertificateWatch {
    const Config *config;
    HttpServer *server;
    char *seen;  /* the stamp at the last look */
    char *tried; /* the stamp of what was put in use, or refused */
};

static gboolean
read_pem (const char *name, const char *path, char **pem, GError **error)
{
    g_autoptr (GError) local = NULL;

    if (!path || g_file_get_contents (path, pem, NULL, &local))
        return TRUE;
    return fault_set (error, FAULT_INVALID, "%s: %s", name, local->message);
}

gboolean
certificate_read (const Config *config, char **certificate, char **key, GError **error)
{
    return read_pem ("TLS_CERT", config->tls_cert, certificate, error) &&
           read_pem ("TLS_KEY", config->tls_key, key, error);
}

/* It differs when one of the files does. */
static char *
stamp_of (const Config *config)
{
    const char *const paths[] = { config->tls_cert, config->tls_key };
    GString *stamp = g_string_new (NULL);
    struct stat file;

    for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        if (stat (paths[i], &file) == 0)
            g_string_append_printf (stamp, "%ju %jd %jd.%09ld;", (uintmax_t)file.st_ino,
                                    (intmax_t)file.st_size, (intmax_t)file.st_mtim.tv_sec,
                                    file.st_mtim.tv_nsec);
        else
            g_string_append (stamp, "none;");
    return g_string_free (stamp, FALSE);
}

CertificateWatch *
certificate_watch_new (const Config *config, HttpServer *server)
{
    CertificateWatch *watch;

    if (!config->tls_cert)
        return NULL;
    watch = g_new0 (CertificateWatch, 1);
    watch->config = config;
    watch->server = server;
    watch->seen = stamp_of (config);
    watch->tried = g_strdup (watch->seen);
    return watch;
}

void
certificate_watch_free (CertificateWatch *watch)
{
    if (!watch)
        return;
    g_free (watch->seen);
    g_free (watch->tried);
    g_free (watch);
}

static gboolean
renew (CertificateWatch *watch, GError **error)
{
    g_autofree char *certificate = NULL;
    char *key = NULL;
    gboolean good = certificate_read (watch->config, &certificate, &key, error) &&
                    http_server_renew (watch->server, certificate, key, error);

    secret_free (key);
    return good;
}

static void
renew_and_log (CertificateWatch *watch)
{
    g_autoptr (GError) error = NULL;
    char ends[INSTANT_TEXT];
    HttpStats stats;

    if (!renew (watch, &error)) {
        log_event (LOG_ERROR, "tls.refused", "the new TLS certificate is not used, the old one stays", "why",
                   error->message, NULL);
        return;
    }
    http_server_stats (watch->server, &stats);
    log_event (LOG_INFO, "tls.renewed", "new connections get the new TLS certificate", "ends",
               instant_format (stats.certificate_end, ends), NULL);
}

void
certificate_watch_look (CertificateWatch *watch, gboolean told)
{
    g_autofree char *now = NULL;
    gboolean settled;

    if (!watch)
        return;
    now = stamp_of (watch->config);
    settled = g_str_equal (now, watch->seen) && !g_str_equal (now, watch->tried);
    if (told || settled) {
        renew_and_log (watch);
        g_free (watch->tried);
        watch->tried = g_strdup (now);
    }
    g_free (watch->seen);
    watch->seen = g_steal_pointer (&now);
}
