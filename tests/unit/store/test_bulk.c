/* Facts in bulk: windows that are replaced, rows that are updated by key. */
#include "both_engines.h"

#define ANN "0190f0aa-0000-7000-8000-00000000000a"
#define BOB "0190f0aa-0000-7000-8000-00000000000b"

static Store *
store_with_schema (void **state)
{
    Store *store = fixture_of (state)->store;

    must_migrate (store);
    return store;
}

static void
add_channel (FactSet *facts, const char *property, Day day, const char *channel, gint64 sessions)
{
    const Value row[] = { VALUE_OF_TEXT (property), VALUE_OF_DAY (day),      VALUE_OF_TEXT (channel),
                          VALUE_OF_INT (1),         VALUE_OF_INT (sessions), VALUE_OF_INT (2),
                          VALUE_OF_INT (3),         VALUE_OF_INT (4) };

    fact_set_add (facts, row);
}

static void
add_media (FactSet *facts, const char *media, const char *caption, gint64 likes)
{
    const Value row[] = {
        VALUE_OF_TEXT ("acc"),
        VALUE_OF_TEXT (media),
        VALUE_OF_INSTANT (1500000),
        VALUE_OF_TEXT ("IMAGE"),
        VALUE_OF_TEXT (NULL),
        VALUE_OF_TEXT (caption),
        VALUE_NONE,
        VALUE_NONE,
        VALUE_OF_INT (-1),
        VALUE_OF_INT (likes),
        VALUE_OF_INT (G_MAXINT64),
        VALUE_OF_INT (G_MININT64),
        VALUE_NONE,
        VALUE_NONE,
        VALUE_OF_INSTANT (0),
    };

    fact_set_add (facts, row);
}

static gboolean
replace (Store *store, const char *user, const char *entity, Day from, Day to, const FactSet *facts,
         GError **error)
{
    if (!store_begin (store, error))
        return FALSE;
    if (store_replace (store, user, entity, (Period){ from, to }, facts, error) &&
        store_commit (store, error))
        return TRUE;
    store_rollback (store);
    return FALSE;
}

static void
must_replace (Store *store, const char *user, const char *entity, Day from, Day to, const FactSet *facts)
{
    g_autoptr (GError) error = NULL;

    assert_fine (replace (store, user, entity, from, to, facts, &error), error);
}

/* All rows as one text, to compare. */
static char *
dump (Store *store, const Sql *sql)
{
    g_autoptr (Rows) rows = must_ask (store, sql, NO_PARAMS);
    GString *out = g_string_new (NULL);

    for (guint row = 0; row < rows_count (rows); row++) {
        for (guint i = 0; i < rows_columns (rows); i++)
            g_string_append_printf (out, "%s%s", i ? "|" : "",
                                    rows_is_null (rows, row, i) ? "NULL" : rows_text (rows, row, i));
        g_string_append_c (out, '\n');
    }
    return g_string_free (out, FALSE);
}

static char *
dump_channels (Store *store)
{
    return dump (store, SQL ("SELECT user_id, property_id, date, channel, sessions FROM ga4_channel_daily "
                             "ORDER BY user_id, property_id, date, channel"));
}

static void
test_a_window_is_replaced_and_nothing_else (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) old = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) others = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) new = fact_set_new (&fact_ga4_channel_daily);
    g_autofree char *once = NULL;
    g_autofree char *twice = NULL;

    for (Day day = 0; day < 5; day++)
        add_channel (old, "p1", day, "Direct", day);
    add_channel (others, "p2", 2, "Direct", 22);
    add_channel (new, "p1", 3, "Organic", 103); /* not in the order of the key */
    add_channel (new, "p1", 2, "Direct", 102);
    must_replace (store, ANN, "p1", 0, 4, old);
    must_replace (store, BOB, "p1", 0, 4, old);
    must_replace (store, ANN, "p2", 0, 4, others);
    must_replace (store, ANN, "p1", 1, 3, new);
    once = dump_channels (store);
    assert_string_equal (once, ANN "|p1|1970-01-01|Direct|0\n" ANN "|p1|1970-01-03|Direct|102\n" ANN
                                   "|p1|1970-01-04|Organic|103\n" ANN "|p1|1970-01-05|Direct|4\n" ANN
                                   "|p2|1970-01-03|Direct|22\n" BOB "|p1|1970-01-01|Direct|0\n" BOB
                                   "|p1|1970-01-02|Direct|1\n" BOB "|p1|1970-01-03|Direct|2\n" BOB
                                   "|p1|1970-01-04|Direct|3\n" BOB "|p1|1970-01-05|Direct|4\n");
    must_replace (store, ANN, "p1", 1, 3, new);
    twice = dump_channels (store);
    assert_string_equal (once, twice);
}

