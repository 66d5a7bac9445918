/* What is promised of the detector, on seeds that it was not developed with. */
#include "insights/detect.h"
#include "planted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SERIES 200

static void
run (const double *values, guint n, guint settled, Verdict *verdicts)
{
    Series series = { .values = values, .n = n, .settled = settled };

    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
}

/* Half of the series have 40 to 400 a day, half 400 to 4,000. */
static Tally
measure (gboolean clean)
{
    static const double factors[] = { 2, 0.4 };
    Tally sum = { 0 };

    for (guint64 i = 0; i < SERIES; i++) {
        double volume = (i % 2 ? 40 : 400) * pow (10, (double)(i / 2) / (SERIES / 2));
        Planted planted;
        Verdict verdicts[PLANTED_DAYS];
        gboolean said[PLANTED_DAYS];

        planted_make (&planted, PLANTED_TEST + i, volume, factors, clean ? 0 : G_N_ELEMENTS (factors));
        run (planted.values, PLANTED_DAYS, PLANTED_DAYS, verdicts);
        for (int day = 0; day < PLANTED_DAYS; day++)
            said[day] = verdicts[day].unusual;
        tally (&sum, &planted, said);
    }
    return sum;
}

static void
test_finds_what_was_planted (void **unused)
{
    Tally found = measure (FALSE);

    print_message ("# precision %.3f, recall %.3f of %u days\n", tally_precision (&found),
                   tally_recall (&found), found.planted);
    assert_true (tally_precision (&found) >= 0.85);
    assert_true (tally_recall (&found) >= 0.8);
}

static void
test_is_quiet_where_nothing_is (void **unused)
{
    Tally found = measure (TRUE);

    print_message ("# %.3f false alarms in a hundred days\n", tally_false (&found));
    assert_true (tally_false (&found) <= 0.3);
}

/* About so many a day, with a quiet weekend and a little noise. */
static void
fill (double *values, guint n, double volume)
{
    Dice dice = { 7 };

    for (guint i = 0; i < n; i++)
        values[i] = dice_poisson (&dice, volume * (i % 7 >= 5 ? 0.6 : 1));
}

static guint
count_unusual (const Verdict *verdicts, guint n)
{
    guint found = 0;

    for (guint i = 0; i < n; i++)
        found += verdicts[i].unusual;
    return found;
}

static void
test_is_silent_on_little (void **unused)
{
    double values[200];
    Verdict verdicts[200];

    fill (values, 200, 12);
    values[150] = 90;
    run (values, 200, 200, verdicts);
    assert_int_equal (count_unusual (verdicts, 200), 0);
}

static void
test_needs_six_weeks (void **unused)
{
    double values[60];
    Verdict verdicts[60];

    fill (values, 60, 500);
    values[41] = values[50] = 2500;
    run (values, 60, 60, verdicts);
    assert_false (verdicts[41].unusual);
    assert_true (isnan (verdicts[41].score));
    assert_true (verdicts[50].unusual);
}

/* Days before the first number are no past. */
static void
test_six_weeks_of_numbers (void **unused)
{
    double values[260];
    Verdict verdicts[260];

    for (guint i = 0; i < 200; i++)
        values[i] = NAN;
    fill (values + 200, 60, 500);
    values[241] = values[250] = 2500;
    run (values, 260, 260, verdicts);
    assert_true (isnan (verdicts[241].score));
    assert_true (verdicts[250].unusual);
}

static void
test_ignores_what_may_change (void **unused)
{
    double values[200];
    Verdict verdicts[200];

    fill (values, 200, 500);
    values[197] = values[199] = 50;
    run (values, 200, 198, verdicts);
    assert_true (verdicts[197].unusual);
    assert_false (verdicts[199].unusual);
    assert_true (isnan (verdicts[199].score));
}

static void
test_expects_what_the_weekday_has (void **unused)
{
    double values[200];
    Verdict verdicts[200];

    fill (values, 200, 1000);
    run (values, 200, 200, verdicts);
    for (guint i = 100; i < 200; i++) {
        double usual = 1000 * (i % 7 >= 5 ? 0.6 : 1);

        assert_true (fabs (verdicts[i].expected / usual - 1) < 0.06);
    }
}

/* A hundred days a third higher: told once, and after that they are what is usual. */
static void
test_a_new_level_is_told_once (void **unused)
{
    double values[300];
    Verdict verdicts[300];
    guint levels = 0, after = 0;

    fill (values, 300, 1000);
    for (guint i = 180; i < 300; i++)
        values[i] *= 1.6;
    run (values, 300, 300, verdicts);
    for (guint i = 0; i < 300; i++)
        if (verdicts[i].new_level) {
            levels++;
            assert_int_equal (verdicts[i].since, 180);
            assert_int_equal (i, 180 + DETECT_NEW_LEVEL - 1);
        }
    for (guint i = 180 + DETECT_NEW_LEVEL; i < 300; i++)
        after += verdicts[i].unusual;
    assert_int_equal (levels, 1);
    assert_true (after <= 1);
}

