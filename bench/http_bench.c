/* http_bench.c -- cached answers: our server against a bare libmicrohttpd.
 *
 * Both answer the same 2 KB from one loop; the same small client keeps a number
 * of connections busy. Rounds alternate, and beside the requests a second the
 * processor time of the server's thread is compared, which a busy machine
 * disturbs less.
 *
 * Memory a connection: libmicrohttpd clears it after each request, and our
 * limits on headers need 48 KB. Its own standard is 32 KB. So ours is compared
 * with two bare ones.
 *
 *   http_bench [seconds a round] [connections] [rounds] */
#include "http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY_BYTES 2048

static const char request[] =
    "GET /v1/widgets/ga4.sessions?startDate=2026-01-01&endDate=2026-01-31 HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
    "Authorization: Bearer dm_0123456789abcdef0123456789abcdef\r\n\r\n";

static const char *const headers[] = { "Cache-Control", "private, no-cache", NULL };
#define ETAG "\"0123456789abcdef\""

static double
clock_seconds (clockid_t clock)
{
    struct timespec time;

    clock_gettime (clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- the client: one thread, each connection asks again once it is answered ---- */

typedef struct {
    int fd;
    gsize got, want; /* want 0: the length is not known yet */
} Client;

static int
client_connect (guint16 port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port) };
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    if (connect (fd, (struct sockaddr *)&to, sizeof to) != 0)
        g_error ("connect: %s", g_strerror (errno));
    fcntl (fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void
client_ask (Client *client)
{
    client->got = 0;
    if (send (client->fd, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1)
        g_error ("send: %s", g_strerror (errno));
}

/* TRUE when an answer is complete; all answers of a round have one length. */
static gboolean
client_read (Client *client)
{
    char buffer[16384];
    gssize n = recv (client->fd, buffer, sizeof buffer - 1, 0);

    if (n <= 0)
        g_error ("recv: %s", n ? g_strerror (errno) : "closed");
    if (!client->want) {
        buffer[n] = '\0';
        client->want = (gsize)(strstr (buffer, "\r\n\r\n") + 4 - buffer) + BODY_BYTES;
    }
    client->got += (gsize)n;
    return client->got == client->want;
}

static double
run_clients (guint16 port, guint n, double seconds)
{
    Client *clients = g_new0 (Client, n);
    int set = epoll_create1 (EPOLL_CLOEXEC);
    double start = clock_seconds (CLOCK_MONOTONIC), now = start;
    guint64 answers = 0;

    for (guint i = 0; i < n; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &clients[i] };

        clients[i].fd = client_connect (port);
        epoll_ctl (set, EPOLL_CTL_ADD, clients[i].fd, &event);
        client_ask (&clients[i]);
    }
    while (now - start < seconds) {
        struct epoll_event events[64];
        int ready = epoll_wait (set, events, 64, 1000);

        if (ready == 0)
            g_error ("the server stalled");
        for (int i = 0; i < ready; i++)
            if (client_read (events[i].data.ptr)) {
                answers++;
                client_ask (events[i].data.ptr);
            }
        now = clock_seconds (CLOCK_MONOTONIC);
    }
    for (guint i = 0; i < n; i++)
        close (clients[i].fd);
    close (set);
    g_free (clients);
    return (double)answers / (now - start);
}

/* ---- the bare server ---- */

typedef struct {
    struct MHD_Daemon *daemon;
    struct MHD_Response *response;
    pthread_t thread;
    atomic_int stop;
    guint16 port;
} Bare;

static enum MHD_Result
bare_step (void *user, struct MHD_Connection *connection, const char *url, const char *method,
           const char *version, const char *data, size_t *n, void **context)
{
    Bare *bare = user;

    if (!*context) {
        *context = bare;
        return MHD_YES;
    }
    return MHD_queue_response (connection, 200, bare->response);
}

static void *
bare_main (void *user)
{
    Bare *bare = user;
    int fd = MHD_get_daemon_info (bare->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct epoll_event event = { .events = EPOLLIN };
    int set = epoll_create1 (EPOLL_CLOEXEC);

    epoll_ctl (set, EPOLL_CTL_ADD, fd, &event);
    while (!atomic_load (&bare->stop)) {
        MHD_UNSIGNED_LONG_LONG timeout;
        int wait = MHD_get_timeout (bare->daemon, &timeout) == MHD_YES ? (int)MIN (timeout, 100) : 100;

        epoll_wait (set, &event, 1, wait);
        MHD_run (bare->daemon);
    }
    close (set);
    return NULL;
}

static void
bare_start (Bare *bare, char *body, size_t memory)
{
    bare->response = MHD_create_response_from_buffer (BODY_BYTES, body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header (bare->response, headers[0], headers[1]);
    MHD_add_response_header (bare->response, "Content-Type", "application/json");
    MHD_add_response_header (bare->response, "ETag", ETAG);
    MHD_add_response_header (bare->response, "X-Content-Type-Options", "nosniff");
    bare->daemon =
        MHD_start_daemon (MHD_USE_EPOLL, 0, NULL, NULL, bare_step, bare, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_END);
    bare->port = MHD_get_daemon_info (bare->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    pthread_create (&bare->thread, NULL, bare_main, bare);
}

static void
bare_stop (Bare *bare)
{
    atomic_store (&bare->stop, 1);
    pthread_join (bare->thread, NULL);
    MHD_stop_daemon (bare->daemon);
    MHD_destroy_response (bare->response);
}

/* ---- ours ---- */

typedef struct {
    HttpReady *ready;
    pthread_t loop; /* the thread that answers */
    atomic_int known;
} Ours;

static gboolean
ours_quick (HttpCall *call, gpointer user)
{
    Ours *ours = user;

    if (!atomic_load_explicit (&ours->known, memory_order_relaxed)) {
        ours->loop = pthread_self ();
        atomic_store (&ours->known, 1);
    }
    http_reply_ready (call, ours->ready);
    return TRUE;
}

static void
ours_work (HttpCall *call, gpointer state, gpointer user)
{
    http_reply (call, 500, NULL, "", 0);
}

/* ---- */

typedef struct {
    double rate, cost; /* requests a second; microseconds of processor time a request */
} Result;

static Result
measure (guint16 port, guint n, double seconds, pthread_t thread)
{
    clockid_t clock;
    double before;
    Result result;

    pthread_getcpuclockid (thread, &clock);
    before = clock_seconds (clock);
    result.rate = run_clients (port, n, seconds);
    result.cost = (clock_seconds (clock) - before) / (result.rate * seconds) * 1e6;
    return result;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
    qsort (values, n, sizeof *values, by_value);
    return values[n / 2];
}

typedef struct {
    double seconds;
    guint connections, rounds;
} Plan;

static void
compare (const Plan *plan, HttpServer *server, const Ours *ours, char *body, guint kilobytes)
{
    guint n = plan->rounds;
    g_autofree double *rates = g_new (double, n), *costs = g_new (double, n);
    g_autofree double *mine_rates = g_new (double, n), *bare_rates = g_new (double, n);
    Bare bare = { 0 };

    bare_start (&bare, body, (size_t)kilobytes * 1024);
    for (guint i = 0; i < n; i++) {
        Result theirs = measure (bare.port, plan->connections, plan->seconds, bare.thread);
        Result mine = measure (http_server_port (server), plan->connections, plan->seconds, ours->loop);

        rates[i] = mine.rate / theirs.rate;
        costs[i] = theirs.cost / mine.cost;
        mine_rates[i] = mine.rate;
        bare_rates[i] = theirs.rate;
    }
    printf ("cached reply on one loop, bare libmicrohttpd with %u KB\t%.0f/s\t%.0f/s\t%.2f\t%.2f\t>= 0.9\n",
            kilobytes, median (mine_rates, n), median (bare_rates, n), median (rates, n), median (costs, n));
    bare_stop (&bare);
}

int
main (int argc, char **argv)
{
    const Plan plan = { .seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 1,
                        .connections = argc > 2 ? (guint)g_ascii_strtoull (argv[2], NULL, 10) : 64,
                        .rounds = argc > 3 ? (guint)g_ascii_strtoull (argv[3], NULL, 10) : 5 };
    g_autofree char *body = g_malloc (BODY_BYTES);
    Ours ours = { 0 };
    HttpOptions options = { .address = "127.0.0.1",
                            .loops = 1,
                            .workers = 1,
                            .quick = ours_quick,
                            .work = ours_work,
                            .user = &ours };
    HttpServer *server;

    memset (body, 'x', BODY_BYTES);
    ours.ready = http_ready_new (200, "application/json", g_bytes_new (body, BODY_BYTES), ETAG, headers);
    server = http_server_start (&options, NULL);
    run_clients (http_server_port (server), 1, 0.1);
    compare (&plan, server, &ours, body, 32); /* its own standard */
    compare (&plan, server, &ours, body, 48); /* what our limits on headers need */
    http_server_stop (server, 1);
    http_ready_unref (ours.ready);
    return 0;
}
