/* rules_days.c -- unusual days, new levels and trends, as sentences. */
#include "insights/insights_private.h"
#include "insights/unusual.h"

#include <math.h>
#include <string.h>

#define MORE_THAN 2.0 /* times what it goes with: then it is news */
#define ALSO_MOST 2   /* more unusual days of the same series, in the same breath */

static Group
group_of (const Unusual *event)
{
    const char *widget = event->watched->widget;

    return g_str_has_prefix (widget, "ga4.")    ? GROUP_TRAFFIC
           : g_str_has_prefix (widget, "meta.") ? GROUP_ADS
                                                : GROUP_CONTENT;
}

static Fact *
event_fact (Insights *insights, const char *metric, const Unusual *event, double value, Unit unit)
{
    const Answer *past = answers_past (&insights->answers, event->watched->widget);
    g_autofree char *name = g_strconcat (event->watched->metric, ".", metric, NULL);
    Fact *fact = fact_reckon (insights, g_intern_string (name), past, event->part, value, unit);

    if (!fact)
        return NULL;
    fact->window = fact->evidence.period = event->days;
    fact->figure.rough = !g_str_equal (metric, "unusual"); /* all else stands after "about" */
    if (g_str_equal (metric, "unusual") && !event->part)
        fact->pointer = g_strdup ("/stats/value");
    if (period_days (event->before) > 0)
        fact->evidence.comparison = (Comparison){ COMPARE_CUSTOM, event->before };
    return fact;
}

static double
relative (const Unusual *event)
{
    return event->expected > 0 ? event->actual / event->expected - 1 : NAN;
}

static Fact *
change_fact (Insights *insights, const char *metric, const Unusual *event, double value)
{
    Fact *fact = event_fact (insights, metric, event, value, UNIT_PERCENT);

    if (!fact)
        return NULL;
    fact->is_change = TRUE;
    fact->before = event->before;
    return fact;
}

static Bullet *
begin (Insights *insights, const Unusual *event)
{
    return bullet_add (insights->bullets, group_of (event), 50 + MIN (38, 100 * event->impact));
}

static void
cite_tests (Insights *insights, Bullet *bullet, const char *metric, const Unusual *event, guint tests)
{
    bullet_cite (bullet, event_fact (insights, metric, event, tests, UNIT_COUNT));
}

/* ---- unusual days ---- */

typedef struct {
    Fact *actual, *expected, *more;
} Odd;

static gboolean
odd_facts (Insights *insights, const Unusual *event, Odd *odd)
{
    Unit unit = event->watched->unit;

    *odd = (Odd){ event_fact (insights, "unusual", event, event->actual, unit),
                  event_fact (insights, "usual", event, event->expected, unit),
                  change_fact (insights, "unusual_change", event, relative (event)) };
    return odd->actual && odd->expected && odd->more;
}

static gboolean
is_nothing (const Unusual *event)
{
    return event->actual <= 0 && !event->watched->is_rate;
}

static void
say_day (Bullet *bullet, const Unusual *event, const Odd *odd)
{
    const char *things = event->watched->things;
    const char *usual =
        event->days.from == event->days.to ? "is usual on such a day" : "is usual on such days";

    if (is_nothing (event))
        bullet_say (bullet,
                    event->part ? "{window}: none of the usual {text} (about {}) for {name}."
                                : "{window}: none of the usual {text} (about {}).",
                    odd->actual, event->watched->name, odd->expected, odd->expected);
    else if (event->part)
        bullet_say (bullet, "{window}: {} {text} from {name}, {more} than {text} (about {}).", odd->actual,
                    odd->actual, things, odd->actual, odd->more, usual, odd->expected);
    else
        bullet_say (bullet, "{window}: {} {text}, {more} than {text} (about {}).", odd->actual, odd->actual,
                    things, odd->more, usual, odd->expected);
}

static void
say_also (Bullet *bullet, const Unusual *event, const Odd *odd)
{
    if (is_nothing (event))
        bullet_say (bullet, "Also unusual: {window}, with none at all (usual: about {}).", odd->actual,
                    odd->expected);
    else
        bullet_say (bullet, "Also unusual: {window}, with {} ({more} than the usual {}).", odd->actual,
                    odd->actual, odd->more, odd->expected);
}

