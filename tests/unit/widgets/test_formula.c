/* test_formula.c -- what a formula may say, and what it comes to. */
#include "base/fault.h"
#include "widgets/formula.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
append_sum (GString *out, const Sum *sum)
{
    for (guint i = 0; i < sum->n; i++)
        g_string_append_printf (out, "%s%" G_GINT64_FORMAT " %s", i ? " + " : "", sum->terms[i].factor,
                                sum->terms[i].metric->key);
}

/* "2 a.b + -1 c.d / 3 e.f : ratio", with the divisor where there is one. */
static char *
show (const Formula *formula)
{
    GString *out = g_string_new (NULL);

    append_sum (out, &formula->num);
    if (formula->divisor != 1)
        g_string_append_printf (out, " / %" G_GINT64_FORMAT, formula->divisor);
    if (formula->den.n) {
        g_string_append (out, " / ");
        append_sum (out, &formula->den);
    }
    g_string_append_printf (out, " : %s", unit_name (formula->unit));
    return g_string_free (out, FALSE);
}

static void
test_what_it_comes_to (void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "ga4.sessions", "1 ga4.sessions : count" },
        { "  ( ga4.sessions )\n", "1 ga4.sessions : count" },
        { "-ga4.sessions", "-1 ga4.sessions : count" },
        { "ga4.sessions - ga4.engaged_sessions", "1 ga4.sessions + -1 ga4.engaged_sessions : count" },
        { "2*(ga4.sessions - 3*ga4.conversions)", "2 ga4.sessions + -6 ga4.conversions : count" },
        { "ga4.sessions + ga4.sessions", "2 ga4.sessions : count" },
        { "ga4.sessions * 4 / 2", "2 ga4.sessions : count" },
        { "0.5 * ga4.sessions * 2", "1 ga4.sessions : count" },
        { "meta.spend / ga4.conversions", "1 meta.spend / 1 ga4.conversions : money" },
        { "1000 * meta.spend / meta.impressions", "1000 meta.spend / 1 meta.impressions : money" },
        { "(ga4.revenue - meta.spend) / meta.spend", "1 ga4.revenue + -1 meta.spend / 1 meta.spend : ratio" },
        { "ga4.conversions / ga4.sessions * 0.5", "1 ga4.conversions / 2 ga4.sessions : ratio" },
        { "ga4.conversions / (ga4.sessions / 4)", "4 ga4.conversions / 1 ga4.sessions : ratio" },
        { "1 / (ga4.conversions / meta.spend)", "1 meta.spend / 1 ga4.conversions : money" },
        { "0.19 * ga4.revenue", "19 ga4.revenue / 100 : money" },
        { "ga4.revenue / 3 - meta.spend / 7", "7 ga4.revenue + -3 meta.spend / 21 : money" },
        { "0.25*ga4.sessions/ga4.users", "1 ga4.sessions / 4 ga4.users : ratio" },
        { "ga4.sessions - ga4.sessions + ga4.users", "1 ga4.users : count" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *got = NULL;
        Formula formula;

        if (!formula_parse (&formula, cases[i].text, &error))
            fail_msg ("%s: %s", cases[i].text, error->message);
        got = show (&formula);
        assert_string_equal (got, cases[i].want);
    }
}

static void
test_what_it_refuses (void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "", "at character 1: a metric, a number or a ( must stand here" },
        { "5", "no metric stands above the line" },
        { "5 / ga4.sessions", "no metric stands above the line" },
        { "ga4.sessions ga4.users", "at character 14: +, -, * or / must stand here" },
        { "ga4.sessions +", "at character 15: a metric" },
        { "(ga4.sessions", "a ) is missing" },
        { "ga4.sessions)", "must stand here" },
        { "ga4.session", "there is no metric \"ga4.session\"" },
        { "GA4.sessions", "must stand here" },
        { "ig.followers", "there is no metric \"ig.followers\"" },
        { "ga4.sessions; DROP TABLE users", "at character 13: +" },
        { "ga4.sessions' OR 1=1 --", "must stand here" },
        { "ga4.sessions * ga4.users", "multiplied by each other" },
        { "ga4.sessions * (1 / ga4.users) * ga4.users", "multiplied by each other" },
        { "ga4.sessions / ga4.users / ga4.users", "multiplied by each other" },
        { "ga4.sessions / ga4.users + ga4.sessions", "Put the division last" },
        { "ga4.sessions + 1", "can't be added to a metric" },
        { "ga4.sessions + ga4.revenue", "one is money" },
        { "ga4.sessions / meta.spend", "turn it round" },
        { "ga4.sessions / 2", "it would be no count" },
        { "ga4.sessions / 0", "divides by zero" },
        { "ga4.sessions / (ga4.users - ga4.users)", "divides by zero" },
        { "ga4.sessions - ga4.sessions", "no metric stands above" },
        { "1.1234567 * ga4.sessions", "at most 12 digits and 6 decimals" },
        { "1234567890123 * ga4.sessions", "at most 12 digits and 6 decimals" },
        { "999999999999 * 999999999999 * ga4.sessions", "too large" },
        { "1. * ga4.sessions", "not a number" },
        { ".5 * ga4.sessions", "not a number" },
        { "1e3 * ga4.sessions", "must stand here" },
        { "--ga4.sessions", "a metric, a number or a (" },
        { "ga4.sessions × 2", "at character 14" },
        { "é", "at character 1" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        Formula formula;

        if (formula_parse (&formula, cases[i].text, &error))
            fail_msg ("it took \"%s\"", cases[i].text);
        assert_true (fault_is (error, FAULT_INVALID));
        if (!strstr (error->message, cases[i].why))
            fail_msg ("%s: %s", cases[i].text, error->message);
    }
}

static void
test_limits (void **state)
{
    g_autofree char *deep = g_strnfill (400, '(');
    g_autofree char *long_one = g_strnfill (FORMULA_BYTES + 1, ' ');
    g_autoptr (GString) many = g_string_new ("ga4.users");
    g_autoptr (GError) error = NULL;
    const Metric *metric;
    Formula formula;

    assert_false (formula_parse (&formula, deep, &error));
    assert_non_null (strstr (error->message, "nested too deep"));
    assert_false (formula_parse (&formula, long_one, NULL));
    for (guint i = 1; (metric = metric_at (i)); i++)
        if (metric->unit == UNIT_COUNT)
            g_string_append_printf (many, "+%s", metric->key);
    g_clear_error (&error);
    assert_false (formula_parse (&formula, many->str, &error));
    assert_non_null (strstr (error->message, "more than 16 metrics"));
}

static void
test_what_it_can_be_told_apart_by (void **state)
{
    g_autoptr (GError) error = NULL;
    Formula formula;

    assert_true (formula_parse (&formula, "ga4.conversions / ga4.sessions", NULL));
    assert_true (formula_fits (&formula, DIMENSION_DAY, NULL));
    assert_true (formula_fits (&formula, DIMENSION_CHANNEL, NULL));
    assert_false (formula_fits (&formula, DIMENSION_CAMPAIGN, &error));
    assert_string_equal (error->message, "ga4.conversions is not known by campaign");
    assert_true (formula_parse (&formula, "ga4.users", NULL)); /* people are not told apart */
    assert_true (formula.has_unique);
    assert_false (formula_fits (&formula, DIMENSION_CHANNEL, NULL));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_what_it_comes_to),
        cmocka_unit_test (test_what_it_refuses),
        cmocka_unit_test (test_limits),
        cmocka_unit_test (test_what_it_can_be_told_apart_by),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
