#include "cache/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
count (const char *user_id, gpointer told)
{
    assert_string_equal (user_id, "anna");
    ++*(int *)told;
}

static void
test_a_bump_moves_one_user_and_is_told (void **state)
{
    g_autoptr (Versions) versions = versions_new (random_system ());
    guint64 anna = versions_get (versions, "anna"), bert = versions_get (versions, "bert");
    int told = 0;

    versions_bump (versions, "anna"); /* nobody is there to be told */
    versions_tell (versions, NULL, count, &told);
    versions_bump (versions, "anna");
    assert_int_equal (told, 1);
    assert_int_equal (versions_get (versions, "anna"), anna + 2);
    assert_int_equal (versions_get (versions, "bert"), bert);
}

/* What another instance says is not said again: two would talk for ever. */
static void
test_what_is_heard_is_not_told (void **state)
{
    g_autoptr (Versions) versions = versions_new (random_system ());
    guint64 anna = versions_get (versions, "anna");
    int told = 0;

    versions_tell (versions, NULL, count, &told);
    versions_heard (versions, "anna");
    versions_heard (versions, NULL);
    assert_int_equal (told, 0);
    assert_int_equal (versions_get (versions, "anna"), anna + 2);
}

/* Whatever the order, no user ever sees a version again that he had before. */
static void
test_no_version_comes_back (void **state)
{
    g_autoptr (Versions) versions = versions_new (random_system ());
    static const char *const users[] = { "anna", "bert", "carl" };
    guint64 last[3];

    for (guint i = 0; i < 3; i++)
        last[i] = versions_get (versions, users[i]);
    for (guint round = 0; round < 200; round++) {
        guint which = (round * 7) % 4; /* 3: everybody */

        versions_heard (versions, which < 3 ? users[which] : NULL);
        for (guint i = 0; i < 3; i++) {
            guint64 now = versions_get (versions, users[i]);

            assert_true (which == 3 || which == i ? now > last[i] : now == last[i]);
            last[i] = now;
        }
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_bump_moves_one_user_and_is_told),
        cmocka_unit_test (test_what_is_heard_is_not_told),
        cmocka_unit_test (test_no_version_comes_back),
    };

    return cmocka_run_group_tests_name ("cache/version", tests, NULL, NULL);
}
