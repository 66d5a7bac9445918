#include "model/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    Span span;
    const char *day, *from, *to;
} spans[] = {
    { SPAN_WEEK, "2026-01-01", "2025-12-29", "2026-01-04" }, /* a Thursday */
    { SPAN_WEEK, "2025-12-29", "2025-12-29", "2026-01-04" },
    { SPAN_WEEK, "2026-01-04", "2025-12-29", "2026-01-04" },
    { SPAN_MONTH, "2024-02-29", "2024-02-01", "2024-02-29" },
    { SPAN_MONTH, "2026-02-01", "2026-02-01", "2026-02-28" },
    { SPAN_MONTH, "2026-12-31", "2026-12-01", "2026-12-31" },
    { SPAN_MONTH, "9999-12-31", "9999-12-01", "9999-12-31" },
    { SPAN_QUARTER, "2026-01-01", "2026-01-01", "2026-03-31" },
    { SPAN_QUARTER, "2026-06-30", "2026-04-01", "2026-06-30" },
    { SPAN_QUARTER, "2026-08-15", "2026-07-01", "2026-09-30" },
    { SPAN_QUARTER, "2026-10-01", "2026-10-01", "2026-12-31" },
    { SPAN_RANGE, "2020-01-01", "2026-03-04", "2026-03-09" },
};

static Day
day (const char *text)
{
    Day read = DAY_NONE;

    assert_true (day_parse (text, &read));
    return read;
}

static void
test_around (void **state)
{
    const Period range = { day ("2026-03-04"), day ("2026-03-09") };

    for (gsize i = 0; i < G_N_ELEMENTS (spans); i++) {
        Period got = span_around (spans[i].span, range, day (spans[i].day));

        assert_int_equal (got.from, day (spans[i].from));
        assert_int_equal (got.to, day (spans[i].to));
    }
}

static void
test_names (void **state)
{
    Span span;

    for (Span each = SPAN_WEEK; each <= SPAN_RANGE; each++)
        assert_true (span_parse (span_name (each), &span) && span == each);
    assert_false (span_parse ("year", &span));
    assert_false (span_parse ("", &span));
    assert_false (span_parse (NULL, &span));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_around),
        cmocka_unit_test (test_names),
    };

    return cmocka_run_group_tests_name ("span", tests, NULL, NULL);
}
