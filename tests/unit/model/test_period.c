#include "model/period.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Period
period (const char *from, const char *to)
{
    Period read = { 0, 0 };
    g_autoptr (GError) error = NULL;

    if (!period_read (from, to, &read, &error))
        fail_msg ("%s", error->message);
    return read;
}

static void
refused (gboolean done, GError **where, const char *words)
{
    const GError *error = *where; /* read only now: the call that sets it is among the arguments */

    assert_false (done);
    assert_true (fault_is (error, FAULT_INVALID));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
}

static void
periods_are_inclusive (void **state)
{
    assert_int_equal (period_days (period ("2026-01-01", "2026-01-01")), 1);
    assert_int_equal (period_days (period ("2026-01-01", "2026-01-31")), 31);
    assert_int_equal (period_days (period ("2024-02-01", "2024-03-01")), 30);
    assert_int_equal (period_days (period ("2024-01-01", "2024-12-31")), 366);
}

static void
bad_periods_name_the_parameter (void **state)
{
    static const struct {
        const char *from, *to, *words;
    } cases[] = {
        { NULL, "2026-01-01", "startDate is missing" },
        { "2026-01-01", NULL, "endDate is missing" },
        { "", "2026-01-01", "startDate is missing" },
        { "2026-02-29", "2026-03-01", "startDate is not a date: \"2026-02-29\"" },
        { "2026-02-01", "yesterday", "endDate is not a date: \"yesterday\"" },
        { "2026-1-1", "2026-01-31", "startDate is not a date" },
        { "2026-01-02", "2026-01-01", "startDate (2026-01-02) is after endDate (2026-01-01)" },
        { "2020-01-01", "2026-01-01", "startDate to endDate is 2193 days; at most 1100" },
        { "2026-01-01'; DROP TABLE users; --", "2026-01-01", "startDate is not a date" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        Period read;

        refused (period_read (cases[i].from, cases[i].to, &read, &error), &error, cases[i].words);
    }
}

static void
length_is_bounded (void **state)
{
    g_autoptr (GError) error = NULL;
    Period longest = period ("2023-01-01", "2026-01-04"), longer;

    assert_int_equal (period_days (longest), PERIOD_MAX_DAYS);
    refused (period_read ("2023-01-01", "2026-01-05", &longer, &error), &error, "1101 days");
    period ("0001-01-01", "0001-01-01");
    period ("9999-12-31", "9999-12-31");
}

static void
comparisons_are_found (void **state)
{
    static const struct {
        const char *compare, *from, *to; /* the period */
        CompareKind kind;
        const char *want_from, *want_to;
    } cases[] = {
        { NULL, "2026-03-01", "2026-03-31", COMPARE_OFF, NULL, NULL },
        { "off", "2026-03-01", "2026-03-31", COMPARE_OFF, NULL, NULL },
        { "previous_period", "2026-03-01", "2026-03-31", COMPARE_PREVIOUS_PERIOD, "2026-01-29",
          "2026-02-28" },
        { "previous", "2026-03-01", "2026-03-07", COMPARE_PREVIOUS_PERIOD, "2026-02-22", "2026-02-28" },
        { "prior", "2024-03-01", "2024-03-01", COMPARE_PREVIOUS_PERIOD, "2024-02-29", "2024-02-29" },
        { "on", "2026-01-01", "2026-01-31", COMPARE_PREVIOUS_PERIOD, "2025-12-01", "2025-12-31" },
        { "previous_year", "2026-03-01", "2026-03-31", COMPARE_PREVIOUS_YEAR, "2025-03-01", "2025-03-31" },
        { "previous_year", "2024-02-29", "2024-02-29", COMPARE_PREVIOUS_YEAR, "2023-02-28", "2023-02-28" },
        { "previous_year", "2024-02-01", "2024-02-29", COMPARE_PREVIOUS_YEAR, "2023-02-01", "2023-02-28" },
        { "previous_year", "2025-02-01", "2025-02-28", COMPARE_PREVIOUS_YEAR, "2024-02-01", "2024-02-28" },
        { "previous_year", "0002-01-01", "0002-01-31", COMPARE_PREVIOUS_YEAR, "0001-01-01", "0001-01-31" },
        { "previous_period", "0001-01-02", "0001-01-02", COMPARE_PREVIOUS_PERIOD, "0001-01-01",
          "0001-01-01" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        Comparison comparison;
        char text[DAY_TEXT];

        if (!comparison_read (cases[i].compare, "ignored", NULL, period (cases[i].from, cases[i].to),
                              &comparison, &error))
            fail_msg ("%s", error->message);
        assert_int_equal (comparison.kind, cases[i].kind);
        if (!cases[i].want_from)
            continue;
        assert_string_equal (day_format (comparison.period.from, text), cases[i].want_from);
        assert_string_equal (day_format (comparison.period.to, text), cases[i].want_to);
    }
}

static void
custom_has_its_own_dates (void **state)
{
    static const struct {
        const char *from, *to, *words;
    } cases[] = {
        { NULL, "2026-01-01", "compareStart is missing" },
        { "2026-01-01", "", "compareEnd is missing" },
        { "2026-01-01", "2026-13-01", "compareEnd is not a date" },
        { "2026-01-02", "2026-01-01", "compareStart (2026-01-02) is after compareEnd (2026-01-01)" },
        { "2020-01-01", "2026-01-01", "compareStart to compareEnd is 2193 days" },
    };
    Period asked = period ("2026-03-01", "2026-03-31");
    Comparison comparison;

    assert_true (comparison_read ("custom", "2025-12-24", "2026-01-06", asked, &comparison, NULL));
    assert_int_equal (comparison.kind, COMPARE_CUSTOM);
    assert_int_equal (comparison.period.from, day_of (2025, 12, 24));
    assert_int_equal (comparison.period.to, day_of (2026, 1, 6)); /* of another length: allowed */
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        refused (comparison_read ("custom", cases[i].from, cases[i].to, asked, &comparison, &error), &error,
                 cases[i].words);
    }
}

static void
unknown_comparisons_are_refused (void **state)
{
    static const char *const unknown[] = { "", "OFF", "yes", "previous-period", "previous_period ", "year" };

    for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
        g_autoptr (GError) error = NULL;
        Comparison comparison;

        refused (comparison_read (unknown[i], NULL, NULL, period ("2026-03-01", "2026-03-31"), &comparison,
                                  &error),
                 &error, "compare is \"");
    }
}

