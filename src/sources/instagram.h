/* instagram.h -- the Instagram driver, and what its files share.
 *
 * Reading order: instagram.c (the driver), instagram_daily.c and
 * instagram_media.c (the two ways to fetch), instagram_metrics.c (asking without
 * what is refused), instagram_call.c, instagram_zone.c (Pacific days),
 * instagram_account.c (connecting), graph_call.c. */
#pragma once
#include "sources/driver.h"
#include "sources/graph_call.h"

#include <jansson.h>

extern const SourceDriver driver_instagram;

char *instagram_normal_id (const char *external_id, GError **error);
char *instagram_consent_url (const Config *config, const Consent *consent, GError **error);
gboolean instagram_exchange (const SourceContext *context, const char *code, const Consent *consent,
                             gint64 now, Grant *grant, GError **error);
GPtrArray *instagram_list_accounts (const SourceContext *context, const char *access_token, GError **error);
gboolean instagram_describe (const SourceContext *context, const char *access_token, const char *external_id,
                             AccountInfo *info, GError **error);
gboolean instagram_pull (const SourceContext *context, const char *access_token, const char *external_id,
                         Period window, const SourceSink *sink, GError **error);
gboolean instagram_pull_totals (const SourceContext *context, const char *access_token,
                                const char *external_id, Day last, const SourceSink *sink, GError **error);
/* instagram_own.c: what it says of a period as a whole. */
extern const OwnMetric instagram_own_metrics[];
gboolean
instagram_own_totals (const SourceContext *context, const char *access_token, const char *external_id,
                      Period days, OwnTotals *totals, const SourceSink *sink, GError **error);
