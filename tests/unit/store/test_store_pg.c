/* What only a server over a network can do: go away, fall silent, come back. */
#include "both_engines.h"

#include "proxy.h"

static Proxy *proxy;

/* The address of the fixture's schema, with the proxy in between. */
static char *
url_through_proxy (const Fixture *fixture)
{
    PQconninfoOption *options = PQconninfoParse (g_getenv ("TEST_POSTGRES_URL"), NULL);
    const char *user = "postgres", *name = "postgres", *host = "127.0.0.1", *port = "5432";
    g_autofree char *url = NULL;

    for (PQconninfoOption *each = options; each->keyword; each++) {
        const char *value = each->val ? g_intern_string (each->val) : NULL;

        if (value && strcmp (each->keyword, "user") == 0)
            user = value;
        if (value && strcmp (each->keyword, "dbname") == 0)
            name = value;
        if (value && strcmp (each->keyword, "host") == 0)
            host = value;
        if (value && strcmp (each->keyword, "port") == 0)
            port = value;
    }
    PQconninfoFree (options);
    proxy = proxy_start (host, port);
    url = g_strdup_printf ("postgresql://%s@127.0.0.1:%u/%s?sslmode=disable", user, proxy->own_port, name);
    return url_with_schema (url, fixture->schema);
}

static Store *
open_through_proxy (void **state, int timeout_ms)
{
    const Fixture *fixture = fixture_of (state);
    g_autofree char *url = url_through_proxy (fixture);
    g_autoptr (GError) error = NULL;
    Store *store = store_open (url, &(StoreOptions){ .timeout_ms = timeout_ms }, &error);

    assert_fine (store, error);
    return store;
}

static int
end_with_proxy (void **state)
{
    if (proxy)
        proxy_end (proxy);
    proxy = NULL;
    return fixture_end (state);
}

static const Sql create_table = { .name = "test/create", .text = "CREATE TABLE t (n bigint)" };
static const Sql add_one = { .name = "test/add", .text = "INSERT INTO t VALUES (1)" };
static const Sql count = { .name = "test/count", .text = "SELECT count (*) FROM t" };
static const Sql echo = { .name = "test/echo", .text = "SELECT CAST (:n AS bigint)" };

/* ---- round trips ---- */

static void
ask_three (Store *store)
{
    StoreQuestion questions[] = {
        { .sql = &echo, .params = PARAMS ({ "n", VALUE_OF_INT (1) }) },
        { .sql = &echo, .params = PARAMS ({ "n", VALUE_OF_INT (2) }) },
        { .sql = &count, .params = NO_PARAMS },
    };
    g_autoptr (GError) error = NULL;

    assert_fine (store_ask_all (store, questions, 3, &error), error);
    assert_int_equal (rows_int (questions[1].rows, 0, 0), 2);
    for (int i = 0; i < 3; i++)
        rows_free (questions[i].rows);
}

static void
test_one_round_trip (void **state)
{
    g_autoptr (Store) store = open_through_proxy (state, 5000);
    int before;

    must_do (store, &create_table, NO_PARAMS);
    before = proxy->turns;
    ask_three (store); /* with the preparation of both statements */
    assert_int_equal (proxy->turns - before, 1);
    ask_three (store);
    assert_int_equal (proxy->turns - before, 2);
    must_do (store, &add_one, NO_PARAMS);
    assert_int_equal (proxy->turns - before, 3);
}

/* An answer larger than all buffers on the way, while more is being asked. */
static void
test_large_answers (void **state)
{
    static const Sql large = {
        .name = "test/large",
        .text = "SELECT repeat (CAST (:letter AS text), 1000) FROM generate_series (1, 5000)",
    };
    g_autoptr (Store) store = open_through_proxy (state, 20000);
    g_autoptr (GError) error = NULL;
    const Param *letter = PARAMS ({ "letter", VALUE_OF_TEXT ("é") });
    StoreQuestion questions[4];

    for (int i = 0; i < 4; i++)
        questions[i] = (StoreQuestion){ .sql = &large, .params = letter };
    assert_fine (store_ask_all (store, questions, 4, &error), error);
    for (int i = 0; i < 4; i++) {
        assert_int_equal (rows_count (questions[i].rows), 5000);
        assert_int_equal (strlen (rows_text (questions[i].rows, 4999, 0)), 2000);
        rows_free (questions[i].rows);
    }
}

/* ---- a connection that breaks ---- */

