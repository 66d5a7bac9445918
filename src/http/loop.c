/* loop.c -- one event loop: a thread, a daemon, an epoll set of two.
 *
 * The daemon runs in external mode: its own epoll descriptor stands in our set,
 * beside an eventfd by which workers and the server wake us. All calls into
 * the daemon, also resuming, happen on this thread. */
#include "http/internal.h"

#include "base/fault.h"
#include "base/log.h"
#include "base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A connection's memory: request line, headers, and about 70 bytes for each
 * header. What does not fit is answered by libmicrohttpd itself (414, 431).
 * It clears most of this memory after every request, so that 16 KB more cost
 * some 5 % of the speed of a cached reply. */
#define POOL_BYTES ((size_t)48 * 1024)

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* The raw target is decoded by target.c. */
static size_t
keep_escaped (void *user, struct MHD_Connection *connection, char *text)
{
    return strlen (text);
}

static void daemon_log (void *user, const char *format, va_list arguments) G_GNUC_PRINTF (2, 0);

static void
daemon_log (void *user, const char *format, va_list arguments)
{
    g_autofree char *text = NULL;

    if (!log_enabled (LOG_DEBUG))
        return;
    text = g_strdup_vprintf (format, arguments);
    log_event (LOG_DEBUG, "http.library", g_strchomp (text), NULL);
}

static struct MHD_Daemon *
start_daemon (HttpLoop *loop, int listen_fd)
{
    const HttpOptions *options = &loop->server->options;
    gboolean tls = loop->server->tls != NULL;
    unsigned int flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem secure[] = {
        { MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, tls_callback () },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES },
        { MHD_OPTION_END, 0, NULL },
    };
    struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
    guint share = (options->max_connections + loop->server->n_loops - 1) / loop->server->n_loops;

    return MHD_start_daemon (flags, 0, NULL, NULL, request_step, loop,             /* */
                             MHD_OPTION_EXTERNAL_LOGGER, daemon_log, NULL,         /* */
                             MHD_OPTION_LISTEN_SOCKET, listen_fd,                  /* */
                             MHD_OPTION_CONNECTION_LIMIT, share,                   /* */
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES,       /* */
                             MHD_OPTION_STRICT_FOR_CLIENT, 1,                      /* */
                             MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL,     /* */
                             MHD_OPTION_URI_LOG_CALLBACK, request_line, loop,      /* */
                             MHD_OPTION_NOTIFY_COMPLETED, request_completed, loop, /* */
                             MHD_OPTION_NOTIFY_CONNECTION, peer_notify, loop,      /* */
                             MHD_OPTION_ARRAY, tls ? secure : plain, MHD_OPTION_END);
}