static void
test_an_empty_set_empties_the_window (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) some = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) none = fact_set_new (&fact_ga4_channel_daily);

    add_channel (some, "p1", 1, "Direct", 1);
    add_channel (some, "p1", 2, "Direct", 2);
    must_replace (store, ANN, "p1", 1, 2, some);
    must_replace (store, ANN, "p1", 2, 2, none);
    assert_int_equal (ask_int (store, SQL ("SELECT sum (sessions) FROM ga4_channel_daily")), 1);
}

static void
test_rows_are_updated_by_key (void **state)
{
    static const Sql all = {
        .name = "test/media",
        .text =
            "SELECT media_id, caption, likes, comments, saves, views, posted_at, product_type FROM ig_media "
            "ORDER BY media_id",
    };
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) first = fact_set_new (&fact_ig_media);
    g_autoptr (FactSet) second = fact_set_new (&fact_ig_media);
    g_autofree char *got = NULL;

    add_media (first, "m1", "old", 1);
    add_media (first, "m2", "kept", 2);
    add_media (second, "m3", "a\tb\nc\\d\r\\N \\. 'q' \"q\" 100% é🙂", 3);
    add_media (second, "m1", "", 11);
    must_begin (store); /* both in one transaction */
    assert_true (store_replace (store, ANN, "acc", (Period){ 0, 0 }, first, NULL));
    assert_true (store_replace (store, ANN, "acc", (Period){ 0, 0 }, second, NULL));
    must_commit (store);
    must_replace (store, ANN, "acc", 0, 0, second);
    got = dump (store, &all);
    assert_string_equal (
        got, "m1||11|9223372036854775807|-9223372036854775808|-1|1970-01-01T00:00:01.500000Z|NULL\n"
             "m2|kept|2|9223372036854775807|-9223372036854775808|-1|1970-01-01T00:00:01.500000Z|NULL\n"
             "m3|a\tb\nc\\d\r\\N \\. 'q' \"q\" 100% é🙂|3|9223372036854775807|-9223372036854775808|-1|"
             "1970-01-01T00:00:01.500000Z|NULL\n");
}

/* A day's number of followers is seen on that day alone: who reads the day again does not know it. */
static void
test_unknown_leaves_what_is_known (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) first = fact_set_new (&fact_ig_daily);
    g_autoptr (FactSet) again = fact_set_new (&fact_ig_daily);
    Value row[12] = { VALUE_OF_TEXT ("acc"), VALUE_OF_DAY (3), VALUE_OF_INT (7) };

    row[10] = VALUE_OF_INT (500); /* followers */
    fact_set_add (first, row);
    row[2] = VALUE_OF_INT (8);
    row[10] = VALUE_NONE;
    fact_set_add (again, row);
    must_replace (store, ANN, "acc", 3, 3, first);
    must_replace (store, ANN, "acc", 3, 3, again);
    assert_int_equal (ask_int (store, SQL ("SELECT reach FROM ig_daily")), 8);
    assert_int_equal (ask_int (store, SQL ("SELECT followers FROM ig_daily")), 500);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM ig_daily WHERE views IS NULL")), 1);
}

/* Every table that sources fill takes a row; text columns one that needs escaping. */
static void
test_every_table_of_facts (void **state)
{
    static const FactTable *const tables[] = { &fact_ga4_daily,         &fact_ga4_channel_daily,
                                               &fact_ga4_landing_daily, &fact_ga4_period_users,
                                               &fact_meta_daily,        &fact_ig_daily,
                                               &fact_ig_media };
    Store *store = store_with_schema (state);

    for (gsize t = 0; t < G_N_ELEMENTS (tables); t++) {
        g_autoptr (FactSet) facts = fact_set_new (tables[t]);
        g_autofree char *text = g_strdup_printf ("SELECT count (*) FROM %s", tables[t]->name);
        g_autofree Value *row = g_new0 (Value, tables[t]->n_columns);
        const Sql count = { .name = "test/count", .text = text };

        for (guint i = 0; i < tables[t]->n_columns; i++) {
            ValueType type = tables[t]->columns[i].type;

            row[i] = type == VALUE_TEXT  ? VALUE_OF_TEXT ("it's \\ a\ttext")
                     : type == VALUE_DAY ? VALUE_OF_DAY (3)
                                         : (Value){ .type = type, .integer = 7 };
        }
        fact_set_add (facts, row);
        must_replace (store, ANN, "it's \\ a\ttext", 1, 5, facts);
        must_replace (store, ANN, "it's \\ a\ttext", 1, 5, facts);
        assert_int_equal (ask_int (store, &count), 1);
    }
}

