#include "both_engines.h"

#include "store/sqltext.h"

static const struct {
    const char *text, *want, *names;
    gboolean only_reads;
} cases[] = {
    { "SELECT 1", "SELECT 1", "", TRUE },
    { "SELECT :a, :b, :a", "SELECT $1, $2, $1", "a b", TRUE },
    { "SELECT :ab + :a", "SELECT $1 + $2", "ab a", TRUE },
    { "SELECT ':a', 'it''s :b', :c", "SELECT ':a', 'it''s :b', $1", "c", TRUE },
    { "SELECT \":a\" FROM t", "SELECT \":a\" FROM t", "", TRUE },
    { "-- :a asks\nSELECT :b -- :c", "-- :a asks\nSELECT $1 -- :c", "b", TRUE },
    { "/* :a 'x */ SELECT :b", "/* :a 'x */ SELECT $1", "b", TRUE },
    { "SELECT :a::date, '1'::text", "SELECT $1::date, '1'::text", "a", TRUE },
    { "SELECT x[1:2]", "SELECT x[1:2]", "", TRUE },
    { "SELECT ':a", "SELECT ':a", "", TRUE }, /* unfinished: the engine will complain */
    { "WITH w AS (SELECT 1) SELECT * FROM w", "WITH w AS (SELECT 1) SELECT * FROM w", "", TRUE },
    { "WITH w AS (DELETE FROM t) SELECT 1", "WITH w AS (DELETE FROM t) SELECT 1", "", FALSE },
    { "select id from t for update", "select id from t for update", "", FALSE },
    { "SELECT updated_at, 'DELETE' FROM t", "SELECT updated_at, 'DELETE' FROM t", "", TRUE },
    { "UPDATE t SET a = :a RETURNING id", "UPDATE t SET a = $1 RETURNING id", "a", FALSE },
    { "", "", "", FALSE },
};

static void
test_translates (void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        SqlText *sql = sqltext_new (cases[i].text);
        g_autofree char *names = NULL;

        g_ptr_array_add (sql->names, NULL);
        names = g_strjoinv (" ", (char **)sql->names->pdata);
        assert_string_equal (sql->text, cases[i].want);
        assert_string_equal (names, cases[i].names);
        assert_int_equal (sql->only_reads, cases[i].only_reads);
        sqltext_free (sql);
    }
}

static void
test_instants_sort_as_text (void **state)
{
    static const gint64 instants[] = { -1, 0, 1, 999999, 1000000, 1500000, 2000000, 1767341700000000 };
    char last[VALUE_TEXT_MAX] = "", text[VALUE_TEXT_MAX];

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS (instants); i++) {
        assert_int_equal (strlen (value_write (&VALUE_OF_INSTANT (instants[i]), text)), 27);
        assert_true (strcmp (last, text) < 0);
        g_strlcpy (last, text, sizeof last);
    }
}

static void
test_writes_values (void **state)
{
    char text[VALUE_TEXT_MAX];

    (void)state;
    assert_string_equal (value_write (&VALUE_OF_INT (G_MININT64), text), "-9223372036854775808");
    assert_string_equal (value_write (&VALUE_OF_REAL (0.5), text), "0.5");
    assert_string_equal (value_write (&VALUE_OF_DAY (0), text), "1970-01-01");
    assert_string_equal (value_write (&VALUE_OF_TEXT (""), text), "");
    assert_null (value_write (&VALUE_OF_TEXT (NULL), text));
    assert_null (value_write (&VALUE_OF_DAY (DAY_NONE), text));
    assert_null (value_write (&VALUE_OF_INSTANT (INSTANT_NONE), text));
    assert_null (value_write (&VALUE_NONE, text));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_translates),
        cmocka_unit_test (test_instants_sort_as_text),
        cmocka_unit_test (test_writes_values),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
