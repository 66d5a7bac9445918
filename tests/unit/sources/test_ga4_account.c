#include "base/fault.h"
#include "sources/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_normal_ids (void **state)
{
    static const struct {
        const char *given, *want;
    } cases[] = {
        { "123456789", "123456789" }, { "properties/123", "123" },
        { "  123\n", "123" },         { "000123", "123" },
        { "properties/007", "7" },    { "1234567890123456789", "1234567890123456789" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *id = source_driver (SOURCE_GA4)->normal_id (cases[i].given, NULL);

        assert_non_null (id);
        assert_string_equal (id, cases[i].want);
    }
}

static void
test_mistaken_ids (void **state)
{
    static const struct {
        const char *given, *says;
    } cases[] = {
        { "G-ABC123", "measurement ID" },
        { "g-abc123", "measurement ID" },
        { " G - ABC 123 ", "measurement ID" },
        { "G\u2011ABC123", "measurement ID" },
        { "UA-12345-1", "Universal Analytics" },
        { "GTM-XYZ", "Tag Manager" },
        { "GT-XYZ", "Google tag" },
        { "AW-1", "Google Ads" },
        { "accounts/5", "account" },
        { "", "is a number" },
        { NULL, "is a number" },
        { "0", "is a number" },
        { "properties/", "is a number" },
        { "properties/properties/1", "is a number" },
        { "12 34", "is a number" },
        { "-5", "is a number" },
        { "1.5", "is a number" },
        { "123/../accounts", "is a number" },
        { "123:runReport?x=", "is a number" },
        { "12345678901234567890", "is a number" },
        { "１２３", "is a number" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        assert_null (source_driver (SOURCE_GA4)->normal_id (cases[i].given, &error));
        assert_true (fault_is (error, FAULT_INVALID));
        if (!strstr (error->message, cases[i].says) || !strstr (error->message, "Admin > Property details"))
            fail_msg ("%s: %s", cases[i].given, error->message);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_normal_ids),
        cmocka_unit_test (test_mistaken_ids),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
