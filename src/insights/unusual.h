/* unusual.h -- the unusual days of a period, over all series of a user: what detect.h finds in
 * each, less what is chance among so many tests, put together and ranked. */
#pragma once
#include "insights/answers.h"
#include "insights/detect.h"

#define UNUSUAL_MOST 5
#define UNUSUAL_Q    0.10 /* at most so much of what is told is chance */

/* A daily series that is watched. */
typedef struct {
    const char *metric, *widget;
    const char *things;  /* for a sentence: "sessions", "ad spend" */
    const char *counted; /* the widget of the numbers that it is a share of; NULL: it is itself a count */
    gboolean is_rate;
    Unit unit;
    const char *up, *down; /* what to do next */
} Watched;

typedef struct {
    const Watched *watched;
    char *part; /* a channel; NULL: the whole */
    Period days;
    double actual, expected; /* of the days together, or of the oddest of them if they don't add up */
    double score;            /* of the oddest */
    double impact;
    gboolean is_level; /* what began with these days has stayed */
} Unusual;

/* An array of Unusual, those with most impact first; *tests: how many days were judged. */
GArray *unusual_find (const Answers *answers, guint *tests);
