#include "insights/narrator.h"

#include "auth/secret.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/log.h"
#include "insights/breaker.h"
#include "insights/spending.h"
#include "sql.h"

#include <pthread.h>
#include <string.h>

#define THREADS     4
#define MOST_TASKS  16  /* questions that wait in line */
#define MOST_HELD   256 /* all who wait for words */
#define PAUSE_MS    50  /* from one look at the stop flag to the next */
#define LEAST_SHARE 4   /* with less than this part of its time left, a question is not asked any more */

typedef struct {
    NarratorDone done;
    gpointer user;
} Waiter;

/* One question: in line, or being asked. */
typedef struct {
    char user_id[UUID_TEXT], hash[SECRET_HASH_TEXT];
    char key[UUID_TEXT + SECRET_HASH_TEXT];
    const Wording *wording; /* the first waiter's */
    gint64 deadline;
    gboolean tries;  /* after a time in which the endpoint was left alone */
    GArray *waiters; /* of Waiter; guarded by the narrator's lock */
} Task;

struct Narrator {
    NarratorOptions options;
    Model *model;
    Spending *spending;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t filled;
    GQueue line;      /* of Task, oldest first */
    GHashTable *open; /* key -> Task, in line or being asked */
    Breaker breaker;
    NarratorStats stats;
    gboolean closing;
    pthread_t threads[THREADS];
    guint n_threads;
};

static gint64
now (const Narrator *narrator)
{
    return clock_monotonic (narrator->options.clock);
}

static gboolean
is_stopping (const Narrator *narrator)
{
    return narrator->options.stop && g_atomic_int_get (narrator->options.stop) != 0;
}

/* ---- one question ---- */

/* Of all that decides what is said. */
static void
hash_question (const Narrator *narrator, const Wording *wording, char hash[static SECRET_HASH_TEXT])
{
    g_autofree char *all = g_strjoin ("\n", model_url (narrator->model), model_name (narrator->model),
                                      wording_rules (), wording_schema (), wording_question (wording), NULL);

    secret_hash (all, strlen (all), hash);
}

static Task *
task_new (Narrator *narrator, const char *user_id, const Wording *wording)
{
    Task *task = g_new0 (Task, 1);

    g_strlcpy (task->user_id, user_id, sizeof task->user_id);
    hash_question (narrator, wording, task->hash);
    g_snprintf (task->key, sizeof task->key, "%s|%s", task->user_id, task->hash);
    task->wording = wording;
    task->deadline = now (narrator) + (gint64)narrator->options.config->llm_timeout * SECOND_US;
    task->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
    return task;
}

static void
task_free (Task *task)
{
    g_array_unref (task->waiters);
    g_free (task);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Task, task_free)

/* ---- asking, on a thread of ours ---- */

static void
note (Narrator *narrator, const ModelAnswer *answer, gint64 began)
{
    gint64 ended = now (narrator), left_alone;
    g_autofree char *seconds = NULL;

    pthread_mutex_lock (&narrator->lock);
    narrator->stats.outcomes[answer->outcome]++;
    narrator->stats.busy += ended - began;
    left_alone = breaker_note (&narrator->breaker, answer->outcome, answer->left_alone, ended);
    pthread_mutex_unlock (&narrator->lock);
    if (!answer->sentence || answer->outcome == MODEL_CANCELLED)
        return;
    seconds = g_strdup_printf ("%" G_GINT64_FORMAT, left_alone / SECOND_US);
    log_event (LOG_WARNING, "model.failed", answer->sentence, "outcome", model_outcome_name (answer->outcome),
               "left_alone_seconds", seconds, NULL);
}

/* Is there an answer in it at all? */
static gboolean
is_readable (const Task *task, const char *content)
{
    g_autoptr (GError) error = NULL;
    WordingTally tally;
    g_autoptr (GPtrArray) bullets = wording_read (task->wording, content, strlen (content), &tally, &error);

    return bullets != NULL;
}

static void
ask_once (Narrator *narrator, Fetcher *fetcher, const Task *task, const char *wrong, ModelAnswer *answer)
{
    ModelQuestion question = { .rules = wording_rules (),
                               .question = wording_question (task->wording),
                               .schema = wording_schema (),
                               .wrong = wrong };
    gint64 began = now (narrator);

    model_ask (narrator->model, fetcher, &question, task->deadline, answer);
    if (answer->outcome == MODEL_ANSWERED && !is_readable (task, answer->content)) {
        answer->outcome = MODEL_NONSENSE;
        answer->sentence = g_strdup ("the model's answer is not of the form that it was given");
    }
    note (narrator, answer, began);
}

/* With one try to mend what is no answer. Tokens are of both. */
static void
ask_twice (Narrator *narrator, Fetcher *fetcher, const Task *task, ModelAnswer *answer)
{
    g_auto (ModelAnswer) first = { 0 };

    ask_once (narrator, fetcher, task, NULL, answer);
    if (answer->outcome != MODEL_NONSENSE || !answer->content || task->deadline - now (narrator) < SECOND_US)
        return;
    first = *answer;
    ask_once (narrator, fetcher, task, first.content, answer);
    answer->tokens += first.tokens;
}

