/* formula.h -- what a user's own widget computes: a sum of base metrics, or one
 * such sum divided by another.
 *
 *   ga4.revenue - meta.spend
 *   (ga4.revenue - meta.spend) / meta.spend
 *   1000 * meta.spend / meta.impressions
 *
 * That is all that has an honest total: a sum of the days, or sum over sum.
 * `a / b + c` has none, nor has `a * b`, so they are refused. Numbers may only
 * multiply and divide. Money and counts are never added to each other, and the
 * result is money, a count or a ratio. A formula never becomes SQL: it is a list
 * of columns and factors. */
#pragma once
#include "widgets/metric.h"

#define FORMULA_TERMS 16
#define FORMULA_BYTES 500

typedef struct {
    const Metric *metric;
    gint64 factor;
} Term;

/* The sum of factor x metric. */
typedef struct {
    Term terms[FORMULA_TERMS];
    guint n;
} Sum;

typedef struct {
    Sum num, den;   /* den.n 0: nothing to divide by but the divisor */
    gint64 divisor; /* of num, when there is no den: 1 unless it is money */
    Unit unit;      /* UNIT_COUNT, UNIT_MONEY or UNIT_RATIO */
    Source needs;
    gboolean has_unique; /* it adds up people of several days */
} Formula;

/* FAULT_INVALID with the place (the first character is 1) and what could stand there. */
gboolean formula_parse (Formula *formula, const char *text, GError **error);
/* Can it be told apart like that? FAULT_INVALID names the metric that can't. */
gboolean formula_fits (const Formula *formula, Dimension dimension, GError **error);
