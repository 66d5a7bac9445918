/* metrics.c -- numbers for Prometheus: of this process. Those of the sync are in metrics_sync.c. */
#include "api/exposition.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/process.h"
#include "sandbox/sandbox.h"
#include "store/store.h"

/* ---- this process ---- */

static void
put_build (GString *out)
{
    expose_head (out, "build_info", "gauge", "What this is, and the edition of its time zones.");
    g_string_append_printf (out, "daymark_build_info{version=\"" DAYMARK_VERSION "\",tzdata=\"%s\"} 1\n",
                            zone_data_version ());
}

/* Names that Prometheus knows of every process. */
static void
put_process (GString *out)
{
    ProcessStats process;

    process_look (&process);
    g_string_append_printf (out,
                            "# HELP process_cpu_seconds_total Time of all threads on a processor.\n"
                            "# TYPE process_cpu_seconds_total counter\n"
                            "process_cpu_seconds_total %.2f\n"
                            "# HELP process_resident_memory_bytes Memory in use.\n"
                            "# TYPE process_resident_memory_bytes gauge\n"
                            "process_resident_memory_bytes %" G_GINT64_FORMAT "\n"
                            "# HELP process_open_fds Open files and connections.\n"
                            "# TYPE process_open_fds gauge\n"
                            "process_open_fds %u\n"
                            "# HELP process_max_fds How many there may be.\n"
                            "# TYPE process_max_fds gauge\n"
                            "process_max_fds %u\n"
                            "# HELP process_start_time_seconds When it was started.\n"
                            "# TYPE process_start_time_seconds gauge\n"
                            "process_start_time_seconds %" G_GINT64_FORMAT "\n",
                            process.cpu_seconds, process.resident_bytes, process.open_files,
                            process.most_files, process.started);
}

static void
put_log (GString *out)
{
    expose_head (out, "log_events_total", "counter",
                 "Warnings and errors, whether LOG_LEVEL shows them or not.");
    expose_labelled (out, "log_events_total", "level", "warning", (gint64)log_count (LOG_WARNING));
    expose_labelled (out, "log_events_total", "level", "error", (gint64)log_count (LOG_ERROR));
}

/* Buckets hold all that took at most so long. */
static void
put_times (GString *out, const HttpStats *http)
{
    guint64 sum = 0;

    expose_head (out, "http_request_seconds", "histogram", "How long requests took; streams are left out.");
    for (guint i = 0; i < HTTP_BOUNDS; i++) {
        sum += http->took[i];
        g_string_append_printf (out, "daymark_http_request_seconds_bucket{le=\"%g\"} %" G_GUINT64_FORMAT "\n",
                                http_bounds[i], sum);
    }
    sum += http->took[HTTP_BOUNDS];
    g_string_append_printf (out,
                            "daymark_http_request_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n"
                            "daymark_http_request_seconds_sum %.6f\n"
                            "daymark_http_request_seconds_count %" G_GUINT64_FORMAT "\n",
                            sum, (double)http->took_us / (double)SECOND_US, sum);
}

static void
put_replies (GString *out, const HttpStats *http)
{
    static const char *const classes[] = { NULL, NULL, "2xx", "3xx", "4xx", "5xx" };

    expose_head (out, "http_replies_total", "counter", "Answers by the class of their status.");
    for (guint i = 2; i < G_N_ELEMENTS (classes); i++)
        expose_labelled (out, "http_replies_total", "class", classes[i], (gint64)http->replies[i]);
}

static void
put_load (GString *out, const HttpStats *http)
{
    const struct {
        const char *name, *help;
        gint64 value;
    } gauges[] = {
        { "http_connections", "Open connections.", http->connections },
        { "http_connections_limit", "How many there may be; more wait.", http->connections_most },
        { "http_queued", "Requests that wait for a worker.", http->queued },
        { "http_queue_limit", "How many may wait; more are refused.", http->queue_most },
        { "http_working", "Requests that a worker has.", http->working },
        { "http_workers", "Workers.", http->workers },
        { "http_held", "Requests that wait for something else than a worker.", http->held },
    };

    for (guint i = 0; i < G_N_ELEMENTS (gauges); i++)
        expose (out, gauges[i].name, "gauge", gauges[i].help, gauges[i].value);
}

