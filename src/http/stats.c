/* stats.c -- what a server has counted. */
#include "http/internal.h"

const double http_bounds[HTTP_BOUNDS] = {
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
};

static void
add (atomic_ullong *counter, guint64 n)
{
    atomic_fetch_add_explicit (counter, n, memory_order_relaxed);
}

void
stats_note (HttpServer *server, const HttpCall *call)
{
    gint64 took = MAX (g_get_monotonic_time () - call->started, 0);
    guint i = 0;

    if (call->status >= 100 && call->status < 600)
        add (&server->replies[call->status / 100], 1);
    if (call->stream)
        return;
    while (i < HTTP_BOUNDS && (double)took > http_bounds[i] * (double)G_USEC_PER_SEC)
        i++;
    add (&server->took[i], 1);
    add (&server->took_us, (guint64)took);
}

void
http_server_stats (HttpServer *server, HttpStats *stats)
{
    *stats = (HttpStats){
        .requests = atomic_load (&server->requests),
        .replies_5xx = atomic_load (&server->replies_5xx),
        .refused_busy = atomic_load (&server->refused_busy),
        .joined = atomic_load (&server->joined),
        .connections = atomic_load (&server->connections),
        .queued = queue_count (&server->queue),
        .working = atomic_load (&server->working),
        .held = atomic_load (&server->held),
        .workers = server->options.workers,
        .queue_most = server->options.queue,
        .connections_most = server->options.max_connections,
        .took_us = atomic_load (&server->took_us),
        .certificate_end = server->tls ? tls_end (server->tls) : 0,
    };
    for (guint i = 0; i < G_N_ELEMENTS (stats->replies); i++)
        stats->replies[i] = atomic_load (&server->replies[i]);
    for (guint i = 0; i < G_N_ELEMENTS (stats->took); i++)
        stats->took[i] = atomic_load (&server->took[i]);
}
