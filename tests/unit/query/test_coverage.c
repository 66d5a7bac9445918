#include "query/coverage.h"

#include "database.h"

#define USER "a0000000-0000-4000-8000-00000000000a"

static const Period period = { 20454, 20458 }; /* 2026-01-01 .. 05 */
static const Comparison off = { .kind = COMPARE_OFF };

static const char *const given[] = {
    "INSERT INTO connections (id, user_id, source, external_id, name, status, credential, created_at) VALUES "
    "('c1', '" USER "', 'instagram', '17', 'Shop', 'paused', 'sealed', '2026-01-01T00:00:00Z'),"
    "('c2', '" USER "', 'instagram', '18', '', 'error', 'sealed', '2026-01-01T00:00:00Z'),"
    "('c3', '" USER "', 'meta', 'act_1', NULL, 'reconnect', 'sealed', '2026-01-01T00:00:00Z'),"
    "('c4', '" USER "', 'meta', 'act_2', NULL, 'connected', 'sealed', '2026-01-01T00:00:00Z')",
    /* one account lacks the 2nd, both the 4th */
    "INSERT INTO ig_daily (user_id, account_id, date) VALUES "
    "('" USER "', '17', '2026-01-01'), ('" USER "', '17', '2026-01-02'), ('" USER "', '17', '2026-01-03'),"
    "('" USER "', '17', '2026-01-05'), ('" USER "', '18', '2026-01-01'), ('" USER "', '18', '2026-01-03'),"
    "('" USER "', '18', '2026-01-05')",
    /* two campaigns of one account on the 1st do not stand in for the other account */
    "INSERT INTO meta_daily VALUES "
    "('" USER "', 'act_1', '2026-01-01', 'a', 'A', 0, 0, 0, 0, 0, 0, 0, 'EUR'),"
    "('" USER "', 'act_1', '2026-01-01', 'b', 'B', 0, 0, 0, 0, 0, 0, 0, 'EUR'),"
    "('" USER "', 'act_1', '2026-01-03', 'a', 'A', 0, 0, 0, 0, 0, 0, 0, 'EUR'),"
    "('" USER "', 'act_2', '2026-01-03', 'c', 'C', 0, 0, 0, 0, 0, 0, 0, 'EUR')",
    "INSERT INTO source_notices VALUES "
    "('" USER "', 'meta', 'act_1', 'sampled', '2026-01-05', '2026-01-09', 'some', '2026-01-09T00:00:00Z')",
};

static int
fill (void **state)
{
    const Database *database;

    if (database_open (state))
        return -1;
    database = *state;
    for (guint i = 0; i < G_N_ELEMENTS (given); i++)
        database_do (database->store, given[i]);
    return 0;
}

static Batch *
ask (const Database *database, Source sources)
{
    Batch *batch = batch_new (database->store, USER, period, &off);

    coverage_add (batch, sources);
    assert_true (batch_ask (batch, NULL));
    return batch;
}

static void
test_accounts (void **state)
{
    g_autoptr (Batch) batch = ask (*state, SOURCE_NONE);
    g_auto (Coverage) coverage = { 0 };
    const Account *accounts;

    coverage_read (&coverage, batch, period);
    accounts = (const Account *)coverage.accounts->data;
    assert_int_equal (coverage.accounts->len, 4);
    assert_int_equal (coverage_connected (&coverage), SOURCE_META | SOURCE_INSTAGRAM);
    assert_string_equal (accounts[0].label, "Shop");
    assert_string_equal (accounts[1].label, "18");
    assert_string_equal (accounts[2].label, "act_1");
    assert_int_equal (accounts[0].status, ACCOUNT_PAUSED);
    assert_int_equal (accounts[1].status, ACCOUNT_ERROR);
    assert_int_equal (accounts[2].status, ACCOUNT_RECONNECT);
    assert_true (accounts[0].last_success == INSTANT_NONE);
    assert_int_equal (accounts[0].complete_through, DAY_NONE);
    assert_int_equal (coverage.notices->len, 1);
    assert_string_equal (g_array_index (coverage.notices, SourceNotice, 0).code, "sampled");
}

static void
assert_missing (const Coverage *coverage, Source source, Day through, const char *want)
{
    g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (Day));
    g_autoptr (GString) text = g_string_new (NULL);

    coverage_missing (coverage, source, through, days);
    for (guint i = 0; i < days->len; i++)
        g_string_append_printf (text, "%d ", g_array_index (days, Day, i) - period.from + 1);
    assert_string_equal (text->str, want);
}

static void
test_missing (void **state)
{
    g_autoptr (Batch) batch = ask (*state, SOURCE_ALL);
    g_auto (Coverage) coverage = { 0 };

    coverage_read (&coverage, batch, period);
    assert_missing (&coverage, SOURCE_INSTAGRAM, period.to, "2 4 ");
    assert_missing (&coverage, SOURCE_INSTAGRAM, period.from + 2, "2 ");
    assert_missing (&coverage, SOURCE_INSTAGRAM, period.to + 100, "2 4 ");
    assert_missing (&coverage, SOURCE_INSTAGRAM, DAY_NONE, "");
    assert_missing (&coverage, SOURCE_META, period.to, "1 2 4 5 ");
    assert_missing (&coverage, SOURCE_GA4, period.to, ""); /* nobody is there to lack one */
}

static void
test_days_that_were_not_asked_for (void **state)
{
    g_autoptr (Batch) batch = ask (*state, SOURCE_META);
    g_auto (Coverage) coverage = { 0 };

    coverage_read (&coverage, batch, period);
    assert_missing (&coverage, SOURCE_INSTAGRAM, period.to, "");
    assert_missing (&coverage, SOURCE_META, period.to, "1 2 4 5 ");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_accounts),
        cmocka_unit_test (test_missing),
        cmocka_unit_test (test_days_that_were_not_asked_for),
    };

    return cmocka_run_group_tests_name ("coverage", tests, fill, database_close);
}
