/* small_google.h -- a Fetcher that is Google with one property: every day has 100
 * sessions, unless the test says otherwise. A fault can be planted at a request, counted from 1. */
#pragma once
#include "base/fault.h"
#include "fetch/fetch.h"

#include <jansson.h>
#include <string.h>

typedef struct {
    Fetcher fetcher;
    int requests, tokens, reports;
    int fail_at; /* the n-th report fails, 0 none */
    int fail_times;
    int fail_status;
    const char *fail_body;
    const char *fail_retry_after; /* seconds; NULL: it does not say */
    gboolean rotates;             /* each refresh token is good for once, and gives the next */
    gboolean dead_grant;
    gboolean without_rows; /* of any report */
    const char *zone;      /* of the property; NULL: Europe/Berlin */
    void (*before_report) (int n, gpointer user);
    int (*number) (Day day, gpointer user); /* every metric's on that day, -1: no row; NULL: 100 */
    gpointer user;
} SmallGoogle;

static inline FetchResponse *
small_answer (int status, char *body)
{
    FetchResponse *response = g_new0 (FetchResponse, 1);

    response->status = status;
    response->body = g_bytes_new_take (body, strlen (body));
    response->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return response;
}

static inline json_t *
small_value (const char *text)
{
    return json_pack ("{s:s}", "value", text);
}

/* One row: the day, other dimensions as "Direct", the same number for every metric. */
static inline json_t *
small_row (json_t *request, Day day, int number)
{
    g_autofree char *value = g_strdup_printf ("%d", number);
    json_t *dimensions = json_array (), *metrics = json_array (), *one;
    char text[DAY_TEXT];
    gsize i;

    json_array_foreach (json_object_get (request, "dimensions"), i, one)
    {
        const char *name = json_string_value (json_object_get (one, "name"));
        g_auto (GStrv) parts = g_strsplit (day_format (day, text), "-", -1);
        g_autofree char *compact = g_strjoinv ("", parts);

        json_array_append_new (dimensions, small_value (g_str_equal (name, "date") ? compact : "Direct"));
    }
    json_array_foreach (json_object_get (request, "metrics"), i, one)
        json_array_append_new (metrics, small_value (value));
    return json_pack ("{s:o, s:o}", "dimensionValues", dimensions, "metricValues", metrics);
}

static inline json_t *
small_headers (json_t *request, const char *member)
{
    json_t *headers = json_array (), *one;
    gsize i;

    json_array_foreach (json_object_get (request, member), i, one) json_array_append_new (
        headers, json_pack ("{s:s}", "name", json_string_value (json_object_get (one, "name"))));
    return headers;
}

/* Reports without a date (unique users of periods) have no rows: nobody came. */
static inline json_t *
small_report (const SmallGoogle *google, json_t *request)
{
    json_t *range = json_array_get (json_object_get (request, "dateRanges"), 0);
    json_t *rows = json_array (), *report;
    Day from, to;

    if (google->without_rows || !json_array_size (json_object_get (request, "dimensions")) ||
        !day_parse (json_string_value (json_object_get (range, "startDate")), &from) ||
        !day_parse (json_string_value (json_object_get (range, "endDate")), &to))
        to = from = DAY_NONE;
    for (Day day = from; day != DAY_NONE && day <= to; day++) {
        int number = google->number ? google->number (day, google->user) : 100;

        if (number >= 0)
            json_array_append_new (rows, small_row (request, day, number));
    }
    report = json_pack ("{s:o, s:o, s:i, s:o}", "dimensionHeaders", small_headers (request, "dimensions"),
                        "metricHeaders", small_headers (request, "metrics"), "rowCount",
                        (int)json_array_size (rows), "rows", rows);
    return report;
}

static inline FetchResponse *
small_reports (SmallGoogle *google, const FetchRequest *request)
{
    json_t *body = json_loadb (request->body, request->body_size, 0, NULL), *inner, *answer;
    json_t *batch = json_object_get (body, "requests");
    FetchResponse *response;
    gsize i;

    google->reports++;
    if (google->before_report)
        google->before_report (google->reports, google->user);
    if (google->fail_at && google->reports >= google->fail_at && google->fail_times-- > 0) {
        json_decref (body);
        response = small_answer (google->fail_status, g_strdup (google->fail_body));
        if (google->fail_retry_after)
            g_hash_table_insert (response->headers, g_strdup ("retry-after"),
                                 g_strdup (google->fail_retry_after));
        return response;
    }
    if (batch) {
        json_t *reports = json_array ();

        json_array_foreach (batch, i, inner) json_array_append_new (reports, small_report (google, inner));
        answer = json_pack ("{s:o}", "reports", reports);
    } else {
        answer = small_report (google, body);
    }
    {
        char *text = json_dumps (answer, 0);

        response = small_answer (200, g_strdup (text));
        free (text);
    }
    json_decref (answer);
    json_decref (body);
    return response;
}

/* The connection begins with "rt", then come rt1, rt2, … */
static inline FetchResponse *
small_next_token (SmallGoogle *google, const FetchRequest *request)
{
    g_autofree char *form = g_strndup (request->body, request->body_size);
    g_autofree char *wanted = google->tokens > 1 ? g_strdup_printf ("refresh_token=rt%d", google->tokens - 1)
                                                 : g_strdup ("refresh_token=rt");

    if (!strstr (form, wanted))
        return small_answer (400, g_strdup ("{\"error\":\"invalid_grant\"}"));
    return small_answer (200, g_strdup_printf ("{\"access_token\":\"at\",\"expires_in\":3599,"
                                               "\"token_type\":\"Bearer\",\"refresh_token\":\"rt%d\"}",
                                               google->tokens));
}

static inline FetchResponse *
small_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    SmallGoogle *google = (SmallGoogle *)fetcher;

    google->requests++;
    if (strstr (request->url, "/token")) {
        google->tokens++;
        if (google->dead_grant)
            return small_answer (400, g_strdup ("{\"error\":\"invalid_grant\"}"));
        if (google->rotates)
            return small_next_token (google, request);
        return small_answer (
            200, g_strdup ("{\"access_token\":\"at\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"));
    }
    if (strcmp (request->method, "GET") == 0)
        return small_answer (
            200,
            g_strdup_printf ("{\"name\":\"properties/1\",\"displayName\":\"Shop\",\"currencyCode\":\"EUR\","
                             "\"timeZone\":\"%s\"}",
                             google->zone ? google->zone : "Europe/Berlin"));
    return small_reports (google, request);
}

static inline void
small_google_init (SmallGoogle *google)
{
    *google = (SmallGoogle){ .fetcher = { .fetch = small_fetch } };
}
