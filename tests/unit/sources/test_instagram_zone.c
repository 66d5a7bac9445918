/* Instagram's days, on both sides of daylight saving. */
#include "sources/instagram_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static gint64
instant_of (const char *text)
{
    gint64 instant;

    assert_true (instant_parse (text, &instant));
    return instant;
}

static Day
day_in (const char *text)
{
    Day day;

    assert_true (day_parse (text, &day));
    return day;
}

static const struct {
    const char *day, *begins;
} midnights[] = {
    { "2026-01-10", "2026-01-10T08:00:00Z" }, { "2026-07-01", "2026-07-01T07:00:00Z" },
    { "2026-03-08", "2026-03-08T08:00:00Z" },                                           /* 23 hours */
    { "2026-03-09", "2026-03-09T07:00:00Z" }, { "2026-11-01", "2026-11-01T07:00:00Z" }, /* 25 hours */
    { "2026-11-02", "2026-11-02T08:00:00Z" }, { "2024-02-29", "2024-02-29T08:00:00Z" },
    { "2027-01-01", "2027-01-01T08:00:00Z" },
};

static void
test_midnights (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (midnights); i++) {
        Day day = day_in (midnights[i].day);
        gint64 begins = instant_of (midnights[i].begins);

        assert_int_equal (instagram_midnight (day), begins);
        assert_int_equal (instagram_day_before (begins), day - 1);
        assert_int_equal (instagram_day_of (begins), day);
        assert_int_equal (instagram_day_of (begins - 1), day - 1);
    }
}

/* Every day of years that come: what begins ends, and is put where it belongs. */
static void
test_days_of_ten_years (void **state)
{
    for (Day day = day_in ("2020-01-01"); day < day_in ("2030-01-01"); day++) {
        gint64 begins = instagram_midnight (day), ends = instagram_midnight (day + 1);

        assert_in_range ((ends - begins) / SECOND_US, 23 * 3600, 25 * 3600);
        assert_int_equal (instagram_day_before (ends), day);
        /* a platform that forgets daylight saving */
        assert_int_equal (instagram_day_before (ends + 3600 * SECOND_US), day);
        assert_int_equal (instagram_day_before (ends - 3600 * SECOND_US), day);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_midnights),
        cmocka_unit_test (test_days_of_ten_years),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
