/* request.c -- one request from its first line to its end, as libmicrohttpd's
 * callbacks tell it.
 *
 *   request_line       the line has come: the call is born
 *   request_step       headers are complete: refuse, or ask quick()
 *   request_step …     pieces of the body
 *   request_step       the body is complete: send, or suspend for a worker
 *   request_step       resumed: send
 *   request_completed  the reply is out or the client has gone
 *
 * A reply given before the body is complete waits for it: libmicrohttpd would
 * otherwise close the connection, and closing on unread bytes may take the
 * reply away from the client. What would be too much to read is not waited for. */
#include "http/internal.h"

#include <string.h>
#include <sys/socket.h>

gpointer
request_line (gpointer user, const char *uri, struct MHD_Connection *connection)
{
    HttpCall *call = call_new (user, connection, uri);

    g_clear_pointer (&call->peer->call, call_free);
    call->peer->call = call;

    /* A second request on the connection has its own time for headers; the
     * first one began when the connection did. */
    if (call->peer->list != &call->loop->heading)
        peer_await (call->peer, &call->loop->heading, call->started);
    atomic_fetch_add_explicit (&call->loop->server->requests, 1, memory_order_relaxed);
    return call;
}

static gboolean
id_is_sane (const char *id)
{
    gsize n = id ? strlen (id) : 0;

    return n >= 1 && n <= MAX_ID &&
           strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static void
choose_id (HttpCall *call, const char *theirs)
{
    static const char hex[] = "0123456789abcdef";
    guint8 bytes[16];

    call->id_is_theirs = id_is_sane (theirs);
    if (call->id_is_theirs) {
        memcpy (call->id, theirs, strlen (theirs) + 1);
        return;
    }
    loop_random (call->loop, bytes, sizeof bytes);
    for (guint i = 0; i < sizeof bytes; i++) {
        call->id[2 * i] = hex[bytes[i] >> 4];
        call->id[2 * i + 1] = hex[bytes[i] & 15];
    }
}

static enum MHD_Result
send_reply (HttpCall *call)
{
    struct MHD_Response *response = call->ready ? ready_response (call->ready, call) : call->response;

    call->stage = STAGE_SENT;
    if (call->stream)
        stream_begin (call->stream, call->peer, call->connection);
    if (call->stream || call->sent > LONG_REPLY)
        peer_flow (call->peer, call->connection, TRUE);
    else
        peer_await (call->peer, &call->loop->taking, call->loop->now);
    if (call->status >= 500)
        atomic_fetch_add_explicit (&call->loop->server->replies_5xx, 1, memory_order_relaxed);
    return MHD_queue_response (call->connection, (unsigned int)call->status, response);
}

static enum MHD_Result
begin (HttpCall *call, const char *method, const char *version)
{
    const HttpOptions *options = &call->loop->server->options;
    Framing framing;

    peer_await (call->peer, NULL, 0);
    call->method = method;
    framing = framing_check (call, version);
    call->has_body = framing.body > 0 || framing.chunked;
    choose_id (call, framing.request_id);
    call->stage = STAGE_BODY;
    if (call->has_body)
        peer_flow (call->peer, call->connection, TRUE);
    if (framing.status) {
        /* Only a body that is a bit too large is read to its end. */
        call->close = framing.status != 413 || framing.waits || framing.body > MAX_DRAIN;
        reply_refuse (call, framing.status, framing.reason);
        return call->close ? send_reply (call) : MHD_YES;
    }
    if (options->quick && options->quick (call, options->user) && !http_call_replied (call))
        reply_refuse (call, 500, "The request was taken but not answered.");
    /* Spare a client its body if it asked first. */
    return http_call_replied (call) && framing.waits ? send_reply (call) : MHD_YES;
}

static enum MHD_Result
take_body (HttpCall *call, const char *data, size_t *n)
{
    gsize room = call->loop->server->options.max_body - (call->body ? call->body->len : 0);

    if (!http_call_replied (call) && *n > room)
        reply_refuse (call, 413, "The request body is too large.");
    if (http_call_replied (call)) {
        call->discarded += *n;
    } else {
        if (!call->body)
            call->body = g_string_sized_new (MAX (*n, 1024));
        g_string_append_len (call->body, data, (gssize)*n);
    }
    *n = 0;
    return call->discarded <= MAX_DRAIN ? MHD_YES : MHD_NO; /* NO closes */
}

static void
refuse_busy (HttpCall *call)
{
    atomic_fetch_add (&call->loop->server->refused_busy, 1);
    http_reply_header (call, "Retry-After", "1");
    reply_refuse (call, 503, "The server is busy; try again in a moment.");
}

static enum MHD_Result
complete (HttpCall *call, struct MHD_Connection *connection)
{
    if (http_call_replied (call))
        return send_reply (call);
    call->stage = STAGE_WORK;
    if (queue_push (&call->loop->server->queue, call)) {
        /* A worker may have answered by now, but only this thread resumes. */
        MHD_suspend_connection (connection);
        return MHD_YES;
    }
    refuse_busy (call);
    return send_reply (call);
}

enum MHD_Result
request_step (gpointer user, struct MHD_Connection *connection, const char *url, const char *method,
              const char *version, const char *data, size_t *n, void **context)
{
    HttpCall *call = *context;

    switch (call->stage) {
    case STAGE_HEADERS:
        return begin (call, method, version);
    case STAGE_BODY:
        return *n ? take_body (call, data, n) : complete (call, connection);
    case STAGE_WORK:
        return send_reply (call);
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

void
request_completed (gpointer user, struct MHD_Connection *connection, void **context,
                   enum MHD_RequestTerminationCode code)
{
    HttpCall *call = *context;
    HttpLoop *loop = user;

    if (!call)
        return;
    *context = NULL;
    call->peer->call = NULL;
    if (call->stream)
        call->sent = stream_finish (call->stream);
    if (call->stage == STAGE_SENT)
        stats_note (loop->server, call);
    peer_flow (call->peer, connection, FALSE);
    peer_await (call->peer, &loop->idle, loop->now);
    if (atomic_load (&loop->server->phase) != PHASE_RUNNING)
        shutdown (call->peer->fd, SHUT_RDWR); /* a shared reply could not say Connection: close */
    if (loop->server->options.done && call->stage != STAGE_HEADERS)
        loop->server->options.done (call, loop->server->options.user);
    call_free (call);
}
