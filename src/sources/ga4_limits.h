/* ga4_limits.h -- a call to the Data API, within what its quotas allow.
 *
 * Google counts by property, by property and the cloud project that asks, and refuses everything
 * once one quota is used up. So a refusal is remembered for all that share the quota, by the words
 * of its message: of a property's own quotas for that property, whoever asks; of a project's for
 * all properties that are read through the project. A few per cent before the end we slow down,
 * and at the end we stop before Google does. Of the ten server errors an hour we use half: the
 * rest is for the property's other tools, and for people who ask for a run themselves.
 *
 * What is remembered is in context->memory, and how close we are in context->pace. */
#pragma once
#include "sources/google_call.h"

/* May this property be asked anything now? FAULT_BUSY with the time to wait. */
gboolean ga4_limits_allow (const SourceContext *context, const char *property, GError **error);
/* google_call, if it is allowed. */
json_t *
ga4_limits_call (const SourceContext *context, const char *property, const GoogleCall *call, GError **error);
/* What a report says of its quotas (`propertyQuota`, may be NULL). */
void ga4_limits_read (const SourceContext *context, const char *property, const json_t *quota);
