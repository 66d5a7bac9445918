/* test_memory.c -- what is closed, counted and kept, by a clock that we turn. */
#include "base/date.h"
#include "base/fault.h"
#include "sources/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gint64 now = 5 * SECOND_US;

static gint64
tell (Clock *clock)
{
    return now;
}

static Clock turned = { .now = tell, .monotonic = tell };

static int
left (SourceMemory *memory, const char *key, gint64 since)
{
    g_autoptr (GError) error = NULL;

    if (source_memory_is_open (memory, key, since, &error))
        return 0;
    assert_true (fault_is (error, FAULT_BUSY));
    assert_string_equal (error->message, "used up");
    return fault_retry_after (error);
}

static void
test_closed_until_its_time (void **state)
{
    g_autoptr (SourceMemory) memory = source_memory_new (&turned);

    assert_int_equal (left (memory, "a", 0), 0);
    source_memory_close (memory, "a", 60, "used up");
    source_memory_close (memory, "a", 30, "used up less"); /* the longer one stays */
    assert_int_equal (left (memory, "a", 0), 60);
    assert_int_equal (left (memory, "b", 0), 0);
    now += 59 * SECOND_US + 1;
    assert_int_equal (left (memory, "a", 0), 1); /* rounded up, so that nobody comes too early */
    now += SECOND_US;
    assert_int_equal (left (memory, "a", 0), 0);
}

static void
test_what_was_before_can_be_left_out (void **state)
{
    g_autoptr (SourceMemory) memory = source_memory_new (&turned);

    source_memory_close (memory, "a", 60, "used up");
    assert_int_equal (left (memory, "a", now), 60);
    assert_int_equal (left (memory, "a", now + 1), 0);
    now += 2;
    source_memory_close (memory, "a", 10, "used up less"); /* refused again, if for less long */
    assert_true (left (memory, "a", now) > 0);
}

static void
test_failures_of_an_hour_close (void **state)
{
    g_autoptr (SourceMemory) memory = source_memory_new (&turned);

    for (int i = 0; i < 20; i++) { /* three an hour may go on for ever */
        source_memory_strike (memory, "a", 4, "used up");
        assert_int_equal (left (memory, "a", 0), 0);
        now += 1201 * SECOND_US;
    }
    now += 3600 * SECOND_US;
    for (int i = 0; i < 4; i++) {
        assert_int_equal (left (memory, "a", 0), 0);
        source_memory_strike (memory, "a", 4, "used up");
        now += 600 * SECOND_US;
    }
    assert_int_equal (left (memory, "a", 0), 1200); /* until the first is an hour old */
    now += 1200 * SECOND_US;
    assert_int_equal (left (memory, "a", 0), 0);
    source_memory_strike (memory, "a", 4, "used up");
    assert_int_equal (left (memory, "a", 0), 600); /* now the second is the first */
}

static void
test_tables_are_kept_for_a_time (void **state)
{
    g_autoptr (SourceMemory) memory = source_memory_new (&turned);
    g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) again = NULL;

    assert_null (source_memory_recall (memory, "a"));
    source_memory_keep (memory, "a", table, 10);
    again = source_memory_recall (memory, "a");
    assert_ptr_equal (again, table);
    now += 10 * SECOND_US;
    assert_null (source_memory_recall (memory, "a"));
}

static void
test_it_is_bounded (void **state)
{
    g_autoptr (SourceMemory) memory = source_memory_new (&turned);
    char key[32];

    for (int i = 0; i < SOURCE_MEMORY_MOST; i++) {
        g_snprintf (key, sizeof key, "%d", i);
        source_memory_close (memory, key, i == 7 ? 100 : 10, "used up");
    }
    source_memory_close (memory, "one more", 10, "used up");
    assert_int_equal (left (memory, "one more", 0), 0); /* is not remembered */
    now += 11 * SECOND_US;
    source_memory_close (memory, "one more", 10, "used up"); /* what is over made room */
    assert_int_equal (left (memory, "one more", 0), 10);
    assert_int_equal (left (memory, "7", 0), 89);
}

static void
test_none_remembers_nothing (void **state)
{
    source_memory_close (NULL, "a", 10, "x");
    source_memory_strike (NULL, "a", 1, "x");
    assert_true (source_memory_is_open (NULL, "a", 0, NULL));
    assert_null (source_memory_recall (NULL, "a"));
    source_memory_free (NULL);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_closed_until_its_time),
        cmocka_unit_test (test_what_was_before_can_be_left_out),
        cmocka_unit_test (test_failures_of_an_hour_close),
        cmocka_unit_test (test_tables_are_kept_for_a_time),
        cmocka_unit_test (test_it_is_bounded),
        cmocka_unit_test (test_none_remembers_nothing),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
