/* An ad account's number, in all the ways in which people have it. */
#include "base/fault.h"
#include "sources/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void
becomes (const char *given, const char *wanted)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *id = source_driver (SOURCE_META)->normal_id (given, &error);

    assert_null (error);
    assert_string_equal (id, wanted);
}

static void
is_refused (const char *given)
{
    g_autoptr (GError) error = NULL;

    assert_null (source_driver (SOURCE_META)->normal_id (given, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    assert_non_null (strstr (error->message, "Ads Manager"));
}

static void
test_good (void **state)
{
    becomes ("act_1234567890", "act_1234567890");
    becomes ("1234567890", "act_1234567890");
    becomes ("  ACT_12\n", "act_12");
}

static void
test_bad (void **state)
{
    is_refused (NULL);
    is_refused ("");
    is_refused ("act_");
    is_refused ("act_12/insights");
    is_refused ("act_12?x=1");
    is_refused ("act_act_12");
    is_refused ("G-ABCDEF");
    is_refused ("12 34");
    is_refused ("-12");
    is_refused ("123456789012345678901");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_good),
        cmocka_unit_test (test_bad),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
