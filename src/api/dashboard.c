/* dashboard.c -- what a page needs besides numbers: freshness, and the saved layout. */
#include "api/dashboard.h"

#include "api/custom.h"
#include "api/handlers.h"
#include "api/layout.h"
#include "base/fault.h"
#include "model/source.h"
#include "query/daily.h"
#include "query/job.h"
#include "sql.h"
#include "widgets/widget.h"

#include <math.h>
#include <string.h>

#define WHOLE_MOST         9007199254740992.0 /* that a double counts one by one */
#define EXPIRY_NOTICE_DAYS 14
/* The one kind of Google's sign-ins that has an end. */
#define TESTING_MODE                                                                                        \
    "; Google ends it after 7 days because its OAuth app is in \"Testing\": publish the app, and the next " \
    "sign-in lasts"

/* ---- meta ---- */

/* What the connections of one source amount to. */
typedef struct {
    guint connections, usable;
    Day complete_through; /* the least of them */
    gint64 last_sync_at;
    const char *status; /* the worst of them */
} Freshness;

static guint
badness (const char *status)
{
    static const char *const order[] = { "connected", "paused", "error", "reconnect" };

    for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        if (status && g_str_equal (order[i], status))
            return i;
    return 0;
}

static Freshness
freshness_of (const Rows *connections, Source source)
{
    Freshness fresh = { .complete_through = DAY_NONE, .last_sync_at = INSTANT_NONE };
    gboolean unknown = FALSE;

    for (guint i = 0; i < rows_count (connections); i++) {
        Day complete = rows_day (connections, i, 10);

        if (source_parse (rows_text (connections, i, 1)) != source)
            continue;
        unknown |= complete == DAY_NONE;
        if (!fresh.connections++ || complete < fresh.complete_through)
            fresh.complete_through = complete;
        fresh.last_sync_at = MAX (fresh.last_sync_at, rows_instant (connections, i, 8));
        if (badness (rows_text (connections, i, 6)) >= badness (fresh.status))
            fresh.status = rows_text (connections, i, 6);
    }
    if (unknown)
        fresh.complete_through = DAY_NONE;
    return fresh;
}

static void
write_whose (Json *json, const Rows *connections, guint i)
{
    json_put_text (json, "connection_id", rows_text (connections, i, 0));
    json_put_text (json, "name",
                   rows_is_null (connections, i, 3) ? rows_text (connections, i, 2)
                                                    : rows_text (connections, i, 3));
}

static void
write_status (Json *json, const Rows *connections, guint i)
{
    json_begin_object (json);
    write_whose (json, connections, i);
    json_put_text (json, "code", rows_text (connections, i, 6));
    json_put_text (json, "text", rows_text (connections, i, 9));
    json_end_object (json);
}

/* A sign-in that ends soon is warned of from 14 days before on, in other words at 7 days and at 1. A
 * dead one has its own warning. */
static void
write_expiry (Json *json, const Rows *connections, guint i, gint64 now)
{
    gint64 expires = rows_instant (connections, i, 7);
    gint64 left = expires == INSTANT_NONE ? G_MAXINT64 - DAY_US : expires - now;
    gint64 days = left > 0 ? (left + DAY_US - 1) / DAY_US : 0; /* begun ones count */
    const char *urgency = days <= 1   ? "connect it again today"
                          : days <= 7 ? "connect it again this week"
                                      : "connect it again before then";
    gboolean is_google = source_parse (rows_text (connections, i, 1)) == SOURCE_GA4;
    g_autofree char *text = NULL;

    if (days > EXPIRY_NOTICE_DAYS || g_str_equal (rows_text (connections, i, 6), "reconnect"))
        return;
    text = left > 0 ? g_strdup_printf ("the sign-in ends in %d day%s: %s%s", (int)days, days == 1 ? "" : "s",
                                       urgency, is_google ? TESTING_MODE : "")
                    : g_strdup ("the sign-in has ended: connect it again");
    json_begin_object (json);
    write_whose (json, connections, i);
    json_put_text (json, "code", "expires");
    json_put_text (json, "text", text);
    json_put_instant (json, "expires_at", expires);
    json_put_int (json, "days_left", days);
    json_end_object (json);
}

static void
write_warnings (Json *json, const Rows *connections, Source source, gint64 now)
{
    json_begin_array (json);
    for (guint i = 0; i < rows_count (connections); i++) {
        if (source_parse (rows_text (connections, i, 1)) != source)
            continue;
        if (!g_str_equal (rows_text (connections, i, 6), "connected"))
            write_status (json, connections, i);
        write_expiry (json, connections, i, now);
    }
    json_end_array (json);
}

static void
write_days (Json *json, const Freshness *fresh, const SourceInfo *info)
{
    Day through = fresh->complete_through;

    json_put_day (json, "complete_through", through);
    json_put_day (json, "provisional_from", through == DAY_NONE ? DAY_NONE : through - info->settle_days + 1);
}

