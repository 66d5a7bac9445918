/* test_funnel.c -- the steps of a funnel: shares, deltas, and a later step that is larger. */
#include "draw.h"

static const Field steps[] = {
    { .key = "seen", .title = "Seen", .by_day = TRUE },
    { .key = "clicked", .title = "Clicked", .by_day = TRUE },
    { .key = "bought", .title = "Bought", .by_day = TRUE, .is_headline = TRUE, .loose = "Some just come." },
    { .key = NULL },
};
static const char *const columns[] = { "period", "date", "seen", "clicked", "bought" };

static Frame
of_steps (const Frame *frame)
{
    Frame own = *frame;

    own.fields = steps;
    return own;
}

static char *
drawn (const Frame *frame, Rows *rows)
{
    const Frame own = of_steps (frame);

    return draw (render_funnel, &own, rows);
}

#define ASSERT_HOLDS(text, part) assert_non_null (strstr (text, part))

static void
test_off (void **state)
{
    g_autofree char *got = drawn (&plain_frame, NULL);

    ASSERT_HOLDS (got, "\"stats\":{\"value\":null,\"delta\":null},\"steps\":["
                       "{\"key\":\"seen\",\"name\":\"Seen\",\"value\":null,\"share_of_previous\":null,"
                       "\"share_of_first\":null,\"delta\":null,\"share_delta\":null},");
    ASSERT_HOLDS (got, "\"basis\":null");
    assert_null (strstr (got, "loose_step"));
}

static void
test_shares_are_of_sums (void **state)
{
    const Value cells[] = { INT (0), DAY1, INT (30), INT (20), INT (1),
                            INT (0), DAY2, INT (70), INT (20), INT (9) };
    g_autofree char *got = drawn (&plain_frame, ROWS (columns, cells));

    ASSERT_HOLDS (got, "{\"name\":\"Bought\",\"points\":[{\"t\":\"2026-01-01\",\"v\":1},"
                       "{\"t\":\"2026-01-02\",\"v\":9}]}],\"stats\":{\"value\":10,\"delta\":null}");
    ASSERT_HOLDS (got, "\"value\":100,\"share_of_previous\":null,\"share_of_first\":null,");
    ASSERT_HOLDS (got, "\"value\":40,\"share_of_previous\":0.4,\"share_of_first\":0.4,");
    ASSERT_HOLDS (got, "\"value\":10,\"share_of_previous\":0.25,\"share_of_first\":0.1,");
    ASSERT_HOLDS (got, "{\"code\":\"loose_step\",\"text\":\"Some just come.\"}");
    assert_null (strstr (got, "step_exceeds_previous"));
    assert_null (strstr (got, "compare"));
}

static void
test_more_than_the_step_before (void **state)
{
    const Value cells[] = { INT (0), DAY1, INT (8), INT (2), INT (6) };
    g_autofree char *got = drawn (&plain_frame, ROWS (columns, cells));

    ASSERT_HOLDS (got, "\"value\":6,\"share_of_previous\":3,\"share_of_first\":0.75,");
    ASSERT_HOLDS (got,
                  "{\"code\":\"step_exceeds_previous\",\"text\":\"Bought: 6, more than the 2 of the step "
                  "before, Clicked. Its share is over 100% and is shown as it is.\"}");
}

static void
test_nothing_to_be_a_share_of (void **state)
{
    const Value cells[] = {
        INT (0), DAY1, INT (8), INT (0), INT (2), INT (1), DAY1, INT (4), INT (2), INT (1)
    };
    g_autofree char *got = drawn (&compare_frame, ROWS (columns, cells));

    ASSERT_HOLDS (got, "\"value\":0,\"share_of_previous\":0,\"share_of_first\":0,\"delta\":-1,"
                       "\"share_delta\":-1}");
    ASSERT_HOLDS (got, "\"value\":2,\"share_of_previous\":null,\"share_of_first\":0.25,\"delta\":1,"
                       "\"share_delta\":null}");
    ASSERT_HOLDS (got, "step_exceeds_previous");
}

static void
test_compare (void **state)
{
    const Value cells[] = { INT (0), DAY1, INT (10), INT (5), INT (2),
                            INT (1), DAY1, INT (20), INT (5), INT (4) };
    g_autofree char *got = drawn (&compare_frame, ROWS (columns, cells));

    ASSERT_HOLDS (got, "\"stats\":{\"value\":2,\"delta\":-0.5}");
    ASSERT_HOLDS (got, "\"value\":5,\"share_of_previous\":0.5,\"share_of_first\":0.5,\"delta\":0,"
                       "\"share_delta\":1}");
    ASSERT_HOLDS (got, "]}],\"steps\":[{\"key\":\"seen\",\"name\":\"Seen\",\"value\":20,"
                       "\"share_of_previous\":null,\"share_of_first\":null},");
    ASSERT_HOLDS (got, "{\"key\":\"bought\",\"name\":\"Bought\",\"value\":4,\"share_of_previous\":0.8,"
                       "\"share_of_first\":0.2}]}");
}

/* Deltas are of complete days, values of all. */
static void
test_cut (void **state)
{
    const Value cells[] = { INT (0), DAY1,    INT (10), INT (5), INT (2),  INT (0), DAY2,   INT (10),
                            INT (9), INT (9), INT (1),  DAY1,    INT (20), INT (5), INT (4) };
    const Value complete[] = { INT (0), DAY1, INT (10), INT (5), INT (2),
                               INT (1), DAY1, INT (20), INT (5), INT (4) };
    g_autoptr (Rows) whole = ROWS (columns, complete);
    Frame frame = compare_frame;
    g_autofree char *got = NULL;

    frame.cut = TRUE;
    frame.complete_now = (Period){ 20454, 20454 };
    frame.complete_before = (Period){ 20452, 20452 };
    frame.complete_rows = whole;
    got = drawn (&frame, ROWS (columns, cells));
    ASSERT_HOLDS (got, "\"value\":14,\"share_of_previous\":0.7,\"share_of_first\":0.7,\"delta\":0,"
                       "\"share_delta\":1}");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_off),
        cmocka_unit_test (test_shares_are_of_sums),
        cmocka_unit_test (test_more_than_the_step_before),
        cmocka_unit_test (test_nothing_to_be_a_share_of),
        cmocka_unit_test (test_compare),
        cmocka_unit_test (test_cut),
    };

    return cmocka_run_group_tests_name ("funnel", tests, NULL, NULL);
}
