/* fetch.h -- the HTTP client, a seam: tests put a script in its place.
 *
 * One request at a time per Fetcher; a Fetcher belongs to one thread. TLS is
 * verified, redirects are not followed, http and https are the only protocols,
 * and the answer is bounded in time and size, after decompression too. What
 * comes back with any status is a response, not an error.
 *
 * A name of the internet ("graph.facebook.com") that resolves to a private address is not asked, unless the
 * request allows it or a proxy (https_proxy, …) does the asking; an operator's own "localhost", "ollama" or
 * "10.0.0.7" always is.
 *
 * Errors: FAULT_LOST (no connection, reset, cut short), FAULT_TIMEOUT,
 * FAULT_REMOTE (too large, broken encoding, not HTTP, certificate not to be
 * trusted), FAULT_CANCELLED, FAULT_INVALID (not an http address, a header with a
 * line break). Sentences name the host, never the path or the query. */
#pragma once
#include <glib.h>

typedef struct {
    const char *method;         /* "GET", "POST" */
    const char *url;            /* never logged: it may hold a token in its query */
    const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
    const char *body;           /* or NULL */
    gsize body_size;
    int timeout_ms;       /* whole request; 0 is 60 s */
    gsize max_bytes;      /* of the body; 0 is 64 MB */
    gboolean private_too; /* the host may be one of the network we stand in, see below */
} FetchRequest;

typedef struct {
    int status;
    GBytes *body;
    GHashTable *headers; /* lower-case name to value */
} FetchResponse;

void fetch_response_free (FetchResponse *response);
const char *fetch_response_header (const FetchResponse *response, const char *name);
/* Retry-After in seconds, from seconds or an HTTP date (against its Date header
 * when there is one); -1 if absent or unreadable. */
int fetch_response_retry_after (const FetchResponse *response);
/* The instant at which it was sent: by its Date header, else by our clock. */
gint64 fetch_response_time (const FetchResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchResponse, fetch_response_free)

typedef struct Fetcher Fetcher;
struct Fetcher {
    FetchResponse *(*fetch) (Fetcher *fetcher, const FetchRequest *request, GError **error);
    void (*free) (Fetcher *fetcher);
};

/* The real one, on libcurl with a connection kept open per host. *cancel, if not NULL, is
 * an atomic flag looked at at least once a second: non-zero ends the request. */
Fetcher *fetcher_new_curl (const gint *cancel);
void fetcher_free (Fetcher *fetcher);
FetchResponse *fetcher_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error);
/* key=value&… from name, value, …, NULL, percent-encoded; the caller frees it. */
char *fetch_form (const char *name, ...) G_GNUC_NULL_TERMINATED;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetcher, fetcher_free)
