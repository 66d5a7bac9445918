#include "both_engines.h"

#include <pthread.h>

static const Migration first_two[] = {
    { 1, "one", "CREATE TABLE one (id bigint);\nCREATE TABLE two (id bigint);\n" },
    { 2, "two", "INSERT INTO one VALUES (1); INSERT INTO one VALUES (2);\n" },
    { 0, NULL, NULL },
};

static const Migration three[] = {
    { 1, "one", "CREATE TABLE one (id bigint);\nCREATE TABLE two (id bigint);\n" },
    { 2, "two", "INSERT INTO one VALUES (1); INSERT INTO one VALUES (2);\n" },
    { 3, "three", "CREATE TABLE three (id bigint); INSERT INTO three VALUES (3)" },
    { 0, NULL, NULL },
};

static const Migration broken[] = {
    { 1, "fine", "CREATE TABLE one (id bigint)" },
    { 2, "broken", "CREATE TABLE two (id bigint); INSERT INTO nowhere VALUES (1)" },
    { 0, NULL, NULL },
};

static const Migration marked[] = {
    { 1, "marked", "CREATE TABLE which (engine text)\n--sqlite WITHOUT ROWID_IS_WRONG_HERE\n;\n" },
    { 0, NULL, NULL },
};

static const Migration lines[] = {
    { 1, "lines",
      "CREATE TABLE which (engine text);\n"
      "--sqlite INSERT INTO which VALUES ('sqlite');\n"
      "--pg INSERT INTO which VALUES ('pg');\n"
      "-- pg INSERT INTO which VALUES ('a comment');\n"
      "INSERT INTO which VALUES ('both');" },
    { 0, NULL, NULL },
};

static void
test_each_once_and_in_order (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    assert_int_equal (migrate (store, first_two, &error), 2);
    assert_int_equal (migrate (store, first_two, &error), 0);
    assert_int_equal (migrate (store, three, &error), 1);
    assert_null (error);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM one")), 2);
    rows = must_ask (store, SQL ("SELECT version, name, applied_at FROM schema_migrations ORDER BY version"),
                     NO_PARAMS);
    assert_int_equal (rows_count (rows), 3);
    assert_string_equal (rows_text (rows, 2, 1), "three");
    assert_true (ABS (rows_instant (rows, 2, 2) - g_get_real_time ()) < 60 * SECOND_US);
}

static void
test_a_newer_database_is_refused (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;

    assert_int_equal (migrate (store, three, &error), 3);
    assert_int_equal (migrate (store, first_two, &error), -1);
    assert_fault (error, FAULT_INVALID);
    assert_non_null (strstr (error->message, "newer"));
    assert_int_equal (ask_int (store, SQL ("SELECT id FROM three")), 3);
}

static void
test_a_broken_one_leaves_nothing (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) gone = NULL;

    assert_int_equal (migrate (store, broken, &error), -1);
    assert_fault (error, FAULT_INTERNAL);
    assert_non_null (strstr (error->message, "002-broken"));
    assert_int_equal (ask_int (store, SQL ("SELECT max (version) FROM schema_migrations")), 1);
    assert_null (store_ask (store, SQL ("SELECT 1 FROM two"), NO_PARAMS, &gone));
    assert_int_equal (migrate (store, first_two + 1, NULL), 1); /* mended */
}

static void
test_lines_for_one_engine (void **state)
{
    Store *store = fixture_of (state)->store;
    gboolean sqlite = store_engine (store) == STORE_SQLITE;
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    assert_int_equal (migrate (store, marked, &error), sqlite ? -1 : 1);
    if (!sqlite)
        must_do (store, SQL ("DROP TABLE which"), NO_PARAMS);
    must_do (store, SQL ("DROP TABLE IF EXISTS schema_migrations"), NO_PARAMS);
    assert_int_equal (migrate (store, lines, NULL), 1);
    rows = must_ask (store, SQL ("SELECT engine FROM which ORDER BY engine"), NO_PARAMS);
    assert_int_equal (rows_count (rows), 2);
    assert_string_equal (rows_text (rows, 1, 0), sqlite ? "sqlite" : "pg");
}

typedef struct {
    const Fixture *fixture;
    int applied;
} Starter;

static void *
start_up (void *data)
{
    Starter *starter = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store =
        store_open (starter->fixture->url, &(StoreOptions){ .timeout_ms = 20000, .durable = TRUE }, &error);

    starter->applied = store ? migrate (store, migrations, &error) : -2;
    if (error)
        print_error ("%s\n", error->message);
    return NULL;
}

/* The whole schema, by four instances at the same moment. */
static void
test_instances_that_start_at_once (void **state)
{
    const Fixture *fixture = fixture_of (state);
    pthread_t threads[4];
    Starter starters[4];
    int all = 0, newest = 0;

    for (int i = 0; i < 4; i++) {
        starters[i] = (Starter){ .fixture = fixture };
        assert_int_equal (pthread_create (&threads[i], NULL, start_up, &starters[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join (threads[i], NULL);
        assert_true (starters[i].applied >= 0);
        all += starters[i].applied;
    }
    while (migrations[newest].version)
        newest++;
    assert_int_equal (all, newest);
    assert_int_equal (ask_int (fixture->store, SQL ("SELECT count (*) FROM schema_migrations")), newest);
    assert_int_equal (ask_int (fixture->store, SQL ("SELECT count (*) FROM ga4_sync_jobs")), 0);
}

/* The rule that at most one job of a kind is active lives in the schema. */
static void
test_one_active_job_per_lock (void **state)
{
    static const Sql add = {
        .name = "test/job",
        .text = "INSERT INTO sync_jobs (id, created_at, source, scope, trigger, status, lock_key) "
                "VALUES (:id, :at, 'ga4', 'all', 'daily', :status, 'ga4_daily')",
    };
    static const char *const ids[] = { "0190f0aa-0000-7000-8000-000000000001",
                                       "0190f0aa-0000-7000-8000-000000000002",
                                       "0190f0aa-0000-7000-8000-000000000003" };
    static const char *const statuses[] = { "success", "running", "pending" };
    Store *store = fixture_of (state)->store;

    must_migrate (store);
    for (int i = 0; i < 3; i++) {
        g_autoptr (GError) error = NULL;
        gint64 added = store_do (store, &add,
                                 PARAMS ({ "id", VALUE_OF_TEXT (ids[i]) }, { "at", VALUE_OF_INSTANT (0) },
                                         { "status", VALUE_OF_TEXT (statuses[i]) }),
                                 &error);

        if (i < 2)
            assert_int_equal (added, 1);
        else
            assert_fault (error, FAULT_CONFLICT);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        EVERY_WAY (test_each_once_and_in_order),       EVERY_WAY (test_a_newer_database_is_refused),
        EVERY_WAY (test_a_broken_one_leaves_nothing),  EVERY_WAY (test_lines_for_one_engine),
        EVERY_WAY (test_instances_that_start_at_once), EVERY_WAY (test_one_active_job_per_lock),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
