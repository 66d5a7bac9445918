/* events.c -- a job as its user sees it: once, kept for a second for all who
 * ask, and as a stream of events. */
#include "api/answer.h"
#include "api/follow.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "model/source.h"
#include "query/job.h"

#include <string.h>

#define WAIT_FOR_OTHER_MS 5000
#define HISTORY_STANDARD  20

/* What /v1/sync/job/{id}… and /v1/sync/{source}/job/{id}… ask for; FALSE with a 404. */
static gboolean
read_address (const Call *call, JobView *view, GError **error)
{
    const char *segment = call_segment (call, 2);
    Source source = source_parse (segment);

    *view = (JobView){ .user = call->who.user_id };
    if (strcmp (segment, "job") == 0) {
        view->job = call_segment (call, 3);
        return TRUE;
    }
    if (strcmp (segment, "all") != 0 && source == SOURCE_NONE)
        return call_fail (error, 404, "unknown-source",
                          "there is no source \"%.40s\"; there are ga4, meta and instagram", segment);
    view->job = call_segment (call, 4);
    view->source = source == SOURCE_NONE ? NULL : source_name (source);
    return TRUE;
}

/* ---- the job, now ---- */

static void
view_key (const Call *call, const JobView *view, GString *key)
{
    g_string_append_printf (key, "%s|%x|%s|%.40s", view->user,
                            (guint)g_atomic_int_get (&call->api->jobs_moved),
                            view->source ? view->source : "", view->job);
}

void
sync_job_moved (Api *api)
{
    g_atomic_int_inc (&api->jobs_moved);
    follow_nudge (api->follow);
}

gboolean
sync_job_quick (Call *call)
{
    JobView view;
    g_autoptr (GString) key = g_string_sized_new (128);
    gpointer ready;

    if (!read_address (call, &view, NULL))
        return FALSE;
    view_key (call, &view, key);
    if (cache_peek (call->api->views, key->str, &ready) != CACHE_HIT)
        return FALSE;
    call_reply_ready (call, ready);
    http_ready_unref (ready);
    return TRUE;
}

static gboolean
read_view (Call *call, JobView *view, GError **error)
{
    if (!job_view_read (call->store, view, 1, error))
        return FALSE;
    return view->text || fault_set (error, FAULT_NOT_FOUND, "there is no such job");
}

static HttpReady *
draw_view (Call *call, JobView *view, const char *key, GError **error)
{
    HttpReady *ready;

    if (!read_view (call, view, error)) {
        cache_abandon (call->api->views, key);
        return NULL;
    }
    ready = answer_ready (call, view->text);
    cache_fill (call->api->views, key, ready, http_ready_size (ready));
    return ready;
}

gboolean
sync_job (Call *call, GError **error)
{
    JobView view;
    g_autoptr (GString) key = g_string_sized_new (128);
    g_autoptr (HttpReady) ready = NULL;
    gpointer found;

    if (!read_address (call, &view, error))
        return FALSE;
    view_key (call, &view, key);
    if (cache_claim (call->api->views, key->str, WAIT_FOR_OTHER_MS, &found) == CACHE_HIT)
        ready = found;
    else
        ready = draw_view (call, &view, key->str, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}

/* ---- the job, as it goes ---- */

static void
set_headers (Call *call)
{
    call_allow_origin (call);
    http_reply_header (call->http, "Cache-Control", "no-store");
    http_reply_header (call->http, "X-Accel-Buffering", "no"); /* a proxy must not collect them */
}

/* What the client does not know yet, as the first piece. */
static GString *
first_piece (const Call *call, const JobView *view, const char *tag)
{
    const char *last = http_call_header (call->http, "Last-Event-ID");
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "retry: %d\n\n", FOLLOW_RETRY_MS);
    sight_write (text, view, tag, g_strcmp0 (last, tag) == 0);
    return text;
}

/* It has ended: all there is to say is known. To a client that has heard even the end, 204 says not
 * to come back. */
static gboolean
reply_end (Call *call, const char *tag, const GString *all)
{
    const char *last = http_call_header (call->http, "Last-Event-ID");
    g_autofree char *end = g_strconcat (tag, ".done", NULL);

    set_headers (call);
    if (g_strcmp0 (last, end) == 0)
        http_reply (call->http, 204, NULL, "", 0);
    else
        http_reply (call->http, 200, "text/event-stream", all->str, all->len);
    return TRUE;
}

static gboolean
open_stream (Call *call, const JobView *view, const char *tag, const GString *first, GError **error)
{
    Follow *follow = call->api->follow;
    g_autoptr (HttpPiece) piece = NULL;
    HttpStream *stream;

    if (!follow_reserve (follow, call->who.user_id, error))
        return FALSE;
    set_headers (call);
    piece = http_piece_new (first->str, first->len);
    stream = http_reply_stream (call->http, "text/event-stream", piece);
    if (stream)
        follow_add (follow, &call->who, view->job, tag, stream);
    else
        follow_give_up (follow, call->who.user_id); /* HEAD */
    return TRUE;
}

gboolean
sync_job_events (Call *call, GError **error)
{
    JobView view;
    g_autoptr (GString) first = NULL;
    char tag[SIGHT_TAG];
    gboolean done;

    if (!read_address (call, &view, error) || !read_view (call, &view, error))
        return FALSE;
    sight_tag (&view, tag);
    first = first_piece (call, &view, tag);
    done = view.final ? reply_end (call, tag, first) : open_stream (call, &view, tag, first, error);
    job_views_clear (&view, 1);
    return done;
}

/* ---- stopping it, and what was ---- */

static gboolean
has_ended (Store *store, const char *job, gboolean *ended, GError **error)
{
    g_auto (JobState) state = { 0 };

    if (!job_look (store, job, &state, error))
        return FALSE;
    *ended = state.final;
    return TRUE;
}

/* Whether he may is decided before anything is said about the job. */
gboolean
sync_job_cancel (Call *call, GError **error)
{
    const char *job = call_segment (call, 3);
    gboolean ended;
    GString *body;
    Json json;

    if (!uuid_is_valid (job))
        return fault_set (error, FAULT_NOT_FOUND, "there is no such job");
    if (!has_ended (call->store, job, &ended, error) ||
        !job_cancel (call->store, call->api->options.clock, call->who.user_id, call->who.admin, job, error))
        return FALSE;
    if (ended)
        return call_fail (error, 409, "job-ended", "this sync has ended already");
    sync_job_moved (call->api);
    sync_wake_engine (call);
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    json_begin_object (&json);
    json_put_text (&json, "job_id", job);
    json_end_object (&json);
    return call_reply (call, 202, body);
}

/* The number of jobs asked for; 0 with a 422. */
static int
read_limit (const Call *call, GError **error)
{
    const char *text = call_query (call, "limit");
    guint64 limit = HISTORY_STANDARD;

    if (!text || g_ascii_string_to_unsigned (text, 10, 1, JOB_HISTORY_MOST, &limit, NULL))
        return (int)limit;
    call_fail (error, 422, "invalid", "limit must be 1 to %d", JOB_HISTORY_MOST);
    return 0;
}

gboolean
sync_jobs (Call *call, GError **error)
{
    int limit = read_limit (call, error);
    g_autoptr (GString) body = g_string_sized_new (8192);
    Json json = JSON_INTO (body);

    if (!limit ||
        !job_history (call->store, call->who.user_id, limit, call_query (call, "before"), &json, error))
        return FALSE;
    return call_reply (call, 200, g_steal_pointer (&body));
}
