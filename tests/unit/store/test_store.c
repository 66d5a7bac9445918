/* What both engines must do alike. */
#include "both_engines.h"

#include <pthread.h>
#include <stdatomic.h>

static const Sql create_things = {
    .name = "create",
    .text = "CREATE TABLE things (id uuid PRIMARY KEY NOT NULL, whole bigint, fraction double precision, "
            "words text, day date, at timestamptz, flag boolean, note jsonb)",
};

static const Sql insert_thing = {
    .name = "test/insert",
    .text = "INSERT INTO things (id, whole, fraction, words, day, at, flag) "
            "VALUES (:id, :whole, :fraction, :words, :day, :at, :flag)",
};

static const Sql count_things = { .name = "test/count", .text = "SELECT count (*) FROM things" };

#define ID1 "0190f0aa-0000-7000-8000-000000000001"
#define ID2 "0190f0aa-0000-7000-8000-000000000002"

static Store *
store_with_things (void **state)
{
    Store *store = fixture_of (state)->store;

    must_do (store, &create_things, NO_PARAMS);
    return store;
}

static gint64
try_insert (Store *store, const char *id, gint64 whole, double fraction, const char *words, Day day,
            gint64 at, GError **error)
{
    return store_do (store, &insert_thing,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "whole", VALUE_OF_INT (whole) },
                             { "fraction", VALUE_OF_REAL (fraction) }, { "words", VALUE_OF_TEXT (words) },
                             { "day", VALUE_OF_DAY (day) }, { "at", VALUE_OF_INSTANT (at) },
                             { "flag", VALUE_OF_INT (1) }),
                     error);
}

static void
insert (Store *store, const char *id)
{
    g_autoptr (GError) error = NULL;

    assert_fine (try_insert (store, id, 1, 1, "x", 1, 1, &error) == 1, error);
}

/* ---- values ---- */

static void
test_values_come_back (void **state)
{
    static const struct {
        gint64 whole;
        double fraction;
        const char *words;
        Day day;
        gint64 at;
        const char *day_text, *at_text;
    } cases[] = {
        { 0, 0, "", 0, 0, "1970-01-01", "1970-01-01T00:00:00Z" },
        { -1, -0.5, "it's 100% \\ \"so\" :user $1", -1, -1, "1969-12-31", "1969-12-31T23:59:59.999999Z" },
        { G_MAXINT64, 1e300, "Zoë 日本 🙂\n\ttab", 20455, 1767341700000000, "2026-01-02",
          "2026-01-02T08:15:00Z" },
        { G_MININT64, 0.1, "2026-01-02T08:15:00.000000Z", -719162, 1500000, "0001-01-01",
          "1970-01-01T00:00:01.500000Z" },
        { 42, 1.0 / 3, "12", 2932896, 1767341700000001, "9999-12-31", "2026-01-02T08:15:00.000001Z" },
    };
    Store *store = store_with_things (state);

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (Rows) rows = NULL;

        assert_fine (try_insert (store, ID1, cases[i].whole, cases[i].fraction, cases[i].words, cases[i].day,
                                 cases[i].at, &error) == 1,
                     error);
        rows =
            must_ask (store, SQL ("SELECT id, whole, fraction, words, day, at, flag FROM things"), NO_PARAMS);
        assert_string_equal (rows_text (rows, 0, 0), ID1);
        assert_true (rows_int (rows, 0, 1) == cases[i].whole);
        assert_true (rows_real (rows, 0, 2) == cases[i].fraction);
        assert_string_equal (rows_text (rows, 0, 3), cases[i].words);
        assert_string_equal (rows_text (rows, 0, 4), cases[i].day_text);
        assert_int_equal (rows_day (rows, 0, 4), cases[i].day);
        assert_string_equal (rows_text (rows, 0, 5), cases[i].at_text);
        assert_true (rows_instant (rows, 0, 5) == cases[i].at);
        assert_int_equal (rows_int (rows, 0, 6), 1);
        assert_int_equal (must_do (store, SQL ("DELETE FROM things"), NO_PARAMS), 1);
    }
}

