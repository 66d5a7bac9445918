/* rules_ads.c -- what the ads cost and brought, and which campaign made the difference. */
#include "insights/insights_private.h"

#include <math.h>

#define CLEAR_CHANGE   0.05
#define CLEAR_PART     0.25 /* of the change */
#define SHARE_OF_SPEND 0.05 /* a campaign worth a word */
#define DEAR           1.5  /* times the account's cost for a purchase */
#define FEWEST_BOUGHT  10   /* purchases that make a campaign's cost believable */
#define SURELY_SOME    3.0  /* so many expected and none seen is no chance (5 %) */

/* ---- return on ad spend, by campaign ------------------------------------------------------------------ */

static double
part_number (const Answer *why, gsize i, const char *member)
{
    json_t *at = answer_atf (why, "/parts/%zu/%s", i, member);

    return json_is_number (at) ? json_number_value (at) : NAN;
}

/* The campaign that moved the whole its way most; -1: none did a clear part of it. */
static int
find_driver (const Answer *why)
{
    gsize n = json_array_size (answer_at (why, "/parts"));
    double change = answer_number (why, "/change");

    for (gsize i = 0; i < n; i++)
        if (part_number (why, i, "change") / change >= CLEAR_PART &&
            json_is_string (answer_atf (why, "/parts/%zu/id", i)))
            return (int)i;
    return -1;
}

static Fact *
part_fact (Insights *insights, const char *metric, const Answer *why, gsize i, const char *member, Unit unit)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%zu/%s", i, member);

    return fact_part (insights, metric, why, json_string_value (answer_atf (why, "/parts/%zu/name", i)), unit,
                      pointer);
}

/* It has no return of its own in one of the periods: it began, or it ended. */
static void
say_entering (Bullet *bullet, const Fact *now, Fact *part, gboolean up)
{
    bullet_say (bullet,
                now ? "{name} made the largest part of it ({signed}): it is new in this period, and its "
                      "return is {text} that of the rest."
                    : "{name} made the largest part of it ({signed}): it ran before and no longer does, and "
                      "its return was {text} that of the rest.",
                part, part, (now != NULL) == up ? "above" : "below");
}

/* Did it do better or worse itself, or does it only weigh more or less? */
static void
say_part (Insights *insights, Bullet *bullet, const Answer *why, gsize i)
{
    Fact *part = part_fact (insights, "roas.contribution", why, i, "change", UNIT_RATIO);
    Fact *now = part_fact (insights, "campaign.roas", why, i, "current", UNIT_RATIO);
    Fact *before = part_fact (insights, "campaign.roas_before", why, i, "previous", UNIT_RATIO);
    gboolean up = part->figure.value > 0;

    part->is_change = TRUE;
    if (!now || !before) {
        say_entering (bullet, now, part, up);
        return;
    }
    if (fabs (part_number (why, i, "rate")) >= fabs (part_number (why, i, "mix")))
        bullet_say (bullet,
                    "{name} made the largest part of it ({signed}): its own return went from {} to {}.", part,
                    part, before, now);
    else
        bullet_say (bullet,
                    "{name} made the largest part of it ({signed}), by its share of the spend and not by its "
                    "own return ({} before, {} now).",
                    part, part, before, now);
}

/* The days whose purchases still come in: ads bring some of them up to four weeks later. */
static Fact *
settling (Insights *insights, const Answer *answer)
{
    Day from = answer_day (answer, "/quality/provisional_from");
    Period period = insights->answers.request.period;
    Fact *fact;

    if (from == DAY_NONE || from > period.to)
        return NULL;
    from = MAX (from, period.from);
    fact = fact_reckon (insights, "provisional_days", answer, NULL, period.to - from + 1, UNIT_COUNT);
    fact->window = (Period){ from, period.to };
    return fact;
}

static void
say_next (Bullet *bullet, const Fact *change, Fact *open, Fact *part)
{
    gboolean down = fact_direction (change) < 0;

    if (open && down)
        bullet_say (bullet, "Purchases of {window} still come in, so look again before cutting a budget.",
                    open);
    else if (!part)
        bullet_say (
            bullet,
            "It is spread over the campaigns, so look at what they share: offer, price, landing page.");
    else if (down)
        bullet_say (bullet, "Look at its audiences and creatives first.");
    else
        bullet_say (bullet, "Raise its budget in small steps while its return holds.");
}

static gboolean
say_return (Insights *insights, GError **error)
{
    const Answer *roas = answers_now (&insights->answers, "meta.roas");
    double delta = answer_number (roas, "/stats/delta");
    const Answer *why;
    Fact *value, *change, *open;
    Bullet *bullet;
    int driver;

    if (!isfinite (delta))
        return TRUE;
    why = answers_why (&insights->answers, "meta.roas", NULL, "campaign", error);
    if (!why)
        return FALSE;
    value = fact_read (insights, "roas", roas, "/stats/value", UNIT_RATIO);
    change = fact_change (insights, "roas.change", roas, "/stats/delta");
    if (!value || !change)
        return TRUE;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 90);
    if (fabs (delta) < CLEAR_CHANGE) {
        bullet_say (bullet, "Each unit of ad spend brought {} of purchase value, about as before ({signed}).",
                    value, change);
        return TRUE;
    }
    bullet_say (bullet, "Return on ad spend {rose} to {}, against {before}.", change, value, change);
    driver = find_driver (why);
    open = settling (insights, roas);
    if (driver >= 0)
        say_part (insights, bullet, why, (gsize)driver);
    say_next (bullet, change, open, driver >= 0 ? insights->facts->pdata[insights->facts->len - 1] : NULL);
    return TRUE;
}