/* The calendar begins on 0001-01-01; what lies before it has no dates. */
static void
nothing_is_before_the_first_year (void **state)
{
    static const char *const kinds[] = { "previous_period", "previous_year" };

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autoptr (GError) error = NULL;
        Comparison comparison;

        refused (
            comparison_read (kinds[i], NULL, NULL, period ("0001-01-01", "0001-01-31"), &comparison, &error),
            &error, "before the year 1");
    }
}

static void
kinds_have_names (void **state)
{
    assert_string_equal (comparison_name (COMPARE_OFF), "off");
    assert_string_equal (comparison_name (COMPARE_PREVIOUS_PERIOD), "previous_period");
    assert_string_equal (comparison_name (COMPARE_PREVIOUS_YEAR), "previous_year");
    assert_string_equal (comparison_name (COMPARE_CUSTOM), "custom");
}

/* What is asked, how far days are complete, and what may be compared; NULL: nothing is cut. */
static const struct {
    const char *now[2], *before[2], *through, *cut_now[2], *cut_before[2];
} cuts[] = {
    { { "2026-01-11", "2026-01-20" }, { "2026-01-01", "2026-01-10" }, "2026-01-20", { NULL }, { NULL } },
    { { "2026-01-11", "2026-01-20" },
      { "2026-01-01", "2026-01-10" },
      "2026-01-19",
      { "2026-01-11", "2026-01-19" },
      { "2026-01-01", "2026-01-09" } },
    { { "2026-01-11", "2026-01-20" },
      { "2026-01-01", "2026-01-10" },
      "2026-01-11",
      { "2026-01-11", "2026-01-11" },
      { "2026-01-01", "2026-01-01" } },
    /* none is complete: both end the day before they start */
    { { "2026-01-11", "2026-01-20" },
      { "2026-01-01", "2026-01-10" },
      "2026-01-10",
      { "2026-01-11", "2026-01-10" },
      { "2026-01-01", "2025-12-31" } },
    /* a year with a leap day: as many days, not the same dates */
    { { "2025-02-25", "2025-03-05" },
      { "2024-02-25", "2024-03-05" },
      "2025-03-01",
      { "2025-02-25", "2025-03-01" },
      { "2024-02-25", "2024-02-29" } },
    /* a shorter period beside it stays whole as long as it is not the longer one */
    { { "2026-01-11", "2026-01-20" },
      { "2026-01-01", "2026-01-03" },
      "2026-01-15",
      { "2026-01-11", "2026-01-15" },
      { "2026-01-01", "2026-01-03" } },
    { { "2026-01-11", "2026-01-20" },
      { "2026-01-01", "2026-01-03" },
      "2026-01-12",
      { "2026-01-11", "2026-01-12" },
      { "2026-01-01", "2026-01-02" } },
    /* the other one is the later */
    { { "2026-01-01", "2026-01-10" },
      { "2026-01-11", "2026-01-20" },
      "2026-01-14",
      { "2026-01-01", "2026-01-04" },
      { "2026-01-11", "2026-01-14" } },
};

static Period
range (const char *const days[2])
{
    Period period;

    assert_true (day_parse (days[0], &period.from) && day_parse (days[1], &period.to));
    return period;
}

static void
incomplete_days_are_cut_off (void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++) {
        Period now = range (cuts[i].now);
        Comparison comparison = { COMPARE_CUSTOM, range (cuts[i].before) };
        Day through;

        assert_true (day_parse (cuts[i].through, &through));
        assert_int_equal (comparison_cut (&now, &comparison, through), cuts[i].cut_now[0] != NULL);
        if (!cuts[i].cut_now[0])
            continue;
        assert_memory_equal (&now, &(Period[]){ range (cuts[i].cut_now) }, sizeof now);
        assert_memory_equal (&comparison.period, &(Period[]){ range (cuts[i].cut_before) }, sizeof now);
    }
}

static void
nothing_compared_is_not_cut (void **state)
{
    Period now = period ("2026-01-01", "2026-01-10");
    Comparison off = { .kind = COMPARE_OFF };

    assert_false (comparison_cut (&now, &off, now.from));
    assert_int_equal (period_days (now), 10);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (periods_are_inclusive),
        cmocka_unit_test (bad_periods_name_the_parameter),
        cmocka_unit_test (length_is_bounded),
        cmocka_unit_test (comparisons_are_found),
        cmocka_unit_test (custom_has_its_own_dates),
        cmocka_unit_test (unknown_comparisons_are_refused),
        cmocka_unit_test (nothing_is_before_the_first_year),
        cmocka_unit_test (kinds_have_names),
        cmocka_unit_test (incomplete_days_are_cut_off),
        cmocka_unit_test (nothing_compared_is_not_cut),
    };

    return cmocka_run_group_tests_name ("period", tests, NULL, NULL);
}
