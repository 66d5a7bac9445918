#include "insights/subject.h"

#include "sql.h"

/* ---- Google Analytics ---- */

#define BY_CHANNEL                                                                                    \
    {                                                                                                 \
        .by = "channel", .title = "channels", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_ga4_channel \
    }
#define BY_LANDING_PAGE                                                         \
    {                                                                           \
        .by = "landing_page", .title = "landing pages", .kind = SPLIT_SEGMENTS, \
        .sql = &sql_explain_ga4_landing_page                                    \
    }
#define BY_PROPERTY                                                                                     \
    {                                                                                                   \
        .by = "account", .title = "properties", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_ga4_account \
    }

static const Split of_visits[] = { BY_CHANNEL, BY_LANDING_PAGE, BY_PROPERTY, { .by = NULL } };
static const Split of_engagement[] = { BY_CHANNEL, BY_PROPERTY, { .by = NULL } };
static const Split of_channels[] = { BY_CHANNEL, { .by = NULL } };
static const Split of_landing_pages[] = { BY_LANDING_PAGE, { .by = NULL } };
static const Split of_revenue[] = {
    BY_CHANNEL,
    BY_LANDING_PAGE,
    BY_PROPERTY,
    { .by = "factor", .title = "factors", .kind = SPLIT_FACTORS, .sql = &sql_explain_ga4_account },
    { .by = NULL },
};

/* Not by way of conversions: a key event need not be a purchase, nor the other way round. */
static const FactorOf revenue_factors[] = {
    { .key = "sessions", .title = "Sessions", .num = "sessions" },
    { .key = "revenue_per_session",
      .title = "Revenue per session",
      .unit = UNIT_MONEY,
      .num = "revenue",
      .den = "sessions" },
    { .key = NULL },
};

/* ---- Meta Ads ---- */

static const Split of_ads[] = {
    { .by = "campaign", .title = "campaigns", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_meta_campaign },
    { .by = "account", .title = "ad accounts", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_meta_account },
    { .by = "factor", .title = "factors", .kind = SPLIT_FACTORS, .sql = &sql_explain_meta_account },
    { .by = NULL },
};

/* The table of campaigns knows nothing of days without one. */
static const Split of_campaigns[] = {
    { .by = "campaign", .title = "campaigns", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_meta_campaign },
    { .by = NULL },
};

#define IMPRESSIONS                                                        \
    {                                                                      \
        .key = "impressions", .title = "Impressions", .num = "impressions" \
    }
#define CTR                                                                                       \
    {                                                                                             \
        .key = "ctr", .title = "CTR", .unit = UNIT_PERCENT, .num = "clicks", .den = "impressions" \
    }
#define CVR                                                                                     \
    {                                                                                           \
        .key = "conversions_per_click", .title = "Conversions per click", .unit = UNIT_PERCENT, \
        .num = "conversions", .den = "clicks"                                                   \
    }

#define CPM                                                                                             \
    {                                                                                                   \
        .key = "cpm", .title = "CPM", .unit = UNIT_MONEY_PER_1000, .num = "spend", .den = "impressions" \
    }

static const FactorOf spend_factors[] = { IMPRESSIONS, CPM, { .key = NULL } };

static const FactorOf conversion_factors[] = { IMPRESSIONS, CTR, CVR, { .key = NULL } };

/* Revenue is impressions * CTR * CVR * order value, and spend impressions * CPM: impressions cancel. */
static const FactorOf roas_factors[] = {
    CTR,
    CVR,
    { .key = "order_value",
      .title = "Revenue per conversion",
      .unit = UNIT_MONEY,
      .num = "revenue",
      .den = "conversions" },
    { .key = "cpm",
      .title = "CPM",
      .unit = UNIT_MONEY_PER_1000,
      .num = "spend",
      .den = "impressions",
      .divides = TRUE },
    { .key = NULL },
};

#define DIVIDED_BY_CTR                                                                             \
    {                                                                                              \
        .key = "ctr", .title = "CTR", .unit = UNIT_PERCENT, .num = "clicks", .den = "impressions", \
        .divides = TRUE                                                                            \
    }

