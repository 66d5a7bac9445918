/* fact.h -- the tables that sources fill: names, types and keys of their columns.
 *
 * A fact is one row of such a table without its user_id: an array of Values in
 * the order of the table's columns. A source emits facts; the job that pulled
 * them writes them. */
#pragma once
#include "base/value.h"

typedef struct {
    const char *name;
    ValueType type; /* VALUE_INT, VALUE_TEXT, VALUE_DAY or VALUE_INSTANT */
    gboolean once;  /* of rows updated by key: what was known first stays */
} FactColumn;

typedef struct {
    const char *name;          /* of the SQL table */
    const FactColumn *columns; /* the first is the property or account */
    guint n_columns;
    guint n_key;     /* this many leading columns, after user_id, are the key */
    gboolean by_day; /* the second column is `date`, and a window of days is replaced whole;
                        else rows are inserted or updated by their key, and NULL, which is
                        "unknown", leaves what is known */
} FactTable;

extern const FactTable fact_ga4_daily, fact_ga4_channel_daily, fact_ga4_landing_daily, fact_ga4_period_users;
extern const FactTable fact_meta_daily, fact_ig_daily, fact_ig_media;

/* Facts of one table, growing; owns copies of all text. */
typedef struct {
    const FactTable *table;
    GArray *values; /* of Value, n_columns a row */
    GStringChunk *text;
} FactSet;

FactSet *fact_set_new (const FactTable *table);
void fact_set_free (FactSet *set);
guint fact_set_rows (const FactSet *set);
const Value *fact_set_row (const FactSet *set, guint row);
void fact_set_add (FactSet *set, const Value *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FactSet, fact_set_free)
