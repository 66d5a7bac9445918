/* ga4_query.h -- a report request, understood and checked. */
#pragma once
#include "ga4_fields.h"
#include "ga4_filter.h"
#include "world.h"

#define MAX_DIMENSIONS 9
#define MAX_METRICS    10
#define MAX_RANGES     4

typedef struct {
    DimensionId id;
    const char *name; /* as it was asked */
} Ga4Dimension;

typedef struct {
    MetricId id;
    const char *name;
} Ga4Metric;

typedef struct {
    Day from, to;
    char *name;
} Ga4Range;

typedef struct {
    gboolean by_metric, desc, numeric, ignore_case;
    guint index; /* into the query's metrics or dimensions */
} Ga4Order;

enum { AGGREGATE_TOTAL = 1, AGGREGATE_MINIMUM = 2, AGGREGATE_MAXIMUM = 4 };

typedef struct {
    json_t *request;                             /* what the names point into */
    Ga4Dimension dimensions[MAX_DIMENSIONS + 1]; /* dateRange comes by itself with several ranges */
    Ga4Metric metrics[MAX_METRICS];
    Ga4Range ranges[MAX_RANGES];
    guint n_dimensions, n_metrics, n_ranges;
    Ga4Filter *dimension_filter, *metric_filter;
    GArray *orders; /* Ga4Order */
    gint64 offset, limit;
    guint aggregations;
    gboolean keep_empty, return_quota;
    const char *currency;
    double rate; /* from the property's currency */
} Ga4Query;

/* Read a canonical RunReportRequest (see proto.h; takes its own reference) for a property whose
 * date is today. no_revenue: the caller has no permission for revenue. FALSE and Google's
 * sentence in *problem for an INVALID_ARGUMENT. */
gboolean ga4_query_read (Ga4Query *query, json_t *request, const Property *property, Day today,
                         gboolean no_revenue, char **problem);
void ga4_query_clear (Ga4Query *query);
gboolean ga4_query_has (const Ga4Query *query, DimensionId dimension);
/* "Field x is not a valid metric. …" */
char *ga4_unknown_field (const char *name, const char *kind);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ga4Query, ga4_query_clear)
