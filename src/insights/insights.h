/* insights.h -- what a period's numbers have to say, in a few sentences for people.
 *
 * Facts are read from the widgets' own answers, rules make sentences of them, and every
 * figure of a sentence is that of a fact which it cites. No clock, no chance: the same numbers
 * give the same words. A language model may word the facts instead (wording.h); what it says
 * is proven by the same facts. docs/insights.md says what is said when. */
#pragma once
#include "insights/detect.h"
#include "store/store.h"
#include "widgets/widget.h"

#include <jansson.h>

typedef struct {
    WidgetRequest about;
    Sensitivity sensitivity; /* of what is called unusual */
} InsightsRequest;

typedef struct Insights Insights;

/* Find the facts, and let the rules word them. targets: the answer of /v1/targets for the last day of the
 * period, or NULL; needed no longer than this call. Errors are the store's, and FAULT_INVALID. What comes
 * back needs no store and no thread of its own. */
Insights *insights_find (Store *store, const char *user_id, const InsightsRequest *request, json_t *targets,
                         GError **error);
void insights_free (Insights *insights);
const GPtrArray *insights_facts (const Insights *insights);   /* of Fact */
const GPtrArray *insights_bullets (const Insights *insights); /* of Bullet: the rules' own */
/* Those that were asked for, are connected and have days in the period. */
Source insights_connected (const Insights *insights);
/* The answer of /v1/insights as JSON, which the caller owns: these bullets about its facts, worded by
 * that model; bullets NULL: the rules' own. */
GString *insights_write (const Insights *insights, const GPtrArray *bullets, const char *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Insights, insights_free)
