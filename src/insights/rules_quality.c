/* rules_quality.c -- what is missing, late or may still change: the first things to know. */
#include "insights/insights_private.h"

#include <math.h>
#include <string.h>

#define TWINS_FEWEST   200  /* sessions */
#define TWINS_ALIKE    0.01 /* of them may differ */
#define FEWEST_SETTLED 7    /* days that are no longer moving, for a judgement about purchases */

/* The widget that stands for its source. */
static const struct {
    Source source;
    const char *widget, *title;
} signs[] = {
    { SOURCE_GA4, "ga4.sessions", "Google Analytics" },
    { SOURCE_META, "meta.spend", "Meta Ads" },
    { SOURCE_INSTAGRAM, "ig.reach", "Instagram" },
};

static Fact *
days_fact (Insights *insights, const char *metric, const Answer *answer, Day from, Day to, double days)
{
    Fact *fact = fact_reckon (insights, metric, answer, NULL, days, UNIT_COUNT);

    fact->window = (Period){ from, to };
    return fact;
}

/* ---- one source ---- */

static gboolean
say_state (Insights *insights, const Answer *answer, const char *title)
{
    static const struct {
        const char *code, *text;
    } states[] = {
        { "reconnect", "needs to be connected again: its access has ended, so no new days come in." },
        { "sync_failed", "could not be read at the last sync, so its latest days may be missing. The sync's "
                         "message says why." },
        { "paused", "is paused, so its latest days are missing. Resume it under Connections." },
    };
    gboolean any = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (states); i++)
        if (answer_has_notice (answer, states[i].code)) {
            bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 95), "{text} {text}", title,
                        states[i].text);
            any = TRUE;
        }
    return any;
}

static gboolean
say_missing (Insights *insights, const Answer *answer, const char *title)
{
    gsize n = json_array_size (answer_at (answer, "/quality/missing_days"));
    g_autofree char *last = NULL;
    Fact *fact;

    if (!n)
        return FALSE;
    last = g_strdup_printf ("/quality/missing_days/%zu", n - 1);
    fact = days_fact (insights, "missing_days", answer, answer_day (answer, "/quality/missing_days/0"),
                      answer_day (answer, last), (double)n);
    if (fact->window.from == insights->answers.request.period.from && period_days (fact->window) == (int)n) {
        bullet_say (
            bullet_add (insights->bullets, GROUP_QUALITY, 60),
            n == 1
                ? "{text} has no numbers for the first day of the period ({window}): choose days after it to "
                  "compare like with like."
                : "{text} has no numbers for the first {|day|days} of the period ({window}): choose days "
                  "after "
                  "these to compare like with like.",
            title, fact, fact);
        return TRUE;
    }
    bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 85),
                "{text} has no numbers for {|day|days} of the period ({window}). Totals are too low by "
                "these; sync again to fill them.",
                title, fact, fact);
    return TRUE;
}

/* ---- what several sources have in common: said once ---- */

/* So many days of a source are as they should not be; 0: none. */
typedef int (*Days) (const Insights *insights, guint i);

static int
gap_of (const Insights *insights, guint i)
{
    return insights_gap (insights, signs[i].source);
}

static int
late_of (const Insights *insights, guint i)
{
    Day through = answer_day (answers_now (&insights->answers, signs[i].widget), "/quality/complete_through");
    Period period = insights->answers.request.period;

    return through == DAY_NONE || through >= period.to ? 0 : period.to - MAX (through, period.from - 1);
}

static int
provisional_of (const Insights *insights, guint i)
{
    Day from = answer_day (answers_now (&insights->answers, signs[i].widget), "/quality/provisional_from");
    Period period = insights->answers.request.period;

    return from == DAY_NONE || from > period.to ? 0 : period.to - MAX (from, period.from) + 1;
}

static gboolean
has_as_many (const Insights *insights, guint i, Days days, int n)
{
    return insights_has (insights, signs[i].source) && days (insights, i) == n;
}

/* "Google Analytics, Meta Ads and Instagram": those that have as many as this one, which is the first of
 * them. NULL: it has none, or one before it has said so. */
static char *
names_of (const Insights *insights, guint first, Days days)
{
    int n = days (insights, first);
    guint last = first;
    GString *text;

    for (guint i = 0; i < first; i++)
        if (has_as_many (insights, i, days, n))
            return NULL;
    for (guint i = first + 1; i < G_N_ELEMENTS (signs); i++)
        if (has_as_many (insights, i, days, n))
            last = i;
    if (!n)
        return NULL;
    text = g_string_new (signs[first].title);
    for (guint i = first + 1; i <= last; i++)
        if (has_as_many (insights, i, days, n))
            g_string_append_printf (text, "%s%s", i == last ? " and " : ", ", signs[i].title);
    return g_string_free (text, FALSE);
}

static gboolean
are_several (const char *names)
{
    return strstr (names, " and ") != NULL;
}