static void
test_nulls_come_back (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (Rows) rows = NULL;

    must_do (store, &insert_thing,
             PARAMS ({ "id", VALUE_OF_TEXT (ID1) }, { "whole", VALUE_NONE }, { "fraction", VALUE_NONE },
                     { "words", VALUE_OF_TEXT (NULL) }, { "day", VALUE_OF_DAY (DAY_NONE) },
                     { "at", VALUE_OF_INSTANT (INSTANT_NONE) }, { "flag", VALUE_NONE }));
    rows = must_ask (store, SQL ("SELECT whole, fraction, words, day, at, flag FROM things"), NO_PARAMS);
    for (guint i = 0; i < rows_columns (rows); i++)
        assert_true (rows_is_null (rows, 0, i));
}

/* sum() and avg() have other types in PostgreSQL; the caller must not notice. */
static void
test_aggregates_are_alike (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    assert_fine (try_insert (store, ID1, 4611686018427387904, 0.5, "a", 1, 0, &error) == 1, error);
    assert_fine (try_insert (store, ID2, 4611686018427387903, 0.25, "b", 2, 1500000, &error) == 1, error);
    rows = must_ask (
        store,
        SQL ("SELECT sum (whole) AS total, avg (fraction) AS mean, count (*) AS n, max (at) AS latest, "
             "min (day) AS first, sum (whole) > 0 AS positive, sum (whole) / 2.0 AS half FROM things"),
        NO_PARAMS);
    assert_true (rows_int (rows, 0, 0) == G_MAXINT64);
    assert_string_equal (rows_text (rows, 0, 0), "9223372036854775807");
    assert_true (rows_real (rows, 0, (guint)rows_column (rows, "mean")) == 0.375);
    assert_int_equal (rows_int (rows, 0, 2), 2);
    assert_string_equal (rows_text (rows, 0, 3), "1970-01-01T00:00:01.500000Z");
    assert_string_equal (rows_text (rows, 0, 4), "1970-01-02");
    assert_int_equal (rows_int (rows, 0, 5), 1);
    assert_true (rows_real (rows, 0, 6) == 4611686018427387903.5);
}

static void
test_instants_compare_as_time (void **state)
{
    static const Sql older = { .name = "test/older", .text = "SELECT count (*) FROM things WHERE at < :at" };
    Store *store = store_with_things (state);
    g_autoptr (Rows) none = NULL;
    g_autoptr (Rows) one = NULL;
    g_autoptr (GError) error = NULL;

    assert_fine (try_insert (store, ID1, 1, 1, "", 1, 10 * SECOND_US, &error) == 1, error);
    none = must_ask (store, &older, PARAMS ({ "at", VALUE_OF_INSTANT (10 * SECOND_US) }));
    one = must_ask (store, &older, PARAMS ({ "at", VALUE_OF_INSTANT (10 * SECOND_US + 1) }));
    assert_int_equal (rows_int (none, 0, 0), 0);
    assert_int_equal (rows_int (one, 0, 0), 1);
}

static void
test_now_is_the_databases_clock (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    assert_fine (try_insert (store, ID1, 1, 1, "", 1, g_get_real_time () - 3600 * SECOND_US, &error) == 1,
                 error);
    assert_fine (try_insert (store, ID2, 1, 1, "", 1, g_get_real_time () + 3600 * SECOND_US, &error) == 1,
                 error);
    rows = must_ask (store, SQL ("SELECT id, now() FROM things WHERE at < now()"), NO_PARAMS);
    assert_int_equal (rows_count (rows), 1);
    assert_string_equal (rows_text (rows, 0, 0), ID1);
    assert_true (ABS (rows_instant (rows, 0, 1) - g_get_real_time ()) < 60 * SECOND_US);
}

