/* shared.c -- what a link shows: its dashboard, and nothing else of the one who made it. */
#include "api/answer.h"
#include "api/board.h"
#include "api/custom.h"
#include "api/dashboard.h"
#include "api/handlers.h"
#include "api/layout.h"
#include "api/share.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "base/log.h"
#include "insights/bullets.h"
#include "insights/insights.h"
#include "sql.h"

#include <string.h>

#define LATE_DAYS 2 /* how far the sources' last day may lie behind yesterday and still count as the last */

/* ---- which link ---- */

void
share_free (Share *share)
{
    if (!share)
        return;
    json_decref (share->board);
    g_free (share->name);
    g_free (share);
}

static Share *
share_of (const Rows *rows)
{
    Share *share = g_new0 (Share, 1);
    Comparison comparison;

    g_strlcpy (share->id, rows_text (rows, 0, SHARE_ID), UUID_TEXT);
    share->name = g_strdup (rows_text (rows, 0, SHARE_NAME));
    share->expires_at = rows_instant (rows, 0, SHARE_EXPIRES);
    share->preset = preset_parse (rows_text (rows, 0, SHARE_PERIOD));
    share->days = (Period){ rows_day (rows, 0, SHARE_START), rows_day (rows, 0, SHARE_END) };
    comparison_read (rows_text (rows, 0, SHARE_COMPARE), NULL, NULL, share->days, &comparison, NULL);
    share->compare = comparison.kind;
    share->sources = (Source)rows_int (rows, 0, SHARE_SOURCES);
    share->insights = rows_int (rows, 0, SHARE_INSIGHTS) != 0;
    share->board = layout_parse (rows_text (rows, 0, SHARE_BOARD));
    return share;
}

gboolean
share_identify (Call *call, GError **error)
{
    const char *header = http_call_header (call->http, "Authorization");
    gsize n = strlen (SHARE_SCHEME);
    const char *secret = header && g_ascii_strncasecmp (header, SHARE_SCHEME, n) == 0 ? header + n : "";
    char hash[SECRET_HASH_TEXT];
    g_autoptr (Rows) rows = NULL;

    secret_hash (secret, strlen (secret), hash);
    rows = store_ask (
        call->store, &sql_api_share_find,
        PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (call_now (call)) }), error);
    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return call_fail (error, 404, "unknown-share",
                          "this link shows nothing any more: it has ended, or was revoked");
    g_strlcpy (call->who.user_id, rows_text (rows, 0, SHARE_USER), UUID_TEXT);
    call->who.via = VIA_SHARE;
    call->share = share_of (rows);
    return TRUE;
}

/* ---- what is asked ---- */

/* What its answers are made of. */
typedef struct {
    GPtrArray *own; /* of Custom: the formulas of then */
    Rows *connections;
    Source shown; /* what its widgets need of what it shows */
    WidgetRequest request;
} View;

