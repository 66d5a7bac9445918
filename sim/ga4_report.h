/* ga4_report.h -- the answer to a report request: count, filter, sort, page, write. */
#pragma once
#include "ga4_query.h"
#include "ga4_view.h"
#include "quota.h"

/* What Google would charge for it: tokens, growing with columns and days. */
gint64 ga4_report_cost (const Ga4Query *query);
/* One RunReportResponse. quota is written if the query asked for it. salt orders the rows
 * where the query leaves the order open. */
void ga4_report_write (const Ga4Query *query, Ga4View *view, const Switches *switches, const Quota *quota,
                       guint64 salt, Json *json);
