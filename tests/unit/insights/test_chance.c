/* Which of many tests may be told, and how rare a score is. */
#include "insights/chance.h"
#include "planted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The example of Benjamini and Hochberg's paper (1995), at 0.05: the first four of fifteen. */
static void
test_keeps_what_is_not_chance (void **unused)
{
    static const double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };
    gboolean keep[G_N_ELEMENTS (p)];

    assert_int_equal (chance_keep (p, G_N_ELEMENTS (p), 0.05, TESTS_ALONE, keep), 4);
    for (guint i = 0; i < G_N_ELEMENTS (p); i++)
        assert_int_equal (keep[i], i < 4);
    assert_int_equal (chance_keep (p, 0, 0.05, TESTS_ALONE, keep), 0);
}

static void
test_a_tail_is_the_rarer_the_farther (void **unused)
{
    double scores[1000], before = 1;
    g_autoptr (Tail) tail = NULL, small = NULL;
    Dice dice = { 11 };

    for (guint i = 0; i < 1000; i++)
        scores[i] = i % 10 ? dice_normal (&dice) : NAN;
    tail = tail_new (scores, 1000);
    for (double score = 0; score < 8; score += 0.25) {
        double p = tail_p (tail, -score);

        assert_true (p <= before && p > 0);
        before = p;
    }
    assert_true (fabs (tail_p (tail, 1.96) - 0.05) < 0.03);
    assert_true (tail_p (tail, 6) < 1e-4);
    small = tail_new (scores, 50);
    assert_true (tail_p (small, 100) == 1);
}

/* Over 1 + 1/2 + … + 1/15 = 3.318 it is 0.0151: the first three of the same p. */
static void
test_keeps_fewer_where_tests_hang_together (void **unused)
{
    static const double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };
    gboolean keep[G_N_ELEMENTS (p)];

    assert_int_equal (chance_keep (p, G_N_ELEMENTS (p), 0.05, TESTS_ENTANGLED, keep), 3);
    assert_true (keep[2] && !keep[3]);
}

/* Of tables of both distributions. */
static void
test_chance_of_scores (void **unused)
{
    assert_true (fabs (chance_normal (1.959964) - 0.05) < 1e-6);
    assert_true (fabs (chance_normal (-2.575829) - 0.01) < 1e-6);
    assert_true (fabs (chance_student (2.178813, 12) - 0.05) < 1e-6);
    assert_true (fabs (chance_student (-3.054540, 12) - 0.01) < 1e-6);
    assert_true (fabs (chance_student (4.317791, 12) - 0.001) < 1e-6);
    assert_true (chance_student (0, 12) == 1 && chance_student (40, 12) >= 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_keeps_what_is_not_chance),
        cmocka_unit_test (test_keeps_fewer_where_tests_hang_together),
        cmocka_unit_test (test_chance_of_scores),
        cmocka_unit_test (test_a_tail_is_the_rarer_the_farther),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
