/* detect.h -- which days of a daily series are unusual, against its own past.
 *
 * Robust throughout, because the past holds odd days too: the logarithm of a day, less
 * what its weekday usually adds (median), less the level (median of the last 28 days), over the
 * spread (MAD of the last 56), which never counts as less than 3 % or than chance alone makes.
 * A day is unusual if that passes the threshold and the 98th percentile of the series' own last
 * 180 scores, which holds for series whose tails are heavy. Silent under 20 a day and with less
 * than 6 weeks of past. After 14 such days it is a new level, told once, and the past begins
 * with it. Pure arithmetic: no I/O, no clock, any thread. docs/insights.md has the measurements. */
#pragma once
#include <glib.h>

#define DETECT_FEWEST_DAYS  42
#define DETECT_LEAST_VOLUME 20.0
#define DETECT_NEW_LEVEL    14

typedef enum { SENSITIVITY_LOW, SENSITIVITY_NORMAL, SENSITIVITY_HIGH } Sensitivity;

double detect_threshold (Sensitivity sensitivity); /* 6, 4.5, 3.5 */

typedef struct {
    const double *values; /* n, a day each without gaps; NaN: not known. Not negative */
    const double *counts; /* n: how many chances stand behind a value (sessions of a rate, purchases of
                             revenue); NULL: the value is itself a count */
    gboolean is_rate;     /* of values: shares of counts, whose chance is binomial */
    guint n;
    guint settled; /* days before this one don't change any more; later ones are not judged */
} Series;

/* What is known of one day. */
typedef struct {
    double score;    /* 0: usual; NaN: not judged */
    double expected; /* in the unit of the values */
    gboolean unusual;
    gboolean new_level; /* the day on which a run of unusual days became the level, */
    guint since;        /* and the first of that run */
} Verdict;

/* Judge each day by those before it. */
void detect_days (const Series *series, double threshold, Verdict *verdicts);

/* Benjamini-Hochberg: of n tests with these p, which may be told so that at most q of what is told is
 * chance? keep: n, filled in. How many are kept. */
guint detect_keep (const double *p, guint n, double q, gboolean *keep);

/* Chance of a score at least so far from 0, by the scores of many days: their share above, and
 * beyond their 98th percentile an exponential tail with their mean excess. 1 with less than 100. */
typedef struct Tail Tail;
Tail *tail_new (const double *scores, guint n); /* NaN are left out */
double tail_p (const Tail *tail, double score);
void tail_free (Tail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tail, tail_free)
