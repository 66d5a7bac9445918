/* widget.c -- the numbers: the registry, and one handler for every widget.
 *
 * A kept answer is given on the event loop without a look-up or a copy. A new
 * one is computed once a key, however many ask. */
#include "widgets/widget.h"

#include "api/answer.h"
#include "api/custom.h"
#include "api/handlers.h"

gboolean
widget_list (Call *call, GError **error)
{
    g_autoptr (GPtrArray) own = custom_list (call, error);
    GString *body;
    const Widget *widget;
    Json json;

    if (!own)
        return FALSE;
    body = g_string_sized_new (8192);
    json = JSON_INTO (body);
    json_begin_object (&json);
    json_key (&json, "widgets");
    json_begin_array (&json);
    for (guint i = 0; (widget = widget_at (i)); i++)
        answer_describe (widget, &json);
    for (guint i = 0; i < own->len; i++)
        answer_describe (custom_widget (g_ptr_array_index (own, i)), &json);
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

gboolean
widget_get_quick (Call *call)
{
    g_autoptr (GString) key = NULL;
    const Widget *widget = widget_find (call_segment (call, 2));
    WidgetRequest request;
    gpointer ready;

    if (!widget || !answer_request (call, &request, NULL))
        return FALSE;
    key = g_string_sized_new (160);
    answer_key (call, widget, &request, key);
    if (cache_peek (call->api->options.cache, key->str, &ready) != CACHE_HIT)
        return FALSE;
    call_reply_ready (call, ready);
    http_ready_unref (ready);
    return TRUE;
}

gboolean
widget_get (Call *call, GError **error)
{
    g_autoptr (HttpReady) ready = NULL;
    g_autoptr (Custom) own = NULL;
    const Widget *widget;
    WidgetRequest request;

    if (!answer_question (call, &widget, &own, &request, error))
        return FALSE;
    ready = answer_find (call, widget, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
