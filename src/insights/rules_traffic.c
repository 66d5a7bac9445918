/* rules_traffic.c -- how many came, from where, to which page, and when they stayed. */
#include "insights/insights_private.h"
#include "insights/split.h"

#include <math.h>

#define LEVEL      0.02 /* a change below it is none to speak of */
#define CLEAR_PART 0.25 /* of the change: a part worth naming */
#define STANDS_OUT 1.25 /* times what it had */
#define CLEAR_Z    3.0

/* ---- what drove the change ---- */

static const struct {
    const char *channel, *down, *up;
} steps[] = {
    { "Organic Search", "Compare clicks and positions in Search Console for these days.",
      "See in Search Console which searches grew, and keep those pages fresh." },
    { "Organic Social", "Compare how often you posted in both periods.",
      "See in Content which posts were out then." },
    { "Paid Search", "Compare budget and impression share of the search campaigns in both periods.",
      "Check in the search campaigns whether budget or demand grew." },
    { "Paid Social", "Compare the spend of the campaigns in Ads on these days.",
      "Check in Ads whether spend grew as much." },
    { "Email", "Compare how many mailings went out in both periods.",
      "Note which mailing went out, so that it can be repeated." },
    { "Referral", "Look for a link that was taken down.", "Find the site that links to you, and thank it." },
    { "Direct", "Look at the pages these visits began on: untagged links often land here.",
      "Look at the pages these visits began on: untagged links often land here." },
};

static const char *
next_for (const char *channel, double change)
{
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        if (g_strcmp0 (steps[i].channel, channel) == 0)
            return change < 0 ? steps[i].down : steps[i].up;
    return "Look at the days on which it moved, and at what was published or changed then.";
}

/* What sessions can be split by, and how a part is spoken of. */
static const struct {
    const char *by, *change, *share; /* metrics */
    const char *kind;                /* before its name */
    const char *alike, *next;        /* where no part stands out; NULL: see steps */
} splits[] = {
    { "channel", "sessions.contribution", "sessions.contribution_share", "", "channels", NULL },
    { "landing_page", "landing_page.contribution", "landing_page.contribution_share", "The landing page ",
      "landing pages", "Look at what leads to this page, and at what was changed on it." },
    { "account", "property.contribution", "property.contribution_share", "The property ", "properties",
      "Look at this property by itself: choose it under Connections." },
};

static guint
split_of (const Answer *why)
{
    for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
        if (g_strcmp0 (splits[i].by, why->evidence.by) == 0)
            return i;
    return 0;
}

static Fact *
part_fact (Insights *insights, const Answer *why, guint i, const char *metric, const char *member, Unit unit)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%u/%s", i, member);

    return fact_part (insights, metric, why, json_string_value (answer_atf (why, "/parts/%u/name", i)), unit,
                      pointer);
}

static Fact *
part_change (Insights *insights, const Answer *why, guint i)
{
    Fact *fact = part_fact (insights, why, i, splits[split_of (why)].change, "change", UNIT_COUNT);

    if (fact)
        fact->is_change = TRUE;
    return fact;
}

static double
part_number (const Answer *why, gsize i, const char *member)
{
    json_t *at = answer_atf (why, "/parts/%zu/%s", i, member);

    return json_is_number (at) ? json_number_value (at) : 0;
}

/* The part that went the other way most; -1 if it is not worth a word. */
static int
find_against (const Answer *why, double change)
{
    gsize n = json_array_size (answer_at (why, "/parts"));
    int best = -1;
    double most = CLEAR_PART * fabs (change);

    for (gsize i = 0; i < n; i++) {
        double one = part_number (why, i, "change");

        if (one * change < 0 && fabs (one) > most) {
            best = (int)i;
            most = fabs (one);
        }
    }
    return best;
}

/* How much its share of all sessions moved (Adtributor, NSDI 2014). */
static double
surprise_of (const Answer *why, gsize i)
{
    return split_surprise (part_number (why, i, "previous") / answer_number (why, "/previous/value"),
                           part_number (why, i, "current") / answer_number (why, "/current/value"));
}

/* Does it make more of the change than it had of the sessions? All parts that grow alike make as much. */
static gboolean
stands_out (const Answer *why, gsize i, double change)
{
    double share = part_number (why, i, "change") / change;
    double had = part_number (why, i, "previous") / answer_number (why, "/previous/value");

    return share >= CLEAR_PART && share >= STANDS_OUT * had &&
           json_is_string (answer_atf (why, "/parts/%zu/id", i));
}

