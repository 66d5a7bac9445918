#include "insights/model.h"

#include "base/date.h"
#include "base/fault.h"
#include "sources/words.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define MOST_BYTES      ((gsize)256 * 1024) /* of an answer */
#define MOST_RETRIES    2
#define MOST_SIMPLER    6 /* dialects that are tried after the first */
#define FIRST_WAIT_MS   500
#define MOST_WAIT_MS    8000
#define MOST_ASKED_MS   120000 /* a wait that is longer is none: it does not want to be asked */
#define LEAST_LEFT_MS   1000   /* with less time there is no use in asking */
#define BYTES_PER_TOKEN 3      /* of numbers and short words, about */

struct Model {
    ModelOptions options;
    char *url, *name;
    char *authorization; /* the header; NULL: no key */
    char *key;
    pthread_mutex_t lock; /* guards dialect */
    Dialect dialect;
};

/* One ask: what is the same for all its requests. */
typedef struct {
    Model *model;
    Fetcher *fetcher;
    const ModelQuestion *question;
    ModelAnswer *answer;
    gint64 deadline;
    Dialect dialect;
    guint retries, simpler;
    int wait_ms;     /* that the last response asked for; -1: none */
    int wants_retry; /* what it says of trying again: 1, 0, -1: nothing */
} Ask;

Model *
model_new (const ModelOptions *options)
{
    Model *model = g_new0 (Model, 1);
    gsize n = strlen (options->base_url);

    while (n > 0 && options->base_url[n - 1] == '/')
        n--;
    model->options = *options;
    model->url = g_strdup_printf ("%.*s/chat/completions", (int)n, options->base_url);
    model->name = g_strdup (options->name);
    model->key = g_strdup (options->key);
    model->authorization = options->key ? g_strconcat ("Authorization: Bearer ", options->key, NULL) : NULL;
    model->dialect = DIALECT_FIRST;
    pthread_mutex_init (&model->lock, NULL);
    return model;
}

void
model_free (Model *model)
{
    if (!model)
        return;
    pthread_mutex_destroy (&model->lock);
    g_free (model->authorization);
    g_free (model->key);
    g_free (model->name);
    g_free (model->url);
    g_free (model);
}

const char *
model_name (const Model *model)
{
    return model->name;
}

const char *
model_url (const Model *model)
{
    return model->url;
}

void
model_answer_clear (ModelAnswer *answer)
{
    g_clear_pointer (&answer->content, g_free);
    g_clear_pointer (&answer->sentence, g_free);
}

static gint64
tokens_of (gsize bytes)
{
    return (gint64)(bytes / BYTES_PER_TOKEN) + 1;
}

gint64
model_estimate (const ModelQuestion *question)
{
    return tokens_of (strlen (question->rules) + strlen (question->question) + strlen (question->schema)) +
           MODEL_MOST_TOKENS;
}

/* ---- time ---- */

static gint64
left_ms (const Ask *ask)
{
    return (ask->deadline - clock_monotonic (ask->model->options.clock)) / 1000;
}

/* "1500" or "1500.5"; -1 if it is not a number. */
static int
read_ms (const char *text)
{
    char *end;
    double ms = text ? g_ascii_strtod (text, &end) : -1;

    return text && end != text && ms >= 0 ? (int)MIN (ceil (ms), G_MAXINT) : -1;
}

static void
read_wishes (Ask *ask, const FetchResponse *response)
{
    const char *again = fetch_response_header (response, "x-should-retry");
    int ms = read_ms (fetch_response_header (response, "retry-after-ms"));
    int seconds = fetch_response_retry_after (response);

    ask->wants_retry = !again ? -1 : g_ascii_strcasecmp (again, "true") == 0;
    ask->wait_ms = ms >= 0 ? ms : seconds >= 0 ? (int)MIN ((gint64)seconds * 1000, G_MAXINT) : -1;
}

/* Doubling, less up to a quarter, so that not all come back at once. */
static int
usual_wait (const Ask *ask)
{
    guint8 dice;
    int wait = MIN (FIRST_WAIT_MS << ask->retries, MOST_WAIT_MS);

    random_fill (ask->model->options.random, &dice, sizeof dice);
    return wait - wait / 4 * dice / 255;
}

/* ---- again? ---- */

static gboolean
may_pass (const Ask *ask, ModelOutcome outcome)
{
    if (outcome == MODEL_QUOTA || outcome == MODEL_CANCELLED || outcome == MODEL_TIMED_OUT)
        return FALSE;
    if (ask->wants_retry >= 0)
        return ask->wants_retry && outcome != MODEL_ANSWERED;
    return outcome == MODEL_LIMITED || outcome == MODEL_FAILED || outcome == MODEL_LOST;
}

/* Waits, if that is any use. */
static gboolean
shall_retry (Ask *ask, ModelOutcome outcome)
{
    int wait = ask->wait_ms >= 0 ? ask->wait_ms : usual_wait (ask);

    if (ask->retries >= MOST_RETRIES || !may_pass (ask, outcome) || wait > MOST_ASKED_MS ||
        wait + LEAST_LEFT_MS > left_ms (ask))
        return FALSE;
    ask->retries++;
    return ask->model->options.pause (wait, ask->model->options.user);
}

static gboolean
shall_simplify (Ask *ask, const ModelReply *reply)
{
    return reply->outcome == MODEL_UNSUPPORTED && ask->simpler++ < MOST_SIMPLER &&
           left_ms (ask) >= LEAST_LEFT_MS && dialect_simplify (&ask->dialect, reply);
}

