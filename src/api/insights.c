/* insights.c -- what the numbers of a period have to say. Answers are kept like those of widgets. */
#include "insights/insights.h"

#include "api/answer.h"
#include "api/handlers.h"
#include "api/target.h"

#define WAIT_FOR_OTHER_MS 5000

/* user | version of his data | insights | question. */
static void
write_key (const Call *call, const WidgetRequest *request, GString *key)
{
    static const Widget all = { .key = "insights", .needs = SOURCE_ALL };

    answer_key (call, &all, request, key);
}

static HttpReady *
compute (Call *call, const WidgetRequest *request, const char *key, const char *word, GError **error)
{
    json_t *targets = targets_read (call, request->period.to, error);
    GString *text =
        targets ? insights_answer (call->store, call->who.user_id, request, targets, error) : NULL;

    json_decref (targets);
    if (text)
        return answer_keep (call, key, word, text);
    cache_abandon (call->api->options.cache, key);
    return NULL;
}

gboolean
insights_get (Call *call, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    char word[SECOND_WORD];
    WidgetRequest request;
    gpointer found;

    if (!answer_request (call, &request, error))
        return FALSE;
    write_key (call, &request, key);
    if (cache_claim (call->api->options.cache, key->str, WAIT_FOR_OTHER_MS, &found) == CACHE_HIT)
        ready = found;
    else if (!(ready = answer_shared (call, key->str, word)))
        ready = compute (call, &request, key->str, word, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