static void
terminate_others (Store *store)
{
    g_autoptr (Rows) rows = must_ask (store,
                                      SQL ("SELECT pg_terminate_backend (pid, 5000) FROM pg_stat_activity "
                                           "WHERE application_name = 'victim'"),
                                      NO_PARAMS);

    assert_int_equal (rows_count (rows), 1);
    assert_int_equal (rows_int (rows, 0, 0), 1);
}

static Store *
open_victim (void **state)
{
    const Fixture *fixture = fixture_of (state);
    g_autofree char *url = g_strconcat (fixture->url, "&application_name=victim", NULL);
    g_autoptr (GError) error = NULL;
    Store *store = store_open (url, NULL, &error);

    assert_fine (store, error);
    return store;
}

/* The server closed an idle connection: seen before anything is sent, so not
 * even a write notices. */
static void
test_an_idle_connection_is_replaced (void **state)
{
    g_autoptr (Store) store = open_victim (state);
    Store *killer = ((Fixture *)*state)->store;

    must_do (store, &create_table, NO_PARAMS);
    terminate_others (killer);
    assert_int_equal (ask_int (store, &count), 0);
    terminate_others (killer);
    assert_int_equal (must_do (store, &add_one, NO_PARAMS), 1);
    terminate_others (killer);
    must_begin (store);
    assert_int_equal (must_do (store, &add_one, NO_PARAMS), 1);
    must_commit (store);
    assert_int_equal (ask_int (store, &count), 2);
}

static void
test_a_transaction_is_lost_with_its_connection (void **state)
{
    g_autoptr (Store) store = open_victim (state);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) again = NULL;
    g_autoptr (GError) commit = NULL;

    must_do (store, &create_table, NO_PARAMS);
    must_begin (store);
    must_do (store, &add_one, NO_PARAMS);
    terminate_others (((Fixture *)*state)->store);
    assert_null (store_ask (store, &count, NO_PARAMS, &error));
    assert_fault (error, FAULT_LOST);
    assert_int_equal (store_do (store, &add_one, NO_PARAMS, &again), -1); /* not outside of it either */
    assert_fault (again, FAULT_LOST);
    assert_false (store_commit (store, &commit));
    assert_fault (commit, FAULT_LOST);
    store_rollback (store);
    assert_int_equal (ask_int (store, &count), 0);
}

/* The question arrived, its answer did not. A write must say that nobody
 * knows; here it did happen. */
static void
test_a_lost_answer_to_a_write (void **state)
{
    g_autoptr (Store) store = open_through_proxy (state, 5000);
    g_autoptr (GError) error = NULL;

    must_do (store, &create_table, NO_PARAMS);
    proxy->mode = PROXY_CUT_ON_REPLY;
    assert_int_equal (store_do (store, &add_one, NO_PARAMS, &error), -1);
    assert_fault (error, FAULT_LOST);
    proxy->mode = PROXY_PASS;
    assert_int_equal (ask_int (store, &count), 1);
}

/* A write that gives back rows goes through store_ask: it is not repeated either. */
static void
test_a_lost_answer_to_a_claim (void **state)
{
    static const Sql claim = { .name = "test/claim", .text = "INSERT INTO t VALUES (2) RETURNING n" };
    g_autoptr (Store) store = open_through_proxy (state, 5000);
    g_autoptr (GError) error = NULL;
    int before;

    must_do (store, &create_table, NO_PARAMS);
    before = proxy->connections;
    proxy->mode = PROXY_CUT_ON_REPLY;
    assert_null (store_ask (store, &claim, NO_PARAMS, &error));
    assert_fault (error, FAULT_LOST);
    assert_int_equal (proxy->connections, before);
    proxy->mode = PROXY_PASS;
    assert_int_equal (ask_int (store, &count), 1);
}

static void
test_a_lost_answer_to_a_question (void **state)
{
    g_autoptr (Store) store = open_through_proxy (state, 5000);
    int before = proxy->connections;

    must_do (store, &create_table, NO_PARAMS);
    proxy->mode = PROXY_CUT_ONCE;
    assert_int_equal (ask_int (store, &count), 0);
    assert_int_equal (proxy->connections, before + 1);
}

/* The network swallows everything: the store comes back in time, and closes
 * the connection, because nobody knows what became of the statement. */
