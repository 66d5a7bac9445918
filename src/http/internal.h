/* internal.h -- what the files of http/ share: server, loop, peer, call.
 *
 * Who touches what: a loop's daemon, peers and calls belong to the loop's
 * thread. A call whose connection is suspended belongs to the worker that took
 * it from the queue, until it is on the loop's list of returned calls. */
#pragma once
#include "http/arena.h"
#include "http/http.h"
#include "http/queue.h"
#include "http/target.h"
#include "http/tls.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#define MAX_LINE    8192          /* bytes of the request line */
#define MAX_HEADERS 32768         /* bytes of all headers */
#define MAX_DRAIN   (1024 * 1024) /* bytes of a refused body that are read, so that the answer arrives */
#define MAX_ID      64
#define LONG_REPLY  (64 * 1024) /* bytes; a shorter one must be taken within idle_seconds */

typedef struct HttpLoop HttpLoop;
typedef struct HttpPeer HttpPeer;

typedef enum {
    PHASE_RUNNING,
    PHASE_DRAINING, /* no new connections; what is under way is finished */
    PHASE_ENDING,   /* the workers are gone: send what they left, then stop */
} HttpPhase;

struct HttpServer {
    HttpOptions options;
    Tls *tls; /* NULL: plain HTTP */
    HttpLoop *loops;
    guint n_loops, n_workers; /* those that run */
    pthread_t *workers;
    Queue queue;
    guint16 port;
    atomic_int phase;
    atomic_uint connections, working, held;
    atomic_ullong requests, replies_5xx, refused_busy, joined;
    atomic_ullong replies[6], took[HTTP_BOUNDS + 1], took_us; /* see HttpStats */
    pthread_mutex_t lock; /* with quiet: the last connection, or the last call that was held, has gone */
    pthread_cond_t quiet;
};

/* Peers in the order of their deadlines. */
typedef struct {
    HttpPeer *first, *last;
    gint64 allowed; /* microseconds that a peer may stay in this list */
} PeerList;

/* One connection. It is in one of the loop's lists unless a worker has its call
 * or the library watches it. */
struct HttpPeer {
    HttpLoop *loop;
    PeerList *list;
    HttpPeer *before, *after;
    gint64 deadline;
    gboolean flows; /* the library watches for silence */
    int fd;
    HttpCall *call; /* whose end the library has not told yet, and may never tell */
};

struct HttpLoop {
    HttpServer *server;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    gboolean running;
    int listen_fd, epoll_fd, wake_fd;
    PeerList heading; /* their headers are on the way */
    PeerList idle;    /* between two requests */
    PeerList taking;  /* a short reply is on its way to them */
    PeerList leaving; /* their stream ends because the server stops */
    HttpStream *streams;
    guint peers;
    gboolean departed;    /* a connection has ended in this turn */
    gint64 now;           /* monotonic, when this turn began */
    guint8 entropy[1024]; /* unused random bytes, for request ids */
    gsize entropy_left;
    pthread_mutex_t lock; /* guards the lists of returned calls and roused streams */
    HttpCall *returned_first, *returned_last;
    HttpStream *roused;
};

typedef enum {
    STAGE_HEADERS, /* the request line is there */
    STAGE_BODY,    /* headers are accepted */
    STAGE_WORK,    /* suspended: with the queue, a worker or the returned list */
    STAGE_SENT,    /* the reply is with libmicrohttpd */
} HttpStage;

typedef struct ReplyHeader ReplyHeader;
struct ReplyHeader {
    ReplyHeader *next;
    const char *name, *value;
};

