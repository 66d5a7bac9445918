/* sync.c -- start a sync, when the next one is, and the door for cron services. */
#include "api/handlers.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "model/source.h"
#include "query/daily.h"
#include "query/job.h"
#include "sql.h"

#include <string.h>

/* "all" or the source of the path's third segment; NULL with a 404. */
static const char *
source_of (const Call *call, GError **error)
{
    const char *name = call_segment (call, 2);
    Source source = source_parse (name);

    if (strcmp (name, "all") == 0)
        return "all";
    if (source == SOURCE_NONE)
        call_fail (error, 404, "unknown-source",
                   "there is no source \"%.40s\"; there are ga4, meta and instagram", name);
    return source_name (source);
}

void
sync_wake_engine (Call *call)
{
    if (call->api->options.wake)
        call->api->options.wake (call->api->options.user);
}

gboolean
sync_reply_job (Call *call, int status, const char *id, const char *state)
{
    g_autofree char *location = g_strdup_printf ("/v1/sync/job/%s", id);
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "job_id", id);
    if (state)
        json_put_text (&json, "status", state);
    json_end_object (&json);
    call_reply_header (call, "Location", location);
    return call_reply (call, status, body);
}

gboolean
sync_run (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    const char *source = source_of (call, error);
    JobRequest request = {
        .source = source,
        .scope = call->who.admin ? JOB_SCOPE_ALL : call->who.user_id,
        .trigger = "manual",
        .requested_by = call->who.user_id,
    };
    char id[UUID_TEXT];
    JobStart start;

    if (!source || !job_start (call->store, options->clock, options->random, &request, id, &start, error))
        return FALSE;
    sync_wake_engine (call);
    return sync_reply_job (call, 202, id, NULL);
}

gboolean
sync_begin (Call *call, Source source, GError **error)
{
    const ApiOptions *options = &call->api->options;
    JobRequest request = { .source = source_name (source),
                           .scope = call->who.user_id,
                           .trigger = "manual",
                           .requested_by = call->who.user_id };
    g_autoptr (GError) local = NULL;
    char id[UUID_TEXT];
    JobStart start;

    if (job_start (call->store, options->clock, options->random, &request, id, &start, &local)) {
        sync_wake_engine (call);
        return TRUE;
    }
    if (fault_is (local, FAULT_CONFLICT)) /* the daily run is at work; it, or the next one, reads it */
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

gboolean
sync_last (Call *call, const char *source, gint64 *last, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_last_success,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    *last = INSTANT_NONE;
    for (guint i = 0; rows && i < rows_count (rows); i++)
        if (strcmp (source, "all") == 0 || strcmp (source, rows_text (rows, i, 0)) == 0)
            *last = MAX (*last, rows_instant (rows, i, 1));
    return rows != NULL;
}

gboolean
sync_meta (Call *call, GError **error)
{
    const Config *config = call->api->options.config;
    const char *source = source_of (call, error);
    GString *body;
    gint64 last, next;
    Json json;

    if (!source || !sync_last (call, source, &last, error) ||
        !daily_next (call->store, config, call_now (call), &next, error))
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    json_begin_object (&json);
    json_put_instant (&json, "last_sync_at", last);
    json_put_instant (&json, "next_scheduled_at", next);
    json_put_text (&json, "timezone", config->sync_zone);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

/* ---- cron ---- */

gboolean
sync_cron_allowed (Call *call, GError **error)
{
    const char *want = call->api->options.config->cron_token;
    const char *header = http_call_header (call->http, "X-CRON-TOKEN");
    const char *bearer = http_call_header (call->http, "Authorization");
    const char *given = header                                                      ? header
                        : bearer && g_ascii_strncasecmp (bearer, "Bearer ", 7) == 0 ? bearer + 7
                                                                                    : "";

    if (!want)
        return call_fail (error, 403, "cron-closed", "CRON_TOKEN is not set, so this address is closed");
    if (!secret_equal (given, want))
        return call_fail (error, 403, "cron-refused", "the cron token is missing or not right");
    return TRUE;
}

gboolean
sync_daily (Call *call, GError **error)
{
    static const char *const states[] = { NULL, "already-running", "already-done" };
    const ApiOptions *options = &call->api->options;
    JobRequest request = { .source = source_of (call, error), .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    char id[UUID_TEXT];
    JobStart start;
    Day date;

    if (!request.source || !daily_date (call->store, options->config, options->clock, &date, error) ||
        !job_start_daily (call->store, options->clock, options->random, &request, date, id, &start, error))
        return FALSE;
    sync_wake_engine (call);
    return sync_reply_job (call, start == JOB_STARTED ? 202 : 200, id, states[start]);
}
