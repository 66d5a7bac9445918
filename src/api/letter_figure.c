/* letter_figure.c -- numbers in a mail, as their reader has set them. */
#include "api/letter_parts.h"

#include <math.h>
#include <string.h>

#define NARROW "\u202f" /* a narrow space that does not break */

/* By language; English is what is not here. A region that differs from its language stands before it. */
static const struct {
    const char *locale;
    NumberStyle style;
} styles[] = {
    { "de-CH", { "\u2019", ".", FALSE, FALSE } }, { "de-AT", { NARROW, ",", FALSE, FALSE } },
    { "es-MX", { ",", ".", FALSE, FALSE } },      { "pt-BR", { ".", ",", FALSE, FALSE } },
    { "nl", { ".", ",", FALSE, FALSE } },         { "tr", { ".", ",", FALSE, FALSE } },
    { "de", { ".", ",", TRUE, FALSE } },          { "es", { ".", ",", TRUE, FALSE } },
    { "it", { ".", ",", TRUE, FALSE } },          { "da", { ".", ",", TRUE, FALSE } },
    { "el", { ".", ",", TRUE, FALSE } },          { "id", { ".", ",", FALSE, FALSE } },
    { "pt", { NARROW, ",", TRUE, FALSE } },       { "fr", { NARROW, ",", TRUE, FALSE } },
    { "pl", { NARROW, ",", TRUE, FALSE } },       { "cs", { NARROW, ",", TRUE, FALSE } },
    { "sv", { NARROW, ",", TRUE, FALSE } },       { "fi", { NARROW, ",", TRUE, FALSE } },
    { "nb", { NARROW, ",", TRUE, FALSE } },       { "uk", { NARROW, ",", TRUE, FALSE } },
    { "ru", { NARROW, ",", TRUE, FALSE } },
};

static gboolean
is_of (const char *locale, const char *known)
{
    gsize n = strlen (known);

    return g_ascii_strncasecmp (locale, known, n) == 0 && (!locale[n] || locale[n] == '-');
}

NumberStyle
number_style_of (json_t *settings)
{
    const char *locale = json_string_value (json_object_get (settings, "numbers"));
    NumberStyle style = { ",", ".", FALSE, FALSE };

    for (guint i = 0; locale && i < G_N_ELEMENTS (styles); i++)
        if (is_of (locale, styles[i].locale)) {
            style = styles[i].style;
            break;
        }
    style.codes = g_strcmp0 (json_string_value (json_object_get (settings, "money")), "code") == 0;
    return style;
}

/* The signs of a number that prose has written. */
static void
add_digits (GString *out, const char *text, gsize n, const NumberStyle *style)
{
    for (gsize i = 0; i < n; i++)
        if (text[i] == ',')
            g_string_append (out, style->group);
        else if (text[i] == '.')
            g_string_append (out, style->decimal);
        else
            g_string_append_c (out, text[i]);
}

/* "−€1,240.50" is a sign, a symbol, and digits with what follows them. */
void
figure_write (GString *out, const Figure *figure, const NumberStyle *style)
{
    g_autoptr (GString) plain = g_string_new (NULL);
    g_autofree char *symbol = NULL;
    gsize start, digits;
    const char *text;

    if (!isfinite (figure->value)) {
        g_string_append (out, "–");
        return;
    }
    prose_figure (plain, figure);
    text = plain->str;
    if (g_str_has_prefix (text, "\u2212")) {
        g_string_append (out, "\u2212");
        text += strlen ("\u2212");
    }
    start = strcspn (text, "0123456789");
    digits = strspn (text + start, "0123456789,.");
    symbol = g_strchomp (g_strndup (text, start));
    if (*symbol && style->codes && figure->currency)
        g_string_append_printf (out, "%s\u00a0", figure->currency);
    else if (*symbol && !style->money_after)
        g_string_append_len (out, text, (gssize)start);
    add_digits (out, text + start, digits, style);
    if (*symbol && style->money_after && !style->codes)
        g_string_append_printf (out, "\u00a0%s", symbol);
    g_string_append (out, text + start + digits);
}