/* ---- one request ---- */

/* The outcome of a request that has no response. */
static ModelOutcome
lost (const GError *error)
{
    static const struct {
        FaultCode fault;
        ModelOutcome outcome;
    } kinds[] = { { FAULT_TIMEOUT, MODEL_TIMED_OUT },
                  { FAULT_CANCELLED, MODEL_CANCELLED },
                  { FAULT_REMOTE, MODEL_NONSENSE }, /* too large, or not HTTP */
                  { FAULT_INVALID, MODEL_DENIED } };

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (fault_is (error, kinds[i].fault))
            return kinds[i].outcome;
    return MODEL_LOST;
}

static FetchResponse *
post (Ask *ask, const GString *body, GError **error)
{
    const Model *model = ask->model;
    const char *const headers[] = { "Content-Type: application/json", "Accept: application/json",
                                    model->authorization, NULL };
    FetchRequest request = { .method = "POST",
                             .url = model->url,
                             .headers = headers,
                             .body = body->str,
                             .body_size = body->len,
                             .timeout_ms = (int)CLAMP (left_ms (ask), 1, G_MAXINT),
                             .max_bytes = MOST_BYTES,
                             .private_too = TRUE }; /* the operator's own */

    return fetcher_fetch (ask->fetcher, &request, error);
}

/* What it says of itself, in one line without our key. */
static char *
sentence_of (const Ask *ask, int status, const ModelReply *reply)
{
    const char *const secrets[] = { ask->model->key, NULL };
    g_autofree char *words = words_message (reply->words, secrets);
    static const char *const short_of[MODEL_OUTCOMES] = {
        [MODEL_REFUSED] = "the model refused to answer",
        [MODEL_CUT] = "the model ran out of tokens before its end",
        [MODEL_NONSENSE] = "the endpoint sent something that is no answer",
        [MODEL_UNSUPPORTED] = "the endpoint does not take the request",
        [MODEL_LIMITED] = "the endpoint asks to slow down",
        [MODEL_QUOTA] = "the account of the endpoint is used up",
        [MODEL_DENIED] = "the endpoint refuses: check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL",
        [MODEL_FAILED] = "the endpoint failed",
    };

    return g_strdup_printf ("%s (status %d)%s%s", short_of[reply->outcome], status, *words ? ": " : "",
                            words);
}

static void
note_failure (Ask *ask, char *sentence)
{
    g_free (ask->answer->sentence);
    ask->answer->sentence = sentence;
}

static void
take_response (Ask *ask, const GString *body, const FetchResponse *response, ModelReply *reply)
{
    gsize n;
    const char *text = g_bytes_get_data (response->body, &n);

    model_reply_read (response->status, text, n, reply);
    read_wishes (ask, response);
    if (response->status < 300)
        ask->answer->tokens += reply->tokens >= 0 ? reply->tokens : tokens_of (body->len) + tokens_of (n);
    if (reply->outcome != MODEL_ANSWERED)
        note_failure (ask, sentence_of (ask, response->status, reply));
}

static void
request_once (Ask *ask, ModelReply *reply)
{
    g_autoptr (GString) body = model_request (ask->model->name, ask->question, &ask->dialect);
    g_autoptr (GError) error = NULL;
    g_autoptr (FetchResponse) response = post (ask, body, &error);

    ask->wait_ms = ask->wants_retry = -1;
    if (response) {
        take_response (ask, body, response, reply);
        return;
    }
    *reply = (ModelReply){ .outcome = lost (error), .tokens = -1 };
    note_failure (ask, g_strdup (error->message));
}

/* ---- the whole ---- */

static Dialect
known_dialect (Model *model)
{
    Dialect dialect;

    pthread_mutex_lock (&model->lock);
    dialect = model->dialect;
    pthread_mutex_unlock (&model->lock);
    return dialect;
}

/* Only what has worked is remembered. */
static void
remember_dialect (Model *model, const Dialect *dialect)
{
    pthread_mutex_lock (&model->lock);
    model->dialect = *dialect;
    pthread_mutex_unlock (&model->lock);
}

static void
finish (Ask *ask, ModelReply *reply)
{
    ModelAnswer *answer = ask->answer;

    answer->outcome = reply->outcome;
    answer->content = g_steal_pointer (&reply->content);
    if (reply->outcome == MODEL_LIMITED && ask->wait_ms > 0)
        answer->left_alone = (gint64)ask->wait_ms * 1000;
    if (reply->outcome != MODEL_ANSWERED)
        return;
    g_clear_pointer (&answer->sentence, g_free);
    remember_dialect (ask->model, &ask->dialect);
}

void
model_ask (Model *model, Fetcher *fetcher, const ModelQuestion *question, gint64 deadline,
           ModelAnswer *answer)
{
    Ask ask = { .model = model,
                .fetcher = fetcher,
                .question = question,
                .answer = answer,
                .deadline = deadline,
                .dialect = known_dialect (model) };
    gboolean again;

    *answer = (ModelAnswer){ 0 };
    do {
        g_auto (ModelReply) reply = { 0 };

        request_once (&ask, &reply);
        again = shall_simplify (&ask, &reply) || shall_retry (&ask, reply.outcome);
        if (!again)
            finish (&ask, &reply);
    } while (again);
}
