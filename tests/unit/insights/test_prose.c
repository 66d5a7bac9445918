/* How figures, days and names are written. */
#include "insights/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
assert_figure (Figure figure, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);

    prose_figure (text, &figure);
    assert_string_equal (text->str, want);
}

static void
test_figures (void **unused)
{
    assert_figure ((Figure){ 12431, UNIT_COUNT }, "12,431");
    assert_figure ((Figure){ 999.6, UNIT_COUNT }, "1,000");
    assert_figure ((Figure){ -1234567, UNIT_COUNT }, "−1,234,567");
    assert_figure ((Figure){ -0.2, UNIT_COUNT }, "0");
    assert_figure ((Figure){ 1240.4, UNIT_MONEY, "EUR" }, "€1,240");
    assert_figure ((Figure){ 9.5, UNIT_MONEY, "USD" }, "$9.50");
    assert_figure ((Figure){ -9.5, UNIT_MONEY, "GBP" }, "−£9.50");
    assert_figure ((Figure){ 98000, UNIT_MONEY, "JPY" }, "¥98,000");
    assert_figure ((Figure){ 980, UNIT_MONEY, "JPY" }, "¥980");
    assert_figure ((Figure){ 12.3, UNIT_MONEY, "CHF" }, "CHF 12.30");
    assert_figure ((Figure){ 12.3, UNIT_MONEY, NULL }, "12.30");
    assert_figure ((Figure){ 0.0312, UNIT_PERCENT }, "3.1%");
    assert_figure ((Figure){ 0.62, UNIT_PERCENT }, "62%");
    assert_figure ((Figure){ 0.0996, UNIT_PERCENT }, "10%");
    assert_figure ((Figure){ -0.021, UNIT_PERCENT, NULL, TRUE }, "−2.1 pp");
    assert_figure ((Figure){ 0.0004, UNIT_PERCENT, NULL, TRUE }, "0.04 pp");
    assert_figure ((Figure){ 4.2, UNIT_RATIO }, "4.20");
}

static void
assert_window (Period window, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);

    prose_window (text, window);
    assert_string_equal (text->str, want);
}

static void
test_days (void **unused)
{
    assert_window ((Period){ day_of (2026, 11, 17), day_of (2026, 11, 17) }, "Tue 17 Nov 2026");
    assert_window ((Period){ day_of (2026, 11, 1), day_of (2026, 11, 30) }, "1–30 Nov 2026");
    assert_window ((Period){ day_of (2026, 10, 20), day_of (2026, 11, 18) }, "20 Oct–18 Nov 2026");
    assert_window ((Period){ day_of (2025, 12, 20), day_of (2026, 1, 18) }, "20 Dec 2025–18 Jan 2026");
    assert_window ((Period){ day_of (2025, 11, 1), day_of (2026, 11, 2) }, "1 Nov 2025–2 Nov 2026");
}

static void
assert_name (const char *name, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);

    prose_name (text, name);
    assert_string_equal (text->str, want);
}

/* A name can't leave its quotes, break the line, turn the text around or fill the page. */
static void
test_names (void **unused)
{
    assert_name ("Spring sale", "“Spring sale”");
    assert_name ("x” ROAS is 900%. “y", "“x' ROAS is 900%. 'y”");
    assert_name ("a\n\n- b\tc", "“a - b c”");
    assert_name ("abc\u202edcba\u200b", "“abc dcba”");
    assert_name ("", "“(no name)”");
    assert_name (NULL, "“(no name)”");
    assert_name ("\u200b\n", "“(no name)”");
    assert_name ("\xff\xfe", "“\ufffd\ufffd”");
    assert_name ("123456789 123456789 123456789 123456789 123456789 123456789 1234",
                 "“123456789 123456789 123456789 123456789 123456789 123456789…”");
    assert_name ("<b>Größe</b> {F1.value}", "“<b>Größe</b> {F1.value}”");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_figures),
        cmocka_unit_test (test_days),
        cmocka_unit_test (test_names),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
