#include "sources/meta.h"

const SourceDriver driver_meta = {
    .source = SOURCE_META,
    .window_days = 30,
    /* Conversions are put on the day of the ad that led to them, up to 28 days back. */
    .look_back_days = 28,
    /* 37 months; the shortest 37 months are 1123 days, and the clocks of two sides may differ. */
    .history_days = 1120,
    .by_day = { &fact_meta_daily },
    .normal_id = meta_normal_id,
    .check_credential = meta_check_credential,
    .authorize = meta_authorize,
    .consent_url = meta_consent_url,
    .exchange = meta_exchange,
    .list_accounts = meta_list_accounts,
    .describe = meta_describe,
    .pull = meta_pull,
    .own_metrics = meta_own_metrics,
    .own_totals = meta_own_totals,
};
