#include "sources/graph_text.h"

#include "sources/google_call.h"

#include <string.h>

#define UNIT 6 /* bytes of "\uXXXX" */

/* The UTF-16 unit that is escaped here; -1 if there is none. */
static int
unit_at (const char *at)
{
    int unit = 0;

    if (at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < UNIT; i++) {
        int digit = g_ascii_xdigit_value (at[i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static gboolean
is_high (int unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean
is_low (int unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* How many bytes belong together here; 0 is half a character. */
static gsize
whole_at (const char *at)
{
    int unit = unit_at (at);

    if (is_high (unit))
        return is_low (unit_at (at + UNIT)) ? 2 * UNIT : 0;
    if (is_low (unit))
        return 0;
    if (unit >= 0)
        return UNIT;
    return *at == '\\' && at[1] ? 2 : 1; /* "\\u" is a backslash and a letter */
}

static char *
mend (const char *bytes, gsize n)
{
    g_autofree char *text = g_utf8_make_valid (bytes, (gssize)n);
    GString *mended = g_string_sized_new (n);

    for (const char *at = text; *at;) {
        gsize whole = whole_at (at);

        g_string_append_len (mended, whole ? at : "\\ufffd", whole ? (gssize)whole : UNIT);
        at += whole ? whole : UNIT;
    }
    return g_string_free (mended, FALSE);
}

json_t *
graph_read_object (const FetchResponse *response)
{
    g_autoptr (json_t) root = google_read_object (response);
    g_autofree char *mended = NULL;
    gsize n;
    const char *bytes = g_bytes_get_data (response->body, &n);

    if (root || !bytes)
        return g_steal_pointer (&root);
    mended = mend (bytes, n);
    root = json_loads (mended, JSON_ALLOW_NUL, NULL);
    return json_is_object (root) ? g_steal_pointer (&root) : NULL;
}
