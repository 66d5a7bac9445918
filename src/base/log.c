#include "base/log.h"

#include "base/date.h"
#include "base/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static LogLevel least = LOG_INFO;
static LogFormat form = LOG_TEXT;
static atomic_ullong counts[LOG_ERROR + 1];

void
log_setup (LogLevel level, LogFormat format)
{
    least = level;
    form = format;
}

gboolean
log_enabled (LogLevel level)
{
    return level >= least;
}

guint64
log_count (LogLevel level)
{
    return atomic_load_explicit (&counts[level], memory_order_relaxed);
}

gboolean
log_name_is_secret (const char *name)
{
    static const char *const parts[] = { "token", "secret", "password", "authorization", "cookie" };
    g_autofree char *lower = g_ascii_strdown (name, -1);

    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        if (strstr (lower, parts[i]))
            return TRUE;
    return strcmp (lower, "code") == 0 || g_str_has_suffix (lower, "key") ||
           strcmp (lower, "credential") == 0;
}

void
log_write_raw (const char *text, gsize n)
{
    while (n) {
        gssize written = write (STDERR_FILENO, text, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* nobody to tell */
        text += written;
        n -= (gsize)written;
    }
}

static const char *
level_name (LogLevel level)
{
    static const char *const names[] = { "debug", "info", "warning", "error" };

    return names[level];
}

/* Text for a terminal: control characters become spaces, also U+0080 to U+009F, which some terminals obey. */
static void
append_plain (GString *line, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        g_string_append_unichar (line, g_unichar_iscntrl (c) ? ' ' : c);
    }
}

static void
as_text (GString *line, LogLevel level, const char *event, const char *sentence, va_list pairs)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
    const char *name;

    g_string_append_printf (line, "%s %-7s ", time, level == LOG_INFO ? "" : level_name (level));
    append_plain (line, sentence);
    while ((name = va_arg (pairs, const char *))) {
        const char *value = va_arg (pairs, const char *);

        g_string_append_printf (line, "  %s=", name);
        append_plain (line, log_name_is_secret (name) ? "********" : value ? value : "-");
    }
    g_string_append_c (line, '\n');
}

static void
as_json (GString *line, LogLevel level, const char *event, const char *sentence, va_list pairs)
{
    Json json = JSON_INTO (line);
    const char *name;

    json_begin_object (&json);
    json_put_instant (&json, "time", g_get_real_time ());
    json_put_text (&json, "level", level_name (level));
    json_put_text (&json, "event", event);
    json_put_text (&json, "message", sentence);
    while ((name = va_arg (pairs, const char *))) {
        const char *value = va_arg (pairs, const char *);

        json_put_text (&json, name, log_name_is_secret (name) ? "********" : value ? value : "-");
    }
    json_end_object (&json);
    g_string_append_c (line, '\n');
}

void
log_event (LogLevel level, const char *event, const char *sentence, ...)
{
    g_autoptr (GString) line = NULL;
    va_list pairs;

    atomic_fetch_add_explicit (&counts[level], 1, memory_order_relaxed);
    if (!log_enabled (level))
        return;
    line = g_string_sized_new (256);
    va_start (pairs, sentence);
    if (form == LOG_JSON)
        as_json (line, level, event, sentence, pairs);
    else
        as_text (line, level, event, sentence, pairs);
    va_end (pairs);
    log_write_raw (line->str, line->len);
}
