#include "model/fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const FactTable *const tables[] = { &fact_ga4_daily,         &fact_ga4_channel_daily,
                                           &fact_ga4_landing_daily, &fact_ga4_period_users,
                                           &fact_meta_daily,        &fact_ig_daily,
                                           &fact_ig_media };

static void
tables_keep_their_promises (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        const FactTable *table = tables[i];
        g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

        assert_true (table->n_key > 0 && table->n_key < table->n_columns);
        assert_true (g_str_has_suffix (table->columns[0].name, "_id"));
        assert_int_equal (table->columns[0].type, VALUE_TEXT);
        if (table->by_day) {
            assert_string_equal (table->columns[1].name, "date");
            assert_int_equal (table->columns[1].type, VALUE_DAY);
        }
        for (guint j = 0; j < table->n_columns; j++) {
            const FactColumn *column = &table->columns[j];

            assert_true (column->type == VALUE_INT || column->type == VALUE_TEXT ||
                         column->type == VALUE_DAY || column->type == VALUE_INSTANT);
            assert_true (g_hash_table_add (names, (gpointer)column->name));
            if (g_str_has_suffix (column->name, "_micros"))
                assert_int_equal (column->type, VALUE_INT);
        }
    }
}

/* What stands between the brackets of its CREATE TABLE. */
static char *
create_statement (const char *schema, const char *name)
{
    g_autofree char *head =
        g_strdup_printf ("(?is)CREATE TABLE (?:IF NOT EXISTS )?%s\\s*\\((.*?)\\n\\)", name);
    g_autoptr (GRegex) regex = g_regex_new (head, 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    assert_non_null (regex);
    if (!g_regex_match (regex, schema, 0, &match))
        fail_msg ("no table %s in the schema", name);
    return g_match_info_fetch (match, 1);
}

static void
columns_are_those_of_the_schema (void **state)
{
    g_autofree char *schema = NULL, *here = g_path_get_dirname (__FILE__);
    g_autofree char *path = g_build_filename (here, "../../../sql/schema/001-init.sql", NULL);

    if (!g_file_get_contents (path, &schema, NULL, NULL))
        fail_msg ("%s is not there: run this from the folder it was built from", path);
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        g_autofree char *body = create_statement (schema, tables[i]->name);

        for (guint j = 0; j < tables[i]->n_columns; j++) {
            g_autofree char *pattern = g_strdup_printf ("(?m)^\\s*%s\\s", tables[i]->columns[j].name);
            g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);

            if (!g_regex_match (regex, body, 0, NULL))
                fail_msg ("%s has no column %s", tables[i]->name, tables[i]->columns[j].name);
        }
    }
}

static void
sets_own_their_text (void **state)
{
    g_autoptr (FactSet) set = fact_set_new (&fact_ga4_landing_daily);
    char property[] = "123", page[] = "/pricing";
    Value row[] = { VALUE_OF_TEXT (property), VALUE_OF_DAY (20000), VALUE_OF_TEXT (page),
                    VALUE_OF_INT (5),         VALUE_NONE,           VALUE_OF_INT (-7) };

    assert_int_equal (fact_set_rows (set), 0);
    fact_set_add (set, row);
    memset (property, 'x', 3);
    memset (page, 'x', 3);
    row[3].integer = 6;
    row[2].text = NULL;
    fact_set_add (set, row);
    assert_int_equal (fact_set_rows (set), 2);
    assert_string_equal (fact_set_row (set, 0)[0].text, "123");
    assert_string_equal (fact_set_row (set, 0)[2].text, "/pricing");
    assert_int_equal (fact_set_row (set, 0)[1].day, 20000);
    assert_int_equal (fact_set_row (set, 0)[3].integer, 5);
    assert_int_equal (fact_set_row (set, 0)[4].type, VALUE_NULL);
    assert_string_equal (fact_set_row (set, 1)[0].text, "xxx");
    assert_null (fact_set_row (set, 1)[2].text);
    assert_int_equal (fact_set_row (set, 1)[3].integer, 6);
    assert_int_equal (fact_set_row (set, 1)[5].integer, -7);
}

static void
sets_grow (void **state)
{
    g_autoptr (FactSet) set = fact_set_new (&fact_ga4_period_users);

    for (int i = 0; i < 10000; i++) {
        g_autofree char *property = g_strdup_printf ("p%d", i % 100);
        const Value row[] = { VALUE_OF_TEXT (property), VALUE_OF_DAY (i), VALUE_OF_DAY (i + 1),
                              VALUE_OF_INT (i) };

        fact_set_add (set, row);
    }
    assert_int_equal (fact_set_rows (set), 10000);
    for (guint i = 0; i < 10000; i++) {
        const Value *row = fact_set_row (set, i);

        assert_int_equal (row[3].integer, i);
        assert_int_equal (g_ascii_strtoull (row[0].text + 1, NULL, 10), i % 100);
    }
    fact_set_free (NULL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (tables_keep_their_promises),
        cmocka_unit_test (columns_are_those_of_the_schema),
        cmocka_unit_test (sets_own_their_text),
        cmocka_unit_test (sets_grow),
    };

    return cmocka_run_group_tests_name ("fact", tests, NULL, NULL);
}
