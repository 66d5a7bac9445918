#include "sources/instagram.h"

#include "sources/graph_token.h"

const SourceDriver driver_instagram = {
    .source = SOURCE_INSTAGRAM,
    .window_days = 30, /* the most that the series of reach may span */
    /* A day's numbers come up to 48 hours after its end: it is read on the four mornings after it. */
    .look_back_days = 4,
    /* It keeps 90 times 24 hours; the ninetieth day back is not whole any more. */
    .history_days = 89,
    .normal_id = instagram_normal_id,
    .check_credential = graph_check_credential,
    .authorize = graph_authorize,
    .consent_url = instagram_consent_url,
    .exchange = instagram_exchange,
    .list_accounts = instagram_list_accounts,
    .describe = instagram_describe,
    .pull = instagram_pull,
    .pull_totals = instagram_pull_totals,
    .own_metrics = instagram_own_metrics,
    .own_totals = instagram_own_totals,
};
