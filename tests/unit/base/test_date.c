#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
days_are_read_strictly (void **state)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-1-2",
        "2026-01-2",
        "26-01-02",
        "2026/01/02",
        "2026-01-02 ",
        " 2026-01-02",
        "2026-01-02Z",
        "2026-01-02T00:00:00Z",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "0000-01-01",
        "-001-01-01",
        "+026-01-02",
        "2026-0a-02",
        "2026-01-0x",
        "20260-01-02",
        "2026-01-02-2026-01-02-2026-01-02-2026-01",
        "２０２６-01-02",
        "2026- 1-02",
        "2026-01-+2",
        "0x26-01-02",
    };
    Day day = 5;

    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        if (day_parse (wrong[i], &day))
            fail_msg ("read \"%s\"", wrong[i]);
    assert_false (day_parse (NULL, &day));
    assert_false (day_parse_compact (NULL, &day));
}

static void
leap_years_are_known (void **state)
{
    static const char *const leap[] = { "2024-02-29", "2000-02-29", "1600-02-29", "0004-02-29",
                                        "9996-02-29" };
    Day day;

    for (guint i = 0; i < G_N_ELEMENTS (leap); i++)
        assert_true (day_parse (leap[i], &day));
    assert_int_equal (day_of (2023, 2, 29), DAY_NONE);
    assert_int_equal (day_of (2024, 2, 30), DAY_NONE);
    assert_int_equal (day_of (2024, 3, 1) - day_of (2024, 2, 28), 2);
    assert_int_equal (day_of (1900, 3, 1) - day_of (1900, 2, 28), 1);
}

static void
compact_days_are_read (void **state)
{
    static const char *const wrong[] = { "",         "2026010", "202601022", "2026-1-2",
                                         "20260230", "(other)", "00000101",  "2026010a" };
    Day day;

    assert_true (day_parse_compact ("20260102", &day));
    assert_int_equal (day, day_of (2026, 1, 2));
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        assert_false (day_parse_compact (wrong[i], &day));
}

static void
known_days (void **state)
{
    static const struct {
        const char *text;
        Day day;
        int weekday;
    } cases[] = {
        { "1970-01-01", 0, 4 },       { "1969-12-31", -1, 3 },      { "2000-01-01", 10957, 6 },
        { "2026-11-21", 20778, 6 },   { "1969-07-20", -165, 7 },    { "2024-02-29", 19782, 4 },
        { "0001-01-01", -719162, 1 }, { "9999-12-31", 2932896, 5 }, { "1582-10-15", -141427, 5 },
    };
    char text[DAY_TEXT];

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        Day day = DAY_NONE;

        assert_true (day_parse (cases[i].text, &day));
        assert_int_equal (day, cases[i].day);
        assert_int_equal (day_weekday (day), cases[i].weekday);
        assert_string_equal (day_format (day, text), cases[i].text);
    }
}

/* Every day of four centuries: the next date, the next weekday, and back again. */
static void
calendar_is_whole (void **state)
{
    int weekday = day_weekday (day_of (1800, 1, 1));
    char text[DAY_TEXT];

    for (Day day = day_of (1800, 1, 1); day <= day_of (2200, 12, 31); day++) {
        int y, m, d;
        Day back;

        day_split (day, &y, &m, &d);
        assert_int_equal (day_of (y, m, d), day);
        assert_true (day_parse (day_format (day, text), &back) && back == day);
        assert_int_equal (day_weekday (day), weekday);
        weekday = weekday % 7 + 1;
    }
}

static void
years_back (void **state)
{
    assert_int_equal (day_minus_years (day_of (2026, 7, 15), 1), day_of (2025, 7, 15));
    assert_int_equal (day_minus_years (day_of (2024, 2, 29), 1), day_of (2023, 2, 28));
    assert_int_equal (day_minus_years (day_of (2024, 2, 29), 4), day_of (2020, 2, 29));
    assert_int_equal (day_minus_years (day_of (2025, 2, 28), 1), day_of (2024, 2, 28));
    assert_int_equal (day_minus_years (day_of (2025, 3, 1), 1), day_of (2024, 3, 1));
    assert_int_equal (day_minus_years (day_of (1, 5, 1), 1), DAY_NONE);
}

