#include "base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static void
system_fill (Random *random, void *bytes, gsize n)
{
    guint8 *at = bytes;

    while (n) {
        gssize got = getrandom (at, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            g_error ("getrandom: %s", g_strerror (errno));
        at += got;
        n -= (gsize)got;
    }
}

Random *
random_system (void)
{
    static Random system = { .fill = system_fill };

    return &system;
}

void
random_fill (Random *random, void *bytes, gsize n)
{
    random->fill (random, bytes, n);
}

const char *
random_uuid (Random *random, char text[static UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    guint8 bytes[16];
    char *at = text;

    random_fill (random, bytes, sizeof bytes);
    bytes[6] = (guint8)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (guint8)((bytes[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    for (guint i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

char *
random_token (Random *random, gsize n)
{
    g_autofree guint8 *bytes = g_malloc (n);
    char *text;

    random_fill (random, bytes, n);
    text = g_base64_encode (bytes, n);
    g_strdelimit (text, "+", '-');
    g_strdelimit (text, "/", '_');
    text[strcspn (text, "=")] = '\0';
    return text;
}

gboolean
uuid_is_valid (const char *text)
{
    if (!text || strlen (text) != UUID_TEXT - 1)
        return FALSE;
    for (int i = 0; i < UUID_TEXT - 1; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !strchr ("0123456789abcdef", text[i]))
            return FALSE;
    }
    return TRUE;
}
