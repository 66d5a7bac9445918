#include "render/quality.h"

#include <string.h>

void
quality_init (Quality *quality)
{
    *quality = (Quality){
        .as_of = INSTANT_NONE,
        .complete_through = DAY_NONE,
        .provisional_from = DAY_NONE,
        .missing_days = g_array_new (FALSE, FALSE, sizeof (Day)),
        .notices = g_string_new (NULL),
    };
}

void
quality_clear (Quality *quality)
{
    g_clear_pointer (&quality->missing_days, g_array_unref);
    if (quality->notices)
        g_string_free (quality->notices, TRUE);
    quality->notices = NULL;
}

void
quality_notice (Quality *quality, const char *code, const char *format, ...)
{
    g_autoptr (GString) notice = g_string_new (NULL);
    g_autofree char *text = NULL;
    Json json = JSON_INTO (notice);
    va_list args;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    json_begin_object (&json);
    json_put_text (&json, "code", code);
    json_put_text (&json, "text", text);
    json_end_object (&json);
    if (strstr (quality->notices->str, notice->str))
        return;
    if (quality->notices->len)
        g_string_append_c (quality->notices, ',');
    g_string_append_len (quality->notices, notice->str, (gssize)notice->len);
}

void
quality_write (const Quality *quality, Json *json)
{
    json_begin_object (json);
    json_put_instant (json, "as_of", quality->as_of);
    json_put_day (json, "complete_through", quality->complete_through);
    json_put_day (json, "provisional_from", quality->provisional_from);
    json_key (json, "missing_days");
    json_begin_array (json);
    for (guint i = 0; i < quality->missing_days->len; i++)
        json_day (json, g_array_index (quality->missing_days, Day, i));
    json_end_array (json);
    json_put_text (json, "basis", quality->basis);
    json_key (json, "notices");
    json_begin_array (json);
    if (quality->notices->len)
        json_raw (json, quality->notices->str, quality->notices->len);
    json_end_array (json);
    json_end_object (json);
}
