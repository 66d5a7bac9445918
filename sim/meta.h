/* meta.h -- the simulated Meta Marketing API: ad accounts and their insights. */
#pragma once
#include "ads.h"
#include "graph.h"

#define META_RUN_PREFIX "6023" /* of the ids of report runs */

/* The ad account of a property, "act_…"; each has one. */
const char *meta_account_of (const Property *property);
Property *meta_account_find (const SimState *state, const char *id);
AdMoment meta_moment (SimState *state, Property *property);

/* after and limit. */
gboolean meta_page_read (const GraphCall *call, guint64 *from, guint64 *limit);

/* meta_faults.c: what goes wrong with a call, and the headers about limits. FALSE if it was answered. */
gboolean meta_fault_check (const GraphCall *call);

/* meta_insights.c: what is asked of insights, checked. */
typedef struct {
    Day from, to;
    gboolean by_account; /* else by campaign */
    int increment;       /* days a row */
    guint64 fields;      /* bits of insight_fields */
    gboolean windows;    /* action_attribution_windows: a number for each */
} MetaQuestion;

/* meta_attribution.c */
gboolean meta_attribution_check (const GraphCall *call);
gboolean meta_question_read (const GraphCall *call, Property *property, MetaQuestion *question);
/* A page of rows, checked against the limits of one answer. */
void meta_insights_write (const GraphCall *call, Property *property, const MetaQuestion *question);
/* How many rows there are in all. */
guint meta_insights_count (const GraphCall *call, Property *property, const MetaQuestion *question);

/* meta_run.c: reports that are made in the background. */
void meta_run_start (const GraphCall *call, Property *property);
/* FALSE: no such run. */
gboolean meta_run_answer (const GraphCall *call);
void meta_runs_free (GHashTable *runs);

/* meta_truth.c: /sim/truth?account=… */
void meta_truth_write (SimState *state, Property *property, Day from, Day to, Json *json);
