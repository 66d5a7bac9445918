#include "draw.h"

static const Field fields[] = {
    { .key = "spend", .title = "Ad Spend", .unit = UNIT_MONEY },
    { .key = "sessions", .title = "Sessions" },
    { .key = NULL },
};

static const Frame pair = {
    .title = "Both", .unit = UNIT_RATIO, .total = TOTAL_CORRELATION, .fields = fields
};
static const Frame blend = { .title = "Cost", .unit = UNIT_MONEY, .total = TOTAL_RATIO, .fields = fields };
static const char *const columns[] = { "period", "date", "name", "currency", "num" };

#define SPEND(day, currency, num) INT (0), VALUE_OF_DAY (day), TEXT ("spend"), TEXT (currency), INT (num)
#define SESSIONS(day, num)        INT (0), VALUE_OF_DAY (day), TEXT ("sessions"), NONE, INT (num)

static void
test_off (void **state)
{
    assert_drawn (render_pair, &pair, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"common_days\":0,\"lag\":null,"
                  "\"basis\":null}");
    assert_drawn (render_blend, &blend, NULL,
                  "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"basis\":null}");
}

/* The names of the parts stand also where there is no row, so that the two stay in their places. */
static void
test_side_by_side (void **state)
{
    const Value cells[] = { SPEND (20454, "EUR", 2500000), SESSIONS (20455, 80) };

    assert_drawn (render_pair, &pair, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"Ad Spend\",\"points\":[{\"t\":\"2026-01-01\",\"v\":2.5}]},"
                  "{\"name\":\"Sessions\",\"points\":[{\"t\":\"2026-01-02\",\"v\":80}]}],"
                  "\"stats\":{\"value\":null,\"delta\":null},\"currency\":\"EUR\",\"common_days\":0,"
                  "\"lag\":null,\"basis\":\"correlation\"}");
}

/* 0.8 by hand, see test_correlation.c; no lag has five days left. */
static void
test_correlation (void **state)
{
    const Value cells[] = {
        SPEND (20454, "EUR", 1), SESSIONS (20454, 10), SPEND (20455, "EUR", 2), SESSIONS (20455, 30),
        SPEND (20456, "EUR", 3), SESSIONS (20456, 20), SPEND (20457, "EUR", 4), SESSIONS (20457, 50),
        SPEND (20458, "EUR", 5), SESSIONS (20458, 40),
    };
    g_autofree char *got = draw (render_pair, &pair, ROWS (columns, cells));

    if (!g_regex_match_simple ("\"stats\":\\{\"value\":(0\\.80*|0\\.79{9,})[0-9]{0,3},\"delta\":null\\},"
                               "\"currency\":\"EUR\",\"common_days\":5,"
                               "\"lag\":\\{\"days\":0,\"value\":0\\.[78]\\d*,\"common_days\":5\\}",
                               got, 0, 0))
        fail_msg ("%s", got);
}

/* Only the first day has both: what was spent on the second is not of these sessions. */
static void
test_blend (void **state)
{
    const Value cells[] = { SPEND (20454, "EUR", 6000000), SESSIONS (20454, 3), SPEND (20455, "EUR", 9000000),
                            SESSIONS (20456, 5) };

    assert_drawn (render_blend, &blend, ROWS (columns, cells),
                  "{\"series\":[{\"name\":\"Cost\",\"points\":[{\"t\":\"2026-01-01\",\"v\":2}]}],"
                  "\"stats\":{\"value\":2,\"delta\":null},\"currency\":\"EUR\",\"basis\":\"ratio\"}");
}

static void
test_currencies_are_refused (void **state)
{
    const Value cells[] = { SPEND (20454, "EUR", 6000000), SESSIONS (20454, 3),
                            SPEND (20454, "USD", 9000000) };
    g_autofree char *both = draw (render_pair, &pair, ROWS (columns, cells));
    g_autofree char *over = draw (render_blend, &blend, ROWS (columns, cells));

    assert_non_null (strstr (both, "{\"series\":[{\"name\":\"Ad Spend (EUR)\","));
    assert_non_null (
        strstr (both, "\"stats\":{\"value\":null,\"delta\":null},\"common_days\":0,\"lag\":null"));
    assert_non_null (strstr (both, "(EUR, USD), which can't be set against each other."));
    assert_non_null (strstr (over, "{\"series\":[],\"stats\":{\"value\":null,\"delta\":null},\"basis\""));
    assert_non_null (strstr (over, "currency_mixed"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),
        cmocka_unit_test (test_side_by_side),
        cmocka_unit_test (test_correlation),
        cmocka_unit_test (test_blend),
        cmocka_unit_test (test_currencies_are_refused),
    };

    return cmocka_run_group_tests_name ("pair", tests, NULL, NULL);
}
