/* date.h -- civil days and instants.
 *
 * A Day is a calendar date without a zone, counted in days since 1970-01-01
 * (proleptic Gregorian, 0001-01-01 .. 9999-12-31). An instant is microseconds
 * since 1970-01-01T00:00:00Z. A Day becomes an instant only through a zone. */
#pragma once
#include <glib.h>

typedef gint32 Day;

#define DAY_NONE     G_MININT32 /* no day: sorts before all others */
#define DAY_TEXT     11         /* buffer for "2026-01-02" */
#define INSTANT_TEXT 32         /* buffer for "2026-01-02T08:15:00.123456Z" */
#define INSTANT_NONE G_MININT64
#define SECOND_US    ((gint64)1000000)
#define DAY_US       (86400 * SECOND_US)

/* "YYYY-MM-DD" and nothing else: exactly ten characters, a date that exists. */
gboolean day_parse (const char *text, Day *day);
/* "YYYYMMDD", as GA4 writes it. */
gboolean day_parse_compact (const char *text, Day *day);
const char *day_format (Day day, char text[static DAY_TEXT]);
Day day_of (int year, int month, int day_of_month); /* DAY_NONE if there is no such date */
void day_split (Day day, int *year, int *month, int *day_of_month);
int day_weekday (Day day); /* 1 Monday .. 7 Sunday */
/* Same month and day, years earlier; 29 February becomes 28. */
Day day_minus_years (Day day, int years);

/* "2026-01-02T08:15:00Z"; a fraction is written only if there is one. */
const char *instant_format (gint64 instant, char text[static INSTANT_TEXT]);
/* RFC 3339 with Z or an offset, or PostgreSQL's "2026-01-02 08:15:00.1+00". */
gboolean instant_parse (const char *text, gint64 *instant);
/* The date a clock on the wall of that zone shows. */
Day instant_day (gint64 instant, GTimeZone *zone);
/* The zone, or NULL for an unknown name (GLib would silently take UTC): its rules as they are installed at
 * this moment. So nobody keeps one for longer than a piece of work. The caller owns it. Any thread. */
GTimeZone *zone_find (const char *name);
/* Which edition of the zones' rules is installed: "2025b", or "unknown". It stays valid. Any thread. */
const char *zone_data_version (void);
