/* shift.h -- has a daily series a new level, or does it drift?
 *
 * Both look at logarithms without weekdays, as detect.h makes them. A shift: the median of seven
 * days against that of the 28 before, less what such differences usually are in this series, over
 * how much they vary. A trend: Mann-Kendall on the medians of the last 8 to 12 weeks, with Theil-Sen's
 * slope; weeks before a shift are left out, so that a step is not told as a slope.
 * Pure arithmetic: no I/O, no clock, any thread. docs/insights.md has the measurements. */
#pragma once
#include "insights/detect.h"

#define SHIFT_DAYS   7  /* after it: so late it is known */
#define SHIFT_BEFORE 28 /* that it is compared with */
#define SHIFT_NEXT   14 /* days until which nothing else counts as one: the new level is what is usual */
#define TREND_WEEKS  12
#define TREND_FEWEST 8

typedef struct {
    guint at;           /* the first day of the new level */
    guint until;        /* its last one: the series' last, or the one before the next shift */
    double before, now; /* logarithms: levels of the 28 days before it and of its first 28 */
    double score;
    double p;           /* two-sided */
    gboolean is_told;   /* TRUE until it turns out to be chance among many tests */
    gboolean is_return; /* back to what was before the last one, */
    gboolean is_undone; /* which was undone so */
} Shift;

/* An array of Shift, in order. settled as in Series; *tests: how many weeks from `first` on
 * were looked at; windows of days nearer to each other than a week are much the same test. */
GArray *shift_find (const Verdict *verdicts, guint settled, double threshold, guint first, guint *tests);

typedef struct {
    guint from, to; /* days */
    guint weeks;
    double slope;      /* of logarithms, a week */
    double start, end; /* logarithms: where the line begins and ends */
    double p;          /* two-sided */
    gboolean is_large; /* worth a word, if it is no chance */
} Trend;

/* Of the weeks that end with the last settled day. FALSE: too few weeks have numbers. */
gboolean trend_find (const Verdict *verdicts, guint settled, const GArray *shifts, Trend *trend);
