/* both_engines.h -- run one test function on SQLite and on PostgreSQL.
 *
 * BOTH (test) makes two tests of it. Each gets a fresh database: a file in a
 * temporary folder; a schema of its own in the database of TEST_POSTGRES_URL.
 * EVERY_WAY (test) makes a third one, through a PgBouncer that shares sessions
 * between transactions, which the program starts for itself.
 * Without that variable those of PostgreSQL are reported as skipped.
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
#define EVERY_WAY(test)                                                    \
    BOTH (test),                                                           \
    {                                                                      \
#test " through a pooler", test, fixture_pooled, fixture_end, NULL \
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
pg_run_at (const char *url, const char *text)
{
    PGconn *conn = PQconnectdb (url);
    PGresult *result;

    PQclear (PQexec (conn, "SET client_min_messages = warning"));
    result = PQexec (conn, text);
    if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
        print_error ("%s: %s\n", text, PQerrorMessage (conn));
    PQclear (result);
    PQfinish (conn);
}

static inline void
pg_run (const char *text)
{
    pg_run_at (g_getenv ("TEST_POSTGRES_URL"), text);
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

/* ---- a pooler of the program's own ---- */

#define POOLED_NAME "pooled_%d" /* its database: a pooler does not take a schema with the address */

typedef struct {
    char *folder;
    char *url;    /* through it */
    char *direct; /* past it, to the same database */
} Pooler;

static inline char *
url_of_database (const char *url, const char *name)
{
    return g_strdup_printf ("%.*s/%s", (int)(strrchr (url, '/') - url), url, name);
}

static inline char *
pooler_tool (const char *verb, const char *folder, const char *url, const char *mode)
{
    const char *argv[] = { TESTS_DIR "/pooler", verb, folder, url, mode, NULL };
    g_autoptr (GError) error = NULL;
    char *output = NULL;
    int status = 1;

    g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error);
    assert_fine (status == 0, error);
    return g_strstrip (output);
}

/* Of a new database, which is dropped with it. mode: as in tests/pooler. */
static inline void
pooler_start (Pooler *pooler, const char *mode)
{
    g_autofree char *name = g_strdup_printf (POOLED_NAME, (int)getpid ());
    g_autofree char *create = g_strdup_printf ("CREATE DATABASE %s", name);
    g_autofree char *url = NULL;

    pg_run (create);
    pooler->folder = g_dir_make_tmp ("daymark-pooler-XXXXXX", NULL);
    pooler->direct = url_of_database (g_getenv ("TEST_POSTGRES_URL"), name);
    url = pooler_tool ("start", pooler->folder, pooler->direct, mode);
    pooler->url = g_strdup (url);
}

static inline void
pooler_stop (Pooler *pooler)
{
    g_autofree char *drop = g_strdup_printf ("DROP DATABASE " POOLED_NAME " WITH (FORCE)", (int)getpid ());
    g_autofree char *output = pooler->folder ? pooler_tool ("stop", pooler->folder, NULL, NULL) : NULL;

    if (pooler->folder)
        pg_run (drop);
    g_free (pooler->folder);
    g_free (pooler->url);
    g_free (pooler->direct);
    *pooler = (Pooler){ 0 };
}

static Pooler shared_pooler;

static inline void
stop_shared_pooler (void)
{
    pooler_stop (&shared_pooler);
}

static inline int
fixture_pooled (void **state)
{
    Fixture *fixture;

    *state = NULL;
    if (!g_getenv ("TEST_POSTGRES_URL"))
        return 0;
    if (!shared_pooler.folder) {
        pooler_start (&shared_pooler, "transaction");
        atexit (stop_shared_pooler);
    }
    pg_run_at (shared_pooler.direct, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    fixture = g_new0 (Fixture, 1);
    fixture->engine = STORE_POSTGRESQL;
    fixture->url = g_strdup (shared_pooler.url);
    fixture->store = fixture_open (fixture, 10000);
    assert_true (store_is_pooled (fixture->store));
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
