#include "render/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
assert_written (Number number, Unit unit, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    number_write (number, unit, &json);
    assert_string_equal (text->str, want);
}

static void
test_write (void **state)
{
    assert_written ((Number){ 42, 1 }, UNIT_COUNT, "42");
    assert_written ((Number){ 1, 3 }, UNIT_PERCENT, "0.3333333333333333");
    assert_written ((Number){ 1, 3 }, UNIT_RATIO, "0.3333333333333333");
    assert_written ((Number){ 0, 3 }, UNIT_PERCENT, "0");
    assert_written (NUMBER_UNKNOWN, UNIT_COUNT, "null");
    assert_written ((Number){ 7, 0 }, UNIT_PERCENT, "null");
}

/* Micros are exact as long as they are only added; divided they are still money. */
static void
test_write_money (void **state)
{
    assert_written ((Number){ 1230000, 1 }, UNIT_MONEY, "1.23");
    assert_written ((Number){ -1, 1 }, UNIT_MONEY, "-0.000001");
    assert_written ((Number){ 9007199254740993, 1 }, UNIT_MONEY, "9007199254.740993");
    assert_written ((Number){ 10000000, 4 }, UNIT_MONEY, "2.5");
    assert_written ((Number){ 3000000, 1500 }, UNIT_MONEY_PER_1000, "2");
    assert_written ((Number){ 3000000, 1 }, UNIT_MONEY_PER_1000, "3000");
    assert_written ((Number){ 9000000000000000000, 2000000 }, UNIT_MONEY_PER_1000, "4500000000");
}

static void
assert_delta (Number now, Number before, const char *want)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    number_write_delta ((Change){ now, before }, &json);
    assert_string_equal (text->str, want);
}

static void
test_delta (void **state)
{
    assert_delta ((Number){ 150, 1 }, (Number){ 100, 1 }, "0.5");
    assert_delta ((Number){ 0, 1 }, (Number){ 100, 1 }, "-1");
    assert_delta ((Number){ 1, 4 }, (Number){ 1, 2 }, "-0.5");
    assert_delta ((Number){ 5, 1 }, (Number){ 0, 1 }, "null");
    assert_delta ((Number){ 5, 1 }, (Number){ 0, 9 }, "null");
    assert_delta ((Number){ 5, 1 }, NUMBER_UNKNOWN, "null");
    assert_delta (NUMBER_UNKNOWN, (Number){ 5, 1 }, "null");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_write),
        cmocka_unit_test (test_write_money),
        cmocka_unit_test (test_delta),
    };

    return cmocka_run_group_tests_name ("number", tests, NULL, NULL);
}
