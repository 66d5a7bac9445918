/* rules_targets.c -- is what was aimed for within reach? */
#include "base/member.h"
#include "insights/insights_private.h"

static Unit
unit_of (json_t *target)
{
    for (Unit unit = UNIT_COUNT; unit <= UNIT_RATIO; unit++)
        if (g_strcmp0 (unit_name (unit), member_text (target, "unit")) == 0)
            return unit;
    return UNIT_COUNT;
}

/* Of a widget that the user has made of a formula; NULL: it is one of ours, whose title is a word of ours. */
static const char *
own_title (json_t *target)
{
    return widget_find (member_text (target, "widget")) ? NULL : member_text (target, "title");
}

/* About its own window, which need not be the asked one. */
static Fact *
target_fact (Insights *insights, const char *metric, json_t *target, double value)
{
    json_t *progress = json_object_get (target, "progress");
    Fact like = {
        .metric = metric,
        .entity = (char *)member_text (target, "title"),
        .figure = { .value = value, .unit = unit_of (target), .currency = member_text (target, "currency") },
        .before = NO_PERIOD,
        .evidence = { .widget = g_intern_string (member_text (target, "widget")), .sources = SOURCE_ALL }
    };

    if (!isfinite (value) || !day_parse (member_text (progress, "start"), &like.window.from) ||
        !day_parse (member_text (progress, "end"), &like.window.to))
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

/* Is a source of it switched off here? */
static gboolean
is_off (const Insights *insights, json_t *target)
{
    const Widget *widget = widget_find (member_text (target, "widget"));

    return widget && (widget->needs & ~insights->answers.request.sources);
}

static void
say_target (Insights *insights, json_t *target)
{
    json_t *progress = json_object_get (target, "progress");
    gboolean off = json_is_false (json_object_get (progress, "on_track"));
    Fact *aim, *now, *end;
    Bullet *bullet;

    if (is_off (insights, target))
        return;
    aim = target_fact (insights, "target", target, member_number (target, "value"));
    now = aim ? target_fact (insights, "target.value", target, member_number (progress, "value")) : NULL;
    if (!now)
        return;
    end = target_fact (insights, "target.projected", target, member_number (progress, "projected"));
    bullet = bullet_add (insights->bullets, GROUP_CROSS_CHANNEL, off ? 75 : 35);
    if (own_title (target))
        bullet_say (bullet, "Target for {name}", aim);
    else
        bullet_say (bullet, "Target for {text}", member_text (target, "title"));
    bullet_go_on (bullet, " in {window}: {} of {} so far,", aim, now, aim);
    if (end)
        bullet_say (bullet, "on course for {};", end);
    bullet_say (bullet, "{text}", verdict_of (progress, g_strcmp0 (member_text (target, "good"), "up") == 0));
}

void
rules_targets (Insights *insights)
{
    gsize i;
    json_t *target;

    json_array_foreach (insights->targets, i, target) say_target (insights, target);
}
