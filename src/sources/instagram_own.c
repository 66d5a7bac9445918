/* What Instagram itself says of a period. One call covers 30 days at most: longer periods are
 * asked in pieces, whose counts add up; people do not, so of those it says nothing then. */
#include "sources/instagram_metrics.h"
#include "sources/instagram_zone.h"

#define MOST_DAYS 30
#define MOST_SPAN (MOST_DAYS * 86400 * SECOND_US)

const OwnMetric instagram_own_metrics[] = {
    { .metric = "reach", .column = "reach", .unique = TRUE },
    { .metric = "views", .column = "views" },
    { .metric = "accounts_engaged", .column = "accounts_engaged", .unique = TRUE },
    { .metric = "total_interactions", .column = "total_interactions" },
    { .metric = "likes", .column = "likes" },
    { .metric = "comments", .column = "comments" },
    { .metric = "saves", .column = "saves" },
    { .metric = "shares", .column = "shares" },
    { .metric = "profile_views", .column = "profile_views" },
    { .metric = NULL },
};

/* In the same order. */
static const char *const names[] = { "reach",    "views", "accounts_engaged", "total_interactions", "likes",
                                     "comments", "saves", "shares",           "profile_views" };

G_STATIC_ASSERT (G_N_ELEMENTS (instagram_own_metrics) == G_N_ELEMENTS (names) + 1);

/* Thirty days in which the clocks go back are an hour too long for one call. */
static Period
first_piece (Period days)
{
    Period piece = { days.from, MIN (days.to, days.from + MOST_DAYS - 1) };

    if (instagram_midnight (piece.to + 1) - instagram_midnight (piece.from) > MOST_SPAN)
        piece.to--;
    return piece;
}

/* A piece that says nothing leaves the whole unknown. */
static void
add_piece (OwnTotals *totals, const Value *values, gboolean first, gboolean only)
{
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        Value *total = &totals->values[i];

        if (first && (only || !instagram_own_metrics[i].unique))
            *total = values[i];
        else if (total->type == VALUE_INT && values[i].type == VALUE_INT)
            total->integer += values[i].integer;
        else
            *total = VALUE_NONE;
    }
}

gboolean
instagram_own_totals (const SourceContext *context, const char *access_token, const char *external_id,
                      Period days, OwnTotals *totals, const SourceSink *sink, GError **error)
{
    g_auto (InstagramCalls) calls = { 0 };
    InstagramMetrics metrics = INSTAGRAM_METRICS (names);
    g_autofree char *path = g_strconcat (external_id, "/insights", NULL);

    instagram_calls_init (&calls, context, access_token, external_id);
    for (Period left = days, piece; left.from <= left.to; left.from = piece.to + 1) {
        Value values[INSTAGRAM_MAX_METRICS];
        g_autofree char *span = NULL;

        piece = first_piece (left);
        span = g_strdup_printf (
            "period=day&metric_type=total_value&since=%" G_GINT64_FORMAT "&until=%" G_GINT64_FORMAT,
            instagram_midnight (piece.from) / SECOND_US, instagram_midnight (piece.to + 1) / SECOND_US);
        if (!instagram_metrics_ask (&calls, &metrics, path, span, values, error))
            return FALSE;
        add_piece (totals, values, piece.from == days.from, piece.from == days.from && piece.to == days.to);
    }
    return TRUE;
}