static void
check_refused (Store *store, const FactSet *facts, const char *why)
{
    g_autoptr (GError) error = NULL;

    assert_false (replace (store, ANN, "p1", 1, 3, facts, &error));
    assert_fault (error, FAULT_INTERNAL);
    assert_non_null (strstr (error->message, facts->table->name));
    assert_non_null (strstr (error->message, why));
    assert_int_equal (ask_int (store, SQL ("SELECT sum (sessions) FROM ga4_channel_daily")), 77);
}

static void
test_bad_sets_are_refused (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) kept = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) outside = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) before = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) twice = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) foreign = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) keyless = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) wrong = fact_set_new (&fact_ga4_period_users);
    const Value row[] = { VALUE_OF_TEXT ("p1"), VALUE_OF_DAY (1), VALUE_OF_INT (2), VALUE_OF_INT (3) };

    add_channel (kept, "p1", 2, "Direct", 77);
    must_replace (store, ANN, "p1", 1, 3, kept);
    add_channel (outside, "p1", 4, "Direct", 1);
    add_channel (before, "p1", 0, "Direct", 1);
    for (int i = 0; i < 3; i++)
        add_channel (twice, "p1", 1 + i % 2, "Direct", i);
    add_channel (foreign, "p2", 2, "Direct", 1);
    add_channel (keyless, "p1", 2, NULL, 1);
    fact_set_add (wrong, row);
    check_refused (store, outside, "outside");
    check_refused (store, before, "outside");
    check_refused (store, twice, "same key");
    check_refused (store, foreign, "another property_id");
    check_refused (store, keyless, "nothing in its column channel");
    check_refused (store, wrong, "wrong type in its column end_date");
}

/* The second set breaks a rule of its table: the first one must be gone too. */
static void
test_half_way_leaves_nothing (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) good = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (FactSet) bad = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (GError) error = NULL;
    const Value nameless[] = {
        VALUE_OF_TEXT ("p1"), VALUE_OF_DAY (3), VALUE_OF_TEXT ("x"), VALUE_OF_INT (1),
        VALUE_NONE,           VALUE_OF_INT (1), VALUE_OF_INT (1),    VALUE_OF_INT (1)
    };

    add_channel (good, "p1", 1, "Direct", 5);
    must_replace (store, ANN, "p1", 1, 1, good);
    add_channel (bad, "p1", 1, "Direct", 6);
    add_channel (bad, "p1", 2, "Direct", 6);
    fact_set_add (bad, nameless); /* sessions is NOT NULL */
    assert_false (replace (store, ANN, "p1", 1, 3, bad, &error));
    assert_fault (error, FAULT_INTERNAL);
    assert_int_equal (ask_int (store, SQL ("SELECT sum (sessions) FROM ga4_channel_daily")), 5);
    must_replace (store, ANN, "p1", 1, 2, good); /* and the store works on */
}

static void
test_only_inside_a_transaction (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) facts = fact_set_new (&fact_ga4_channel_daily);
    g_autoptr (GError) error = NULL;

    assert_false (store_replace (store, ANN, "p1", (Period){ 1, 1 }, facts, &error));
    assert_fault (error, FAULT_INTERNAL);
}

/* More than one chunk of COPY, and in an order that has to be sorted. */
static void
test_many_rows (void **state)
{
    Store *store = store_with_schema (state);
    g_autoptr (FactSet) facts = fact_set_new (&fact_ga4_channel_daily);
    const int n = 20000;

    for (int i = 0; i < n; i++) {
        char channel[16];

        g_snprintf (channel, sizeof channel, "c%d", (int)((gint64)i * 7919 % n));
        add_channel (facts, "p1", i % 100, channel, i);
    }
    must_replace (store, ANN, "p1", 0, 99, facts);
    must_replace (store, ANN, "p1", 0, 99, facts);
    assert_int_equal (ask_int (store, SQL ("SELECT count (*) FROM ga4_channel_daily")), n);
    assert_int_equal (ask_int (store, SQL ("SELECT sum (sessions) FROM ga4_channel_daily")),
                      (gint64)n * (n - 1) / 2);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        EVERY_WAY (test_a_window_is_replaced_and_nothing_else),
        EVERY_WAY (test_an_empty_set_empties_the_window),
        EVERY_WAY (test_rows_are_updated_by_key),
        EVERY_WAY (test_unknown_leaves_what_is_known),
        EVERY_WAY (test_every_table_of_facts),
        EVERY_WAY (test_bad_sets_are_refused),
        EVERY_WAY (test_half_way_leaves_nothing),
        EVERY_WAY (test_only_inside_a_transaction),
        EVERY_WAY (test_many_rows),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
