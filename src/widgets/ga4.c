/* What Google Analytics 4 shows. How to add one: docs/adding-a-widget.md. */
#include "sql.h"
#include "widgets/catalogue.h"

static const Field landing_pages[] = {
    { .key = "landing_page", .title = "Page", .unit = UNIT_TEXT, .num = "id" },
    { .key = "sessions", .title = "Sessions", .is_headline = TRUE },
    { .key = "conversions", .title = "Conversions" },
    { .key = "rate",
      .title = "Conversion rate",
      .unit = UNIT_PERCENT,
      .total = TOTAL_RATIO,
      .num = "conversions",
      .den = "sessions" },
    { .key = NULL },
};

static const Field funnel[] = {
    { .key = "sessions", .title = "Sessions", .by_day = TRUE },
    { .key = "engaged_sessions", .title = "Engaged sessions", .by_day = TRUE },
    { .key = "conversions",
      .title = "Conversions",
      .by_day = TRUE,
      .is_headline = TRUE,
      .loose =
          "Conversions are key events, not sessions: one session may have several, so they are not strictly "
          "a part of the engaged sessions." },
    { .key = NULL },
};

const Widget widgets_ga4[] = {
    {
        .key = "ga4.users",
        .title = "Users",
        .description =
            "People who visited, by day. A person who comes on three days is one user of the period "
            "but counts on each of the days.",
        .needs = SOURCE_GA4,
        .unit = UNIT_COUNT,
        .total = TOTAL_UNIQUE,
        .chart = "line",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_users,
        .render = render_series,
    },
    {
        .key = "ga4.sessions",
        .title = "Sessions",
        .description = "Visits, by day.",
        .needs = SOURCE_GA4,
        .unit = UNIT_COUNT,
        .chart = "line",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_sessions,
        .render = render_series,
    },
    {
        .key = "ga4.conv_rate",
        .title = "Conversion rate",
        .description =
            "Conversions (key events) for each session. Of a period it is all conversions over all "
            "sessions, not the mean of the days.",
        .needs = SOURCE_GA4,
        .unit = UNIT_PERCENT,
        .total = TOTAL_RATIO,
        .chart = "line",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_conv_rate,
        .render = render_ratio,
    },
    {
        .key = "ga4.traffic_channels",
        .title = "Traffic channels",
        .description = "Sessions by the channel that brought them.",
        .needs = SOURCE_GA4,
        .unit = UNIT_COUNT,
        .chart = "stacked",
        .group = "Traffic",
        .size = "xl",
        .sql = &sql_widgets_ga4_traffic_channels,
        .render = render_breakdown,
    },
    {
        .key = "ga4.landing_pages",
        .title = "Landing pages",
        .description =
            "The pages on which sessions began, those with most sessions first, and how many of these "
            "sessions converted. Of each day only the hundred largest pages are kept, and equal paths of "
            "several properties are one page.",
        .needs = SOURCE_GA4,
        .unit = UNIT_COUNT,
        .fields = landing_pages,
        .chart = "table",
        .group = "Traffic",
        .size = "lg",
        .sql = &sql_widgets_ga4_landing_pages,
        .render = render_table,
    },
    {
        .key = "ga4.revenue",
        .title = "Revenue",
        .description = "Revenue that Google Analytics recorded, by day, in the property's currency.",
        .needs = SOURCE_GA4,
        .unit = UNIT_MONEY,
        .chart = "line",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_revenue,
        .render = render_series,
    },
    {
        .key = "ga4.engagement",
        .title = "Engagement rate",
        .description =
            "Engaged sessions as a share of all: longer than ten seconds, with a key event, or with "
            "two page views.",
        .needs = SOURCE_GA4,
        .unit = UNIT_PERCENT,
        .total = TOTAL_RATIO,
        .chart = "line",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_engagement,
        .render = render_ratio,
    },
    {
        .key = "ga4.funnel",
        .title = "Conversion funnel",
        .description =
            "What visits lead to: sessions, engaged sessions and conversions (key events), each with its "
            "share of the step before. The number is that of the conversions. One session may have "
            "several key events, so their share may be over 100%.",
        .needs = SOURCE_GA4,
        .unit = UNIT_COUNT,
        .fields = funnel,
        .chart = "funnel",
        .group = "Traffic",
        .size = "md",
        .sql = &sql_widgets_ga4_funnel,
        .render = render_funnel,
    },
    { .key = NULL },
};
