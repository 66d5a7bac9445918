#include "widgets/widget.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_every_row_is_complete (void **state)
{
    const Widget *widget;

    assert_non_null (widget_at (0));
    for (guint i = 0; (widget = widget_at (i)); i++) {
        assert_ptr_equal (widget_find (widget->key), widget); /* so no key stands twice */
        assert_true (widget->title && *widget->title);
        assert_true (widget->description && g_str_has_suffix (widget->description, "."));
        assert_true (widget->chart && *widget->chart);
        assert_int_not_equal (widget->needs, SOURCE_NONE);
        assert_non_null (widget->sql);
        assert_non_null (widget->render);
    }
}

static guint
count_headlines (const Field *fields)
{
    guint n = 0;

    for (const Field *field = fields; field->key; field++) {
        assert_true (field->title && *field->title);
        n += field->is_headline;
    }
    return n;
}

/* A shape of several numbers reads its fields, so a row without them would not be a mistake
 * that anybody sees before it is drawn. */
static void
test_shapes_have_their_fields (void **state)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        gboolean one = widget->render == render_table || widget->render == render_metrics ||
                       widget->render == render_funnel;
        gboolean two = widget->render == render_pair || widget->render == render_blend;

        assert_int_equal (widget->fields != NULL, one || two);
        if (one)
            assert_int_equal (count_headlines (widget->fields), 1);
        if (two)
            assert_true (widget->fields[0].key && widget->fields[1].key && !widget->fields[2].key);
    }
}

/* The headline is the last step, and only sums can be shares of each other. */
static void
test_steps_are_sums (void **state)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        if (widget->render != render_funnel)
            continue;
        assert_int_equal (widget->total, TOTAL_SUM);
        assert_int_equal (widget->unit, UNIT_COUNT);
        for (const Field *step = widget->fields; step->key; step++) {
            assert_int_equal (step->total, TOTAL_SUM);
            assert_int_equal (step->unit, UNIT_COUNT);
            assert_true (step->by_day);
            assert_int_equal (step->is_headline, !step[1].key);
        }
    }
}

static void
test_a_ratio_is_said_to_be_one (void **state)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        gboolean ratio = widget->render == render_ratio || widget->render == render_blend;

        assert_int_equal (widget->total == TOTAL_RATIO, ratio);
        assert_int_equal (widget->total == TOTAL_CORRELATION, widget->render == render_pair);
    }
}

static void
test_unknown (void **state)
{
    assert_null (widget_find ("ga4.nothing"));
    assert_null (widget_find (""));
    assert_null (widget_find (NULL));
    assert_null (widget_find ("GA4.USERS"));
    assert_null (widget_at (G_MAXUINT));
}

/* As GET /v1/widgets shows it; the caller owns it. */
static json_t *
describe (const Widget *widget)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    json_begin_object (&json);
    widget_describe (widget, &json);
    json_end_object (&json);
    return json_loads (text->str, JSON_REJECT_DUPLICATES, NULL);
}

static void
test_describe (void **state)
{
    json_t *first = describe (widget_at (0));

    assert_string_equal (json_string_value (json_object_get (first, "key")), "ga4.users");
    assert_string_equal (json_string_value (json_object_get (first, "title")), "Users");
    assert_string_equal (json_string_value (json_object_get (first, "unit")), "count");
    assert_string_equal (json_string_value (json_object_get (first, "additivity")), "unique");
    assert_string_equal (json_string_value (json_object_get (first, "chart")), "line");
    assert_true (json_is_string (json_object_get (first, "description")));
    assert_int_equal (json_array_size (json_object_get (first, "sources")), 1);
    assert_string_equal (json_string_value (json_array_get (json_object_get (first, "sources"), 0)), "ga4");
    json_decref (first);
}

/* A picker is built from these, so none may be missing or a word that nobody knows. */
static const struct {
    const char *member;
    const char *const *words;
} known_words[] = {
    { "unit", (const char *const[]){ "count", "money", "ratio", "percent", NULL } },
    { "additivity", (const char *const[]){ "sum", "ratio", "unique", "last", "correlation", NULL } },
    { "good", (const char *const[]){ "up", "down", "none", NULL } },
    { "shape",
      (const char *const[]){ "series", "ratio", "breakdown", "metrics", "table", "pair", "funnel", NULL } },
    { "chart", (const char *const[]){ "line", "bar", "stacked", "table", "pair", "funnel", NULL } },
    { "group", (const char *const[]){ "Traffic", "Ads", "Content", "Cross-channel", NULL } },
    { "size", (const char *const[]){ "sm", "md", "lg", "xl", NULL } },
};

static void
check_words (json_t *row)
{
    for (gsize i = 0; i < G_N_ELEMENTS (known_words); i++) {
        const char *word = json_string_value (json_object_get (row, known_words[i].member));

        if (!word || !g_strv_contains (known_words[i].words, word))
            fail_msg ("%s has the %s %s", json_string_value (json_object_get (row, "key")),
                      known_words[i].member, word);
    }
    assert_true (json_is_true (json_object_get (row, "exportable")));
    assert_true (json_is_boolean (json_object_get (row, "target")));
    assert_true (json_is_array (json_object_get (row, "fields")));
}

static void
test_a_picker_finds_its_words (void **state)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++) {
        json_t *row = describe (widget);

        check_words (row);
        json_decref (row);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_row_is_complete),
        cmocka_unit_test (test_shapes_have_their_fields),
        cmocka_unit_test (test_steps_are_sums),
        cmocka_unit_test (test_a_ratio_is_said_to_be_one),
        cmocka_unit_test (test_unknown),
        cmocka_unit_test (test_describe),
        cmocka_unit_test (test_a_picker_finds_its_words),
    };

    return cmocka_run_group_tests_name ("registry", tests, NULL, NULL);
}