static void
put_http (GString *out, HttpServer *server)
{
    HttpStats http = { 0 };

    if (server)
        http_server_stats (server, &http);
    expose (out, "http_requests_total", "counter", "Requests answered.", (gint64)http.requests);
    expose (out, "http_replies_5xx_total", "counter", "Answers with a status of 500 or more.",
            (gint64)http.replies_5xx);
    expose (out, "http_refused_busy_total", "counter", "Requests refused because the queue was full.",
            (gint64)http.refused_busy);
    expose (out, "http_joined_total", "counter", "Requests that were answered together with others.",
            (gint64)http.joined);
    put_replies (out, &http);
    put_times (out, &http);
    put_load (out, &http);
    if (http.certificate_end)
        expose (out, "tls_certificate_end_timestamp_seconds", "gauge",
                "When the TLS certificate of new connections ends.", http.certificate_end / SECOND_US);
}

static void
put_sandbox (GString *out)
{
    SandboxState sandbox = sandbox_state ();

    expose_head (out, "sandbox", "gauge", "1: this part of the sandbox is in force.");
    expose_labelled (out, "sandbox", "part", "landlock", sandbox.landlock > 0);
    expose_labelled (out, "sandbox", "part", "seccomp", sandbox.seccomp);
}

static void
put_rates (GString *out, const Rates *rates)
{
    expose_head (out, "refused_too_often_total", "counter", "Requests refused because they came too often.");
    for (Rate rate = RATE_NONE + 1; rate < N_RATES; rate++)
        expose_labelled (out, "refused_too_often_total", "rule", rate_rules[rate].name,
                         (gint64)rates_refused (rates, rate));
}

static void
put_cache (GString *out, Cache *kept)
{
    CacheStats cache = { 0 };

    cache_stats (kept, &cache);
    expose (out, "cache_hits_total", "counter", "Answers given from the cache.", (gint64)cache.hits);
    expose (out, "cache_misses_total", "counter", "Answers that had to be computed.", (gint64)cache.misses);
    expose (out, "cache_evictions_total", "counter", "Answers dropped to make room.",
            (gint64)cache.evictions);
    expose (out, "cache_bytes", "gauge", "Memory of kept answers.", (gint64)cache.bytes);
}

static void
put_second (GString *out, Second *second)
{
    SecondStats shared;

    if (!second)
        return;
    second_stats (second, &shared);
    expose (out, "cache_shared_hits_total", "counter", "Answers found in Redis.", (gint64)shared.hits);
    expose (out, "cache_shared_misses_total", "counter", "Answers asked for in Redis and not found.",
            (gint64)shared.misses);
    expose (out, "cache_shared_errors_total", "counter", "Times that Redis failed or refused.",
            (gint64)shared.errors);
    expose (out, "cache_shared_up", "gauge", "1: Redis answers; 0: answers are computed without it.",
            shared.up);
}

/* ---- the database ---- */

static void
put_database (GString *out, const Config *config)
{
    static const struct {
        const char *kind;
        FaultCode fault;
    } kinds[] = {
        { "busy", FAULT_BUSY }, { "lost", FAULT_LOST },         { "timeout", FAULT_TIMEOUT },
        { "full", FAULT_FULL }, { "internal", FAULT_INTERNAL },
    };
    guint64 bytes;

    expose_head (out, "database_errors_total", "counter", "Calls of the database that have failed.");
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        expose_labelled (out, "database_errors_total", "kind", kinds[i].kind,
                         (gint64)store_failures (kinds[i].fault));
    if (store_disk_free (config->database_url, &bytes))
        expose (out, "disk_free_bytes", "gauge", "Room on the disk of the database file.", (gint64)bytes);
}

