/* rules_targets.c -- is what was aimed for within reach? */
#include "insights/insights_private.h"

#include <math.h>

static double
number_of (json_t *object, const char *member)
{
    json_t *value = json_object_get (object, member);

    return json_is_number (value) ? json_number_value (value) : NAN;
}

/* About its own window, which need not be the asked one. */
static Fact *
target_fact (Insights *insights, const char *metric, const Widget *widget, json_t *target, double value)
{
    json_t *progress = json_object_get (target, "progress");
    Fact like = { .metric = metric,
                  .figure = { .value = value,
                              .unit = widget->unit,
                              .currency = json_string_value (json_object_get (target, "currency")) },
                  .before = NO_PERIOD,
                  .evidence = { .widget = widget->key, .sources = SOURCE_ALL } };

    if (!isfinite (value) ||
        !day_parse (json_string_value (json_object_get (progress, "start")), &like.window.from) ||
        !day_parse (json_string_value (json_object_get (progress, "end")), &like.window.to))
        return NULL;
    like.evidence.period = like.window;
    return facts_add (insights->facts, &like);
}

static const char *
verdict_of (json_t *progress, gboolean good_up)
{
    json_t *on_track = json_object_get (progress, "on_track");

    if (json_is_true (on_track))
        return "it is on its way.";
    if (!json_is_false (on_track))
        return "it is too early to say whether it will be reached.";
    return good_up ? "it is behind: decide now what to add, or lower the target."
                   : "it is off its course: decide now what to change, or move the target.";
}

static void
say_target (Insights *insights, json_t *target)
{
    json_t *progress = json_object_get (target, "progress");
    const Widget *widget = widget_find (json_string_value (json_object_get (target, "widget")));
    gboolean off = json_is_false (json_object_get (progress, "on_track"));
    Fact *aim, *now, *end;
    Bullet *bullet;

    if (!widget || (widget->needs & ~insights->answers.request.sources))
        return;
    aim = target_fact (insights, "target", widget, target, number_of (target, "value"));
    now = aim ? target_fact (insights, "target.value", widget, target, number_of (progress, "value")) : NULL;
    if (!now)
        return;
    end = target_fact (insights, "target.projected", widget, target, number_of (progress, "projected"));
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, off ? 75 : 35);
    bullet_say (bullet, "Target for {text} in {window}: {} of {} so far,", widget->title, aim, now, aim);
    if (end)
        bullet_say (bullet, "on course for {};", end);
    bullet_say (bullet, "{text}", verdict_of (progress, widget->good == GOOD_UP));
}

void
rules_targets (Insights *insights)
{
    gsize i;
    json_t *target;

    json_array_foreach (insights->targets, i, target) say_target (insights, target);
}
