/* sqlite_loop.c -- the yardstick of uncached widgets: SQLite alone, with the same
 * question, prepared once, in one thread. Prints how many a second,
 * and the seconds of processor time that each took.
 *
 *   sqlite_loop DATABASE USER SECONDS */
#include "base/date.h"
#include "sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

static const char *const names[] = { ":user", ":from", ":to", ":prev_from", ":prev_to" };

static double
seconds_now (void)
{
    return (double)g_get_monotonic_time () / G_USEC_PER_SEC;
}

static void
bind_day (sqlite3_stmt *statement, const char *name, int day)
{
    char text[DAY_TEXT];

    day_format (day_of (2024, 2, 1) + day, text);
    sqlite3_bind_text (statement, sqlite3_bind_parameter_index (statement, name), text, -1, SQLITE_TRANSIENT);
}

/* All columns of all rows; their number, so that none is skipped. */
static long
ask (sqlite3_stmt *statement, long n)
{
    int from = (int)(n * 7919 % 800), days = 20 + (int)(n % 20);
    long cells = 0;

    bind_day (statement, names[1], from);
    bind_day (statement, names[2], from + days);
    bind_day (statement, names[3], from - days - 1);
    bind_day (statement, names[4], from - 1);
    while (sqlite3_step (statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count (statement); i++)
            cells += sqlite3_column_text (statement, i) != NULL;
    sqlite3_reset (statement);
    return cells;
}

int
main (int argc, char **argv)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    double begin = seconds_now (), end = begin + (argc > 3 ? g_ascii_strtod (argv[3], NULL) : 0);
    long n = 0, cells = 0;

    if (argc != 4) {
        fprintf (stderr, "usage: sqlite_loop DATABASE USER SECONDS\n");
        return 2;
    }
    if (sqlite3_open_v2 (argv[1], &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2 (database, sql_widgets_ga4_sessions.text, -1, &statement, NULL) != SQLITE_OK) {
        fprintf (stderr, "%s\n", sqlite3_errmsg (database));
        return 1;
    }
    sqlite3_bind_text (statement, sqlite3_bind_parameter_index (statement, names[0]), argv[2], -1,
                       SQLITE_STATIC);
    while (seconds_now () < end)
        cells += ask (statement, n++);
    if (!cells)
        n = 0;
    printf ("%.0f %.9f\n", (double)n / (seconds_now () - begin),
            (double)clock () / CLOCKS_PER_SEC / (double)n);
    sqlite3_finalize (statement);
    sqlite3_close (database);
    return 0;
}
