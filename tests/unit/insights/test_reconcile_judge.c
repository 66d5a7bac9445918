/* Verdicts on made-up days: what makes a difference explained, and what does not. */
#include "base/fault.h"
#include "insights/reconcile_judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define DAYS 30

enum { VISITS, MONEY, PEOPLE, N_METRICS };

static const OwnMetric metrics[] = {
    { .metric = "visits", .column = "visits" },
    { .metric = "money", .column = "money_micros", .money = TRUE },
    { .metric = "people", .column = "people", .unique = TRUE },
    { .metric = NULL },
};
static const SourceDriver driver = { .source = SOURCE_META, .own_metrics = metrics };
static const char *const columns[] = { "date", "visits", "money_micros", "people" };

/* A small world: what the source knows of each day, and what we have of it. */
typedef struct {
    gint64 theirs[DAYS][N_METRICS], ours[DAYS][N_METRICS];
    gboolean missing[DAYS];
    const char *noted;    /* what the source said when it gave day 3; NULL */
    guint asked, fail_at; /* questions; fail_at: which one fails, from 1 */
    gint64 off;           /* what its totals have more than its days */
    Reconciliation result;
    Ledger ledger;
} World;

static Day
first_day (void)
{
    return day_of (2026, 1, 1);
}

static gboolean
ask (gpointer user, Period days, OwnTotals *totals, GError **error)
{
    World *world = user;

    if (++world->asked == world->fail_at)
        return fault_set (error, FAULT_REMOTE, "no answer");
    for (int i = 0; i < N_METRICS; i++) {
        totals->values[i] = VALUE_OF_INT (i == VISITS ? world->off : 0);
        for (Day day = days.from; day <= days.to; day++)
            totals->values[i].integer += world->theirs[day - first_day ()][i];
    }
    return TRUE;
}

static void
fill (World *world)
{
    *world = (World){ .asked = 0 };
    for (int day = 0; day < DAYS; day++)
        for (int i = 0; i < N_METRICS; i++)
            world->ours[day][i] = world->theirs[day][i] = 100 + day * 3 + i;
}

static Rows *
rows_of (const World *world)
{
    g_autofree Value *cells = g_new0 (Value, DAYS * G_N_ELEMENTS (columns));
    guint n = 0, rows = 0;

    for (int day = 0; day < DAYS; day++) {
        if (world->missing[day])
            continue;
        rows++;
        cells[n++] = VALUE_OF_DAY (first_day () + day);
        for (int i = 0; i < N_METRICS; i++)
            cells[n++] = world->ours[day][i] < 0 ? VALUE_NONE : VALUE_OF_INT (world->ours[day][i]);
    }
    return rows_new (columns, G_N_ELEMENTS (columns), cells, rows);
}

static void
index_rows (Ledger *ledger)
{
    ledger->days = (Period){ first_day (), first_day () + DAYS - 1 };
    ledger->row_of = g_new0 (gint, DAYS);
    for (guint row = 0; row < rows_count (ledger->rows); row++)
        ledger->row_of[rows_day (ledger->rows, row, 0) - first_day ()] = (gint)row + 1;
}

static void
free_reconciled (gpointer data)
{
    g_ptr_array_unref (((Reconciled *)data)->why);
}

static Rows *
notices_of (const World *world)
{
    static const char *const names[] = { "code", "text", "first_date", "last_date" };
    const Value cells[] = { VALUE_OF_TEXT (world->noted), VALUE_OF_TEXT ("It said so then."),
                            VALUE_OF_DAY (first_day () + 3), VALUE_OF_DAY (first_day () + 3) };

    return rows_new (names, G_N_ELEMENTS (names), cells, world->noted ? 1 : 0);
}

/* The last `moving` days were still moving. */
static gboolean
judge_world (World *world, int moving, const char *said, GError **error)
{
    g_autoptr (GPtrArray) notices = why_list_new ();
    g_autoptr (Rows) noted = notices_of (world);
    g_autoptr (Rows) none = rows_new (columns, G_N_ELEMENTS (columns), NULL, 0);
    g_auto (OwnTotals) theirs = { 0 };
    Judge judge = { .driver = &driver,
                    .result = &world->result,
                    .ledger = &world->ledger,
                    .theirs = &theirs,
                    .notices = noted,
                    .said = notices,
                    .restated = none,
                    .ask = ask,
                    .user = world };

    world->ledger.rows = rows_of (world);
    index_rows (&world->ledger);
    world->result = (Reconciliation){ .source = SOURCE_META,
                                      .compared = world->ledger.days,
                                      .provisional_from = world->ledger.days.to + 1 - moving,
                                      .metrics = g_array_new (FALSE, FALSE, sizeof (Reconciled)) };
    g_array_set_clear_func (world->result.metrics, free_reconciled);
    if (said)
        why_add (notices, said, "It said so.");
    assert_true (ask (world, world->ledger.days, &theirs, NULL));
    return judge_totals (&judge, error);
}

static const Reconciled *
metric (const World *world, int i)
{
    return &g_array_index (world->result.metrics, Reconciled, i);
}

static void
assert_verdict (const World *world, int i, Verdict verdict, const char *codes)
{
    g_autoptr (GString) said = g_string_new (NULL);
    const GPtrArray *why = metric (world, i)->why;

    for (guint w = 0; w < why->len; w++)
        g_string_append_printf (said, "%s%s", w ? " " : "", ((const Why *)why->pdata[w])->code);
    assert_string_equal (said->str, codes);
    assert_string_equal (verdict_name (metric (world, i)->verdict), verdict_name (verdict));
}

static void
drop (World *world)
{
    ledger_clear (&world->ledger);
    g_clear_pointer (&world->result.metrics, g_array_unref);
}

