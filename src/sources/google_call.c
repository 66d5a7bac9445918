#include "sources/google_call.h"

#include "base/fault.h"
#include "sources/words.h"

#include <string.h>

/* Google gives a report a minute; it may come a little late. */
#define TIMEOUT_MS         90000
#define MAX_BYTES          ((gsize)32 << 20)
#define SERVER_ERROR_WAIT  60
#define UNKNOWN_QUOTA_WAIT 300

/* What a failed answer says of itself; texts belong to the parsed body. */
typedef struct {
    const GoogleCall *call;
    const FetchResponse *response;
    const char *status;  /* "PERMISSION_DENIED", or "" */
    const char *reason;  /* "SERVICE_DISABLED", or "" */
    const char *message; /* Google's words, made safe; or "" */
} Refusal;

char *
google_url (const char *base, const char *path)
{
    gsize n = base ? strlen (base) : 0;

    while (n > 0 && base[n - 1] == '/')
        n--;
    return g_strdup_printf ("%.*s%s", (int)n, base ? base : "", path);
}

json_t *
google_read_object (const FetchResponse *response)
{
    gsize n;
    const char *text = g_bytes_get_data (response->body, &n);
    /* A name with a NUL ends there, rather than making the whole report unreadable. */
    json_t *root = text ? json_loadb (text, n, JSON_ALLOW_NUL, NULL) : NULL;

    if (root && json_is_object (root))
        return root;
    json_decref (root);
    return NULL;
}

const char *
google_text (const json_t *object, const char *name)
{
    return json_string_value (json_object_get (object, name));
}

/* The reason of the first ErrorInfo among the details. */
static const char *
find_reason (const json_t *failure)
{
    const json_t *details = json_object_get (failure, "details");
    gsize i;
    json_t *detail;

    json_array_foreach (details, i, detail)
    {
        const char *reason = google_text (detail, "reason");

        if (reason)
            return reason;
    }
    return "";
}

static gboolean
says (const Refusal *refusal, const char *word)
{
    g_autofree char *message = g_ascii_strdown (refusal->message, -1);

    return strstr (message, word) != NULL;
}

static gboolean
fail_quota (const Refusal *refusal, GError **error)
{
    const GoogleQuota *quota = google_quota_named (refusal->message);
    int asked = fetch_response_retry_after (refusal->response);

    if (refusal->call->outcome)
        refusal->call->outcome->quota = quota;
    if (quota)
        return fault_set_retry (error, FAULT_BUSY, MAX (asked, quota->seconds), "Google Analytics: %s",
                                quota->sentence);
    return fault_set_retry (error, FAULT_BUSY, asked > 0 ? asked : UNKNOWN_QUOTA_WAIT,
                            "Google Analytics asks to slow down%s%s", *refusal->message ? ": " : "",
                            refusal->message);
}

static gboolean
fail_permission (const Refusal *refusal, GError **error)
{
    if (strcmp (refusal->reason, "SERVICE_DISABLED") == 0 || says (refusal, "has not been used in project"))
        return fault_set (
            error, FAULT_DENIED,
            "the %s is switched off in the Google Cloud project of this credential: enable it there "
            "under \"APIs & Services\", wait a few minutes and try again",
            refusal->call->service);
    if (strcmp (refusal->reason, "ACCESS_TOKEN_SCOPE_INSUFFICIENT") == 0)
        return fault_set (
            error, FAULT_DENIED,
            "the sign-in does not cover Google Analytics: connect again and allow Daymark to see "
            "your Google Analytics data");
    if (refusal->call->outcome)
        refusal->call->outcome->forbidden = TRUE;
    return fault_set (
        error, FAULT_DENIED,
        "this Google account may not read the property: check the property's number, and in Google "
        "Analytics under Admin > Property access management add the e-mail address of the connected "
        "account (of a service account: its client_email) as Viewer");
}

static gboolean
fail_server (const Refusal *refusal, GError **error)
{
    int asked = fetch_response_retry_after (refusal->response);

    return fault_set_retry (error, FAULT_REMOTE, MAX (asked, SERVER_ERROR_WAIT),
                            "the %s failed (HTTP %d)%s%s", refusal->call->service, refusal->response->status,
                            *refusal->message ? ": " : "", refusal->message);
}

static gboolean
fail_by_status (const Refusal *refusal, GError **error)
{
    switch (refusal->response->status) {
    case 400:
        return fault_set (error, FAULT_DENIED, "the %s does not accept the request: %s",
                          refusal->call->service,
                          *refusal->message ? refusal->message : "it does not say why");
    case 401:
        return fault_set (error, FAULT_RECONNECT, "Google no longer accepts the access token");
    case 403:
        return fail_permission (refusal, error);
    case 404:
        return fault_set (
            error, FAULT_DENIED,
            "Google Analytics knows no such property: check its number under Admin > Property details");
    default:
        return fail_server (refusal, error);
    }
}

static gboolean
fail (const GoogleCall *call, const FetchResponse *response, GError **error)
{
    g_autoptr (json_t) root = google_read_object (response);
    const json_t *failure = json_object_get (root, "error");
    const char *status = google_text (failure, "status");
    g_autofree char *message =
        words_message (google_text (failure, "message"), (const char *const[]){ call->token, NULL });
    Refusal refusal = { .call = call,
                        .response = response,
                        .status = status ? status : "",
                        .reason = find_reason (failure),
                        .message = message };

    /* A 4xx that is not Google's own words comes from something in between. */
    if (!failure && response->status != 401 && response->status != 429 &&
        !(response->status == 404 && call->may_be_absent))
        return fail_server (&refusal, error);
    if (response->status == 429 || strcmp (refusal.status, "RESOURCE_EXHAUSTED") == 0)
        return fail_quota (&refusal, error);
    return fail_by_status (&refusal, error);
}

static FetchResponse *
send (Fetcher *fetcher, const GoogleCall *call, GError **error)
{
    g_autofree char *bearer = g_strdup_printf ("Authorization: Bearer %s", call->token);
    const char *const headers[] = { bearer, "Accept: application/json",
                                    call->body ? "Content-Type: application/json" : NULL, NULL };
    FetchRequest request = { .method = call->method,
                             .url = call->url,
                             .headers = headers,
                             .body = call->body,
                             .body_size = call->body ? strlen (call->body) : 0,
                             .timeout_ms = TIMEOUT_MS,
                             .max_bytes = MAX_BYTES };

    return fetcher_fetch (fetcher, &request, error);
}

json_t *
google_call (Fetcher *fetcher, const GoogleCall *call, GError **error)
{
    g_autoptr (FetchResponse) response = send (fetcher, call, error);
    json_t *root;

    if (call->outcome)
        *call->outcome = (GoogleOutcome){ .status = response ? response->status : 0 };
    if (!response)
        return NULL;
    if (response->status != 200) {
        fail (call, response, error);
        return NULL;
    }
    root = google_read_object (response);
    if (!root)
        fault_set_retry (error, FAULT_REMOTE, SERVER_ERROR_WAIT, "the %s sent an answer that is not JSON",
                         call->service);
    return root;
}
