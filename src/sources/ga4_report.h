/* ga4_report.h -- one GA4 report: the question as JSON, the answer as rows.
 *
 * An answer is checked completely when it is opened: every asked column has a
 * header, every row has a value for every header. After that, reading a cell
 * cannot fail for its shape. Columns are found by the names in the headers,
 * never by the order in which they were asked. */
#pragma once
#include "base/json.h"
#include "model/period.h"

#include <jansson.h>

#define GA4_MAX_COLUMNS 10 /* metrics of a report; of dimensions there are fewer */
#define GA4_PAGE_ROWS   100000
#define GA4_MAX_RANGES  4

typedef struct {
    const char *const *dimensions; /* names, NULL-terminated */
    const char *const *metrics;
    const Period *ranges; /* 1 to GA4_MAX_RANGES; with several, rows also carry `dateRange` */
    guint n_ranges;
    const char *order_by; /* this metric, largest first, before the dimensions; or NULL */
    gint64 offset, limit;
} Ga4Question;

void ga4_question_write (Json *json, const Ga4Question *question);

/* Borrowed from the JSON it was opened on. */
typedef struct {
    const json_t *rows; /* NULL: none */
    gsize n_rows;
    gint64 row_count; /* of the whole report, not of this page */
    const json_t *metadata;
    gsize dimension_at[GA4_MAX_COLUMNS], metric_at[GA4_MAX_COLUMNS];
    gsize range_at; /* column of `dateRange` */
} Ga4Report;

/* FAULT_REMOTE if it is not the answer to this question. */
gboolean
ga4_report_open (const json_t *answer, const Ga4Question *question, Ga4Report *report, GError **error);
/* The text of one cell; columns are numbered as in the question. */
const char *ga4_report_dimension (const Ga4Report *report, gsize row, guint column);
/* Of which of the question's ranges is this row? FAULT_REMOTE if of none. */
gboolean ga4_report_range (const Ga4Report *report, const Ga4Question *question, gsize row, guint *range,
                           GError **error);
/* The value times 10^places; FAULT_REMOTE if it is no number, or too large. */
gboolean ga4_report_metric (const Ga4Report *report, gsize row, guint column, int places, gint64 *value,
                            GError **error);
