/* http.h -- the HTTP server: event loops in front, workers behind.
 *
 * One event loop a core, each with its own libmicrohttpd daemon in external
 * epoll mode on its own SO_REUSEPORT socket. A request first goes to quick(),
 * on the loop, which must not block: it either replies (a cache hit, a static
 * file, a refusal) or hands the request on. Then the connection is suspended
 * and the request waits in one bounded queue for a worker; a full queue is
 * answered with 503 and Retry-After. The worker replies and puts the request on
 * its loop's own list, wakes the loop by an eventfd, and the loop resumes the
 * connection itself (a resume from another thread can be missed in 0.9.75).
 *
 * An HttpCall is one request and its reply. It belongs to its loop, or to the
 * worker that has it, never to both; its memory ends with the request.
 *
 * What is refused before anybody sees it: request line over 8 KB (414), headers
 * over 32 KB (431), body over max_body (413), bad framing (400). Those answers
 * are written by refuse(), so that they look like all others. The library
 * answers itself, in its own words, what it refuses before we see it: a head
 * of more than about 45 KB, no Host, an unreadable length or chunk.
 *
 * A reply carries X-Request-Id and X-Content-Type-Options: nosniff. Only a
 * shared reply has no X-Request-Id, unless the request brought one: it is sent
 * without a copy. The access log knows the id in any case. */
#pragma once
#include <glib.h>

typedef struct HttpServer HttpServer;
typedef struct HttpCall HttpCall;
typedef struct HttpReady HttpReady;   /* a finished reply that many requests share */
typedef struct HttpStream HttpStream; /* a reply that goes on */

typedef struct {
    const char *address; /* numeric, "127.0.0.1" or "::1" */
    guint16 port;        /* 0: a free one, see http_server_port */
    guint loops;         /* 0: one a core */
    guint workers;
    guint queue;           /* requests that may wait for a worker; 0 is 1024 */
    guint max_connections; /* a server; 0 is 8192. Each loop has an equal share; more wait in the backlog */
    gsize max_body;        /* bytes; 0 is 256 KB */
    guint idle_seconds;    /* a silent connection is closed; 0 is 60. A reply of up to 64 KB
                              must be taken within it */
    guint header_seconds;  /* headers must be complete within; 0 is 15 */
    const char *tls_cert, *tls_key; /* PEM texts, or NULL */

    /* TRUE: it has replied. FALSE: hand it to a worker once its body is complete. */
    gboolean (*quick) (HttpCall *call, gpointer user);
    /* On a worker; must reply before it returns, or hold the call. state is what worker_start gave. */
    void (*work) (HttpCall *call, gpointer state, gpointer user);
    /* The same for several calls that quick() has marked by http_call_join and that wait together, so
     * that they can be asked for in one go. NULL: each goes to work() alone. */
    void (*work_together) (HttpCall *const *calls, guint n, gpointer state, gpointer user);
    gpointer (*worker_start) (gpointer user); /* may be NULL; called on the worker's thread */
    void (*worker_stop) (gpointer state, gpointer user);
    /* Fill in an error reply for status; reason is a sentence. May run on a loop. For a
     * full queue, Retry-After is set already. NULL: plain text. */
    void (*refuse) (HttpCall *call, int status, const char *reason, gpointer user);
    /* After the reply is out (or the client has gone): for the access log. May be NULL. */
    void (*done) (HttpCall *call, gpointer user);
    gpointer user;
} HttpOptions;

HttpServer *http_server_start (const HttpOptions *options, GError **error);
guint16 http_server_port (const HttpServer *server);
/* Another certificate and key (PEM) for the connections from now on, of a server that began with some. On
 * error, FAULT_INVALID, the old ones stay. Any thread. */
gboolean http_server_renew (HttpServer *server, const char *tls_cert, const char *tls_key, GError **error);
/* Stop accepting, finish what is under way (at most grace_seconds), then stop the threads. What
 * waits in the queue by then gets 503; what a worker has is waited for in any case. */
void http_server_stop (HttpServer *server, guint grace_seconds);

/* Requests by how long they took, from their first byte to the last of the reply; streams are left out. The
 * last bound is infinite. */
#define HTTP_BOUNDS 12
extern const double http_bounds[HTTP_BOUNDS]; /* seconds */

typedef struct {
    guint64 replies[6];            /* by the first digit of their status */
    guint64 took[HTTP_BOUNDS + 1]; /* each is in one only */
    guint64 took_us;               /* all together */
    guint workers, queue_most, connections_most;
    guint64 requests, replies_5xx, refused_busy, joined;
    guint connections, queued, working, held;
    gint64 certificate_end; /* microseconds; 0: plain HTTP */
} HttpStats;
void http_server_stats (HttpServer *server, HttpStats *stats);

