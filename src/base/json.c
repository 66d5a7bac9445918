#include "base/json.h"

#include <math.h>
#include <string.h>

static void
element (Json *json)
{
    if (json->comma)
        g_string_append_c (json->out, ',');
    json->comma = TRUE;
}

void
json_begin_object (Json *json)
{
    element (json);
    g_string_append_c (json->out, '{');
    json->comma = FALSE;
}

void
json_end_object (Json *json)
{
    g_string_append_c (json->out, '}');
    json->comma = TRUE;
}

void
json_begin_array (Json *json)
{
    element (json);
    g_string_append_c (json->out, '[');
    json->comma = FALSE;
}

void
json_end_array (Json *json)
{
    g_string_append_c (json->out, ']');
    json->comma = TRUE;
}

void
json_key (Json *json, const char *key)
{
    element (json);
    g_string_append_c (json->out, '"');
    g_string_append (json->out, key);
    g_string_append (json->out, "\":");
    json->comma = FALSE;
}

void
json_none (Json *json)
{
    element (json);
    g_string_append (json->out, "null");
}

void
json_bool (Json *json, gboolean value)
{
    element (json);
    g_string_append (json->out, value ? "true" : "false");
}

void
json_int (Json *json, gint64 value)
{
    char text[24], *at = text + sizeof text;
    guint64 rest = value < 0 ? -(guint64)value : (guint64)value;

    element (json);
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    g_string_append_len (json->out, at, text + sizeof text - at);
}

void
json_double (Json *json, double value)
{
    static const char *const formats[] = { "%.15g", "%.16g", "%.17g" }; /* the last always reads back */
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite (value)) {
        json_none (json);
        return;
    }
    if (value == floor (value) && fabs (value) < 1e15) {
        json_int (json, (gint64)value);
        return;
    }
    element (json);
    for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
        g_ascii_formatd (text, sizeof text, formats[i], value);
        if (i + 1 < G_N_ELEMENTS (formats) && g_ascii_strtod (text, NULL) == value)
            break;
    }
    g_string_append (json->out, text);
}

void
json_micros (Json *json, gint64 micros)
{
    guint64 rest = micros < 0 ? -(guint64)micros : (guint64)micros;
    guint fraction = (guint)(rest % 1000000);
    char text[8];
    gsize n;

    element (json);
    g_string_append_printf (json->out, "%s%" G_GUINT64_FORMAT, micros < 0 ? "-" : "", rest / 1000000);
    if (!fraction)
        return;
    g_snprintf (text, sizeof text, ".%06u", fraction);
    for (n = 7; text[n - 1] == '0'; n--)
        ;
    g_string_append_len (json->out, text, (gssize)n);
}

/* Bytes that need an escape: control bytes, quote, backslash. */
static gboolean
needs_escape (guchar c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void
append_escaped (GString *out, const char *text, gsize n)
{
    const char *end = text + n;

    while (text < end) {
        const char *from = text;

        while (text < end && !needs_escape ((guchar)*text))
            text++;
        g_string_append_len (out, from, text - from);
        if (text == end)
            break;
        if (*text == '"' || *text == '\\') {
            g_string_append_c (out, '\\');
            g_string_append_c (out, *text);
        } else if (*text == '\n') {
            g_string_append (out, "\\n");
        } else {
            g_string_append_printf (out, "\\u%04x", (guint)(guchar)*text);
        }
        text++;
    }
}

void
json_text_n (Json *json, const char *text, gsize n)
{
    element (json);
    g_string_append_c (json->out, '"');
    if (g_utf8_validate_len (text, n, NULL)) {
        append_escaped (json->out, text, n);
    } else {
        g_autofree char *valid = g_utf8_make_valid (text, (gssize)n);

        append_escaped (json->out, valid, strlen (valid));
    }
    g_string_append_c (json->out, '"');
}

void
json_text (Json *json, const char *text)
{
    if (text)
        json_text_n (json, text, strlen (text));
    else
        json_none (json);
}

void
json_day (Json *json, Day day)
{
    char text[DAY_TEXT + 2] = "\"";

    if (day == DAY_NONE) {
        json_none (json);
        return;
    }
    day_format (day, text + 1);
    text[DAY_TEXT] = '"';
    json_raw (json, text, DAY_TEXT + 1);
}

void
json_instant (Json *json, gint64 instant)
{
    char text[INSTANT_TEXT];

    json_text (json, instant == INSTANT_NONE ? NULL : instant_format (instant, text));
}

void
json_raw (Json *json, const char *text, gsize n)
{
    element (json);
    g_string_append_len (json->out, text, (gssize)n);
}

void
json_put_null (Json *json, const char *key)
{
    json_key (json, key);
    json_none (json);
}

void
json_put_bool (Json *json, const char *key, gboolean value)
{
    json_key (json, key);
    json_bool (json, value);
}

void
json_put_int (Json *json, const char *key, gint64 value)
{
    json_key (json, key);
    json_int (json, value);
}

void
json_put_real (Json *json, const char *key, double value)
{
    json_key (json, key);
    json_double (json, value);
}

void
json_put_text (Json *json, const char *key, const char *text)
{
    json_key (json, key);
    json_text (json, text);
}

void
json_put_day (Json *json, const char *key, Day day)
{
    json_key (json, key);
    json_day (json, day);
}

void
json_put_instant (Json *json, const char *key, gint64 instant)
{
    json_key (json, key);
    json_instant (json, instant);
}
