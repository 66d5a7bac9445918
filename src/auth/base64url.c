#include "auth/base64url.h"

#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

char *
base64url_encode (const void *bytes, gsize n)
{
    gsize size = sodium_base64_ENCODED_LEN (n, VARIANT);

    return sodium_bin2base64 (g_malloc (size), size, bytes, n, VARIANT);
}

/* libsodium 1.0.18 takes every byte from 0x80 on for the last letter of the alphabet. */
static gboolean
is_ascii (const char *text, gsize n)
{
    guint8 all = 0;

    for (gsize i = 0; i < n; i++)
        all |= (guint8)text[i];
    return all < 0x80;
}

guint8 *
base64url_decode (const char *text, gsize n_text, gsize *n)
{
    g_autofree guint8 *bytes = g_malloc (n_text + 1);

    if (!is_ascii (text, n_text) ||
        sodium_base642bin (bytes, n_text, text, n_text, NULL, n, NULL, VARIANT) != 0)
        return NULL;
    return g_steal_pointer (&bytes);
}
