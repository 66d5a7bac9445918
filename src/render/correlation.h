/* correlation.h -- how closely two daily series move together: Pearson's r. */
#pragma once
#include "base/date.h"

#include <math.h>

#define CORRELATION_MIN_DAYS 5 /* fewer say nothing */
#define CORRELATION_MAX_LAG  7

typedef struct {
    double r;   /* -1 .. 1; NaN: not known */
    guint days; /* that both have */
} Correlation;

#define CORRELATION_UNKNOWN ((Correlation){ .r = NAN })

static inline gboolean
correlation_known (Correlation correlation)
{
    return !isnan (correlation.r);
}

/* r = sum((x-mx)(y-my)) / sqrt(sum((x-mx)^2) sum((y-my)^2)) of the days d for which the first
 * has d and the second d + lag. Not known under CORRELATION_MIN_DAYS, or if one of them is the
 * same on all days. Both are arrays of Point in the order of their days, or NULL. */
Correlation correlation_of (const GArray *first, const GArray *second, int lag);
/* Further from 0, whatever the sign; a known one is stronger than an unknown. */
gboolean correlation_is_stronger (Correlation one, Correlation other);
