#include "widgets/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MONDAY 20458 /* 2026-01-05 */

/* A window of four weeks from a Monday, of which ten days are complete. */
static PaceInput
ten_days (Total total, double value, double target)
{
    return (PaceInput){ .window = { MONDAY, MONDAY + 27 },
                        .through = MONDAY + 9,
                        .value = value,
                        .target = target,
                        .total = total };
}

static void
test_linear (void **state)
{
    PaceInput input = ten_days (TOTAL_SUM, 500, 1400);
    Pace pace = pace_of (&input);

    assert_string_equal (pace.basis, "linear");
    assert_int_equal (pace.days, 28);
    assert_int_equal (pace.days_complete, 10);
    assert_int_equal (pace.days_left, 18);
    assert_true (pace.expected == 500);
    assert_true (pace.projected == 1400);
    assert_int_equal (pace.verdict, PACE_ON_TRACK);
    input.value = 499;
    assert_int_equal (pace_of (&input).verdict, PACE_OFF_TRACK);
}

/* Weekdays bring 100, Saturdays 20, Sundays nothing: a week is 520. */
static void
test_weekdays (void **state)
{
    PaceInput input = ten_days (TOTAL_SUM, 830, 2080);
    double days[PACE_PATTERN_DAYS];
    Pace pace;

    for (int i = 0; i < PACE_PATTERN_DAYS; i++) {
        int weekday = day_weekday (input.through - PACE_PATTERN_DAYS + 1 + i);

        days[i] = weekday == 6 ? 20 : weekday == 7 ? 0 : 100;
    }
    assert_true (pace_pattern (&input, days, input.through));
    pace = pace_of (&input);
    assert_string_equal (pace.basis, "weekday");
    assert_true (pace.expected == 820);         /* a week and three weekdays of four weeks that are 2080 */
    assert_true (pace.projected == 830 + 1260); /* two weekdays, a Saturday, two weeks */
    assert_int_equal (pace.verdict, PACE_ON_TRACK);
    days[13] = NAN;
    input.has_pattern = FALSE;
    assert_false (pace_pattern (&input, days, input.through));
    assert_false (input.has_pattern);
}

static void
test_a_pattern_of_nothing_is_none (void **state)
{
    PaceInput input = ten_days (TOTAL_SUM, 0, 10);
    double days[PACE_PATTERN_DAYS] = { 0 };

    assert_false (pace_pattern (&input, days, input.through));
    assert_string_equal (pace_of (&input).basis, "linear");
}

/* Nothing to go by: the pattern alone, or not even that. */
static void
test_before_the_first_day (void **state)
{
    PaceInput input = ten_days (TOTAL_SUM, NAN, 1400);
    Pace pace;

    input.through = MONDAY - 3;
    pace = pace_of (&input);
    assert_int_equal (pace.days_complete, 0);
    assert_int_equal (pace.days_left, 28);
    assert_true (pace.expected == 0);
    assert_true (isnan (pace.projected));
    assert_int_equal (pace.verdict, PACE_UNKNOWN);
    for (int i = 0; i < 7; i++)
        input.weekdays[i] = 60;
    input.has_pattern = TRUE;
    assert_true (pace_of (&input).projected == 28 * 60);
}

static void
test_after_the_last_day (void **state)
{
    PaceInput input = ten_days (TOTAL_SUM, 1399, 1400);
    Pace pace;

    input.through = MONDAY + 300;
    pace = pace_of (&input);
    assert_int_equal (pace.days_left, 0);
    assert_true (pace.expected == 1400 && pace.projected == 1399);
    assert_int_equal (pace.verdict, PACE_OFF_TRACK);
}

static void
test_which_way_is_better (void **state)
{
    PaceInput input = ten_days (TOTAL_RATIO, 3, 4);

    assert_string_equal (pace_of (&input).basis, "as_is");
    assert_true (isnan (pace_of (&input).expected) && isnan (pace_of (&input).projected));
    assert_int_equal (pace_of (&input).verdict, PACE_OFF_TRACK);
    input.good = GOOD_DOWN;
    assert_int_equal (pace_of (&input).verdict, PACE_ON_TRACK);
    input.good = GOOD_NONE; /* a plan: a tenth off is near enough */
    assert_int_equal (pace_of (&input).verdict, PACE_OFF_TRACK);
    input.value = 4.39;
    assert_int_equal (pace_of (&input).verdict, PACE_ON_TRACK);
    input.value = NAN;
    assert_int_equal (pace_of (&input).verdict, PACE_UNKNOWN);
    input.total = TOTAL_LAST;
    input.value = 4;
    assert_int_equal (pace_of (&input).verdict, PACE_ON_TRACK);
}

/* Who came already may come again: no day of people is a share of the whole. */
static void
test_people_are_not_paced (void **state)
{
    PaceInput input = ten_days (TOTAL_UNIQUE, 100, 200);

    assert_true (isnan (pace_of (&input).projected));
    assert_int_equal (pace_of (&input).verdict, PACE_UNKNOWN);
    input.value = 200;
    assert_int_equal (pace_of (&input).verdict, PACE_ON_TRACK);
    input.value = 199;
    input.through = input.window.to;
    assert_int_equal (pace_of (&input).verdict, PACE_OFF_TRACK);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_linear),
        cmocka_unit_test (test_weekdays),
        cmocka_unit_test (test_a_pattern_of_nothing_is_none),
        cmocka_unit_test (test_before_the_first_day),
        cmocka_unit_test (test_after_the_last_day),
        cmocka_unit_test (test_which_way_is_better),
        cmocka_unit_test (test_people_are_not_paced),
    };

    return cmocka_run_group_tests_name ("pace", tests, NULL, NULL);
}
