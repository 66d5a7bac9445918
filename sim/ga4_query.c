#include "ga4_query.h"

#include <string.h>

#define SCHEMA_PAGE   "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
#define DEFAULT_LIMIT 10000

static gboolean refuse (char **problem, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (char **problem, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    *problem = g_strdup_vprintf (format, args);
    va_end (args);
    return FALSE;
}

char *
ga4_unknown_field (const char *name, const char *kind)
{
    return g_strdup_printf (
        "Field %s is not a valid %s. For a list of valid dimensions and metrics, see " SCHEMA_PAGE, name,
        kind);
}

static const char *
name_of (const json_t *object)
{
    const char *name = json_string_value (json_object_get (object, "name"));

    return name ? name : "";
}

/* ---- dimensions and metrics ---- */

static gboolean
within (const json_t *list, guint most, const char *what, char **problem)
{
    size_t n = json_array_size (list);

    if (n <= most)
        return TRUE;
    return refuse (problem,
                   "Requests are limited to %u %s within a nested request. This request is for %zu %s.", most,
                   what, n, what);
}

static gboolean
read_dimensions (Ga4Query *query, char **problem)
{
    const json_t *list = json_object_get (query->request, "dimensions"), *item;
    size_t i;

    if (!within (list, MAX_DIMENSIONS, "dimensions", problem))
        return FALSE;
    json_array_foreach (list, i, item)
    {
        int id = ga4_dimension_find (name_of (item));

        if (id < 0) {
            *problem = ga4_unknown_field (name_of (item), "dimension");
            return FALSE;
        }
        if (ga4_query_has (query, (DimensionId)id))
            return refuse (problem, "Duplicate dimensions are not allowed: %s.", name_of (item));
        query->dimensions[query->n_dimensions++] = (Ga4Dimension){ (DimensionId)id, name_of (item) };
    }
    return TRUE;
}

static gboolean
read_metrics (Ga4Query *query, char **problem)
{
    const json_t *list = json_object_get (query->request, "metrics"), *item;
    size_t i;

    if (!within (list, MAX_METRICS, "metrics", problem))
        return FALSE;
    json_array_foreach (list, i, item)
    {
        int id = ga4_metric_find (name_of (item));

        if (json_object_get (item, "expression") || json_is_true (json_object_get (item, "invisible")))
            return refuse (problem, "This simulator does not compute metric expressions: %s.",
                           name_of (item));
        if (id < 0) {
            *problem = ga4_unknown_field (name_of (item), "metric");
            return FALSE;
        }
        query->metrics[query->n_metrics++] = (Ga4Metric){ (MetricId)id, name_of (item) };
    }
    if (query->n_metrics + query->n_dimensions == 0)
        return refuse (problem, "A report request must have at least one dimension or metric.");
    return TRUE;
}

static const char *
excluded_by_cost (const Ga4Query *query)
{
    for (guint i = 0; i < query->n_metrics; i++)
        if (ga4_metric_excludes_cost (query->metrics[i].id))
            return query->metrics[i].name;
    for (guint i = 0; i < query->n_dimensions; i++)
        if (ga4_dimension_excludes_cost (query->dimensions[i].id))
            return query->dimensions[i].name;
    return NULL;
}

static gboolean
check_compatible (const Ga4Query *query, char **problem)
{
    const char *bad = excluded_by_cost (query);

    for (guint i = 0; bad && i < query->n_metrics; i++)
        if (ga4_metrics[query->metrics[i].id].cost)
            return refuse (
                problem,
                "Please remove %s to make the request compatible. The request's dimensions & metrics are "
                "incompatible. To learn more, see "
                "https://ga-dev-tools.google/ga4/dimensions-metrics-explorer/",
                bad);
    return TRUE;
}

/* ---- date ranges ---- */

/* "YYYY-MM-DD", "today", "yesterday", "7daysAgo" in the property's zone */
static gboolean
read_date (const char *text, Day today, Day *day)
{
    char *end = NULL;
    guint64 ago;

    if (day_parse (text, day))
        return TRUE;
    if (strcmp (text, "today") == 0 || strcmp (text, "yesterday") == 0) {
        *day = today - (*text == 'y');
        return TRUE;
    }
    if (!g_ascii_isdigit (*text))
        return FALSE;
    ago = g_ascii_strtoull (text, &end, 10);
    *day = today - (Day)MIN (ago, 100000);
    return strcmp (end, "daysAgo") == 0;
}

static gboolean
read_edge (const json_t *range, const char *which, Day today, Day *day, char **problem)
{
    const char *text = json_string_value (json_object_get (range, which));

    if (!text || !*text)
        return refuse (problem, "A dateRange's %s is required.", which);
    if (!read_date (text, today, day))
        return refuse (problem, "Invalid %s: %s. It must be YYYY-MM-DD, NdaysAgo, yesterday, or today.",
                       which, text);
    if (*day < day_of (2015, 8, 14) || *day >= day_of (3000, 1, 1))
        return refuse (problem, "Invalid %s: %s. It must be between 2015-08-14 and 2999-12-31.", which, text);
    return TRUE;
}

static gboolean
read_range (Ga4Query *query, const json_t *given, Day today, char **problem)
{
    Ga4Range *range = &query->ranges[query->n_ranges];
    const char *name = name_of (given);

    if (!read_edge (given, "startDate", today, &range->from, problem) ||
        !read_edge (given, "endDate", today, &range->to, problem))
        return FALSE;
    if (range->from > range->to)
        return refuse (problem, "The startDate must be before or equal to the endDate.");
    if (g_str_has_prefix (name, "date_range_") || g_str_has_prefix (name, "RESERVED_"))
        return refuse (problem, "A dateRange's name can't begin with date_range_ or RESERVED_: %s.", name);
    range->name = *name ? g_strdup (name) : g_strdup_printf ("date_range_%u", query->n_ranges);
    query->n_ranges++;
    return TRUE;
}

static gboolean
read_ranges (Ga4Query *query, Day today, char **problem)
{
    const json_t *list = json_object_get (query->request, "dateRanges"), *item;
    size_t i;

    if (!within (list, MAX_RANGES, "dateRanges", problem))
        return FALSE;
    if (json_array_size (list) == 0)
        return refuse (problem, "A report request must have at least one dateRange.");
    json_array_foreach (list, i, item) if (!read_range (query, item, today, problem)) return FALSE;
    if (query->n_ranges > 1 && !ga4_query_has (query, DIMENSION_RANGE))
        query->dimensions[query->n_dimensions++] = (Ga4Dimension){ DIMENSION_RANGE, "dateRange" };
    return TRUE;
}

/* ---- filters and order ---- */

static int
find_dimension (gconstpointer user, const char *name, char **problem)
{
    int id = ga4_dimension_find (name);

    if (id < 0 || id == DIMENSION_RANGE) {
        *problem = ga4_unknown_field (name, "dimension");
        return -1;
    }
    return id;
}

static int
metric_index (const Ga4Query *query, const char *name)
{
    for (guint i = 0; i < query->n_metrics; i++)
        if (strcmp (query->metrics[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int
find_metric (gconstpointer user, const char *name, char **problem)
{
    int index = metric_index (user, name);

    if (index < 0 && ga4_metric_find (name) < 0)
        *problem = ga4_unknown_field (name, "metric");
    else if (index < 0)
        *problem = g_strdup_printf ("A metricFilter's field must be in the request's metrics: %s.", name);
    return index;
}

/* Zeros that mean "not allowed" can be shown, but not asked about. */
static int
find_open_metric (gconstpointer user, const char *name, char **problem)
{
    int index = find_metric (user, name, problem);

    if (index >= 0 && ga4_metrics[((const Ga4Query *)user)->metrics[index].id].revenue) {
        *problem = g_strdup_printf (
            "The metric %s is restricted for this user and can't be used in a metricFilter.", name);
        return -1;
    }
    return index;
}

static gboolean
read_filters (Ga4Query *query, gboolean no_revenue, char **problem)
{
    return ga4_filter_read (json_object_get (query->request, "dimensionFilter"), FALSE, find_dimension, query,
                            &query->dimension_filter, problem) &&
           ga4_filter_read (json_object_get (query->request, "metricFilter"), TRUE,
                            no_revenue ? find_open_metric : find_metric, query, &query->metric_filter,
                            problem);
}

static int
dimension_index (const Ga4Query *query, const char *name)
{
    for (guint i = 0; i < query->n_dimensions; i++)
        if (strcmp (query->dimensions[i].name, name) == 0)
            return (int)i;
    return -1;
}

static gboolean
read_order (Ga4Query *query, const json_t *given, char **problem)
{
    const json_t *by_metric = json_object_get (given, "metric"),
                 *by_dimension = json_object_get (given, "dimension");
    const json_t *type = json_object_get (by_dimension, "orderType");
    const char *name = json_string_value (by_metric ? json_object_get (by_metric, "metricName")
                                                    : json_object_get (by_dimension, "dimensionName"));
    int index =
        by_metric ? metric_index (query, name ? name : "") : dimension_index (query, name ? name : "");
    Ga4Order order = { by_metric != NULL, json_is_true (json_object_get (given, "desc")) };

    if (!by_metric == !by_dimension)
        return refuse (problem, "An orderBy must have exactly one of metric, dimension, pivot.");
    if (index < 0)
        return refuse (problem, "An orderBy's field must be in the request's dimensions or metrics: %s.",
                       name ? name : "");
    order.index = (guint)index;
    order.numeric = g_strcmp0 (json_string_value (type), "NUMERIC") == 0;
    order.ignore_case = g_strcmp0 (json_string_value (type), "CASE_INSENSITIVE_ALPHANUMERIC") == 0;
    g_array_append_val (query->orders, order);
    return TRUE;
}

static gboolean
read_orders (Ga4Query *query, char **problem)
{
    const json_t *item;
    size_t i;

    json_array_foreach (json_object_get (query->request, "orderBys"), i,
                        item) if (!read_order (query, item, problem)) return FALSE;
    return TRUE;
}

/* ---- the rest ---- */

static gboolean
read_page (Ga4Query *query, char **problem)
{
    const json_t *limit = json_object_get (query->request, "limit");

    query->offset = json_integer_value (json_object_get (query->request, "offset"));
    query->limit = limit ? json_integer_value (limit) : DEFAULT_LIMIT;
    if (query->offset < 0)
        return refuse (problem, "The offset must be non-negative.");
    if (query->limit <= 0)
        return refuse (problem, "The limit must be positive.");
    return TRUE;
}

static gboolean
read_aggregations (Ga4Query *query, char **problem)
{
    const json_t *item;
    size_t i;

    json_array_foreach (json_object_get (query->request, "metricAggregations"), i, item)
    {
        const char *name = json_string_value (item);

        if (strcmp (name, "TOTAL") == 0)
            query->aggregations |= AGGREGATE_TOTAL;
        else if (strcmp (name, "MINIMUM") == 0)
            query->aggregations |= AGGREGATE_MINIMUM;
        else if (strcmp (name, "MAXIMUM") == 0)
            query->aggregations |= AGGREGATE_MAXIMUM;
        else
            return refuse (problem, "The metric aggregation %s is not supported.", name);
    }
    return TRUE;
}

/* Units of a currency for one euro; good enough for a made-up shop. */
static double
euro_rate (const char *currency)
{
    static const struct {
        const char *currency;
        double rate;
    } rates[] = { { "EUR", 1 }, { "USD", 1.1 }, { "GBP", .85 }, { "CHF", .95 }, { "JPY", 160 } };

    for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
        if (strcmp (rates[i].currency, currency) == 0)
            return rates[i].rate;
    return 0;
}

static gboolean
read_currency (Ga4Query *query, const Property *property, char **problem)
{
    const char *own = property->preset.currency;
    const char *asked = json_string_value (json_object_get (query->request, "currencyCode"));

    query->currency = asked && *asked ? asked : own;
    query->rate = 1;
    if (strcmp (query->currency, own) == 0)
        return TRUE;
    if (euro_rate (query->currency) == 0 || euro_rate (own) == 0)
        return refuse (problem, "Invalid currencyCode: %s.", query->currency);
    query->rate = euro_rate (query->currency) / euro_rate (own);
    return TRUE;
}

gboolean
ga4_query_has (const Ga4Query *query, DimensionId dimension)
{
    for (guint i = 0; i < query->n_dimensions; i++)
        if (query->dimensions[i].id == dimension)
            return TRUE;
    return FALSE;
}

gboolean
ga4_query_read (Ga4Query *query, json_t *request, const Property *property, Day today, gboolean no_revenue,
                char **problem)
{
    *query = (Ga4Query){ .request = json_incref (request),
                         .orders = g_array_new (FALSE, FALSE, sizeof (Ga4Order)) };
    query->keep_empty = json_is_true (json_object_get (request, "keepEmptyRows"));
    query->return_quota = json_is_true (json_object_get (request, "returnPropertyQuota"));
    return read_dimensions (query, problem) && read_metrics (query, problem) &&
           check_compatible (query, problem) && read_ranges (query, today, problem) &&
           read_filters (query, no_revenue, problem) && read_orders (query, problem) &&
           read_page (query, problem) && read_aggregations (query, problem) &&
           read_currency (query, property, problem);
}

void
ga4_query_clear (Ga4Query *query)
{
    for (guint i = 0; i < query->n_ranges; i++)
        g_free (query->ranges[i].name);
    ga4_filter_free (query->dimension_filter);
    ga4_filter_free (query->metric_filter);
    g_clear_pointer (&query->orders, g_array_unref);
    json_decref (query->request);
    *query = (Ga4Query){ 0 };
}
