#include "fetch/fetch.h"

#include "base/clock.h"
#include "base/date.h"

#include <curl/curl.h>

/* No server's wish keeps us away for longer than a day. */
#define RETRY_AFTER_MOST (24 * 60 * 60)

void
fetch_response_free (FetchResponse *response)
{
    if (!response)
        return;
    g_bytes_unref (response->body);
    g_hash_table_unref (response->headers);
    g_free (response);
}

const char *
fetch_response_header (const FetchResponse *response, const char *name)
{
    g_autofree char *lower = g_ascii_strdown (name, -1);

    return g_hash_table_lookup (response->headers, lower);
}

/* "120" or "1.5", rounded up; anything beyond a day is a day. */
static gboolean
read_seconds (const char *text, int *seconds)
{
    gint64 whole = 0;
    gboolean more = FALSE;

    if (!g_ascii_isdigit (*text))
        return FALSE;
    for (; g_ascii_isdigit (*text); text++)
        whole = MIN (whole * 10 + (*text - '0'), RETRY_AFTER_MOST);
    if (*text == '.')
        for (text++; g_ascii_isdigit (*text); text++)
            more = more || *text != '0';
    *seconds = (int)MIN (whole + more, RETRY_AFTER_MOST);
    return *text == '\0';
}

gint64
fetch_response_time (const FetchResponse *response)
{
    const char *date = fetch_response_header (response, "date");
    time_t seconds = date ? curl_getdate (date, NULL) : -1;

    return seconds != -1 ? (gint64)seconds * SECOND_US : clock_now (clock_system ());
}

/* The server's own idea of now, so that a wrong clock on either side cancels out. */
static gint64
server_now (const FetchResponse *response)
{
    return fetch_response_time (response) / SECOND_US;
}

int
fetch_response_retry_after (const FetchResponse *response)
{
    const char *text = fetch_response_header (response, "retry-after");
    int seconds;
    time_t until;

    if (!text)
        return -1;
    if (read_seconds (text, &seconds))
        return seconds;
    until = curl_getdate (text, NULL);
    if (until == -1)
        return -1;
    return (int)CLAMP ((gint64)until - server_now (response), 0, RETRY_AFTER_MOST);
}

void
fetcher_free (Fetcher *fetcher)
{
    if (fetcher)
        fetcher->free (fetcher);
}

FetchResponse *
fetcher_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    return fetcher->fetch (fetcher, request, error);
}

char *
fetch_form (const char *name, ...)
{
    GString *form = g_string_new (NULL);
    va_list args;

    va_start (args, name);
    for (; name; name = va_arg (args, const char *)) {
        const char *value = va_arg (args, const char *);
        g_autofree char *escaped = g_uri_escape_string (value ? value : "", NULL, FALSE);

        g_string_append_printf (form, "%s%s=%s", form->len ? "&" : "", name, escaped);
    }
    va_end (args);
    return g_string_free (form, FALSE);
}
