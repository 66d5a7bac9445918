#include "insights/detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_DAYS   28 /* of the level: each weekday four times */
#define SPREAD_DAYS  56
#define SCORE_DAYS   180
#define WEEKDAY_DAYS 56
#define LEAST_SPREAD 0.03
#define PERCENTILE   0.98
#define RUN_GAP      4 /* a run of 14 unusual days may have so many usual ones among them */
#define TAIL_FEWEST  100

double
detect_threshold (Sensitivity sensitivity)
{
    static const double thresholds[] = {
        [SENSITIVITY_LOW] = 6, [SENSITIVITY_NORMAL] = 4.5, [SENSITIVITY_HIGH] = 3.5
    };

    return thresholds[sensitivity];
}

/* ---- medians
 * -------------------------------------------------------------------------------------------------- */

static int
compare (const void *a, const void *b)
{
    const double *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

/* Sorts values. NaN of none. */
static double
median (double *values, guint n)
{
    if (!n)
        return NAN;
    qsort (values, n, sizeof *values, compare);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* ---- one series, day by day
 * ---------------------------------------------------------------------------------------- */

typedef struct {
    const Series *series;
    double *logs;      /* of values; NaN: not known */
    double *over;      /* the log less the level of the days before it; NaN: too few */
    double *residuals; /* over, less what the weekday adds */
    gboolean *out;     /* an unusual day: not a part of what is usual */
    guint base;        /* days before it are of another level */
    guint known;       /* days so far that have a number */
    Verdict *verdicts;
} Work;

/* What stands behind the logarithm: a count may be 0. */
static double
log_of (const Series *series, guint i)
{
    double value = series->values[i];

    if (!isfinite (value) || value < 0)
        return NAN;
    return series->is_rate ? log (value + 0.5 / MAX (series->counts ? series->counts[i] : 1, 1))
                           : log1p (value);
}

static gboolean
is_usual (const Work *work, guint i)
{
    return i >= work->base && !work->out[i];
}

/* Of the usual days among the last so many before t; values of which, into into. */
static guint
gather (const Work *work, const double *from, guint t, guint days, guint step, double *into)
{
    guint n = 0;

    for (guint back = step; back <= days && back <= t; back += step)
        if (is_usual (work, t - back) && isfinite (from[t - back]))
            into[n++] = from[t - back];
    return n;
}

static double
level_at (const Work *work, guint t)
{
    double values[LEVEL_DAYS];
    guint n = gather (work, work->logs, t, LEVEL_DAYS, 1, values);

    return n >= LEVEL_DAYS / 4 ? median (values, n) : NAN;
}

/* What this weekday usually has over the level: of the same weekdays in the weeks before. A new level
 * keeps the weekdays of the old one. */
static double
weekday_at (Work *work, guint t)
{
    double values[WEEKDAY_DAYS];
    guint base = work->base, n;

    work->base = 0;
    n = gather (work, work->over, t, WEEKDAY_DAYS, 7, values);
    work->base = base;
    return n >= 2 ? median (values, n) : 0;
}

static double
spread_at (Work *work, guint t)
{
    double values[SPREAD_DAYS], middle;
    guint base = work->base, n;

    work->base = 0;
    n = gather (work, work->residuals, t, SPREAD_DAYS, 1, values);
    work->base = base;
    middle = median (values, n);
    for (guint i = 0; i < n; i++)
        values[i] = fabs (values[i] - middle);
    return n ? 1.4826 * median (values, n) : 0;
}

static double
volume_at (const Work *work, guint t)
{
    const double *counts = work->series->counts ? work->series->counts : work->series->values;
    double values[LEVEL_DAYS];
    guint n = gather (work, counts, t, LEVEL_DAYS, 1, values);

    return median (values, n);
}

/* What chance alone makes of the logarithm, about: 1 / sqrt (how many). Of a share p of n, its
 * successes are the fewer the smaller p. */
static double
chance (const Work *work, guint t, double expected)
{
    const Series *series = work->series;
    double many = series->counts ? series->counts[t] : expected;

    if (series->is_rate)
        return sqrt (MAX (1 - expected, 0.01) / MAX (many * expected, 0.5));
    if (series->counts)
        many = volume_at (work, t);
    return 1 / sqrt (MAX (many, 0.5));
}

static gboolean
is_loud_enough (const Work *work, guint t, double expected)
{
    const Series *series = work->series;
    double volume = volume_at (work, t);

    if (series->is_rate)
        volume *= expected;
    return volume >= DETECT_LEAST_VOLUME;
}

/* ---- the series' own scores
 * ----------------------------------------------------------------------------------------- */

/* The run of unusual days that goes on may not hide behind itself, so its days don't count. */
static double
own_percentile (const Work *work, guint t)
{
    double values[SCORE_DAYS];
    guint n = 0;

    for (guint back = 1; back <= SCORE_DAYS && back <= t; back++)
        if (isfinite (work->verdicts[t - back].score) && !work->out[t - back])
            values[n++] = fabs (work->verdicts[t - back].score);
    if (!n)
        return 0;
    qsort (values, n, sizeof *values, compare);
    return values[MIN (n - 1, (guint)(PERCENTILE * n))];
}

/* How many of the last days were unusual the same way, this one included; *first is the first. */
static guint
run_length (const Work *work, guint t, guint *first)
{
    guint n = 0, usual = 0;
    double way = work->verdicts[t].score;

    for (guint i = t + 1; i-- > work->base && usual <= RUN_GAP;) {
        if (work->verdicts[i].unusual && work->verdicts[i].score * way > 0) {
            n++;
            *first = i;
        } else {
            usual++;
        }
    }
    return n;
}

/* From here on the run is what is usual. */
static void
begin_level (Work *work, guint first, guint t)
{
    work->base = first;
    for (guint i = first; i <= t; i++) {
        work->out[i] = FALSE;
        work->over[i] = work->residuals[i] = NAN; /* against the old level they say nothing */
    }
    work->verdicts[t].new_level = TRUE;
    work->verdicts[t].since = first;
}

static void
judge (Work *work, guint t, double threshold)
{
    Verdict *verdict = &work->verdicts[t];
    guint first = t;

    verdict->unusual = fabs (verdict->score) > threshold && fabs (verdict->score) > own_percentile (work, t);
    work->out[t] = verdict->unusual;
    if (verdict->unusual && run_length (work, t, &first) >= DETECT_NEW_LEVEL)
        begin_level (work, first, t);
}

static double
value_of (const Series *series, double log)
{
    return series->is_rate ? exp (log) : expm1 (log);
}

static void
score (Work *work, guint t, double threshold)
{
    double level = level_at (work, t), weekday = weekday_at (work, t), spread;
    Verdict *verdict = &work->verdicts[t];

    work->over[t] = work->logs[t] - level;
    work->residuals[t] = work->over[t] - weekday;
    if (!isfinite (work->residuals[t]) || work->known < DETECT_FEWEST_DAYS || t >= work->series->settled)
        return;
    verdict->expected = value_of (work->series, level + weekday);
    if (!is_loud_enough (work, t, verdict->expected))
        return;
    spread = MAX (MAX (spread_at (work, t), LEAST_SPREAD), chance (work, t, verdict->expected));
    verdict->score = work->residuals[t] / spread;
    judge (work, t, threshold);
}

void
detect_days (const Series *series, double threshold, Verdict *verdicts)
{
    g_autofree double *logs = g_new (double, series->n + 1), *over = g_new (double, series->n + 1);
    g_autofree double *residuals = g_new (double, series->n + 1);
    g_autofree gboolean *out = g_new0 (gboolean, series->n + 1);
    Work work = {
        .series = series, .logs = logs, .over = over, .residuals = residuals, .out = out, .verdicts = verdicts
    };

    for (guint t = 0; t < series->n; t++) {
        verdicts[t] = (Verdict){ .score = NAN, .expected = NAN };
        logs[t] = log_of (series, t);
        over[t] = residuals[t] = NAN;
    }
    for (guint t = 0; t < series->n; t++)
        if (isfinite (logs[t])) {
            score (&work, t, threshold);
            work.known++;
        }
}

/* ---- many tests
 * ------------------------------------------------------------------------------------------------------- */

typedef struct {
    double p;
    guint at;
} Test;

static int
compare_tests (const void *a, const void *b)
{
    return compare (&((const Test *)a)->p, &((const Test *)b)->p);
}

guint
detect_keep (const double *p, guint n, double q, gboolean *keep)
{
    g_autofree Test *tests = g_new (Test, n + 1);
    guint kept = 0;

    for (guint i = 0; i < n; i++) {
        tests[i] = (Test){ p[i], i };
        keep[i] = FALSE;
    }
    qsort (tests, n, sizeof *tests, compare_tests);
    for (guint i = 0; i < n; i++)
        if (tests[i].p <= q * (i + 1) / n)
            kept = i + 1;
    for (guint i = 0; i < kept; i++)
        keep[tests[i].at] = TRUE;
    return kept;
}

struct Tail {
    double *sizes; /* ascending */
    guint n;
    double start, excess;
};

Tail *
tail_new (const double *scores, guint n)
{
    Tail *tail = g_new0 (Tail, 1);
    guint from;

    tail->sizes = g_new (double, n + 1);
    for (guint i = 0; i < n; i++)
        if (isfinite (scores[i]))
            tail->sizes[tail->n++] = fabs (scores[i]);
    qsort (tail->sizes, tail->n, sizeof *tail->sizes, compare);
    if (tail->n < TAIL_FEWEST)
        return tail;
    from = (guint)(PERCENTILE * tail->n);
    tail->start = tail->sizes[from];
    for (guint i = from; i < tail->n; i++)
        tail->excess += (tail->sizes[i] - tail->start) / (tail->n - from);
    tail->excess = MAX (tail->excess, 0.1);
    return tail;
}

static guint
count_above (const Tail *tail, double size)
{
    guint low = 0, high = tail->n;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (tail->sizes[middle] >= size)
            high = middle;
        else
            low = middle + 1;
    }
    return tail->n - low;
}

double
tail_p (const Tail *tail, double score)
{
    double size = fabs (score);

    if (tail->n < TAIL_FEWEST || !isfinite (score))
        return 1;
    if (size > tail->start)
        return (1 - PERCENTILE) * exp (-(size - tail->start) / tail->excess);
    return (double)(count_above (tail, size) + 1) / (tail->n + 1);
}

void
tail_free (Tail *tail)
{
    if (!tail)
        return;
    g_free (tail->sizes);
    g_free (tail);
}
