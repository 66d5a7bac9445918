/* explain.c -- why a widget's number changed. Answers are kept like those of widgets. */
#include "insights/explain.h"

#include "api/answer.h"
#include "api/custom.h"
#include "api/handlers.h"

typedef struct {
    const Widget *widget;
    Custom *own; /* what the widget belongs to, if it is the user's */
    ExplainOf of;
    WidgetRequest request;
} Question;

static void
question_clear (Question *question)
{
    custom_free (question->own);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static gboolean
read_question (Call *call, Question *question, GError **error)
{
    const char *by = call_query (call, "by"), *metric = call_query (call, "metric");

    question->of = (ExplainOf){ .metric = metric && *metric ? metric : NULL, .by = by && *by ? by : NULL };
    return answer_question (call, &question->widget, &question->own, &question->request, error) &&
           explain_check (question->widget, &question->of, error);
}

static GString *
compute (Call *call, gconstpointer data, GError **error)
{
    const Question *question = data;
    g_autoptr (Explanation) explanation =
        explain (call->store, call->who.user_id, question->widget, &question->of, &question->request, error);
    GString *text;
    Json json;

    if (!explanation)
        return NULL;
    text = g_string_sized_new (4096);
    json = JSON_INTO (text);
    explanation_write (explanation, &question->request, &json);
    return text;
}

gboolean
widget_explain (Call *call, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    g_auto (Question) question = { 0 };

    if (!read_question (call, &question, error))
        return FALSE;
    answer_key (call, question.widget, &question.request, key);
    g_string_append_printf (key, "|explain|%s|%s", question.of.metric ? question.of.metric : "",
                            question.of.by ? question.of.by : "");
    ready = answer_once (call, key->str, compute, &question, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
