/* ga4_cut.h -- what is asked from GA4 for each of our tables by day, and the
 * sums of its rows.
 *
 * A cut is a way to slice the numbers: by day alone, by day and channel, by day
 * and landing page. Each has its own report. Totals never come from adding up a
 * breakdown: users would be counted twice, and sessions too on some cuts. */
#pragma once
#include "sources/driver.h"
#include "sources/ga4_report.h"

typedef struct {
    const char *metric; /* GA4's name */
    const char *column; /* ours */
    int places;         /* 6 for money, which we keep in millionths */
} Ga4Field;

typedef struct {
    const FactTable *table;
    const char *dimensions[3]; /* `date`, perhaps a name, NULL */
    Ga4Field fields[GA4_MAX_COLUMNS];
    const char *order_by; /* see Ga4Question */
} Ga4Cut;

extern const Ga4Cut ga4_cut_daily, ga4_cut_channels, ga4_cut_landing_pages;

guint ga4_cut_fields (const Ga4Cut *cut);

/* The rows of one cut, by day and name. Rows whose names become equal once they are
 * made safe are added up, because the table has one row for them. */
typedef struct Ga4Sums Ga4Sums;

Ga4Sums *ga4_sums_new (const Ga4Cut *cut);
void ga4_sums_free (Ga4Sums *sums);
/* Make sure that there is a row, with zeros. name is "" in a cut by day alone. */
void ga4_sums_touch (Ga4Sums *sums, Day day, const char *name);
/* Add one row of a report. FAULT_REMOTE for what is no count, or overflows. */
gboolean
ga4_sums_add (Ga4Sums *sums, Day day, const char *name, const Ga4Report *report, gsize row, GError **error);
/* Emit all rows in the order in which they first came. */
void ga4_sums_emit (const Ga4Sums *sums, const char *property, const SourceSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ga4Sums, ga4_sums_free)
