/* metrics.c -- numbers for Prometheus: of this process, and of the sync as the database knows it. */
#include "api/handlers.h"
#include "base/log.h"
#include "model/source.h"
#include "query/health.h"
#include "sandbox/sandbox.h"
#include "sql.h"

static void
head (GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf (out, "# HELP daymark_%s %s\n# TYPE daymark_%s %s\n", name, help, name, type);
}

static void
metric (GString *out, const char *name, const char *type, const char *help, gint64 value)
{
    head (out, name, type, help);
    g_string_append_printf (out, "daymark_%s %" G_GINT64_FORMAT "\n", name, value);
}

static void
labelled (GString *out, const char *name, const char *label, const char *text, gint64 value)
{
    g_string_append_printf (out, "daymark_%s{%s=\"%s\"} %" G_GINT64_FORMAT "\n", name, label, text, value);
}

/* ---- this process ---- */

static void
put_build (GString *out)
{
    head (out, "build_info", "gauge", "What this is, and the edition of its time zones.");
    g_string_append_printf (out, "daymark_build_info{version=\"" DAYMARK_VERSION "\",tzdata=\"%s\"} 1\n",
                            zone_data_version ());
}

static void
put_http (GString *out, HttpServer *server)
{
    HttpStats http = { 0 };

    if (server)
        http_server_stats (server, &http);
    metric (out, "http_requests_total", "counter", "Requests answered.", (gint64)http.requests);
    metric (out, "http_replies_5xx_total", "counter", "Answers with a status of 500 or more.",
            (gint64)http.replies_5xx);
    metric (out, "http_refused_busy_total", "counter", "Requests refused because the queue was full.",
            (gint64)http.refused_busy);
    metric (out, "http_joined_total", "counter", "Requests that were answered together with others.",
            (gint64)http.joined);
    metric (out, "http_connections", "gauge", "Open connections.", (gint64)http.connections);
    metric (out, "http_queued", "gauge", "Requests that wait for a worker.", (gint64)http.queued);
    metric (out, "http_working", "gauge", "Requests that a worker has.", (gint64)http.working);
    metric (out, "http_held", "gauge", "Requests that wait for something else than a worker.",
            (gint64)http.held);
    if (http.certificate_end)
        metric (out, "tls_certificate_end_timestamp_seconds", "gauge",
                "When the TLS certificate of new connections ends.", http.certificate_end / SECOND_US);
}

static void
put_sandbox (GString *out)
{
    SandboxState sandbox = sandbox_state ();

    head (out, "sandbox", "gauge", "1: this part of the sandbox is in force.");
    labelled (out, "sandbox", "part", "landlock", sandbox.landlock > 0);
    labelled (out, "sandbox", "part", "seccomp", sandbox.seccomp);
}

static void
put_rates (GString *out, const Rates *rates)
{
    head (out, "refused_too_often_total", "counter", "Requests refused because they came too often.");
    for (Rate rate = RATE_NONE + 1; rate < N_RATES; rate++)
        labelled (out, "refused_too_often_total", "rule", rate_rules[rate].name,
                  (gint64)rates_refused (rates, rate));
}

static void
put_cache (GString *out, Cache *kept)
{
    CacheStats cache = { 0 };

    cache_stats (kept, &cache);
    metric (out, "cache_hits_total", "counter", "Answers given from the cache.", (gint64)cache.hits);
    metric (out, "cache_misses_total", "counter", "Answers that had to be computed.", (gint64)cache.misses);
    metric (out, "cache_evictions_total", "counter", "Answers dropped to make room.",
            (gint64)cache.evictions);
    metric (out, "cache_bytes", "gauge", "Memory of kept answers.", (gint64)cache.bytes);
}

static void
put_second (GString *out, Second *second)
{
    SecondStats shared;

    if (!second)
        return;
    second_stats (second, &shared);
    metric (out, "cache_shared_hits_total", "counter", "Answers found in Redis.", (gint64)shared.hits);
    metric (out, "cache_shared_misses_total", "counter", "Answers asked for in Redis and not found.",
            (gint64)shared.misses);
    metric (out, "cache_shared_errors_total", "counter", "Times that Redis failed or refused.",
            (gint64)shared.errors);
    metric (out, "cache_shared_up", "gauge", "1: Redis answers; 0: answers are computed without it.",
            shared.up);
}

/* ---- the language model ---- */

static void
put_calls (GString *out, const NarratorStats *stats)
{
    head (out, "model_calls_total", "counter", "Questions to the language model, by what came of them.");
    for (ModelOutcome outcome = 0; outcome < MODEL_OUTCOMES; outcome++)
        labelled (out, "model_calls_total", "outcome", model_outcome_name (outcome),
                  (gint64)stats->outcomes[outcome]);
    head (out, "model_seconds_total", "counter", "Time spent on them.");
    g_string_append_printf (out, "daymark_model_seconds_total %.3f\n",
                            (double)stats->busy / (double)SECOND_US);
    metric (out, "model_waiting", "gauge", "Requests that wait for the language model.", stats->waiting);
    metric (out, "model_left_alone", "gauge", "1: it has failed, and is not asked for a while.",
            stats->left_alone);
}

