#include "draw.h"

static const char *const columns[] = { "period", "date", "num", "den" };

static void
test_sums_are_divided_not_days (void **state)
{
    const Value cells[] = { INT (0), DAY1,    INT (1), INT (2), INT (0), DAY2,
                            INT (0), INT (8), INT (1), DAY1,    INT (1), INT (5) };
    Frame frame = compare_frame;

    frame.unit = UNIT_PERCENT;
    assert_drawn (
        render_ratio, &frame, ROWS (columns, cells),
        "{\"series\":[{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\",\"v\":0.5},"
        "{\"t\":\"2026-01-02\",\"v\":0}]}],\"stats\":{\"value\":0.1,\"delta\":-0.5},"
        "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":"
        "[{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\",\"v\":0.2}]}]},\"basis\":\"ratio\"}");
}

static void
test_nothing_to_divide_by (void **state)
{
    const Value cells[] = { INT (0), DAY1, INT (3), INT (0), INT (0), DAY2, INT (3), NONE };

    assert_drawn (render_ratio, &plain_frame, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\",\"v\":null},"
                  "{\"t\":\"2026-01-02\",\"v\":null}]}],\"stats\":{\"value\":null,\"delta\":null},\"basis\":"
                  "\"ratio\"}");
}

/* Spend on a day without a conversion still belongs to the period's cost of one. */
static void
test_a_day_without_a_denominator_counts (void **state)
{
    const Value cells[] = { INT (0), DAY1, INT (3000000), INT (0), INT (0), DAY2, INT (3000000), INT (4) };
    Frame frame = { .title = "Cost", .unit = UNIT_MONEY };

    assert_drawn (
        render_ratio, &frame, ROWS (columns, cells),
        "{\"series\":[{\"name\":\"Cost\",\"points\":[{\"t\":\"2026-01-01\",\"v\":null},"
        "{\"t\":\"2026-01-02\",\"v\":0.75}]}],\"stats\":{\"value\":1.5,\"delta\":null},\"basis\":\"ratio\"}");
}

static void
test_off (void **state)
{
    assert_drawn (render_ratio, &plain_frame, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"basis\":null}");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_sums_are_divided_not_days),
        cmocka_unit_test (test_nothing_to_divide_by),
        cmocka_unit_test (test_a_day_without_a_denominator_counts),
        cmocka_unit_test (test_off),
    };

    return cmocka_run_group_tests_name ("ratio", tests, NULL, NULL);
}
