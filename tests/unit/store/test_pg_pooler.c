/* A pooler in between: how it is found, and that nothing of a session is used behind it. The tests of the
 * store, of facts and of migrations run through one too (EVERY_WAY). */
#include "both_engines.h"

static const Sql backend = { .name = "test/backend", .text = "SELECT pg_backend_pid ()" };
static const Sql prepared = { .name = "test/prepared",
                              .text = "SELECT count (*) FROM pg_prepared_statements" };
static const Sql seven = { .name = "test/seven", .text = "SELECT 7" };
static const Sql setting = {
    .name = "test/setting",
    .text = "SELECT current_setting ('statement_timeout')",
};

static Store *
open_with (const char *url, const char *pooler)
{
    g_autofree char *whole = pooler ? g_strdup_printf ("%s?pooler=%s", url, pooler) : g_strdup (url);
    g_autoptr (GError) error = NULL;
    Store *store = store_open (whole, &(StoreOptions){ .timeout_ms = 10000 }, &error);

    assert_fine (store, error);
    return store;
}

/* ---- the address ---- */

static void
test_the_address (void **state)
{
    const char *url = g_getenv ("TEST_POSTGRES_URL");
    g_autofree char *wrong = g_strdup_printf ("%s?sslmode=disable&pooler=maybe", url);
    g_autofree char *right =
        g_strdup_printf ("%s?sslmode=disable&pooler=transaction&application_name=here", url);
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = NULL;
    g_autoptr (Rows) rows = NULL;

    fixture_of (state);
    assert_null (store_open (wrong, NULL, &error));
    assert_fault (error, FAULT_INVALID);
    g_clear_error (&error);
    store = store_open (right, NULL, &error); /* libpq would not know our part of it */
    assert_fine (store, error);
    assert_true (store_is_pooled (store));
    rows = must_ask (store, SQL ("SELECT current_setting ('application_name')"), NO_PARAMS);
    assert_string_equal (rows_text (rows, 0, 0), "here");
}

/* ---- nobody in between ---- */

static void
test_a_server_is_known_by_its_number (void **state)
{
    Store *store = fixture_of (state)->store;

    assert_false (store_is_pooled (store));
    assert_int_equal (ask_int (store, &seven), 7);
    assert_true (ask_int (store, &prepared) > 0);
}

/* ---- sessions are shared ---- */

static void
test_nothing_has_a_name (void **state)
{
    Store *store = fixture_of (state)->store;
    StoreQuestion questions[] = { { &seven, NO_PARAMS, NULL }, { &prepared, NO_PARAMS, NULL } };
    g_autoptr (GError) error = NULL;

    assert_fine (store_ask_all (store, questions, 2, &error), error);
    assert_int_equal (rows_int (questions[1].rows, 0, 0), 0);
    rows_free (questions[0].rows);
    rows_free (questions[1].rows);
    assert_false (store_listen (store, "daymark_test", &error));
    assert_fault (error, FAULT_INTERNAL);
}

static char *
timeout_of (Store *store)
{
    g_autoptr (Rows) rows = must_ask (store, &setting, NO_PARAMS);

    return g_strdup (rows_text (rows, 0, 0));
}

/* Each transaction has our settings; whoever comes next has his own. */
static void
test_settings_do_not_stay (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autofree char *alone = timeout_of (store), *inside = NULL;
    PGconn *stranger;
    PGresult *result;

    must_begin (store);
    inside = timeout_of (store);
    must_commit (store);
    assert_string_equal (alone, "9s");
    assert_string_equal (inside, "9s");
    stranger = PQconnectdb (shared_pooler.url);
    result = PQexec (stranger, "SHOW statement_timeout");
    assert_string_equal (PQgetvalue (result, 0, 0), "0");
    PQclear (result);
    PQfinish (stranger);
}

/* All of a transaction is one session's, whoever else works meanwhile. */
static void
test_a_transaction_stays_where_it_is (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (Store) other = open_with (shared_pooler.url, NULL);
    gint64 mine;

    must_begin (store);
    mine = ask_int (store, &backend);
    for (int i = 0; i < 5; i++) {
        assert_true (ask_int (other, &backend) != mine);
        assert_true (ask_int (store, &backend) == mine);
    }
    must_commit (store);
}

/* An address that promises sessions of one's own, and a pooler that does not keep it: the statement is not
 * there on the second session. It is noticed, and the answer is right. */
static void
test_a_wrong_promise (void **state)
{
    Store *holder = fixture_of (state)->store;
    g_autoptr (Store) store = open_with (shared_pooler.url, "session");
    gint64 first;

    assert_false (store_is_pooled (store));
    first = ask_int (store, &backend); /* prepared there */
    must_begin (holder);
    while (ask_int (holder, &backend) != first) { /* the last used is given out first */
        store_rollback (holder);
        must_begin (holder);
    }
    assert_true (ask_int (store, &backend) != first);
    assert_true (store_is_pooled (store));
    store_rollback (holder);
}

/* ---- sessions of one's own, through a pooler ---- */

static Pooler sessions;

static int
end_sessions (void **state)
{
    pooler_stop (&sessions);
    return fixture_end (state);
}

static void
test_a_pooler_of_sessions (void **state)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = NULL;
    g_autoptr (Store) doubting = NULL;

    fixture_of (state);
    stop_shared_pooler (); /* which has the same database */
    pooler_start (&sessions, "session");
    store = open_with (sessions.url, "session");
    assert_false (store_is_pooled (store));
    assert_int_equal (ask_int (store, &seven), 7);
    assert_true (ask_int (store, &prepared) > 0);
    assert_fine (store_listen (store, "daymark_test", &error), error);
    doubting = open_with (sessions.url, NULL); /* nobody has said that it is one */
    assert_true (store_is_pooled (doubting));
    assert_int_equal (ask_int (doubting, &seven), 7);
    assert_int_equal (ask_int (doubting, &prepared), 0);
}

#define POOLED(test)                                                       \
    {                                                                      \
#test " through a pooler", test, fixture_pooled, fixture_end, NULL \
    }

int
main (void)
{
    const struct CMUnitTest tests[] = {
        ON_PG (test_the_address),
        ON_PG (test_a_server_is_known_by_its_number),
        POOLED (test_nothing_has_a_name),
        POOLED (test_settings_do_not_stay),
        POOLED (test_a_transaction_stays_where_it_is),
        POOLED (test_a_wrong_promise),
        { "test_a_pooler_of_sessions", test_a_pooler_of_sessions, fixture_pg, end_sessions, NULL },
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
