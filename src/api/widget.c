/* widget.c -- the numbers: the registry, and one handler for every widget.
 *
 * A kept answer is given on the event loop without a look-up or a copy. A new
 * one is computed once a key, however many ask. */
#include "widgets/widget.h"

#include "api/answer.h"
#include "api/handlers.h"
#include "base/fault.h"

#define WAIT_FOR_OTHER_MS 5000

gboolean
widget_list (Call *call, GError **error)
{
    GString *body = g_string_sized_new (8192);
    Json json = JSON_INTO (body);

    widgets_describe (&json);
    return call_reply (call, 200, body);
}

static gboolean
read_question (Call *call, const Widget **widget, WidgetRequest *request, GError **error)
{
    const char *key = call_segment (call, 2);

    *widget = widget_find (key);
    if (!*widget)
        return call_fail (error, 404, "unknown-widget", "no widget has the key \"%.60s\"", key);
    return answer_request (call, request, error);
}

gboolean
widget_get_quick (Call *call)
{
    g_autoptr (GString) key = NULL;
    const Widget *widget;
    WidgetRequest request;
    gpointer ready;

    if (!read_question (call, &widget, &request, NULL))
        return FALSE;
    key = g_string_sized_new (160);
    answer_key (call, widget, &request, key);
    if (cache_peek (call->api->options.cache, key->str, &ready) != CACHE_HIT)
        return FALSE;
    call_reply_ready (call, ready);
    http_ready_unref (ready);
    return TRUE;
}

static HttpReady *
compute (Call *call, const Widget *widget, const WidgetRequest *request, const char *key, GError **error)
{
    GString *text;

    if (widgets_answer (call->store, call->who.user_id, &widget, 1, request, &text, error))
        return answer_keep (call, key, text);
    cache_abandon (call->api->options.cache, key);
    return NULL;
}

gboolean
widget_get (Call *call, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    const Widget *widget;
    WidgetRequest request;
    gpointer found;

    if (!read_question (call, &widget, &request, error))
        return FALSE;
    answer_key (call, widget, &request, key);
    if (cache_claim (call->api->options.cache, key->str, WAIT_FOR_OTHER_MS, &found) == CACHE_HIT)
        ready = found;
    else
        ready = compute (call, widget, &request, key->str, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
