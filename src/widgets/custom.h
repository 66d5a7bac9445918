/* custom.h -- a widget that a user has made of a formula.
 *
 * It is a Widget like all others, drawn by the same shapes; only its rows are
 * made here, of the base metrics of one or two sources. Definition, as a JSON
 * object:
 *
 *   {"title": "Cost of a new customer", "formula": "meta.spend / ga4.conversions",
 *    "description": "…", "dimension": "day", "chart": "line", "unit": "percent"}
 *
 * title and formula are required. dimension: day (default), channel, campaign.
 * chart: line (default by day), bar; stacked (default by channel or campaign;
 * sums only), table (default of ratios by channel or campaign). unit: percent, for
 * a ratio that is a share. */
#pragma once
#include "query/batch.h"
#include "widgets/formula.h"
#include "widgets/mix.h"
#include "widgets/widget.h"

#include <jansson.h>

#define CUSTOM_PREFIX "custom."

/* "custom." and 1 to 40 of a-z, 0-9 and _. */
gboolean custom_is_key (const char *key);
/* FAULT_INVALID says what is wrong with which member. */
Custom *custom_new (const char *key, json_t *definition, GError **error);
void custom_free (Custom *custom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Custom, custom_free)

/* Lives as long as the custom. */
const Widget *custom_widget (const Custom *custom);
const Formula *custom_formula (const Custom *custom);
Dimension custom_dimension (const Custom *custom);
/* Its definition's members, with the defaults filled in, into an open object. */
void custom_describe (const Custom *custom, Json *json);

/* The questions that its rows are made of. */
void custom_add (const Custom *custom, Batch *batch);
/* Rows as its shape reads them; NULL, with a notice, if money of several currencies would have
 * to be put together. shown as in mix_rows. The caller owns them. */
Rows *custom_rows (const Custom *custom, const Batch *batch, const Batch *shown, Quality *quality);
/* The sums of both periods, told apart like that (see mix_parts); by MIX_BY_PART of the dimension, whose
 * question was asked. */
Rows *
custom_parts (const Custom *custom, MixBy by, Dimension dimension, const Batch *batch, GPtrArray *currencies);
