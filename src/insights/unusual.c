#include "insights/unusual.h"

#include <math.h>

#define CHANNELS_MOST 8

static const Watched watched[] = {
    { .metric = "sessions",
      .widget = "ga4.sessions",
      .things = "sessions",
      .up = "Find what brought them and note it on that day, so that it can be repeated.",
      .down = "Check whether the site, its tracking or a campaign stood still then." },
    { .metric = "conversion_rate",
      .widget = "ga4.conv_rate",
      .things = "of sessions converted",
      .counted = "ga4.sessions",
      .is_rate = TRUE,
      .unit = UNIT_PERCENT,
      .up = "Compare offers and campaigns of that day with the days around it.",
      .down = "Try the form or the checkout yourself, and look for a release on that day." },
    { .metric = "revenue",
      .widget = "ga4.revenue",
      .things = "of revenue",
      .counted = "ga4.conversions",
      .unit = UNIT_MONEY,
      .up = "Look for one large order before reading a trend into it.",
      .down = "Check that orders of that day arrived in Google Analytics." },
    { .metric = "spend",
      .widget = "meta.spend",
      .things = "of ad spend",
      .unit = UNIT_MONEY,
      .up = "Check the budgets that were changed then.",
      .down = "Check for campaigns that were paused, rejected or out of budget." },
    { .metric = "purchases",
      .widget = "meta.conversions",
      .things = "purchases from ads",
      .up = "Look up which campaign they came from.",
      .down = "Check that the pixel sent purchases on that day." },
    { .metric = "reach",
      .widget = "ig.reach",
      .things = "accounts reached",
      .up = "Look in Content for what was posted then, and make another of its kind.",
      .down = "Compare with the days on which you posted." },
};

static const Watched watched_channel = {
    .metric = "channel.sessions",
    .widget = "ga4.traffic_channels",
    .things = "sessions",
    .up = "Find the link, mailing or campaign behind it.",
    .down = "Check what this channel lost then: a link, a mailing, a budget."
};

/* ---- one series
 * ------------------------------------------------------------------------------------------------ */

typedef struct {
    const Watched *watched;
    const char *part;
    double *values, *counts;
    Verdict *verdicts;
    guint n, first; /* first: of the asked period */
    Day start;
} Track;

static void
track_clear (gpointer data)
{
    Track *track = data;

    g_free (track->values);
    g_free (track->counts);
    g_free (track->verdicts);
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
add_track (GArray *tracks, const Answers *answers, const Watched *of, const char *part)
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
                    .start = answers->history.from };
    Series series = { .is_rate = of->is_rate, .n = n, .settled = settled (answer, answers->history) };

    answer_days (answer, part, answers->history, track.values);
    series.values = track.values;
    series.counts = track.counts;
    detect_days (&series, detect_threshold (SENSITIVITY_NORMAL), track.verdicts);
    g_array_append_val (tracks, track);
}

static GArray *
read_tracks (const Answers *answers)
{
    GArray *tracks = g_array_new (FALSE, FALSE, sizeof (Track));
    const Answer *channels = answers_past (answers, watched_channel.widget);
    gsize n = json_array_size (answer_at (channels, "/series"));

    g_array_set_clear_func (tracks, track_clear);
    for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
        add_track (tracks, answers, &watched[i], NULL);
    for (gsize i = 0; i < MIN (n, CHANNELS_MOST); i++)
        add_track (tracks, answers, &watched_channel,
                   json_string_value (answer_atf (channels, "/series/%zu/name", i)));
    return tracks;
}

/* ---- all tests of the run
 * --------------------------------------------------------------------------------------------- */

static guint
add_scores (const GArray *tracks, gboolean before_only, GArray *scores)
{
    for (guint i = 0; i < tracks->len; i++) {
        const Track *track = &g_array_index (tracks, Track, i);

        for (guint t = 0; t < (before_only ? track->first : track->n); t++)
            if (isfinite (track->verdicts[t].score) && (before_only || !track->verdicts[t].unusual))
                g_array_append_val (scores, track->verdicts[t].score);
    }
    return scores->len;
}

/* The scores of before the period tell how rare a score is; of a young account there are too few. */
static Tail *
tail_of (const GArray *tracks)
{
    g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (double));

    if (add_scores (tracks, TRUE, scores) < 180) {
        g_array_set_size (scores, 0);
        add_scores (tracks, FALSE, scores);
    }
    return tail_new ((const double *)(gconstpointer)scores->data, scores->len);
}