/* ---- where the money goes
 * ---------------------------------------------------------------------------------- */

typedef struct {
    const Answer *answer;
    gsize i;
    double spend, bought;
} Campaign;

static Campaign
campaign_at (const Answer *answer, gsize i)
{
    return (Campaign){ answer, i, json_number_value (answer_atf (answer, "/items/%zu/spend", i)),
                       json_number_value (answer_atf (answer, "/items/%zu/conversions", i)) };
}

static Fact *
campaign_fact (Insights *insights, const Campaign *campaign, const char *column, Unit unit)
{
    g_autofree char *pointer = g_strdup_printf ("/items/%zu/%s", campaign->i, column);
    g_autofree char *metric = g_strdup_printf ("campaign.%s", column);

    return fact_part (insights, g_intern_string (metric), campaign->answer,
                      json_string_value (answer_atf (campaign->answer, "/items/%zu/campaign", campaign->i)),
                      unit, pointer);
}

/* Purchases that its spend would have brought at the account's cost. */
static gboolean
is_dear (const Campaign *campaign, double spend, double cost)
{
    double expected = campaign->spend / cost;

    if (campaign->spend < SHARE_OF_SPEND * spend)
        return FALSE;
    if (campaign->bought == 0)
        return expected >= SURELY_SOME;
    return expected >= DEAR * campaign->bought && expected - campaign->bought >= 2 * sqrt (expected);
}

static gboolean
find_campaign (const Answer *campaigns, gboolean dear, double spend, double cost, Campaign *found)
{
    gsize n = json_array_size (answer_at (campaigns, "/items"));
    double best = 0;

    for (gsize i = 0; i < n; i++) {
        Campaign one = campaign_at (campaigns, i);
        double lost = one.spend - one.bought * cost; /* spent beyond what its purchases cost elsewhere */
        gboolean fits = dear ? is_dear (&one, spend, cost) : one.bought >= FEWEST_BOUGHT && lost < 0;

        if (fits && fabs (lost) > best) {
            best = fabs (lost);
            *found = one;
        }
    }
    return best > 0;
}

static void
say_cheap (Insights *insights, Bullet *bullet, const Campaign *cheap)
{
    Fact *cost = campaign_fact (insights, cheap, "cpa", UNIT_MONEY);
    Fact *bought = campaign_fact (insights, cheap, "conversions", UNIT_COUNT);

    if (cost && bought)
        bullet_say (bullet,
                    "{name} pays {} for one ({|purchase|purchases}): move a part of the budget there, and "
                    "see whether it stays so.",
                    cost, cost, bought);
}

static void
say_budget (Insights *insights)
{
    const Answer *campaigns = answers_now (&insights->answers, "meta.campaigns");
    double spend = answer_number (campaigns, "/totals/spend"),
           cost = answer_number (campaigns, "/totals/cpa");
    Fact *spent, *all, *own;
    Campaign dear, cheap;
    Bullet *bullet;

    if (!(cost > 0) || !find_campaign (campaigns, TRUE, spend, cost, &dear))
        return;
    spent = campaign_fact (insights, &dear, "spend", UNIT_MONEY);
    all = fact_read (insights, "cpa", campaigns, "/totals/cpa", UNIT_MONEY);
    own = campaign_fact (insights, &dear, "cpa", UNIT_MONEY);
    bullet = bullet_add (insights->bullets, GROUP_ADS, 80);
    if (own)
        bullet_say (bullet,
                    "{name} spent {} and paid {} for a purchase, where the account as a whole paid {}.",
                    spent, spent, own, all);
    else
        bullet_say (bullet,
                    "{name} spent {} without a purchase, where the account as a whole paid {} for one.",
                    spent, spent, all);
    if (find_campaign (campaigns, FALSE, spend, cost, &cheap))
        say_cheap (insights, bullet, &cheap);
    else
        bullet_say (bullet, "Check that its landing page and its tracking work, then its audience.");
}

/* ---- spend against what it brought
 * ------------------------------------------------------------------------------ */

static void
say_spend (Insights *insights)
{
    const Answer *costs = answers_now (&insights->answers, "meta.cost_metrics");
    const Answer *bought = answers_now (&insights->answers, "meta.conversions");
    Fact *spend = fact_change (insights, "spend.change", costs, "/stats/delta");
    Fact *purchases = fact_read (insights, "ads.conversions", bought, "/stats/value", UNIT_COUNT);
    Fact *change = fact_change (insights, "ads.conversions.change", bought, "/stats/delta");
    Fact *cost = fact_read (insights, "cpa", costs, "/metrics/cpa/value", UNIT_MONEY);
    Fact *click = fact_change (insights, "cpc.change", costs, "/metrics/cpc/delta");
    Bullet *bullet;

    if (!spend || !purchases || !change || !cost || !click)
        return;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 70);
    bullet_say (bullet, "Meta counted {|purchase|purchases} at {} each: spend {rose}, purchases {rose}.",
                purchases, cost, spend, change);
    if (fact_direction (click) * fact_direction (spend) < 0 || fabs (click->figure.value) < CLEAR_CHANGE)
        bullet_say (bullet,
                    "The price of a click is {moved}, so what happens after the click made the difference: "
                    "compare landing pages and offers.",
                    click);
    else
        bullet_say (bullet,
                    "The price of a click is {moved}: look at audience overlap and at how often people saw "
                    "the same ad.",
                    click);
}

gboolean
rules_ads (Insights *insights, GError **error)
{
    if (!insights_has (insights, SOURCE_META))
        return TRUE;
    say_budget (insights);
    say_spend (insights);
    return say_return (insights, error);
}