/* ---- parameters ---- */

static void
test_parameters (void **state)
{
    static const Sql tricky = {
        .name = "test/tricky",
        .text = "-- :absent\nSELECT CAST (:a AS text) AS one, ':a' AS two, /* :absent */ CAST (:b AS text) "
                "AS three, "
                "CAST (:a AS text) AS \"it:s\"",
    };
    Store *store = fixture_of (state)->store;
    g_autoptr (Rows) rows =
        must_ask (store, &tricky, PARAMS ({ "b", VALUE_OF_TEXT ("B") }, { "a", VALUE_OF_TEXT ("A'); --") }));

    assert_string_equal (rows_text (rows, 0, 0), "A'); --");
    assert_string_equal (rows_text (rows, 0, 1), ":a");
    assert_string_equal (rows_text (rows, 0, 2), "B");
    assert_string_equal (rows_text (rows, 0, 3), "A'); --");
    assert_int_equal (rows_column (rows, "it:s"), 3);
}

static void
test_wrong_parameters_are_refused (void **state)
{
    static const Sql two = { .name = "test/two", .text = "SELECT CAST (:a AS text), CAST (:b AS text)" };
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) missing = NULL;
    g_autoptr (GError) unknown = NULL;
    g_autoptr (GError) twice = NULL;

    assert_null (store_ask (store, &two, PARAMS ({ "a", VALUE_OF_TEXT ("secret") }), &missing));
    assert_fault (missing, FAULT_INTERNAL);
    assert_string_equal (missing->message, "the statement test/two needs the parameter :b");
    assert_null (store_ask (
        store, &two,
        PARAMS ({ "a", VALUE_OF_TEXT ("1") }, { "b", VALUE_OF_TEXT ("2") }, { "c", VALUE_OF_TEXT ("3") }),
        &unknown));
    assert_string_equal (unknown->message, "the statement test/two has no parameter :c");
    assert_int_equal (store_do (store, &two,
                                PARAMS ({ "a", VALUE_OF_TEXT ("1") }, { "b", VALUE_OF_TEXT ("2") },
                                        { "a", VALUE_OF_TEXT ("3") }),
                                &twice),
                      -1);
    assert_fault (twice, FAULT_INTERNAL);
    assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
}

static void
test_statements_are_used_again (void **state)
{
    static const Sql echo = { .name = "test/echo", .text = "SELECT CAST (:n AS bigint)" };
    Store *store = fixture_of (state)->store;

    for (int i = 0; i < 50; i++) {
        g_autoptr (Rows) rows = must_ask (store, &echo, PARAMS ({ "n", VALUE_OF_INT (i) }));

        assert_int_equal (rows_int (rows, 0, 0), i);
    }
}

/* Two questions may have one text; a connection knows both. */
static void
test_two_of_one_text (void **state)
{
    static const Sql once = { .name = "once", .text = "SELECT COUNT(*) FROM things" };
    static const Sql twice = { .name = "twice", .text = "SELECT COUNT(*) FROM things" };
    Store *store = store_with_things (state);

    for (int i = 0; i < 2; i++) {
        g_autoptr (Rows) first = must_ask (store, &once, NO_PARAMS);
        g_autoptr (Rows) second = must_ask (store, &twice, NO_PARAMS);

        assert_int_equal (rows_int (first, 0, 0), 0);
        assert_int_equal (rows_int (second, 0, 0), 0);
    }
}

static void
test_counts_what_it_changed (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (Rows) back = NULL;

    insert (store, ID1);
    insert (store, ID2);
    assert_int_equal (must_do (store, SQL ("UPDATE things SET whole = 5"), NO_PARAMS), 2);
    assert_int_equal (must_do (store, SQL ("CREATE TABLE other (id bigint)"), NO_PARAMS), 0);
    assert_int_equal (must_do (store, SQL ("UPDATE things SET whole = 6 WHERE whole = 7"), NO_PARAMS), 0);
    assert_int_equal (must_do (store, SQL ("SELECT 1 FROM things"), NO_PARAMS), 0);
    back = must_ask (store, SQL ("UPDATE things SET whole = 8 RETURNING id"), NO_PARAMS);
    assert_int_equal (rows_count (back), 2);
    assert_int_equal (must_do (store, SQL ("DELETE FROM things WHERE whole = 8"), NO_PARAMS), 2);
}

