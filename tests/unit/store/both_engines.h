/* both_engines.h -- run one test function on SQLite and on PostgreSQL.
 *
 * BOTH (test) makes two tests of it. Each gets a fresh database: a file in a
 * temporary folder; a schema of its own in the database of TEST_POSTGRES_URL.
 * Without that variable the PostgreSQL half is reported as skipped.
 *
 * A header and not a .c file, because a test program is one file. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"
#include "store/migrate.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    StoreEngine engine;
    char *url;
    char *folder; /* SQLite */
    char *schema; /* PostgreSQL */
    Store *store;
} Fixture;

#define BOTH(test)                                                   \
    { #test " on sqlite", test, fixture_sqlite, fixture_end, NULL }, \
    {                                                                \
#test " on postgresql", test, fixture_pg, fixture_end, NULL  \
    }
#define ON_SQLITE(test)                                             \
    {                                                               \
#test " on sqlite", test, fixture_sqlite, fixture_end, NULL \
    }
#define ON_PG(test)                                                 \
    {                                                               \
#test " on postgresql", test, fixture_pg, fixture_end, NULL \
    }

#define assert_fault(error, code) assert_fault_at ((error), (code), __FILE__, __LINE__)
/* The condition sets the error, so it must be computed first. */
#define assert_fine(condition, error)                        \
    do {                                                     \
        gboolean fine_ = (condition) != 0;                   \
        assert_fine_at (fine_, (error), __FILE__, __LINE__); \
    } while (0)

/* A statement that is made on the spot; the text must live for ever. */
#define SQL(t) (&(const Sql){ .name = "test", .text = (t) })

static inline void
assert_fine_at (gboolean condition, const GError *error, const char *file, int line)
{
    if (!condition || error)
        print_error ("%s:%d: %s\n", file, line, error ? error->message : "failed without an error");
    _assert_true (condition && !error, "no error", file, line);
}

static inline void
assert_fault_at (GError *error, FaultCode code, const char *file, int line)
{
    if (!error || !fault_is (error, code))
        print_error ("%s:%d: wanted fault %d, got %d: %s\n", file, line, code, error ? error->code : -1,
                     error ? error->message : "no error");
    _assert_true (error && fault_is (error, code), "the fault", file, line);
}

static inline void
pg_run (const char *text)
{
    PGconn *conn = PQconnectdb (g_getenv ("TEST_POSTGRES_URL"));
    PGresult *result;

    PQclear (PQexec (conn, "SET client_min_messages = warning"));
    result = PQexec (conn, text);
    if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
        print_error ("%s: %s\n", text, PQerrorMessage (conn));
    PQclear (result);
    PQfinish (conn);
}

/* The schema comes before PostgreSQL's own names, so that a test can put its own clock there. */
static inline char *
url_with_schema (const char *url, const char *schema)
{
    return g_strdup_printf ("%s%coptions=-csearch_path%%3D%s,pg_catalog", url, strchr (url, '?') ? '&' : '?',
                            schema);
}

static inline Store *
fixture_open (const Fixture *fixture, int timeout_ms)
{
    g_autoptr (GError) error = NULL;
    Store *store = store_open (fixture->url, &(StoreOptions){ .timeout_ms = timeout_ms }, &error);

    assert_fine (store, error);
    return store;
}

static inline int
fixture_sqlite (void **state)
{
    Fixture *fixture = g_new0 (Fixture, 1);

    fixture->engine = STORE_SQLITE;
    fixture->folder = g_dir_make_tmp ("daymark-test-XXXXXX", NULL);
    fixture->url = g_strdup_printf ("sqlite:%s/test.db", fixture->folder);
    fixture->store = fixture_open (fixture, 10000);
    *state = fixture;
    return 0;
}

static inline int
fixture_pg (void **state)
{
    static int count;
    g_autofree char *create = NULL;
    Fixture *fixture;

    *state = NULL;
    if (!g_getenv ("TEST_POSTGRES_URL"))
        return 0;
    fixture = g_new0 (Fixture, 1);
    fixture->engine = STORE_POSTGRESQL;
    fixture->schema = g_strdup_printf ("t_%d_%d", (int)getpid (), ++count);
    create = g_strdup_printf ("CREATE SCHEMA %s", fixture->schema);
    pg_run (create);
    fixture->url = url_with_schema (g_getenv ("TEST_POSTGRES_URL"), fixture->schema);
    fixture->store = fixture_open (fixture, 10000);
    *state = fixture;
    return 0;
}

static inline void
remove_folder (const char *folder)
{
    GDir *dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_remove (path);
    }
    g_clear_pointer (&dir, g_dir_close);
    g_rmdir (folder);
}

static inline int
fixture_end (void **state)
{
    Fixture *fixture = *state;

    if (!fixture)
        return 0;
    store_close (fixture->store);
    if (fixture->schema) {
        g_autofree char *drop = g_strdup_printf ("DROP SCHEMA %s CASCADE", fixture->schema);

        pg_run (drop);
    }
    if (fixture->folder)
        remove_folder (fixture->folder);
    g_free (fixture->url);
    g_free (fixture->folder);
    g_free (fixture->schema);
    g_free (fixture);
    return 0;
}

/* The test begins with this: it ends there when there is no such engine. */
static inline Fixture *
fixture_of (void **state)
{
    if (!*state) {
        print_message ("skipped: TEST_POSTGRES_URL is not set\n");
        skip ();
    }
    return *state;
}

static inline gint64
must_do (Store *store, const Sql *sql, const Param *params)
{
    g_autoptr (GError) error = NULL;
    gint64 changed = store_do (store, sql, params, &error);

    assert_fine (changed >= 0, error);
    return changed;
}

static inline Rows *
must_ask (Store *store, const Sql *sql, const Param *params)
{
    g_autoptr (GError) error = NULL;
    Rows *rows = store_ask (store, sql, params, &error);

    assert_fine (rows, error);
    return rows;
}

static inline gint64
ask_int (Store *store, const Sql *sql)
{
    g_autoptr (Rows) rows = must_ask (store, sql, NO_PARAMS);

    assert_int_equal (rows_count (rows), 1);
    return rows_int (rows, 0, 0);
}

static inline void
must_begin (Store *store)
{
    g_autoptr (GError) error = NULL;

    assert_fine (store_begin (store, &error), error);
}

static inline void
must_commit (Store *store)
{
    g_autoptr (GError) error = NULL;

    assert_fine (store_commit (store, &error), error);
}

static inline void
must_migrate (Store *store)
{
    g_autoptr (GError) error = NULL;

    assert_fine (migrate (store, migrations, &error) > 0, error);
}
