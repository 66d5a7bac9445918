/* schedule.c -- print the coming daily runs. */
#include "model/schedule.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define COUNT_MOST 10000 /* 27 years */

typedef struct {
    char *from, *zone, *at;
    int count;
} Asked;

static void
asked_clear (Asked *asked)
{
    g_free (asked->from);
    g_free (asked->zone);
    g_free (asked->at);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

/* "2026-03-08T00:15:00-08:00  2026-03-08T08:15:00Z" */
static void
print_run (gint64 due, GTimeZone *zone)
{
    char utc[INSTANT_TEXT];
    g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (due / SECOND_US);
    g_autoptr (GDateTime) local = g_date_time_to_timezone (at, zone);
    g_autofree char *text = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S%:z");

    printf ("%s  %s\n", text, instant_format (due, utc));
}

/* Just before the date begins, so that a run at midnight is one of its runs. */
static gint64
before_date (GTimeZone *zone, Day date)
{
    Schedule midnight = { .zone = zone, .minutes = 0 };
    gint64 begins;

    while ((begins = schedule_due (&midnight, date)) == INSTANT_NONE)
        date++; /* a date that the zone never had */
    return begins - 1;
}

static gboolean
read_from (const char *text, GTimeZone *zone, gint64 *from, GError **error)
{
    int year, month, day;
    Day date;

    if (!text)
        *from = clock_now (clock_system ());
    else if (day_parse (text, &date))
        *from = before_date (zone, date);
    else if (!instant_parse (text, from))
        return fault_set (error, FAULT_INVALID,
                          "--from is \"%s\": write it as 2026-03-01 or 2026-03-01T00:00:00Z", text);
    day_split (instant_day (*from, zone), &year, &month, &day);
    return (year >= 1900 && year < 3000) ||
           fault_set (error, FAULT_INVALID, "--from is \"%s\": the years 1900 to 2999 will do", text);
}

static gboolean
read_digits (const char *text, int least, int most, int *number)
{
    if (!g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]))
        return FALSE;
    *number = (text[0] - '0') * 10 + (text[1] - '0');
    return *number >= least && *number <= most;
}

static gboolean
read_at (const char *text, int *minutes, GError **error)
{
    int hour, minute;

    if (!text)
        return TRUE;
    if (strlen (text) != 5 || text[2] != ':' || !read_digits (text, 0, 23, &hour) ||
        !read_digits (text + 3, 0, 59, &minute))
        return fault_set (error, FAULT_INVALID, "--at is \"%s\": write it as HH:MM", text);
    *minutes = hour * 60 + minute;
    return TRUE;
}

static gboolean
print_runs (const Config *config, const Asked *asked, GError **error)
{
    const char *name = asked->zone ? asked->zone : config->sync_zone;
    g_autoptr (GTimeZone) zone = zone_find (name);
    Schedule schedule = { .zone = zone, .minutes = config->sync_time };
    gint64 now;
    Day date;

    if (!zone)
        return fault_set (error, FAULT_INVALID, "there is no time zone \"%s\"", name);
    if (asked->count < 1 || asked->count > COUNT_MOST)
        return fault_set (error, FAULT_INVALID, "--count is %d: it must be 1 to %d", asked->count,
                          COUNT_MOST);
    if (!read_at (asked->at, &schedule.minutes, error) || !read_from (asked->from, zone, &now, error))
        return FALSE;
    for (int i = 0; i < asked->count; i++)
        print_run (now = schedule_next (&schedule, now, &date), zone);
    return TRUE;
}

int
cli_schedule (int argc, char **argv, GError **error)
{
    g_auto (Asked) asked = { .count = 7 };
    const GOptionEntry entries[] = {
        { "from", 0, 0, G_OPTION_ARG_STRING, &asked.from, "after this instant, or from this date on (now)",
          "T" },
        { "count", 0, 0, G_OPTION_ARG_INT, &asked.count, "how many (7)", "N" },
        { "zone", 0, 0, G_OPTION_ARG_STRING, &asked.zone, "IANA time zone (SYNC_ZONE)", "Z" },
        { "at", 0, 0, G_OPTION_ARG_STRING, &asked.at, "wall time (SYNC_TIME)", "HH:MM" },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries, "The coming daily runs: local and UTC.", error);

    if (!config)
        return 1;
    if (!cli_no_more (argc, argv, error))
        return 2;
    return print_runs (config, &asked, error) ? 0 : 1;
}
