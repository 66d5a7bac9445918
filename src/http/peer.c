/* peer.c -- connections, and how long they may keep us waiting.
 *
 * libmicrohttpd knows one time limit: silence. A client that sends a byte of
 * its headers now and then would stay for ever, so a connection stands in one
 * of the loop's lists, each ordered by deadline, and the loop cuts the late.
 * Only where many bytes flow (a body, a long reply) the library's limit is
 * switched on: its book-keeping costs a lock at each read and write. */
#include "http/internal.h"

#include <sys/socket.h>

HttpPeer *
peer_of (struct MHD_Connection *connection)
{
    return MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void
leave (HttpPeer *peer)
{
    PeerList *list = peer->list;

    if (!list)
        return;
    *(peer->before ? &peer->before->after : &list->first) = peer->after;
    *(peer->after ? &peer->after->before : &list->last) = peer->before;
    peer->before = peer->after = NULL;
    peer->list = NULL;
}

void
peer_await (HttpPeer *peer, PeerList *list, gint64 now)
{
    leave (peer);
    if (!list)
        return;
    peer->list = list;
    peer->deadline = now + list->allowed;
    peer->before = list->last;
    *(list->last ? &list->last->after : &list->first) = peer;
    list->last = peer;
}

gint64
peer_list_deadline (const PeerList *list)
{
    return list->first ? list->first->deadline : G_MAXINT64;
}

void
peer_list_expire (PeerList *list, gint64 now)
{
    while (list->first && list->first->deadline <= now) {
        /* libmicrohttpd then reads the end of the stream and closes. */
        shutdown (list->first->fd, SHUT_RDWR);
        leave (list->first);
    }
}

/* Their order stays: what was later is not made earlier than what was before. */
void
peer_list_hurry (PeerList *list, gint64 deadline)
{
    for (HttpPeer *peer = list->first; peer; peer = peer->after)
        peer->deadline = MIN (peer->deadline, deadline);
}

void
peer_flow (HttpPeer *peer, struct MHD_Connection *connection, gboolean flows)
{
    guint seconds = flows ? peer->loop->server->options.idle_seconds : 0;

    if (peer->flows == flows)
        return;
    peer->flows = flows;
    MHD_set_connection_option (connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

static HttpPeer *
arrive (HttpLoop *loop, struct MHD_Connection *connection)
{
    HttpPeer *peer = g_new0 (HttpPeer, 1);

    peer->loop = loop;
    peer->fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    peer_await (peer, &loop->heading, g_get_monotonic_time ());
    loop->peers++;
    atomic_fetch_add (&loop->server->connections, 1);
    return peer;
}

static void
depart (HttpPeer *peer)
{
    HttpServer *server = peer->loop->server;

    leave (peer);
    /* A request that the library gives up between its line and its headers (for more parameters than it has
     * room for) is not told to have ended. */
    g_clear_pointer (&peer->call, call_free);
    peer->loop->peers--;
    peer->loop->departed = TRUE;
    g_free (peer);
    if (atomic_fetch_sub (&server->connections, 1) == 1 && atomic_load (&server->phase) != PHASE_RUNNING) {
        pthread_mutex_lock (&server->lock);
        pthread_cond_broadcast (&server->quiet);
        pthread_mutex_unlock (&server->lock);
    }
}

void
peer_notify (gpointer user, struct MHD_Connection *connection, void **context,
             enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *context = arrive (user, connection);
    else
        depart (*context);
}
