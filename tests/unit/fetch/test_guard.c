#include "fetch/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static gboolean
is_public (const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton (AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public ((const struct sockaddr *)&v4);
    if (inet_pton (AF_INET6, text, &v6.sin6_addr) != 1)
        fail_msg ("%s is no address", text);
    return address_is_public ((const struct sockaddr *)&v6);
}

static void
test_addresses (void **unused)
{
    static const char *const open_ones[] = { "8.8.8.8",         "157.240.1.35",    "100.63.255.255",
                                             "100.128.0.0",     "172.15.255.255",  "172.32.0.0",
                                             "192.167.255.255", "223.255.255.255", "2a03:2880::1",
                                             "2606:4700::1111", "::ffff:8.8.8.8" };
    static const char *const closed_ones[] = {
        "0.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "2001:db8::1",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "::10.0.0.1",
    };

    for (guint i = 0; i < G_N_ELEMENTS (open_ones); i++)
        if (!is_public (open_ones[i]))
            fail_msg ("%s is of the internet", open_ones[i]);
    for (guint i = 0; i < G_N_ELEMENTS (closed_ones); i++)
        if (is_public (closed_ones[i]))
            fail_msg ("%s is not of the internet", closed_ones[i]);
}

static void
test_other_families (void **unused)
{
    const struct sockaddr address = { .sa_family = AF_UNIX };

    assert_false (address_is_public (&address));
}

static void
test_hosts (void **unused)
{
    assert_true (host_is_of_the_internet ("graph.facebook.com"));
    assert_true (host_is_of_the_internet ("a.localhost"));
    assert_false (host_is_of_the_internet ("localhost"));
    assert_false (host_is_of_the_internet ("ollama"));
    assert_false (host_is_of_the_internet ("10.0.0.7"));
    assert_false (host_is_of_the_internet ("::1"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_addresses),
        cmocka_unit_test (test_other_families),
        cmocka_unit_test (test_hosts),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
