#include "insights/shift.h"

#include "insights/chance.h"
#include "insights/robust.h"

#include <math.h>

#define LEAST_SHIFT  0.0953 /* log (1.1) */
#define LEAST_SPREAD 0.025  /* of differences of levels */
#define USUAL_DAYS   180    /* of differences, to know what is usual */
#define USUAL_FEWEST 56
#define FEWEST_NOW   5
#define FEWEST_THEN  14
#define STAYS        0.6   /* of it must be there after two weeks */
#define SLOPE        0.4   /* of it may have come before */
#define PEAK_DAYS    10    /* days on which the two windows see the same shift */
#define FREEDOM      12    /* the weeks that the spread of days is known from */
#define LEAST_TREND  0.182 /* log (1.2), over the whole */
#define LIKE_MOST    0.5   /* of a dozen weeks it is only a guess */
#define FEWEST_OF    4     /* days of a week */

/* ---- two windows ---- */

typedef struct {
    const Verdict *verdicts;
    guint n, base; /* days before base are of another level */
    double *steps; /* the difference of the two windows at each day; NaN: not known, or of a shift */
    double *scores;
} Scan;

/* The median of the days from from to to - 1; NaN if fewer than so many have a number. */
static double
middle (const Verdict *verdicts, guint from, guint to, guint fewest)
{
    double values[SHIFT_BEFORE];
    guint n = 0;

    for (guint t = from; t < to && n < SHIFT_BEFORE; t++)
        if (isfinite (verdicts[t].plain))
            values[n++] = verdicts[t].plain;
    return n >= fewest ? robust_median (values, n) : NAN;
}

static double
level_before (const Scan *scan, guint t)
{
    guint from = t > SHIFT_BEFORE ? t - SHIFT_BEFORE : 0;

    return middle (scan->verdicts, MAX (from, scan->base), t, FEWEST_THEN);
}

static double
level_after (const Scan *scan, guint t, guint days, guint fewest)
{
    return middle (scan->verdicts, t, MIN (t + days, scan->n), fewest);
}

/* Of a single day, as it was last known. Series that are too quiet have none. */
static double
spread_before (const Scan *scan, guint t)
{
    for (guint back = 1; back <= SHIFT_DAYS && back <= t; back++)
        if (isfinite (scan->verdicts[t - back].spread))
            return scan->verdicts[t - back].spread;
    return NAN;
}

/* By how much two medians of so many days with that spread differ by themselves. */
static double
error_of (double spread)
{
    return 1.2533 * spread * sqrt (1.0 / SHIFT_DAYS + 1.0 / SHIFT_BEFORE);
}

/* A series that wanders, or grows all the time, has differences without any shift: they are what is usual. */
static double
score_at (const Scan *scan, guint t)
{
    double usual[USUAL_DAYS], drift = 0, spread = error_of (spread_before (scan, t));
    guint n = 0;

    for (guint back = SHIFT_DAYS; back < SHIFT_DAYS + USUAL_DAYS && back <= t; back++)
        if (isfinite (scan->steps[t - back]))
            usual[n++] = scan->steps[t - back];
    if (!isfinite (spread))
        return NAN;
    if (n >= USUAL_FEWEST) {
        drift = robust_median (usual, n);
        spread = MAX (spread, robust_spread (usual, n));
    }
    return (scan->steps[t] - drift) / MAX (spread, LEAST_SPREAD);
}

/* ---- shifts ---- */

/* A promotion of five days moves the median of seven, but is gone in the second week. */
static gboolean
stays (const Scan *scan, guint t)
{
    double later = level_after (scan, t + SHIFT_DAYS, SHIFT_DAYS, FEWEST_NOW) - level_before (scan, t);

    return !isfinite (later) || later / scan->steps[t] >= STAYS;
}

static void
look_at (Scan *scan, guint t)
{
    scan->steps[t] = level_after (scan, t, SHIFT_DAYS, FEWEST_NOW) - level_before (scan, t);
    scan->scores[t] = score_at (scan, t);
}

