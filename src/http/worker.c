/* worker.c -- the threads that may block. */
#include "http/internal.h"

#include "base/fault.h"
#include "base/mishap.h"

#define TOGETHER 32 /* calls that one worker takes at once */

/* Who still has a hand on it may touch it; the last one gives it back. */
void
worker_let_go (HttpCall *call)
{
    if (atomic_fetch_sub (&call->hands, 1) > 1)
        return;
    if (!http_call_replied (call))
        reply_refuse (call, 500, "The request was not answered.");
    loop_return (call->loop, call);
}

#ifdef DAYMARK_FAILPOINTS

static void
tell_mishap (HttpCall *call)
{
    char told[MISHAP_TEXT];

    if (!mishap_tell (told) || !http_call_replied (call))
        return;
    if (call->response)
        MHD_add_response_header (call->response, MISHAP_HEADER, told);
    else
        http_reply_header (call, MISHAP_HEADER, told);
}

static void
work (HttpServer *server, HttpCall *call, gpointer state)
{
    mishap_plan (http_call_header (call, MISHAP_HEADER));
    server->options.work (call, state, server->options.user);
    tell_mishap (call);
    mishap_plan (NULL);
}

#else

static void
work (HttpServer *server, HttpCall *call, gpointer state)
{
    server->options.work (call, state, server->options.user);
}

#endif

static void
serve (HttpServer *server, HttpCall *const *calls, guint n, gpointer state)
{
    const HttpOptions *options = &server->options;

    atomic_fetch_add (&server->working, n);
    for (guint i = 0; i < n; i++)
        atomic_store (&calls[i]->hands, 1);
    if (n == 1) {
        work (server, calls[0], state);
    } else {
        atomic_fetch_add (&server->joined, n);
        options->work_together (calls, n, state, options->user);
    }
    atomic_fetch_sub (&server->working, n);
    for (guint i = 0; i < n; i++)
        worker_let_go (calls[i]);
}

static gboolean
joins (gconstpointer call)
{
    return ((const HttpCall *)call)->joins;
}

static void *
worker_main (void *user)
{
    HttpServer *server = user;
    const HttpOptions *options = &server->options;
    gpointer state = options->worker_start ? options->worker_start (options->user) : NULL;
    guint most = options->work_together ? TOGETHER : 1, n;
    gpointer calls[TOGETHER];

    while ((n = queue_pop_joined (&server->queue, calls, most, joins)))
        serve (server, (HttpCall *const *)calls, n, state);
    if (options->worker_stop)
        options->worker_stop (state, options->user);
    return NULL;
}

gboolean
worker_start_all (HttpServer *server, GError **error)
{
    guint wanted = server->options.workers;

    server->workers = g_new0 (pthread_t, wanted);
    for (; server->n_workers < wanted; server->n_workers++) {
        int code = pthread_create (&server->workers[server->n_workers], NULL, worker_main, server);

        if (code != 0)
            return fault_set (error, FAULT_INTERNAL, "cannot start a thread: %s", g_strerror (code));
    }
    return TRUE;
}

/* What still waits is refused; what a worker has is waited for, since a thread
 * cannot be taken out of a database call. */
void
worker_stop_all (HttpServer *server)
{
    HttpCall *call;

    queue_close (&server->queue);
    while ((call = queue_try_pop (&server->queue))) {
        http_reply_header (call, "Retry-After", "1");
        reply_refuse (call, 503, "The server is stopping.");
        loop_return (call->loop, call);
    }
    while (server->n_workers > 0)
        pthread_join (server->workers[--server->n_workers], NULL);
    g_clear_pointer (&server->workers, g_free);
}
