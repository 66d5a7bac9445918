#include "draw.h"

static const char *const columns[] = { "period", "date", "name", "num" };

static void
test_off (void **state)
{
    assert_drawn (
        render_breakdown, &plain_frame, NULL,
        "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"breakdown\":[],\"basis\":null}");
}

static void
test_no_day (void **state)
{
    assert_drawn (
        render_breakdown, &plain_frame, rows_new (columns, 4, NULL, 0),
        "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"breakdown\":[],\"basis\":\"sum\"}");
}

/* "c" is only in the comparison: not a part of now. */
static void
test_largest_first (void **state)
{
    const Value cells[] = { INT (0), DAY1, TEXT ("b"), INT (1), INT (0), DAY1, TEXT ("a"), INT (3),
                            INT (1), DAY1, TEXT ("c"), INT (9), INT (1), DAY1, TEXT ("a"), INT (1) };

    assert_drawn (render_breakdown, &compare_frame, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"a\",\"points\":[{\"t\":\"2026-01-01\",\"v\":3}]},"
                  "{\"name\":\"b\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1}]}],\"stats\":{\"value\":4,"
                  "\"delta\":-0.6},"
                  "\"breakdown\":[{\"name\":\"a\",\"value\":3,\"share\":0.75,\"delta\":2},"
                  "{\"name\":\"b\",\"value\":1,\"share\":0.25,\"delta\":null}],"
                  "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":["
                  "{\"name\":\"a\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1}]},"
                  "{\"name\":\"c\",\"points\":[{\"t\":\"2026-01-01\",\"v\":9}]}]},\"basis\":\"sum\"}");
}

static void
test_differs_from_the_whole (void **state)
{
    const Value same[] = { INT (0), DAY1, TEXT ("a"), INT (3), INT (0), NONE, NONE, INT (3) };
    const Value other[] = { INT (0), DAY1, TEXT ("a"), INT (3), INT (0), NONE, NONE, INT (4) };
    const Value only_before[] = { INT (0), DAY1, TEXT ("a"), INT (3), INT (1), NONE, NONE, INT (4) };
    g_autofree char *equal = draw (render_breakdown, &plain_frame, ROWS (columns, same));
    g_autofree char *different = draw (render_breakdown, &plain_frame, ROWS (columns, other));
    g_autofree char *before = draw (render_breakdown, &plain_frame, ROWS (columns, only_before));

    assert_null (strstr (equal, "breakdown_differs"));
    assert_null (strstr (before, "breakdown_differs"));
    assert_non_null (strstr (different,
                             "{\"code\":\"breakdown_differs\",\"text\":\"The parts add up to 3, but "
                             "the source's own total for these days is 4:"));
    assert_non_null (strstr (different, "\"stats\":{\"value\":3,"));
}

/* Parts in two currencies have no common whole to be a share of. */
static void
test_currencies (void **state)
{
    static const char *const money[] = { "period", "date", "name", "num", "currency" };
    const Value cells[] = { INT (0), DAY1, TEXT ("a"), INT (3), TEXT ("EUR"),
                            INT (0), DAY1, TEXT ("a"), INT (1), TEXT ("USD") };
    g_autofree char *got = draw (render_breakdown, &plain_frame, ROWS (money, cells));

    assert_non_null (strstr (got, "\"stats\":{\"value\":null,\"delta\":null},\"breakdown\":["
                                  "{\"name\":\"a (EUR)\",\"value\":3,\"share\":null,\"delta\":null},"
                                  "{\"name\":\"a (USD)\",\"value\":1,\"share\":null,\"delta\":null}]"));
    assert_non_null (strstr (got, "currency_mixed"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),           cmocka_unit_test (test_no_day),
        cmocka_unit_test (test_largest_first), cmocka_unit_test (test_differs_from_the_whole),
        cmocka_unit_test (test_currencies),
    };

    return cmocka_run_group_tests_name ("breakdown", tests, NULL, NULL);
}
