#include "cache/address.h"

#include "base/fault.h"

#include <string.h>

#define STANDARD_PORT 6379
#define MOST_DB       65535

static gboolean
bad (GError **error, const char *why)
{
    return fault_set (error, FAULT_INVALID, "REDIS_URL is not right: %s", why);
}

/* "", "/" and "/3" */
static gboolean
read_db (const char *path, int *db)
{
    guint64 number;

    *db = 0;
    if (!*path || strcmp (path, "/") == 0)
        return TRUE;
    if (!g_ascii_string_to_unsigned (path + 1, 10, 0, MOST_DB, &number, NULL))
        return FALSE;
    *db = (int)number;
    return TRUE;
}

static char *
copy_if_any (const char *text)
{
    return text && *text ? g_strdup (text) : NULL;
}

static gboolean
take_parts (GUri *uri, RedisAddress *address, GError **error)
{
    const char *host = g_uri_get_host (uri);
    int port = g_uri_get_port (uri), db;

    if (!host || !*host)
        return bad (error, "it names no host");
    if (g_uri_get_user (uri) && *g_uri_get_user (uri) && !g_uri_get_password (uri))
        return bad (error,
                    "a user needs a password: redis://user:password@host; only a password is :password@");
    if (g_uri_get_query (uri) || g_uri_get_fragment (uri) || port == 0)
        return bad (error, "write it as redis://user:password@host:port/db");
    if (!read_db (g_uri_get_path (uri), &db))
        return bad (error, "what follows the host must be the number of a database, as /0");
    *address = (RedisAddress){ .host = g_strdup (host),
                               .user = copy_if_any (g_uri_get_user (uri)),
                               .password = copy_if_any (g_uri_get_password (uri)),
                               .port = port < 0 ? STANDARD_PORT : port,
                               .db = db };
    return TRUE;
}

gboolean
redis_address_read (const char *url, RedisAddress *address, GError **error)
{
    g_autoptr (GUri) uri = NULL;

    if (g_str_has_prefix (url, "rediss://"))
        return bad (error, "TLS (rediss://) is not spoken here; put a tunnel in front and write redis://");
    if (!g_str_has_prefix (url, "redis://"))
        return bad (error, "it must start with redis://");
    /* GLib's own words would quote what it cannot read. */
    uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
    if (!uri)
        return bad (error,
                    "write it as redis://user:password@host:port/db, and / : @ in a password as %2F %3A %40");
    return take_parts (uri, address, error);
}

void
redis_address_clear (RedisAddress *address)
{
    g_clear_pointer (&address->host, g_free);
    g_clear_pointer (&address->user, g_free);
    g_clear_pointer (&address->password, g_free);
}
