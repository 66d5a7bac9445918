/* ingest.c -- facts into the tables, against the engine's own bulk path.
 *
 *   ingest [rounds] [days]
 *
 * A window of landing pages, a hundred a day, is replaced in one transaction.
 * Beside it the engine alone writes the same rows, ready as text or values
 * before the clock starts: SQLite by prepared inserts, PostgreSQL by COPY.
 * Rounds alternate. BENCH_DATABASE_URL names an empty PostgreSQL database; without it, it is left out. */
#include "model/fact.h"
#include "store/migrate.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER    "0190f0aa-0000-7000-8000-00000000000a"
#define PAGES   100
#define COLUMNS 6

typedef struct {
    const char *url;
    FactSet *facts;
    Period window;
    GString *copy; /* the rows as COPY takes them */
} Load;

static double
seconds_now (void)
{
    return (double)g_get_monotonic_time () / G_USEC_PER_SEC;
}

static void
must (gboolean fine, const char *what)
{
    if (fine)
        return;
    fprintf (stderr, "ingest: %s failed\n", what);
    exit (1);
}

static void
add_row (Load *load, Day day, int page)
{
    g_autofree char *path = g_strdup_printf ("/page/%03d", page);
    char text[DAY_TEXT];
    const Value row[COLUMNS] = { VALUE_OF_TEXT ("100"),     VALUE_OF_DAY (day),  VALUE_OF_TEXT (path),
                                 VALUE_OF_INT (page + day), VALUE_OF_INT (page), VALUE_OF_INT (1000000) };

    fact_set_add (load->facts, row);
    g_string_append_printf (load->copy, USER "\t100\t%s\t%s\t%d\t%d\t1000000\n", day_format (day, text), path,
                            page + day, page);
}

static void
fill (Load *load, int days)
{
    load->window = (Period){ day_of (2024, 1, 1), day_of (2024, 1, 1) + days - 1 };
    load->facts = fact_set_new (&fact_ga4_landing_daily);
    load->copy = g_string_new (NULL);
    for (Day day = load->window.from; day <= load->window.to; day++)
        for (int page = 0; page < PAGES; page++)
            add_row (load, day, page);
}

/* ---- ours ---- */

static void
replace (Store *store, const Load *load)
{
    must (store_begin (store, NULL) && store_replace (store, USER, "100", load->window, load->facts, NULL) &&
              store_commit (store, NULL),
          "our own write");
}

/* ---- SQLite alone ---- */

static void
bind (sqlite3_stmt *insert, const Value *row, const char *day)
{
    sqlite3_bind_text (insert, 1, USER, -1, SQLITE_STATIC);
    sqlite3_bind_text (insert, 2, row[0].text, -1, SQLITE_STATIC);
    sqlite3_bind_text (insert, 3, day, -1, SQLITE_STATIC);
    sqlite3_bind_text (insert, 4, row[2].text, -1, SQLITE_STATIC);
    for (int i = 3; i < COLUMNS; i++)
        sqlite3_bind_int64 (insert, i + 2, row[i].integer);
}

