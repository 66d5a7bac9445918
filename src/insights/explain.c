#include "insights/explain_private.h"

#include "base/fault.h"
#include "query/coverage.h"

#include <math.h>
#include <string.h>

#define MOST_PARTS 100 /* smaller ones are put together */

/* ---- what can be asked ---- */

/* A user's own widget has its subject made, in own. */
static const Subject *
find_subject (const Widget *widget, const char *metric, Own *own)
{
    if (!widget->custom)
        return subject_find (widget->key, metric);
    own_init (own, widget);
    return metric ? NULL : &own->subject;
}

static gboolean
refuse (const Widget *widget, const char *metric, const Subject *subject, GError **error)
{
    if (metric && (widget->custom || subject_find (widget->key, NULL)))
        return fault_set_status (error, 422, "not-explainable",
                                 "%s has no number \"%.40s\" whose change could be split", widget->key,
                                 metric);
    return fault_set_status (error, 422, "not-explainable", "%s: %s", widget->key,
                             subject ? subject->why_not : "its change can't be split into parts.");
}

gboolean
explain_check (const Widget *widget, const ExplainOf *of, GError **error)
{
    Own own;
    const Subject *subject = find_subject (widget, of->metric, &own);
    g_autofree char *choices = NULL, *why = NULL;

    if (!subject || !subject->splits)
        return refuse (widget, of->metric, subject, error);
    if (!of->by || subject_split (subject, of->by))
        return TRUE;
    choices = subject_choices (subject);
    why = widget->custom ? own_why_not (widget, of->by) : NULL;
    return fault_set_status (error, 422, "unknown-split", "%s can't be split by \"%.40s\"%s%s; by can be %s",
                             widget->key, of->by, why ? ": " : "", why ? why : "", choices);
}

static void
write_ways (const Subject *subject, Json *json)
{
    json_begin_array (json);
    for (const Split *split = subject ? subject->splits : NULL; split && split->by; split++)
        json_text (json, split->by);
    json_end_array (json);
}

void
explain_describe (const Widget *widget, Json *json)
{
    Own own;
    const Subject *one = find_subject (widget, NULL, &own);

    json_key (json, "explain");
    write_ways (one, json);
    json_key (json, "explain_metrics");
    json_begin_object (json);
    while (one && (one = subject_next (widget->key, one))) {
        json_key (json, one->metric);
        write_ways (one, json);
    }
    json_end_object (json);
}

/* ---- the order, and what is put together ---- */

static void
add_part (Part *sum, const Part *part, gboolean ratio)
{
    for (int period = 0; period < PERIODS; period++) {
        add_to (&sum->sums.num[period], part->sums.num[period]);
        add_to (&sum->sums.den[period], part->sums.den[period]);
        sum->value[period] = (Number){ sum->sums.num[period], ratio ? sum->sums.den[period] : 1 };
    }
    sum->sums.change += part->sums.change;
    sum->sums.mix += part->sums.mix;
    sum->sums.rate += part->sums.rate;
    sum->items += part->items;
}

/* Parts of two sides have units of their own and are few: accounts of one user. */
static void
put_together (Explanation *explanation)
{
    GArray *parts = explanation->parts;
    Part others = { .unit = explanation->unit };

    if (parts->len <= MOST_PARTS || explanation->split->kind != SPLIT_SEGMENTS)
        return;
    for (guint i = MOST_PARTS - 1; i < parts->len; i++)
        add_part (&others, part_at (explanation, i), is_ratio (explanation));
    explanation->others = g_strdup_printf ("%u others", others.items);
    others.name = explanation->others;
    g_array_set_size (parts, MOST_PARTS - 1);
    g_array_append_val (parts, others);
}

/* ---- as it is shown ---- */

static int
decimals_of (Unit unit)
{
    return unit == UNIT_COUNT ? 0 : unit == UNIT_PERCENT ? 4 : 2;
}

static void
round_parts (Explanation *explanation)
{
    guint n = explanation->parts->len;
    g_autofree double *changes = g_new0 (double, n + 1);
    g_autofree gint64 *rounded = g_new0 (gint64, n + 1);
    double scale;

    explanation->decimals = decimals_of (explanation->unit);
    scale = pow (10, explanation->decimals) / unit_divisor (explanation->unit);
    for (guint i = 0; i < n; i++)
        changes[i] = part_at (explanation, i)->sums.change * scale;
    changes[n] = explanation->remainder.sums.change * scale;
    explanation->can_round =
        split_round (changes, explanation->has_remainder ? n + 1 : n, explanation->change * scale, rounded);
    if (!explanation->can_round)
        return;
    explanation->rounded = llround (explanation->change * scale);
    for (guint i = 0; i < n; i++)
        part_at (explanation, i)->rounded = rounded[i];
    explanation->remainder.rounded = rounded[n];
}

/* ---- the whole of it ---- */

