#include "base/fault.h"
#include "widgets/widget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The parameters of a query as "name=value&name=value". */
static const char *
get_parameter (gconstpointer from, const char *name)
{
    static char value[200];
    g_auto (GStrv) pairs = g_strsplit (from, "&", -1);
    gsize length = strlen (name);

    for (char **pair = pairs; *pair; pair++)
        if (strncmp (*pair, name, length) == 0 && (*pair)[length] == '=') {
            g_strlcpy (value, *pair + length + 1, sizeof value);
            return g_intern_string (value);
        }
    return NULL;
}

static char *
key_of (const char *widget, const char *query)
{
    g_autoptr (GError) error = NULL;
    GString *key = g_string_new (NULL);
    WidgetRequest request;

    if (!widget_request_read (&request, get_parameter, query, &error))
        fail_msg ("%s: %s", query, error->message);
    widget_request_key (&request, widget_find (widget), key);
    return g_string_free (key, FALSE);
}

#define JANUARY "startDate=2026-01-11&endDate=2026-01-20"

static void
test_the_same_question_has_the_same_key (void **state)
{
    static const char *const same[] = {
        JANUARY "&compare=previous_period",
        JANUARY "&compare=previous",
        JANUARY "&compare=prior",
        "compare=on&endDate=2026-01-20&startDate=2026-01-11&foo=bar",
        JANUARY "&compare=custom&compareStart=2026-01-01&compareEnd=2026-01-10",
        JANUARY "&compare=on&sources=ga4",
        JANUARY "&compare=on&sources=meta,ga4",
        JANUARY "&compare=on&sources=ga4,ig,meta",
    };

    for (guint i = 0; i < G_N_ELEMENTS (same); i++) {
        g_autofree char *key = key_of ("ga4.users", same[i]);

        assert_string_equal (key, "ga4.users|2026-01-11|2026-01-20|2026-01-01|2026-01-10|1");
    }
}

static void
test_another_question_has_another_key (void **state)
{
    static const struct {
        const char *widget, *query;
    } all[] = {
        { "ga4.users", JANUARY },
        { "ga4.sessions", JANUARY },
        { "ga4.users", JANUARY "&compare=on" },
        { "ga4.users", JANUARY "&compare=previous_year" },
        { "ga4.users", JANUARY "&compare=custom&compareStart=2026-01-01&compareEnd=2026-01-09" },
        { "ga4.users", JANUARY "&sources=meta" },
        { "ga4.users", "startDate=2026-01-11&endDate=2026-01-21" },
        { "ga4.users", "startDate=2026-01-10&endDate=2026-01-20" },
    };
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        if (!g_hash_table_add (seen, key_of (all[i].widget, all[i].query)))
            fail_msg ("%s?%s has the key of another", all[i].widget, all[i].query);
}

static void
test_a_bad_question_is_named (void **state)
{
    static const struct {
        const char *query, *word;
    } bad[] = {
        { "", "startDate" },
        { "startDate=2026-01-01", "endDate" },
        { "startDate=2026-02-30&endDate=2026-03-01", "2026-02-30" },
        { "startDate=2026-01-02&endDate=2026-01-01", "after" },
        { "startDate=2020-01-01&endDate=2026-01-01", "1100" },
        { JANUARY "&compare=sideways", "sideways" },
        { JANUARY "&compare=custom", "compareStart" },
        { JANUARY "&compare=custom&compareStart=2026-01-02&compareEnd=2026-01-01", "compareStart" },
        { JANUARY "&sources=tiktok", "tiktok" },
        { JANUARY "&sources=ga4,", "sources" },
        { JANUARY "&sources=", "sources" },
        { "startDate=0001-01-01&endDate=0001-01-02&compare=on", "year 1" },
        { "startDate=0001-01-01&endDate=0001-01-02&compare=previous_year", "year 1" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;
        WidgetRequest request;

        assert_false (widget_request_read (&request, get_parameter, bad[i].query, &error));
        assert_true (fault_is (error, FAULT_INVALID));
        if (!strstr (error->message, bad[i].word))
            fail_msg ("%s: \"%s\" does not say %s", bad[i].query, error->message, bad[i].word);
        assert_false (widget_request_read (&request, get_parameter, bad[i].query, NULL));
    }
}

static void
test_all_sources_are_on_unless_named (void **state)
{
    WidgetRequest request;

    assert_true (widget_request_read (&request, get_parameter, JANUARY, NULL));
    assert_int_equal (request.sources, SOURCE_ALL);
    assert_true (widget_request_read (&request, get_parameter, JANUARY "&sources=ig", NULL));
    assert_int_equal (request.sources, SOURCE_INSTAGRAM);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_the_same_question_has_the_same_key),
        cmocka_unit_test (test_another_question_has_another_key),
        cmocka_unit_test (test_a_bad_question_is_named),
        cmocka_unit_test (test_all_sources_are_on_unless_named),
    };

    return cmocka_run_group_tests_name ("widget requests", tests, NULL, NULL);
}
