/* The real Fetcher, on libcurl.
 *
 * One easy handle is kept for its connections and reset before each request,
 * so that no option of one request reaches the next. Whatever the other side
 * does, a request ends: by its time limit, by the size limit (counted after
 * decompression, so a gzip bomb is cut too), or by *cancel, which the progress
 * callback reads at least once a second.
 *
 * Sentences name the host only. Paths and queries may hold tokens, and so may
 * what curl writes into its error buffer, which is why that is not used. */
#include "base/fault.h"
#include "base/mishap.h"
#include "fetch/fetch.h"
#include "fetch/guard.h"
#include "fetch/start.h"

#include <pthread.h>
#include <string.h>

#ifndef DAYMARK_VERSION
#define DAYMARK_VERSION "dev"
#endif

#define CONNECT_TIMEOUT_MS  10000L
#define STANDARD_TIMEOUT_MS 60000L
#define STANDARD_MAX_BYTES  ((gsize)64 << 20)
/* A report may be silent for long while it is computed, so a minute; what drips
 * more slowly than this for a minute would never end. */
#define LOW_SPEED_BYTES     100L
#define LOW_SPEED_SECONDS   60L
#define MAX_HEADER_BYTES    ((gsize)64 << 10)

typedef struct {
    Fetcher base;
    CURL *curl; /* NULL before the first request */
    const gint *cancel;
} CurlFetcher;

/* What is known of one request while it runs. */
typedef struct {
    const CurlFetcher *fetcher;
    GByteArray *body;
    GHashTable *headers;
    gsize header_bytes, max_bytes;
    gboolean too_large, refused;
} Transfer;

static gsize
take_body (char *data, gsize size, gsize count, void *user)
{
    Transfer *transfer = user;
    gsize n = size * count;

    if (n > transfer->max_bytes - transfer->body->len) {
        transfer->too_large = TRUE;
        return 0;
    }
    g_byte_array_append (transfer->body, (const guint8 *)data, (guint)n);
    return n;
}

/* "Name: value\r\n"; of a header that comes twice the last counts. */
static void
keep_header (GHashTable *headers, const char *line, gsize n)
{
    const char *colon = memchr (line, ':', n);
    char *value;

    if (!colon || colon == line || g_ascii_isspace (*line))
        return;
    value = g_strstrip (g_strndup (colon + 1, n - (gsize)(colon + 1 - line)));
    g_hash_table_replace (headers, g_ascii_strdown (line, colon - line), value);
}

static gsize
take_header (char *data, gsize size, gsize count, void *user)
{
    Transfer *transfer = user;
    gsize n = size * count;

    transfer->header_bytes += n;
    if (transfer->header_bytes > MAX_HEADER_BYTES) {
        transfer->too_large = TRUE;
        return 0;
    }
    if (n > 5 && memcmp (data, "HTTP/", 5) == 0) /* also after a "100 Continue" */
        g_hash_table_remove_all (transfer->headers);
    else
        keep_header (transfer->headers, data, n);
    return n;
}

static gboolean
is_cancelled (const CurlFetcher *fetcher)
{
    return fetcher->cancel && g_atomic_int_get (fetcher->cancel) != 0;
}

static int
watch (void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    const Transfer *transfer = user;

    return is_cancelled (transfer->fetcher);
}

/* Called for each address that is tried. */
static curl_socket_t
open_public (void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    Transfer *transfer = user;

    if (!address_is_public (&address->addr)) {
        transfer->refused = TRUE;
        return CURL_SOCKET_BAD;
    }
    return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A proxy has an address of its own, often a private one, and resolves names by itself. */
static gboolean
has_proxy (void)
{
    static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
                                         "ALL_PROXY" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_getenv (names[i]))
            return TRUE;
    return FALSE;
}

static void
set_guard (CURL *curl, const FetchRequest *request, Transfer *transfer, const char *host)
{
    if (request->private_too || !host_is_of_the_internet (host) || has_proxy ())
        return;
    curl_easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt (curl, CURLOPT_OPENSOCKETDATA, transfer);
}

