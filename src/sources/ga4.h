/* ga4.h -- the Google Analytics 4 driver, and what its files share.
 *
 * Reading order: ga4.c (the driver), ga4_cut.c (what is asked for each table),
 * ga4_pull.c and ga4_totals.c (the two ways to fetch), ga4_report.c (one report
 * as request and answer), ga4_session.c (the calls, their quotas and notices),
 * ga4_account.c (connecting), google_auth.c, google_call.c. */
#pragma once
#include "sources/driver.h"

#include <jansson.h>

extern const SourceDriver driver_ga4;

char *ga4_normal_id (const char *external_id, GError **error);
GPtrArray *ga4_list_accounts (const SourceContext *context, const char *access_token, GError **error);
gboolean ga4_describe (const SourceContext *context, const char *access_token, const char *external_id,
                       AccountInfo *info, GError **error);
gboolean ga4_pull (const SourceContext *context, const char *access_token, const char *external_id,
                   Period window, const SourceSink *sink, GError **error);
gboolean ga4_pull_totals (const SourceContext *context, const char *access_token, const char *external_id,
                          Day last, const SourceSink *sink, GError **error);
/* ga4_own.c: what it says of a period as a whole. */
extern const OwnMetric ga4_own_metrics[];
gboolean ga4_own_totals (const SourceContext *context, const char *access_token, const char *external_id,
                         Period days, OwnTotals *totals, const SourceSink *sink, GError **error);
