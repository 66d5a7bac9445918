#include "insights/split.h"

#include <math.h>

typedef long double Real;

void
split_sum (Segment *segments, guint n)
{
    for (guint i = 0; i < n; i++)
        segments[i].change = (double)((Real)segments[i].num[NOW] - (Real)segments[i].num[BEFORE]);
}

/* ---- ratios ---- */

static gboolean
is_known (const Number whole[static PERIODS])
{
    return number_known (whole[NOW]) && number_known (whole[BEFORE]);
}

static Real
quotient (gint64 num, gint64 den)
{
    return (Real)num / (Real)den;
}

/* Part n of a ratio is defined where it has something to divide by. */
static gboolean
has_rate (const Segment *segment)
{
    return segment->den[NOW] > 0 && segment->den[BEFORE] > 0;
}

gboolean
split_ratio (Segment *segments, guint n, const Number whole[static PERIODS])
{
    Real mean_of_all;

    if (!is_known (whole))
        return FALSE;
    mean_of_all =
        (quotient (whole[NOW].num, whole[NOW].den) + quotient (whole[BEFORE].num, whole[BEFORE].den)) / 2;
    for (guint i = 0; i < n; i++) {
        Segment *one = &segments[i];
        Real weight[PERIODS], share[PERIODS], change, rate = 0;

        for (int period = 0; period < PERIODS; period++) {
            weight[period] = quotient (one->den[period], whole[period].den);
            share[period] = quotient (one->num[period], whole[period].den);
        }
        /* rate + mix of the formula, without the part's own r, which may not exist */
        change = share[NOW] - share[BEFORE] - mean_of_all * (weight[NOW] - weight[BEFORE]);
        if (has_rate (one))
            rate = (weight[NOW] + weight[BEFORE]) / 2 *
                   (quotient (one->num[NOW], one->den[NOW]) - quotient (one->num[BEFORE], one->den[BEFORE]));
        one->change = (double)change;
        one->rate = (double)rate;
        one->mix = (double)(change - rate);
    }
    return TRUE;
}

gboolean
split_sides (Segment *segments, guint n, const Number whole[static PERIODS])
{
    Real above, below;

    if (!is_known (whole))
        return FALSE;
    above = (1 / (Real)whole[NOW].den + 1 / (Real)whole[BEFORE].den) / 2;
    below =
        ((Real)whole[NOW].num + (Real)whole[BEFORE].num) / 2 / (Real)whole[NOW].den / (Real)whole[BEFORE].den;
    for (guint i = 0; i < n; i++) {
        Segment *one = &segments[i];

        one->change = (double)(((Real)one->num[NOW] - (Real)one->num[BEFORE]) * above -
                               ((Real)one->den[NOW] - (Real)one->den[BEFORE]) * below);
    }
    return TRUE;
}

/* ---- products ---- */

static Real
factor_real (const Factor *factor, int period)
{
    return quotient (factor->value[period].num, factor->value[period].den);
}

static gboolean
is_zero (const Factor *factor, int period)
{
    return number_known (factor->value[period]) && factor->value[period].num == 0 && !factor->divides;
}

/* Is the whole of this period the product of its factors? 0 is, if one of them is 0: then others,
 * of which nobody can know how large they would have been, need not be known. */
static gboolean
makes_up (const Factor *factors, guint n, int period, double whole)
{
    Real product = 1;

    if (whole == 0) {
        for (guint i = 0; i < n; i++)
            if (is_zero (&factors[i], period))
                return TRUE;
        return FALSE;
    }
    for (guint i = 0; i < n; i++) {
        Real value;

        if (!number_known (factors[i].value[period]) || (value = factor_real (&factors[i], period)) <= 0)
            return FALSE;
        product = factors[i].divides ? product / value : product * value;
    }
    return fabsl (product - whole) <= 1e-9L * fabsl ((Real)whole);
}

static void
share_zero (Factor *factors, guint n, int period, Real change)
{
    guint zeros = 0;

    for (guint i = 0; i < n; i++)
        zeros += is_zero (&factors[i], period);
    for (guint i = 0; i < n; i++)
        factors[i].change = is_zero (&factors[i], period) ? (double)(change / zeros) : 0;
}

/* ln (now / before), precise also where they hardly differ. */
static Real
log_ratio (Real now, Real before)
{
    Real moved = (now - before) / before;

    return fabsl (moved) < 0.5L ? log1pl (moved) : logl (now / before);
}

static void
share_logarithms (Factor *factors, guint n, const double whole[static PERIODS])
{
    Real change = (Real)whole[NOW] - whole[BEFORE];
    Real mean = change == 0 ? whole[NOW] : change / log_ratio (whole[NOW], whole[BEFORE]);

    for (guint i = 0; i < n; i++) {
        Real moved = log_ratio (factor_real (&factors[i], NOW), factor_real (&factors[i], BEFORE));

        factors[i].change = (double)(factors[i].divides ? -mean * moved : mean * moved);
    }
}

gboolean
split_product (Factor *factors, guint n, const double whole[static PERIODS])
{
    for (guint i = 0; i < n; i++)
        factors[i].change = 0;
    for (int period = 0; period < PERIODS; period++)
        if (!makes_up (factors, n, period, whole[period]))
            return FALSE;
    if (whole[NOW] == 0 && whole[BEFORE] == 0)
        return TRUE;
    if (whole[NOW] == 0 || whole[BEFORE] == 0)
        share_zero (factors, n, whole[NOW] == 0 ? NOW : BEFORE, (Real)whole[NOW] - whole[BEFORE]);
    else
        share_logarithms (factors, n, whole);
    return TRUE;
}

/* ---- what stands out, and how it is shown ---- */

static double
divergence (double share, double mean)
{
    return share > 0 ? share * log2 (share / mean) : 0;
}

double
split_surprise (double before, double now)
{
    double mean = (before + now) / 2;

    if (!(before >= 0 && now >= 0))
        return 0;
    return (divergence (before, mean) + divergence (now, mean)) / 2;
}

typedef struct {
    guint at;
    double rest; /* what rounding down has taken away */
} Rest;

static gint
compare_rests (gconstpointer a, gconstpointer b)
{
    const Rest *one = a, *other = b;

    if (one->rest != other->rest)
        return one->rest > other->rest ? -1 : 1;
    return (one->at > other->at) - (one->at < other->at);
}

static gboolean
fits (double value)
{
    return fabs (value) < 9e18;
}

gboolean
split_round (const double *parts, guint n, double total, gint64 *rounded)
{
    g_autofree Rest *rests = g_new0 (Rest, n);
    Real left = roundl ((Real)total);

    if (!fits (total))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (!fits (parts[i]))
            return FALSE;
        rounded[i] = (gint64)floor (parts[i]);
        rests[i] = (Rest){ i, parts[i] - floor (parts[i]) };
        left -= (Real)rounded[i];
    }
    qsort (rests, n, sizeof (Rest), compare_rests);
    for (guint i = 0; n && left > 0; i = (i + 1) % n, left--)
        rounded[rests[i].at]++;
    for (guint i = n; n && left < 0; left++) {
        i = i ? i - 1 : n - 1;
        rounded[rests[i].at]--;
    }
    return TRUE;
}