/* ---- errors ---- */

static void
test_a_key_that_exists_is_a_conflict (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (GError) error = NULL;

    insert (store, ID1);
    assert_int_equal (try_insert (store, ID1, 1, 1, "secret-words", 1, 1, &error), -1);
    assert_fault (error, FAULT_CONFLICT);
    assert_non_null (strstr (error->message, "test/insert"));
    assert_null (strstr (error->message, "secret-words"));
    assert_null (strstr (error->message, ID1));
    assert_int_equal (ask_int (store, &count_things), 1);
}

static void
test_a_broken_text_is_our_mistake (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) syntax = NULL;
    g_autoptr (GError) table = NULL;
    g_autoptr (GError) empty = NULL;
    g_autoptr (GError) several = NULL;

    assert_null (store_ask (store, SQL ("SELEC 1"), NO_PARAMS, &syntax));
    assert_fault (syntax, FAULT_INTERNAL);
    assert_null (store_ask (store, SQL ("SELECT 1 FROM nowhere"), NO_PARAMS, &table));
    assert_fault (table, FAULT_INTERNAL);
    assert_non_null (strstr (table->message, "nowhere"));
    assert_null (store_ask (store, SQL ("-- nothing"), NO_PARAMS, &empty));
    assert_fault (empty, FAULT_INTERNAL);
    assert_null (store_ask (store, SQL ("SELECT 1; SELECT 2"), NO_PARAMS, &several));
    assert_fault (several, FAULT_INTERNAL);
    assert_int_equal (ask_int (store, SQL ("SELECT 2; -- and a comment\n")), 2);
    assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
}

static void
test_a_long_statement_is_stopped (void **state)
{
    static const Sql slow = {
        .name = "test/slow",
        .text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count (*) FROM n",
        .pg = "SELECT pg_sleep (60)",
    };
    g_autoptr (Store) store = fixture_open (fixture_of (state), 300);
    g_autoptr (GError) error = NULL;
    gint64 start = g_get_monotonic_time ();

    assert_null (store_ask (store, &slow, NO_PARAMS, &error));
    assert_fault (error, FAULT_TIMEOUT);
    assert_true (g_get_monotonic_time () - start < 2 * SECOND_US);
    assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
}

/* SQLite has one writer; PostgreSQL waits for the row's lock. Neither waits for ever. */
static void
test_a_second_writer_gives_up_in_time (void **state)
{
    Store *first = store_with_things (state);
    g_autoptr (Store) second = fixture_open (*state, 300);
    g_autoptr (GError) error = NULL;
    gint64 start = g_get_monotonic_time ();

    must_begin (first);
    insert (first, ID1);
    assert_int_equal (try_insert (second, ID1, 1, 1, "", 1, 1, &error), -1);
    assert_fault (error, store_engine (first) == STORE_SQLITE ? FAULT_BUSY : FAULT_TIMEOUT);
    assert_true (fault_is_transient (error));
    assert_true (g_get_monotonic_time () - start > 200000);
    assert_true (g_get_monotonic_time () - start < 2 * SECOND_US);
    must_commit (first);
    insert (second, ID2);
}

/* ---- transactions ---- */

static void
test_commit_and_rollback (void **state)
{
    Store *store = store_with_things (state);

    must_begin (store);
    insert (store, ID1);
    store_rollback (store);
    assert_int_equal (ask_int (store, &count_things), 0);
    must_begin (store);
    insert (store, ID1);
    must_commit (store);
    store_rollback (store); /* nothing is open: nothing happens */
    assert_int_equal (ask_int (store, &count_things), 1);
}

