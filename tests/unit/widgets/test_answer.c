#include "../query/database.h"
#include "base/fault.h"
#include "widgets/widget.h"

#define USER "a0000000-0000-4000-8000-00000000000a"

static const WidgetRequest january = {
    .period = { 20454, 20456 }, /* 2026-01-01 .. 03 */
    .comparison = { COMPARE_PREVIOUS_PERIOD, { 20451, 20453 } },
    .sources = SOURCE_ALL,
};

static int
fill (void **state)
{
    const Database *database;

    if (database_open (state))
        return -1;
    database = *state;
    database_do (
        database->store,
        "INSERT INTO connections (id, user_id, source, external_id, status, credential, created_at) VALUES "
        "('c1', '" USER "', 'ga4', '100', 'connected', 'sealed', '2026-01-01T00:00:00Z')");
    database_do (database->store, "INSERT INTO ga4_daily VALUES "
                                  "('" USER "', '100', '2025-12-31', 5, 5, 5, 5, 8, 8, 8, 2, 5),"
                                  "('" USER "', '100', '2026-01-01', 7, 7, 7, 7, 9, 9, 9, 3, 7)");
    return 0;
}

static guint
all_widgets (const Widget **all, guint most)
{
    guint n = 0;

    while (n < most && (all[n] = widget_at (n)))
        n++;
    return n;
}

static void
test_together_as_alone (void **state)
{
    const Database *database = *state;
    const Widget *all[64];
    guint n = all_widgets (all, G_N_ELEMENTS (all));
    GString *together[64];

    assert_true (widgets_answer (database->store, USER, all, n, &january, together, NULL));
    for (guint i = 0; i < n; i++) {
        GString *alone;

        assert_true (widgets_answer (database->store, USER, &all[i], 1, &january, &alone, NULL));
        assert_string_equal (together[i]->str, alone->str);
        g_string_free (alone, TRUE);
        g_string_free (together[i], TRUE);
    }
}

static void
test_the_same_widget_twice (void **state)
{
    const Database *database = *state;
    const Widget *twice[] = { widget_find ("ga4.sessions"), widget_find ("ga4.sessions") };
    GString *answers[2];

    assert_true (widgets_answer (database->store, USER, twice, 2, &january, answers, NULL));
    assert_string_equal (answers[0]->str, answers[1]->str);
    assert_non_null (strstr (answers[0]->str, "\"stats\":{\"value\":9,\"delta\":0.125}"));
    g_string_free (answers[0], TRUE);
    g_string_free (answers[1], TRUE);
}

static void
test_no_widget (void **state)
{
    const Database *database = *state;

    assert_true (widgets_answer (database->store, USER, NULL, 0, &january, NULL, NULL));
}

static void
test_a_failing_store (void **state)
{
    const Database *database = *state;
    const Widget *widget = widget_find ("ga4.sessions");
    g_autoptr (GError) error = NULL;
    GString *answer = NULL;

    database_do (database->store, "ALTER TABLE source_notices RENAME TO gone");
    assert_false (widgets_answer (database->store, USER, &widget, 1, &january, &answer, &error));
    assert_int_equal (error->domain, FAULT);
    assert_null (answer);
    database_do (database->store, "ALTER TABLE gone RENAME TO source_notices");
}

/* ---- what a question reads ---- */

static Rows *
plan_of (Store *store, const char *text)
{
    g_autofree char *explain = g_strconcat ("EXPLAIN QUERY PLAN\n", text, NULL);
    const Sql sql = { .name = "plan", .text = explain };
    static const struct {
        const char *name;
        Value value;
    } values[] = {
        { "user", { .type = VALUE_TEXT, .text = USER } },
        { "from", { .type = VALUE_DAY, .day = 20454 } },
        { "to", { .type = VALUE_DAY, .day = 20456 } },
        { "days", { .type = VALUE_INT, .integer = 3 } },
        { "prev_from", { .type = VALUE_DAY, .day = 1 } },
        { "prev_to", { .type = VALUE_DAY, .day = 0 } },
        { "prev_days", { .type = VALUE_INT } },
        { "after", { .type = VALUE_DAY, .day = 20457 } },
        { "prev_after", { .type = VALUE_DAY, .day = 1 } },
    };
    Param params[G_N_ELEMENTS (values) + 1] = { { .name = NULL } };
    g_autoptr (GError) error = NULL;
    Rows *rows;
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
        g_autofree char *pattern = g_strdup_printf (":%s\\b", values[i].name);

        if (g_regex_match_simple (pattern, text, 0, 0))
            params[n++] = (Param){ values[i].name, values[i].value };
    }
    rows = store_ask (store, &sql, params, &error);
    if (!rows)
        fail_msg ("%s", error->message);
    return rows;
}

/* "SCAN now" of a text that says "WITH now AS (…)": a result of its own, not a table. */
static gboolean
is_of_result (const char *text, const char *step)
{
    g_auto (GStrv) words = g_strsplit (step, " ", 3);
    g_autofree char *definition = NULL;

    if (!words[0] || !words[1] || (strcmp (words[0], "SCAN") != 0 && strcmp (words[0], "SEARCH") != 0))
        return FALSE;
    definition = g_strdup_printf ("%s AS (\n", words[1]);
    return strstr (text, definition) != NULL;
}

/* Neither another user's rows nor the user's own of other days: every table is
 * entered by its key from the user on, and facts (d) by property and date. */
static void
check_step (const Widget *widget, const char *step)
{
    if (is_of_result (widget->sql->text, step))
        return;
    if (strstr (step, "SCAN "))
        fail_msg ("%s reads a whole table: %s", widget->key, step);
    if (strstr (step, "SEARCH ") && !strstr (step, "(user_id=?"))
        fail_msg ("%s does not begin at the user: %s", widget->key, step);
    if (strstr (step, "SEARCH d ") && !strstr (step, "AND date"))
        fail_msg ("%s reads all days: %s", widget->key, step);
}

static void
test_no_question_reads_more_than_it_must (void **state)
{
    const Database *database = *state;
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        g_autoptr (Rows) plan = plan_of (database->store, widget->sql->text);
        int detail = rows_column (plan, "detail");

        assert_true (detail >= 0 && rows_count (plan) > 1);
        for (guint row = 0; row < rows_count (plan); row++)
            check_step (widget, rows_text (plan, row, (guint)detail));
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_together_as_alone),
        cmocka_unit_test (test_the_same_widget_twice),
        cmocka_unit_test (test_no_widget),
        cmocka_unit_test (test_a_failing_store),
        cmocka_unit_test (test_no_question_reads_more_than_it_must),
    };

    return cmocka_run_group_tests_name ("answer", tests, fill, database_close);
}
