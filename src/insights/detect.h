/* detect.h -- which days of a daily series are unusual, against its own past.
 *
 * Robust throughout, because the past holds odd days too. Expected is, in logarithms, the level
 * (median of the last 28 days) and what the weekday usually adds (median of 12 weeks). Counts are
 * compared with it where their variance is steady: as square roots while chance makes most of it, as
 * logarithms where the series' own unrest does (MAD of the last 84 days, never less than 3 %), and
 * smoothly in between. A day is unusual if its score passes the threshold and the 98th percentile
 * of the series' own last 180 scores, which holds for series whose tails are heavy; two days in a
 * row pass together if their common score does. Silent under 20 a day and with less than 6 weeks of
 * past. After 14 such days it is a new level, told once, and the past begins with it.
 * Pure arithmetic: no I/O, no clock, any thread. docs/insights.md has the measurements. */
#pragma once
#include <glib.h>

#define DETECT_FEWEST_DAYS  42
#define DETECT_LEAST_VOLUME 20.0
#define DETECT_NEW_LEVEL    14

typedef enum { SENSITIVITY_NORMAL, SENSITIVITY_LOW, SENSITIVITY_HIGH } Sensitivity;

double detect_threshold (Sensitivity sensitivity); /* 4.5, 6, 3.5 */
/* "low", "normal", "high"; NULL means normal. FALSE for anything else. */
gboolean sensitivity_parse (const char *name, Sensitivity *sensitivity);
const char *sensitivity_name (Sensitivity sensitivity);

typedef struct {
    const double *values; /* n, a day each without gaps; NaN: not known. Not negative */
    const double *counts; /* n: how many chances stand behind a value (sessions of a rate, purchases of
                             revenue); NULL: the value is itself a count */
    gboolean is_rate;     /* of values: shares of counts, whose chance is binomial */
    gboolean is_amount;   /* of values: money that is spent, which no chance counts and may be any size */
    guint n;
    guint settled; /* days before this one don't change any more; later ones are not judged */
} Series;

/* What is known of one day. */
typedef struct {
    double score;    /* 0: usual; NaN: not judged */
    double expected; /* in the unit of the values */
    double plain;    /* the day's logarithm without what its weekday adds; NaN: not known */
    double spread;   /* of such logarithms, as a standard deviation */
    gboolean unusual;
    gboolean new_level; /* the day on which a run of unusual days became the level, */
    guint since;        /* and the first of that run */
} Verdict;

/* Judge each day by those before it. */
void detect_days (const Series *series, double threshold, Verdict *verdicts);