static void
write_source (Json *json, const Rows *connections, const SourceInfo *info, gint64 now)
{
    Freshness fresh = freshness_of (connections, info->source);

    json_key (json, info->name);
    json_begin_object (json);
    json_put_int (json, "connections", fresh.connections);
    json_put_text (json, "status", fresh.connections ? fresh.status : "not_connected");
    write_days (json, &fresh, info);
    json_put_instant (json, "last_sync_at", fresh.last_sync_at);
    json_key (json, "warnings");
    write_warnings (json, connections, info->source, now);
    json_end_object (json);
}

Day
dashboard_last_day (const Rows *connections, Source sources)
{
    Day last = DAY_NONE;

    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (sources & source_infos[i].source)
            last = MAX (last, freshness_of (connections, source_infos[i].source).complete_through);
    return last;
}

void
dashboard_write_freshness (Json *json, const Rows *connections, Source sources)
{
    gint64 last = INSTANT_NONE;

    json_key (json, "connected_sources");
    json_begin_object (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        json_put_bool (json, source_infos[i].name,
                       (sources & source_infos[i].source) &&
                           freshness_of (connections, source_infos[i].source).connections);
    json_end_object (json);
    json_key (json, "sources");
    json_begin_object (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        Freshness fresh = freshness_of (connections, source_infos[i].source);

        if (!(sources & source_infos[i].source) || !fresh.connections)
            continue;
        json_key (json, source_infos[i].name);
        json_begin_object (json);
        write_days (json, &fresh, &source_infos[i]);
        json_end_object (json);
        last = MAX (last, fresh.last_sync_at);
    }
    json_end_object (json);
    json_put_instant (json, "last_sync_at", last);
}

static void
write_meta (Json *json, const Call *call, const Rows *connections, gint64 last, gint64 next,
            const char *active_job)
{
    json_begin_object (json);
    json_put_instant (json, "last_sync_at", last);
    json_put_instant (json, "next_scheduled_at", next);
    json_put_text (json, "timezone", call->api->options.config->sync_zone);
    json_key (json, "connected_sources");
    json_begin_object (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        json_put_bool (json, source_infos[i].name,
                       freshness_of (connections, source_infos[i].source).connections > 0);
    json_end_object (json);
    json_key (json, "sources");
    json_begin_object (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        write_source (json, connections, &source_infos[i], call_now (call));
    json_end_object (json);
    json_put_text (json, "active_job", *active_job ? active_job : NULL);
    json_put_bool (json, "demo", call->api->options.demo_user_id != NULL);
    json_put_bool (json, "demo_data",
                   rows_count (connections) && rows_int (connections, 0, 12)); /* all of them, or none */
    json_end_object (json);
}

gboolean
dashboard_meta (Call *call, GError **error)
{
    g_autoptr (Rows) connections = store_ask (call->store, &sql_api_connection_list,
                                              PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    const ApiOptions *options = &call->api->options;
    char active[UUID_TEXT];
    gint64 last, next;
    GString *body;
    Json json;

    if (!connections || !sync_last (call, "all", &last, error) ||
        !daily_next (call->store, options->config, clock_now (options->clock), &next, error) ||
        !job_active (call->store, call->who.user_id, active, error))
        return FALSE;
    body = g_string_new (NULL);
    json = JSON_INTO (body);
    write_meta (&json, call, connections, last, next, active);
    return call_reply (call, 200, body);
}

/* ---- layout ---- */

/* The moment of the last save is the layout's version; "none" before the first. */
char *
layout_tag (gint64 updated_at)
{
    return updated_at == INSTANT_NONE ? g_strdup ("\"none\"")
                                      : g_strdup_printf ("\"%" G_GINT64_FORMAT "\"", updated_at);
}

gboolean
dashboard_layout (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_layout_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    const char *seen = http_call_header (call->http, "If-None-Match");
    g_autofree char *tag = NULL;

    if (!rows)
        return FALSE;
    tag = layout_tag (rows_count (rows) ? rows_instant (rows, 0, 1) : INSTANT_NONE);
    http_reply_header (call->http, "ETag", tag);
    if (seen && strstr (seen, tag))
        return call_reply (call, 304, g_string_new (NULL));
    return call_reply (call, 200,
                       g_string_new (rows_count (rows) ? rows_text (rows, 0, 0) : "{\"widgets\":[]}"));
}

const char *
layout_key (const json_t *entry)
{
    json_t *key = json_object_get (entry, "key");

    return json_string_value (key ? key : json_object_get (entry, "id"));
}

/* A real that is a whole number becomes one; others stay, and the value itself if it is not a number. */
static json_t *
settle (json_t *value)
{
    double real = json_real_value (value);
    void *at;
    gsize i;
    json_t *each;

    if (json_is_real (value) && real == floor (real) && fabs (real) < WHOLE_MOST)
        return json_integer ((json_int_t)real);
    json_array_foreach (value, i, each) json_array_set_new (value, i, settle (each));
    for (at = json_object_iter (value); at; at = json_object_iter_next (value, at))
        json_object_iter_set_new (value, at, settle (json_object_iter_value (at)));
    return json_incref (value);
}

json_t *
layout_parse (const char *text)
{
    json_t *layout = json_loads (text, 0, NULL);

    if (!layout) {
        layout = json_loads (text, JSON_DECODE_INT_AS_REAL, NULL);
        json_decref (settle (layout));
    }
    return layout;
}

gboolean
layout_saved (const Call *call, json_t **layout, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_layout_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    *layout = rows && rows_count (rows) ? layout_parse (rows_text (rows, 0, 0)) : NULL;
    return rows != NULL;
}

gboolean
layout_check (json_t *layout, GPtrArray *own, GError **error)
{
    json_t *widgets = json_object_get (layout, "widgets");
    g_autoptr (GString) bad = g_string_new (NULL);
    gsize i;
    json_t *widget;

    if (!json_is_array (widgets))
        return fault_set (error, FAULT_INVALID, "widgets must be a list");
    if (json_array_size (widgets) > LAYOUT_MOST_WIDGETS)
        return fault_set (error, FAULT_INVALID,
                          "a layout has at most %d widgets; this one has %" G_GSIZE_FORMAT,
                          LAYOUT_MOST_WIDGETS, json_array_size (widgets));
    json_array_foreach (widgets, i, widget)
    {
        const char *key = layout_key (widget);

        if (!json_is_object (widget) || !json_is_string (json_object_get (widget, "id")))
            return fault_set (error, FAULT_INVALID, "widget %" G_GSIZE_FORMAT " is not an object with an id",
                              i + 1);
        if (!key || !custom_among (own, key))
            g_string_append_printf (bad, "%s\"%.60s\"", bad->len ? ", " : "", key ? key : "");
    }
    return !bad->len || fault_set_status (error, 422, "unknown-widget", "there is no widget %s", bad->str);
}

/* Save over the version that If-Match names; *saved FALSE if it is no longer that one. */
static gboolean
save_over (Call *call, const char *match, const char *layout, Value now, gboolean *saved, GError **error)
{
    Value user = VALUE_OF_TEXT (call->who.user_id), text = VALUE_OF_TEXT (layout);
    g_autofree char *digits = g_strdup (match);
    gint64 seen, n = 0;

    g_strdelimit (digits, "\"", ' ');
    g_strstrip (digits);
    if (strcmp (digits, "none") == 0)
        n = store_do (call->store, &sql_api_layout_first,
                      PARAMS ({ "user", user }, { "layout", text }, { "now", now }), error);
    else if (g_ascii_string_to_signed (digits, 10, 0, now.integer, &seen,
                                       NULL)) /* we gave none of the future */
        n = store_do (call->store, &sql_api_layout_replace,
                      PARAMS ({ "user", user }, { "layout", text }, { "now", now },
                              { "seen", VALUE_OF_INSTANT (seen) }),
                      error);
    *saved = n > 0;
    return n >= 0;
}

gboolean
layout_save (Call *call, json_t *layout, GError **error)
{
    const char *match = http_call_header (call->http, "If-Match");
    g_autofree char *text = json_dumps (layout, JSON_COMPACT);
    Value now = VALUE_OF_INSTANT (call_now (call));
    g_autofree char *tag = NULL;
    gboolean saved = TRUE;

    if (match && strcmp (match, "*") != 0) {
        if (!save_over (call, match, text, now, &saved, error))
            return FALSE;
    } else if (store_do (call->store, &sql_api_layout_put,
                         PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                                 { "layout", VALUE_OF_TEXT (text) }, { "now", now }),
                         error) < 0) {
        return FALSE;
    }
    if (!saved)
        return call_fail (error, 412, "layout-changed",
                          "the layout was saved from somewhere else meanwhile; load it again");
    tag = layout_tag (now.integer);
    http_reply_header (call->http, "ETag", tag);
    return TRUE;
}

gboolean
dashboard_layout_save (Call *call, GError **error)
{
    g_autoptr (GPtrArray) own = NULL;
    json_t *layout;
    gboolean ok;
    gsize n;

    http_call_body (call->http, &n);
    if (n > LAYOUT_MOST_BYTES)
        return call_fail (error, 413, "layout-too-large", "a layout has at most %d KB",
                          LAYOUT_MOST_BYTES / 1024);
    layout = call_body (call, error);
    own = layout ? custom_list (call, error) : NULL;
    ok =
        own && layout_check (layout, own, error) && layout_save (call, layout, error) && call_reply_ok (call);
    json_decref (layout);
    return ok;
}
