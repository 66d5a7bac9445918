#include "api/client.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
test_addresses (void **unused)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        { "203.0.113.7", NULL, "203.0.113.7" },
        { "203.0.113.7", "198.51.100.1", "203.0.113.7" }, /* no proxy of ours: what it says is not believed */
        { "127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1" }, /* the client wrote the first itself */
        { "127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1" },
        { "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", NULL, "127.0.0.1" },
        { "127.0.0.1", "10.0.0.1,10.0.0.2", "10.0.0.1" },
        { "127.0.0.1", "garbage", "?" },
        { "127.0.0.1", ",", "?" },
        { "127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
        { "2001:db8:1:2:ffff::1", NULL, "2001:db8:1:2::" },
        { "fd00::1", "198.51.100.9", "198.51.100.9" },
        { "fe00::1", "198.51.100.9", "fe00::" },
        { "?", NULL, "?" },
    };
    g_auto (GStrv) list = g_strsplit ("127.0.0.0/8 ::1 10.0.0.0/8 fd00::/9", " ", -1);
    g_autoptr (GError) error = NULL;
    g_autoptr (Proxies) proxies = proxies_new (list, &error);

    assert_non_null (proxies);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *client = client_address (proxies, cases[i].peer, cases[i].forwarded);

        if (g_strcmp0 (client, cases[i].client) != 0)
            fail_msg ("%s, %s: %s", cases[i].peer, cases[i].forwarded, client);
    }
}

static void
test_no_proxies (void **unused)
{
    g_autoptr (Proxies) proxies = proxies_new (NULL, NULL);
    g_autofree char *client = client_address (proxies, "127.0.0.1", "198.51.100.1");

    assert_string_equal (client, "127.0.0.1");
}

static void
test_bad_lists (void **unused)
{
    static const char *const bad[] = { "proxy.example.com", "10.0.0.0/33", "10.0.0", "::1/129",
                                       "10.0.0.0/",         "/8",          "" };

    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        char *list[] = { (char *)bad[i], NULL };
        g_autoptr (GError) error = NULL;

        assert_null (proxies_new (list, &error));
        assert_true (fault_is (error, FAULT_INVALID));
        assert_non_null (strstr (error->message, "TRUSTED_PROXIES"));
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_addresses),
        cmocka_unit_test (test_no_proxies),
        cmocka_unit_test (test_bad_lists),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
