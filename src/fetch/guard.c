#include "fetch/guard.h"

#include "base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef struct {
    guint8 bytes[16];
    guint bits;
} Block;

/* IANA's special-purpose registries: what is not globally reachable. */
static const Block closed_v4[] = {
    { { 0 }, 8 },         { { 10 }, 8 },       { { 100, 64 }, 10 },      { { 127 }, 8 },
    { { 169, 254 }, 16 }, { { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 },    { { 192, 0, 2 }, 24 },
    { { 192, 168 }, 16 }, { { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 },
    { { 224 }, 4 },       { { 240 }, 4 },
};
/* The internet is 2000::/3; of it these are not, or hold an IPv4 address that could be anything. */
static const Block closed_v6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 32 }, /* Teredo */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x20, 0x02 }, 16 },             /* 6to4 */
};
static const Block open_v6 = { { 0x20 }, 3 };

static gboolean
is_in_any (const Block *blocks, gsize n, const guint8 *bytes)
{
    for (gsize i = 0; i < n; i++)
        if (network_has (blocks[i].bytes, blocks[i].bits, bytes))
            return TRUE;
    return FALSE;
}

static gboolean
v4_is_public (const guint8 *bytes)
{
    return !is_in_any (closed_v4, G_N_ELEMENTS (closed_v4), bytes);
}

static gboolean
v6_is_public (const struct in6_addr *address)
{
    const guint8 *bytes = address->s6_addr;

    if (IN6_IS_ADDR_V4MAPPED (address))
        return v4_is_public (bytes + 12);
    return network_has (open_v6.bytes, open_v6.bits, bytes) &&
           !is_in_any (closed_v6, G_N_ELEMENTS (closed_v6), bytes);
}

gboolean
address_is_public (const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return v4_is_public ((const guint8 *)&((const struct sockaddr_in *)address)->sin_addr);
    return address->sa_family == AF_INET6 &&
           v6_is_public (&((const struct sockaddr_in6 *)address)->sin6_addr);
}

gboolean
host_is_of_the_internet (const char *host)
{
    return strchr (host, '.') != NULL && !g_hostname_is_ip_address (host);
}
