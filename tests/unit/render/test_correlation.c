#include "render/correlation.h"
#include "render/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NEAR(got, want) assert_true (fabs ((got) - (want)) < 1e-12)

/* Consecutive days from first on. */
static GArray *
points (Day first, const gint64 *values, guint n)
{
    GArray *all = g_array_new (FALSE, FALSE, sizeof (Point));

    for (guint i = 0; i < n; i++) {
        Point point = { first + (Day)i, { values[i], 1 } };

        g_array_append_val (all, point);
    }
    return all;
}

/* Worked out by hand: deviations -2 -1 0 1 2 and -2 0 -1 2 1, so 8 / 10. */
static void
test_by_hand (void **state)
{
    g_autoptr (GArray) x = points (100, (const gint64[]){ 1, 2, 3, 4, 5 }, 5);
    g_autoptr (GArray) y = points (100, (const gint64[]){ 10, 30, 20, 50, 40 }, 5);
    Correlation both = correlation_of (x, y, 0);

    NEAR (both.r, 0.8);
    assert_int_equal (both.days, 5);
    NEAR (correlation_of (y, x, 0).r, 0.8);
}

static void
test_scale_does_not_matter (void **state)
{
    g_autoptr (GArray) x = points (100, (const gint64[]){ 1, 2, 3, 4, 5 }, 5);
    g_autoptr (GArray) y = points (100, (const gint64[]){ 5000000, 4000000, 3000000, 2000000, 1000000 }, 5);

    assert_true (correlation_of (x, y, 0).r >= -1); /* not a rounding below */
    NEAR (correlation_of (x, y, 0).r, -1);
}

/* The second says two days later what the first said. */
static void
test_lag (void **state)
{
    g_autoptr (GArray) x = points (100, (const gint64[]){ 3, 1, 4, 1, 5, 9 }, 6);
    g_autoptr (GArray) y = points (102, (const gint64[]){ 3, 1, 4, 1, 5, 9 }, 6);

    NEAR (correlation_of (x, y, 2).r, 1);
    assert_int_equal (correlation_of (x, y, 2).days, 6);
    assert_int_equal (correlation_of (x, y, 0).days, 4);
    assert_false (correlation_known (correlation_of (x, y, 0)));
    assert_int_equal (correlation_of (x, y, 7).days, 1);
}

static void
test_not_known (void **state)
{
    const gint64 flat[] = { 33300000, 33300000, 33300000, 33300000, 33300000, 33300000, 33300000 };
    g_autoptr (GArray) still = points (100, flat, 7);
    g_autoptr (GArray) moving = points (100, (const gint64[]){ 1, 2, 3, 4, 5, 6, 7 }, 7);
    g_autoptr (GArray) four = points (100, (const gint64[]){ 1, 2, 3, 4 }, 4);
    g_autoptr (GArray) none = points (100, NULL, 0);

    assert_false (correlation_known (correlation_of (still, moving, 0)));
    assert_false (correlation_known (correlation_of (moving, still, 0)));
    assert_false (correlation_known (correlation_of (moving, four, 0)));
    assert_false (correlation_known (correlation_of (none, moving, 0)));
    assert_false (correlation_known (correlation_of (NULL, moving, 0)));
    assert_false (correlation_known (correlation_of (moving, NULL, 0)));
}

static void
test_a_day_that_is_not_known_is_left_out (void **state)
{
    g_autoptr (GArray) x = points (100, (const gint64[]){ 1, 2, 3, 99, 4, 5 }, 6);
    g_autoptr (GArray) y = points (100, (const gint64[]){ 10, 30, 20, 0, 50, 40 }, 6);

    g_array_index (x, Point, 3).value = NUMBER_UNKNOWN;
    NEAR (correlation_of (x, y, 0).r, 0.8);
    assert_int_equal (correlation_of (x, y, 0).days, 5);
}

static void
test_stronger (void **state)
{
    const Correlation weak = { 0.2, 9 }, against = { -0.7, 9 };

    assert_true (correlation_is_stronger (against, weak));
    assert_false (correlation_is_stronger (weak, against));
    assert_false (correlation_is_stronger (weak, weak));
    assert_true (correlation_is_stronger (weak, CORRELATION_UNKNOWN));
    assert_false (correlation_is_stronger (CORRELATION_UNKNOWN, weak));
    assert_false (correlation_is_stronger (CORRELATION_UNKNOWN, CORRELATION_UNKNOWN));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_by_hand),  cmocka_unit_test (test_scale_does_not_matter),
        cmocka_unit_test (test_lag),      cmocka_unit_test (test_not_known),
        cmocka_unit_test (test_stronger), cmocka_unit_test (test_a_day_that_is_not_known_is_left_out),
    };

    return cmocka_run_group_tests_name ("correlation", tests, NULL, NULL);
}
