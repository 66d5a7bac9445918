/* narrator.h -- a language model's words for insights, for all who wait for them.
 *
 * Asking takes seconds and costs money, so: what was said to the same question is kept in the
 * database for a week, for all instances; those who ask the same at once share one call; a few
 * threads ask, a short line waits for them, and whoever finds it full gets no words. A day has a
 * budget of tokens. After failures in a row the model is left alone for a while (breaker.h).
 * Nobody is held for longer than LLM_TIMEOUT: all who are in line have the same time, so each
 * has been taken up by his own end.
 *
 * Any thread may call. Words are the model's own: wording_read proves them, each time. */
#pragma once
#include "base/config.h"
#include "fetch/fetch.h"
#include "insights/model.h"
#include "insights/wording.h"
#include "store/store.h"

typedef struct Narrator Narrator;

typedef struct {
    const Config *config;
    Clock *clock;
    Random *random;
    const gint *stop; /* atomic: non-zero ends all asking within a second; may be NULL */
    Fetcher *(*new_fetcher) (const gint *cancel); /* NULL: fetcher_new_curl */
} NarratorOptions;

/* *narrator is NULL if no model is configured. FALSE: its threads can't be started. */
gboolean narrator_open (const NarratorOptions *options, Narrator **narrator, GError **error);
/* Nobody may wait any more. */
void narrator_free (Narrator *narrator);
const char *narrator_model (const Narrator *narrator); /* its name */

/* What was said to this question of the user; the caller frees it. NULL: nothing, or nobody knows. */
char *narrator_recall (Narrator *narrator, Store *store, const char *user_id, const Wording *wording);

/* The model's answer, or NULL: there is none. Once for each narrator_ask that was taken, on a thread of
 * the narrator's. content ends with a NUL and is borrowed. */
typedef void (*NarratorDone) (const char *content, gpointer user);

/* FALSE, and done is not called: not now. wording is borrowed until done. */
gboolean narrator_ask (Narrator *narrator, const char *user_id, const Wording *wording, NarratorDone done,
                       gpointer user);

/* What became of an answer's bullets, for the numbers below. */
void narrator_count (Narrator *narrator, const WordingTally *tally);

typedef struct {
    guint64 outcomes[MODEL_OUTCOMES];          /* calls */
    guint64 recalled, shared, not_now, unpaid; /* unpaid: the budget was used up */
    guint64 kept, dropped, fallen_back;        /* bullets, bullets, groups */
    gint64 busy;                               /* microseconds of asking */
    guint waiting;
    gboolean left_alone;
} NarratorStats;

void narrator_stats (Narrator *narrator, NarratorStats *stats);
/* Tokens of this day, all instances together; -1 on error. */
gint64 narrator_tokens_today (Narrator *narrator, Store *store, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Narrator, narrator_free)
