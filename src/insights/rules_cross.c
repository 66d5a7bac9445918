/* rules_cross.c -- what only the sources together say. Opens with the period's totals. */
#include "insights/insights_private.h"

#include <math.h>

#define CLEAR_CHANGE 0.05
#define CLEAR_R      0.5
#define FEWEST_DAYS  14 /* that a correlation says something about */

static const char *
why_no_spend (const Insights *insights, const Answer *spend)
{
    if (answer_has_notice (spend, "source_off"))
        return "Ad spend is not in this: Meta Ads is switched off here.";
    if (answer_has_notice (spend, "not_connected"))
        return "There is no ad spend to set beside them: Meta Ads is not connected.";
    if (insights_has (insights, SOURCE_META))
        return "Ad spend is in several currencies, which are not added up.";
    return "There is no ad spend for these days.";
}

static const char *
why_no_sessions (const Answer *sessions)
{
    if (answer_has_notice (sessions, "source_off"))
        return "Sessions are not in this: Google Analytics is switched off here.";
    if (answer_has_notice (sessions, "not_connected"))
        return "There are no sessions to set beside it: Google Analytics is not connected.";
    return "There are no sessions for these days.";
}

/* what: "Sessions". */
static void
say_change (Bullet *bullet, const char *what, Fact *change)
{
    if (fact_is_cut (change))
        bullet_say (bullet, "{text} {rose} over the complete days, {window}, against {before}.", what, change,
                    change, change);
    else
        bullet_say (bullet, "{text} {rose} against {before}.", what, change, change);
}

static gboolean
is_same_cut (const Fact *one, const Fact *other)
{
    return one->window.from == other->window.from && one->window.to == other->window.to &&
           one->before.from == other->before.from && one->before.to == other->before.to;
}

/* Both in one sentence, where they are of the same days. */
static void
say_changes (Bullet *bullet, Fact *sessions, Fact *spend)
{
    if (sessions && spend && !fact_is_cut (sessions) && !fact_is_cut (spend)) {
        bullet_say (bullet, "Against {before}, sessions {rose} and spend {rose}.", sessions, sessions, spend);
        return;
    }
    if (sessions && spend && is_same_cut (sessions, spend)) {
        bullet_say (bullet,
                    "Over the complete days, {window}, sessions {rose} and spend {rose} against {before}.",
                    sessions, sessions, spend, sessions);
        return;
    }
    if (sessions)
        say_change (bullet, "Sessions", sessions);
    if (spend)
        say_change (bullet, "Spend", spend);
}

static void
say_totals (Insights *insights)
{
    const Answer *sessions = answers_now (&insights->answers, "ga4.sessions");
    const Answer *spend = answers_now (&insights->answers, "meta.spend");
    Fact *visits = fact_read (insights, "sessions", sessions, "/stats/value", UNIT_COUNT);
    Fact *cost = fact_read (insights, "spend", spend, "/stats/value", UNIT_MONEY);
    Bullet *bullet;

    if (!visits && !cost)
        return;
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, 100);
    if (visits && cost)
        bullet_say (bullet, "{|session|sessions} and {} of ad spend {during}.", visits, cost, visits);
    else if (visits)
        bullet_say (bullet, "{|session|sessions} {during}. {text}", visits, visits,
                    why_no_spend (insights, spend));
    else
        bullet_say (bullet, "{} of ad spend {during}. {text}", cost, cost, why_no_sessions (sessions));
    say_changes (bullet, fact_change (insights, "sessions.change", sessions, "/stats/delta"),
                 fact_change (insights, "spend.change", spend, "/stats/delta"));
}

/* ---- what a conversion cost ---- */

/* Did the money move, or what it brought? */
static const char *
next_for_cost (const Fact *cost, const Fact *spent, const Fact *got)
{
    gboolean held = fabs (spent->figure.value) < CLEAR_CHANGE;

    if (fact_direction (cost) > 0 && held)
        return "The same money, fewer conversions: see under Traffic whether visits or their conversion rate "
               "fell before touching a budget.";
    if (fact_direction (cost) > 0)
        return fact_direction (got) > 0
                   ? "The added money brought less than the money before it: find out in Ads "
                     "which campaign took it."
                   : "Find out in Ads which campaign's purchases became dearer before any "
                     "budget goes up.";
    if (held)
        return "The same money, more conversions: see under Traffic which channel brought them before giving "
               "the "
               "ads the credit.";
    if (fact_direction (spent) < 0)
        return "Conversions held better than spend did: leave the budget there, or try the rest in another "
               "campaign.";
    return "There is room for a little more budget; watch whether the next conversions cost the same.";
}

