/* New levels and trends, on seeds that they were not developed with. */
#include "insights/shift.h"
#include "planted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SERIES 60
#define AT     250

static GArray *
shifts_of (const double *values, guint settled, Verdict *verdicts)
{
    Series series = { .values = values, .n = PLANTED_DAYS, .settled = settled };
    guint tests;

    detect_days (&series, 4.5, verdicts);
    return shift_find (verdicts, settled, 4.5, 0, &tests);
}

/* A weekend and a little noise. */
static void
fill (double *values, double volume)
{
    Dice dice = { 7 };

    for (guint i = 0; i < PLANTED_DAYS; i++)
        values[i] = dice_poisson (&dice, volume * (i % 7 >= 5 ? 0.6 : 1));
}

static void
test_finds_planted_levels (void **unused)
{
    guint found = 0, others = 0;

    for (guint64 i = 0; i < SERIES; i++) {
        Planted planted;
        Verdict verdicts[PLANTED_DAYS];
        g_autoptr (GArray) shifts = NULL;

        planted_shift (&planted, PLANTED_TEST + i, 40 * pow (100, (double)i / SERIES), AT, i % 2 ? 0.6 : 1.6);
        shifts = shifts_of (planted.values, PLANTED_DAYS, verdicts);
        for (guint j = 0; j < shifts->len; j++) {
            const Shift *one = &g_array_index (shifts, Shift, j);

            if (ABS ((int)one->at - AT) <= 3 && (one->now > one->before) == (i % 2 == 0))
                found++;
            else
                others++;
        }
    }
    print_message ("# %u of %u levels, %u others\n", found, SERIES, others);
    assert_true (found >= 0.9 * SERIES);
    assert_true (others <= 0.3 * SERIES); /* some of which are moves that the generator made */
}

static void
test_knows_the_day_and_the_size (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL;
    const Shift *one;

    fill (values, 500);
    for (guint i = AT; i < PLANTED_DAYS; i++)
        values[i] = round (values[i] * 0.77);
    shifts = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (shifts->len, 1);
    one = &g_array_index (shifts, Shift, 0);
    assert_int_equal (one->at, AT);
    assert_int_equal (one->until, PLANTED_DAYS - 1);
    assert_true (fabs (one->now - one->before - log (0.77)) < 0.03);
}

/* Three days are no level, seven that have settled are. */
static void
test_needs_a_week (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) few = NULL, enough = NULL;

    fill (values, 500);
    for (guint i = AT; i < PLANTED_DAYS; i++)
        values[i] *= 1.5;
    few = shifts_of (values, AT + 3, verdicts);
    enough = shifts_of (values, AT + 7, verdicts);
    assert_int_equal (few->len, 0);
    assert_int_equal (enough->len, 1);
}

static void
test_what_comes_back_is_undone (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL, short_one = NULL;

    fill (values, 500);
    for (guint i = AT; i < AT + 12; i++)
        values[i] *= 1.5;
    shifts = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (shifts->len, 2);
    assert_true (g_array_index (shifts, Shift, 0).is_undone && g_array_index (shifts, Shift, 1).is_return);
    assert_int_equal (g_array_index (shifts, Shift, 0).until, AT + 11);
    for (guint i = AT + 4; i < AT + 12; i++)
        values[i] /= 1.5;
    short_one = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (short_one->len, 0);
}

static void
test_a_trend_and_no_shift (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL;
    Trend trend;

    fill (values, 2000);
    for (guint i = 200; i < PLANTED_DAYS; i++)
        values[i] = round (values[i] * exp (0.004 * (i - 200)));
    shifts = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (shifts->len, 0);
    assert_true (trend_find (verdicts, PLANTED_DAYS, shifts, &trend));
    assert_true (trend.is_large && trend.p < 0.001 && trend.weeks == TREND_WEEKS);
    assert_true (fabs (trend.slope - 0.028) < 0.006);
    assert_int_equal (trend.to, PLANTED_DAYS - 1);
}

/* It begins out of nothing, and makes a tenth of two weeks: still no day on which the level changed. */
static void
test_a_steep_slope_is_no_step (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL;

    fill (values, 5000);
    for (guint i = 240; i < PLANTED_DAYS; i++)
        values[i] = round (values[i] * exp (0.006 * (i - 240)));
    shifts = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (shifts->len, 0);
}

static void
test_a_step_is_no_trend (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) shifts = NULL;
    Trend trend;

    fill (values, 2000);
    for (guint i = 320; i < PLANTED_DAYS; i++)
        values[i] *= 1.5;
    shifts = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (shifts->len, 1);
    assert_false (trend_find (verdicts, PLANTED_DAYS, shifts, &trend)); /* 45 days since are six weeks */
}

static void
test_nothing_to_look_at (void **unused)
{
    double values[PLANTED_DAYS];
    Verdict verdicts[PLANTED_DAYS];
    g_autoptr (GArray) none = NULL, quiet = NULL;
    Trend trend;

    fill (values, 6);
    none = shifts_of (values, 0, verdicts);
    assert_int_equal (none->len, 0);
    for (guint i = AT; i < PLANTED_DAYS; i++)
        values[i] = 0;
    quiet = shifts_of (values, PLANTED_DAYS, verdicts);
    assert_int_equal (quiet->len, 0);
    assert_false (trend_find (verdicts, PLANTED_DAYS, quiet, &trend));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_finds_planted_levels),
        cmocka_unit_test (test_knows_the_day_and_the_size),
        cmocka_unit_test (test_needs_a_week),
        cmocka_unit_test (test_what_comes_back_is_undone),
        cmocka_unit_test (test_a_trend_and_no_shift),
        cmocka_unit_test (test_a_step_is_no_trend),
        cmocka_unit_test (test_a_steep_slope_is_no_step),
        cmocka_unit_test (test_nothing_to_look_at),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
