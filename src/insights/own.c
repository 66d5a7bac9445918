#include "insights/own.h"

#include <string.h>

/* Every way that there is; a formula has those that fit it. */
typedef struct {
    const char *by, *title;
    SplitKind kind;
    MixBy mix;
    Dimension dimension; /* of MIX_BY_PART */
} Way;

static const Way ways[] = {
    { "channel", "channels", SPLIT_SEGMENTS, MIX_BY_PART, DIMENSION_CHANNEL },
    { "campaign", "campaigns", SPLIT_SEGMENTS, MIX_BY_PART, DIMENSION_CAMPAIGN },
    { "source", "sources", SPLIT_TERMS, MIX_BY_SOURCE, DIMENSION_DAY },
    { "metric", "metrics", SPLIT_TERMS, MIX_BY_METRIC, DIMENSION_DAY },
};

static const Way *
way_find (const char *by)
{
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
        if (strcmp (ways[i].by, by) == 0)
            return &ways[i];
    return NULL;
}

/* Has it two metrics, or two sources? */
static gboolean
has_several (const Formula *formula, MixBy by)
{
    const Sum *sums[] = { &formula->num, &formula->den };
    const Metric *first = formula->num.terms[0].metric;

    for (guint s = 0; s < G_N_ELEMENTS (sums); s++)
        for (guint i = 0; i < sums[s]->n; i++) {
            const Metric *one = sums[s]->terms[i].metric;

            if (by == MIX_BY_SOURCE ? one->source != first->source : one != first)
                return TRUE;
        }
    return FALSE;
}

/* What is told apart by campaigns already is not known by channel too. */
static gboolean
fits (const Custom *custom, const Way *way)
{
    Dimension dimension = custom_dimension (custom);

    if (way->mix != MIX_BY_PART)
        return has_several (custom_formula (custom), way->mix);
    return (dimension == DIMENSION_DAY || dimension == way->dimension) &&
           formula_fits (custom_formula (custom), way->dimension, NULL);
}

void
own_init (Own *own, const Widget *widget)
{
    const Formula *formula = custom_formula (widget->custom);
    guint n = 0;

    *own = (Own){ .subject = { .key = widget->key,
                               .num = { .column = "num", .unit = formula->num.terms[0].metric->unit },
                               .splits = own->splits } };
    if (formula->den.n)
        own->subject.den = (Measure){ .column = "den", .unit = formula->den.terms[0].metric->unit };
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
        if (fits (widget->custom, &ways[i]))
            own->splits[n++] = (Split){ .by = ways[i].by, .title = ways[i].title, .kind = ways[i].kind };
    if (n)
        return;
    own->subject.splits = NULL;
    own->subject.why_not =
        formula->has_unique
            ? "its one metric counts people, who can come through several channels and campaigns, so its "
              "change has no parts that add up to it."
            : "its one metric is not known by channel, campaign or anything else, so its change has no "
              "parts.";
}

char *
own_why_not (const Widget *widget, const char *by)
{
    const Way *way = way_find (by);
    g_autoptr (GError) why = NULL;

    if (!way || way->mix != MIX_BY_PART ||
        formula_fits (custom_formula (widget->custom), way->dimension, &why))
        return NULL;
    return g_strdup (why->message);
}

void
own_add (const Widget *widget, const char *by, Batch *batch)
{
    custom_add (widget->custom, batch);
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
        if (ways[i].mix == MIX_BY_PART && fits (widget->custom, &ways[i]) &&
            g_strcmp0 (by ? by : ways[i].by, ways[i].by) == 0)
            batch_add (batch, metric_question (widget->needs, ways[i].dimension));
}

Rows *
own_rows (const Widget *widget, const Split *split, const Batch *batch, GPtrArray *currencies)
{
    const Way *way = split ? way_find (split->by) : NULL;
    MixBy by = way ? way->mix : MIX_BY_NOTHING;
    Dimension dimension = by == MIX_BY_PART ? way->dimension : custom_dimension (widget->custom);

    return custom_parts (widget->custom, by, dimension, batch, currencies);
}
