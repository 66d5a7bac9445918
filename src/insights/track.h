/* track.h -- the daily series that are watched, each judged by its own past. */
#pragma once
#include "insights/answers.h"
#include "insights/detect.h"
#include "insights/shift.h"

typedef struct {
    const char *metric, *widget;
    const char *title;      /* begins a sentence: "Sessions" */
    const char *name;       /* within one: "sessions" */
    gboolean is_one;        /* "has" and not "have" */
    const char *things;     /* after a figure: "sessions", "of ad spend" */
    const char *counted;    /* the widget of the numbers that it is a share of; NULL: it is itself a count */
    const char *follows[2]; /* metrics that it goes with: told of it, what they show too is no news */
    gboolean is_rate, is_amount;
    Unit unit;
    const char *up, *down;   /* what to do next about odd days */
    const char *more, *less; /* and when it stays */
} Watched;

typedef struct {
    const Watched *watched;
    const char *part;        /* a channel, borrowed; NULL: the whole */
    double *values, *counts; /* n */
    Verdict *verdicts;       /* n */
    GArray *shifts;          /* of Shift, those that are no chance included */
    Trend trend;
    gboolean has_trend;
    guint n, first, settled; /* first: of the asked period; settled: days before it don't change any more */
    guint shift_tests;
    Day start;
} Track;

/* An array of Track; the answers outlive it. */
GArray *tracks_read (const Answers *answers, double threshold);
/* From a logarithm to the unit of the values. */
double track_value (const Track *track, double log);
