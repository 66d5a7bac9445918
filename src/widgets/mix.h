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
 * one of the sources lacks has no row. The caller owns them. */
Rows *
mix_rows (const Formula *formula, Dimension dimension, MixForm form, const Batch *batch, Quality *quality);