/* What is unusual by itself but not among so many tests is no longer. How many there were. */
static guint
control (const GArray *tracks)
{
    g_autoptr (Tail) tail = tail_of (tracks);
    g_autoptr (GArray) p = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GPtrArray) of = g_ptr_array_new ();
    g_autofree gboolean *keep = NULL;

    for (guint i = 0; i < tracks->len; i++) {
        const Track *track = &g_array_index (tracks, Track, i);

        for (guint t = track->first; t < track->n; t++) {
            double one = tail_p (tail, track->verdicts[t].score);

            if (!isfinite (track->verdicts[t].score))
                continue;
            g_array_append_val (p, one);
            g_ptr_array_add (of, &track->verdicts[t]);
        }
    }
    keep = g_new0 (gboolean, p->len + 1);
    detect_keep ((const double *)(gconstpointer)p->data, p->len, UNUSUAL_Q, keep);
    for (guint i = 0; i < p->len; i++)
        if (!keep[i])
            ((Verdict *)of->pdata[i])->unusual = FALSE;
    return p->len;
}

/* ---- what is told of it
 * --------------------------------------------------------------------------------------------------- */

static gboolean
adds_up (const Watched *of)
{
    return !of->is_rate;
}

static double
total_of (const Track *track)
{
    double total = 0;

    for (guint t = track->first; t < track->n; t++)
        total += isfinite (track->values[t]) ? track->values[t] : 0;
    return total;
}

/* Days from to to, which are all unusual the same way. */
static Unusual
event_of (const Track *track, guint from, guint to)
{
    Unusual event = { .watched = track->watched,
                      .part = g_strdup (track->part),
                      .days = { track->start + (Day)from, track->start + (Day)to } };
    guint peak = from;

    for (guint t = from; t <= to; t++) {
        if (fabs (track->verdicts[t].score) > fabs (track->verdicts[peak].score))
            peak = t;
        event.actual += track->values[t];
        event.expected += track->verdicts[t].expected;
    }
    event.score = track->verdicts[peak].score;
    if (!adds_up (track->watched)) {
        event.actual = track->values[peak];
        event.expected = track->verdicts[peak].expected;
        event.days = (Period){ track->start + (Day)peak, track->start + (Day)peak };
    }
    event.impact = fabs (event.actual - event.expected) / MAX (total_of (track), 1e-9);
    if (!adds_up (track->watched))
        event.impact =
            fabs (log (MAX (event.actual, 1e-6) / MAX (event.expected, 1e-6))) / (track->n - track->first);
    event.impact *= MIN (fabs (event.score), 12);
    return event;
}

static gboolean
goes_on (const Track *track, guint t)
{
    return t + 1 < track->n && track->verdicts[t + 1].unusual &&
           track->verdicts[t + 1].score * track->verdicts[t].score > 0;
}

/* The run that became the level, as one; its days are not told one by one. */
static void
add_levels (const Track *track, GArray *events)
{
    for (guint t = track->first; t < track->n; t++) {
        Unusual event;

        if (!track->verdicts[t].new_level)
            continue;
        event = event_of (track, track->verdicts[t].since, t);
        event.is_level = TRUE;
        g_array_append_val (events, event);
        for (guint i = track->verdicts[t].since; i <= t; i++)
            track->verdicts[i].unusual = FALSE;
    }
}

static void
add_events (const Track *track, GArray *events)
{
    add_levels (track, events);
    for (guint t = track->first; t < track->n; t++) {
        guint from = t;
        Unusual event;

        if (!track->verdicts[t].unusual)
            continue;
        while (goes_on (track, t))
            t++;
        event = event_of (track, from, t);
        g_array_append_val (events, event);
    }
}

static gint
compare_events (gconstpointer a, gconstpointer b)
{
    const Unusual *one = a, *other = b;

    return (one->impact < other->impact) - (one->impact > other->impact);
}

static void
event_clear (gpointer data)
{
    g_free (((Unusual *)data)->part);
}

GArray *
unusual_find (const Answers *answers, guint *tests)
{
    g_autoptr (GArray) tracks = read_tracks (answers);
    GArray *events = g_array_new (FALSE, FALSE, sizeof (Unusual));

    g_array_set_clear_func (events, event_clear);
    *tests = control (tracks);
    for (guint i = 0; i < tracks->len; i++)
        add_events (&g_array_index (tracks, Track, i), events);
    g_array_sort (events, compare_events);
    return events;
}
