/* stream.c -- a reply that goes on: what is new is sent, and only the newest.
 *
 * A stream holds at most two pieces: the one that is being sent, and the one
 * to send next, which a newer one replaces. So a slow reader costs no memory;
 * he misses what was in between. While there is nothing to send the connection
 * is suspended, and costs no time either. libmicrohttpd does not look at a
 * suspended connection, so the loop itself watches for the client hanging up.
 *
 * send, beat and end may be called on any thread. They leave the piece under
 * the stream's lock and put the stream on its loop's list; all the rest is the
 * loop's. */
#include "http/internal.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct HttpPiece {
    atomic_int references;
    gsize size;
    char bytes[];
};

struct HttpStream {
    atomic_int references;
    HttpLoop *loop; /* lives until the stream is gone */

    /* The loop's alone. */
    struct MHD_Connection *connection; /* NULL before it begins */
    HttpPeer *peer;
    HttpStream *before, *after; /* in the loop's list */
    HttpPiece *current;         /* being sent */
    gsize taken;                /* bytes of it */
    gsize sent;                 /* bytes in all */
    gboolean asleep, hung_up;

    pthread_mutex_t lock; /* guards what follows */
    HttpPiece *next;
    gboolean ended; /* nothing comes after next */
    gboolean gone;  /* the reply is over */
    gboolean roused;
    HttpStream *next_roused; /* in the loop's list of the roused, under the loop's lock */
};

/* ---- pieces ---- */

HttpPiece *
http_piece_new (const char *bytes, gsize n)
{
    HttpPiece *piece = g_malloc (sizeof *piece + n);

    atomic_init (&piece->references, 1);
    piece->size = n;
    memcpy (piece->bytes, bytes, n);
    return piece;
}

HttpPiece *
http_piece_ref (HttpPiece *piece)
{
    atomic_fetch_add_explicit (&piece->references, 1, memory_order_relaxed);
    return piece;
}

void
http_piece_unref (HttpPiece *piece)
{
    if (piece && atomic_fetch_sub (&piece->references, 1) == 1)
        g_free (piece);
}

/* ---- life ---- */

static HttpStream *
stream_ref (HttpStream *stream)
{
    atomic_fetch_add_explicit (&stream->references, 1, memory_order_relaxed);
    return stream;
}

void
http_stream_unref (HttpStream *stream)
{
    if (!stream || atomic_fetch_sub (&stream->references, 1) != 1)
        return;
    http_piece_unref (stream->current);
    http_piece_unref (stream->next);
    pthread_mutex_destroy (&stream->lock);
    g_free (stream);
}

static void
release (void *stream)
{
    http_stream_unref (stream);
}

/* ---- the loop's side ---- */

static gboolean
take_next (HttpStream *stream, gboolean *ended)
{
    pthread_mutex_lock (&stream->lock);
    stream->current = g_steal_pointer (&stream->next);
    *ended = stream->ended;
    pthread_mutex_unlock (&stream->lock);
    stream->taken = 0;
    return stream->current != NULL;
}

/* To return nothing without being suspended would be asked again at once, for ever. */
static ssize_t
fall_asleep (HttpStream *stream)
{
    stream->asleep = TRUE;
    MHD_suspend_connection (stream->connection);
    return 0;
}

static ssize_t
copy_piece (HttpStream *stream, char *buffer, gsize room)
{
    const HttpPiece *piece = stream->current;
    gsize n = MIN (room, piece->size - stream->taken);

    memcpy (buffer, piece->bytes + stream->taken, n);
    stream->taken += n;
    stream->sent += n;
    if (stream->taken == piece->size)
        g_clear_pointer (&stream->current, http_piece_unref);
    return (ssize_t)n;
}

/* libmicrohttpd asks for more. */
static ssize_t
read_stream (void *data, uint64_t position, char *buffer, size_t room)
{
    HttpStream *stream = data;
    gboolean ended;

    if (stream->hung_up)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (atomic_load (&stream->loop->server->phase) != PHASE_RUNNING)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->current || take_next (stream, &ended))
        return copy_piece (stream, buffer, room);
    return ended ? MHD_CONTENT_READER_END_OF_STREAM : fall_asleep (stream);
}

static void
wake_up (HttpStream *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = FALSE;
    MHD_resume_connection (stream->connection);
}

/* The reply has been handed to libmicrohttpd. */
void
stream_begin (HttpStream *stream, HttpPeer *peer, struct MHD_Connection *connection)
{
    struct epoll_event hang_up = { .events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = stream };
    HttpLoop *loop = stream->loop;

    stream->peer = peer;
    stream->connection = connection;
    stream->after = loop->streams;
    if (stream->after)
        stream->after->before = stream;
    loop->streams = stream;
    epoll_ctl (loop->epoll_fd, EPOLL_CTL_ADD, peer->fd, &hang_up);
}

