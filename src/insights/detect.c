#include "insights/detect.h"

#include "insights/robust.h"

#include <math.h>

#define LEVEL_DAYS   28 /* of the level: each weekday four times */
#define SPREAD_DAYS  84
#define SCORE_DAYS   180
#define WEEKDAY_DAYS 84
#define LEAST_SPREAD 0.03
#define CERTAIN      0.2 /* less margin for what is known: see score_of */
#define LEAST_AMOUNT 1.0 /* of money a day, to be looked at */
#define PERCENTILE   0.98
#define RUN_GAP      4   /* a run of 14 unusual days may have so many usual ones among them */
#define PAIR_EACH    0.6 /* of the threshold: what each of two days in a row must pass */

static const struct {
    const char *name;
    double threshold;
} sensitivities[] = {
    [SENSITIVITY_NORMAL] = { "normal", 4.5 },
    [SENSITIVITY_LOW] = { "low", 6 },
    [SENSITIVITY_HIGH] = { "high", 3.5 },
};

double
detect_threshold (Sensitivity sensitivity)
{
    return sensitivities[sensitivity].threshold;
}

const char *
sensitivity_name (Sensitivity sensitivity)
{
    return sensitivities[sensitivity].name;
}

gboolean
sensitivity_parse (const char *name, Sensitivity *sensitivity)
{
    *sensitivity = SENSITIVITY_NORMAL;
    for (guint i = 0; name && i < G_N_ELEMENTS (sensitivities); i++)
        if (g_str_equal (name, sensitivities[i].name)) {
            *sensitivity = (Sensitivity)i;
            return TRUE;
        }
    return !name;
}

/* ---- one series, day by day ---- */

typedef struct {
    const Series *series;
    double *logs;      /* of values; NaN: not known */
    double *over;      /* the log less the level of the days before it; NaN: too few */
    double *plain;     /* the log less what the weekday adds */
    double *residuals; /* both less */
    double *weekdays;  /* what the weekday adds */
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
    guint n = gather (work, work->plain, t, LEVEL_DAYS, 1, values);

    return n >= LEVEL_DAYS / 4 ? robust_median (values, n) : NAN;
}

/* What this weekday usually has over the level, of the same weekdays in the weeks before. A new
 * level keeps the weekdays of the old one. */
static double
weekday_at (Work *work, guint t)
{
    double values[WEEKDAY_DAYS];
    guint base = work->base, n;

    work->base = 0;
    n = gather (work, work->over, t, WEEKDAY_DAYS, 7, values);
    work->base = base;
    return n >= 2 ? robust_median (values, n) : 0;
}

static double
spread_at (Work *work, guint t)
{
    double values[SPREAD_DAYS];
    guint base = work->base, n;

    work->base = 0;
    n = gather (work, work->residuals, t, SPREAD_DAYS, 1, values);
    work->base = base;
    return n ? robust_spread (values, n) : 0;
}

static double
volume_at (const Work *work, guint t)
{
    const double *counts = work->series->counts ? work->series->counts : work->series->values;
    double values[LEVEL_DAYS];
    guint n = gather (work, counts, t, LEVEL_DAYS, 1, values);

    return robust_median (values, n);
}

static gboolean
is_loud_enough (const Work *work, guint t, double expected)
{
    const Series *series = work->series;
    double volume = volume_at (work, t);

    if (series->is_amount)
        return volume >= LEAST_AMOUNT;
    if (series->is_rate)
        volume *= expected;
    return volume >= DETECT_LEAST_VOLUME;
}

/* ---- how far from what is expected ---- */

/* Of a rate, and of amounts made of counts: what chance alone makes of the logarithm, about. Of a
 * share p of n, its successes are the fewer the smaller p. */
static double
chance (const Work *work, guint t, double expected)
{
    const Series *series = work->series;

    if (series->is_amount)
        return 0;
    if (series->is_rate)
        return sqrt (MAX (1 - expected, 0.01) / MAX (series->counts[t] * expected, 0.5));
    return 1 / sqrt (MAX (series->counts ? volume_at (work, t) : expected, 0.5));
}

/* A count of that mean has the variance mean + (unrest * mean)^2: here it is about 1 for any mean.
 * Without unrest it is 2 sqrt (x + 3/8) (Anscombe), with much of it a logarithm. */
static double
stabilised (double count, double unrest)
{
    return 2 / unrest * asinh (unrest * sqrt (count + 0.375));
}

/* The threshold's margin is for spreads that are only guessed, from some weeks. Chance is known, so where
 * it makes most of the spread the same margin is reached a fifth earlier. */
