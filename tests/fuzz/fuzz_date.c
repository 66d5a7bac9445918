/* Dates, instants and zones: what is read is written back the same, and read the same again. */
#include "base/date.h"

#include "fuzz.h"

static void
try_day (const char *text)
{
    char back[DAY_TEXT];
    int year, month, day_of_month;
    Day day, again;

    if (day_parse (text, &day)) {
        FUZZ_CLAIM (strcmp (day_format (day, back), text) == 0);
        day_split (day, &year, &month, &day_of_month);
        FUZZ_CLAIM (day_of (year, month, day_of_month) == day);
        FUZZ_CLAIM (day_weekday (day) >= 1 && day_weekday (day) <= 7);
        if (year > 1)
            FUZZ_CLAIM (day - day_minus_years (day, 1) >= 365 && day - day_minus_years (day, 1) <= 366);
    }
    if (day_parse_compact (text, &day)) {
        day_format (day, back);
        FUZZ_CLAIM (day_parse (back, &again) && again == day);
    }
}

static void
try_instant (const char *text, GTimeZone *zone)
{
    char back[INSTANT_TEXT];
    gint64 instant, again;

    if (!instant_parse (text, &instant))
        return;
    instant_format (instant, back);
    FUZZ_CLAIM (instant_parse (back, &again) && again == instant);
    if (zone)
        instant_day (instant, zone);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    char *lines[2];
    g_autoptr (GTimeZone) zone = NULL;

    fuzz_lines (data, size, lines, 2);
    if (lines[1])
        zone = zone_find (lines[1]);
    try_day (lines[0]);
    try_instant (lines[0], zone);
    g_free (lines[0]);
    g_free (lines[1]);
    return 0;
}
