#include "api/client.h"

#include "base/fault.h"
#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

/* Of both families: IPv4 as ::ffff:a.b.c.d. */
typedef struct {
    guint8 bytes[16];
} Address;

typedef struct {
    Address address;
    guint bits; /* of 128 that must agree */
} Network;

struct Proxies {
    GArray *networks; /* of Network */
};

static gboolean
read_address (const char *text, Address *address, gboolean *is_v4)
{
    static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

    *is_v4 = inet_pton (AF_INET, text, address->bytes + 12) == 1;
    if (*is_v4)
        memcpy (address->bytes, mapped, sizeof mapped);
    else if (inet_pton (AF_INET6, text, address->bytes) != 1)
        return FALSE;
    *is_v4 = memcmp (address->bytes, mapped, sizeof mapped) == 0;
    return TRUE;
}

/* "10.0.0.0/8", "::1" */
static gboolean
read_network (const char *text, Network *network)
{
    g_auto (GStrv) parts = g_strsplit (text, "/", 2);
    gboolean is_v4;
    guint64 bits, most;

    if (!parts[0] || !read_address (parts[0], &network->address, &is_v4))
        return FALSE;
    bits = most = is_v4 ? 32 : 128;
    if (parts[1] && !g_ascii_string_to_unsigned (parts[1], 10, 0, most, &bits, NULL))
        return FALSE;
    network->bits = (guint)(bits + 128 - most);
    return TRUE;
}

Proxies *
proxies_new (char **list, GError **error)
{
    g_autoptr (Proxies) proxies = g_new0 (Proxies, 1);

    proxies->networks = g_array_new (FALSE, FALSE, sizeof (Network));
    for (char **one = list; one && *one; one++) {
        Network network;

        if (!read_network (*one, &network)) {
            fault_set (error, FAULT_INVALID,
                       "TRUSTED_PROXIES: \"%.60s\" is no address or network like 10.0.0.0/8", *one);
            return NULL;
        }
        g_array_append_val (proxies->networks, network);
    }
    return g_steal_pointer (&proxies);
}

void
proxies_free (Proxies *proxies)
{
    if (!proxies)
        return;
    g_array_unref (proxies->networks);
    g_free (proxies);
}

static gboolean
is_proxy (const Proxies *proxies, const char *text)
{
    Address address;
    gboolean is_v4;

    if (!read_address (text, &address, &is_v4))
        return FALSE;
    for (guint i = 0; i < proxies->networks->len; i++) {
        const Network *network = &g_array_index (proxies->networks, Network, i);

        if (network_has (network->address.bytes, network->bits, address.bytes))
            return TRUE;
    }
    return FALSE;
}

/* What cannot be read counts as one client. */
static char *
client_of (const char *text)
{
    Address address;
    gboolean is_v4;
    char shown[INET6_ADDRSTRLEN];

    if (!read_address (text, &address, &is_v4))
        return g_strdup ("?");
    if (is_v4)
        return g_strdup (inet_ntop (AF_INET, address.bytes + 12, shown, sizeof shown));
    memset (address.bytes + 8, 0, 8);
    return g_strdup (inet_ntop (AF_INET6, address.bytes, shown, sizeof shown));
}

char *
client_address (const Proxies *proxies, const char *peer, const char *forwarded_for)
{
    g_auto (GStrv) hops = g_strsplit (forwarded_for ? forwarded_for : "", ",", -1);
    guint n = g_strv_length (hops);
    const char *nearest = peer;

    /* Each proxy appends whom it has it from: from right to left, until one is not ours. */
    while (n > 0 && is_proxy (proxies, nearest))
        nearest = g_strstrip (hops[--n]);
    return client_of (nearest);
}
