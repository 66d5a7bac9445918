#include "both_engines.h"

#include "store/rows_build.h"

#include <math.h>

static void
test_typed_access (void **state)
{
    const char *const columns[] = { "whole", "real", "words", "day", "at", "none" };
    const Value cells[] = {
        VALUE_OF_INT (-7),       VALUE_OF_REAL (0.1),        VALUE_OF_TEXT ("é"),
        VALUE_OF_DAY (1),        VALUE_OF_INSTANT (1500000), VALUE_NONE,
        VALUE_OF_INT (8),        VALUE_OF_REAL (3),          VALUE_OF_TEXT ("12.5"),
        VALUE_OF_DAY (DAY_NONE), VALUE_OF_INSTANT (0),       VALUE_OF_TEXT (NULL),
    };
    g_autoptr (Rows) rows = rows_new (columns, 6, cells, 2);

    (void)state;
    assert_int_equal (rows_count (rows), 2);
    assert_int_equal (rows_columns (rows), 6);
    assert_int_equal (rows_column (rows, "day"), 3);
    assert_int_equal (rows_column (rows, "days"), -1);
    assert_int_equal (rows_int (rows, 0, 0), -7);
    assert_string_equal (rows_text (rows, 0, 0), "-7");
    assert_string_equal (rows_text (rows, 0, 1), "0.1");
    assert_string_equal (rows_text (rows, 1, 1), "3");
    assert_string_equal (rows_text (rows, 0, 2), "é");
    assert_string_equal (rows_text (rows, 0, 3), "1970-01-02");
    assert_int_equal (rows_day (rows, 0, 3), 1);
    assert_string_equal (rows_text (rows, 0, 4), "1970-01-01T00:00:01.500000Z");
    assert_int_equal (rows_instant (rows, 0, 4), 1500000);
    assert_string_equal (rows_text (rows, 1, 4), "1970-01-01T00:00:00Z");
    assert_int_equal (rows_int (rows, 1, 2), 12);
    assert_true (rows_real (rows, 1, 2) == 12.5);
}

static void
test_null_is_nothing (void **state)
{
    const char *const columns[] = { "none" };
    g_autoptr (Rows) rows = rows_new (columns, 1, &VALUE_NONE, 1);

    (void)state;
    assert_true (rows_is_null (rows, 0, 0));
    assert_int_equal (rows_int (rows, 0, 0), 0);
    assert_true (rows_real (rows, 0, 0) == 0);
    assert_null (rows_text (rows, 0, 0));
    assert_int_equal (rows_day (rows, 0, 0), DAY_NONE);
    assert_true (rows_instant (rows, 0, 0) == INSTANT_NONE);
}

/* Text that was given out stays where it is, whatever else is asked. */
static void
test_borrowed_text_stays (void **state)
{
    const char *const columns[] = { "n" };
    Value cells[500];
    const char *first;
    g_autoptr (Rows) rows = NULL;

    (void)state;
    for (int i = 0; i < 500; i++)
        cells[i] = VALUE_OF_INT (1000000 + i);
    rows = rows_new (columns, 1, cells, 500);
    first = rows_text (rows, 0, 0);
    for (guint i = 1; i < 500; i++)
        assert_string_not_equal (rows_text (rows, i, 0), first);
    assert_string_equal (first, "1000000");
}

static void
test_reals_become_integers_safely (void **state)
{
    const char *const columns[] = { "n" };
    const Value cells[] = { VALUE_OF_REAL (1e300), VALUE_OF_REAL (-1e300), VALUE_OF_REAL (NAN),
                            VALUE_OF_REAL (-2.9) };
    g_autoptr (Rows) rows = rows_new (columns, 1, cells, 4);

    (void)state;
    assert_true (rows_int (rows, 0, 0) == G_MAXINT64);
    assert_true (rows_int (rows, 1, 0) == G_MININT64);
    assert_int_equal (rows_int (rows, 2, 0), 0);
    assert_int_equal (rows_int (rows, 3, 0), -2);
}

static void
test_no_rows_and_no_columns (void **state)
{
    const char *const columns[] = { "n" };
    g_autoptr (Rows) empty = rows_new (columns, 1, NULL, 0);
    g_autoptr (Rows) nothing = rows_start (0);

    (void)state;
    assert_int_equal (rows_count (empty), 0);
    assert_int_equal (rows_column (empty, "n"), 0);
    assert_int_equal (rows_count (nothing), 0);
    rows_free (NULL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_typed_access),           cmocka_unit_test (test_null_is_nothing),
        cmocka_unit_test (test_borrowed_text_stays),    cmocka_unit_test (test_reals_become_integers_safely),
        cmocka_unit_test (test_no_rows_and_no_columns),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
