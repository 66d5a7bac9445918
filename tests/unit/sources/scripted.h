/* scripted.h -- a Fetcher that answers from a list, for the tests of sources. */
#pragma once
#include "base/fault.h"
#include "sources/driver.h"

#include <string.h>

typedef struct {
    int status; /* 0: no answer at all, the fetch fails with this fault */
    FaultCode fault;
    char *headers; /* "Name: value" lines, or NULL */
    GBytes *body;
} ScriptedAnswer;

typedef struct {
    Fetcher fetcher;
    GPtrArray *answers; /* of ScriptedAnswer, in order */
    guint next;
    /* Called with each request; may be NULL. */
    void (*look) (const FetchRequest *request, guint number, gpointer user);
    gpointer user;
} Scripted;

static inline void
scripted_answer_free (gpointer data)
{
    ScriptedAnswer *answer = data;

    g_free (answer->headers);
    g_bytes_unref (answer->body);
    g_free (answer);
}

static inline GHashTable *
scripted_headers (const char *text)
{
    GHashTable *headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto (GStrv) parts = g_strsplit (*line, ": ", 2);

        if (parts[0] && parts[1])
            g_hash_table_replace (headers, g_ascii_strdown (parts[0], -1), g_strdup (parts[1]));
    }
    return headers;
}

static inline FetchResponse *
scripted_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    Scripted *scripted = (Scripted *)fetcher;
    FetchResponse *response;
    const ScriptedAnswer *answer;

    if (scripted->look)
        scripted->look (request, scripted->next, scripted->user);
    if (scripted->next >= scripted->answers->len) {
        scripted->next++; /* seen by the test as one request too many */
        fault_set (error, FAULT_INTERNAL, "the script has no answer left");
        return NULL;
    }
    answer = scripted->answers->pdata[scripted->next++];
    if (answer->status == 0) {
        fault_set (error, answer->fault, "the script says no");
        return NULL;
    }
    response = g_new0 (FetchResponse, 1);
    response->status = answer->status;
    response->body = g_bytes_ref (answer->body);
    response->headers = scripted_headers (answer->headers);
    return response;
}

static inline void
scripted_init (Scripted *scripted)
{
    *scripted = (Scripted){ .fetcher = { .fetch = scripted_fetch } };
    scripted->answers = g_ptr_array_new_with_free_func (scripted_answer_free);
}

static inline void
scripted_clear (Scripted *scripted)
{
    g_ptr_array_unref (scripted->answers);
}

static inline void
scripted_add (Scripted *scripted, int status, const char *headers, const char *body, gssize n)
{
    ScriptedAnswer *answer = g_new0 (ScriptedAnswer, 1);

    answer->status = status;
    answer->headers = g_strdup (headers);
    answer->body = g_bytes_new (body, n < 0 ? strlen (body) : (gsize)n);
    g_ptr_array_add (scripted->answers, answer);
}

static inline void
scripted_add_fault (Scripted *scripted, FaultCode fault)
{
    scripted_add (scripted, 0, NULL, "", 0);
    ((ScriptedAnswer *)scripted->answers->pdata[scripted->answers->len - 1])->fault = fault;
}

/* Addresses that exist nowhere, and an OAuth app. Secrets say S3CR3T, so that one look
 * finds them where they must not be. */
static inline Config
scripted_config (void)
{
    return (Config){ .ga4_data_url = (char *)"https://data.test",
                     .ga4_admin_url = (char *)"https://admin.test/",
                     .google_token_url = (char *)"https://token.test/token",
                     .backfill_days = 395,
                     .google_client_id = (char *)"client-1",
                     .google_client_secret = (char *)"client-S3CR3T",
                     .meta_graph_url = (char *)"https://graph.test",
                     .meta_api_version = (char *)"v25.0" };
}