static gboolean
is_same_series (const Unusual *one, const Unusual *other)
{
    return one->watched == other->watched && g_strcmp0 (one->part, other->part) == 0;
}

/* The other unusual days of the same series, which are then told too. */
static void
add_others (Insights *insights, Bullet *bullet, const GArray *events, guint at, gboolean *told)
{
    const Unusual *event = &g_array_index (events, Unusual, at);
    guint also = 0;

    for (guint i = at + 1; i < events->len && also < ALSO_MOST; i++) {
        const Unusual *other = &g_array_index (events, Unusual, i);
        Odd odd;

        if (other->kind != UNUSUAL_DAYS || !is_same_series (event, other) ||
            !odd_facts (insights, other, &odd))
            continue;
        say_also (bullet, other, &odd);
        told[i] = TRUE;
        also++;
    }
}

static gboolean
say_days (Insights *insights, const GArray *events, guint at, const UnusualTests *tests, gboolean *told)
{
    const Unusual *event = &g_array_index (events, Unusual, at);
    Bullet *bullet;
    Odd odd;

    if (!odd_facts (insights, event, &odd))
        return FALSE;
    bullet = begin (insights, event);
    say_day (bullet, event, &odd);
    bullet_say (bullet, "{text}", event->score > 0 ? event->watched->up : event->watched->down);
    add_others (insights, bullet, events, at, told);
    cite_tests (insights, bullet, "tested_days", event, tests->days);
    return TRUE;
}

/* ---- levels ---- */

/* "sessions", or "sessions from “Email”". */
static void
say_series (Bullet *bullet, const Unusual *event, Fact *fact)
{
    if (event->part)
        bullet_go_on (bullet, " {text} from {name}", event->watched->name, fact);
    else
        bullet_go_on (bullet, " {text}", event->watched->name);
}

static const char *
a_day (const Unusual *event)
{
    return event->watched->is_rate ? "" : " a day";
}

static void
say_now (Bullet *bullet, const Unusual *event, Fact *change, Fact *now, Fact *before)
{
    const char *verb = event->watched->is_one ? "has been" : "have been";

    bullet_say (bullet, "Since {day}", change);
    say_series (bullet, event, change);
    if (event->is_return)
        bullet_go_on (
            bullet,
            " {text} back near the earlier level, at about {}{text}: {more} than the {}{text} in between.",
            verb, now, a_day (event), change, before, a_day (event));
    else
        bullet_go_on (bullet, " {text} about {size} {text} the four weeks before: about {}{text}, after {}.",
                      verb, change, change->figure.value > 0 ? "above" : "below", now, a_day (event), before);
}

static void
say_then (Bullet *bullet, const Unusual *event, Fact *change, Fact *now, Fact *before)
{
    bullet_say (bullet, "{window}:", change);
    say_series (bullet, event, change);
    bullet_go_on (
        bullet, " {text} about {size} {text} the four weeks before: about {}{text}, after {}. {text}",
        event->watched->is_one ? "was" : "were", change, change->figure.value > 0 ? "above" : "below", now,
        a_day (event), before, event->is_undone ? "It did not last." : "Then it changed again.");
}

static void
say_driver (Insights *insights, Bullet *bullet, const Unusual *event)
{
    Unusual part = *event;
    Fact *fact;

    if (!event->driver)
        return;
    part.part = (char *)event->driver;
    fact = event_fact (insights, "level_part", &part, event->driver_change, UNIT_COUNT);
    if (!fact)
        return;
    fact->is_change = TRUE;
    fact->evidence.widget = "ga4.traffic_channels";
    bullet_say (bullet, "Most of it is {name}, whose level changed by {signed} a day at the same time.", fact,
                fact);
}

static gboolean
say_level (Insights *insights, const Unusual *event, const UnusualTests *tests)
{
    Fact *change = change_fact (insights, "level_change", event, relative (event));
    Fact *now = event_fact (insights, "level", event, event->actual, event->watched->unit);
    Fact *before = event_fact (insights, "level_before", event, event->expected, event->watched->unit);
    Bullet *bullet;

    if (!change || !now || !before)
        return FALSE;
    before->window = event->before;
    bullet = begin (insights, event);
    (event->is_over ? say_then : say_now) (bullet, event, change, now, before);
    say_driver (insights, bullet, event);
    if (!event->is_over && !event->is_return)
        bullet_say (bullet, "{text}", event->score > 0 ? event->watched->more : event->watched->less);
    cite_tests (insights, bullet, "tested_weeks", event, tests->weeks);
    return TRUE;
}

