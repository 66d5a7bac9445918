#include "ga4_report.h"

#include "dice.h"
#include "ga4_count.h"

#include <string.h>

#define WITHHELD_BELOW 3 /* users */

typedef struct {
    const Ga4Query *query;
    Ga4View *view;
    const Switches *switches;
    guint64 salt;
    GArray *rows; /* Ga4Row, those that stay, in order */
} Report;

gint64
ga4_report_cost (const Ga4Query *query)
{
    gint64 days = 0;

    for (guint i = 0; i < query->n_ranges; i++)
        days += query->ranges[i].to - query->ranges[i].from + 1;
    return 1 + query->n_dimensions + query->n_metrics / 4 + days / 100;
}

static double
metric_of (const Report *report, const Ga4Row *row, MetricId metric)
{
    if (ga4_metrics[metric].revenue && switch_value (report->switches, SWITCH_NO_REVENUE))
        return 0;
    return ga4_row_metric (row, metric, report->query, report->view);
}

static const char *
text_of (const Report *report, const Ga4Row *row, DimensionId dimension)
{
    return ga4_view_text (report->view, dimension, ga4_row_id (row, dimension));
}

/* ---- which rows stay ---- */

typedef struct {
    const Report *report;
    const Ga4Row *row;
} Asked;

static double
asked_number (gpointer row, int field)
{
    const Asked *asked = row;

    return metric_of (asked->report, asked->row, asked->report->query->metrics[field].id);
}

static gboolean
is_empty (const Report *report, const Ga4Row *row)
{
    for (guint i = 0; i < report->query->n_metrics; i++)
        if (metric_of (report, row, report->query->metrics[i].id) != 0)
            return FALSE;
    return report->query->n_metrics > 0;
}

static gboolean
stays (const Report *report, const Ga4Row *row)
{
    Asked asked = { report, row };
    Ga4FilterRow filter_row = { .number = asked_number, .row = &asked };

    if (!report->query->keep_empty && is_empty (report, row))
        return FALSE;
    if (switch_value (report->switches, SWITCH_THRESHOLD) && row->users < WITHHELD_BELOW)
        return FALSE;
    return ga4_filter_holds (report->query->metric_filter, &filter_row);
}

static void
drop_rows (Report *report)
{
    guint kept = 0;

    for (guint i = 0; i < report->rows->len; i++)
        if (stays (report, &g_array_index (report->rows, Ga4Row, i)))
            g_array_index (report->rows, Ga4Row, kept++) = g_array_index (report->rows, Ga4Row, i);
    g_array_set_size (report->rows, kept);
}

/* ---- order ---- */

static int
compare_numbers (double a, double b)
{
    return (a > b) - (a < b);
}

static int
compare_texts (const Ga4Order *order, const char *a, const char *b)
{
    if (order->numeric)
        return compare_numbers (g_ascii_strtod (a, NULL), g_ascii_strtod (b, NULL));
    return order->ignore_case ? g_ascii_strcasecmp (a, b) : strcmp (a, b);
}

static int
compare_by (const Report *report, const Ga4Order *order, const Ga4Row *a, const Ga4Row *b)
{
    const Ga4Query *query = report->query;
    int by;

    if (order->by_metric)
        by = compare_numbers (metric_of (report, a, query->metrics[order->index].id),
                              metric_of (report, b, query->metrics[order->index].id));
    else
        by = compare_texts (order, text_of (report, a, query->dimensions[order->index].id),
                            text_of (report, b, query->dimensions[order->index].id));
    return order->desc ? -by : by;
}

/* Where the query leaves it open, the order is arbitrary, as the real one's is. */
static int
compare_rows (gconstpointer x, gconstpointer y, gpointer user)
{
    const Report *report = user;
    const Ga4Row *a = x, *b = y;
    guint64 mix_a = dice_mix (a->key + report->salt), mix_b = dice_mix (b->key + report->salt);

    for (guint i = 0; i < report->query->orders->len; i++) {
        int by = compare_by (report, &g_array_index (report->query->orders, Ga4Order, i), a, b);

        if (by)
            return by;
    }
    return (mix_a > mix_b) - (mix_a < mix_b);
}

/* ---- writing ---- */

