#include "model/repeat.h"

#include <string.h>

#define LONGEST 62 /* days from one date to the next, at most; a zone may skip one */

static const char *const kinds[] = {
    [REPEAT_DAILY] = "daily", [REPEAT_WEEKLY] = "weekly", [REPEAT_MONTHLY] = "monthly"
};
static const char *const latests[] = {
    [LATEST_DAY] = "day", [LATEST_7_DAYS] = "7days", [LATEST_28_DAYS] = "28days", [LATEST_MONTH] = "month"
};

static int
find (const char *const *names, guint n, const char *name)
{
    for (guint i = 0; i < n; i++)
        if (g_strcmp0 (names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *
repeat_name (RepeatKind kind)
{
    return kinds[kind];
}

gboolean
repeat_parse (const char *name, RepeatKind *kind)
{
    int at = find (kinds, G_N_ELEMENTS (kinds), name);

    if (at >= 0)
        *kind = (RepeatKind)at;
    return at >= 0;
}

static gboolean
is_last_of_month (Day date)
{
    int year, month, day;

    day_split (date + 1, &year, &month, &day);
    return day == 1;
}

static gboolean
falls_on (const Repeat *repeat, Day date)
{
    int year, month, day;

    day_split (date, &year, &month, &day);
    switch (repeat->kind) {
    case REPEAT_WEEKLY:
        return day_weekday (date) == repeat->day;
    case REPEAT_MONTHLY:
        return day == repeat->day || (day < repeat->day && is_last_of_month (date));
    case REPEAT_DAILY:
        break;
    }
    return TRUE;
}

/* INSTANT_NONE: not on that date. */
static gint64
due (const Repeat *repeat, Day date)
{
    return falls_on (repeat, date) ? schedule_due (&repeat->at, date) : INSTANT_NONE;
}

gint64
repeat_next (const Repeat *repeat, gint64 now)
{
    Day today = instant_day (now, repeat->at.zone);

    for (Day date = today - 1; date <= today + LONGEST; date++) {
        gint64 at = due (repeat, date);

        if (at != INSTANT_NONE && at > now)
            return at;
    }
    return INSTANT_NONE; /* at the end of time */
}

Day
repeat_newest (const Repeat *repeat, gint64 now)
{
    Day today = instant_day (now, repeat->at.zone);

    for (Day date = today + 1; date >= today - LONGEST; date--) {
        gint64 at = due (repeat, date);

        if (at != INSTANT_NONE && at <= now)
            return date;
    }
    return DAY_NONE;
}

const char *
latest_name (Latest latest)
{
    return latests[latest];
}

gboolean
latest_parse (const char *name, Latest *latest)
{
    int at = find (latests, G_N_ELEMENTS (latests), name);

    if (at >= 0)
        *latest = (Latest)at;
    return at >= 0;
}

static Period
month_before (Day date)
{
    int year, month, day;
    Day to, first;

    day_split (date, &year, &month, &day);
    to = date - day; /* the last of the month before */
    day_split (to, &year, &month, &day);
    first = to - day + 1;
    return (Period){ first, to };
}

Period
latest_before (Latest latest, Day date)
{
    switch (latest) {
    case LATEST_7_DAYS:
        return (Period){ date - 7, date - 1 };
    case LATEST_28_DAYS:
        return (Period){ date - 28, date - 1 };
    case LATEST_MONTH:
        return month_before (date);
    case LATEST_DAY:
        break;
    }
    return (Period){ date - 1, date - 1 };
}