static void
test_after_an_error_only_rollback (void **state)
{
    Store *store = store_with_things (state);
    g_autoptr (GError) error = NULL;

    must_begin (store);
    insert (store, ID1);
    assert_int_equal (try_insert (store, ID1, 1, 1, "", 1, 1, &error), -1);
    assert_fault (error, FAULT_CONFLICT);
    store_rollback (store);
    assert_int_equal (ask_int (store, &count_things), 0);
    must_begin (store);
    insert (store, ID2);
    must_commit (store);
}

static void
test_transactions_do_not_nest (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) nested = NULL;
    g_autoptr (GError) without = NULL;

    must_begin (store);
    assert_false (store_begin (store, &nested));
    assert_fault (nested, FAULT_INTERNAL);
    must_commit (store);
    assert_false (store_commit (store, &without));
    assert_fault (without, FAULT_INTERNAL);
}

/* ---- several questions ---- */

static void
test_asks_several_at_once (void **state)
{
    static const Sql echo = { .name = "test/echo", .text = "SELECT CAST (:n AS bigint) AS n" };
    Store *store = fixture_of (state)->store;
    StoreQuestion questions[] = {
        { .sql = &echo, .params = PARAMS ({ "n", VALUE_OF_INT (1) }) },
        { .sql = SQL ("SELECT 'x' AS a, 'y' AS b"), .params = NO_PARAMS },
        { .sql = &echo, .params = PARAMS ({ "n", VALUE_OF_INT (3) }) },
    };
    g_autoptr (GError) error = NULL;

    for (int round = 0; round < 2; round++) {
        assert_fine (store_ask_all (store, questions, 3, &error), error);
        assert_int_equal (rows_int (questions[0].rows, 0, 0), 1);
        assert_string_equal (rows_text (questions[1].rows, 0, 1), "y");
        assert_int_equal (rows_int (questions[2].rows, 0, 0), 3);
        for (int i = 0; i < 3; i++)
            rows_free (questions[i].rows);
    }
    assert_fine (store_ask_all (store, NULL, 0, &error), error);
}

static void
test_one_bad_question_spoils_all (void **state)
{
    Store *store = store_with_things (state);
    StoreQuestion bad[] = {
        { .sql = SQL ("SELECT 1"), .params = NO_PARAMS },
        { .sql = SQL ("SELECT 1 FROM nowhere"), .params = NO_PARAMS },
        { .sql = SQL ("SELECT 2"), .params = NO_PARAMS },
    };
    StoreQuestion writing[] = {
        { .sql = SQL ("SELECT 1"), .params = NO_PARAMS },
        { .sql = SQL ("DELETE FROM things"), .params = NO_PARAMS },
    };
    g_autoptr (GError) first = NULL;
    g_autoptr (GError) second = NULL;

    insert (store, ID1);
    assert_false (store_ask_all (store, bad, 3, &first));
    assert_fault (first, FAULT_INTERNAL);
    assert_non_null (strstr (first->message, "nowhere"));
    for (int i = 0; i < 3; i++)
        assert_null (bad[i].rows);
    assert_false (store_ask_all (store, writing, 2, &second));
    assert_fault (second, FAULT_INTERNAL);
    assert_int_equal (ask_int (store, &count_things), 1);
    must_begin (store); /* nothing was left open */
    must_commit (store);
}

typedef struct {
    Store *store;
    atomic_bool stop;
    atomic_int written;
} Writer;

static void *
write_all_the_time (void *data)
{
    static const Sql add = { .name = "test/add", .text = "INSERT INTO numbers VALUES (:n)" };
    Writer *writer = data;

    while (!writer->stop)
        if (store_do (writer->store, &add, PARAMS ({ "n", VALUE_OF_INT (writer->written) }), NULL) == 1)
            writer->written++;
    return NULL;
}

