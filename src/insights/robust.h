/* robust.h -- middles and spreads that a few odd values don't move. Pure, any thread.
 * All of them put the values in another order. NaN of none. */
#pragma once
#include <glib.h>

#define ROBUST_SIGMA 1.4826 /* times the MAD: the standard deviation, if values are normal */

double robust_median (double *values, guint n);
/* The median of the distances from the median, as a standard deviation. */
double robust_spread (double *values, guint n);
/* The value below which a share of them lies, 0 to 1. */
double robust_quantile (double *values, guint n, double share);
/* For qsort. */
int robust_compare (const void *a, const void *b);
