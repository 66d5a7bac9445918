#include "api/access.h"

#include "api/share.h"
#include "api/unsubscribe.h"
#include "base/date.h"
#include "base/json.h"
#include "base/log.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_BYTES (64 * 1024)
#define SECRET_MORE 43                /* letters after SHARE_SECRET; no name of ours is as long */
#define KEEP_BYTES  (4 * 1024 * 1024) /* beyond this, lines are dropped rather than memory lost */

struct AccessLog {
    gboolean off, text;
    gint64 least; /* microseconds a request must take to be logged */
    Clock *clock;
    pthread_mutex_t lock;
    pthread_cond_t full;
    GString *lines; /* under lock */
    gboolean ending;
    pthread_t writer;
};

static void *
write_lines (void *data)
{
    AccessLog *log = data;
    GString *spare = g_string_sized_new (FLUSH_BYTES);
    gboolean ending;

    do {
        gint64 end = g_get_monotonic_time () + SECOND_US;
        struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };
        GString *ready;

        pthread_mutex_lock (&log->lock);
        if (!log->ending && log->lines->len < FLUSH_BYTES)
            pthread_cond_timedwait (&log->full, &log->lock, &until);
        ending = log->ending;
        ready = log->lines;
        log->lines = spare;
        pthread_mutex_unlock (&log->lock);
        log_write_raw (ready->str, ready->len);
        spare = g_string_truncate (ready, 0);
    } while (!ending);
    g_string_free (spare, TRUE);
    return NULL;
}

AccessLog *
access_log_new (const char *which, const char *format, Clock *clock)
{
    AccessLog *log = g_new0 (AccessLog, 1);
    pthread_condattr_t attributes;

    log->off = strcmp (which, "off") == 0;
    log->least = strcmp (which, "slow") == 0 ? ACCESS_SLOW_MS * 1000 : 0;
    log->text = strcmp (format, "text") == 0 || (strcmp (format, "auto") == 0 && isatty (STDERR_FILENO));
    log->clock = clock;
    log->lines = g_string_sized_new (FLUSH_BYTES);
    pthread_mutex_init (&log->lock, NULL);
    pthread_condattr_init (&attributes);
    pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
    pthread_cond_init (&log->full, &attributes);
    pthread_condattr_destroy (&attributes);
    if (!log->off && pthread_create (&log->writer, NULL, write_lines, log) != 0)
        g_error ("cannot create a thread");
    return log;
}

void
access_log_free (AccessLog *log)
{
    if (!log)
        return;
    if (!log->off) {
        pthread_mutex_lock (&log->lock);
        log->ending = TRUE;
        pthread_cond_signal (&log->full);
        pthread_mutex_unlock (&log->lock);
        pthread_join (log->writer, NULL);
    }
    g_string_free (log->lines, TRUE);
    pthread_cond_destroy (&log->full);
    pthread_mutex_destroy (&log->lock);
    g_free (log);
}

/* Where a secret begins; NULL: there is none. */
static const char *
find_secret (const char *path)
{
    const char *link = strstr (path, UNSUBSCRIBE_PATH);

    for (const char *at = strstr (path, SHARE_SECRET); at; at = strstr (at + 1, SHARE_SECRET))
        if (strlen (at + strlen (SHARE_SECRET)) >= SECRET_MORE && (!link || at < link))
            return at;
    return link ? link + strlen (UNSUBSCRIBE_PATH) : NULL;
}

const char *
access_path (HttpCall *http, char **cut)
{
    const char *path = http_call_path (http), *secret = find_secret (path);

    return secret ? *cut = g_strdup_printf ("%.*s...", (int)(secret - path), path) : path;
}

static void
append_text (GString *out, HttpCall *http, gint64 took)
{
    g_autofree char *cut = NULL, *path = g_strescape (access_path (http, &cut), NULL);

    g_string_append_printf (out, "%s %s %d  %.1f ms\n", http_call_method (http), path,
                            http_call_status (http), (double)took / 1000);
}

static void
append_json (GString *out, HttpCall *http, gint64 now, gint64 took)
{
    g_autofree char *cut = NULL;
    Json json = JSON_INTO (out);

    json_begin_object (&json);
    json_put_instant (&json, "time", now);
    json_put_text (&json, "level", "info");
    json_put_text (&json, "event", "request");
    json_put_text (&json, "method", http_call_method (http));
    json_put_text (&json, "path", access_path (http, &cut));
    json_put_int (&json, "status", http_call_status (http));
    json_put_int (&json, "bytes", (gint64)http_call_sent (http));
    json_put_int (&json, "us", took);
    json_put_text (&json, "peer", http_call_peer (http));
    json_put_text (&json, "request", http_call_id (http));
    json_end_object (&json);
    g_string_append_c (out, '\n');
}

void
access_log_add (AccessLog *log, HttpCall *http)
{
    gint64 took = g_get_monotonic_time () - http_call_started (http);

    /* A stream is long, not slow. */
    if (log->off || took < log->least || (log->least && http_call_streams (http)))
        return;
    pthread_mutex_lock (&log->lock);
    if (log->lines->len < KEEP_BYTES) {
        if (log->text)
            append_text (log->lines, http, took);
        else
            append_json (log->lines, http, clock_now (log->clock), took);
    }
    if (log->lines->len >= FLUSH_BYTES)
        pthread_cond_signal (&log->full);
    pthread_mutex_unlock (&log->lock);
}