/* The budget is used up, or the database fails. */
static void
note_unpaid (Narrator *narrator, const GError *error)
{
    gint64 ended = now (narrator);

    pthread_mutex_lock (&narrator->lock);
    narrator->stats.unpaid++;
    breaker_pause (&narrator->breaker, ended);
    pthread_mutex_unlock (&narrator->lock);
    log_event (LOG_WARNING, "model.not_asked", error->message, NULL);
}

/* NULL: no words. Otherwise the caller frees them. */
static char *
find_words (Narrator *narrator, Fetcher *fetcher, const Task *task)
{
    g_auto (ModelAnswer) answer = { 0 };
    ModelQuestion question = { wording_rules (), wording_question (task->wording), wording_schema (), NULL };
    Bill bill = { .tokens = model_estimate (&question) };
    g_autoptr (GError) error = NULL;

    if (!spending_reserve (narrator->spending, &bill, &error)) {
        note_unpaid (narrator, error);
        return NULL;
    }
    ask_twice (narrator, fetcher, task, &answer);
    if (answer.outcome != MODEL_ANSWERED)
        g_clear_pointer (&answer.content, g_free);
    if (!spending_settle (narrator->spending, &bill, answer.tokens, task->user_id, task->hash, answer.content,
                          &error))
        log_event (LOG_WARNING, "model.not_kept", error->message, NULL);
    return g_steal_pointer (&answer.content);
}

/* ---- those who wait ---- */

/* From now on nobody joins it. */
static void
finish_task (Narrator *narrator, Task *task, const char *content)
{
    pthread_mutex_lock (&narrator->lock);
    g_hash_table_remove (narrator->open, task->key);
    narrator->stats.waiting -= task->waiters->len;
    pthread_mutex_unlock (&narrator->lock);
    for (guint i = task->waiters->len; i-- > 0;) { /* the first one, whose wording it is, comes last */
        const Waiter *waiter = &g_array_index (task->waiters, Waiter, i);

        waiter->done (content, waiter->user);
    }
    task_free (task);
}

/* The oldest in line; NULL: we close. */
static Task *
next_task (Narrator *narrator)
{
    Task *task;

    pthread_mutex_lock (&narrator->lock);
    while (!(task = g_queue_pop_head (&narrator->line)) && !narrator->closing)
        pthread_cond_wait (&narrator->filled, &narrator->lock);
    pthread_mutex_unlock (&narrator->lock);
    return task;
}

/* In line it may have run out of time, or the endpoint may have failed for others. */
static gboolean
is_worth_asking (Narrator *narrator, const Task *task)
{
    gint64 left = task->deadline - now (narrator);
    gboolean open;

    pthread_mutex_lock (&narrator->lock);
    open = !task->tries && breaker_is_open (&narrator->breaker, now (narrator));
    pthread_mutex_unlock (&narrator->lock);
    return !open && !is_stopping (narrator) &&
           left > narrator->options.config->llm_timeout * SECOND_US / LEAST_SHARE;
}

static void *
narrate (void *user)
{
    Narrator *narrator = user;
    g_autoptr (Fetcher) fetcher = narrator->options.new_fetcher (narrator->options.stop);
    Task *task;

    while ((task = next_task (narrator))) {
        g_autofree char *words =
            is_worth_asking (narrator, task) ? find_words (narrator, fetcher, task) : NULL;

        finish_task (narrator, task, words);
    }
    return NULL;
}

static gboolean
has_room (const Narrator *narrator)
{
    return narrator->stats.waiting < MOST_HELD && !narrator->closing && !is_stopping (narrator);
}

/* Into the line; FALSE: it is full, or the endpoint is left alone. Under the lock. */
static gboolean
enter (Narrator *narrator, Task *task)
{
    gint64 trial = narrator->options.config->llm_timeout * SECOND_US;

    if (g_queue_get_length (&narrator->line) >= MOST_TASKS)
        return FALSE;
    task->tries = narrator->breaker.until != 0;
    if (!breaker_allows (&narrator->breaker, now (narrator), trial))
        return FALSE;
    g_queue_push_tail (&narrator->line, task);
    g_hash_table_insert (narrator->open, task->key, task);
    pthread_cond_signal (&narrator->filled);
    return TRUE;
}

gboolean
narrator_ask (Narrator *narrator, const char *user_id, const Wording *wording, NarratorDone done,
              gpointer user)
{
    g_autoptr (Task) own = task_new (narrator, user_id, wording);
    const Waiter waiter = { done, user };
    Task *task = NULL;

    pthread_mutex_lock (&narrator->lock);
    if (has_room (narrator)) {
        task = g_hash_table_lookup (narrator->open, own->key);
        narrator->stats.shared += task != NULL;
        if (!task && enter (narrator, own))
            task = g_steal_pointer (&own);
    }
    if (task) {
        g_array_append_val (task->waiters, waiter);
        narrator->stats.waiting++;
    } else {
        narrator->stats.not_now++;
    }
    pthread_mutex_unlock (&narrator->lock);
    return task != NULL;
}

