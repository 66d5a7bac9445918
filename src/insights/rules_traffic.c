/* rules_traffic.c -- how many came, from where, to which page, and when they stayed. */
#include "insights/insights_private.h"

#include <math.h>

#define LEVEL             0.02 /* a change below it is none to speak of */
#define CLEAR_PART        0.25 /* of the change: a part worth naming */
#define CLEAR_Z           3.0
#define CLEAR_POINTS      0.02 /* a difference of rates worth planning by */
#define FEWEST_OF_WEEKDAY 3

/* ---- what drove the change ------------------------------------------------------------------------------
 */

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

/* One part of an explanation of sessions: what it added, and its share if that is one. */
static Fact *
part_change (Insights *insights, const Answer *why, guint i)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%u/change", i);
    Fact *fact = fact_part (insights, "sessions.contribution", why,
                            json_string_value (answer_atf (why, "/parts/%u/name", i)), UNIT_COUNT, pointer);

    if (fact)
        fact->is_change = TRUE;
    return fact;
}

static Fact *
part_share (Insights *insights, const Answer *why, guint i)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%u/share", i);

    return fact_part (insights, "sessions.contribution_share", why,
                      json_string_value (answer_atf (why, "/parts/%u/name", i)), UNIT_PERCENT, pointer);
}

/* The part that went the other way most; -1 if it is not worth a word. */
static int
find_against (const Answer *why, double change)
{
    gsize n = json_array_size (answer_at (why, "/parts"));
    int best = -1;
    double most = CLEAR_PART * fabs (change);

    for (gsize i = 0; i < n; i++) {
        double one = json_number_value (answer_atf (why, "/parts/%zu/change", i));

        if (one * change < 0 && fabs (one) > most) {
            best = (int)i;
            most = fabs (one);
        }
    }
    return best;
}

/* Parts come with the largest first, which may have gone against the whole. */
static int
find_driver (const Answer *why, double change)
{
    gsize n = json_array_size (answer_at (why, "/parts"));

    for (gsize i = 0; i < n; i++)
        if (json_number_value (answer_atf (why, "/parts/%zu/change", i)) * change > 0)
            return (int)i;
    return -1;
}

static void
say_driver (Insights *insights, Bullet *bullet, const Answer *why, double change)
{
    int driver = find_driver (why, change), against = find_against (why, change);
    Fact *part = driver < 0 ? NULL : part_change (insights, why, (guint)driver);
    Fact *share = part ? part_share (insights, why, (guint)driver) : NULL;

    if (!share || share->figure.value < CLEAR_PART) {
        bullet_say (bullet, "No single channel stands out: it is spread over several.");
        return;
    }
    if (share->figure.value <= 1)
        bullet_say (bullet, "{name} {text} {size} of them, {} of the change.", part,
                    change < 0 ? "lost" : "brought", part, share);
    else
        bullet_say (bullet, "{name} alone {text} {size}, more than the whole change.", part,
                    change < 0 ? "lost" : "brought", part);
    if (against >= 0) {
        Fact *other = part_change (insights, why, (guint)against);

        bullet_say (bullet, "{name} went the other way, with {size} {text}.", other, other,
                    change < 0 ? "more" : "fewer");
    }
    bullet_say (bullet, "{text}", next_for (part->entity, change));
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
    why = answers_why (&insights->answers, "ga4.sessions", NULL, "channel", error);
    if (!why)
        return FALSE;
    change = fact_change (insights, "sessions.change", sessions, "/stats/delta");
    difference = fact_read (insights, "sessions.difference", why, "/change", UNIT_COUNT);
    if (!change || !difference)
        return TRUE;
    difference->is_change = TRUE;
    bullet = bullet_add (insights->bullets, GROUP_TRAFFIC, 90);
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

/* ---- top channel and landing pages
 * ---------------------------------------------------------------------------- */

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
        "At that rate it would have brought about {|conversion|conversions} more: test its first screen "
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

    if (!sessions)
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

/* ---- on which weekday they stay
 * ------------------------------------------------------------------------------- */

typedef struct {
    double sessions, engaged;
    int days;
} Weekday;

static void
read_weekdays (const Insights *insights, Weekday days[static 8])
{
    Period period = insights->answers.request.period;
    g_autofree double *sessions = g_new (double, period_days (period));
    g_autofree double *rate = g_new (double, period_days (period));

    answer_days (answers_now (&insights->answers, "ga4.sessions"), NULL, period, sessions);
    answer_days (answers_now (&insights->answers, "ga4.engagement"), NULL, period, rate);
    for (int i = 0; i < period_days (period); i++) {
        Weekday *day = &days[day_weekday (period.from + i)];

        if (!isfinite (sessions[i]) || !isfinite (rate[i]))
            continue;
        day->sessions += sessions[i];
        day->engaged += sessions[i] * rate[i];
        day->days++;
    }
}

/* The share of one weekday against that of all others, in standard deviations. */
static double
weekday_surprise (const Weekday *one, const Weekday *all)
{
    double n = all->sessions - one->sessions, k = all->engaged - one->engaged;
    double p = all->engaged / all->sessions;

    if (one->sessions <= 0 || n <= 0 || one->days < FEWEST_OF_WEEKDAY || p <= 0 || p >= 1)
        return 0;
    return (one->engaged / one->sessions - k / n) / sqrt (p * (1 - p) * (1 / one->sessions + 1 / n));
}

static int
find_peak (const Weekday days[static 8], const Weekday *all)
{
    int best = 0;
    double most = CLEAR_Z;

    for (int i = 1; i <= 7; i++)
        if (weekday_surprise (&days[i], all) > most) {
            best = i;
            most = weekday_surprise (&days[i], all);
        }
    return best;
}

static void
say_weekday (Insights *insights)
{
    const Answer *engagement = answers_now (&insights->answers, "ga4.engagement");
    Weekday days[8] = { 0 }, all = { 0 };
    Fact *rate, *more;
    double others;
    Bullet *bullet;
    int peak;

    read_weekdays (insights, days);
    for (int i = 1; i <= 7; i++)
        all = (Weekday){ all.sessions + days[i].sessions, all.engaged + days[i].engaged,
                         all.days + days[i].days };
    peak = find_peak (days, &all);
    if (!peak)
        return;
    others = (all.engaged - days[peak].engaged) / (all.sessions - days[peak].sessions);
    rate = fact_reckon (insights, "engagement.weekday", engagement, prose_weekday (peak),
                        days[peak].engaged / days[peak].sessions, UNIT_PERCENT);
    more = rate ? fact_reckon (insights, "engagement.weekday_difference", engagement, prose_weekday (peak),
                               rate->figure.value - others, UNIT_PERCENT)
                : NULL;
    if (!more || more->figure.value < CLEAR_POINTS)
        return;
    more->figure.points = TRUE;
    bullet = bullet_add (insights->bullets, GROUP_TRAFFIC, 40);
    bullet_say (bullet,
                "Visitors stay most on {text}s: {} of sessions are engaged, {} more than on the other days.",
                prose_weekday (peak), rate, more);
    bullet_say (bullet, "Try the next mailing or campaign start on a {text}.", prose_weekday (peak));
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
