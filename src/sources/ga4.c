#include "sources/ga4.h"

#include "sources/google_auth.h"

const SourceDriver driver_ga4 = {
    .source = SOURCE_GA4,
    /* A month: few requests for a year's backfill, and short enough that Google
     * seldom samples. */
    .window_days = 30,
    .by_day = { &fact_ga4_daily, &fact_ga4_channel_daily, &fact_ga4_landing_daily },
    .renews = TRUE,
    .normal_id = ga4_normal_id,
    .check_credential = google_check_credential,
    .authorize = google_authorize,
    .consent_url = google_consent_url,
    .exchange = google_exchange,
    .list_accounts = ga4_list_accounts,
    .describe = ga4_describe,
    .pull = ga4_pull,
    .pull_totals = ga4_pull_totals,
    .own_metrics = ga4_own_metrics,
    .own_totals = ga4_own_totals,
};
