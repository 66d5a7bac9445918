#include "draw.h"

static const Field fields[] = {
    { .key = "page", .title = "Page", .unit = UNIT_TEXT, .num = "id" },
    { .key = "at", .title = "At", .unit = UNIT_INSTANT },
    { .key = "people", .title = "People", .total = TOTAL_UNIQUE, .by_day = TRUE },
    { .key = "visits", .title = "Visits", .is_headline = TRUE },
    { .key = "rate",
      .title = "Rate",
      .unit = UNIT_PERCENT,
      .total = TOTAL_RATIO,
      .num = "sales",
      .den = "visits" },
    { .key = NULL },
};

#define COLUMNS_TEXT                                                        \
    "\"columns\":[{\"key\":\"page\",\"title\":\"Page\",\"unit\":\"text\"}," \
    "{\"key\":\"at\",\"title\":\"At\",\"unit\":\"instant\"},"               \
    "{\"key\":\"people\",\"title\":\"People\",\"unit\":\"count\"},"         \
    "{\"key\":\"visits\",\"title\":\"Visits\",\"unit\":\"count\"},"         \
    "{\"key\":\"rate\",\"title\":\"Rate\",\"unit\":\"percent\"}],"

static const Frame frame = { .title = "Pages", .fields = fields };
static const Frame compared = { .title = "Pages",
                                .fields = fields,
                                .comparison = { COMPARE_PREVIOUS_PERIOD, { 20452, 20453 } } };
static const char *const columns[] = { "period", "date",  "id",    "at",   "people",
                                       "visits", "sales", "items", "whole" };

#define TOTALS(period, people, visits, sales, items, whole) \
    INT (period), NONE, NONE, NONE, people, visits, sales, INT (items), whole
#define ITEM(period, id, people, visits, sales) \
    INT (period), NONE, TEXT (id), NONE, people, visits, sales, NONE, NONE

static void
test_off (void **state)
{
    assert_drawn (render_table, &frame, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null}," COLUMNS_TEXT
                  "\"items\":[],\"totals\":{\"people\":null,\"visits\":null,\"rate\":null},"
                  "\"total_items\":0,\"basis\":null}");
}

/* People are never added up, even where the rows offer a sum. */
static void
test_items_and_totals (void **state)
{
    const Value cells[] = {
        ITEM (0, "/b", INT (9), INT (30), INT (3)),
        INT (0),
        NONE,
        TEXT ("/a"),
        TEXT ("2026-01-01T08:15:00Z"),
        NONE,
        INT (10),
        NONE,
        NONE,
        NONE,
        ITEM (1, "/b", INT (9), INT (20), INT (3)),
        TOTALS (0, INT (99), INT (40), INT (4), 2, NONE),
        TOTALS (1, INT (99), INT (50), INT (4), 7, NONE),
    };

    assert_drawn (render_table, &compared, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"People\",\"points\":[]}],"
                  "\"stats\":{\"value\":40,\"delta\":-0.2}," COLUMNS_TEXT
                  "\"items\":[{\"page\":\"/b\",\"at\":null,\"people\":9,\"visits\":30,\"rate\":0.1,"
                  "\"delta\":0.5},"
                  "{\"page\":\"/a\",\"at\":\"2026-01-01T08:15:00Z\",\"people\":null,\"visits\":10,"
                  "\"rate\":null,\"delta\":null}],"
                  "\"totals\":{\"people\":null,\"visits\":40,\"rate\":0.1},\"total_items\":2,"
                  "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":["
                  "{\"name\":\"People\",\"points\":[]}]},\"basis\":\"sum\"}");
}

static void
test_days_are_series (void **state)
{
    const Value cells[] = { INT (0), DAY1, NONE, NONE, INT (12), NONE, NONE, NONE, NONE,
                            INT (1), DAY2, NONE, NONE, INT (7),  NONE, NONE, NONE, NONE };
    g_autofree char *got = draw (render_table, &compared, ROWS (columns, cells));

    assert_non_null (strstr (got, "{\"series\":[{\"name\":\"People\",\"points\":["
                                  "{\"t\":\"2026-01-01\",\"v\":12}]}],\"stats\":{\"value\":null,"));
    assert_non_null (strstr (got, "\"items\":[],"));
    assert_non_null (strstr (got, "\"series\":[{\"name\":\"People\",\"points\":["
                                  "{\"t\":\"2026-01-02\",\"v\":7}]}]},\"basis\""));
}

static void
test_differs_from_the_whole (void **state)
{
    const Value same[] = { TOTALS (0, NONE, INT (40), INT (4), 2, INT (40)) };
    const Value more[] = { TOTALS (0, NONE, INT (40), INT (4), 2, INT (39)) };
    const Value less[] = { TOTALS (0, NONE, INT (40), INT (4), 2, INT (41)) };
    g_autofree char *equal = draw (render_table, &frame, ROWS (columns, same));
    g_autofree char *above = draw (render_table, &frame, ROWS (columns, more));
    g_autofree char *below = draw (render_table, &frame, ROWS (columns, less));

    assert_null (strstr (equal, "code"));
    assert_non_null (
        strstr (above, "The parts add up to 40, but the source's own total for these days is 39"));
    assert_non_null (strstr (below, "\"rows_left_out\",\"text\":\"The rows hold 40 of the 41 that"));
}

static void
test_currencies (void **state)
{
    static const char *const money[] = { "period", "date", "id", "visits", "sales", "currency", "items" };
    const Value cells[] = { INT (0), NONE, TEXT ("1"), INT (5), INT (1), TEXT ("EUR"), NONE,
                            INT (0), NONE, NONE,       INT (5), INT (1), TEXT ("EUR"), INT (1),
                            INT (1), NONE, TEXT ("1"), INT (4), INT (1), TEXT ("USD"), NONE,
                            INT (1), NONE, NONE,       INT (9), INT (1), TEXT ("USD"), INT (3) };
    g_autofree char *got = draw (render_table, &compared, ROWS (money, cells));

    assert_non_null (strstr (got, "\"stats\":{\"value\":null,\"delta\":null},\"columns\""));
    assert_non_null (
        strstr (got, "\"totals\":{\"people\":null,\"visits\":null,\"rate\":null},\"total_items\":1"));
    assert_non_null (strstr (got, "\"visits\":5,\"rate\":0.2,\"delta\":null}]")); /* not over dollars */
    assert_non_null (strstr (got, "(EUR, USD). Each row is in its own, and there are no totals."));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),
        cmocka_unit_test (test_items_and_totals),
        cmocka_unit_test (test_days_are_series),
        cmocka_unit_test (test_differs_from_the_whole),
        cmocka_unit_test (test_currencies),
    };

    return cmocka_run_group_tests_name ("table", tests, NULL, NULL);
}
