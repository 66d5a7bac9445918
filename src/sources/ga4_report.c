#include "sources/ga4_report.h"

#include "base/fault.h"
#include "sources/decimal.h"
#include "sources/google_call.h"

#include <string.h>

static void
write_names (Json *json, const char *key, const char *const *names)
{
    json_key (json, key);
    json_begin_array (json);
    for (; *names; names++) {
        json_begin_object (json);
        json_put_text (json, "name", *names);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_ranges (Json *json, const Ga4Question *question)
{
    json_key (json, "dateRanges");
    json_begin_array (json);
    for (guint i = 0; i < question->n_ranges; i++) {
        json_begin_object (json);
        json_put_day (json, "startDate", question->ranges[i].from);
        json_put_day (json, "endDate", question->ranges[i].to);
        json_end_object (json);
    }
    json_end_array (json);
}

/* All dimensions, so that no two rows tie: without a total order, pages may
 * overlap or leave rows out. */
static void
write_order (Json *json, const Ga4Question *question)
{
    json_key (json, "orderBys");
    json_begin_array (json);
    if (question->order_by) {
        json_begin_object (json);
        json_key (json, "metric");
        json_begin_object (json);
        json_put_text (json, "metricName", question->order_by);
        json_end_object (json);
        json_put_bool (json, "desc", TRUE);
        json_end_object (json);
    }
    for (const char *const *name = question->dimensions; *name; name++) {
        json_begin_object (json);
        json_key (json, "dimension");
        json_begin_object (json);
        json_put_text (json, "dimensionName", *name);
        json_end_object (json);
        json_end_object (json);
    }
    json_end_array (json);
}

void
ga4_question_write (Json *json, const Ga4Question *question)
{
    json_begin_object (json);
    write_names (json, "dimensions", question->dimensions);
    write_names (json, "metrics", question->metrics);
    write_ranges (json, question);
    write_order (json, question);
    json_put_int (json, "offset", question->offset);
    json_put_int (json, "limit", question->limit);
    json_put_bool (json, "returnPropertyQuota", TRUE);
    json_end_object (json);
}

static gboolean
find_header (const json_t *headers, const char *name, gsize *at)
{
    for (*at = 0; *at < json_array_size (headers); ++*at) {
        const char *found = google_text (json_array_get (headers, *at), "name");

        if (found && strcmp (found, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
find_headers (const json_t *headers, const char *const *names, gsize *at, GError **error)
{
    for (; *names; names++, at++)
        if (!find_header (headers, *names, at))
            return fault_set (error, FAULT_REMOTE, "Google Analytics left out the column %s", *names);
    return TRUE;
}

/* Is it a list of at least n {"value": text}? Empty text is left out by Google, so
 * a missing value is an empty one. */
static gboolean
is_cells (const json_t *cells, gsize n)
{
    gsize i;
    json_t *cell;

    if (json_array_size (cells) < n)
        return FALSE;
    json_array_foreach ((json_t *)cells, i, cell)
    {
        const json_t *value = json_object_get (cell, "value");

        if (!json_is_object (cell) || (value && !json_is_string (value)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_rows (const json_t *rows, gsize n_dimensions, gsize n_metrics, GError **error)
{
    gsize i;
    json_t *row;

    json_array_foreach ((json_t *)rows, i, row)
    {
        if (!is_cells (json_object_get (row, "dimensionValues"), n_dimensions) ||
            !is_cells (json_object_get (row, "metricValues"), n_metrics))
            return fault_set (error, FAULT_REMOTE,
                              "Google Analytics sent a row that does not fit its headers");
    }
    return TRUE;
}

/* With several ranges the last column says which; its header may be missing. */
static gsize
find_range_column (const json_t *headers, const json_t *rows)
{
    gsize at, n = json_array_size (json_object_get (json_array_get (rows, 0), "dimensionValues"));

    if (find_header (headers, "dateRange", &at))
        return at;
    return n > 0 ? n - 1 : 0;
}

static gboolean
open_rows (const json_t *answer, const Ga4Question *question, Ga4Report *report, GError **error)
{
    const json_t *dimensions = json_object_get (answer, "dimensionHeaders");
    const json_t *metrics = json_object_get (answer, "metricHeaders");

    if (!find_headers (dimensions, question->dimensions, report->dimension_at, error) ||
        !find_headers (metrics, question->metrics, report->metric_at, error))
        return FALSE;
    report->range_at = find_range_column (dimensions, report->rows);
    return check_rows (report->rows, MAX (json_array_size (dimensions), question->n_ranges > 1),
                       json_array_size (metrics), error);
}

gboolean
ga4_report_open (const json_t *answer, const Ga4Question *question, Ga4Report *report, GError **error)
{
    const json_t *rows = json_object_get (answer, "rows");
    const json_t *count = json_object_get (answer, "rowCount");

    if (!json_is_object (answer) || (rows && !json_is_array (rows)) || (count && !json_is_integer (count)) ||
        json_integer_value (count) < 0)
        return fault_set (error, FAULT_REMOTE, "Google Analytics sent something that is not a report");
    *report = (Ga4Report){ .rows = rows,
                           .n_rows = json_array_size (rows),
                           .row_count = json_integer_value (count), /* absent is zero */
                           .metadata = json_object_get (answer, "metadata") };
    return report->n_rows == 0 || open_rows (answer, question, report, error);
}

static const char *
cell (const Ga4Report *report, gsize row, const char *kind, gsize at)
{
    const json_t *cells = json_object_get (json_array_get (report->rows, row), kind);
    const char *text = google_text (json_array_get (cells, at), "value");

    return text ? text : "";
}

const char *
ga4_report_dimension (const Ga4Report *report, gsize row, guint column)
{
    return cell (report, row, "dimensionValues", report->dimension_at[column]);
}

gboolean
ga4_report_range (const Ga4Report *report, const Ga4Question *question, gsize row, guint *range,
                  GError **error)
{
    const char *text = cell (report, row, "dimensionValues", report->range_at);
    guint64 number = 0;

    if (question->n_ranges > 1 && (!g_str_has_prefix (text, "date_range_") ||
                                   !g_ascii_string_to_unsigned (text + strlen ("date_range_"), 10, 0,
                                                                question->n_ranges - 1, &number, NULL)))
        return fault_set (error, FAULT_REMOTE,
                          "Google Analytics sent a row of a period that was not asked for");
    *range = (guint)number;
    return TRUE;
}

gboolean
ga4_report_metric (const Ga4Report *report, gsize row, guint column, int places, gint64 *value,
                   GError **error)
{
    return decimal_parse (cell (report, row, "metricValues", report->metric_at[column]), places, value) ||
           fault_set (error, FAULT_REMOTE,
                      "Google Analytics sent a value that is not a number, or too large");
}
