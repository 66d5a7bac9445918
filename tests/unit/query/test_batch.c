#include "query/batch.h"

#include "base/fault.h"
#include "database.h"

#define USER "a0000000-0000-4000-8000-00000000000a"

static const Period period = { 20454, 20460 }; /* 2026-01-01 .. 07 */
static const Comparison off = { .kind = COMPARE_OFF };
static const Comparison previous = { COMPARE_PREVIOUS_PERIOD, { 20447, 20453 } };

static void
test_a_question_gets_what_it_names (void **state)
{
    static const Sql all = { .name = "all",
                             .text = "SELECT :user AS u, :from AS f, :to AS t, :days AS d, :prev_from AS pf, "
                                     ":prev_to AS pt, :prev_days AS pd, :after AS a, :prev_after AS pa" };
    static const Sql two = { .name = "two", .text = "SELECT :to, :to, :days" };
    static const Sql none = { .name = "none", .text = "SELECT 1" };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, period, &previous);
    const Rows *rows;

    batch_add (batch, &all);
    batch_add (batch, &two);
    batch_add (batch, &none);
    assert_true (batch_ask (batch, NULL));
    rows = batch_rows (batch, &all);
    assert_string_equal (rows_text (rows, 0, 0), USER);
    assert_int_equal (rows_day (rows, 0, 1), 20454);
    assert_int_equal (rows_day (rows, 0, 2), 20460);
    assert_int_equal (rows_int (rows, 0, 3), 7);
    assert_int_equal (rows_day (rows, 0, 4), 20447);
    assert_int_equal (rows_day (rows, 0, 5), 20453);
    assert_int_equal (rows_int (rows, 0, 6), 7);
    assert_int_equal (rows_day (rows, 0, 7), 20461);
    assert_int_equal (rows_day (rows, 0, 8), 20454);
    assert_int_equal (rows_day (batch_rows (batch, &two), 0, 1), 20460);
    assert_int_equal (rows_int (batch_rows (batch, &none), 0, 0), 1);
}

/* No day lies between them, so a text needs no other words for "nothing". */
static void
test_nothing_is_compared (void **state)
{
    static const Sql sql = { .name = "off",
                             .text = "SELECT :prev_from > :prev_to, :prev_days, :prev_from < :prev_after" };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, period, &off);

    batch_add (batch, &sql);
    assert_true (batch_ask (batch, NULL));
    assert_int_equal (rows_int (batch_rows (batch, &sql), 0, 0), 1);
    assert_int_equal (rows_int (batch_rows (batch, &sql), 0, 1), 0);
    assert_int_equal (rows_int (batch_rows (batch, &sql), 0, 2), 0);
}

/* The year 10000 has no text that a store could read. */
static void
test_the_last_day_of_all (void **state)
{
    static const Sql sql = { .name = "end", .text = "SELECT :after" };
    const Period end = { day_of (9999, 12, 30), day_of (9999, 12, 31) };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, end, &off);

    batch_add (batch, &sql);
    assert_true (batch_ask (batch, NULL));
    assert_string_equal (rows_text (batch_rows (batch, &sql), 0, 0), "9999-12-31");
}

static void
test_what_is_not_a_parameter (void **state)
{
    static const Sql sql = { .name = "quoted",
                             .text = "-- :to and 'this\nSELECT ':days', 'it''s :from', :user -- :prev_to" };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, period, &off);

    batch_add (batch, &sql);
    assert_true (batch_ask (batch, NULL));
    assert_string_equal (rows_text (batch_rows (batch, &sql), 0, 0), ":days");
    assert_string_equal (rows_text (batch_rows (batch, &sql), 0, 1), "it's :from");
    assert_string_equal (rows_text (batch_rows (batch, &sql), 0, 2), USER);
}

static void
test_only_what_was_added_is_answered (void **state)
{
    static const Sql sql = { .name = "added", .text = "SELECT 1" };
    static const Sql other = { .name = "other", .text = "SELECT 2" };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, period, &off);

    batch_add (batch, &sql);
    batch_add (batch, &sql);
    assert_null (batch_rows (batch, &sql)); /* not yet */
    assert_true (batch_ask (batch, NULL));
    assert_int_equal (rows_int (batch_rows (batch, &sql), 0, 0), 1);
    assert_null (batch_rows (batch, &other));
}

static void
test_an_unknown_parameter_is_our_mistake (void **state)
{
    static const Sql sql = { .name = "wrong", .text = "SELECT :form" };
    static const Sql right = { .name = "right", .text = "SELECT :from" };
    const Database *database = *state;
    g_autoptr (Batch) batch = batch_new (database->store, USER, period, &off);
    g_autoptr (GError) error = NULL;

    batch_add (batch, &right);
    batch_add (batch, &sql);
    assert_false (batch_ask (batch, &error));
    assert_true (fault_is (error, FAULT_INTERNAL));
    assert_null (batch_rows (batch, &right));
}

/* Shared between those who ask the same of the same user, and nobody else; each may go first. */
static void
test_the_same_is_asked_once (void **state)
{
    static const Sql whose = { .name = "whose", .text = "SELECT :user AS u" };
    static const Sql when = { .name = "when", .text = "SELECT :user AS u, :from AS f" };
    static const char other[] = "b0000000-0000-4000-8000-00000000000b";
    static const Period later = { 20461, 20467 };
    const Database *database = *state;
    g_autofree char *copy = g_strdup (USER);
    Batch *first = batch_new (database->store, USER, period, &off);
    g_autoptr (Batch) same = batch_new (database->store, copy, period, &off);
    g_autoptr (Batch) moved = batch_new (database->store, USER, later, &off);
    g_autoptr (Batch) others = batch_new (database->store, other, period, &off);
    Batch *const all[] = { first, same, moved, others };

    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        batch_add (all[i], &whose);
        batch_add (all[i], &when);
    }
    assert_true (batches_ask (all, G_N_ELEMENTS (all), NULL));
    assert_ptr_equal (batch_rows (first, &when), batch_rows (same, &when));
    assert_ptr_equal (batch_rows (first, &whose), batch_rows (moved, &whose));
    assert_ptr_not_equal (batch_rows (first, &when), batch_rows (moved, &when));
    batch_free (first);
    assert_string_equal (rows_text (batch_rows (same, &when), 0, 0), USER);
    assert_int_equal (rows_day (batch_rows (moved, &when), 0, 1), later.from);
    assert_string_equal (rows_text (batch_rows (others, &whose), 0, 0), other);
    assert_string_equal (rows_text (batch_rows (others, &when), 0, 0), other);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_question_gets_what_it_names),
        cmocka_unit_test (test_nothing_is_compared),
        cmocka_unit_test (test_the_last_day_of_all),
        cmocka_unit_test (test_what_is_not_a_parameter),
        cmocka_unit_test (test_only_what_was_added_is_answered),
        cmocka_unit_test (test_an_unknown_parameter_is_our_mistake),
        cmocka_unit_test (test_the_same_is_asked_once),
    };

    return cmocka_run_group_tests_name ("batch", tests, database_open, database_close);
}
