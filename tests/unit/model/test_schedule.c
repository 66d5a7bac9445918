/* test_schedule.c -- when a date's run is due, against instants found elsewhere:
 * by a scan of UTC minutes for the first wall time at or after HH:MM, with
 * another library's zone data (ICU) for the dates in this file, with Python's
 * for all dates of many years and zones (schedule.tsv). */
#include "model/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define QUARTER_PAST 15

static const struct {
    const char *zone, *date, *due;
} table[] = {
    /* clang-format off */
    { "America/Los_Angeles", "2026-03-07", "2026-03-07T08:15:00Z" },
    { "America/Los_Angeles", "2026-03-08", "2026-03-08T08:15:00Z" },
    { "America/Los_Angeles", "2026-03-09", "2026-03-09T07:15:00Z" },
    { "America/Los_Angeles", "2026-03-10", "2026-03-10T07:15:00Z" },
    { "America/Los_Angeles", "2026-10-31", "2026-10-31T07:15:00Z" },
    { "America/Los_Angeles", "2026-11-01", "2026-11-01T07:15:00Z" },
    { "America/Los_Angeles", "2026-11-02", "2026-11-02T08:15:00Z" },
    { "America/Los_Angeles", "2026-11-03", "2026-11-03T08:15:00Z" },
    { "America/Los_Angeles", "2027-03-13", "2027-03-13T08:15:00Z" },
    { "America/Los_Angeles", "2027-03-14", "2027-03-14T08:15:00Z" },
    { "America/Los_Angeles", "2027-03-15", "2027-03-15T07:15:00Z" },
    { "America/Los_Angeles", "2040-11-03", "2040-11-03T07:15:00Z" },
    { "America/Los_Angeles", "2040-11-04", "2040-11-04T07:15:00Z" },
    { "America/Los_Angeles", "2040-11-05", "2040-11-05T08:15:00Z" },
    { "America/Havana", "2026-03-07", "2026-03-07T05:15:00Z" },
    { "America/Havana", "2026-03-08", "2026-03-08T05:00:00Z" },
    { "America/Havana", "2026-03-09", "2026-03-09T04:15:00Z" },
    { "America/Havana", "2026-10-31", "2026-10-31T04:15:00Z" },
    { "America/Havana", "2026-11-01", "2026-11-01T04:15:00Z" },
    { "America/Havana", "2026-11-02", "2026-11-02T05:15:00Z" },
    { "America/Santiago", "2026-09-05", "2026-09-05T04:15:00Z" },
    { "America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z" },
    { "America/Santiago", "2026-09-07", "2026-09-07T03:15:00Z" },
    { "America/Santiago", "2026-04-03", "2026-04-03T03:15:00Z" },
    { "America/Santiago", "2026-04-04", "2026-04-04T03:15:00Z" },
    { "America/Santiago", "2026-04-05", "2026-04-05T04:15:00Z" },
    { "America/Santiago", "2026-04-06", "2026-04-06T04:15:00Z" },
    { "Asia/Beirut", "2026-03-28", "2026-03-27T22:15:00Z" },
    { "Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z" },
    { "Asia/Beirut", "2026-03-30", "2026-03-29T21:15:00Z" },
    { "Africa/Cairo", "2026-04-23", "2026-04-22T22:15:00Z" },
    { "Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z" },
    { "Africa/Cairo", "2026-04-25", "2026-04-24T21:15:00Z" },
    { "Africa/Cairo", "2026-10-28", "2026-10-27T21:15:00Z" },
    { "Africa/Cairo", "2026-10-29", "2026-10-28T21:15:00Z" },
    { "Africa/Cairo", "2026-10-30", "2026-10-29T22:15:00Z" },
    { "Africa/Cairo", "2026-10-31", "2026-10-30T22:15:00Z" },
    { "Atlantic/Azores", "2026-03-28", "2026-03-28T01:15:00Z" },
    { "Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z" },
    { "Atlantic/Azores", "2026-03-30", "2026-03-30T00:15:00Z" },
    { "Atlantic/Azores", "2026-10-24", "2026-10-24T00:15:00Z" },
    { "Atlantic/Azores", "2026-10-25", "2026-10-25T00:15:00Z" },
    { "Atlantic/Azores", "2026-10-26", "2026-10-26T01:15:00Z" },
    { "Australia/Lord_Howe", "2026-04-04", "2026-04-03T13:15:00Z" },
    { "Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:15:00Z" },
    { "Australia/Lord_Howe", "2026-04-06", "2026-04-05T13:45:00Z" },
    { "Australia/Lord_Howe", "2026-10-03", "2026-10-02T13:45:00Z" },
    { "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:45:00Z" },
    { "Australia/Lord_Howe", "2026-10-05", "2026-10-04T13:15:00Z" },
    { "Pacific/Apia", "2011-12-28", "2011-12-28T10:15:00Z" },
    { "Pacific/Apia", "2011-12-29", "2011-12-29T10:15:00Z" },
    { "Pacific/Apia", "2011-12-31", "2011-12-30T10:15:00Z" },
    { "Pacific/Apia", "2012-01-01", "2011-12-31T10:15:00Z" },
    { "Asia/Kolkata", "2026-01-01", "2025-12-31T18:45:00Z" },
    { "Asia/Kolkata", "2026-01-02", "2026-01-01T18:45:00Z" },
    /* clang-format on */
};

static Day
day (const char *text)
{
    Day parsed;

    assert_true (day_parse (text, &parsed));
    return parsed;
}

static gint64
instant (const char *text)
{
    gint64 parsed;

    assert_true (instant_parse (text, &parsed));
    return parsed;
}

