/* rules_days.c -- unusual days and new levels, as sentences. */
#include "insights/insights_private.h"
#include "insights/unusual.h"

#include <math.h>
#include <string.h>

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
    if (g_str_equal (metric, "unusual") && !event->part)
        fact->pointer = g_strdup ("/stats/value");
    return fact;
}

static void
say_day (Bullet *bullet, const Unusual *event, Fact *actual, Fact *expected, Fact *more)
{
    const char *things = event->watched->things;
    const char *usual =
        event->days.from == event->days.to ? "is usual on such a day" : "is usual on such days";

    if (event->actual <= 0 && event->watched->unit == UNIT_COUNT) {
        bullet_say (bullet,
                    event->part ? "{window}: none of the usual {text} (about {}) was counted for {name}."
                                : "{window}: none of the usual {text} (about {}) was counted.",
                    actual, things, expected, expected);
        return;
    }
    if (event->part)
        bullet_say (bullet, "{window}: {} {text} from {name}, {more} than {text} (about {}).", actual, actual,
                    things, actual, more, usual, expected);
    else
        bullet_say (bullet, "{window}: {} {text}, {more} than {text} (about {}).", actual, actual, things,
                    more, usual, expected);
}

static void
say_level (Bullet *bullet, const Unusual *event, Fact *more)
{
    if (event->part)
        bullet_say (bullet,
                    "{name} has a new level since {day}: {text} are {moved} against the weeks before and "
                    "have stayed there.",
                    more, more, event->watched->things, more);
    else
        bullet_say (
            bullet,
            "A new level since {day}: {text} are {moved} against the weeks before and have stayed there.",
            more, event->watched->things, more);
    bullet_say (bullet, "Judge the days after it against each other, not against those before.");
}

static void
say_event (Insights *insights, const Unusual *event, guint tests)
{
    Fact *actual = event_fact (insights, "unusual", event, event->actual, event->watched->unit);
    Fact *expected = event_fact (insights, "usual", event, event->expected, event->watched->unit);
    Fact *more = event_fact (insights, "unusual_change", event,
                             event->expected > 0 ? event->actual / event->expected - 1 : NAN, UNIT_PERCENT);
    Fact *tested = event_fact (insights, "tested_days", event, tests, UNIT_COUNT);
    Bullet *bullet;

    if (!actual || !expected || !more)
        return;
    more->is_change = TRUE;
    bullet = bullet_add (insights->bullets, group_of (event), 50 + MIN (38, 100 * event->impact));
    if (event->is_level)
        say_level (bullet, event, more);
    else
        say_day (bullet, event, actual, expected, more);
    if (!event->is_level)
        bullet_say (bullet, "{text}", event->score > 0 ? event->watched->up : event->watched->down);
    bullet_cite (bullet, tested);
}

/* A channel's day that the whole shows too is not told twice. */
static gboolean
is_told (const GArray *events, const Unusual *event)
{
    if (!event->part)
        return FALSE;
    for (guint i = 0; i < events->len; i++) {
        const Unusual *one = &g_array_index (events, Unusual, i);

        if (!one->part && g_str_equal (one->watched->metric, "sessions") &&
            one->days.from <= event->days.to && event->days.from <= one->days.to &&
            one->score * event->score > 0)
            return TRUE;
    }
    return FALSE;
}

void
rules_days (Insights *insights)
{
    guint tests, said = 0;
    g_autoptr (GArray) events = unusual_find (&insights->answers, &tests);

    for (guint i = 0; i < events->len && said < UNUSUAL_MOST; i++) {
        const Unusual *event = &g_array_index (events, Unusual, i);

        if (is_told (events, event))
            continue;
        say_event (insights, event, tests);
        said++;
    }
}
