#include "sources/words.h"

#include <string.h>

/* U+202A..U+202E and U+2066..U+2069 reorder what follows them: "gpj.exe". */
static gboolean
is_unwanted (gunichar c)
{
    return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x2028 || c == 0x2029;
}

char *
words_name (const char *text, gsize max_bytes)
{
    g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;
    GString *name;

    if (!valid)
        return NULL;
    name = g_string_sized_new (MIN (strlen (valid), max_bytes));
    for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
        gsize n = (gsize)(g_utf8_next_char (at) - at);

        if (is_unwanted (g_utf8_get_char (at)))
            continue;
        if (name->len + n > max_bytes)
            break;
        g_string_append_len (name, at, (gssize)n);
    }
    return g_string_free (name, FALSE);
}

static void
hide_one (GString *text, const char *secret)
{
    g_autofree char *in_form = g_uri_escape_string (secret, NULL, FALSE);

    g_string_replace (text, secret, "[hidden]", 0);
    g_string_replace (text, in_form, "[hidden]", 0); /* an echo of the form that we sent */
}

static void
hide (GString *text, const char *const *secrets)
{
    for (; secrets && *secrets; secrets++)
        if (**secrets)
            hide_one (text, *secrets);
}

/* Line breaks and tabs become one space, other unwanted characters vanish. */
static void
append_line (GString *line, const char *text)
{
    glong chars = 0;

    for (; *text && chars < WORDS_MESSAGE_CHARS; text = g_utf8_next_char (text)) {
        gunichar c = g_utf8_get_char (text);
        gboolean space = g_unichar_isspace (c);

        if (space ? line->len == 0 || g_str_has_suffix (line->str, " ") : is_unwanted (c))
            continue;
        g_string_append_unichar (line, space ? ' ' : c);
        chars++;
    }
    if (*text)
        g_string_append (line, "…");
}

char *
words_message (const char *text, const char *const *secrets)
{
    g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
    g_autoptr (GString) whole = g_string_new (valid);
    GString *line = g_string_new (NULL);

    hide (whole, secrets);
    append_line (line, whole->str);
    return g_strchomp (g_string_free (line, FALSE));
}

gboolean
words_is_token (const char *text)
{
    if (!text || !*text)
        return FALSE;
    for (; *text; text++)
        if (!g_ascii_isgraph (*text))
            return FALSE;
    return TRUE;
}