static void
instants_are_written (void **state)
{
    static const struct {
        gint64 instant;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59.999999Z" },
        { -SECOND_US, "1969-12-31T23:59:59Z" },
        { 1, "1970-01-01T00:00:00.000001Z" },
        { G_GINT64_CONSTANT (1767341700) * SECOND_US, "2026-01-02T08:15:00Z" },
        { G_GINT64_CONSTANT (1767341700) * SECOND_US + 123456, "2026-01-02T08:15:00.123456Z" },
        { G_GINT64_CONSTANT (1709251199) * SECOND_US, "2024-02-29T23:59:59Z" },
        { G_GINT64_CONSTANT (-86400) * SECOND_US, "1969-12-31T00:00:00Z" },
        { G_GINT64_CONSTANT (253402300799) * SECOND_US, "9999-12-31T23:59:59Z" },
    };
    char text[INSTANT_TEXT];

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        gint64 back = 0;

        assert_string_equal (instant_format (cases[i].instant, text), cases[i].text);
        assert_true (instant_parse (text, &back));
        assert_true (back == cases[i].instant);
    }
}

static void
instants_are_read (void **state)
{
    static const struct {
        const char *text, *same;
    } cases[] = {
        { "2026-01-02 08:15:00.1+00", "2026-01-02T08:15:00.100000Z" },
        { "2026-01-02 08:15:00+00", "2026-01-02T08:15:00Z" },
        { "2026-01-02T09:45:00+01:30", "2026-01-02T08:15:00Z" },
        { "2026-01-02T09:45:00+0130", "2026-01-02T08:15:00Z" },
        { "2026-01-02T00:15:00-08:00", "2026-01-02T08:15:00Z" },
        { "2026-01-01T23:45:00-08:30", "2026-01-02T08:15:00Z" },
        { "2026-01-02T13:45:00+05:30", "2026-01-02T08:15:00Z" },
        { "2026-01-02T08:15:00.123456789Z", "2026-01-02T08:15:00.123456Z" },
        { "2026-01-02T08:15:00.000000Z", "2026-01-02T08:15:00Z" },
        { "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z" },
        { "2026-03-08T10:30:00+0000", "2026-03-08T10:30:00Z" }, /* Instagram */
        { "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
        { "2026-01-02T08:15:00-00:00", "2026-01-02T08:15:00Z" },
    };
    char text[INSTANT_TEXT];

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        gint64 instant = 0;

        if (!instant_parse (cases[i].text, &instant))
            fail_msg ("not read: %s", cases[i].text);
        assert_string_equal (instant_format (instant, text), cases[i].same);
    }
}

static void
instants_are_read_strictly (void **state)
{
    static const char *const wrong[] = {
        "",
        "2026-01-02",
        "2026-01-02T08:15:00",
        "2026-01-02T08:15Z",
        "2026-01-02T08:15:00z",
        "2026-01-02t08:15:00Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T08:60:00Z",
        "2026-01-02T08:15:61Z",
        "2026-02-30T08:15:00Z",
        "2026-01-02T08:15:00+1",
        "2026-01-02T08:15:00+01:3",
        "2026-01-02T08:15:00+01:",
        "2026-01-02T08:15:00+24:00",
        "2026-01-02T08:15:00+01:60",
        "2026-01-02T08:15:00.Z",
        "2026-01-02T08:15:00.Z5",
        "2026-01-02T08:15:00,5Z",
        "2026-01-02T08:15:00Zx",
        "2026-01-02T08:15:00 Z",
        "2026-01-02T08:15:00UTC",
        "2026-01-02T08-15-00Z",
        "2026-01-02T 8:15:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "now                  Z",
    };
    gint64 instant;

    assert_false (instant_parse (NULL, &instant));
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        if (instant_parse (wrong[i], &instant))
            fail_msg ("read \"%s\"", wrong[i]);
}

