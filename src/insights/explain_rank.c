/* explain_rank.c -- which way to split says most about a change: Adtributor's criterion. */
#include "insights/explain_private.h"

#include <math.h>

/* Of Adtributor (NSDI 2014): what a part must account for to count, and a set of them. */
#define LEAST_EXPLAINED 0.1
#define ENOUGH          0.67
#define MOST_ELEMENTS   3

static double
share_of (gint64 part, gint64 whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

/* For ratios, of both their sides. */
static double
surprise_of (const Explanation *explanation, const Part *part)
{
    const Number *whole = explanation->whole;
    double surprise = split_surprise (share_of (part->sums.num[BEFORE], whole[BEFORE].num),
                                      share_of (part->sums.num[NOW], whole[NOW].num));

    if (is_ratio (explanation))
        surprise += split_surprise (share_of (part->sums.den[BEFORE], whole[BEFORE].den),
                                    share_of (part->sums.den[NOW], whole[NOW].den));
    return surprise;
}

typedef struct {
    double surprise, explained;
} Element;

static gint
compare_elements (gconstpointer a, gconstpointer b)
{
    const Element *one = a, *other = b;

    if (one->surprise != other->surprise)
        return one->surprise > other->surprise ? -1 : 1;
    return (one->explained < other->explained) - (one->explained > other->explained);
}

static GArray *
list_elements (const Explanation *explanation)
{
    GArray *elements = g_array_new (FALSE, FALSE, sizeof (Element));

    for (guint i = 0; i < explanation->parts->len; i++) {
        const Part *part = part_at (explanation, i);
        Element element = { surprise_of (explanation, part), part->sums.change / explanation->change };

        g_array_append_val (elements, element);
    }
    g_array_sort (elements, compare_elements);
    return elements;
}

/* The most surprising parts that account each for a tenth, until they have enough of the change. */
static Ranking
rank (const Explanation *explanation)
{
    Ranking ranking = { .split = explanation->split };
    g_autoptr (GArray) elements = NULL;

    if (!explanation->is_split || explanation->change == 0)
        return ranking;
    elements = list_elements (explanation);
    for (guint i = 0; i < elements->len && ranking.elements < MOST_ELEMENTS; i++) {
        const Element *element = &g_array_index (elements, Element, i);

        if (element->explained < LEAST_EXPLAINED)
            continue;
        ranking.elements++;
        ranking.explained += element->explained;
        ranking.surprise += element->surprise;
        if (ranking.explained >= ENOUGH)
            return ranking;
    }
    return (Ranking){ .split = explanation->split };
}

/* A single part says nothing: it is the whole. Factors answer another question, how and not where. */
static gboolean
can_be_best (const Explanation *explanation)
{
    return explanation->split->kind == SPLIT_SEGMENTS && explanation->parts->len > 1;
}

const Split *
explanation_best (Explanation *explanation)
{
    const Ranking *best = NULL;

    explanation->rankings = g_array_new (FALSE, FALSE, sizeof (Ranking));
    for (const Split *one = explanation->subject->splits; one->by; one++) {
        Ranking ranking;

        explanation_work_out (explanation, one);
        if (!can_be_best (explanation))
            continue;
        ranking = rank (explanation);
        g_array_append_val (explanation->rankings, ranking);
    }
    for (guint i = 0; i < explanation->rankings->len; i++) {
        const Ranking *one = &g_array_index (explanation->rankings, Ranking, i);

        if (one->elements && (!best || one->surprise > best->surprise))
            best = one;
    }
    return best ? best->split : explanation->subject->splits;
}
