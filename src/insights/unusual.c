#include "insights/unusual.h"

#include "insights/chance.h"

#include <math.h>

#define SCORES_FEWEST 180
#define SCORE_MOST    12.0 /* more is no surer */
#define HALF_LIFE     7.0  /* days, at least: after so many it weighs half */
#define SAME_SHIFT    5    /* days: a channel's that began so near is the same */
#define DRIVES        0.5  /* of the change */

/* ---- all tests of the run ---- */

/* Tests of one family: what each has, and where its verdict is. */
typedef struct {
    GArray *p;       /* of double */
    GPtrArray *mark; /* of gboolean *; NULL: a test whose outcome nobody asks for */
} Family;

static Family
family_new (void)
{
    return (Family){ g_array_new (FALSE, FALSE, sizeof (double)), g_ptr_array_new () };
}

static void
family_clear (Family *family)
{
    g_array_unref (family->p);
    g_ptr_array_unref (family->mark);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Family, family_clear)

static void
family_add (Family *family, double p, gboolean *mark)
{
    g_array_append_val (family->p, p);
    g_ptr_array_add (family->mark, mark);
}

/* What is unusual by itself but not among so many tests is no longer. How many there were. */
static guint
family_judge (const Family *family, double q, Tests tests)
{
    guint n = family->p->len;
    g_autofree gboolean *keep = g_new0 (gboolean, n + 1);

    chance_keep ((const double *)(gconstpointer)family->p->data, n, q, tests, keep);
    for (guint i = 0; i < n; i++)
        if (!keep[i] && family->mark->pdata[i])
            *(gboolean *)family->mark->pdata[i] = FALSE;
    return n;
}

static Track *
track_at (const GArray *tracks, guint i)
{
    return &g_array_index (tracks, Track, i);
}

static Shift *
shift_at (const Track *track, guint i)
{
    return &g_array_index (track->shifts, Shift, i);
}

