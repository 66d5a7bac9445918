#include "draw.h"

static const char *const columns[] = { "period", "date", "num" };

static void
test_off (void **state)
{
    assert_drawn (render_series, &plain_frame, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"basis\":null}");
}

static void
test_no_day (void **state)
{
    assert_drawn (
        render_series, &compare_frame, rows_new (columns, 3, NULL, 0),
        "{\"series\":[{\"name\":\"Sessions\",\"points\":[]}],\"stats\":{\"value\":null,\"delta\":null},"
        "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":"
        "[{\"name\":\"Sessions\",\"points\":[]}]},\"basis\":\"sum\"}");
}

/* What the source did not say is null, and is not counted as a zero. */
static void
test_a_null_among_numbers (void **state)
{
    const Value cells[] = { INT (0), DAY1, NONE, INT (0), DAY2, INT (3) };
    const Value only_null[] = { INT (0), DAY1, NONE };

    assert_drawn (
        render_series, &plain_frame, ROWS (columns, cells),
        "{\"series\":[{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\",\"v\":null},"
        "{\"t\":\"2026-01-02\",\"v\":3}]}],\"stats\":{\"value\":3,\"delta\":null},\"basis\":\"sum\"}");
    assert_drawn (render_series, &plain_frame, ROWS (columns, only_null),
                  "{\"series\":[{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\",\"v\":null}]}],"
                  "\"stats\":{\"value\":null,\"delta\":null},\"basis\":\"sum\"}");
}

static void
test_named_series (void **state)
{
    static const char *const named[] = { "name", "num", "date", "period" };
    const Value cells[] = {
        TEXT ("Ad \"Spend\""), INT (1), DAY1, INT (0), TEXT ("Sessions"), INT (2), DAY1, INT (0),
        TEXT ("Ad \"Spend\""), INT (4), DAY2, INT (0),
    };

    assert_drawn (render_series, &plain_frame, ROWS (named, cells),
                  "{\"series\":[{\"name\":\"Ad \\\"Spend\\\"\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1},"
                  "{\"t\":\"2026-01-02\",\"v\":4}]},{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-01\","
                  "\"v\":2}]}],"
                  "\"stats\":{\"value\":7,\"delta\":null},\"basis\":\"sum\"}");
}

static void
assert_unique (gboolean compare, Value now, Value before, const char *stats)
{
    const Value cells[] = { INT (0),  DAY1,    INT (10), INT (0), DAY2,    INT (10), INT (1), DAY1,
                            INT (10), INT (0), NONE,     now,     INT (1), NONE,     before };
    Frame frame = compare ? compare_frame : plain_frame;
    g_autofree char *got = NULL;

    frame.total = TOTAL_UNIQUE;
    got = draw (render_series, &frame, ROWS (columns, cells));
    if (!strstr (got, stats))
        fail_msg ("%s is not in %s", stats, got);
    assert_non_null (
        strstr (got, strstr (stats, "12") ? "\"basis\":\"unique\"" : "\"basis\":\"sum_of_days\""));
}

static void
test_unique (void **state)
{
    assert_unique (FALSE, INT (12), NONE, "{\"value\":12,\"delta\":null}");
    assert_unique (FALSE, NONE, INT (8), "{\"value\":20,\"delta\":null}");
    assert_unique (TRUE, INT (12), INT (8), "{\"value\":12,\"delta\":0.5}");
    assert_unique (TRUE, INT (12), NONE, "{\"value\":20,\"delta\":1}");
    assert_unique (TRUE, NONE, INT (8), "{\"value\":20,\"delta\":1}");
}

static void
test_currencies (void **state)
{
    static const char *const money[] = { "period", "date", "currency", "num" };
    const Value one[] = { INT (0), DAY1, TEXT ("EUR"), INT (1500000) };
    const Value two[] = { INT (0),      DAY1,          TEXT ("EUR"), INT (1500000), INT (1), DAY1,
                          TEXT ("USD"), INT (1000000), INT (0),      DAY1,          NONE,    INT (2000000),
                          INT (0),      DAY2,          TEXT ("EUR"), INT (1) };
    Frame frame = compare_frame;

    frame.title = "Revenue";
    frame.unit = UNIT_MONEY;
    assert_drawn (
        render_series, &frame, ROWS (money, one),
        "{\"series\":[{\"name\":\"Revenue\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1.5}]}],"
        "\"stats\":{\"value\":1.5,\"delta\":null},\"currency\":\"EUR\",\"compare\":{\"start\":\"2025-12-30\","
        "\"end\":\"2025-12-31\",\"series\":[{\"name\":\"Revenue\",\"points\":[]}]},\"basis\":\"sum\"}");
    assert_drawn (
        render_series, &frame, ROWS (money, two),
        "{\"series\":[{\"name\":\"Revenue (EUR)\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1.5},"
        "{\"t\":\"2026-01-02\",\"v\":0.000001}]},{\"name\":\"Revenue (unknown currency)\",\"points\":"
        "[{\"t\":\"2026-01-01\",\"v\":2}]}],\"stats\":{\"value\":null,\"delta\":null},"
        "\"compare\":{\"start\":\"2025-12-30\",\"end\":\"2025-12-31\",\"series\":"
        "[{\"name\":\"Revenue (USD)\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1}]}]},\"basis\":\"sum\"}"
        "{\"code\":\"currency_mixed\",\"text\":\"The accounts count in different currencies (EUR, USD, "
        "unknown currency). They are not added up; each has its own series, and there is no total.\"}");
}

/* Whatever the days are, the number of the period is the last one. */
static void
test_last (void **state)
{
    const Value cells[] = { INT (0), DAY1,    INT (10), INT (0),  DAY2,    NONE, INT (1), DAY1,
                            INT (4), INT (0), NONE,     INT (10), INT (1), NONE, INT (4) };
    const Value unknown[] = { INT (0), DAY1, INT (10) };
    Frame frame = compare_frame;
    g_autofree char *got = NULL, *without = NULL;

    frame.total = TOTAL_LAST;
    got = draw (render_series, &frame, ROWS (columns, cells));
    without = draw (render_series, &frame, ROWS (columns, unknown));
    assert_non_null (strstr (got, "\"stats\":{\"value\":10,\"delta\":1.5}"));
    assert_non_null (strstr (got, "\"basis\":\"last\""));
    assert_non_null (strstr (without, "\"stats\":{\"value\":null,\"delta\":null}"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),          cmocka_unit_test (test_no_day),
        cmocka_unit_test (test_named_series), cmocka_unit_test (test_a_null_among_numbers),
        cmocka_unit_test (test_unique),       cmocka_unit_test (test_currencies),
        cmocka_unit_test (test_last),
    };

    return cmocka_run_group_tests_name ("series", tests, NULL, NULL);
}