static gboolean
say_gap (Insights *insights, guint i)
{
    Period before = insights->answers.request.comparison.period;
    int gap = gap_of (insights, i);
    g_autofree char *names = names_of (insights, i, gap_of);
    Fact *fact;
    Bullet *bullet;

    if (!names)
        return gap != 0;
    fact = days_fact (insights, "missing_days_before", answers_before (&insights->answers, signs[i].widget),
                      before.from, before.to, gap);
    bullet = bullet_add (insights->bullets, GROUP_QUALITY, 50);
    bullet_say (bullet, "{text} {text} no numbers for", names, are_several (names) ? "have" : "has");
    if (gap == period_days (before))
        bullet_go_on (bullet, " {window},", fact);
    else
        bullet_go_on (bullet, " {|day|days} of {window},", fact, fact);
    bullet_go_on (bullet, " so nothing is compared with it: choose a shorter or later comparison.");
    return TRUE;
}

static gboolean
say_late (Insights *insights, guint i)
{
    const Answer *answer = answers_now (&insights->answers, signs[i].widget);
    Period period = insights->answers.request.period;
    int days = late_of (insights, i);
    g_autofree char *names = names_of (insights, i, late_of);
    Fact *fact;

    if (!names)
        return days != 0;
    fact = days_fact (insights, "incomplete_days", answer, period.to - days + 1, period.to, days);
    bullet_say (
        bullet_add (insights->bullets, GROUP_QUALITY, 80),
        "{text} {text} not complete for {|day|days} at the end of the period ({window}), so changes are "
        "reckoned from the days before.",
        names, are_several (names) ? "are" : "is", fact, fact);
    return TRUE;
}

static gboolean
say_provisional (Insights *insights, guint i)
{
    const Answer *answer = answers_now (&insights->answers, signs[i].widget);
    Period period = insights->answers.request.period;
    int days = provisional_of (insights, i);
    g_autofree char *names = names_of (insights, i, provisional_of);
    Fact *fact;

    if (!names)
        return days != 0;
    fact = days_fact (insights, "provisional_days", answer, period.to - days + 1, period.to, days);
    bullet_say (
        bullet_add (insights->bullets, GROUP_QUALITY, 40),
        "{text} may still change {|day|days} of the period ({window}): judge them when they have settled.",
        names, fact, fact);
    return TRUE;
}

static gboolean
say_source (Insights *insights, guint i)
{
    const Answer *answer = answers_now (&insights->answers, signs[i].widget);
    gboolean any = say_state (insights, answer, signs[i].title);

    if (!insights_has (insights, signs[i].source))
        return any;
    any |= say_missing (insights, answer, signs[i].title);
    any |= say_gap (insights, i);
    any |= say_late (insights, i);
    return say_provisional (insights, i) || any;
}

/* ---- what doesn't fit ---- */

static gboolean
say_currencies (Insights *insights)
{
    static const char *const widgets[] = { "meta.spend", "ga4.revenue", "corr.mer" };

    for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
        if (answer_has_notice (answers_now (&insights->answers, widgets[i]), "currency_mixed")) {
            bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 75),
                        "Accounts keep their money in different currencies, so there is no total of it: look "
                        "at them one by one.");
            return TRUE;
        }
    return FALSE;
}

/* Money went out, and not one purchase came back: more likely the counting than the ads. */
static gboolean
say_no_purchases (Insights *insights)
{
    const Answer *spend = answers_now (&insights->answers, "meta.spend");
    const Answer *bought = answers_now (&insights->answers, "meta.conversions");
    Fact *cost;

    if (answer_number (bought, "/stats/value") != 0 || !(answer_number (spend, "/stats/value") > 0) ||
        period_days (insights_settled (insights, bought)) < FEWEST_SETTLED)
        return FALSE;
    cost = fact_read (insights, "spend", spend, "/stats/value", UNIT_MONEY);
    bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 90),
                "Ads cost {}, and Meta counted no purchase at all. Check that the pixel or the Conversions "
                "API still sends purchases before judging the ads.",
                cost);
    return TRUE;
}

/* Days are there, and nobody came: more likely the tracking than the visitors. */
static gboolean
say_no_sessions (Insights *insights)
{
    const Answer *sessions = answers_now (&insights->answers, "ga4.sessions");
    Fact *none;

    if (!insights_has (insights, SOURCE_GA4) || answer_number (sessions, "/stats/value") != 0)
        return FALSE;
    none = fact_read (insights, "sessions", sessions, "/stats/value", UNIT_COUNT);
    bullet_say (
        bullet_add (insights->bullets, GROUP_QUALITY, 92),
        "Google Analytics counted {|session|sessions} {during}. Check that its tracking code is still on the "
        "site, and that the right property is connected.",
        none, none);
    return TRUE;
}

/* The other way round: purchases, and no money. */
static gboolean
say_no_spend (Insights *insights)
{
    const Answer *spend = answers_now (&insights->answers, "meta.spend");
    const Answer *bought = answers_now (&insights->answers, "meta.conversions");
    Fact *purchases;

    if (answer_number (spend, "/stats/value") != 0 || !(answer_number (bought, "/stats/value") > 0))
        return FALSE;
    purchases = fact_read (insights, "ads.conversions", bought, "/stats/value", UNIT_COUNT);
    bullet_say (
        bullet_add (insights->bullets, GROUP_QUALITY, 86),
        "Meta counted {|purchase|purchases} and no spend at all. These can come from clicks of earlier days; "
        "if ads ran in these days, check that the connection may read the account's spend.",
        purchases);
    return TRUE;
}

