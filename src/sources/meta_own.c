/* What Meta itself says of a period: one row of the account for all days, by the same attribution
 * settings and the same kind of purchase as the rows by day and campaign. */
#include "base/fault.h"
#include "sources/graph_call.h"
#include "sources/meta.h"
#include "sources/meta_rows.h"

#define FIELDS "account_currency,spend,impressions,reach,clicks,inline_link_clicks,actions,action_values"

const OwnMetric meta_own_metrics[] = {
    { .metric = "spend", .column = "spend_micros", .money = TRUE },
    { .metric = "impressions", .column = "impressions" },
    { .metric = "clicks", .column = "clicks" },
    { .metric = "link_clicks", .column = "link_clicks" },
    { .metric = "conversions", .column = "conversions" },
    { .metric = "revenue", .column = "revenue_micros", .money = TRUE },
    { .metric = "reach", .unique = TRUE }, /* ours is by campaign and day: nothing to set beside it */
    { .metric = NULL },
};

static json_t *
ask (const SourceContext *context, const char *token, const char *account, Period days, GError **error)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    g_autofree char *range = g_strdup_printf ("{\"since\":\"%s\",\"until\":\"%s\"}",
                                              day_format (days.from, from), day_format (days.to, to));
    g_autofree char *path = g_strconcat (account, "/insights", NULL);
    g_autofree char *parameters = fetch_form ("level", "account", "time_range", range, "fields", FIELDS,
                                              "use_unified_attribution_setting", "true", NULL);
    GraphCall call = {
        .service = META_SERVICE, .method = "GET", .path = path, .token = token, .parameters = parameters
    };

    return graph_call (context, &call, error);
}

/* In the order of the metrics; a period without delivery has no row, and is zero. */
static gboolean
read_row (const json_t *row, OwnTotals *totals, GError **error)
{
    const char *currency = google_text (row, "account_currency");
    MetaNumbers numbers = { 0 };

    if (row && !meta_numbers_read (row, &numbers, error))
        return FALSE;
    totals->values[0] = VALUE_OF_INT (numbers.spend_micros);
    totals->values[1] = VALUE_OF_INT (numbers.impressions);
    totals->values[2] = VALUE_OF_INT (numbers.clicks);
    totals->values[3] = VALUE_OF_INT (numbers.link_clicks);
    totals->values[4] = VALUE_OF_INT (numbers.conversions);
    totals->values[5] = VALUE_OF_INT (numbers.revenue_micros);
    totals->values[6] = VALUE_OF_INT (numbers.reach);
    totals->currency = meta_is_currency (currency) ? g_strdup (currency) : NULL;
    return TRUE;
}

gboolean
meta_own_totals (const SourceContext *context, const char *access_token, const char *external_id, Period days,
                 OwnTotals *totals, const SourceSink *sink, GError **error)
{
    g_autoptr (json_t) answer = ask (context, access_token, external_id, days, error);
    const json_t *data = json_object_get (answer, "data");

    if (!answer)
        return FALSE;
    if (!json_is_array (data) || json_array_size (data) > 1)
        return fault_set (error, FAULT_REMOTE, META_SERVICE ": an answer that is not one row of the account");
    return read_row (json_array_get (data, 0), totals, error);
}
