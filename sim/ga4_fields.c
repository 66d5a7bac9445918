#include "ga4_fields.h"

#include <string.h>

const DimensionInfo ga4_dimensions[N_DIMENSIONS] = {
    [DIMENSION_DATE] = { "date", "Date", .shift = 0, .bits = 12 },
    [DIMENSION_CHANNEL] = { "sessionDefaultChannelGroup", "Session default channel group", .shift = 12,
                            .bits = 4 },
    [DIMENSION_LANDING] = { "landingPage", "Landing page", .shift = 16, .bits = 12 },
    [DIMENSION_LANDING_QUERY] = { "landingPagePlusQueryString", "Landing page + query string", .shift = 28,
                                  .bits = 12 },
    [DIMENSION_DEVICE] = { "deviceCategory", "Device category", .shift = 40, .bits = 2 },
    [DIMENSION_COUNTRY] = { "country", "Country", .shift = 42, .bits = 4 },
    [DIMENSION_RANGE] = { "dateRange", "Date range", .shift = 46, .bits = 2 },
};

#define INTEGER  "TYPE_INTEGER"
#define FLOAT    "TYPE_FLOAT"
#define SECONDS  "TYPE_SECONDS"
#define CURRENCY "TYPE_CURRENCY"

const MetricInfo ga4_metrics[N_METRICS] = {
    [METRIC_TOTAL_USERS] = { "totalUsers", "Total users", INTEGER },
    [METRIC_ACTIVE_USERS] = { "activeUsers", "Active users", INTEGER },
    [METRIC_NEW_USERS] = { "newUsers", "New users", INTEGER },
    [METRIC_ACTIVE_1] = { "active1DayUsers", "1-day active users", INTEGER },
    [METRIC_ACTIVE_7] = { "active7DayUsers", "7-day active users", INTEGER },
    [METRIC_ACTIVE_28] = { "active28DayUsers", "28-day active users", INTEGER },
    [METRIC_SESSIONS] = { "sessions", "Sessions", INTEGER },
    [METRIC_ENGAGED_SESSIONS] = { "engagedSessions", "Engaged sessions", INTEGER },
    [METRIC_ENGAGEMENT_RATE] = { "engagementRate", "Engagement rate", FLOAT, .ratio = TRUE },
    [METRIC_BOUNCE_RATE] = { "bounceRate", "Bounce rate", FLOAT, .ratio = TRUE },
    [METRIC_SESSION_DURATION] = { "averageSessionDuration", "Average session duration", SECONDS,
                                  .ratio = TRUE },
    [METRIC_ENGAGEMENT_SECONDS] = { "userEngagementDuration", "User engagement", SECONDS },
    [METRIC_VIEWS] = { "screenPageViews", "Views", INTEGER },
    [METRIC_EVENTS] = { "eventCount", "Event count", INTEGER },
    [METRIC_KEY_EVENTS] = { "keyEvents", "Key events", FLOAT, "conversions" },
    [METRIC_SESSION_KEY_EVENT_RATE] = { "sessionKeyEventRate", "Session key event rate", FLOAT,
                                        "sessionConversionRate", .ratio = TRUE },
    [METRIC_USER_KEY_EVENT_RATE] = { "userKeyEventRate", "User key event rate", FLOAT, "userConversionRate",
                                     .ratio = TRUE },
    [METRIC_TOTAL_REVENUE] = { "totalRevenue", "Total revenue", CURRENCY, .revenue = TRUE },
    [METRIC_PURCHASE_REVENUE] = { "purchaseRevenue", "Purchase revenue", CURRENCY, .revenue = TRUE },
    [METRIC_TRANSACTIONS] = { "transactions", "Transactions", INTEGER },
    [METRIC_PURCHASES] = { "ecommercePurchases", "Ecommerce purchases", INTEGER },
    [METRIC_AD_COST] = { "advertiserAdCost", "Ads cost", CURRENCY, .cost = TRUE },
    [METRIC_AD_RETURN] = { "returnOnAdSpend", "Return on ad spend", FLOAT, .cost = TRUE, .ratio = TRUE },
};

int
ga4_dimension_find (const char *name)
{
    for (int i = 0; i < N_DIMENSIONS; i++)
        if (strcmp (ga4_dimensions[i].name, name) == 0)
            return i;
    return -1;
}

int
ga4_metric_find (const char *name)
{
    for (int i = 0; i < N_METRICS; i++)
        if (strcmp (ga4_metrics[i].name, name) == 0 || g_strcmp0 (ga4_metrics[i].deprecated, name) == 0)
            return i;
    return -1;
}

gboolean
ga4_dimension_excludes_cost (DimensionId dimension)
{
    return dimension == DIMENSION_LANDING || dimension == DIMENSION_LANDING_QUERY;
}

gboolean
ga4_metric_excludes_cost (MetricId metric)
{
    switch (metric) {
    case METRIC_SESSIONS:
    case METRIC_ENGAGED_SESSIONS:
    case METRIC_TOTAL_USERS:
    case METRIC_KEY_EVENTS:
        return TRUE;
    default:
        return FALSE;
    }
}
