#include "query/coverage.h"

#include "database.h"

#define USER "a0000000-0000-4000-8000-00000000000a"

static const Period period = { 20454, 20458 }; /* 2026-01-01 .. 05 */
static const Comparison off = { .kind = COMPARE_OFF };

#define CONNECTION(n, source, id, name, status)                                                              \
    "('c0000000-0000-4000-8000-00000000000" n "', '" USER "', '" source "', '" id "', " name ", '" status    \
    "', 'sealed', '2026-01-01T00:00:00Z')"
#define IG_DAY(account, day) "('" USER "', '" account "', '" day "')"
#define META_DAY(day, campaign)                                                                              \
    "('" USER "', 'act_1', '" day "', '" campaign "', 'name', 0, 0, 0, 0, 0, 0, 0, 'EUR')"

/* Two Instagram accounts, of which one lacks the 2nd and both the 4th; an ad
 * account with two campaigns on the 1st and one on the 3rd; no GA4. */
static int
fill (void **state)
{
    const Database *database;

    if (database_open (state))
        return -1;
    database = *state;
    database_do (database->store,
                 "INSERT INTO connections (id, user_id, source, external_id, name, status, credential, created_at) "
                 "VALUES " CONNECTION ("1", "instagram", "17", "'Shop'", "paused") ", " CONNECTION (
                     "2", "instagram", "18", "''", "error") ", " CONNECTION ("3", "meta", "act_1", "NULL",
                                                                            "reconnect"));
    database_do (database->store, "INSERT INTO ig_daily (user_id, account_id, date) VALUES " IG_DAY (
                                      "17", "2026-01-01") ", " IG_DAY ("17", "2026-01-02") ", " IG_DAY ("17",
                                                                                                      "2026-01-"
                                                                                                      "03") ", "
                                      IG_DAY ("17", "2026-01-05") ", " IG_DAY ("18", "2026-01-01") ", " IG_DAY (
                                          "18", "2026-01-03") ", " IG_DAY ("18", "2026-01-05"));
    database_do (database->store,
                 "INSERT INTO meta_daily VALUES " META_DAY ("2026-01-01", "a") ", " META_DAY (
                     "2026-01-01", "b") ", " META_DAY ("2026-01-03", "a"));
    database_do (database->store, "INSERT INTO source_notices VALUES ('" USER "', 'meta', 'act_1', 'sampled', "
                                  "'2026-01-05', '2026-01-09', 'some', '2026-01-09T00:00:00Z')");
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
    accounts = (const Account *) coverage.accounts->data;
    assert_int_equal (coverage.accounts->len, 3);
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
    assert_missing (&coverage, SOURCE_META, period.to, "2 4 5 ");
    assert_missing (&coverage, SOURCE_GA4, period.to, ""); /* nobody is there to lack one */
}

static void
test_days_that_were_not_asked_for (void **state)
{
    g_autoptr (Batch) batch = ask (*state, SOURCE_META);
    g_auto (Coverage) coverage = { 0 };

    coverage_read (&coverage, batch, period);
    assert_missing (&coverage, SOURCE_INSTAGRAM, period.to, "");
    assert_missing (&coverage, SOURCE_META, period.to, "2 4 5 ");
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
