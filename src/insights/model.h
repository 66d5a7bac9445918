/* model.h -- ask a chat-completions endpoint, and make the best of what it does.
 *
 * One Model for the process: it remembers which dialect the endpoint takes. Any thread may ask,
 * each with a Fetcher of its own. Whatever the endpoint does, an ask ends by its deadline: what
 * may pass is asked again, at most twice and after the wait that was asked for, if there is time;
 * what will not pass is not. The key is in the request's header and nowhere else. */
#pragma once
#include "base/clock.h"
#include "base/random.h"
#include "fetch/fetch.h"
#include "insights/model_request.h"

typedef struct Model Model;

typedef struct {
    const char *base_url; /* "https://api.openai.com/v1", with or without a slash at its end */
    const char *key;      /* NULL: none is sent */
    const char *name;
    Clock *clock;
    Random *random;
    /* Wait so many milliseconds; FALSE: we stop. */
    gboolean (*pause) (int ms, gpointer user);
    gpointer user;
} ModelOptions;

typedef struct {
    ModelOutcome outcome;
    char *content;     /* of MODEL_ANSWERED: a JSON object */
    char *sentence;    /* what went wrong, safe to log; NULL if nothing did */
    gint64 tokens;     /* spent, estimated where it does not say */
    gint64 left_alone; /* microseconds that it wants to be left alone; 0: it does not say */
} ModelAnswer;

Model *model_new (const ModelOptions *options); /* keeps the texts */
void model_free (Model *model);
const char *model_name (const Model *model);
const char *model_url (const Model *model);
/* deadline by the clock's monotonic time. */
void model_ask (Model *model, Fetcher *fetcher, const ModelQuestion *question, gint64 deadline,
                ModelAnswer *answer);
/* What the answer to such a question costs at most, about: to be reserved. */
gint64 model_estimate (const ModelQuestion *question);
void model_answer_clear (ModelAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Model, model_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ModelAnswer, model_answer_clear)
