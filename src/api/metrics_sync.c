/* metrics_sync.c -- numbers for Prometheus: of the sync, as the database knows it, the same from all
 * instances. */
#include "api/exposition.h"
#include "api/handlers.h"
#include "model/source.h"
#include "query/health.h"
#include "sql.h"

#define RECENT_US (24 * 3600 * SECOND_US)

static void
put_schedule (GString *out, const Health *health)
{
    expose (out, "daily_run_late_seconds", "gauge",
            "How long the newest daily run is overdue, or waits for a worker; 0: it is at work, or over.",
            MAX (health->late, health->daily_waits) / SECOND_US);
    expose (out, "daily_runs_missed_total", "counter", "Dates whose daily run was missed.", health->missed);
    expose (out, "daily_runs_caught_up_total", "counter", "Dates whose days a later daily run has read.",
            health->caught_up);
    expose (out, "database_clock_ahead_seconds", "gauge", "The database's clock minus this server's.",
            health->clock_gap / SECOND_US);
}

static void
put_jobs (GString *out, const Health *health, const Rows *states)
{
    static const char *const all[] = { "pending", "running", "success", "failed" };

    expose (out, "jobs_stuck", "gauge", "Jobs whose worker is silent or has worked for too long.",
            health->stuck);
    expose (out, "jobs_oldest_pending_seconds", "gauge", "How long a job waits that could run.",
            health->waits / SECOND_US);
    expose_head (out, "jobs", "gauge", "Jobs by state.");
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        gint64 n = 0;

        for (guint row = 0; row < rows_count (states); row++)
            if (g_str_equal (rows_text (states, row, 0), all[i]))
                n = rows_int (states, row, 1);
        expose_labelled (out, "jobs", "status", all[i], n);
    }
}

/* A source without any success has no line: nobody knows how old that is. */
static void
put_sources (GString *out, const Rows *sources, gint64 now)
{
    expose_head (out, "source_last_success_seconds", "gauge",
                 "How long ago an account of the source was synced.");
    for (guint row = 0; row < rows_count (sources); row++)
        if (!rows_is_null (sources, row, 1))
            expose_labelled (out, "source_last_success_seconds", "source", rows_text (sources, row, 0),
                             (now - rows_instant (sources, row, 1)) / SECOND_US);
}

enum { ACCOUNT_SOURCE, ACCOUNT_STATUS, ACCOUNT_N, ACCOUNT_STALEST, ACCOUNT_SOONEST_END };

static void
put_accounts (GString *out, const Rows *rows)
{
    expose_head (out, "connections", "gauge", "Accounts by source and state; sample data are left out.");
    for (guint row = 0; row < rows_count (rows); row++)
        g_string_append_printf (out,
                                "daymark_connections{source=\"%s\",status=\"%s\"} %" G_GINT64_FORMAT "\n",
                                rows_text (rows, row, ACCOUNT_SOURCE), rows_text (rows, row, ACCOUNT_STATUS),
                                rows_int (rows, row, ACCOUNT_N));
}

/* The earliest instant of a column for each source that has any. */
static void
put_earliest (GString *out, const Rows *rows, guint column, const char *name, gint64 since)
{
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        const char *source = source_infos[i].name;
        gint64 earliest = G_MAXINT64;

        for (guint row = 0; row < rows_count (rows); row++)
            if (g_str_equal (rows_text (rows, row, ACCOUNT_SOURCE), source) &&
                !rows_is_null (rows, row, column))
                earliest = MIN (earliest, rows_instant (rows, row, column));
        if (earliest != G_MAXINT64)
            expose_labelled (out, name, "source", source, (since ? since - earliest : earliest) / SECOND_US);
    }
}

static void
put_ages (GString *out, const Rows *rows, gint64 now)
{
    expose_head (
        out, "source_stalest_success_seconds", "gauge",
        "How long ago the account that waits longest was synced, or connected; paused ones do not wait.");
    put_earliest (out, rows, ACCOUNT_STALEST, "source_stalest_success_seconds", now);
    expose_head (out, "source_soonest_end_timestamp_seconds", "gauge",
                 "When the first access to an account of the source ends; no line: none does.");
    put_earliest (out, rows, ACCOUNT_SOONEST_END, "source_soonest_end_timestamp_seconds", 0);
}

enum { RECENT_RETRYING, RECENT_FAILED, RECENT_SUCCEEDED, RECENT_BACKUP };

static void
put_recent (GString *out, const Rows *rows, gint64 now)
{
    expose (out, "jobs_retrying", "gauge", "Jobs that have failed and wait for another attempt.",
            rows_int (rows, 0, RECENT_RETRYING));
    expose_head (out, "jobs_finished_last_day", "gauge", "Jobs that have ended in the last 24 hours.");
    expose_labelled (out, "jobs_finished_last_day", "status", "success",
                     rows_int (rows, 0, RECENT_SUCCEEDED));
    expose_labelled (out, "jobs_finished_last_day", "status", "failed", rows_int (rows, 0, RECENT_FAILED));
    if (!rows_is_null (rows, 0, RECENT_BACKUP))
        expose (out, "backup_age_seconds", "gauge", "How long ago `daymark backup` last made one.",
                (now - rows_instant (rows, 0, RECENT_BACKUP)) / SECOND_US);
}

enum { ASK_STATES, ASK_SOURCES, ASK_ACCOUNTS, ASK_RECENT, ASKS };

static void
put_answers (GString *out, const Health *health, StoreQuestion *questions, gint64 now)
{
    put_schedule (out, health);
    put_jobs (out, health, questions[ASK_STATES].rows);
    put_sources (out, questions[ASK_SOURCES].rows, now);
    put_accounts (out, questions[ASK_ACCOUNTS].rows);
    put_ages (out, questions[ASK_ACCOUNTS].rows, now);
    put_recent (out, questions[ASK_RECENT].rows, now);
    for (guint i = 0; i < ASKS; i++)
        rows_free (questions[i].rows);
}

gboolean
metrics_sync (GString *out, Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    gint64 now = clock_now (options->clock);
    const Param *since = PARAMS ({ "since", VALUE_OF_INSTANT (now - RECENT_US) });
    StoreQuestion questions[ASKS] = {
        [ASK_STATES] = { .sql = &sql_query_health_jobs, .params = NO_PARAMS },
        [ASK_SOURCES] = { .sql = &sql_query_health_sources, .params = NO_PARAMS },
        [ASK_ACCOUNTS] = { .sql = &sql_query_health_accounts, .params = NO_PARAMS },
        [ASK_RECENT] = { .sql = &sql_query_health_recent, .params = since },
    };
    Health health;

    if (!health_look (call->store, options->config, options->clock, &health, error) ||
        !store_ask_all (call->store, questions, ASKS, error))
        return FALSE;
    put_answers (out, &health, questions, now);
    return TRUE;
}
