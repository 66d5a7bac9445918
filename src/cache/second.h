/* second.h -- answers that several instances share, in Redis.
 *
 * Redis is never needed for a right answer: whatever is wrong with it, second_find
 * finds nothing. Two kinds of keys: `daymark:version:<user>`, a random word, and
 * `daymark:answer:<program's version>:<user>|<question>`, a frame (frame.h) that
 * names the word it belongs to. Something of a user has changed: his word is
 * deleted, and the next who asks makes a new one. So no old word ever comes
 * back, and a Redis that is full can still be told. docs/decisions/0008.
 *
 * Any thread that may block for some milliseconds; never an event loop. Every
 * call takes NULL for "there is no second level". */
#pragma once
#include "base/random.h"

#define SECOND_WORD 33

typedef struct Second Second;

typedef struct {
    guint64 hits, misses, errors;
    gboolean up;
} SecondStats;

/* What second_find learned. word is empty if nothing may be kept. */
typedef struct {
    char word[SECOND_WORD];
    GString *text; /* the caller's; NULL: not found */
    gint64 left;   /* microseconds that it may still be kept */
} SecondFound;

/* FAULT_INVALID for a bad url. Does not connect. *second is NULL if there is to be none: url NULL,
 * ttl_seconds 0. */
gboolean second_open (const char *url, guint ttl_seconds, Random *random, Second **second, GError **error);
void second_free (Second *second);
/* Ask before computing: what is computed after it belongs to found->word, whatever happens meanwhile. */
gboolean second_find (Second *second, const char *user_id, const char *question, SecondFound *found);
void second_keep (Second *second, const char *user_id, const char *question, const char *word,
                  const GString *text);
/* Something of his has changed and is written, here or elsewhere: from the return on, no find on this
 * instance gives an older answer; and none on the others, once Redis was told (at once, or as soon as it can
 * be). */
void second_move (Second *second, const char *user_id);
void second_stats (Second *second, SecondStats *stats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Second, second_free)
