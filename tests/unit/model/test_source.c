#include "model/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
table_is_whole (void **state)
{
    Source all = SOURCE_NONE;

    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        const SourceInfo *info = &source_infos[i];

        assert_int_equal (all & info->source, 0);
        all |= info->source;
        assert_ptr_equal (source_info (info->source), info);
        assert_string_equal (source_name (info->source), info->name);
        assert_int_equal (source_parse (info->name), info->source);
    }
    assert_int_equal (all, SOURCE_ALL);
    assert_null (source_info (SOURCE_NONE));
    assert_null (source_info (SOURCE_ALL));
    assert_null (source_name (SOURCE_GA4 | SOURCE_META));
}

static void
settling_is_as_documented (void **state)
{
    assert_int_equal (source_info (SOURCE_GA4)->settle_days, 2);
    assert_int_equal (source_info (SOURCE_INSTAGRAM)->settle_days, 2);
    assert_int_equal (source_info (SOURCE_META)->settle_days, 28);
}

static void
names_are_exact (void **state)
{
    static const char *const unknown[] = { "", "GA4", "ga", "ga4 ", "facebook", "all", "IG" };

    assert_int_equal (source_parse ("ig"), SOURCE_INSTAGRAM);
    assert_int_equal (source_parse (NULL), SOURCE_NONE);
    for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
        assert_int_equal (source_parse (unknown[i]), SOURCE_NONE);
}

static void
lists_are_read (void **state)
{
    static const struct {
        const char *list;
        Source set;
        const char *bad; /* NULL: it reads */
    } cases[] = {
        { "ga4", SOURCE_GA4, NULL },
        { "ga4,meta,instagram", SOURCE_ALL, NULL },
        { "instagram,ga4", SOURCE_GA4 | SOURCE_INSTAGRAM, NULL },
        { "ga4, ig", SOURCE_GA4 | SOURCE_INSTAGRAM, NULL },
        { "ga4,ga4,ga4", SOURCE_GA4, NULL },
        { "", SOURCE_NONE, "" },
        { ",", SOURCE_NONE, "" },
        { "ga4,", SOURCE_NONE, "" },
        { "ga4,tiktok,meta", SOURCE_NONE, "tiktok" },
        { "all", SOURCE_NONE, "all" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *bad = NULL;
        Source set = SOURCE_NONE;

        assert_int_equal (source_parse_list (cases[i].list, &set, &bad), cases[i].bad == NULL);
        if (cases[i].bad)
            assert_string_equal (bad, cases[i].bad);
        else
            assert_int_equal (set, cases[i].set);
        assert_int_equal (bad == NULL, cases[i].bad == NULL);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (table_is_whole),
        cmocka_unit_test (settling_is_as_documented),
        cmocka_unit_test (names_are_exact),
        cmocka_unit_test (lists_are_read),
    };

    return cmocka_run_group_tests_name ("source", tests, NULL, NULL);
}
