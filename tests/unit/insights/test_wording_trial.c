/* Two models that know what they do: one says what is true in many wordings, the other makes each of these a
 * lie. docs/insights.md has the table. */
#include "lies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define WORLDS 120

static guint shown_failures;

static void
print_failed (const char *what, const char *text, const char *shown)
{
    if (shown_failures++ < 60)
        print_message ("# %s: %s -> %s\n", what, text, shown);
}

static void
test_trial (void **state)
{
    static Trial trial;
    guint told = 0, caught = 0;

    (void)state;
    trial_run (&trial, PLANTED_TEST + 40000, WORLDS, print_failed);
    for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
        print_message ("# %-45s %5u told, %5u caught\n", lies[i].name, trial.told[i], trial.caught[i]);
        told += trial.told[i];
        caught += trial.caught[i];
        assert_true (trial.told[i] > 30);
    }
    print_message ("# %u of %u lies caught, %u of %u truths kept\n", caught, told, trial.kept, trial.said);
    assert_int_equal (caught, told);
    assert_true (trial.kept >= 0.99 * trial.said);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_trial),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
