#include "cache/frame.h"

#include <string.h>

#define MAGIC "daymark1"

static char *
make_head (const char *key, const char *version, const char *text, gsize n)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

    g_checksum_update (sum, (const guchar *)key, (gssize)strlen (key) + 1); /* the 0 parts it from the next */
    g_checksum_update (sum, (const guchar *)version, (gssize)strlen (version) + 1);
    g_checksum_update (sum, (const guchar *)text, (gssize)n);
    return g_strconcat (MAGIC " ", version, " ", g_checksum_get_string (sum), "\n", NULL);
}

GString *
frame_write (const char *key, const char *version, const char *text, gsize n)
{
    g_autofree char *head = make_head (key, version, text, n);
    GString *frame;

    if (n > FRAME_MOST || strlen (head) + n > FRAME_MOST)
        return NULL;
    frame = g_string_sized_new (strlen (head) + n);
    return g_string_append_len (g_string_append (frame, head), text, (gssize)n);
}

GString *
frame_read (const char *key, const char *version, const char *frame, gsize n)
{
    const char *newline = n ? memchr (frame, '\n', n) : NULL;
    gsize head_size = newline ? (gsize)(newline - frame) + 1 : 0;
    g_autofree char *head = NULL;

    if (!newline)
        return NULL;
    head = make_head (key, version, frame + head_size, n - head_size);
    if (strlen (head) != head_size || memcmp (head, frame, head_size) != 0)
        return NULL;
    return g_string_new_len (frame + head_size, (gssize)(n - head_size));
}