struct HttpCall {
    HttpLoop *loop;
    HttpPeer *peer;
    struct MHD_Connection *connection;
    HttpCall *next; /* in the list of returned calls */
    HttpStage stage;
    int status;
    gint64 started;
    const char *method;
    const char *raw; /* the target as it came; NULL if it is too long */
    gsize raw_length;
    Target target;
    TargetParam *params;
    guint n_params;
    gboolean params_known;
    gboolean has_body;
    gboolean close; /* end the connection after the reply */
    gboolean joins; /* a worker may take it together with others like it */
    gboolean id_is_theirs;
    atomic_uint hands; /* that have it while it is suspended: the worker, and who holds it */
    gsize discarded;   /* bytes of a body that nobody wants */
    gsize sent;
    GString *body;
    ReplyHeader *headers;
    struct MHD_Response *response; /* owned, unless it is of ready */
    HttpReady *ready;
    HttpStream *stream; /* owned by the response; NULL: the reply is a whole */
    char id[MAX_ID + 1];
    char peer_text[INET6_ADDRSTRLEN];
    Arena arena; /* last: only its head needs clearing */
};

/* ---- stats.c ---- */
void stats_note (HttpServer *server, const HttpCall *call); /* its reply is out */

/* ---- call.c ---- */
HttpCall *call_new (HttpLoop *loop, struct MHD_Connection *connection, const char *raw);
void call_free (HttpCall *call);
const char *call_parse_target (HttpCall *call); /* NULL or a reason */

/* ---- framing.c: what is refused before anybody sees it ---- */
typedef struct {
    int status; /* 0: fine */
    const char *reason;
    guint64 body;            /* announced by Content-Length */
    gboolean chunked, waits; /* waits: Expect: 100-continue */
    const char *request_id;
} Framing;
Framing framing_check (HttpCall *call, const char *version);

/* ---- request.c: the callbacks of libmicrohttpd ---- */
gpointer request_line (gpointer loop, const char *uri, struct MHD_Connection *connection);
enum MHD_Result
request_step (gpointer loop, struct MHD_Connection *connection, const char *url, const char *method,
              const char *version, const char *data, size_t *n, void **context);
void request_completed (gpointer loop, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code);

/* ---- reply.c ---- */
void reply_refuse (HttpCall *call, int status, const char *reason);
/* Takes over the response; n bytes of body, for the access log. */
void
reply_finish (HttpCall *call, int status, const char *content_type, struct MHD_Response *response, gsize n);

/* ---- stream.c: all on the loop's thread ---- */
void stream_begin (HttpStream *stream, HttpPeer *peer, struct MHD_Connection *connection);
gsize stream_finish (HttpStream *stream);
void stream_hung_up (HttpStream *stream);
void stream_wake_roused (HttpLoop *loop);
void stream_end_all (HttpLoop *loop);

/* ---- ready.c ---- */
struct MHD_Response *ready_response (HttpReady *ready, HttpCall *call); /* borrowed */
gboolean ready_matches (const HttpReady *ready, const char *if_none_match);

/* ---- peer.c ---- */
void peer_notify (gpointer loop, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode code);
HttpPeer *peer_of (struct MHD_Connection *connection);
void peer_await (HttpPeer *peer, PeerList *list, gint64 now); /* NULL: in no list */
void peer_flow (HttpPeer *peer, struct MHD_Connection *connection, gboolean flows);
void peer_list_expire (PeerList *list, gint64 now);     /* cuts those who are late */
void peer_list_hurry (PeerList *list, gint64 deadline); /* nobody may stay longer */
gint64 peer_list_deadline (const PeerList *list);       /* G_MAXINT64: none */

/* ---- loop.c ---- */
gboolean loop_open (HttpLoop *loop, HttpServer *server, int listen_fd, GError **error);
gboolean loop_start (HttpLoop *loop, GError **error);
void loop_wake (HttpLoop *loop);
void loop_return (HttpLoop *loop, HttpCall *call); /* from a worker */
void loop_join (HttpLoop *loop);
void loop_close (HttpLoop *loop);
void loop_random (HttpLoop *loop, gpointer bytes, gsize n);

/* ---- worker.c ---- */
gboolean worker_start_all (HttpServer *server, GError **error);
void worker_stop_all (HttpServer *server);
/* One hand less; the last gives it back to its loop. */
void worker_let_go (HttpCall *call);
