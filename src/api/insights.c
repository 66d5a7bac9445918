/* insights.c -- what the numbers of a period have to say. Answers are kept like those of widgets. */
#include "insights/insights.h"

#include "api/answer.h"
#include "api/handlers.h"
#include "api/target.h"
#include "base/fault.h"

/* user | version of his data | insights | question | sensitivity. */
static void
write_key (const Call *call, const InsightsRequest *request, GString *key)
{
    static const Widget all = { .key = "insights", .needs = SOURCE_ALL };

    answer_key (call, &all, &request->about, key);
    g_string_append_printf (key, "|%s", sensitivity_name (request->sensitivity));
}

static GString *
compute (Call *call, gconstpointer question, GError **error)
{
    const InsightsRequest *request = question;
    json_t *targets = targets_read (call, request->about.period.to, error);
    GString *text =
        targets ? insights_answer (call->store, call->who.user_id, request, targets, error) : NULL;

    json_decref (targets);
    return text;
}

static gboolean
read_request (Call *call, InsightsRequest *request, GError **error)
{
    return answer_request (call, &request->about, error) &&
           (sensitivity_parse (call_query (call, "sensitivity"), &request->sensitivity) ||
            fault_set (error, FAULT_INVALID, "sensitivity is low, normal or high"));
}

gboolean
insights_get (Call *call, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    InsightsRequest request;

    if (!read_request (call, &request, error))
        return FALSE;
    write_key (call, &request, key);
    ready = answer_once (call, key->str, compute, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