static void
test_silence_ends_in_time (void **state)
{
    g_autoptr (Store) store = open_through_proxy (state, 400);
    g_autoptr (GError) error = NULL;
    int before = proxy->connections;
    gint64 start;

    must_do (store, &create_table, NO_PARAMS);
    proxy->mode = PROXY_MUTE;
    start = g_get_monotonic_time ();
    assert_null (store_ask (store, &count, NO_PARAMS, &error));
    assert_fault (error, FAULT_TIMEOUT);
    assert_true (g_get_monotonic_time () - start < 2 * SECOND_US);
    g_clear_error (&error);
    start = g_get_monotonic_time ();
    assert_int_equal (store_do (store, &add_one, NO_PARAMS, &error), -1); /* nor does connecting hang */
    assert_fault (error, FAULT_TIMEOUT);
    assert_true (g_get_monotonic_time () - start < 2 * SECOND_US);
    assert_int_equal (proxy->connections, before + 1); /* a new one: the old one was given up */
    proxy->mode = PROXY_PASS;
    assert_int_equal (ask_int (store, &count), 0);
}

static void
test_no_server (void **state)
{
    g_autoptr (Store) store = open_through_proxy (state, 2000);
    g_autoptr (GError) error = NULL;

    proxy->mode = PROXY_REFUSE;
    assert_null (store_ask (store, SQL ("SELECT 1"), NO_PARAMS, &error));
    assert_fault (error, FAULT_LOST);
    proxy->mode = PROXY_PASS;
    assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
}

/* ---- the server's own words ---- */

static void
test_values_are_not_told (void **state)
{
    static const Sql by_id = { .name = "test/by-id", .text = "SELECT CAST (:id AS uuid)" };
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;

    assert_null (store_ask (store, &by_id, PARAMS ({ "id", VALUE_OF_TEXT ("hunter2") }), &error));
    assert_fault (error, FAULT_INVALID);
    assert_null (strstr (error->message, "hunter2"));
    assert_non_null (strstr (error->message, "test/by-id"));
}

static void
test_error_states (void **state)
{
    static const struct {
        const char *text;
        FaultCode fault;
    } cases[] = {
        { "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", FAULT_BUSY },
        { "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", FAULT_BUSY },
        { "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", FAULT_BUSY },
        { "DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", FAULT_BUSY },
        { "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", FAULT_FULL },
        { "DO $$ BEGIN RAISE SQLSTATE '57014'; END $$", FAULT_TIMEOUT },
        { "DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$", FAULT_LOST },
        { "DO $$ BEGIN RAISE SQLSTATE '08006'; END $$", FAULT_LOST },
        { "DO $$ BEGIN RAISE SQLSTATE '25006'; END $$", FAULT_LOST },
        { "DO $$ BEGIN RAISE SQLSTATE '23505'; END $$", FAULT_CONFLICT },
        { "DO $$ BEGIN RAISE SQLSTATE '23502'; END $$", FAULT_INTERNAL },
    };
    Store *store = fixture_of (state)->store;

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        const Sql sql = { .name = "test/raise", .text = cases[i].text };

        assert_int_equal (store_do (store, &sql, NO_PARAMS, &error), -1);
        assert_fault (error, cases[i].fault);
        assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
    }
}

/* After a failed statement the server answers COMMIT with a silent ROLLBACK. */
static void
test_commit_of_a_failed_transaction_fails (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;

    must_do (store, &create_table, NO_PARAMS);
    must_begin (store);
    must_do (store, &add_one, NO_PARAMS);
    assert_int_equal (store_do (store, SQL ("INSERT INTO nowhere VALUES (1)"), NO_PARAMS, NULL), -1);
    assert_false (store_commit (store, &error));
    assert_fault (error, FAULT_INTERNAL);
    store_rollback (store);
    assert_int_equal (ask_int (store, &count), 0);
}

static void
test_the_override_is_used (void **state)
{
    static const Sql two = { .name = "test/two", .text = "SELECT 'sqlite'", .pg = "SELECT 'pg' || :n::text" };
    g_autoptr (Rows) rows = must_ask (fixture_of (state)->store, &two, PARAMS ({ "n", VALUE_OF_INT (15) }));

    assert_string_equal (rows_text (rows, 0, 0), "pg15");
}

/* The server's own limit strikes first, so that the connection stays good. */
static void
test_the_server_ends_a_long_statement (void **state)
{
    static const Sql pid = { .name = "test/pid", .text = "SELECT pg_backend_pid ()" };
    g_autoptr (Store) store = fixture_open (fixture_of (state), 500);
    gint64 before = ask_int (store, &pid);
    g_autoptr (GError) error = NULL;

    assert_null (store_ask (store, SQL ("SELECT pg_sleep (10)"), NO_PARAMS, &error));
    assert_fault (error, FAULT_TIMEOUT);
    assert_int_equal (ask_int (store, &pid), before);
}