/* ---- trends ---- */

static gboolean
say_trend (Insights *insights, const Unusual *event, const UnusualTests *tests)
{
    Fact *slope = change_fact (insights, "trend", event, event->slope);
    Fact *weeks = event_fact (insights, "trend_weeks", event, event->weeks, UNIT_COUNT);
    Fact *from = event_fact (insights, "trend_start", event, event->expected, event->watched->unit);
    Fact *to = event_fact (insights, "trend_end", event, event->actual, event->watched->unit);
    Bullet *bullet;

    if (!slope || !weeks || !from || !to)
        return FALSE;
    bullet = begin (insights, event);
    bullet_say (bullet, "{text}", event->watched->title);
    if (event->part)
        bullet_go_on (bullet, " from {name}", slope);
    bullet_go_on (
        bullet,
        " {text} {text} by about {size} a week for {|week|weeks} ({window}), from about {}{text} to {}.",
        event->watched->is_one ? "has" : "have", event->slope > 0 ? "grown" : "fallen", slope, weeks, slope,
        from, a_day (event), to);
    bullet_say (bullet, "{text}", event->slope > 0 ? event->watched->more : event->watched->less);
    cite_tests (insights, bullet, "tested_trends", event, tests->trends);
    return TRUE;
}

/* ---- all ---- */

/* A level goes on and on: it is the same if it began at the same time. */
static gboolean
is_at_same_time (const Unusual *one, const Unusual *other)
{
    if (one->kind == UNUSUAL_LEVEL)
        return ABS (one->days.from - other->days.from) <= SHIFT_DAYS;
    return one->days.from <= other->days.to && other->days.from <= one->days.to;
}

static gboolean
goes_with (const Unusual *event, const Unusual *one)
{
    for (guint i = 0; i < G_N_ELEMENTS (event->watched->follows); i++)
        if (!one->part && g_strcmp0 (event->watched->follows[i], one->watched->metric) == 0)
            return TRUE;
    return FALSE;
}

static double
size_of (const Unusual *event)
{
    return fabs (log1p (event->kind == UNUSUAL_TREND ? event->slope : relative (event)));
}

/* About as large, as a share? A channel's may be of any size: it is in the whole. */
static gboolean
is_as_large (const Unusual *event, const Unusual *one)
{
    return event->part || size_of (event) <= MORE_THAN * size_of (one);
}

/* The end of what did not last, which is told with both its days. */
static gboolean
is_end_of (const Unusual *event, const Unusual *one)
{
    return event->is_return && one->is_undone && is_same_series (event, one) &&
           one->days.to + 1 == event->days.from;
}

/* What it goes with shows the same: revenue has risen as sessions have, a channel as the whole. */
static gboolean
is_told (const GArray *events, const Unusual *event)
{
    for (guint i = 0; i < events->len; i++) {
        const Unusual *one = &g_array_index (events, Unusual, i);

        if (is_end_of (event, one))
            return TRUE;
        if (one->kind == event->kind && goes_with (event, one) && is_at_same_time (one, event) &&
            one->score * event->score > 0 && is_as_large (event, one))
            return TRUE;
    }
    return FALSE;
}

static gboolean
say (Insights *insights, const GArray *events, guint i, const UnusualTests *tests, gboolean *told)
{
    const Unusual *event = &g_array_index (events, Unusual, i);

    switch (event->kind) {
    case UNUSUAL_LEVEL:
        return say_level (insights, event, tests);
    case UNUSUAL_TREND:
        return say_trend (insights, event, tests);
    default:
        return say_days (insights, events, i, tests, told);
    }
}

void
rules_days (Insights *insights)
{
    UnusualTests tests;
    g_autoptr (GArray) events = unusual_find (&insights->answers, insights->sensitivity, &tests);
    g_autofree gboolean *told = g_new0 (gboolean, events->len + 1);
    guint said = 0;

    for (guint i = 0; i < events->len && said < UNUSUAL_MOST; i++)
        if (!told[i] && !is_told (events, &g_array_index (events, Unusual, i)))
            said += say (insights, events, i, &tests, told);
}
