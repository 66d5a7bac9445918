/* config_check.c -- what the options demand of each other, and of the addresses in them. */
#include "base/config_private.h"

#include "base/date.h"
#include "base/fault.h"
#include "base/mailbox.h"

#include <string.h>

/* The part before the port; NULL if it is none. An IPv6 address needs its brackets, to tell its colons apart.
 */
static char *
split_host (const char *text, gsize n)
{
    gboolean bracketed = n > 2 && text[0] == '[' && text[n - 1] == ']';
    g_autofree char *host = bracketed ? g_strndup (text + 1, n - 2) : g_strndup (text, n);

    return *host && !strpbrk (host, bracketed ? "[]" : "[]:") ? g_steal_pointer (&host) : NULL;
}

gboolean
config_split_address (const char *address, char **host, guint16 *port, GError **error)
{
    const char *colon = strrchr (address, ':');
    g_autofree char *name = colon ? split_host (address, (gsize)(colon - address)) : NULL;
    guint64 number;

    if (!name || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
        return fault_set (error, FAULT_INVALID,
                          "LISTEN is \"%.60s\": write it as 127.0.0.1:8080 or [::1]:8080", address);
    *host = g_steal_pointer (&name);
    *port = (guint16)number;
    return TRUE;
}

static gboolean
is_web_address (const char *url)
{
    g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme (uri) : "";

    return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0) && g_uri_get_host (uri) &&
           *g_uri_get_host (uri);
}

/* A name and a password have settings of their own, which are not shown. */
static gboolean
is_mail_server (const char *url)
{
    g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme (uri) : "", *path = uri ? g_uri_get_path (uri) : "";

    return (strcmp (scheme, "smtp") == 0 || strcmp (scheme, "smtps") == 0) && g_uri_get_host (uri) &&
           *g_uri_get_host (uri) && !g_uri_get_userinfo (uri) && !*(path + (*path == '/'));
}

static gboolean
check_mail (const Config *config, GError **error)
{
    if (!config->smtp_url)
        return TRUE;
    if (!is_mail_server (config->smtp_url))
        return fault_set (
            error, FAULT_INVALID,
            "SMTP_URL must be smtp://host:port or smtps://host:port; name and password belong into "
            "SMTP_USER and SMTP_PASSWORD");
    return mailbox_is_valid (config->mail_from) ||
           fault_set (error, FAULT_INVALID, "MAIL_FROM must be an e-mail address if there is an SMTP_URL");
}

static gboolean
is_loopback (const char *host)
{
    return strcmp (host, "localhost") == 0 || strcmp (host, "::1") == 0 || g_str_has_prefix (host, "127.");
}

gboolean
config_is_reachable (const Config *config)
{
    static const char *const any[] = { "", "0.0.0.0", "::", NULL }; /* from LISTEN: a place to listen at */
    g_autoptr (GUri) uri = g_uri_parse (config->public_url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host (uri) : NULL;

    return host && !g_strv_contains (any, host) && !is_loopback (host);
}

gboolean
config_mail_has_tls (const Config *config)
{
    g_autoptr (GUri) uri = g_uri_parse (config->smtp_url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host (uri) : "";

    if (strcmp (config->smtp_tls, "auto") != 0)
        return strcmp (config->smtp_tls, "required") == 0;
    return !is_loopback (host);
}

gboolean
config_check (Config *config, GError **error)
{
    g_autoptr (GTimeZone) zone = zone_find (config->sync_zone);
    g_autofree char *host = NULL;
    guint16 port;

    if (!zone)
        return fault_set (error, FAULT_INVALID, "SYNC_ZONE is \"%.60s\": there is no such time zone",
                          config->sync_zone);
    if (!config_split_address (config->listen, &host, &port, error))
        return FALSE;
    if (!config->tls_cert != !config->tls_key)
        return fault_set (error, FAULT_INVALID, "TLS_CERT and TLS_KEY go together: only one of them is set");
    if (!g_str_has_prefix (config->database_url, "sqlite:") &&
        !g_str_has_prefix (config->database_url, "postgresql://") &&
        !g_str_has_prefix (config->database_url, "postgres://"))
        return fault_set (error, FAULT_INVALID, "DATABASE_URL must start with sqlite: or postgresql://");
    if (!is_web_address (config->openai_base_url))
        return fault_set (error, FAULT_INVALID, "OPENAI_BASE_URL must be an http:// or https:// address");
    if (!config->public_url)
        config->public_url = g_strdup_printf ("%s://%s", config->tls_cert ? "https" : "http", config->listen);
    if (g_str_has_suffix (config->public_url, "/"))
        config->public_url[strlen (config->public_url) - 1] = '\0';
    return check_mail (config, error);
}
