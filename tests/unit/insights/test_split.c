/* The decomposition as properties: whatever the numbers, the parts add up to the change. */
#include "insights/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#define ROUNDS 20000
#define MOST   40

/* A generator of our own, so that a failure can be had again from its round. */
static guint64 state;

static guint64
dice (guint64 sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % sides;
}

/* Zeros often, small and huge ones, and refunds where they may be. */
static gint64
random_sum (gboolean refunds)
{
    static const guint64 sizes[] = {
        1, 3, 100, 1000000, 1000000000000, G_GUINT64_CONSTANT (40000000000000000)
    };
    gint64 sum = (gint64)dice (sizes[dice (G_N_ELEMENTS (sizes))]);

    return refunds && dice (6) == 0 ? -sum : sum;
}

typedef struct {
    Segment segments[MOST];
    guint n;
    Number whole[PERIODS];
} Case;

static void
roll (Case *one, gboolean ratio)
{
    *one = (Case){ .n = 1 + (guint)dice (MOST) };
    for (guint i = 0; i < one->n; i++)
        for (int period = 0; period < PERIODS; period++) {
            gboolean absent = dice (5) == 0; /* it enters, or it leaves */

            one->segments[i].num[period] = absent ? 0 : random_sum (TRUE);
            one->segments[i].den[period] = absent || !ratio ? 0 : random_sum (FALSE);
        }
    for (int period = 0; period < PERIODS; period++) {
        one->whole[period].den = ratio ? 0 : 1;
        for (guint i = 0; i < one->n; i++) {
            one->whole[period].num += one->segments[i].num[period];
            one->whole[period].den += one->segments[i].den[period];
        }
    }
}

static long double
value (const Number *whole, int period)
{
    return (long double)whole[period].num / (long double)whole[period].den;
}

/* The largest figure that is in play: what doubles can hold is measured by it. */
static double
largest (const Case *one)
{
    double most = fmax (fabs ((double)value (one->whole, NOW)), fabs ((double)value (one->whole, BEFORE)));

    for (guint i = 0; i < one->n; i++)
        most = fmax (most, fabs (one->segments[i].change));
    return most;
}

static void
assert_adds_up (const Case *one, guint round)
{
    long double change = value (one->whole, NOW) - value (one->whole, BEFORE), sum = 0;

    for (guint i = 0; i < one->n; i++)
        sum += one->segments[i].change;
    if (fabsl (sum - change) > 1e-12L * largest (one))
        fail_msg ("round %u: %u parts add up to %.20Lg, not %.20Lg", round, one->n, sum, change);
}

static void
test_sums_add_up (void **unused)
{
    state = 20260101;
    for (guint round = 0; round < ROUNDS; round++) {
        Case one;

        roll (&one, FALSE);
        split_sum (one.segments, one.n);
        assert_adds_up (&one, round);
    }
}

static void
test_ratios_add_up (void **unused)
{
    guint known = 0;

    state = 20260102;
    for (guint round = 0; round < ROUNDS; round++) {
        Case one;

        roll (&one, TRUE);
        if (!split_ratio (one.segments, one.n, one.whole)) {
            assert_true (one.whole[NOW].den == 0 || one.whole[BEFORE].den == 0);
            continue;
        }
        known++;
        assert_adds_up (&one, round);
        for (guint i = 0; i < one.n; i++) {
            const Segment *part = &one.segments[i];
            double scale = fabs (part->mix) + fabs (part->rate) + fabs (part->change);

            assert_true (fabs (part->mix + part->rate - part->change) <= 1e-12 * scale);
            if (part->den[NOW] <= 0 || part->den[BEFORE] <= 0)
                assert_true (part->rate == 0); /* nothing of its own to compare: all mix */
        }
    }
    assert_true (known > ROUNDS / 2);
}

static double
mean (double one, double other)
{
    return (one + other) / 2;
}

/* Beside the formula as it stands in the header, part by part. */
static void
test_ratio_is_the_midpoint_split (void **unused)
{
    state = 20260103;
    for (guint round = 0; round < ROUNDS; round++) {
        Case one;

        roll (&one, TRUE);
        if (!split_ratio (one.segments, one.n, one.whole))
            continue;
        for (guint i = 0; i < one.n; i++) {
            const Segment *part = &one.segments[i];
            double r[PERIODS], w[PERIODS], all, of_all, rate, mix, scale;

            if (part->den[NOW] <= 0 || part->den[BEFORE] <= 0)
                continue;
            for (int period = 0; period < PERIODS; period++) {
                r[period] = (double)part->num[period] / (double)part->den[period];
                w[period] = (double)part->den[period] / (double)one.whole[period].den;
            }
            all = mean ((double)value (one.whole, NOW), (double)value (one.whole, BEFORE));
            of_all = fabs ((double)value (one.whole, NOW)) + fabs ((double)value (one.whole, BEFORE));
            rate = mean (w[NOW], w[BEFORE]) * (r[NOW] - r[BEFORE]);
            mix = (mean (r[NOW], r[BEFORE]) - all) * (w[NOW] - w[BEFORE]);
            scale = (fabs (r[NOW]) + fabs (r[BEFORE]) + of_all) * (w[NOW] + w[BEFORE]);
            assert_true (fabs (rate - part->rate) <= 1e-12 * scale);
            assert_true (fabs (mix - part->mix) <= 1e-12 * scale);
        }
    }
}

