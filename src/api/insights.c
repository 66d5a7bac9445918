/* insights.c -- what the numbers of a period have to say. Answers are kept like those of widgets.
 *
 * Where a language model words them, and has not done so yet, the request is held: the worker goes on
 * to others, and the narrator's thread answers when there are words, or when there will be none. */
#include "insights/insights.h"

#include "api/answer.h"
#include "api/handlers.h"
#include "api/target.h"
#include "base/fault.h"
#include "base/log.h"

#include <string.h>

#define WITHOUT_WORDS_US (30 * SECOND_US) /* how long the rules stand in for a model that has failed */

/* Somebody who waits for words. */
typedef struct {
    Call call; /* without a store */
    Insights *insights;
    Wording *wording; /* of them */
    char *key;
    char word[SECOND_WORD];
} Told;

static void
told_free (Told *told)
{
    g_clear_pointer (&told->wording, wording_free);
    insights_free (told->insights);
    g_free (told->key);
    g_free (told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Told, told_free)

/* user | version of his data | insights | question | sensitivity. */
static void
write_key (const Call *call, const InsightsRequest *request, GString *key)
{
    static const Widget all = { .key = "insights", .needs = SOURCE_ALL };

    answer_key (call, &all, &request->about, key);
    g_string_append_printf (key, "|%s", sensitivity_name (request->sensitivity));
}

static Insights *
find (Call *call, const InsightsRequest *request, GError **error)
{
    json_t *targets = targets_read (call, request->about.period.to, error);
    Insights *insights =
        targets ? insights_find (call->store, call->who.user_id, request, targets, error) : NULL;

    json_decref (targets);
    return insights;
}

/* ---- worded by rules alone ---- */

static GString *
compute (Call *call, gconstpointer question, GError **error)
{
    g_autoptr (Insights) insights = find (call, question, error);

    return insights ? insights_write (insights, NULL, NULL) : NULL;
}

/* ---- worded by a model ---- */

/* With what of its words is proven; NULL: there is nothing of that. */
static GString *
write_words (const Told *told, const char *content)
{
    Narrator *narrator = told->call.api->options.narrator;
    g_autoptr (GPtrArray) bullets = NULL;
    g_autoptr (GError) error = NULL;
    WordingTally tally = { 0 };

    bullets = wording_read (told->wording, content, strlen (content), &tally, &error);
    if (!bullets) {
        log_event (LOG_WARNING, "model.unreadable", error->message, NULL);
        return NULL;
    }
    narrator_count (narrator, &tally);
    return insights_write (told->insights, tally.kept ? bullets : NULL, narrator_model (narrator));
}

/* content NULL: there are no words, and the rules stand in for a short while. */
static void
reply (Told *told, const char *content)
{
    GString *text = content ? write_words (told, content) : NULL;
    g_autoptr (HttpReady) ready = NULL;

    if (text)
        ready = answer_keep (&told->call, told->key, told->word, text);
    else
        ready = answer_keep_for (&told->call, told->key, insights_write (told->insights, NULL, NULL),
                                 WITHOUT_WORDS_US);
    call_reply_ready (&told->call, ready);
}

/* On a thread of the narrator's. */
static void
on_words (const char *content, gpointer user)
{
    g_autoptr (Told) told = user;

    reply (told, content);
    http_call_release (told->call.http);
}

/* Answers now, or holds the request. Takes over told. */
static void
tell (Told *owned, Store *store)
{
    g_autoptr (Told) told = owned;
    Api *api = told->call.api;
    HttpCall *http = told->call.http;
    Narrator *narrator = api->options.narrator;
    g_autofree char *known = narrator_recall (narrator, store, told->call.who.user_id, told->wording);

    if (!known && insights_facts (told->insights)->len) {
        g_autofree char *key = g_strdup (told->key);

        http_call_hold (http); /* from here on it may be answered at any time */
        if (narrator_ask (narrator, told->call.who.user_id, told->wording, on_words, told)) {
            told = NULL;
            cache_abandon (api->options.cache, key); /* who asks for the same is held too, on no worker */
            return;
        }
        http_call_release (http);
    }
    reply (told, known);
}

static gboolean
get_worded (Call *call, const InsightsRequest *request, const char *key, GError **error)
{
    Told *told = g_new0 (Told, 1);
    g_autoptr (HttpReady) ready = answer_claim (call, key, told->word);

    told->insights = ready ? NULL : find (call, request, error);
    if (!told->insights) {
        told_free (told);
        if (ready)
            call_reply_ready (call, ready);
        else
            cache_abandon (call->api->options.cache, key);
        return ready != NULL;
    }
    told->call = *call;
    told->call.store = NULL;
    told->key = g_strdup (key);
    told->wording = wording_new (insights_facts (told->insights), insights_bullets (told->insights),
                                 insights_connected (told->insights));
    tell (told, call->store);
    return TRUE;
}

static gboolean
read_request (Call *call, InsightsRequest *request, GError **error)
{
    return answer_request (call, &request->about, error) &&
           (sensitivity_parse (call_query (call, "sensitivity"), &request->sensitivity) ||
            fault_set (error, FAULT_INVALID, "sensitivity is low, normal or high"));
}

/* For who can't be held: by rules, and not kept, since a model may word it for the next one. */
static gboolean
get_at_once (Call *call, const InsightsRequest *request, GError **error)
{
    GString *text = compute (call, request, error);

    return text && call_reply (call, 200, text);
}

gboolean
insights_get (Call *call, GError **error)
{
    g_autoptr (GString) key = g_string_sized_new (160);
    g_autoptr (HttpReady) ready = NULL;
    InsightsRequest request;

    if (!read_request (call, &request, error))
        return FALSE;
    if (call->inside && call->inside->at_once && call->api->options.narrator)
        return get_at_once (call, &request, error);
    write_key (call, &request, key);
    if (call->api->options.narrator)
        return get_worded (call, &request, key->str, error);
    ready = answer_once (call, key->str, compute, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
