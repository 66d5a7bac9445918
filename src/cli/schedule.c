/* schedule.c -- print the coming daily runs. */
#include "model/schedule.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

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

static gboolean
read_from (const char *text, GTimeZone *zone, gint64 *from, GError **error)
{
    Schedule midnight = { .zone = zone, .minutes = 0 };
    Day day;

    if (!text)
        *from = clock_now (clock_system ());
    else if (day_parse (text, &day))
        *from = schedule_due (&midnight, day) - 1;
    else if (!instant_parse (text, from))
        return fault_set (error, FAULT_INVALID,
                          "--from is \"%s\": write it as 2026-03-01 or 2026-03-01T00:00:00Z", text);
    return TRUE;
}

static gboolean
read_at (const char *text, int *minutes, GError **error)
{
    int hour, minute, n = 0;

    if (!text)
        return TRUE;
    if (sscanf (text, "%2d:%2d%n", &hour, &minute, &n) != 2 || n != 5 || text[5] || hour > 23 ||
        minute > 59 || hour < 0 || minute < 0)
        return fault_set (error, FAULT_INVALID, "--at is \"%s\": write it as HH:MM", text);
    *minutes = hour * 60 + minute;
    return TRUE;
}

int
cli_schedule (int argc, char **argv, GError **error)
{
    g_autofree char *from_text = NULL, *zone_name = NULL, *at = NULL;
    int count = 7;
    const GOptionEntry entries[] = {
        { "from", 0, 0, G_OPTION_ARG_STRING, &from_text, "after this instant or date (now)", "T" },
        { "count", 0, 0, G_OPTION_ARG_INT, &count, "how many (7)", "N" },
        { "zone", 0, 0, G_OPTION_ARG_STRING, &zone_name, "IANA time zone (SYNC_ZONE)", "Z" },
        { "at", 0, 0, G_OPTION_ARG_STRING, &at, "wall time (SYNC_TIME)", "HH:MM" },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries, "The coming daily runs: local and UTC.", error);
    const char *name = zone_name ? zone_name : config ? config->sync_zone : NULL;
    g_autoptr (GTimeZone) zone = zone_find (name);
    Schedule schedule = { .zone = zone, .minutes = config ? config->sync_time : 0 };
    gint64 now;
    Day date;

    if (!config)
        return 1;
    if (!zone) {
        fault_set (error, FAULT_INVALID, "there is no time zone \"%s\"", name);
        return 1;
    }
    if (count < 1 || count > 10000) {
        fault_set (error, FAULT_INVALID, "--count must be 1 to 10000");
        return 1;
    }
    if (!read_at (at, &schedule.minutes, error) || !read_from (from_text, zone, &now, error))
        return 1;
    for (int i = 0; i < count; i++)
        print_run (now = schedule_next (&schedule, now, &date), zone);
    return 0;
}
