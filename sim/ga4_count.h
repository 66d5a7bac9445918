/* ga4_count.h -- count the visits of a report's ranges into rows. */
#pragma once
#include "ga4_query.h"
#include "ga4_view.h"

/* One combination of dimension values and what was counted for it. */
typedef struct {
    guint64 key; /* the ids of its values, each at its dimension's place */
    gint64 sessions, engaged, views, events, key_events, transactions, revenue, seconds, clicks;
    gint64 users, active, new_users, key_users; /* people, each once a row */
    gint64 rolling[3]; /* active in the 1, 7, 28 days that end on the row's date (or the range's end) */
} Ga4Row;

/* The rows of these dimensions, in the order they were met; the caller frees it. The filter is the
 * query's dimensionFilter. */
GArray *ga4_count (const Ga4Query *query, const Ga4Dimension *dimensions, guint n_dimensions, Ga4View *view);
/* The id of a dimension's value in a row. */
guint ga4_row_id (const Ga4Row *row, DimensionId dimension);
/* A metric of a row, money in the query's currency; of a sample, scaled up to all. */
double ga4_row_metric (const Ga4Row *row, MetricId metric, const Ga4Query *query, const Ga4View *view);