static void
test_missing_days_are_no_zeros (void **unused)
{
    double values[200];
    Verdict verdicts[200];

    fill (values, 200, 500);
    values[150] = values[151] = NAN;
    values[160] = 0;
    run (values, 200, 200, verdicts);
    assert_false (verdicts[150].unusual);
    assert_true (verdicts[160].unusual);
    assert_int_equal (count_unusual (verdicts, 200), 1);
}

/* 3 % of 30 sessions are one: no day of such a rate is unusual, but a tenth of it for 5,000 is. */
static void
test_a_rate_is_as_sure_as_its_counts (void **unused)
{
    double few[200], many[200], rate[200];
    Verdict verdicts[200];
    Series series = { .values = rate, .counts = few, .is_rate = TRUE, .n = 200, .settled = 200 };
    Dice dice = { 3 };

    for (guint i = 0; i < 200; i++) {
        few[i] = 30;
        many[i] = 5000;
        rate[i] = i == 150 ? 0.003 : 0.03 + 0.002 * dice_normal (&dice);
    }
    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
    assert_int_equal (count_unusual (verdicts, 200), 0);
    series.counts = many;
    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), verdicts);
    assert_true (verdicts[150].unusual);
}

/* A doubled day of forty to a hundred a day: the band in which chance makes most of what days differ by. */
static void
test_finds_small_counts_too (void **unused)
{
    static const double factors[] = { 2, 0.4 };
    Tally found = { 0 }, clean = { 0 };

    for (guint64 i = 0; i < SERIES; i++) {
        for (guint planted_too = 0; planted_too < 2; planted_too++) {
            Planted planted;
            Verdict verdicts[PLANTED_DAYS];
            gboolean said[PLANTED_DAYS];

            planted_make (&planted, PLANTED_TEST + i, 40 * pow (2.5, (double)i / SERIES), factors,
                          planted_too ? G_N_ELEMENTS (factors) : 0);
            run (planted.values, PLANTED_DAYS, PLANTED_DAYS, verdicts);
            for (int day = 0; day < PLANTED_DAYS; day++)
                said[day] = verdicts[day].unusual;
            tally (planted_too ? &found : &clean, &planted, said);
        }
    }
    print_message ("# precision %.3f, recall %.3f, %.3f false alarms in a hundred days\n",
                   tally_precision (&found), tally_recall (&found), tally_false (&clean));
    assert_true (tally_precision (&found) >= 0.9);
    assert_true (tally_recall (&found) >= 0.75);
    assert_true (tally_false (&clean) <= 0.3);
}

/* Neither day passes 4.5 by itself. */
static void
test_two_days_pass_together (void **unused)
{
    double values[200];
    Verdict verdicts[200];

    fill (values, 200, 100);
    values[150] = values[157] = 136;
    run (values, 200, 200, verdicts);
    assert_int_equal (count_unusual (verdicts, 200), 0);
    values[151] = 138;
    run (values, 200, 200, verdicts);
    assert_true (verdicts[150].unusual && verdicts[151].unusual);
    assert_true (fabs (verdicts[150].score) < 4.5 && fabs (verdicts[151].score) < 4.5);
    assert_int_equal (count_unusual (verdicts, 200), 2);
}

/* Money is not counted: forty a day that never differ are no chance, and sixty are news. */
static void
test_money_has_no_dice (void **unused)
{
    double values[200];
    Verdict verdicts[200];
    Series series = { .values = values, .is_amount = TRUE, .n = 200, .settled = 200 };

    for (guint i = 0; i < 200; i++)
        values[i] = 10 + 0.1 * (i % 3);
    values[150] = 14;
    detect_days (&series, 4.5, verdicts);
    assert_true (verdicts[150].unusual);
    assert_int_equal (count_unusual (verdicts, 200), 1);
}

static void
test_names_of_sensitivity (void **unused)
{
    Sensitivity one;

    assert_true (sensitivity_parse (NULL, &one) && one == SENSITIVITY_NORMAL);
    assert_true (sensitivity_parse ("high", &one) && one == SENSITIVITY_HIGH);
    assert_true (detect_threshold (one) == 3.5 && detect_threshold (SENSITIVITY_LOW) == 6);
    assert_string_equal (sensitivity_name (SENSITIVITY_LOW), "low");
    assert_false (sensitivity_parse ("", &one));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_finds_what_was_planted),
        cmocka_unit_test (test_is_quiet_where_nothing_is),
        cmocka_unit_test (test_is_silent_on_little),
        cmocka_unit_test (test_needs_six_weeks),
        cmocka_unit_test (test_six_weeks_of_numbers),
        cmocka_unit_test (test_ignores_what_may_change),
        cmocka_unit_test (test_expects_what_the_weekday_has),
        cmocka_unit_test (test_a_new_level_is_told_once),
        cmocka_unit_test (test_missing_days_are_no_zeros),
        cmocka_unit_test (test_a_rate_is_as_sure_as_its_counts),
        cmocka_unit_test (test_finds_small_counts_too),
        cmocka_unit_test (test_two_days_pass_together),
        cmocka_unit_test (test_money_has_no_dice),
        cmocka_unit_test (test_names_of_sensitivity),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
