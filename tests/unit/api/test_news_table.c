/* News by way of a table: what is told is heard once, in order, also what becomes visible late. */
#include "../store/both_engines.h"

#include "api/news_table.h"
#include "base/date.h"
#include "sql.h"

static void
note (const char *message, gpointer heard)
{
    g_string_append_printf (heard, "%s;", message);
}

static Store *
migrated (void **state)
{
    Store *store = fixture_of (state)->store;

    must_migrate (store);
    return store;
}

static void
tell (Store *store, const char *message)
{
    rows_free (
        must_ask (store, &sql_news_tell,
                  PARAMS ({ "channel", VALUE_OF_TEXT ("test") }, { "message", VALUE_OF_TEXT (message) })));
}

/* As a writer whose commit took so long. */
static void
tell_late (Store *store, const char *message, const char *ago)
{
    static const Sql late = {
        .name = "test/late",
        .text = "INSERT INTO news (told_at, id, message) VALUES "
                "(clock_timestamp() - CAST (CAST (:ago AS text) AS interval), gen_random_uuid(), :message)",
    };

    must_do (store, &late, PARAMS ({ "ago", VALUE_OF_TEXT (ago) }, { "message", VALUE_OF_TEXT (message) }));
}

static void
assert_hears (NewsTable *table, Store *store, const char *want)
{
    g_autoptr (GString) heard = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    assert_fine (news_table_read (table, store, note, heard, &error), error);
    assert_string_equal (heard->str, want);
}

static NewsTable *
begun (Store *store)
{
    NewsTable *table = news_table_new ();
    g_autoptr (GError) error = NULL;

    assert_fine (news_table_begin (table, store, &error), error);
    return table;
}

static void
test_nobody_writes_for_nobody (void **state)
{
    Store *store = migrated (state);

    tell (store, "to whom?");
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM news")), 0);
}

static void
test_each_is_heard_once (void **state)
{
    Store *store = migrated (state);
    g_autoptr (NewsTable) one = begun (store);
    g_autoptr (NewsTable) other = NULL;

    assert_hears (one, store, "");
    tell (store, "first");
    tell (store, "second");
    assert_hears (one, store, "first;second;");
    assert_hears (one, store, "");
    other = begun (store); /* what is there counts as read */
    tell (store, "third");
    assert_hears (one, store, "third;");
    assert_hears (other, store, "third;");
    assert_hears (other, store, "");
}

static void
test_the_late_are_heard (void **state)
{
    Store *store = migrated (state);
    g_autoptr (NewsTable) table = begun (store);

    tell (store, "now");
    assert_hears (table, store, "now;");
    tell_late (store, "a little late", "3 seconds");
    assert_hears (table, store, "a little late;");
    assert_hears (table, store, "");
}

static void
test_the_old_go (void **state)
{
    Store *store = migrated (state);
    g_autoptr (NewsTable) first = begun (store), second = NULL;

    tell_late (store, "long ago", "11 minutes");
    tell (store, "just now");
    second = begun (store);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM news")), 1);
    assert_hears (first, store, "just now;");
}

static void
test_failures_are_told (void **state)
{
    Store *store = migrated (state);
    g_autoptr (NewsTable) table = begun (store);
    g_autoptr (GError) error = NULL;

    must_do (store, SQL ("DROP TABLE news"), NO_PARAMS);
    assert_false (news_table_read (table, store, note, NULL, &error));
    assert_fault (error, FAULT_INTERNAL);
    g_clear_error (&error);
    assert_false (news_table_begin (table, store, &error));
    assert_fault (error, FAULT_INTERNAL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        ON_PG (test_nobody_writes_for_nobody), ON_PG (test_each_is_heard_once),
        ON_PG (test_the_late_are_heard),       ON_PG (test_the_old_go),
        ON_PG (test_failures_are_told),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
