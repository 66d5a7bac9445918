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
    return "Of ad spend there is no day here.";
}

static const char *
why_no_sessions (const Answer *sessions)
{
    if (answer_has_notice (sessions, "source_off"))
        return "Sessions are not in this: Google Analytics is switched off here.";
    if (answer_has_notice (sessions, "not_connected"))
        return "There are no sessions to set beside it: Google Analytics is not connected.";
    return "Of sessions there is no day here.";
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

/* Both in one sentence, where they are of the same days. */
static void
say_changes (Bullet *bullet, Fact *sessions, Fact *spend)
{
    if (sessions && spend && !fact_is_cut (sessions) && !fact_is_cut (spend)) {
        bullet_say (bullet, "Against {before}, sessions {rose} and spend {rose}.", sessions, sessions, spend);
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
        bullet_say (bullet, "{|session|sessions} and {} of ad spend in {window}.", visits, cost, visits);
    else if (visits)
        bullet_say (bullet, "{|session|sessions} in {window}. {text}", visits, visits,
                    why_no_spend (insights, spend));
    else
        bullet_say (bullet, "{} of ad spend in {window}. {text}", cost, cost, why_no_sessions (sessions));
    say_changes (bullet, fact_change (insights, "sessions.change", sessions, "/stats/delta"),
                 fact_change (insights, "spend.change", spend, "/stats/delta"));
}

/* ---- what a conversion cost ------------------------------------------------------------------------ */

static const char *
next_for_cost (const Fact *cost)
{
    return fact_direction (cost) > 0
               ? "Before any budget goes up, find in Ads which campaign's purchases became dearer."
               : "There is room to try a little more budget; watch whether the next conversions cost the "
                 "same.";
}

/* Spend and conversions of the days that both have: the two sides of the quotient. */
static void
say_sides (Insights *insights, Bullet *bullet, const Answer *why)
{
    double now[2], before[2];
    Fact *sides[2];

    for (int i = 0; i < 2; i++) {
        const char *name = i ? "conversions" : "spend";
        gsize at;
        json_t *part;

        now[i] = before[i] = NAN;
        json_array_foreach (
            answer_at (why, "/parts"), at,
            part) if (g_strcmp0 (json_string_value (json_object_get (part, "id")), i ? "ga4" : "meta") == 0)
        {
            now[i] = json_number_value (json_object_get (part, "current"));
            before[i] = json_number_value (json_object_get (part, "previous"));
        }
        sides[i] = fact_reckon (insights, i ? "conversions.change" : "spend.change", why, NULL,
                                before[i] > 0 ? now[i] / before[i] - 1 : NAN, UNIT_PERCENT);
        if (!sides[i] || !name)
            return;
        sides[i]->is_change = TRUE;
    }
    bullet_say (bullet, "Spend {rose}, conversions {rose}.", sides[0], sides[1]);
}

static gboolean
say_cost (Insights *insights, GError **error)
{
    const Answer *cost = answers_now (&insights->answers, "corr.blended_cac");
    double change = answer_number (cost, "/stats/delta");
    const Answer *why;
    Fact *value, *more;
    Bullet *bullet;

    if (!(fabs (change) >= CLEAR_CHANGE))
        return TRUE;
    why = answers_why (&insights->answers, "corr.blended_cac", NULL, "source", error);
    if (!why)
        return FALSE;
    value = fact_read (insights, "blended_cac", cost, "/stats/value", UNIT_MONEY);
    more = fact_change (insights, "blended_cac.change", cost, "/stats/delta");
    if (!value || !more)
        return TRUE;
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, 60 + MIN (20, 20 * fabs (change)));
    bullet_say (
        bullet,
        "A conversion in Google Analytics, whatever brought it, took {} of ad spend, {more} than before.",
        value, more);
    say_sides (insights, bullet, why);
    bullet_say (bullet, "{text}", next_for_cost (more));
    return TRUE;
}

/* ---- days together ------------------------------------------------------------------------------------ */

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
