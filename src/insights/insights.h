/* insights.h -- what a period's numbers have to say, in a few sentences for people.
 *
 * Facts are read from the widgets' own answers, rules make sentences of them, and every
 * figure of a sentence is that of a fact which it cites. No model, no clock, no chance: the
 * same numbers give the same words. docs/insights.md says what is said when. */
#pragma once
#include "insights/detect.h"
#include "store/store.h"
#include "widgets/widget.h"

#include <jansson.h>

typedef struct {
    WidgetRequest about;
    Sensitivity sensitivity; /* of what is called unusual */
} InsightsRequest;

/* The answer of /v1/insights as JSON, which the caller owns. targets: the answer of /v1/targets
 * for the last day of the period, or NULL. Errors are the store's, and FAULT_INVALID. */
GString *insights_answer (Store *store, const char *user_id, const InsightsRequest *request, json_t *targets,
                          GError **error);
