#include "sources/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A source is either complete or not there at all. */
static void
test_drivers_are_complete (void **state)
{
    assert_non_null (source_driver (SOURCE_GA4));
    assert_non_null (source_driver (SOURCE_META));
    assert_null (source_driver (SOURCE_NONE));
    assert_null (source_driver (SOURCE_ALL));
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        const SourceDriver *driver = source_driver (source_infos[i].source);

        if (!driver)
            continue;
        assert_int_equal (driver->source, source_infos[i].source);
        assert_in_range (driver->window_days, 1, PERIOD_MAX_DAYS);
        assert_non_null (driver->normal_id);
        assert_non_null (driver->check_credential);
        assert_non_null (driver->authorize);
        assert_non_null (driver->describe);
        assert_non_null (driver->pull);
    }
}

static void
test_clear (void **state)
{
    Grant grant = { .access_token = g_strdup ("a"), .credential = g_strdup ("b") };
    AccountInfo info = { .name = g_strdup ("a"),
                         .currency = g_strdup ("EUR"),
                         .time_zone = g_strdup ("UTC") };

    grant_clear (&grant);
    grant_clear (&grant);
    account_info_clear (&info);
    account_info_clear (&info);
    assert_null (grant.access_token);
    assert_null (grant.credential);
    assert_null (info.name);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_drivers_are_complete),
        cmocka_unit_test (test_clear),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
