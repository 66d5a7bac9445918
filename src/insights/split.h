/* split.h -- why a number moved: its change in parts that add up to it.
 *
 * Pure arithmetic on sums of two periods; no I/O, no text, any thread. Counts
 * and money come as integers (micros), so that nothing is lost before the one
 * division at the end; in between, long double. What comes out adds up to the
 * change within the last bits of a double: 1e-12 of the largest figure. */
#pragma once
#include "render/lines.h"

/* One part of a number: a channel, a campaign. */
typedef struct {
    gint64 num[PERIODS], den[PERIODS]; /* den: of ratios only */
    double change;                     /* out: what it adds to the change of the whole */
    double mix, rate;                  /* out, of ratios: change is their sum */
} Segment;

/* A sum: a part adds what it changed by itself. */
void split_sum (Segment *segments, guint n);

/* A ratio R = sum (num) / sum (den), with r = num / den and w = den / sum (den) of a part:
 *
 *   rate = mean (w) * (r1 - r0)         it does better or worse than it did
 *   mix  = (mean (r) - mean (R)) * (w1 - w0)   it weighs more or less than it did
 *
 * the symmetric (midpoint) split, whose parts add up to R1 - R0 without a rest. A part that has
 * nothing to divide by in one of the periods has no rate of its own there: all of it is mix. The
 * whole is given apart, and the segments must add up to it; FALSE if R is not known in both. */
gboolean split_ratio (Segment *segments, guint n, const Number whole[static PERIODS]);

/* A ratio whose two sides come from different parts (revenue of properties, spend of accounts):
 * a part of the numerator adds (num1 - num0) * mean (1/D), one of the denominator
 * -mean (N) * (den1 - den0) / (D0 * D1): the Shapley value of the two sides, to each part by what
 * it changed. A part may stand on both sides. FALSE if R is not known in both periods. */
gboolean split_sides (Segment *segments, guint n, const Number whole[static PERIODS]);

/* A number that is a product: impressions * CTR * conversions a click. */
typedef struct {
    Number value[PERIODS];
    gboolean divides; /* it stands under the line */
    double change;    /* out */
} Factor;

/* By the logarithmic mean (LMDI-I): change = L (V1, V0) * ln (x1 / x0), L (a, b) = (a - b) / ln (a / b).
 * A product that was or becomes 0 did so by its factors that are 0: they share the change, which is
 * the limit of the formula. FALSE, and nothing is split, if the factors don't make up the whole, as
 * when one is not known, or if one is negative. whole in the unit of its numbers. */
gboolean split_product (Factor *factors, guint n, const double whole[static PERIODS]);

/* How unexpected a part's share of the whole is: the Jensen-Shannon divergence of its shares before
 * and now (Adtributor, NSDI 2014). 0 if a share is not one. */
double split_surprise (double before, double now);

/* Round parts so that they still add up to the rounded total: largest remainder first, in the
 * order of the parts among equals. FALSE if 64 bits can't hold them. */
gboolean split_round (const double *parts, guint n, double total, gint64 *rounded);