/* Each part is on one side only. */
static void
test_sides_add_up (void **unused)
{
    guint known = 0;

    state = 20260104;
    for (guint round = 0; round < ROUNDS; round++) {
        Case one;

        roll (&one, TRUE);
        for (guint i = 0; i < one.n; i++)
            for (int period = 0; period < PERIODS; period++) {
                gint64 *other = i % 2 ? one.segments[i].num : one.segments[i].den;
                gint64 *sum = i % 2 ? &one.whole[period].num : &one.whole[period].den;

                *sum -= other[period];
                other[period] = 0;
            }
        if (!split_sides (one.segments, one.n, one.whole))
            continue;
        known++;
        assert_adds_up (&one, round);
    }
    assert_true (known > ROUNDS / 2);
}

static Number
quotient (gint64 num, gint64 den)
{
    return (Number){ num, den };
}

/* Sums of a funnel; revenue = impressions * CTR * CVR * order value, spend = impressions * CPM. */
static void
roll_funnel (Factor factors[static 4], double roas[static PERIODS])
{
    factors[3].divides = TRUE;
    for (int period = 0; period < PERIODS; period++) {
        gint64 impressions = random_sum (FALSE), clicks = random_sum (FALSE),
               conversions = random_sum (FALSE);
        gint64 revenue = random_sum (FALSE), spend = 1 + random_sum (FALSE);

        factors[0].value[period] = quotient (clicks, impressions);
        factors[1].value[period] = quotient (conversions, clicks);
        factors[2].value[period] = quotient (revenue, conversions);
        factors[3].value[period] = quotient (spend, impressions);
        roas[period] = (double)revenue / (double)spend;
    }
}

static void
test_products_add_up (void **unused)
{
    guint split = 0, zeros = 0;

    state = 20260105;
    for (guint round = 0; round < ROUNDS; round++) {
        Factor factors[4] = { 0 };
        double roas[PERIODS], sum = 0;
        double most;

        roll_funnel (factors, roas);
        most = fmax (roas[NOW], roas[BEFORE]);
        if (!split_product (factors, 4, roas))
            continue;
        split++;
        zeros += roas[NOW] == 0 || roas[BEFORE] == 0;
        for (guint i = 0; i < 4; i++) {
            sum += factors[i].change;
            most = fmax (most, fabs (factors[i].change));
        }
        if (!(fabs (sum - (roas[NOW] - roas[BEFORE])) <= 1e-12 * most))
            fail_msg ("round %u: the factors add up to %.17g, not %.17g", round, sum,
                      roas[NOW] - roas[BEFORE]);
    }
    assert_true (split > ROUNDS / 8);
    assert_true (zeros > 100);
}

static void
test_a_factor_that_alone_moved_has_it_all (void **unused)
{
    Factor factors[] = { { .value = { { 200, 1 }, { 100, 1 } } }, { .value = { { 3, 10 }, { 3, 10 } } } };
    const double whole[] = { 60, 30 };

    assert_true (split_product (factors, 2, whole));
    assert_float_equal (factors[0].change, 30, 1e-12);
    assert_float_equal (factors[1].change, 0, 1e-12);
}

/* Both doubled: each has half of it. */
static void
test_equal_factors_share (void **unused)
{
    Factor factors[] = { { .value = { { 20, 1 }, { 10, 1 } } }, { .value = { { 6, 1 }, { 3, 1 } } } };
    const double whole[] = { 120, 30 };

    assert_true (split_product (factors, 2, whole));
    assert_float_equal (factors[0].change, 45, 1e-12);
    assert_float_equal (factors[1].change, 45, 1e-12);
}

/* Nobody clicked: what a click would have brought is not known, and need not be. */
static void
test_a_product_that_became_zero (void **unused)
{
    Factor factors[] = { { .value = { { 0, 500 }, { 50, 1000 } } }, { .value = { { 0, 0 }, { 4, 50 } } } };
    const double whole[] = { 0, 4 };

    factors[0].value[BEFORE] = (Number){ 50, 1 }; /* clicks */
    factors[0].value[NOW] = (Number){ 0, 1 };
    assert_true (split_product (factors, 2, whole));
    assert_float_equal (factors[0].change, -4, 1e-12);
    assert_true (factors[1].change == 0);
}

/* Conversions without clicks: the chain does not hold, and nothing is made up. */
static void
test_a_broken_chain_is_not_split (void **unused)
{
    Factor factors[] = { { .value = { { 0, 1 }, { 50, 1 } } }, { .value = { { 7, 0 }, { 4, 50 } } } };
    Factor negative[] = { { .value = { { 10, 1 }, { 10, 1 } } }, { .value = { { -5, 10 }, { 5, 10 } } } };

    assert_false (split_product (factors, 2, (const double[]){ 7, 4 }));
    assert_true (factors[0].change == 0 && factors[1].change == 0);
    assert_false (split_product (negative, 2, (const double[]){ -5, 5 }));
}

