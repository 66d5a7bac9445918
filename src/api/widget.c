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
    if (cache_peek (call->api->options.cache, key->str, &ready) != CACHE_HIT) {
        http_call_join (call->http);
        return FALSE;
    }
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

/* ---- several at once ---- */

/* One of them, while it is answered. */
typedef struct {
    Call *call;
    const Widget *widget;
    WidgetRequest request;
    GString *key;
    char word[SECOND_WORD];
    GString *text;
} Part;

static void
part_clear (gpointer part)
{
    g_string_free (((Part *)part)->key, TRUE);
}

static void
get_alone (Call *call)
{
    g_autoptr (GError) error = NULL;

    if (!widget_get (call, &error))
        call_reply_problem (call, error);
}

/* Claim what is to be computed here. Nobody may wait for another worker while he holds claims, so
 * that those which another one computes, as all that is no plain widget, are left to be done alone. */
static void
claim (Call *call, GArray *parts, GPtrArray *alone)
{
    Part part = { .call = call, .widget = widget_find (call_segment (call, 2)) };
    gpointer ready;
    CacheState state;

    if (!part.widget || !answer_request (call, &part.request, NULL)) {
        g_ptr_array_add (alone, call);
        return;
    }
    part.key = g_string_sized_new (160);
    answer_key (call, part.widget, &part.request, part.key);
    state = cache_claim (call->api->options.cache, part.key->str, -1, &ready);
    if (state == CACHE_MINE && !(ready = answer_shared (call, part.key->str, part.word))) {
        g_array_append_val (parts, part);
        return;
    }
    part_clear (&part);
    if (state == CACHE_MISS) {
        g_ptr_array_add (alone, call);
        return;
    }
    call_reply_ready (call, ready);
    http_ready_unref (ready);
}

static gboolean
ask_parts (GArray *parts)
{
    g_autofree WidgetQuestion *questions = g_new0 (WidgetQuestion, parts->len);

    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index (parts, Part, i);

        questions[i] = (WidgetQuestion){ .user_id = part->call->who.user_id,
                                         .widgets = &part->widget,
                                         .n = 1,
                                         .request = &part->request,
                                         .answers = &part->text };
    }
    return !parts->len ||
           widgets_answer_all (g_array_index (parts, Part, 0).call->store, questions, parts->len, NULL);
}

void
widget_get_all (Call *calls, guint n)
{
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
    g_autoptr (GPtrArray) alone = g_ptr_array_new ();
    gboolean answered;

    g_array_set_clear_func (parts, part_clear);
    for (guint i = 0; i < n; i++)
        claim (&calls[i], parts, alone);
    answered = ask_parts (parts);
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index (parts, Part, i);

        if (answered) {
            g_autoptr (HttpReady) ready = answer_keep (part->call, part->key->str, part->word, part->text);

            call_reply_ready (part->call, ready);
        } else { /* one of them may be at fault: each finds out for itself */
            cache_abandon (part->call->api->options.cache, part->key->str);
            g_ptr_array_add (alone, part->call);
        }
    }
    for (guint i = 0; i < alone->len; i++)
        get_alone (alone->pdata[i]);
}