/* What a stopped process has locked is free before its job's lease of 90 s has run out. */
static void
test_who_sleeps_in_a_transaction_loses_it (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    must_begin (store);
    rows =
        must_ask (store, SQL ("SELECT current_setting ('idle_in_transaction_session_timeout')"), NO_PARAMS);
    assert_string_equal (rows_text (rows, 0, 0), "1min");
    must_do (store, SQL ("SET LOCAL idle_in_transaction_session_timeout = 100"), NO_PARAMS);
    g_usleep (600000);
    assert_true (store_do (store, SQL ("SELECT 1"), NO_PARAMS, &error) < 0);
    assert_fault (error, FAULT_LOST);
    store_rollback (store);
    assert_int_equal (ask_int (store, SQL ("SELECT 1")), 1);
}

/* Whatever the server's settings are, days are those of UTC. */
static void
test_the_session_is_in_utc (void **state)
{
    g_autoptr (Rows) rows =
        must_ask (fixture_of (state)->store,
                  SQL ("SELECT CAST (CAST ('2026-01-02T23:30:00Z' AS timestamptz) AS date), "
                       "CAST (CAST ('2026-01-02T00:30:00Z' AS timestamptz) AS date)"),
                  NO_PARAMS);

    assert_string_equal (rows_text (rows, 0, 0), "2026-01-02");
    assert_string_equal (rows_text (rows, 0, 1), "2026-01-02");
}

/* ---- notify ---- */

static gboolean
tell (Store *store, const char *channel, const char *payload)
{
    g_autoptr (Rows) rows = store_ask (
        store, SQL ("SELECT pg_notify (:channel, :payload)"),
        PARAMS ({ "channel", VALUE_OF_TEXT (channel) }, { "payload", VALUE_OF_TEXT (payload) }), NULL);

    return rows != NULL;
}

static void
test_notifies (void **state)
{
    Store *store = fixture_of (state)->store;
    PGconn *listener = PQconnectdb (g_getenv ("TEST_POSTGRES_URL"));
    PGnotify *notice = NULL;

    PQclear (PQexec (listener, "LISTEN daymark_test"));
    assert_true (tell (store, "daymark_test", "it's new"));
    for (int i = 0; i < 100 && !notice; i++) {
        g_usleep (10000);
        PQconsumeInput (listener);
        notice = PQnotifies (listener);
    }
    assert_non_null (notice);
    assert_string_equal (notice->extra, "it's new");
    PQfreemem (notice);
    PQfinish (listener);
}

/* ---- listen ---- */

static void
note (const char *payload, gpointer heard)
{
    g_string_append_printf (heard, "%s;", payload);
}

/* What one connection hears, also of its own words, and also what came along with an answer. */
static void
test_listens (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (Store) other = store_open (g_getenv ("TEST_POSTGRES_URL"), NULL, NULL);
    g_autoptr (GString) heard = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    assert_false (store_wait (other, -1, 10, note, heard, &error)); /* before it listens */
    assert_fault (error, FAULT_LOST);
    g_clear_error (&error);
    assert_fine (store_listen (other, "daymark_test", &error), error);
    assert_fine (store_wait (other, -1, 20, note, heard, &error), error);
    assert_string_equal (heard->str, "");
    assert_true (tell (store, "daymark_test", "one"));
    assert_true (tell (store, "daymark_other", "not this"));
    assert_true (tell (other, "daymark_test", "mine"));
    g_usleep (50000);
    rows_free (must_ask (other, SQL ("SELECT 1"), NO_PARAMS)); /* reads what came */
    for (int i = 0; i < 50 && !strstr (heard->str, "mine"); i++)
        assert_fine (store_wait (other, -1, 20, note, heard, &error), error);
    assert_string_equal (heard->str, "one;mine;");
}

static void
test_a_wait_can_be_ended (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (GString) heard = g_string_new (NULL);
    gint64 begun = g_get_monotonic_time ();
    int ends[2];

    assert_int_equal (pipe (ends), 0);
    assert_int_equal (write (ends[1], "x", 1), 1);
    assert_true (store_listen (store, "daymark_test", NULL));
    assert_true (store_wait (store, ends[0], 10000, note, heard, NULL));
    assert_true (g_get_monotonic_time () - begun < 2 * G_USEC_PER_SEC);
    close (ends[0]);
    close (ends[1]);
}