/* A source that is switched off is not asked; the quality of the answer says so. */
static gboolean
is_on (const Widget *widget, const WidgetRequest *request)
{
    return (widget->needs & ~request->sources) == 0;
}

static void
add_questions (const Explanation *explanation, const char *by, Batch *batch)
{
    if (explanation->widget->custom) {
        own_add (explanation->widget, by, batch);
        return;
    }
    for (const Split *one = explanation->subject->splits; one->by; one++)
        if (!by || strcmp (one->by, by) == 0)
            batch_add (batch, one->sql);
    if (explanation->subject->whole)
        batch_add (batch, explanation->subject->whole);
}

/* Nothing compared means the period before, which has to be one. */
static gboolean
read_comparison (const WidgetRequest *request, Comparison *comparison, GError **error)
{
    Day from = request->period.from;

    *comparison = request->comparison;
    if (comparison->kind != COMPARE_OFF)
        return TRUE;
    *comparison = (Comparison){ COMPARE_PREVIOUS_PERIOD, { from - period_days (request->period), from - 1 } };
    return comparison->period.from >= day_of (1, 1, 1) ||
           fault_set (error, FAULT_INVALID, "there are no days before the year 1 to compare with");
}

static Explanation *
explanation_new (const Widget *widget, const ExplainOf *of)
{
    Explanation *explanation = g_new0 (Explanation, 1);

    explanation->widget = widget;
    explanation->subject = find_subject (widget, of->metric, &explanation->own);
    explanation->made = g_ptr_array_new_with_free_func ((GDestroyNotify)rows_free);
    explanation->unit = of->metric ? explanation->subject->unit : widget->unit;
    explanation->split = of->by ? subject_split (explanation->subject, of->by) : explanation->subject->splits;
    explanation->currencies = g_ptr_array_new ();
    explanation->parts = g_array_new (FALSE, FALSE, sizeof (Part));
    return explanation;
}

void
explanation_free (Explanation *explanation)
{
    if (!explanation)
        return;
    batch_free (explanation->batch);
    batch_free (explanation->complete);
    batch_free (explanation->earlier);
    g_ptr_array_unref (explanation->made);
    g_ptr_array_unref (explanation->currencies);
    g_array_unref (explanation->parts);
    g_clear_pointer (&explanation->rankings, g_array_unref);
    g_free (explanation->others);
    g_free (explanation);
}

/* Ask again about complete days alone, if the asked ones are not all complete. */
static gboolean
ask_complete (Explanation *explanation, Store *store, const char *user_id, const char *by,
              const Comparison *comparison, GError **error)
{
    Comparison before = *comparison;
    g_auto (Coverage) coverage = { 0 };
    Day through;

    coverage_read (&coverage, explanation->batch, explanation->period);
    through = coverage_through (&coverage, explanation->widget->needs);
    explanation->cut = through != DAY_NONE && comparison_cut (&explanation->period, &before, through);
    explanation->before = before.period;
    if (!explanation->cut || !explanation_has_days (explanation))
        return TRUE;
    explanation->complete = batch_new (store, user_id, explanation->period, &before);
    add_questions (explanation, by, explanation->complete);
    return batch_ask (explanation->complete, error);
}

static gboolean
ask (Explanation *explanation, Store *store, const char *user_id, const char *by,
     const WidgetRequest *request, GError **error)
{
    Comparison comparison;
    Batch *both[2];

    if (!read_comparison (request, &comparison, error))
        return FALSE;
    explanation->period = request->period;
    explanation->before = comparison.period;
    explanation->asked[NOW] = request->period;
    explanation->asked[BEFORE] = comparison.period;
    both[0] = explanation->batch = batch_new (store, user_id, request->period, &comparison);
    both[1] = explanation->earlier =
        batch_new (store, user_id, comparison.period, &(Comparison){ .kind = COMPARE_OFF });
    for (guint i = 0; i < G_N_ELEMENTS (both); i++)
        coverage_add (both[i], explanation->widget->needs);
    if (is_on (explanation->widget, request))
        add_questions (explanation, by, explanation->batch);
    return batches_ask (both, G_N_ELEMENTS (both), error) &&
           (!is_on (explanation->widget, request) ||
            ask_complete (explanation, store, user_id, by, &comparison, error));
}

static void
finish (Explanation *explanation, const char *by)
{
    explanation_work_out (explanation, by ? explanation->split : explanation_best (explanation));
    put_together (explanation);
    if (explanation->is_split)
        round_parts (explanation);
}

Explanation *
explain (Store *store, const char *user_id, const Widget *widget, const ExplainOf *of,
         const WidgetRequest *request, GError **error)
{
    g_autoptr (Explanation) explanation = NULL;

    if (!explain_check (widget, of, error))
        return NULL;
    explanation = explanation_new (widget, of);
    if (!ask (explanation, store, user_id, of->by, request, error))
        return NULL;
    if (is_on (widget, request) && explanation_has_days (explanation))
        finish (explanation, of->by);
    return g_steal_pointer (&explanation);
}
