#include "base/date.h"

#include <string.h>

/* GDate counts days from 0001-01-01 as 1; 1970-01-01 is day 719163 of that count. */
#define JULIAN_OF_1970 719163

static gboolean
read_digits (const char *text, int n, int *number)
{
    *number = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit (text[i]))
            return FALSE;
        *number = *number * 10 + (text[i] - '0');
    }
    return TRUE;
}

Day
day_of (int year, int month, int day_of_month)
{
    GDate date;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day_of_month < 1 || day_of_month > 31)
        return DAY_NONE;
    if (!g_date_valid_dmy ((GDateDay)day_of_month, (GDateMonth)month, (GDateYear)year))
        return DAY_NONE;
    g_date_clear (&date, 1);
    g_date_set_dmy (&date, (GDateDay)day_of_month, (GDateMonth)month, (GDateYear)year);
    return (Day)g_date_get_julian (&date) - JULIAN_OF_1970;
}

void
day_split (Day day, int *year, int *month, int *day_of_month)
{
    GDate date;

    g_date_clear (&date, 1);
    g_date_set_julian (&date, (guint32)(day + JULIAN_OF_1970));
    *year = g_date_get_year (&date);
    *month = (int)g_date_get_month (&date);
    *day_of_month = g_date_get_day (&date);
}

gboolean
day_parse (const char *text, Day *day)
{
    int y, m, d;

    if (!text || strlen (text) != 10 || text[4] != '-' || text[7] != '-' || !read_digits (text, 4, &y) ||
        !read_digits (text + 5, 2, &m) || !read_digits (text + 8, 2, &d))
        return FALSE;
    *day = day_of (y, m, d);
    return *day != DAY_NONE;
}

gboolean
day_parse_compact (const char *text, Day *day)
{
    int y, m, d;

    if (!text || strlen (text) != 8 || !read_digits (text, 4, &y) || !read_digits (text + 4, 2, &m) ||
        !read_digits (text + 6, 2, &d))
        return FALSE;
    *day = day_of (y, m, d);
    return *day != DAY_NONE;
}

static char *
write_digits (char *at, int number, int n)
{
    for (int i = n - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + n;
}

static char *
write_day (char *at, Day day)
{
    int y, m, d;

    day_split (day, &y, &m, &d);
    at = write_digits (at, y, 4);
    *at++ = '-';
    at = write_digits (at, m, 2);
    *at++ = '-';
    return write_digits (at, d, 2);
}

const char *
day_format (Day day, char text[static DAY_TEXT])
{
    *write_day (text, day) = '\0';
    return text;
}

int
day_weekday (Day day)
{
    int since_thursday = day % 7; /* 1970-01-01 was a Thursday */

    return (since_thursday + 7 + 3) % 7 + 1;
}

Day
day_minus_years (Day day, int years)
{
    int y, m, d;
    Day same;

    day_split (day, &y, &m, &d);
    same = day_of (y - years, m, d);
    return same != DAY_NONE ? same : day_of (y - years, m, d - 1);
}

/* Floor division, so that instants before 1970 fall on the right day. */
static gint64
floor_div (gint64 a, gint64 b)
{
    return a / b - (a % b < 0);
}

const char *
instant_format (gint64 instant, char text[static INSTANT_TEXT])
{
    gint64 seconds = floor_div (instant, SECOND_US);
    int micros = (int)(instant - seconds * SECOND_US);
    gint64 days = floor_div (seconds, 86400);
    int of_day = (int)(seconds - days * 86400);
    char *at = write_day (text, (Day)days);

    *at++ = 'T';
    at = write_digits (at, of_day / 3600, 2);
    *at++ = ':';
    at = write_digits (at, of_day / 60 % 60, 2);
    *at++ = ':';
    at = write_digits (at, of_day % 60, 2);
    if (micros) {
        *at++ = '.';
        at = write_digits (at, micros, 6);
    }
    *at++ = 'Z';
    *at = '\0';
    return text;
}

/* ".123" into microseconds; returns where it ended. A lone dot is left standing. */
static const char *
read_fraction (const char *at, int *micros)
{
    int unit = 100000;

    *micros = 0;
    if (*at != '.' || !g_ascii_isdigit (at[1]))
        return at;
    for (at++; g_ascii_isdigit (*at); at++, unit /= 10)
        *micros += (*at - '0') * unit;
    return at;
}

/* "Z", "+00", "+0130", "-07:00" into seconds east of UTC. */
static gboolean
read_offset (const char *at, int *seconds)
{
    int sign = *at == '-' ? -1 : 1, hours, minutes = 0;

    *seconds = 0;
    if (strcmp (at, "Z") == 0)
        return TRUE;
    if ((*at != '+' && *at != '-') || !read_digits (at + 1, 2, &hours))
        return FALSE;
    at += 3;
    if (*at == ':' && at[1])
        at++;
    if (*at && (!read_digits (at, 2, &minutes) || at[2]))
        return FALSE;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

gboolean
instant_parse (const char *text, gint64 *instant)
{
    char date[DAY_TEXT];
    const char *rest;
    int h, m, s, micros, offset;
    Day day;

    if (!text || strlen (text) < 20 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':')
        return FALSE;
    g_strlcpy (date, text, sizeof date);
    if (!day_parse (date, &day) || !read_digits (text + 11, 2, &h) || !read_digits (text + 14, 2, &m) ||
        !read_digits (text + 17, 2, &s) || h > 23 || m > 59 || s > 60)
        return FALSE;
    rest = read_fraction (text + 19, &micros);
    if (!read_offset (rest, &offset))
        return FALSE;
    *instant = ((gint64)day * 86400 + h * 3600 + m * 60 + s - offset) * SECOND_US + micros;
    return *instant >= day_of (1, 1, 1) * DAY_US && *instant < (day_of (9999, 12, 31) + 1) * DAY_US;
}

Day
instant_day (gint64 instant, GTimeZone *zone)
{
    gint64 seconds = floor_div (instant, SECOND_US);
    int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);

    return (Day)floor_div (seconds + g_time_zone_get_offset (zone, interval), 86400);
}