static void
test_a_channel_that_enters_is_all_mix (void **unused)
{
    Segment parts[] = { { .num = { 30, 30 }, .den = { 1000, 1000 } },
                        { .num = { 100, 0 }, .den = { 1000, 0 } } };
    const Number whole[] = { { 130, 2000 }, { 30, 1000 } };

    assert_true (split_ratio (parts, 2, whole));
    assert_true (parts[0].rate == 0 && parts[1].rate == 0);
    assert_float_equal (parts[0].change + parts[1].change, 0.035, 1e-15);
}

static guint
largest_part (const Segment *segments, guint n)
{
    guint most = 0;

    for (guint i = 1; i < n; i++)
        if (fabs (segments[i].change) > fabs (segments[most].change))
            most = i;
    return most;
}

/* Somewhere in a dozen parts that all sway by some percent one changes for a reason, by about a
 * tenth of the whole: it comes first nearly always. */
static void
test_a_planted_cause_comes_first (void **unused)
{
    guint found[2] = { 0, 0 };

    state = 20260107;
    for (guint round = 0; round < 2000; round++) {
        Case one = { .n = 12 };
        guint planted = (guint)dice (12), ratio = round % 2;

        for (guint i = 0; i < one.n; i++) {
            gint64 den = 2000 + (gint64)dice (6000);

            for (int period = 0; period < PERIODS; period++) {
                one.segments[i].den[period] = den * (97 + (gint64)dice (7)) / 100;
                one.segments[i].num[period] = one.segments[i].den[period] * (97 + (gint64)dice (7)) / 1000;
            }
        }
        one.segments[planted].num[NOW] += 12 * 5000 / 10 / 10; /* a tenth of what all have */
        for (int period = 0; period < PERIODS; period++)
            for (guint i = 0; i < one.n; i++) {
                one.whole[period].num += one.segments[i].num[period];
                one.whole[period].den += one.segments[i].den[period];
            }
        if (ratio)
            assert_true (split_ratio (one.segments, one.n, one.whole));
        else
            split_sum (one.segments, one.n);
        found[ratio] += largest_part (one.segments, one.n) == planted;
    }
    assert_true (found[0] >= 950 && found[1] >= 950);
}

static void
test_rounded_parts_add_up (void **unused)
{
    state = 20260106;
    for (guint round = 0; round < ROUNDS; round++) {
        double parts[MOST], total = 0, most = 0;
        gint64 rounded[MOST], sum = 0;
        guint n = 1 + (guint)dice (MOST);

        for (guint i = 0; i < n; i++) {
            parts[i] = (double)random_sum (TRUE) / 97 / (1 + (double)dice (1000));
            total += parts[i];
            most = fmax (most, fabs (parts[i]));
        }
        assert_true (split_round (parts, n, total, rounded));
        for (guint i = 0; i < n; i++) {
            sum += rounded[i];
            if (most < 1e12)
                assert_true (fabs ((double)rounded[i] - parts[i]) < 1);
        }
        assert_int_equal (sum, (gint64)roundl (total));
    }
}

static void
test_rounding_of_equals (void **unused)
{
    const double thirds[] = { 100.0 / 3, 100.0 / 3, 100.0 / 3 }, huge[] = { 1e19 };
    gint64 rounded[3];

    assert_true (split_round (thirds, 3, 100, rounded));
    assert_int_equal (rounded[0], 34);
    assert_int_equal (rounded[1], 33);
    assert_int_equal (rounded[2], 33);
    assert_false (split_round (huge, 1, 1e19, rounded));
}

static void
test_surprise (void **unused)
{
    assert_true (split_surprise (0.5, 0.5) == 0);
    assert_float_equal (split_surprise (0, 1), 0.5, 1e-15);
    assert_true (split_surprise (0.1, 0.4) > split_surprise (0.4, 0.6));
    assert_true (split_surprise (0, 0) == 0);
    assert_true (split_surprise (-0.2, 0.4) == 0);
    assert_true (split_surprise (NAN, 0.4) == 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_sums_add_up),
        cmocka_unit_test (test_ratios_add_up),
        cmocka_unit_test (test_ratio_is_the_midpoint_split),
        cmocka_unit_test (test_sides_add_up),
        cmocka_unit_test (test_products_add_up),
        cmocka_unit_test (test_a_factor_that_alone_moved_has_it_all),
        cmocka_unit_test (test_equal_factors_share),
        cmocka_unit_test (test_a_product_that_became_zero),
        cmocka_unit_test (test_a_broken_chain_is_not_split),
        cmocka_unit_test (test_a_channel_that_enters_is_all_mix),
        cmocka_unit_test (test_a_planted_cause_comes_first),
        cmocka_unit_test (test_rounded_parts_add_up),
        cmocka_unit_test (test_rounding_of_equals),
        cmocka_unit_test (test_surprise),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