static gboolean
watch (HttpLoop *loop, int fd, gpointer mark)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = mark };

    return fd >= 0 && epoll_ctl (loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Takes over listen_fd, also when it fails. */
gboolean
loop_open (HttpLoop *loop, HttpServer *server, int listen_fd, GError **error)
{
    loop->server = server;
    loop->listen_fd = listen_fd;
    loop->heading.allowed = (gint64)server->options.header_seconds * G_USEC_PER_SEC;
    loop->idle.allowed = (gint64)server->options.idle_seconds * G_USEC_PER_SEC;
    loop->taking.allowed = loop->idle.allowed;
    loop->leaving.allowed = G_USEC_PER_SEC / 2;
    pthread_mutex_init (&loop->lock, NULL);
    loop->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
    loop->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->daemon = start_daemon (loop, listen_fd);
    if (!loop->daemon)
        loop->listen_fd = -1; /* a daemon that fails has closed it */
    if (!loop->daemon)
        return fault_set (error, FAULT_INTERNAL, "the HTTP server cannot start");
    if (watch (loop, loop->wake_fd, &loop->wake_fd) &&
        watch (loop, MHD_get_daemon_info (loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, NULL))
        return TRUE;
    return fault_set (error, FAULT_INTERNAL, "the HTTP server cannot start: %s", g_strerror (errno));
}

void
loop_random (HttpLoop *loop, gpointer bytes, gsize n)
{
    if (loop->entropy_left < n) {
        random_fill (random_system (), loop->entropy, sizeof loop->entropy);
        loop->entropy_left = sizeof loop->entropy;
    }
    loop->entropy_left -= n;
    memcpy (bytes, loop->entropy + loop->entropy_left, n);
}

void
loop_wake (HttpLoop *loop)
{
    guint64 one = 1;
    gssize written;

    do
        written = write (loop->wake_fd, &one, sizeof one);
    while (written < 0 && errno == EINTR);
}

/* A list that was not empty has a wake-up on its way. */
void
loop_return (HttpLoop *loop, HttpCall *call)
{
    gboolean wake;

    call->next = NULL;
    pthread_mutex_lock (&loop->lock);
    wake = !loop->returned_first;
    *(wake ? &loop->returned_first : &loop->returned_last->next) = call;
    loop->returned_last = call;
    pthread_mutex_unlock (&loop->lock);
    if (wake)
        loop_wake (loop);
}

static void
resume_returned (HttpLoop *loop)
{
    HttpCall *call;

    pthread_mutex_lock (&loop->lock);
    call = loop->returned_first;
    loop->returned_first = loop->returned_last = NULL;
    pthread_mutex_unlock (&loop->lock);
    while (call) {
        HttpCall *next = call->next;

        MHD_resume_connection (call->connection);
        call = next;
    }
}

/* Somebody has woken us: what was left on our lists is for us. */
static void
take_up (HttpLoop *loop)
{
    guint64 count;

    if (read (loop->wake_fd, &count, sizeof count) < 0)
        return; /* nobody did */
    resume_returned (loop);
    stream_wake_roused (loop);
}

/* Milliseconds until something is due; -1 for ever. */
static int
wait_time (HttpLoop *loop)
{
    gint64 deadline = MIN (MIN (peer_list_deadline (&loop->heading), peer_list_deadline (&loop->leaving)),
                           MIN (peer_list_deadline (&loop->idle), peer_list_deadline (&loop->taking)));
    MHD_UNSIGNED_LONG_LONG library;
    gint64 wait = G_MAXINT64;

    if (deadline != G_MAXINT64)
        wait = MAX (0, (deadline - g_get_monotonic_time ()) / 1000 + 1);
    if (MHD_get_timeout (loop->daemon, &library) == MHD_YES)
        wait = MIN (wait, (gint64)MIN (library, (MHD_UNSIGNED_LONG_LONG)G_MAXINT));
    return wait == G_MAXINT64 ? -1 : (int)MIN (wait, G_MAXINT);
}

/* A daemon that is full stops listening, and begins again only in a run after
 * the one in which a connection ended. */
static void
run_daemon (HttpLoop *loop)
{
    loop->departed = FALSE;
    MHD_run (loop->daemon);
    if (loop->departed)
        MHD_run (loop->daemon);
}

static void
turn (HttpLoop *loop)
{
    struct epoll_event events[64];
    int n = epoll_wait (loop->epoll_fd, events, G_N_ELEMENTS (events), wait_time (loop));

    loop->now = g_get_monotonic_time ();
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr == &loop->wake_fd)
            take_up (loop);
        else if (events[i].data.ptr) /* NULL: the daemon's own set */
            stream_hung_up (events[i].data.ptr);
    peer_list_expire (&loop->heading, loop->now);
    peer_list_expire (&loop->idle, loop->now);
    peer_list_expire (&loop->taking, loop->now);
    peer_list_expire (&loop->leaving, loop->now);
    run_daemon (loop);
}

/* Finish what is under way. Requests that have arrived are taken up before
 * the silent connections are cut; those in the middle of their headers have a
 * moment to complete them. */
static void
drain (HttpLoop *loop)
{
    MHD_quiesce_daemon (loop->daemon);
    loop->now = g_get_monotonic_time ();
    stream_end_all (loop);
    MHD_run (loop->daemon);
    peer_list_expire (&loop->idle, G_MAXINT64);
    peer_list_hurry (&loop->heading, g_get_monotonic_time () + G_USEC_PER_SEC / 2);
    while (atomic_load (&loop->server->phase) == PHASE_DRAINING)
        turn (loop);
}

/* The workers are gone, so all calls are back: nothing stays suspended, which
 * the daemon would not survive. Replies get a last chance to leave. */
static void
end (HttpLoop *loop)
{
    gint64 deadline = g_get_monotonic_time () + G_USEC_PER_SEC;

    loop->now = deadline - G_USEC_PER_SEC;
    take_up (loop);
    stream_end_all (loop);
    peer_list_expire (&loop->heading, G_MAXINT64);
    peer_list_expire (&loop->idle, G_MAXINT64);
    do {
        struct epoll_event event;

        MHD_run (loop->daemon);
        epoll_wait (loop->epoll_fd, &event, 1, loop->peers ? 10 : 0);
    } while (loop->peers && g_get_monotonic_time () < deadline);
    MHD_stop_daemon (g_steal_pointer (&loop->daemon));
    stream_wake_roused (loop); /* all are gone: lets go of them */
}

static void *
loop_main (void *user)
{
    HttpLoop *loop = user;

    tls_use (loop->server->tls);
    while (atomic_load (&loop->server->phase) == PHASE_RUNNING)
        turn (loop);
    drain (loop);
    end (loop);
    return NULL;
}

gboolean
loop_start (HttpLoop *loop, GError **error)
{
    int code = pthread_create (&loop->thread, NULL, loop_main, loop);

    loop->running = code == 0;
    return loop->running || fault_set (error, FAULT_INTERNAL, "cannot start a thread: %s", g_strerror (code));
}

void
loop_join (HttpLoop *loop)
{
    if (loop->running)
        pthread_join (loop->thread, NULL);
    loop->running = FALSE;
}

static void
close_fd (int *fd)
{
    if (*fd >= 0)
        close (*fd);
    *fd = -1;
}

void
loop_close (HttpLoop *loop)
{
    if (!loop->server)
        return; /* never opened */
    if (loop->daemon) {
        MHD_quiesce_daemon (loop->daemon);
        MHD_stop_daemon (loop->daemon);
    }
    close_fd (&loop->listen_fd);
    close_fd (&loop->epoll_fd);
    close_fd (&loop->wake_fd);
    pthread_mutex_destroy (&loop->lock);
}