/* Two properties that count the same visits: a roll-up and one of its own, or two tags on one site. */
static gboolean
find_twins (const Answer *why, gsize twins[2])
{
    gsize n = json_array_size (answer_at (why, "/parts"));

    for (gsize i = 0; i < n; i++)
        for (gsize j = i + 1; j < n; j++) {
            double one = json_number_value (answer_atf (why, "/parts/%zu/current", i));
            double other = json_number_value (answer_atf (why, "/parts/%zu/current", j));

            if (MIN (one, other) >= TWINS_FEWEST && fabs (one - other) <= TWINS_ALIKE * MAX (one, other)) {
                twins[0] = i;
                twins[1] = j;
                return TRUE;
            }
        }
    return FALSE;
}

static Fact *
property_sessions (Insights *insights, const Answer *why, gsize i)
{
    g_autofree char *pointer = g_strdup_printf ("/parts/%zu/current", i);

    return fact_part (insights, "property.sessions", why,
                      json_string_value (answer_atf (why, "/parts/%zu/name", i)), UNIT_COUNT, pointer);
}

static gboolean
say_twins (Insights *insights, gboolean *any, GError **error)
{
    const Answer *why;
    gsize twins[2];
    Fact *one, *other;

    if (!insights_has (insights, SOURCE_GA4))
        return TRUE;
    why = answers_why (&insights->answers, "ga4.sessions", NULL, "account", error);
    if (!why)
        return FALSE;
    if (!find_twins (why, twins))
        return TRUE;
    one = property_sessions (insights, why, twins[0]);
    other = property_sessions (insights, why, twins[1]);
    bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 87),
                "The properties {name} and {name} count almost the same sessions ({} and {}). If they "
                "measure the same "
                "site, every visit is in the totals twice: disconnect one of them.",
                one, other, one, other);
    *any = TRUE;
    return TRUE;
}

/* Days that don't begin at the same moment are compared day by day all the same. */
static gboolean
say_zones (Insights *insights)
{
    static const char *const widgets[] = { "ga4.sessions", "meta.spend", "corr.spend_vs_sessions" };

    for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
        if (answer_has_notice (answers_now (&insights->answers, widgets[i]), "zone_differs")) {
            bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 30),
                        "Accounts keep different time zones, so a day of one is not quite a day of another: "
                        "expect small "
                        "differences by day, and judge weeks instead.");
            return TRUE;
        }
    return FALSE;
}

/* ---- together ---- */

static Source
connected (const Insights *insights, Source *off)
{
    Source found = SOURCE_NONE;

    *off = SOURCE_NONE;
    for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
        const Answer *answer = answers_now (&insights->answers, signs[i].widget);

        if (answer_has_notice (answer, "source_off"))
            *off |= signs[i].source;
        else if (!answer_has_notice (answer, "not_connected"))
            found |= signs[i].source;
    }
    return found;
}

static void
say_nothing_here (Insights *insights, Source off)
{
    bullet_say (
        bullet_add (insights->bullets, GROUP_QUALITY, 100),
        off ? "None of the sources that are switched on here is connected. Connect one, or switch on another."
            : "Nothing is connected yet. Connect Google Analytics, Meta Ads or Instagram, and the first sync "
              "brings its numbers.");
}

static gboolean
say_no_days (Insights *insights, Source sources)
{
    Source empty = SOURCE_NONE;

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if ((sources & signs[i].source) && !insights_has (insights, signs[i].source))
            empty |= signs[i].source;
    if (empty == sources) {
        bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 88),
                    "No data for these days. Choose later days, or sync again if they should be there.");
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (empty & signs[i].source)
            bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 88),
                        "{text} has no data for these days. Sync it again if they should be there.",
                        signs[i].title);
    return empty != SOURCE_NONE;
}

static void
say_all_well (Insights *insights, Source sources)
{
    for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
        const Answer *answer = answers_now (&insights->answers, signs[i].widget);
        Fact *fact;

        if (!(sources & signs[i].source))
            continue;
        fact = days_fact (insights, "missing_days", answer, insights->answers.request.period.from,
                          insights->answers.request.period.to, 0);
        bullet_say (bullet_add (insights->bullets, GROUP_QUALITY, 10),
                    "The numbers of {window} are complete and settled; no source needs attention.", fact);
        return;
    }
}

gboolean
rules_quality (Insights *insights, GError **error)
{
    Source off, sources = connected (insights, &off);
    gboolean any;

    if (!sources) {
        say_nothing_here (insights, off);
        return TRUE;
    }
    any = say_no_days (insights, sources);
    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (sources & signs[i].source)
            any |= say_source (insights, i);
    any |= say_currencies (insights);
    any |= say_no_sessions (insights);
    any |= say_no_purchases (insights);
    any |= say_no_spend (insights);
    any |= say_zones (insights);
    if (!say_twins (insights, &any, error))
        return FALSE;
    if (!any)
        say_all_well (insights, sources);
    return TRUE;
}