static guint
add_scores (const GArray *tracks, gboolean before_only, GArray *scores)
{
    for (guint i = 0; i < tracks->len; i++) {
        const Track *track = track_at (tracks, i);

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

    if (add_scores (tracks, TRUE, scores) < SCORES_FEWEST) {
        g_array_set_size (scores, 0);
        add_scores (tracks, FALSE, scores);
    }
    return tail_new ((const double *)(gconstpointer)scores->data, scores->len);
}

/* Channels are parts of the same visits, which go up and down together and against each other: a family of
 * their own, so that a user with many of them doesn't lose sight of the whole. */
static guint
control_days (const GArray *tracks, double q)
{
    g_autoptr (Tail) tail = tail_of (tracks);
    g_auto (Family) parts = family_new (), wholes = family_new ();

    for (guint i = 0; i < tracks->len; i++) {
        Track *track = track_at (tracks, i);
        Family *family = track->part ? &parts : &wholes;

        for (guint t = track->first; t < track->n; t++)
            if (isfinite (track->verdicts[t].score))
                family_add (family, tail_p (tail, track->verdicts[t].score), &track->verdicts[t].unusual);
    }
    return family_judge (&parts, q, TESTS_ENTANGLED) + family_judge (&wholes, q, TESTS_ALONE);
}

/* Is it known only since the period began? */
static gboolean
is_news (const Track *track, const Shift *shift)
{
    return shift->at + SHIFT_DAYS > track->first;
}

static guint
control_shifts (const GArray *tracks, double q)
{
    g_auto (Family) family = family_new ();

    for (guint i = 0; i < tracks->len; i++) {
        Track *track = track_at (tracks, i);
        guint found = 0;

        for (guint j = 0; j < track->shifts->len; j++)
            if (is_news (track, shift_at (track, j))) {
                family_add (&family, shift_at (track, j)->p, &shift_at (track, j)->is_told);
                found++;
            }
        for (; found < track->shift_tests; found++)
            family_add (&family, 1, NULL);
    }
    return family_judge (&family, q, TESTS_ENTANGLED);
}

static guint
control_trends (const GArray *tracks, double q)
{
    g_auto (Family) family = family_new ();

    for (guint i = 0; i < tracks->len; i++) {
        Track *track = track_at (tracks, i);

        if (track->has_trend)
            family_add (&family, track->trend.p, &track->trend.is_large);
    }
    return family_judge (&family, q, TESTS_ENTANGLED);
}

/* ---- impact ---- */

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

/* A channel moves as much as it moves of all sessions, which is the first track. */
static double
share_of (const GArray *tracks, const Track *track)
{
    const Track *whole = track_at (tracks, 0);

    if (!track->part)
        return 1;
    return CLAMP (total_of (track) / MAX (total_of (whole), 1e-9), 0, 1);
}

/* What could be told so many days ago has been told since: it weighs half every half-life. */
static double
freshness (const Track *track, guint known)
{
    double age = track->n - 1 > known ? track->n - 1 - known : 0;

    return exp2 (-age / MAX (HALF_LIFE, (track->n - track->first) / 2.0));
}

static double
weigh (const GArray *tracks, const Track *track, double moved, double score, guint known)
{
    return moved * share_of (tracks, track) * MIN (fabs (score), SCORE_MOST) * freshness (track, known);
}

static Period
days_of (const Track *track, guint from, guint to)
{
    return (Period){ track->start + (Day)from, track->start + (Day)to };
}

/* ---- days ---- */

/* Of days that don't add up, only the oddest is told. */
static void
keep_peak (const Track *track, guint peak, Unusual *event)
{
    event->actual = track->values[peak];
    event->expected = track->verdicts[peak].expected;
    event->days = days_of (track, peak, peak);
}

/* Days from to to, which are all unusual the same way. */
static Unusual
event_of (const GArray *tracks, const Track *track, guint from, guint to)
{
    Unusual event = { .watched = track->watched,
                      .part = g_strdup (track->part),
                      .days = days_of (track, from, to),
                      .before = NO_PERIOD };
    guint peak = from;
    double moved;

    for (guint t = from; t <= to; t++) {
        if (fabs (track->verdicts[t].score) > fabs (track->verdicts[peak].score))
            peak = t;
        event.actual += track->values[t];
        event.expected += track->verdicts[t].expected;
    }
    event.score = track->verdicts[peak].score;
    if (!adds_up (track->watched))
        keep_peak (track, peak, &event);
    moved = adds_up (track->watched) ? fabs (event.actual - event.expected) / MAX (total_of (track), 1e-9)
                                     : fabs (log (MAX (event.actual, 1e-6) / MAX (event.expected, 1e-6))) /
                                           (track->n - track->first);
    event.impact = weigh (tracks, track, moved, event.score, to);
    return event;
}

static gboolean
goes_on (const Track *track, guint t)
{
    return t + 1 < track->n && track->verdicts[t + 1].unusual &&
           track->verdicts[t + 1].score * track->verdicts[t].score > 0;
}

static void
add_days (const GArray *tracks, const Track *track, GArray *events)
{
    for (guint t = track->first; t < track->n; t++) {
        guint from = t;
        Unusual event;

        if (!track->verdicts[t].unusual)
            continue;
        while (goes_on (track, t))
            t++;
        event = event_of (tracks, track, from, t);
        g_array_append_val (events, event);
    }
}

/* ---- levels ---- */

/* Days that are nothing but the new level are not told one by one. */
static void
absorb (const Track *track, guint from, guint to, double way)
{
    for (guint t = from; t <= to && t < track->n; t++)
        if (track->verdicts[t].score * way > 0)
            track->verdicts[t].unusual = FALSE;
}

static Unusual
level_of (const GArray *tracks, const Track *track, const Shift *shift)
{
    Unusual event = { .kind = UNUSUAL_LEVEL,
                      .watched = track->watched,
                      .part = g_strdup (track->part),
                      .days = days_of (track, shift->at, shift->until),
                      .before = days_of (track, shift->at - MIN (shift->at, SHIFT_BEFORE), shift->at - 1),
                      .actual = track_value (track, shift->now),
                      .expected = track_value (track, shift->before),
                      .score = shift->score,
                      .is_over = shift->until + 1 < track->settled,
                      .is_undone = shift->is_undone,
                      .is_return = shift->is_return };
    double days = shift->until + 1 - MAX (shift->at, track->first);

    event.impact =
        weigh (tracks, track,
               fabs (event.actual / MAX (event.expected, 1e-9) - 1) * days / (track->n - track->first),
               shift->score, shift->at + SHIFT_DAYS - 1);
    return event;
}

/* A run of unusual days that became the level, where the two windows didn't see it. */
static Shift
shift_of_run (const Track *track, guint at, guint until)
{
    const Verdict *last = &track->verdicts[until];

    return (Shift){ .at = at,
                    .until = track->settled - 1,
                    .before = log1p (last->expected),
                    .now = log1p (MAX (track->values[until], 0)),
                    .score = last->score,
                    .p = 0 };
}

static gboolean
has_shift_near (const Track *track, guint at)
{
    for (guint i = 0; i < track->shifts->len; i++)
        if (ABS ((int)shift_at (track, i)->at - (int)at) <= SHIFT_NEXT)
            return TRUE;
    return FALSE;
}

static void
add_runs (const GArray *tracks, const Track *track, GArray *events)
{
    for (guint t = track->first; t < track->n; t++) {
        guint since = track->verdicts[t].since;

        if (!track->verdicts[t].new_level)
            continue;
        if (!has_shift_near (track, since) && adds_up (track->watched)) {
            Shift shift = shift_of_run (track, since, t);
            Unusual event = level_of (tracks, track, &shift);

            g_array_append_val (events, event);
        }
        absorb (track, since, t, track->verdicts[t].score);
    }
}

static void
add_levels (const GArray *tracks, const Track *track, GArray *events)
{
    for (guint i = 0; i < track->shifts->len; i++) {
        const Shift *shift = shift_at (track, i);
        Unusual event;

        if (!is_news (track, shift))
            continue;
        absorb (track, shift->at, MIN (shift->until, shift->at + SHIFT_BEFORE), shift->now - shift->before);
        if (!shift->is_told)
            continue;
        event = level_of (tracks, track, shift);
        g_array_append_val (events, event);
    }
    add_runs (tracks, track, events);
}

/* ---- trends ---- */

static void
add_trend (const GArray *tracks, const Track *track, GArray *events)
{
    const Trend *trend = &track->trend;
    Unusual event;

    if (!track->has_trend || !trend->is_large)
        return;
    event = (Unusual){ .kind = UNUSUAL_TREND,
                       .watched = track->watched,
                       .part = g_strdup (track->part),
                       .days = days_of (track, trend->from, trend->to),
                       .before = NO_PERIOD,
                       .actual = track_value (track, trend->end),
                       .expected = track_value (track, trend->start),
                       .slope = expm1 (trend->slope),
                       .weeks = trend->weeks,
                       .score = trend->slope > 0 ? 1 : -1 };
    /* Half of it, as much as the line lies above its beginning; as sure as four deviations. */
    event.impact = weigh (tracks, track, fabs (expm1 (trend->slope * (trend->weeks - 1))) / 2, 4, trend->to);
    g_array_append_val (events, event);
}

/* ---- together ---- */

/* The channel whose level changed at the same time and made most of it. */
static void
find_driver (const GArray *tracks, Unusual *event)
{
    double most = DRIVES * fabs (event->actual - event->expected);

    if (event->kind != UNUSUAL_LEVEL || event->part || !g_str_equal (event->watched->metric, "sessions"))
        return;
    for (guint i = 0; i < tracks->len; i++) {
        const Track *track = track_at (tracks, i);

        for (guint j = 0; track->part && j < track->shifts->len; j++) {
            const Shift *shift = shift_at (track, j);
            double change = track_value (track, shift->now) - track_value (track, shift->before);

            if (ABS ((int)(track->start + (Day)shift->at) - (int)event->days.from) > SAME_SHIFT ||
                change * (event->actual - event->expected) <= 0 || fabs (change) < most)
                continue;
            most = fabs (change);
            event->driver = track->part;
            event->driver_change = change;
        }
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

/* At most so much of what is told is chance. */
static double
false_share (Sensitivity sensitivity)
{
    return sensitivity == SENSITIVITY_LOW    ? UNUSUAL_Q / 2
           : sensitivity == SENSITIVITY_HIGH ? UNUSUAL_Q * 2
                                             : UNUSUAL_Q;
}

GArray *
unusual_find (const Answers *answers, Sensitivity sensitivity, UnusualTests *tests)
{
    g_autoptr (GArray) tracks = tracks_read (answers, detect_threshold (sensitivity));
    GArray *events = g_array_new (FALSE, FALSE, sizeof (Unusual));
    double q = false_share (sensitivity);

    g_array_set_clear_func (events, event_clear);
    *tests =
        (UnusualTests){ control_days (tracks, q), control_shifts (tracks, q), control_trends (tracks, q) };
    for (guint i = 0; i < tracks->len; i++) {
        add_levels (tracks, track_at (tracks, i), events);
        add_days (tracks, track_at (tracks, i), events);
        add_trend (tracks, track_at (tracks, i), events);
    }
    for (guint i = 0; i < events->len; i++)
        find_driver (tracks, &g_array_index (events, Unusual, i));
    g_array_sort (events, compare_events);
    return events;
}
