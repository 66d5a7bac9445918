/* Every widget of the registry can be explained, or says why not; and every way to split has what it needs.
 */
#include "insights/explain.h"
#include "insights/subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void
test_every_widget_has_a_subject (void **unused)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        const Subject *subject = subject_find (widget->key, NULL);

        if (!subject)
            fail_msg ("%s: nobody has thought about how its change can be split: src/insights/subject.c",
                      widget->key);
        assert_true ((subject->splits != NULL) != (subject->why_not != NULL));
        if (subject->why_not)
            assert_true (g_str_has_suffix (subject->why_not, "."));
    }
}

/* The question has to name the column, for each period. */
static void
assert_names (const Sql *sql, const char *column)
{
    g_autofree char *as = g_strconcat (" ", column, NULL);

    if (column && !strstr (sql->text, as))
        fail_msg ("%s.sql has no column %s", sql->name, column);
}

static void
check_split (const Subject *subject, const Split *split)
{
    assert_true (subject_split (subject, split->by) == split);
    assert_names (split->sql, "period");
    if (split->kind == SPLIT_FACTORS) {
        assert_non_null (subject->factors);
        for (const FactorOf *of = subject->factors; of->key; of++) {
            assert_names (split->sql, of->num);
            if (of->den)
                assert_names (split->sql, of->den);
        }
        return;
    }
    assert_names (split->sql, split->part ? split->part : "id");
    assert_names (split->sql, subject->num.column);
    if (subject->den.column)
        assert_names (split->sql, subject->den.column);
    if (split->kind == SPLIT_SIDES)
        assert_true (subject->num.title && subject->den.title && subject->num.source != subject->den.source);
}

static void
test_every_split_has_its_columns (void **unused)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++)
        for (const Subject *one = subject_next (widget->key, NULL); one;
             one = subject_next (widget->key, one))
            for (const Split *split = one->splits; split && split->by; split++)
                check_split (one, split);
}

/* A metric is a field of its widget, with its unit and its columns. */
static void
check_metric (const Widget *widget, const Subject *subject)
{
    for (const Field *field = widget->fields; field && field->key; field++)
        if (strcmp (field->key, subject->metric) == 0) {
            assert_true (field->unit == subject->unit);
            assert_string_equal (field->num, subject->num.column);
            assert_string_equal (field->den, subject->den.column);
            return;
        }
    fail_msg ("%s has no field %s", widget->key, subject->metric);
}

static void
test_metrics_are_fields (void **unused)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++)
        for (const Subject *one = subject_next (widget->key, NULL); one;
             one = subject_next (widget->key, one))
            if (one->metric)
                check_metric (widget, one);
}

static void
test_what_is_refused (void **unused)
{
    g_autoptr (GError) no_way = NULL, no_parts = NULL;

    assert_true (explain_check (widget_find ("ga4.sessions"), &(ExplainOf){ 0 }, NULL));
    assert_true (explain_check (widget_find ("ga4.sessions"), &(ExplainOf){ .by = "channel" }, NULL));
    assert_false (explain_check (widget_find ("ga4.sessions"), &(ExplainOf){ .by = "moon" }, &no_way));
    assert_string_equal (
        no_way->message,
        "ga4.sessions can't be split by \"moon\"; by can be channel, landing_page or account");
    assert_false (explain_check (widget_find ("ga4.users"), &(ExplainOf){ 0 }, &no_parts));
    assert_non_null (strstr (no_parts->message, "Users are people"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_widget_has_a_subject),
        cmocka_unit_test (test_every_split_has_its_columns),
        cmocka_unit_test (test_metrics_are_fields),
        cmocka_unit_test (test_what_is_refused),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
