/* meta_rows.h -- rows of insights, one a campaign and day, until they are emitted.
 *
 * Every number of Meta's is a text, and one that is zero is often missing. */
#pragma once
#include "sources/driver.h"

#include <jansson.h>

typedef struct MetaRows MetaRows;

MetaRows *meta_rows_new (void);
void meta_rows_free (MetaRows *rows);
/* Take one row of these days; those of other days are ignored. FAULT_REMOTE for what is no such
 * row, or for a second one of the same campaign and day. */
gboolean meta_rows_add (MetaRows *rows, const json_t *row, Period days, GError **error);
/* Drop what was taken of these days: they are asked for anew. */
void meta_rows_forget (MetaRows *rows, Period days);
/* Is there a row without a currency, or a day without a row? Then meta_rows_emit needs one. */
gboolean meta_rows_need_currency (const MetaRows *rows, Period days);
/* Emit by day and campaign. A day on which no ad was shown gets a row without a campaign
 * ('') and with zeros: it was fetched, so it is not missing. */
void meta_rows_emit (MetaRows *rows, const char *account, Period days, const char *currency,
                     const SourceSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MetaRows, meta_rows_free)

/* What a row of insights counts, of however many days and campaigns it is. */
typedef struct {
    gint64 spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros;
} MetaNumbers;

/* FAULT_REMOTE for what is no number. */
gboolean meta_numbers_read (const json_t *row, MetaNumbers *numbers, GError **error);