/* What is not set is not sent, or not checked: FALSE when memory was out. */
static gboolean
set_method (CURL *curl, const FetchRequest *request)
{
    if (request->body) {
        curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        curl_easy_setopt (curl, CURLOPT_POSTFIELDS, request->body);
    } else if (strcmp (request->method, "POST") == 0) {
        curl_easy_setopt (curl, CURLOPT_POSTFIELDS, "");
    }
    if (strcmp (request->method, "HEAD") == 0)
        curl_easy_setopt (curl, CURLOPT_NOBODY, 1L);
    else if (strcmp (request->method, request->body ? "POST" : "GET") != 0)
        return curl_easy_setopt (curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
    return TRUE;
}

static gboolean
set_texts (CURL *curl, const FetchRequest *request)
{
    return curl_easy_setopt (curl, CURLOPT_URL, request->url) == CURLE_OK &&
           curl_easy_setopt (curl, CURLOPT_USERAGENT, "Daymark/" DAYMARK_VERSION) == CURLE_OK &&
           curl_easy_setopt (curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") == CURLE_OK;
}

static void
set_bounds (CURL *curl, const FetchRequest *request)
{
    long timeout = request->timeout_ms > 0 ? request->timeout_ms : STANDARD_TIMEOUT_MS;

    curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, MIN (timeout, CONNECT_TIMEOUT_MS));
    curl_easy_setopt (curl, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
    curl_easy_setopt (curl, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SECONDS);
    curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
}

static void
set_callbacks (CURL *curl, Transfer *transfer)
{
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt (curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt (curl, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
}

/* Without one of its headers a request would be another: without its token it would be refused, and the
 * credential be taken for dead. */
static gboolean
no_memory (GError **error)
{
    return fault_set (error, FAULT_LOST, "there was no memory for a request");
}

/* A line break in a header would start another header. */
static gboolean
is_clean (const char *header)
{
    for (; *header; header++)
        if (g_ascii_iscntrl (*header))
            return FALSE;
    return TRUE;
}

/* The list stays as it was when there is no memory for one more. */
static gboolean
add_header (struct curl_slist **list, const char *header, GError **error)
{
    struct curl_slist *longer = curl_slist_append (*list, header);

    if (!longer)
        return no_memory (error);
    *list = longer;
    return TRUE;
}

static gboolean
set_headers (CURL *curl, const FetchRequest *request, struct curl_slist **list, GError **error)
{
    if (!add_header (list, "Expect:", error)) /* no wait for a "100 Continue" */
        return FALSE;
    for (const char *const *header = request->headers; header && *header; header++) {
        if (!is_clean (*header))
            return fault_set (error, FAULT_INVALID, "a request header holds a control character");
        if (!add_header (list, *header, error))
            return FALSE;
    }
    curl_easy_setopt (curl, CURLOPT_HTTPHEADER, *list);
    return TRUE;
}

/* Codes not listed are "try again": FAULT_LOST. */
static const struct {
    CURLcode code;
    FaultCode fault;
    const char *sentence; /* after the host's name */
} failures[] = {
    { CURLE_OPERATION_TIMEDOUT, FAULT_TIMEOUT, "did not answer in time" },
    { CURLE_ABORTED_BY_CALLBACK, FAULT_CANCELLED, "was not waited for: the work was cancelled" },
    { CURLE_BAD_CONTENT_ENCODING, FAULT_REMOTE, "sent an answer that cannot be decompressed" },
    { CURLE_UNSUPPORTED_PROTOCOL, FAULT_REMOTE, "does not speak HTTP" },
    { CURLE_WEIRD_SERVER_REPLY, FAULT_REMOTE, "does not speak HTTP" },
    { CURLE_PEER_FAILED_VERIFICATION, FAULT_REMOTE, "has a certificate that cannot be verified" },
    { CURLE_COULDNT_RESOLVE_HOST, FAULT_LOST, "was not found: its name has no address" },
    { CURLE_COULDNT_CONNECT, FAULT_LOST, "cannot be reached: no connection" },
    { CURLE_PARTIAL_FILE, FAULT_LOST, "cut its answer short" },
    { CURLE_GOT_NOTHING, FAULT_LOST, "closed the connection without an answer" },
};

static gboolean
fail (CURLcode code, const Transfer *transfer, const char *host, GError **error)
{
    if (transfer->too_large)
        return fault_set (error, FAULT_REMOTE, "%s sent an answer that is too large", host);
    if (transfer->refused)
        return fault_set (error, FAULT_REMOTE, "%s was not asked: its name leads into a private network",
                          host);
    for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
        if (failures[i].code == code)
            return fault_set (error, failures[i].fault, "%s %s", host, failures[i].sentence);
    return fault_set (error, FAULT_LOST, "the connection to %s failed: %s", host, curl_easy_strerror (code));
}

static gboolean
perform (CURL *curl, const FetchRequest *request, Transfer *transfer, const char *host, GError **error)
{
    struct curl_slist *headers = NULL;
    CURLcode code;
    gboolean ready;

    curl_easy_reset (curl);
    if (!set_texts (curl, request) || !set_method (curl, request))
        return no_memory (error);
    set_bounds (curl, request);
    set_callbacks (curl, transfer);
    set_guard (curl, request, transfer, host);
    ready = set_headers (curl, request, &headers, error);
    code = ready ? curl_easy_perform (curl) : CURLE_OK;
    curl_easy_setopt (curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all (headers);
    return ready && (code == CURLE_OK || fail (code, transfer, host, error));
}

/* Checked here and not left to curl, whose code for a foreign scheme is the same
 * as for an answer that is not HTTP. */
static char *
find_host (const char *url, GError **error)
{
    g_autofree char *scheme = NULL;
    char *host = NULL;

    if (!g_uri_split (url, G_URI_FLAGS_PARSE_RELAXED, &scheme, NULL, &host, NULL, NULL, NULL, NULL, NULL) ||
        !host || !*host || !scheme || (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)) {
        g_free (host);
        fault_set (error, FAULT_INVALID, "an address is not a web address (http:// or https://)");
        return NULL;
    }
    return host;
}

static FetchResponse *
transfer_finish (Transfer *transfer, CURL *curl)
{
    FetchResponse *response = g_new0 (FetchResponse, 1);
    long status = 0;

    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    response->status = (int)status;
    response->body = g_byte_array_free_to_bytes (g_steal_pointer (&transfer->body));
    response->headers = g_steal_pointer (&transfer->headers);
    return response;
}

static FetchResponse *
curl_fetch (Fetcher *base, const FetchRequest *request, GError **error)
{
    CurlFetcher *fetcher = (CurlFetcher *)base;
    g_autofree char *host = find_host (request->url, error);
    g_autoptr (GByteArray) body = g_byte_array_new ();
    g_autoptr (GHashTable) headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    Transfer transfer = { .fetcher = fetcher, .body = body, .headers = headers };

    if (!host)
        return NULL;
    if (is_cancelled (fetcher)) {
        fail (CURLE_ABORTED_BY_CALLBACK, &transfer, host, error);
        return NULL;
    }
    transfer.max_bytes = request->max_bytes ? request->max_bytes : STANDARD_MAX_BYTES;
    if (!fetcher->curl)
        fetcher->curl = fetch_start_curl (error);
    if (!fetcher->curl)
        return NULL;
    if (!perform (fetcher->curl, request, &transfer, host, error))
        return NULL;
    body = NULL;
    headers = NULL;
    return transfer_finish (&transfer, fetcher->curl);
}

static void
curl_free_fetcher (Fetcher *base)
{
    CurlFetcher *fetcher = (CurlFetcher *)base;

    curl_easy_cleanup (fetcher->curl);
    g_free (fetcher);
}

/* With an allocator that a test build can make fail; in a release it is malloc (). */
static void *
take (gsize n)
{
    return mishap (MISHAP_FETCH) ? NULL : malloc (n);
}

static void *
take_more (void *old, gsize n)
{
    return mishap (MISHAP_FETCH) ? NULL : realloc (old, n);
}

static void *
take_zeroed (gsize count, gsize n)
{
    return mishap (MISHAP_FETCH) ? NULL : calloc (count, n);
}

static char *
take_copy (const char *text)
{
    return mishap (MISHAP_FETCH) ? NULL : strdup (text);
}

static void
set_up_curl (void)
{
    if (curl_global_init_mem (CURL_GLOBAL_DEFAULT, take, free, take_more, take_copy, take_zeroed) != CURLE_OK)
        g_error ("libcurl cannot be set up");
}

CURL *
fetch_start_curl (GError **error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CURL *curl;

    pthread_once (&once, set_up_curl);
    curl = curl_easy_init ();
    if (!curl)
        no_memory (error);
    return curl;
}

Fetcher *
fetcher_new_curl (const gint *cancel)
{
    CurlFetcher *fetcher = g_new0 (CurlFetcher, 1);

    fetcher->base = (Fetcher){ .fetch = curl_fetch, .free = curl_free_fetcher };
    fetcher->cancel = cancel;
    return &fetcher->base;
}