static void
bare_sqlite (sqlite3 *db, const Load *load)
{
    sqlite3_stmt *insert;
    char day[DAY_TEXT];

    must (sqlite3_exec (db, "BEGIN IMMEDIATE; DELETE FROM ga4_landing_daily WHERE user_id = '" USER "'", NULL,
                        NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2 (db, "INSERT INTO ga4_landing_daily VALUES (?, ?, ?, ?, ?, ?, ?)", -1,
                                  &insert, NULL) == SQLITE_OK,
          "sqlite");
    for (guint i = 0; i < fact_set_rows (load->facts); i++) {
        const Value *row = fact_set_row (load->facts, i);

        bind (insert, row, day_format (row[1].day, day));
        must (sqlite3_step (insert) == SQLITE_DONE, "an insert");
        sqlite3_reset (insert);
    }
    sqlite3_finalize (insert);
    must (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "a commit");
}

static sqlite3 *
open_sqlite (const char *url)
{
    sqlite3 *db;

    must (sqlite3_open (url + strlen ("sqlite:"), &db) == SQLITE_OK, "opening");
    sqlite3_exec (db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    return db;
}

/* ---- PostgreSQL alone ---- */

static void
run (PGconn *conn, const char *text, ExecStatusType wanted)
{
    PGresult *result = PQexec (conn, text);

    must (PQresultStatus (result) == wanted, text);
    PQclear (result);
}

static void
bare_pg (PGconn *conn, const Load *load)
{
    PGresult *result;

    run (conn, "BEGIN", PGRES_COMMAND_OK);
    run (conn, "DELETE FROM ga4_landing_daily WHERE user_id = '" USER "'", PGRES_COMMAND_OK);
    run (conn, "COPY ga4_landing_daily FROM STDIN", PGRES_COPY_IN);
    must (PQputCopyData (conn, load->copy->str, (int)load->copy->len) == 1 && PQputCopyEnd (conn, NULL) == 1,
          "copy");
    while ((result = PQgetResult (conn))) {
        must (PQresultStatus (result) == PGRES_COMMAND_OK, "copy");
        PQclear (result);
    }
    run (conn, "COMMIT", PGRES_COMMAND_OK);
}

/* ---- rounds ---- */

static int
by_value (gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
    qsort (values, n, sizeof *values, by_value);
    return values[n / 2];
}

static double
time_bare (sqlite3 *db, PGconn *conn, const Load *load)
{
    double begin = seconds_now ();

    if (conn)
        bare_pg (conn, load);
    else
        bare_sqlite (db, load);
    return seconds_now () - begin;
}

static double
time_ours (Store *store, const Load *load)
{
    double begin = seconds_now ();

    replace (store, load);
    return seconds_now () - begin;
}

static void
compare (const char *what, const Load *load, guint rounds)
{
    Store *store = store_open (load->url, NULL, NULL);
    gboolean pg = store && store_engine (store) == STORE_POSTGRESQL;
    g_autofree double *ours = g_new (double, rounds), *theirs = g_new (double, rounds),
                      *ratios = g_new (double, rounds);
    PGconn *conn = pg ? PQconnectdb (load->url) : NULL;
    double rows = fact_set_rows (load->facts);
    sqlite3 *db = NULL;

    must (store && migrate (store, migrations, NULL) >= 0, "the schema");
    if (!pg)
        db = open_sqlite (load->url);
    replace (store, load); /* the first fills the table */
    for (guint i = 0; i < rounds; i++) {
        theirs[i] = time_bare (db, conn, load);
        ours[i] = time_ours (store, load);
        ratios[i] = theirs[i] / ours[i];
    }
    printf ("%s\t%.0f rows/s\t%.0f rows/s\t%.2f\t\t>= 0.7\n", what, rows / median (ours, rounds),
            rows / median (theirs, rounds), median (ratios, rounds));
    if (conn)
        PQfinish (conn);
    sqlite3_close (db);
    store_close (store);
}

int
main (int argc, char **argv)
{
    guint rounds = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 7;
    int days = argc > 2 ? (int)g_ascii_strtoll (argv[2], NULL, 10) : 300;
    g_autofree char *folder = g_dir_make_tmp ("daymark-ingest-XXXXXX", NULL);
    g_autofree char *url = g_strdup_printf ("sqlite:%s/daymark.db", folder);
    const char *postgres = g_getenv ("BENCH_DATABASE_URL");
    g_autofree char *path = g_build_filename (folder, "daymark.db", NULL);
    Load load = { .url = url };

    fill (&load, days);
    compare ("ingest into SQLite, prepared inserts", &load, rounds);
    load.url = postgres;
    if (postgres)
        compare ("ingest into PostgreSQL, COPY", &load, rounds);
    g_remove (path);
    g_rmdir (folder);
    fact_set_free (load.facts);
    g_string_free (load.copy, TRUE);
    return 0;
}