static void
test_equal_is_exact (void **unused)
{
    World world;

    fill (&world);
    assert_true (judge_world (&world, 5, "sampled", NULL));
    for (int i = 0; i < N_METRICS; i++)
        assert_verdict (&world, i, VERDICT_EXACT, "");
    assert_int_equal (world.asked, 1); /* nothing to find out */
    drop (&world);
}

static void
test_moving_days (void **unused)
{
    World world;

    fill (&world);
    world.theirs[DAYS - 1][VISITS] += 50;
    assert_true (judge_world (&world, 5, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "provisional");
    assert_int_equal (world.asked, 2);
    assert_string_equal (verdict_name (world.result.verdict), "explained");
    drop (&world);

    fill (&world);
    world.theirs[DAYS - 6][VISITS] += 50; /* the day before they begin */
    assert_true (judge_world (&world, 5, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    assert_string_equal (verdict_name (world.result.verdict), "unexplained");
    drop (&world);
}

static void
test_missing_days_make_pieces (void **unused)
{
    World world;

    fill (&world);
    world.missing[3] = world.missing[10] = TRUE;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "missing_days");
    assert_non_null (
        strstr (((const Why *)metric (&world, VISITS)->why->pdata[0])->text, "2026-01-04, 2026-01-11."));
    assert_int_equal (world.asked, 1 + 3);
    drop (&world);

    fill (&world);
    world.missing[3] = TRUE;
    world.ours[20][VISITS]++;
    assert_true (judge_world (&world, 2, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    assert_verdict (&world, MONEY, VERDICT_EXPLAINED, "missing_days provisional");
    drop (&world);
}

static void
test_a_number_missing_of_a_day (void **unused)
{
    World world;

    fill (&world);
    world.ours[7][VISITS] = -1; /* NULL */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "missing_days");
    assert_verdict (&world, MONEY, VERDICT_EXACT, "");
    drop (&world);

    fill (&world);
    world.ours[7][VISITS] = -1;
    world.ours[7][MONEY] += 1000; /* is here, and wrong: that VISITS is not does not explain it */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "missing_days");
    assert_verdict (&world, MONEY, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);
}

static void
test_too_many_pieces (void **unused)
{
    World world;

    fill (&world);
    for (int day = 0; day < DAYS; day += 2)
        world.missing[day] = TRUE;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "not_checked");
    assert_int_equal (world.asked, 1);
    drop (&world);
}

static void
test_rounding_is_of_money_alone (void **unused)
{
    World world;

    fill (&world);
    world.theirs[2][MONEY] += 30;
    world.theirs[2][VISITS] += 1;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, MONEY, VERDICT_EXPLAINED, "rounding");
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);

    fill (&world);
    world.theirs[2][MONEY] += 31; /* more than half a millionth a day, twice */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, MONEY, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);
}

static void
test_what_the_source_says (void **unused)
{
    World world;

    fill (&world);
    world.off = 9; /* its total is not the sum of its days: it estimates */
    assert_true (judge_world (&world, 5, "sampled", NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "sampled");
    assert_verdict (&world, MONEY, VERDICT_EXACT, "");
    drop (&world);

    fill (&world);
    world.off = 9;
    assert_true (judge_world (&world, 5, "restricted", NULL)); /* of money alone */
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);
}

/* A notice explains the days that it is about, and no others. */
static void
test_what_the_source_said (void **unused)
{
    World world;

    fill (&world);
    world.noted = "thresholded";
    world.ours[3][VISITS] -= 7;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_EXPLAINED, "thresholded");
    assert_verdict (&world, MONEY, VERDICT_EXACT, "");
    drop (&world);

    fill (&world);
    world.noted = "thresholded";
    world.ours[4][VISITS] -= 7;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);

    fill (&world);
    world.noted = "posts_refused"; /* says nothing of these numbers */
    world.ours[3][VISITS] -= 7;
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, VISITS, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);
}

static void
test_people_are_bounded (void **unused)
{
    World world;

    fill (&world);
    for (int day = 0; day < DAYS; day++)
        world.theirs[day][PEOPLE] = 10; /* 300 of the period: more than any day, less than all */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, PEOPLE, VERDICT_EXPLAINED, "unique_metric");
    assert_string_equal (metric (&world, PEOPLE)->basis, "sum_of_days");
    drop (&world);

    fill (&world);
    for (int day = 0; day < DAYS; day++)
        world.theirs[day][PEOPLE] = 1; /* fewer than came on one day */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, PEOPLE, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);

    fill (&world);
    for (int day = 0; day < DAYS; day++)
        world.theirs[day][PEOPLE] = 1;
    world.missing[3] = TRUE; /* would make ours less, not more */
    assert_true (judge_world (&world, 0, NULL, NULL));
    assert_verdict (&world, PEOPLE, VERDICT_UNEXPLAINED, "settled_days_differ");
    drop (&world);
}

static void
test_a_question_that_fails (void **unused)
{
    World world;
    g_autoptr (GError) error = NULL;

    fill (&world);
    world.theirs[DAYS - 1][VISITS] += 50;
    world.fail_at = 2;
    assert_false (judge_world (&world, 5, NULL, &error));
    assert_true (fault_is (error, FAULT_REMOTE));
    drop (&world);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_equal_is_exact),           cmocka_unit_test (test_moving_days),
        cmocka_unit_test (test_missing_days_make_pieces), cmocka_unit_test (test_a_number_missing_of_a_day),
        cmocka_unit_test (test_too_many_pieces),          cmocka_unit_test (test_rounding_is_of_money_alone),
        cmocka_unit_test (test_what_the_source_says),     cmocka_unit_test (test_what_the_source_said),
        cmocka_unit_test (test_people_are_bounded),       cmocka_unit_test (test_a_question_that_fails),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