static void
day_depends_on_the_zone (void **state)
{
    static const struct {
        const char *zone, *instant, *day;
    } cases[] = {
        { "UTC", "2026-01-01T23:59:59.999999Z", "2026-01-01" },
        { "UTC", "1969-12-31T23:59:59.999999Z", "1969-12-31" },
        { "America/Los_Angeles", "2026-03-08T07:59:59Z", "2026-03-07" }, /* the day of 23 hours */
        { "America/Los_Angeles", "2026-03-08T08:00:00Z", "2026-03-08" },
        { "America/Los_Angeles", "2026-03-09T06:59:59.999999Z", "2026-03-08" },
        { "America/Los_Angeles", "2026-03-09T07:00:00Z", "2026-03-09" },
        { "America/Los_Angeles", "2026-11-01T06:59:59Z", "2026-10-31" }, /* the day of 25 hours */
        { "America/Los_Angeles", "2026-11-01T07:00:00Z", "2026-11-01" },
        { "America/Los_Angeles", "2026-11-02T07:59:59Z", "2026-11-01" },
        { "America/Los_Angeles", "2026-11-02T08:00:00Z", "2026-11-02" },
        { "America/Los_Angeles", "2050-07-01T06:59:59Z",
          "2050-06-30" }, /* by the rule after the table's end */
        { "America/Los_Angeles", "2050-07-01T07:00:00Z", "2050-07-01" },
        { "America/Los_Angeles", "1969-06-30T06:59:59Z", "1969-06-29" },
        { "Asia/Kolkata", "2026-05-05T18:29:59Z", "2026-05-05" },
        { "Asia/Kolkata", "2026-05-05T18:30:00Z", "2026-05-06" },
        { "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29" }, /* there was no 30 December 2011 */
        { "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31" },
        { "Asia/Kathmandu", "2026-05-05T18:15:00Z", "2026-05-06" },
        { "Etc/GMT+12", "2026-05-05T11:59:59Z", "2026-05-04" },
    };
    char text[DAY_TEXT];

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GTimeZone) zone = zone_find (cases[i].zone);
        gint64 instant = 0;

        assert_non_null (zone);
        assert_true (instant_parse (cases[i].instant, &instant));
        day_format (instant_day (instant, zone), text);
        if (strcmp (text, cases[i].day) != 0)
            fail_msg ("%s in %s is %s, not %s", cases[i].instant, cases[i].zone, text, cases[i].day);
    }
}

static void
unknown_zones_are_refused (void **state)
{
    static const char *const unknown[] = { "",
                                           "Mars/Olympus",
                                           "America/Los_Angelos",
                                           "america/los_angeles",
                                           "PST",
                                           "Foo5",
                                           "Foo5Bar",
                                           "PST8PDT,M3.2.0,M11.1.0",
                                           "+02:00",
                                           "-08",
                                           "08",
                                           "UTC+2",
                                           "posixrules",
                                           "localtime",
                                           "Factory",
                                           "right/UTC",
                                           "/etc/passwd",
                                           "../../../etc/passwd",
                                           "America/../../../../etc/passwd",
                                           "America",
                                           " UTC",
                                           "UTC " };

    assert_null (zone_find (NULL));
    for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
        g_autoptr (GTimeZone) zone = zone_find (unknown[i]);

        if (zone)
            fail_msg ("found \"%s\" as %s", unknown[i], g_time_zone_get_identifier (zone));
    }
}

static void
old_names_of_zones_are_known (void **state)
{
    static const char *const known[] = { "PST8PDT", "EST5EDT", "CST6CDT", "MST7MDT",
                                         "GMT0",    "GMT+0",   "GMT-0",   "Etc/GMT+5" };

    for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
        g_autoptr (GTimeZone) zone = zone_find (known[i]);

        if (!zone)
            fail_msg ("%s is not known", known[i]);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (days_are_read_strictly),     cmocka_unit_test (leap_years_are_known),
        cmocka_unit_test (compact_days_are_read),      cmocka_unit_test (known_days),
        cmocka_unit_test (calendar_is_whole),          cmocka_unit_test (years_back),
        cmocka_unit_test (instants_are_written),       cmocka_unit_test (instants_are_read),
        cmocka_unit_test (instants_are_read_strictly), cmocka_unit_test (day_depends_on_the_zone),
        cmocka_unit_test (unknown_zones_are_refused),  cmocka_unit_test (old_names_of_zones_are_known),
    };

    return cmocka_run_group_tests_name ("date", tests, NULL, NULL);
}
