#include "insights/track.h"

#include <math.h>

#define CHANNELS_MOST 8

static const Watched watched[] = {
    { .metric = "sessions",
      .widget = "ga4.sessions",
      .title = "Sessions",
      .name = "sessions",
      .things = "sessions",
      .up = "Find what brought them and note it on that day, so that it can be repeated.",
      .down = "Check whether the site, its tracking or a campaign stood still then.",
      .more = "See whether conversions rose with them before counting it as a gain.",
      .less = "Look for what changed on that day: a release, the tracking code, a campaign that ended." },
    { .metric = "conversion_rate",
      .widget = "ga4.conv_rate",
      .title = "The conversion rate",
      .name = "the conversion rate",
      .is_one = TRUE,
      .things = "of sessions converted",
      .counted = "ga4.sessions",
      .is_rate = TRUE,
      .unit = UNIT_PERCENT,
      .up = "Compare offers and campaigns of that day with the days around it.",
      .down = "Try the form or the checkout yourself, and look for a release on that day.",
      .more = "Find out what was changed then, and keep it.",
      .less =
          "Try the form or the checkout yourself, and compare traffic from before and after by channel." },
    { .metric = "revenue",
      .widget = "ga4.revenue",
      .title = "Revenue",
      .name = "revenue",
      .is_one = TRUE,
      .things = "of revenue",
      .counted = "ga4.conversions",
      .follows = { "sessions", "conversion_rate" },
      .unit = UNIT_MONEY,
      .up = "Look for one large order before reading a trend into it.",
      .down = "Check that orders of that day arrived in Google Analytics.",
      .more = "See whether more orders or larger ones made it.",
      .less = "Compare its number of orders with that of the shop itself, to rule out the tracking." },
    { .metric = "spend",
      .widget = "meta.spend",
      .title = "Ad spend",
      .name = "ad spend",
      .is_one = TRUE,
      .things = "of ad spend",
      .is_amount = TRUE,
      .unit = UNIT_MONEY,
      .up = "Check the budgets that were changed then.",
      .down = "Check for campaigns that were paused, rejected or out of budget.",
      .more = "Check that this is the budget that was agreed on.",
      .less = "Check for campaigns that were paused, rejected or out of budget." },
    { .metric = "purchases",
      .widget = "meta.conversions",
      .title = "Purchases from ads",
      .name = "purchases from ads",
      .things = "purchases from ads",
      .follows = { "spend" },
      .up = "Look up which campaign they came from.",
      .down = "Check that the pixel sent purchases on that day.",
      .more = "Look up which campaign they come from, and leave its budget where it is.",
      .less = "Compare with the shop's own orders: if those held, the pixel lost them." },
    { .metric = "reach",
      .widget = "ig.reach",
      .title = "Reach",
      .name = "reach",
      .is_one = TRUE,
      .things = "accounts reached",
      .up = "Look in Content for what was posted then, and make another of its kind.",
      .down = "Compare with the days on which you posted.",
      .more = "Look in Content for what was posted since, and keep to it.",
      .less = "Compare how often you posted before and since." },
};

static const Watched watched_channel = {
    .metric = "channel.sessions",
    .follows = { "sessions" },
    .widget = "ga4.traffic_channels",
    .title = "Sessions",
    .name = "sessions",
    .things = "sessions",
    .up = "Find the link, mailing or campaign behind it.",
    .down = "Check what this channel lost then: a link, a mailing, a budget.",
    .more = "Find the link, mailing or campaign behind it, and keep it.",
    .less = "Check what this channel lost: a link, a mailing, a budget, a place in the results."
};

static void
track_clear (gpointer data)
{
    Track *track = data;

    g_free (track->values);
    g_free (track->counts);
    g_free (track->verdicts);
    g_array_unref (track->shifts);
}

/* Conversions have no widget by day: they are the rate of the sessions. */
static double *
read_counts (const Answers *answers, const Watched *of)
{
    int n = period_days (answers->history);
    double *counts = g_new (double, n);
    g_autofree double *rates = NULL;

    answer_days (answers_past (answers, "ga4.sessions"), NULL, answers->history, counts);
    if (g_str_equal (of->counted, "ga4.sessions"))
        return counts;
    rates = g_new (double, n);
    answer_days (answers_past (answers, "ga4.conv_rate"), NULL, answers->history, rates);
    for (int i = 0; i < n; i++)
        counts[i] *= rates[i];
    return counts;
}

/* The first day that may still change. */
static guint
settled (const Answer *answer, Period history)
{
    Day through = answer_day (answer, "/quality/complete_through");
    Day open = answer_day (answer, "/quality/provisional_from");
    Day last = through == DAY_NONE ? history.from - 1 : MIN (through, history.to);

    if (open != DAY_NONE)
        last = MIN (last, open - 1);
    return last < history.from ? 0 : (guint)(last - history.from + 1);
}

static void
judge (Track *track, double threshold)
{
    Series series = { .values = track->values,
                      .counts = track->counts,
                      .is_rate = track->watched->is_rate,
                      .is_amount = track->watched->is_amount,
                      .n = track->n,
                      .settled = track->settled };

    detect_days (&series, threshold, track->verdicts);
    track->shifts =
        shift_find (track->verdicts, track->settled, threshold, track->first, &track->shift_tests);
    track->has_trend = track->settled > track->first &&
                       trend_find (track->verdicts, track->settled, track->shifts, &track->trend);
}

static void
add_track (GArray *tracks, const Answers *answers, const Watched *of, const char *part, double threshold)
{
    const Answer *answer = answers_past (answers, of->widget);
    guint n = (guint)period_days (answers->history);
    Track track = { .watched = of,
                    .part = part,
                    .values = g_new (double, n),
                    .counts = of->counted ? read_counts (answers, of) : NULL,
                    .verdicts = g_new (Verdict, n),
                    .n = n,
                    .first = (guint)(answers->request.period.from - answers->history.from),
                    .settled = settled (answer, answers->history),
                    .start = answers->history.from };

    answer_days (answer, part, answers->history, track.values);
    judge (&track, threshold);
    g_array_append_val (tracks, track);
}

GArray *
tracks_read (const Answers *answers, double threshold)
{
    GArray *tracks = g_array_new (FALSE, FALSE, sizeof (Track));
    const Answer *channels = answers_past (answers, watched_channel.widget);
    gsize n = json_array_size (answer_at (channels, "/series"));

    g_array_set_clear_func (tracks, track_clear);
    for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
        add_track (tracks, answers, &watched[i], NULL, threshold);
    for (gsize i = 0; i < MIN (n, CHANNELS_MOST); i++)
        add_track (tracks, answers, &watched_channel,
                   json_string_value (answer_atf (channels, "/series/%zu/name", i)), threshold);
    return tracks;
}

double
track_value (const Track *track, double log)
{
    return track->watched->is_rate ? exp (log) : expm1 (log);
}
