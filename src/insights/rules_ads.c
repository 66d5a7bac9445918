/* rules_ads.c -- what the ads cost and brought, and which campaign made the difference. */
#include "insights/insights_private.h"

#include <math.h>

#define CLEAR_CHANGE   0.05
#define CLEAR_PART     0.25 /* of the change */
#define SHARE_OF_SPEND 0.05 /* a campaign worth a word */
#define DEAR           1.5  /* times the account's cost for a purchase */
#define FEWEST_BOUGHT  10   /* purchases that make a campaign's cost believable */
#define SURELY_SOME    3.0  /* so many expected and none seen is no chance (5 %) */

/* ---- return on ad spend, by campaign ---- */

/* The campaign that moved the whole its way most; -1: none did a clear part of it. */
static int
find_driver (const Answer *why)
{
    gsize n = json_array_size (answer_at (why, "/parts"));
    double change = answer_number (why, "/change");

    for (gsize i = 0; i < n; i++)
        if (answer_item_number (why, "parts", i, "change") / change >= CLEAR_PART &&
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
    if (fabs (answer_item_number (why, "parts", i, "rate")) >=
        fabs (answer_item_number (why, "parts", i, "mix")))
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
    Period period = insights->answers.request.period, settled = insights_settled (insights, answer);
    Fact *fact;

    if (settled.to >= period.to)
        return NULL;
    settled.to = MAX (settled.to, period.from - 1);
    fact = fact_reckon (insights, "provisional_days", answer, NULL, period.to - settled.to, UNIT_COUNT);
    fact->window = (Period){ settled.to + 1, period.to };
    return fact;
}

/* Too few days have settled to say anything of purchases. */
static gboolean
is_too_early (const Insights *insights, const Answer *answer)
{
    Period period = insights->answers.request.period;

    return 2 * period_days (insights_settled (insights, answer)) < period_days (period);
}

static void
say_next (Bullet *bullet, const Fact *change, Fact *open, gboolean driven)
{
    gboolean down = fact_direction (change) < 0;

    if (open && down)
        bullet_say (bullet, "Purchases of {window} still come in, so look again before cutting a budget.",
                    open);
    else if (!driven)
        bullet_say (
            bullet,
            "It is spread over the campaigns, so look at what they share: offer, price, landing page.");
    else if (down)
        bullet_say (bullet, "Look at its audiences and creatives first.");
    else
        bullet_say (bullet, "Raise its budget in small steps while its return holds.");
}

/* More than the chance of so few purchases? */
static gboolean
is_clear (double delta, const Answer *purchases)
{
    double now = answer_number (purchases, "/stats/value");
    double before = now / (1 + answer_number (purchases, "/stats/delta"));

    return fabs (delta) >= CLEAR_CHANGE && delta > -1 && isfinite (before) &&
           fabs (log1p (delta)) >= 2 * sqrt (1 / MAX (now, 1) + 1 / MAX (before, 1));
}

static void
say_steady (Bullet *bullet, Fact *value, Fact *change)
{
    bullet_say (bullet,
                fabs (change->figure.value) < CLEAR_CHANGE
                    ? "Return on ad spend is {}, about what it was ({signed} against {before})."
                    : "Return on ad spend is {}. It moved by {signed} against {before}, which is no more "
                      "than chance with this many purchases.",
                value, change, change);
}

static void
say_moved (Insights *insights, Bullet *bullet, const Answer *why, Fact *value, Fact *change)
{
    int driver = find_driver (why);

    bullet_say (bullet, "Return on ad spend {rose} to {} against {before}.", change, value, change);
    if (driver >= 0)
        say_part (insights, bullet, why, (gsize)driver);
    say_next (bullet, change, settling (insights, answers_now (&insights->answers, "meta.roas")),
              driver >= 0);
}

static gboolean
say_return (Insights *insights, GError **error)
{
    const Answer *roas = answers_now (&insights->answers, "meta.roas"), *why;
    double delta = answer_number (roas, "/stats/delta");
    Fact *value, *change;
    Bullet *bullet;

    value = fact_read (insights, "roas", roas, "/stats/value", UNIT_RATIO);
    change = fact_change (insights, "roas.change", roas, "/stats/delta");
    if (!value)
        return TRUE;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 90);
    if (!change) {
        bullet_say (bullet, "Return on ad spend is {}.", value);
        return TRUE;
    }
    why = answers_why (&insights->answers, "meta.roas", NULL, "campaign", error);
    if (!why)
        return FALSE;
    if (is_clear (delta, answers_now (&insights->answers, "meta.conversions")))
        say_moved (insights, bullet, why, value, change);
    else
        say_steady (bullet, value, change);
    return TRUE;
}

/* ---- where the money goes ---- */

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

/* ---- spend against what it brought ---- */

/* What made a purchase dearer or cheaper: each factor, and what to do if it was that one. */
static const struct {
    const char *id, *says, *dearer, *cheaper;
} factors[] = {
    { "cpm", "the price of a thousand impressions", "Check whether audiences overlap or are too narrow.",
      "Showing ads is cheap now: a good time to test new ones." },
    { "ctr", "the share of impressions that were clicked",
      "Try fresh creatives: people pass by the present ones.",
      "Keep the creatives that are clicked, and use them in other campaigns." },
    { "conversions_per_click", "the share of clicks that ended in a purchase",
      "Compare landing pages, offers and stock with those of before, since clicks come but don't buy.",
      "Keep the landing pages and offers as they are." },
};

