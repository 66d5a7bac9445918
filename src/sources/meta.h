/* meta.h -- the Meta Ads driver, and what its files share.
 *
 * Reading order: meta.c (the driver), meta_pull.c (a window: in one piece, in
 * halves, or as a report that Meta makes in the background), meta_report.c
 * (asking for rows, both ways), meta_rows.c (a row, which purchase counts, what
 * comes out), meta_account.c (connecting), graph_call.c, graph_fault.c,
 * graph_pace.c.
 *
 * What is asked for is one row a campaign and day (`level=campaign`,
 * `time_increment=1`), by the attribution settings that Ads Manager uses, in
 * the ad account's time zone. */
#pragma once
#include "sources/driver.h"

#define META_SERVICE "Meta Ads"

extern const SourceDriver driver_meta;
/* What a token must be allowed, see graph_debug.h. */
extern const char *const meta_scopes[];

char *meta_normal_id (const char *external_id, GError **error);
gboolean meta_check_credential (const char *credential, GError **error);
gboolean meta_authorize (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                         GError **error);
char *meta_consent_url (const Config *config, const Consent *consent, GError **error);
gboolean meta_exchange (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
                        Grant *grant, GError **error);
GPtrArray *meta_list_accounts (const SourceContext *context, const char *access_token, GError **error);
gboolean meta_describe (const SourceContext *context, const char *access_token, const char *external_id,
                        AccountInfo *info, GError **error);
gboolean meta_pull (const SourceContext *context, const char *access_token, const char *external_id,
                    Period window, const SourceSink *sink, GError **error);
/* The account's currency; the caller frees it. */
char *meta_currency (const SourceContext *context, const char *access_token, const char *external_id,
                     GError **error);
/* "EUR": is it written like a currency? */
gboolean meta_is_currency (const char *text);
/* meta_own.c: what it says of a period as a whole. */
extern const OwnMetric meta_own_metrics[];
gboolean meta_own_totals (const SourceContext *context, const char *access_token, const char *external_id,
                          Period days, OwnTotals *totals, const SourceSink *sink, GError **error);
