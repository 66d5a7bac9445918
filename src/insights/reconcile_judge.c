#include "insights/reconcile_judge.h"

#include <string.h>

#define MOST_RUNS  10 /* questions to the source, at most */
#define MOST_NAMED 5  /* days in a sentence */

/* What the judge works out on the way. */
typedef struct {
    const Judge *judge;
    guint live;        /* bits: metrics that any of our days has */
    GArray *missing;   /* of Day: not here, or not with all numbers */
    GArray *moving;    /* of Day: read while the source was still changing them */
    guint n_estimated; /* days of which the source said then that not all is told */
    GArray *settled;   /* of Period: runs of days on which both have to agree */
    gboolean asked;    /* about the settled days */
    Value settled_theirs[OWN_METRICS_MOST];
} Case;

static void
case_clear (Case *one)
{
    g_array_unref (one->missing);
    g_array_unref (one->moving);
    g_array_unref (one->settled);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

/* ---- sentences ---- */

static void
why_free (gpointer data)
{
    Why *why = data;

    g_free (why->text);
    g_free (why);
}

GPtrArray *
why_list_new (void)
{
    return g_ptr_array_new_with_free_func (why_free);
}

static const Why *
why_find (const GPtrArray *list, const char *code)
{
    for (guint i = 0; i < list->len; i++)
        if (strcmp (((const Why *)list->pdata[i])->code, code) == 0)
            return list->pdata[i];
    return NULL;
}

void
why_add (GPtrArray *list, const char *code, const char *format, ...)
{
    Why *why;
    va_list args;

    if (why_find (list, code))
        return;
    why = g_new0 (Why, 1);
    why->code = g_intern_string (code);
    va_start (args, format);
    why->text = g_strdup_vprintf (format, args);
    va_end (args);
    g_ptr_array_add (list, why);
}

/* "2026-01-02, 2026-01-05 and 3 more"; the caller frees it. */
static char *
days_text (const GArray *days)
{
    GString *text = g_string_new (NULL);
    char name[DAY_TEXT];

    for (guint i = 0; i < MIN (days->len, MOST_NAMED); i++)
        g_string_append_printf (text, "%s%s", i ? ", " : "", day_format (g_array_index (days, Day, i), name));
    if (days->len > MOST_NAMED)
        g_string_append_printf (text, " and %u more", days->len - MOST_NAMED);
    return g_string_free (text, FALSE);
}

static const char *
title_of (const Case *one)
{
    return source_info (one->judge->result->source)->title;
}

static void
say_missing (const GArray *missing, Reconciled *metric)
{
    g_autofree char *days = days_text (missing);

    why_add (metric->why, "missing_days", "We have no numbers for %u of these days: %s.", missing->len, days);
}

static void
say_moving (const Case *one, Reconciled *metric)
{
    char first[DAY_TEXT], last[DAY_TEXT];

    why_add (
        metric->why, "provisional",
        "%s goes on counting for %d days, so the days from %s to %s were still moving when they were last "
        "read.",
        title_of (one), source_info (one->judge->result->source)->settle_days,
        day_format (g_array_index (one->moving, Day, 0), first),
        day_format (g_array_index (one->moving, Day, one->moving->len - 1), last));
}

/* That it did so before is no proof, but tells how much to expect. */
static void
say_restated (const Case *one, Reconciled *metric)
{
    const Rows *rows = one->judge->restated;
    char seen[INSTANT_TEXT];

    for (guint row = 0; metric->metric->column && row < rows_count (rows); row++)
        if (strcmp (rows_text (rows, row, 0), metric->metric->column) == 0)
            why_add (metric->why, "restated",
                     "It has changed this number of %" G_GINT64_FORMAT
                     " of these days before, last seen on %s.",
                     rows_int (rows, row, 1), instant_format (rows_instant (rows, row, 2), seen));
}

/* What the source says of its own numbers when they are estimates, or not all of them are told. */
static const char *const estimates[] = { "sampled", "thresholded", "other_row", NULL };

static void
say_estimated (const Case *one, Reconciled *metric)
{
    const Rows *rows = one->judge->notices;

    for (guint row = 0; row < rows_count (rows); row++)
        if (g_strv_contains (estimates, rows_text (rows, row, 0)))
            why_add (metric->why, rows_text (rows, row, 0), "%s", rows_text (rows, row, 1));
}

static void
say_unsettled (const Case *one, Reconciled *metric, const GArray *missing)
{
    if (missing->len)
        say_missing (missing, metric);
    if (one->moving->len) {
        say_moving (one, metric);
        say_restated (one, metric);
    }
    if (one->n_estimated)
        say_estimated (one, metric);
}

/* ---- the days ---- */

static void
add_settled (Case *one, Day day)
{
    Period *last = one->settled->len ? &g_array_index (one->settled, Period, one->settled->len - 1) : NULL;
    Period run = { day, day };

    if (last && last->to == day - 1)
        last->to = day;
    else
        g_array_append_val (one->settled, run);
}

static gboolean
is_estimated (const Case *one, Day day)
{
    const Rows *rows = one->judge->notices;

    for (guint row = 0; row < rows_count (rows); row++)
        if (g_strv_contains (estimates, rows_text (rows, row, 0)) && rows_day (rows, row, 2) <= day &&
            day <= rows_day (rows, row, 3))
            return TRUE;
    return FALSE;
}

static void
sort_days (Case *one)
{
    const Judge *judge = one->judge;
    Period days = judge->result->compared;

    one->live = ledger_live (judge->ledger, judge->driver->own_metrics);
    one->missing = g_array_new (FALSE, FALSE, sizeof (Day));
    one->moving = g_array_new (FALSE, FALSE, sizeof (Day));
    one->settled = g_array_new (FALSE, FALSE, sizeof (Period));
    for (Day day = days.from; day <= days.to; day++) {
        if (!ledger_is_whole (judge->ledger, day, judge->driver->own_metrics, one->live))
            g_array_append_val (one->missing, day);
        else if (day >= judge->result->provisional_from)
            g_array_append_val (one->moving, day);
        else if (is_estimated (one, day))
            one->n_estimated++;
        else
            add_settled (one, day);
    }
}

/* Those of the missing days whose number this metric lacks; the caller frees them. People of a period
 * lack none: they are not made of days. */
static GArray *
missing_of (const Case *one, const Reconciled *metric, gboolean by_days)
{
    GArray *days = g_array_new (FALSE, FALSE, sizeof (Day));
    gint64 value;

    for (guint i = 0; by_days && i < one->missing->len; i++) {
        Day day = g_array_index (one->missing, Day, i);

        if (!ledger_cell (one->judge->ledger, day, metric->metric->column, &value))
            g_array_append_val (days, day);
    }
    return days;
}

static gboolean
is_unsettled (const Case *one, const GArray *missing)
{
    return missing->len > 0 || one->moving->len > 0 || one->n_estimated > 0;
}

/* Add what it said of one run; a number that it left out of any run is not known. */
static void
add_run (Case *one, const OwnTotals *totals)
{
    for (guint i = 0; one->judge->driver->own_metrics[i].metric; i++) {
        Value *sum = &one->settled_theirs[i];

        if (sum->type == VALUE_NULL || totals->values[i].type == VALUE_NULL)
            *sum = VALUE_NONE;
        else
            sum->integer += totals->values[i].integer;
    }
}

/* Once, when the first number differs. */
static gboolean
ask_settled (Case *one, GError **error)
{
    if (one->asked)
        return TRUE;
    one->asked = TRUE;
    for (guint i = 0; i < OWN_METRICS_MOST; i++)
        one->settled_theirs[i] = one->settled->len > MOST_RUNS ? VALUE_NONE : VALUE_OF_INT (0);
    for (guint i = 0; one->settled->len <= MOST_RUNS && i < one->settled->len; i++) {
        g_auto (OwnTotals) totals = { 0 };

        if (!one->judge->ask (one->judge->user, g_array_index (one->settled, Period, i), &totals, error))
            return FALSE;
        add_run (one, &totals);
    }
    return TRUE;
}

/* ---- verdicts ---- */

static gboolean
explained (Reconciled *metric)
{
    metric->verdict = VERDICT_EXPLAINED;
    return TRUE;
}

/* Each day's money was rounded to millionths, and so was the total. */
static gboolean
is_rounding (const OwnMetric *metric, gint64 difference, guint days)
{
    return metric->money && difference >= -(gint64)days && difference <= (gint64)days;
}

/* Do both agree about the days that are here and were settled when they were read? */
static gboolean
agree_on_settled (const Case *one, guint i)
{
    const OwnMetric *metric = &one->judge->driver->own_metrics[i];
    gint64 ours = 0;
    guint days = 0;

    if (one->settled_theirs[i].type == VALUE_NULL)
        return FALSE;
    for (guint run = 0; run < one->settled->len; run++) {
        LedgerSum sum =
            ledger_sum (one->judge->ledger, metric->column, g_array_index (one->settled, Period, run));

        ours += sum.sum;
        days += sum.days;
    }
    return one->settled_theirs[i].integer == ours ||
           is_rounding (metric, one->settled_theirs[i].integer - ours, days);
}

/* What it says with the totals that it gives now. */
static gboolean
is_explained_by_source (const Case *one, Reconciled *metric)
{
    const Judge *judge = one->judge;
    const Why *restricted = why_find (judge->said, "restricted");

    for (guint i = 0; estimates[i]; i++) {
        const Why *said = why_find (judge->said, estimates[i]);

        if (said)
            why_add (metric->why, said->code, "%s", said->text);
    }
    if (restricted && metric->metric->money)
        why_add (metric->why, "restricted", "%s", restricted->text);
    return metric->why->len > 0;
}

/* The account has been changed since: it counts by other days, or in other money. */
static gboolean
is_explained_by_account (const Case *one, Reconciled *metric)
{
    const Judge *judge = one->judge;
    const char *zone = judge->theirs->time_zone, *currency = judge->theirs->currency;

    if (zone && judge->time_zone && strcmp (zone, judge->time_zone) != 0)
        why_add (
            metric->why, "zone_changed",
            "The account's days are now those of %s, and were those of %s: they begin at another moment.",
            zone, judge->time_zone);
    if (metric->metric->money && currency && judge->result->currency &&
        strcmp (currency, judge->result->currency) != 0)
        why_add (metric->why, "currency_changed", "The account now counts in %s, and did so in %s.", currency,
                 judge->result->currency);
    return metric->why->len > 0;
}

static void
find_no_reason (const Case *one, Reconciled *metric)
{
    gboolean sessions = strstr (metric->metric->metric, "sessions") != NULL;

    metric->verdict = VERDICT_UNEXPLAINED;
    if (one->asked && one->settled->len > MOST_RUNS)
        why_add (metric->why, "not_checked",
                 "The days that we have are in too many pieces to ask about each, so nobody knows on which "
                 "of them the difference is.");
    else
        why_add (
            metric->why, "settled_days_differ",
            "The difference is also on days that should not change any more. Read them again with "
            "`daymark sync --source %s --days N`%s.",
            source_name (one->judge->result->source),
            sessions && metric->ours.integer > metric->theirs.integer
                ? "; a session that goes on past midnight counts on both days, though, and once in the period"
                : "");
}

/* Both numbers are known and differ. */
static gboolean
judge_difference (Case *one, Reconciled *metric, guint i, GError **error)
{
    gboolean by_days = metric->basis && strcmp (metric->basis, "sum") == 0;
    g_autoptr (GArray) missing = missing_of (one, metric, by_days);

    if (is_unsettled (one, missing)) {
        if (by_days && !ask_settled (one, error))
            return FALSE;
        if (!by_days || agree_on_settled (one, i)) {
            say_unsettled (one, metric, missing);
            return explained (metric);
        }
    }
    if (is_explained_by_source (one, metric) || is_explained_by_account (one, metric))
        return explained (metric);
    find_no_reason (one, metric);
    return TRUE;
}

/* The people of several days are at least those of the largest, and at most those of all. */
static gboolean
is_possible (const Case *one, const Reconciled *metric, const LedgerSum *sum)
{
    return metric->theirs.integer >= sum->most &&
           (metric->theirs.integer <= sum->sum || one->missing->len > 0);
}

static gboolean
judge_people (Case *one, Reconciled *metric, guint i, const LedgerSum *sum, GError **error)
{
    metric->basis = "sum_of_days";
    if (!is_possible (one, metric, sum))
        return judge_difference (one, metric, i, error);
    why_add (
        metric->why, "unique_metric",
        "%s counts a person once in the period, ours is the sum of the days: the two can't be equal, and "
        "theirs lies where it must.",
        title_of (one));
    return explained (metric);
}

static gboolean
judge_unknown (Reconciled *metric)
{
    if (metric->theirs.type == VALUE_NULL)
        why_add (metric->why, "not_told", "The source does not give this number for the whole period.");
    else if (metric->metric->unique)
        why_add (metric->why, "unique_metric",
                 "These are people, of whom we keep no total that could stand beside the source's.");
    else
        why_add (metric->why, "not_kept", "The source has given us this number of none of these days.");
    return explained (metric);
}

/* Our number: of people the unique ones of the period, if they are known. */
static void
find_ours (const Case *one, Reconciled *metric, const LedgerSum *sum)
{
    gboolean users = metric->metric->unique && one->judge->users.type == VALUE_INT &&
                     g_strcmp0 (metric->metric->column, "users") == 0;

    metric->basis = users ? "unique" : "sum";
    metric->ours = users ? one->judge->users : sum->days ? VALUE_OF_INT (sum->sum) : VALUE_NONE;
}

static gboolean
judge_metric (Case *one, guint i, GError **error)
{
    const Judge *judge = one->judge;
    Reconciled *metric = &g_array_index (judge->result->metrics, Reconciled, i);
    Period days = judge->result->compared;
    LedgerSum sum = ledger_sum (judge->ledger, metric->metric->column, days);

    find_ours (one, metric, &sum);
    metric->theirs = judge->theirs->values[i];
    if (metric->ours.type == VALUE_NULL || metric->theirs.type == VALUE_NULL)
        return judge_unknown (metric);
    if (metric->ours.integer == metric->theirs.integer)
        return TRUE;
    if (metric->metric->unique && strcmp (metric->basis, "unique") != 0 && period_days (days) > 1)
        return judge_people (one, metric, i, &sum, error);
    if (!is_rounding (metric->metric, metric->theirs.integer - metric->ours.integer, sum.days))
        return judge_difference (one, metric, i, error);
    why_add (metric->why, "rounding", "Less than what rounding each day to millionths makes.");
    return explained (metric);
}

static void
add_metrics (const Judge *judge)
{
    for (const OwnMetric *metric = judge->driver->own_metrics; metric->metric; metric++) {
        Reconciled row = { .metric = metric, .why = why_list_new () };

        g_array_append_val (judge->result->metrics, row);
    }
}

gboolean
judge_totals (const Judge *judge, GError **error)
{
    g_auto (Case) one = { .judge = judge };

    sort_days (&one);
    add_metrics (judge);
    for (guint i = 0; i < judge->result->metrics->len; i++) {
        if (!judge_metric (&one, i, error))
            return FALSE;
        judge->result->verdict =
            MAX (judge->result->verdict, g_array_index (judge->result->metrics, Reconciled, i).verdict);
    }
    return TRUE;
}
