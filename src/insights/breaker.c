#include "insights/breaker.h"

#define MOST_FAILURES 5
#define PAUSE         (30 * G_USEC_PER_SEC)
#define LONG_PAUSE    (60 * G_USEC_PER_SEC)
#define LONGEST_PAUSE (600 * G_USEC_PER_SEC) /* whatever it wishes */

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
    breaker->until = now + LONG_PAUSE;
}

static gboolean
has_failed (ModelOutcome outcome)
{
    switch (outcome) {
    case MODEL_UNSUPPORTED:
    case MODEL_LIMITED:
    case MODEL_QUOTA:
    case MODEL_DENIED:
    case MODEL_FAILED:
    case MODEL_LOST:
    case MODEL_TIMED_OUT:
        return TRUE;
    default:
        return FALSE;
    }
}

/* 0: it may be asked again at once. */
static gint64
pause_after (const Breaker *breaker, ModelOutcome outcome, gint64 wish)
{
    if (outcome == MODEL_QUOTA || outcome == MODEL_DENIED)
        return LONG_PAUSE;
    if (wish > 0)
        return MIN (wish, LONGEST_PAUSE);
    return breaker->failures >= MOST_FAILURES ? PAUSE : 0;
}

gint64
breaker_note (Breaker *breaker, ModelOutcome outcome, gint64 wish, gint64 now)
{
    gint64 pause;

    if (outcome == MODEL_CANCELLED)
        return 0;
    if (!has_failed (outcome)) {
        *breaker = (Breaker){ 0 };
        return 0;
    }
    breaker->failures++;
    pause = pause_after (breaker, outcome, wish);
    if (pause)
        breaker->until = now + pause;
    return pause;
}
