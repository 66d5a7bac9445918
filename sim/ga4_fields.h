/* ga4_fields.h -- the dimensions and metrics that the simulated properties have. */
#pragma once
#include <glib.h>

typedef enum {
    DIMENSION_DATE,
    DIMENSION_CHANNEL,
    DIMENSION_LANDING,
    DIMENSION_LANDING_QUERY,
    DIMENSION_DEVICE,
    DIMENSION_COUNTRY,
    DIMENSION_RANGE,
    N_DIMENSIONS
} DimensionId;

typedef enum {
    METRIC_TOTAL_USERS,
    METRIC_ACTIVE_USERS,
    METRIC_NEW_USERS,
    METRIC_ACTIVE_1,
    METRIC_ACTIVE_7,
    METRIC_ACTIVE_28,
    METRIC_SESSIONS,
    METRIC_ENGAGED_SESSIONS,
    METRIC_ENGAGEMENT_RATE,
    METRIC_BOUNCE_RATE,
    METRIC_SESSION_DURATION,
    METRIC_ENGAGEMENT_SECONDS,
    METRIC_VIEWS,
    METRIC_EVENTS,
    METRIC_KEY_EVENTS,
    METRIC_SESSION_KEY_EVENT_RATE,
    METRIC_USER_KEY_EVENT_RATE,
    METRIC_TOTAL_REVENUE,
    METRIC_PURCHASE_REVENUE,
    METRIC_TRANSACTIONS,
    METRIC_PURCHASES,
    METRIC_AD_COST,
    METRIC_AD_RETURN,
    N_METRICS
} MetricId;

typedef struct {
    const char *name, *title;
    guint shift, bits; /* where its value stands in a row's key */
} DimensionInfo;

typedef struct {
    const char *name, *title, *type;
    const char *deprecated; /* an older name that still works, or NULL */
    gboolean ratio;         /* of counts: never summed, nor scaled */
    gboolean revenue, cost; /* blocked without that permission */
} MetricInfo;

extern const DimensionInfo ga4_dimensions[N_DIMENSIONS];
extern const MetricInfo ga4_metrics[N_METRICS];

int ga4_dimension_find (const char *name); /* -1 if there is none */
int ga4_metric_find (const char *name);
/* Ad cost belongs to campaigns: it can't be asked with these (sources: field exclusions). */
gboolean ga4_dimension_excludes_cost (DimensionId dimension);
gboolean ga4_metric_excludes_cost (MetricId metric);
