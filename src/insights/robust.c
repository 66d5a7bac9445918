#include "insights/robust.h"

#include <math.h>

int
robust_compare (const void *a, const void *b)
{
    const double *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

/* Exchange what is on the wrong side of the pivot; *left and *right end where the sides meet. */
static void
part (double *values, double pivot, int *left, int *right)
{
    while (*left <= *right) {
        while (values[*left] < pivot)
            ++*left;
        while (values[*right] > pivot)
            --*right;
        if (*left <= *right) {
            double kept = values[*left];

            values[(*left)++] = values[*right];
            values[(*right)--] = kept;
        }
    }
}

/* Hoare's selection: afterwards values[k] is what it would be if all were sorted, none before it is
 * larger and none behind it smaller. Linear, where sorting is not. */
static double
pick (double *values, guint n, guint k)
{
    int low = 0, high = (int)n - 1;

    while (low < high) {
        int left = low, right = high;

        part (values, values[(low + high) / 2], &left, &right);
        if ((int)k <= right)
            high = right;
        else if ((int)k >= left)
            low = left;
        else
            break;
    }
    return values[k];
}

double
robust_median (double *values, guint n)
{
    double upper, lower;

    if (!n)
        return NAN;
    upper = pick (values, n, n / 2);
    if (n % 2)
        return upper;
    lower = values[0];
    for (guint i = 1; i < n / 2; i++)
        lower = MAX (lower, values[i]);
    return (lower + upper) / 2;
}

double
robust_spread (double *values, guint n)
{
    double middle = robust_median (values, n);

    for (guint i = 0; i < n; i++)
        values[i] = fabs (values[i] - middle);
    return ROBUST_SIGMA * robust_median (values, n);
}

double
robust_quantile (double *values, guint n, double share)
{
    return n ? pick (values, n, MIN (n - 1, (guint)(share * n))) : NAN;
}