/* The most surprising of those that made a clear part of it; -1: they moved about alike. */
static int
find_driver (const Answer *why, double change)
{
    gsize n = json_array_size (answer_at (why, "/parts"));
    int best = -1;

    for (gsize i = 0; i < n; i++)
        if (stands_out (why, i, change) &&
            (best < 0 || surprise_of (why, i) > surprise_of (why, (gsize)best)))
            best = (int)i;
    return best;
}

static void
say_alike (Bullet *bullet, const Answer *why, double change)
{
    gsize n = json_array_size (answer_at (why, "/parts"));

    if (n > 1)
        bullet_say (bullet, "No single one of the {text} stands out: {text}", splits[split_of (why)].alike,
                    change < 0 ? "look for what they share, such as the site, its tracking or the season."
                               : "look for what they share, such as the site, the season or demand.");
}

static void
say_against (Insights *insights, Bullet *bullet, const Answer *why, double change)
{
    int against = find_against (why, change);
    Fact *other = against < 0 ? NULL : part_change (insights, why, (guint)against);

    if (other)
        bullet_say (bullet, "{name} went the other way, with {size} {text}.", other, other,
                    change < 0 ? "more" : "fewer");
}

static void
say_driver (Insights *insights, Bullet *bullet, const Answer *why, double change)
{
    int driver = find_driver (why, change);
    guint split = split_of (why);
    Fact *part = driver < 0 ? NULL : part_change (insights, why, (guint)driver);
    Fact *share =
        part ? part_fact (insights, why, (guint)driver, splits[split].share, "share", UNIT_PERCENT) : NULL;

    if (!share) {
        say_alike (bullet, why, change);
        return;
    }
    if (share->figure.value <= 1)
        bullet_say (bullet, "{text}{name} {text} {size} of them, {} of the change.", splits[split].kind, part,
                    change < 0 ? "lost" : "brought", part, share);
    else
        bullet_say (bullet, "{text}{name} alone {text} {size}, more than the whole change.",
                    splits[split].kind, part, change < 0 ? "lost" : "brought", part);
    say_against (insights, bullet, why, change);
    bullet_say (bullet, "{text}", splits[split].next ? splits[split].next : next_for (part->entity, change));
}

/* More than chance makes of so many visits, which vary about twice as much as dice would. */
static gboolean
is_clear (const Answer *why)
{
    double now = answer_number (why, "/current/value"), before = answer_number (why, "/previous/value");

    return fabs (now - before) >= 2 * CLEAR_Z * sqrt (now + before) || before <= 0;
}

static gboolean
say_change (Insights *insights, GError **error)
{
    const Answer *sessions = answers_now (&insights->answers, "ga4.sessions");
    double delta = answer_number (sessions, "/stats/delta");
    const Answer *why;
    Fact *change, *difference;
    Bullet *bullet;

    if (!isfinite (delta))
        return TRUE;
    why = answers_why (&insights->answers, "ga4.sessions", NULL, NULL, error);
    if (!why)
        return FALSE;
    change = fact_change (insights, "sessions.change", sessions, "/stats/delta");
    difference = fact_read (insights, "sessions.difference", why, "/change", UNIT_COUNT);
    if (!change || !difference)
        return TRUE;
    difference->is_change = TRUE;
    bullet = bullet_add (insights->bullets, GROUP_TRAFFIC, fabs (delta) < LEVEL || !is_clear (why) ? 48 : 90);
    if (fabs (delta) < LEVEL || !is_clear (why)) {
        bullet_say (bullet,
                    fabs (delta) < LEVEL
                        ? "Sessions kept their level ({signed} against {before})."
                        : "Sessions {rose} against {before}, which is no more than days differ by chance.",
                    change, change);
        return TRUE;
    }
    bullet_say (bullet, "Sessions {rose}: {size} {text} than in {before}.", change, difference,
                delta < 0 ? "fewer" : "more", change);
    say_driver (insights, bullet, why, difference->figure.value);
    return TRUE;
}

/* ---- top channel and landing pages ---- */

static Fact *
page_number (Insights *insights, const Answer *pages, gsize i, const char *column, Unit unit)
{
    g_autofree char *pointer = g_strdup_printf ("/items/%zu/%s", i, column);
    g_autofree char *metric = g_strdup_printf ("landing_page.%s", column);

    return fact_part (insights, g_intern_string (metric), pages,
                      json_string_value (answer_atf (pages, "/items/%zu/landing_page", i)), unit, pointer);
}

