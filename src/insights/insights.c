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

/* ---- facts of answers ------------------------------------------------------------------------- */

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

/* ---- the whole ---------------------------------------------------------------------------------- */

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

static GString *
write_answer (const Insights *insights)
{
    GString *text = g_string_sized_new (8192);
    Json json = JSON_INTO (text);

    json_begin_object (&json);
    json_key (&json, "items");
    bullets_write (insights->bullets, BULLETS_MOST, &json);
    json_key (&json, "facts");
    facts_write (insights->facts, &json);
    json_put_text (&json, "engine", "rules");
    json_put_null (&json, "model");
    json_end_object (&json);
    return text;
}

static void
insights_clear (Insights *insights)
{
    answers_clear (&insights->answers);
    g_clear_pointer (&insights->bullets, g_ptr_array_unref);
    g_clear_pointer (&insights->facts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Insights, insights_clear)

GString *
insights_answer (Store *store, const char *user_id, const InsightsRequest *request, json_t *targets,
                 GError **error)
{
    g_auto (Insights) insights = { .targets = targets, .sensitivity = request->sensitivity };

    if (!answers_ask (&insights.answers, store, user_id, &request->about, error))
        return NULL;
    insights.facts = facts_new ();
    insights.bullets = bullets_new ();
    return apply_rules (&insights, error) ? write_answer (&insights) : NULL;
}
