/* breaker.h -- leave an endpoint alone that fails, and find out when it no longer does.
 *
 * After five failures in a row it is left alone for half a minute; at once, and for longer, if it says so
 * or if what is wrong will not mend by itself. Then one may try, and the others wait for what comes of
 * it. An answer that is no use (a refusal, nonsense) is no failure of the endpoint. Plain data: its owner
 * guards it and says what time it is (monotonic microseconds). */
#pragma once
#include "insights/model_reply.h"

typedef struct {
    guint failures; /* in a row */
    gint64 until;   /* it is left alone; 0: it is not */
} Breaker;

/* May it be asked now? If that is the one who tries, nobody else may for trial microseconds. */
gboolean breaker_allows (Breaker *breaker, gint64 now, gint64 trial);
/* Leave it alone for a while: asking is not possible, whatever it would say. */
void breaker_pause (Breaker *breaker, gint64 now);
gboolean breaker_is_open (const Breaker *breaker, gint64 now);
/* wish: how long it wants to be left alone, 0 if it does not say. Returns how long it is. */
gint64 breaker_note (Breaker *breaker, ModelOutcome outcome, gint64 wish, gint64 now);
