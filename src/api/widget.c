/* widget.c -- the numbers: the registry, and one handler for every widget.
 *
 * A kept answer is given on the event loop without a look-up or a copy. A new
 * one is computed once a key, however many ask. */
#include "widgets/widget.h"

#include "api/answer.h"
#include "api/handlers.h"

gboolean
widget_list (Call *call, GError **error)
{
    GString *body = g_string_sized_new (8192);
    Json json = JSON_INTO (body);

    widgets_describe (&json);
    return call_reply (call, 200, body);
}

gboolean
widget_get_quick (Call *call)
{
    g_autoptr (GString) key = NULL;
    const Widget *widget;
    WidgetRequest request;
    gpointer ready;

    if (!answer_question (call, &widget, &request, NULL))
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
    const Widget *widget;
    WidgetRequest request;

    if (!answer_question (call, &widget, &request, error))
        return FALSE;
    ready = answer_find (call, widget, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