/* Did the days before go the same way already? Then it is a slope, however steep. */
static gboolean
is_slope (const Scan *scan, guint t)
{
    guint from = MAX (t > SHIFT_BEFORE ? t - SHIFT_BEFORE : 0, scan->base), half = t - SHIFT_BEFORE / 2;
    double rose =
        middle (scan->verdicts, half, t, FEWEST_NOW) - middle (scan->verdicts, from, half, FEWEST_NOW);

    return rose / scan->steps[t] >= SLOPE;
}

static gboolean
is_shift (const Scan *scan, guint t, double threshold)
{
    return fabs (scan->scores[t]) >= threshold && fabs (scan->steps[t]) >= LEAST_SHIFT && stays (scan, t) &&
           !is_slope (scan, t);
}

/* How badly a step at t describes the days around it. */
static double
misfit (const Scan *scan, guint from, guint t, guint to, double before, double now)
{
    double sum = 0;

    for (guint i = from; i < to; i++)
        if (isfinite (scan->verdicts[i].plain))
            sum += fabs (scan->verdicts[i].plain - (i < t ? before : now));
    return sum;
}

/* The windows see a shift days before and after it begins: on which does a step fit best? */
static guint
locate (const Scan *scan, guint first, guint last)
{
    guint from = MAX (first > SHIFT_DAYS ? first - SHIFT_DAYS : 0, scan->base);
    guint to = MIN (last + SHIFT_DAYS, scan->n), best = first;
    double before = level_before (scan, first), now = level_after (scan, last, SHIFT_DAYS, 1),
           least = INFINITY;

    for (guint t = from + 1; t < to; t++) {
        double one = misfit (scan, from, t, to, before, now);

        if (one < least) {
            least = one;
            best = t;
        }
    }
    return best;
}

static Shift
shift_at (const Scan *scan, guint first, guint last, guint peak)
{
    guint at = locate (scan, first, last);

    return (Shift){ .at = at,
                    .until = scan->n - 1,
                    .before = level_before (scan, at),
                    .now = level_after (scan, at, SHIFT_BEFORE, 1),
                    .score = scan->scores[peak],
                    .is_told = TRUE,
                    .p = chance_student (scan->scores[peak], FREEDOM) };
}

/* The last level ends where the next begins; a short one has fewer days to be known by. */
static void
end_level (const Scan *scan, Shift *last, Shift *next)
{
    last->until = next->at - 1;
    if (next->at - last->at < SHIFT_BEFORE) {
        last->now = middle (scan->verdicts, last->at, next->at, 1);
        next->before = last->now;
    }
    next->is_return =
        !last->is_return && fabs (next->now - last->before) < fabs (last->now - last->before) / 3;
    last->is_undone = next->is_return;
}

static void
add (const Scan *scan, GArray *shifts, Shift shift)
{
    if (shifts->len)
        end_level (scan, &g_array_index (shifts, Shift, shifts->len - 1), &shift);
    g_array_append_val (shifts, shift);
}

/* Those of the days that see the same shift; t becomes the last of them. */
static Shift
follow (Scan *scan, guint *t)
{
    guint first = *t, last = first, peak = first;

    for (guint i = first + 1; i < first + PEAK_DAYS && i + FEWEST_NOW <= scan->n; i++) {
        look_at (scan, i);
        if (scan->steps[i] * scan->steps[first] > 0 && fabs (scan->scores[i]) >= fabs (scan->scores[peak]))
            last = peak = i;
    }
    *t = MIN (first + PEAK_DAYS, scan->n) - 1;
    return shift_at (scan, first, last, peak);
}