/* What one source has in both periods, of the days that both sources have. */
typedef struct {
    double now, before;
} Side;

static Side
side_of (const Answer *why, const char *source)
{
    Side side = { NAN, NAN };
    gsize i;
    json_t *part;

    json_array_foreach (answer_at (why, "/parts"), i,
                        part) if (g_strcmp0 (json_string_value (json_object_get (part, "id")), source) == 0)
        side = (Side){ json_number_value (json_object_get (part, "current")),
                       json_number_value (json_object_get (part, "previous")) };
    return side;
}

/* Is the change of a price for n conversions more than the chance of that many? */
static gboolean
is_clear (double delta, const Side *conversions)
{
    double noise = sqrt (1 / MAX (conversions->now, 1) + 1 / MAX (conversions->before, 1));

    return fabs (delta) >= CLEAR_CHANGE && fabs (log1p (delta)) >= 2 * noise;
}

static Fact *
side_change (Insights *insights, const char *metric, const Answer *why, const Side *side)
{
    Fact *fact = fact_reckon (insights, metric, why, NULL,
                              side->before > 0 ? side->now / side->before - 1 : NAN, UNIT_PERCENT);

    if (fact)
        fact->is_change = TRUE;
    return fact;
}

static void
say_sides (Insights *insights, const Answer *cost, const Answer *why, const Side *spend,
           const Side *conversions)
{
    Fact *value = fact_read (insights, "blended_cac", cost, "/stats/value", UNIT_MONEY);
    Fact *more = fact_change (insights, "blended_cac.change", cost, "/stats/delta");
    Fact *spent = side_change (insights, "spend.change", why, spend);
    Fact *got = side_change (insights, "conversions.change", why, conversions);
    Bullet *bullet;

    if (!value || !more || !spent || !got)
        return;
    bullet =
        bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, 60 + MIN (20, 20 * fabs (more->figure.value)));
    bullet_say (
        bullet,
        "A conversion in Google Analytics, whatever brought it, took {} of ad spend, {more} than before: "
        "spend {rose}, conversions {rose}.",
        value, more, spent, got);
    bullet_say (bullet, "{text}", next_for_cost (more, spent, got));
}

static gboolean
say_cost (Insights *insights, GError **error)
{
    const Answer *cost = answers_now (&insights->answers, "corr.blended_cac"), *why;
    double delta = answer_number (cost, "/stats/delta");
    Side spend, conversions;

    if (!(fabs (delta) >= CLEAR_CHANGE))
        return TRUE;
    why = answers_why (&insights->answers, "corr.blended_cac", NULL, "source", error);
    if (!why)
        return FALSE;
    spend = side_of (why, "meta");
    conversions = side_of (why, "ga4");
    if (is_clear (delta, &conversions))
        say_sides (insights, cost, why, &spend, &conversions);
    return TRUE;
}

/* ---- days together ---- */

static void
say_correlation (Insights *insights)
{
    const Answer *pair = answers_now (&insights->answers, "corr.spend_vs_sessions");
    double r = answer_number (pair, "/stats/value");
    Fact *strength, *days;
    Bullet *bullet;

    if (!(fabs (r) >= CLEAR_R) || !(answer_number (pair, "/common_days") >= FEWEST_DAYS))
        return;
    strength = fact_read (insights, "spend_vs_sessions", pair, "/stats/value", UNIT_RATIO);
    days = fact_read (insights, "common_days", pair, "/common_days", UNIT_COUNT);
    if (!strength || !days)
        return;
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, 30 + 10 * fabs (r));
    bullet_say (bullet, "Days with more ad spend had {text} sessions (correlation {} over {|day|days}).",
                r > 0 ? "more" : "fewer", strength, days);
    bullet_say (
        bullet,
        "That alone doesn't show which moved the other: hold one campaign's budget still for two weeks "
        "and see whether sessions keep their level.");
}

gboolean
rules_cross (Insights *insights, GError **error)
{
    say_totals (insights);
    say_correlation (insights);
    return say_cost (insights, error);
}
