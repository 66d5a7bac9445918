/* What only several sources together can show. Days count that all of them have.
 * How to add one: docs/adding-a-widget.md. */
#include "sql.h"
#include "widgets/catalogue.h"

static const Field spend_and_sessions[] = {
    { .key = "spend", .title = "Ad Spend", .unit = UNIT_MONEY },
    { .key = "sessions", .title = "Sessions" },
    { .key = NULL },
};

static const Field spend_over_conversions[] = {
    { .key = "spend", .title = "Ad Spend", .unit = UNIT_MONEY },
    { .key = "conversions", .title = "Conversions" },
    { .key = NULL },
};

static const Field revenue_over_spend[] = {
    { .key = "revenue", .title = "Revenue", .unit = UNIT_MONEY },
    { .key = "spend", .title = "Ad Spend", .unit = UNIT_MONEY },
    { .key = NULL },
};

const Widget widgets_corr[] = {
    {
        .key = "corr.spend_vs_sessions",
        .title = "Ad spend and sessions",
        .description =
            "What was spent on Meta's ads beside the sessions that Google Analytics counted, by day. The "
            "number is Pearson's correlation of the days that both have, from -1 to 1; with it comes by "
            "how many days (0 to 7) sessions follow spend most closely. It does not say that one causes "
            "the other.",
        .needs = SOURCE_GA4 | SOURCE_META,
        .unit = UNIT_RATIO,
        .total = TOTAL_CORRELATION,
        .fields = spend_and_sessions,
        .good = GOOD_NONE,
        .chart = "pair",
        .group = "Cross-channel",
        .size = "lg",
        .sql = &sql_widgets_corr_spend_vs_sessions,
        .render = render_pair,
    },
    {
        .key = "corr.blended_cac",
        .title = "Blended acquisition cost",
        .description =
            "Spend on Meta's ads for each conversion (key event) that Google Analytics counted, whatever "
            "brought it. Only days that both have count.",
        .needs = SOURCE_GA4 | SOURCE_META,
        .unit = UNIT_MONEY,
        .total = TOTAL_RATIO,
        .fields = spend_over_conversions,
        .good = GOOD_DOWN,
        .chart = "line",
        .group = "Cross-channel",
        .size = "md",
        .sql = &sql_widgets_corr_blended_cac,
        .render = render_blend,
    },
    {
        .key = "corr.mer",
        .title = "Marketing efficiency",
        .description =
            "Revenue that Google Analytics recorded, whatever brought it, for each unit of money spent on "
            "Meta's ads. Only days that both have count.",
        .needs = SOURCE_GA4 | SOURCE_META,
        .unit = UNIT_RATIO,
        .total = TOTAL_RATIO,
        .fields = revenue_over_spend,
        .chart = "line",
        .group = "Cross-channel",
        .size = "md",
        .sql = &sql_widgets_corr_mer,
        .render = render_blend,
    },
    { .key = NULL },
};
