/* ready.c -- one reply for many requests.
 *
 * libmicrohttpd counts references to a response under the response's own lock,
 * so all loops may send the same object; nothing is copied or allocated for a
 * request. The price: its headers are the same for all. A request that brought
 * its own X-Request-Id, or headers that depend on who asks (CORS), gets a
 * response of its own around the same bytes. */
#include "http/internal.h"

#include "base/mishap.h"

#include <string.h>

struct HttpReady {
    atomic_int references;
    int status;
    GBytes *body;
    char *etag;
    char *content_type;
    char **headers; /* name, value, … NULL */
    gsize size;
    struct MHD_Response *full, *unchanged; /* unchanged: the 304, if there is an ETag */
};

static struct MHD_Response *
build (const HttpReady *ready, gboolean with_body)
{
    gsize n = 0;
    gconstpointer bytes = with_body ? g_bytes_get_data (ready->body, &n) : NULL;
    struct MHD_Response *response =
        MHD_create_response_from_buffer (n, (void *)(bytes ? bytes : ""), MHD_RESPMEM_PERSISTENT);

    for (char **header = ready->headers; *header; header += 2)
        MHD_add_response_header (response, header[0], header[1]);
    if (with_body && ready->content_type)
        MHD_add_response_header (response, "Content-Type", ready->content_type);
    if (ready->etag)
        MHD_add_response_header (response, "ETag", ready->etag);
    MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
    return response;
}

/* What it costs in memory, roughly but never too little: every text is held by
 * us and by each response, and a header of libmicrohttpd has a node. */
static gsize
measure (const HttpReady *ready)
{
    gsize texts =
        (ready->etag ? strlen (ready->etag) : 0) + (ready->content_type ? strlen (ready->content_type) : 0);
    gsize n = g_strv_length (ready->headers);

    for (gsize i = 0; i < n; i++)
        texts += strlen (ready->headers[i]);
    return sizeof *ready + g_bytes_get_size (ready->body) + 3 * texts + 1024 + 200 * n;
}

HttpReady *
http_ready_new (int status, const char *content_type, GBytes *body, const char *etag,
                const char *const *headers)
{
    HttpReady *ready = g_new0 (HttpReady, 1);

    atomic_init (&ready->references, 1);
    ready->status = status;
    ready->body = body;
    ready->etag = g_strdup (etag);
    ready->content_type = g_strdup (content_type);
    ready->headers = headers ? g_strdupv ((char **)headers) : g_new0 (char *, 1);
    ready->full = build (ready, TRUE);
    ready->unchanged = etag ? build (ready, FALSE) : NULL;
    ready->size = measure (ready);
    return ready;
}

HttpReady *
http_ready_ref (HttpReady *ready)
{
    atomic_fetch_add_explicit (&ready->references, 1, memory_order_relaxed);
    return ready;
}

void
http_ready_unref (HttpReady *ready)
{
    if (!ready || atomic_fetch_sub (&ready->references, 1) != 1)
        return;
    MHD_destroy_response (ready->full);
    if (ready->unchanged)
        MHD_destroy_response (ready->unchanged);
    g_bytes_unref (ready->body);
    g_free (ready->etag);
    g_free (ready->content_type);
    g_strfreev (ready->headers);
    g_free (ready);
}

gsize
http_ready_size (const HttpReady *ready)
{
    return ready->size;
}

const char *
http_ready_etag (const HttpReady *ready)
{
    return ready->etag;
}

GBytes *
http_ready_body (const HttpReady *ready)
{
    return ready->body;
}

int
http_ready_status (const HttpReady *ready)
{
    return ready->status;
}

/* A list of tags, or "*". A proxy may have weakened ours to W/"…" when it
 * compressed the body; that still names this version. */
gboolean
ready_matches (const HttpReady *ready, const char *list)
{
    gsize n = strlen (ready->etag);

    while (*list) {
        list += strspn (list, " \t,");
        if (*list == '*')
            return TRUE;
        if (g_str_has_prefix (list, "W/"))
            list += 2;
        if (strncmp (list, ready->etag, n) == 0 && (list[n] == '\0' || strchr (" \t,", list[n])))
            return TRUE;
        if (*list == '"' && strchr (list + 1, '"'))
            list = strchr (list + 1, '"') + 1; /* a tag may contain a comma */
        else
            list += strcspn (list, ",");
    }
    return FALSE;
}

/* Headers whose value depends on the asker. */
static gboolean
is_personal (const char *name)
{
#ifdef DAYMARK_FAILPOINTS
    if (strcmp (name, MISHAP_HEADER) == 0)
        return TRUE;
#endif
    return g_ascii_strncasecmp (name, "Access-Control-", 15) == 0 || g_ascii_strcasecmp (name, "Vary") == 0 ||
           g_ascii_strncasecmp (name, "RateLimit", 9) == 0;
}

static gboolean
needs_own (const HttpCall *call)
{
    for (const ReplyHeader *header = call->headers; header; header = header->next)
        if (is_personal (header->name))
            return TRUE;
    return call->id_is_theirs;
}

struct MHD_Response *
ready_response (HttpReady *ready, HttpCall *call)
{
    gboolean unchanged = call->status == 304 && ready->unchanged;

    if (!needs_own (call))
        return unchanged ? ready->unchanged : ready->full;
    call->response = build (ready, !unchanged);
    MHD_add_response_header (call->response, "X-Request-Id", call->id);
    for (const ReplyHeader *header = call->headers; header; header = header->next)
        if (is_personal (header->name))
            MHD_add_response_header (call->response, header->name, header->value);
    return call->response;
}
