#include "base/mishap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef DAYMARK_FAILPOINTS

static void
expect (const char *plan, const char *struck, const char *told)
{
    char text[MISHAP_TEXT];

    assert_true (mishap_plan (plan));
    for (; *struck; struck++)
        assert_int_equal (mishap (MISHAP_FILE), *struck == 'x');
    assert_true (mishap_tell (text));
    assert_string_equal (text, told);
}

static void
test_counts (void **state)
{
    expect ("file@1", "x..", "3 1");
    expect ("file@3", "..x.", "4 1");
    expect ("file@2+", ".xxx", "4 3");
    expect ("file=eio@2", ".x", "2 1");
    assert_string_equal (mishap_how (), "eio");
}

static void
test_other_layers (void **state)
{
    expect ("memory@1", "...", "0 0");
    assert_true (mishap (MISHAP_MEMORY));
    assert_false (mishap (MISHAP_MEMORY));
}

static void
test_nothing_planned (void **state)
{
    char text[MISHAP_TEXT];

    assert_true (mishap_plan (NULL));
    assert_false (mishap (MISHAP_FILE));
    assert_false (mishap_tell (text));
}

static void
test_nonsense (void **state)
{
    static const char *const plans[] = { "", "file", "file@", "file@0", "file@x", "file@1-", "disk@1", "@1" };

    for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
        assert_false (mishap_plan (plans[i]));
        assert_false (mishap (MISHAP_FILE));
    }
}

static void
test_of_the_next_job (void **state)
{
    char text[MISHAP_TEXT];

    assert_true (mishap_plan ("job/file@1"));
    assert_false (mishap (MISHAP_FILE)); /* not here */
    mishap_begin_job ();
    assert_true (mishap (MISHAP_FILE));
    assert_false (mishap (MISHAP_FILE));
    mishap_end_job ();
    mishap_begin_job (); /* another one */
    assert_false (mishap (MISHAP_FILE));
    mishap_end_job ();
    assert_true (mishap_plan ("told"));
    assert_false (mishap (MISHAP_FILE));
    assert_true (mishap_tell (text));
    assert_string_equal (text, "2 1");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_counts),          cmocka_unit_test (test_other_layers),
        cmocka_unit_test (test_nothing_planned), cmocka_unit_test (test_nonsense),
        cmocka_unit_test (test_of_the_next_job),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

#else

static void
test_none (void **state)
{
    assert_false (mishap (MISHAP_FILE));
    assert_string_equal (mishap_how (), "");
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_none) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}

#endif