GArray *
shift_find (const Verdict *verdicts, guint settled, double threshold, guint first, guint *tests)
{
    g_autofree double *room = g_new (double, 2 * settled + 1);
    GArray *shifts = g_array_new (FALSE, FALSE, sizeof (Shift));
    guint days = 0;
    Scan scan = { .verdicts = verdicts, .n = settled, .steps = room, .scores = room + settled };

    for (guint i = 0; i < 2 * settled; i++)
        room[i] = NAN;
    for (guint t = DETECT_FEWEST_DAYS; t + SHIFT_DAYS <= settled; t++) {
        look_at (&scan, t);
        days += t + SHIFT_DAYS > first && isfinite (scan.scores[t]);
        if (isfinite (scan.scores[t]) && is_shift (&scan, t, threshold)) {
            Shift shift = follow (&scan, &t);

            add (&scan, shifts, shift);
            for (guint i = shift.at > SHIFT_DAYS ? shift.at - SHIFT_DAYS : 0; i <= t; i++)
                scan.steps[i] = NAN;
            scan.base = shift.at;
            t = MAX (t, shift.at + SHIFT_NEXT - 1);
        }
    }
    *tests = (days + SHIFT_DAYS - 1) / SHIFT_DAYS;
    return shifts;
}

/* ---- trends ---- */

static double
week_at (const Verdict *verdicts, guint from)
{
    double values[7];
    guint n = 0;

    for (guint t = from; t < from + 7; t++)
        if (isfinite (verdicts[t].plain))
            values[n++] = verdicts[t].plain;
    return n >= FEWEST_OF ? robust_median (values, n) : NAN;
}

/* The last weeks, the oldest first, as many as have numbers without a gap and are of one level. */
static guint
read_weeks (const Verdict *verdicts, guint settled, const GArray *shifts, double weeks[TREND_WEEKS])
{
    guint n = 0, from = shifts->len ? g_array_index (shifts, Shift, shifts->len - 1).at : 0;

    while (n < TREND_WEEKS && from + (n + 1) * 7 <= settled) {
        double week = week_at (verdicts, settled - 7 * (n + 1));

        if (!isfinite (week))
            break;
        weeks[TREND_WEEKS - 1 - n++] = week;
    }
    return n;
}

static double
theil_sen (const double *weeks, guint n)
{
    double slopes[TREND_WEEKS * TREND_WEEKS];
    guint many = 0;

    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            slopes[many++] = (weeks[j] - weeks[i]) / (j - i);
    return robust_median (slopes, many);
}

static double
intercept (const double *weeks, guint n, double slope)
{
    double rests[TREND_WEEKS];

    for (guint i = 0; i < n; i++)
        rests[i] = weeks[i] - slope * i;
    return robust_median (rests, n);
}

/* How much a week is like the one before, once the line is taken away; 0 if it is not. Weeks that are
 * alike are fewer than they seem. */
static double
likeness (const double *weeks, guint n, double slope, double start)
{
    double with = 0, square = 0, last = 0;

    for (guint i = 0; i < n; i++) {
        double rest = weeks[i] - start - slope * i;

        with += i ? rest * last : 0;
        square += rest * rest;
        last = rest;
    }
    return square > 0 ? CLAMP (with / square, 0, LIKE_MOST) : 0;
}

/* Mann-Kendall: of all pairs, how many more went up than down; its variance widened by likeness. */
static double
mann_kendall (const double *weeks, guint n, double alike)
{
    double sum = 0, variance = n * (n - 1.0) * (2.0 * n + 5) / 18 * (1 + alike) / (1 - alike);

    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            sum += (weeks[j] > weeks[i]) - (weeks[j] < weeks[i]);
    return sum > 0 ? (sum - 1) / sqrt (variance) : sum < 0 ? (sum + 1) / sqrt (variance) : 0;
}

gboolean
trend_find (const Verdict *verdicts, guint settled, const GArray *shifts, Trend *trend)
{
    double all[TREND_WEEKS], start, slope;
    guint n = read_weeks (verdicts, settled, shifts, all);
    const double *weeks = all + TREND_WEEKS - n;

    if (n < TREND_FEWEST || !isfinite (verdicts[settled - 1].spread))
        return FALSE;
    slope = theil_sen (weeks, n);
    start = intercept (weeks, n, slope);
    *trend = (Trend){
        .from = settled - 7 * n,
        .to = settled - 1,
        .weeks = n,
        .slope = slope,
        .start = start,
        .end = start + slope * (n - 1),
        .p = chance_normal (mann_kendall (weeks, n, likeness (weeks, n, slope, start))),
        .is_large = fabs (slope * (n - 1)) >= LEAST_TREND,
    };
    return TRUE;
}