/* The reply is over: the client has gone, or everything was sent. Bytes sent. */
gsize
stream_finish (HttpStream *stream)
{
    HttpLoop *loop = stream->loop;

    if (stream->connection) {
        epoll_ctl (loop->epoll_fd, EPOLL_CTL_DEL, stream->peer->fd, NULL);
        *(stream->before ? &stream->before->after : &loop->streams) = stream->after;
        if (stream->after)
            stream->after->before = stream->before;
    }
    pthread_mutex_lock (&stream->lock);
    stream->gone = TRUE;
    pthread_mutex_unlock (&stream->lock);
    return stream->sent;
}

void
stream_hung_up (HttpStream *stream)
{
    stream->hung_up = TRUE;
    shutdown (stream->peer->fd, SHUT_RDWR); /* also if it waits for room to write */
    wake_up (stream);
}

/* The server stops: all streams end now; those who do not read have a moment. */
void
stream_end_all (HttpLoop *loop)
{
    for (HttpStream *stream = loop->streams; stream; stream = stream->after) {
        peer_await (stream->peer, &loop->leaving, loop->now);
        wake_up (stream);
    }
}

/* A turn of the loop: those for whom there is something new. */
void
stream_wake_roused (HttpLoop *loop)
{
    HttpStream *stream;

    pthread_mutex_lock (&loop->lock);
    stream = g_steal_pointer (&loop->roused);
    pthread_mutex_unlock (&loop->lock);
    while (stream) {
        HttpStream *following = stream->next_roused;
        gboolean gone;

        pthread_mutex_lock (&stream->lock);
        stream->roused = FALSE;
        gone = stream->gone;
        pthread_mutex_unlock (&stream->lock);
        if (!gone)
            wake_up (stream);
        http_stream_unref (stream);
        stream = following;
    }
}

/* ---- everybody's side ---- */

/* Under the stream's lock; a list that was not empty has a wake-up on its way. */
static void
rouse (HttpStream *stream)
{
    HttpLoop *loop = stream->loop;
    gboolean wake;

    if (stream->roused)
        return;
    stream->roused = TRUE;
    pthread_mutex_lock (&loop->lock);
    wake = !loop->roused;
    stream->next_roused = loop->roused;
    loop->roused = stream_ref (stream);
    pthread_mutex_unlock (&loop->lock);
    if (wake)
        loop_wake (loop);
}

typedef enum { AS_NEWER, AS_BEAT, AS_LAST } Manner;

static gboolean
leave_piece (HttpStream *stream, HttpPiece *piece, Manner manner)
{
    gboolean open;

    pthread_mutex_lock (&stream->lock);
    open = !stream->gone && !stream->ended;
    if (open && !(manner == AS_BEAT && stream->next)) {
        if (piece) {
            http_piece_unref (stream->next);
            stream->next = http_piece_ref (piece);
        }
        stream->ended = manner == AS_LAST;
        rouse (stream);
    }
    pthread_mutex_unlock (&stream->lock);
    return open;
}

gboolean
http_stream_send (HttpStream *stream, HttpPiece *piece)
{
    return leave_piece (stream, piece, AS_NEWER);
}

gboolean
http_stream_beat (HttpStream *stream, HttpPiece *piece)
{
    return leave_piece (stream, piece, AS_BEAT);
}

void
http_stream_end (HttpStream *stream, HttpPiece *piece)
{
    leave_piece (stream, piece, AS_LAST);
}

gboolean
http_stream_is_open (HttpStream *stream)
{
    gboolean open;

    pthread_mutex_lock (&stream->lock);
    open = !stream->gone && !stream->ended;
    pthread_mutex_unlock (&stream->lock);
    return open;
}

static struct MHD_Response *
make_response (HttpStream *stream)
{
    return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 1024, read_stream, stream, release);
}

static HttpStream *
stream_new (HttpLoop *loop, HttpPiece *first)
{
    HttpStream *stream = g_new0 (HttpStream, 1);

    atomic_init (&stream->references, 1);
    stream->loop = loop;
    stream->current = http_piece_ref (first);
    pthread_mutex_init (&stream->lock, NULL);
    return stream;
}

HttpStream *
http_reply_stream (HttpCall *call, const char *content_type, HttpPiece *first)
{
    struct MHD_Response *response;
    HttpStream *stream;

    g_return_val_if_fail (!http_call_replied (call), NULL);
    stream = stream_new (call->loop, first);
    response = make_response (stream);
    if (strcmp (call->method, "HEAD") == 0) {
        /* To HEAD the library sends an end of chunks, unless the end of the connection is the end. */
        MHD_set_response_options (response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
        reply_finish (call, 200, content_type, response, 0);
        return NULL;
    }
    reply_finish (call, 200, content_type, response, 0);
    call->stream = stream;
    return stream_ref (stream);
}
