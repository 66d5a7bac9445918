#include "api/answer.h"

#include "api/custom.h"
#include "auth/secret.h"
#include "insights/explain.h"

#include <string.h>

#define WAIT_FOR_OTHER_MS 5000

void
answer_describe (const Widget *widget, Json *json)
{
    json_begin_object (json);
    widget_describe (widget, json);
    explain_describe (widget, json);
    json_end_object (json);
}

static const char *
get_parameter (gconstpointer call, const char *name)
{
    return call_query (call, name);
}

gboolean
answer_request (Call *call, WidgetRequest *request, GError **error)
{
    return widget_request_read (request, get_parameter, call, error);
}

void
answer_key (const Call *call, const Widget *widget, const WidgetRequest *request, GString *key)
{
    g_string_append_printf (key, "%s|%" G_GINT64_MODIFIER "x|", call->who.user_id,
                            versions_get (call->api->options.versions, call->who.user_id));
    widget_request_key (request, widget, key);
}

/* The tag is the content's own hash: the same on every instance and after a restart. */
HttpReady *
answer_ready (Call *call, GString *text)
{
    static const char *const headers[] = { "Cache-Control", "private, no-cache", NULL };
    static const char *const cors_headers[] = { "Cache-Control", "private, no-cache", "Vary", "Origin",
                                                NULL };
    char hash[SECRET_HASH_TEXT], tag[36];

    secret_hash (text->str, text->len, hash);
    g_snprintf (tag, sizeof tag, "\"%.32s\"", hash);
    return http_ready_new (200, "application/json", g_string_free_to_bytes (text), tag,
                           *call->api->options.config->cors_origins ? cors_headers : headers);
}

/* What follows the user and the version in a key: the version is this instance's own. */
static const char *
question_of (const char *key)
{
    return strchr (strchr (key, '|') + 1, '|') + 1;
}

HttpReady *
answer_shared (Call *call, const char *key, char word[static SECOND_WORD])
{
    const ApiOptions *options = &call->api->options;
    SecondFound found;
    HttpReady *ready = NULL;

    if (second_find (options->second, call->who.user_id, question_of (key), &found)) {
        ready = answer_ready (call, found.text);
        cache_fill_for (options->cache, key, ready, http_ready_size (ready), found.left);
    }
    memcpy (word, found.word, SECOND_WORD);
    return ready;
}

HttpReady *
answer_keep (Call *call, const char *key, const char *word, GString *text)
{
    HttpReady *ready;

    second_keep (call->api->options.second, call->who.user_id, question_of (key), word, text);
    ready = answer_ready (call, text);
    cache_fill (call->api->options.cache, key, ready, http_ready_size (ready));
    return ready;
}

gboolean
answer_question (Call *call, const Widget **widget, Custom **own, WidgetRequest *request, GError **error)
{
    *widget = custom_find (call, call_segment (call, 2), own, error);
    return *widget && answer_request (call, request, error);
}

HttpReady *
answer_keep_for (Call *call, const char *key, GString *text, gint64 most)
{
    HttpReady *ready = answer_ready (call, text);

    cache_fill_for (call->api->options.cache, key, ready, http_ready_size (ready), most);
    return ready;
}

HttpReady *
answer_claim (Call *call, const char *key, char word[static SECOND_WORD])
{
    gpointer found;

    if (cache_claim (call->api->options.cache, key, WAIT_FOR_OTHER_MS, &found) == CACHE_HIT)
        return found;
    return answer_shared (call, key, word);
}

HttpReady *
answer_once (Call *call, const char *key, AnswerCompute compute, gconstpointer question, GError **error)
{
    char word[SECOND_WORD];
    HttpReady *ready = answer_claim (call, key, word);
    GString *text;

    if (ready)
        return ready;
    text = compute (call, question, error);
    if (text)
        return answer_keep (call, key, word, text);
    cache_abandon (call->api->options.cache, key);
    return NULL;
}

typedef struct {
    const Widget *widget;
    const WidgetRequest *request;
} Question;

static GString *
compute_widget (Call *call, gconstpointer data, GError **error)
{
    const Question *question = data;
    GString *text = NULL;

    widgets_answer (call->store, call->who.user_id, &question->widget, 1, question->request, &text, error);
    return text;
}

HttpReady *
answer_find (Call *call, const Widget *widget, const WidgetRequest *request, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    const Question question = { widget, request };

    answer_key (call, widget, request, key);
    return answer_once (call, key->str, compute_widget, &question, error);
}