static void
view_clear (View *view)
{
    g_clear_pointer (&view->own, g_ptr_array_unref);
    rows_free (view->connections);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (View, view_clear)

static GPtrArray *
own_of (const Share *share)
{
    GPtrArray *own = g_ptr_array_new_with_free_func ((GDestroyNotify)custom_free);
    const char *key;
    json_t *definition;

    json_object_foreach (json_object_get (share->board, "custom"), key, definition)
    {
        Custom *custom = custom_new (key, definition, NULL);

        if (custom)
            g_ptr_array_add (own, custom);
    }
    return own;
}

/* Each widget of the board once. */
static GPtrArray *
widgets_of (const Share *share, const View *view)
{
    GPtrArray *widgets = g_ptr_array_new ();
    json_t *entry;
    gsize i;

    json_array_foreach (json_object_get (share->board, "widgets"), i, entry)
    {
        const Widget *widget = custom_among (view->own, layout_key (entry));

        if (widget && !g_ptr_array_find (widgets, widget, NULL))
            g_ptr_array_add (widgets, (gpointer)widget);
    }
    return widgets;
}

static Source
sources_of (const Share *share, const View *view)
{
    g_autoptr (GPtrArray) widgets = widgets_of (share, view);
    Source needed = SOURCE_NONE;

    for (guint i = 0; i < widgets->len; i++)
        needed |= ((const Widget *)widgets->pdata[i])->needs;
    return needed & share->sources;
}

/* The sources' last complete day, if that is about yesterday: it may be today here where an account's own day
 * is ahead of ours, and a few days ago where a sync is late. */
static Day
last_day (const Call *call, const View *view)
{
    g_autoptr (GTimeZone) zone = zone_find (call->api->options.config->sync_zone);
    Day today = instant_day (call_now (call), zone);
    Day complete = dashboard_last_day (view->connections, view->shown);

    return complete <= today && complete >= today - 1 - LATE_DAYS ? complete : today - 1;
}

static gboolean
view_open (Call *call, View *view, GError **error)
{
    const Share *share = call->share;
    WidgetRequest *request = &view->request;

    view->connections = store_ask (call->store, &sql_api_connection_list,
                                   PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    if (!view->connections)
        return FALSE;
    view->own = own_of (share);
    view->shown = sources_of (share, view);
    request->shared = TRUE;
    request->sources = share->sources;
    request->period =
        share->preset == PRESET_NONE ? share->days : preset_days (share->preset, last_day (call, view));
    return comparison_read (comparison_name (share->compare), NULL, NULL, request->period,
                            &request->comparison, error);
}

/* ---- what it is ---- */

/* As in the registry, but for what only its owner may do with it, or know of it. */
static void
write_kind (const Widget *widget, Json *json)
{
    static const char *const private[] = { "formula", "dimension" };
    g_autoptr (GString) text = g_string_new (NULL);
    Json whole = JSON_INTO (text);
    g_autofree char *bare = NULL;
    json_t *kind;

    answer_describe (widget, &whole);
    kind = json_loads (text->str, 0, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (private); i++)
        json_object_del (kind, private[i]);
    json_object_set_new (kind, "exportable", json_false ());
    json_object_set_new (kind, "target", json_false ());
    json_object_set_new (kind, "explain", json_array ());
    json_object_set_new (kind, "explain_metrics", json_object ());
    bare = json_dumps (kind, JSON_COMPACT);
    json_decref (kind);
    json_raw (json, bare, strlen (bare));
}

static void
write_kinds (const Share *share, const View *view, Json *json)
{
    g_autoptr (GPtrArray) widgets = widgets_of (share, view);

    json_key (json, "widgets");
    json_begin_array (json);
    for (guint i = 0; i < widgets->len; i++)
        write_kind (widgets->pdata[i], json);
    json_end_array (json);
}

static void
write_layout (const Share *share, Json *json)
{
    g_autofree char *widgets = json_dumps (json_object_get (share->board, "widgets"), JSON_COMPACT);

    json_key (json, "layout");
    json_begin_object (json);
    json_key (json, "widgets");
    json_raw (json, widgets, strlen (widgets));
    json_end_object (json);
}

static void
write_period (const Share *share, const WidgetRequest *request, Json *json)
{
    json_put_text (json, "period", preset_name (share->preset));
    json_put_day (json, "startDate", request->period.from);
    json_put_day (json, "endDate", request->period.to);
    json_put_text (json, "compare", comparison_name (share->compare));
}

static void
note_use (Call *call)
{
    g_autoptr (GError) error = NULL;

    if (store_do (call->store, &sql_api_share_used,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                          { "id", VALUE_OF_TEXT (call->share->id) },
                          { "now", VALUE_OF_INSTANT (call_now (call)) }),
                  &error) < 0)
        log_event (LOG_WARNING, "share.used", error->message, NULL); /* a full disk must not close it */
}

gboolean
shared_about (Call *call, GError **error)
{
    const Share *share = call->share;
    g_auto (View) view = { 0 };
    GString *text;
    Json json;

    if (!view_open (call, &view, error))
        return FALSE;
    note_use (call);
    text = g_string_sized_new (4096);
    json = JSON_INTO (text);
    json_begin_object (&json);
    json_put_text (&json, "name", share->name);
    json_put_instant (&json, "expires_at", share->expires_at);
    write_period (share, &view.request, &json);
    json_put_bool (&json, "insights", share->insights);
    dashboard_write_freshness (&json, view.connections, view.shown);
    write_layout (share, &json);
    write_kinds (share, &view, &json);
    json_end_object (&json);
    return call_reply (call, 200, text);
}

/* ---- what it shows ---- */

gboolean
shared_data (Call *call, GError **error)
{
    const Share *share = call->share;
    g_autoptr (HttpReady) ready = NULL;
    g_auto (View) view = { 0 };

    if (!view_open (call, &view, error))
        return FALSE;
    ready = board_answer (call, share->board, view.own, share->id, &view.request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}

/* The sentences alone: no facts behind them, and none about the state of accounts, which name these. They are
 * those of the rules: strangers make nobody pay for a language model. */
static GString *
bare_sentences (const Insights *insights)
{
    g_autoptr (GString) whole = insights_write (insights, NULL, NULL);
    json_t *told = json_loads (whole->str, 0, NULL), *items = json_object_get (told, "items"), *item;
    g_autofree char *text = NULL;
    gsize i;

    for (i = 0; (item = json_array_get (items, i));) {
        if (g_strcmp0 (json_string_value (json_object_get (item, "group")), group_name (GROUP_QUALITY)) ==
            0) {
            json_array_remove (items, i);
            continue;
        }
        json_object_set_new (item, "evidence", json_array ());
        i++;
    }
    json_object_set_new (told, "facts", json_array ());
    text = json_dumps (told, JSON_COMPACT);
    json_decref (told);
    return g_string_new (text);
}

static GString *
compute_insights (Call *call, gconstpointer request, GError **error)
{
    g_autoptr (Insights) insights = insights_find (call->store, call->who.user_id, request, NULL, error);

    return insights ? bare_sentences (insights) : NULL;
}

gboolean
shared_insights (Call *call, GError **error)
{
    static const Widget all = { .key = "insights", .needs = SOURCE_ALL };
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    g_auto (View) view = { 0 };
    InsightsRequest request;

    if (!call->share->insights)
        return call_fail (error, 404, "not-shared", "this link is one without insights");
    if (!view_open (call, &view, error))
        return FALSE;
    request = (InsightsRequest){ .about = view.request, .sensitivity = SENSITIVITY_NORMAL };
    request.about.sources = view.shown;
    answer_key (call, &all, &request.about, key);
    ready = answer_once (call, key->str, compute_insights, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
