/* What a re-read changes is noted, once, with what it was and what it became. */
#include "../store/both_engines.h"

#include "jobs/restate.h"
#include "sql.h"
#include "store/migrate.h"

#define ANNA    "11111111-1111-4111-8111-111111111111"
#define ACCOUNT "act_1"
#define FIRST   20500 /* a day */

/* (day, campaign, spend, reach, conversions) */
static void
add_ads (FactSet *facts, Day day, const char *campaign, gint64 spend, gint64 reach, gint64 conversions)
{
    const Value row[] = { VALUE_OF_TEXT (ACCOUNT),    VALUE_OF_DAY (day),   VALUE_OF_TEXT (campaign),
                          VALUE_OF_TEXT ("name"),     VALUE_OF_INT (spend), VALUE_OF_INT (10),
                          VALUE_OF_INT (reach),       VALUE_OF_INT (3),     VALUE_OF_INT (2),
                          VALUE_OF_INT (conversions), VALUE_OF_INT (70),    VALUE_OF_TEXT ("EUR") };

    fact_set_add (facts, row);
}

static void
add_posts (FactSet *facts, Day day, Value reach, gint64 likes)
{
    Value row[12];

    row[0] = VALUE_OF_TEXT (ACCOUNT);
    row[1] = VALUE_OF_DAY (day);
    for (guint i = 2; i < G_N_ELEMENTS (row); i++)
        row[i] = VALUE_NONE;
    row[2] = reach;
    row[6] = VALUE_OF_INT (likes);
    fact_set_add (facts, row);
}

/* As a sync does: note, then replace, in one transaction. */
static void
store_window (Store *store, const FactSet *facts, Source source, gint64 now)
{
    g_autoptr (GError) error = NULL;
    Period window = { FIRST, FIRST + 2 };
    Restated of = { .user_id = ANNA, .external_id = ACCOUNT, .source = source, .now = now };

    assert_true (store_begin (store, NULL));
    assert_fine (restate_note (store, &of, facts, window, &error), error);
    assert_fine (store_replace (store, ANNA, ACCOUNT, window, facts, &error), error);
    assert_true (store_commit (store, NULL));
}

static char *
notes (Store *store)
{
    static const Sql all = { .name = "test/notes",
                             .text =
                                 "SELECT date, metric, old, new, source FROM restatements ORDER BY 1, 2" };
    g_autoptr (Rows) rows = must_ask (store, &all, NO_PARAMS);
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < rows_count (rows); i++) {
        g_string_append_printf (text, "%d %s", rows_day (rows, i, 0) - FIRST, rows_text (rows, i, 1));
        for (guint c = 2; c < 4; c++)
            if (rows_is_null (rows, i, c))
                g_string_append (text, " -");
            else
                g_string_append_printf (text, " %" G_GINT64_FORMAT, rows_int (rows, i, c));
        g_string_append_printf (text, " %s\n", rows_text (rows, i, 4));
    }
    return g_string_free (text, FALSE);
}

static void
assert_notes (Store *store, const char *wanted)
{
    g_autofree char *text = notes (store);

    assert_string_equal (text, wanted);
}

static Store *
start (void **state)
{
    Store *store = fixture_of (state)->store;

    assert_true (migrate (store, migrations, NULL) > 0);
    return store;
}

/* A day is what its campaigns add up to; reach, which does not add up, is left out. */
static void
test_sums_of_a_day (void **state)
{
    Store *store = start (state);
    g_autoptr (FactSet) first = fact_set_new (&fact_meta_daily), again = fact_set_new (&fact_meta_daily),
                        later = fact_set_new (&fact_meta_daily);

    add_ads (first, FIRST, "a", 100, 5, 1);
    add_ads (first, FIRST, "b", 50, 5, 1);
    add_ads (first, FIRST + 1, "a", 100, 5, 1);
    store_window (store, first, SOURCE_META, 1);
    assert_notes (store, "");
    store_window (store, first, SOURCE_META, 2);
    assert_notes (store, "");

    add_ads (again, FIRST, "a", 110, 9, 3); /* other parts, and more purchases */
    add_ads (again, FIRST, "b", 40, 9, 1);
    add_ads (again, FIRST + 1, "a", 100, 6, 1);
    add_ads (again, FIRST + 2, "a", 100, 6, 1); /* a day that was not there before */
    store_window (store, again, SOURCE_META, 3);
    assert_notes (store, "0 conversions 2 4 meta\n");

    add_ads (later, FIRST, "a", 110, 9, 3); /* the second day has gone */
    add_ads (later, FIRST, "b", 40, 9, 2);
    add_ads (later, FIRST + 2, "a", 100, 6, 1);
    store_window (store, later, SOURCE_META, 4);
    assert_notes (store, "0 conversions 2 4 meta\n0 conversions 4 5 meta\n"
                         "1 clicks 3 - meta\n1 conversions 1 - meta\n1 impressions 10 - meta\n"
                         "1 link_clicks 2 - meta\n1 revenue_micros 70 - meta\n1 spend_micros 100 - meta\n");
}

/* A number that was not given is neither zero nor a change: what was known stays, and what was
 * unknown is late. */
static void
test_nothing_is_not_zero (void **state)
{
    Store *store = start (state);
    g_autoptr (FactSet) first = fact_set_new (&fact_ig_daily), again = fact_set_new (&fact_ig_daily);

    add_posts (first, FIRST, VALUE_NONE, 5);
    add_posts (first, FIRST + 1, VALUE_OF_INT (7), 5);
    store_window (store, first, SOURCE_INSTAGRAM, 1);
    add_posts (again, FIRST, VALUE_OF_INT (0), 5);
    add_posts (again, FIRST + 1, VALUE_NONE, 6);
    store_window (store, again, SOURCE_INSTAGRAM, 2);
    assert_notes (store, "1 likes 5 6 instagram\n");
}

/* A breakdown would tell the change of its day again. */
static void
test_breakdowns_are_left_out (void **state)
{
    Store *store = start (state);

    for (int i = 1; i <= 2; i++) {
        g_autoptr (FactSet) facts = fact_set_new (&fact_ga4_landing_daily);
        const Value row[] = { VALUE_OF_TEXT (ACCOUNT), VALUE_OF_DAY (FIRST), VALUE_OF_TEXT ("/"),
                              VALUE_OF_INT (i),        VALUE_OF_INT (0),     VALUE_OF_INT (0) };

        fact_set_add (facts, row);
        store_window (store, facts, SOURCE_GA4, i);
    }
    assert_notes (store, "");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_sums_of_a_day),
        BOTH (test_nothing_is_not_zero),
        BOTH (test_breakdowns_are_left_out),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
