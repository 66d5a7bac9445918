/* Medians and quantiles are those of the sorted values. */
#include "insights/robust.h"
#include "planted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST 40

static void
test_as_sorted (void **unused)
{
    Dice dice = { 5 };

    for (guint round = 0; round < 2000; round++) {
        guint n = 1 + (guint)(dice_real (&dice) * MOST), kinds = 1 + (guint)(dice_real (&dice) * 30);
        double values[MOST], sorted[MOST];

        for (guint i = 0; i < n; i++)
            values[i] = sorted[i] = floor (dice_real (&dice) * kinds);
        qsort (sorted, n, sizeof *sorted, robust_compare);
        assert_true (robust_median (values, n) == (sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
        for (double share = 0; share < 1; share += 0.17)
            assert_true (robust_quantile (values, n, share) == sorted[(guint)(share * n)]);
        qsort (values, n, sizeof *values, robust_compare);
        assert_memory_equal (values, sorted, n * sizeof *values);
    }
}

static void
test_one_wild_value_is_nothing (void **unused)
{
    double values[] = { 9, 11, 10, 12, 8, 1e9, 10 };

    assert_true (robust_spread (values, G_N_ELEMENTS (values)) == ROBUST_SIGMA);
    assert_true (isnan (robust_median (values, 0)) && isnan (robust_quantile (values, 0, 0.5)));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_as_sorted),
        cmocka_unit_test (test_one_wild_value_is_nothing),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