static void
write_headers (const Ga4Query *query, Json *json)
{
    if (query->n_dimensions) {
        json_key (json, "dimensionHeaders");
        json_begin_array (json);
        for (guint i = 0; i < query->n_dimensions; i++) {
            json_begin_object (json);
            json_put_text (json, "name", query->dimensions[i].name);
            json_end_object (json);
        }
        json_end_array (json);
    }
    if (!query->n_metrics)
        return;
    json_key (json, "metricHeaders");
    json_begin_array (json);
    for (guint i = 0; i < query->n_metrics; i++) {
        json_begin_object (json);
        json_put_text (json, "name", query->metrics[i].name);
        json_put_text (json, "type", ga4_metrics[query->metrics[i].id].type);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_value (Json *json, const char *text)
{
    json_begin_object (json);
    json_put_text (json, "value", text);
    json_end_object (json);
}

/* Numbers are strings too, floats with all their digits. */
static void
write_number (Json *json, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    write_value (json, g_ascii_formatd (text, sizeof text, "%.17g", number));
}

static void
write_metrics (const Report *report, const Ga4Row *row, Json *json)
{
    if (!report->query->n_metrics)
        return;
    json_key (json, "metricValues");
    json_begin_array (json);
    for (guint i = 0; i < report->query->n_metrics; i++)
        write_number (json, metric_of (report, row, report->query->metrics[i].id));
    json_end_array (json);
}

static void
write_row (const Report *report, const Ga4Row *row, Json *json)
{
    json_begin_object (json);
    if (report->query->n_dimensions) {
        json_key (json, "dimensionValues");
        json_begin_array (json);
        for (guint i = 0; i < report->query->n_dimensions; i++)
            write_value (json, text_of (report, row, report->query->dimensions[i].id));
        json_end_array (json);
    }
    write_metrics (report, row, json);
    json_end_object (json);
}

static void
write_rows (const Report *report, Json *json)
{
    gint64 most = MIN (report->query->limit, switch_value (report->switches, SWITCH_MAX_ROWS));
    gint64 from = MIN (report->query->offset, report->rows->len), to = MIN (from + most, report->rows->len);

    if (from < to) {
        json_key (json, "rows");
        json_begin_array (json);
        for (gint64 i = from; i < to; i++)
            write_row (report, &g_array_index (report->rows, Ga4Row, i), json);
        json_end_array (json);
    }
}

/* ---- aggregates: one row a date range ---- */

static void
write_reserved (const Report *report, const char *reserved, guint range, Json *json)
{
    if (!report->query->n_dimensions)
        return;
    json_key (json, "dimensionValues");
    json_begin_array (json);
    for (guint i = 0; i < report->query->n_dimensions; i++)
        write_value (json, report->query->dimensions[i].id == DIMENSION_RANGE
                               ? report->query->ranges[range].name
                               : reserved);
    json_end_array (json);
}

/* Users of the whole are counted anew: they are not the sum of the rows. */
static void
write_totals (const Report *report, Json *json)
{
    static const Ga4Dimension by_range = { DIMENSION_RANGE, "dateRange" };
    g_autoptr (GArray) totals = ga4_count (report->query, &by_range, 1, report->view);

    json_key (json, "totals");
    json_begin_array (json);
    for (guint i = 0; i < totals->len; i++) {
        const Ga4Row *row = &g_array_index (totals, Ga4Row, i);

        json_begin_object (json);
        write_reserved (report, "RESERVED_TOTAL", ga4_row_id (row, DIMENSION_RANGE), json);
        write_metrics (report, row, json);
        json_end_object (json);
    }
    if (totals->len == 0) { /* as seen: an aggregate over nothing is one empty row */
        json_begin_object (json);
        json_end_object (json);
    }
    json_end_array (json);
}

static gboolean
extreme_of (const Report *report, guint range, MetricId metric, gboolean largest, double *extreme)
{
    gboolean found = FALSE;

    for (guint i = 0; i < report->rows->len; i++) {
        const Ga4Row *row = &g_array_index (report->rows, Ga4Row, i);
        double number = metric_of (report, row, metric);

        if (ga4_row_id (row, DIMENSION_RANGE) != range)
            continue;
        if (!found || (largest ? number > *extreme : number < *extreme))
            *extreme = number;
        found = TRUE;
    }
    return found;
}

static void
write_extremes (const Report *report, const char *key, const char *reserved, gboolean largest, Json *json)
{
    json_key (json, key);
    json_begin_array (json);
    for (guint range = 0; range < report->query->n_ranges; range++) {
        double extreme = 0;

        json_begin_object (json);
        write_reserved (report, reserved, range, json);
        json_key (json, "metricValues");
        json_begin_array (json);
        for (guint i = 0; i < report->query->n_metrics; i++) {
            extreme_of (report, range, report->query->metrics[i].id, largest, &extreme);
            write_number (json, extreme);
        }
        json_end_array (json);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_aggregates (const Report *report, Json *json)
{
    if (report->query->aggregations & AGGREGATE_TOTAL)
        write_totals (report, json);
    if (report->query->aggregations & AGGREGATE_MAXIMUM)
        write_extremes (report, "maximums", "RESERVED_MAX", TRUE, json);
    if (report->query->aggregations & AGGREGATE_MINIMUM)
        write_extremes (report, "minimums", "RESERVED_MIN", FALSE, json);
}

/* ---- metadata ---- */

static void
write_sampling (const Report *report, Json *json)
{
    int percent = report->view->sampled;
    char text[32];

    if (!percent)
        return;
    json_key (json, "samplingMetadatas");
    json_begin_array (json);
    for (guint i = 0; i < report->query->n_ranges; i++) {
        json_begin_object (json);
        g_snprintf (text, sizeof text, "%d", 100 * percent);
        json_put_text (json, "samplesReadCount", text);
        json_put_text (json, "samplingSpaceSize", "10000");
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_restrictions (const Report *report, Json *json)
{
    json_key (json, "schemaRestrictionResponse");
    json_begin_object (json);
    json_key (json, "activeMetricRestrictions");
    json_begin_array (json);
    for (guint i = 0; i < report->query->n_metrics; i++) {
        if (!ga4_metrics[report->query->metrics[i].id].revenue)
            continue;
        json_begin_object (json);
        json_put_text (json, "metricName", report->query->metrics[i].name);
        json_key (json, "restrictedMetricTypes");
        json_begin_array (json);
        json_text (json, "REVENUE_DATA");
        json_end_array (json);
        json_end_object (json);
    }
    json_end_array (json);
    json_end_object (json);
}

static gboolean
asks_revenue (const Ga4Query *query)
{
    for (guint i = 0; i < query->n_metrics; i++)
        if (ga4_metrics[query->metrics[i].id].revenue)
            return TRUE;
    return FALSE;
}

static void
write_metadata (const Report *report, Json *json)
{
    const Ga4Query *query = report->query;

    json_key (json, "metadata");
    json_begin_object (json);
    if (report->view->kept_pages &&
        (ga4_query_has (query, DIMENSION_LANDING) || ga4_query_has (query, DIMENSION_LANDING_QUERY)))
        json_put_bool (json, "dataLossFromOtherRow", TRUE);
    if (switch_value (report->switches, SWITCH_NO_REVENUE) && asks_revenue (query))
        write_restrictions (report, json);
    json_put_text (json, "currencyCode", query->currency);
    json_put_text (json, "timeZone", report->view->property->preset.zone);
    if (switch_value (report->switches, SWITCH_THRESHOLD))
        json_put_bool (json, "subjectToThresholding", TRUE);
    write_sampling (report, json);
    if (switch_value (report->switches, SWITCH_EXTRA_MEMBERS))
        json_put_text (json, "dataFreshness", "PROCESSED");
    json_end_object (json);
}

static void
write_extra (Json *json)
{
    json_key (json, "newInThisRelease");
    json_begin_object (json);
    json_put_text (json, "rows", "this is not the rows member you are looking for");
    json_key (json, "values");
    json_begin_array (json);
    json_none (json);
    json_int (json, 1);
    json_end_array (json);
    json_end_object (json);
}

static void
fill (Report *report)
{
    report->rows =
        ga4_count (report->query, report->query->dimensions, report->query->n_dimensions, report->view);
    drop_rows (report);
    g_array_sort_with_data (report->rows, compare_rows, report);
}

void
ga4_report_write (const Ga4Query *query, Ga4View *view, const Switches *switches, const Quota *quota,
                  guint64 salt, Json *json)
{
    Report report = { query, view, switches, salt };

    fill (&report);
    json_begin_object (json);
    write_headers (query, json);
    if (switch_value (switches, SWITCH_EXTRA_MEMBERS))
        write_extra (json);
    write_rows (&report, json);
    write_aggregates (&report, json);
    if (report.rows->len && !switch_value (switches, SWITCH_NO_ROW_COUNT))
        json_put_int (json, "rowCount", report.rows->len);
    write_metadata (&report, json);
    if (query->return_quota) {
        json_key (json, "propertyQuota");
        quota_write (quota, switches, json);
    }
    json_put_text (json, "kind", "analyticsData#runReport");
    json_end_object (json);
    g_array_unref (report.rows);
}