static guint
find_factor (const char *id)
{
    guint i = 0;

    while (i < G_N_ELEMENTS (factors) && g_strcmp0 (factors[i].id, id) != 0)
        i++;
    return i;
}

static Fact *
factor_fact (Insights *insights, const char *metric, const Answer *why, const char *member, Unit unit)
{
    g_autofree char *pointer = g_strconcat ("/parts/0/", member, NULL);

    return fact_read (insights, metric, why, pointer, unit);
}

/* Parts come with the largest first. */
static void
say_factor (Insights *insights, Bullet *bullet, const Answer *why, gboolean dearer)
{
    guint at = find_factor (json_string_value (answer_at (why, "/parts/0/id")));
    Unit unit = at == 0 ? UNIT_MONEY_PER_1000 : UNIT_PERCENT;
    Fact *before, *now;

    if (at == G_N_ELEMENTS (factors) || (answer_number (why, "/parts/0/change") > 0) != dearer)
        return;
    before = factor_fact (insights, "cpa.factor_before", why, "previous", unit);
    now = factor_fact (insights, "cpa.factor", why, "current", unit);
    if (!before || !now)
        return;
    bullet_say (bullet, "Most of it is {text}, which went from {} to {}.", factors[at].says, before, now);
    bullet_say (bullet, "{text}", dearer ? factors[at].dearer : factors[at].cheaper);
}

static gboolean
say_purchases (Insights *insights, GError **error)
{
    const Answer *costs = answers_now (&insights->answers, "meta.cost_metrics"), *why;
    const Answer *bought = answers_now (&insights->answers, "meta.conversions");
    Fact *purchases = fact_read (insights, "ads.conversions", bought, "/stats/value", UNIT_COUNT);
    Fact *cost = fact_read (insights, "cpa", costs, "/metrics/cpa/value", UNIT_MONEY);
    Fact *change = fact_change (insights, "cpa.change", costs, "/metrics/cpa/delta");
    Bullet *bullet;

    if (!purchases || !cost)
        return TRUE;
    if (!change) {
        bullet_say (bullet_add (insights->bullets, GROUP_ADS, 70),
                    "Meta counted {|purchase|purchases} at {} each.", purchases, cost);
        return TRUE;
    }
    why = answers_why (&insights->answers, "meta.cost_metrics", "cpa", "factor", error);
    if (!why)
        return FALSE;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 70);
    bullet_say (bullet, "Meta counted {|purchase|purchases} at {} each, {moved} against {before}.", purchases,
                cost, change, change);
    if (is_clear (change->figure.value, bought))
        say_factor (insights, bullet, why, change->figure.value > 0);
    else if (fabs (change->figure.value) >= CLEAR_CHANGE)
        bullet_say (bullet, "That is no more than chance with this many purchases.");
    return TRUE;
}

/* ---- while purchases still come in ---- */

static void
say_too_early (Insights *insights)
{
    const Answer *roas = answers_now (&insights->answers, "meta.roas");
    Fact *value = fact_read (insights, "roas", roas, "/stats/value", UNIT_RATIO);
    Fact *open = settling (insights, roas);
    Bullet *bullet;

    if (!value || !open)
        return;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 60);
    bullet_say (bullet,
                "Return on ad spend stands at {} and can't be judged yet: purchases of {window} still come "
                "in, for up to four weeks after a click.",
                value, open);
    bullet_say (bullet, "For a decision about budgets, choose days before {day}.", open);
}

/* Impressions and clicks are there at once. */
static void
say_clicks (Insights *insights)
{
    const Answer *costs = answers_now (&insights->answers, "meta.cost_metrics");
    Fact *spend = fact_change (insights, "spend.change", costs, "/stats/delta");
    Fact *click = fact_read (insights, "cpc", costs, "/metrics/cpc/value", UNIT_MONEY);
    Fact *change = fact_change (insights, "cpc.change", costs, "/metrics/cpc/delta");
    Fact *share = fact_read (insights, "ctr", costs, "/metrics/ctr/value", UNIT_PERCENT);
    Fact *mille = fact_change (insights, "cpm.change", costs, "/metrics/cpm/delta");
    Bullet *bullet;

    if (!spend || !click || !change || !share || !mille)
        return;
    bullet = bullet_add (insights->bullets, GROUP_ADS, 65);
    bullet_say (bullet, "Spend {rose}; a click cost {}, {moved}, and {} of impressions were clicked.", spend,
                click, change, share);
    if (fact_direction (change) > 0 && change->figure.value >= CLEAR_CHANGE)
        bullet_say (
            bullet,
            mille->figure.value >= change->figure.value / 2
                ? "Impressions became dearer ({signed}): check whether audiences overlap or are too narrow."
                : "Impressions cost {signed}, so it is the ads that are clicked less: try fresh creatives.",
            mille);
    else if (fact_direction (change) < 0 && change->figure.value <= -CLEAR_CHANGE)
        bullet_say (bullet, "Traffic from ads is cheaper than before: a good time to test a new creative.");
}

gboolean
rules_ads (Insights *insights, GError **error)
{
    if (!insights_has (insights, SOURCE_META))
        return TRUE;
    if (is_too_early (insights, answers_now (&insights->answers, "meta.roas"))) {
        say_too_early (insights);
        say_clicks (insights);
        return TRUE;
    }
    say_budget (insights);
    return say_purchases (insights, error) && say_return (insights, error);
}
