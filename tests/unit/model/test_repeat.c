/* What comes again: also where clocks change, in short months, and where a zone skips a date. */
#include "model/repeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static gint64
at (const char *text)
{
    gint64 instant;

    assert_true (instant_parse (text, &instant));
    return instant;
}

static void
next_is (const char *zone, RepeatKind kind, int day, int minutes, const char *now, const char *want)
{
    g_autoptr (GTimeZone) found = zone_find (zone);
    Repeat repeat = { .at = { .zone = found, .minutes = minutes }, .kind = kind, .day = day };
    char text[INSTANT_TEXT];

    assert_string_equal (instant_format (repeat_next (&repeat, at (now)), text), want);
}

static void
test_next (void **state)
{
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 480, "2026-01-05T06:59:59Z", "2026-01-05T07:00:00Z");
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 480, "2026-01-05T07:00:00Z", "2026-01-06T07:00:00Z");
    next_is ("Europe/Berlin", REPEAT_WEEKLY, 1, 480, "2026-01-05T07:00:00Z", "2026-01-12T07:00:00Z");
    next_is ("Pacific/Kiritimati", REPEAT_WEEKLY, 7, 0, "2026-01-03T09:59:59Z", "2026-01-03T10:00:00Z");
    next_is ("Pacific/Niue", REPEAT_MONTHLY, 1, 1439, "2026-01-02T10:59:00Z", "2026-02-02T10:59:00Z");
}

static void
test_clocks_change (void **state)
{
    /* To summer time: 02:30 does not exist on 29 March, and then it is an hour earlier in UTC. */
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 150, "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z");
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 150, "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    /* And back: 02:30 comes twice on 25 October, and counts once. */
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 150, "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z");
    next_is ("Europe/Berlin", REPEAT_DAILY, 0, 150, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    /* Samoa had no 30 December 2011. */
    next_is ("Pacific/Apia", REPEAT_DAILY, 0, 480, "2011-12-29T18:00:00Z", "2011-12-30T18:00:00Z");
}

static void
test_short_months (void **state)
{
    next_is ("UTC", REPEAT_MONTHLY, 31, 0, "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z");
    next_is ("UTC", REPEAT_MONTHLY, 31, 0, "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z");
    next_is ("UTC", REPEAT_MONTHLY, 30, 0, "2028-02-01T00:00:00Z", "2028-02-29T00:00:00Z");
    next_is ("UTC", REPEAT_MONTHLY, 30, 0, "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z");
}

static void
newest_is (RepeatKind kind, int day, const char *now, const char *want)
{
    g_autoptr (GTimeZone) zone = zone_find ("America/Los_Angeles");
    Repeat repeat = { .at = { .zone = zone, .minutes = 480 }, .kind = kind, .day = day };
    char text[DAY_TEXT];

    assert_string_equal (day_format (repeat_newest (&repeat, at (now)), text), want);
}

static void
test_newest (void **state)
{
    newest_is (REPEAT_DAILY, 0, "2026-01-05T16:00:00Z", "2026-01-05");
    newest_is (REPEAT_DAILY, 0, "2026-01-05T15:59:59Z", "2026-01-04");
    newest_is (REPEAT_WEEKLY, 3, "2026-01-06T23:00:00Z", "2025-12-31");
    newest_is (REPEAT_MONTHLY, 31, "2026-03-15T00:00:00Z", "2026-02-28");
}

static void
latest_is (Latest latest, const char *date, const char *from, const char *to)
{
    char text[DAY_TEXT];
    Period period;
    Day day;

    assert_true (day_parse (date, &day));
    period = latest_before (latest, day);
    assert_string_equal (day_format (period.from, text), from);
    assert_string_equal (day_format (period.to, text), to);
}

static void
test_latest (void **state)
{
    latest_is (LATEST_DAY, "2026-03-01", "2026-02-28", "2026-02-28");
    latest_is (LATEST_7_DAYS, "2026-01-05", "2025-12-29", "2026-01-04");
    latest_is (LATEST_28_DAYS, "2028-03-01", "2028-02-02", "2028-02-29");
    latest_is (LATEST_MONTH, "2026-03-01", "2026-02-01", "2026-02-28");
    latest_is (LATEST_MONTH, "2026-01-31", "2025-12-01", "2025-12-31");
}

static void
test_names (void **state)
{
    RepeatKind kind = REPEAT_DAILY;
    Latest latest = LATEST_DAY;

    for (RepeatKind one = REPEAT_DAILY; one <= REPEAT_MONTHLY; one++) {
        assert_true (repeat_parse (repeat_name (one), &kind));
        assert_int_equal (kind, one);
    }
    for (Latest one = LATEST_DAY; one <= LATEST_MONTH; one++) {
        assert_true (latest_parse (latest_name (one), &latest));
        assert_int_equal (latest, one);
    }
    assert_false (repeat_parse ("yearly", &kind));
    assert_false (latest_parse (NULL, &latest));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_next),         cmocka_unit_test (test_clocks_change),
        cmocka_unit_test (test_short_months), cmocka_unit_test (test_newest),
        cmocka_unit_test (test_latest),       cmocka_unit_test (test_names),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
