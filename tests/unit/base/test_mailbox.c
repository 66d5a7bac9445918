/* Which addresses can be written to; nothing that could end a line or begin another recipient. */
#include "base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
test_good (void **state)
{
    static const char *const good[] = {
        "a@example.org",      "first.last+tag@sub.example.co.uk",
        "o'hara@example.org", "x_y-z@exa-mple.org",
        "root@localhost",     "1@2.3",
    };

    for (guint i = 0; i < G_N_ELEMENTS (good); i++)
        assert_true (mailbox_is_valid (good[i]));
}

static void
test_bad (void **state)
{
    static const char *const bad[] = {
        "",
        "a",
        "@",
        "a@",
        "@b.org",
        "a@b",
        "a@@b.org",
        "a b@c.de",
        "a@b c.de",
        ".a@b.org",
        "a.@b.org",
        "a..b@c.org",
        "a@.b.org",
        "a@b.org.",
        "a@b..org",
        "a@-b.org",
        "a@b-.org",
        "a@b.org\r\nBcc: x@y.org",
        "a@b.org\n",
        "a\r@b.org",
        "<a@b.org>",
        "a@b.org>",
        "a@b.org,c@d.org",
        "\"a b\"@c.org",
        "a@[127.0.0.1]",
        "a@b.org ",
        "a;b@c.org",
        "a@b.org\t",
        "\xc3\xbc@example.org",
        "a@\xc3\xbc.org",
        "(x)a@b.org",
        "a:b@c.org",
    };
    g_autofree char *many = g_strnfill (65, 'a');
    g_autofree char *local = g_strconcat (many, "@b.org", NULL);
    g_autofree char *more = g_strnfill (250, 'b');
    g_autofree char *domain = g_strconcat ("a@", more, ".org", NULL);

    assert_false (mailbox_is_valid (NULL));
    assert_false (mailbox_is_valid (local));
    assert_false (mailbox_is_valid (domain));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        assert_false (mailbox_is_valid (bad[i]));
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_good), cmocka_unit_test (test_bad) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