char *
narrator_recall (Narrator *narrator, Store *store, const char *user_id, const Wording *wording)
{
    char hash[SECRET_HASH_TEXT];
    g_autoptr (GError) error = NULL;
    char *content;

    hash_question (narrator, wording, hash);
    content = spending_recall (store, user_id, hash, &error);
    if (error)
        log_event (LOG_WARNING, "model.not_recalled", error->message, NULL);
    pthread_mutex_lock (&narrator->lock);
    narrator->stats.recalled += content != NULL;
    pthread_mutex_unlock (&narrator->lock);
    return content;
}

/* ---- numbers ---- */

void
narrator_count (Narrator *narrator, const WordingTally *tally)
{
    pthread_mutex_lock (&narrator->lock);
    narrator->stats.kept += tally->kept;
    narrator->stats.dropped += tally->dropped;
    narrator->stats.fallen_back += tally->groups_fallen_back;
    pthread_mutex_unlock (&narrator->lock);
}

void
narrator_stats (Narrator *narrator, NarratorStats *stats)
{
    pthread_mutex_lock (&narrator->lock);
    *stats = narrator->stats;
    stats->left_alone = breaker_is_open (&narrator->breaker, now (narrator));
    pthread_mutex_unlock (&narrator->lock);
}

gint64
narrator_tokens_today (Narrator *narrator, Store *store, GError **error)
{
    return spending_today (narrator->spending, store, error);
}

const char *
narrator_model (const Narrator *narrator)
{
    return model_name (narrator->model);
}

/* ---- life ---- */

static gboolean
pause_for (int ms, gpointer user)
{
    const Narrator *narrator = user;

    for (; ms > 0 && !is_stopping (narrator); ms -= PAUSE_MS)
        g_usleep ((gulong)MIN (ms, PAUSE_MS) * 1000);
    return !is_stopping (narrator);
}

static Model *
make_model (Narrator *narrator)
{
    const Config *config = narrator->options.config;
    ModelOptions options = { .base_url = config->openai_base_url,
                             .key = config->openai_api_key,
                             .name = config->openai_model,
                             .clock = narrator->options.clock,
                             .random = narrator->options.random,
                             .pause = pause_for,
                             .user = narrator };

    return model_new (&options);
}

static gboolean
start_threads (Narrator *narrator, GError **error)
{
    for (; narrator->n_threads < THREADS; narrator->n_threads++) {
        int code = pthread_create (&narrator->threads[narrator->n_threads], NULL, narrate, narrator);

        if (code != 0)
            return fault_set (error, FAULT_INTERNAL, "cannot start a thread: %s", g_strerror (code));
    }
    return TRUE;
}

static Narrator *
narrator_new (const NarratorOptions *options)
{
    Narrator *narrator = g_new0 (Narrator, 1);

    narrator->options = *options;
    if (!options->new_fetcher)
        narrator->options.new_fetcher = fetcher_new_curl;
    narrator->model = make_model (narrator);
    narrator->spending =
        spending_new (options->config->database_url, options->config->llm_daily_tokens, options->clock);
    narrator->open = g_hash_table_new (g_str_hash, g_str_equal);
    g_queue_init (&narrator->line);
    pthread_mutex_init (&narrator->lock, NULL);
    pthread_cond_init (&narrator->filled, NULL);
    return narrator;
}

gboolean
narrator_open (const NarratorOptions *options, Narrator **narrator, GError **error)
{
    const Config *config = options->config;

    *narrator = NULL;
    if (config_has_model (config)) {
        *narrator = narrator_new (options);
        return start_threads (*narrator, error);
    }
    if (config->openai_api_key && !config->openai_model)
        log_event (LOG_WARNING, "model.not_configured",
                   "OPENAI_API_KEY is set and OPENAI_MODEL is not: rules word the insights", NULL);
    return TRUE;
}

void
narrator_free (Narrator *narrator)
{
    if (!narrator)
        return;
    pthread_mutex_lock (&narrator->lock);
    narrator->closing = TRUE;
    pthread_cond_broadcast (&narrator->filled);
    pthread_mutex_unlock (&narrator->lock);
    while (narrator->n_threads > 0)
        pthread_join (narrator->threads[--narrator->n_threads], NULL);
    g_assert (g_queue_is_empty (&narrator->line));
    g_hash_table_unref (narrator->open);
    pthread_cond_destroy (&narrator->filled);
    pthread_mutex_destroy (&narrator->lock);
    spending_free (narrator->spending);
    model_free (narrator->model);
    g_free (narrator);
}
