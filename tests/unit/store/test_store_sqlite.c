/* What only a file can do: fill the disk, be no database, be read beside. */
#include "both_engines.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

static const Sql add_row = { .name = "test/add", .text = "INSERT INTO blocks VALUES (:data)" };

static gint64
add (Store *store, const char *data, GError **error)
{
    return store_do (store, &add_row, PARAMS ({ "data", VALUE_OF_TEXT (data) }), error);
}

/* Fills until the engine says that the disk is full; what had been there stays. */
static void
fill_and_check (Store *store, GError **error)
{
    g_autofree char *data = g_strnfill (5000, 'x');

    must_begin (store);
    for (int i = 0; i < 1000 && !*error; i++)
        add (store, data, error);
    assert_fault (*error, FAULT_FULL);
    store_rollback (store);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM blocks")), 1);
}

static void
test_a_full_database_is_clean (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) after = NULL;
    g_autoptr (Rows) limited = NULL;
    g_autoptr (Rows) integrity = NULL;

    must_do (store, SQL ("CREATE TABLE blocks (data text)"), NO_PARAMS);
    assert_int_equal (add (store, "kept", NULL), 1);
    limited = must_ask (store, SQL ("PRAGMA max_page_count = 40"), NO_PARAMS);
    fill_and_check (store, &error);
    must_begin (store);
    assert_int_equal (add (store, "fits", NULL), 1);
    must_commit (store);
    integrity = must_ask (store, SQL ("PRAGMA integrity_check"), NO_PARAMS);
    assert_string_equal (rows_text (integrity, 0, 0), "ok");
}

/* A real one: the system refuses to let the files grow. */
static void
test_a_full_disk_is_an_error_of_the_store (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autofree char *data = g_strnfill (5000, 'x');
    g_autoptr (GError) error = NULL;
    struct rlimit old, small;

    must_do (store, SQL ("CREATE TABLE blocks (data text)"), NO_PARAMS);
    signal (SIGXFSZ, SIG_IGN);
    assert_int_equal (getrlimit (RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){ .rlim_cur = 200000, .rlim_max = old.rlim_max };
    assert_int_equal (setrlimit (RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 200 && !error; i++)
        add (store, data, &error);
    setrlimit (RLIMIT_FSIZE, &old);
    assert_fault (error, FAULT_FULL);
    assert_int_equal (add (store, data, NULL), 1); /* there is room again */
}

/* After an error that made SQLite roll back, a careless write must not slip in
 * outside of the transaction that its author believes in. */
static void
test_writes_after_an_automatic_rollback_are_refused (void **state)
{
    static const Sql endless = {
        .name = "test/endless",
        .text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "INSERT INTO blocks SELECT 'x' FROM n WHERE i < 0",
    };
    g_autoptr (Store) store = fixture_open (fixture_of (state), 200);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) refused = NULL;
    g_autoptr (GError) commit = NULL;

    must_do (store, SQL ("CREATE TABLE blocks (data text)"), NO_PARAMS);
    must_begin (store);
    assert_int_equal (add (store, "lost", NULL), 1);
    assert_int_equal (store_do (store, &endless, NO_PARAMS, &error), -1);
    assert_fault (error, FAULT_TIMEOUT);
    assert_int_equal (add (store, "stray", &refused), -1);
    assert_fault (refused, FAULT_LOST);
    assert_false (store_commit (store, &commit));
    assert_fault (commit, FAULT_LOST);
    store_rollback (store);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM blocks")), 0);
    assert_int_equal (add (store, "works", NULL), 1);
}

/* A transaction is a writer from its first moment, or it might have to give up
 * after it has read. */
static void
test_a_transaction_has_the_lock_at_once (void **state)
{
    const Fixture *fixture = fixture_of (state);
    g_autoptr (Store) second = fixture_open (fixture, 100);
    g_autoptr (GError) error = NULL;

    must_begin (fixture->store);
    assert_false (store_begin (second, &error));
    assert_fault (error, FAULT_BUSY);
    assert_int_equal (ask_int (second, SQL ("SELECT 1")), 1); /* readers never wait */
    must_commit (fixture->store);
    must_begin (second);
    must_commit (second);
}

static void
test_how_a_connection_is_set_up (void **state)
{
    const Fixture *fixture = fixture_of (state);
    g_autoptr (Store) durable = store_open (fixture->url, &(StoreOptions){ .durable = TRUE }, NULL);
    g_autoptr (Rows) journal = must_ask (fixture->store, SQL ("PRAGMA journal_mode"), NO_PARAMS);

    assert_string_equal (rows_text (journal, 0, 0), "wal");
    assert_int_equal (ask_int (fixture->store, SQL ("PRAGMA foreign_keys")), 1);
    assert_int_equal (ask_int (fixture->store, SQL ("PRAGMA synchronous")), 1);
    assert_int_equal (ask_int (durable, SQL ("PRAGMA synchronous")), 2);
}

/* An instant that somebody else wrote in the short form is understood. */
static void
test_instants_of_other_hands (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (Rows) rows = NULL;

    must_do (store, SQL ("CREATE TABLE t (at timestamptz, words text)"), NO_PARAMS);
    must_do (store,
             SQL ("INSERT INTO t VALUES ('2026-01-02T08:15:00Z', '2026-01-02T08:15:00.000000Z'), "
                  "('soon', NULL), (strftime ('%Y-%m-%dT%H:%M:%f000Z', '2026-01-02 08:15:00.25'), NULL)"),
             NO_PARAMS);
    rows = must_ask (store, SQL ("SELECT at, words FROM t"), NO_PARAMS);
    assert_string_equal (rows_text (rows, 0, 0), "2026-01-02T08:15:00Z");
    assert_string_equal (rows_text (rows, 0, 1), "2026-01-02T08:15:00.000000Z");
    assert_string_equal (rows_text (rows, 1, 0), "soon");
    assert_string_equal (rows_text (rows, 2, 0), "2026-01-02T08:15:00.250000Z");
}

static void
test_not_a_database (void **state)
{
    const Fixture *fixture = fixture_of (state);
    g_autofree char *path = g_build_filename (fixture->folder, "letter.txt", NULL);
    g_autofree char *url = g_strconcat ("sqlite:", path, NULL);
    g_autofree char *content = g_strnfill (5000, 'a');
    g_autoptr (GError) error = NULL;

    assert_true (g_file_set_contents (path, content, -1, NULL));
    assert_null (store_open (url, NULL, &error));
    assert_non_null (strstr (error->message, "not a database"));
}

static void
test_only_postgresql_listens (void **state)
{
    g_autoptr (GError) error = NULL;

    assert_false (store_listen (fixture_of (state)->store, "jobs", &error));
    assert_fault (error, FAULT_INTERNAL);
    g_clear_error (&error);
    assert_false (store_wait (fixture_of (state)->store, -1, 0, NULL, NULL, &error));
    assert_fault (error, FAULT_INTERNAL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE (test_a_full_database_is_clean),
        ON_SQLITE (test_a_full_disk_is_an_error_of_the_store),
        ON_SQLITE (test_writes_after_an_automatic_rollback_are_refused),
        ON_SQLITE (test_a_transaction_has_the_lock_at_once),
        ON_SQLITE (test_how_a_connection_is_set_up),
        ON_SQLITE (test_instants_of_other_hands),
        ON_SQLITE (test_not_a_database),
        ON_SQLITE (test_only_postgresql_listens),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
