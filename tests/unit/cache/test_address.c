#include "cache/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
test_what_is_understood (void **state)
{
    static const struct {
        const char *url, *host;
        int port;
        const char *user, *password;
        int db;
    } cases[] = {
        { "redis://cache", "cache", 6379, NULL, NULL, 0 },
        { "redis://127.0.0.1:6380/", "127.0.0.1", 6380, NULL, NULL, 0 },
        { "redis://[::1]:7000/15", "::1", 7000, NULL, NULL, 15 },
        { "redis://:secret@cache:1/2", "cache", 1, NULL, "secret", 2 },
        { "redis://anna:p%40s%2Fs%3A@cache", "cache", 6379, "anna", "p@s/s:", 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (RedisAddress) address = { 0 };
        g_autoptr (GError) error = NULL;

        assert_true (redis_address_read (cases[i].url, &address, &error));
        assert_null (error);
        assert_string_equal (address.host, cases[i].host);
        assert_int_equal (address.port, cases[i].port);
        assert_int_equal (g_strcmp0 (address.user, cases[i].user), 0);
        assert_int_equal (g_strcmp0 (address.password, cases[i].password), 0);
        assert_int_equal (address.db, cases[i].db);
    }
}

static void
test_what_is_refused_without_telling_the_password (void **state)
{
    static const char *const cases[] = {
        "",
        "cache:6379",
        "http://:hidden@cache",
        "rediss://:hidden@cache",
        "redis://",
        "redis://:hidden@",
        "redis://:hidden@cache:0",
        "redis://:hidden@cache:70000",
        "redis://:hidden@cache/x",
        "redis://:hidden@cache/-1",
        "redis://:hidden@cache/1/2",
        "redis://:hidden@cache/99999999",
        "redis://:hidden@cache/0?db=1",
        "redis://:hidden@cache/0#1",
        "redis://hidden@cache",
        "redis://:hid%den@cache",
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (RedisAddress) address = { 0 };
        g_autoptr (GError) error = NULL;

        assert_false (redis_address_read (cases[i], &address, &error));
        assert_non_null (error);
        assert_true (g_str_has_prefix (error->message, "REDIS_URL "));
        assert_null (strstr (error->message, "hid"));
        assert_null (address.host);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_what_is_understood),
        cmocka_unit_test (test_what_is_refused_without_telling_the_password),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
