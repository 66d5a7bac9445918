#include "insights/breaker.h"

#define MOST_FAILURES 3
#define A_MINUTE      (60 * G_USEC_PER_SEC)
#define TEN_MINUTES   (10 * A_MINUTE)

gboolean
breaker_is_open (const Breaker *breaker, gint64 now)
{
    return now < breaker->until;
}

gboolean
breaker_allows (Breaker *breaker, gint64 now, gint64 trial)
{
    if (breaker_is_open (breaker, now))
        return FALSE;
    if (breaker->until)
        breaker->until = now + trial;
    return TRUE;
}

void
breaker_pause (Breaker *breaker, gint64 now)
{
    breaker->until = now + A_MINUTE;
}

gint64
breaker_note (Breaker *breaker, ModelOutcome outcome, gint64 wish, gint64 now)
{
    gint64 pause = 0;

    if (outcome == MODEL_CANCELLED)
        return 0;
    if (outcome == MODEL_ANSWERED) {
        *breaker = (Breaker){ 0 };
        return 0;
    }
    breaker->failures++;
    if (outcome == MODEL_QUOTA || outcome == MODEL_DENIED)
        pause = TEN_MINUTES;
    else if (wish > 0)
        pause = MIN (wish, TEN_MINUTES);
    else if (breaker->failures >= MOST_FAILURES)
        pause = A_MINUTE;
    breaker->until = pause ? now + pause : breaker->until;
    return pause;
}