/* A click costs CPM / CTR, and a purchase what its clicks cost. */
static const FactorOf cpc_factors[] = { CPM, DIVIDED_BY_CTR, { .key = NULL } };
static const FactorOf cpa_factors[] = {
    CPM,
    DIVIDED_BY_CTR,
    { .key = "conversions_per_click",
      .title = "Conversions per click",
      .unit = UNIT_PERCENT,
      .num = "conversions",
      .den = "clicks",
      .divides = TRUE },
    { .key = NULL },
};

static const Split of_rates[] = {
    { .by = "campaign", .title = "campaigns", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_meta_campaign },
    { .by = "account", .title = "ad accounts", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_meta_account },
    { .by = NULL },
};

#define SPEND_OVER(column_of)                                                         \
    .num = { .column = "spend", .unit = UNIT_MONEY }, .den = { .column = column_of }, \
    .whole = &sql_explain_meta_account

/* ---- Instagram, and several sources ---- */

static const Split of_instagram[] = {
    { .by = "account", .title = "accounts", .kind = SPLIT_SEGMENTS, .sql = &sql_explain_ig_account },
    { .by = NULL },
};

static const Split of_both[] = {
    { .by = "source",
      .title = "sources",
      .kind = SPLIT_SIDES,
      .sql = &sql_explain_corr_account,
      .part = "source" },
    { .by = "account", .title = "accounts", .kind = SPLIT_SIDES, .sql = &sql_explain_corr_account },
    { .by = NULL },
};

