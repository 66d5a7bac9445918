/* explain.h -- why a widget's number changed: parts that add up to the change.
 *
 * Asks for the number and for its parts in one round trip and one snapshot. What
 * the parts don't account for (a source withholds small rows, or counts them
 * apart) is a part of its own, the remainder, so that nothing is left unsaid.
 * An Explanation belongs to one request and one thread; its text is that of the
 * rows, which it owns. */
#pragma once
#include "insights/own.h"
#include "insights/split.h"
#include "insights/subject.h"
#include "query/batch.h"
#include "widgets/widget.h"

typedef struct {
    const char *id, *name; /* id NULL: of no single thing */
    Unit unit;             /* of value, which may be another than the whole's */
    Number value[PERIODS]; /* what it is by itself */
    Segment sums;          /* and what it adds to the change, in the unit of number.h */
    guint items;           /* how many small ones this puts together; 1: it is itself */
    gint64 rounded;        /* what it adds, in steps of 10^-decimals */
} Part;

/* How well one way to split accounts for the change (Adtributor). */
typedef struct {
    const Split *split;
    guint elements;   /* so many parts account for it; 0: no few of them do */
    double explained; /* their share of the change */
    double surprise;
} Ranking;

typedef struct {
    const Widget *widget;
    const Subject *subject;
    Own own;            /* what the subject is, if the widget is the user's */
    GPtrArray *made;    /* of Rows: of such a widget; owned, as parts have their text of them */
    Unit unit;          /* of the number and its change */
    const Split *split; /* the one that was asked for, or the best */
    /* What is compared: complete days, which are fewer than the asked ones if these are `cut`. */
    Period period, before;
    gboolean cut;
    Batch *batch, *complete; /* complete: the same questions about complete days; NULL if not cut */
    Period asked[PERIODS];   /* what batch and earlier are about */
    Batch *earlier;          /* which days of the period before are there */
    GPtrArray *currencies;   /* of text; more than one: nothing is added up */
    Number whole[PERIODS];
    gboolean is_split; /* both values are known, and parts hold the change */
    GArray *parts;     /* of Part, those that add most first */
    gboolean has_remainder, can_round;
    Part remainder;
    double change;    /* in the unit of number.h, as are the parts' */
    int decimals;     /* of the rounded parts */
    gint64 rounded;   /* the change in steps of 10^-decimals */
    gboolean simpson; /* every part moved against the whole */
    GArray *rankings; /* of Ranking, of all ways that were tried; NULL: one was asked for */
    char *others;     /* the name of the part that puts small ones together */
} Explanation;

/* What is to be explained of a widget. */
typedef struct {
    const char *metric; /* one of its fields ("cpa"); NULL: its headline */
    const char *by;     /* NULL: whatever says most */
} ExplainOf;

/* by NULL: the way that accounts best for the change. Nothing compared means the period before. As
 * with the widget's delta, only complete days count (comparison_cut).
 * 422 "not-explainable" for what has no parts, "unknown-split" for a way it has not. */
Explanation *explain (Store *store, const char *user_id, const Widget *widget, const ExplainOf *of,
                      const WidgetRequest *request, GError **error);
void explanation_free (Explanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Explanation, explanation_free)

/* Can this widget be explained so? The same errors, without asking anything. */
gboolean explain_check (const Widget *widget, const ExplainOf *of, GError **error);
/* The answer of /v1/widgets/{key}/explain. */
void explanation_write (const Explanation *explanation, const WidgetRequest *request, Json *json);
/* "explain": the names of the ways that the widget has, and "explain_metrics": those of its other
 * numbers, by their keys, as members of the registry's row. */
void explain_describe (const Widget *widget, Json *json);