static void
put_words (GString *out, const NarratorStats *stats)
{
    metric (out, "model_recalled_total", "counter", "Questions whose answer was kept.",
            (gint64)stats->recalled);
    metric (out, "model_shared_total", "counter", "Requests that shared another's question.",
            (gint64)stats->shared);
    metric (out, "model_not_asked_total", "counter",
            "Requests answered by rules: the line was full, or it is left alone.", (gint64)stats->not_now);
    metric (out, "model_unpaid_total", "counter", "Questions for which the day's budget had no tokens left.",
            (gint64)stats->unpaid);
    metric (out, "model_bullets_kept_total", "counter", "Its sentences that were proven and shown.",
            (gint64)stats->kept);
    metric (out, "model_bullets_dropped_total", "counter", "Its sentences that were not.",
            (gint64)stats->dropped);
    metric (out, "model_groups_by_rules_total", "counter",
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
    if (tokens >= 0)
        metric (out, "model_tokens_today", "gauge", "Tokens of this day (UTC), of all instances.", tokens);
}

/* ---- the sync ---- */

static void
put_schedule (GString *out, const Health *health)
{
    metric (out, "daily_run_late_seconds", "gauge",
            "How long the newest daily run is overdue, or waits for a worker; 0: it is at work, or over.",
            MAX (health->late, health->daily_waits) / SECOND_US);
    metric (out, "daily_runs_missed_total", "counter", "Dates whose daily run was missed.", health->missed);
    metric (out, "daily_runs_caught_up_total", "counter", "Dates whose days a later daily run has read.",
            health->caught_up);
    metric (out, "database_clock_ahead_seconds", "gauge", "The database's clock minus this server's.",
            health->clock_gap / SECOND_US);
}

static void
put_jobs (GString *out, const Health *health, const Rows *states)
{
    static const char *const all[] = { "pending", "running", "success", "failed" };

    metric (out, "jobs_stuck", "gauge", "Jobs whose worker is silent or has worked for too long.",
            health->stuck);
    metric (out, "jobs_oldest_pending_seconds", "gauge", "How long a job waits that could run.",
            health->waits / SECOND_US);
    head (out, "jobs", "gauge", "Jobs by state.");
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        gint64 n = 0;

        for (guint row = 0; row < rows_count (states); row++)
            if (g_str_equal (rows_text (states, row, 0), all[i]))
                n = rows_int (states, row, 1);
        labelled (out, "jobs", "status", all[i], n);
    }
}

/* A source without any success has no line: nobody knows how old that is. */
static void
put_sources (GString *out, const Rows *sources, gint64 now)
{
    head (out, "source_last_success_seconds", "gauge", "How long ago an account of the source was synced.");
    for (guint row = 0; row < rows_count (sources); row++)
        if (!rows_is_null (sources, row, 1))
            labelled (out, "source_last_success_seconds", "source", rows_text (sources, row, 0),
                      (now - rows_instant (sources, row, 1)) / SECOND_US);
}

static gboolean
put_sync (GString *out, Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    StoreQuestion questions[] = { { .sql = &sql_query_health_jobs, .params = NO_PARAMS },
                                  { .sql = &sql_query_health_sources, .params = NO_PARAMS } };
    g_autoptr (Rows) states = NULL;
    g_autoptr (Rows) sources = NULL;
    Health health;

    if (!health_look (call->store, options->config, options->clock, &health, error) ||
        !store_ask_all (call->store, questions, G_N_ELEMENTS (questions), error))
        return FALSE;
    states = questions[0].rows;
    sources = questions[1].rows;
    put_schedule (out, &health);
    put_jobs (out, &health, states);
    put_sources (out, sources, clock_now (options->clock));
    return TRUE;
}

/* Without its database the process can still be watched. */
gboolean
operate_metrics (Call *call, GError **error)
{
    GString *out = g_string_new (NULL);
    g_autoptr (GError) local = NULL;
    gboolean up;

    put_build (out);
    put_http (out, call->api->server);
    put_sandbox (out);
    put_rates (out, call->api->rates);
    metric (out, "streams", "gauge", "Jobs that are followed as a stream.",
            (gint64)follow_count (call->api->follow));
    put_cache (out, call->api->options.cache);
    put_second (out, call->api->options.second);
    put_model (out, call);
    metric (out, "scheduler_tick_age_seconds", "gauge", "How long ago the scheduler last looked.",
            operate_tick_age (call) / SECOND_US);
    up = put_sync (out, call, &local);
    if (!up)
        log_event (LOG_WARNING, "metrics.database", local->message, NULL);
    metric (out, "database_up", "gauge", "1: the database answers.", up);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_take (call->http, 200, "text/plain; version=0.0.4", out);
    return TRUE;
}
