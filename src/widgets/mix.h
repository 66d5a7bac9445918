/* mix.h -- the answers to the questions about base metrics, put together into
 * the rows that a formula's shape draws. */
#pragma once
#include "query/batch.h"
#include "render/quality.h"
#include "widgets/formula.h"

typedef enum {
    MIX_DAYS,  /* period, date, name, currency, num, den: a row a day and part */
    MIX_TABLE, /* period, id, name, currency, num, den, items and each metric: a row a part, and the totals */
} MixForm;

/* NULL, with a notice, if money of several currencies would have to be put together. A day that
 * one of the sources lacks has no row. shown: what these are the complete days of, so that parts are called
 * and put together as they are there; NULL: it is what is shown. The caller owns them. */
Rows *mix_rows (const Formula *formula, Dimension dimension, MixForm form, const Batch *batch,
                const Batch *shown, Quality *quality);

/* What the sums of a period are told apart by. */
typedef enum {
    MIX_BY_NOTHING, /* one row: the formula as a whole */
    MIX_BY_PART,    /* a row a channel or campaign, whatever the dimension is */
    MIX_BY_SOURCE,  /* the formula's terms, by their source … */
    MIX_BY_METRIC,  /* … or by their metric */
} MixBy;

/* period, id, name, num, den, and of terms also own (the metric itself, which the formula may take
 * twice or from something; null where there are several) and its unit: a row a part and period that has any
 * day. Over all parts num and den add up to those of the formula, but that money divided by a plain
 * number is rounded to micros in each. by_day: days that one of the sources lacks don't count. Notes
 * the currencies of its money, borrowed from the batch. The caller owns the rows. */
Rows *mix_parts (const Formula *formula, Dimension dimension, gboolean by_day, MixBy by, const Batch *batch,
                 GPtrArray *currencies);
