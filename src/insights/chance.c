#include "insights/chance.h"

#include "insights/robust.h"

#include <math.h>
#include <stdlib.h>

#define PERCENTILE  0.98
#define TAIL_FEWEST 100

/* ---- many tests ---- */

typedef struct {
    double p;
    guint at;
} Test;

static int
compare_tests (const void *a, const void *b)
{
    return robust_compare (&((const Test *)a)->p, &((const Test *)b)->p);
}

static double
harmonic (guint n)
{
    double sum = 0;

    for (guint i = 1; i <= n; i++)
        sum += 1.0 / i;
    return sum;
}

guint
chance_keep (const double *p, guint n, double q, Tests kind, gboolean *keep)
{
    g_autofree Test *tests = g_new (Test, n + 1);
    guint kept = 0;

    if (kind == TESTS_ENTANGLED && n)
        q /= harmonic (n);

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

double
chance_normal (double score)
{
    return erfc (fabs (score) / G_SQRT2);
}

/* Abramowitz and Stegun, 26.7.4. */
double
chance_student (double score, guint freedom)
{
    double angle = atan (fabs (score) / sqrt (freedom)), square = cos (angle) * cos (angle);
    double term = 1, sum = 1;

    for (guint i = 2; i < freedom; i += 2) {
        term *= square * (i - 1) / i;
        sum += term;
    }
    return MAX (1 - sin (angle) * sum, 0);
}

/* ---- by the scores of many days ---- */

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
    qsort (tail->sizes, tail->n, sizeof *tail->sizes, robust_compare);
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
