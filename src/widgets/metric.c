#include "widgets/metric.h"

#include "sql.h"

#include <string.h>

static const Metric metrics[] = {
    { "ga4.users", "Users", SOURCE_GA4, UNIT_COUNT, TOTAL_UNIQUE, "users" },
    { "ga4.new_users", "New users", SOURCE_GA4, UNIT_COUNT, TOTAL_SUM, "new_users" },
    { "ga4.sessions", "Sessions", SOURCE_GA4, UNIT_COUNT, TOTAL_SUM, "sessions" },
    { "ga4.engaged_sessions", "Engaged sessions", SOURCE_GA4, UNIT_COUNT, TOTAL_SUM, "engaged_sessions" },
    { "ga4.page_views", "Page views", SOURCE_GA4, UNIT_COUNT, TOTAL_SUM, "page_views" },
    { "ga4.conversions", "Conversions", SOURCE_GA4, UNIT_COUNT, TOTAL_SUM, "conversions" },
    { "ga4.revenue", "Revenue", SOURCE_GA4, UNIT_MONEY, TOTAL_SUM, "revenue" },
    { "meta.spend", "Ad spend", SOURCE_META, UNIT_MONEY, TOTAL_SUM, "spend" },
    { "meta.impressions", "Impressions", SOURCE_META, UNIT_COUNT, TOTAL_SUM, "impressions" },
    { "meta.clicks", "Clicks", SOURCE_META, UNIT_COUNT, TOTAL_SUM, "clicks" },
    { "meta.link_clicks", "Link clicks", SOURCE_META, UNIT_COUNT, TOTAL_SUM, "link_clicks" },
    { "meta.conversions", "Purchases", SOURCE_META, UNIT_COUNT, TOTAL_SUM, "conversions" },
    { "meta.revenue", "Purchase value", SOURCE_META, UNIT_MONEY, TOTAL_SUM, "revenue" },
    { "ig.reach", "Reach", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_UNIQUE, "reach" },
    { "ig.views", "Views", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "views" },
    { "ig.accounts_engaged", "Accounts engaged", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_UNIQUE,
      "accounts_engaged" },
    { "ig.interactions", "Interactions", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "interactions" },
    { "ig.likes", "Likes", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "likes" },
    { "ig.comments", "Comments", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "comments" },
    { "ig.saves", "Saves", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "saves" },
    { "ig.shares", "Shares", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "shares" },
    { "ig.profile_views", "Profile views", SOURCE_INSTAGRAM, UNIT_COUNT, TOTAL_SUM, "profile_views" },
};

static const char *const dimensions[N_DIMENSIONS] = {
    [DIMENSION_DAY] = "day",
    [DIMENSION_CHANNEL] = "channel",
    [DIMENSION_CAMPAIGN] = "campaign",
};

const Metric *
metric_find (const char *key, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
        if (strlen (metrics[i].key) == length && strncmp (metrics[i].key, key, length) == 0)
            return &metrics[i];
    return NULL;
}

const Metric *
metric_at (guint i)
{
    return i < G_N_ELEMENTS (metrics) ? &metrics[i] : NULL;
}

const char *
dimension_name (Dimension dimension)
{
    return dimensions[dimension];
}

gboolean
dimension_parse (const char *name, Dimension *dimension)
{
    for (guint i = 0; i < N_DIMENSIONS; i++)
        if (g_strcmp0 (dimensions[i], name) == 0) {
            *dimension = (Dimension)i;
            return TRUE;
        }
    return FALSE;
}

const Sql *
metric_question (Source source, Dimension dimension)
{
    static const struct {
        Source source;
        Dimension dimension;
        const Sql *sql;
    } questions[] = {
        { SOURCE_GA4, DIMENSION_DAY, &sql_metrics_ga4 },
        { SOURCE_GA4, DIMENSION_CHANNEL, &sql_metrics_ga4_channel },
        { SOURCE_META, DIMENSION_DAY, &sql_metrics_meta },
        { SOURCE_META, DIMENSION_CAMPAIGN, &sql_metrics_meta_campaign },
        { SOURCE_INSTAGRAM, DIMENSION_DAY, &sql_metrics_instagram },
    };

    for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
        if (questions[i].source == source && questions[i].dimension == dimension)
            return questions[i].sql;
    return NULL;
}

gboolean
metric_has (const Metric *metric, Dimension dimension)
{
    static const char *const channel[] = { "sessions", "engaged_sessions", "conversions", "revenue", NULL };

    if (!metric_question (metric->source, dimension))
        return FALSE;
    if (dimension != DIMENSION_DAY && metric->total == TOTAL_UNIQUE)
        return FALSE;
    return dimension != DIMENSION_CHANNEL || g_strv_contains (channel, metric->column);
}