/* A new connection hears nothing until it is told to, and does not pass for the old one. */
static void
test_a_cut_ear (void **state)
{
    Store *store = fixture_of (state)->store;
    g_autoptr (Store) other = store_open (g_getenv ("TEST_POSTGRES_URL"), NULL, NULL);
    g_autoptr (GString) heard = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (Rows) rows = NULL;

    assert_true (store_listen (other, "daymark_test", NULL));
    rows = must_ask (other, SQL ("SELECT pg_backend_pid ()"), NO_PARAMS);
    rows_free (must_ask (store, SQL ("SELECT pg_terminate_backend (cast (:pid AS int))"),
                         PARAMS ({ "pid", VALUE_OF_INT (rows_int (rows, 0, 0)) })));
    for (int i = 0; i < 3 && !error; i++) /* the farewell comes first, then the end */
        store_wait (other, -1, 1000, note, heard, &error);
    assert_fault (error, FAULT_LOST);
    g_clear_error (&error);
    rows_free (must_ask (other, SQL ("SELECT 1"), NO_PARAMS)); /* connects again */
    assert_false (store_wait (other, -1, 10, note, heard, &error));
    assert_fault (error, FAULT_LOST);
    g_clear_error (&error);
    assert_fine (store_listen (other, "daymark_test", &error), error);
    assert_true (tell (store, "daymark_test", "again"));
    assert_fine (store_wait (other, -1, 2000, note, heard, &error), error);
    assert_string_equal (heard->str, "again;");
}

/* ---- a server of our own, that dies and comes back ---- */

/* The tests run from the project's root, unless somebody says otherwise. */
static const char *
tool (void)
{
    const char *named = g_getenv ("TEST_PG_TOOL");

    return named ? named : "tests/pg";
}

static char *
run_tool (const char *verb, const char *folder)
{
    const char *argv[] = { tool (), verb, folder, NULL };
    g_autoptr (GError) error = NULL;
    char *output = NULL;
    int status = 1;

    g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error);
    assert_fine (status == 0, error);
    return g_strstrip (output);
}

static char *cluster; /* the folder of the test's own server */

static int
end_with_cluster (void **state)
{
    if (cluster) {
        g_autofree char *output = run_tool ("stop", cluster);

        g_rmdir (cluster);
    }
    g_clear_pointer (&cluster, g_free);
    return fixture_end (state);
}

static void
check_restart (void)
{
    g_autofree char *url = run_tool ("start", cluster);
    g_autofree char *output = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = store_open (url, NULL, &error);

    assert_fine (store, error);
    must_do (store, &create_table, NO_PARAMS);
    must_begin (store);
    must_do (store, &add_one, NO_PARAMS);
    output = run_tool ("restart", cluster);
    assert_false (store_commit (store, &error));
    assert_fault (error, FAULT_LOST);
    store_rollback (store);
    assert_int_equal (ask_int (store, &count), 0);
    assert_int_equal (must_do (store, &add_one, NO_PARAMS), 1);
}

static void
test_a_restart_of_the_server (void **state)
{
    fixture_of (state);
    if (!g_file_test (tool (), G_FILE_TEST_IS_EXECUTABLE)) {
        print_message ("skipped: there is no tests/pg here; TEST_PG_TOOL may name it\n");
        skip ();
    }
    cluster = g_dir_make_tmp ("daymark-pg-XXXXXX", NULL);
    check_restart ();
}

#define PROXIED(test)                                                  \
    {                                                                  \
#test " on postgresql", test, fixture_pg, end_with_proxy, NULL \
    }

int
main (void)
{
    const struct CMUnitTest tests[] = {
        PROXIED (test_one_round_trip),
        PROXIED (test_large_answers),
        ON_PG (test_an_idle_connection_is_replaced),
        ON_PG (test_a_transaction_is_lost_with_its_connection),
        PROXIED (test_a_lost_answer_to_a_write),
        PROXIED (test_a_lost_answer_to_a_claim),
        PROXIED (test_a_lost_answer_to_a_question),
        PROXIED (test_silence_ends_in_time),
        PROXIED (test_no_server),
        ON_PG (test_values_are_not_told),
        ON_PG (test_error_states),
        ON_PG (test_commit_of_a_failed_transaction_fails),
        ON_PG (test_the_override_is_used),
        ON_PG (test_the_server_ends_a_long_statement),
        ON_PG (test_who_sleeps_in_a_transaction_loses_it),
        ON_PG (test_the_session_is_in_utc),
        ON_PG (test_notifies),
        ON_PG (test_listens),
        ON_PG (test_a_wait_can_be_ended),
        ON_PG (test_a_cut_ear),
        { "test_a_restart_of_the_server on postgresql", test_a_restart_of_the_server, fixture_pg,
          end_with_cluster, NULL },
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
