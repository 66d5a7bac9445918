/* unusual.h -- what is out of the ordinary in a period, over all series of a user: unusual days, new
 * levels and trends, as far as they are not chance among so many tests, put together and ranked.
 *
 * Ranked by impact (how much of the money or sessions it moved), times how sure it is, less for what
 * has been there to be told for long: that is reckoned from the days, so the same numbers give
 * the same order. */
#pragma once
#include "insights/track.h"

#define UNUSUAL_MOST 5
#define UNUSUAL_Q \
    0.10 /* at most so much of what is told is chance; half of it at low sensitivity, twice at high */

typedef enum { UNUSUAL_DAYS, UNUSUAL_LEVEL, UNUSUAL_TREND } UnusualKind;

typedef struct {
    UnusualKind kind;
    const Watched *watched;
    char *part; /* a channel; NULL: the whole */
    Period days;
    Period before;           /* of a level: what it is compared with; else empty */
    double actual, expected; /* of the days together, or of the oddest of them if they don't add up; of a
                                level and of a trend a day: now and before, at its end and its start */
    double slope;            /* of a trend: a week, as a share */
    guint weeks;             /* of a trend */
    double score;            /* of the oddest day */
    double impact;
    gboolean is_over;   /* of a level: another one followed, */
    gboolean is_undone; /* which was that from before */
    gboolean is_return; /* of a level: to what was before the last one */
    const char *driver; /* of a level of all sessions: the channel that made most of it; NULL: none did */
    double driver_change;
} Unusual;

/* How many tests of each kind there were. */
typedef struct {
    guint days, weeks, trends;
} UnusualTests;

/* An array of Unusual, those with most impact first. */
GArray *unusual_find (const Answers *answers, Sensitivity sensitivity, UnusualTests *tests);
