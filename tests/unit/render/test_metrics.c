#include "draw.h"

static const Field fields[] = {
    { .key = "spend", .title = "Spend", .unit = UNIT_MONEY, .by_day = TRUE, .is_headline = TRUE },
    { .key = "cpm",
      .title = "CPM",
      .unit = UNIT_MONEY_PER_1000,
      .total = TOTAL_RATIO,
      .num = "spend",
      .den = "shown",
      .by_day = TRUE },
    { .key = NULL },
};

static const Frame frame = { .title = "Costs", .unit = UNIT_MONEY, .fields = fields };
static const Frame compared = { .title = "Costs",
                                .unit = UNIT_MONEY,
                                .fields = fields,
                                .comparison = { COMPARE_PREVIOUS_PERIOD, { 20452, 20453 } } };
static const char *const columns[] = { "period", "date", "currency", "spend", "shown" };

static void
test_off (void **state)
{
    assert_drawn (render_metrics, &frame, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},"
                  "\"metrics\":{\"cpm\":{\"value\":null,\"delta\":null}},\"basis\":null}");
}

static void
test_no_day (void **state)
{
    assert_drawn (
        render_metrics, &frame, rows_new (columns, 5, NULL, 0),
        "{\"series\":[{\"name\":\"Spend\",\"points\":[]},{\"name\":\"CPM\",\"points\":[]}],"
        "\"stats\":{\"value\":null,\"delta\":null},\"metrics\":{\"cpm\":{\"value\":null,\"delta\":null}},"
        "\"basis\":\"sum\"}");
}

/* 6 of money for 3,000 shown is 2 for a thousand; the mean of the days would be 3. */
static void
test_from_sums (void **state)
{
    const Value cells[] = { INT (0), DAY1, TEXT ("EUR"), INT (5000000), INT (1000),
                            INT (0), DAY2, TEXT ("EUR"), INT (1000000), INT (2000),
                            INT (1), DAY1, TEXT ("EUR"), INT (4000000), INT (1000) };

    assert_drawn (render_metrics, &compared, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"Spend\",\"points\":[{\"t\":\"2026-01-01\",\"v\":5},"
                  "{\"t\":\"2026-01-02\",\"v\":1}]},{\"name\":\"CPM\",\"points\":["
                  "{\"t\":\"2026-01-01\",\"v\":5},{\"t\":\"2026-01-02\",\"v\":0.5}]}],"
                  "\"stats\":{\"value\":6,\"delta\":0.5},\"currency\":\"EUR\","
                  "\"metrics\":{\"cpm\":{\"value\":2,\"delta\":-0.5}},"
                  "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":["
                  "{\"name\":\"Spend\",\"points\":[{\"t\":\"2026-01-01\",\"v\":4}]},"
                  "{\"name\":\"CPM\",\"points\":[{\"t\":\"2026-01-01\",\"v\":4}]}]},\"basis\":\"sum\"}");
}

static void
test_currencies (void **state)
{
    const Value cells[] = { INT (0), DAY1, TEXT ("EUR"), INT (5000000), INT (1000),
                            INT (0), DAY1, TEXT ("USD"), INT (1000000), INT (2000) };
    g_autofree char *got = draw (render_metrics, &frame, ROWS (columns, cells));

    assert_non_null (strstr (got, "\"name\":\"CPM (USD)\",\"points\":[{\"t\":\"2026-01-01\",\"v\":0.5}]"));
    assert_non_null (strstr (got, "\"stats\":{\"value\":null,\"delta\":null},\"metrics\":"
                                  "{\"cpm\":{\"value\":null,\"delta\":null}}"));
    assert_non_null (strstr (got, "currency_mixed"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),
        cmocka_unit_test (test_no_day),
        cmocka_unit_test (test_from_sums),
        cmocka_unit_test (test_currencies),
    };

    return cmocka_run_group_tests_name ("metrics", tests, NULL, NULL);
}