static double
score_of (const Work *work, guint t, double expected, double spread)
{
    const Series *series = work->series;
    double by_chance = chance (work, t, expected), unrest, known;

    if (series->is_rate || series->is_amount || series->counts)
        return work->residuals[t] / MAX (MAX (spread, LEAST_SPREAD), by_chance);
    unrest = sqrt (MAX (spread * spread - by_chance * by_chance, LEAST_SPREAD * LEAST_SPREAD));
    known = by_chance * by_chance / (by_chance * by_chance + unrest * unrest);
    return (stabilised (series->values[t], unrest) - stabilised (MAX (expected, 0), unrest)) /
           (1 - CERTAIN * known);
}

/* ---- the series' own scores ---- */

/* The run of unusual days that goes on may not hide behind itself, so its days don't count. */
static double
own_percentile (const Work *work, guint t)
{
    double values[SCORE_DAYS];
    guint n = 0;

    for (guint back = 1; back <= SCORE_DAYS && back <= t; back++)
        if (isfinite (work->verdicts[t - back].score) && !work->out[t - back])
            values[n++] = fabs (work->verdicts[t - back].score);
    return n ? robust_quantile (values, n, PERCENTILE) : 0;
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

/* Two days in a row, neither of them odd enough alone: their scores together, as one. */
static gboolean
pair (Work *work, guint t, double threshold)
{
    Verdict *day = &work->verdicts[t], *before = t ? day - 1 : NULL;

    if (!before || t - 1 < work->base || !isfinite (before->score) || before->score * day->score <= 0 ||
        MIN (fabs (before->score), fabs (day->score)) <=
            MAX (PAIR_EACH * threshold, own_percentile (work, t)) ||
        fabs (before->score + day->score) <= G_SQRT2 * threshold)
        return FALSE;
    before->unusual = work->out[t - 1] = TRUE;
    return TRUE;
}

static void
judge (Work *work, guint t, double threshold)
{
    Verdict *verdict = &work->verdicts[t];
    guint first = t;

    verdict->unusual = fabs (verdict->score) > threshold && fabs (verdict->score) > own_percentile (work, t);
    if (!verdict->unusual)
        verdict->unusual = pair (work, t, threshold);
    work->out[t] = verdict->unusual;
    if (verdict->unusual && run_length (work, t, &first) >= DETECT_NEW_LEVEL)
        begin_level (work, first, t);
}

static double
value_of (const Series *series, double log)
{
    return series->is_rate ? exp (log) : expm1 (log);
}

/* Of a series that grows, all weekdays are above the level of the weeks before. That is not what weekdays add
 * to each other: the mean of the last seven. */
static double
growth_at (const Work *work, guint t)
{
    double sum = 0;
    guint n = 0;

    for (guint back = 0; back < 7 && back <= t; back++)
        if (isfinite (work->weekdays[t - back])) {
            sum += work->weekdays[t - back];
            n++;
        }
    return sum / n;
}

static void
score (Work *work, guint t, double threshold)
{
    double weekday = weekday_at (work, t), level = level_at (work, t);
    Verdict *verdict = &work->verdicts[t];

    work->weekdays[t] = weekday;
    work->plain[t] = work->logs[t] - weekday;
    verdict->plain = work->plain[t] + growth_at (work, t);
    work->over[t] = work->logs[t] - level;
    work->residuals[t] = work->over[t] - weekday;
    if (!isfinite (work->residuals[t]) || work->known < DETECT_FEWEST_DAYS || t >= work->series->settled)
        return;
    verdict->expected = value_of (work->series, level + weekday);
    if (!is_loud_enough (work, t, verdict->expected))
        return;
    verdict->spread = spread_at (work, t);
    verdict->score = score_of (work, t, verdict->expected, verdict->spread);
    judge (work, t, threshold);
}

void
detect_days (const Series *series, double threshold, Verdict *verdicts)
{
    guint n = series->n;
    g_autofree double *room = g_new (double, 5 * n + 1);
    g_autofree gboolean *out = g_new0 (gboolean, n + 1);
    Work work = { .series = series,
                  .logs = room,
                  .over = room + n,
                  .plain = room + 2 * n,
                  .residuals = room + 3 * n,
                  .weekdays = room + 4 * n,
                  .out = out,
                  .verdicts = verdicts };

    for (guint i = 0; i < 5 * n; i++)
        room[i] = NAN;
    for (guint t = 0; t < n; t++) {
        verdicts[t] = (Verdict){ .score = NAN, .expected = NAN, .plain = NAN, .spread = NAN };
        work.logs[t] = log_of (series, t);
    }
    for (guint t = 0; t < n; t++)
        if (isfinite (work.logs[t])) {
            score (&work, t, threshold);
            work.known++;
        }
}