/* How far the page's conversions are from what all pages' rate would bring, in standard deviations. */
static double
page_surprise (const Answer *pages, gsize i, double rate)
{
    double sessions = json_number_value (answer_atf (pages, "/items/%zu/sessions", i));
    double conversions = json_number_value (answer_atf (pages, "/items/%zu/conversions", i));
    double expected = sessions * rate;

    return expected >= 5 ? (conversions - expected) / sqrt (expected * (1 - MIN (rate, 0.99))) : 0;
}

/* The page that loses most conversions against the rate of all; -1: none does for sure. */
static int
find_weak_page (const Answer *pages, double rate)
{
    gsize n = json_array_size (answer_at (pages, "/items"));
    int best = -1;
    double most = 0;

    for (gsize i = 0; i < n; i++) {
        double sessions = json_number_value (answer_atf (pages, "/items/%zu/sessions", i));
        double lost = sessions * rate - json_number_value (answer_atf (pages, "/items/%zu/conversions", i));

        if (page_surprise (pages, i, rate) <= -CLEAR_Z && lost > most) {
            best = (int)i;
            most = lost;
        }
    }
    return best;
}

static void
say_weak_page (Insights *insights, Bullet *bullet, const Answer *pages, gsize i, double rate)
{
    Fact *sessions = page_number (insights, pages, i, "sessions", UNIT_COUNT);
    Fact *own = page_number (insights, pages, i, "rate", UNIT_PERCENT);
    Fact *all = fact_read (insights, "landing_pages.rate", pages, "/totals/rate", UNIT_PERCENT);
    double lost = sessions->figure.value * (rate - own->figure.value);
    Fact *gain =
        fact_reckon (insights, "landing_page.conversions_missing", pages, sessions->entity, lost, UNIT_COUNT);

    bullet_say (bullet, "{name} converts {} of its {|session|sessions}, where all pages together convert {}.",
                own, own, sessions, all);
    bullet_say (
        bullet,
        "At that rate it would have brought about {|more conversion|more conversions}: test its first screen "
        "and its offer first.",
        gain);
}

static void
say_pages (Insights *insights)
{
    const Answer *pages = answers_now (&insights->answers, "ga4.landing_pages");
    double rate = answer_number (pages, "/totals/rate");
    Fact *sessions = page_number (insights, pages, 0, "sessions", UNIT_COUNT);
    int weak = isfinite (rate) ? find_weak_page (pages, rate) : -1;
    Fact *own, *share;
    Bullet *bullet;

    if (!sessions || sessions->figure.value <= 0)
        return;
    own = page_number (insights, pages, 0, "rate", UNIT_PERCENT);
    share = fact_reckon (insights, "landing_page.share", pages, sessions->entity,
                         sessions->figure.value / answer_number (pages, "/totals/sessions"), UNIT_PERCENT);
    bullet = bullet_add (insights->bullets, GROUP_TRAFFIC, weak >= 0 ? 70 : 45);
    if (share)
        bullet_say (bullet,
                    "Most visits begin on {name}: {|session|sessions}, {} of those that have a known page.",
                    sessions, sessions, share);
    if (weak >= 0)
        say_weak_page (insights, bullet, pages, (gsize)weak, rate);
    else if (own)
        bullet_say (bullet, "It converts {}; no large page is clearly below the rest.", own);
}

/* ---- on which weekday they stay ---- */

static void
say_weekday (Insights *insights)
{
    const Answer *engagement = answers_now (&insights->answers, "ga4.engagement");
    Peak peak;
    Fact *rate, *more;
    Bullet *bullet;

    if (!peak_find (insights, &peak))
        return;
    rate = fact_reckon (insights, "engagement.weekday", engagement, prose_weekday (peak.days[0]), peak.rate,
                        UNIT_PERCENT);
    more = fact_reckon (insights, "engagement.weekday_difference", engagement, prose_weekday (peak.days[0]),
                        peak.rate - peak.others, UNIT_PERCENT);
    if (!rate || !more)
        return;
    more->figure.points = TRUE;
    bullet = bullet_add (insights->bullets, GROUP_TRAFFIC, 40);
    bullet_say (bullet,
                "Visitors stay most on {text}s: {} of sessions are engaged, {} more than on the other days.",
                prose_weekday (peak.days[0]), rate, more);
    bullet_say (bullet, "Try the next mailing or campaign start on a {text}.", prose_weekday (peak.days[0]));
}

gboolean
rules_traffic (Insights *insights, GError **error)
{
    if (!insights_has (insights, SOURCE_GA4))
        return TRUE;
    say_pages (insights);
    say_weekday (insights);
    return say_change (insights, error);
}
