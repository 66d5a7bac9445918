/* rules_paid.c -- what a session cost that the ads brought, and what it was worth.
 *
 * Meta's spend over the sessions that Google Analytics counts as Paid Social: two sources, so it is said
 * only where both have the same days, and no other network is known to pay for that channel. */
#include "insights/insights_private.h"

#include <math.h>

#define CHANNEL      "Paid Social"
#define FEWEST       100 /* sessions, that a price says something about */
#define CLEAR_CHANGE 0.05
#define CLEAR_PART   0.25 /* of the change of all sessions */
#define STANDS_OUT   1.25 /* times its share of sessions before */
#define CLEAR_Z      2.0

/* All that the rule knows. */
typedef struct {
    const Answer *sessions, *rates; /* explanations by channel; rates may be NULL */
    gsize at;                       /* its part of sessions */
    double now, before;             /* sessions */
    double spend_now, spend_before;
    double whole_change;
} Paid;

static int
find_part (const Answer *why)
{
    gsize n = json_array_size (answer_at (why, "/parts"));

    for (gsize i = 0; i < n; i++)
        if (g_strcmp0 (json_string_value (answer_atf (why, "/parts/%zu/id", i)), CHANNEL) == 0)
            return (int)i;
    return -1;
}

/* Both sources have all days of the period and of the one before. */
static gboolean
is_whole (const Insights *insights, const char *widget)
{
    const Answer *answer = answers_now (&insights->answers, widget);
    Period now, before;

    return answer && answer_basis (answer, &now, &before) && now.to == answer->evidence.period.to &&
           !json_array_size (answer_at (answer, "/quality/missing_days"));
}

static gboolean
read_paid (Insights *insights, Paid *paid)
{
    const Answer *spend = answers_now (&insights->answers, "meta.spend");
    int at = find_part (paid->sessions);

    if (at < 0)
        return FALSE;
    paid->at = (gsize)at;
    paid->now = answer_item_number (paid->sessions, "parts", paid->at, "current");
    paid->before = answer_item_number (paid->sessions, "parts", paid->at, "previous");
    paid->spend_now = answer_number (spend, "/stats/value");
    paid->spend_before = paid->spend_now / (1 + answer_number (spend, "/stats/delta"));
    paid->whole_change = answer_number (paid->sessions, "/change");
    return MIN (paid->now, paid->before) >= FEWEST && paid->spend_now > 0 && paid->spend_before > 0 &&
           isfinite (paid->spend_before);
}

static double
price_change (const Paid *paid)
{
    return paid->spend_now / paid->now / (paid->spend_before / paid->before) - 1;
}

/* More than so many sessions differ by chance? They vary about twice as much as dice would. */
static gboolean
is_clear (const Paid *paid)
{
    double change = price_change (paid);

    return fabs (change) >= CLEAR_CHANGE &&
           fabs (log1p (change)) >= 2 * CLEAR_Z * sqrt (1 / paid->now + 1 / paid->before);
}

/* ---- what is said of it ---- */

static Fact *
price_fact (Insights *insights, const Paid *paid)
{
    return fact_reckon (insights, "paid_social.cost_per_session",
                        answers_now (&insights->answers, "meta.spend"), CHANNEL, paid->spend_now / paid->now,
                        UNIT_MONEY);
}

static Fact *
price_change_fact (Insights *insights, const Paid *paid)
{
    Fact *fact = fact_reckon (insights, "paid_social.cost_per_session.change",
                              answers_now (&insights->answers, "meta.spend"), CHANNEL, price_change (paid),
                              UNIT_PERCENT);

    if (fact) {
        fact->is_change = TRUE;
        fact->before = insights->answers.request.comparison.period;
    }
    return fact;
}

static Fact *
sessions_fact (Insights *insights, const Paid *paid, const char *metric, const char *name, Unit unit)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%zu/%s", paid->at, name);

    return fact_part (insights, metric, paid->sessions, CHANNEL, unit, pointer);
}

/* " on Tuesdays and Wednesdays, when engagement peaks" */
static void
say_days (Insights *insights, Bullet *bullet)
{
    const Answer *engagement = answers_now (&insights->answers, "ga4.engagement");
    Peak peak;
    Fact *rate;

    if (!peak_find (insights, &peak))
        return;
    rate = fact_reckon (insights, "engagement.weekday", engagement, prose_weekday (peak.days[0]), peak.rate,
                        UNIT_PERCENT);
    bullet_go_on (bullet, " on {text}s", prose_weekday (peak.days[0]));
    if (peak.days[1])
        bullet_go_on (bullet, " and {text}s", prose_weekday (peak.days[1]));
    bullet_go_on (bullet, ", when engagement peaks ({} of sessions)", rate);
}

/* More of the change of all sessions than it had of them? Else others moved as well. */
static gboolean
stands_out (const Paid *paid)
{
    double had = paid->before / answer_number (paid->sessions, "/previous/value");

    return (paid->now - paid->before) / paid->whole_change >= MAX (CLEAR_PART, STANDS_OUT * had);
}