/* ---- the request; all strings are borrowed and live as long as the call ---- */
const char *http_call_id (const HttpCall *call);     /* request id: theirs if it is sane, else ours */
const char *http_call_method (const HttpCall *call); /* "GET" */
const char *http_call_path (const HttpCall *call);   /* decoded, without the query; invalid UTF-8 and
                                                        NUL are refused before */
/* Split before decoding: "/a%2Fb" is one. "/" has none, "/a/" two, the second is empty. */
guint http_call_n_segments (const HttpCall *call);
const char *http_call_segment (const HttpCall *call, guint i); /* NULL past the end */
/* The first value of that name, decoded; NULL if absent. NUL and invalid UTF-8 arrive as U+FFFD. */
const char *http_call_query (const HttpCall *call, const char *name);
/* The first line of that name; NULL if absent. */
const char *http_call_header (const HttpCall *call, const char *name);
/* Of a header that is a list: all lines of that name, in their order, as one; "" if there is none. The
 * caller frees it. */
char *http_call_header_list (const HttpCall *call, const char *name);
const char *http_call_cookie (const HttpCall *call, const char *name);
const char *http_call_peer (const HttpCall *call);           /* numeric address, "?" if unknown */
const char *http_call_body (const HttpCall *call, gsize *n); /* complete when work() runs */
/* From quick(): a worker may take it together with others, see work_together. */
void http_call_join (HttpCall *call);
gint64 http_call_started (const HttpCall *call); /* monotonic microseconds */
/* From work(): the reply is given later, by whoever calls http_call_release once he has replied, on any
 * thread and as the last thing that he does with it. The worker is free meanwhile. A server that stops
 * waits for all calls that are held. */
void http_call_hold (HttpCall *call);
void http_call_release (HttpCall *call);

/* ---- the reply: set the parts in any order, then one http_reply… ---- */
/* Set again, it replaces; only Set-Cookie may be several. A value with control bytes (CR, LF) is
 * left out. */
void http_reply_header (HttpCall *call, const char *name, const char *value);
void http_reply (HttpCall *call, int status, const char *content_type, const char *body, gsize n);
/* The same, taking over the string. */
void http_reply_take (HttpCall *call, int status, const char *content_type, GString *body);
/* Send a shared reply; 304 without body if If-None-Match has its ETag (GET and HEAD). Headers set on
 * the call are not sent with it, except those that depend on who asks: Access-Control-…, RateLimit… and Vary.
 * They, and an X-Request-Id of the client's own, cost a response object; the bytes are shared still. */
void http_reply_ready (HttpCall *call, HttpReady *ready);
gboolean http_call_replied (const HttpCall *call);
int http_call_status (const HttpCall *call); /* 0 until replied */
gboolean http_call_streams (const HttpCall *call);
gsize http_call_sent (const HttpCall *call); /* bytes of the reply's body */

/* ---- replies that go on, for events: any thread; counted ----
 * Only the newest matters: what has not begun to leave is replaced by what is sent later, so a
 * slow reader costs no memory. One who takes nothing for idle_seconds is cut. A stream ends when
 * the server begins to stop. */

/* Bytes that many streams may share; counted. */
typedef struct HttpPiece HttpPiece;
HttpPiece *http_piece_new (const char *bytes, gsize n); /* copies them */
HttpPiece *http_piece_ref (HttpPiece *piece);
void http_piece_unref (HttpPiece *piece);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpPiece, http_piece_unref)

/* Answers 200, sends first, and stays open. The caller owns a reference; NULL for HEAD. */
HttpStream *http_reply_stream (HttpCall *call, const char *content_type, HttpPiece *first);
/* FALSE: the client has gone, or the stream has ended. */
gboolean http_stream_send (HttpStream *stream, HttpPiece *piece);
/* The same, but left out if something else still waits to leave. */
gboolean http_stream_beat (HttpStream *stream, HttpPiece *piece);
/* The last piece; NULL: only what was sent before. */
void http_stream_end (HttpStream *stream, HttpPiece *piece);
gboolean http_stream_is_open (HttpStream *stream);
void http_stream_unref (HttpStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpStream, http_stream_unref)

/* ---- shared replies: any thread; counted ---- */
/* headers: name, value, name, value, NULL; etag with its quotes, or NULL. Takes over body. */
HttpReady *http_ready_new (int status, const char *content_type, GBytes *body, const char *etag,
                           const char *const *headers);
HttpReady *http_ready_ref (HttpReady *ready);
void http_ready_unref (HttpReady *ready);
gsize http_ready_size (const HttpReady *ready);
const char *http_ready_etag (const HttpReady *ready);
GBytes *http_ready_body (const HttpReady *ready); /* borrowed */
int http_ready_status (const HttpReady *ready);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpReady, http_ready_unref)