static void
test_due (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        g_autoptr (GTimeZone) zone = zone_find (table[i].zone);
        Schedule schedule = { .zone = zone, .minutes = QUARTER_PAST };
        char text[INSTANT_TEXT];

        assert_string_equal (instant_format (schedule_due (&schedule, day (table[i].date)), text),
                             table[i].due);
    }
}

/* A step before a due instant it comes next; at it, it is the newest and no longer next. */
static void
test_next_and_newest (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        g_autoptr (GTimeZone) zone = zone_find (table[i].zone);
        Schedule schedule = { .zone = zone, .minutes = QUARTER_PAST };
        gint64 due = instant (table[i].due);
        Day date;

        assert_int_equal (schedule_next (&schedule, due - 1, &date), due);
        assert_int_equal (date, day (table[i].date));
        assert_true (schedule_newest (&schedule, due - 1) < date);
        assert_int_equal (schedule_newest (&schedule, due), date);
        assert_true (schedule_next (&schedule, due, &date) > due);
    }
}

static void
test_date_that_never_was (void **state)
{
    g_autoptr (GTimeZone) zone = zone_find ("Pacific/Apia");
    Schedule schedule = { .zone = zone, .minutes = QUARTER_PAST };

    assert_int_equal (schedule_due (&schedule, day ("2011-12-30")), INSTANT_NONE);
}

/* ---- schedule.tsv ---- */

/* One line, or the date that its stretch has come to. */
typedef struct {
    char **fields; /* zone, HH:MM, date, instant */
    Day date;
    gint64 due; /* INSTANT_NONE: none */
    gboolean end;
} Line;

static Line
read_line (const char *text)
{
    Line line = { .fields = g_strsplit (text, "\t", -1), .due = INSTANT_NONE };

    assert_int_equal (g_strv_length (line.fields), 4);
    line.date = day (line.fields[2]);
    line.end = strcmp (line.fields[3], "end") == 0;
    if (!line.end && strcmp (line.fields[3], "-") != 0)
        line.due = instant (line.fields[3]);
    return line;
}

static void
check_date (const Schedule *schedule, const Line *line)
{
    char date[DAY_TEXT], got[INSTANT_TEXT] = "none", want[INSTANT_TEXT] = "none";
    gint64 due = schedule_due (schedule, line->date);
    Day next;

    if (due != line->due)
        fail_msg ("%s %s %s: %s, not %s. Is tzdata another one (%s)? Then tools/schedule_table.py writes the "
                  "table anew.",
                  line->fields[0], line->fields[1], day_format (line->date, date),
                  due == INSTANT_NONE ? got : instant_format (due, got),
                  line->due == INSTANT_NONE ? want : instant_format (line->due, want), zone_data_version ());
    if (due == INSTANT_NONE)
        return;
    assert_int_equal (schedule_next (schedule, due - 1, &next), due);
    assert_int_equal (next, line->date);
    assert_int_equal (schedule_newest (schedule, due), line->date);
    assert_true (schedule_newest (schedule, due - 1) < line->date);
}

/* From one line to the next, 24 hours a date. */
static int
check_stretch (Line *line, Day until)
{
    g_autoptr (GTimeZone) zone = zone_find (line->fields[0]);
    int hour, minute, n = 0;
    Schedule schedule;

    assert_non_null (zone);
    assert_int_equal (sscanf (line->fields[1], "%d:%d", &hour, &minute), 2);
    schedule = (Schedule){ .zone = zone, .minutes = hour * 60 + minute };
    for (; line->date < until; line->date++, n++) {
        check_date (&schedule, line);
        if (line->due != INSTANT_NONE)
            line->due += 24 * 3600 * SECOND_US;
    }
    return n;
}

static void
test_all_dates_of_many_years (void **state)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;
    int n = 0;

    assert_true (g_file_get_contents (TESTS_DIR "/unit/model/schedule.tsv", &text, NULL, NULL));
    lines = g_strsplit (g_strchomp (text), "\n", -1);
    for (guint i = 1; lines[i]; i++) {
        Line line = read_line (lines[i]);

        if (!line.end) {
            Line next = read_line (lines[i + 1]);

            n += check_stretch (&line, next.date);
            g_strfreev (next.fields);
        }
        g_strfreev (line.fields);
    }
    assert_true (n > 80000);
}

/* Fifteen years in Los Angeles: one run a date, 23, 24 or 25 hours apart. */
static void
test_years_of_runs (void **state)
{
    g_autoptr (GTimeZone) zone = zone_find ("America/Los_Angeles");
    Schedule schedule = { .zone = zone, .minutes = QUARTER_PAST };
    gint64 now = instant ("2026-01-01T00:00:00Z");
    guint short_days = 0, long_days = 0;
    Day date, previous = DAY_NONE;
    gint64 last = INSTANT_NONE;

    while (now < instant ("2041-01-01T00:00:00Z")) {
        now = schedule_next (&schedule, now, &date);
        if (previous != DAY_NONE) {
            gint64 hours = (now - last) / (3600 * SECOND_US);

            assert_int_equal (date, previous + 1);
            assert_true (hours >= 23 && hours <= 25);
            short_days += hours == 23;
            long_days += hours == 25;
        }
        previous = date;
        last = now;
    }
    assert_int_equal (short_days, 15);
    assert_int_equal (long_days, 15);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_due),
        cmocka_unit_test (test_next_and_newest),
        cmocka_unit_test (test_date_that_never_was),
        cmocka_unit_test (test_all_dates_of_many_years),
        cmocka_unit_test (test_years_of_runs),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
