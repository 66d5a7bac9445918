#include "http/internal.h"

#include <string.h>

static gboolean
is_header_name (const char *name)
{
    gsize n = strlen (name);

    return n > 0 && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

static gboolean
is_header_value (const char *value)
{
    for (; *value; value++)
        if ((guchar)*value < ' ' || *value == 0x7f)
            return FALSE;
    return TRUE;
}

/* A name that is set again replaces its value; only cookies may be several. */
static ReplyHeader **
slot (HttpCall *call, const char *name)
{
    ReplyHeader **slot = &call->headers;

    while (*slot &&
           (g_ascii_strcasecmp ((*slot)->name, name) != 0 || g_ascii_strcasecmp (name, "Set-Cookie") == 0))
        slot = &(*slot)->next;
    return slot;
}

void
http_reply_header (HttpCall *call, const char *name, const char *value)
{
    ReplyHeader **place;

    if (!is_header_name (name) || !is_header_value (value))
        return;
    place = slot (call, name);
    if (!*place) {
        *place = arena_alloc (&call->arena, sizeof **place);
        **place = (ReplyHeader){ .name = arena_copy (&call->arena, name, strlen (name)) };
    }
    (*place)->value = arena_copy (&call->arena, value, strlen (value));
}

/* The connection ends after this reply, or soon after when the server stops. */
static gboolean
is_last (const HttpCall *call)
{
    return call->close || atomic_load (&call->loop->server->phase) != PHASE_RUNNING;
}

void
reply_finish (HttpCall *call, int status, const char *content_type, struct MHD_Response *response, gsize n)
{
    gboolean bodiless = strcmp (call->method, "HEAD") == 0 || status == 204 || status == 304;

    for (ReplyHeader *header = call->headers; header; header = header->next)
        MHD_add_response_header (response, header->name, header->value);
    if (content_type)
        MHD_add_response_header (response, "Content-Type", content_type);
    MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header (response, "X-Request-Id", call->id);
    if (is_last (call))
        MHD_add_response_header (response, "Connection", "close");
    call->response = response;
    call->status = status;
    call->sent = bodiless ? 0 : n;
}

void
http_reply (HttpCall *call, int status, const char *content_type, const char *body, gsize n)
{
    g_return_if_fail (!http_call_replied (call));
    reply_finish (call, status, content_type,
                  MHD_create_response_from_buffer (n, (void *)body, MHD_RESPMEM_MUST_COPY), n);
}

void
http_reply_take (HttpCall *call, int status, const char *content_type, GString *body)
{
    gsize n = body->len;
    char *text = g_string_free (body, FALSE);

    if (http_call_replied (call)) {
        g_free (text);
        g_return_if_reached ();
    }
    reply_finish (call, status, content_type,
                  MHD_create_response_from_buffer_with_free_callback (n, text, g_free), n);
}

/* If-None-Match speaks of what GET would answer with 200, and of nothing else. */
static gboolean
is_unchanged (HttpCall *call, const HttpReady *ready, gboolean head)
{
    const char *etags;

    if (!http_ready_etag (ready) || http_ready_status (ready) != 200 ||
        (!head && strcmp (call->method, "GET") != 0))
        return FALSE;
    etags = http_call_header (call, "If-None-Match");
    return etags && ready_matches (ready, etags);
}

void
http_reply_ready (HttpCall *call, HttpReady *ready)
{
    gboolean head = strcmp (call->method, "HEAD") == 0;

    g_return_if_fail (!http_call_replied (call));
    call->ready = http_ready_ref (ready);
    call->status = is_unchanged (call, ready, head) ? 304 : http_ready_status (ready);
    if (call->status != 304 && !head)
        call->sent = g_bytes_get_size (http_ready_body (ready));
}

void
reply_refuse (HttpCall *call, int status, const char *reason)
{
    const HttpOptions *options = &call->loop->server->options;

    if (options->refuse)
        options->refuse (call, status, reason, options->user);
    if (!http_call_replied (call))
        http_reply (call, status, "text/plain; charset=utf-8", reason, strlen (reason));
}
