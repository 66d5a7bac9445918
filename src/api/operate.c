/* operate.c -- what an operator and his monitors ask. */
#include "api/handlers.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define TICK_LATE_US (120 * SECOND_US)

gboolean
operate_health (Call *call)
{
    return call_reply_ok (call);
}

gboolean
operate_version (Call *call)
{
    return call_reply (call, 200,
                       g_string_new ("{\"name\":\"daymark\",\"version\":\"" DAYMARK_VERSION "\"}"));
}

/* The database answers, and the scheduler has looked within two minutes. */
gboolean
operate_ready (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_ping, NO_PARAMS, error);

    if (!rows)
        return FALSE;
    if (options->last_tick &&
        clock_monotonic (options->clock) - options->last_tick (options->user) > TICK_LATE_US)
        return call_fail (error, 503, "scheduler-late", "the scheduler has not looked for over two minutes");
    return call_reply_ok (call);
}

static void
metric (GString *out, const char *name, const char *type, const char *help, guint64 value)
{
    g_string_append_printf (out,
                            "# HELP daymark_%s %s\n# TYPE daymark_%s %s\ndaymark_%s %" G_GUINT64_FORMAT "\n",
                            name, help, name, type, name, value);
}

gboolean
operate_metrics (Call *call, GError **error)
{
    GString *out = g_string_new (NULL);
    HttpStats http = { 0 };
    CacheStats cache = { 0 };

    if (call->api->server)
        http_server_stats (call->api->server, &http);
    cache_stats (call->api->options.cache, &cache);
    metric (out, "http_requests_total", "counter", "Requests answered.", http.requests);
    metric (out, "http_replies_5xx_total", "counter", "Answers with a status of 500 or more.",
            http.replies_5xx);
    metric (out, "http_refused_busy_total", "counter", "Requests refused because the queue was full.",
            http.refused_busy);
    metric (out, "http_connections", "gauge", "Open connections.", http.connections);
    metric (out, "http_queued", "gauge", "Requests that wait for a worker.", http.queued);
    metric (out, "http_working", "gauge", "Requests that a worker has.", http.working);
    metric (out, "cache_hits_total", "counter", "Answers given from the cache.", cache.hits);
    metric (out, "cache_misses_total", "counter", "Answers that had to be computed.", cache.misses);
    metric (out, "cache_evictions_total", "counter", "Answers dropped to make room.", cache.evictions);
    metric (out, "cache_bytes", "gauge", "Memory of kept answers.", cache.bytes);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_take (call->http, 200, "text/plain; version=0.0.4", out);
    return TRUE;
}