/* Counts, waits, counts again: TRUE if both counts are the same. */
static gboolean
sees_one_snapshot (Store *store)
{
    static const Sql count = { .name = "test/count", .text = "SELECT count (*) FROM numbers" };
    static const Sql pause = {
        .name = "test/pause",
        .text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
                "SELECT count (*) FROM n",
        .pg = "SELECT pg_sleep (0.05)",
    };
    StoreQuestion questions[] = { { &count, NO_PARAMS, NULL },
                                  { &pause, NO_PARAMS, NULL },
                                  { &count, NO_PARAMS, NULL } };
    gboolean same;

    if (!store_ask_all (store, questions, 3, NULL))
        return FALSE;
    same = rows_int (questions[0].rows, 0, 0) == rows_int (questions[2].rows, 0, 0);
    for (int i = 0; i < 3; i++)
        rows_free (questions[i].rows);
    return same;
}

static void
test_several_questions_see_one_snapshot (void **state)
{
    Store *store = fixture_of (state)->store;
    Writer writer = { 0 };
    gboolean same = TRUE;
    int busy_rounds = 0;
    pthread_t thread;

    must_do (store, SQL ("CREATE TABLE numbers (n bigint)"), NO_PARAMS);
    writer.store = fixture_open (*state, 5000);
    assert_int_equal (pthread_create (&thread, NULL, write_all_the_time, &writer), 0);
    for (int round = 0; round < 300 && busy_rounds < 5 && same; round++) {
        int before = writer.written;

        same = sees_one_snapshot (store);
        busy_rounds += writer.written > before + 2; /* somebody did write meanwhile */
    }
    writer.stop = TRUE;
    pthread_join (thread, NULL);
    store_close (writer.store);
    assert_true (same);
    assert_int_equal (busy_rounds, 5);
}

/* ---- addresses ---- */

static void
test_bad_addresses (void **state)
{
    static const char *const urls[] = {
        "",
        "mysql://root:hunter2@localhost/",
        "sqlite:",
        "sqlite:/tmp",
        "sqlite:/nowhere/at/all/x.db",
        "postgresql://u:hunter2%zz@127.0.0.1/db",
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS (urls); i++) {
        g_autoptr (GError) error = NULL;

        assert_null (store_open (urls[i], NULL, &error));
        assert_fault (error, FAULT_INVALID);
        assert_null (strstr (error->message, "hunter2"));
    }
    assert_int_equal (store_engine_of_url ("postgres://x"), STORE_POSTGRESQL);
    assert_int_equal (store_engine_of_url ("sqlite:x"), STORE_SQLITE);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        EVERY_WAY (test_values_come_back),
        EVERY_WAY (test_nulls_come_back),
        EVERY_WAY (test_aggregates_are_alike),
        EVERY_WAY (test_instants_compare_as_time),
        EVERY_WAY (test_now_is_the_databases_clock),
        EVERY_WAY (test_parameters),
        EVERY_WAY (test_wrong_parameters_are_refused),
        EVERY_WAY (test_statements_are_used_again),
        EVERY_WAY (test_two_of_one_text),
        EVERY_WAY (test_counts_what_it_changed),
        EVERY_WAY (test_a_key_that_exists_is_a_conflict),
        EVERY_WAY (test_a_broken_text_is_our_mistake),
        EVERY_WAY (test_a_long_statement_is_stopped),
        EVERY_WAY (test_a_second_writer_gives_up_in_time),
        EVERY_WAY (test_commit_and_rollback),
        EVERY_WAY (test_after_an_error_only_rollback),
        EVERY_WAY (test_transactions_do_not_nest),
        EVERY_WAY (test_asks_several_at_once),
        EVERY_WAY (test_one_bad_question_spoils_all),
        EVERY_WAY (test_several_questions_see_one_snapshot),
        cmocka_unit_test (test_bad_addresses),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
