/* custom.c -- make widgets of formulas: look, keep, take away. */
#include "api/custom.h"

#include "api/answer.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define MOST_WIDGETS 50

static Custom *
read_definition (const char *key, const char *text, GError **error)
{
    json_t *definition = json_loads (text, 0, NULL);
    Custom *custom = custom_new (key, definition, error);

    json_decref (definition);
    return custom;
}

const Widget *
custom_find (Call *call, const char *key, Custom **own, GError **error)
{
    const Widget *widget = widget_find (key);
    g_autoptr (Rows) rows = NULL;

    *own = NULL;
    if (widget)
        return widget;
    if (custom_is_key (key)) {
        rows = store_ask (
            call->store, &sql_api_custom_find,
            PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "key", VALUE_OF_TEXT (key) }), error);
        if (!rows)
            return NULL;
        if (rows_count (rows)) {
            *own = read_definition (key, rows_text (rows, 0, 0), error);
            return *own ? custom_widget (*own) : NULL;
        }
    }
    call_fail (error, 404, "unknown-widget", "no widget has the key \"%.60s\"", key);
    return NULL;
}

GPtrArray *
custom_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_custom_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    GPtrArray *list;

    if (!rows)
        return NULL;
    list = g_ptr_array_new_with_free_func ((GDestroyNotify)custom_free);
    for (guint i = 0; i < rows_count (rows); i++) {
        Custom *custom = read_definition (rows_text (rows, i, 0), rows_text (rows, i, 1), NULL);

        if (custom)
            g_ptr_array_add (list, custom);
    }
    return list;
}

const Widget *
custom_among (GPtrArray *own, const char *key)
{
    for (guint i = 0; i < own->len; i++) {
        const Widget *widget = custom_widget (g_ptr_array_index (own, i));

        if (g_strcmp0 (widget->key, key) == 0)
            return widget;
    }
    return widget_find (key);
}

/* ---- the routes ---- */

static void
write_metric (const Metric *metric, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "key", metric->key);
    json_put_text (json, "title", metric->title);
    json_put_text (json, "source", source_name (metric->source));
    json_put_text (json, "unit", unit_name (metric->unit));
    json_put_text (json, "additivity", total_name (metric->total));
    json_key (json, "dimensions");
    json_begin_array (json);
    for (Dimension dimension = 0; dimension < N_DIMENSIONS; dimension++)
        if (metric_has (metric, dimension))
            json_text (json, dimension_name (dimension));
    json_end_array (json);
    json_end_object (json);
}

gboolean
custom_metrics (Call *call, GError **error)
{
    GString *body = g_string_sized_new (4096);
    Json json = JSON_INTO (body);
    const Metric *metric;

    json_begin_object (&json);
    json_key (&json, "metrics");
    json_begin_array (&json);
    for (guint i = 0; (metric = metric_at (i)); i++)
        write_metric (metric, &json);
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

static gboolean
refuse_more (GError **error)
{
    return call_fail (error, 422, "too-many-widgets", "one can make at most %d widgets", MOST_WIDGETS);
}

gboolean
custom_fit (const GPtrArray *own, GError **error)
{
    return own->len <= MOST_WIDGETS || refuse_more (error);
}

gboolean
custom_keep (Call *call, const char *key, json_t *definition, GError **error)
{
    g_autofree char *text = json_dumps (definition, JSON_COMPACT);
    gint64 n =
        store_do (call->store, &sql_api_custom_put,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "key", VALUE_OF_TEXT (key) },
                          { "definition", VALUE_OF_TEXT (text) }, { "most", VALUE_OF_INT (MOST_WIDGETS) },
                          { "now", VALUE_OF_INSTANT (call_now (call)) }),
                  error);

    if (n == 0)
        return refuse_more (error);
    return n > 0;
}

static gboolean
reply_custom (Call *call, const Custom *custom)
{
    GString *body = g_string_sized_new (512);
    Json json = JSON_INTO (body);

    answer_describe (custom_widget (custom), &json);
    return call_reply (call, 200, body);
}

gboolean
custom_put (Call *call, GError **error)
{
    const char *key = call_segment (call, 2);
    json_t *definition = NULL;
    g_autoptr (Custom) custom = NULL;
    gboolean ok;

    if (widget_find (key))
        return call_fail (error, 409, "built-in-widget", "%s is built in and can't be changed", key);
    definition = call_body (call, error);
    custom = definition ? custom_new (key, definition, error) : NULL;
    ok = custom && custom_keep (call, key, definition, error);
    json_decref (definition);
    if (!ok)
        return FALSE;
    versions_bump (call->api->options.versions, call->who.user_id);
    return reply_custom (call, custom);
}

/* What may be done with an address under /v1/widgets that nobody can delete; NULL: it may be one's own. */
static const char *
taken_instead (const char *key)
{
    if (widget_find (key))
        return "GET, HEAD";
    return strcmp (key, "preview") == 0 ? "POST" : NULL;
}

gboolean
custom_delete (Call *call, GError **error)
{
    const char *key = call_segment (call, 2), *others = taken_instead (key);
    gint64 n;

    if (others) {
        http_reply_header (call->http, "Allow", others);
        return call_fail (error, 405, "unknown-method", "this address takes %s", others);
    }
    n = store_do (call->store, &sql_api_custom_delete,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "key", VALUE_OF_TEXT (key) }),
                  error);
    if (n < 0)
        return FALSE;
    if (n == 0)
        return call_fail (error, 404, "unknown-widget", "you have made no widget with the key \"%.60s\"",
                          key);
    versions_bump (call->api->options.versions, call->who.user_id);
    return call_reply_ok (call);
}

/* Draw a definition that is not kept: for whoever is still writing it. */
gboolean
custom_preview (Call *call, GError **error)
{
    json_t *definition = call_body (call, error);
    g_autoptr (Custom) custom = definition ? custom_new (CUSTOM_PREFIX "preview", definition, error) : NULL;
    const Widget *widget = custom ? custom_widget (custom) : NULL;
    WidgetRequest request;
    GString *answer;

    json_decref (definition);
    return widget && answer_request (call, &request, error) &&
           widgets_answer (call->store, call->who.user_id, &widget, 1, &request, &answer, error) &&
           call_reply (call, 200, answer);
}
