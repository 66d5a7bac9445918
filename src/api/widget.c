/* widget.c -- the numbers: the registry, and one handler for every widget.
 *
 * A kept answer is given on the event loop without a look-up or a copy. A new
 * one is computed once a key, however many ask. */
#include "widgets/widget.h"

#include "api/handlers.h"
#include "auth/secret.h"
#include "base/fault.h"

#include <string.h>

#define WAIT_FOR_OTHER_MS 5000

gboolean
widget_list (Call *call, GError **error)
{
    GString *body = g_string_sized_new (4096);
    Json json = JSON_INTO (body);

    widgets_describe (&json);
    return call_reply (call, 200, body);
}

static const char *
get_parameter (gconstpointer http, const char *name)
{
    return http_call_query (http, name);
}

static gboolean
read_question (Call *call, const Widget **widget, WidgetRequest *request, GError **error)
{
    const char *key = call_segment (call, 2);

    *widget = widget_find (key);
    if (!*widget)
        return call_fail (error, 404, "unknown-widget", "no widget has the key \"%.60s\"", key);
    return widget_request_read (request, get_parameter, call->http, error);
}

/* user | version of his data | question */
static void
append_key (const Call *call, const Widget *widget, const WidgetRequest *request, GString *key)
{
    g_string_append_printf (key, "%s|%" G_GINT64_MODIFIER "x|", call->who.user_id,
                            versions_get (call->api->options.versions, call->who.user_id));
    widget_request_key (request, widget, key);
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
    append_key (call, widget, &request, key);
    if (cache_peek (call->api->options.cache, key->str, &ready) != CACHE_HIT)
        return FALSE;
    call_reply_ready (call, ready);
    http_ready_unref (ready);
    return TRUE;
}

/* The tag is the content's own hash: the same on every instance and after a restart. */
static HttpReady *
make_ready (Call *call, GString *answer)
{
    static const char *const headers[] = { "Cache-Control", "private, no-cache", NULL };
    static const char *const cors_headers[] = { "Cache-Control", "private, no-cache", "Vary", "Origin",
                                                NULL };
    char hash[SECRET_HASH_TEXT], tag[36];

    secret_hash (answer->str, answer->len, hash);
    g_snprintf (tag, sizeof tag, "\"%.32s\"", hash);
    return http_ready_new (200, "application/json", g_string_free_to_bytes (answer), tag,
                           *call->api->options.config->cors_origins ? cors_headers : headers);
}

static HttpReady *
compute (Call *call, const Widget *widget, const WidgetRequest *request, const char *key, GError **error)
{
    Cache *cache = call->api->options.cache;
    GString *answer;
    HttpReady *ready;

    if (!widgets_answer (call->store, call->who.user_id, &widget, 1, request, &answer, error)) {
        cache_abandon (cache, key);
        return NULL;
    }
    ready = make_ready (call, answer);
    cache_fill (cache, key, ready, http_ready_size (ready));
    return ready;
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
    append_key (call, widget, &request, key);
    if (cache_claim (call->api->options.cache, key->str, WAIT_FOR_OTHER_MS, &found) == CACHE_HIT)
        ready = found;
    else
        ready = compute (call, widget, &request, key->str, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
