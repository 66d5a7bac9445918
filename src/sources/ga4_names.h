/* ga4_names.h -- names of metrics and dimensions that a property knows otherwise.
 *
 * Google renames fields (`conversions` became `keyEvents`), and not for all
 * properties on one day. Nobody asks before a report is refused for a name; then
 * the property's metadata tells which of its fields is meant. */
#pragma once
#include "sources/ga4_report.h"

/* Is this the refusal of a report for a name that it does not know? */
gboolean ga4_names_are_refused (const GError *error);
/* A name that we may use, to the property's own, where they differ. From the answer of GET …/metadata. */
GHashTable *ga4_names_read (const json_t *metadata);
/* Would any of these questions be asked otherwise with them? */
gboolean ga4_names_help (GHashTable *names, const Ga4Question *questions, guint n);
/* Add what is asked to the JSON, in their names; names may be NULL: ours. */
void ga4_names_write (Json *json, const Ga4Question *question, GHashTable *names);
/* Give a report's columns our names again. */
void ga4_names_restore (json_t *report, const Ga4Question *question, GHashTable *names);