/* Do the conversions of all sources follow? If not, cheap sessions are no reason to pay for more. */
static gboolean
is_paid_back (const Insights *insights)
{
    double dearer = answer_number (answers_now (&insights->answers, "corr.blended_cac"), "/stats/delta");

    return !(dearer >= CLEAR_CHANGE);
}

static void
say_room (Insights *insights, Bullet *bullet, const Paid *paid)
{
    if (!is_paid_back (insights)) {
        bullet_go_on (
            bullet,
            ". Conversions did not follow, so see whether these visitors buy before paying for more.");
    } else if (paid->whole_change > 0 && !stands_out (paid)) {
        bullet_go_on (bullet, ". Other channels rose as well, so don't give the ads all the credit.");
    } else {
        bullet_go_on (bullet, ": room to raise its budget");
        say_days (insights, bullet);
        bullet_go_on (bullet, ".");
    }
}

static void
say_cheaper (Insights *insights, Bullet *bullet, const Paid *paid, Fact *price, Fact *change)
{
    Fact *share = sessions_fact (insights, paid, "sessions.contribution_share", "share", UNIT_PERCENT);

    if (paid->whole_change > 0 && share && stands_out (paid) && share->figure.value <= 1)
        bullet_say (bullet, "{name} brought {} of the extra sessions; its cost per session fell {size} to {}",
                    share, share, change, price);
    else
        bullet_say (bullet, "A session from {name} cost {} of ad spend, {more} than before", price, price,
                    change);
    say_room (insights, bullet, paid);
}

static void
say_dearer (Insights *insights, Bullet *bullet, const Paid *paid, Fact *price, Fact *change)
{
    Fact *moved = sessions_fact (insights, paid, "channel.sessions.change", "change", UNIT_COUNT);

    bullet_say (bullet, "A session from {name} cost {} of ad spend, {more} than before", price, price,
                change);
    if (moved && moved->figure.value != 0) {
        moved->is_change = TRUE;
        bullet_go_on (bullet, ", with {size} {text} of them.", moved,
                      moved->figure.value > 0 ? "more" : "fewer");
    } else {
        bullet_go_on (bullet, ".");
    }
    bullet_say (bullet, "{text}",
                paid->whole_change < 0 && !stands_out (paid)
                    ? "Other channels fell as well, so look for what they share before changing the ads."
                    : "Leave its budget where it is until Ads shows which campaign's clicks became dearer.");
}

/* What a conversion cost this way. */
static void
say_worth (Insights *insights, Bullet *bullet, const Paid *paid, const Fact *price)
{
    int at = find_part (paid->rates);
    g_autofree char *pointer = g_strdup_printf ("/parts/%d/current", at);
    Fact *own, *cost;

    own = at < 0
              ? NULL
              : fact_part (insights, "channel.conversion_rate", paid->rates, CHANNEL, UNIT_PERCENT, pointer);
    cost = !own || own->figure.value <= 0
               ? NULL
               : fact_reckon (insights, "paid_social.cost_per_conversion",
                              answers_now (&insights->answers, "meta.spend"), CHANNEL,
                              price->figure.value / own->figure.value, UNIT_MONEY);
    if (cost)
        bullet_say (bullet,
                    "{} of them converted, so a conversion cost {} this way: check that it earns more.", own,
                    cost);
}

static void
say_steady (Insights *insights, Bullet *bullet, const Paid *paid, Fact *price)
{
    Fact *sessions = sessions_fact (insights, paid, "channel.sessions", "current", UNIT_COUNT);

    bullet_say (bullet, "{name} brought {|session|sessions} at {} of ad spend each.", sessions, sessions,
                price);
    say_worth (insights, bullet, paid, price);
}

static void
say_paid (Insights *insights, const Paid *paid)
{
    Fact *price = price_fact (insights, paid), *change = price_change_fact (insights, paid);
    Bullet *bullet;

    if (!price || !change)
        return;
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, is_clear (paid) ? 72 : 45);
    if (!is_clear (paid))
        say_steady (insights, bullet, paid, price);
    else if (change->figure.value < 0)
        say_cheaper (insights, bullet, paid, price, change);
    else
        say_dearer (insights, bullet, paid, price, change);
}

gboolean
rules_paid (Insights *insights, GError **error)
{
    Paid paid = { 0 };

    if (!insights_has (insights, SOURCE_GA4 | SOURCE_META) || !is_whole (insights, "ga4.sessions") ||
        !is_whole (insights, "meta.spend") || insights_gap (insights, SOURCE_GA4 | SOURCE_META))
        return TRUE;
    paid.sessions = answers_why (&insights->answers, "ga4.sessions", NULL, "channel", error);
    if (!paid.sessions)
        return FALSE;
    if (!read_paid (insights, &paid))
        return TRUE;
    paid.rates = answers_why (&insights->answers, "ga4.conv_rate", NULL, "channel", error);
    if (!paid.rates)
        return FALSE;
    say_paid (insights, &paid);
    return TRUE;
}
