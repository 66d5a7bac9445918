/* network.h -- is an address in a network? Of either family, as bytes in network order. */
#pragma once
#include <glib.h>

/* Do the first bits of both agree? */
static inline gboolean
network_has (const guint8 *network, guint bits, const guint8 *address)
{
    guint whole = bits / 8, rest = bits % 8;

    for (guint i = 0; i < whole; i++)
        if (network[i] != address[i])
            return FALSE;
    return rest == 0 || ((network[whole] ^ address[whole]) >> (8 - rest)) == 0;
}
