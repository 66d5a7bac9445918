/* metric.h -- the base metrics: what a formula may be made of.
 *
 * A metric is a column of the facts of one source. Whether days may be added
 * up is a property of the metric, as it is of a widget. */
#pragma once
#include "model/source.h"
#include "render/render.h"

/* By what the numbers are told apart, besides the day. */
typedef enum {
    DIMENSION_DAY, /* by nothing else */
    DIMENSION_CHANNEL,
    DIMENSION_CAMPAIGN,
    N_DIMENSIONS,
} Dimension;

typedef struct {
    const char *key;   /* "meta.spend": as it stands in a formula */
    const char *title; /* for people */
    Source source;
    Unit unit;          /* UNIT_COUNT or UNIT_MONEY */
    Total total;        /* TOTAL_SUM, or TOTAL_UNIQUE: its days add up to more people than there were */
    const char *column; /* in the answer to metric_question */
} Metric;

const Metric *metric_find (const char *key, gsize length); /* NULL if unknown */
const Metric *metric_at (guint i);                         /* NULL past the end */

const char *dimension_name (Dimension dimension); /* "day", "channel", "campaign" */
gboolean dimension_parse (const char *name, Dimension *dimension);
/* All metrics of the source by period, date and dimension (column `name`), and the currency of its
 * money. NULL if the source does not tell its numbers apart like that. */
const Sql *metric_question (Source source, Dimension dimension);
/* Does the answer to that question have the metric? People are not told apart: their parts would
 * not add up. */
gboolean metric_has (const Metric *metric, Dimension dimension);
