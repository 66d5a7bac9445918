/* server.c -- start and stop: sockets, loops, workers. */
#include "http/internal.h"

#include "base/fault.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static HttpOptions
with_defaults (const HttpOptions *given)
{
    HttpOptions options = *given;

    options.loops = options.loops ? options.loops : MAX (1, g_get_num_processors ());
    options.workers = MAX (options.workers, 1);
    options.queue = options.queue ? options.queue : 1024;
    options.max_connections = options.max_connections ? options.max_connections : 8192;
    options.max_body = options.max_body ? options.max_body : 256 * 1024;
    options.idle_seconds = options.idle_seconds ? options.idle_seconds : 60;
    options.header_seconds = options.header_seconds ? options.header_seconds : 15;
    options.address = options.tls_cert = options.tls_key = NULL; /* used only while starting */
    return options;
}

static gboolean
bind_and_listen (int fd, const struct addrinfo *info)
{
    int on = 1;

    return fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
           bind (fd, info->ai_addr, info->ai_addrlen) == 0 && listen (fd, SOMAXCONN) == 0;
}

/* Does nobody listen there? SO_REUSEPORT alone would let a second server of the same user in, and
 * the kernel would deal requests out between the two. */
static gboolean
is_free (const struct addrinfo *info)
{
    int on = 1, fd = socket (info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean taken = fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     bind (fd, info->ai_addr, info->ai_addrlen) != 0 && errno == EADDRINUSE;

    if (fd >= 0)
        close (fd);
    errno = EADDRINUSE;
    return !taken;
}

/* A listening socket, or -1; alone: nobody else may listen there. */
static int
open_socket (const char *address, guint16 port, gboolean alone, GError **error)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *info = NULL;
    char service[8];
    int fd, failure;

    g_snprintf (service, sizeof service, "%u", port);
    if (getaddrinfo (address, service, &hints, &info) != 0) {
        fault_set (error, FAULT_INVALID, "\"%s\" is not a numeric address", address);
        return -1;
    }
    fd = socket (info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if ((alone && !is_free (info)) || !bind_and_listen (fd, info)) {
        failure = errno;
        if (fd >= 0)
            close (fd);
        fd = -1;
        fault_set (error, FAULT_INVALID, "cannot listen on %s port %u: %s", address, port,
                   g_strerror (failure));
    }
    freeaddrinfo (info);
    return fd;
}

static guint16
port_of (int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;

    if (getsockname (fd, (struct sockaddr *)&address, &n) != 0)
        return 0;
    return ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                : ((struct sockaddr_in *)&address)->sin_port);
}

static gboolean
open_loops (HttpServer *server, const char *address, guint16 port, GError **error)
{
    for (guint i = 0; i < server->n_loops; i++) {
        int fd = open_socket (address, i ? server->port : port, i == 0, error);

        if (fd < 0)
            return FALSE;
        if (i == 0)
            server->port = port_of (fd);
        if (!loop_open (&server->loops[i], server, fd, error))
            return FALSE;
    }
    return TRUE;
}

/* Signals are for the main thread; new threads inherit its mask. */
static gboolean
start_threads (HttpServer *server, GError **error)
{
    sigset_t all, before;
    gboolean good;

    sigfillset (&all);
    pthread_sigmask (SIG_SETMASK, &all, &before);
    good = worker_start_all (server, error);
    for (guint i = 0; good && i < server->n_loops; i++)
        good = loop_start (&server->loops[i], error);
    pthread_sigmask (SIG_SETMASK, &before, NULL);
    return good;
}

static gboolean
open_tls (HttpServer *server, const HttpOptions *options, GError **error)
{
    if (!options->tls_cert)
        return TRUE;
    server->tls = tls_new (options->tls_cert, options->tls_key, error);
    return server->tls != NULL;
}

HttpServer *
http_server_start (const HttpOptions *options, GError **error)
{
    HttpServer *server = g_new0 (HttpServer, 1);
    pthread_condattr_t monotonic;

    server->options = with_defaults (options);
    server->n_loops = server->options.loops;
    server->loops = g_new0 (HttpLoop, server->n_loops);
    queue_init (&server->queue, server->options.queue);
    pthread_mutex_init (&server->lock, NULL);
    pthread_condattr_init (&monotonic);
    pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init (&server->quiet, &monotonic);
    pthread_condattr_destroy (&monotonic);
    if (open_tls (server, options, error) && open_loops (server, options->address, options->port, error) &&
        start_threads (server, error))
        return server;
    http_server_stop (server, 0);
    return NULL;
}

gboolean
http_server_renew (HttpServer *server, const char *tls_cert, const char *tls_key, GError **error)
{
    return tls_replace (server->tls, tls_cert, tls_key, error);
}

guint16
http_server_port (const HttpServer *server)
{
    return server->port;
}

static void
enter_phase (HttpServer *server, HttpPhase phase)
{
    atomic_store (&server->phase, phase);
    for (guint i = 0; i < server->n_loops; i++)
        if (server->loops[i].running)
            loop_wake (&server->loops[i]);
}

static void
wait_until_quiet (HttpServer *server, guint seconds)
{
    struct timespec deadline;
    int code = 0;

    clock_gettime (CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += seconds;
    pthread_mutex_lock (&server->lock);
    while (atomic_load (&server->connections) > 0 && code == 0)
        code = pthread_cond_timedwait (&server->quiet, &server->lock, &deadline);
    pthread_mutex_unlock (&server->lock);
}

/* Nothing may stay suspended: the daemons would not survive it. */
static void
wait_until_released (HttpServer *server)
{
    pthread_mutex_lock (&server->lock);
    while (atomic_load (&server->held) > 0)
        pthread_cond_wait (&server->quiet, &server->lock);
    pthread_mutex_unlock (&server->lock);
}

static void
server_free (HttpServer *server)
{
    for (guint i = 0; i < server->n_loops; i++)
        loop_close (&server->loops[i]);
    queue_clear (&server->queue);
    pthread_cond_destroy (&server->quiet);
    pthread_mutex_destroy (&server->lock);
    tls_free (server->tls);
    g_free (server->loops);
    g_free (server);
}

void
http_server_stop (HttpServer *server, guint grace_seconds)
{
    if (!server)
        return;
    enter_phase (server, PHASE_DRAINING);
    wait_until_quiet (server, grace_seconds);
    worker_stop_all (server);
    wait_until_released (server);
    enter_phase (server, PHASE_ENDING);
    for (guint i = 0; i < server->n_loops; i++)
        loop_join (&server->loops[i]);
    server_free (server);
}
