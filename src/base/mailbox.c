#include "base/mailbox.h"

#include <string.h>

#define ADDRESS_MOST 254
#define LOCAL_MOST   64
#define LETTERS      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Words of these signs, with one dot between any two. */
static gboolean
is_dotted (const char *text, gsize n, const char *signs)
{
    for (gsize i = 0; i < n; i++) {
        gboolean at_edge = i == 0 || i + 1 == n || text[i + 1] == '.';

        if (text[i] == '.' ? at_edge : !strchr (signs, text[i]))
            return FALSE;
    }
    return n > 0;
}

/* No label of a domain begins or ends with a hyphen. */
static gboolean
is_domain (const char *text)
{
    gsize n = strlen (text);

    return is_dotted (text, n, LETTERS "-") && *text != '-' && text[n - 1] != '-' && !strstr (text, ".-") &&
           !strstr (text, "-.") && (strchr (text, '.') || strcmp (text, "localhost") == 0);
}

gboolean
mailbox_is_valid (const char *text)
{
    const char *at = text ? strchr (text, '@') : NULL;
    gsize local = at ? (gsize)(at - text) : 0;

    return at && strlen (text) <= ADDRESS_MOST && local <= LOCAL_MOST &&
           is_dotted (text, local, LETTERS "!#$%&'*+/=?^_`{|}~-") && is_domain (at + 1);
}
