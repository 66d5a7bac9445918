#include "http/internal.h"

#include <arpa/inet.h>
#include <string.h>

HttpCall *
call_new (HttpLoop *loop, struct MHD_Connection *connection, const char *raw)
{
    HttpCall *call = g_malloc (sizeof *call);

    memset (call, 0, G_STRUCT_OFFSET (HttpCall, arena));
    arena_init (&call->arena);
    call->loop = loop;
    call->peer = peer_of (connection);
    call->connection = connection;
    call->started = g_get_monotonic_time ();
    call->raw_length = strlen (raw);
    /* libmicrohttpd cuts its copy up while it parses on. */
    if (call->raw_length <= MAX_LINE)
        call->raw = arena_copy (&call->arena, raw, call->raw_length);
    return call;
}

void
call_free (HttpCall *call)
{
    if (call->body)
        g_string_free (call->body, TRUE);
    if (call->response)
        MHD_destroy_response (call->response);
    if (call->ready)
        http_ready_unref (call->ready);
    arena_clear (&call->arena);
    g_free (call);
}

const char *
call_parse_target (HttpCall *call)
{
    return target_parse (&call->target, &call->arena, call->raw);
}

const char *
http_call_id (const HttpCall *call)
{
    return call->id;
}

const char *
http_call_method (const HttpCall *call)
{
    return call->method;
}

/* A refused target has no path; the access log then shows an empty one. */
const char *
http_call_path (const HttpCall *call)
{
    return call->target.path ? call->target.path : "";
}

guint
http_call_n_segments (const HttpCall *call)
{
    return call->target.n_segments;
}

const char *
http_call_segment (const HttpCall *call, guint i)
{
    return i < call->target.n_segments ? call->target.segments[i] : NULL;
}

/* Decoded at the first question; a call belongs to one thread at a time. */
static void
read_params (HttpCall *call)
{
    if (call->params_known)
        return;
    call->params = target_params (&call->arena, call->target.query, &call->n_params);
    call->params_known = TRUE;
}

const char *
http_call_query (const HttpCall *call, const char *name)
{
    read_params ((HttpCall *)call);
    for (guint i = 0; i < call->n_params; i++)
        if (strcmp (call->params[i].name, name) == 0)
            return call->params[i].value;
    return NULL;
}

const char *
http_call_header (const HttpCall *call, const char *name)
{
    return MHD_lookup_connection_value (call->connection, MHD_HEADER_KIND, name);
}

typedef struct {
    const char *name;
    GString *list;
} Lines;

static enum MHD_Result
add_line (void *user, enum MHD_ValueKind kind G_GNUC_UNUSED, const char *name, const char *value)
{
    Lines *lines = user;

    if (g_ascii_strcasecmp (name, lines->name) == 0)
        g_string_append_printf (lines->list, "%s%s", lines->list->len ? ", " : "", value ? value : "");
    return MHD_YES;
}

char *
http_call_header_list (const HttpCall *call, const char *name)
{
    Lines lines = { .name = name, .list = g_string_new (NULL) };

    MHD_get_connection_values (call->connection, MHD_HEADER_KIND, add_line, &lines);
    return g_string_free (lines.list, FALSE);
}

static const char *
cookie_value (HttpCall *call, const char *from, const char *to)
{
    while (to > from && g_ascii_isspace (to[-1]))
        to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') {
        from++;
        to--;
    }
    return arena_copy (&call->arena, from, (gsize)(to - from));
}

/* Names are compared with their case, which libmicrohttpd's look-up does not. */
const char *
http_call_cookie (const HttpCall *call, const char *name)
{
    const char *p = http_call_header (call, "Cookie");
    gsize n = strlen (name);

    while (p && *p) {
        const char *end;

        p += strspn (p, " \t;");
        end = p + strcspn (p, ";");
        if (strncmp (p, name, n) == 0 && p[n] == '=')
            return cookie_value ((HttpCall *)call, p + n + 1, end);
        p = end;
    }
    return NULL;
}

static gboolean
address_text (const struct sockaddr *address, char text[static INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

    if (address->sa_family == AF_INET)
        return inet_ntop (AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN) != NULL;
    if (address->sa_family != AF_INET6)
        return FALSE;
    if (IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr))
        return inet_ntop (AF_INET, v6->sin6_addr.s6_addr + 12, text, INET6_ADDRSTRLEN) != NULL;
    return inet_ntop (AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN) != NULL;
}

const char *
http_call_peer (const HttpCall *call)
{
    char *text = ((HttpCall *)call)->peer_text; /* filled at the first question */
    const union MHD_ConnectionInfo *info;

    if (*text)
        return text;
    info = MHD_get_connection_info (call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr || !address_text (info->client_addr, text))
        g_strlcpy (text, "?", INET6_ADDRSTRLEN);
    return text;
}

const char *
http_call_body (const HttpCall *call, gsize *n)
{
    if (n)
        *n = call->body ? call->body->len : 0;
    return call->body ? call->body->str : "";
}

void
http_call_join (HttpCall *call)
{
    call->joins = TRUE;
}

void
http_call_hold (HttpCall *call)
{
    atomic_fetch_add (&call->loop->server->held, 1);
    atomic_fetch_add (&call->hands, 1);
}

void
http_call_release (HttpCall *call)
{
    HttpServer *server = call->loop->server;

    worker_let_go (call);
    pthread_mutex_lock (&server->lock); /* counted under it, so that the server is there until we let go */
    if (atomic_fetch_sub (&server->held, 1) == 1)
        pthread_cond_broadcast (&server->quiet);
    pthread_mutex_unlock (&server->lock);
}

gint64
http_call_started (const HttpCall *call)
{
    return call->started;
}

gboolean
http_call_replied (const HttpCall *call)
{
    return call->response || call->ready;
}

int
http_call_status (const HttpCall *call)
{
    return call->status;
}

gsize
http_call_sent (const HttpCall *call)
{
    return call->sent;
}

gboolean
http_call_streams (const HttpCall *call)
{
    return call->stream != NULL;
}
