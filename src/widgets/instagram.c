/* What Instagram shows. Its reach is people: those of one day are never the new ones of
 * the next, so it is added up only where the answer says so. How to add one:
 * docs/adding-a-widget.md. */
#include "sql.h"
#include "widgets/catalogue.h"

static const Field posts[] = {
    { .key = "id", .title = "Media ID", .unit = UNIT_TEXT },
    { .key = "permalink", .title = "Link", .unit = UNIT_TEXT },
    { .key = "posted_at", .title = "Posted", .unit = UNIT_INSTANT },
    { .key = "media_type", .title = "Type", .unit = UNIT_TEXT },
    { .key = "product_type", .title = "Product", .unit = UNIT_TEXT },
    { .key = "caption", .title = "Post", .unit = UNIT_TEXT },
    { .key = "reach", .title = "Reach", .total = TOTAL_UNIQUE, .by_day = TRUE },
    { .key = "total_interactions", .title = "Interactions", .by_day = TRUE, .is_headline = TRUE },
    { .key = "views", .title = "Views" },
    { .key = "likes", .title = "Likes" },
    { .key = "comments", .title = "Comments" },
    { .key = "saves", .title = "Saves" },
    { .key = "shares", .title = "Shares" },
    { .key = NULL },
};

const Widget widgets_instagram[] = {
    {
        .key = "ig.engagement_rate",
        .title = "Engagement rate",
        .description =
            "Interactions (likes, comments, saves, shares) for each account reached. Of a period it is "
            "all interactions over the reach of all days, not the mean of the days.",
        .needs = SOURCE_INSTAGRAM,
        .unit = UNIT_PERCENT,
        .total = TOTAL_RATIO,
        .chart = "line",
        .group = "Content",
        .size = "md",
        .sql = &sql_widgets_ig_engagement_rate,
        .render = render_ratio,
    },
    {
        .key = "ig.content_perf",
        .title = "Content performance",
        .description =
            "Posts of the period, those with the largest reach first, with what they have gathered until "
            "the last sync: a younger post has had less time. The number is all interactions. By day (in "
            "UTC) of posting, reach is that of the day's posts together, so who saw two of them counts "
            "twice.",
        .needs = SOURCE_INSTAGRAM,
        .unit = UNIT_COUNT,
        .fields = posts,
        .chart = "bar",
        .group = "Content",
        .size = "lg",
        .sql = &sql_widgets_ig_content_perf,
        .render = render_table,
    },
    {
        .key = "ig.followers",
        .title = "Followers",
        .description = "Followers at the end of each day; of a period, the last known number.",
        .needs = SOURCE_INSTAGRAM,
        .unit = UNIT_COUNT,
        .total = TOTAL_LAST,
        .chart = "line",
        .group = "Content",
        .size = "md",
        .sql = &sql_widgets_ig_followers,
        .render = render_series,
    },
    {
        .key = "ig.reach",
        .title = "Reach",
        .description =
            "Accounts that saw something of yours, by day. Of a period it is the sum of the days: who "
            "came on three days counts three times.",
        .needs = SOURCE_INSTAGRAM,
        .unit = UNIT_COUNT,
        .total = TOTAL_UNIQUE,
        .chart = "line",
        .group = "Content",
        .size = "md",
        .sql = &sql_widgets_ig_reach,
        .render = render_series,
    },
    { .key = NULL },
};