static const Subject subjects[] = {
    { .key = "ga4.sessions",
      .num = { .column = "sessions" },
      .whole = &sql_explain_ga4_account,
      .splits = of_visits },
    { .key = "ga4.conv_rate",
      .num = { .column = "conversions" },
      .den = { .column = "sessions" },
      .whole = &sql_explain_ga4_account,
      .splits = of_visits },
    { .key = "ga4.engagement",
      .num = { .column = "engaged_sessions" },
      .den = { .column = "sessions" },
      .whole = &sql_explain_ga4_account,
      .splits = of_engagement },
    { .key = "ga4.revenue",
      .num = { .column = "revenue", .unit = UNIT_MONEY },
      .whole = &sql_explain_ga4_account,
      .splits = of_revenue,
      .factors = revenue_factors },
    { .key = "ga4.funnel",
      .num = { .column = "conversions" },
      .whole = &sql_explain_ga4_account,
      .splits = of_visits },
    { .key = "ga4.traffic_channels", .num = { .column = "sessions" }, .splits = of_channels },
    { .key = "ga4.landing_pages", .num = { .column = "sessions" }, .splits = of_landing_pages },
    { .key = "ga4.landing_pages",
      .metric = "rate",
      .unit = UNIT_PERCENT,
      .num = { .column = "conversions" },
      .den = { .column = "sessions" },
      .splits = of_landing_pages },
    { .key = "ga4.users",
      .why_not =
          "Users are people, and one person can come through several channels: their numbers don't add "
          "up to the users of the period, so its change has no parts. Look at sessions instead." },
    { .key = "meta.spend",
      .num = { .column = "spend", .unit = UNIT_MONEY },
      .whole = &sql_explain_meta_account,
      .splits = of_ads,
      .factors = spend_factors },
    { .key = "meta.cost_metrics",
      .num = { .column = "spend", .unit = UNIT_MONEY },
      .whole = &sql_explain_meta_account,
      .splits = of_ads,
      .factors = spend_factors },
    { .key = "meta.campaigns",
      .num = { .column = "spend", .unit = UNIT_MONEY },
      .whole = &sql_explain_meta_campaign,
      .splits = of_campaigns },
    { .key = "meta.cost_metrics",
      .metric = "cpc",
      .unit = UNIT_MONEY,
      SPEND_OVER ("clicks"),
      .splits = of_ads,
      .factors = cpc_factors },
    { .key = "meta.cost_metrics",
      .metric = "cpm",
      .unit = UNIT_MONEY_PER_1000,
      SPEND_OVER ("impressions"),
      .splits = of_rates },
    { .key = "meta.cost_metrics",
      .metric = "ctr",
      .unit = UNIT_PERCENT,
      .num = { .column = "clicks" },
      .den = { .column = "impressions" },
      .whole = &sql_explain_meta_account,
      .splits = of_rates },
    { .key = "meta.cost_metrics",
      .metric = "cpa",
      .unit = UNIT_MONEY,
      SPEND_OVER ("conversions"),
      .splits = of_ads,
      .factors = cpa_factors },
    { .key = "meta.conversions",
      .num = { .column = "conversions" },
      .whole = &sql_explain_meta_account,
      .splits = of_ads,
      .factors = conversion_factors },
    { .key = "meta.funnel",
      .num = { .column = "conversions" },
      .whole = &sql_explain_meta_account,
      .splits = of_ads,
      .factors = conversion_factors },
    { .key = "meta.roas",
      .num = { .column = "revenue", .unit = UNIT_MONEY },
      .den = { .column = "spend", .unit = UNIT_MONEY },
      .whole = &sql_explain_meta_account,
      .splits = of_ads,
      .factors = roas_factors },
    { .key = "ig.engagement_rate",
      .num = { .column = "rated_interactions" },
      .den = { .column = "rated_reach" },
      .whole = &sql_explain_ig_account,
      .splits = of_instagram },
    { .key = "ig.reach",
      .num = { .column = "reach" },
      .whole = &sql_explain_ig_account,
      .splits = of_instagram },
    { .key = "ig.followers",
      .why_not = "Followers are a level and not a sum of what happened, so a change of it has no parts." },
    { .key = "ig.content_perf",
      .why_not = "Each period has posts of its own, so none of them has changed: the lists of posts say what "
                 "there was." },
    { .key = "corr.mer",
      .num = { "revenue", "Revenue (Google Analytics)", UNIT_MONEY, SOURCE_GA4 },
      .den = { "spend", "Ad spend (Meta Ads)", UNIT_MONEY, SOURCE_META },
      .whole = &sql_explain_corr_account,
      .splits = of_both },
    { .key = "corr.blended_cac",
      .num = { "spend", "Ad spend (Meta Ads)", UNIT_MONEY, SOURCE_META },
      .den = { "conversions", "Conversions (Google Analytics)", UNIT_COUNT, SOURCE_GA4 },
      .whole = &sql_explain_corr_account,
      .splits = of_both },
    { .key = "corr.spend_vs_sessions",
      .why_not = "A correlation is not made of parts that could be added up, so its change has none." },
};

const Subject *
subject_next (const char *key, const Subject *after)
{
    for (guint i = after ? (guint)(after - subjects) + 1 : 0; i < G_N_ELEMENTS (subjects); i++)
        if (g_strcmp0 (subjects[i].key, key) == 0)
            return &subjects[i];
    return NULL;
}

const Subject *
subject_find (const char *key, const char *metric)
{
    const Subject *one = subject_next (key, NULL);

    while (one && g_strcmp0 (one->metric, metric) != 0)
        one = subject_next (key, one);
    return one;
}

const Split *
subject_split (const Subject *subject, const char *by)
{
    for (const Split *split = subject->splits; split && split->by; split++)
        if (g_strcmp0 (split->by, by) == 0)
            return split;
    return NULL;
}

gboolean
subject_has_money (const Subject *subject)
{
    return subject->num.unit == UNIT_MONEY || subject->den.unit == UNIT_MONEY;
}

char *
subject_choices (const Subject *subject)
{
    GString *text = g_string_new (NULL);

    for (const Split *split = subject->splits; split && split->by; split++)
        g_string_append_printf (text, "%s%s", !text->len ? "" : split[1].by ? ", " : " or ", split->by);
    return g_string_free (text, FALSE);
}