/* ---- the language model ---- */

static void
put_calls (GString *out, const NarratorStats *stats)
{
    expose_head (out, "model_calls_total", "counter",
                 "Questions to the language model, by what came of them.");
    for (ModelOutcome outcome = 0; outcome < MODEL_OUTCOMES; outcome++)
        expose_labelled (out, "model_calls_total", "outcome", model_outcome_name (outcome),
                         (gint64)stats->outcomes[outcome]);
    expose_head (out, "model_seconds_total", "counter", "Time spent on them.");
    g_string_append_printf (out, "daymark_model_seconds_total %.3f\n",
                            (double)stats->busy / (double)SECOND_US);
    expose (out, "model_waiting", "gauge", "Requests that wait for the language model.", stats->waiting);
    expose (out, "model_left_alone", "gauge", "1: it has failed, and is not asked for a while.",
            stats->left_alone);
}

static void
put_words (GString *out, const NarratorStats *stats)
{
    expose (out, "model_recalled_total", "counter", "Questions whose answer was kept.",
            (gint64)stats->recalled);
    expose (out, "model_shared_total", "counter", "Requests that shared another's question.",
            (gint64)stats->shared);
    expose (out, "model_not_asked_total", "counter",
            "Requests answered by rules: the line was full, or it is left alone.", (gint64)stats->not_now);
    expose (out, "model_unpaid_total", "counter", "Questions for which the day's budget had no tokens left.",
            (gint64)stats->unpaid);
    expose (out, "model_bullets_kept_total", "counter", "Its sentences that were proven and shown.",
            (gint64)stats->kept);
    expose (out, "model_bullets_dropped_total", "counter", "Its sentences that were not.",
            (gint64)stats->dropped);
    expose (out, "model_groups_by_rules_total", "counter",
            "Groups given to the rules because a sentence was dropped.", (gint64)stats->fallen_back);
}

static void
put_model (GString *out, Call *call)
{
    Narrator *narrator = call->api->options.narrator;
    g_autoptr (GError) error = NULL;
    NarratorStats stats;
    gint64 tokens;

    if (!narrator)
        return;
    narrator_stats (narrator, &stats);
    put_calls (out, &stats);
    put_words (out, &stats);
    tokens = narrator_tokens_today (narrator, call->store, &error);
    expose (out, "model_tokens_limit", "gauge", "Tokens that a day may cost; 0: no limit.",
            call->api->options.config->llm_daily_tokens);
    if (tokens >= 0)
        expose (out, "model_tokens_today", "gauge", "Tokens of this day (UTC), of all instances.", tokens);
}

/* Without its database the process can still be watched. */
gboolean
operate_metrics (Call *call, GError **error)
{
    GString *out = g_string_new (NULL);
    g_autoptr (GError) local = NULL;
    gboolean up;

    put_build (out);
    put_process (out);
    put_log (out);
    put_http (out, call->api->server);
    put_sandbox (out);
    put_rates (out, call->api->rates);
    expose (out, "streams", "gauge", "Jobs that are followed as a stream.",
            (gint64)follow_count (call->api->follow));
    put_cache (out, call->api->options.cache);
    put_second (out, call->api->options.second);
    put_database (out, call->api->options.config);
    put_model (out, call);
    expose (out, "scheduler_tick_age_seconds", "gauge", "How long ago the scheduler last looked.",
            operate_tick_age (call) / SECOND_US);
    up = metrics_sync (out, call, &local) && metrics_mail (out, call, &local);
    if (!up)
        log_event (LOG_WARNING, "metrics.database", local->message, NULL);
    expose (out, "database_up", "gauge", "1: the database answers.", up);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_take (call->http, 200, "text/plain; version=0.0.4", out);
    return TRUE;
}
