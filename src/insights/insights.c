#include "insights/insights_private.h"

#include <math.h>

#define BULLETS_MOST 3   /* of a group */
#define MOST_MISSING 0.1 /* of the days of a period that something is compared with */

/* The widget that shows which days of a source there are. */
static const struct {
    Source source;
    const char *widget;
} signs[] = {
    { SOURCE_GA4, "ga4.sessions" },
    { SOURCE_META, "meta.spend" },
    { SOURCE_INSTAGRAM, "ig.reach" },
};

gboolean
insights_has (const Insights *insights, Source source)
{
    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if ((source & signs[i].source) &&
            !json_array_size (
                answer_at (answers_now (&insights->answers, signs[i].widget), "/series/0/points")))
            return FALSE;
    return TRUE;
}

int
insights_gap (const Insights *insights, Source source)
{
    Period before = insights->answers.request.comparison.period;
    gsize missing = 0;

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (source & signs[i].source)
            missing = MAX (missing,
                           json_array_size (answer_at (answers_before (&insights->answers, signs[i].widget),
                                                       "/quality/missing_days")));
    return (int)missing > MOST_MISSING * period_days (before) ? (int)missing : 0;
}

/* ---- facts of answers ---- */

Fact *
fact_reckon (Insights *insights, const char *metric, const Answer *answer, const char *entity, double value,
             Unit unit)
{
    Fact like = { .metric = metric,
                  .entity = (char *)entity,
                  .figure = { .value = value, .unit = unit, .currency = answer_currency (answer) },
                  .before = NO_PERIOD };

    if (!answer || !isfinite (value))
        return NULL;
    if (unit != UNIT_MONEY && unit != UNIT_MONEY_PER_1000)
        like.figure.currency = NULL;
    like.evidence = answer->evidence;
    like.window = answer->evidence.period;
    return facts_add (insights->facts, &like);
}

Fact *
fact_part (Insights *insights, const char *metric, const Answer *answer, const char *entity, Unit unit,
           const char *pointer)
{
    Fact *fact = fact_reckon (insights, metric, answer, entity, answer_number (answer, pointer), unit);

    if (fact)
        fact->pointer = g_strdup (pointer);
    return fact;
}

Fact *
fact_read (Insights *insights, const char *metric, const Answer *answer, const char *pointer, Unit unit)
{
    return fact_part (insights, metric, answer, NULL, unit, pointer);
}

Fact *
fact_change (Insights *insights, const char *metric, const Answer *answer, const char *pointer)
{
    Period now, before;
    Fact *fact;

    if (!answer || !answer_basis (answer, &now, &before) ||
        insights_gap (insights, widget_find (answer->evidence.widget)->needs))
        return NULL;
    fact = fact_read (insights, metric, answer, pointer, UNIT_PERCENT);
    if (!fact)
        return NULL;
    fact->is_change = TRUE;
    fact->window = now;
    fact->before = before;
    return fact;
}

gboolean
fact_is_cut (const Fact *change)
{
    return change->window.to != change->evidence.period.to ||
           change->before.to != change->evidence.comparison.period.to;
}

Period
insights_settled (const Insights *insights, const Answer *answer)
{
    Period period = insights->answers.request.period;
    Day open = answer_day (answer, "/quality/provisional_from");

    if (open != DAY_NONE)
        period.to = MIN (period.to, open - 1);
    return period;
}

/* ---- the whole ---- */

static gboolean
apply_rules (Insights *insights, GError **error)
{
    if (!rules_cross (insights, error) || !rules_paid (insights, error) || !rules_ads (insights, error) ||
        !rules_traffic (insights, error))
        return FALSE;
    rules_content (insights);
    rules_days (insights);
    rules_targets (insights);
    return rules_quality (insights, error);
}

static Source
find_connected (const Insights *insights)
{
    Source connected = SOURCE_NONE;

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (insights_has (insights, signs[i].source))
            connected |= signs[i].source;
    return connected;
}

Insights *
insights_find (Store *store, const char *user_id, const InsightsRequest *request, json_t *targets,
               GError **error)
{
    g_autoptr (Insights) insights = g_new0 (Insights, 1);
    gboolean found;

    insights->targets = targets;
    insights->sensitivity = request->sensitivity;
    insights->facts = facts_new ();
    insights->bullets = bullets_new ();
    found = answers_ask (&insights->answers, store, user_id, &request->about, error) &&
            apply_rules (insights, error);
    if (!found)
        return NULL;
    insights->connected = find_connected (insights);
    answers_clear (&insights->answers); /* facts have what they need of them */
    insights->targets = NULL;
    return g_steal_pointer (&insights);
}

void
insights_free (Insights *insights)
{
    if (!insights)
        return;
    answers_clear (&insights->answers);
    g_clear_pointer (&insights->bullets, g_ptr_array_unref);
    g_clear_pointer (&insights->facts, g_ptr_array_unref);
    g_free (insights);
}

const GPtrArray *
insights_facts (const Insights *insights)
{
    return insights->facts;
}

const GPtrArray *
insights_bullets (const Insights *insights)
{
    return insights->bullets;
}

Source
insights_connected (const Insights *insights)
{
    return insights->connected;
}

GString *
insights_write (const Insights *insights, const GPtrArray *bullets, const char *model)
{
    GString *text = g_string_sized_new (8192);
    Json json = JSON_INTO (text);

    json_begin_object (&json);
    json_key (&json, "items");
    bullets_write (bullets ? bullets : insights->bullets, BULLETS_MOST, &json);
    json_key (&json, "facts");
    facts_write (insights->facts, &json);
    json_put_text (&json, "engine", bullets ? "llm" : "rules");
    json_put_text (&json, "model", bullets ? model : NULL);
    json_end_object (&json);
    return text;
}
